"""What control by degree of saturation measures and decides."""

from collections.abc import Sequence

import pytest

from tests.fakes import crossroads, seen
from zhasyl.controllers.degree_of_saturation import DegreeOfSaturation, DegreeOfSaturationParameters

FLOWING = [(0, 8.0, 9.0), (0, 60.0, 9.0)]
CROSSING = [(2, 8.0, 9.0), (2, 60.0, 9.0)]


def controlled(**values: float) -> DegreeOfSaturation:
    return DegreeOfSaturation(crossroads(), DegreeOfSaturationParameters(**values))


def cycles(controller: DegreeOfSaturation, vehicles: Sequence[tuple[int, float, float]], number: int) -> list[float]:
    """Greens shown [s], stage by stage, while `vehicles` always stand the same."""
    greens_s: list[float] = []
    stage = 0
    while len(greens_s) < 2 * number:
        green_s = 5.0
        while (following := controller.next_stage(seen(crossroads(), vehicles, stage=stage, green_s=green_s))) == stage:
            green_s += 1.0
        greens_s.append(green_s)
        stage = following
    return greens_s


def test_it_starts_with_the_plan() -> None:
    assert cycles(controlled(), [*FLOWING, *CROSSING], 1) == [20.0, 30.0]


def test_a_saturated_cycle_grows_to_its_maximum() -> None:
    controller = controlled(max_cycle_s=80)
    cycles(controller, [*FLOWING, *CROSSING], 1)
    assert controller.cycle_s == 58.0 + 6.0
    cycles(controller, [*FLOWING, *CROSSING], 10)
    assert controller.cycle_s == 80.0


def test_a_cycle_with_little_use_shrinks_to_its_minimum() -> None:
    idle = controlled(min_cycle_s=50)
    for _ in range(8):
        for green_s in (1, 5):
            idle.note(seen(crossroads(), FLOWING, green_s=green_s), 20.0)
        idle.greens_s(seen(crossroads()))
    assert idle.cycle_s == 50.0


def test_a_share_moves_by_a_few_per_cent_towards_the_busier_stage() -> None:
    controller = controlled()
    cycles(controller, [*FLOWING, (2, 60.0, 1.0)], 1)
    assert controller.shares[0] == pytest.approx(0.44)
    assert controller.meter.degrees[0] > controller.meter.degrees[1]


def test_blocked_vehicles_use_no_green() -> None:
    controller = controlled()
    controller.note(seen(crossroads(), [(0, 5.0, 0.0)], green_s=30), 30.0)
    controller.greens_s(seen(crossroads()))
    assert controller.meter.degrees[0] == pytest.approx(0.9)


def test_a_green_that_runs_out_with_vehicles_at_the_line_was_used_up() -> None:
    controller = controlled()
    slow = [(0, 30.0, 2.0)]
    controller.note(seen(crossroads(), slow, green_s=19), 20.0)
    controller.note(seen(crossroads(), slow, green_s=20), 20.0)
    controller.greens_s(seen(crossroads()))
    assert controller.meter.degrees[0] == pytest.approx(0.95)
