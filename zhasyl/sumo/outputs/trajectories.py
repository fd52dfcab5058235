"""Where everybody was each second of a recorded run, and the log of vehicles that a run has without.

trajectories   one row per traveller and second: `traveller`, `class` (SUMO's; `pedestrian`), `length_m`, `time_s`, and
               the front's place in decimetres east and north of the network's origin, `x_dm` and `y_dm`

Rows are in the order of travellers, walkers last, then of time. Who leaves the streets and comes back has a gap.
"""

from collections.abc import Iterator, Mapping, Set
from pathlib import Path
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from zhasyl.files.columns import Coded, Table, names_of, numbers, present
from zhasyl.sumo.outputs.ending import VehicleType
from zhasyl.sumo.outputs.fleet import PASSENGER_CAR
from zhasyl.sumo.outputs.log_times import EPSILON_S, LogTimes

PART_ROWS = 100_000
DM_PER_M = 10.0
FASTEST_WALK_MPS = 4.0  # who is faster sits in a vehicle
WALKER = VehicleType(0.2, FASTEST_WALK_MPS, "pedestrian")
LOGGED = ("timestep_time", "vehicle_id", "vehicle_lane", "vehicle_pos", "vehicle_speed")
PACKED = ("time_s", "x_dm", "y_dm")  # written as differences of neighbours

Ints = npt.NDArray[np.int32]
Number = TypeVar("Number", np.int32, np.int64, np.float64)


class Trajectories(Table):
    """The table, which is written as differences of neighbouring rows: 2 to 3 bytes a row."""

    def write(self, path: Path) -> None:
        """Write it as Parquet. Raises OSError."""
        whole = [name for name in PACKED if getattr(self[name], "dtype", np.dtype(float)).kind == "i"]
        others = [name for name in self.columns if name not in whole]
        packed = dict.fromkeys(whole, "DELTA_BINARY_PACKED")
        pq.write_table(self.arrow(), path, compression="zstd", use_dictionary=others, column_encoding=packed)


def log_of_vehicles(every: Path, log: Path, edges: Set[str], times: LogTimes) -> None:
    """Write what SUMO itself would have logged: these edges, at the instants of the log."""
    with pq.ParquetFile(every) as file:
        if "vehicle_id" not in file.schema_arrow.names:
            pq.write_table(file.read(), log)
            return
        schema = pa.schema([file.schema_arrow.field(name) for name in LOGGED])
        with pq.ParquetWriter(log, schema) as writer:
            for part in file.iter_batches(PART_ROWS, columns=list(LOGGED)):
                writer.write_batch(part.filter(_logged(part, edges, times)).select(LOGGED))


def _logged(part: pa.RecordBatch, edges: Set[str], times: LogTimes) -> pa.Array:
    time_s = numbers(part["timestep_time"])
    on_time = np.abs(time_s - times.first_s - times.instant(time_s) * times.every_s) < EPSILON_S * 1000
    lanes = pc.dictionary_encode(part["vehicle_lane"])
    code, names = names_of(lanes)
    there = present(part["vehicle_id"])
    wanted = np.array([name.rsplit("_", 1)[0] in edges for name in names] or [False])
    kept = on_time & there & wanted[np.where(there, code, 0)]
    return pa.Array.from_buffers(pa.bool_(), len(kept), [None, pa.py_buffer(np.packbits(kept, bitorder="little"))])


class _Part(NamedTuple):
    """Rows of a log: the place of each traveller in the list of all, its type's too, and where it was when."""

    who: npt.NDArray[np.int64]
    kind: npt.NDArray[np.int64]
    time_s: npt.NDArray[np.float64]
    x_dm: Ints
    y_dm: Ints


class _Names:
    """Names in the order in which they come."""

    def __init__(self) -> None:
        self.places: dict[str, int] = {}


def read_trajectories(vehicles: Path, walkers: Path, types: Mapping[str, VehicleType], times: LogTimes) -> Trajectories:
    """Everybody's way through the period, from SUMO's logs of vehicles and of persons."""
    who, kinds = _Names(), _Names()
    parts = [*_rows(vehicles, "vehicle", who, kinds, times)]
    driving = len(kinds.places)
    walking = _Names()
    on_foot = _rows(walkers, "person", who, walking, times)
    parts += [part._replace(kind=np.full(len(part.who), driving)) for part in on_foot]
    known = [types.get(name, PASSENGER_CAR) for name in kinds.places] + [WALKER]
    return _table(parts, list(who.places), known)


def _rows(log: Path, kind: str, who: _Names, kinds: _Names, times: LogTimes) -> Iterator[_Part]:
    names = ["timestep_time", *(f"{kind}_{name}" for name in ("id", "type", "x", "y", "speed"))]
    if not log.exists() or f"{kind}_id" not in pq.read_schema(log).names:
        return
    texts = names[1:3]
    with pq.ParquetFile(log, read_dictionary=texts) as file:
        for part in file.iter_batches(PART_ROWS, columns=names):
            time_s = numbers(part["timestep_time"])
            steps = (time_s - times.first_s) / times.recorded_s
            kept = present(part[texts[0]]) & (np.abs(steps - np.rint(steps)) * times.recorded_s < EPSILON_S * 1000)
            kept &= (time_s > times.first_s - EPSILON_S) & (time_s < times.period.end_s - EPSILON_S)
            if kind == "person":
                kept &= numbers(part["person_speed"]) <= FASTEST_WALK_MPS
            own, types = (_coded(table, part[name], kept) for table, name in zip((who, kinds), texts, strict=True))
            x_dm, y_dm = (np.rint(numbers(part[f"{kind}_{axis}"])[kept] * DM_PER_M).astype(np.int32) for axis in "xy")
            yield _Part(own, types, time_s[kept], x_dm, y_dm)


def _coded(names: _Names, column: pa.Array, kept: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Rows that are not kept may have no name: their code is any."""
    code, found = names_of(column)
    used = code[kept]
    known = np.zeros(len(found), dtype=np.int64)
    for place in np.unique(used).tolist():
        known[place] = names.places.setdefault(found[place], len(names.places))
    return known[used] if len(used) else np.zeros(0, np.int64)


def _table(parts: list[_Part], names: list[str], known: list[VehicleType]) -> Trajectories:
    who = _joined([part.who for part in parts], np.int64)
    kind = _joined([part.kind for part in parts], np.int64)
    time_s = _joined([part.time_s for part in parts], np.float64)
    order = np.lexsort((time_s, who, kind == len(known) - 1))  # a walker may be called as a vehicle is
    time_s, whole = time_s[order], bool((time_s % 1 == 0).all())
    classes = list(dict.fromkeys(one.vehicle_class for one in known))
    of_kind = np.array([classes.index(one.vehicle_class) for one in known])
    lengths_m = np.array([one.length_m for one in known], dtype=np.float32)
    return Trajectories({
        "traveller": Coded(who[order], names),
        "class": Coded(of_kind[kind[order]], classes),
        "length_m": lengths_m[kind[order]],
        "time_s": time_s.astype(np.int32) if whole else np.rint(time_s * 1000).astype(np.int64) / 1000,
        "x_dm": _joined([part.x_dm for part in parts], np.int32)[order],
        "y_dm": _joined([part.y_dm for part in parts], np.int32)[order],
    })  # fmt: skip


def _joined(parts: list[npt.NDArray[Number]], kind: type[Number]) -> npt.NDArray[Number]:
    return np.concatenate([*parts, np.zeros(0, kind)])
