"""Headers of two or three rows: approaches over turns, perhaps over classes; of merged cells only the first is filled.

    Seifullin Ave                                 | Abay Ave                   a street, if there is such a row
    Southbound                                    | Westbound
    Start Time | Right | Thru | Left | Peds | App. Total | Right | ...

An approach's columns begin under its name where the first one does so, as in merged cells; where names are centred, a
turn that comes again begins the next approach.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from zhasyl.files.sheets import Lines
from zhasyl.scenarios.arms import arm_name
from zhasyl.scenarios.counts.count import ON_BICYCLE
from zhasyl.scenarios.counts.sheets.clocks import interval
from zhasyl.scenarios.counts.sheets.grid import Grid, cell
from zhasyl.scenarios.counts.sheets.words import (
    class_of,
    column_name,
    crossing_of,
    heading_word,
    is_all,
    is_sum,
    movement_of,
    short_approach,
)
from zhasyl.text.local_words import is_some_total, says_reduced

LEAST_TURNS = 2
MOST_ROWS_ABOVE = 3


@dataclass(frozen=True)
class Column:
    """What a column counts: a movement or who crosses, of an approach; `crossing` is '' for a movement."""

    approach: str
    movement: str
    crossing: str = ""
    label: str = ""
    street: str = ""


@dataclass(frozen=True)
class Header:
    """A header: the lines it begins and ends on, its columns, the first of them, sums by column, and what is beside."""

    top: int
    below: int
    first: int
    columns: dict[int, Column]
    sums: dict[int, tuple[int, ...]]
    beside: dict[int, str]
    named: dict[str, int]

    @property
    def approaches(self) -> tuple[str, ...]:
        """Those of its columns: a sheet may have a table for each, one below the other."""
        return tuple(sorted({column.approach for column in self.columns.values()}))


def is_turns(cells: list[str]) -> bool:
    """Is this the row of turns of a header?"""
    known = [cell for cell in cells if movement_of(cell) or crossing_of(cell)]
    texts = [cell for cell in cells if cell and not any(char.isdigit() for char in cell)]
    return len(known) >= LEAST_TURNS and len(texts) >= len([cell for cell in cells if cell]) / 2


def headers(grid: Grid, on_bicycle: bool) -> Iterator[Header]:
    """The headers of a sheet, in order. Raises ScenarioError for a turn without an approach."""
    for place, (_, cells) in enumerate(grid.lines):
        if is_turns(cells):
            yield _header(grid, place, on_bicycle)


def _header(grid: Grid, place: int, on_bicycle: bool) -> Header:
    row, turns = grid.lines[place]
    below = grid.lines[place + 1][1] if place + 1 < len(grid.lines) else []
    classed = sum(bool(class_of(text)) for text in below) >= LEAST_TURNS and interval(cell(below, 0)) is None
    first = next(i for i, text in enumerate(turns) if movement_of(text) or crossing_of(text))
    above = list(_above(grid.lines, place, first))
    width = _width(turns, below if classed else [], first)
    texts = _filled(turns, first, width) if classed else {i: cell(turns, i) for i in range(first, width)}
    groups = _groups(texts, above, first, classed)
    columns: dict[int, Column] = {}
    beside = {i: text for i, text in enumerate(turns) if i >= width and text}
    sums: dict[int, tuple[int, ...]] = {}
    seen: set[tuple[str, ...]] = set()
    for group in groups:
        if kind := _who_crosses(group, above):
            columns.update({i: Column(short_approach(texts[i]), "", kind) for i in group if _arm(texts[i])})
            continue
        own = [i for i in group if movement_of(texts[i]) or crossing_of(texts[i])]
        if not own:
            beside.update({i: texts[i] for i in group if texts[i] and not is_sum(texts[i])})
            continue
        approach, street = _approach(grid, row, own[0], texts[own[0]], group, above)
        for i in group:
            under = cell(below, i) if classed else ""
            kind = crossing_of(texts[i])
            word = movement_of(texts[i])
            if not (word or kind) or is_sum(under):
                if texts[i] and not is_sum(texts[i]) and not is_sum(under):
                    beside[i] = texts[i]
                continue
            if under and not class_of(under):
                beside[i] = f"{texts[i]} {under}"
                continue
            key = (approach, word, kind, under, heading_word(texts[i]))
            if key in seen:
                raise grid.fault(
                    row, i, f"'{texts[i][:40]}' of {approach[:40]} stands there twice; write its approach above it"
                )
            seen.add(key)
            label = under or ("" if word and heading_word(texts[i]) in (word,) else _label(texts[i], word))
            columns[i] = Column(approach, word, ON_BICYCLE if kind and on_bicycle else kind, label, street)
        _check_cars(grid, row + 1, {i: cell(below, i) for i in group} if classed else {})
        total = next((i for i in group if is_sum(texts[i])), None)
        if total is not None and not classed:
            sums[total] = tuple(i for i in own if i in columns)
    top = place - len(above)
    return Header(top, place + 1 + classed, first, columns, sums, beside, _named(grid.lines[top : place + 1], first))


def _check_cars(grid: Grid, row: int, under: dict[int, str]) -> None:
    """Cars are not lost with a column that adds classes. Raises ScenarioError."""
    added = next((i for i, text in under.items() if text and (is_all(text) or is_some_total(text))), None)
    if added is not None and "car" not in map(class_of, under.values()):
        raise grid.fault(
            row, added, f"'{under[added][:40]}' adds classes, and no column counts cars alone; add one for each turn"
        )


def _label(text: str, word: str) -> str:
    """Right on red is counted beside right; crossings clockwise beside the others: both are added."""
    small = heading_word(text)
    return small if "red" in small or small == "rtor" or (not word and ("cw" in small or "clockwise" in small)) else ""


def _above(lines: Lines, place: int, first: int) -> Iterator[list[str]]:
    """The rows of approaches and streets over the turns, lowest first."""
    for number in range(1, MOST_ROWS_ABOVE + 1):
        if place - number < 0:
            return
        cells = lines[place - number][1]
        own = [text for i, text in enumerate(cells) if text and i >= first and not is_sum(text)]
        before = [text for i, text in enumerate(cells) if text and i < first and not column_name(text)]
        if not own or (before and len(own) < 2 and not _arm(own[0])):
            return
        if any(interval(text) or is_sum(text) for text in before):
            return
        if len(own) > 1 and any(text.replace(".", "").isdigit() and not _arm(text) for text in own):
            return
        if number > 1 and not (len(own) > 1 or any(arm_name(text).azimuth_deg is not None for text in own)):
            return
        yield cells


def _arm(text: str) -> bool:
    name = arm_name(text)
    return name.azimuth_deg is not None or bool(name.number)


def _width(turns: list[str], below: list[str], first: int) -> int:
    """The columns of the table: up to a second column of times, where another table begins beside it."""
    width = max(len(turns), len(below))
    for i in range(first + 1, len(turns)):
        if column_name(turns[i]) in ("begin", "end", "date") or says_reduced(turns[i]):
            return i
    return width


def _filled(cells: list[str], first: int, width: int) -> dict[int, str]:
    """Each column's text, or that of the merged cell it lies in."""
    found: dict[int, str] = {}
    last = ""
    for i in range(first, width):
        last = cell(cells, i) or last
        found[i] = last
    return found


