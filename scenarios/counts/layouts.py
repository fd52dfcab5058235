"""Sheets of turning counts as tables: the header is found, words become ours, each row's cells are named.

    long    junction, approach, movement, begin, count            a row per movement and interval; end, class optional
    wide    junction, begin, NBL, NBT, NBR, SBL, ...              a row per interval, a column per movement
    UTDF    Universal Traffic Data Format's volume table          wide, with INTID, TIME and 'N Minute Counts' above

Columns may be in Russian or Kazakh (`local_words`). Left out are titles above the header, rows and columns of totals.
Of a workbook all sheets with such a table are read; there a blank junction, approach, movement or time repeats the
one above, as merged cells mean it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from zhasyl.errors import ScenarioError, unknown_name
from zhasyl.files.sheets import Lines, is_excel, read_sheets
from zhasyl.scenarios.counts.local_words import COLUMNS, is_total, said

SYNONYMS = {
    "intid": "junction", "intersection": "junction", "node": "junction", "time": "begin", "start": "begin",
    "from": "approach", "turn": "movement", "vehicles": "count", "volume": "count", "vehicle_class": "class",
}  # fmt: skip
WIDE = re.compile(r"^([NSEW]B|(?:NE|NW|SE|SW)B?)([LTRU])$")
UNUSED = re.compile(r"^([NSEW]B|NE|NW|SE|SW)[LR]2$|^PED$|^HOLD$")  # UTDF's columns that no movement answers to
LONG_COLUMNS = ("junction", "approach", "movement", "begin", "count")
KNOWN = (*LONG_COLUMNS, "begin_s", "end", "end_s", "class", "date")
PLACES, TIMES = ("junction", "approach", "movement"), ("begin", "end")
RANGE = re.compile(r"([\d:.]+) ?[-–—] ?([\d:.]+)")
TITLE_ROWS = 20


@dataclass(frozen=True)
class CountLine:
    """A row: its filled cells by column, those of a wide table by approach and movement (one letter)."""

    file: Path
    sheet: str
    row: int
    cells: dict[str, str]
    wide: dict[tuple[str, str], str]

    def refused(self, reason: str) -> ScenarioError:
        return ScenarioError(f"{self.file} {position(self.sheet, self.row)}: {reason}")


@dataclass(frozen=True)
class CountTable:
    """A sheet's rows; `minutes` is how long its intervals are, if its title says so."""

    lines: tuple[CountLine, ...]
    columns: frozenset[str]
    is_wide: bool
    minutes: float | None


@dataclass(frozen=True)
class _Header:
    columns: dict[int, str]
    wide: dict[int, tuple[str, str]]
    unused: tuple[int, ...]


def position(sheet: str, row: int) -> str:
    """Where a row stands in its file; `sheet` is '' where there is one only."""
    return f"sheet '{sheet}' row {row}" if sheet else f"row {row}"


def read_tables(path: Path) -> list[CountTable]:
    """The tables of a file, each with a row at least. Raises ScenarioError with the row of the first fault."""
    sheets = read_sheets(path)
    several = len(sheets) > 1
    found = [_table(path, name if several else "", lines) for name, lines in sheets.items()]
    tables = [table for table in found if table]
    if not tables:
        name, lines = next(iter(sheets.items()))
        raise ScenarioError(
            f"{path} {position(name if several else '', lines[0][0])}: no header with a column 'junction'; "
            f"give {','.join(LONG_COLUMNS)} or junction,begin,NBL,NBT,..."
        )
    if not any(table.lines for table in tables):
        raise ScenarioError(f"{path}: a header and no counts; add rows")
    return [table for table in tables if table.lines]


def _table(path: Path, sheet: str, lines: Lines) -> CountTable | None:
    """The table of a sheet, None for one without a header."""
    minutes = None
    for number, (row, cells) in enumerate(lines[:TITLE_ROWS]):
        if found := re.fullmatch(r"(\d{1,4}) minute counts", cells[0].lower()):
            minutes = float(found[1])
        names = ["" if is_total(cell) else said(SYNONYMS.get(cell.lower(), cell.lower()), COLUMNS) for cell in cells]
        if "junction" in names:
            header = _header(f"{path} {position(sheet, row)}", cells, names)
            body = tuple(_lines(path, sheet, header, lines[number + 1 :]))
            return CountTable(body, frozenset(header.columns.values()), bool(header.wide), minutes)
    return None


def _header(place: str, cells: list[str], names: list[str]) -> _Header:
    wide = {i: (_heading(m[1]), m[2]) for i, cell in enumerate(cells) if (m := WIDE.match(cell.upper()))}
    unused = tuple(i for i, cell in enumerate(cells) if wide and UNUSED.match(cell.upper()))
    columns = {i: name for i, name in enumerate(names) if name and i not in wide and i not in unused}
    named = list(columns.values())
    for name in named:
        if name not in KNOWN:
            raise ScenarioError(f"{place}: {unknown_name('column', name[:40], KNOWN)}, or NBL, NBT, ...")
        if named.count(name) > 1:
            raise ScenarioError(f"{place}: column '{name}' stands there twice; keep one")
    for name in ("junction", "begin") if wide else LONG_COLUMNS:
        if name not in named and f"{name}_s" not in named:
            raise ScenarioError(f"{place}: column '{name}' is missing; add it")
    return _Header(columns, wide, unused)


def _heading(text: str) -> str:
    """UTDF writes NE for NEB."""
    return text if text.endswith("B") else f"{text}B"


def _lines(path: Path, sheet: str, header: _Header, rows: Lines) -> Iterator[CountLine]:
    above: dict[str, str] = {}
    for row, cells in rows:
        if is_total(next(filter(None, cells))):
            continue
        filled = {place: cell for place, cell in enumerate(cells) if cell}
        given = {name: filled[place] for place, name in header.columns.items() if place in filled}
        if is_excel(path):
            given = above = _continued(given, above)
        if "end" not in header.columns.values() and (interval := RANGE.fullmatch(given.get("begin", ""))):
            given = {**given, "begin": interval[1], "end": interval[2]}
        wide = {turn: filled[place] for place, turn in header.wide.items() if place in filled}
        line = CountLine(path, sheet, row, given, wide)
        second = next((filled[place] for place in header.unused if filled.get(place, "0") != "0"), "")
        if second:
            raise line.refused(
                f"{second[:20]} vehicles make a second left or right turn; give them in the first shape, with the edge "
                "that they turn into"
            )
        yield line


def _continued(given: dict[str, str], above: dict[str, str]) -> dict[str, str]:
    """A row with what merged cells leave to the row above; at another junction only the time."""
    places = () if given.get("junction", above.get("junction")) != above.get("junction") else PLACES
    times = () if "begin" in given else TIMES
    return {name: above[name] for name in (*places, *times) if name in above} | given
