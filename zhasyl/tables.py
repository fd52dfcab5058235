"""From SUMO's raw Parquet outputs to the tables of a run record. Times in seconds on the simulation clock.

trips        one row per trip planned in the period
queues       one row per lane group and second of the period
signals      one row per signal and state shown, run-length
approaches   one row per signal and approach: control delay, level of service, queues
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from zhasyl.lanegroups import LaneGroups, approach_name
from zhasyl.measures import (
    HALTING_SPEED_MPS,
    UNSERVED_SHARE,
    is_gridlocked,
    level_of_service,
    queue_measures,
    trip_measures,
)
from zhasyl.network import Network
from zhasyl.signals import GREEN, Signal
from zhasyl.sumo.inputs import RAW_SIGNALS, RAW_TRIPS, RAW_VEHICLES

RAW_TRIP_COLUMNS = ["id", "vType", "depart", "departDelay", "arrival", "timeLoss", "waitingTime", "waitingCount",
                    "CO2_abs", "routeLength"]  # fmt: skip

DEFAULT_LENGTH_M = 5.0  # SUMO's passenger car
PART_ROWS = 100_000  # rows of the log in memory at a time, some 10 MB


@dataclass(frozen=True)
class Period:
    """The measured part of a run, [begin_s, end_s) on the simulation clock."""

    begin_s: float
    end_s: float

    @property
    def seconds(self) -> int:
        """Whole seconds in the period."""
        return ceil(self.end_s - self.begin_s)


def measure_run(
    raw: Path,
    network: Network,
    signals: Mapping[str, Signal],
    groups: LaneGroups,
    type_lengths_m: Mapping[str, float],
    period: Period,
) -> tuple[dict[str, pd.DataFrame], dict[str, Any]]:
    """Tables and measures of a finished run whose raw outputs lie in `raw`."""
    every_trip = read_trips(raw / RAW_TRIPS, period.end_s)
    trips = planned_in(every_trip, period)
    of_type_m = every_trip["type"].map(type_lengths_m).fillna(DEFAULT_LENGTH_M)
    lengths_m = dict(zip(every_trip["trip_id"], of_type_m, strict=True))
    queues = Queues(raw / RAW_VEHICLES, groups, lengths_m, period)
    approaches = approaches_table(network, queues)
    measures: dict[str, Any] = {**trip_measures(trips), **queue_measures(queues.veh, queues.back_m)}
    above_capacity = measures["not_inserted_veh"] > UNSERVED_SHARE * measures["loaded_veh"]
    delay_s = float(queues.lost_s.sum() / max(queues.vehicles.sum(), 1))
    state = {
        "gridlocked": is_gridlocked(trips),
        "los": level_of_service(delay_s, above_capacity),
        "control_delay_s": delay_s,
    }
    tables = {
        "trips": trips,
        "queues": queues.table(),
        "signals": signals_table(raw / RAW_SIGNALS, signals, period),
        "approaches": approaches,
    }
    return tables, state | measures


def read_trips(raw: Path, end_s: float) -> pd.DataFrame:
    """All trips SUMO loaded, finished or not, inserted or not, in order of planned departure."""
    written = {name.split("_", 1)[-1]: name for name in pq.read_schema(raw).names}
    found = {column: written[column] for column in RAW_TRIP_COLUMNS if column in written}
    frame = pq.read_table(raw, columns=list(found.values())).to_pandas()
    frame = frame.set_axis(list(found), axis="columns").reindex(columns=RAW_TRIP_COLUMNS)
    frame = frame[frame["vType"].notna()]
    times = frame[["depart", "departDelay", "arrival", "timeLoss", "waitingTime"]].apply(pd.to_numeric)
    departed, arrived = times["depart"] >= 0, times["arrival"] >= 0
    waited_s = times["departDelay"].clip(lower=0)
    lost_s = times["timeLoss"].where(departed, 0.0).clip(lower=0)
    trips = pd.DataFrame({
        "trip_id": frame["id"].astype(str), "type": frame["vType"].astype(str),
        "planned_s": (times["depart"].where(departed, end_s) - waited_s).round(3),
        "depart_s": times["depart"].where(departed), "arrival_s": times["arrival"].where(arrived),
        "departed": departed, "arrived": arrived,
        "delay_s": (lost_s + waited_s).round(3), "time_loss_s": lost_s, "depart_delay_s": waited_s,
        "waiting_s": times["waitingTime"].where(departed, 0.0).clip(lower=0),
        "stops": frame["waitingCount"].where(departed, 0).clip(lower=0).astype(int),
        "co2_g": frame["CO2_abs"].astype(float).fillna(0.0) / 1000.0,
        "route_length_m": frame["routeLength"].astype(float).where(departed, 0.0).clip(lower=0),
    })  # fmt: skip
    return trips.sort_values(["planned_s", "trip_id"], kind="stable", ignore_index=True)


def planned_in(trips: pd.DataFrame, period: Period) -> pd.DataFrame:
    """Trips planned in the period."""
    inside = (trips["planned_s"] >= period.begin_s - 1e-6) & (trips["planned_s"] < period.end_s)
    return trips[inside].reset_index(drop=True)


class Queues:
    """Vehicles on the approaches, added up from SUMO's log of every second, which is read a part at a time.

    veh      [second, lane group]   vehicles below 0.1 m/s
    back_m   [second, lane group]   how far back they stand from the stop line
    lost_s   [arm]                  time lost on the approach, of all vehicles
    vehicles [arm]                  different vehicles seen there
    """

    def __init__(self, raw: Path, groups: LaneGroups, lengths_m: Mapping[str, float], period: Period) -> None:
        shape = (period.seconds, len(groups.groups))
        self.groups = groups
        self.arms = list(dict.fromkeys((g.signal, g.approach) for g in groups.groups))
        self.arm_of = np.array([self.arms.index((g.signal, g.approach)) for g in groups.groups], dtype=np.int64)
        self.veh = np.zeros(shape, dtype=np.int16)
        self.back_m = np.zeros(shape, dtype=np.float32)
        self.lost_s = np.zeros(len(self.arms))
        self._period = period
        self._lengths_m = lengths_m
        self._codes: dict[str, int] = {}
        seen = np.array([], dtype=np.int64)
        with pq.ParquetFile(raw, read_dictionary=["vehicle_id", "vehicle_lane"]) as file:
            if "vehicle_id" in file.schema_arrow.names:
                for part in file.iter_batches(PART_ROWS):
                    seen = np.unique(np.concatenate([seen, self._add(part)]))
        self.vehicles = np.bincount(seen % max(len(self.arms), 1), minlength=len(self.arms))

    def _add(self, part: pa.RecordBatch) -> npt.NDArray[np.int64]:
        """Add a part of the log; answers its (vehicle, arm) pairs as numbers."""
        part = part.filter(pc.is_valid(part["vehicle_id"]))
        lane_code, lanes = _codes(part, "vehicle_lane")
        vehicle_code, names = _codes(part, "vehicle_id")
        known = np.array([self.groups.lanes.get(lane, (-1, 0.0)) for lane in lanes], dtype=float).reshape(-1, 2)
        limit_mps = np.array([self.groups.speed_mps.get(lane, 1.0) for lane in lanes], dtype=float)
        length_m = np.array([self._lengths_m.get(name, DEFAULT_LENGTH_M) for name in names], dtype=float)
        vehicle = np.array([self._codes.setdefault(name, len(self._codes)) for name in names], dtype=np.int64)
        second = np.floor(part["timestep_time"].to_numpy() - self._period.begin_s).astype(np.int64)
        group = known[lane_code, 0].astype(np.int64)
        at = (group >= 0) & (second >= 0) & (second < self._period.seconds)
        second, group, lane_code, vehicle_code = second[at], group[at], lane_code[at], vehicle_code[at]
        speed_mps = part["vehicle_speed"].to_numpy()[at].astype(float)
        back_m = known[lane_code, 1] - part["vehicle_pos"].to_numpy()[at].astype(float) + length_m[vehicle_code]
        halted = speed_mps < HALTING_SPEED_MPS
        np.add.at(self.veh, (second[halted], group[halted]), 1)
        np.maximum.at(self.back_m, (second[halted], group[halted]), back_m[halted].astype(np.float32))
        arm = self.arm_of[group]
        np.add.at(self.lost_s, arm, np.clip(1.0 - speed_mps / limit_mps[lane_code], 0.0, 1.0))
        return np.unique(vehicle[vehicle_code] * len(self.arms) + arm)

    def table(self) -> pd.DataFrame:
        """One row per second and lane group, zeros included."""
        seconds, groups = len(self.veh), self.groups.groups
        begin_s = np.int32(self._period.begin_s)
        return pd.DataFrame({
            "time_s": np.repeat(np.arange(seconds, dtype=np.int32) + begin_s, len(groups)),
            "lane_group": _repeated([g.id for g in groups], seconds),
            "signal": _repeated([g.signal for g in groups], seconds),
            "approach": _repeated([g.approach for g in groups], seconds),
            "queue_veh": self.veh.ravel(), "back_of_queue_m": self.back_m.ravel(),
        })  # fmt: skip


def _codes(part: pa.RecordBatch | pa.Table, column: str) -> tuple[npt.NDArray[np.int64], list[str]]:
    """A text column as codes and the texts they stand for."""
    found = part[column]
    array = found.chunk(0) if isinstance(found, pa.ChunkedArray) else found
    return array.indices.to_numpy().astype(np.int64), array.dictionary.to_pylist()


def _repeated(names: list[str], times: int) -> "pd.Series[str]":
    known = pd.Index(list(dict.fromkeys(names)))
    codes = np.tile(known.get_indexer(pd.Index(names)), times)
    return pd.Series(pd.Categorical.from_codes(codes, categories=known))


def signals_table(raw: Path, signals: Mapping[str, Signal], period: Period) -> pd.DataFrame:
    """What each signal showed in the period, run-length; stage -1 during an intergreen or without stages."""
    names = ["tlsState_time", "tlsState_id", "tlsState_state"]
    table = pq.read_table(raw, columns=names, read_dictionary=names[1:]).unify_dictionaries().combine_chunks()
    if not len(table):
        return pd.DataFrame(columns=["signal", "start_s", "duration_s", "state", "stage"])
    time_s = table[names[0]].cast(pa.float64()).to_numpy()
    (signal, ids), (state, states) = (_codes(table, name) for name in names[1:])
    rank = np.argsort(np.argsort(ids))[signal]
    order = np.lexsort((time_s, rank))
    signal, state, time_s = signal[order], state[order], time_s[order]
    begins = np.flatnonzero(np.diff(signal, prepend=-1) | np.diff(state, prepend=-1))
    signal, state, start_s = signal[begins], state[begins], time_s[begins]
    same = np.append(signal[1:] == signal[:-1], False)
    until_s = np.where(same, np.append(start_s[1:], period.end_s), period.end_s)
    shown = until_s > period.begin_s
    signal, state, until_s = signal[shown], state[shown], until_s[shown]
    start_s = np.maximum(start_s[shown], period.begin_s)
    stage = {(i, k): _stage_of(signals.get(ids[i]), states[k]) for i, k in set(zip(signal, state, strict=True))}
    return pd.DataFrame({
        "signal": [ids[i] for i in signal], "start_s": start_s, "duration_s": until_s - start_s,
        "state": [states[k] for k in state],
        "stage": np.array([stage[pair] for pair in zip(signal, state, strict=True)], dtype=np.int16),
    })  # fmt: skip


def _stage_of(signal: Signal | None, state: str) -> int:
    if signal is None or set(state) & set("yYu"):
        return -1
    shown = _vehicle_greens(signal, state)
    own = [_vehicle_greens(signal, stage.state) for stage in signal.stages]
    if shown in own:
        return own.index(shown)
    lower = [greens.lower() for greens in own]
    return lower.index(shown.lower()) if shown.lower() in lower else -1


def _vehicle_greens(signal: Signal, state: str) -> str:
    closed = signal.pedestrian_links
    return "".join(s if s in GREEN and link not in closed else "r" for link, s in enumerate(state))


def approaches_table(network: Network, queues: Queues) -> pd.DataFrame:
    """Control delay (time lost on the approach per vehicle), LOS and queues by signal and approach."""
    arms, vehicles = queues.arms, queues.vehicles
    seconds = len(queues.veh)
    delay_s = np.divide(queues.lost_s, vehicles, out=np.full(len(arms), np.nan), where=vehicles > 0)
    by_arm = [np.flatnonzero(queues.arm_of == arm) for arm in range(len(arms))]
    queue = np.array([queues.veh[:, columns].sum(axis=1) for columns in by_arm]).reshape(-1, seconds)
    back_m = np.array([queues.back_m[:, columns].max(axis=1) for columns in by_arm]).reshape(-1, seconds)
    return pd.DataFrame({
        "signal": [signal for signal, _ in arms], "approach": [edge for _, edge in arms],
        "name": [approach_name(network.edges[edge]) for _, edge in arms],
        "vehicles": vehicles, "control_delay_s": delay_s, "los": [level_of_service(d) for d in delay_s],
        "queue_mean_veh": queue.mean(axis=1), "queue_max_veh": queue.max(axis=1),
        "back_of_queue_p95_m": np.quantile(back_m, 0.95, axis=1),
    })  # fmt: skip
