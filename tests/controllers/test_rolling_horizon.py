"""Rolling-horizon control: which stage it chooses, and what a movement weighs."""

from dataclasses import replace
from typing import Any

import pytest

from tests.fakes import crossroads, seen
from tests.test_rollout import in_lanes
from zhasyl.arrays import FloatArray
from zhasyl.controllers.parts.rollout import HEAVIEST, LEAST, SPILLS, takes_turns
from zhasyl.controllers.rolling_horizon import RollingHorizon, RollingHorizonParameters, junction_of
from zhasyl.observation import Observation
from zhasyl.signals import SignalPlan, Stage


def controller(**parameters: Any) -> RollingHorizon:
    return RollingHorizon(crossroads(), RollingHorizonParameters(**parameters))


def weights(chosen: RollingHorizon, observation: Observation) -> FloatArray:
    """What a second of standing weighs by movement once this is seen."""
    chosen.next_stage(observation)
    return chosen._rolled.scene.memory.weight.copy()


def test_it_holds_without_traffic() -> None:
    assert controller().next_stage(seen(crossroads(), [])) == 0


def test_it_switches_to_who_waits_when_nobody_is_at_green() -> None:
    assert controller().next_stage(seen(crossroads(), [(2, 5, 0), (3, 5, 0)])) == 1


def test_it_lets_a_platoon_pass_before_it_switches() -> None:
    platoon = [(0, 12.0 + 15 * place, 12.0) for place in range(4)]
    assert controller().next_stage(seen(crossroads(), [*platoon, (2, 5, 0)])) == 0


def test_walks_go_on_while_nobody_waits_for_another_stage_or_a_platoon_is_to_pass() -> None:
    reserved = controller(walk_reserve_s=2.0)
    platoon = [(0, 12.0 + 15 * place, 12.0) for place in range(8)]
    assert reserved.keeps_walk(seen(crossroads(), [], green_s=5.0), 8.0)
    assert reserved.keeps_walk(seen(crossroads(), [*platoon, (2, 5, 0)], green_s=5.0), 8.0)
    assert not reserved.keeps_walk(seen(crossroads(), [(2, 5, 0), (3, 5, 0)], green_s=5.0), 8.0)
    assert not reserved.keeps_walk(seen(crossroads(), [*platoon, (2, 5, 0)], green_s=5.0), 30.0)
    assert not RollingHorizon.prolongs_walks(RollingHorizonParameters())


def test_a_vehicle_that_stands_at_green_does_not_hold_the_stage() -> None:
    chosen = controller()
    vehicles = [(0, 2.0, 0.0), (2, 5.0, 0.0)]
    found = [
        chosen.next_stage(in_lanes(seen(crossroads(), vehicles, green_s=20.0 + s, time_s=20.0 + s))) for s in range(8)
    ]
    assert found[-1] == 1


def test_a_queue_grows_in_weight_until_it_is_cleared() -> None:
    queue = [(2, 5.0 + 7 * place, 0.0) for place in range(3)]
    chosen = controller(patience_s=100)
    grown = [weights(chosen, seen(crossroads(), queue, time_s=time_s)) for time_s in (0.0, 50.0, 9999.0)]
    assert [list(found) for found in grown] == [[1, 1, 1, 1], [1, 1, 1.5, 1], [1, 1, HEAVIEST, 1]]
    assert list(weights(chosen, seen(crossroads(), queue[:1], time_s=9999.0))) == [1, 1, 1, 1]


def test_a_movement_whose_exit_fills_counts_for_less() -> None:
    chosen = controller()
    empty, half, fuller, full = (
        weights(chosen, seen(crossroads(), [], downstream_veh=veh))[0] for veh in (0.0, 10.0, 15.0, 20.0)
    )
    assert (empty, half, full) == (1.0, 1.0, LEAST)
    assert fuller == pytest.approx(0.5)


def test_a_short_exit_is_full_once_somebody_stands_on_it() -> None:
    signal = crossroads()
    short = tuple(replace(m, exit_m=15.0) if place == 0 else m for place, m in enumerate(signal.movements))
    chosen = RollingHorizon(replace(signal, movements=short), RollingHorizonParameters())
    for standing, weight in ((0.0, 1.0), (1.0, LEAST)):
        found = weights(chosen, seen(crossroads(), [], downstream_veh=1.0, downstream_queue_veh=standing))
        assert list(found) == [weight, 1.0, 1.0, 1.0]


