"""Turning counts as planners have them, read into one form.

    long    junction, approach, movement, begin, count            a row per movement and interval; end, class optional
    wide    junction, begin, NBL, NBT, NBR, SBL, ...              a row per interval, a column per movement
    UTDF    Universal Traffic Data Format's volume table          wide, with INTID, TIME and 'N Minute Counts' above

approach   heading of its traffic (NB is northbound, from the south), or the id of the edge
movement   L, T, R, U or left, straight (through), right, u-turn, or the id of the edge it leads to
begin      7:15, 7:15:00 or 0715; or begin_s in seconds since midnight
count      vehicles of the class in the interval

Columns, approaches, movements and classes may be in Russian or Kazakh (`zhasyl.scenarios.local_words`).
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from zhasyl.errors import ScenarioError, unknown_name
from zhasyl.scenarios.local_words import APPROACHES, COLUMNS, MOVEMENTS, said
from zhasyl.scenarios.local_words import CLASSES as CLASS_WORDS
from zhasyl.scenarios.sheets import Lines, read_sheet

CLASSES = {"car": "passenger", "van": "delivery", "truck": "truck", "bus": "bus", "motorcycle": "motorcycle"}
MOVEMENT_WORDS = {
    "l": "left", "left": "left", "r": "right", "right": "right", "u": "u-turn", "uturn": "u-turn", "u-turn": "u-turn",
    "t": "straight", "s": "straight", "straight": "straight", "through": "straight", "thru": "straight",
}  # fmt: skip
SYNONYMS = {
    "intid": "junction", "intersection": "junction", "node": "junction", "time": "begin", "start": "begin",
    "from": "approach", "turn": "movement", "vehicles": "count", "volume": "count", "vehicle_class": "class",
}  # fmt: skip
WIDE = re.compile(r"^([NSEW]B|(?:NE|NW|SE|SW)B?)([LTRU])$")
UNUSED = re.compile(r"^([NSEW]B|NE|NW|SE|SW)[LR]2$|^PED$|^HOLD$")  # UTDF's columns that no movement answers to
LONG_COLUMNS = ("junction", "approach", "movement", "begin", "count")
KNOWN = (*LONG_COLUMNS, "begin_s", "end", "end_s", "class", "date")
TITLE_ROWS = 6
DAY_S = 86_400.0


@dataclass(frozen=True)
class Count:
    """Vehicles of a class that made a movement in an interval; `row` is the row of the file."""

    row: int
    junction: str
    approach: str
    movement: str
    vehicle_class: str
    begin_s: float
    end_s: float
    vehicles: int


@dataclass(frozen=True)
class _Header:
    columns: dict[str, int]
    wide: dict[int, tuple[str, str]]
    minutes: float | None
    unused: tuple[int, ...] = ()


def read_counts(path: Path) -> list[Count]:
    """Read a table of counts. Raises ScenarioError with the row of the first fault."""
    lines = read_sheet(path)
    position, header = _header(path, lines)
    body = lines[position + 1 :]
    if not body:
        raise ScenarioError(f"{path}: a header and no counts; add rows")
    begins_s = [_time(path, row, header, cells, "begin") for row, cells in body]
    step_s = header.minutes * 60 if header.minutes else _step_s(begins_s)
    counts: list[Count] = []
    for (row, cells), begin_s in zip(body, begins_s, strict=True):
        counts += _counts(path, row, cells, header, begin_s, step_s)
    _check_unique(path, counts)
    return counts


def _header(path: Path, lines: Lines) -> tuple[int, _Header]:
    minutes = None
    for position, (row, cells) in enumerate(lines[:TITLE_ROWS]):
        names = [said(SYNONYMS.get(cell.lower(), cell.lower()), COLUMNS) for cell in cells]
        if found := re.fullmatch(r"(\d{1,4}) minute counts", cells[0].lower()):
            minutes = float(found[1])
        if "junction" in names:
            wide = {i: (_heading(m[1]), m[2]) for i, cell in enumerate(cells) if (m := WIDE.match(cell.upper()))}
            unused = tuple(i for i, cell in enumerate(cells) if wide and UNUSED.match(cell.upper()))
            columns = {i: name for i, name in enumerate(names) if i not in wide and i not in unused}
            _check_header(path, row, list(columns.values()), bool(wide))
            return position, _Header({name: i for i, name in columns.items()}, wide, minutes, unused)
    raise ScenarioError(
        f"{path} row {lines[0][0]}: no header with a column 'junction'; "
        f"give {','.join(LONG_COLUMNS)} or junction,begin,NBL,NBT,..."
    )


def _heading(text: str) -> str:
    """UTDF writes NE for NEB."""
    return text if text.endswith("B") else f"{text}B"


def _check_header(path: Path, row: int, names: list[str], wide: bool) -> None:
    named = [name for name in names if name]
    for name in named:
        if name not in KNOWN:
            raise ScenarioError(f"{path} row {row}: {unknown_name('column', name[:40], KNOWN)}, or NBL, NBT, ...")
        if named.count(name) > 1:
            raise ScenarioError(f"{path} row {row}: column '{name}' stands there twice; keep one")
    needed = ("junction", "begin") if wide else LONG_COLUMNS
    for name in needed:
        if name not in named and f"{name}_s" not in named:
            raise ScenarioError(f"{path} row {row}: column '{name}' is missing; add it")


def _counts(
    path: Path, row: int, cells: list[str], header: _Header, begin_s: float, step_s: float | None
) -> Iterator[Count]:
    def cell(name: str) -> str:
        place = header.columns.get(name, -1)
        return cells[place] if 0 <= place < len(cells) else ""

    end_s = _time(path, row, header, cells, "end") if {"end", "end_s"} & header.columns.keys() else None
    if end_s is None and step_s is None:
        raise ScenarioError(f"{path} row {row}: one interval only and no end; add a column 'end'")
    end_s = end_s if end_s is not None else begin_s + (step_s or 0)
    if not begin_s < end_s <= 2 * DAY_S:
        raise ScenarioError(f"{path} row {row}: begins at {begin_s:g} s, ends at {end_s:g} s; end it later")
    vehicle_class = said(cell("class") or "car", CLASS_WORDS).lower()
    if vehicle_class not in CLASSES:
        raise ScenarioError(f"{path} row {row}: {unknown_name('class', vehicle_class[:40], CLASSES)}")
    if not cell("junction"):
        raise ScenarioError(f"{path} row {row}: no junction; name it")
    for place in header.unused:
        if place < len(cells) and cells[place] not in ("", "0"):
            raise ScenarioError(
                f"{path} row {row}: {cells[place][:20]} vehicles make a second left or right turn; give them in the "
                "first shape, with the edge that they turn into"
            )
    if header.wide:
        for place, (approach, movement) in header.wide.items():
            text = cells[place] if place < len(cells) else ""
            if text:
                vehicles = _vehicles(path, row, text)
                yield Count(row, cell("junction"), approach, MOVEMENT_WORDS[movement.lower()], vehicle_class,
                            begin_s, end_s, vehicles)  # fmt: skip
        return
    movement = MOVEMENT_WORDS.get(cell("movement").lower(), said(cell("movement"), MOVEMENTS))
    for name in ("approach", "movement", "count"):
        if not cell(name):
            raise ScenarioError(f"{path} row {row}: no {name}; fill the cell or leave the row out")
    yield Count(row, cell("junction"), said(cell("approach"), APPROACHES), movement, vehicle_class, begin_s, end_s,
                _vehicles(path, row, cell("count")))  # fmt: skip


def _vehicles(path: Path, row: int, text: str) -> int:
    if re.fullmatch(r"-\d+(\.\d+)?", text):
        raise ScenarioError(f"{path} row {row}: count {text[:40]} is below 0; correct it")
    if not re.fullmatch(r"\d{1,6}(\.0+)?", text):
        raise ScenarioError(f"{path} row {row}: count '{text[:40]}' is not a whole number from 0; correct it")
    return int(float(text))


def _time(path: Path, row: int, header: _Header, cells: list[str], name: str) -> float:
    """Seconds since midnight of 'begin' or 'end', from NAME_s in seconds or NAME as a clock time."""
    in_seconds = f"{name}_s" in header.columns
    place = header.columns.get(f"{name}_s" if in_seconds else name, -1)
    text = cells[place] if 0 <= place < len(cells) else ""
    if in_seconds and re.fullmatch(r"\d{1,6}(\.\d+)?", text):
        return float(text)
    clock = re.fullmatch(r"(\d{1,2}):?(\d{2})(?::(\d{2}))?", text)
    if in_seconds or not clock or int(clock[1]) > 24 or int(clock[2]) > 59 or int(clock[3] or 0) > 59:
        wanted = "seconds since midnight" if in_seconds else "a time as 7:15 or 0715"
        raise ScenarioError(f"{path} row {row}: {name} '{text[:40]}' is not {wanted}; correct it")
    return int(clock[1]) * 3600.0 + int(clock[2]) * 60.0 + int(clock[3] or 0)


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
                f"{path} row {count.row}: {count.end_s - count.begin_s:g} s long, row {counts[0].row} {length_s:g} s; "
                "give all intervals one length"
            )
        by_movement[count.junction, count.approach, count.movement, count.vehicle_class].append(count)
    for members in by_movement.values():
        for before, after in pairwise(sorted(members, key=lambda count: (count.begin_s, count.row))):
            if after.begin_s < before.end_s:
                raise ScenarioError(
                    f"{path} row {after.row}: {after.approach} {after.movement} at '{after.junction[:40]}' counts a "
                    f"time that row {before.row} counts already; keep one"
                )
