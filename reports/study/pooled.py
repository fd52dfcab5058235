"""One figure over several situations: a controller's mean delay by that of another one, paired by seed.

The geometric mean, over seeds and situations, which count alike: whatever the reference, it ranks controllers alike
(P. J. Fleming and J. J. Wallace, Comm. ACM 29, 1986). Its interval is over the seeds that all situations share.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from zhasyl.optimise.statistics.comparison import Record, number
from zhasyl.optimise.statistics.intervals import mean_interval
from zhasyl.reports.records import done
from zhasyl.reports.study.situations import MEASURE

Pair = tuple[Sequence[Record], Sequence[Record]]  # the runs of the reference and of the controller in one situation


@dataclass(frozen=True)
class Pooled:
    """By which share of the reference's mean delay a controller's differs.

    All None where a situation has no value; the interval also below two seeds, or where the seeds are not the same.
    """

    mean: float | None = None
    low: float | None = None
    high: float | None = None


def pooled(situations: Sequence[Pair], confidence: float) -> Pooled:
    """The figure over situations, each given by its runs; those that failed take no part."""
    by_seed = [_ratios(reference, own) for reference, own in situations]
    if not by_seed or not all(by_seed) or not all(math.isfinite(one) for own in by_seed for one in own.values()):
        return Pooled()
    mean = math.expm1(np.mean([np.mean(list(own.values())) for own in by_seed]))
    seeds = sorted(by_seed[0], key=repr)
    if len(seeds) < 2 or any(own.keys() != by_seed[0].keys() for own in by_seed):
        return Pooled(mean)
    values = [float(np.mean([own[seed] for own in by_seed])) for seed in seeds]
    interval = mean_interval(values, confidence)
    return Pooled(mean, math.expm1(interval.low), math.expm1(interval.high))


def _ratios(reference: Sequence[Record], own: Sequence[Record]) -> Mapping[object, float]:
    """By seed, the logarithm of a controller's mean delay by the reference's; NaN where one has none."""
    before, after = ({run["seed"]: number(run, MEASURE) for run in done(runs)} for runs in (reference, own))
    return {seed: _log(after[seed]) - _log(before[seed]) for seed in before.keys() & after.keys()}


def _log(delay_s: float) -> float:
    return math.log(delay_s) if delay_s > 0 else math.nan
