"""How many runs a mean calls for, by the rule of the traffic engineers' guidelines.

The smallest n with  t(0.975; n − 1) · s / √n <= tolerance · mean,  and at least 10:

- FHWA, Traffic Analysis Toolbox, volume III, FHWA-HRT-04-040 (2004), appendix B: the number of repetitions from
  the standard deviation s of preliminary runs and Student's t at the number sought, hence by iteration;
- TxDOT, Traffic and Safety Analysis Procedures Manual, section 13.7.2: a tolerance in per cent of the mean at
  95 % confidence, 10 runs as a rule at the least (and at most 25 a project: not applied here, it is a cap on cost).
"""

import math
from collections.abc import Sequence

import numpy as np

from zhasyl.optimise.statistics.intervals import CONFIDENCE
from zhasyl.optimise.statistics.student import quantile

LEAST_RUNS = 10  # TxDOT, 13.7.2
MOST_RUNS = 10**9  # a mean so near 0 that it calls for more is 0 for this purpose
TOLERANCE = 0.05


def runs_needed(values: Sequence[float], tolerance: float = TOLERANCE) -> int | None:
    """How many runs the spread of `values`, one per seed, calls for; at least 10.

    `tolerance` is a share of the mean, above 0. None when it cannot be told: fewer than 2 values, one that is
    no finite number, or a mean of 0.
    """
    if len(values) < 2 or not all(map(math.isfinite, values)):
        return None
    spread, tolerated = float(np.std(values, ddof=1)), tolerance * abs(float(np.mean(values)))
    if tolerated == 0 or not _enough(MOST_RUNS, spread / tolerated):
        return None
    low, high = LEAST_RUNS - 1, LEAST_RUNS
    while not _enough(high, spread / tolerated):
        low, high = high, 2 * high
    while high - low > 1:  # more runs always narrow the interval, so halving finds the least that do
        middle = (low + high) // 2
        low, high = (low, middle) if _enough(middle, spread / tolerated) else (middle, high)
    return high


def _enough(n: int, ratio: float) -> bool:
    """Do n runs hold the interval, when s is `ratio` times the tolerated half width?"""
    return quantile(n - 1, (1 + CONFIDENCE) / 2) * ratio <= math.sqrt(n)
