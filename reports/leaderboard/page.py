"""The page of a board: one self-contained HTML file, text from records escaped."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from zhasyl.measures import MEASURE_BY_KEY, Measure
from zhasyl.optimise.statistics.comparison import Record
from zhasyl.reports.faults import alarms
from zhasyl.reports.leaderboard import tables
from zhasyl.reports.leaderboard.board import Board
from zhasyl.reports.leaderboard.gathered import Cell, counted
from zhasyl.reports.pages import Grid, Origin, origin, rendered, warnings
from zhasyl.reports.violations import breaches, safety_lines
from zhasyl.runs.store import write_text
from zhasyl.text.words import plural

PAGE_FILE = "leaderboard.html"


@dataclass(frozen=True)
class Section:
    """A cell: its table, the commands of its rows, what was warned of, and where the runs are from."""

    name: str
    table: Grid
    rows: Sequence[tuple[str, str]]
    notes: Sequence[str]
    origin: Origin


def write_page(board: Board, folder: Path) -> Path:
    """Write leaderboard.html and answer its path. Raises OutputError."""
    shown = [record for one in board.ranked for record in one.entry.every_record(board.asked)]
    others = [record for one in board.apart for record in one.entry.every_record(board.asked)]
    text = rendered(
        "leaderboard_template.html",
        title=board.asked.title,
        alarms=[*breaches([*shown, *others]), *alarms([*shown, *others])],
        about=about(board),
        headline=headline(board),
        ranking=tables.ranking(board),
        notes=how(board),
        commands=[(one.entry.name, board.commands.ranking(one.entry, board.baseline)) for one in board.ranked],
        command=board.command,
        apart=tables.apart(board) if board.apart else None,
        adding=[(one.entry.name, one.commands) for one in board.apart if one.commands],
        left_out=left_out(board),
        sections=[_section(board, cell) for cell in board.asked.cells],
        made_by=tables.made_by(board),
        measures=_measures(),
    )
    return write_text(folder / PAGE_FILE, text)


def _section(board: Board, cell: Cell) -> Section:
    records: list[Record] = [
        record for one in board.ranked for record in one.entry.records(cell, board.asked.seeds)
    ] or board.baseline.records(cell, board.asked.seeds)
    commands = [board.commands.one_run(one.entry, cell, board.asked.seeds[0]) for one in board.ranked]
    rows = [(one.entry.name, board.commands.row(one.entry, board.baseline, cell)) for one in board.ranked]
    notes = [*warnings(records), *safety_lines(records)]
    return Section(cell.name, tables.of_cell(board, cell), rows, notes, origin(records, list(dict.fromkeys(commands))))


def _measures() -> list[Measure]:
    return [MEASURE_BY_KEY[key] for key in (*tables.ALWAYS, *tables.WHERE_MEASURED)]


def about(board: Board) -> str:
    """What the board is of."""
    asked = board.asked
    return (
        f"{plural(len(board.ranked), 'controller')} in {plural(len(asked.cells), 'situation')} with "
        f"{plural(len(asked.seeds), 'seed')} each; from stored records, nothing was simulated for this page."
    )


def headline(board: Board) -> str:
    """Who is first."""
    if not board.ranked:
        return "Nobody is ranked."
    first = board.ranked[0]
    if first.entry is board.baseline:
        return f"No controller is ahead of {board.baseline.name}."
    sure = "" if first.change.low is None else f" (95 % interval {tables.interval(first.change)})"
    name, reference = first.entry.name, board.baseline.name
    return f"{name} is first: its mean delay is {tables.relative(first.change)} of {reference}'s{sure}."


def how(board: Board) -> list[str]:
    """How the ranking is to be read."""
    return [
        f"Delay / {board.baseline.name}'s: the geometric mean of the ratios of mean delays, over situations and seeds, "
        "which count alike; paired by seed, as all meet the same demand. Its interval is over the seeds and stands on "
        "its own. A gridlocked run counts with its delay.",
        "Clearly behind the row above: yes, where the 95 % interval of the ratio of the two leaves 1 out; not told "
        "from fewer than five seeds. Where it is no, the order may be the other way round with other seeds.",
    ]


def left_out(board: Board) -> list[str]:
    """Records that take no part, counted by reason, and runs that were stored with unlike results."""
    known = board.left_out
    found = [f"{plural(sum(known.values()), 'stored record')} left out: {counted(known)}."] if known else []
    return found + [f"Stored twice with unlike results, the newer one is shown: {one}." for one in board.unlike]
