"""zhasyl compare: scenarios × controllers × seeds, paired differences, a table and a report."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zhasyl.cli.options import Json, Out, default_jobs, parse_seeds
from zhasyl.errors import ControllerError, unknown_name

if TYPE_CHECKING:
    from zhasyl.controllers import ControllerSpec
    from zhasyl.experiment import RunSpec
    from zhasyl.optimise.compare import Comparison
    from zhasyl.store import RunRecord

COMPARISON_FILE = "comparison.json"


def command(
    scenarios: Annotated[list[str], typer.Argument(help="Built-in names, paths to .sumocfg or .toml, or resco:NAME.")],
    controllers: Annotated[
        str, typer.Option(help="Controllers, a,b:parameter=value,c")
    ] = "fixed,actuated,max-pressure",
    seeds: Annotated[str, typer.Option(help="Seeds: 3, 1-5 or 1,4,9-11.")] = "1-5",
    baseline: Annotated[str, typer.Option(help="Controller the others are compared with; default: the first.")] = "",
    jobs: Annotated[int | None, typer.Option(min=1, max=1024, help="Runs at a time; default: all cores.")] = None,
    out: Out = Path("results"),
    as_json: Json = False,
) -> int:
    """Compare controllers on the same demand and seeds; write runs.csv, comparisons.csv and report.html."""
    return run(scenarios, controllers, seeds, baseline, jobs or default_jobs(), out, as_json)


@dataclass(frozen=True)
class Question:
    """What a comparison asks: which runs, and against which controller."""

    specs: "list[RunSpec]"
    baseline: str


def run(scenarios: list[str], controllers: str, seeds: str, baseline: str, jobs: int, out: Path, as_json: bool) -> int:
    """Do what the verb says; answers the exit status."""
    from zhasyl.cli.progress import Progress
    from zhasyl.experiment import run_many
    from zhasyl.store import check_writable, write_text

    question = ask(scenarios, controllers, seeds, baseline, out.resolve())
    check_writable(out)
    with Progress(len(question.specs)) as progress:
        records = run_many(question.specs, jobs, progress.done)
    folders = [record.folder.relative_to(out.resolve()).as_posix() for record in records]
    write_text(out / COMPARISON_FILE, json.dumps({"baseline": question.baseline, "runs": folders}, indent=1) + "\n")
    present(out, records, question.baseline, as_json)
    return 0


def present(out: Path, records: "list[RunRecord]", baseline: str, as_json: bool) -> None:
    """Compare the records with the baseline's, write CSV files and report, print tables or one JSON document."""
    from zhasyl.optimise.compare import compare_all

    comparisons = compare_all([record.values for record in records], baseline)
    page = write_results(out, records, comparisons)
    if as_json:
        print_json(records, comparisons)
    else:
        print_tables(records, comparisons, page)


def ask(scenarios: list[str], controllers: str, seeds: str, baseline: str, out: Path) -> Question:
    """Check every name, parameter, seed and network before anything runs."""
    from zhasyl.controllers import parse_controller, split_controllers
    from zhasyl.experiment import RunSpec, check
    from zhasyl.scenarios import load_scenario

    chosen = [parse_controller(text) for text in split_controllers(controllers)]
    if not chosen:
        raise ControllerError(f"controllers '{controllers}' names none; give for example fixed,max-pressure")
    chosen = list({spec.label: spec for spec in chosen}.values())
    against = _baseline(baseline, chosen)
    loaded = [load_scenario(text) for text in dict.fromkeys(scenarios)]
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


def write_results(out: Path, records: "list[RunRecord]", comparisons: "list[Comparison]") -> Path:
    """Write the CSV files and the report; answers the report's path."""
    from zhasyl.reports.html import write_report
    from zhasyl.reports.tables import write_csv

    by_key = {record["key"]: record for record in records}
    values = [record.values for record in records]
    write_csv(values, comparisons, out)
    return write_report(out, values, comparisons, lambda record, name: by_key[record["key"]].table(name))


def print_json(records: "list[RunRecord]", comparisons: "Iterable[Comparison]") -> None:
    """One document: the flat run records and the comparisons."""
    document: dict[str, Any] = {
        "runs": [record.values for record in records],
        "comparisons": [vars(comparison) for comparison in comparisons],
    }
    print(json.dumps(document, ensure_ascii=False))


def print_tables(records: "list[RunRecord]", comparisons: "list[Comparison]", page: Path) -> None:
    """The tables people read, and where the report is."""
    from rich.console import Console

    from zhasyl.reports.tables import print_comparison

    console = Console()
    print_comparison(console, [record.values for record in records], comparisons)
    console.print(f"report: {page}", markup=False, soft_wrap=True, highlight=False)
