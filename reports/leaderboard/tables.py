"""The tables of a board for people: the ranking, one of each cell, who is not ranked, what made the runs."""

import math
from collections.abc import Sequence

from zhasyl.measures import MEASURE_BY_KEY
from zhasyl.reports.exports.named import number_cell, number_column
from zhasyl.reports.leaderboard.board import Board, Ranked
from zhasyl.reports.leaderboard.entries import Entry
from zhasyl.reports.leaderboard.gathered import Cell
from zhasyl.reports.pages import Grid
from zhasyl.reports.records import NOTHING, seeds, written
from zhasyl.reports.study.pooled import Pooled
from zhasyl.reports.summary import Row, not_served, summary_rows

ALWAYS = ("delay_s", "queue_mean_veh", "stops")
WHERE_MEASURED = ("co2_kg", "person_delay_s", "walker_delay_s")
DECIMALS = 3
ORIGIN = {
    "zhasyl": "zhasyl",
    "build": "Build",
    "sumo": "SUMO",
    "controller_version": "Version of the controller",
    "plug_in": "Plug-in",
    "files": "Files of parameters",
}


def relative(change: Pooled) -> str:
    """'0.713', the mean delay by the reference's."""
    return NOTHING if change.mean is None else written(1 + change.mean, DECIMALS)


def interval(change: Pooled) -> str:
    """'0.701 to 0.726'."""
    if change.low is None or change.high is None:
        return NOTHING
    return f"{written(1 + change.low, DECIMALS)} to {written(1 + change.high, DECIMALS)}"


def ranking(board: Board) -> Grid:
    """Who comes first, and whether the row above is clearly ahead."""
    headings = ["Controller", f"Delay / {board.baseline.name}'s", "95 % interval", "Clearly\nbehind", "Gridlock"]
    rows = [
        [f"{one.rank}. {one.entry.name}", relative(one.change), interval(one.change), behind(one), stuck(one)]
        for one in board.ranked
    ]
    return Grid(f"Ranking: {board.asked.title}", headings, rows)


def behind(one: Ranked) -> str:
    """Whether a row is told apart from the one above it."""
    return {True: "yes", False: "no", None: NOTHING}[one.told_apart]


def stuck(one: Ranked) -> str:
    """'2 of 50' runs."""
    return f"{one.gridlocked} of {one.runs}"


def apart(board: Board) -> Grid:
    """Who is not ranked, and why."""
    rows = [[one.entry.name, "; ".join(one.reasons)] for one in board.apart]
    return Grid("Not ranked", ["Controller", "Reason"], rows, texts=(1,))


def made_by(board: Board) -> Grid:
    """What made the runs of each row."""
    entries = [*(one.entry for one in board.ranked), *(one.entry for one in board.apart if one.entry.runs)]
    origins = [entry.origin for entry in entries]
    keys = [key for key in ORIGIN if any(one[key] for one in origins)]
    rows = [
        [entry.name, *(origin[key] or NOTHING for key in keys)] for entry, origin in zip(entries, origins, strict=True)
    ]
    headings = ["Controller", *(ORIGIN[key] for key in keys)]
    return Grid("What made the runs", headings, rows, texts=tuple(range(1, len(headings))))


def summary(board: Board, cell: Cell, entries: Sequence[Entry]) -> list[Row]:
    """Means over the seeds in a cell, a row an entry."""
    return summary_rows(record for entry in entries for record in entry.records(cell, board.asked.seeds))


def of_cell(board: Board, cell: Cell) -> Grid:
    """The means of everybody who is ranked, the least delay first."""
    changes = {one.entry.name: board.change_in(cell, one.entry) for one in board.ranked}
    rows = summary(board, cell, [one.entry for one in board.ranked])
    further = [key for key in WHERE_MEASURED if any(math.isfinite(row[key]) for row in rows)]
    measures = [MEASURE_BY_KEY[key] for key in (*ALWAYS, *further)]
    delay, *others = [number_column(one, margin=True).title for one in measures]
    headings = ["Controller", delay, f"/ {board.baseline.name}'s", *others, "Not served (veh)", "Gridlock (runs)"]
    shown = []
    for row in sorted(rows, key=lambda row: (row["delay_s"], row["controller"])):
        mean, *cells = [number_cell(row, one).shown for one in measures]
        change = changes[row["controller"]]
        own = row["controller"] == board.baseline.name
        ratio = relative(change) if own or change.low is None else f"{relative(change)} ({interval(change)})"
        shown.append([row["controller"], mean, ratio, *cells, not_served(row), str(row["gridlocked"])])
    return Grid(f"{cell.name}, seeds {seeds(board.baseline.records(cell, board.asked.seeds))}", headings, shown)
