"""From SUMO's raw outputs to the tables of a run record. Times in seconds on the simulation clock.

trips        one row per trip planned in the period
queues       one row per lane group and second of the period
signals      one row per signal and state shown, run-length
approaches   one row per signal and approach: control delay, level of service, queues
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from zhasyl.lane_groups import LaneGroups, approach_name
from zhasyl.measures import (
    UNSERVED_SHARE,
    Period,
    is_gridlocked,
    level_of_service,
    queue_measures,
    trip_measures,
    walk_measures,
)
from zhasyl.network import Network
from zhasyl.signals import GREEN, Signal
from zhasyl.sumo.inputs.command import RAW_PERSONS, RAW_SIGNALS, RAW_STOPS, RAW_TRIPS, RAW_VEHICLES
from zhasyl.sumo.outputs.ending import Ending
from zhasyl.sumo.outputs.log_times import LogTimes
from zhasyl.sumo.outputs.persons import read_walks
from zhasyl.sumo.outputs.queues import Fleet, Queues, codes
from zhasyl.sumo.outputs.stops import read_stops
from zhasyl.sumo.outputs.trips import planned_in, read_trips, without_trip


def measure_run(
    raw: Path,
    network: Network,
    signals: Mapping[str, Signal],
    groups: LaneGroups,
    ending: Ending,
    times: LogTimes,
) -> tuple[dict[str, pd.DataFrame], dict[str, Any]]:
    """Tables and measures of a finished run whose raw outputs lie in `raw`."""
    every_trip, period = read_trips(raw / RAW_TRIPS, ending), times.period
    trips = planned_in(every_trip, period)
    queues = Queues(raw / RAW_VEHICLES, groups, Fleet(every_trip, ending.types), read_stops(raw / RAW_STOPS), times)
    approaches = approaches_table(network, queues)
    measures: dict[str, Any] = {
        **trip_measures(trips),
        **walk_measures(read_walks(raw / RAW_PERSONS, period)),
        **queue_measures(queues.veh, queues.back_m, np.array(groups.storage_m)),
    }
    above_capacity = measures["not_inserted_veh"] > UNSERVED_SHARE * measures["loaded_veh"]
    vehicles = int(queues.vehicles.sum())
    delay_s = float(queues.lost_s.sum()) / vehicles if vehicles else float("nan")
    state = {
        "gridlocked": is_gridlocked(trips),
        "los": level_of_service(delay_s, above_capacity),
        "control_delay_s": delay_s,
        "removed_veh": int(trips["removed"].sum()) + without_trip(every_trip, ending),
        "never_triggered_veh": int((~every_trip["triggered"]).sum()),
    }
    tables = {
        "trips": trips,
        "queues": queues.table(),
        "signals": signals_table(raw / RAW_SIGNALS, signals, period),
        "approaches": approaches,
    }
    return tables, state | measures


def signals_table(raw: Path, signals: Mapping[str, Signal], period: Period) -> pd.DataFrame:
    """What each signal showed in the period, run-length; stage -1 during an intergreen or without stages."""
    names = ["tlsState_time", "tlsState_id", "tlsState_state"]
    table = pq.read_table(raw, columns=names, read_dictionary=names[1:]).unify_dictionaries().combine_chunks()
    if not len(table):
        return pd.DataFrame(columns=["signal", "start_s", "duration_s", "state", "stage"])
    time_s = table[names[0]].cast(pa.float64()).to_numpy()
    (signal, ids), (state, states) = (codes(table, name) for name in names[1:])
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
