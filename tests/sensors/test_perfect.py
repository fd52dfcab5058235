"""What the perfect sensor sees on the road of `tests/sensors/road.py`, put there by hand: no SUMO is started."""

from dataclasses import replace
from pathlib import Path

from tests.fakes import FakeSimulation, FakeVehicle
from tests.sensors.road import SIGNAL, vehicle
from zhasyl.network import Network
from zhasyl.observation import Observation
from zhasyl.sensors import PerfectSensor, upstream_edges
from zhasyl.signals import Movement
from zhasyl.sumo.net_file import read_network

IN_OUT, IN_SIDE, CROSS_SIDE = range(3)


def seen(network: Network, *vehicles: FakeVehicle, range_m: float = 150.0) -> Observation:
    """What a sensor of the signal J reads when these vehicles are on the road."""
    simulation = FakeSimulation(fleet={f"v{i}": one for i, one in enumerate(vehicles)})
    return PerfectSensor(simulation, network, SIGNAL, range_m).observe(time_s=7.0, stage=1, green_s=3.0)


def test_an_empty_road_reads_as_zeros(network: Network) -> None:
    found = seen(network)
    assert (found.time_s, found.stage, found.green_s, found.upstream_range_m) == (7.0, 1, 3.0, 150.0)
    assert found.movement.size == found.distance_m.size == found.speed_mps.size == 0
    assert found.downstream_veh.tolist() == found.downstream_queue_veh.tolist() == [0, 0, 0]
    assert found.vehicles().tolist() == [0, 0, 0]


def test_a_vehicle_counts_for_the_movement_its_route_takes(network: Network) -> None:
    found = seen(
        network,
        vehicle("in", 10),
        vehicle("in", 20, route=("in", "side")),
        vehicle("in", 30, route=("lane", "in", "side")),
        vehicle("cross", 90, route=("cross", "side")),
    )
    assert found.vehicles().tolist() == [1, 2, 1]


def test_vehicles_come_nearest_first_with_their_own_movement_and_speed(network: Network) -> None:
    found = seen(
        network,
        vehicle("in", 5, 1.0),
        vehicle("cross", 95, 2.0, route=("cross", "side")),
        vehicle("in", 30, 3.0, route=("in", "side")),
    )
    assert found.distance_m.tolist() == [5, 20, 45]
    assert found.movement.tolist() == [CROSS_SIDE, IN_SIDE, IN_OUT]
    assert found.speed_mps.tolist() == [2.0, 3.0, 1.0]


def test_a_vehicle_beyond_a_junction_without_signal_is_seen_at_its_whole_distance(network: Network) -> None:
    found = seen(network, vehicle("up", 10), vehicle("lane", 10, route=("lane", "in", "side")))
    assert found.distance_m.tolist() == [(60 - 10) + 5 + 50, (90 - 10) + 50]
    assert found.movement.tolist() == [IN_OUT, IN_SIDE]


def test_the_range_ends_at_its_last_metre(network: Network) -> None:
    inside, outside = vehicle("far", 165), vehicle("far", 164)  # 115 m from the start of `up` to the stop line
    assert seen(network, inside, outside).distance_m.tolist() == [150]
    assert seen(network, inside, outside, range_m=149.9).distance_m.size == 0
    assert seen(network, inside, outside, range_m=151).distance_m.size == 2


def test_the_range_does_not_reach_through_another_signal(network: Network) -> None:
    assert seen(network, vehicle("behind", 69), vehicle("far", 0), range_m=1000).distance_m.tolist() == [315]


def test_a_vehicle_that_leaves_the_road_before_the_signal_is_not_counted(network: Network) -> None:
    turning_off, parking = vehicle("far", 190, route=("far", "side")), vehicle("up", 20, route=("far", "up"))
    assert seen(network, turning_off, parking).distance_m.size == 0


def test_a_vehicle_whose_route_ends_on_the_approach_is_not_counted(network: Network) -> None:
    assert seen(network, vehicle("in", 20, route=("up", "in"))).distance_m.size == 0


def test_a_vehicle_for_an_exit_the_signal_does_not_serve_is_not_counted(network: Network) -> None:
    assert seen(network, vehicle("in", 20, route=("in", "behind"))).distance_m.size == 0


def test_standing_and_moving_vehicles_are_told_apart_at_a_tenth_of_a_metre_per_second(network: Network) -> None:
    found = seen(network, vehicle("in", 40, 0.0), vehicle("in", 30, 0.09), vehicle("in", 20, 0.1))
    assert found.queued().tolist() == [2, 0, 0]
    assert found.vehicles().tolist() == [3, 0, 0]


