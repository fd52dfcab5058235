"""Volumes reduced to passenger cars ('приведённая интенсивность', PCU), and the coefficients that undo it.

A reduced number is never taken for vehicles. It becomes vehicles only by the coefficient of its class that the sheet
states (a row 'Коэффициент приведения') or that a table with the columns class and coefficient gives.
"""

import re
from collections.abc import Mapping
from pathlib import Path

from zhasyl.errors import ScenarioError
from zhasyl.files.sheets import read_sheet
from zhasyl.scenarios.counts.count import Found
from zhasyl.scenarios.counts.sheets.grid import Grid
from zhasyl.scenarios.counts.sheets.words import class_of
from zhasyl.text.local_words import COEFFICIENTS, has_any, plain_words, says_reduced

LEAST, MOST = 0.1, 10.0  # a moped to a road train
TITLE_ROWS = 30
ELSEWHERE = re.compile(r"приведенн\w+ (?:ниже|выше|в )")
NEXT = "give a row 'Коэффициент приведения', or --coefficients with a table class,coefficient"


def is_reduced(text: str) -> bool:
    """Does a heading say that its numbers are passenger cars that stand for vehicles?"""
    return says_reduced(text) and not is_coefficients(text)


def reduced_title(grid: Grid, until: int) -> tuple[int, int, str] | None:
    """(row, column, text) of a title above a row, or the sheet's name, that says so of all numbers of a sheet."""
    named = [(until, 0, grid.name)]
    titles = [
        (row, i, text) for row, cells in grid.lines[:TITLE_ROWS] for i, text in enumerate(cells)
        if row < until and len(set(filter(None, cells))) <= 2
    ]  # fmt: skip
    return next((found for found in (*named, *titles) if _is_title(found[2])), None)


def _is_title(text: str) -> bool:
    small = plain_words(text)
    return is_reduced(text) and "приведены" not in small and not ELSEWHERE.search(small)


def vehicles_alone(grid: Grid, found: Found | None) -> Found | None:
    """Counts of a layout without classes, if they are vehicles. Raises ScenarioError if they are reduced ones."""
    if found and found.counts and (title := reduced_title(grid, min(count.row for count in found.counts))):
        row, column, text = title
        raise grid.fault(
            row,
            column,
            f"'{text[:40]}': volumes reduced to passenger cars are not taken for vehicles; give those that were "
            "counted, or a column for each class with --coefficients",
        )
    return found


def is_coefficients(text: str) -> bool:
    """Is a row or column one of coefficients?"""
    return has_any(text, COEFFICIENTS)


def coefficient(text: str) -> float | None:
    """A coefficient from a cell; None if it is none."""
    plain = text.replace(",", ".")
    value = float(plain) if re.fullmatch(r"\d{1,2}(\.\d{1,4})?", plain) else 0.0
    return value if LEAST <= value <= MOST else None


def read_coefficients(path: Path) -> dict[str, float]:
    """The sheet's own word or our class → coefficient. Raises ScenarioError."""
    (first, header), *rows = read_sheet(path)
    names = [plain_words(text) for text in header]
    at = next((i for i, name in enumerate(names) if name in ("class", "класс", "тип тс", "көлік түрі")), -1)
    value_at = next((i for i, name in enumerate(names) if name == "coefficient" or name.startswith("коэф")), -1)
    if min(at, value_at) < 0:
        raise ScenarioError(f"{path} row {first}: no columns class and coefficient; give both")
    found: dict[str, float] = {}
    for row, cells in rows:
        name, text = (cells[i] if i < len(cells) else "" for i in (at, value_at))
        value = coefficient(text)
        if not class_of(name):
            raise ScenarioError(
                f"{path} row {row} column {at + 1}: '{name[:40]}' is no class; write car, truck, bus, ..."
            )
        if value is None:
            raise ScenarioError(
                f"{path} row {row} column {value_at + 1}: coefficient '{text[:20]}' is not from {LEAST:g} to {MOST:g}; "
                "correct it"
            )
        found[plain_words(name)] = value
    return found


def vehicles(
    grid: Grid, row: int, column: int, text: str, name: str, known: Mapping[str, float]
) -> int:  # fmt: skip
    """Vehicles of a reduced number of a class, rounded. Raises ScenarioError without a coefficient."""
    value = known.get(plain_words(name)) or known.get(class_of(name))
    if value is None:
        raise grid.fault(
            row,
            column,
            f"'{text[:20]}' of '{name[:40]}' is reduced to passenger cars, and no coefficient is stated; {NEXT}",
        )
    plain = text.replace(",", ".")
    if not re.fullmatch(r"\d{1,6}(\.\d+)?", plain):
        raise grid.fault(row, column, f"reduced volume '{text[:20]}' is no number from 0; correct it")
    return round(float(plain) / value)
