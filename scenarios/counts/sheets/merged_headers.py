"""Sheets with approaches over turns and a row a time: one sheet a junction or a class, sums and peak hours passed over.

Petra, TDC, Miovision and most counts by hand look like this. Passed over and said: sums (App. Total, Int. Total,
Grand Total), shares (Apprch %), the peak hour told again below or beside. A time that stands there twice with other
numbers is a fault. A blank cell was not counted; a dash is 0. The columns under `Peds` are those who cross the
approach's arm.
"""

import itertools
import re
from collections.abc import Iterator

from zhasyl.files.clock import clock
from zhasyl.scenarios.counts.count import Count, Crossing, Found, Place
from zhasyl.scenarios.counts.sheets.clocks import Interval, in_column, interval
from zhasyl.scenarios.counts.sheets.grid import DASHES, Grid, cell, hints
from zhasyl.scenarios.counts.sheets.headers import Header, headers
from zhasyl.scenarios.counts.sheets.sheet_names import on_bicycle, sheet_class, together
from zhasyl.scenarios.counts.sheets.summaries import adds_up, follows_summary, is_large, is_repeated, is_summary
from zhasyl.scenarios.counts.sheets.words import class_of, part_of_class

LEAST_S = 60.0
HALF_DAY_S = 43_200.0
ONE_PM_S = 46_800.0
MARKED = re.compile(r"\d ?[ap]\.?m", re.IGNORECASE)


class _Rows:
    """The rows of a sheet, read in order."""

    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        self.label, self.vehicle_class = sheet_class(grid)
        self.counts: list[Count] = []
        self.crossings: list[Crossing] = []
        self.passed: dict[int, str] = {}
        self.unequal: list[str] = []
        self._read: dict[tuple[str, ...], dict[float, dict[int, int]]] = {}
        self._rows: dict[tuple[str | float, ...], int] = {}
        self._begins: list[tuple[int, Interval, dict[int, int], Header, str]] = []
        self.turns_of_people = 0
        self.afternoon: list[float] = []
        self._in_summary = False
        self._date = ""

    def add(self, header: Header, row: int, cells: list[str]) -> None:
        filled = {i: cell(cells, i) for i in header.columns if cell(cells, i)}
        labels = [text for text in cells[: header.first] if text]
        label = next((text for text in labels if is_summary(text)), labels[0] if labels else "")
        if not any(char.isdigit() for text in filled.values() for char in text) and not set(filled.values()) & DASHES:
            self._heading(label)
            return
        if is_summary(label) or (self._in_summary and follows_summary(label)):
            self._in_summary = True
            self.passed[row] = label
            return
        at = self._time(header, row, cells, labels)
        if at is None:
            self._without_time(header, row, filled, label)
            return
        self._in_summary = False
        numbers = {i: self.grid.whole_number(row, i, text) for i, text in filled.items()}
        group = self._class(header, cells), at.date, *header.approaches
        known = self._read.setdefault(group, {})
        later = at if MARKED.search(label) else self._afternoon(at, known)
        repeated = any(is_repeated(time.begin_s, time.end_s, numbers, known) for time in (at, later))
        if repeated or (is_large(numbers) and self._is_sum(numbers)):
            self.passed[row] = label
            return
        if later != at and at.begin_s not in known:
            self.afternoon.append(at.begin_s)
            at = later
        if at.begin_s in known:
            column = header.named.get("begin", 0)
            raise self.grid.fault(
                row,
                column,
                f"'{label[:40]}' counts a time that row {self._rows[*group, at.begin_s]} counts already; keep one",
            )
        known[at.begin_s], self._rows[*group, at.begin_s] = numbers, row
        self._check_sums(header, row, cells, numbers)
        self._begins.append((row, at, numbers, header, self._class(header, cells)))

    def _heading(self, label: str) -> None:
        """A row without numbers may give the date of what follows."""
        found = interval(f"{label} 0:00") if label else None
        if found and found.date:
            self._date = found.date

    def _class(self, header: Header, cells: list[str]) -> str:
        column = header.named.get("class")
        return cell(cells, column) if column is not None else ""

    def _time(self, header: Header, row: int, cells: list[str], labels: list[str]) -> Interval | None:
        column = header.named.get("begin")
        if column is None and (ends := header.named.get("end")) is not None and cell(cells, ends):
            alone = interval(cell(cells, ends))
            if alone and alone.end_s is None:
                raise self.grid.fault(
                    row,
                    ends,
                    f"'{cell(cells, ends)[:20]}' ends an interval and none is begun; add a column 'Start Time'",
                )
        own = cell(cells, column) if column is not None else ""
        at = in_column(own) if own else next((found for text in labels if (found := interval(text))), None)
        if at is None:
            return None
        end_column, date_column = header.named.get("end"), header.named.get("date")
        end_s = at.end_s
        if end_s is None and end_column is not None and (end := in_column(cell(cells, end_column))):
            end_s = end.begin_s or 86_400.0
        date = at.date or (cell(cells, date_column).split(" ")[0] if date_column is not None else "") or self._date
        return Interval(at.begin_s, end_s, date)

    def _afternoon(self, at: Interval, known: dict[float, dict[int, int]]) -> Interval:
        """A time on a clock of 12 hours without AM and PM, where it goes back from before 13:00: 12 hours later."""
        latest_s = max(known, default=0.0)
        if latest_s >= ONE_PM_S and not self.afternoon:
            return at  # a clock of 24 hours
        then_s = at.begin_s + HALF_DAY_S
        if not at.begin_s < min(latest_s, HALF_DAY_S) or not (then_s > latest_s or then_s in known):
            return at
        end_s = None if at.end_s is None else at.end_s + (HALF_DAY_S if at.end_s < HALF_DAY_S else 0.0)
        return Interval(then_s, end_s, at.date)

    def _without_time(self, header: Header, row: int, filled: dict[int, str], label: str) -> None:
        """Sums may have no name, or any; anything else is a fault."""
        column = header.named.get("begin", 0)
        plain = {
            i: 0 if text in DASHES else int(text) for i, text in filled.items() if text in DASHES or text.isdecimal()
        }
        if len(plain) == len(filled) and self._is_sum(plain):
            self.passed[row] = label or "a sum without a name"
            return
        if not label:
            raise self.grid.fault(row, column, "no time beside counts; expected one such as 7:15, 7:15 AM or 7:15-7:30")
        raise self.grid.fault(
            row, column, f"'{label[:40]}' is no time; expected 7:15, 7:15 AM or 7:15-7:30, or 'Total'"
        )

    def _is_sum(self, numbers: dict[int, int]) -> bool:
        return adds_up(numbers, (earlier for _, _, earlier, _, _ in reversed(self._begins)))

    def _check_sums(self, header: Header, row: int, cells: list[str], numbers: dict[int, int]) -> None:
        for column, parts in header.sums.items():
            text = cell(cells, column)
            sums = [_sums(header, numbers, columns) for columns in (parts, tuple(numbers))]
            turns = sums[0][0]
            if text.isdecimal() and int(text) not in {one for pair in sums for one in pair}:
                at = f"{self.grid.fault(row, column, '')}".removeprefix(f"{self.grid.file} ").rstrip(": ")
                self.unequal.append(f"{at}: the sheet's sum is {text}, its movements make {turns}")

    def finish(self, titles: tuple[str, ...]) -> None:
        """Make counts of the rows: an interval ends where the shortest step ends."""
        times = sorted({at.begin_s for _, at, _, _, _ in self._begins})
        step_s = min((b - a for a, b in itertools.pairwise(times)), default=None)
        for row, at, numbers, header, name in self._begins:
            end_s = at.end_s if at.end_s is not None else None if step_s is None else at.begin_s + step_s
            column = header.named.get("begin", 0)
            if end_s is None:
                raise self.grid.fault(row, column, "one interval only and no end; write it as 7:00-8:00")
            if end_s < at.begin_s + LEAST_S:
                raise self.grid.fault(row, column, f"an interval that ends {end_s - at.begin_s:g} s after its begin")
            for i, number in numbers.items():
                self._count(row, i, header, name, at, end_s, number, titles)

    def _count(
        self, row: int, i: int, header: Header, name: str, at: Interval, end_s: float, number: int,
        titles: tuple[str, ...],
    ) -> None:  # fmt: skip
        column = header.columns[i]
        classed = part_of_class(name or column.label) or self.label
        label = f"{classed} {'' if class_of(column.label) else column.label}".rstrip()
        place = Place(i, label, at.date, titles)
        if column.crossing:
            self.crossings.append(Crossing(
                row, "", column.approach, column.crossing, at.begin_s, end_s, number, self.grid.name, place
            ))  # fmt: skip
            return
        own = self.vehicle_class
        for text, where in ((name, header.named.get("class", 0)), (column.label, i)):
            if text and class_of(text):
                own = class_of(text)
            elif text and where != i:
                raise self.grid.fault(
                    row, where, f"'{text[:40]}' is no class; write car, van, truck, bus or motorcycle"
                )
        if not own:
            self.turns_of_people += number
            return
        self.counts.append(Count(
            row, "", column.approach, column.movement, own, at.begin_s, end_s, number, self.grid.name, place
        ))  # fmt: skip


