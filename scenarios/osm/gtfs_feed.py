"""A GTFS feed read safely: a zip of CSV tables of which only known ones are opened, in memory, up to a size.

Source: gtfs.org/documentation/schedule/reference (version of 2025): stops, routes, trips, stop_times, calendar,
calendar_dates, frequencies. Shapes, fares and transfers are not read. SUMO's own gtfs2pt.py 1.28 needs both calendars,
does not read frequencies.txt, and needs rtree and pyproj.
"""

import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Collection, Mapping
from pathlib import Path, PurePosixPath

import pandas as pd

from zhasyl.errors import ScenarioError
from zhasyl.files.csv_table import CONTROL
from zhasyl.files.paths import check_is_file

LARGEST_MB, LARGEST_TABLE_MB = 300, 600
NEEDED = {
    "stops": ("stop_id", "stop_lat", "stop_lon"),
    "routes": ("route_id", "route_type"),
    "trips": ("trip_id", "route_id", "service_id"),
    "stop_times": ("trip_id", "stop_id", "stop_sequence", "departure_time"),
}
OPTIONAL = {
    "calendar": (
        "service_id", "start_date", "end_date", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday",
        "sunday",
    ),
    "calendar_dates": ("service_id", "date", "exception_type"),
    "frequencies": ("trip_id", "start_time", "end_time", "headway_secs"),
}  # fmt: skip
KEPT = {
    "stops": ("stop_name",),
    "routes": ("route_short_name", "route_long_name"),
    "stop_times": ("arrival_time",),
    "frequencies": ("exact_times",),
}
NAMES = frozenset({"stop_name", "route_short_name", "route_long_name", "route_id"})
"""Columns of which SUMO's files have the text."""
TIME = re.compile(r"(\d{1,2}):([0-5]\d):([0-5]\d)")
FIRST_ROW = 2  # below the header
UNPACKING = (OSError, ValueError, zipfile.BadZipFile, RuntimeError, EOFError, zlib.error, lzma.LZMAError)
ROWS_AT_A_TIME = 500_000


class Feed:
    """The tables of a feed, all cells text, '' where blank. Raises ScenarioError for what is no feed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        check_is_file(path)
        if path.stat().st_size > LARGEST_MB * 1_000_000:
            raise ScenarioError(f"{path}: over {LARGEST_MB} MB; cut out your town, for example with 'gtfstidy'")
        try:
            with zipfile.ZipFile(path) as archive:
                tables = [one for one in archive.infolist() if _is_table(one)]
        except (OSError, zipfile.BadZipFile, ValueError) as error:
            raise ScenarioError(f"{path}: no GTFS feed ({str(error)[:100]}); give the .zip of its tables") from None
        self._members: dict[str, zipfile.ZipInfo] = {}
        for one in tables:
            other = self._members.setdefault(PurePosixPath(one.filename).name, one)
            if other is not one:
                twice = f"{other.filename[:60]!r} and {one.filename[:60]!r}"
                raise ScenarioError(f"{path}: {twice} are both in it; give a zip of one feed")
        if "calendar.txt" not in self._members and "calendar_dates.txt" not in self._members:
            raise ScenarioError(f"{path}: neither calendar.txt nor calendar_dates.txt is in it; a feed has one of them")

    def table(self, name: str, **only: Collection[str]) -> pd.DataFrame:
        """A table, of its rows those that have one of the given values in a column; an optional one may be empty."""
        needed = NEEDED.get(name) or OPTIONAL[name]
        wanted = {*needed, *KEPT.get(name, ())}
        if f"{name}.txt" not in self._members:
            if name in OPTIONAL:
                return pd.DataFrame(columns=sorted(wanted), dtype=str)
            raise ScenarioError(f"{self.path}: {name}.txt is not in it; a GTFS feed has it")
        try:
            with pd.read_csv(
                io.BytesIO(self._bytes(f"{name}.txt")), dtype=str, keep_default_na=False, encoding="utf-8-sig",
                skipinitialspace=True, usecols=lambda column: column.strip() in wanted, na_filter=False,
                chunksize=ROWS_AT_A_TIME, index_col=False,
            ) as parts:  # fmt: skip
                found = [self._part(name, part.rename(columns=str.strip), needed, only) for part in parts]
        except (ValueError, UnicodeDecodeError) as error:  # pandas' errors of parsing are ValueErrors, too
            said = " ".join(str(error).split())[:120]
            raise ScenarioError(f"{self.path} {name}.txt: not CSV in UTF-8 ({said}); export the feed again") from None
        table = pd.concat(found)
        for column in sorted(wanted - set(table.columns)):
            table[column] = ""
        for column in NAMES & set(table.columns):
            table[column] = table[column].str.replace(CONTROL, " ", regex=True)
        table.index += FIRST_ROW
        return table

    def _part(
        self, name: str, part: pd.DataFrame, needed: Collection[str], only: Mapping[str, Collection[str]]
    ) -> pd.DataFrame:
        for column in needed:
            if column not in part:
                raise ScenarioError(f"{self.path} {name}.txt: column {column} is missing; export the feed again")
        for column, values in only.items():
            part = part[part[column].isin(values)]
        return part

    def _bytes(self, name: str) -> bytes:
        member = self._members[name]
        limit = LARGEST_TABLE_MB * 1_000_000
        try:
            with zipfile.ZipFile(self.path) as archive, archive.open(member) as file:
                data = file.read(limit + 1)
        except UNPACKING as error:
            raise ScenarioError(f"{self.path} {name}: cannot be unpacked ({str(error)[:100]}); pack it again") from None
        if len(data) > limit:
            raise ScenarioError(f"{self.path} {name}: over {LARGEST_TABLE_MB} MB unpacked; cut out your town")
        return data

    def fault(self, table: str, row: object, text: str) -> ScenarioError:
        """An error that says where."""
        return ScenarioError(f"{self.path} {table}.txt row {row}: {text}")

    def seconds(self, table: str, row: object, column: str, text: str) -> float:
        """A time, which may lie past midnight. Raises ScenarioError."""
        found = TIME.fullmatch(text.strip())
        if not found or int(found[1]) > 47:
            raise self.fault(table, row, f"{column} '{text[:20]}' is no time such as 07:30:00")
        return int(found[1]) * 3600.0 + int(found[2]) * 60.0 + int(found[3])

    def number(self, table: str, row: object, column: str, text: str, low: float, high: float) -> float:
        """A number in a range. Raises ScenarioError."""
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if not low <= value <= high:
            raise self.fault(table, row, f"{column} '{text[:20]}' is no number from {low:g} to {high:g}")
        return value


def _is_table(member: zipfile.ZipInfo) -> bool:
    """A table at the top of the zip, or in one folder of it."""
    path = PurePosixPath(member.filename)
    return len(path.parts) <= 2 and path.stem in {*NEEDED, *OPTIONAL} and path.suffix == ".txt"
