"""A result on the terminal: the answer, the proof, other situations, the model, and what was written."""

from rich.console import Console
from rich.text import Text

from zhasyl.optimise.plan_files import PLAN_FILE, SUMO_FILE
from zhasyl.optimise.result import Result
from zhasyl.optimise.statistics.comparison import Record
from zhasyl.reports.faults import alarms
from zhasyl.reports.optimisation.changes import approach_changes
from zhasyl.reports.optimisation.grids import proof_grid, robustness_grid, robustness_title, starts_grid, starts_title
from zhasyl.reports.optimisation.page import PAGE_FILE, summaries_of
from zhasyl.reports.optimisation.words import headlines, limits_line, model_line, proof_line, spent_line, starts_line
from zhasyl.reports.pages import Grid
from zhasyl.reports.screen_table import ScreenTable
from zhasyl.reports.tables import VERDICT, VERDICT_STYLES, method_notes, notes
from zhasyl.reports.violations import breaches

LEFT_OUT = ("In %", "p (Holm)")  # a terminal is 80 columns wide; the page has them


def print_result(console: Console, result: Result) -> None:
    """Print what was found; fits a console of 80 columns."""
    records: list[Record] = [record.values for record in result.records]
    for line in (*breaches(records), *alarms(records)):
        console.print(Text(line, style="bold red"), soft_wrap=True)
    for number, line in enumerate(headlines(result, approach_changes(records, summaries_of(result)))):
        console.print(Text(line, style="" if number else "bold"))
    for line in (*result.remarks, *(part for note in notes(records) for part in note.splitlines())):
        console.print(Text(line, style="yellow"))
    if result.proof:
        console.print(grid_table(proof_grid(result), ""))
        for line in (proof_line(result), *method_notes(result.proof)):
            console.print(Text(line, style="dim"))
    if result.starts:
        console.print(grid_table(starts_grid(result), starts_title(result)))
        console.print(Text(starts_line(result), style="dim"))
    if result.robustness:
        console.print(grid_table(robustness_grid(result), robustness_title(result)))
        for line in method_notes([one.comparison for one in result.robustness]):
            console.print(Text(line, style="dim"))
    for line in (limits_line(result.limits), model_line(result.model), f"Search: {spent_line(result)}"):
        console.print(Text(line))
    written = (PAGE_FILE, PLAN_FILE, SUMO_FILE) if result.better else (PAGE_FILE,)
    console.print(Text(f"Written: {', '.join(written)}"))


def grid_table(grid: Grid, title: str) -> ScreenTable:
    """A grid as a table of the terminal."""
    shown = [column for column, heading in enumerate(grid.headings) if heading not in LEFT_OUT]
    rows = [[Text(row[column], style=_style(grid, column, row[column])) for column in shown] for row in grid.rows]
    return ScreenTable([grid.headings[column] for column in shown], rows, title, left=(VERDICT,))


def _style(grid: Grid, column: int, cell: str) -> str:
    return VERDICT_STYLES.get(cell.split(" ")[0], "dim") if column == grid.verdict else ""
