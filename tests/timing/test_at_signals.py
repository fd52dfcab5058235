"""Arrivals, greens and split failures of a movement, on passages and greens made by hand."""

import numpy as np
import pytest

from zhasyl.timing.at_signals import (
    Floats,
    Greens,
    arrivals_s,
    cycles,
    green_share,
    green_states,
    greens_of,
    left_over,
    on_green,
    platoon_ratio,
)

NAN = float("nan")


def array(*values: float) -> Floats:
    return np.array(values, dtype=float)


def greens(*spans: tuple[float, float], cut: bool = False) -> Greens:
    begins_s, ends_s = zip(*spans, strict=True)
    return Greens(array(*begins_s), array(*ends_s), cut)


def test_rows_of_green_without_a_break_are_one_green() -> None:
    found = greens_of(array(0, 10, 25, 30, 50), array(10, 15, 5, 20, 10), np.array([False, True, True, False, True]))
    assert (found.begin_s.tolist(), found.end_s.tolist(), found.cut) == ([10, 50], [30, 60], False)
    assert greens_of(array(0, 10), array(10, 5), np.array([True, False])).cut
    assert len(greens_of(array(), array(), np.zeros(0, dtype=bool)).begin_s) == 0


def test_who_arrives_as_green_begins_is_on_green_and_as_it_ends_not() -> None:
    assert on_green(array(9, 10, 29, 30, 60), greens((10, 30), (60, 80))).tolist() == [False, True, True, False, True]
    assert not on_green(array(5), greens_of(array(0), array(9), np.array([False]))).any()


def test_a_vehicle_arrives_when_it_would_have_crossed_freely() -> None:
    # both others took 20 s without their delay
    found = arrivals_s(array(0, 10, 90), array(30, 60, NAN), array(10, 30, 5))
    assert found.tolist() == [20, 30, 110]
    assert arrivals_s(array(7), array(NAN), array(3)).tolist() == [7]


@pytest.mark.parametrize(
    ("arrived_s", "left_s", "expected"),
    [
        (5, 15, [0, 0]),  # in the first green
        (5, 33, [0, 0]),  # in the yellow after it
        (5, 61, [1, 0]),  # in the next one
        (15, 61, [0, 0]),  # it came while the green was on: not in its queue
        (5, 111, [1, 1]),
        (5, NAN, [1, 1]),  # still there
        (NAN, NAN, [0, 0]),
    ],
)
def test_a_split_failure_is_a_green_that_leaves_its_queue(arrived_s: float, left_s: float, expected: list[int]) -> None:
    own = greens((10, 30), (60, 80), (110, 130))
    assert left_over(array(arrived_s), array(left_s), own).tolist() == expected


def test_a_green_that_began_before_the_period_is_not_judged() -> None:
    assert left_over(array(-5), array(61), greens((0, 30), (60, 80), (110, 130), cut=True)).tolist() == [0]
    assert left_over(array(5), array(61), greens((60, 80))).tolist() == []


def test_vehicles_left_over_are_counted() -> None:
    own = greens((10, 30), (60, 80), (110, 130))
    assert left_over(array(1, 2, 3), array(12, 62, 112), own).tolist() == [2, 1]


def test_a_cycle_begins_with_red() -> None:
    own = greens((10, 30), (60, 80), (110, 130))
    assert cycles(own, 130).tolist() == [[30, 60, 80]]  # the last green is cut by the end
    assert cycles(own, 140).tolist() == [[30, 60, 80], [80, 110, 130]]
    assert cycles(greens((0, 30)), 30).shape == (0, 3)


def test_platoon_ratio_is_one_by_chance() -> None:
    share = green_share(greens((10, 30), (60, 80)), 0, 100)
    assert share == 0.4
    assert platoon_ratio(0.4, share) == 1
    assert np.isnan(platoon_ratio(0.0, 0.0))


def test_who_comes_in_the_green_of_any_link_finds_it() -> None:
    states, state = ["rr", "rG", "gy", "s"], np.array([0, 1, 2, 0, 3])
    lit = green_states(states, [0, 1])
    assert lit.tolist() == [False, True, True, False], "a turn after a stop is no green, a missing link is red"
    greens = greens_of(np.array([0.0, 20.0, 50.0, 53.0, 60.0]), np.array([20.0, 30.0, 3.0, 7.0, 5.0]), lit[state])
    found = on_green(np.array([0.0, 19.9, 20.0, 49.9, 52.9, 53.0, 61.0]), greens)
    assert found.tolist() == [False, False, True, True, True, False, False]
