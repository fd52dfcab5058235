"""Numbers that are no counts of an interval: rates an hour, running totals. They become counts where a sheet says so.

    veh/h, vph, 'hourly flow rate', 'приведённая к часу'   times the length of the interval
    cumulative, 'нарастающим итогом'                       less the number before

It is said in the sheet's name, in a title, over a column, or in a cell of units beside the numbers. What contradicts
it, a row that adds rates as if they were counts, is refused. Numbers that grow from each interval to the next in all
columns are taken as they are, with a warning.
"""

import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise

from zhasyl.files.clock import clock
from zhasyl.scenarios.counts.count import Count, Crossing, Found
from zhasyl.scenarios.counts.sheets.grid import Grid
from zhasyl.scenarios.counts.sheets.summaries import adds_up, is_summary
from zhasyl.text.local_words import (
    OF_AN_HOUR,
    OF_AN_INTERVAL,
    PEAKS,
    RATES,
    RUNNING,
    has_any,
    plain_words,
)

HOUR_S = 3600.0
TITLE_ROWS = 30
LONGEST_UNIT = 20
LAST_COLUMN = 16_384
LEAST_SERIES, LEAST_INTERVALS = 3, 4  # fewer may grow by chance
NEXT = "write over the numbers what they are: 'vehicles per interval', 'veh/h' or 'cumulative'"

Row = Count | Crossing


@dataclass(frozen=True)
class _Said:
    """A text of the sheet, and the columns of numbers that it is about."""

    row: int
    column: int
    text: str
    columns: frozenset[int]


def as_counts(grid: Grid, found: Found | None, column: int = -1) -> Found | None:
    """The counts of a sheet as vehicles and people of each interval. Raises ScenarioError where it contradicts itself.

    column  where the numbers stand whose places have none
    """
    if found is None or not (rows := _rows(found)):
        return found
    first, own = min(row.row for row in rows), frozenset(row.place.column for row in rows)
    texts = list(_texts(grid, first, own, column))
    rates, running, hourly, plain = (
        [one for one in texts if pattern.search(plain_words(one.text))]
        for pattern in (RATES, RUNNING, OF_AN_HOUR, OF_AN_INTERVAL)
    )
    units = {row: one for row, one in _units(grid, rows, own) if RATES.search(plain_words(one.text))}
    if all(row.end_s - row.begin_s == HOUR_S for row in rows):
        rates, hourly, units = [], [], {}
    for one, other in ((rates, running), (rates, plain), (hourly, running)):
        if one and other:
            what = f"'{one[0].text[:40]}' and '{other[0].text[:40]}' (row {other[0].row}) contradict each other"
            raise grid.fault(one[0].row, one[0].column, f"{what}; {NEXT}")
    summed = _sum_row(grid, rows)
    if summed and (told := [*rates, *units.values()]):
        what = f"'{told[0].text[:40]}' says rates an hour, and row {summed} adds the rows above as counts"
        raise grid.fault(told[0].row, told[0].column, f"{what}; {NEXT}")
    if hourly and not rates and not units and not plain and not summed:
        minutes = (rows[0].end_s - rows[0].begin_s) / 60
        what = f"'{hourly[0].text[:40]}' over intervals of {minutes:g} minutes: counts or rates an hour?"
        raise grid.fault(hourly[0].row, hourly[0].column, f"{what} {NEXT}")
    if rates or units:
        return _from_rates(grid, found, rates, units)
    if running:
        return _from_totals(grid, found, running)
    return replace(found, remarks=(*found.remarks, *_growing(grid, rows)))


def _texts(grid: Grid, first: int, own: frozenset[int], column: int) -> Iterator[_Said]:
    """The name of the sheet, its titles and headings that are about numbers."""
    yield _Said(first, 0, grid.name, own)
    for row, cells in [line for line in grid.lines if line[0] < first][-TITLE_ROWS:]:
        filled = [i for i, text in enumerate(cells) if text]
        title = len({cells[i] for i in filled}) <= 2 and not any(re.fullmatch(r"[\d.,]+", cells[i]) for i in filled)
        for i, after in zip(filled, [*filled[1:], LAST_COLUMN], strict=True):
            columns = frozenset(one for one in own if title or i <= (column if one < 0 else one) < after)
            if columns and not has_any(cells[i], PEAKS) and "%" not in cells[i]:
                yield _Said(row, i, cells[i], columns)


