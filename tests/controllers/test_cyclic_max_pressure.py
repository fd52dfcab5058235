"""What cyclic max-pressure control decides."""

import numpy as np
import pytest

from tests.fakes import crossroads, seen
from zhasyl.controllers.cyclic_max_pressure import CyclicMaxPressure, CyclicMaxPressureParameters
from zhasyl.timing.webster import shared

BOTH = [(0, 10.0, 9.0), (2, 10.0, 0.0), (2, 20.0, 0.0), (2, 30.0, 0.0)]


def cyclic(walk: bool = False, **values: float) -> CyclicMaxPressure:
    return CyclicMaxPressure(crossroads(walk), CyclicMaxPressureParameters(**values))


def test_the_cycle_without_intergreens_is_shared_by_pressure() -> None:
    greens_s = cyclic(cycle_s=88).greens_s(seen(crossroads(), BOTH))
    assert greens_s.tolist() == [20.0, 60.0]


def test_a_green_lasts_for_its_split() -> None:
    controller = cyclic(cycle_s=88)
    assert controller.next_stage(seen(crossroads(), BOTH, green_s=19)) == 0
    assert controller.next_stage(seen(crossroads(), BOTH, green_s=20)) == 1
    running = [(0, 10.0, 0.0), (2, 10.0, 9.0)]
    assert controller.next_stage(seen(crossroads(), running, stage=1, green_s=59)) == 1
    assert controller.next_stage(seen(crossroads(), running, stage=1, green_s=60)) == 0


def test_splits_change_only_with_the_cycle() -> None:
    controller = cyclic(cycle_s=88)
    controller.next_stage(seen(crossroads(), BOTH, green_s=5))
    rush = [(2, 5.0 * n, 0.0) for n in range(1, 20)]
    assert controller.next_stage(seen(crossroads(), [*BOTH, *rush], green_s=19)) == 0


def test_an_exit_with_a_queue_lowers_the_pressure() -> None:
    queued = seen(crossroads(), BOTH, downstream_queue_veh=1)
    assert cyclic(cycle_s=88).greens_s(queued).tolist() == [0.0, 80.0]


def test_a_stage_without_demand_is_skipped_unless_it_walks_pedestrians() -> None:
    alone = [(2, 5.0, 9.0)]
    assert cyclic().next_stage(seen(crossroads(), alone, stage=1, green_s=200)) == 1
    assert cyclic(walk=True).next_stage(seen(crossroads(walk=True), alone, stage=1, green_s=200)) == 0


def test_an_empty_green_ends_before_its_split() -> None:
    assert cyclic().next_stage(seen(crossroads(), [(0, 140, 9), (2, 5, 0)], green_s=6)) == 1


@pytest.mark.parametrize(
    ("weights", "least_s", "expected_s"),
    [([1, 3], [5, 5], [15, 45]), ([1, 30], [5, 5], [5, 55]), ([0, 0], [5, 5], [30, 30]), ([0, 2], [5, 0], [5, 55])],
)
def test_shares_add_up_and_nobody_gets_less_than_his_least(
    weights: list[float], least_s: list[float], expected_s: list[float]
) -> None:
    assert shared(60.0, np.array(weights, dtype=float), np.array(least_s, dtype=float)).tolist() == expected_s
