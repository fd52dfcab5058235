"""The model of queues that rolling-horizon rolls forward, against situations worked by hand."""

import itertools
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes import crossroads, seen
from zhasyl.arrays import FloatArray
from zhasyl.controllers.parts.rolled import scene_of, wider
from zhasyl.controllers.parts.rollout import (
    ANY,
    BASE,
    BLOCKED_S,
    HEADWAY_S,
    NOBODY,
    START_UP_S,
    Scene,
    begin,
    cost,
    in_order,
    into_lanes,
    keeps_share,
    look,
    stuck,
    travel_s,
)
from zhasyl.controllers.rolling_horizon import (
    HOLDS_S,
    HORIZON_S,
    horizon_s,
    junction_of,
)
from zhasyl.observation import Observation
from zhasyl.signals import Conflicts, Signal

Placed = list[tuple[int, float, float]]  # movement, distance in m, speed in m/s
H = 60
VEHICLES = st.lists(st.tuples(st.integers(0, 3), st.floats(0, 150), st.floats(0, 20)), max_size=30)


def looked(signal: Signal, o: Observation, horizon: int = H, flow_vps: FloatArray | None = None) -> tuple[Scene, int]:
    """What is seen, 150 m far, as the model takes it, with all weights 1; and how many vehicles there are to come."""
    scene = wider(scene_of(junction_of(signal), HOLDS_S, horizon, 1.0, 100.0), 500)
    if flow_vps is not None:
        scene.memory.flow_vps[:] = flow_vps
    exits = (o.downstream_veh, o.downstream_queue_veh)
    total = look(scene, o.movement, o.lane, o.distance_m, o.speed_mps, *exits, 150.0, o.time_s, 0.0)
    scene.memory.weight[:] = 1.0
    return scene, total


def rolled(
    vehicles: Placed,
    hold_s: int,
    then: int,
    stage: int = 0,
    signal: Signal | None = None,
    limit: float = np.inf,
    **start: Any,
) -> float:
    """Cost with all weights 1, on the crossroads unless another signal is given, 10 s after the stage turned green."""
    scene = queues(vehicles, signal or crossroads(), **start)
    return cost(scene, stage, 10, hold_s, then, BASE, limit)


def queues(vehicles: Placed, signal: Signal, horizon: int = H, **start: Any) -> Scene:
    """Vehicles in lanes, and what is known of these."""
    scene, total = looked(signal, seen(signal, vehicles), horizon)
    into_lanes(scene, total)
    scene.start.inside[:] = start.get("inside", NOBODY)
    scene.start.blocked[:] = start.get("blocked", False)
    return scene


def in_lanes(observation: Observation) -> Observation:
    """On the crossroads, whose movements have a lane each."""
    lanes = [crossroads().lanes.index((crossroads().movements[m].from_edge, 0)) for m in observation.movement]
    return replace(observation, lane=np.array(lanes, dtype=np.intp))


def permissive() -> Signal:
    """A movement that gives way to oncoming traffic, both green in stage 0."""
    signal = crossroads()
    return replace(
        signal,
        stages=(replace(signal.stages[0], state="gGrr"), signal.stages[1]),
        conflicts=Conflicts(signal.conflicts.foes | {(0, 1), (1, 0)}, frozenset({(0, 1)})),
    )


N = crossroads().lanes.index(("n", 0))  # the lane of movement 0
LANES = range(len(crossroads().lanes))


def test_an_empty_junction_costs_nothing() -> None:
    assert rolled([], 0, 1) == 0.0


def test_a_queue_at_red_waits_for_the_switch_and_its_turn() -> None:
    # switch at 0 s, intergreen 4 s; the first leaves at once, those behind a headway apart, longer for the first ones
    queue = [(2, 5.0, 0.0), (2, 12.0, 0.0), (2, 19.0, 0.0)]
    second_s = HEADWAY_S + START_UP_S
    third_s = second_s + HEADWAY_S + START_UP_S / 2
    expected = 3 * 4 + second_s + third_s
    assert rolled(queue, 0, 1) == pytest.approx(expected, abs=3)  # whole seconds


def test_every_second_a_queue_is_held_costs_its_vehicles() -> None:
    queue: Placed = [(2, 5.0, 0.0), (2, 12.0, 0.0), (2, 19.0, 0.0)]
    passing: Placed = [(0, 13.0 * second, 13.0) for second in range(1, 9, 2)]
    assert rolled([*queue, *passing], 8, 1) == rolled(queue, 0, 1) + 3 * 8


