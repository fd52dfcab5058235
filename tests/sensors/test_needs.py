"""What sensors tell only controllers that need it: waiting times, classes, arrivals; and what every exit holds."""

from collections.abc import Sequence
from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes import FakeSimulation, FakeVehicle
from tests.sensors.road import SIGNAL, fleets, same, vehicle
from zhasyl.errors import SensorError
from zhasyl.network import Network
from zhasyl.observation import Need, Observation
from zhasyl.sensors import parse_sensor, sensor_names
from zhasyl.sensors.memory import Memory

ALL: frozenset[Need] = frozenset(get_args(Need))
EVERY = ("perfect", "loops:drop_out=0.2,stuck=0.4", "camera:miss=0.4,error_m=5,drop_out=0.2,stuck=0.4")
CLEAR = "camera:miss=0,error_m=0"
IN_OUT, IN_SIDE, CROSS_SIDE = range(3)
ACROSS = ("cross", "side")
Fleet = dict[str, FakeVehicle]


def bus(edge: str, position_m: float, waiting_s: float = 0.0) -> FakeVehicle:
    return replace(vehicle(edge, position_m, 0.0), vehicle_class="bus", waiting_s=waiting_s)


def watched(network: Network, text: str, moments: Sequence[Fleet], needs: frozenset[Need] = ALL) -> list[Observation]:
    """What a controller with these needs is told, one second apart, of a road that looks like this at each."""
    fleet: Fleet = {}
    eyes = parse_sensor(text).build(FakeSimulation(fleet=fleet), network, SIGNAL, 1, needs)
    memory = Memory(eyes.observe, SIGNAL, needs)
    memory.begin(0)
    found = []
    for second, now in enumerate(moments):
        fleet.clear()
        fleet.update(now)
        found.append(memory.observe(float(second), 0, float(second)))
        found[-1].unread.read()
    return found


@pytest.mark.parametrize("text", EVERY)
@settings(max_examples=30, deadline=None)
@given(fleet=fleets(), seconds=st.integers(1, 15))
def test_what_else_is_told_changes_nothing_else_and_belongs_to_the_vehicles(
    network: Network, text: str, fleet: Fleet, seconds: int
) -> None:
    told, plain = (watched(network, text, [fleet] * seconds, needs)[-1] for needs in (ALL, frozenset[Need]()))
    assert len(told.waiting_s) == len(told.movement)
    assert (told.waiting_s >= 0).all()
    assert len(told.vehicle_class) == (0 if text.startswith("loops") else len(told.movement))
    bare = {name: getattr(plain, name) for name in ALL - {"announced", "calls"}}
    assert [len(value) for value in bare.values()] == [0] * 5
    assert same(replace(told, **bare), plain)


@pytest.mark.parametrize("text", ["perfect", CLEAR])
def test_who_waits_and_what_it_is_stand_in_the_order_of_the_vehicles(network: Network, text: str) -> None:
    (found,) = watched(network, text, [{"car": vehicle("in", 20, 8.0), "bus": bus("in", 45, 31.0)}])
    assert found.distance_m.tolist() == [5, 30]
    assert found.waiting_s.tolist() == [31, 0]
    assert found.vehicle_class.tolist() == ["bus", "passenger"]
    assert found.waiting_s[found.vehicle_class == "bus"].sum() == 31


@pytest.mark.parametrize("text", ["perfect", CLEAR])
def test_who_comes_into_view_is_counted_once(network: Network, text: str) -> None:
    first, second = vehicle("in", 10), vehicle("cross", 20, route=ACROSS)
    moments = [{"a": first}, {"a": first, "b": second}, {"b": second}, {}, {"b": second}]
    found = watched(network, text, moments)
    assert [one.arrived_veh.tolist() for one in found] == [[1, 0, 0]] + [[1, 0, 1]] * 4


def test_who_passes_a_junction_without_a_signal_on_the_way_comes_once(network: Network) -> None:
    inside = replace(vehicle(":M_0", 2.0), inside_after=2)
    found = watched(network, "perfect", [{"a": vehicle("up", 59)}, {"a": inside}, {"a": vehicle("in", 4)}])
    assert [one.arrived_veh.tolist() for one in found] == [[1, 0, 0]] * 3


def test_who_comes_back_after_a_minute_comes_anew(network: Network) -> None:
    again = {"a": vehicle("in", 10)}
    found = watched(network, "perfect", [again, *[{}] * 60, again])
    assert found[-2].arrived_veh.tolist() == [1, 0, 0]
    assert found[-1].arrived_veh.tolist() == [2, 0, 0]


def test_loops_count_passages_of_the_advance_loop(network: Network) -> None:
    def at(distance_m: float) -> FakeVehicle:
        return vehicle("cross", 100 - distance_m, 10.0, ACROSS)

    found = watched(network, "loops", [{"a": at(90)}, {"a": at(78)}, {"a": at(60), "b": at(79)}, {"a": at(10)}])
    assert [one.arrived_veh.tolist() for one in found] == [[0, 0, 0], [0, 0, 1], [0, 0, 2], [0, 0, 2]]


