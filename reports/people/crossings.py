"""Signalised crossings over the seeds of each controller."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from zhasyl.measures import pedestrian_level_of_service
from zhasyl.optimise.statistics.comparison import Record
from zhasyl.reports.aggregates import delay_over_seeds
from zhasyl.reports.languages.places import place
from zhasyl.reports.records import RunSummaries, by_label, done
from zhasyl.text.language import _
from zhasyl.walks import SIDES, TRAFFIC

WORDS = frozenset({*SIDES, *TRAFFIC})
Place = tuple[str, str]
"""Signal and crossing."""


def called(name: str) -> str:
    """A crossing in the language spoken: 'Abay avenue, west side, entering traffic'."""
    street, comma, word = name.rpartition(", ")
    return f"{called(street)}, {_(word)}" if comma and word in WORDS else place(name)


def crossing_rows(records: Sequence[Record], summaries: RunSummaries) -> list[dict[str, Any]]:
    """One row per label and crossing that anybody walks: n (seeds), name, walkers, delay with its percentile, los.

    The mean delay is of all walkers of all seeds, with half the width of its 95 % interval over seeds (ratio
    estimator); walkers and the percentile are means over seeds.
    """
    rows = []
    for label, runs in by_label(records).items():
        told = [own for run in done(runs) if (own := summaries(run).get("crossings")) is not None]
        places: dict[Place, list[Mapping[str, Any]]] = {}
        for own in told:
            for cells in zip(*own.values(), strict=True):
                row = dict(zip(own, cells, strict=True))
                places.setdefault((row["signal"], row["crossing"]), []).append(row)
        rows += [_crossing(label, where, found) for where, found in places.items()]
    return [row for row in rows if row["walkers"] > 0]


def _crossing(label: str, where: Place, found: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    walkers, mean_s, p95_s = (
        np.array([np.nan if row[key] is None else row[key] for row in found], dtype=float)
        for key in ("walkers", "crossing_delay_s", "crossing_delay_p95_s")
    )
    delay_s, half_width_s = delay_over_seeds(walkers, mean_s)
    walked = np.isfinite(p95_s)
    return {
        "label": label,
        **dict(zip(("signal", "crossing"), where, strict=True)),
        "name": found[0]["name"],
        "n": len(found),
        "walkers": float(walkers.mean()),
        "crossing_delay_s": delay_s,
        "crossing_delay_s_half_width": half_width_s,
        "crossing_delay_p95_s": float(p95_s[walked].mean()) if walked.any() else float("nan"),
        "los": pedestrian_level_of_service(delay_s),
    }
