"""What `zhasyl check` shows people: what failed, what moved, and what to do."""

from collections.abc import Container, Iterable, Mapping, Sequence

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
from zhasyl.reports.screen_table import ScreenTable

STYLES = {"regression": "red", "no value": "red", "improvement": "green", "not clear": "yellow"}
SHOWN = ("no value", "regression", "not clear", "improvement")
MOST_ROWS = 40


def print_checked(checked: Checked) -> None:
    """What moved beyond its tolerance, what is not safe or failed, and the summary."""
    rows = sorted((one for one in checked.judged if one.verdict in SHOWN), key=lambda one: SHOWN.index(one.verdict))
    _print_rows(rows)
    _print_alarms(checked)
    for line in advice(checked):
        say(line)
    say(summary(checked))


def print_update(checked: Checked, written: bool) -> None:
    """What moved, and where the new baseline is; or why there is none."""
    shown = [one for one in checked.judged if one.verdict != "identical"]
    _print_rows(shown)
    if not written:
        _print_alarms(checked)
        left = "stays as it was" if checked.baseline_file.exists() else "is not written"
        say(f"{checked.baseline_file} {left}: mend that first")
        return
    for what, cells in _groups(checked, {one.cell for one in shown}).items():
        for cell in cells:
            say(f"{what}: {cell.name}")
    kept = len(checked.now) - len(checked.moved)
    say(f"{checked.baseline_file}: {plural(len(checked.now), 'cell')}, {kept} as before; commit it")


def _groups(checked: Checked, shown: Container[Cell]) -> Mapping[str, Iterable[Cell]]:
    return {
        "new": [cell for cell in checked.moved if cell not in checked.before],
        "other seeds, or moved where nothing is tolerated": [
            cell for cell in checked.moved if cell in checked.before and cell not in shown
        ],
        "taken out": checked.left_out,
    }


def _print_alarms(checked: Checked) -> None:
    for finding in findings(checked):
        if finding.subject not in MEASURE_BY_KEY:
            say(f"{finding.cell.name}: {finding.text}")


def _print_rows(rows: Sequence[Judged]) -> None:
    """A table a cell."""
    cells: dict[Cell, list[Judged]] = {}
    for one in rows[:MOST_ROWS]:
        cells.setdefault(one.cell, []).append(one)
    for cell, ones in cells.items():
        say(cell.name)
        new_console().print(_table(ones))
    if len(rows) > MOST_ROWS:
        say(f"and {len(rows) - MOST_ROWS} more, in --json")


def _table(rows: Iterable[Judged]) -> ScreenTable:
    headings = ["Measure", "Baseline", "Now", "Change", "Tolerated", "p", "Verdict"]
    return ScreenTable(headings, [_cells(one) for one in rows], left=("Verdict",))


def _cells(one: Judged) -> list[Text | str]:
    measure = MEASURE_BY_KEY[one.measure]
    return [
        f"{measure.title} ({measure.unit})",
        measured(one.measure, one.before),
        measured(one.measure, one.now),
        "–" if one.change is None else change_words(one),
        one.tolerance.text,
        "–" if one.p is None else p_words(one.p),
        Text(one.verdict, style=STYLES.get(one.verdict, "")),
    ]
