"""Sheets of turning counts as tables: the header is found, words become ours, each row's cells are named.

    long    junction, approach, movement, begin, count            a row per movement and interval; end, class optional
    wide    junction, begin, NBL, NBT, NBR, SBL, ...              a row per interval, a column per movement
    UTDF    Universal Traffic Data Format's volume table          wide, with INTID, TIME and 'N Minute Counts' above

Columns may be in Russian or Kazakh (`zhasyl.text.local_words`). The junction may be left out, the approach too
where movements name both ends (N-S), and columns of wide tables may be such. Left out are titles above the header,
rows and columns of totals; other columns are not read, which is said, unless their name is nearly one of ours. Of a
workbook all sheets with such a table are read; there a blank junction, approach, movement or time repeats the one
above, as merged cells mean it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from zhasyl.errors import ScenarioError, unknown_name
from zhasyl.files.clock import clock
from zhasyl.files.sheets import Lines, is_excel
from zhasyl.scenarios.counts.count import column_letter, position
from zhasyl.scenarios.counts.sheets.clocks import interval
from zhasyl.scenarios.counts.sheets.grid import Grid, cell, hints
from zhasyl.scenarios.counts.sheets.hours import kind_of
from zhasyl.scenarios.counts.sheets.summaries import adds_up, is_large, is_summary
from zhasyl.scenarios.counts.sheets.words import class_of, crossing_of, turn_of
from zhasyl.text.local_words import COUNT_COLUMNS, RATES, RUNNING, is_some_total, is_total, plain_words, says_reduced

UNUSED = re.compile(r"^([NSEW]B|NE|NW|SE|SW)[LR]2$|^PED$|^HOLD$")  # UTDF's columns that no movement answers to
LONG_COLUMNS = ("junction", "approach", "movement", "begin", "count")
KNOWN = (*LONG_COLUMNS, "exit", "begin_s", "end", "end_s", "class", "date")
PLACES, TIMES = ("junction", "approach", "movement", "exit"), ("begin", "end")
RANGE = re.compile(r"([\d:.]+) ?[-–—] ?([\d:.]+)")
CROSSWALK = re.compile(r"^([nsew])x$", re.IGNORECASE)  # the crosswalk of an arm, as Toronto's open data have it
TITLE_ROWS = 20
LEAST_COLUMNS = 3
NEARLY = 0.8

Turn = tuple[str, str, str]
"""Approach, movement and class as the header names them; 'crossing' and who crosses in place of the movement."""


@dataclass(frozen=True)
class CountLine:
    """A row: its filled cells by column, those of a wide table by turn; `places` says where both stand."""

    file: Path
    sheet: str
    row: int
    cells: dict[str, str]
    wide: dict[Turn, str]
    places: dict[str | Turn, int] = field(default_factory=dict)

    def refused(self, reason: str) -> ScenarioError:
        return ScenarioError(f"{self.file} {position(self.sheet, self.row)}: {reason}")


@dataclass(frozen=True)
class CountTable:
    """A sheet's rows; `minutes` is how long its intervals are, if its title says so."""

    lines: tuple[CountLine, ...]
    columns: frozenset[str]
    is_wide: bool
    minutes: float | None
    hints: tuple[str, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True)
class _Header:
    columns: dict[int, str]
    wide: dict[int, Turn]
    unused: tuple[int, ...]
    ignored: dict[int, str]


def find_table(grid: Grid, several: bool) -> CountTable | None:
    """The table of a sheet, one of several or the only one; None for one without a header. Raises ScenarioError."""
    minutes = None
    for number, (row, cells) in enumerate(grid.lines[:TITLE_ROWS]):
        if found := re.fullmatch(r"(\d{1,4}) minute counts", cells[0].lower()):
            minutes = float(found[1])
        names = _names(cells)
        wide = {i: turn for i, cell in enumerate(cells) if (turn := _turn(cell))}
        if _is_header(names, wide):
            if not wide and "count" not in names and sum(bool(class_of(cell)) for cell in cells) > 1:
                return None  # a column for each class
            sheet = grid.name if several else ""
            header = _header(f"{grid.file} {position(sheet, row)}", cells, names, wide)
            passed: dict[int, str] = {}
            rows = _without_sums(header, grid.lines[number + 1 :], passed) if wide else grid.lines[number + 1 :]
            body = tuple(_lines(grid.file, sheet, header, rows))
            titles = hints(grid, grid.lines[:number])
            columns = frozenset(header.columns.values())
            return CountTable(
                body,
                columns,
                bool(header.wide),
                minutes,
                titles,
                (*grid.ignored(header.ignored), *grid.passed_over(passed)),
            )
    return None


def _names(cells: list[str]) -> list[str]:
    """The columns of a header; where none is the count, rates an hour or running totals alone are it."""
    names = ["" if is_some_total(cell) else _name(cell) for cell in cells]
    others = [i for i, cell in enumerate(cells) if names[i] not in KNOWN and _is_other_number(cell)]
    if "count" not in names and len(others) == 1 and not any(kind_of(cell) in ("phf", "heavy") for cell in cells):
        names[others[0]] = "count"
    return names


def _is_other_number(text: str) -> bool:
    small = plain_words(text)
    return bool(RATES.search(small) or RUNNING.search(small)) and not says_reduced(text)


def _name(text: str) -> str:
    small = plain_words(text).strip(" :")
    return small if small in KNOWN else COUNT_COLUMNS.get(small.replace("_", " "), COUNT_COLUMNS.get(small, small))


