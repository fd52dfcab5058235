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
from zhasyl.simulation import RAW_SIGNALS, RAW_TRIPS, RAW_VEHICLES

RAW_TRIP_COLUMNS = ["id", "vType", "depart", "departDelay", "arrival", "timeLoss", "waitingTime", "waitingCount",
                    "CO2_abs", "routeLength"]  # fmt: skip

DEFAULT_LENGTH_M = 5.0  # SUMO's passenger car
EMPTY_VEHICLES = pa.table({
    "timestep_time": pa.array([], pa.float64()), "vehicle_speed": pa.array([], pa.float32()),
    "vehicle_pos": pa.array([], pa.float32()), "vehicle_id": pa.array([], pa.dictionary(pa.int32(), pa.string())),
    "vehicle_lane": pa.array([], pa.dictionary(pa.int32(), pa.string())),
})  # fmt: skip


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
    log = VehicleLog(raw / RAW_VEHICLES, groups, lengths_m, period)
    queues = Queues(log, groups, period)
    approaches = approaches_table(network, log, queues)
    measures: dict[str, Any] = {**trip_measures(trips), **queue_measures(queues.veh, queues.back_m)}
    above_capacity = measures["not_inserted_veh"] > UNSERVED_SHARE * measures["loaded_veh"]
    delay_s = float(log.lost_s[log.inside].sum() / max(approaches["vehicles"].sum(), 1))
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
    frame = pq.read_table(raw).to_pandas()
    frame.columns = frame.columns.str.replace(r"^(tripinfo|emissions)_", "", regex=True)
    if "id" not in frame:
        frame = frame.reindex(columns=RAW_TRIP_COLUMNS)
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


class VehicleLog:
    """Vehicles on the approaches, second by second, as arrays: one row per vehicle and second."""

    def __init__(self, raw: Path, groups: LaneGroups, lengths_m: Mapping[str, float], period: Period):
        table = pq.read_table(raw, read_dictionary=["vehicle_id", "vehicle_lane"])
        if "vehicle_id" not in table.column_names:
            table = EMPTY_VEHICLES
        table = table.filter(pc.is_valid(table["vehicle_id"])).unify_dictionaries().combine_chunks()
        self.second = np.floor(table["timestep_time"].to_numpy() - period.begin_s).astype(np.int64)
        speed = table["vehicle_speed"].to_numpy().astype(float)
        position = table["vehicle_pos"].to_numpy().astype(float)
        lane_code, lanes = _codes(table, "vehicle_lane")
        self.vehicle, vehicles = _codes(table, "vehicle_id")
        known = np.array([groups.lanes.get(lane, (-1, 0.0)) for lane in lanes], dtype=float).reshape(-1, 2)
        limit = np.array([groups.speed_mps.get(lane, 1.0) for lane in lanes], dtype=float)
        length = np.array([lengths_m.get(vehicle, DEFAULT_LENGTH_M) for vehicle in vehicles], dtype=float)
        self.group = known[lane_code, 0].astype(np.int64)
        self.back_m = known[lane_code, 1] - position + length[self.vehicle]
        self.halted = speed < HALTING_SPEED_MPS
        self.lost_s = np.clip(1.0 - speed / limit[lane_code], 0.0, 1.0)
        self.inside = (self.group >= 0) & (self.second >= 0) & (self.second < period.seconds)


def _codes(table: pa.Table, column: str) -> tuple[npt.NDArray[np.int64], list[str]]:
    """A text column as codes and the texts they stand for."""
    chunks = table[column].chunks
    if not chunks:
        return np.array([], dtype=np.int64), []
    return chunks[0].indices.to_numpy().astype(np.int64), chunks[0].dictionary.to_pylist()


