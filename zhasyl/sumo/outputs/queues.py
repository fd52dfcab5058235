"""Queues and time lost on the approaches, added up from SUMO's log of vehicles."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from zhasyl.lane_groups import LaneGroups
from zhasyl.measures import HALTING_SPEED_MPS
from zhasyl.sumo.outputs.ending import VehicleType
from zhasyl.sumo.outputs.log_times import LogTimes
from zhasyl.sumo.outputs.stops import Stops, at_stop

PART_ROWS = 100_000  # rows of the log in memory at a time, some 10 MB
PASSENGER_CAR = VehicleType(5.0, 200 / 3.6, "passenger")  # SUMO's own, for a type that is no longer known
DESIRED_MPS = {"bicycle": 20 / 3.6, "scooter": 20 / 3.6}  # SUMO's defaults of desiredMaxSpeed


class Fleet:
    """What the log does not say of a vehicle: by name its length and how fast it would like to drive."""

    def __init__(self, trips: pd.DataFrame, types: Mapping[str, VehicleType]) -> None:
        self._type = dict(zip(trips["trip_id"], trips["type"], strict=True))
        self._factor = dict(zip(trips["trip_id"], trips["speed_factor"], strict=True))
        self._types = types

    def lengths_m(self, names: list[str]) -> npt.NDArray[np.float64]:
        """The length of each vehicle."""
        return np.array([self._of(name).length_m for name in names], dtype=float)

    def free_mps(self, names: list[str]) -> npt.NDArray[np.float64]:
        """[vehicle, 3] its greatest speed, its desired one, and the factor by which it takes that or a limit."""
        rows = [(self._of(name), self._factor.get(name, 1.0)) for name in names]
        free = [(one.speed_mps, DESIRED_MPS.get(one.vehicle_class, np.inf), factor) for one, factor in rows]
        return np.array(free, dtype=float).reshape(-1, 3)

    def _of(self, name: str) -> VehicleType:
        return self._types.get(self._type.get(name, ""), PASSENGER_CAR)


class Queues:
    """Vehicles on the approaches, added up from SUMO's log, which is read a part at a time.

    veh      [second, lane group]   vehicles below 0.1 m/s
    back_m   [second, lane group]   how far back they stand from the stop line
    lost_s   [arm]                  time lost on the approach against the own free speed, of all vehicles
    vehicles [arm]                  different vehicles seen there

    A vehicle at a scheduled stop, in the lane or beside it, counts as not there.
    """

    def __init__(self, raw: Path, groups: LaneGroups, fleet: Fleet, stops: Stops, times: LogTimes) -> None:
        shape = (times.instants, len(groups.groups))
        self.groups = groups
        self.arms = list(dict.fromkeys((g.signal, g.approach) for g in groups.groups))
        self.arm_of = np.array([self.arms.index((g.signal, g.approach)) for g in groups.groups], dtype=np.int64)
        self.veh = np.zeros(shape, dtype=np.int16)
        self.back_m = np.zeros(shape, dtype=np.float32)
        self.lost_s = np.zeros(len(self.arms))
        self._times, self._fleet, self._stops = times, fleet, stops
        self._codes: dict[str, int] = {}
        seen = np.array([], dtype=np.int64)
        if "vehicle_id" in pq.read_schema(raw).names:  # SUMO writes no columns for vehicles where it met none
            with pq.ParquetFile(raw, read_dictionary=["vehicle_id", "vehicle_lane"]) as file:
                for part in file.iter_batches(PART_ROWS):
                    seen = np.unique(np.concatenate([seen, self._add(part)]))
        self.vehicles = np.bincount(seen % max(len(self.arms), 1), minlength=len(self.arms))
        self.veh, self.back_m = self.veh[times.of_seconds], self.back_m[times.of_seconds]

    def _add(self, part: pa.RecordBatch) -> npt.NDArray[np.int64]:
        """Add a part of the log; answers its (vehicle, arm) pairs as numbers."""
        part = part.filter(pc.is_valid(part["vehicle_id"]))
        lane_code, lanes = codes(part, "vehicle_lane")
        vehicle_code, names = codes(part, "vehicle_id")
        known = np.array([self.groups.lanes.get(lane, (-1, 0.0)) for lane in lanes], dtype=float).reshape(-1, 2)
        limit_mps = np.array([self.groups.speed_mps.get(lane, 1.0) for lane in lanes], dtype=float)
        vehicle = np.array([self._codes.setdefault(name, len(self._codes)) for name in names], dtype=np.int64)
        time_s = part["timestep_time"].to_numpy()
        instant, group = self._times.instant(time_s), known[lane_code, 0].astype(np.int64)
        at = (group >= 0) & (instant >= 0) & (instant < self._times.instants)
        at &= ~at_stop(self._stops, names, vehicle_code, time_s)
        instant, group, lane_code, vehicle_code = instant[at], group[at], lane_code[at], vehicle_code[at]
        speed_mps = part["vehicle_speed"].to_numpy()[at].astype(float)
        position_m = part["vehicle_pos"].to_numpy()[at].astype(float)
        back_m = known[lane_code, 1] - position_m + self._fleet.lengths_m(names)[vehicle_code]
        halted = speed_mps < HALTING_SPEED_MPS
        np.add.at(self.veh, (instant[halted], group[halted]), 1)
        np.maximum.at(self.back_m, (instant[halted], group[halted]), back_m[halted].astype(np.float32))
        fastest_mps, desired_mps, factor = self._fleet.free_mps(names)[vehicle_code].T
        free_mps = np.minimum(fastest_mps, np.minimum(limit_mps[lane_code], desired_mps) * factor)
        arm = self.arm_of[group]
        np.add.at(self.lost_s, arm, self._times.weights_s[instant] * np.clip(1.0 - speed_mps / free_mps, 0.0, 1.0))
        return np.unique(vehicle[vehicle_code] * len(self.arms) + arm)

    def table(self) -> pd.DataFrame:
        """One row per second and lane group, zeros included."""
        seconds, groups = len(self.veh), self.groups.groups
        begin_s = self._times.period.begin_s
        time_s = begin_s + np.arange(seconds)
        return pd.DataFrame({
            "time_s": np.repeat(time_s.astype(np.int32) if begin_s % 1 == 0 else time_s, len(groups)),
            "lane_group": _repeated([g.id for g in groups], seconds),
            "signal": _repeated([g.signal for g in groups], seconds),
            "approach": _repeated([g.approach for g in groups], seconds),
            "queue_veh": self.veh.ravel(), "back_of_queue_m": self.back_m.ravel(),
        })  # fmt: skip


def _repeated(names: list[str], times: int) -> "pd.Series[str]":
    known = pd.Index(list(dict.fromkeys(names)))
    codes = np.tile(known.get_indexer(pd.Index(names)), times)
    return pd.Series(pd.Categorical.from_codes(codes, categories=known))


def codes(part: pa.RecordBatch | pa.Table, column: str) -> tuple[npt.NDArray[np.int64], list[str]]:
    """A text column as codes and the texts they stand for."""
    found = part[column]
    array = found.chunk(0) if isinstance(found, pa.ChunkedArray) else found
    return array.indices.to_numpy().astype(np.int64), array.dictionary.to_pylist()
