"""Student's t of few values whose variance is learnt from other samples, too: the moderated t.

The variances of k samples are taken to be draws from one inverse gamma distribution, whose two numbers are estimated
from them; each variance is then the mean of its own and the common one, weighted by their degrees of freedom. Where the
samples' variances differ as widely as chance alone has it the common one counts fully, where they differ more it counts
less. No variance is known better than all samples together tell it: their degrees of freedom are the most there are
(as in limma's eBayes, its authors' program).

Source: G. K. Smyth, Linear models and empirical Bayes methods for assessing differential expression in microarray
experiments, Statistical Applications in Genetics and Molecular Biology 3, 2004, sections 3 and 6.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from zhasyl.arrays import FloatArray
from zhasyl.optimise.statistics.student import both_tails

MOST_FREEDOM = 1e6  # a common variance known this well is as good as certain


class Prior(NamedTuple):
    """The common variance, how many degrees of freedom it is worth, and how many all samples have together."""

    variance: float
    freedom: float
    pooled: float = math.inf


def prior(variances: Sequence[float], freedom: int) -> Prior:
    """What the variances of two or more samples, each positive and of `freedom` degrees of freedom, have in common."""
    from scipy.optimize import brentq
    from scipy.special import digamma, polygamma

    logs = np.log(variances)
    half, pooled = freedom / 2, float(freedom * len(variances))
    excess = float(np.var(logs, ddof=1)) - float(polygamma(1, half))
    level = float(np.mean(logs)) - float(digamma(half)) + math.log(half)
    if excess <= float(polygamma(1, MOST_FREEDOM / 2)):
        return Prior(math.exp(level), MOST_FREEDOM, pooled)
    worth = float(brentq(lambda one: float(polygamma(1, one)) - excess, 1e-4, MOST_FREEDOM / 2))
    return Prior(math.exp(level + float(digamma(worth)) - math.log(worth)), 2 * worth, pooled)


def p_value(differences: FloatArray, known: Prior | None = None, least_variance: float = 0.0) -> float:
    """The two-sided p-value of a mean of n >= 2 differences against 0.

    `least_variance` is what the differences have at least, however alike a few of them are.
    """
    mean, freedom = float(np.mean(differences)), len(differences) - 1.0
    variance = max(float(np.var(differences, ddof=1)), least_variance)
    if known is not None:
        variance = (known.freedom * known.variance + freedom * variance) / (known.freedom + freedom)
        freedom = min(freedom + known.freedom, known.pooled)
    if variance == 0:
        return float(mean == 0)
    return both_tails(freedom, abs(mean) / math.sqrt(variance / len(differences)))
