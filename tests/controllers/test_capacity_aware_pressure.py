"""What capacity-aware pressure control decides."""

import numpy as np
import pytest

from tests.fakes import crossroads, seen
from zhasyl.controllers.capacity_aware_pressure import CapacityAwarePressure, CapacityAwarePressureParameters


def capacity_aware(**values: float) -> CapacityAwarePressure:
    return CapacityAwarePressure(crossroads(), CapacityAwarePressureParameters(**values))


def test_nearer_vehicles_weigh_more() -> None:
    observation = seen(crossroads(), [(2, 30, 0), (3, 30, 0), (0, 120, 9), (1, 120, 9), (1, 130, 9)])
    assert capacity_aware().next_stage(observation) == 1
    assert capacity_aware().pressure(observation)[1].tolist() == [0, 0, 0.8, 0.8]


def test_a_full_exit_has_no_weight() -> None:
    vehicles = [(2, 5.0 * n, 0.0) for n in range(1, 10)]
    full = seen(crossroads(), vehicles, downstream_queue_veh=20)
    assert not capacity_aware().pressure(full).any()
    assert capacity_aware().next_stage(full) == 0


def test_room_downstream_counts_before_the_exit_is_full() -> None:
    vehicles = [(2, 0.0, 0.0)] * 12
    half_full = seen(crossroads(), vehicles, stage=1, green_s=1, downstream_queue_veh=10)
    assert capacity_aware().pressure(half_full)[1, 2] == pytest.approx((12 - 10) * 0.5)


def test_moving_vehicles_on_an_exit_leave_room() -> None:
    passing = seen(crossroads(), [(2, 0.0, 0.0)], stage=1, green_s=1, downstream_veh=20)
    assert np.isclose(capacity_aware().pressure(passing)[1, 2], 1.0)


def test_a_switch_must_be_worth_its_lost_time() -> None:
    running = [(0, 10.0 * n, 9.0) for n in range(1, 6)]
    rivals = [(2, 8.0 * n, 0.0) for n in range(1, 8)]
    more = [(3, 7.5 * n, 0.0) for n in range(1, 12)]
    assert capacity_aware().next_stage(seen(crossroads(), [*running, *rivals])) == 0
    assert capacity_aware().next_stage(seen(crossroads(), [*running, *rivals, *more])) == 1
