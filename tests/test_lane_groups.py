"""Lane groups: lanes that share a movement share a queue, and a queue reaches back over plain edges."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.conftest import TinyNetwork
from zhasyl.lane_groups import LaneGroups, approach_name, lane_groups, sharing
from zhasyl.network import Connection, Edge, Network
from zhasyl.sumo.net_file import read_network


def groups_of(sumocfg: Path) -> LaneGroups:
    return lane_groups(read_network(sumocfg.with_suffix(".net.xml")))


def edge(name: str, length_m: float, lanes: int = 1) -> Edge:
    ids = tuple(f"{name}_{i}" for i in range(lanes))
    return Edge(name, "", "", "normal", "", length_m, 13.89, ids, ((0.0, 0.0), (1.0, 0.0)))


def road(connections: Iterable[tuple[str, int, str, int, str]]) -> Network:
    """Edges far (200 m), up (100 m), in (50 m), out, side; connections (from, lane, to, lane, signal)."""
    lengths = {"far": 200.0, "up": 100.0, "in": 50.0, "out": 90.0, "side": 80.0}
    made = tuple(Connection(a, i, b, j, "s", tl, 0 if tl else -1, f":{a}{i}_0") for a, i, b, j, tl in connections)
    edges = {name: edge(name, length_m, lanes=2) for name, length_m in lengths.items()}
    return Network(Path("road.net.xml"), edges, {}, made, {}, {":up0_0": 5.0, ":far0_0": 4.0})


def with_turnaround(network: Network, start: str, end: str) -> Network:
    """The network with the connection between these edges made a turnaround."""
    changed = (
        replace(c, direction="t") if (c.from_edge, c.to_edge) == (start, end) else c for c in network.connections
    )
    return replace(network, connections=tuple(changed))


def test_lanes_without_a_common_movement_are_two_groups(tiny_network: TinyNetwork) -> None:
    found = groups_of(tiny_network("t-junction-left-turn"))
    assert [group.id for group in found.groups] == [
        "centre/east-in/1", "centre/east-in/2", "centre/south-in/1", "centre/west-in/1",
    ]  # fmt: skip
    assert found.lanes["east-in_0"][0] != found.lanes["east-in_1"][0]


def test_lanes_that_share_a_movement_are_one_group(tiny_network: TinyNetwork) -> None:
    found = groups_of(tiny_network("crossroads-shared-lanes"))
    assert [group.approach for group in found.groups] == ["east-in", "north-in", "south-in", "west-in"]
    assert found.lanes["east-in_0"] == found.lanes["east-in_1"]


def test_lanes_joined_by_a_third_between_them_are_one_group() -> None:
    signalled = [
        ("in", 0, "out", 0, "J"),
        ("in", 2, "side", 0, "J"),
        ("in", 1, "out", 1, "J"),
        ("in", 1, "side", 1, "J"),
    ]
    found = lane_groups(road(signalled))
    assert len(found.groups) == 1
    assert {lane: group for lane, (group, _) in found.lanes.items()} == {"in_0": 0, "in_1": 0, "in_2": 0}


def test_sidewalks_and_crossings_hold_no_vehicle_queue(tiny_network: TinyNetwork) -> None:
    found = groups_of(tiny_network("crossroads-with-crossings"))
    assert not {lane for lane in found.lanes if lane.startswith(":") or lane.endswith("_0")}
    assert {"east-in_1", "north-in_1", "south-in_1", "west-in_1"} <= set(found.lanes)


def test_the_distance_of_a_lane_is_from_its_start_to_the_stop_line(tiny_network: TinyNetwork) -> None:
    path = tiny_network("t-junction-left-turn")
    network = read_network(path.with_suffix(".net.xml"))
    found = lane_groups(network)
    assert found.lanes["west-in_0"][1] == network.edges["west-in"].length_m
    assert 200 < found.lanes["west-in_0"][1] < 250


def test_storage_reaches_back_over_edges_that_lead_nowhere_else() -> None:
    found = lane_groups(road([("far", 0, "up", 0, ""), ("up", 0, "in", 0, ""), ("in", 0, "out", 0, "J")]))
    assert found.lanes == {"in_0": (0, 50.0), "up_0": (0, 155.0), "far_0": (0, 359.0)}


def test_storage_ends_at_another_signal() -> None:
    found = lane_groups(road([("far", 0, "up", 0, "K"), ("up", 0, "in", 0, ""), ("in", 0, "out", 0, "J")]))
    of_j = next(i for i, group in enumerate(found.groups) if group.signal == "J")
    assert {lane for lane, (group, _) in found.lanes.items() if group == of_j} == {"in_0", "up_0"}


def test_storage_ends_where_the_road_before_it_forks() -> None:
    forked = [("far", 0, "up", 0, ""), ("far", 0, "side", 0, ""), ("up", 0, "in", 0, ""), ("in", 0, "out", 0, "J")]
    assert set(lane_groups(road(forked)).lanes) == {"in_0", "up_0"}


def test_storage_ends_where_two_roads_merge() -> None:
    merging = [("far", 0, "in", 0, ""), ("up", 0, "in", 0, ""), ("in", 0, "out", 0, "J")]
    assert set(lane_groups(road(merging)).lanes) == {"in_0"}


def test_a_turnaround_at_a_dead_end_makes_the_exit_road_no_storage(tiny_network: TinyNetwork) -> None:
    path = tiny_network("t-junction-left-turn")
    network = read_network(path.with_suffix(".net.xml"))
    assert [c.direction for c in network.incoming["west-in"]] == ["t"]
    assert set(lane_groups(network).lanes) == {"east-in_0", "east-in_1", "south-in_0", "west-in_0"}


def test_vehicles_that_turn_round_into_a_road_do_not_end_its_storage() -> None:
    network = road([("up", 0, "in", 0, ""), ("side", 0, "in", 0, ""), ("in", 0, "out", 0, "J")])
    assert set(lane_groups(network).lanes) == {"in_0"}
    assert set(lane_groups(with_turnaround(network, "side", "in")).lanes) == {"in_0", "up_0"}


def test_a_chance_to_turn_round_at_its_end_leaves_a_road_storage() -> None:
    network = road([("up", 0, "in", 0, ""), ("up", 0, "side", 0, ""), ("in", 0, "out", 0, "J")])
    assert set(lane_groups(network).lanes) == {"in_0"}
    assert set(lane_groups(with_turnaround(network, "up", "side")).lanes) == {"in_0", "up_0"}


def test_a_ring_of_storage_ends() -> None:
    ring = [("up", 0, "in", 0, ""), ("in", 1, "up", 0, "J"), ("in", 0, "out", 0, "J")]
    assert set(lane_groups(road(ring)).lanes) == {"in_0", "in_1", "up_0"}


@pytest.mark.parametrize(
    ("end", "heading"),
    [
        ((10.0, 0.0), "eastbound"),
        ((0.0, 10.0), "northbound"),
        ((-10.0, 1.0), "westbound"),
        ((7.0, -7.0), "southeastbound"),
    ],
)
def test_an_approach_is_named_by_street_and_direction_of_travel(end: tuple[float, float], heading: str) -> None:
    street = replace(edge("e1", 10.0), name="Abay Avenue", shape=((0.0, 0.0), end))
    assert approach_name(street) == f"Abay Avenue, {heading}"
    assert approach_name(replace(street, name="")) == f"e1 ({heading})"


def test_numbers_that_share_a_member_through_others_are_one_group() -> None:
    assert sharing({1: {"a"}, 3: {"b"}, 4: set(), 2: {"a", "b"}, 5: set()}) == [[4], [1, 2, 3], [5]]


def test_a_lane_before_a_turn_bay_belongs_to_those_who_go_straight_on() -> None:
    """The kerb lane of `in` is a bay for who turns right to `side`; the road before it has one lane."""
    network = road(
        [("in", 0, "side", 0, "J"), ("in", 1, "out", 0, "J"), ("up", 0, "in", 0, ""), ("up", 0, "in", 1, "")]
    )
    turning = (replace(c, direction="r") if c.to_edge == "side" else c for c in network.connections)
    found = lane_groups(replace(network, connections=tuple(turning)))
    assert found.lanes["up_0"][0] == found.lanes["in_1"][0] != found.lanes["in_0"][0]
    assert found.storage_m[found.lanes["in_0"][0]] == 50.0
