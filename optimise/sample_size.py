"""How many runs the observed spread calls for.

Source: FHWA, Traffic Analysis Toolbox volume III, and the simulation guidelines of TxDOT: at least ten runs, and
so many that t(0.975; n − 1) · s / √n is within the tolerance of the mean.
"""

import math
from collections.abc import Sequence

import numpy as np

from zhasyl.optimise.intervals import t_quantile

FEWEST_RUNS = 10
MOST_RUNS = 1_000_000
TOLERANCE = 0.05


def runs_needed(values: Sequence[float], tolerance: float = TOLERANCE) -> int | None:
    """Runs that let the 95 % interval of the mean lie within ± tolerance of it; None if that cannot be told.

    `values` are one measure of the runs there are; fewer than two, a mean of zero, or one that would take a
    million runs cannot be told.
    """
    if len(values) < 2 or not all(map(math.isfinite, values)):
        return None
    width = tolerance * abs(float(np.mean(values)))
    spread = float(np.std(values, ddof=1))
    if not width or spread / width > math.sqrt(MOST_RUNS) / 2:
        return None
    low, high = FEWEST_RUNS - 1, MOST_RUNS
    while high - low > 1:
        middle = (low + high) // 2
        enough = t_quantile(0.975, middle - 1) * spread / math.sqrt(middle) <= width
        low, high = (low, middle) if enough else (middle, high)
    return high
