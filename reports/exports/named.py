"""Tables with a name, as the page shows them and as files have them: a cell is what is shown and what is behind it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from zhasyl.reports.pages import Grid

Value = str | int | float | None
WHOLE, PERCENT, ANY = "#,##0", "0%", "0.0###"
LONGEST_NAME = 60


def pattern(decimals: int) -> str:
    """The pattern of numbers with so many decimals."""
    return f"{WHOLE}.{'0' * decimals}" if decimals else WHOLE


@dataclass(frozen=True)
class Field:
    """A column of a file: its name for programs and its title for people, both with the unit.

    `pattern` is how a spreadsheet shows its numbers; nothing for texts.
    """

    key: str
    title: str
    pattern: str = ""


@dataclass(frozen=True)
class Column:
    """A column of the page, and the columns of a file that say the same: 'Delay ± 95 %' is a mean and a half width."""

    title: str
    fields: tuple[Field, ...]
    words: bool = False  # texts, which stand at the left
    verdict: bool = False


@dataclass(frozen=True)
class Cell:
    """What the page shows, and a value for each field of the column, which has all digits.

    `mark` is 'better' or 'worse' where it says so.
    """

    shown: str
    values: tuple[Value, ...]
    mark: str = ""


@dataclass(frozen=True)
class NamedTable:
    """A table of the page. `of` holds for every row: in a file it stands in columns before the others.

    `name` is made of small letters and hyphens: the file's, and as a message the sheet's. The page shows `most` rows.
    """

    name: str
    about: str
    columns: tuple[Column, ...]
    rows: Sequence[tuple[Cell, ...]]
    of: Mapping[Field, Value] = field(default_factory=dict)
    most: int | None = None

    def grid(self) -> Grid:
        """The table as the page has it."""
        return Grid(
            self.about,
            [column.title for column in self.columns],
            [[cell.shown for cell in row] for row in self.rows[: self.most]],
            texts=tuple(index for index, column in enumerate(self.columns) if column.words),
            verdict=next((index for index, column in enumerate(self.columns) if column.verdict), None),
            marks=[next((cell.mark for cell in row if cell.mark), "") for row in self.rows[: self.most]],
        )

    @property
    def fields(self) -> list[Field]:
        """The columns of a file."""
        return [*self.of, *(one for column in self.columns for one in column.fields)]

    def values(self) -> list[list[Value]]:
        """The rows of a file."""
        first = list(self.of.values())
        return [[*first, *(value for cell in row for value in cell.values)] for row in self.rows]


@dataclass(frozen=True)
class Stack:
    """Tables of one name, of which a file has one below the other: of several scenarios, or pairs of controllers."""

    tables: Sequence[NamedTable]

    @property
    def name(self) -> str:
        return self.tables[0].name

    @property
    def fields(self) -> list[Field]:
        return self.tables[0].fields

    def values(self) -> list[list[Value]]:
        """The rows of all."""
        return [row for table in self.tables for row in table.values()]


def stacked(tables: Iterable[NamedTable]) -> list[Stack]:
    """The tables by name, in the order in which each name comes first; those that have rows."""
    filled = [table for table in tables if table.rows]
    order = list(dict.fromkeys(table.name for table in filled))
    ranked = sorted(filled, key=lambda table: order.index(table.name))
    return [Stack(list(alike)) for _, alike in groupby(ranked, key=lambda table: table.name)]


def text_cell(value: object) -> Cell:
    """A cell that holds one text or whole number, shown as it is."""
    return Cell(str(value), (value if isinstance(value, int) and not isinstance(value, bool) else str(value),))


def stems(names: Iterable[str]) -> list[str]:
    """Names as any system takes them for files: small letters, digits and hyphens, no two alike."""
    found: list[str] = []
    for name in names:
        plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:LONGEST_NAME].strip("-") or "scenario"
        own, number = plain, 1
        while own in found:
            number += 1
            own = f"{plain}-{number}"
        found.append(own)
    return found