def test_a_hold_that_nobody_uses_is_no_plan() -> None:
    assert rolled([(2, 5.0, 0.0)], 7, 1) == np.inf


def test_the_base_policy_that_ends_a_stage_at_once_is_no_plan_of_its_own() -> None:
    assert rolled([(2, 5.0, 0.0)], 0, BASE) == np.inf
    assert rolled([(0, 5.0, 0.0), (2, 5.0, 0.0)], 0, BASE) < np.inf


def test_any_is_the_stage_that_serves_most_a_second() -> None:
    vehicles: Placed = [(0, 5.0, 5.0), (2, 5.0, 0.0), (3, 5.0, 0.0)]
    assert rolled(vehicles, 1, ANY) == rolled(vehicles, 1, 1)


def test_who_arrives_at_green_does_not_wait() -> None:
    assert rolled([(0, 60.0, 12.0)], 5, BASE) == 0.0


def test_who_is_left_at_the_end_waits_on() -> None:
    queue: Placed = [(2, 5.0 + 7 * place, 0.0) for place in range(5)]
    short, longer = (cost(queues(queue, crossroads(), horizon), 0, 10, 0, 1, BASE, np.inf) for horizon in (5, 40))
    assert short == pytest.approx(longer, rel=0.25)


def test_a_blocked_lane_does_not_move_before_the_stage_changes() -> None:
    blocked = np.array([lane == N for lane in LANES])
    assert rolled([(0, 5.0, 0.0)], 0, 1, blocked=blocked) > rolled([(0, 5.0, 0.0)], 0, BASE)


def test_who_waits_inside_the_junction_keeps_those_behind() -> None:
    inside = np.array([0 if lane == N else NOBODY for lane in LANES])
    behind: Placed = [(0, 5.0, 0.0), (0, 12.0, 0.0)]
    free = rolled(behind, 0, BASE, signal=permissive())
    assert rolled(behind, 0, BASE, signal=permissive(), inside=inside) > free + 1


def test_who_gives_way_waits_for_a_gap() -> None:
    assert junction_of(permissive()).yields[0].tolist() == [False, True, False, False]
    turning: Placed = [(0, 2.0, 5.0)]
    oncoming: Placed = [(1, 13.0 * second, 13.0) for second in range(1, 9)]
    assert rolled(turning, 0, BASE, signal=permissive()) == 0.0
    alone = rolled(oncoming, 0, BASE, signal=permissive())
    assert rolled([*turning, *oncoming], 0, BASE, signal=permissive()) >= alone + 7


def test_travel_accelerates_to_the_limit() -> None:
    assert travel_s(26.0, 13.0, 13.0) == 2.0
    assert travel_s(16.0, 0.0, 20.0) == 4.0  # v²/2a = 16 m at 2 m/s²
    assert travel_s(100.0, 0.0, 10.0) == pytest.approx(5.0 + 75.0 / 10.0)


@settings(deadline=None)
@given(VEHICLES, st.sampled_from([int(hold_s) for hold_s in HOLDS_S]), st.integers(0, 1))
def test_a_cost_is_never_negative_and_stops_above_its_limit(vehicles: Placed, hold_s: int, stage: int) -> None:
    found = rolled(vehicles, hold_s, 1 - stage, stage)
    assert found >= 0.0
    limited = rolled(vehicles, hold_s, 1 - stage, stage, limit=found / 2)
    assert found == 0.0 or found / 2 <= limited <= found


@settings(deadline=None)
@given(VEHICLES)
def test_each_vehicle_is_in_one_lane_it_may_use(vehicles: Placed) -> None:
    junction, _, _, traffic, *_ = queues(vehicles, crossroads())
    assert sorted(traffic.movement[: len(vehicles)]) == sorted(movement for movement, _, _ in vehicles)
    for lane, (first, end) in enumerate(itertools.pairwise(traffic.first)):
        assert all(junction.lanes[m, lane] for m in traffic.movement[first:end])
        assert list(traffic.due_s[first:end]) == sorted(traffic.due_s[first:end])


@settings(deadline=None)
@given(VEHICLES, st.lists(st.floats(0, 0.6), min_size=4, max_size=4))
def test_those_expected_follow_beyond_the_range_at_the_flow(vehicles: Placed, flow_vps: list[float]) -> None:
    flow = np.array(flow_vps)
    scene, total = looked(crossroads(), seen(crossroads(), vehicles), flow_vps=flow)
    in_order(scene, len(vehicles), total, 150.0)
    movement, lane, distance_m, _ = (column[:total] for column in scene.vehicles)
    assert list(distance_m) == sorted(distance_m)
    behind = (distance_m > 150.0) & (lane == NOBODY)
    length_s = np.maximum(H - 150.0 / scene.junction.speed_mps, 0.0)
    found = np.bincount(movement[behind], minlength=4)
    assert found == pytest.approx(flow * length_s, abs=1.0)
    assert total == len(vehicles) + found.sum()


