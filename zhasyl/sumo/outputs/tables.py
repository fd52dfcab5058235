"""From SUMO's raw outputs to the tables of a run record. Times in seconds on the simulation clock.

trips        one row per trip planned in the period; of public transport with its line
queues       one row per lane group and instant of the log
signals      one row per signal and state shown, run-length
approaches   one row per signal and approach: control delay, level of service, queues
passages     one row per passage of an approach: when a vehicle came, crossed the stop line, and where it went
movements    one row per movement of an approach: planned, served, green, capacity, delay
lane_groups  one row per lane group: the same of all its movements, and its queue against its storage
crossings    one row per signalised crossing: walkers, their delay before it, level of service
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq

from zhasyl.files.columns import Table, coded, names_of, texts
from zhasyl.lane_groups import LaneGroups, approach_name
from zhasyl.measures import UNSERVED_SHARE, Period, level_of_service
from zhasyl.network import Network
from zhasyl.signals import GREEN, Signal
from zhasyl.sumo.inputs.command import (
    RAW_CROSSINGS,
    RAW_PERSONS,
    RAW_ROUTES,
    RAW_SIGNALS,
    RAW_STOPS,
    RAW_TRIPS,
    RAW_VEHICLES,
    RAW_WALKERS,
)
from zhasyl.sumo.outputs.crossings import crossings_table
from zhasyl.sumo.outputs.ending import Ending
from zhasyl.sumo.outputs.fleet import Fleet
from zhasyl.sumo.outputs.halts import stops_of
from zhasyl.sumo.outputs.lines import with_lines
from zhasyl.sumo.outputs.log_times import LogTimes
from zhasyl.sumo.outputs.measuring import (
    is_cut_off,
    is_gridlocked,
    movement_measures,
    queue_measures,
    trip_measures,
    walk_measures,
)
from zhasyl.sumo.outputs.movements import movement_tables
from zhasyl.sumo.outputs.passages import Passages, read_routes
from zhasyl.sumo.outputs.persons import read_walks
from zhasyl.sumo.outputs.planned import planned_arrivals, unrouted
from zhasyl.sumo.outputs.queues import Queues
from zhasyl.sumo.outputs.stops import read_stops
from zhasyl.sumo.outputs.trips import Trips, every_trip, planned_in, without_trip
from zhasyl.walks import crossings

Floats = npt.NDArray[np.float64]


def measure_run(
    raw: Path,
    network: Network,
    signals: Mapping[str, Signal],
    groups: LaneGroups,
    ending: Ending,
    times: LogTimes,
    emissions: float = 1.0,
) -> tuple[dict[str, Table], dict[str, Any]]:
    """Tables and measures of a finished run whose raw outputs lie in `raw`.

    emissions is the share of the vehicles with SUMO's emission device.
    """
    read, stops, period = Trips(raw / RAW_TRIPS), read_stops(raw / RAW_STOPS), times.period
    every = every_trip(read, ending)
    routes = read_routes(raw / RAW_ROUTES)
    trips = with_lines(planned_in(every, period), routes.lines)
    fleet = Fleet(read, ending.types)
    queues = Queues(raw / RAW_VEHICLES, groups, fleet, stops, times)
    passages = Passages(routes, groups, network, fleet, stops, queues.last_m, period, ending.step_s)
    stopped = stops_of(passages, queues.standing, times.every_s)
    passed = len(passages.vehicle)
    measures: dict[str, Any] = {
        **trip_measures(trips, emissions),
        **walk_measures(read_walks(raw / RAW_PERSONS, period)),
        **queue_measures(queues.veh, queues.back_m, np.array(groups.storage_m)),
        **movement_measures(*passages.movements()),
    }
    approaches = {approach for _, approach in groups.arms}
    planned = planned_arrivals(routes, ending, every, approaches, network, fleet, period)
    above_capacity = measures["not_inserted_veh"] > UNSERVED_SHARE * measures["loaded_veh"]
    delay_s = float(passages.lost_s.sum()) / passed if passed else float("nan")
    state = {
        "gridlocked": is_gridlocked(trips),
        "los": level_of_service(delay_s, above_capacity),
        "control_delay_s": delay_s,
        "back_of_queue_cut_off": is_cut_off(queues.back_m, np.array(groups.storage_m)),
        "removed_veh": int(np.count_nonzero(trips["removed"])) + without_trip(read, ending),
        "unrouted_veh": unrouted(ending.routes, network),
        "never_triggered_veh": len(every) - int(np.count_nonzero(every["triggered"])),
    }
    shown = signals_table(raw / RAW_SIGNALS, signals, period)
    tables = {
        "trips": trips,
        "queues": queues.table(),
        "signals": shown,
        "approaches": approaches_table(network, queues, *passages.by_arm()),
        "passages": passages.table(),
        "crossings": crossings_table(raw / RAW_WALKERS, raw / RAW_CROSSINGS, crossings(network), times),
        **movement_tables(network, signals, queues, passages, stopped, planned, shown, period),
    }
    return tables, state | measures


def signals_table(raw: Path, signals: Mapping[str, Signal], period: Period) -> Table:
    """What each signal showed in the period, run-length; stage -1 during an intergreen or without stages."""
    names = ["tlsState_time", "tlsState_id", "tlsState_state"]
    with pq.ParquetFile(raw, read_dictionary=names) as file:
        table = file.read(names).unify_dictionaries().combine_chunks()
    if not len(table):
        return _shown([], [], [], np.zeros(0), np.zeros(0))
    (time, times), (signal, ids), (state, states) = (names_of(table[name].chunk(0)) for name in names)
    time_s = np.array(times, dtype=float)[time]  # SUMO writes it as text
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
    return _shown(
        [ids[i] for i in signal],
        [states[k] for k in state],
        [stage[pair] for pair in zip(signal, state, strict=True)],
        start_s,
        until_s - start_s,
    )


def _shown(signal: list[str], state: list[str], stage: list[int], start_s: Floats, duration_s: Floats) -> Table:
    return Table({
        "signal": coded(signal), "start_s": start_s, "duration_s": duration_s, "state": coded(state),
        "stage": np.array(stage, dtype=np.int16),
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


def approaches_table(network: Network, queues: Queues, vehicles: npt.NDArray[np.int64], lost_s: Floats) -> Table:
    """Control delay (time lost on the approach per vehicle), LOS and queues by signal and approach."""
    arms, arm_of = queues.groups.arms, np.array(queues.groups.arm_of, dtype=np.int64)
    delay_s = np.divide(lost_s, vehicles, out=np.full(len(arms), np.nan), where=vehicles > 0)
    by_arm = [np.flatnonzero(arm_of == arm) for arm in range(len(arms))]
    instants = len(queues.veh)
    queue = np.array([queues.veh[:, columns].sum(axis=1) for columns in by_arm]).reshape(-1, instants)
    back_m = np.array([queues.back_m[:, columns].max(axis=1) for columns in by_arm]).reshape(-1, instants)
    return Table({
        "signal": texts([signal for signal, _ in arms]),
        "approach": texts([edge for _, edge in arms]),
        "name": texts([approach_name(network.edges[edge]) for _, edge in arms]),
        "vehicles": vehicles, "control_delay_s": delay_s,
        "los": texts([level_of_service(d) for d in delay_s]),
        "queue_mean_veh": queue.mean(axis=1), "queue_max_veh": queue.max(axis=1, initial=0),
        "back_of_queue_p95_m": np.quantile(back_m, 0.95, axis=1),
    })  # fmt: skip
