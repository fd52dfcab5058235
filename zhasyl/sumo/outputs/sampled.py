"""The total of what was measured on a random share of the vehicles, and its standard error.

Regression estimator: C.-E. Särndal, B. Swensson, J. Wretman, Model Assisted Survey Sampling, 1992, section 6.4. What is
known of every vehicle (its time and distance, stops, time lost) explains what is measured on some; what that leaves
unexplained says how far off the total may be.
"""

import numpy as np
import numpy.typing as npt

LEAST_OF_KIND = 30  # a kind with fewer measured vehicles is explained together with the other such kinds
LEAST_PER_TERM = 10  # with fewer measured vehicles per known quantity, the first one alone explains

Floats = npt.NDArray[np.float64]


def total_of_sample(values: Floats, known: Floats, kinds: npt.NDArray[np.int64]) -> tuple[float, float]:
    """Total over all vehicles and its standard error; NaN where fewer than two were measured.

    values  [vehicle]         what was measured, NaN where it was not
    known   [vehicle, term]   what is known of every vehicle, the most telling first
    kinds   [vehicle]         its kind, 0, 1, 2, ...
    """
    measured = np.isfinite(values)
    enough = np.bincount(kinds[measured], minlength=int(kinds.max(initial=0)) + 1) >= LEAST_OF_KIND
    group = np.where(enough[kinds], kinds, -1)
    rare = group < 0
    if rare.any() and np.count_nonzero(measured & rare) < 2:  # too few even together
        group[:] = -1
    parts = [_total(values[group == one], known[group == one]) for one in np.unique(group)]
    return sum(part[0] for part in parts), float(np.sqrt(sum(part[1] for part in parts)))


def _total(values: Floats, known: Floats) -> tuple[float, float]:
    """Total of one group and its variance."""
    measured = np.isfinite(values)
    count, size = np.count_nonzero(measured), len(values)
    if count == size:
        return float(values.sum()), 0.0
    if count < 2:
        return float("nan"), float("nan")
    terms = known if count >= LEAST_PER_TERM * known.shape[1] else known[:, :1]
    weights, *_ = np.linalg.lstsq(terms[measured], values[measured], rcond=None)
    residual = values[measured] - terms[measured] @ weights
    total = float((terms @ weights).sum() + size * residual.mean())
    spread = float(((residual - residual.mean()) ** 2).sum()) / max(count - terms.shape[1], 1)
    return total, size**2 * (1 - count / size) * spread / count
