"""Tables as one Excel workbook, a sheet a table: numbers are numbers, and no text is a formula.

openpyxl, which also reads count sheets, is better kept than lines of our own that write the format's parts.
"""

import io
import re
from collections.abc import Iterable, Sequence
from importlib import import_module
from typing import Any

from zhasyl.errors import OutputError
from zhasyl.reports.exports.named import Field, Stack, Value
from zhasyl.text.language import _
from zhasyl.text.steering import neutral

MISSING = "writing Excel files needs openpyxl; install zhasyl with the extra 'excel' (pip install 'zhasyl[excel]')"
LONGEST_SHEET_NAME = 31
FORBIDDEN = re.compile(r"[\\/*?:\[\]\x00-\x1f]")
LONGEST_CELL = 32_000  # of 32,767 letters
LEAST_WIDTH, MOST_WIDTH = 9, 60  # letters


def check_excel() -> None:
    """Raise OutputError unless workbooks can be written."""
    try:
        import_module("openpyxl")
    except ImportError:
        raise OutputError(MISSING) from None


def workbook(stacks: Sequence[Stack]) -> bytes:
    """The workbook as a file. Raises OutputError without openpyxl."""
    check_excel()
    book = import_module("openpyxl").Workbook()
    book.remove(book.active)
    for stack, name in zip(stacks, sheet_names(_(stack.name) for stack in stacks), strict=True):
        _fill(book.create_sheet(name), stack)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def sheet_names(names: Iterable[str]) -> list[str]:
    """Names that Excel takes: at most 31 letters, none of them forbidden, no two alike."""
    found: list[str] = []
    for name in names:
        plain = FORBIDDEN.sub("-", name).strip("' ") or "table"
        plain = f"{plain}-" if plain.lower() == "history" else plain
        own, number = plain[:LONGEST_SHEET_NAME], 1
        while own.lower() in map(str.lower, found):
            number += 1
            own = f"{plain[: LONGEST_SHEET_NAME - len(str(number)) - 1]}-{number}"
        found.append(own)
    return found


def _fill(sheet: Any, stack: Stack) -> None:
    styles = import_module("openpyxl.styles")
    bold, top = styles.Font(bold=True), styles.Alignment(wrap_text=True, vertical="top")
    for index, field in enumerate(stack.fields, start=1):
        _write(sheet.cell(1, index), field.title, "")
        sheet.cell(1, index).font, sheet.cell(1, index).alignment = bold, top
    rows = stack.values()
    for number, row in enumerate(rows, start=2):
        for index, (field, value) in enumerate(zip(stack.fields, row, strict=True), start=1):
            _write(sheet.cell(number, index), value, field.pattern)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    letter = import_module("openpyxl.utils").get_column_letter
    for index, field in enumerate(stack.fields):
        sheet.column_dimensions[letter(index + 1)].width = _width(field, [row[index] for row in rows])


def _write(cell: Any, value: Value, pattern: str) -> None:
    """A number with its pattern; any other value as a text, which Excel keeps a text when it is edited."""
    if value is None:
        return
    if isinstance(value, str):
        cell.value = neutral(value).replace("\t", " ").replace("\r", " ")[:LONGEST_CELL]
        cell.data_type, cell.quotePrefix = "s", True
        return
    cell.value = value
    if pattern:
        cell.number_format = pattern


def _width(field: Field, values: Sequence[Value]) -> int:
    longest = max((len(value) for value in values if isinstance(value, str)), default=0)
    return min(MOST_WIDTH, max(LEAST_WIDTH, longest, len(field.title) // 2) + 2)
