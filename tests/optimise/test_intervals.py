"""Student's t against scipy, and the studentised bootstrap against what it is for: coverage of skewed means."""

import math

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats  # type: ignore[import-untyped, unused-ignore]

from zhasyl.optimise.intervals import FEWEST_FOR_BOOTSTRAP, Pivot, pivot

VALUES = st.lists(st.floats(-1e4, 1e4).map(lambda value: round(value, 3)), min_size=2, max_size=30)
SAMPLES = 600


def found(values: list[float], skewed: bool = False) -> Pivot:
    answer = pivot(values, skewed)
    assert answer is not None
    return answer


@given(VALUES, st.floats(0.5, 0.999))
def test_t_agrees_with_scipy(values: list[float], confidence: float) -> None:
    answer = pivot(values, skewed=False)
    if answer is None:
        assert np.ptp(values) <= 1e-6 * max(map(abs, values))
        return
    test = stats.ttest_1samp(values, 1.5)
    expected = test.confidence_interval(confidence)
    assert answer.interval(confidence) == pytest.approx((expected.low, expected.high), rel=1e-6, abs=1e-6)
    assert answer.p_value(1.5) == pytest.approx(test.pvalue, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("skewed", [False, True])
@given(values=VALUES, null=st.floats(-1e4, 1e4))
def test_an_interval_leaves_out_what_the_p_value_refuses(skewed: bool, values: list[float], null: float) -> None:
    answer = pivot(values, skewed)
    if answer is None:
        return
    low, high = answer.interval(0.95)
    p = answer.p_value(null)
    assert 0 <= p <= 1
    assert low <= high
    if not 0.045 < p < 0.055:
        assert (low <= null <= high) == (p > 0.05)


@pytest.mark.parametrize("skewed", [False, True])
def test_the_mirrored_sample_has_the_mirrored_interval(skewed: bool) -> None:
    values = list(np.random.default_rng(3).lognormal(size=15))
    low, high = found(values, skewed).interval(0.95)
    assert found([-value for value in values], skewed).interval(0.95) == pytest.approx((-high, -low), rel=1e-3)


def test_few_values_are_not_resampled() -> None:
    values = [float(value**2) for value in range(FEWEST_FOR_BOOTSTRAP)]
    assert found(values[:-1], skewed=True).method == "t"
    assert found(values, skewed=True).method == "bootstrap"
    assert found(values, skewed=False).method == "t"


def test_the_same_values_give_the_same_interval_to_the_last_bit() -> None:
    values = list(np.random.default_rng(5).lognormal(size=12))
    assert found(values, True).interval(0.95) == found(list(values), True).interval(0.95)


def test_values_that_do_not_differ_have_no_pivot() -> None:
    assert pivot([7.3, 7.3, 7.3], skewed=False) is None
    assert pivot([0.0] * 20, skewed=True) is None


def covered(draws: npt.NDArray[np.float64], mean: float, skewed: bool) -> float:
    intervals = [found(list(sample), skewed).interval(0.95) for sample in draws]
    return float(np.mean([low <= mean <= high for low, high in intervals]))


def test_the_bootstrap_covers_skewed_means_better_than_t() -> None:
    draws = np.random.default_rng(11).lognormal(0, 1, size=(SAMPLES, 12))
    by_t, by_bootstrap = covered(draws, math.exp(0.5), False), covered(draws, math.exp(0.5), True)
    assert by_t < 0.88
    assert by_bootstrap > by_t + 0.04
    assert 0.88 < by_bootstrap < 0.98


def test_both_cover_normal_means_as_they_say() -> None:
    draws = np.random.default_rng(12).normal(3, 2, size=(SAMPLES, 12))
    for skewed in (False, True):
        assert abs(covered(draws, 3.0, skewed) - 0.95) < 4 * math.sqrt(0.95 * 0.05 / SAMPLES)
