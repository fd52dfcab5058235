"""Lines of public transport over the seeds of each controller."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from zhasyl.optimise.statistics.comparison import Record
from zhasyl.reports.aggregates import delay_over_seeds
from zhasyl.reports.records import RunSummaries, by_label, done


def line_rows(records: Sequence[Record], summaries: RunSummaries) -> list[dict[str, Any]]:
    """One row per label and line: n (seeds), vehicle_class, trips (mean over seeds), bus_delay_s, bus_delay_p95_s.

    The mean delay is of all trips of all seeds, with half the width of its 95 % interval over seeds (ratio estimator,
    as for approaches); the percentile is of all trips of all seeds, as a line has few in one.
    """
    rows = []
    for label, runs in by_label(records).items():
        told = [own for run in done(runs) if (own := summaries(run).get("lines")) is not None]
        delays: dict[str, dict[int, list[float]]] = {}
        kinds: dict[str, str] = {}
        for run, own in enumerate(told):
            for line, kind, delays_s in zip(own["line"], own["vehicle_class"], own["delays_s"], strict=True):
                delays.setdefault(line, {})[run] = delays_s
                kinds.setdefault(line, kind)
        rows += [_line(label, line, kinds[line], by_run, len(told)) for line, by_run in sorted(delays.items())]
    return rows


def _line(label: str, line: str, kind: str, by_run: Mapping[int, Sequence[float]], n: int) -> dict[str, Any]:
    trips = np.array([len(by_run.get(run, ())) for run in range(n)], dtype=float)
    mean_s = np.array([np.mean(by_run[run]) if run in by_run else np.nan for run in range(n)])
    delay_s, half_width_s = delay_over_seeds(trips, mean_s)
    every_s = np.concatenate(list(by_run.values()))
    return {
        "label": label,
        "line": line,
        "vehicle_class": kind,
        "n": n,
        "trips": float(trips.mean()),
        "bus_delay_s": delay_s,
        "bus_delay_s_half_width": half_width_s,
        "bus_delay_p95_s": float(np.quantile(every_s, 0.95)),
    }
