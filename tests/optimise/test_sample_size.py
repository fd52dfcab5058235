"""How many runs the spread calls for, by the rule of FHWA and TxDOT."""

import math
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats  # type: ignore[import-untyped, unused-ignore]

from zhasyl.optimise.sample_size import FEWEST_RUNS, runs_needed

DELAYS_S = st.lists(st.floats(1, 500).map(lambda value: round(value, 2)), min_size=2, max_size=20)


def half_width(values: list[float], n: int) -> float:
    spread = statistics.stdev(values)
    return float(stats.t.ppf(0.975, n - 1)) * spread / math.sqrt(n)


@given(DELAYS_S, st.floats(0.02, 0.2))
def test_it_is_the_least_number_that_is_narrow_enough(values: list[float], tolerance: float) -> None:
    needed = runs_needed(values, tolerance)
    wanted = tolerance * sum(values) / len(values)
    assert needed is not None
    assert needed >= FEWEST_RUNS
    assert half_width(values, needed) <= wanted * (1 + 1e-9)
    if needed > FEWEST_RUNS:
        assert half_width(values, needed - 1) > wanted * (1 - 1e-9)


def test_hand_worked_example() -> None:
    # mean 54, s = 4, ±5 % is 2.7: t(0.975; 10) · 4 / √11 = 2.687
    assert runs_needed([50.0, 54.0, 58.0]) == 11


def test_equal_runs_still_call_for_ten() -> None:
    assert runs_needed([40.0, 40.0]) == 10


@pytest.mark.parametrize("values", [[], [50.0], [1.0, math.nan], [0.0, 0.0], [1e-9, 1e9, 3.0, -1e9]])
def test_what_cannot_be_told_is_none(values: list[float]) -> None:
    assert runs_needed(values) is None
