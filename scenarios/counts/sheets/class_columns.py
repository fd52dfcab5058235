"""Sheets with a column for each class of vehicles, in the manner of visual counts after GOST 32965-2014.

    Направление | Время | Легковые | Грузовые, т                         | Автобусы | Всего | Приведённая интенсивность
                |       |          | до 2 | 2–6 | 6–8 | 8–14 | св. 14    |          |       |
    1-3         | 8-9   | 412      | 20   | 11  | 4   | 2    | 1         | 18       | 468   | 531

Trucks of all tonnages are trucks, trolleybuses buses: their columns are added. Sums are passed over, as is the reduced
volume beside counts of vehicles. Where the counts themselves are reduced, coefficients undo it (`reduced`).
"""

import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from zhasyl.files.sheets import Lines
from zhasyl.scenarios.counts.count import Count, Crossing, Found, Place, column_letter
from zhasyl.scenarios.counts.sheets.clocks import Interval, in_column, interval
from zhasyl.scenarios.counts.sheets.grid import Given, Grid, cell, hints
from zhasyl.scenarios.counts.sheets.reduced import coefficient, is_coefficients, is_reduced, reduced_title, vehicles
from zhasyl.scenarios.counts.sheets.words import (
    class_of,
    column_name,
    crossing_of,
    is_all,
    is_sum,
    movement_of,
    part_of_class,
    short_approach,
    turn_of,
)
from zhasyl.text.local_words import is_some_total, plain_words

LEAST_CLASSES = 2
TITLE_ROWS = 30
HEADER_ROWS = 3
BARE = re.compile(r"(?:(?:до|от|свыше|св\.?|более|>|<) ?)?\d+(?:[.,]\d)?(?: ?(?:до|-|–|—) ?\d+)?(?: ?т\.?)?")
TONNES = re.compile(r"грузов|тоннаж|грузоподъ|жүк|truck")
NAMES = ("junction", "approach", "movement", "begin", "end", "date")
HOUR_S = 3600.0


@dataclass(frozen=True)
class _Header:
    below: int
    classes: dict[int, str]
    kinds: dict[int, str]
    names: dict[str, int]
    reduced: bool
    ignored: dict[int, str]


def read_class_columns(grid: Grid, given: Given) -> Found | None:
    """The counts of a sheet of this layout; None for another one. Raises ScenarioError."""
    found = next((h for place in range(min(TITLE_ROWS, len(grid.lines))) if (h := _header(grid, place))), None)
    if not found:
        return None
    _check_cars(grid, found)
    found, added = _without_sums(grid, found)
    titles = hints(grid, grid.lines[: found.below])
    known = {plain_words(name): value for name, value in given.coefficients.items()}
    known |= _stated(grid, found)
    counts: list[Count] = []
    crossings: list[Crossing] = []
    above: dict[str, str] = {}
    rows: list[tuple[int, list[str], dict[str, str], Interval]] = []
    for row, cells in grid.lines[found.below :]:
        own = {name: text for name, i in found.names.items() if (text := cell(cells, i))}
        label = next((text for text in cells if text), "")
        if is_some_total(label) or is_coefficients(label) or any(is_some_total(text) for text in own.values()):
            continue
        if not any(cell(cells, i) for i in (*found.classes, *found.kinds)) or _is_numbering(cells):
            above |= {name: text for name, text in own.items() if name in NAMES[:3]}
            continue
        above = {**({k: v for k, v in above.items() if k not in ("begin", "end")} if "begin" in own else above), **own}
        rows.append((row, cells, dict(above), _time(grid, found, row, above)))
    step_s = _step_s([at for *_, at in rows])
    for row, cells, names, at in rows:
        end_s = at.begin_s + step_s if at.end_s is None else at.end_s
        approach, movement = _turn(grid, found, row, names)
        for i, name in found.classes.items():
            if text := cell(cells, i):
                number = vehicles(grid, row, i, text, name, known) if found.reduced else grid.whole_number(row, i, text)
                place = Place(i, part_of_class(name), at.date or names.get("date", ""), titles)
                counts.append(Count(row, names.get("junction", ""), approach, movement, class_of(name) or "truck",
                                    at.begin_s, end_s, number, grid.name, place))  # fmt: skip
        for i, kind in found.kinds.items():
            if text := cell(cells, i):
                place = Place(i, "", at.date, titles)
                crossings.append(Crossing(row, names.get("junction", ""), approach, kind, at.begin_s, end_s,
                                          grid.whole_number(row, i, text), grid.name, place))  # fmt: skip
    if not counts:
        return Found(remarks=(f"{grid.called}: a header of classes and no row with counts; nothing is read of it",))
    return Found(tuple(counts), tuple(crossings), (*added, *grid.ignored(found.ignored), *_told(grid, found, known)))


