"""zhasyl optimise: better fixed-time plans, or parameters of a controller, searched in SUMO and proven."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from zhasyl.cli.execution import Execution
from zhasyl.cli.options import Cluster, Jobs, Json, Limit, OneVariant, Out, Sensor

if TYPE_CHECKING:
    from rich.console import Console

    from zhasyl.cli.search_progress import Value
    from zhasyl.optimise.day import DayQuestion
    from zhasyl.optimise.question import PlanQuestion
    from zhasyl.optimise.tuning.question import TuningQuestion

A = TypeVar("A")

GOING_ON = frozenset({"scenarios", "resume", "dry_run", "jobs", "cluster", "limit_s", "out", "as_json"})


def command(
    context: typer.Context,
    scenarios: Annotated[
        list[str] | None,
        typer.Argument(help="Built-in name, path to a .sumocfg or .toml, or resco:NAME; none with --resume."),
    ] = None,
    controller: Annotated[
        str, typer.Option(help="Search its parameters instead of plans, e.g. max-pressure; in several scenarios, too.")
    ] = "",
    budget: Annotated[int, typer.Option(help="Runs of the search; the proof comes on top.")] = 300,
    minutes: Annotated[float | None, typer.Option(help="Search for so long instead.")] = None,
    objective: Annotated[
        str, typer.Option(help="A measure or a sum, e.g. 'delay_s + 0.5*walker_delay_s'; docs/optimise.md.")
    ] = "delay_s",
    front: Annotated[
        str, typer.Option(help="Plans between several objectives instead of one plan, e.g. delay_s,walker_delay_s.")
    ] = "",
    keep: Annotated[
        list[str] | None,
        typer.Option(help="What stays: cycle, greens, offsets, stages, signal:ID or a parameter; may be repeated."),
    ] = None,
    limits: Annotated[str, typer.Option(help="TOML file with [limits]; default: those of scenario.toml.")] = "",
    change_price: Annotated[
        str, typer.Option(help="Price of change, objective units a second: greens=0.1,cycle=0.1,offset=0.05.")
    ] = "",
    variant: OneVariant = "",
    periods: Annotated[
        str,
        typer.Option(help="Plans by time of day: all periods of scenario.toml or names, e.g. morning,evening."),
    ] = "",
    seed: Annotated[int, typer.Option(help="Of the search's own draws.")] = 1,
    proof_seeds: Annotated[str, typer.Option(help="Seeds of the proof, which the search never sees.")] = "101-110",
    robust_seeds: Annotated[
        int | None,
        typer.Option(help="Seeds of each other situation (demand, rain, periods): 5 of the proof's; 0: no such table."),
    ] = None,
    sensor: Sensor = "perfect",
    check: Annotated[
        list[str] | None, typer.Option(help="A scenario to compare found parameters on, too; may be repeated.")
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the search that --out holds.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say how many runs and how long, and stop.")] = False,
    jobs: Jobs = None,
    cluster: Cluster = "",
    limit_s: Limit = None,
    out: Out = Path("results"),
    as_json: Json = False,
) -> int:
    """Search for better signal plans or controller parameters. Writes optimise.json, of plans plan.csv and a page."""
    from zhasyl.errors import ZhasylError
    from zhasyl.optimise.asked import Asked, asking, check_unchanged, read_asked
    from zhasyl.optimise.day import DayQuestion
    from zhasyl.optimise.tuning.question import TuningQuestion

    if resume:
        _check_nothing_else(context)
        asked = read_asked(out, scenarios or ())
    else:
        if _given(context, "budget") and _given(context, "minutes"):
            raise ZhasylError(f"--budget {budget} beside --minutes {minutes:g}: give one of both")
        asked = Asked(
            tuple(scenarios or ()), controller, budget, minutes, objective, variant, tuple(keep or ()), limits,
            change_price, seed, proof_seeds, robust_seeds, sensor, tuple(check or ()), front, periods,
        )  # fmt: skip
    question = asked.checked(out)
    if resume:
        check_unchanged(out, asked, question)
    execution = Execution.of(jobs, cluster, limit_s)
    if dry_run:
        return estimate(question, execution, as_json)
    with asking(out, asked, question):
        if isinstance(question, TuningQuestion):
            return run_tuning(question, execution, as_json)
        if isinstance(question, DayQuestion):
            return run_day(question, execution, as_json)
        if question.front:
            return run_front(question, execution, as_json)
        return run(question, execution, as_json)


def _check_nothing_else(context: typer.Context) -> None:
    """Raise ZhasylError for an option that would ask another question than the one which is gone on with."""
    from zhasyl.errors import ZhasylError

    for name in context.params.keys() - GOING_ON:
        if _given(context, name):
            raise ZhasylError(
                f"--{name.replace('_', '-')} would ask another question than the one that --resume goes on with; leave "
                "it out, or start a search without --resume (runs that are stored are not simulated again)"
            )


def _given(context: typer.Context, name: str) -> bool:
    """Was the option named on the command line?"""
    source = context.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


def followed(value: "Value", total: int, execution: Execution, answer: Callable[..., A]) -> A:
    """What `answer` finds, given how runs are made and who follows; with progress of `total` runs."""
    from zhasyl.cli.search_progress import SearchProgress
    from zhasyl.runs.batch import run_many

    with SearchProgress(value, total) as progress:
        return answer(
            lambda specs: run_many(specs, execution.jobs, progress.done, execution.limit_s, execution.cluster),
            progress.step,
        )


def _say(
    as_json: bool, document: object, show: Callable[["Console", A], None], found: A, page: Path | None = None
) -> None:
    """What was found, for scripts or for people."""
    from zhasyl.cli.screen import new_console

    if as_json:
        print(json.dumps(document, ensure_ascii=False))
        return
    console = new_console()
    show(console, found)
    if page is not None:
        console.print(f"report: {page}", markup=False, soft_wrap=True, highlight=False)


def run(question: "PlanQuestion", execution: Execution, as_json: bool) -> int:
    """Do what the verb says; answers the exit status."""
    from zhasyl.cli.present import list_failures
    from zhasyl.optimise.finding import answer_plans, document
    from zhasyl.reports.optimisation.page import write_page
    from zhasyl.reports.optimisation.screen import print_result

    total = question.runs + question.further_runs
    result = followed(question.objective, total, execution, partial(answer_plans, question))
    page = write_page(question.out, result)
    _say(as_json, document(result), print_result, result, page)
    return list_failures([*result.records, *result.analytic])


def run_day(question: "DayQuestion", execution: Execution, as_json: bool) -> int:
    """As `run`, for plans by time of day."""
    from zhasyl.cli.present import list_failures
    from zhasyl.optimise.day import answer_day, document_of_day
    from zhasyl.reports.day import print_day, write_day
    from zhasyl.reports.optimisation.page import write_page

    total = question.runs + question.further_runs
    day = followed(question.objective, total, execution, partial(answer_day, question))
    for part in question.parts:
        write_page(part.question.out, day.results[part.name])
    page = write_day(question.out, day)
    _say(as_json, document_of_day(day), print_day, day, page)
    return list_failures([record for one in day.results.values() for record in (*one.records, *one.analytic)])


def run_front(question: "PlanQuestion", execution: Execution, as_json: bool) -> int:
    """As `run`, for plans between several objectives."""
    from zhasyl.optimise.front import answer_front, document
    from zhasyl.reports.front import print_front, write_front

    front = followed(question.objective, question.runs, execution, partial(answer_front, question))
    page = write_front(question.out, front)
    _say(as_json, document(front), print_front, front, page)
    return 0


def run_tuning(question: "TuningQuestion", execution: Execution, as_json: bool) -> int:
    """As `run`, for parameters."""
    from zhasyl.cli.present import list_failures
    from zhasyl.optimise.tuning.result import Ratio, document
    from zhasyl.optimise.tuning.tune import answer_tuning
    from zhasyl.reports.optimisation.tuning import print_tuning

    total = question.runs + question.further_runs
    result = followed(Ratio(question.objective.key), total, execution, partial(answer_tuning, question))
    _say(as_json, document(result), print_tuning, result)
    return list_failures(list(result.records))


def estimate(question: "PlanQuestion | DayQuestion | TuningQuestion", execution: Execution, as_json: bool) -> int:
    """Say how many runs the search and its proof are, and how long they may take."""
    from zhasyl.cli.words import duration, plural
    from zhasyl.optimise.expected import expected

    told = expected(question.samples)
    each_s = told.run_s
    search, further = question.runs, question.further_runs
    minutes = question.budget.minutes
    search_s = each_s * search / execution.jobs if minutes is None else 60 * minutes
    wall_s = search_s + each_s * further / execution.jobs
    if as_json:
        runs = {"search_runs": search if minutes is None else None, "further_runs": further}
        print(json.dumps({**runs, "run_s": each_s, "wall_s": wall_s, "guessed": told.guessed, "ground": told.ground}))
        return 0
    of_search = plural(search, "run") if minutes is None else f"as many runs as {minutes:g} minutes allow"
    print(f"search: {of_search}; proof and robustness: {plural(further, 'run')}")
    print(f"about {duration(wall_s)} with {execution.jobs} at a time, {each_s:.0f} s a run ({told.ground})")
    return 0
