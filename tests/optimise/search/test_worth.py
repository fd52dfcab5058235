"""What a front search minimises, and what dominates what, against looking at every pair."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhasyl.arrays import FloatArray
from zhasyl.optimise.search.worth import layers, lower_bound, tchebycheff

GRID = 8


@st.composite
def some(draw: st.DrawFn) -> FloatArray:
    rows = draw(st.lists(st.tuples(st.integers(0, GRID), st.integers(0, GRID)), min_size=1, max_size=12))
    return np.array(rows, dtype=float)


def beats(one: FloatArray, other: FloatArray) -> bool:
    return bool((one <= other).all() and (one < other).any())


@settings(max_examples=50)
@given(some())
def test_layers_are_peeled_off(values: FloatArray) -> None:
    left, expected = list(range(len(values))), np.full(len(values), -1)
    for number in range(len(values)):
        front = [i for i in left if not any(beats(values[j], values[i]) for j in left)]
        expected[front] = number
        left = [i for i in left if i not in front]
    assert layers(values).tolist() == expected.tolist()


def test_a_bound_takes_the_doubt_off() -> None:
    means, doubts = np.array([[10.0, 0.0], [9.0, 0.0]]), np.array([[2.0, 0.0], [0.1, 0.0]])
    assert lower_bound(1.0)(means, doubts).tolist() == [8.0, 8.9]
    assert lower_bound(0.0)(means, doubts).tolist() == [10.0, 9.0]


def test_the_weights_decide_which_end_of_a_front_is_best() -> None:
    means = np.array([[1.0, 9.0], [4.0, 4.0], [9.0, 1.0]])
    none = np.zeros_like(means)
    best = [int(tchebycheff(np.array(w), 0.0)(means, none).argmin()) for w in ([0.9, 0.1], [0.5, 0.5], [0.1, 0.9])]
    assert best == [0, 1, 2]
    weakly = np.array([[4.0, 4.0], [4.0, 3.0]])
    assert tchebycheff(np.array([0.5, 0.5]), 0.0)(weakly, np.zeros((2, 2))).argmin() == 1
    assert tchebycheff(np.array([1.0, 0.0]), 2.0)(means, none + 0.5)[0] == pytest.approx(0.0)
