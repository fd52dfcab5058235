"""The tables of a page as files in its folder: all that are asked for, or none."""

import io
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from zhasyl.errors import OutputError, reason, unknown_name
from zhasyl.files.csv_cells import CsvWriter
from zhasyl.reports.exports.latex import latex
from zhasyl.reports.exports.named import NamedTable, Stack, Value, stacked
from zhasyl.reports.exports.workbook import check_excel, workbook
from zhasyl.text.language import ENGLISH, speaking
from zhasyl.text.steering import neutral

FOLDER = "tables"
BOOK = "tables.xlsx"
Files = Iterator[tuple[str, bytes]]


def csv_files(stacks: Sequence[Stack]) -> Files:
    """A CSV file a table, its columns named for programs; no cell is a formula to a spreadsheet."""
    for stack in stacks:
        text = io.StringIO()
        writer = CsvWriter(text)
        writer.writerow(field.key for field in stack.fields)
        writer.writerows(map(_neutral, stack.values()))
        yield f"{stack.name}.csv", text.getvalue().encode("utf-8", "backslashreplace")


def _neutral(row: Sequence[Value]) -> list[Value]:
    return [neutral(value) if isinstance(value, str) else value for value in row]


def parquet_files(stacks: Sequence[Stack]) -> Files:
    """A Parquet file a table, its columns named for programs."""
    for stack in stacks:
        rows = [_neutral(row) for row in stack.values()]
        columns = [_arrow([row[index] for row in rows]) for index in range(len(stack.fields))]
        file = io.BytesIO()
        pq.write_table(pa.Table.from_arrays(columns, names=[field.key for field in stack.fields]), file)
        yield f"{stack.name}.parquet", file.getvalue()


def _arrow(values: Sequence[Value]) -> pa.Array:
    """A column of texts, whole numbers, or numbers of which some may be whole."""
    known = [value for value in values if value is not None]
    if any(isinstance(value, str) for value in known):
        return pa.array([None if value is None else str(value) for value in values], pa.string())
    whole = known and all(isinstance(value, int) for value in known)
    return pa.array(values, pa.int64() if whole else pa.float64())


def excel_files(stacks: Sequence[Stack]) -> Files:
    """One workbook, a sheet a table."""
    yield BOOK, workbook(stacks)


def latex_files(stacks: Sequence[Stack]) -> Files:
    """A LaTeX file a table, as the page shows it."""
    for stack in stacks:
        yield f"{stack.name}.tex", latex(stack).encode("utf-8", "backslashreplace")


FORMATS: dict[str, Callable[[Sequence[Stack]], Files]] = {
    "csv": csv_files,
    "latex": latex_files,
    "parquet": parquet_files,
    "xlsx": excel_files,
}


FOR_PROGRAMS = {"csv", "parquet"}


def parse_formats(asked: str | Iterable[str], known: Iterable[str] = FORMATS) -> list[str]:
    """Formats such as 'csv,xlsx', each once. Raises OutputError for one that is not known or cannot be written."""
    given = asked.split(",") if isinstance(asked, str) else [str(one) for one in asked]
    formats = list(dict.fromkeys(one.strip().lower() for one in given if one.strip()))
    for one in formats:
        if one not in known:
            raise OutputError(unknown_name("format", one, known))
    if "xlsx" in formats:
        check_excel()
    return formats


def write_tables(out: Path, tables: Callable[[], Iterable[NamedTable]], formats: Sequence[str]) -> list[Path]:
    """Write the tables into OUT/tables, in formats that are known. Raises OutputError; then nothing was written.

    `tables` makes them in the language spoken; files for programs are English in any.
    """
    for_people = stacked(tables())
    with speaking(ENGLISH):
        for_programs = stacked(tables()) if FOR_PROGRAMS & set(formats) else []
    files = (file for one in formats for file in FORMATS[one](for_programs if one in FOR_PROGRAMS else for_people))
    return write_files(out / FOLDER, files)


def write_files(folder: Path, files: Iterable[tuple[str, bytes]]) -> list[Path]:
    """Write files by name into a folder, made if need be, when the last of them is ready. Raises OutputError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        ready = Path(tempfile.mkdtemp(prefix=".unfinished-", dir=folder))
    except (OSError, ValueError) as error:
        raise OutputError(f"cannot write to {folder}: {reason(error)}; choose another folder") from None
    try:
        names = []
        for name, data in files:
            (ready / name).write_bytes(data)
            names.append(name)
        for name in names:
            os.replace(ready / name, folder / name)
        return [folder / name for name in names]
    except OSError as error:
        raise OutputError(f"cannot write to {folder}: {reason(error)}; choose another folder") from None
    finally:
        shutil.rmtree(ready, ignore_errors=True)
