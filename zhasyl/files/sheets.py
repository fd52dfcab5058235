"""A sheet of cells from a CSV or Excel file, with the row each line stands on; files from outside are hostile."""

import csv
import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from itertools import zip_longest
from pathlib import Path
from typing import Any

from zhasyl.errors import ScenarioError
from zhasyl.files.code_pages import UTF_16, decoded
from zhasyl.files.csv_cells import plain
from zhasyl.files.paths import check_is_file

LARGEST_MB = 20
LARGEST_UNPACKED_MB = 200
MOST_CELLS = 2_000_000
MOST_ROWS = 1_048_576  # of Excel
SYNCHRO = re.compile(rb'^"?\[ *(network|nodes|links|lanes|timeplans|phases|phasing) *\]', re.IGNORECASE | re.MULTILINE)
SEARCHED = 10_000
SAVED_AS = "save the table as 'CSV UTF-8' or .xlsx"
OTHER_BOOKS = {".xls": "Excel 97", ".xlsb": "binary Excel", ".ods": "OpenDocument", ".numbers": "Numbers"}
WORKSHEETS = "xl/worksheets/"
VALUELESS = re.compile(rb"</f>(?:<v ?/>|<v></v>)?</c>")
FIRST_YEAR = 1901  # Excel keeps a time without a date as one of the last days of 1899

Lines = list[tuple[int, list[str]]]
"""(row, cells); rows count from 1 as editors show them, empty ones are left out."""


@dataclass(frozen=True)
class Book:
    """Name → sheet, of those with anything on them; a text file is one of no name. `remarks` say what was guessed,
    `hidden` which sheets a spreadsheet does not show."""

    sheets: dict[str, Lines]
    remarks: tuple[str, ...] = ()
    hidden: frozenset[str] = frozenset()


def read_sheet(path: Path, advice: str = "") -> Lines:
    """The first sheet with anything on it of a .csv, .tsv, .txt or .xlsx file.

    `advice` is the next step for a file that is no text, where it is not to be saved by a spreadsheet. Raises
    ScenarioError.
    """
    return next(iter(read_book(path, advice=advice).sheets.values()))


def read_sheets(path: Path) -> dict[str, Lines]:
    """Name → sheet, of those with anything on them; a text file is one of no name. Raises ScenarioError."""
    return read_book(path).sheets


def read_book(path: Path, dated: bool = False, advice: str = "") -> Book:
    """All sheets of a file; `dated` keeps the date of a cell that has date and time, `advice` is that of `read_sheet`.

    Raises ScenarioError.
    """
    if (kind := OTHER_BOOKS.get(path.suffix.lower())) is not None:
        check_is_file(path)
        raise ScenarioError(f"{path}: {kind} is not read; save it as .xlsx")
    data = _bytes(path)
    if is_excel(path):
        book = _excel(path, data, _dated_cell if dated else _cell)
    else:
        lines, page = _text(path, data, advice)
        remark = f"{path.name}: read as {page.upper()}, as its words are sound in it; save it as 'CSV UTF-8' if not"
        book = Book({"": lines}, (remark,) if page else ())
    filled = {name: lines for name, lines in book.sheets.items() if lines}
    if not filled:
        raise ScenarioError(f"{path} is empty; {advice or 'give a table with a header row'}")
    return Book(filled, book.remarks, book.hidden)


def is_excel(path: Path) -> bool:
    """Whether a file is read as a workbook."""
    return path.suffix.lower() in (".xlsx", ".xlsm")


def _bytes(path: Path) -> bytes:
    check_is_file(path)
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_MB * 1_000_000 + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ScenarioError(f"cannot read {str(path)[:200]}: {reason}; check the path") from None
    if len(data) > LARGEST_MB * 1_000_000:
        raise ScenarioError(f"{path}: over {LARGEST_MB} MB; such a table is smaller, check the file")
    return data


