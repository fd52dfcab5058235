"""What chance makes of the runs of several candidates that met the same seeds."""

from dataclasses import dataclass

import numpy as np

from zhasyl.arrays import FloatArray
from zhasyl.optimise.statistics.intervals import CONFIDENCE, half_widths
from zhasyl.optimise.statistics.student import quantile

MAD_EFFICIENCY = 0.37  # of the median absolute deviation as an estimate of a normal standard deviation
WIDEST = 3.0  # times the common noise: a difference whose spread is wider has its own
HALF_WITHIN = 0.6745  # standard deviations about the mean within which half of a normal distribution lies


@dataclass(frozen=True)
class Noise:
    """What is left of a run without its candidate's and its seed's share: two-way layout without replication.

    deviation   the standard deviation of a run [o]; by medians, so that a few gridlocks do not pass for noise
    freedom     degrees of freedom: a median is worth MAD_EFFICIENCY of them

    Source: P. J. Rousseeuw and C. Croux, Alternatives to the median absolute deviation, J. Am. Stat. Assoc. 88 (1993)
    1273-1283.
    """

    deviation: FloatArray
    freedom: float

    @classmethod
    def of(cls, runs: FloatArray) -> "Noise":
        """That all have in common of runs [n, seeds, o]; 0 where one candidate or one seed tells nothing of it."""
        candidates, seeds = runs.shape[:2]
        if min(candidates, seeds) < 2:
            return cls(np.zeros(runs.shape[2]), 1.0)
        left = runs - runs.mean(axis=1, keepdims=True)
        left = left - np.median(left, axis=0)
        free: float = (1 - 1 / candidates) * (1 - 1 / seeds)
        deviation = np.median(np.abs(left), axis=(0, 1)) / (HALF_WITHIN * np.sqrt(free))
        return cls(deviation, max(1.0, MAD_EFFICIENCY * (candidates - 1) * (seeds - 1)))

    def margin(self, seeds: int) -> FloatArray:
        """Half the 95 % interval of a difference of two candidates' means over so many seeds [o]."""
        half: FloatArray = quantile(self.freedom, (1 + CONFIDENCE) / 2) * self.deviation * np.sqrt(2 / seeds)
        return half

    def half_widths(self, differences: FloatArray) -> FloatArray:
        """The same for two candidates with these differences by seed [seeds, o]; NaN with one seed.

        Where their own spread is too wide for the common noise, as where one of them jams with a seed, it is
        Student's t of the differences.
        """
        seeds = len(differences)
        if seeds < 2:
            return np.full(differences.shape[1], np.nan)
        spread = differences.std(axis=0, ddof=1)
        common = spread <= WIDEST * np.sqrt(2) * self.deviation
        return np.where(common, self.margin(seeds), half_widths(spread, np.full(spread.shape, seeds)))
