"""What the proven plan brings of the objective, on the seeds of the proof."""

import math
from dataclasses import dataclass

import numpy as np

from zhasyl.optimise.result import Result
from zhasyl.optimise.statistics.intervals import CONFIDENCE, mean_interval
from zhasyl.reports.optimisation.changes import both_plans


@dataclass(frozen=True)
class Gain:
    """The objective under both plans over n seeds, in its unit; the interval is None where there is none."""

    n: int
    before: float
    after: float
    low: float | None
    high: float | None
    confidence: float


def gain(result: Result) -> Gain | None:
    """What the found plan brings of the objective: from the proof, or for a weighted sum from its runs."""
    first = next((one for one in result.proof if one.measure == result.objective.key), None)
    if first is None:
        return _gain_of_runs(result)
    if first.baseline_mean is None or first.candidate_mean is None:
        return None
    return Gain(first.n, first.baseline_mean, first.candidate_mean, first.low, first.high, first.confidence)


def _gain_of_runs(result: Result) -> Gain | None:
    present, found = (
        {run["seed"]: result.objective.value(run) for run in runs}
        for runs in both_plans([record.values for record in result.records])
    )
    pairs = [(present[seed], found[seed]) for seed in present if seed in found]
    if not pairs or not all(math.isfinite(value) for pair in pairs for value in pair):
        return None
    before, after = (float(np.mean(values)) for values in zip(*pairs, strict=True))
    if len(pairs) < 2:
        return Gain(len(pairs), before, after, None, None, CONFIDENCE)
    interval = mean_interval([second - first for first, second in pairs], CONFIDENCE)
    return Gain(len(pairs), before, after, interval.low, interval.high, CONFIDENCE)