def test_of_those_as_near_the_first_seen_stays_the_first() -> None:
    scene, total = looked(crossroads(), seen(crossroads(), [(3, 9.0, 1.0), (1, 9.0, 2.0), (2, 4.0, 3.0)]))
    in_order(scene, 3, total, 150.0)
    assert scene.vehicles.movement[:3].tolist() == [2, 3, 1]
    assert scene.vehicles.speed_mps[:3].tolist() == [3.0, 1.0, 2.0]


def test_a_head_that_stands_at_green_is_stuck_from_when_the_queue_could_start() -> None:
    o = in_lanes(seen(crossroads(), [(0, 5.0, 0.0), (2, 5.0, 0.0)]))
    scene, _ = looked(crossroads(), o)

    def look_again(green_s: float, time_s: float) -> dict[int, float]:
        stuck(scene, 2, 0, green_s, time_s)
        return {lane: scene.start.stuck_s[lane] for lane in LANES if scene.start.stuck_s[lane]}

    assert look_again(5.0, 100.0) == {N: 5.0 - 1.0 - 5.0 / 5.0}
    assert look_again(9.0, 104.0) == {N: 7.0}


def test_a_head_without_anything_to_wait_for_is_blocked() -> None:
    for vehicles, blocked in (([(0, 2.0, 0.0)], True), ([(0, 2.0, 0.0), (1, 20.0, 13.0)], False)):
        scene = queues(vehicles, permissive())
        scene.start.stuck_s[N] = 9.0
        for _ in range(int(BLOCKED_S)):
            begin(scene, 0)
        assert scene.start.blocked[N] == blocked
        assert scene.start.inside[N] == 0


QUEUE = [(0, 2.0, 0.0), (0, 9.5, 0.0), (0, 17.0, 0.0)]
NEAR_SATURATION = np.array([0.3, 0.1, 0.4, 0.1]) / HEADWAY_S  # flows of ratios that sum up to 0.7 in the busiest lanes
SHARE_S = ((1.5 * 12.0 + 5.0) / (1.0 - 0.7) - 12.0) * 0.3 / 0.7  # Webster's, each stage losing 4 s and LOST_S


@pytest.mark.parametrize(
    ("vehicles", "flow_vps", "age_s", "exit_veh", "keeps"),
    [
        pytest.param(QUEUE, NEAR_SATURATION, int(SHARE_S), 0.0, True, id="a queue within the share"),
        pytest.param(QUEUE, NEAR_SATURATION, int(SHARE_S) + 1, 0.0, False, id="the share is over"),
        pytest.param(QUEUE[:2], NEAR_SATURATION, 9, 0.0, False, id="the queue is cleared"),
        pytest.param([(1, *place) for _, *place in QUEUE], NEAR_SATURATION, 9, 0.0, False, id="another lane's queue"),
        pytest.param(QUEUE, 0.7 * NEAR_SATURATION, 9, 0.0, False, id="a light load"),
        pytest.param(QUEUE, NEAR_SATURATION, 9, 15.0, False, id="no room ahead"),
    ],
)
def test_near_saturation_a_queue_keeps_its_share(
    vehicles: Placed, flow_vps: FloatArray, age_s: int, exit_veh: float, keeps: bool
) -> None:
    o = replace(seen(crossroads(), vehicles), downstream_veh=np.full(4, exit_veh))
    scene, total = looked(crossroads(), o, flow_vps=flow_vps)
    in_order(scene, len(vehicles), total, 150.0)
    into_lanes(scene, total)
    scene.start.inside[:] = NOBODY
    assert keeps_share(scene, 0, age_s) == keeps
    scene.junction.far[:] = False  # of a queue that is seen to its end
    assert not keeps_share(scene, 0, age_s)


def test_the_horizon_sees_a_switch_through() -> None:
    junction = junction_of(crossroads())
    assert horizon_s(junction._replace(min_green_s=np.array([1, 1]))) == HORIZON_S[0]
    slow = junction._replace(min_green_s=np.array([16, 10]), intergreen_s=np.array([[0, 6], [6, 0]]))
    assert horizon_s(slow) == 2.5 * (13 + 6)
