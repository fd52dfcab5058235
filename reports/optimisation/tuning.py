"""Found parameters on the terminal: the answer, what was changed, the proof, other networks and situations."""

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.text import Text

from zhasyl.measures import MEASURE_BY_KEY
from zhasyl.optimise.result import Robust
from zhasyl.optimise.statistics.comparison import Record
from zhasyl.optimise.tuning.result import Change, TuningResult
from zhasyl.reports.faults import alarms
from zhasyl.reports.optimisation.grids import comparison_grid, situation_name, situations_grid
from zhasyl.reports.optimisation.screen import grid_table
from zhasyl.reports.records import seeds, signed
from zhasyl.reports.screen_table import ScreenTable
from zhasyl.reports.tables import method_notes, notes, verdict_text
from zhasyl.reports.violations import breaches
from zhasyl.text.words import plural


def print_tuning(console: Console, result: TuningResult) -> None:
    """Print what was found; fits a console of 80 columns."""
    records: list[Record] = [record.values for record in result.records]
    for line in (*breaches(records), *alarms(records)):
        console.print(Text(line, style="bold red"), soft_wrap=True)
    for number, line in enumerate(_headlines(result)):
        console.print(Text(line, style="" if number else "bold"))
    for line in (*result.remarks, *(part for note in notes(records) for part in note.splitlines())):
        console.print(Text(line, style="yellow"))
    console.print(_parameters(result))
    found = "found" if result.better else "best tried"
    for scenario in result.scenarios:
        own = [one for one in result.proof if (one.scenario, one.content) == (scenario.id, scenario.content)]
        if own:
            console.print(grid_table(comparison_grid(own, found), scenario.id))
    for line in method_notes(result.proof):
        console.print(Text(line, style="dim"))
    title = f"{MEASURE_BY_KEY[result.objective.measures[0]].title} ({result.objective.unit})"
    for name, others in (("Other networks", result.checks), ("Other situations", result.robustness)):
        if others:
            console.print(grid_table(situations_grid(others, found), f"{name}: {title}"))
    console.print(Text(
        f"Search: {result.spent} of {plural(result.budget, 'run')}, search seed {result.seed}, objective "
        f"{result.objective.described()}."
    ))  # fmt: skip
    console.print(Text(f"controller: {result.controller}"), soft_wrap=True)
    if result.records:
        console.print(Text(f"Both in full, with a page: {result.command}"), soft_wrap=True)


def _headlines(result: TuningResult) -> Iterator[str]:
    """The answer, and where it does not hold."""
    change = f"{result.objective.title} {_percent(result.change)}" if result.change else ""
    runs = [record.values for record in result.records]
    where = f", mean over {len(result.scenarios)} scenarios" if len(result.scenarios) > 1 else ""
    proven = f"{change}{where}, with seeds {seeds(runs)}, which the search never saw."
    if result.better:
        yield f"Better parameters were found: {proven}"
    else:
        yield f"No better parameters found: {result.reason}. The given ones stay."
    yield from _places("On other networks", result.checks)
    yield from _places("In other situations", result.robustness)


def _percent(change: Change) -> str:
    mean, low, high = (signed(100 * value, 1) for value in (change.mean, change.low, change.high))
    return f"{mean} % (95 % interval {low} to {high} %)"


def _places(where: str, others: Sequence[Robust]) -> Iterator[str]:
    if others:
        better = sum(one.comparison.verdict == "better" for one in others)
        rest = [one for one in others if one.comparison.verdict != "better"]
        named = "".join(f"; {situation_name(one)}: {verdict_text(one.comparison)}" for one in rest)
        yield f"{where}: better in {better} of {len(others)}{named}."


def _parameters(result: TuningResult) -> ScreenTable:
    rows = []
    for one in result.searched:
        style = "" if one.given == one.found else "bold"
        rows.append([Text(text, style=style) for text in (one.name, _shown(one.given), _shown(one.found))])
    return ScreenTable(["Parameter", "Given", "Found"], rows)


def _shown(value: object) -> str:
    if value is None:
        return "its own"
    return f"{value:g}" if isinstance(value, float) else str(value)
