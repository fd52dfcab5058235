"""Movements over the seeds of each controller, and the same as CSV."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from zhasyl.files.csv_cells import CsvWriter
from zhasyl.measures import level_of_service
from zhasyl.optimise.statistics.comparison import SITUATION, Record, number
from zhasyl.reports.aggregates import delay_over_seeds, margin
from zhasyl.reports.records import RunSummaries, by_label, by_situation, done
from zhasyl.runs.store import write_text

Floats = npt.NDArray[np.floating[Any]]
Place = tuple[str, str, str]
"""Signal, approach, exit."""
MEANS = ("volume_veh", "served_veh", "vehicles", "protected_green_s", "permitted_green_s")
MARGINS = ("control_delay_s", "stops", "back_p95_m", "full_share", "served_veh")
"""What has half the width of its interval under KEY_half_width."""
QUEUES = ("back_mean_m", "back_p50_m", "back_p95_m", "full_share", "spillback_share")
TOLD = (
    "signal", "approach", "name", "lane_group", "turn", "exit", "n", "hours", *MEANS, "served_veh_half_width",
    "saturation_veh_h", "capacity_veh_h", "degree", "control_delay_s", "control_delay_s_half_width", "los",
    "stops", "stops_half_width", "on_green_share", "lane_group_degree", "back_mean_m", "back_p50_m", "back_p95_m",
    "back_p95_m_half_width",
    "back_max_m", "storage_m", "full_share", "full_share_half_width", "spillback_share",
)  # fmt: skip


@dataclass(frozen=True)
class Movement:
    """A movement under one controller: `values` by the names of the CSV file's columns, and its delay by seed."""

    label: str
    place: Place
    values: Mapping[str, Any]
    delays_s: Mapping[int, float] = field(default_factory=dict)

    def __getitem__(self, key: str) -> Any:
        return self.values[key]


def movements(records: Sequence[Record], summaries: RunSummaries) -> list[Movement]:
    """One for each controller and movement, of the finished runs that have the table.

    Means are over seeds; volumes are those planned in the period. The control delay is the mean of all vehicles of all
    seeds, LOS its level; v/c is mean volume by mean capacity, and the queue is that of the movement's lane group, its
    maximum that of any seed; stops are those of all vehicles. Half widths are of 95 % intervals over seeds (NaN for
    one).
    """
    found = []
    for label, runs in by_label(records).items():
        places: dict[Place, list[tuple[int, float, Mapping[str, Any]]]] = {}
        for run in done(runs):
            hours = (number(run, "end_s") - number(run, "begin_s")) / 3600.0
            for place, row in _rows(summaries(run)):
                places.setdefault(place, []).append((int(number(run, "seed")), hours, row))
        found += [_movement(label, place, rows) for place, rows in places.items()]
    return found


def without_movements(records: Sequence[Record], summaries: RunSummaries) -> int:
    """How many finished runs were stored before movements were measured."""
    return sum("movements" not in summaries(run) for run in done(records))


def _rows(summary: Mapping[str, Any]) -> list[tuple[Place, dict[str, Any]]]:
    table, groups = summary.get("movements"), summary.get("lane_groups")
    if not table or not groups:
        return []
    queues = {row[0]: dict(zip(groups, row, strict=True)) for row in zip(*groups.values(), strict=True)}
    found = []
    for cells in zip(*table.values(), strict=True):
        row = dict(zip(table, cells, strict=True))
        queue = queues.get(row["lane_group"], {})
        own = {**{key: queue.get(key) for key in groups if key not in row}, **row}
        found.append(((row["signal"], row["approach"], row["exit"]), {**own, "lane_group_degree": queue.get("degree")}))
    return found


def _movement(label: str, place: Place, found: Sequence[tuple[int, float, Mapping[str, Any]]]) -> Movement:
    rows = [row for _, _, row in found]
    columns = {key: _column(rows, key) for key in (*MEANS, *QUEUES, "control_delay_s", "capacity_veh_h")}
    vehicles, hours = columns["vehicles"], float(np.mean([own for _, own, _ in found]))
    delay_s, half_width_s = delay_over_seeds(vehicles, columns["control_delay_s"])
    capacity_veh_h, volume_veh = _mean(columns["capacity_veh_h"]), _mean(columns["volume_veh"])
    stops, stops_half_width = _by_vehicle(vehicles, _column(rows, "stops"))
    on_green = np.nansum(_column(rows, "on_green_share") * vehicles)
    known = {key: rows[0][key] for key in ("name", "lane_group", "turn", "storage_m")}
    values = {
        **dict(zip(("signal", "approach", "exit"), place, strict=True)),
        **known,
        "n": len(rows),
        "hours": hours,
        **{key: _mean(columns[key]) for key in (*MEANS, *QUEUES)},
        **{f"{key}_half_width": margin(columns[key]) for key in ("served_veh", "back_p95_m", "full_share")},
        "saturation_veh_h": _mean(_column(rows, "saturation_veh_h")),
        "capacity_veh_h": capacity_veh_h,
        "degree": volume_veh / hours / capacity_veh_h if capacity_veh_h > 0 else float("nan"),
        "lane_group_degree": _mean(_column(rows, "lane_group_degree")),
        "control_delay_s": delay_s,
        "control_delay_s_half_width": half_width_s,
        "los": level_of_service(delay_s),
        "stops": stops,
        "stops_half_width": stops_half_width,
        "on_green_share": float(on_green / vehicles.sum()) if on_green > 0 else _mean(_column(rows, "on_green_share")),
        "back_max_m": float(np.nanmax(_column(rows, "back_max_m"), initial=0.0)) if known["lane_group"] else None,
    }
    delays = {seed: float(one) for (seed, _, _), one in zip(found, columns["control_delay_s"], strict=True)}
    return Movement(label, place, values, {seed: one for seed, one in delays.items() if np.isfinite(one)})


def _by_vehicle(vehicles: Floats, mean: Floats) -> tuple[float, float]:
    """The mean of all vehicles of the seeds that have a value, and half the width of its interval."""
    told = np.isfinite(mean)
    return delay_over_seeds(vehicles[told], mean[told])


def _column(rows: Sequence[Mapping[str, Any]], key: str) -> Floats:
    return np.array([np.nan if row.get(key) is None else row[key] for row in rows], dtype=float)


def _mean(values: Floats) -> float:
    """Over the seeds that have a value."""
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else float("nan")


def write_movements(records: Sequence[Record], summaries: RunSummaries, path: Path) -> None:
    """Write a CSV file of every movement of every controller and situation. Raises OutputError."""
    text = StringIO()
    writer = CsvWriter(text)
    writer.writerow([*SITUATION, "controller", *TOLD])
    for situation, group in by_situation(records).items():
        for one in movements(group, summaries):
            writer.writerow([*situation, one.label, *(_cell(one[key]) for key in TOLD)])
    write_text(path, text.getvalue())


def _cell(value: Any) -> Any:
    return None if isinstance(value, float) and not np.isfinite(value) else value
