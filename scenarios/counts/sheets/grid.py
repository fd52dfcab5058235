"""A sheet of cells, and how its faults are told."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from zhasyl.errors import ScenarioError
from zhasyl.files.sheets import Lines
from zhasyl.network import Network
from zhasyl.scenarios.counts.count import column_letter, position
from zhasyl.text.local_words import plain_words

MOST_LISTED = 12
MOST_HINTS = 40
SHOWN = 40
THOUSANDS = re.compile(r"\d{1,3}(?:[ ,’']\d{3})+")
DASHES = frozenset("-–—")


@dataclass(frozen=True)
class Given:
    """What is known beside the sheets.

    coefficients  passenger cars by which a vehicle counts in reduced volumes, by class or by the sheet's own word
    detectors     a table of SCATS detectors and the lanes they lie on
    """

    network: Network | None = None
    coefficients: Mapping[str, float] = field(default_factory=dict)
    detectors: Path | None = None


@dataclass(frozen=True)
class Grid:
    """A sheet: its rows by number; its name is '' for a text file."""

    file: Path
    name: str
    lines: Lines

    def fault(self, row: int, column: int, reason: str) -> ScenarioError:
        """A cell that cannot be read."""
        return ScenarioError(f"{self.file} {position(self.name, row, column)}: {reason}")

    @property
    def called(self) -> str:
        """The sheet in a remark."""
        return f"sheet '{self.name}'" if self.name else self.file.name

    def whole_number(self, row: int, column: int, text: str, what: str = "count") -> int:
        """A number of vehicles. Raises ScenarioError."""
        return whole(text, lambda reason: self.fault(row, column, reason), what)

    def ignored(self, columns: Mapping[int, str]) -> tuple[str, ...]:
        """A remark of columns that are not read."""
        if not columns:
            return ()
        listed = [f"{column_letter(column)} '{text[:SHOWN]}'" for column, text in sorted(columns.items())]
        more = f" and {len(listed) - MOST_LISTED} more" if len(listed) > MOST_LISTED else ""
        return (f"{self.called}: columns not read: {', '.join(listed[:MOST_LISTED])}{more}",)

    def passed_over(self, rows: Mapping[int, str]) -> tuple[str, ...]:
        """A remark of rows that count nothing new: row → its label."""
        if not rows:
            return ()
        told = {plain_words(text): row for row, text in reversed(list(rows.items()))}
        listed = [f"{row} '{text[:30]}'" for text, row in sorted(told.items(), key=lambda item: item[1])]
        some = ", ".join(listed[:MOST_LISTED])
        return (f"{self.called}: rows passed over as sums or repetitions: {len(rows)}, such as {some}",)


def whole(text: str, fault: Callable[[str], ScenarioError], what: str = "count") -> int:
    """A number of vehicles as a cell has it. Raises what `fault` makes of a reason."""
    if text in DASHES:
        return 0
    plain = re.sub(r"\D", "", text) if THOUSANDS.fullmatch(text) else text
    if text.startswith("="):
        raise fault(f"formula '{text[:SHOWN]}' has no value yet; open the file in a spreadsheet and save it")
    if re.fullmatch(r"-\d+(\.\d+)?", plain):
        raise fault(f"{what} {text[:SHOWN]} is below 0; correct it")
    if not re.fullmatch(r"\d{1,6}([.,]0+)?", plain, re.ASCII):
        raise fault(f"{what} '{text[:SHOWN]}' is not a whole number from 0; correct it")
    return int(re.split(r"[.,]", plain)[0])


def cell(cells: list[str], column: int) -> str:
    """A cell of a row, '' beyond its end."""
    return cells[column] if 0 <= column < len(cells) else ""


def hints(grid: Grid, titles: Lines) -> tuple[str, ...]:
    """What may name the junction: the sheet, the titles above its header, the file."""
    found = [grid.name]
    for _, cells in titles:
        for text in filter(None, cells):
            key, mark, rest = text.partition(":")
            found += [rest.strip() if mark and rest.strip() else text, text] if not key.isdigit() else []
    return tuple(text for text in dict.fromkeys([*found[:MOST_HINTS], grid.file.stem]) if text)
