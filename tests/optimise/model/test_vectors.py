"""Vectors of plans against numpy, in compiled code."""

from typing import Any

import numba
import numpy as np

from zhasyl.optimise.model.arrays import VectorArray
from zhasyl.optimise.model.vectors import WIDTH, every, least, load, looked_up, most, somewhere, store, where


def _worked(a: VectorArray, b: VectorArray, table: VectorArray, out: VectorArray) -> bool:
    x, y = load(a, 0), load(b, 1)
    store(out, 0, (x + y) * 2.0 - x / (1.0 + y))
    store(out, 1, least(x, 0.5) + most(y, x))
    store(out, 2, where((x < y) & (y <= 0.75), x, 7.0))
    store(out, 3, looked_up(table, x * 4.0))
    total = every(1.0)
    total += x
    total *= y
    total -= 3.0
    total /= every(2.0)
    store(out, 4, total)
    return bool(somewhere(x > 0.9)) and not bool(somewhere(y > 1.0))


def test_vectors_are_worked_with_plan_by_plan() -> None:
    rng = np.random.default_rng(1)
    a, b = rng.random((2, 2, WIDTH), dtype=np.float32)
    a[0, -1] = 0.95
    table, out = np.arange(4, dtype=np.float32) * 10, np.zeros((5, WIDTH), dtype=np.float32)
    worked: Any = numba.njit(_worked)
    assert worked(a, b, table, out)
    x, y = a[0], b[1]
    expected = [
        (x + y) * 2 - x / (1 + y),
        np.minimum(x, 0.5) + np.maximum(y, x),
        np.where((x < y) & (y <= 0.75), x, 7.0),
        table[(x * 4).astype(int)],
        ((1 + x) * y - 3) / 2,
    ]
    np.testing.assert_allclose(out, np.array(expected), rtol=1e-6)
