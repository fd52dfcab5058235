"""A log of events as a file with the columns of `atspm`, and the configuration that belongs to it.

TimeStamp, DeviceId, EventId, Parameter
DeviceId, Phase, Parameter, Function, Signal, Movements, Lane, Distance_m
"""

import datetime as dt
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq

from zhasyl.errors import OutputError
from zhasyl.files.csv_table import write_csv
from zhasyl.files.paths import writable_file
from zhasyl.files.sealed import write_whole
from zhasyl.runs.events.stored import StoredLogs
from zhasyl.scenarios.logs.config import ADVANCE, COUNT, PRESENCE, YELLOW_RED, word

SUFFIXES = (".parquet", ".csv")
COLUMNS = ("DeviceId", "Phase", "Parameter", "Function", "Signal", "Movements", "Lane", "Distance_m")
FUNCTIONS = {ADVANCE: "Advance", PRESENCE: "Presence", COUNT: "stop bar count", YELLOW_RED: "Yellow_Red"}


def check_name(path: Path) -> None:
    """Raise OutputError for a file of another kind, or one that cannot be written."""
    if path.suffix.lower() not in SUFFIXES:
        raise OutputError(f"{path}: a log is .parquet or .csv; give --out such a name")
    writable_file(path)
    writable_file(config_path(path))


def config_path(path: Path) -> Path:
    """Where the configuration of a log stands."""
    return path.with_name(f"{path.stem}-config.csv")


def write_events(found: StoredLogs, date: dt.date, path: Path) -> int:
    """Write log and configuration; answers the number of events. Raises OutputError."""
    parts = [(number, found.logs[name].log) for number, name in found.numbers.items()]
    time_s = np.concatenate([log.time_s for _, log in parts])
    device = np.concatenate([np.full(len(log.time_s), number) for number, log in parts])
    code, parameter = (np.concatenate([getattr(log, name) for _, log in parts]) for name in ("code", "parameter"))
    order = np.lexsort((parameter, code, device, time_s))
    midnight = np.datetime64(date, "ms")
    stamps = midnight + np.rint(time_s[order] * 1000).astype("timedelta64[ms]")
    table = pa.table({
        "TimeStamp": pa.array(stamps), "DeviceId": pa.array(device[order].astype(np.int64)),
        "EventId": pa.array(code[order]), "Parameter": pa.array(parameter[order]),
    })  # fmt: skip
    sink = pa.BufferOutputStream()
    if path.suffix.lower() == ".csv":
        pc.write_csv(table, sink, pc.WriteOptions(quoting_style="none"))
    else:
        pq.write_table(table, sink, compression="zstd")
    try:
        _write_config(found, config_path(path))
        write_whole(path, sink.getvalue().to_pybytes())
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror}; choose another place for --out") from None
    return len(order)


def _write_config(found: StoredLogs, path: Path) -> None:
    rows = []
    for number, name in found.numbers.items():
        for one in found.logs[name].config.detectors:
            movements = "+".join(word(movement) for movement in one.movements)
            rows.append((number, one.phase, one.number, FUNCTIONS[one.function], name, movements, one.lane,
                         f"{one.distance_m:g}"))  # fmt: skip
    write_csv(path, COLUMNS, rows)
