"""Adding seeds until an interval is narrow: the looks, and that the stopped interval covers as often as it says."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.optimise.test_compare import runs
from zhasyl.optimise.compare import CONFIDENCE, compare
from zhasyl.optimise.intervals import pivot
from zhasyl.optimise.sequential import look_confidence, narrow_enough, plan_looks

STUDIES = 1500


@given(st.integers(1, 200), st.integers(2, 500))
def test_looks_rise_from_the_first_to_the_budget(first: int, most: int) -> None:
    looks = plan_looks(first, most)
    assert looks[0] == min(max(first, 2), most)
    assert looks[-1] == most
    assert list(looks) == sorted(set(looks))
    assert len(looks) <= 18
    assert look_confidence(looks) == pytest.approx(1 - 0.05 / len(looks))


def test_one_look_is_an_ordinary_interval() -> None:
    assert plan_looks(10, 10) == (10,)
    assert look_confidence((10,)) == pytest.approx(CONFIDENCE)


def stopped_coverage(confidence: float, looks: tuple[int, ...]) -> float:
    """Share of studies whose interval, where it first left zero out or the budget was spent, has the true mean 0."""
    draws = np.random.default_rng(7).normal(0, 1, size=(STUDIES, looks[-1]))
    covered = 0
    for sample in draws:
        for look in looks:
            found = pivot(list(sample[:look]), skewed=False)
            assert found is not None
            low, high = found.interval(confidence)
            if not low <= 0 <= high:
                break
        covered += low <= 0 <= high
    return covered / STUDIES


def test_stopping_where_one_likes_keeps_the_error_rate_and_a_repeated_95_percent_interval_does_not() -> None:
    looks = plan_looks(5, 40)
    error = 3 * (0.05 * 0.95 / STUDIES) ** 0.5
    assert stopped_coverage(look_confidence(looks), looks) >= 0.95 - error
    assert stopped_coverage(CONFIDENCE, looks) < 0.95 - 2 * error


def test_narrow_enough_is_relative_to_the_baseline() -> None:
    found = compare(runs("fixed", [50.0, 54.0, 58.0]), runs("actuated", [45.0, 50.0, 52.0]), "delay_s")
    # half width 2.484 of a baseline mean of 54: 4.6 %
    assert narrow_enough(found, 0.05)
    assert not narrow_enough(found, 0.045)


def test_without_an_interval_or_a_baseline_it_is_never_narrow() -> None:
    assert not narrow_enough(compare(runs("a", [1.0]), runs("b", [2.0]), "delay_s"), 0.5)
    assert not narrow_enough(compare(runs("a", [0.0, 0.0]), runs("b", [0.0, 0.0]), "delay_s"), 0.5)
