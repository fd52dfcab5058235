"""What a board leaves for programs: leaderboard.csv, a row a controller and cell, and the document of --json."""

from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

from zhasyl.files.csv_cells import CsvWriter
from zhasyl.measures import MEASURES
from zhasyl.optimise.statistics.comparison import SITUATION
from zhasyl.reports.exports.named import plain
from zhasyl.reports.leaderboard.board import Board, Ranked
from zhasyl.reports.leaderboard.entries import Entry
from zhasyl.reports.leaderboard.gathered import Cell
from zhasyl.reports.leaderboard.tables import summary
from zhasyl.reports.records import NOT_SERVED
from zhasyl.reports.study.pooled import Pooled
from zhasyl.runs.store import write_text
from zhasyl.text.steering import neutral

CSV_FILE = "leaderboard.csv"
MEANS = ("n", "gridlocked", "delay_s", *(measure.key for measure in MEASURES if measure.key != "delay_s"))


def document(board: Board) -> dict[str, Any]:
    """What --json prints: relative delays are ratios, 1 is the reference's."""
    return {
        "suite": board.asked.suite,
        "title": board.asked.title,
        "baseline": board.baseline.name,
        "seeds": list(board.asked.seeds),
        "command": board.command,
        "cells": [{"name": cell.name, **dict(zip(SITUATION, cell.place, strict=True))} for cell in board.asked.cells],
        "ranked": [_ranked(board, one) for one in board.ranked],
        "not_ranked": [
            {**_named(one.entry), "reasons": list(one.reasons), "commands": list(one.commands)} for one in board.apart
        ],
        "left_out": dict(board.left_out),
        "unlike": list(board.unlike),
    }


def _named(entry: Entry) -> dict[str, Any]:
    return {"controller": entry.name, "label": entry.label, "origin": entry.origin}


def _ranked(board: Board, one: Ranked) -> dict[str, Any]:
    return {
        "rank": one.rank,
        **_named(one.entry),
        **_ratio(one.change),
        "clearly_behind_the_row_above": one.told_apart,
        "gridlocked": one.gridlocked,
        "runs": one.runs,
        "commands": board.commands.ranking(one.entry, board.baseline),
        "cells": [_of_cell(board, cell, one.entry) for cell in board.asked.cells],
    }


def _ratio(change: Pooled) -> dict[str, float | None]:
    ends = {"relative_delay": change.mean, "relative_delay_low": change.low, "relative_delay_high": change.high}
    return {key: None if value is None else 1 + value for key, value in ends.items()}


def _of_cell(board: Board, cell: Cell, entry: Entry) -> dict[str, Any]:
    row = summary(board, cell, [entry])[0]
    keys = [key for mean in MEANS for key in (mean, f"{mean}_half_width") if key in row]
    return {
        "name": cell.name,
        **_ratio(board.change_in(cell, entry)),
        **{key: plain(row[key]) for key in (*keys, NOT_SERVED, "unserved_half_width_veh")},
        "command": board.commands.row(entry, board.baseline, cell),
    }


def write_csv(board: Board, folder: Path) -> Path:
    """Write leaderboard.csv; who is not ranked has a row with the reasons. Raises OutputError."""
    rows = list(_rows(board))
    keys = list(dict.fromkeys(key for row in rows for key in row))
    text = StringIO()
    writer = CsvWriter(text)
    writer.writerow(keys)
    writer.writerows([_cell(row.get(key)) for key in keys] for row in rows)
    return write_text(folder / CSV_FILE, text.getvalue())


def _cell(value: Any) -> Any:
    return neutral(value) if isinstance(value, str) else value


def _rows(board: Board) -> Iterator[dict[str, Any]]:
    said = document(board)
    for one in said["ranked"]:
        overall = {key: one[key] for key in ("rank", "controller", "label", *_ratio(Pooled()))}
        for about, cell in zip(said["cells"], one["cells"], strict=True):
            own = {f"cell_{key}" if key in overall else key: value for key, value in cell.items() if key != "name"}
            yield {**overall, "cell": about["name"], **{key: about[key] for key in SITUATION}, **own, **one["origin"]}
    for one in said["not_ranked"]:
        yield {
            "controller": one["controller"],
            "label": one["label"],
            **one["origin"],
            "not_ranked": "; ".join(one["reasons"]),
            "command": " && ".join(one["commands"]) or None,
        }