def _sums(header: Header, numbers: dict[int, int], columns: tuple[int, ...]) -> tuple[int, int]:
    """Vehicles in some columns, and the same with who crosses: sheets add either."""
    known = {i: numbers.get(i, 0) for i in columns}
    return sum(number for i, number in known.items() if not header.columns[i].crossing), sum(known.values())


def read_merged(grid: Grid) -> Found | None:
    """The counts of a sheet of this layout; None for another one. Raises ScenarioError."""
    found = list(headers(grid, on_bicycle(grid.name)))
    if not found:
        return None
    rows = _Rows(grid)
    beside: dict[int, str] = {}
    for header, until in zip(found, [*(header.top for header in found[1:]), len(grid.lines)], strict=True):
        beside |= header.beside
        for row, cells in grid.lines[header.below : until]:
            rows.add(header, row, cells)
    streets = list(dict.fromkeys(column.street for column in found[0].columns.values() if column.street))
    rows.finish((*hints(grid, grid.lines[: found[0].top]), *([" & ".join(streets)] if len(streets) > 1 else [])))
    if not rows.counts and not rows.crossings:
        return Found(remarks=(f"{grid.called}: a header and no row with a time; nothing is read of it",))
    return Found(tuple(rows.counts), tuple(rows.crossings), tuple(_remarks(grid, rows, beside)))


def _remarks(grid: Grid, rows: _Rows, beside: dict[int, str]) -> Iterator[str]:
    yield from grid.ignored(beside)
    yield from grid.passed_over(rows.passed)
    if rows.turns_of_people:
        yield f"{grid.called}: a sheet of people; {rows.turns_of_people} counts of turns in it are not read"
    if (classes := together(grid)) and rows.counts:
        yield f"{grid.called}: '{classes[:60]}' are counted together and taken for cars"
    if rows.afternoon:
        yield f"{grid.called}: times that go back, from {clock(min(rows.afternoon))}, are taken for the afternoon"
    if rows.unequal:
        more = f" (and {len(rows.unequal) - 1} more)" if len(rows.unequal) > 1 else ""
        yield f"{rows.unequal[0]}{more}; the movements are taken"
