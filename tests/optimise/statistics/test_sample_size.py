"""How many runs: the rule itself, tried one number after the other, and its edges."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import stdtrit  # type: ignore[import-untyped, unused-ignore]

from zhasyl.optimise.statistics.sample_size import runs_needed


def by_trial(values: list[float], tolerance: float) -> int:
    """The least n from 10 on with t(0.975; n − 1) · s / √n <= tolerance · mean."""
    spread, tolerated, n = np.std(values, ddof=1), tolerance * abs(np.mean(values)), 10
    while stdtrit(n - 1, 0.975) * spread / math.sqrt(n) > tolerated:
        n += 1
    return n


def test_by_hand() -> None:
    # mean 50, s = 5: t(0.975; 17) · 5 / √18 = 2.1098 · 1.1785 = 2.486 <= 2.5, but 2.1199 · 5 / √17 = 2.571
    assert runs_needed([45.0, 50.0, 55.0]) == 18


@given(
    st.lists(st.floats(min_value=10, max_value=100), min_size=2, max_size=12),
    st.sampled_from([0.05, 0.1, 0.2]),
)
def test_it_is_the_least_number_that_satisfies_the_rule(values: list[float], tolerance: float) -> None:
    assert runs_needed(values, tolerance) == by_trial(values, tolerance)


def test_ten_runs_are_the_least() -> None:
    assert runs_needed([50.0, 50.0]) == runs_needed([50.0, 50.1, 49.9]) == 10


@pytest.mark.parametrize("values", [[], [50.0], [50.0, math.nan], [50.0, math.inf], [0.0, 0.0], [-1.0, 1.0]])
def test_where_it_cannot_be_told(values: list[float]) -> None:
    assert runs_needed(values) is None


def test_a_mean_next_to_zero_is_zero() -> None:
    assert runs_needed([-1.0, 1.0 + 1e-9]) is None
