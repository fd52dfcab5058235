"""What one search among several objectives minimises at a time, and which candidates no other one dominates."""

from collections.abc import Callable

import numpy as np

from zhasyl.arrays import FloatArray, IntArray

Worth = Callable[[FloatArray, FloatArray], FloatArray]
"""Values of objectives [c, o] and their doubts [c, o] → what is minimised [c]."""

AUGMENTED = 0.05  # Tchebycheff's: what the sum adds to the greatest term


def lower_bound(doubt: float) -> Worth:
    """The first objective less a multiple of its doubt."""

    def worth(means: FloatArray, doubts: FloatArray) -> FloatArray:
        bound: FloatArray = means[:, 0] - doubt * doubts[:, 0]
        return bound

    return worth


def tchebycheff(weights: FloatArray, doubt: float) -> Worth:
    """The greatest of the weighted objectives, and a little of their sum."""

    def worth(means: FloatArray, doubts: FloatArray) -> FloatArray:
        terms = weights * (means - doubt * doubts)
        scalar: FloatArray = terms.max(axis=1) + AUGMENTED * terms.sum(axis=1)
        return scalar

    return worth


def layers(values: FloatArray) -> IntArray:
    """0 for values [n, o] that no other one dominates, 1 for those that only they dominate, and so on."""
    dominated = (values[:, None] >= values[None]).all(axis=2) & (values[:, None] > values[None]).any(axis=2)
    layer, left, number = np.zeros(len(values), dtype=np.intp), np.ones(len(values), dtype=bool), 0
    while left.any():
        front = left & ~(dominated & left[None]).any(axis=1)
        layer[front] = number
        left &= ~front
        number += 1
    return layer
