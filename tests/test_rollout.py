"""The model of queues that rolling-horizon rolls forward, against situations worked by hand."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes import crossroads, seen
from zhasyl.controllers.rolling_horizon import HOLDS_S, RollingHorizon, RollingHorizonParameters, junction_of
from zhasyl.controllers.rollout import HEADWAY_S, START_UP_S, SURCHARGE, Traffic, cost, into_lanes
from zhasyl.signals import Conflicts, Movement

Vehicles = list[tuple[int, float, float]]  # movement, distance in m, speed in m/s
H = 60
VEHICLES = st.lists(st.tuples(st.integers(0, 3), st.floats(0, 150), st.floats(0, 20)), max_size=30)


def rolled(vehicles: Vehicles, hold_s: int, then: int, stage: int = 0, age_s: int = 10) -> float:
    """Cost on the crossroads with all weights 1."""
    signal = crossroads()
    junction, observation = junction_of(signal), seen(signal, vehicles)
    traffic = Traffic(
        *into_lanes(
            junction.lanes,
            observation.movement.astype(np.int64),
            observation.lane.astype(np.int64),
            observation.distance_m,
            observation.speed_mps,
        )
    )
    nobody = np.zeros(4, dtype=bool)
    return float(cost(junction, traffic, np.ones(4), nobody, stage, age_s, hold_s, then, H, np.inf))


def test_an_empty_junction_costs_nothing() -> None:
    assert rolled([], 0, 1) == 0.0


def test_a_queue_at_red_waits_for_the_switch_and_its_turn() -> None:
    # switch at 0 s, intergreen 4 s, start-up 2 s: the k-th of three leaves at 6 + 2 k
    lost_s = 4 + START_UP_S
    expected = sum(lost_s + HEADWAY_S * place for place in range(3))
    assert rolled([(2, 5.0, 0.0), (2, 12.0, 0.0), (2, 19.0, 0.0)], 0, 1) == expected
    assert rolled([(2, 5.0, 0.0), (2, 12.0, 0.0), (2, 19.0, 0.0)], 7, 1) == expected + 3 * 7


def test_who_arrives_at_green_does_not_wait() -> None:
    assert rolled([(0, 60.0, 12.0)], 20, 1) == 0.0


def test_who_is_left_at_the_end_is_surcharged() -> None:
    assert rolled([(2, 5.0, 0.0)], H, 1) == H + SURCHARGE * H


def test_who_gives_way_waits_for_a_gap() -> None:
    signal = crossroads()
    turning = Movement("n", "e", (0,), 1)
    oncoming = Movement("s", "n", (1,), 1)
    object.__setattr__(signal, "movements", (turning, oncoming))
    object.__setattr__(signal, "conflicts", Conflicts(frozenset({(0, 1), (1, 0)}), frozenset({(0, 1)})))
    junction = junction_of(signal)
    assert junction.yields.tolist() == [[False, True], [False, False]]


@settings(deadline=None)
@given(VEHICLES, st.sampled_from([int(hold_s) for hold_s in HOLDS_S]), st.integers(0, 1))
def test_a_cost_is_within_what_everybody_waiting_would_cost(vehicles: Vehicles, hold_s: int, stage: int) -> None:
    found = rolled(vehicles, hold_s, 1 - stage, stage)
    assert 0.0 <= found <= len(vehicles) * H * (1 + SURCHARGE)


@settings(deadline=None)
@given(VEHICLES)
def test_each_vehicle_is_in_one_lane_it_may_use(vehicles: Vehicles) -> None:
    signal = crossroads()
    junction, observation = junction_of(signal), seen(signal, vehicles)
    first, movement, due_s = into_lanes(
        junction.lanes,
        observation.movement.astype(np.int64),
        observation.lane.astype(np.int64),
        observation.distance_m,
        observation.speed_mps,
    )
    assert sorted(movement) == sorted(observation.movement)
    for lane, (begin, end) in enumerate(itertools.pairwise(first)):
        assert all(junction.lanes[m, lane] for m in movement[begin:end])
        assert list(due_s[begin:end]) == sorted(due_s[begin:end])


def controller(**parameters: float) -> RollingHorizon:
    return RollingHorizon(crossroads(), RollingHorizonParameters(**parameters))


def test_it_holds_without_traffic() -> None:
    assert controller().next_stage(seen(crossroads(), [])) == 0


def test_it_switches_to_who_waits_when_nobody_is_at_green() -> None:
    assert controller().next_stage(seen(crossroads(), [(2, 5, 0), (3, 5, 0)])) == 1


def test_it_lets_a_platoon_pass_before_it_switches() -> None:
    platoon = [(0, 12.0 + 15 * place, 12.0) for place in range(4)]
    assert controller().next_stage(seen(crossroads(), [*platoon, (2, 5, 0)])) == 0


def test_a_vehicle_that_stands_at_green_does_not_hold_the_stage() -> None:
    blocked = [(0, 2.0, 0.0), (2, 5.0, 0.0)]
    assert controller().next_stage(seen(crossroads(), blocked, green_s=20.0)) == 1


@pytest.mark.parametrize("waited_s", [0.0, 600.0])
def test_waiting_grows_in_weight(waited_s: float) -> None:
    steady = [(0, 10.0 + 14 * place, 12.0) for place in range(9)]
    chosen = controller(patience_s=10)
    chosen.next_stage(seen(crossroads(), steady, time_s=0.0))
    found = chosen.next_stage(seen(crossroads(), [*steady, (2, 5, 0)], time_s=waited_s))
    assert found == (1 if waited_s else 0)