def test_loops_know_since_when_a_queue_has_not_moved(network: Network) -> None:
    def at(distance_m: float) -> FakeVehicle:
        return vehicle("cross", 100 - distance_m, 0.0, ACROSS)

    queue = {"a": at(2), "b": at(9)}
    found = watched(network, "loops", [{}, {"a": at(79)}, *[queue] * 20, {"b": at(3)}, {"b": at(3)}])
    came_s = [
        1.5 + (20 - place_m) / 6 for place_m in (0, 7.5)
    ]  # half a second before it was seen in the zone, at 6 m/s
    assert found[21].waiting_s.tolist() == pytest.approx([21 - one_s for one_s in came_s])
    assert found[-1].waiting_s.tolist() == [0]  # somebody has left


def test_a_camera_whose_zone_is_stuck_says_how_long_somebody_seems_to_stand(network: Network) -> None:
    stuck = next(seed for seed in range(20) if parse_sensor("camera:stuck=1").build(
        FakeSimulation(), network, SIGNAL, seed).observe(0.0, 0, 0.0).rows)  # fmt: skip
    eyes = parse_sensor("camera:stuck=1").build(FakeSimulation(), network, SIGNAL, stuck, ALL)
    eyes.observe(100.0, 0, 0.0)
    found = eyes.observe(130.0, 0, 0.0)
    assert set(found.waiting_s.tolist()) == {30.0}
    assert set(found.vehicle_class.tolist()) == {"passenger"}
    assert list(found.unread.came(130.0)) == []


def test_an_exit_holds_a_vehicle_each_seven_and_a_half_metres_in_sight(network: Network) -> None:
    signal = replace(SIGNAL, movements=tuple(replace(m, exit_lanes=2, exit_m=60.0) for m in SIGNAL.movements))

    def holds(text: str) -> list[float]:
        found = parse_sensor(text).build(FakeSimulation(), network, signal, 1).observe(0.0, 0, 0.0)
        assert found.exit_occupancy.tolist() == [0, 0, 0]
        return [float(room) for room in found.exit_capacity_veh]

    assert holds("perfect") == [16, 16, 16]
    assert holds("perfect:range_m=30") == [8, 8, 8]
    assert holds("loops:advance_m=45") == [12, 12, 12]
    assert holds("camera:drop_out=1") == [16, 16, 16]


def test_an_exit_with_more_vehicles_than_it_holds_is_full(network: Network) -> None:
    signal = replace(SIGNAL, movements=tuple(replace(m, exit_m=80.0) for m in SIGNAL.movements))
    fleet = {f"v{n}": vehicle("side", 4.0 * n, 0.0) for n in range(20)}
    found = parse_sensor("perfect").build(FakeSimulation(fleet=fleet), network, signal, 1).observe(0.0, 0, 0.0)
    assert found.downstream_veh[IN_SIDE] == 20
    assert found.exit_occupancy.tolist() == [0, 1, 1]


# Memory


def test_arrivals_are_since_the_last_decision_and_since_the_green_began(network: Network) -> None:
    fleet: Fleet = {}
    eyes = parse_sensor("perfect").build(FakeSimulation(fleet=fleet), network, SIGNAL, 1, ALL)
    memory = Memory(eyes.observe, SIGNAL, ALL)

    def comes(second: float, *names: str) -> tuple[float, float]:
        fleet.update({name: vehicle("in", 10) for name in names})
        found = memory.observe(second, 0, 0.0)
        return float(found.arrived_veh[IN_OUT]), float(found.arrived_green_veh[IN_OUT])

    memory.begin(0)
    assert comes(1.0, "a") == (1, 1)
    assert comes(2.0, "b", "c") == (3, 3)
    memory.decide()
    assert comes(3.0) == (0, 3)
    memory.end(0, 3.0)
    assert comes(4.0, "d") == (1, 4)
    memory.begin(1)
    assert comes(5.0, "e") == (2, 1)


def test_the_time_since_each_green_runs_from_its_end() -> None:
    memory = Memory(lambda time_s, stage, green_s: _empty(time_s), SIGNAL, frozenset({"since_green_s"}))
    memory.begin(0)
    assert memory.observe(10.0, 0, 10.0).since_green_s.tolist() == [0, float("inf")]
    memory.end(0, 12.0)
    assert memory.observe(14.0, 1, 0.0).since_green_s.tolist() == [2, float("inf")]
    memory.begin(1)
    assert memory.observe(20.0, 1, 4.0).since_green_s.tolist() == [8, 0]


def _empty(time_s: float) -> Observation:
    from tests.fakes import seen

    return seen(SIGNAL, time_s=time_s)


# Which sensor suits which controller


def test_a_sensor_that_cannot_say_what_is_needed_is_one_clear_line() -> None:
    with pytest.raises(SensorError) as caught:
        parse_sensor("loops:advance_m=50").check("mine:k=3", ALL)
    assert str(caught.value) == (
        "sensor 'loops:advance_m=50' cannot say which class a vehicle has, which controller 'mine:k=3' needs "
        "('vehicle_class'); choose --sensor camera or perfect, or another controller"
    )
    parse_sensor("loops").check("mine", ALL - {"vehicle_class"})
    for name in set(sensor_names()) - {"loops"}:
        parse_sensor(name).check("mine", ALL)