def test_a_full_short_link_between_two_signals_counts_for_more() -> None:
    signal = crossroads()
    short = tuple(replace(m, from_signal_m=15.0) if m.from_edge == "n" else m for m in signal.movements)
    chosen = RollingHorizon(replace(signal, movements=short), RollingHorizonParameters())
    for standing, weight in ((0, 1.0), (1, 1.0), (2, 1.0 + SPILLS), (4, 1.0 + SPILLS)):
        queues = [(movement, 2.0 + 7 * place, 0.0) for movement in (0, 1) for place in range(standing)]
        assert list(weights(chosen, in_lanes(seen(signal, queues)))) == [weight, 1, 1, 1]


def in_turn(flow_vps: float = 0.24, stages: int = 2) -> RollingHorizon:
    """At a junction of so many stages to which so much comes by each movement; at 0 s nothing is seen."""
    signal = crossroads()
    if stages == 3:
        states = ("Grrr", "rGrr", "rrGG")
        own = tuple(Stage(name, state, 5.0, 60.0) for name, state in zip("ABC", states, strict=True))
        signal = replace(signal, stages=own, plan=SignalPlan((0, 1, 2), (20.0, 20.0, 20.0), 72.0))
    chosen = RollingHorizon(signal, RollingHorizonParameters())
    chosen.next_stage(seen(signal))
    chosen._rolled.scene.memory.flow_vps[:] = flow_vps
    return chosen


WAITING = [(2, 5.0, 0.0), (3, 5.0, 0.0)]


def test_in_turn_a_stage_goes_on_for_who_has_lost_time_alone_and_for_its_share() -> None:
    slowed, on_time = (0, 60.0, 8.0), (0, 60.0, 13.5)
    assert in_turn().next_stage(seen(crossroads(), [slowed, *WAITING])) == 0
    assert in_turn().next_stage(seen(crossroads(), [on_time, *WAITING])) == 1
    assert in_turn().next_stage(seen(crossroads(), [slowed, *WAITING], green_s=58.0)) == 0
    assert in_turn().next_stage(seen(crossroads(), [slowed, *WAITING], green_s=59.0)) == 1
    assert in_turn().next_stage(seen(crossroads(), [slowed])) == 0
    full = seen(crossroads(), [slowed, *WAITING], downstream_veh=15.0)
    assert in_turn().next_stage(full) == 1, "it would stand at the exit"


@pytest.mark.parametrize("longest_ago", [1, 2])
def test_the_stage_whose_turn_it_is_was_green_longest_ago(longest_ago: int) -> None:
    chosen = in_turn(0.16, stages=3)
    chosen._rolled.scene.memory.green_at_s[:] = 20.0
    chosen._rolled.scene.memory.green_at_s[longest_ago] = 10.0
    waiting = [(1, 5.0, 0.0), (2, 5.0, 0.0), (3, 5.0, 0.0)]
    assert chosen.next_stage(seen(chosen.signal, waiting)) == longest_ago


def test_who_is_not_waited_for_has_no_turn() -> None:
    chosen = in_turn(0.16, stages=3)
    chosen._rolled.scene.memory.green_at_s[:] = [20.0, 10.0, 20.0]
    assert chosen.next_stage(seen(chosen.signal, WAITING)) == 2


@pytest.mark.parametrize(("flow_vps", "taken"), [(0.2, False), (0.24, True)])
def test_turns_are_taken_where_the_flows_call_for_a_cycle_of_three_minutes(flow_vps: float, taken: bool) -> None:
    """Two stages that lose 6 s each: 1.5 x 12 s + 5 s = 180 s x (1 - Y) at Y = 0.87, 0.23 vehicles/s a lane."""
    chosen = in_turn(flow_vps)
    chosen.next_stage(seen(crossroads(), WAITING))
    assert takes_turns(chosen._rolled.scene) == taken
    assert not takes_turns(chosen._rolled.scene._replace(busy=10.0))


def test_a_stage_is_apart_if_no_other_one_serves_its_lanes_and_it_is_isolated() -> None:
    signal = crossroads()
    assert list(junction_of(signal).apart) == [True, True]
    again = replace(signal, stages=(*signal.stages, Stage("C", "Grrr", 5.0, 60.0), Stage("walk", "rrrr", 5.0, 60.0)))
    assert list(junction_of(again).apart) == [False, True, False, True]
    near = replace(signal, movements=(*signal.movements[:3], replace(signal.movements[3], from_signal_m=140.0)))
    assert list(junction_of(near).apart) == [True, False]
    assert not junction_of(signal, isolated=False).apart.any()