def _text(path: Path, data: bytes, advice: str) -> tuple[Lines, str]:
    """The lines, and the code page if it was guessed."""
    text, page = _decoded(path, data, advice)
    if "\0" in text:
        kind = "text" if advice else "CSV"
        raise ScenarioError(f"{path}: a binary file and no {kind}; {advice or SAVED_AS}")
    delimiter = delimiter_of(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        rows = ((reader.line_num, [plain(_one_line(cell)) for cell in cells]) for cells in reader)
        return [(row, cells) for row, cells in rows if any(cells)], page
    except csv.Error as error:
        raise ScenarioError(
            f"{path} row {reader.line_num}: not CSV ({str(error).replace(chr(9), 'tab')}); fix the quotes"
        ) from None


def delimiter_of(text: str) -> str:
    """What parts most of the first lines twice and more: , ; or a tab; a title with commas is one line only."""
    lines = text[:SEARCHED].splitlines()
    return max(",;\t", key=lambda mark: (sum(line.count(mark) > 1 for line in lines), text[:2000].count(mark)))


def _decoded(path: Path, data: bytes, advice: str) -> tuple[str, str]:
    """As `decoded`; Synchro's export in any code page, as all that is read of it is ASCII."""
    try:
        return decoded(data)
    except UnicodeDecodeError as error:
        if SYNCHRO.search(data[:SEARCHED]) and not data.startswith(UTF_16):
            return data.decode("cp1252", "replace"), ""
        row = data.count(b"\n", 0, error.start) + 1
        raise ScenarioError(f"{path} row {row}: not UTF-8 text; {advice or SAVED_AS}") from None


def _excel(path: Path, data: bytes, cell: Callable[[Any], str]) -> Book:
    try:
        openpyxl = import_module("openpyxl")
    except ImportError:
        raise ScenarioError(
            f"{path}: reading Excel needs openpyxl; run: pip install 'zhasyl[excel]', or save it as CSV UTF-8"
        ) from None
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked_mb = sum(member.file_size for member in archive.infolist()) / 1e6
            if unpacked_mb > LARGEST_UNPACKED_MB:
                raise ScenarioError(
                    f"{path}: {unpacked_mb:.0f} MB unpacked, at most {LARGEST_UNPACKED_MB}; save as CSV"
                )
            formulas = any(VALUELESS.search(archive.read(n)) for n in archive.namelist() if n.startswith(WORKSHEETS))
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheets = {sheet.title: sheet.iter_rows(values_only=True) for sheet in book.worksheets}
        if formulas:
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
            sheets = {s.title: _or_formulas(sheets[s.title], s.iter_rows(values_only=True)) for s in book.worksheets}
        hidden = frozenset(sheet.title for sheet in book.worksheets if sheet.sheet_state != "visible")
        return Book({name: _rows(path, rows, cell) for name, rows in sheets.items()}, hidden=hidden)
    except ScenarioError:
        raise
    except Exception as error:  # openpyxl raises whatever a broken workbook makes it trip over
        said = str(error) or type(error).__name__
        raise ScenarioError(f"{path} is not a valid Excel file ({said[:200]}); save it again as .xlsx") from None


def _or_formulas(values: Iterable[tuple[Any, ...]], formulas: Iterable[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    """Rows of values; a formula that no spreadsheet has computed yet stands for its value: else it would seem blank."""
    for row, others in zip(values, formulas, strict=False):
        yield tuple(getattr(f, "text", f) if v is None else v for v, f in zip_longest(row, others))


def _rows(path: Path, rows: Iterable[tuple[Any, ...]], cell: Callable[[Any], str]) -> Lines:
    lines: Lines = []
    total = 0
    for number, row in enumerate(rows, start=1):
        total += len(row)
        if total > MOST_CELLS or number > MOST_ROWS:
            raise ScenarioError(
                f"{path} row {number}: over {MOST_CELLS:,} cells or {MOST_ROWS:,} rows; keep the table only"
            )
        cells = [cell(value) for value in row]
        if any(cells):
            lines.append((number, cells))
    return lines


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, (dt.datetime, dt.time)):
        return value.strftime("%H:%M:%S")
    if isinstance(value, dt.timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return _one_line(str(value))


def _dated_cell(value: Any) -> str:
    """As `_cell`; a date and time as '2026-09-02 07:00:00'."""
    if isinstance(value, dt.datetime) and value.year >= FIRST_YEAR:
        return value.strftime("%Y-%m-%d %H:%M:%S")
    return _cell(value)


def _one_line(text: str) -> str:
    """A cell may hold lines; a name or a heading is meant as one."""
    return " ".join(text.split())
