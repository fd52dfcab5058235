"""Planned looks: their numbers, when an interval is narrow enough, and how often the one stopped at is right."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import stdtrit  # type: ignore[import-untyped, unused-ignore]

from tests.optimise.statistics.test_compare import runs
from zhasyl.errors import ZhasylError
from zhasyl.optimise.statistics.compare import compare, compare_all
from zhasyl.optimise.statistics.sequential import look_confidence, narrow_enough, plan_looks, too_wide

Samples = npt.NDArray[np.float64]


def test_looks_by_hand() -> None:
    assert plan_looks(5, 40) == (5, 8, 12, 18, 27, 40)
    assert plan_looks(10, 10) == plan_looks(20, 10) == (10,)
    assert look_confidence((10,)) == pytest.approx(0.95)
    assert look_confidence(plan_looks(5, 40)) == pytest.approx(1 - 0.05 / 6)


@given(st.integers(2, 50), st.integers(2, 500))
def test_looks_rise_to_the_budget(first: int, budget: int) -> None:
    looks = plan_looks(first, budget)
    assert looks[0] == min(first, budget)
    assert looks[-1] == budget
    assert all(before < after for before, after in pairwise(looks))
    assert len(looks) <= 16


@pytest.mark.parametrize(("first", "budget"), [(1, 10), (5, 1), (0, 0)])
def test_looks_without_an_interval_are_refused(first: int, budget: int) -> None:
    with pytest.raises(ZhasylError, match="at least 2 seeds"):
        plan_looks(first, budget)


def test_narrow_is_relative_to_the_baseline() -> None:
    found = compare(runs("a", [50.0, 54.0, 58.0]), runs("b", [45.0, 50.0, 52.0]), "delay_s")
    # half width 2.484 (test_compare), baseline mean 54: 4.6 %
    assert narrow_enough(found, 0.05)
    assert not narrow_enough(found, 0.04)
    assert narrow_enough(replace(found, baseline_mean=-54.0), 0.05)


def test_without_an_interval_or_a_mean_it_is_not_narrow() -> None:
    one_seed = compare(runs("a", [50.0]), runs("b", [50.0]), "delay_s")
    nothing = compare(runs("a", [50.0]), runs("b", [50.0], seed=2), "delay_s")
    assert not narrow_enough(one_seed, 0.05)
    assert not narrow_enough(nothing, 0.05)


def test_a_baseline_of_zero_is_narrow_only_without_spread() -> None:
    zeros = runs("a", [0.0, 0.0, 0.0])
    assert narrow_enough(compare(zeros, runs("b", [1.0, 1.0, 1.0]), "delay_s"), 0.05)
    assert not narrow_enough(compare(zeros, runs("b", [0.0, 0.1, 0.0]), "delay_s"), 0.05)


def test_what_is_still_wide_is_named() -> None:
    records = [*runs("a", [50.0, 54.0, 58.0]), *runs("b", [45.0, 50.0, 52.0]), *runs("c", [20.0, 90.0, 5.0])]
    assert [one.controller for one in too_wide(compare_all(records, "a"), 0.05)] == ["c"]
    assert too_wide(compare_all(records, "a"), 5.0) == []


def stopped(samples: Samples, looks: tuple[int, ...], confidence: float, tolerance: float) -> float:
    """Share of samples, rows of differences with mean 0, whose interval at the stop holds 0."""
    held, running = 0, np.ones(len(samples), dtype=bool)
    for n in looks:
        seen = samples[running, :n]
        means, errors = seen.mean(axis=1), seen.std(axis=1, ddof=1) / np.sqrt(n)
        margins = errors * float(stdtrit(n - 1, (1 + confidence) / 2))
        stop = (margins <= tolerance) | (n == looks[-1])
        held += int(np.sum(stop & (np.abs(means) <= margins)))
        running[np.flatnonzero(running)[stop]] = False
    return held / len(samples)


@pytest.mark.parametrize("tolerance", [0.5, 0.8, 1.0])
def test_the_interval_stopped_at_holds_where_a_naive_one_does_not(tolerance: float) -> None:
    """Measured, 20,000 samples, tolerances in standard deviations; Monte-Carlo error 0.0016:

    tolerance        0.5           0.8           1.0
    naive 95 %       .906          .905          .915
    planned looks    .985          .982          .983
    """
    samples = np.random.default_rng(11).normal(0, 1, (20_000, 40))
    looks = plan_looks(3, 40)
    naive = stopped(samples, looks, 0.95, tolerance)
    valid = stopped(samples, looks, look_confidence(looks), tolerance)
    assert naive < 0.94
    assert valid >= 0.95
