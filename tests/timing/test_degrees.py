"""Degrees of saturation in closed form against the linear programme, and by hand."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.optimize import linprog

from zhasyl.arrays import FloatArray
from zhasyl.timing.degrees import degrees

Open = dict[tuple[int, str], FloatArray]


def programme(needed_s: list[float], open_s: Open) -> float:
    """The least x with which x times the green of each lane and state carries all: Allsop's programme."""
    uses = [(m, lane, state) for (m, lane), own in open_s.items() for state, s in enumerate(own) if s > 0]
    rooms = sorted({(lane, state) for _, lane, state in uses})
    room_s = {room: max(own[room[1]] for (_, lane), own in open_s.items() if lane == room[0]) for room in rooms}
    above = np.zeros((len(rooms) + len(needed_s), 1 + len(uses)))
    for column, (m, lane, state) in enumerate(uses, start=1):
        above[rooms.index((lane, state)), column] = 1.0
        above[len(rooms) + m, column] = -1.0
    for row, room in enumerate(rooms):
        above[row, 0] = -room_s[room]
    bound = [0.0] * len(rooms) + [-one for one in needed_s]
    return float(linprog([1.0] + [0.0] * len(uses), A_ub=above, b_ub=bound, method="highs").x[0])


@given(st.data())
def test_the_most_saturated_movement_has_the_degree_of_the_programme(data: st.DataObject) -> None:
    count, lanes = data.draw(st.integers(1, 4)), data.draw(st.integers(1, 3))
    whole_s = data.draw(st.lists(st.integers(1, 40), min_size=3, max_size=3))
    open_s = {
        (m, f"l{lane}"): np.array([s * data.draw(st.booleans()) for s in whole_s], dtype=float)
        for m in range(count)
        for lane in range(lanes)
        if data.draw(st.booleans())
    }
    for m in range(count):
        assume(sum(own.sum() for (n, _), own in open_s.items() if n == m) > 0)
    needed_s = [float(data.draw(st.integers(1, 60))) for _ in range(count)]
    found = degrees(needed_s, open_s, [0.0] * count)
    assert max(found) == pytest.approx(programme(needed_s, open_s), rel=1e-6)
    assert min(found) > 0


def test_lanes_are_used_alike_where_they_can_be() -> None:
    green = np.array([30.0])
    through_and_right = {(0, "1"): green, (0, "2"): green, (1, "1"): green}
    assert degrees([30.0, 6.0], through_and_right, [0.0, 0.0]) == pytest.approx([0.6, 0.6])


def test_who_has_too_little_in_its_only_lane_is_alone_with_it() -> None:
    green = np.array([30.0])
    through_and_right = {(0, "1"): green, (0, "2"): green, (1, "1"): green}
    assert degrees([15.0, 36.0], through_and_right, [0.0, 0.0]) == pytest.approx([0.5, 1.2])


def test_without_green_there_is_no_limit_and_without_volume_no_degree() -> None:
    assert degrees([5.0, 0.0], {(0, "1"): np.zeros(1), (1, "1"): np.ones(1)}, [0.0, 0.0]) == [math.inf, 0.0]
    assert degrees([], {}, []) == []


def test_what_goes_beside_the_green_is_capacity() -> None:
    assert degrees([5.0], {(0, "1"): np.array([6.0])}, [4.0]) == [0.5]
