"""What SUMO would say of candidates not simulated yet: the fast model, corrected by what was simulated.

What arises at each signal (at_signals.py) is observed by itself: a + b · (model's estimate there) + a Gaussian process
of what of the plan matters there. What is left of the objective (who waits to get in, gases) is observed in sum:
c + d · (model's estimates) + a process whose kernel is the mean of those of the signals. So one simulation is as many
observations as there are signals, each of a few coordinates.

A seed adds the same to all its runs, nothing in the mean over the seeds: one that was hard on a few candidates would
make all others that met it look good. Noise grows with the value: what a jam takes is a matter of chance, what a good
candidate takes is not.

Source: C. E. Rasmussen and C. K. I. Williams, Gaussian Processes for Machine Learning, MIT Press 2006, ch. 2 and 5
(regression, explicit basis functions, marginal likelihood), 4.2 (Matérn's covariance), A.3 (inverse and determinant of
a matrix and one of low rank); D. Duvenaud et al., Additive Gaussian Processes, NIPS 2011 (sums of processes).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.optimize import nnls

from zhasyl.arrays import FloatArray, IntArray

LENGTHS = (0.7, 1.4, 2.8, 5.6)  # of the kernel, times the root of half the features
NOISES = (0.05, 0.2, 0.5, 1.0, 2.0)  # variance of the noise of good candidates over that of the process
NOISIEST = 10.0  # times as large a standard deviation has the noise of the worst at most
MOST_POINTS = 400  # of the process
SEED_EFFECTS = (0.0, 0.01, 0.1, 1.0)  # variance of what a seed adds over that of the process
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

    `local` [n, parts] is what was observed at each part, `rest` [n] what the objective has beside it, both with the
    seed in `seeds` [n]. Lines are of all candidates, processes of `known`: places of at most MOST_POINTS, half of them
    the best and half from among all others, as who knows the best alone takes what was bad for good.
    """

    def __init__(
        self, rows: Rows, estimates: FloatArray, local: FloatArray, rest: FloatArray, seeds: Sequence[int]
    ) -> None:
        total = local.sum(axis=1) + rest
        order = np.argsort(total, kind="stable")
        told = _spread(len(order))
        self.known = order[told]
        rows = [one[order] for one in rows]
        added, noisier = _by_seed(np.array(seeds)[self.known]), _noisier(total[self.known])
        same = np.ptp(local, axis=0) == 0
        self._same = float(local[0, same].sum())
        self._parts = [
            (part, _fit([one], estimates[order, part : part + 1], local[order, part], told, added, noisier))
            for part, one in enumerate(rows)
            if not same[part]
        ]
        self._rest = _fit(rows, estimates[order], rest[order], told, added, noisier)

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


def _by_seed(seeds: IntArray) -> FloatArray:
    """Columns for the seeds [n, seeds]: a run is of its own and not of the mean one."""
    own = (seeds[:, None] == np.unique(seeds)).astype(float)
    columns: FloatArray = own - 1.0 / own.shape[1]
    return columns


def _noisier(values: FloatArray) -> FloatArray:
    """How many times the variance of noise is that of good candidates: its deviation is in proportion to the value."""
    good = float(np.quantile(values, 0.25))
    return np.square(np.clip(values / good, 1.0, NOISIEST)) if good > 0 else np.ones_like(values)


def _fit(
    rows: Rows, estimates: FloatArray, values: FloatArray, told: IntArray, added: FloatArray, noisier: FloatArray
) -> _Fit:
    low, middle, high = np.quantile(values, (0.25, 0.5, 0.75))
    known = np.minimum(values, middle + max((LARGEST - 1) * abs(middle), LARGEST * (high - low)))
    slopes, level = _line(estimates, known)
    rest = (known - level - estimates @ slopes)[told]
    rows = [one[told] for one in rows]
    kernels = {length: _kernel(rows, rows, length) for length in LENGTHS}
    fits = [
        (likelihood, length, noise, effect, variance)
        for length, noise in product(LENGTHS, NOISES)
        for effect, likelihood, variance in _likelihoods(kernels[length] + noise * np.diag(noisier), rest, added)
    ]
    _, length, noise, effect, variance = max(fits, key=lambda one: one[0])
    covariance = kernels[length] + noise * np.diag(noisier) + effect * added @ added.T
    inverse: FloatArray = np.asarray(np.linalg.inv(np.linalg.cholesky(covariance)), dtype=float)
    return _Fit(rows, length, slopes, level, float(np.sqrt(variance)), inverse, inverse.T @ (inverse @ rest))


def _likelihoods(covariance: FloatArray, values: FloatArray, added: FloatArray) -> Iterator[tuple[float, float, float]]:
    """Each of SEED_EFFECTS, the log likelihood of values with it, and the process's variance."""
    factor = cho_factor(covariance, lower=True, check_finite=False)
    columns = np.concatenate([values[:, None], added], axis=1)
    inner = columns.T @ cho_solve(factor, columns, check_finite=False)
    determinant = 2.0 * float(np.log(np.diag(factor[0])).sum())
    for effect in SEED_EFFECTS:
        seeds = np.eye(added.shape[1]) + effect * inner[1:, 1:]
        square = float(inner[0, 0] - effect * inner[0, 1:] @ np.linalg.solve(seeds, inner[1:, 0]))
        variance = max(square / len(values), 1e-12)
        likelihood = -0.5 * (len(values) * np.log(variance) + determinant + float(np.linalg.slogdet(seeds)[1]))
        yield effect, likelihood, variance


def _line(estimates: FloatArray, values: FloatArray) -> tuple[FloatArray, float]:
    """Slopes, none negative and small ones preferred, and level of the values over the estimates."""
    spread = estimates.std(axis=0)
    scaled = (estimates - estimates.mean(axis=0)) / np.where(spread > 1e-9, spread, np.inf)
    shrunk = np.concatenate([scaled, np.sqrt(SHRUNK * len(values)) * np.eye(scaled.shape[1])])
    wanted = np.concatenate([values - values.mean(), np.zeros(scaled.shape[1])])
    slopes = nnls(shrunk, wanted)[0] / np.where(spread > 1e-9, spread, 1.0)
    return slopes, float(values.mean() - estimates.mean(axis=0) @ slopes)


def _kernel(some: Rows, others: Rows, length: float) -> FloatArray:
    """Matérn's with 3/2, mean over parts."""
    total = np.zeros((len(some[0]), len(others[0])))
    for one, other in zip(some, others, strict=True):
        square = np.square(one).sum(axis=1)[:, None] + np.square(other).sum(axis=1) - 2 * one @ other.T
        far = np.sqrt(6.0 * np.maximum(square, 0.0) / one.shape[1]) / length
        total += (1.0 + far) * np.exp(-far)
    return total / len(some)
