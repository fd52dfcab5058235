"""Rows of long and wide tables as counts; `long_and_wide` finds the table and names its cells."""

import re
from collections.abc import Iterator
from itertools import pairwise

from zhasyl.errors import unknown_name
from zhasyl.files.clock import DAY_S, clock_s, seconds
from zhasyl.scenarios.counts.count import CLASSES, Count, Crossing, Found, Place
from zhasyl.scenarios.counts.sheets.grid import Grid, whole
from zhasyl.scenarios.counts.sheets.long_and_wide import CountLine, CountTable, Turn, find_table
from zhasyl.scenarios.counts.sheets.rates_and_totals import as_counts
from zhasyl.scenarios.counts.sheets.words import class_of, part_of_class, turn_of
from zhasyl.text.local_words import APPROACHES, MOVEMENTS, said

SHORT = re.compile(r"^(\d{1,2})\.?(\d\d)(?=:|$)")  # 7.15 and 0715
MOST_DAYS = 2  # from the midnight that the counts follow to the end of the last
SHOWN = 40


def read_table(grid: Grid, several: bool) -> Found | None:
    """The counts of a sheet with such a table; None for another one. Raises ScenarioError."""
    table = find_table(grid, several)
    if table is None:
        return None
    rows = list(_of_table(table))
    found = Found(
        tuple(row for row in rows if isinstance(row, Count)),
        tuple(row for row in rows if isinstance(row, Crossing)),
        table.remarks,
    )
    return as_counts(grid, found, next((line.places.get("count", -1) for line in table.lines), -1))


def _of_table(table: CountTable) -> Iterator[Count | Crossing]:
    begins_s = [_time(line, "begin", table.columns) for line in table.lines]
    step_s = table.minutes * 60 if table.minutes else _step_s(begins_s)
    for line, begin_s in zip(table.lines, begins_s, strict=True):
        yield from _counts(line, begin_s, _end_s(line, begin_s, step_s, table.columns), table)


def _end_s(line: CountLine, begin_s: float, step_s: float | None, columns: frozenset[str]) -> float:
    if {"end", "end_s"} & (columns | line.cells.keys()):
        end_s = _time(line, "end", columns)
        end_s = DAY_S if end_s == 0 and "end_s" not in columns else end_s
    elif step_s is None:
        raise line.refused("one interval only and no end; add a column 'end'")
    else:
        end_s = begin_s + step_s
    if not begin_s < end_s <= MOST_DAYS * DAY_S:
        raise line.refused(f"begins at {seconds(begin_s)} s, ends at {seconds(end_s)} s; end it later")
    return end_s


def _counts(line: CountLine, begin_s: float, end_s: float, table: CountTable) -> Iterator[Count | Crossing]:
    cells = line.cells
    said_class = cells.get("class", "car")
    if not class_of(said_class):
        raise line.refused(unknown_name("class", said_class.lower()[:SHOWN], CLASSES))
    for name in ("junction",) if table.is_wide else ("junction", "approach", "movement", "count"):
        if name not in cells and name in table.columns:
            raise line.refused(f"no {name}; fill the cell or leave the row out")
    for (approach, movement, own), text in (line.wide if table.is_wide else _turn(line, table)).items():
        column, label = line.places.get((approach, movement, own), -1), own or said_class
        place = Place(column, part_of_class(label), cells.get("date", "").split(" ")[0], table.hints)
        number = whole(text, line.refused)
        row, junction = line.row, cells.get("junction", "")
        if movement.startswith("crossing "):
            kind = movement.removeprefix("crossing ")
            yield Crossing(row, junction, approach, kind, begin_s, end_s, number, line.sheet, place)
        else:
            yield Count(row, junction, approach, movement, class_of(label), begin_s, end_s, number, line.sheet, place)


def _turn(line: CountLine, table: CountTable) -> dict[Turn, str]:
    """The turn of a row of a long table, with its count."""
    cells = line.cells
    text = said(cells.get("movement", ""), MOVEMENTS)
    movement = MOVEMENTS.get(text.lower(), text)
    if "exit" in table.columns:
        movement = f"to {cells.get('exit', '')}"
    if "approach" in table.columns:
        return {(said(cells["approach"], APPROACHES), movement, ""): cells["count"]}
    turn = turn_of(text)
    if turn is None:
        raise line.refused(
            f"movement '{text[:SHOWN]}' names no approach; write it as N-S or NBL, or add a column 'approach'"
        )
    return {(*turn, ""): cells["count"]}


def _time(line: CountLine, name: str, columns: frozenset[str]) -> float:
    """Seconds since midnight of 'begin' or 'end', from NAME_s in seconds or NAME as a clock time."""
    in_seconds = f"{name}_s" in columns
    text = line.cells.get(f"{name}_s" if in_seconds else name, "")
    if in_seconds and re.fullmatch(r"\d{1,6}(\.\d+)?", text):
        return float(text)
    try:
        return clock_s("" if in_seconds else SHORT.sub(r"\1:\2", text), MOST_DAYS)
    except ValueError:
        wanted = "seconds since midnight" if in_seconds else "a time as 7:15 or 0715"
        raise line.refused(f"{name} '{text[:SHOWN]}' is not {wanted}; correct it") from None


def _step_s(begins_s: list[float]) -> float | None:
    """The shortest time between two intervals."""
    gaps = [after - before for before, after in pairwise(sorted(set(begins_s)))]
    return min(gaps, default=None)
