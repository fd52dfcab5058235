"""A study on the terminal, below its scenarios: how often each controller is better, and sweeps ranked."""

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from zhasyl.reports.optimisation.screen import grid_table
from zhasyl.reports.pages import Grid
from zhasyl.reports.study.page import counts, notes_on
from zhasyl.reports.study.summary import Study
from zhasyl.reports.study.sweeps import Sweep
from zhasyl.reports.study.tables import at_place, overall


def print_study(console: Console, study: Study) -> None:
    """Print what sums a study up; nothing where the page has neither several situations nor a sweep."""
    if len(study.situations) > 1:
        console.print(Text(f"\n{study.title or 'All scenarios'}", style="bold"))
        for line in counts(study):
            console.print(Text(line))
    tables = at_place(study, 0) if len(study.situations) == 1 else overall(study)
    for sweep, table in zip(study.sweeps, tables, strict=True):
        console.print(grid_table(_narrow(table.grid(), sweep), table.about))
        for line in notes_on(study, sweep):
            console.print(Text(line, style="dim"))


def _narrow(grid: Grid, sweep: Sweep) -> Grid:
    """A ranked table whose settings stand in one column, which may take several lines."""
    first = len(sweep.parameters) + 1
    rows = [[f"{row[0]}. {_named(sweep, row[1:first])}", *row[first:]] for row in grid.rows]
    verdict = None if grid.verdict is None else grid.verdict - first + 1
    return Grid(grid.about, ["Setting", *grid.headings[first:]], rows, verdict=verdict)


def _named(sweep: Sweep, values: Sequence[str]) -> str:
    return ", ".join(f"{key}={text}" for key, text in zip(sweep.parameters, values, strict=True))
