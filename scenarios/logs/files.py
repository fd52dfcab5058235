"""The columns of a file of events as they stand there: Parquet, or CSV with titles above its header perhaps."""

import re
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq

from zhasyl.errors import ScenarioError
from zhasyl.files.paths import check_is_file

MOST_ROWS = 10_000_000  # a day of a busy junction has half a million
MOST_MB, MOST_UNPACKED_MB = 1_000, 4_000
TITLE_ROWS = 20
SEARCHED_BYTES = 1 << 16
MAGIC = b"PAR1"
NAMES = {
    "time": ("timestamp", "time", "datetime", "eventtime", "dateandtime"),
    "device": ("deviceid", "signalid", "device", "signal", "locationidentifier", "locationid", "intersectionid",
               "controllerid", "intersection"),
    "event": ("eventid", "eventcode", "event", "code", "eventcodeid"),
    "parameter": ("parameter", "eventparam", "param", "eventparameter", "eventvalue"),
}  # fmt: skip
NEEDED = ("time", "event", "parameter")
MISSING = ["", "NULL", "null", "NaN", "nan", "None", "NA", "N/A", "NaT"]


def event_columns(path: Path) -> tuple[pa.Table, int]:
    """time, device (if any), event, parameter, and the row at which the first event stands. Raises ScenarioError."""
    check_is_file(path)
    try:
        size_mb = path.stat().st_size / 1e6
        with path.open("rb") as file:
            begin = file.read(SEARCHED_BYTES)
    except OSError as error:
        raise ScenarioError(f"cannot read {path}: {error.strerror}; check the path") from None
    if not begin:
        raise ScenarioError(f"{path} is empty; give a log of events")
    if size_mb > MOST_MB:
        raise ScenarioError(f"{path}: {size_mb:,.0f} MB, at most {MOST_MB:,}; cut it to one device and day")
    if path.suffix.lower() in (".parquet", ".pq") or begin.startswith(MAGIC):
        return _parquet(path), 1
    return _csv(path, begin)


def _found(path: Path, columns: list[str]) -> dict[str, str]:
    """Our name → the file's. Raises ScenarioError."""
    plain = {re.sub(r"[^a-z]", "", column.lower()): column for column in reversed(columns)}
    found = {name: plain[word] for name, words in NAMES.items() for word in reversed(words) if word in plain}
    if missing := [name for name in NEEDED if name not in found]:
        have = ", ".join(columns)[:200] or "none"
        wanted = {"time": "TimeStamp", "event": "EventId", "parameter": "Parameter"}[missing[0]]
        raise ScenarioError(
            f"{path}: no column of {missing[0]}s such as {wanted} (columns: {have}); name them TimeStamp, DeviceId, "
            "EventId, Parameter"
        )
    return {name: found[name] for name in NAMES if name in found}


def _refuse_many(path: Path, rows: int) -> None:
    if rows > MOST_ROWS:
        raise ScenarioError(f"{path}: over {MOST_ROWS:,} rows; cut it to one device and day")
    if not rows:
        raise ScenarioError(f"{path}: a header and no event; give a log of events")


def _parquet(path: Path) -> pa.Table:
    try:
        with pq.ParquetFile(path) as file:
            about = file.metadata
            _refuse_many(path, about.num_rows)
            unpacked_mb = sum(about.row_group(n).total_byte_size for n in range(about.num_row_groups)) / 1e6
            if unpacked_mb > MOST_UNPACKED_MB:
                raise ScenarioError(f"{path}: {unpacked_mb:,.0f} MB unpacked; cut it to one device and day")
            found = _found(path, file.schema_arrow.names)
            table = file.read(list(found.values()))
            return pa.table({name: _plain(table[column]) for name, column in found.items()})
    except ScenarioError:
        raise
    except Exception as error:  # a damaged byte can raise anything in the Parquet reader
        said = " ".join(str(error).split())[:160] or type(error).__name__
        raise ScenarioError(f"{path} is not a Parquet file that can be read ({said}); export it again") from None


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column


def _csv(path: Path, begin: bytes) -> tuple[pa.Table, int]:
    encoding = "utf-16" if begin[:2] in (b"\xff\xfe", b"\xfe\xff") else "latin-1"  # what is read of it is ASCII
    text = begin[: len(begin) // 2 * 2].decode(encoding, "replace").removeprefix("\xef\xbb\xbf")
    if "\0" in text:
        raise ScenarioError(f"{path}: a binary file, neither CSV nor Parquet; export the log as one of them")
    lines = text.splitlines()[:TITLE_ROWS]
    delimiter = max(",;\t|", key=text[:4000].count)
    headers = [[cell.strip().strip('"') for cell in line.split(delimiter)] for line in lines]
    place = next((n for n, cells in enumerate(headers) if _is_header(cells)), 0)
    found = _found(path, headers[place] if headers else [])
    if len(set(headers[place])) < len(headers[place]):
        headers[place] = [cell if headers[place].count(cell) == 1 or cell in found.values() else f"{cell}#{n}"
                          for n, cell in enumerate(headers[place])]  # fmt: skip
    return _events(path, encoding, delimiter, place + 1, headers[place], found), place + 2


def _is_header(cells: list[str]) -> bool:
    words = {re.sub(r"[^a-z]", "", cell.lower()) for cell in cells}
    return all(words & set(NAMES[name]) for name in ("time", "event"))


def _events(
    path: Path, encoding: str, delimiter: str, skipped: int, header: list[str], found: dict[str, str]
) -> pa.Table:
    wanted = list(found.values())
    options = pc.ConvertOptions(
        include_columns=wanted, column_types=dict.fromkeys(wanted, pa.string()), null_values=MISSING,
        strings_can_be_null=True, quoted_strings_can_be_null=True,
    )  # fmt: skip
    reading = pc.ReadOptions(column_names=header, skip_rows=skipped, encoding=encoding, use_threads=False)
    batches, rows = [], 0
    try:
        with pc.open_csv(path, reading, pc.ParseOptions(delimiter=delimiter), options) as reader:
            for batch in reader:
                rows += len(batch)
                _refuse_many(path, max(rows, 1))
                batches.append(batch)
    except pa.ArrowInvalid as error:
        said = " ".join(str(error).split())
        if said.startswith(("Empty CSV file", "Could not skip")):
            _refuse_many(path, 0)
        raise ScenarioError(f"{path}: not a CSV file of events ({said[:160]}); mend or export it again") from None
    _refuse_many(path, rows)
    return pa.Table.from_batches(batches).select(wanted).rename_columns(list(found))