def _turn(text: str) -> Turn | None:
    """The turn that a column of a wide table counts: NBL, N-S, nb_truck_l; or who crosses there: 'NB Peds', nx_bike."""
    if turn := turn_of(text):
        return (*turn, "")
    words = text.replace("_", " ").split()
    if len(words) not in (2, 3):
        return None
    where, *between, last = words
    leg = CROSSWALK.sub(r"\1", where)
    if (kind := crossing_of(last)) and (arm := turn_of(f"{leg} left")):
        return arm[0], f"crossing {kind}", " ".join(between)
    turn = turn_of(f"{where} {last}")
    own = " ".join(between)
    return (*turn, own) if turn and (class_of(own) or not own) else None


def _is_header(names: list[str], wide: dict[int, Turn]) -> bool:
    known = {name.removesuffix("_s") for i, name in enumerate(names) if name in KNOWN and i not in wide}
    if "junction" in known and len(known) + len(wide) >= LEAST_COLUMNS:
        return True
    return "begin" in known and (len(wide) > 1 or ("count" in known and bool({"movement", "exit"} & known)))


def _header(place: str, cells: list[str], names: list[str], wide: dict[int, Turn]) -> _Header:
    unused = tuple(i for i, cell in enumerate(cells) if wide and UNUSED.match(cell.upper()))
    columns = {i: name for i, name in enumerate(names) if name and i not in wide and i not in unused}
    ignored = {i: cells[i] for i, name in columns.items() if name not in KNOWN}
    for name in (columns[i] for i in ignored):
        if get_close_matches(name, KNOWN, 1, NEARLY):
            raise ScenarioError(f"{place}: {unknown_name('column', name[:40], KNOWN)}, or NBL, NBT, ...")
    columns = {i: name for i, name in columns.items() if i not in ignored}
    named = list(columns.values())
    for name in named:
        if named.count(name) > 1:
            raise ScenarioError(f"{place}: column '{name}' stands there twice; keep one")
    for turn in wide.values():
        same = [i for i, other in wide.items() if other == turn]
        if len(same) > 1:
            twice = f"columns {column_letter(same[0])} and {column_letter(same[1])} '{cells[same[1]][:40]}'"
            raise ScenarioError(f"{place}: {twice} count the same turn; keep one")
    wanted = ("begin",) if wide else ("movement", "begin", "count")
    for name in wanted:
        if name not in named and f"{name}_s" not in named and not (name == "movement" and "exit" in named):
            raise ScenarioError(f"{place}: column '{name}' is missing; add it")
    return _Header(columns, wide, unused, ignored)


def _without_sums(header: _Header, rows: Lines, passed: dict[int, str]) -> Lines:
    """The rows of a wide table that count something new; those of sums, shares and peaks are listed in `passed`."""
    kept: Lines = []
    read: list[tuple[tuple[str, ...], dict[int, int]]] = []
    own = [i for i, name in header.columns.items() if name in ("junction", "class")]
    begins = [i for i, name in header.columns.items() if name in ("begin", "begin_s")]
    for row, cells in rows:
        filled = {i: cell(cells, i) for i in header.wide if cell(cells, i)}
        numbers = {i: int(text) for i, text in filled.items() if text.isdecimal()}
        label = next((cell(cells, i) for i in begins if cell(cells, i)), "")
        of = tuple(cell(cells, i) for i in own)
        above = (earlier for other, earlier in reversed(read) if other == of)
        is_sum = len(numbers) == len(filled) and adds_up(numbers, above)
        if is_summary(label) or (is_sum and (is_large(numbers) or not any(map(str.isdigit, label)))):
            passed[row] = label or "a sum without a name"
            continue
        kept.append((row, cells))
        read.append((of, numbers))
    return kept


def _lines(path: Path, sheet: str, header: _Header, rows: Lines) -> Iterator[CountLine]:
    above: dict[str, str] = {}
    places: dict[str | Turn, int] = {name: i for i, name in header.columns.items()}
    places |= {turn: i for i, turn in header.wide.items()}
    for row, cells in rows:
        if is_total(next(filter(None, cells))) or is_some_total(cells[0]):
            continue
        filled = {place: cell for place, cell in enumerate(cells) if cell}
        given = {name: filled[place] for place, name in header.columns.items() if place in filled}
        if is_excel(path):
            given = above = _continued(given, above)
        given = _timed(given, header)
        wide = {turn: filled[place] for place, turn in header.wide.items() if place in filled}
        line = CountLine(path, sheet, row, given, wide, places)
        second = next((filled[place] for place in header.unused if filled.get(place, "0") != "0"), "")
        if second:
            raise line.refused(
                f"{second[:20]} vehicles make a second left or right turn; give them in the first shape, with the edge "
                "that they turn into"
            )
        yield line


def _timed(given: dict[str, str], header: _Header) -> dict[str, str]:
    """A row with its interval as two times, 12-hour clocks and dates as plain times."""
    names = header.columns.values()
    if "end" not in names and (found := RANGE.fullmatch(given.get("begin", ""))):
        given = {**given, "begin": found[1], "end": found[2]}
    for name in TIMES:
        text = given.get(name, "")
        if not re.fullmatch(r"[\d:.]*", text) and (at := interval(text)):
            given = {**given, name: clock(at.begin_s)} | ({"date": at.date} if at.date else {})
            if at.end_s is not None and "end" not in names:
                given["end"] = clock(at.end_s)
    return given


def _continued(given: dict[str, str], above: dict[str, str]) -> dict[str, str]:
    """A row with what merged cells leave to the row above; at another junction only the time."""
    places = () if given.get("junction", above.get("junction")) != above.get("junction") else PLACES
    times = () if "begin" in given else TIMES
    return {name: above[name] for name in (*places, *times) if name in above} | given
