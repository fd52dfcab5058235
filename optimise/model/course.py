"""How the demand rises and falls within the scenario's period, by road: a peak leaves queues that a mean does not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from zhasyl.arrays import FloatArray
from zhasyl.scenarios import Scenario
from zhasyl.scenarios.demand.volumes import departures, kept_rows

SLICE_S, MOST_SLICES = 150.0, 32


@dataclass(frozen=True)
class Course:
    """Vehicles by road and slice of the measured period; before it `warm` slices of warm-up."""

    slice_s: float
    warm: int
    measured: int
    counts: Mapping[str, FloatArray]
    trips_vps: float

    def of(self, edges: Sequence[str]) -> FloatArray:
        """Demand of the roads by slice [edge, slice], 1 on average; in the warm-up as in the first slice.

        What chance alone would vary is taken out, by the variance beyond that of Poisson counts: HCM's random delay
        stands for it already.
        """
        nobody = np.zeros(self.measured)
        counts = np.array([self.counts.get(edge, nobody) for edge in edges]).reshape(len(edges), self.measured)
        mean = np.maximum(counts.mean(axis=1, keepdims=True), 1e-9)
        beyond = 1.0 - mean / np.maximum(counts.var(axis=1, keepdims=True, ddof=min(1, self.measured - 1)), 1e-9)
        profile = 1.0 + np.clip(beyond, 0.0, 1.0) * (counts / mean - 1.0)
        return np.hstack([np.repeat(profile[:, :1], self.warm, axis=1), profile])


@lru_cache(maxsize=8)
def course_of(scenario: Scenario) -> Course:
    """The course of a scenario's demand, by when who passes a road departs; routed once, and kept as volumes are."""
    period_s = scenario.end_s - scenario.begin_s
    measured = max(1, min(MOST_SLICES, round(period_s / SLICE_S)))
    slice_s = period_s / measured
    rows = kept_rows(scenario, f"course in {measured}", lambda: _rows(scenario, measured))
    counts = {edge: np.array(own, dtype=float) for edge, own in rows["edges"].items()}
    warm = min(round(scenario.warm_up_s / slice_s), MOST_SLICES)
    return Course(slice_s, warm, measured, counts, rows["trips"] / period_s)


def _rows(scenario: Scenario, slices: int) -> dict[str, Any]:
    edges: dict[str, list[float]] = {}
    trips = 0.0
    for one in departures(scenario):
        share = (one.depart_s - scenario.begin_s) / (scenario.end_s - scenario.begin_s)
        place = min(int(share * slices), slices - 1)
        trips += one.vehicles
        for edge in one.edges:
            edges.setdefault(edge, [0.0] * slices)[place] += one.vehicles
    return {"edges": edges, "trips": trips}
