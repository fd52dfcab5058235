"""A sheet of cells from a CSV or Excel file, with the row each line stands on; files from outside are hostile."""

import codecs
import csv
import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from typing import Any

from zhasyl.errors import ScenarioError
from zhasyl.files.csv_cells import plain
from zhasyl.files.paths import check_is_file

LARGEST_MB = 20
LARGEST_UNPACKED_MB = 200
MOST_CELLS = 2_000_000
MOST_ROWS = 1_048_576  # of Excel
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
SYNCHRO = re.compile(rb'^"?\[ *(network|nodes|links|lanes|timeplans|phases|phasing) *\]', re.IGNORECASE | re.MULTILINE)
SEARCHED = 10_000

Lines = list[tuple[int, list[str]]]
"""(row, cells); rows count from 1 as editors show them, empty ones are left out."""


def read_sheet(path: Path) -> Lines:
    """The first sheet with anything on it of a .csv, .tsv, .txt or .xlsx file. Raises ScenarioError."""
    return next(iter(read_sheets(path).values()))


def read_sheets(path: Path) -> dict[str, Lines]:
    """Name → sheet, of those with anything on them; a text file is one of no name. Raises ScenarioError."""
    data = _bytes(path)
    sheets = _excel(path, data) if is_excel(path) else {"": _text(path, data)}
    filled = {name: lines for name, lines in sheets.items() if lines}
    if not filled:
        raise ScenarioError(f"{path} is empty; give a table with a header row")
    return filled


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


def _text(path: Path, data: bytes) -> Lines:
    text = _decoded(path, data)
    if "\0" in text:
        raise ScenarioError(f"{path}: a binary file and no CSV; save the table as 'CSV UTF-8' or .xlsx")
    delimiter = max(",;\t", key=text[:2000].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        rows = ((reader.line_num, [plain(_one_line(cell)) for cell in cells]) for cells in reader)
        return [(row, cells) for row, cells in rows if any(cells)]
    except csv.Error as error:
        raise ScenarioError(f"{path} row {reader.line_num}: not CSV ({error}); fix the quotes") from None


def _decoded(path: Path, data: bytes) -> str:
    """UTF-8, or UTF-16 with its mark; Synchro's export in any code page, as all that is read of it is ASCII."""
    try:
        return data.decode("utf-16" if data.startswith(UTF_16) else "utf-8-sig")
    except UnicodeDecodeError as error:
        if SYNCHRO.search(data[:SEARCHED]):
            return data.decode("cp1252", "replace")
        row = data.count(b"\n", 0, error.start) + 1
        raise ScenarioError(f"{path} row {row}: not UTF-8 text; save it as 'CSV UTF-8'") from None


def _excel(path: Path, data: bytes) -> dict[str, Lines]:
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
            raise ScenarioError(f"{path}: {unpacked_mb:.0f} MB unpacked, at most {LARGEST_UNPACKED_MB}; save as CSV")
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        return {sheet.title: _rows(path, sheet.iter_rows(values_only=True)) for sheet in book.worksheets}
    except ScenarioError:
        raise
    except Exception as error:  # openpyxl raises whatever a broken workbook makes it trip over
        said = str(error) or type(error).__name__
        raise ScenarioError(f"{path} is not a valid Excel file ({said[:200]}); save it again as .xlsx") from None


def _rows(path: Path, rows: Iterable[tuple[Any, ...]]) -> Lines:
    lines: Lines = []
    total = 0
    for number, row in enumerate(rows, start=1):
        total += len(row)
        if total > MOST_CELLS or number > MOST_ROWS:
            raise ScenarioError(
                f"{path} row {number}: over {MOST_CELLS:,} cells or {MOST_ROWS:,} rows; keep the table only"
            )
        cells = [_cell(value) for value in row]
        if any(cells):
            lines.append((number, cells))
    return lines


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, (dt.datetime, dt.time)):
        return value.strftime("%H:%M:%S")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return _one_line(str(value))


def _one_line(text: str) -> str:
    """A cell may hold lines; a name or a heading is meant as one."""
    return " ".join(text.split())
