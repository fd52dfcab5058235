"""What self-organising lights decide."""

from collections.abc import Sequence

from tests.fakes import crossroads, seen
from zhasyl.controllers.sotl import Sotl, SotlParameters

WAITING = [(2, 5.0, 0.0), (3, 5.0, 0.0)]


def sotl(**values: float) -> Sotl:
    return Sotl(crossroads(), SotlParameters(**values))


def after(controller: Sotl, vehicles: Sequence[tuple[int, float, float]], seconds: int) -> int:
    """The answer once `vehicles` have been there for `seconds`."""
    answer = 0
    for time_s in range(seconds + 1):
        answer = controller.next_stage(seen(crossroads(), vehicles, time_s=time_s, green_s=5.0 + time_s))
    return answer


def test_vehicle_seconds_at_red_call_for_the_green() -> None:
    assert after(sotl(threshold_veh_s=40), WAITING, 19) == 0
    assert after(sotl(threshold_veh_s=40), WAITING, 20) == 1


def test_a_higher_threshold_waits_longer() -> None:
    assert after(sotl(threshold_veh_s=100), WAITING, 49) == 0
    assert after(sotl(threshold_veh_s=100), WAITING, 50) == 1


def test_a_green_movement_starts_again_from_nothing() -> None:
    controller = sotl(threshold_veh_s=40)
    assert after(controller, WAITING, 20) == 1
    served = seen(crossroads(), WAITING, time_s=30, stage=1)
    assert controller.next_stage(served) == 1
    assert controller.next_stage(seen(crossroads(), WAITING, time_s=31, stage=0)) == 0


def test_the_end_of_a_platoon_is_not_cut() -> None:
    assert after(sotl(), [*WAITING, (0, 20.0, 9.0)], 60) == 0


def test_a_long_platoon_is_cut() -> None:
    platoon = [(0, 4.0, 9.0), (0, 12.0, 9.0), (0, 20.0, 9.0)]
    assert after(sotl(platoon_veh=3), [*WAITING, *platoon], 60) == 1


def test_a_blocked_vehicle_is_no_platoon() -> None:
    assert after(sotl(), [*WAITING, (0, 4.0, 0.0)], 60) == 1


def test_it_rests_without_vehicles_at_red() -> None:
    assert after(sotl(), [(0, 100.0, 9.0)], 100) == 0
