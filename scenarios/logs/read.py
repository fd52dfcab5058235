"""A file of a controller's events, Parquet or CSV, as one device's day.

columns   time, device, event, parameter, as `atspm` (TimeStamp, DeviceId, EventId, Parameter) and UDOT's ATSPM
          (SignalID, Timestamp, EventCode, EventParam) call them; without a device the file is of one
rows      in any order, doubled ones once; those that cannot be read are left out and counted
"""

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from zhasyl.errors import ScenarioError, unknown_name
from zhasyl.scenarios.logs.codes import LARGEST_CODE
from zhasyl.scenarios.logs.event_log import EventLog
from zhasyl.scenarios.logs.files import event_columns
from zhasyl.scenarios.logs.times import IN_UTC, localised, naive_with, parsed
from zhasyl.text.words import one_line, plural

if TYPE_CHECKING:
    import pandas as pd

MOST_UNREAD = 0.1  # of the rows
YEARS = (1990, 2100)
WHOLE_DAY = 0.99  # of the rows: those of another date are then left out
MOST_NAMED = 8


def read_log(path: Path, device: str = "", date: str = "", zone: str = "") -> EventLog:
    """The events of a device on a date; both need not be named where there is one. Raises ScenarioError."""
    try:
        return _read(path, device, date, zone)
    except ScenarioError as error:
        text = one_line(str(error))
        raise ScenarioError(text if text.startswith(("cannot read", str(path))) else f"{path}: {text}") from None
    except (
        ValueError,
        TypeError,
        LookupError,
        ArithmeticError,
        pa.ArrowException,
    ) as error:  # of cells that nobody foresaw
        said = one_line(str(error))[:160]
        raise ScenarioError(f"{path}: its columns are no events ({said}); export the log again") from None


def _read(path: Path, device: str, date: str, zone: str) -> EventLog:
    import pandas as pd

    table, first_row = event_columns(path)
    columns = {name: table[name].to_pandas() for name in table.column_names}
    time, remarks = _local(columns["time"], table["time"].type, zone)
    code, parameter = (_whole(columns[name]) for name in ("event", "parameter"))
    readable = (
        time.notna() & time.dt.year.between(*YEARS) & code.between(0, LARGEST_CODE) & parameter.notna()
    ).to_numpy()
    if "device" in columns:
        remarks += _left_out(columns, readable, first_row)
        of_device, chosen = _of_device(columns["device"], readable, device)
    else:
        remarks += [*_left_out(columns, readable, first_row), "no column names the device: taken as one device"]
        of_device, chosen = readable, device
    day, kept = _of_date(time, of_device, date, remarks)
    rows = pd.DataFrame({"time": time, "code": code, "parameter": parameter})[kept]
    return _log(path, chosen, day, rows, remarks)


def _log(path: Path, device: str, day: dt.date, rows: "pd.DataFrame", remarks: list[str]) -> EventLog:
    import pandas as pd

    time_s = ((rows["time"] - pd.Timestamp(day)).dt.total_seconds()).to_numpy().round(3)
    code, parameter = (rows[name].to_numpy().astype(np.int64) for name in ("code", "parameter"))
    if (np.diff(time_s) < 0).any():
        remarks.append("rows are not in the order of time: sorted")
    order = np.lexsort((parameter, code, time_s))
    keys = np.column_stack([time_s[order], code[order], parameter[order]])
    single = np.append(True, (np.diff(keys, axis=0) != 0).any(axis=1))
    if doubled := int((~single).sum()):
        remarks.append(f"{plural(doubled, 'row')} stand{'s' if doubled == 1 else ''} there twice: taken once")
    order = order[single]
    return EventLog(path, device, day, time_s[order], code[order], parameter[order], tuple(remarks))


def _local(column: "pd.Series", kind: pa.DataType, zone: str) -> tuple["pd.Series", list[str]]:
    if pa.types.is_timestamp(kind):
        if kind.tz is None:
            return column, naive_with(zone)
        if not zone and kind.tz.upper() in ("UTC", "Z", "GMT", "+00:00", "ETC/UTC", "ETC/GMT"):
            raise ScenarioError(IN_UTC)
        if zone:
            return localised(column.dt.tz_convert("UTC").dt.tz_localize(None), zone)
        return column.dt.tz_localize(None), []
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return parsed(column, zone)
    raise ScenarioError(f"the column of times holds {kind}; give date and time, as 2024-04-15 12:00:00.3")


def _whole(column: "pd.Series") -> "pd.Series":
    """Whole numbers, missing where a cell is none."""
    import pandas as pd

    numbers = pd.to_numeric(column, errors="coerce").astype("float64")
    return numbers.where((numbers % 1 == 0) & (numbers.abs() < 1e9))


def _left_out(columns: "dict[str, pd.Series]", readable: Any, first_row: int) -> list[str]:
    lost = np.flatnonzero(~readable)
    if not len(lost):
        return []
    cells = ", ".join(f"'{str(column.iloc[lost[0]])[:30]}'" for column in columns.values())
    said = f"{len(lost):,} of {len(readable):,} rows without a time, an event and a parameter that can be read"
    where = f"the first is row {first_row + lost[0]}: {cells}"
    if len(lost) > MOST_UNREAD * len(readable):
        raise ScenarioError(
            f"{said}, at most {MOST_UNREAD:.0%} ({where}); times are as 2024-04-15 12:00:00.3, events and parameters "
            "whole numbers"
        )
    return [f"{said}: left out ({where})"]


def _of_device(column: "pd.Series", readable: Any, device: str) -> tuple[Any, str]:
    names = column.astype("str").str.strip().str.replace(r"\.0+$", "", regex=True)
    counts = names[readable].value_counts()
    known = counts.index.tolist()
    if device and device not in known:
        raise ScenarioError(unknown_name("device", device[:60], known[:MOST_NAMED])[:400] + "; correct --device")
    if not known:
        raise ScenarioError("no row that can be read names its device; fill the column or take it out")
    if not device and len(known) != 1:
        listed = ", ".join(f"{name[:40]} ({counts[name]:,} rows)" for name in known[:MOST_NAMED])
        raise ScenarioError(f"{len(known)} devices: {listed}; choose one with --device")
    chosen = device or known[0]
    return readable & (names == chosen).to_numpy(), chosen


def _of_date(time: "pd.Series", of_device: Any, date: str, remarks: list[str]) -> tuple[dt.date, Any]:
    days = time.dt.date
    counts = days[of_device].value_counts()
    listed = ", ".join(f"{day} ({counts[day]:,} rows)" for day in sorted(counts.index)[:MOST_NAMED])
    if date:
        try:
            day = dt.date.fromisoformat(date)
        except ValueError:
            raise ScenarioError(f"--date '{date[:40]}' is no date; write for example 2024-04-15") from None
        if day not in counts.index:
            raise ScenarioError(f"nothing on {day}; logged are {listed}; correct --date")
    else:
        day = counts.index[0]
        if counts[day] < WHOLE_DAY * counts.sum():
            raise ScenarioError(f"{len(counts)} dates: {listed}; choose one with --date")
        if len(counts) > 1:
            remarks.append(f"{plural(int(counts.sum() - counts[day]), 'row')} of other dates than {day}: left out")
    return day, of_device & (days == day).to_numpy()
