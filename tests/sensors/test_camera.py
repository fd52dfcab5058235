"""What a camera sees, hides and misplaces, against the perfect sensor on the same road."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes import FakeSimulation, FakeVehicle
from tests.sensors.road import SIGNAL, fleets, same, vehicle
from zhasyl.network import Network
from zhasyl.observation import Observation
from zhasyl.sensors import PerfectSensor, Sensor, parse_sensor

CLEAR = "camera:miss=0,error_m=0"
MANY = {f"v{n}": vehicle("in", 25, 10) for n in range(400)}


def camera(network: Network, text: str, fleet: dict[str, FakeVehicle], seed: int = 1) -> Sensor:
    return parse_sensor(text).build(FakeSimulation(fleet=fleet), network, SIGNAL, seed)


def look(network: Network, text: str, fleet: dict[str, FakeVehicle], time_s: float = 0.0) -> Observation:
    return camera(network, text, fleet).observe(time_s, 0, 5.0)


@settings(max_examples=60, deadline=None)
@given(fleet=fleets(), range_m=st.floats(20, 400), time_s=st.floats(0, 1e5))
def test_a_clear_camera_sees_what_the_perfect_sensor_sees(
    network: Network, fleet: dict[str, FakeVehicle], range_m: float, time_s: float
) -> None:
    perfect = PerfectSensor(FakeSimulation(fleet=fleet), network, SIGNAL, range_m).observe(time_s, 0, 5.0)
    assert same(look(network, f"{CLEAR},range_m={range_m!r}", fleet, time_s), perfect)


@settings(max_examples=40, deadline=None)
@given(fleet=fleets(), miss=st.floats(0, 1))
def test_a_camera_never_sees_more_than_there_is(network: Network, fleet: dict[str, FakeVehicle], miss: float) -> None:
    perfect = look(network, CLEAR, fleet)
    found = look(network, f"camera:error_m=0,miss={miss!r}", fleet)
    there = set(zip(perfect.distance_m, perfect.movement, perfect.speed_mps, strict=True))
    assert set(zip(found.distance_m, found.movement, found.speed_mps, strict=True)) <= there
    assert np.all(found.downstream_veh <= perfect.downstream_veh)


def test_the_stated_share_is_hidden_at_any_moment(network: Network) -> None:
    sensor = camera(network, "camera:miss=0.3", MANY)
    shares = [1 - sensor.observe(float(s), 0, 5.0).movement.size / len(MANY) for s in range(0, 300, 5)]
    assert abs(np.mean(shares) - 0.3) < 0.02
    assert 0.2 < min(shares) < max(shares) < 0.4


def test_a_vehicle_hidden_when_it_comes_is_not_known_until_it_is_in_sight(network: Network) -> None:
    for number in range(20):
        sensor = camera(network, "camera:miss=0.5", {f"v{number}": vehicle("in", 25, 0)})
        seen = [sensor.observe(float(second), 1, 5.0).movement.size for second in range(200)]
        first = seen.index(1)
        assert set(seen[first : first + 20]) == {1}  # its track is kept


def test_a_vehicle_that_is_hidden_is_told_of_where_it_stood(network: Network) -> None:
    fleet = {f"v{n}": vehicle("in", 25, 0) for n in range(60)}
    sensor = camera(network, "camera:miss=0.3,error_m=0", fleet)
    counts = [sensor.observe(float(second), 1, 5.0).movement.size for second in range(21)]
    assert counts == sorted(counts)
    assert counts[-1] > 50 > counts[0]
    assert set(sensor.observe(21.0, 1, 5.0).distance_m.tolist()) == {25.0}


def test_who_was_seen_to_leave_has_no_track(network: Network) -> None:
    fleet = {f"v{n}": vehicle("in", 49, 5) for n in range(40)}
    sensor = camera(network, "camera:miss=0.2", fleet)
    before = sensor.observe(0.0, 0, 5.0).movement.size
    fleet.clear()
    assert sensor.observe(1.0, 0, 6.0).movement.size < before / 4  # those hidden as they left may still come


def test_how_often_the_camera_is_asked_changes_nothing_of_whom_it_has_in_sight(network: Network) -> None:
    often, seldom = (camera(network, "camera:miss=0.5,error_m=3", MANY) for _ in range(2))
    first = often.observe(0.0, 0, 5.0)
    assert same(first, seldom.observe(0.0, 0, 5.0))
    for second in range(1, 100):
        found = often.observe(float(second), 0, 5.0)
        if second % 20 == 0:
            in_sight = {row for row in seldom.observe(float(second), 0, 5.0).rows if row[2] == 10.0}
            assert len(in_sight - set(found.rows)) < 0.5 * len(in_sight)


def test_positions_are_off_by_the_stated_error(network: Network) -> None:
    found = look(network, "camera:miss=0,error_m=2", MANY).distance_m
    assert abs(found.mean() - 25) < 0.4
    assert abs(found.std() - 2) < 0.25


def test_a_vehicle_hidden_on_an_exit_is_not_counted_there(network: Network) -> None:
    fleet = {f"v{n}": vehicle("out", 20, 0) for n in range(400)}
    found = look(network, "camera:miss=0.3", fleet)
    assert abs(found.downstream_veh[0] / 400 - 0.7) < 0.08
    assert found.downstream_queue_veh[0] == found.downstream_veh[0]


@pytest.mark.parametrize("seed", range(8))
def test_a_stuck_movement_shows_one_vehicle_or_none_whatever_is_there(network: Network, seed: int) -> None:
    moving = {f"v{n}": vehicle("in", 25, 10) for n in range(5)}
    found = camera(network, f"{CLEAR},stuck=1", moving, seed).observe(0.0, 0, 5.0)
    assert same(found, camera(network, f"{CLEAR},stuck=1", {}, seed).observe(0.0, 0, 5.0))
    assert found.vehicles().max() <= 1
    assert np.all(found.distance_m == 0)
    assert found.queued().sum() == found.movement.size


@pytest.mark.parametrize(("miss", "after_s"), [(0.0, 1), (0.1, 20), (0.5, 70), (0.9, None)])
def test_an_empty_approach_is_believed_when_hardly_anybody_could_be_overlooked(
    network: Network, miss: float, after_s: int | None
) -> None:
    fleet = {f"v{n}": vehicle("in", 25, 10) for n in range(400)}
    sensor = camera(network, f"camera:miss={miss}", fleet)
    assert list(sensor.absent()) == []
    sensor.observe(0.0, 0, 5.0)
    fleet.clear()
    believed = []
    for second in range(1, 302):
        sensor.observe(float(second), 0, 5.0)
        believed += [second] if 0 in sensor.absent() else []
    assert (min(believed, default=None), max(believed, default=None)) == (after_s, after_s and 300)
