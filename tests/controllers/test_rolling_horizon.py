"""Rolling-horizon control: which stage it chooses, and what a movement weighs."""

from dataclasses import replace
from typing import Any

import pytest

from tests.fakes import crossroads, seen
from tests.test_rollout import in_lanes
from zhasyl.arrays import FloatArray
from zhasyl.controllers.parts.rollout import HEAVIEST, LEAST, SPILLS
from zhasyl.controllers.rolling_horizon import RollingHorizon, RollingHorizonParameters
from zhasyl.observation import Observation


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


def test_a_full_short_link_between_two_signals_counts_for_more() -> None:
    signal = crossroads()
    short = tuple(replace(m, from_signal_m=15.0) if m.from_edge == "n" else m for m in signal.movements)
    chosen = RollingHorizon(replace(signal, movements=short), RollingHorizonParameters())
    for standing, weight in ((0, 1.0), (1, 1.0), (2, 1.0 + SPILLS), (4, 1.0 + SPILLS)):
        queues = [(movement, 2.0 + 7 * place, 0.0) for movement in (0, 1) for place in range(standing)]
        assert list(weights(chosen, in_lanes(seen(signal, queues)))) == [weight, 1, 1, 1]