def _units(grid: Grid, rows: Iterable[Row], own: frozenset[int]) -> Iterator[tuple[int, _Said]]:
    """Row → a short text beside its numbers, which may be their unit."""
    counted = {row.row for row in rows}
    for row, cells in grid.lines:
        for i, text in enumerate(cells) if row in counted else ():
            if text and i not in own and len(text) <= LONGEST_UNIT and not any(map(str.isdigit, text)):
                yield row, _Said(row, i, text, own)


def _sum_row(grid: Grid, rows: Iterable[Row]) -> int | None:
    """The first row that says it adds others and does so."""
    numbers: dict[int, dict[int, int]] = defaultdict(dict)
    for one in rows:
        numbers[one.row][one.place.column] = _number(one)
    columns = {column for own in numbers.values() for column in own}
    above: list[dict[int, int]] = []
    for row, cells in grid.lines:
        if row in numbers:
            above.insert(0, numbers[row])
        elif any(is_summary(text) for text in cells) and len(above) > 1:
            said = {i: int(cells[i]) for i in columns if 0 <= i < len(cells) and cells[i].isdecimal()}
            if any(said.values()) and adds_up(said, above):
                return row
    return None


def _from_rates(grid: Grid, found: Found, rates: list[_Said], units: Mapping[int, _Said]) -> Found:
    columns = frozenset(column for one in rates for column in one.columns)
    told = next(iter([*rates, *units.values()]))

    def counted(rows: list[Row]) -> Iterator[int]:
        """Rounded so that the sums stay."""
        exact = [_number(row) * (row.end_s - row.begin_s) / HOUR_S for row in rows]
        sums = [math.floor(value + 0.5) for value in accumulate(exact, initial=0.0)]
        for row, (before, after) in zip(rows, pairwise(sums), strict=True):
            yield after - before if row.place.column in columns or row.row in units else _number(row)

    minutes = min(row.end_s - row.begin_s for row in _rows(found)) / 60
    said = (
        f"'{told.text[:40]}' in row {told.row} says rates an hour; intervals of {minutes:g} minutes count their share"
    )
    return _counted(grid, found, counted, said)


def _from_totals(grid: Grid, found: Found, running: list[_Said]) -> Found:
    columns = frozenset(column for one in running for column in one.columns)

    def counted(rows: list[Row]) -> Iterator[int]:
        earlier = 0
        for row in rows:
            total = _number(row)
            if row.place.column in columns and total < earlier:
                what = f"the running total falls from {earlier} to {total} at {clock(row.begin_s)}"
                raise grid.fault(row.row, row.place.column, f"{what}; correct it")
            yield total - earlier if row.place.column in columns else total
            earlier = total

    said = f"'{running[0].text[:40]}' in row {running[0].row} says running totals; what each adds is counted"
    return _counted(grid, found, counted, said)


def _counted(grid: Grid, found: Found, counted: Callable[[list[Row]], Iterable[int]], said: str) -> Found:
    """The rows with other numbers, made for each series in the order of time."""
    numbers: dict[Row, int] = {}
    for rows in _series(_rows(found)):
        numbers |= zip(rows, counted(rows), strict=True)
    return Found(
        tuple(replace(row, vehicles=numbers[row]) for row in found.counts),
        tuple(replace(row, people=numbers[row]) for row in found.crossings),
        (*found.remarks, f"{grid.called}: {said}"),
    )


def _growing(grid: Grid, rows: Iterable[Row]) -> Iterator[str]:
    """A warning where every series grows from each interval to the next."""
    series = [own for own in _series(rows) if any(map(_number, own))]
    if len(series) >= LEAST_SERIES and all(len(own) >= LEAST_INTERVALS and _grows(own) for own in series):
        yield (
            f"{grid.called}: all numbers grow from each interval to the next, as running totals do; they are taken for "
            "counts. If they are totals, write 'cumulative' over them"
        )


def _grows(rows: list[Row]) -> bool:
    return all(_number(one) < _number(other) for one, other in pairwise(rows))


def _series(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """The numbers of one movement or crossing and class on a day, in the order of time."""
    found: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in rows:
        what = (row.approach, row.movement) if isinstance(row, Count) else (row.arm, row.kind)
        found[row.junction, *what, row.place.label, row.place.date].append(row)
    return (sorted(own, key=lambda row: (row.begin_s, row.row)) for own in found.values())


def _rows(found: Found) -> tuple[Row, ...]:
    return (*found.counts, *found.crossings)


def _number(row: Row) -> int:
    return row.vehicles if isinstance(row, Count) else row.people
