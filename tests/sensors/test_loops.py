"""What loops tell of vehicles on the approach `in` (50 m, straight on and left share its lane) and `cross` (100 m)."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes import FakeSimulation, FakeVehicle
from tests.sensors.road import AHEAD, SIGNAL, fleets, same, vehicle
from zhasyl.network import Network
from zhasyl.observation import Observation
from zhasyl.sensors import Sensor, parse_sensor
from zhasyl.sensors.loop_lane import SLOWEST_MPS, SPACING_M, LoopLane
from zhasyl.sensors.shares import Shares
from zhasyl.sensors.ways import upstream_lanes
from zhasyl.sumo.net_file import read_network

IN_OUT, IN_SIDE, CROSS_SIDE = range(3)
ACROSS = ("cross", "side")
Fleet = dict[str, FakeVehicle]
Places = tuple[float, float, float, float]


def loops(network: Network, fleet: Fleet, parameters: str = "", seed: int = 1) -> Sensor:
    return parse_sensor(f"loops:{parameters}").build(FakeSimulation(fleet=fleet), network, SIGNAL, seed)


def watch(network: Network, moments: list[Fleet], parameters: str = "") -> list[Observation]:
    """Readings one second apart of a road that looks like this at each."""
    fleet: Fleet = {}
    sensor = loops(network, fleet, parameters)
    found = []
    for second, now in enumerate(moments):
        fleet.clear()
        fleet.update(now)
        found.append(sensor.observe(float(second), 0, 5.0))
    return found


def across(distance_m: float, speed_mps: float = 10.0) -> FakeVehicle:
    return vehicle("cross", 100 - distance_m, speed_mps, ACROSS)


@settings(max_examples=60, deadline=None)
@given(moments=st.lists(fleets(("behind", "far", "out", "side")), max_size=5))
def test_vehicles_elsewhere_are_never_seen_coming(network: Network, moments: list[Fleet]) -> None:
    assert all(found.movement.size == 0 for found in watch(network, moments))


@settings(max_examples=60, deadline=None)
@given(moments=st.lists(fleets(("behind", "far", "in", "cross")), max_size=5))
def test_an_exit_without_vehicles_counts_none(network: Network, moments: list[Fleet]) -> None:
    assert all(found.downstream_veh.sum() == 0 for found in watch(network, moments))


def test_who_drives_through_the_queue_zone_of_an_exit_is_counted(network: Network) -> None:
    fleet = {"a": vehicle("out", 3, 8), "b": vehicle("out", 19, 8), "beyond": vehicle("out", 21, 0)}
    found = watch(network, [fleet])[0]
    assert found.downstream_veh.max() == 2
    assert found.downstream_queue_veh.sum() == 0


def test_who_stands_in_the_queue_zone_of_an_exit_fills_its_lane(network: Network) -> None:
    found = watch(network, [{"a": vehicle("out", 3, 8), "b": vehicle("out", 19, 0)}])[0]
    assert found.downstream_queue_veh.max() == pytest.approx(80 / SPACING_M)
    assert found.downstream_veh.max() == pytest.approx(80 / SPACING_M + 1)


@pytest.mark.parametrize(("speed_mps", "queued"), [(0.09, True), (0.1, False)])
def test_who_drives_at_the_threshold_fills_no_lane(network: Network, speed_mps: float, queued: bool) -> None:
    found = watch(network, [{"a": vehicle("out", 19, speed_mps)}])[0]
    assert (found.downstream_queue_veh.max() > 0) == queued


@settings(max_examples=60, deadline=None)
@given(places=st.lists(st.tuples(*[st.floats(20.01, 79.9)] * 4), max_size=6))
def test_a_vehicle_that_has_crossed_no_detector_is_never_seen(network: Network, places: list[Places]) -> None:
    moments = [{f"v{n}": across(at) for n, at in enumerate(row)} for row in places]
    assert all(found.movement.size == 0 for found in watch(network, moments))


@settings(max_examples=60, deadline=None)
@given(moments=st.lists(fleets(("in", "cross")), min_size=1, max_size=6), far_m=st.lists(st.floats(80.01, 100)))
def test_vehicles_before_the_advance_loop_change_nothing(
    network: Network, moments: list[Fleet], far_m: list[float]
) -> None:
    before = {f"w{n}": across(at) for n, at in enumerate(far_m)}
    crowded = watch(network, [{**fleet, **before} for fleet in moments])
    assert all(same(*pair) for pair in zip(watch(network, moments), crowded, strict=True))


def test_a_passage_tells_the_speed_and_the_vehicle_comes_on_at_it(network: Network) -> None:
    found = watch(network, [{"v": across(90)}, {"v": across(78)}, {"v": across(50)}, {"v": across(60)}])
    assert [one.distance_m.tolist() for one in found] == [[], [78], [68], [58]]
    assert [one.speed_mps.tolist() for one in found] == [[], [10], [10], [10]]
    assert found[1].movement.tolist() == [CROSS_SIDE]


def test_a_vehicle_in_the_stop_line_zone_is_counted_once(network: Network) -> None:
    found = watch(network, [{}, {"v": across(78, 20)}, {"v": across(58, 20)}, {"v": across(18, 20)}, {}])
    assert [one.movement.size for one in found] == [0, 1, 1, 1, 0]
    assert (found[3].distance_m.tolist(), found[3].speed_mps.tolist()) == ([10], [20])


def test_who_drives_through_between_two_readings_leaves_nothing(network: Network) -> None:
    found = watch(network, [{}, {"v": across(79)}, {}])
    assert [one.movement.size for one in found] == [0, 1, 0]


@pytest.mark.parametrize(("gone", "behind_mps"), [(1, [0, 0, 0]), (2, [10, 10])])
def test_a_queue_starts_one_after_the_other_however_seldom_it_is_read(
    network: Network, gone: int, behind_mps: list[float]
) -> None:
    names = "abcdefg"
    queue = {name: across(2 + 8 * place, 0) for place, name in enumerate(names)}
    coming = [{name: queue[name] for name in names[:n]} | {names[n]: across(79)} for n in range(7)]
    driven = {name: across(2 + 8 * place, 5) for place, name in enumerate(names[gone:])}
    found = watch(network, [{}, *coming, *[queue] * 7, driven])[-1]
    assert found.speed_mps[3:].tolist() == behind_mps


def test_a_vehicle_stands_when_it_has_been_in_the_zone_for_three_seconds(network: Network) -> None:
    found = watch(network, [{"v": across(2, 0)}] * 5)
    assert [float(one.speed_mps[0]) for one in found] == [SLOWEST_MPS] * 3 + [0, 0]
    assert found[-1].distance_m.tolist() == [0]
    assert found[-1].queued().tolist() == [0, 0, 1]


def test_a_queue_that_discharges_does_not_stand(network: Network) -> None:
    queue = {"a": across(1, 0), "b": across(9, 0)}
    found = watch(network, [queue] * 5 + [{"b": across(5, 3)}] * 5)
    assert [one.queued()[CROSS_SIDE] for one in found] == [0, 0, 0, 2, 2, 0, 0, 0, 1, 1]


def test_a_queue_longer_than_the_zone_is_counted_by_passages(network: Network) -> None:
    ahead = {"a": across(1, 0), "b": across(9, 0), "c": across(17, 0)}
    passing = [{**ahead, "d": across(78), **({"e": across(79)} if second > 4 else {})} for second in range(20)]
    found = watch(network, [ahead, *passing])[-1]
    assert found.distance_m.tolist() == [0, 7.5, 15, 20, 27.5]
    assert found.queued()[CROSS_SIDE] == 5


def test_a_vehicle_that_never_arrives_is_forgotten_when_the_zone_is_empty(network: Network) -> None:
    found = watch(network, [{}, *[{"v": across(75, 10)}] * 10])
    assert [one.movement.size for one in found] == [0, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0]


def test_a_gap_in_a_queue_that_drives_off_loses_nobody(network: Network) -> None:
    first, second, third = {"a": across(2, 0), "b": across(10, 0)}, {"c": across(25, 0)}, {"d": across(33, 0)}
    queue = first | second | third
    coming = [
        {},
        {"a": across(79)},
        {"a": across(60), "b": across(79)},
        first | {"c": across(79)},
        first | second | {"d": across(79)},
    ]
    driven_off = {"c": across(21, 8), "d": across(29, 4)}
    found = watch(network, [*coming, *[queue] * 12, driven_off, driven_off])
    assert [one.movement.size for one in found] == [0, 1, 2, 3, *[4] * 13, 2, 2]


def test_a_shared_lane_gives_its_movements_three_vehicles_straight_on_for_one_turn(network: Network) -> None:
    queue = {f"v{n}": vehicle("in", 49 - 6 * n, 0, AHEAD) for n in range(5)}
    found = watch(network, [queue] * 5, "stop_line_m=35,advance_m=35")[-1]
    assert found.movement.tolist() == [IN_OUT, IN_OUT, IN_SIDE, IN_OUT, IN_OUT]


def test_the_way_upstream_goes_on_before_a_short_lane(network: Network) -> None:
    assert upstream_lanes(network, "in", 0, 80.0) == {"in_0": 50.0, ":M_0_0": 55.0, "up_0": 115.0, "lane_0": 140.0}
    assert upstream_lanes(network, "in", 0, 50.0) == {"in_0": 50.0}
    found = watch(network, [{"v": vehicle("up", 34)}, {"v": vehicle("up", 40, 12)}, {"v": vehicle("up", 52, 12)}])
    assert [one.distance_m.tolist() for one in found] == [[], [75], [63]]
    assert found[1].speed_mps.tolist() == [12]


def test_where_the_way_begins_before_the_loop_the_loop_lies_at_its_start(network: Network) -> None:
    found = watch(network, [{}, {"v": across(99)}], "advance_m=150")
    assert (found[1].distance_m.tolist(), found[1].speed_mps.tolist()) == ([99], [10])


def test_a_lane_that_leads_to_two_approach_lanes_gives_them_its_vehicles_in_turn(tmp_path: Path) -> None:
    """`up` (60 m, one lane) widens to `in` (8 m): lane 0 goes to `out`, lane 1 to `side`."""
    lane = '<lane id="{0}_{1}" index="{1}" speed="13.9" length="{2}" shape="0,0 1,0"/>'
    edges = "".join(
        f'<edge id="{name}">{"".join(lane.format(name, n, length) for n in range(lanes))}</edge>'
        for name, lanes, length in (("up", 1, 60), ("in", 2, 8), ("out", 1, 90), ("side", 1, 90))
    )
    links = (
        '<connection from="up" to="in" fromLane="0" toLane="0"/><connection from="up" to="in" fromLane="0" toLane="1"/>'
        '<connection from="in" to="out" fromLane="0" toLane="0" tl="J" linkIndex="0"/>'
        '<connection from="in" to="side" fromLane="1" toLane="0" tl="J" linkIndex="1"/>'
    )
    path = tmp_path / "flare.net.xml"
    path.write_text(f'<net><location netOffset="0,0"/>{edges}{links}</net>', encoding="utf-8")
    queue = {f"v{n}": vehicle("up", 59 - 7 * n, 0, ("up", "in", "out")) for n in range(4)}
    found = watch(read_network(path), [queue] * 5, "stop_line_m=40")
    assert [one.vehicles().tolist() for one in found] == [[2, 2, 0]] * 5


@pytest.mark.parametrize("seed", range(8))
def test_stuck_detectors_report_a_standing_vehicle_or_none_whatever_is_there(network: Network, seed: int) -> None:
    sensors = [loops(network, fleet, "stuck=1", seed) for fleet in ({}, {"v": across(5, 0), "w": vehicle("in", 45)})]
    empty, full = ([sensor.observe(float(s), 0, 5.0) for s in range(6)] for sensor in sensors)
    assert all(same(*pair) for pair in zip(empty, full, strict=True))
    assert set(empty[0].distance_m.tolist()) <= {0.0, 80.0}
    assert empty[0].queued().sum() == empty[0].movement.size


def test_while_loops_drop_out_the_historic_mean_stands_in(network: Network) -> None:
    fleet = {"v": across(70, 10), "w": across(3, 0)}
    sensor = loops(network, fleet, "drop_out=0.5")
    found = [sensor.observe(float(second), 0, 5.0) for second in range(600)]
    waiting = [one.vehicles()[CROSS_SIDE] for one in found]
    assert min(waiting) == 1  # at red, who stood there when the loops fell silent still stands there
    silent = loops(network, fleet, "drop_out=1")
    assert all(silent.observe(float(second), 0, 5.0).movement.size == 0 for second in range(60))


def test_a_zone_that_is_silent_is_noticed_and_the_advance_loop_tells_of_its_lane() -> None:
    lane = LoopLane((0,), Shares([1.0]), 20.0, 80.0, stuck_stop=False, stuck_advance=None)
    counts = []
    for second in range(120):
        if second % 4 == 0:
            lane.pass_advance(float(second), 80.0, 12.0)
        if lane.zone_watch.failed:
            lane.let_go(float(second), 10.0, second >= 100)
        counts.append(len(lane.seen(float(second))))
    assert max(counts[:40]) <= 4  # until then those who should have arrived are forgotten
    assert counts[99] > 8
    assert counts[119] < counts[99]


def test_a_vehicle_that_stands_for_ever_is_no_longer_told_of() -> None:
    lane = LoopLane((0,), Shares([1.0]), 20.0, 80.0, stuck_stop=True, stuck_advance=True)
    assert [len(lane.seen(float(second))) for second in (0, 100, 299, 300)] == [2, 2, 2, 0]


def test_who_changes_lanes_between_the_loops_is_no_ghost_on_the_lane_it_left() -> None:
    left, right = (LoopLane((n,), Shares([1.0]), 20.0, 80.0, None, None) for n in range(2))
    left.beside, right.beside = (right,), (left,)
    for lane in (left, right):
        lane.count_zone(0.0, [], 0)
        lane.seen(0.0)
    left.pass_advance(1.0, 79.0, 10.0)
    for second in range(2, 8):
        right.count_zone(float(second), [("v", 5.0)] if second > 6 else [], 0)
        left.count_zone(float(second), [], 0)
        assert len(left.seen(float(second))) + len(right.seen(float(second))) == 1


def test_a_vehicle_that_stands_on_the_advance_loop_fills_the_lane_up_to_the_zone() -> None:
    lane = LoopLane((0,), Shares([1.0]), 20.0, 80.0, None, None)
    for second in range(12):
        lane.count_zone(float(second), [("a", 0.0), ("b", 0.0)], 0)
        lane.occupy_advance(float(second), second > 4)
        found = lane.seen(float(second))
    assert len(found) == 2 + 6
    assert all(speed_mps == 0 for _, _, speed_mps in found)
