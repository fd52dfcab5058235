"""What SUMO would say of plans not simulated yet: the fast model, corrected at each signal by what was simulated.

At each signal: value = a + b · (model's estimate) + Gaussian process of the plan's features; the value of a plan is the
sum over signals. One simulation is thus as many observations as there are signals, each of a few coordinates.

Source: C. E. Rasmussen and C. K. I. Williams, Gaussian Processes for Machine Learning, MIT Press 2006, ch. 2 and 5
(regression, marginal likelihood); D. Duvenaud et al., Additive Gaussian Processes, NIPS 2011 (sums of processes).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve, solve_triangular

from zhasyl.arrays import FloatArray

LENGTHS = (0.7, 1.4, 2.8, 5.6)  # of the kernel, times the root of half the features
NOISES = (0.05, 0.2, 0.5, 1.0, 2.0)  # variance of the noise over that of the process
MOST_POINTS = 400  # of the process: the best are kept
LARGEST = 3.0  # times the median: worse values say only that a plan is bad


@dataclass(frozen=True)
class _Fit:
    """The process of one signal."""

    features: FloatArray  # [n, f]
    length: float
    slope: float
    level: float
    scale: float
    factor: tuple[FloatArray, bool]
    weights: FloatArray

    def predict(self, features: FloatArray, estimate: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Mean and standard deviation [c]."""
        cross = _kernel(features, self.features, self.length)
        mean = self.level + self.slope * estimate + cross @ self.weights
        solved = solve_triangular(self.factor[0], cross.T, lower=True, check_finite=False)
        left = np.maximum(1.0 - np.square(solved).sum(axis=0), 1e-6)
        return mean, self.scale * np.sqrt(left)


class Surrogate:
    """Fitted to values [n, s] of plans with features (by signal [n, f]) and estimates of the model [n, s]."""

    def __init__(self, features: Sequence[FloatArray], estimates: FloatArray, values: FloatArray) -> None:
        order = np.argsort(values.sum(axis=1), kind="stable")[:MOST_POINTS]
        self._fits = [
            _fit(rows[order], estimates[order, signal], values[order, signal]) for signal, rows in enumerate(features)
        ]

    def predict(self, features: Sequence[FloatArray], estimates: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Mean [c] of the sum over signals, and its standard deviation."""
        told = [
            fit.predict(rows, estimates[:, i]) for i, (fit, rows) in enumerate(zip(self._fits, features, strict=True))
        ]
        mean = np.sum([one for one, _ in told], axis=0)
        spread = np.sqrt(np.sum([np.square(one) for _, one in told], axis=0))
        return mean, spread


def _fit(features: FloatArray, estimate: FloatArray, values: FloatArray) -> _Fit:
    known = np.minimum(values, LARGEST * max(float(np.median(values)), 1e-9))
    slope, level = _line(estimate, known)
    rest = known - level - slope * estimate
    level += float(rest.mean())
    rest = rest - rest.mean()
    fits: list[tuple[float, _Fit]] = []
    for length in LENGTHS:
        own = length * np.sqrt(features.shape[1] / 2.0)
        kernel = _kernel(features, features, own)
        for noise in NOISES:
            factor = cho_factor(kernel + noise * np.eye(len(rest)), lower=True, check_finite=False)
            weights = cho_solve(factor, rest, check_finite=False)
            variance = max(float(rest @ weights) / len(rest), 1e-12)
            likelihood = -0.5 * len(rest) * np.log(variance) - float(np.log(np.diag(factor[0])).sum())
            fits.append((likelihood, _Fit(features, own, slope, level, float(np.sqrt(variance)), factor, weights)))
    return max(fits, key=lambda one: one[0])[1]


def _line(estimate: FloatArray, values: FloatArray) -> tuple[float, float]:
    """Slope, not negative, and level of the values over the estimates."""
    spread = float(estimate.var())
    slope = max(float(np.cov(estimate, values, bias=True)[0, 1]) / spread, 0.0) if spread > 1e-9 else 0.0
    return slope, float(values.mean() - slope * estimate.mean())


def _kernel(one: FloatArray, other: FloatArray, length: float) -> FloatArray:
    """Squared exponential."""
    square = np.square(one).sum(axis=1)[:, None] + np.square(other).sum(axis=1) - 2 * one @ other.T
    kernel: FloatArray = np.exp(np.maximum(square, 0.0) / (-2.0 * length**2))
    return kernel
