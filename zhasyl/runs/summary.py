"""What a page shows of a run beyond its measures, small enough to be read of thousands of runs (summary.json).

approaches   the table of that name, column by column; movements, lane_groups and crossings, too, where the run has them
beside       figures that were brought along with the scenario (`zhasyl.scenarios.beside.model`), where it has them
lines        by line of public transport: its class and the delays of its planned trips, where the run tells lines
queues       by signal and approach: vehicle-seconds queued in each step, and the seconds of it that the log stands for
stages       by signal and stage: the seconds it was shown

A step's begin is a multiple of its length on the simulation clock, and the lengths divide each other, so that steps
of one run can be put together to those of a longer one. Sums are kept, not means: nothing is rounded.
"""

from collections.abc import Callable, Container, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from zhasyl.measures import Columns
from zhasyl.scenarios.beside.model import COLUMNS as BESIDE_COLUMNS

STEPS_S = (60, 300, 900, 1800, 3600)  # several cycles a step, or a line shows the beat of cycle and step
MOST_STEPS = 24
APPROACH_COLUMNS = (
    "signal", "approach", "name", "vehicles", "control_delay_s", "los", "queue_mean_veh", "queue_max_veh",
    "back_of_queue_p95_m",
)  # fmt: skip
MOVEMENT_COLUMNS = (
    "signal", "approach", "name", "exit", "lane_group", "turn", "volume_veh", "served_veh", "vehicles",
    "protected_green_s", "permitted_green_s", "saturation_veh_h", "capacity_veh_h", "control_delay_s", "on_green_share",
    "stops",
)  # fmt: skip
LANE_GROUP_COLUMNS = (
    "lane_group", "degree", "back_mean_m", "back_p50_m", "back_p95_m", "back_max_m", "storage_m", "full_share",
    "spillback_share",
)  # fmt: skip

CROSSING_COLUMNS = ("signal", "crossing", "name", "walkers", "crossing_delay_s", "crossing_delay_p95_s")

Summary = Mapping[str, Any]


def step_for(period_s: float) -> int:
    """The time step that suits a period."""
    return next((step for step in STEPS_S if period_s <= MOST_STEPS * step), STEPS_S[-1])


def summary_of(
    table: Callable[[str], Columns], period_s: float, further: Container[str] = frozenset()
) -> dict[str, Any]:
    """The summary of a run from its tables, which are asked for by name; `further` parts are those it can tell of.

    Runs of before have none of `movements` (with lane groups), `crossings` and `lines`, and most none of `beside`.
    """
    step_s, approaches = step_for(period_s), table("approaches")
    return {
        "step_s": step_s,
        "queues": _queues(table("queues"), step_s),
        "stages": _stages(table("signals")),
        "approaches": _listed(approaches, APPROACH_COLUMNS),
        **({"movements": _listed(table("movements"), MOVEMENT_COLUMNS)} if "movements" in further else {}),
        **({"lane_groups": _listed(table("lane_groups"), LANE_GROUP_COLUMNS)} if "movements" in further else {}),
        **({"crossings": _listed(table("crossings"), CROSSING_COLUMNS)} if "crossings" in further else {}),
        **({"beside": _listed(table("beside"), BESIDE_COLUMNS)} if "beside" in further else {}),
        **({"lines": _lines(table("trips"))} if "lines" in further else {}),
    }


def _listed(table: Columns, names: Sequence[str]) -> dict[str, list[Any]]:
    return {name: np.asarray(table[name]).tolist() for name in names}


def _lines(trips: Columns) -> dict[str, list[Any]]:
    line, names = _coded(trips["line"])
    classes, delay_s = np.asarray(trips["vehicle_class"]), np.asarray(trips["delay_s"], dtype=float)
    own = {name: np.flatnonzero(line == code) for code, name in enumerate(names) if name}
    known = sorted(name for name, rows in own.items() if len(rows))
    return {
        "line": known,
        "vehicle_class": [str(classes[own[name][0]]) for name in known],
        "delays_s": [delay_s[own[name]].tolist() for name in known],
    }


def _queues(queues: Columns, step_s: int) -> dict[str, list[Any]]:
    (signal, signals), (approach, approaches) = _coded(queues["signal"]), _coded(queues["approach"])
    pairs, first, place = np.unique(signal * len(approaches) + approach, return_index=True, return_inverse=True)
    order = np.argsort(first)  # as the table has them
    times_s, instant = np.unique(np.asarray(queues["time_s"], dtype=float), return_inverse=True)
    every_s = float(np.diff(times_s).min()) if len(times_s) > 1 else 1.0
    begins_s, step = np.unique((times_s // step_s * step_s).astype(int), return_inverse=True)
    cells = place * len(begins_s) + step[instant]
    total = np.bincount(cells, np.asarray(queues["queue_veh"]), len(pairs) * len(begins_s)).reshape(
        len(pairs), len(begins_s)
    )
    return {
        "signal": [signals[pair // len(approaches)] for pair in pairs[order].tolist()],
        "approach": [approaches[pair % len(approaches)] for pair in pairs[order].tolist()],
        "begin_s": begins_s.tolist(),
        "seconds": (np.bincount(step) * every_s).round(3).tolist(),
        "veh_s": (total[order] * every_s).round(3).tolist(),
    }


def _stages(signals: Columns) -> dict[str, list[Any]]:
    signal, names = _coded(signals["signal"])
    stage = np.asarray(signals["stage"], dtype=np.int64)
    span = int(stage.max(initial=0)) + 2  # stages begin at -1
    order = np.argsort(np.argsort(names))
    cells, cell = np.unique(order[signal] * span + stage + 1, return_inverse=True)
    by_name = sorted(names)
    return {
        "signal": [by_name[one // span] for one in cells.tolist()],
        "stage": [one % span - 1 for one in cells.tolist()],
        "shown_s": np.bincount(cell, np.asarray(signals["duration_s"], dtype=float), len(cells)).tolist(),
    }


def _coded(column: Any) -> tuple[npt.NDArray[np.int64], list[str]]:
    """A column of texts, a run's own (`zhasyl.files.columns.Coded`) or pandas', as codes and what they stand for."""
    if hasattr(column, "codes"):
        return column.codes.astype(np.int64), list(column.names)
    places: dict[str, int] = {}
    codes = [places.setdefault(value, len(places)) for value in np.asarray(column).tolist()]
    return np.array(codes, dtype=np.int64), list(places)