def _check_cars(grid: Grid, found: _Header) -> None:
    """Cars are not lost with a column that adds classes. Raises ScenarioError."""
    if "car" in map(class_of, found.classes.values()):
        return
    heads = [(row, cells) for row, cells in grid.lines[max(found.below - HEADER_ROWS, 0) : found.below]]
    for row, cells in heads:
        added = [
            i for i, text in enumerate(cells) if text and "%" not in text and (is_all(text) or is_some_total(text))
        ]
        for _, own in grid.lines[found.below :]:
            parts = sum(int(text) for i in found.classes if (text := cell(own, i)).isdecimal())
            for i in added:
                if (text := cell(own, i)).isdecimal() and int(text) > parts:
                    raise grid.fault(
                        row, i, f"'{cells[i][:40]}' adds classes, and no column counts cars alone; add one"
                    )


def _without_sums(grid: Grid, found: _Header) -> tuple[_Header, tuple[str, ...]]:
    """Without a class's column that adds those of its parts in every row: 'Trucks' beside 'to 2 t' and '2-6 t'."""
    for i, name in found.classes.items():
        parts = [other for other, text in found.classes.items() if other != i and class_of(text) == class_of(name)]
        pairs = [
            (cell(cells, i), [cell(cells, other) for other in parts])
            for _, cells in grid.lines[found.below :]
            if cell(cells, i).isdecimal()
        ]
        general = part_of_class(name) == class_of(name)
        if general and len(parts) > 1 and any(own != "0" for own, _ in pairs) and all(
            int(own) == sum(int(text) for text in texts if text.isdecimal()) for own, texts in pairs
        ):  # fmt: skip
            said = f"{grid.called}: column {column_letter(i)} '{name[:40]}' adds those of its parts and is passed over"
            return replace(found, classes={other: text for other, text in found.classes.items() if other != i}), (said,)
    return found, ()


def _told(grid: Grid, found: _Header, known: Mapping[str, float]) -> tuple[str, ...]:
    if not found.reduced:
        return ()
    used = {
        plain_words(name): known.get(plain_words(name), known.get(class_of(name), 0.0))
        for name in found.classes.values()
    }
    listed = ", ".join(f"{name} {value:g}" for name, value in used.items())
    return (f"{grid.called}: volumes reduced to passenger cars are divided by the coefficients stated: {listed}",)


def _header(grid: Grid, place: int) -> _Header | None:
    """The header that begins on a line, of up to three rows."""
    if not any(column_name(text) in NAMES for text in grid.lines[place][1]):
        return None
    for rows in range(1, HEADER_ROWS + 1):
        lines = grid.lines[place : place + rows]
        if len(lines) == rows and (found := _columns(grid, place, lines)):
            return found
    return None


def _columns(grid: Grid, place: int, lines: Lines) -> _Header | None:
    width = max(len(cells) for _, cells in lines)
    texts = [_spread([cells for _, cells in lines], i) for i in range(width)]
    names: dict[str, int] = {}
    classes: dict[int, str] = {}
    kinds: dict[int, str] = {}
    ignored: dict[int, str] = {}
    for i, parts in enumerate(texts):
        last = parts[-1] if parts else ""
        whole = " ".join(parts)
        name = next((n for part in parts if (n := column_name(part)) in NAMES), "")
        if name and name not in names:
            names[name] = i
        elif is_sum(whole) or is_reduced(last):
            ignored.update({i: whole} if is_reduced(last) else {})
        elif (
            class_of(last)
            or class_of(whole)
            or (BARE.fullmatch(plain_words(last)) and TONNES.search(plain_words(whole)))
        ):
            classes[i] = whole if not class_of(last) or BARE.fullmatch(plain_words(last)) else last
        elif crossing_of(last) and len(classes) >= LEAST_CLASSES:
            kinds[i] = crossing_of(last)
        elif last:
            ignored[i] = whole
    below = place + len(lines)
    more = below < len(grid.lines) and _is_more(grid.lines[below][1], classes)
    turned = {"approach", "movement"} & set(names) or _titled(grid, place)
    if len(classes) < LEAST_CLASSES or "begin" not in names or not turned or more:
        return None
    in_cars = {i: " ".join(texts[i]) for i in classes if any(is_reduced(part) for part in texts[i])}
    beside = len(in_cars) < len(classes)
    if beside:
        ignored |= in_cars
        classes = {i: name for i, name in classes.items() if i not in in_cars}
    reduced = (bool(in_cars) and not beside) or reduced_title(grid, lines[0][0]) is not None
    return _Header(below, classes, kinds, names, reduced, ignored)


