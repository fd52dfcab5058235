"""Fabricated run records and tables: what a batch at a crossing looks like, without simulating one."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from zhasyl.measures import MEASURES, level_of_service
from zhasyl.optimise.statistics.comparison import number
from zhasyl.runs.summary import Summary, summary_of

BEGIN_S, END_S = 8 * 3600, 9 * 3600
DELAY_S = {"fixed": 52.0, "actuated": 41.0, "max-pressure": 31.0}
DIRECTIONS = ("northbound", "southbound", "eastbound", "westbound")
SIDES = ("north", "south", "east", "west")
TURNS = ("left", "through")
WHOLE = frozenset({"movements", "lines", "crossings"})
NO_MEASURES = {measure.key for measure in MEASURES} | {"gridlocked", "los", "faults"}

Record = dict[str, object]


def run(label: str = "fixed", seed: int = 1, **changed: object) -> Record:
    """A finished run; the delay falls from 'fixed' to 'max-pressure' and varies with the seed."""
    delay_s = DELAY_S.get(label.split(":")[0], 45.0) + 1.3 * (seed * (2 + len(label)) % 7) + 0.25 * seed
    return {
        "scenario": "abay-seifullin",
        "version": 1,
        "title": "Abay avenue and Seifullin avenue, morning peak",
        "content": "9f2c61d0a4b7",
        "controller": label.split(":")[0],
        "label": label,
        "parameters": {},
        "sensor": "perfect",
        "seed": seed,
        "status": "done",
        **measures(delay_s),
        "gridlocked": False,
        "violations": 0,
        "plan_violations": 0,
        "first_violations": [],
        "signal_s_checked": 3600.0,
        "faults": [],
        "uncontrolled": {},
        "begin_s": BEGIN_S,
        "end_s": END_S,
        "warm_up_s": 600.0,
        "los": level_of_service(delay_s),
        "wall_s": 1.5,
        "sumo_s": 1.2,
        "control_s": 0.2,
        "assumptions": [
            {
                "subject": "volumes",
                "statement": "Synthetic turning counts, 2,400 vehicles per hour",
                "status": "assumed",
                "reason": "no public counts of this junction",
            }
        ],
        "attribution": ["Map data © OpenStreetMap contributors, ODbL 1.0"],
        "versions": {"zhasyl": "0.1.0", "sumo": "1.28.0", "measures": "1"},
        "python": "3.11.7",
        "started_at": "2025-11-22T21:00:00+00:00",
        "key": f"{label}-{seed}",
        **changed,
    }


def measures(delay_s: float) -> dict[str, object]:
    """All measures of a run with this mean delay."""
    return {
        "delay_s": delay_s,
        "delay_median_s": 0.8 * delay_s,
        "delay_p95_s": 2.9 * delay_s,
        "time_loss_s": 0.9 * delay_s,
        "waiting_s": 0.6 * delay_s,
        "stops": 0.6 + delay_s / 60,
        "queue_mean_veh": 0.5 * delay_s,
        "queue_max_veh": int(0.7 * delay_s),
        "back_of_queue_p95_m": 4.1 * delay_s,
        "loaded_veh": 2400,
        "arrived_veh": 2400 - int(delay_s),
        "unfinished_veh": int(delay_s) - 3,
        "not_inserted_veh": 3,
        "co2_kg": 400 + delay_s,
        "nox_g": 120 + delay_s,
        "pm_g": 30 + delay_s,
        "fuel_kg": 140 + delay_s,
        "trip_time_s": 90 + delay_s,
        "bus_delay_s": 1.2 * delay_s,
        "movement_delay_p95_s": 1.9 * delay_s,
        "person_delay_s": 1.1 * delay_s,
        "walker_delay_s": 20.0,
        "longest_wait_s": 4 * delay_s,
        "overflow_share": 0.0002 * delay_s,
    }


def failed(label: str = "actuated", seed: int = 2, **changed: object) -> Record:
    """A run that SUMO ended with an error: no measures."""
    whole = run(label, seed, status="failed", reason="SUMO: no route from 'a' to 'b'", **changed)
    return {key: value for key, value in whole.items() if key not in NO_MEASURES}


def batch(n_seeds: int = 5, labels: tuple[str, ...] = tuple(DELAY_S), **changed: object) -> list[Record]:
    """Every label with seeds 1 to n."""
    return [run(label, seed, **changed) for label in labels for seed in range(1, n_seeds + 1)]


@dataclass(frozen=True)
class FakeRuns:
    """Summaries of tables that fit the records: `n_signals` signals with four approaches of two lane groups each.

    `further` are the parts of the summary that runs of before have not: with `movements` each approach has a left turn
    and a through movement, with `lines` there are two lines of buses, with `crossings` each signal has four.
    """

    n_signals: int = 1
    further: frozenset[str] = frozenset()

    def __call__(self, record: Mapping[str, object]) -> Summary:
        return summary_of(partial(self.table, record), END_S - BEGIN_S, self.further)

    def table(self, record: Mapping[str, object], name: str) -> pd.DataFrame:
        if name == "queues":
            return pd.concat([self._queue(record, *place) for place in self._places()], ignore_index=True)
        if name == "approaches":
            return pd.DataFrame([self._approach(record, *place) for place in self._places()])
        if name == "signals":
            return pd.concat([_states(record, f"J{j}") for j in range(1, self.n_signals + 1)], ignore_index=True)
        if name == "movements":
            return pd.DataFrame([self._movement(record, *place, turn) for place in self._places() for turn in TURNS])
        if name == "lane_groups":
            return pd.DataFrame([self._lane_group(record, *place, turn) for place in self._places() for turn in TURNS])
        if name == "crossings":
            return pd.DataFrame([self._crossing(record, *place) for place in self._places()])
        if name == "trips":
            return _buses(record)
        raise AssertionError(f"the report asked for {name}")

    def _places(self) -> list[tuple[int, int]]:
        return [(j, arm) for j in range(1, self.n_signals + 1) for arm in range(4)]

    def _queue(self, record: Mapping[str, object], junction: int, arm: int) -> pd.DataFrame:
        time_s = np.arange(BEGIN_S, END_S, dtype=np.int32)
        peak = 1 + np.sin((time_s - BEGIN_S) / 3600 * np.pi)
        cycle = 1 + np.sin(time_s / 90 * 2 * np.pi + arm)
        level = number(record, "delay_s") / 30 * (1 + 0.4 * arm) / junction * peak * cycle
        lane_groups = [
            pd.DataFrame(
                {
                    "time_s": time_s,
                    "lane_group": f"J{junction}/{DIRECTIONS[arm][0].upper()}B/{lane}",
                    "signal": f"J{junction}",
                    "approach": f"e{junction}{arm}",
                    "queue_veh": (level * share).astype(np.int16),
                    "back_of_queue_m": (7.5 * level * share).astype(np.float32),
                }
            )
            for lane, share in ((1, 0.7), (2, 0.3))
        ]
        return pd.concat(lane_groups, ignore_index=True)

    def _movement(self, record: Mapping[str, object], junction: int, arm: int, turn: str) -> dict[str, object]:
        delay_s, place = number(record, "delay_s"), TURNS.index(turn)
        approach = self._approach(record, junction, arm)
        return {
            **{key: approach[key] for key in ("signal", "approach", "name")},
            "exit": f"{approach['approach']}-{turn}",
            "lane_group": f"{approach['signal']}/{approach['approach']}/{place + 1}",
            "turn": turn,
            "volume_veh": 100 * (arm + 1),
            "served_veh": int(100 * (arm + 1) - delay_s),
            "vehicles": 100 * (arm + 1) + place,
            "protected_green_s": 600.0 * (place + 1),
            "permitted_green_s": 300.0 * (1 - place),
            "saturation_veh_h": 1525.4 + 274.6 * place,
            "capacity_veh_h": 12.3 * delay_s,
            "control_delay_s": delay_s * (1.1 + 0.3 * arm - 0.4 * place),
            "on_green_share": 1 / (2 + arm + place),
            "stops": 0.3 + 0.1 * arm + delay_s / 200,
        }

    def _crossing(self, record: Mapping[str, object], junction: int, arm: int) -> dict[str, object]:
        delay_s = number(record, "delay_s") * (0.3 + 0.2 * arm)
        return {
            "signal": f"J{junction}",
            "crossing": f":J{junction}_c{arm}",
            "name": f"{'Seifullin' if arm < 2 else 'Abay'} avenue, {SIDES[arm]} side",
            "walkers": 40.0 * arm + number(record, "seed"),
            "crossing_delay_s": delay_s,
            "crossing_delay_p95_s": 2.2 * delay_s,
        }

    def _lane_group(self, record: Mapping[str, object], junction: int, arm: int, turn: str) -> dict[str, object]:
        delay_s = number(record, "delay_s")
        return {
            "lane_group": self._movement(record, junction, arm, turn)["lane_group"],
            "degree": delay_s / 77,
            "back_mean_m": 0.9 * delay_s,
            "back_p50_m": 0.8 * delay_s,
            "back_p95_m": 3.1 * delay_s,
            "back_max_m": 4.4 * delay_s,
            "storage_m": 240.0 + arm,
            "full_share": max(delay_s - 40, 0) / 1000,
            "spillback_share": max(delay_s - 50, 0) / 1000,
        }

    def _approach(self, record: Mapping[str, object], junction: int, arm: int) -> dict[str, object]:
        delay_s = number(record, "delay_s") * (0.8 + 0.15 * arm)
        return {
            "signal": f"J{junction}",
            "approach": f"e{junction}{arm}",
            "name": f"{'Seifullin' if arm < 2 else 'Abay'} avenue, {DIRECTIONS[arm]}",
            "vehicles": 500 + 100 * arm,
            "control_delay_s": delay_s,
            "los": level_of_service(delay_s),
            "queue_mean_veh": delay_s / 8 / junction,
            "queue_max_veh": int(delay_s / 3),
            "back_of_queue_p95_m": 2.2 * delay_s,
        }


def _buses(record: Mapping[str, object]) -> pd.DataFrame:
    """Trips of a car and of two lines, the second of which is late now and then."""
    delay_s = number(record, "delay_s")
    lines = ["", *["65"] * 12, *["118 express"] * 6]
    late = [delay_s * (1 + (place % 6 == 5) * 3) + place for place in range(len(lines))]
    return pd.DataFrame({"line": lines, "vehicle_class": ["passenger", *["bus"] * 18], "delay_s": late})


def no_signals(record: Mapping[str, object]) -> Summary:
    """The summary of a run in which no signal controls a lane: tables with their columns and no rows."""
    return summary_of(lambda name: FakeRuns().table(run(), name).iloc[:0], END_S - BEGIN_S)


def stageless(record: Mapping[str, object]) -> Summary:
    """The summary of a run whose signals cannot be controlled: there are queues, but no stages are known."""

    def table(name: str) -> pd.DataFrame:
        found = FakeRuns().table(record, name)
        return found.assign(stage=-1) if name == "signals" else found

    return summary_of(table, END_S - BEGIN_S)


def _states(record: Mapping[str, object], signal: str) -> pd.DataFrame:
    """A cycle of four stages with an intergreen after each, cut at the period's end."""
    main_s = 42 if record["controller"] == "fixed" else 34
    cycle = [(0, main_s), (-1, 5), (1, 12), (-1, 5), (2, 24), (-1, 5), (3, 10), (-1, 5)]
    rows, now_s, step = [], BEGIN_S, 0
    while now_s < END_S:
        stage, lasts_s = cycle[step % len(cycle)]
        lasts_s = min(lasts_s, END_S - now_s)
        rows.append((signal, now_s, lasts_s, "GGrr" if stage % 2 == 0 else "rrGG", stage))
        now_s, step = now_s + lasts_s, step + 1
    return pd.DataFrame(rows, columns=["signal", "start_s", "duration_s", "state", "stage"])
