"""How well the fast model ranks plans as SUMO does."""

import numpy as np
from scipy.stats import spearmanr

from zhasyl.arrays import FloatArray
from zhasyl.optimise.result import ModelCheck

GOOD = 0.5  # Spearman's rank correlation from which the model is a help
LEAST_PLANS = 8


def agreement(estimated: FloatArray, measured: FloatArray) -> ModelCheck:
    """The rank correlation of estimates and measured values of the same plans, both [n]."""
    known = np.isfinite(estimated) & np.isfinite(measured)
    count = int(known.sum())
    if count < LEAST_PLANS or np.ptp(estimated[known]) == 0 or np.ptp(measured[known]) == 0:
        few = f"{count} plans are too few to tell how well the fast model ranks"
        return ModelCheck(float("nan"), count, False, few)
    value = float(spearmanr(estimated[known], measured[known]).statistic)
    if value >= GOOD:
        return ModelCheck(value, count, True)
    return ModelCheck(
        value,
        count,
        False,
        f"the fast model is no good here: its rank correlation with SUMO over {count} plans is {value:.2f}, below "
        f"{GOOD:g}; the search went by SUMO's runs",
    )
