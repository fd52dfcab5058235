"""Queues of the lane groups, from SUMO's log of vehicles."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from zhasyl.files.columns import Coded, Table, names_of, numbers, present
from zhasyl.lane_groups import LaneGroups
from zhasyl.measures import HALTING_SPEED_MPS
from zhasyl.sumo.outputs.fleet import Fleet
from zhasyl.sumo.outputs.halts import Standing
from zhasyl.sumo.outputs.log_times import EPSILON_S, LogTimes
from zhasyl.sumo.outputs.stops import Stop, at_stop

PART_ROWS = 100_000  # rows of the log in memory at a time, some 10 MB
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

ENTERING_S = 1.0  # since its departure: many enter at 0 m/s


class Queues:
    """Queues of the lane groups at each instant of SUMO's log, which is read a part at a time.

    veh      [instant, lane group]   vehicles below 0.1 m/s
    back_m   [instant, lane group]   how far back they stand from the stop line
    last_m                           where each vehicle was when last logged: its edge, and metres from its start

    A vehicle at a scheduled stop, in the lane or beside it, counts as not there, as does one that has just entered.
    """

    def __init__(
        self, raw: Path, groups: LaneGroups, fleet: Fleet, stops: Mapping[str, list[Stop]], times: LogTimes
    ) -> None:
        shape = (times.instants, len(groups.groups))
        self.groups, self.times = groups, times
        self.veh = np.zeros(shape, dtype=np.int16)
        self.back_m = np.zeros(shape, dtype=np.float32)
        self.last_m: dict[str, tuple[str, float]] = {}
        self._arm_of = np.array(groups.arm_of, dtype=np.int64)
        self._halted: list[tuple[Ints, Ints, Floats, Floats]] = []
        self._places: dict[str, int] = {}
        self._fleet, self._stops = fleet, stops
        if "vehicle_id" in pq.read_schema(raw).names:  # SUMO writes no columns for vehicles where it met none
            with pq.ParquetFile(raw, read_dictionary=["vehicle_id", "vehicle_lane"]) as file:
                for part in file.iter_batches(PART_ROWS):
                    self._add(part)

    def _add(self, part: pa.RecordBatch) -> None:
        (lane_code, lanes), (vehicle, names) = names_of(part["vehicle_lane"]), names_of(part["vehicle_id"])
        time_s, position_m = numbers(part["timestep_time"]), numbers(part["vehicle_pos"])
        there = present(part["vehicle_id"])  # SUMO writes a row without a vehicle where there is none
        self._note_last(vehicle[there], names, lane_code[there], lanes, position_m[there])
        halted = there & (numbers(part["vehicle_speed"]) < HALTING_SPEED_MPS)
        lane_code, vehicle, time_s, position_m = lane_code[halted], vehicle[halted], time_s[halted], position_m[halted]
        known = np.array([self.groups.lanes.get(lane, (-1, 0.0)) for lane in lanes], dtype=float).reshape(-1, 2)
        instant, group = self.times.instant(time_s), known[lane_code, 0].astype(np.int64)
        at = (group >= 0) & (instant >= 0) & (instant < self.times.instants)
        at &= ~(time_s < self._fleet.depart_s(names)[vehicle] + ENTERING_S - EPSILON_S)
        at &= ~at_stop(self._stops, names, vehicle, time_s)
        instant, group, lane_code, vehicle = instant[at], group[at], lane_code[at], vehicle[at]
        to_line_m = known[lane_code, 1] - position_m[at]
        self._note_halted(vehicle, names, group, time_s[at], to_line_m)
        back_m = to_line_m + self._fleet.lengths_m(names)[vehicle]
        np.add.at(self.veh, (instant, group), 1)
        np.maximum.at(self.back_m, (instant, group), back_m.astype(np.float32))

    def _note_last(
        self, vehicle: Ints, names: list[str], lane: Ints, lanes: list[str], position_m: npt.NDArray[Any]
    ) -> None:
        row = np.full(len(names), -1)
        row[vehicle] = np.arange(len(vehicle))  # the last one of each stays
        edges = [name.rsplit("_", 1)[0] for name in lanes]
        for name, place in zip(names, row.tolist(), strict=True):
            if place >= 0:
                self.last_m[name] = (edges[lane[place]], float(position_m[place]))

    def _note_halted(self, vehicle: Ints, names: list[str], group: Ints, time_s: Floats, to_line_m: Floats) -> None:
        used, own = np.unique(vehicle, return_inverse=True)
        place = np.array([self._places.setdefault(names[one], len(self._places)) for one in used.tolist()], np.int64)
        self._halted.append((place[own], self._arm_of[group], time_s, to_line_m))

    @property
    def standing(self) -> Standing:
        """Who was queued when and where."""
        columns = zip(*self._halted, strict=True) if self._halted else ([np.zeros(0, np.int64)],) * 4
        return Standing(list(self._places), *(np.concatenate(column) for column in columns))

    def table(self) -> Table:
        """One row per instant and lane group, zeros included."""
        instants, groups = len(self.veh), self.groups.groups
        times_s = self.times.times_s
        whole = bool((times_s % 1 == 0).all())
        return Table({
            "time_s": np.repeat(times_s.astype(np.int32) if whole else times_s, len(groups)),
            "lane_group": _repeated([g.id for g in groups], instants),
            "signal": _repeated([g.signal for g in groups], instants),
            "approach": _repeated([g.approach for g in groups], instants),
            "queue_veh": self.veh.ravel(), "back_of_queue_m": self.back_m.ravel(),
        })  # fmt: skip


def _repeated(names: list[str], times: int) -> Coded:
    places = {name: place for place, name in enumerate(dict.fromkeys(names))}
    own = np.array([places[name] for name in names], dtype=np.int32)
    return Coded(np.tile(own, times), list(places))
