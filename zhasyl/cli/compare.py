"""zhasyl compare: scenarios × controllers × seeds, paired differences, a table and a report."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zhasyl.cli.execution import Execution
from zhasyl.cli.options import Cluster, Jobs, Json, Limit, MinEffect, OneVariant, Out
from zhasyl.cli.present import Terms, conclude
from zhasyl.errors import ControllerError, unknown_name
from zhasyl.values import parse_seeds, parse_share

if TYPE_CHECKING:
    from zhasyl.controllers import ControllerSpec
    from zhasyl.experiment import RunSpec


def command(
    scenarios: Annotated[list[str], typer.Argument(help="Built-in names, paths to .sumocfg or .toml, or resco:NAME.")],
    controllers: Annotated[
        str, typer.Option(help="Controllers, a,b:parameter=value,c")
    ] = "fixed,actuated,max-pressure",
    seeds: Annotated[str, typer.Option(help="Seeds: 3, 1-5 or 1,4,9-11.")] = "1-5",
    baseline: Annotated[str, typer.Option(help="Controller the others are compared with; default: the first.")] = "",
    variant: OneVariant = "",
    min_effect: MinEffect = "0",
    jobs: Jobs = None,
    cluster: Cluster = "",
    limit_s: Limit = None,
    out: Out = Path("results"),
    as_json: Json = False,
) -> int:
    """Compare controllers on the same demand and seeds; write runs.csv, comparisons.csv and report.html."""
    question = ask(scenarios, controllers, seeds, baseline, variant, out.resolve())
    terms = Terms(question.baseline, parse_share("min-effect", min_effect))
    return run(question, terms, Execution.of(jobs, cluster, limit_s), out, as_json)


@dataclass(frozen=True)
class Question:
    """What a comparison asks: which runs, and against which controller."""

    specs: "list[RunSpec]"
    baseline: str


def run(question: Question, terms: Terms, execution: Execution, out: Path, as_json: bool) -> int:
    """Do what the verb says; answers the exit status."""
    return conclude(out, execution.run(question.specs), terms, as_json)


def ask(scenarios: list[str], controllers: str, seeds: str, baseline: str, variant: str, out: Path) -> Question:
    """Check every name, parameter, seed and network before anything runs."""
    from zhasyl.controllers import parse_controller, split_controllers
    from zhasyl.experiment import RunSpec, check
    from zhasyl.scenarios import load_scenario
    from zhasyl.scenarios.variants import parse_variant, vary

    chosen = [parse_controller(text) for text in split_controllers(controllers)]
    if not chosen:
        raise ControllerError(f"controllers '{controllers}' names none; give for example fixed,max-pressure")
    chosen = list({spec.label: spec for spec in chosen}.values())
    against = _baseline(baseline, chosen)
    change = parse_variant(variant)
    loaded = [vary(load_scenario(text), change) for text in dict.fromkeys(scenarios)]
    for scenario in loaded:
        check(scenario, chosen)
    numbers = parse_seeds(seeds)
    specs = [RunSpec(s, c, n, out) for s in loaded for c in chosen for n in numbers]
    return Question(specs, against)


def _baseline(text: str, chosen: "list[ControllerSpec]") -> str:
    from zhasyl.controllers import parse_controller

    labels = [spec.label for spec in chosen]
    label = parse_controller(text).label if text else labels[0]
    if label not in labels:
        raise ControllerError(unknown_name("baseline among the controllers", label, labels))
    return label
