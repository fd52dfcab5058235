"""Verdicts at and beside each of their limits, and Holm's correction by measure."""

import math
from dataclasses import replace

import pytest

from zhasyl.optimise.statistics.comparison import Comparison
from zhasyl.optimise.statistics.verdict import LEAST_SEEDS, corrected, judged

FIVE_PERCENT = 1 - 0.95  # 0.050000000000000044
ONE = Comparison(
    scenario="abay",
    controller="b",
    baseline="a",
    measure="delay_s",
    n=5,
    baseline_mean=50.0,
    candidate_mean=45.0,
    difference=-5.0,
    low=-7.0,
    high=-3.0,
    verdict="cannot tell",
    p_value=0.01,
    p_holm=0.01,
)
"""Better by 5 s a trip."""


def verdict(**changed: object) -> tuple[str, str]:
    found = judged(replace(ONE, **changed))  # type: ignore[arg-type]
    return found.verdict, found.why


WIDE = ("cannot tell", "interval too wide")


@pytest.mark.parametrize(
    ("p_holm", "told"),
    [(0.0, True), (0.049, True), (0.05, True), (FIVE_PERCENT, False), (0.0500001, False), (0.051, False), (1.0, False)],
)
def test_a_p_value_at_the_limit_is_still_a_verdict(p_holm: float, told: bool) -> None:
    assert verdict(p_holm=p_holm) == (("better", "") if told else WIDE)


@pytest.mark.parametrize(
    ("confidence", "limit"), [(0.9, 0.1), (0.95, 0.05), (0.99, 0.01), (0.8, 0.2), (0.7, 0.3), (0.4, 0.6)]
)
def test_the_limit_of_p_is_what_the_confidence_leaves(confidence: float, limit: float) -> None:
    assert verdict(p_holm=limit, confidence=confidence) == ("better", "")
    assert verdict(p_holm=limit * 1.001, confidence=confidence) == WIDE


@pytest.mark.parametrize(
    ("low", "high", "found"),
    [
        (-7.0, -3.0, ("better", "")),
        (3.0, 7.0, ("worse", "")),
        (-7.0, 0.0, WIDE),
        (0.0, 7.0, WIDE),
        (-7.0, 7.0, WIDE),
        (0.0, 0.0, ("same", "")),
    ],
)
def test_without_a_minimum_effect_the_interval_must_leave_zero(low: float, high: float, found: tuple[str, str]) -> None:
    assert verdict(low=low, high=high, difference=(low + high) / 2 or -5.0) == found


@pytest.mark.parametrize(
    ("low", "high", "found"),
    [
        (-1.0, 1.0, ("same", "")),
        (-0.5, 0.9, ("same", "")),
        (-1.1, 1.0, WIDE),
        (-1.0, 1.1, WIDE),
        (0.5, 7.0, WIDE),
        (1.0, 7.0, WIDE),
        (1.1, 7.0, ("worse", "")),
        (-7.0, -0.5, WIDE),
        (-7.0, -1.0, WIDE),
        (-7.0, -1.1, ("better", "")),
        (-7.0, 7.0, WIDE),
    ],
)
def test_the_interval_lies_within_the_minimum_effect_or_wholly_beyond_it(
    low: float, high: float, found: tuple[str, str]
) -> None:
    assert verdict(low=low, high=high, min_effect=0.02) == found  # ±1 s a trip


@pytest.mark.parametrize(
    ("n", "found"), [(0, "cannot tell"), (LEAST_SEEDS - 1, "cannot tell"), (LEAST_SEEDS, "better"), (50, "better")]
)
def test_five_seeds_are_the_least(n: int, found: str) -> None:
    assert LEAST_SEEDS == 5
    assert verdict(n=n) == (found, "fewer than 5 seeds" if found == "cannot tell" else "")


@pytest.mark.parametrize("missing", ["difference", "low", "high", "p_holm"])
def test_without_a_value_there_is_no_verdict(missing: str) -> None:
    assert verdict(**{missing: None}) == ("cannot tell", "no value in a run")


