"""Tables with a name, as the page shows them and as files have them: a cell is what is shown and what is behind it."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

from zhasyl.measures import Measure
from zhasyl.reports.pages import Grid
from zhasyl.reports.records import NOTHING, written
from zhasyl.text.language import N_, _

Value = str | int | float | None
WHOLE, PERCENT, ANY = "#,##0", "0%", "0.0###"
LONGEST_NAME = 60
PLUS_MINUS = " ± 95 %"


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


KNOWN = {
    "scenario": Field("scenario", N_("Scenario")),
    "controller": Field("controller", N_("Controller")),
    "baseline": Field("baseline", N_("Baseline")),
    "n": Field("seeds", N_("Seeds"), WHOLE),
    "failed": Field("failed_runs", N_("Failed runs"), WHOLE),
    "gridlocked_share": Field("gridlocked_share", N_("Gridlock (of runs)"), PERCENT),
}
"""Columns of files that several tables have, their titles not yet in the language spoken."""


def known_field(key: str) -> Field:
    """One of them, in the language spoken."""
    return replace(KNOWN[key], title=_(KNOWN[key].title))


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


def naming(key: str, title: str) -> Column:
    """The first column, whose cells name their rows."""
    return Column(title, (Field(key, title),))


def wording(key: str, title: str) -> Column:
    """A column of words."""
    return Column(title, (Field(key, title),), words=True)


def behind(row: Mapping[str, Any], keys: Iterable[str]) -> tuple[Value, ...]:
    """What a row has under these keys, for a file."""
    return tuple(plain(row.get(key)) for key in keys)


def plain(value: Any) -> Value:
    """A value for a file: none where there is no number."""
    if isinstance(value, bool) or value is None:
        return None if value is None else str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if isinstance(value, int) else str(value)


def number_column(measure: Measure, margin: bool = False) -> Column:
    """A measure, with half the width of its interval or without."""
    title, unit, shown = _(measure.title), f"({_(measure.unit)})", pattern(measure.decimals)
    mean = Field(measure.key, f"{title} {unit}", shown)
    half = Field(f"{measure.key}_half_width", f"{title}, ± 95 % {unit}", shown)
    return Column(f"{title}{PLUS_MINUS} {unit}", (mean, half)) if margin else Column(mean.title, (mean,))


def number_cell(row: Mapping[str, Any], measure: Measure) -> Cell:
    """A row's '54.0 ± 9.9', or '54.0' where it has no half width or that of a single seed, and what is behind it."""
    keys = [key for key in (measure.key, f"{measure.key}_half_width") if key in row]
    values = behind(row, keys)
    told = [written(row[key], measure.decimals) for key, value in zip(keys, values, strict=True) if value is not None]
    return Cell(" ± ".join(told) or NOTHING, values)