def test_an_exit_counts_vehicles_and_halted_ones_in_range_only(network: Network) -> None:
    found = seen(
        network,
        vehicle("out", 10, 0.0),
        vehicle("out", 150, 0.05),
        vehicle("out", 149, 0.1),
        vehicle("out", 151, 0.0),
        vehicle("side", 70, 8.0),
    )
    assert found.downstream_veh.tolist() == [3, 1, 1]
    assert found.downstream_queue_veh.tolist() == [2, 0, 0]


def test_movements_into_one_exit_read_the_same_exit(network: Network) -> None:
    found = seen(network, vehicle("side", 5, 0.0), vehicle("side", 15, 0.0))
    assert found.downstream_veh.tolist() == found.downstream_queue_veh.tolist() == [0, 2, 2]


def test_a_moving_vehicle_is_read_anew_each_time(network: Network) -> None:
    simulation = FakeSimulation(fleet={"v": vehicle("up", 50)})
    sensor = PerfectSensor(simulation, network, SIGNAL)
    assert sensor.observe(0.0, 0, 0.0).distance_m.tolist() == [65]
    simulation.fleet["v"] = vehicle("in", 50, 4.0)
    found = sensor.observe(1.0, 0, 1.0)
    assert (found.distance_m.tolist(), found.speed_mps.tolist()) == ([0], [4.0])
    simulation.fleet["v"] = vehicle("out", 10)
    found = sensor.observe(2.0, 0, 2.0)
    assert (found.distance_m.size, found.downstream_veh.tolist()) == (0, [1, 0, 0])


def test_a_vehicle_that_comes_again_or_is_sent_another_way_is_read_with_its_new_turn(network: Network) -> None:
    simulation = FakeSimulation(fleet={"v": vehicle("in", 10)})
    sensor = PerfectSensor(simulation, network, SIGNAL)
    assert sensor.observe(0.0, 0, 1.0).movement.tolist() == [IN_OUT]
    simulation.fleet = {}
    assert sensor.observe(1.0, 0, 2.0).movement.tolist() == []
    simulation.fleet = {"v": vehicle("lane", 10, route=("lane", "in", "out"))}
    assert sensor.observe(2.0, 0, 3.0).movement.tolist() == [IN_OUT]
    simulation.fleet = {"v": vehicle("in", 10, route=("lane", "in", "side"))}
    assert sensor.observe(3.0, 0, 4.0).movement.tolist() == [IN_SIDE]


def test_the_edges_in_range_are_those_whose_end_is(network: Network) -> None:
    found = {edge: start_m for edge, _, start_m in upstream_edges(network, {"in"}, 116.0)}
    assert found == {"in": 50.0, "up": 115.0, "lane": 140.0, "far": 315.0}
    assert {edge for edge, _, _ in upstream_edges(network, {"in"}, 115.0)} == {"in", "up", "lane"}
    assert {edge for edge, _, _ in upstream_edges(network, {"in"}, 50.0)} == {"in"}


def test_of_two_ways_to_an_edge_the_shorter_counts(network: Network) -> None:
    shortcut = replace(network.incoming["up"][0], to_edge="in")
    shorter = replace(network, connections=(*network.connections, shortcut))
    assert ("far", "in", 250.0) in upstream_edges(shorter, {"in"}, 300.0)


def test_a_ring_of_edges_without_signals_ends(network: Network) -> None:
    back = replace(network.incoming["up"][0], from_edge="in", to_edge="far")
    ring = replace(network, connections=(*network.connections, back))
    assert {edge for edge, _, _ in upstream_edges(ring, {"in"}, 1e6)} == {"in", "up", "lane", "far"}


def test_a_vehicle_standing_on_the_way_through_the_junction_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "inside.net.xml"
    path.write_text(
        '<net><location netOffset="0,0"/>'
        + "".join(
            f'<edge id="{name}"{kind}><lane id="{name}_0" index="0" speed="13.9" length="9" shape="0,0 1,0"/></edge>'
            for name, kind in (
                ("in", ""),
                ("out", ""),
                (":J_0", ' function="internal"'),
                (":J_1", ' function="internal"'),
            )
        )
        + '<connection from="in" to="out" fromLane="0" toLane="0" tl="J" linkIndex="0" via=":J_0_0"/>'
        '<connection from=":J_0" to="out" fromLane="0" toLane="0" via=":J_1_0"/>'
        '<connection from=":J_1" to="out" fromLane="0" toLane="0"/></net>',
        encoding="utf-8",
    )
    network = read_network(path)
    assert network.inside(network.connections[0]) == (":J_0", ":J_1")
    simulation = FakeSimulation(fleet={"left": vehicle(":J_1", 3, speed_mps=0)})
    sensor = PerfectSensor(simulation, network, replace(SIGNAL, movements=(Movement("in", "out", (0,), 1),)))
    assert sensor.standing_inside(frozenset({0}))
    assert not sensor.standing_inside(frozenset({1}))
    simulation.fleet["left"].speed = 5.0
    assert not sensor.standing_inside(frozenset({0}))
