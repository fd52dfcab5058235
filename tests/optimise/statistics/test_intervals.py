"""Intervals: against scipy, their p-values and symmetries, and the share of samples in which they hold the mean."""

import math
from collections.abc import Callable, Sequence
from random import Random

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats  # type: ignore[import-untyped, unused-ignore]

from zhasyl.optimise.statistics.intervals import (
    LEAST_BOOTSTRAP,
    Interval,
    bootstrap_t,
    half_width,
    holm,
    mean_interval,
    student_t,
    welch_t,
)

Samples = npt.NDArray[np.float64]
VALUES = st.floats(min_value=-1000, max_value=1000).map(lambda value: round(value, 3))
P_VALUES = st.lists(st.floats(min_value=0, max_value=1), min_size=1, max_size=12)
SAMPLE = [3.1, 0.4, 1.2, 0.7, 9.8, 2.2, 0.9, 1.6]


def drawn_samples(draw: Callable[[np.random.Generator, tuple[int, int]], Samples], n: int, size: int) -> Samples:
    return draw(np.random.default_rng(7), (size, n))


def coverage(samples: Samples, mean: float, method: Callable[[Sequence[float], float], Interval | None]) -> float:
    """Share of the samples, an array [sample, value], whose 95 % interval holds the true mean."""
    found = [method(list(map(float, sample)), 0.95) for sample in samples]
    return sum(one is not None and one.low <= mean <= one.high for one in found) / len(samples)


# Student's t


@given(st.lists(VALUES, min_size=2, max_size=15), VALUES)
def test_student_agrees_with_scipy(values: list[float], null: float) -> None:
    if np.std(values) < 1e-6:
        return
    found, expected = student_t(values, 0.9, null), stats.ttest_1samp(values, null)
    interval = expected.confidence_interval(0.9)
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high))
    assert found.p_value == pytest.approx(expected.pvalue)
    assert half_width(values, 0.9) == pytest.approx((found.high - found.low) / 2)


@pytest.mark.parametrize(("null", "p_value"), [(2.0, 1.0), (0.0, 0.0)])
def test_values_without_spread_give_a_point(null: float, p_value: float) -> None:
    assert mean_interval([2.0] * 9, 0.95, null, skewed=True) == Interval(2.0, 2.0, p_value, "t")


@pytest.mark.parametrize("values", [[], [1.0], [1.0, math.nan], [1.0, math.inf]])
def test_what_has_no_interval_has_no_half_width(values: list[float]) -> None:
    assert half_width(values) is None


# Both methods


@given(st.lists(VALUES, min_size=LEAST_BOOTSTRAP, max_size=12), VALUES, st.booleans(), st.sampled_from([0.9, 0.95]))
def test_the_interval_leaves_out_what_its_p_value_rejects(
    values: list[float], null: float, skewed: bool, confidence: float
) -> None:
    found = mean_interval(values, confidence, null, skewed=skewed)
    if min(abs(null - found.low), abs(null - found.high)) > 1e-9:
        assert (not found.low <= null <= found.high) == (found.p_value <= round(1 - confidence, 12))


@given(st.lists(VALUES, min_size=LEAST_BOOTSTRAP, max_size=12), VALUES, st.booleans())
def test_negated_values_have_the_negated_interval(values: list[float], null: float, skewed: bool) -> None:
    there = mean_interval(values, 0.95, null, skewed=skewed)
    back = mean_interval([-value for value in values], 0.95, -null, skewed=skewed)
    assert (back.low, back.high, back.p_value) == (-there.high, -there.low, there.p_value)
    assert back.method == there.method


@given(st.lists(VALUES, min_size=LEAST_BOOTSTRAP, max_size=12), st.booleans())
def test_more_confidence_is_wider(values: list[float], skewed: bool) -> None:
    narrow, wide = (mean_interval(values, confidence, skewed=skewed) for confidence in (0.95, 0.99))
    if narrow.method == wide.method:
        assert wide.low <= narrow.low <= narrow.high <= wide.high


def test_the_bootstrap_is_for_skewed_measures_with_enough_values() -> None:
    assert mean_interval(SAMPLE, 0.95, skewed=True).method == "bootstrap"
    assert mean_interval(SAMPLE, 0.95).method == "t"
    assert mean_interval(SAMPLE[:-1], 0.95, skewed=True).method == "t"


# The bootstrap


def test_the_bootstrap_is_the_one_of_the_books() -> None:
    """The recipe followed resample by resample, with draws of its own: the same within its error."""
    sample, rng = np.array(SAMPLE), np.random.default_rng(1)
    error = sample.std(ddof=1) / math.sqrt(len(sample))
    studentised = []
    for _ in range(4000):
        drawn = rng.choice(sample, len(sample))
        studentised.append((drawn.mean() - sample.mean()) / (drawn.std(ddof=1) / math.sqrt(len(drawn))))
    margin = float(np.quantile(np.abs(studentised), 0.95)) * error
    found = bootstrap_t(SAMPLE, 0.95)
    assert found is not None
    assert (found.low, found.high) == pytest.approx((sample.mean() - margin, sample.mean() + margin), rel=0.1)


def test_the_same_values_give_the_same_interval_again() -> None:
    assert bootstrap_t(SAMPLE, 0.95) == bootstrap_t(list(SAMPLE), 0.95)