def _is_more(cells: list[str], classes: Mapping[int, str]) -> bool:
    """Does the row below still belong to the header: tonnages under 'Trucks'?"""
    under = [cell(cells, i) for i in range(len(cells)) if cell(cells, i)]
    return not any(text.isdigit() for text in under) and any(
        (BARE.fullmatch(plain_words(text)) and not interval(text)) or class_of(text) for text in under
    )


def _spread(rows: list[list[str]], column: int) -> list[str]:
    """The texts over a column, those of merged cells to its left among them."""
    found: list[str] = []
    for number, cells in enumerate(rows):
        own = cell(cells, column)
        if not own and number + 1 < len(rows) and any(cell(below, column) for below in rows[number + 1 :]):
            own = next((cells[i] for i in range(min(column, len(cells)) - 1, -1, -1) if cells[i]), "")
        if own:
            found.append(own)
    return found


def _is_numbering(cells: list[str]) -> bool:
    """A row 1 2 3 4 ... that numbers the columns."""
    filled = [text for text in cells if text]
    return len(filled) > 2 and filled == [str(number) for number in range(1, len(filled) + 1)]


def _stated(grid: Grid, found: _Header) -> dict[str, float]:
    """The coefficients of the sheet's own row, by class word."""
    for row, cells in grid.lines:
        if is_coefficients(next((text for text in cells if text), "")):
            known: dict[str, float] = {}
            for i, name in found.classes.items():
                text = cell(cells, i)
                value = coefficient(text)
                if text and value is None:
                    raise grid.fault(row, i, f"coefficient '{text[:20]}' is not from 0.1 to 10; correct it")
                known |= {plain_words(name): value} if value is not None else {}
            return known
    return {}


def _time(grid: Grid, found: _Header, row: int, names: Mapping[str, str]) -> Interval:
    text = names.get("begin", "")
    at = in_column(text)
    if at is None:
        raise grid.fault(row, found.names["begin"], f"'{text[:40]}' is no time; expected 7:00, 7:00-8:00 or 7-8")
    end = in_column(names["end"]) if "end" in names else None
    return Interval(at.begin_s, end.begin_s or 86_400.0, at.date) if end else at


def _step_s(times: list[Interval]) -> float:
    begins = sorted({at.begin_s for at in times})
    return min((b - a for a, b in itertools.pairwise(begins)), default=HOUR_S)


def _titled(grid: Grid, until: int) -> tuple[str, str] | None:
    """The movement that the name of a sheet or a title over its header says: 'Направление: 1-3'."""
    titles = [text.rpartition(":")[2].strip() for _, cells in grid.lines[:until] for text in cells if ":" in text]
    return next((turn for text in (grid.name, *titles) if text and (turn := turn_of(text))), None)


def _turn(grid: Grid, found: _Header, row: int, names: Mapping[str, str]) -> tuple[str, str]:
    approach, text = names.get("approach", ""), names.get("movement", "")
    if approach and (word := movement_of(text)):
        return short_approach(approach), word
    if turn := turn_of(text or approach):
        return turn
    if not text and not approach and (turn := _titled(grid, found.below)):
        return turn
    column = found.names.get("movement", found.names.get("approach", 0))
    raise grid.fault(row, column, f"'{(text or approach)[:40]}' is no movement; expected 1-3, N-S, 'с севера налево'")
