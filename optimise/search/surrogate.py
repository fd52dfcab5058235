"""What SUMO would say of candidates not simulated yet: the fast model, corrected by what was simulated.

What arises at each signal (at_signals.py) is observed by itself: a + b · (model's estimate there) + a Gaussian process
of what of the plan matters there. What is left of the objective (who waits to get in, gases) is observed in sum:
c + d · (model's estimates) + a process whose kernel is the mean of those of the signals. So one simulation is as many
observations as there are signals, each of a few coordinates.

Source: C. E. Rasmussen and C. K. I. Williams, Gaussian Processes for Machine Learning, MIT Press 2006, ch. 2 and 5
(regression, marginal likelihood); D. Duvenaud et al., Additive Gaussian Processes, NIPS 2011 (sums of processes).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.optimize import nnls

from zhasyl.arrays import FloatArray, IntArray

LENGTHS = (0.7, 1.4, 2.8, 5.6)  # of the kernel, times the root of half the features
NOISES = (0.05, 0.2, 0.5, 1.0, 2.0)  # variance of the noise over that of the process
MOST_POINTS = 400  # of the process
SHRUNK = 0.1  # ridge of the slopes, as a share of the values
LARGEST = 3.0  # times the median, or quartiles beyond it: worse values say only that a candidate is bad

Rows = Sequence[FloatArray]
"""Features by part [n, f]."""


@dataclass(frozen=True)
class _Fit:
    """A line over the model's estimates and a process over the features of some parts."""

    rows: Rows
    length: float
    slopes: FloatArray
    level: float
    scale: float
    inverse: FloatArray  # of the covariance's lower factor: a product with it takes a small part of solving anew
    weights: FloatArray

    def predict(self, rows: Rows, estimates: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Mean and standard deviation [c], from features and estimates [c, parts] of the parts."""
        cross = _kernel(rows, self.rows, self.length)
        mean = self.level + estimates @ self.slopes + cross @ self.weights
        left = np.maximum(1.0 - np.square(self.inverse @ cross.T).sum(axis=0), 1e-6)
        return mean, self.scale * np.sqrt(left)


class Surrogate:
    """Fitted to candidates with features (by part [n, f]) and estimates of the model [n, parts].

    `local` [n, parts] is what was observed at each part, `rest` [n] what the objective has beside it. Lines are of all
    candidates, processes of `known`: places of at most MOST_POINTS, half of them the best and half from among all
    others, as who knows the best alone takes what was bad for good.
    """

    def __init__(self, rows: Rows, estimates: FloatArray, local: FloatArray, rest: FloatArray) -> None:
        order = np.argsort(local.sum(axis=1) + rest, kind="stable")
        told = _spread(len(order))
        self.known = order[told]
        rows = [one[order] for one in rows]
        same = np.ptp(local, axis=0) == 0
        self._same = float(local[0, same].sum())
        self._parts = [
            (part, _fit([one], estimates[order, part : part + 1], local[order, part], told))
            for part, one in enumerate(rows)
            if not same[part]
        ]
        self._rest = _fit(rows, estimates[order], rest[order], told)

    def predict(self, rows: Rows, estimates: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Mean [c] of the objective, and its standard deviation."""
        told = [fit.predict([rows[part]], estimates[:, part : part + 1]) for part, fit in self._parts]
        told.append(self._rest.predict(rows, estimates))
        mean = self._same + np.sum([one for one, _ in told], axis=0)
        return mean, np.sqrt(np.sum([np.square(one) for _, one in told], axis=0))


def _spread(count: int) -> IntArray:
    """The ranks of those that a process knows."""
    best = min(count, MOST_POINTS if count <= MOST_POINTS else MOST_POINTS // 2)
    others = np.linspace(best, count - 1, min(count, MOST_POINTS) - best)
    return np.concatenate([np.arange(best), np.round(others)]).astype(np.intp)


def _fit(rows: Rows, estimates: FloatArray, values: FloatArray, told: IntArray) -> _Fit:
    low, middle, high = np.quantile(values, (0.25, 0.5, 0.75))
    known = np.minimum(values, middle + max((LARGEST - 1) * abs(middle), LARGEST * (high - low)))
    slopes, level = _line(estimates, known)
    rest = (known - level - estimates @ slopes)[told]
    rows = [one[told] for one in rows]
    fits: list[tuple[float, float, float, FloatArray, FloatArray]] = []
    for length in LENGTHS:
        kernel = _kernel(rows, rows, length)
        for noise in NOISES:
            factor = cho_factor(kernel + noise * np.eye(len(rest)), lower=True, check_finite=False)
            weights = cho_solve(factor, rest, check_finite=False)
            variance = max(float(rest @ weights) / len(rest), 1e-12)
            likelihood = -0.5 * len(rest) * np.log(variance) - float(np.log(np.diag(factor[0])).sum())
            fits.append((likelihood, length, float(np.sqrt(variance)), factor[0], weights))
    _, length, scale, lower, weights = max(fits, key=lambda one: one[0])
    inverse: FloatArray = np.asarray(np.linalg.inv(np.tril(lower)), dtype=float)
    return _Fit(rows, length, slopes, level, scale, inverse, weights)


def _line(estimates: FloatArray, values: FloatArray) -> tuple[FloatArray, float]:
    """Slopes, none negative and small ones preferred, and level of the values over the estimates."""
    spread = estimates.std(axis=0)
    scaled = (estimates - estimates.mean(axis=0)) / np.where(spread > 1e-9, spread, np.inf)
    shrunk = np.concatenate([scaled, np.sqrt(SHRUNK * len(values)) * np.eye(scaled.shape[1])])
    wanted = np.concatenate([values - values.mean(), np.zeros(scaled.shape[1])])
    slopes = nnls(shrunk, wanted)[0] / np.where(spread > 1e-9, spread, 1.0)
    return slopes, float(values.mean() - estimates.mean(axis=0) @ slopes)


def _kernel(some: Rows, others: Rows, length: float) -> FloatArray:
    """Squared exponential, mean over parts."""
    total = np.zeros((len(some[0]), len(others[0])))
    for one, other in zip(some, others, strict=True):
        square = np.square(one).sum(axis=1)[:, None] + np.square(other).sum(axis=1) - 2 * one @ other.T
        total += np.exp(np.maximum(square, 0.0) / (-length * length * one.shape[1]))
    return total / len(some)
