"""Turning counts as planners have them, read into one form; the shapes of tables are in `layouts`.

approach   heading of its traffic (NB is northbound, from the south), or the id of the edge
movement   L, T, R, U or left, straight (through), right, u-turn, or the id of the edge it leads to
begin      7:15, 7:15:00, 7.15 or 0715 (after midnight 24:15), or 7:15-7:30 without an end; or begin_s in seconds
count      vehicles of the class in the interval

Approaches, movements and classes may be in Russian or Kazakh (`zhasyl.scenarios.counts.local_words`).
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from zhasyl.errors import ScenarioError, unknown_name
from zhasyl.files.clock import DAY_S, clock_s, seconds
from zhasyl.scenarios.counts.layouts import CountLine, CountTable, position, read_tables
from zhasyl.scenarios.counts.local_words import APPROACHES, MOVEMENTS, said
from zhasyl.scenarios.counts.local_words import CLASSES as CLASS_WORDS

CLASSES = {"car": "passenger", "van": "delivery", "truck": "truck", "bus": "bus", "motorcycle": "motorcycle"}
MOVEMENT_WORDS = {
    "l": "left", "left": "left", "r": "right", "right": "right", "u": "u-turn", "uturn": "u-turn", "u-turn": "u-turn",
    "t": "straight", "s": "straight", "straight": "straight", "through": "straight", "thru": "straight",
}  # fmt: skip
SHORT = re.compile(r"^(\d{1,2})\.?(\d\d)(?=:|$)")  # 7.15 and 0715
MOST_DAYS = 2  # from the midnight that the counts follow to the end of the last


@dataclass(frozen=True)
class Count:
    """Vehicles of a class that made a movement in an interval; `row` is the row of the sheet."""

    row: int
    junction: str
    approach: str
    movement: str
    vehicle_class: str
    begin_s: float
    end_s: float
    vehicles: int
    sheet: str = ""

    @property
    def at(self) -> str:
        """Where it stands in the file."""
        return position(self.sheet, self.row)


def read_counts(path: Path) -> list[Count]:
    """Read a file of counts. Raises ScenarioError with the row of the first fault."""
    counts = [count for table in read_tables(path) for count in _of_table(table)]
    _check_unique(path, counts)
    return counts


def _of_table(table: CountTable) -> Iterator[Count]:
    begins_s = [_time(line, "begin", table.columns) for line in table.lines]
    step_s = table.minutes * 60 if table.minutes else _step_s(begins_s)
    for line, begin_s in zip(table.lines, begins_s, strict=True):
        yield from _counts(line, begin_s, _end_s(line, begin_s, step_s, table.columns), table.is_wide)


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


def _counts(line: CountLine, begin_s: float, end_s: float, is_wide: bool) -> Iterator[Count]:
    cells = line.cells
    vehicle_class = said(cells.get("class", "car"), CLASS_WORDS).lower()
    if vehicle_class not in CLASSES:
        raise line.refused(unknown_name("class", vehicle_class[:40], CLASSES))
    for name in ("junction",) if is_wide else ("junction", "approach", "movement", "count"):
        if name not in cells:
            raise line.refused(f"no {name}; fill the cell or leave the row out")
    if is_wide:
        turns = line.wide
    else:
        turns = {(said(cells["approach"], APPROACHES), said(cells["movement"], MOVEMENTS)): cells["count"]}
    for (approach, turn), text in turns.items():
        movement = MOVEMENT_WORDS.get(turn.lower(), turn)
        vehicles = _vehicles(line, text)
        yield Count(
            line.row, cells["junction"], approach, movement, vehicle_class, begin_s, end_s, vehicles, line.sheet
        )


def _vehicles(line: CountLine, text: str) -> int:
    if re.fullmatch(r"-\d+(\.\d+)?", text):
        raise line.refused(f"count {text[:40]} is below 0; correct it")
    if not re.fullmatch(r"\d{1,6}(\.0+)?", text):
        raise line.refused(f"count '{text[:40]}' is not a whole number from 0; correct it")
    return int(float(text))


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
        raise line.refused(f"{name} '{text[:40]}' is not {wanted}; correct it") from None


def _step_s(begins_s: list[float]) -> float | None:
    """The shortest time between two intervals."""
    gaps = [after - before for before, after in pairwise(sorted(set(begins_s)))]
    return min(gaps, default=None)


def _check_unique(path: Path, counts: list[Count]) -> None:
    """Each movement's intervals must not overlap, and all intervals are equally long."""
    length_s = counts[0].end_s - counts[0].begin_s if counts else 0.0
    by_movement: dict[tuple[str, ...], list[Count]] = defaultdict(list)
    for count in counts:
        if count.end_s - count.begin_s != length_s:
            raise ScenarioError(
                f"{path} {count.at}: {count.end_s - count.begin_s:g} s long, {counts[0].at} {length_s:g} s; "
                "give all intervals one length"
            )
        by_movement[count.junction, count.approach, count.movement, count.vehicle_class].append(count)
    for members in by_movement.values():
        for before, after in pairwise(sorted(members, key=lambda count: (count.begin_s, count.row))):
            if after.begin_s < before.end_s:
                raise ScenarioError(
                    f"{path} {after.at}: {after.approach} {after.movement} at '{after.junction[:40]}' counts a "
                    f"time that {before.at} counts already; keep one"
                )
