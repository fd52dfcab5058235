"""Cells of CSV files that a spreadsheet must not take for formulas: such text is written after an apostrophe.

Text that begins with = + - @, a tab or a carriage return and is no number is written as '=..., and read back without.
"""

import csv
import re
from collections.abc import Iterable
from typing import TextIO

FORMULA = re.compile(r"'*[=+\-@\t\r].", re.DOTALL)  # a lone '-' is a dash in any spreadsheet


def safe(value: object) -> object:
    """The value as it is written; numbers are untouched."""
    if isinstance(value, str) and FORMULA.match(value) and not _is_number(value):
        return f"'{value}"
    return value


def plain(text: str) -> str:
    """The text of a cell that `safe` wrote."""
    return text[1:] if text.startswith("'") and FORMULA.match(text) else text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


class CsvWriter:
    """csv.writer with safe cells, one line a row."""

    def __init__(self, file: TextIO) -> None:
        self._rows = csv.writer(file, lineterminator="\n")

    def writerow(self, cells: Iterable[object]) -> None:
        self._rows.writerow([safe(cell) for cell in cells])

    def writerows(self, rows: Iterable[Iterable[object]]) -> None:
        for row in rows:
            self.writerow(row)
