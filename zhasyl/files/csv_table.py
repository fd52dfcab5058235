"""One CSV file as rows of a model, each with its line; a fault names file, row, value and limit."""

import csv
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from zhasyl.errors import ScenarioError, unknown_name
from zhasyl.files.csv_cells import CsvWriter, plain
from zhasyl.files.paths import check_is_file

CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # what XML cannot hold

IN_OUR_WORDS = {
    "float_parsing": "it is not a number",
    "finite_number": "it is not a finite number",
    "int_parsing": "it is not a whole number",
    "int_from_float": "it is not a whole number",
    "int_parsing_size": "it is too large a number",
}
"""By pydantic's name of a fault in a cell."""


class Row(BaseModel):
    """A row of a table; a column that is not named here is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


R = TypeVar("R", bound=Row)


@dataclass(frozen=True)
class Table(Generic[R]):
    """The rows of one file with the line each stands on."""

    name: str
    lines: tuple[tuple[int, R], ...]

    @property
    def rows(self) -> tuple[R, ...]:
        return tuple(row for _, row in self.lines)

    def fault(self, line: int, text: str) -> ScenarioError:
        return ScenarioError(f"{self.name} row {line}: {text}")


def read_csv(
    folder: Path, name: str, model: type[R], meant: Callable[[str], str] = str, local: Mapping[str, str] | None = None
) -> Table[R]:
    """Read NAME.csv of a folder; `meant` says what a heading means, `local` the words known. Raises ScenarioError."""
    file = str(Path(folder.name, f"{name}.csv"))
    columns, required = _columns(model)
    path = folder / f"{name}.csv"
    try:
        if path.exists():
            check_is_file(path)
        with path.open(encoding="utf-8-sig", newline="") as text:
            reader = csv.DictReader(text, restkey="", strict=True)
            reader.fieldnames = [meant(heading) for heading in reader.fieldnames or ()]
            _check_header(file, reader.fieldnames, columns, required, local or {})
            return Table(
                file,
                tuple((reader.line_num, _row(file, reader.line_num, row, model)) for row in reader if _filled(row)),
            )
    except FileNotFoundError:
        raise ScenarioError(f"{file} is missing; add it with the columns {','.join(columns)}") from None
    except (csv.Error, UnicodeDecodeError, OSError) as error:
        raise ScenarioError(f"{file} cannot be read: {error}; save it as CSV in UTF-8") from None


def read_csv_if_there(folder: Path, name: str, model: type[R]) -> Table[R]:
    """As `read_csv`; a file that is not there has no rows."""
    if not (folder / f"{name}.csv").exists():
        return Table(str(Path(folder.name, f"{name}.csv")), ())
    return read_csv(folder, name, model)


def table_of(
    file: str,
    lines: Sequence[tuple[int, list[str]]],
    model: type[R],
    meant: Callable[[str], str] = str,
    local: Mapping[str, str] | None = None,
) -> Table[R]:
    """The table in the cells of a sheet: (row, cells), of which the first are its header. Raises ScenarioError."""
    header = [meant(cell.strip()) for cell in lines[0][1]]
    while header and not header[-1]:
        header.pop()
    _check_header(file, header, *_columns(model), local or {})
    rows = []
    for line, cells in lines[1:]:
        if any(cells[len(header) :]):
            raise ScenarioError(f"{file} row {line}: not as many cells as columns; empty those beyond the header")
        filled = [*cells, *[""] * (len(header) - len(cells))]
        rows.append((line, _row(file, line, dict(zip(header, filled, strict=False)), model)))
    return Table(file, tuple(rows))


def _columns(model: type[R]) -> tuple[list[str], list[str]]:
    """All columns of a model, and those that a table must have."""
    names = {field.alias or key: field.is_required() for key, field in model.model_fields.items()}
    return list(names), [name for name, required in names.items() if required]


def _check_header(
    file: str, found: Collection[str], columns: list[str], required: list[str], local: Mapping[str, str]
) -> None:
    for number, column in enumerate(found):
        if column in list(found)[:number]:
            raise ScenarioError(f"{file} row 1: column '{column}' stands there twice; keep one")
        if column not in columns:
            raise ScenarioError(f"{file} row 1: {unknown_column(column[:60], columns, local)}")
    missing = [column for column in required if column not in found]
    if missing:
        raise ScenarioError(f"{file} row 1: column '{missing[0]}' is missing; add it (all: {','.join(columns)})")


def unknown_column(column: str, columns: list[str], local: Mapping[str, str]) -> str:
    """As `unknown_name`; for a heading that is not in Latin letters with the local name of each column."""
    if column.isascii() or not local:
        return unknown_name("column", column, columns)
    first = {name: word for word, name in reversed(list(local.items()))}
    known = ", ".join(f"{name} ({first[name]})" if name in first else name for name in columns)
    near = get_close_matches(column.casefold(), local, n=1, cutoff=0.5)
    hint = f" Did you mean '{near[0]}'?" if near else ""
    return f"no column '{column}'.{hint} Known: {known}"


def _filled(cells: dict[str, Any]) -> bool:
    """Whether any cell has text: spreadsheets end a table with rows of commas."""
    return any(text.strip() for column, text in cells.items() if column and text) or any(cells.get("", ()))


def _row(file: str, line: int, cells: dict[str, str], model: type[R]) -> R:
    if "" in cells or None in cells.values():
        raise ScenarioError(f"{file} row {line}: not as many cells as columns; put text with commas into quotes")
    for column, text in cells.items():
        if mark := CONTROL.search(text):
            raise ScenarioError(
                f"{file} row {line}: {column} {text[:60]!r}: control character U+{ord(mark[0]):04X}; take it out"
            )
    try:
        return model.model_validate({column: plain(text.strip()) for column, text in cells.items()})
    except ValidationError as error:
        first = error.errors()[0]
        column = str(first["loc"][0])
        message = fault_said(first["type"], first["msg"])
        raise ScenarioError(f"{file} row {line}: {column} '{cells[column]}': {message}; fix this cell") from None


def fault_said(kind: str, message: str) -> str:
    """What pydantic refuses, by its name and text of the fault, in our own words."""
    if kind in IN_OUR_WORDS:
        return IN_OUR_WORDS[kind]
    message = message.removeprefix("Value error, ")
    return message[0].lower() + message[1:]


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a table as CSV in UTF-8, one line a row."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = CsvWriter(file)
        writer.writerow(columns)
        writer.writerows(rows)
