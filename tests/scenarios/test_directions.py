"""Approaches by nearest azimuth: all at once, never by quarters."""

import pytest

from zhasyl.scenarios.directions import FARTHEST_DEG, HEADINGS, arriving_deg, leaving_deg, nearest, turned_deg


def test_azimuths_are_clockwise_from_north() -> None:
    assert arriving_deg([(0, 0), (0, 100)]) == 0
    assert arriving_deg([(0, 0), (100, 0)]) == 90
    assert leaving_deg([(0, 0), (0, -100), (50, -100)]) == 180
    assert arriving_deg([(-100, 0), (0, 0), (0, 5)]) == pytest.approx(87, abs=1), (
        "a step of the shape is none of the road"
    )


@pytest.mark.parametrize(("before", "after", "turned"), [(0, 90, 90), (350, 10, 20), (90, 0, -90), (0, 180, -180)])
def test_turns_to_the_right_are_above_zero(before: float, after: float, turned: float) -> None:
    assert turned_deg(before, after) == turned


def test_eighths_of_one_program_are_quarters_of_another() -> None:
    """Synchro's NE, NW, SE, SW at 68, 338, 158 and 248 degrees, which SUMO's quarters call EB, NB, SB, WB."""
    roads = {"e": 68.0, "n": 338.0, "s": 158.0, "w": 248.0}
    wanted = {name: HEADINGS[name] for name in ("NE", "NW", "SE", "SW")}
    assert nearest(wanted, roads, FARTHEST_DEG) == {"NE": "e", "NW": "n", "SE": "s", "SW": "w"}


def test_a_road_is_given_once_and_none_that_is_far() -> None:
    assert nearest({"NB": 0.0, "NE": 45.0}, {"a": 40.0, "b": 80.0}, FARTHEST_DEG) == {"NB": "a", "NE": "b"}
    assert nearest({"NB": 0.0}, {"a": 100.0}, FARTHEST_DEG) == {}
    assert nearest({}, {"a": 1.0}, FARTHEST_DEG) == {}