def _groups(texts: dict[int, str], above: list[list[str]], first: int, classed: bool) -> list[list[int]]:
    """The columns of each approach."""
    names = above[0] if above else []
    starts = {i for i, text in enumerate(names) if text and i >= first}
    left = first in starts
    starts |= {i for cells in above for i, text in enumerate(cells) if i >= first and crossing_of(text)}
    groups: list[list[int]] = []
    seen: set[str] = set()
    closed = False
    for i, text in texts.items():
        word = f"{movement_of(text)}{crossing_of(text)}" and heading_word(text)
        again = bool(word) and (closed or (word in seen and not classed))
        if not groups or (i in starts if left else again):
            groups.append([])
            seen.clear()
            closed = False
        groups[-1].append(i)
        seen.update({word} if word else ())
        closed = closed or is_sum(text)
    return groups


def _approach(
    grid: Grid, row: int, column: int, turn: str, group: list[int], above: list[list[str]]
) -> tuple[str, str]:
    """(name of the approach, its street if another row has it)."""
    texts = [" ".join(filter(None, (cell(cells, i) for i in group if not is_sum(cell(cells, i))))) for cells in above]
    texts = [text for text in texts if text]
    if not texts and _arm(grid.name):
        return short_approach(grid.name), ""
    if not texts:
        raise grid.fault(
            row, column, f"no approach over '{turn[:40]}'; write Northbound, 'from the north', 0° or a street above it"
        )
    chosen = next((text for text in texts if _arm(text)), texts[0])
    street = next((text for text in texts if text != chosen), "") or arm_name(chosen).street
    return short_approach(chosen), street


def _who_crosses(group: list[int], above: list[list[str]]) -> str:
    """pedestrian or bicycle, of columns 'North', 'South', ... under 'Pedestrians'."""
    texts = [cell(cells, i) for cells in above for i in group]
    return next((kind for text in texts if (kind := crossing_of(text))), "")


def _named(lines: Lines, first: int) -> dict[str, int]:
    """begin, end, date, class, junction → its column, of those before the turns."""
    found: dict[str, int] = {}
    for _, cells in lines:
        for i, text in enumerate(cells[:first]):
            if name := column_name(text):
                found.setdefault(name, i)
    return found
