"""What `zhasyl check` shows people: what failed, what moved, and what to do."""

from collections.abc import Iterable, Mapping

from rich import box
from rich.table import Table
from rich.text import Text

from zhasyl.cli.present import say
from zhasyl.cli.screen import new_console
from zhasyl.cli.words import plural
from zhasyl.gate.baseline import Cell
from zhasyl.gate.checking import Checked
from zhasyl.gate.judge import Judged
from zhasyl.gate.words import advice, change_words, findings, p_words, summary
from zhasyl.measures import MEASURE_BY_KEY
from zhasyl.reports.records import measured
from zhasyl.text.words import shortened

STYLES = {"regression": "red", "no value": "red", "improvement": "green", "not clear": "yellow"}
SHOWN = ("no value", "regression", "not clear", "improvement")
MOST_ROWS = 40
LONGEST_CELL = 60


def print_checked(checked: Checked) -> None:
    """The table of what moved beyond its tolerance, what is not safe or failed, and the summary."""
    rows = sorted((one for one in checked.judged if one.verdict in SHOWN), key=lambda one: SHOWN.index(one.verdict))
    if rows:
        new_console().print(_table(rows[:MOST_ROWS]))
    if len(rows) > MOST_ROWS:
        say(f"and {len(rows) - MOST_ROWS} more, in --json")
    for finding in findings(checked):
        if finding.subject not in MEASURE_BY_KEY:
            say(f"{finding.cell.name}: {finding.text}")
    for line in advice(checked):
        say(line)
    say(summary(checked))


def print_update(checked: Checked, written: bool) -> None:
    """What moved, and where the new baseline is; or why there is none."""
    rows = [one for one in checked.judged if one.cell in set(checked.moved) and one.verdict != "identical"]
    if rows:
        new_console().print(_table(rows[:MOST_ROWS]))
    if len(rows) > MOST_ROWS:
        say(f"and {len(rows) - MOST_ROWS} more, in --json")
    if not written:
        for finding in findings(checked):
            if finding.subject not in MEASURE_BY_KEY:
                say(f"{finding.cell.name}: {finding.text}")
        say(f"{checked.baseline_file} stays as it was: mend that first")
        return
    for what, cells in _groups(checked).items():
        for cell in cells:
            say(f"{what}: {cell.name}")
    kept = len(checked.now) - len(checked.moved)
    say(f"{checked.baseline_file}: {plural(len(checked.now), 'cell')}, {kept} as before; commit it")


def _groups(checked: Checked) -> Mapping[str, Iterable[Cell]]:
    shown = {one.cell for one in checked.judged if one.verdict != "identical"}
    moved = [cell for cell in checked.moved if cell in checked.before and cell not in shown]
    return {
        "new": [cell for cell in checked.moved if cell not in checked.before],
        "moved in what is not tolerated or in its seeds": moved,
        "taken out": checked.left_out,
    }


def _table(rows: Iterable[Judged]) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("Cell", overflow="fold")
    table.add_column("Measure")
    for heading in ("Baseline", "Now", "Change", "Tolerated", "p"):
        table.add_column(heading, justify="right")
    table.add_column("Verdict")
    for one in rows:
        measure = MEASURE_BY_KEY[one.measure]
        table.add_row(
            Text(shortened(one.cell.name, LONGEST_CELL)),
            f"{measure.title} ({measure.unit})",
            measured(one.measure, one.before),
            measured(one.measure, one.now),
            "–" if one.change is None else change_words(one),
            one.tolerance.text,
            "–" if one.p is None else p_words(one.p),
            Text(one.verdict, style=STYLES.get(one.verdict, "")),
        )
    return table