class Queues:
    """Vehicles below 0.1 m/s and how far back they stand (m from the stop line), arrays [second, lane group]."""

    def __init__(self, log: VehicleLog, groups: LaneGroups, period: Period) -> None:
        shape = (period.seconds, len(groups.groups))
        self.begin_s = period.begin_s
        self.groups = groups
        self.veh = np.zeros(shape, dtype=np.int16)
        self.back_m = np.zeros(shape, dtype=np.float32)
        at = log.inside & log.halted
        np.add.at(self.veh, (log.second[at], log.group[at]), 1)
        np.maximum.at(self.back_m, (log.second[at], log.group[at]), log.back_m[at].astype(np.float32))

    def table(self) -> pd.DataFrame:
        """One row per second and lane group, zeros included."""
        seconds, groups = len(self.veh), self.groups.groups
        return pd.DataFrame({
            "time_s": np.repeat(np.arange(seconds, dtype=np.int32) + np.int32(self.begin_s), len(groups)),
            "lane_group": _repeated([g.id for g in groups], seconds),
            "signal": _repeated([g.signal for g in groups], seconds),
            "approach": _repeated([g.approach for g in groups], seconds),
            "queue_veh": self.veh.ravel(), "back_of_queue_m": self.back_m.ravel(),
        })  # fmt: skip


def _repeated(names: list[str], times: int) -> "pd.Series[str]":
    known = pd.Index(list(dict.fromkeys(names)))
    codes = np.tile(known.get_indexer(pd.Index(names)), times)
    return pd.Series(pd.Categorical.from_codes(codes, categories=known))


def signals_table(raw: Path, signals: Mapping[str, Signal], period: Period) -> pd.DataFrame:
    """What each signal showed in the period, run-length; stage -1 during an intergreen or without stages."""
    frame = pq.read_table(raw, columns=["tlsState_time", "tlsState_id", "tlsState_state"]).to_pandas()
    frame.columns = pd.Index(["time_s", "signal", "state"])
    frame["time_s"] = pd.to_numeric(frame["time_s"])
    frame = frame[frame["time_s"] >= period.begin_s].sort_values(["signal", "time_s"], kind="stable")
    changed = (frame["signal"] != frame["signal"].shift()) | (frame["state"] != frame["state"].shift())
    runs = frame[changed].reset_index(drop=True)
    until_s = runs["time_s"].shift(-1).where(runs["signal"] == runs["signal"].shift(-1), period.end_s)
    stages = [_stage_of(signals.get(row.signal), row.state) for row in runs.itertuples()]
    return pd.DataFrame({
        "signal": runs["signal"], "start_s": runs["time_s"], "duration_s": until_s - runs["time_s"],
        "state": runs["state"], "stage": np.array(stages, dtype=np.int16),
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


def approaches_table(network: Network, log: VehicleLog, queues: Queues) -> pd.DataFrame:
    """Control delay (time lost on the approach per vehicle), LOS and queues by signal and approach."""
    groups = queues.groups.groups
    arms = list(dict.fromkeys((g.signal, g.approach) for g in groups))
    seconds = len(queues.veh)
    arm_of = np.array([arms.index((g.signal, g.approach)) for g in groups], dtype=np.int64)
    index = arm_of[log.group[log.inside]]
    lost_s = np.bincount(index, weights=log.lost_s[log.inside], minlength=len(arms))
    fleet = int(log.vehicle.max(initial=0)) + 1
    pairs = np.unique(index * fleet + log.vehicle[log.inside])
    vehicles = np.bincount(pairs // fleet, minlength=len(arms))
    delay_s = np.divide(lost_s, vehicles, out=np.full(len(arms), np.nan), where=vehicles > 0)
    by_arm = [np.flatnonzero(arm_of == arm) for arm in range(len(arms))]
    queue = np.array([queues.veh[:, columns].sum(axis=1) for columns in by_arm]).reshape(-1, seconds)
    back_m = np.array([queues.back_m[:, columns].max(axis=1) for columns in by_arm]).reshape(-1, seconds)
    return pd.DataFrame({
        "signal": [signal for signal, _ in arms], "approach": [edge for _, edge in arms],
        "name": [approach_name(network.edges[edge]) for _, edge in arms],
        "vehicles": vehicles, "control_delay_s": delay_s, "los": [level_of_service(d) for d in delay_s],
        "queue_mean_veh": queue.mean(axis=1), "queue_max_veh": queue.max(axis=1),
        "back_of_queue_p95_m": np.quantile(back_m, 0.95, axis=1),
    })  # fmt: skip
