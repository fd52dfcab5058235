"""zhasyl compare: scenarios × controllers × seeds, paired differences, a table and a report."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zhasyl.cli.execution import Execution
from zhasyl.cli.options import (
    AllowFaults,
    Cluster,
    Emissions,
    Jobs,
    Json,
    Lang,
    Limit,
    MinEffect,
    OneVariant,
    Out,
    Record,
    Rerun,
    Sensor,
)
from zhasyl.cli.present import show
from zhasyl.cli.progress import say_look
from zhasyl.text.language import ENGLISH, check_language
from zhasyl.text.values import parse_share

if TYPE_CHECKING:
    from zhasyl.comparing import Question, Until
    from zhasyl.reports.results import Terms


def command(
    scenarios: Annotated[list[str], typer.Argument(help="Built-in names, paths to .sumocfg or .toml, or resco:NAME.")],
    controllers: Annotated[
        str, typer.Option(help="Controllers, a,b:parameter=value,c")
    ] = "fixed,actuated,max-pressure",
    seeds: Annotated[str, typer.Option(help="Seeds: 3, 1-5 or 1,4,9-11.")] = "1-5",
    baseline: Annotated[str, typer.Option(help="Controller the others are compared with; default: the first.")] = "",
    variant: OneVariant = "",
    sensor: Sensor = "perfect",
    emissions: Emissions = "all",
    min_effect: MinEffect = "0",
    until: Annotated[
        str,
        typer.Option(help="Add seeds until delay's difference is known to ± this share of the baseline's, e.g. 5%."),
    ] = "",
    most_seeds: Annotated[int, typer.Option(min=2, max=10_000, help="Seeds --until may use at most.")] = 50,
    jobs: Jobs = None,
    cluster: Cluster = "",
    limit_s: Limit = None,
    out: Out = Path("results"),
    lang: Lang = ENGLISH,
    as_json: Json = False,
    allow_faults: AllowFaults = False,
    rerun: Rerun = False,
    record: Record = False,
) -> int:
    """Compare controllers on the same demand and seeds. Writes runs.csv, comparisons.csv and report.html."""
    from zhasyl.comparing import ask, read_until
    from zhasyl.controllers import split_controllers
    from zhasyl.reports.results import Terms

    question = ask(scenarios, split_controllers(controllers), seeds, baseline, variant, sensor, out, emissions)
    question = replace(question, rerun=rerun, record=record, lang=check_language(lang))
    terms = Terms(question.baseline, parse_share("min-effect", min_effect))
    execution = Execution.of(jobs, cluster, limit_s)
    rule = read_until(until, most_seeds, len(question.seeds))
    return run(question, terms, execution, rule, as_json, allow_faults)


def run(
    question: "Question",
    terms: "Terms",
    execution: Execution,
    until: "Until | None",
    as_json: bool,
    allow_faults: bool = False,
) -> int:
    """Do what the verb says; answers the exit status."""
    from zhasyl.comparing import answer

    return show(answer(question, terms, until, execution.run, say_look), as_json, allow_faults)
