"""Passages of approaches from routes written by hand, with a storage `up` before the approach `in`."""

import math
from pathlib import Path

import pytest

from tests.sensors.road import road_network
from tests.sumo.outputs.raw import write_routes
from zhasyl.lane_groups import LaneGroup, LaneGroups
from zhasyl.measures import Period
from zhasyl.sumo.inputs.command import RAW_ROUTES, RAW_TRIPS
from zhasyl.sumo.outputs.fleet import Fleet
from zhasyl.sumo.outputs.passages import Passages, read_routes
from zhasyl.sumo.outputs.stops import Stop
from zhasyl.sumo.outputs.trips import Trips

GROUPS = LaneGroups(
    (LaneGroup("J/in/1", "J", "in"), LaneGroup("K/behind/1", "K", "behind")),
    {"in_0": (0, 50.0), "up_0": (0, 115.0), "behind_0": (1, 70.0)},
)
HOUR = Period(0.0, 3600.0)
FREE_MPS = 13.9
Row = tuple[str, str, str, str, float, float | None]
Route = tuple[str, float, str, str]
NOWHERE: dict[str, tuple[str, float]] = {}


def passed(raw: Path, *routes: Route, period: Period = HOUR, stops: tuple[Stop, ...] = ()) -> Passages:
    write_routes(raw, routes)
    fleet = Fleet(Trips(raw / RAW_TRIPS), {})
    last_m = {"here": ("in", 30.0)}
    return Passages(
        read_routes(raw / RAW_ROUTES), GROUPS, road_network(raw), fleet, {"v": stops}, last_m, period, 1.0
    )  # fmt: skip


def passages_of(raw: Path, *routes: Route, period: Period = HOUR) -> list[Row]:
    rows = passed(raw, *routes, period=period).table().without("control_delay_s").arrow().to_pylist()
    return [tuple(None if value != value else value for value in row.values()) for row in rows]  # type: ignore[misc]


def test_a_vehicle_comes_to_a_signal_as_it_enters_the_storage_and_leaves_it_over_the_stop_line(tmp_path: Path) -> None:
    found = passages_of(tmp_path, ("v", 1.0, "behind far up :M_0 in :J_0 out", "5 20 25 26 40 42 60"))
    assert found == [("v", "K", "behind", "far", 1.0, 5.0), ("v", "J", "in", "out", 20.0, 40.0)]


def test_who_has_not_crossed_the_stop_line_by_the_end_is_still_there(tmp_path: Path) -> None:
    assert passages_of(tmp_path, ("v", 1.0, "up :M_0 in out", "5 6 -1 -1")) == [("v", "J", "in", "out", 1.0, None)]
    assert passages_of(tmp_path, ("v", 1.0, "behind far up in out", "-1 -1 -1 -1 -1")) == [
        ("v", "K", "behind", "far", 1.0, None)
    ]


def test_a_trip_that_ends_on_the_approach_goes_nowhere_from_there(tmp_path: Path) -> None:
    assert passages_of(tmp_path, ("v", 1.0, "behind far up", "5 20 25")) == [
        ("v", "K", "behind", "far", 1.0, 5.0),
        ("v", "J", "in", "", 20.0, 25.0),
    ]


def test_two_vehicles_and_a_second_lap_are_passages_of_their_own(tmp_path: Path) -> None:
    found = passages_of(tmp_path, ("v", 1.0, "in out up in side", "4 9 12 15 19"), ("w", 2.0, "in side", "5 6"))
    assert found == [
        ("v", "J", "in", "out", 1.0, 4.0),
        ("v", "J", "in", "side", 9.0, 15.0),
        ("w", "J", "in", "side", 2.0, 5.0),
    ]


@pytest.mark.parametrize(("begin_s", "end_s", "kept"), [(0, 30, 1), (40, 50, 0), (0, 20, 0), (39, 40, 1), (20, 21, 1)])
def test_a_passage_counts_where_it_touches_the_period(tmp_path: Path, begin_s: int, end_s: int, kept: int) -> None:
    route = ("v", 20.0, "in out", "40 60")
    assert len(passages_of(tmp_path, route, period=Period(begin_s, end_s))) == kept


def test_nobody_passes_where_nobody_drives(tmp_path: Path) -> None:
    assert passages_of(tmp_path) == []


def test_the_delay_of_a_passage_is_its_time_without_that_of_the_way_at_free_speed(tmp_path: Path) -> None:
    found = passed(tmp_path, ("v", 1.0, "far up :M_0 in :J_0 out", "15 20 21 60 62 80"))
    assert found.lost_s.tolist() == pytest.approx([45 - (60 + 5 + 50) / FREE_MPS])  # noticed half a step late, both


def test_who_is_still_there_has_lost_what_he_has_lost_by_then(tmp_path: Path) -> None:
    found = passed(tmp_path, ("here", 1.0, "up :M_0 in out", "15 16 -1 -1"), period=Period(0.0, 100.0))
    assert found.lost_s.tolist() == pytest.approx([99 - (60 + 5 + 30) / FREE_MPS])


def test_nobody_is_faster_than_free(tmp_path: Path) -> None:
    assert passed(tmp_path, ("v", 1.0, "in out", "2 3")).lost_s.tolist() == [0.0]


@pytest.mark.parametrize(
    ("stop", "stood_s"),
    [
        (Stop(20.0, 25.0, "in_0"), 5.0),
        (Stop(20.0, 25.0, "up_0", parked=True), 5.0),
        (Stop(0.0, 15.0, "in_0"), 5.0),
        (Stop(55.0, math.inf, "in_0"), 5.0),
        (Stop(2.0, 9.0, "in_0"), 0.0),
        (Stop(20.0, 25.0, "out_0"), 0.0),
    ],
)
def test_standing_at_a_scheduled_stop_is_no_delay(tmp_path: Path, stop: Stop, stood_s: float) -> None:
    found = passed(tmp_path, ("v", 1.0, "far in out", "10 60 70"), stops=(stop,))
    assert found.lost_s.tolist() == pytest.approx([50 - stood_s - 50 / FREE_MPS])


def test_an_edge_that_the_network_does_not_know_takes_no_time(tmp_path: Path) -> None:
    found = passed(tmp_path, ("v", 1.0, "elsewhere in out", "10 60 70"), ("w", 1.0, "in out", "21 30"))
    assert found.lost_s.tolist() == pytest.approx([50 - 50 / FREE_MPS, 20 - 0.5 - 50 / FREE_MPS])
