"""Radios and push buttons: who is heard, from where, and at which crossing somebody waits."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import FakePerson, FakeSimulation, FakeVehicle
from tests.sensors.road import AHEAD, LENGTHS_M, SIGNAL, fleets, road_network
from zhasyl.derive import derive_signals
from zhasyl.network import Network
from zhasyl.observation import Need, PriorityRequest
from zhasyl.sensors import parse_sensor
from zhasyl.sensors.requests import KINDS, PushButtons, Radio, with_requests
from zhasyl.signals import Signal, SignalTiming
from zhasyl.sumo.net_file import read_network


@pytest.fixture(scope="module")
def road(tmp_path_factory: pytest.TempPathFactory) -> Network:
    return road_network(tmp_path_factory.mktemp("road"))


@pytest.fixture(scope="module")
def crossings(tiny_network: Callable[[str], Path]) -> tuple[Network, Signal]:
    network = read_network(tiny_network("crossroads-with-crossings").with_suffix(".net.xml"))
    return network, derive_signals(network, SignalTiming()).signals["centre"]


def heard(road: Network, **fleet: FakeVehicle) -> list[PriorityRequest]:
    return list(Radio(FakeSimulation(fleet=fleet), road, SIGNAL).announced())


def bus(edge: str, position_m: float, stop: str = "", kind: str = "bus") -> FakeVehicle:
    return FakeVehicle(edge, position_m, 10.0, AHEAD, vehicle_class=kind, next_stop_edge=stop)


def test_a_bus_is_heard_with_its_movement_and_its_way_to_the_stop_line(road: Network) -> None:
    assert heard(road, b=bus("in", 20.0)) == [PriorityRequest("b", "transit", 0, 30.0, 10.0)]


def test_the_nearest_is_heard_first_and_cars_are_not(road: Network) -> None:
    found = heard(road, a=bus("far", 0.0), car=bus("in", 0.0, kind="passenger"), e=bus("in", 0.0, kind="emergency"))
    assert [(one.vehicle, one.kind) for one in found] == [("e", "emergency"), ("a", "transit")]
    assert found[1].distance_m == LENGTHS_M["far"] + LENGTHS_M["up"] + 5 + LENGTHS_M["in"]


@pytest.mark.parametrize(
    ("kind", "heard_as"),
    [
        ("bus", "transit"),
        ("tram", "transit"),
        ("rail_urban", "transit"),
        ("emergency", "emergency"),
        ("authority", "emergency"),
        ("coach", None),
        ("truck", None),
    ],
)
def test_buses_trams_and_who_is_called_for_help_ask_for_a_green(road: Network, kind: str, heard_as: str | None) -> None:
    assert [one.kind for one in heard(road, v=bus("in", 20.0, kind=kind))] == ([heard_as] if heard_as else [])


def test_a_bus_is_heard_inside_a_junction_on_the_way(road: Network) -> None:
    inside = replace(bus(":M_0", 2.0), inside_after=AHEAD.index("up"))
    assert heard(road, b=inside) == [PriorityRequest("b", "transit", 0, LENGTHS_M["in"] + 5 - 2.0, 10.0)]


def test_a_bus_behind_another_signal_is_not_heard(road: Network) -> None:
    assert heard(road, b=bus("behind", 60.0)) == []


def test_a_bus_is_not_heard_before_it_has_left_a_stop_on_the_way(road: Network) -> None:
    assert heard(road, b=bus("up", 10.0, stop="in")) == []
    assert heard(road, b=bus("in", 10.0, stop="in")) == []
    assert len(heard(road, b=bus("in", 10.0, stop="out"))) == 1


@given(fleets(), st.sampled_from(sorted(KINDS)))
def test_each_announcement_is_within_range_and_on_a_movement(
    road: Network, fleet: dict[str, FakeVehicle], kind: str
) -> None:
    for vehicle in fleet.values():
        vehicle.vehicle_class = kind
    found = heard(road, **fleet)
    distances_m = [one.distance_m for one in found]
    assert distances_m == sorted(distances_m)
    assert len({one.vehicle for one in found}) == len(found)
    for one in found:
        movement = SIGNAL.movements[one.movement]
        assert (movement.from_edge, movement.to_edge) in pairwise(fleet[one.vehicle].route)


def test_who_waits_at_either_end_of_a_crossing_calls_its_link(crossings: tuple[Network, Signal]) -> None:
    network, signal = crossings
    for link in signal.pedestrian_links:
        crossing = network.signal_links["centre"][link][0].to_edge
        ends = {c.from_edge for c in network.connections if c.to_edge == crossing}
        ends |= {c.to_edge for c in network.connections if c.from_edge == crossing}
        assert len(ends) == 2
        for end in ends:
            waiting = {"p": FakePerson(end, crossing, 4.0), "q": FakePerson(end, crossing, 9.0)}
            assert PushButtons(FakeSimulation(people=waiting), network, signal).calls() == {link: 9.0}


def test_who_walks_or_goes_elsewhere_calls_nothing(crossings: tuple[Network, Signal]) -> None:
    network, signal = crossings
    crossing = network.signal_links["centre"][min(signal.pedestrian_links)][0].to_edge
    end = next(c.from_edge for c in network.connections if c.to_edge == crossing)
    people = {"walks": FakePerson(end, crossing, 0.0), "leaves": FakePerson(end, "north-out", 5.0)}
    assert PushButtons(FakeSimulation(people=people), network, signal).calls() == {}


@pytest.mark.parametrize("needs", [frozenset(), frozenset({"announced"}), frozenset({"calls"})])
def test_only_what_is_needed_is_read(road: Network, needs: frozenset[Need]) -> None:
    simulation = FakeSimulation(fleet={"b": bus("in", 20.0)})
    eyes = parse_sensor("perfect").build(simulation, road, SIGNAL, 1)
    observe = with_requests(eyes.observe, simulation, road, SIGNAL, needs)
    found = observe(5.0, 1, 3.0)
    assert (len(found.announced) == 1) == ("announced" in needs)
    assert replace(found, announced=()).movement.tolist() == eyes.observe(5.0, 1, 3.0).movement.tolist()
    assert (observe == eyes.observe) == (not needs)