@pytest.mark.parametrize(
    ("fault", "found"), [("", "better"), ("some signals", "better"), ("every signal", "cannot tell")]
)
def test_a_controller_that_failed_at_every_signal_has_no_verdict(fault: str, found: str) -> None:
    assert verdict(fault=fault) == (found, "controller failed" if fault == "every signal" else "")


def test_the_first_reason_counts() -> None:
    nothing = {"n": 4, "difference": None, "low": None, "high": None, "p_holm": None}
    assert verdict(fault="every signal", **nothing) == ("cannot tell", "controller failed")
    assert verdict(**nothing) == ("cannot tell", "fewer than 5 seeds")
    assert verdict(**{**nothing, "n": 5}) == ("cannot tell", "no value in a run")


@pytest.mark.parametrize(
    ("difference", "found"),
    [(-0.05, ("better", "")), (-0.049, ("cannot tell", "below resolution")), (0.05, ("worse", ""))],
)
def test_a_difference_as_large_as_the_resolution_has_a_verdict(difference: float, found: tuple[str, str]) -> None:
    assert verdict(difference=difference, low=difference - 0.001, high=difference + 0.001) == found


@pytest.mark.parametrize(
    ("cut_off", "shorter", "longer"),
    [
        ("", ("better", ""), ("worse", "")),
        ("baseline", ("better", ""), ("cannot tell", "cut off")),  # the candidate's queue is shorter still
        ("candidate", ("cannot tell", "cut off"), ("worse", "")),
        ("both", ("cannot tell", "cut off"), ("cannot tell", "cut off")),
    ],
)
def test_a_queue_that_reaches_the_end_of_the_road_is_not_called_the_shorter_one(
    cut_off: str, shorter: tuple[str, str], longer: tuple[str, str]
) -> None:
    queues = {"measure": "back_of_queue_p95_m", "cut_off": cut_off}
    assert verdict(**queues, difference=-50.0, low=-70.0, high=-30.0) == shorter
    assert verdict(**queues, difference=50.0, low=30.0, high=70.0) == longer


@pytest.mark.parametrize(
    ("measure", "sign", "found"),
    [("delay_s", -1, "better"), ("delay_s", 1, "worse"), ("arrived_veh", -1, "worse"), ("arrived_veh", 1, "better")],
)
def test_the_measure_says_which_direction_is_better(measure: str, sign: int, found: str) -> None:
    low, high = sorted((sign * 3.0, sign * 7.0))
    assert verdict(measure=measure, difference=sign * 5.0, low=low, high=high) == (found, "")


def p(value: float | None, measure: str = "delay_s") -> Comparison:
    return replace(ONE, measure=measure, p_value=value, p_holm=math.nan)


def test_p_values_are_corrected_within_their_measure() -> None:
    family = [p(0.01), p(0.2, "stops"), p(0.04), p(0.03), p(0.01, "stops")]
    found = corrected(family)
    assert [one.p_holm for one in found] == pytest.approx([0.03, 0.2, 0.06, 0.06, 0.02])
    assert [one.family for one in found] == [3, 2, 3, 3, 2]
    assert [one.p_value for one in found] == [one.p_value for one in family]


def test_one_without_a_p_value_counts_in_its_family_and_stays_without() -> None:
    found = corrected([p(None), p(0.02), p(0.9)])
    assert [one.p_holm for one in found] == [None, pytest.approx(0.06), 1.0]
    assert [one.family for one in found] == [3, 3, 3]


def test_no_comparisons_are_no_family() -> None:
    assert corrected([]) == []


def test_comparisons_chosen_among_others_are_corrected_for_all_of_them() -> None:
    found = corrected([p(0.001), p(0.004), p(None)], passed_over=7)
    assert [one.p_holm for one in found] == [pytest.approx(0.01), pytest.approx(0.036), None]
    assert {one.family for one in found} == {10}