@pytest.mark.parametrize("values", [[0.0] * 9 + [5.0], [1e9] * 9 + [1e9 + 5.0], [1.0] * 10])
def test_values_that_are_nearly_all_equal_fall_back_to_student(values: list[float]) -> None:
    assert bootstrap_t(values, 0.95) is None
    found = mean_interval(values, 0.95, skewed=True)
    assert found.method == "t"
    assert math.isfinite(found.low)
    assert math.isfinite(found.high)


def test_a_tail_below_one_resample_falls_back_to_student() -> None:
    assert bootstrap_t(SAMPLE, 1 - 1e-6) is None
    assert mean_interval(SAMPLE, 1 - 1e-6, skewed=True).method == "t"


@pytest.mark.parametrize(
    ("sigma", "n", "t_expected", "bootstrap_expected"),
    [(1.0, 8, 0.83, 0.88), (1.0, 20, 0.865, 0.90), (0.7, 8, 0.89, 0.92)],
)
def test_coverage_of_skewed_values(sigma: float, n: int, t_expected: float, bootstrap_expected: float) -> None:
    """The table of intervals.py: the bootstrap misses less often. Monte-Carlo error of a share: 0.008."""
    samples = drawn_samples(lambda rng, shape: rng.lognormal(0, sigma, shape), n, 2000)
    mean = math.exp(sigma**2 / 2)
    by_t, by_bootstrap = coverage(samples, mean, student_t), coverage(samples, mean, bootstrap_t)
    assert by_t == pytest.approx(t_expected, abs=0.025)
    assert by_bootstrap == pytest.approx(bootstrap_expected, abs=0.025)
    assert by_bootstrap > by_t + 0.015


def test_coverage_of_a_difference_of_skewed_values() -> None:
    """Skews that partly cancel: the bootstrap is still no worse than t."""
    samples = drawn_samples(
        lambda rng, shape: rng.lognormal(0, 1, shape) - rng.lognormal(0, 0.7, shape), LEAST_BOOTSTRAP, 2000
    )
    mean = math.exp(0.5) - math.exp(0.245)
    assert coverage(samples, mean, bootstrap_t) == pytest.approx(0.95, abs=0.02)
    assert coverage(samples, mean, bootstrap_t) > coverage(samples, mean, student_t)


@pytest.mark.parametrize("method", [student_t, bootstrap_t])
def test_coverage_of_normal_values(method: Callable[[Sequence[float], float], Interval | None]) -> None:
    samples = drawn_samples(lambda rng, shape: rng.normal(0, 1, shape), LEAST_BOOTSTRAP, 2000)
    assert coverage(samples, 0, method) == pytest.approx(0.955, abs=0.02)


# Holm


def test_holm_by_hand() -> None:
    # sorted: 0.01 · 4 = 0.04; 0.02 · 3 = 0.06; 0.03 · 2 = 0.06; 0.04 · 1 = 0.04, but not below the one before
    assert holm([0.04, 0.01, 0.03, 0.02]) == pytest.approx([0.06, 0.04, 0.06, 0.06])
    assert holm([]) == []


@given(P_VALUES)
def test_holm_lies_between_the_p_value_and_bonferroni(p_values: list[float]) -> None:
    for p_value, corrected in zip(p_values, holm(p_values), strict=True):
        assert p_value <= corrected <= min(1.0, len(p_values) * p_value)


@given(P_VALUES, st.randoms())
def test_holm_does_not_depend_on_the_order(p_values: list[float], random: Random) -> None:
    order = list(range(len(p_values)))
    random.shuffle(order)
    shuffled = holm([p_values[place] for place in order])
    assert shuffled == [holm(p_values)[place] for place in order]


def test_holm_keeps_false_rejections_of_a_family_at_its_level() -> None:
    p_values = np.random.default_rng(3).random((4000, 7))  # no effect anywhere
    uncorrected = np.mean(p_values.min(axis=1) <= 0.05)
    corrected = np.mean([min(holm(list(map(float, row)))) <= 0.05 for row in p_values])
    assert uncorrected == pytest.approx(1 - 0.95**7, abs=0.02)
    assert corrected == pytest.approx(0.05, abs=0.01)


@given(
    st.lists(st.integers(-100, 100), min_size=2, max_size=9),
    st.lists(st.integers(-100, 100), min_size=2, max_size=9),
    st.integers(-5, 5),
)
def test_welchs_interval_and_p_are_scipys(first: list[int], second: list[int], null: int) -> None:
    assume(min(np.std(first), np.std(second)) > 0)  # scipy warns of no spread
    found = welch_t(first, second, 0.95, null)
    known = stats.ttest_ind(np.array(second) - null, first, equal_var=False)
    interval = known.confidence_interval(0.95)
    assert (found.low - null, found.high - null) == pytest.approx((interval.low, interval.high), rel=1e-6, abs=1e-6)
    assert found.p_value == pytest.approx(known.pvalue, rel=1e-6, abs=1e-9)


def test_two_samples_without_spread_give_a_point() -> None:
    assert (welch_t([5, 5], [3, 3], 0.95).low, welch_t([5, 5], [3, 3], 0.95).p_value) == (-2, 0.0)
    assert welch_t([5, 5], [5, 5], 0.95).p_value == 1.0
