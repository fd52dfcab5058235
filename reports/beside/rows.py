"""Each brought figure beside the same of the runs of each controller, over the seeds.

The movements that a figure is of (`zhasyl.scenarios.beside.model`) are put together: delays and arrivals on green by
vehicle; v/c and the queue are those of the worst of their lane groups, as movements that share lanes have one v/c. A
run's part is in its summary; greens and split failures of phases take its tables and the network.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np

from zhasyl.measures import level_of_service
from zhasyl.optimise.statistics.comparison import Record, number
from zhasyl.reports.aggregates import delay_over_seeds
from zhasyl.reports.records import RunSummaries, by_label, done
from zhasyl.runs.summary import Summary
from zhasyl.scenarios.beside.model import CHECK, COLUMNS, LANE_GROUP, LOG, NUMBERS, Beside, Way, read_ways
from zhasyl.scenarios.beside.model import number as known

Greens = Callable[[Record, str, Sequence[Way]], tuple[float, float]]
"""A run's mean green in seconds and its share of split failures, of some movements of a signal."""


@dataclass(frozen=True)
class BesideRow:
    """One brought figure under one controller; `runs` has what the runs come to, by the names of brought figures."""

    brought: Beside
    label: str
    n: int
    runs: Mapping[str, Any]

    @property
    def difference_s(self) -> float:
        """Of the control delay, the runs' less the brought one."""
        return float(self.runs.get("control_delay_s", float("nan"))) - self.brought.control_delay_s


@dataclass(frozen=True)
class Placed:
    """All of a situation: brought figures in their order, each with a row a controller."""

    rows: list[BesideRow] = field(default_factory=list)
    check: list[Beside] = field(default_factory=list)

    def of(self, kind: str) -> list[BesideRow]:
        """The rows of one kind."""
        return [row for row in self.rows if row.brought.kind == kind]

    @classmethod
    def among(cls, records: Sequence[Record], summaries: RunSummaries, greens: Greens | None = None) -> Self:
        """Of the finished runs of a situation; nothing where they bring none along."""
        finished = done(records)
        brought = _brought(summaries(finished[0])) if finished else []
        by_controller = {label: _Runs(runs, summaries) for label, runs in by_label(finished).items()}
        rows = [
            BesideRow(one, label, len(runs.tables), runs.figures(one, greens))
            for one in brought
            if one.kind != CHECK
            for label, runs in by_controller.items()
        ]
        return cls(rows, [one for one in brought if one.kind == CHECK])


def _brought(summary: Summary) -> list[Beside]:
    table = summary.get("beside")
    if not table:
        return []
    return [_beside(dict(zip(table, cells, strict=True))) for cells in zip(*table.values(), strict=True)]


def _beside(row: Mapping[str, Any]) -> Beside:
    values: dict[str, Any] = {name: known(row[name]) if name in NUMBERS else row[name] for name in COLUMNS}
    return Beside(**{**values, "ways": read_ways(row["ways"])})


class _Runs:
    """The runs of a controller: of each its movements by signal, approach and exit, and its lane groups."""

    def __init__(self, runs: Sequence[Record], summaries: RunSummaries) -> None:
        told = [(run, summaries(run)) for run in runs]
        self.tables = [(run, _movements(own), _lane_groups(own)) for run, own in told if "movements" in own]

    def figures(self, brought: Beside, greens: Greens | None) -> dict[str, Any]:
        """What the runs come to for a brought figure."""
        found = [self._of_run(brought, *own) for own in self.tables]
        vehicles, delay_s = _column(found, "vehicles"), _column(found, "control_delay_s")
        mean_s, half_width_s = delay_over_seeds(vehicles, delay_s)
        whole = {"control_delay_s": mean_s, "control_delay_s_half_width": half_width_s, "los": level_of_service(mean_s)}
        keys = ("volume_veh_h", "degree", "back_p95_m", "on_green_share")
        whole |= {key: _mean(_column(found, key)) for key in keys}
        if brought.kind == LOG and greens:
            pairs = [greens(run, brought.signal, brought.ways) for run, _, _ in self.tables]
            whole |= {
                key: _mean(np.array(column, dtype=float))
                for key, column in zip(("green_s", "failure_share"), zip(*pairs, strict=True), strict=False)
            }
        return whole

    @staticmethod
    def _of_run(
        brought: Beside,
        run: Record,
        movements: Mapping[tuple[str, str, str], Mapping[str, Any]],
        lane_groups: Mapping[str, Mapping[str, Any]],
    ) -> dict[str, float]:
        rows = [movements[at] for at in ((brought.signal, *way) for way in brought.ways) if at in movements]
        hours = (number(run, "end_s") - number(run, "begin_s")) / 3600.0
        vehicles = _column(rows, "vehicles")
        found = {
            "vehicles": float(vehicles.sum()),
            "volume_veh_h": float(_column(rows, "served_veh").sum()) / hours if rows else float("nan"),
            "control_delay_s": _by_vehicle(vehicles, _column(rows, "control_delay_s")),
            "on_green_share": _by_vehicle(vehicles, _column(rows, "on_green_share")),
        }
        if brought.level == LANE_GROUP:
            groups = [lane_groups.get(row["lane_group"], {}) for row in rows]
            found |= {key: _worst(_column(groups, key)) for key in ("degree", "back_p95_m")}
        return found


def _movements(summary: Summary) -> dict[tuple[str, str, str], dict[str, Any]]:
    table = summary["movements"]
    rows = (dict(zip(table, cells, strict=True)) for cells in zip(*table.values(), strict=True))
    return {(row["signal"], row["approach"], row["exit"]): row for row in rows}


def _lane_groups(summary: Summary) -> dict[str, dict[str, Any]]:
    table = summary.get("lane_groups") or {"lane_group": []}
    rows = (dict(zip(table, cells, strict=True)) for cells in zip(*table.values(), strict=True))
    return {row["lane_group"]: row for row in rows}


def _column(rows: Sequence[Mapping[str, Any]], key: str) -> Any:
    return np.array([np.nan if row.get(key) is None else row[key] for row in rows], dtype=float)


def _by_vehicle(vehicles: Any, values: Any) -> float:
    """The mean over the vehicles of the movements that have a value."""
    told = np.isfinite(values) & (vehicles > 0)
    return float((values[told] * vehicles[told]).sum() / vehicles[told].sum()) if told.any() else float("nan")


def _worst(values: Any) -> float:
    told = values[np.isfinite(values)]
    return float(told.max()) if len(told) else float("nan")


def _mean(values: Any) -> float:
    told = values[np.isfinite(values)]
    return float(told.mean()) if len(told) else float("nan")
