"""What greedy control decides."""

from tests.fakes import crossroads, seen
from zhasyl.controllers.longest_queue import LongestQueue, LongestQueueParameters

BLOCKED = [(0, 5.0, 0.0), (1, 5.0, 0.0), (1, 12.0, 0.0)]


def longest_queue(**values: float) -> LongestQueue:
    return LongestQueue(crossroads(), LongestQueueParameters(**values))


def test_most_vehicles_near_the_line_win() -> None:
    observation = seen(crossroads(), [(2, 10, 0), (2, 20, 0), (3, 20, 0), (0, 5, 9)])
    assert longest_queue().next_stage(observation) == 1


def test_a_switch_must_be_worth_its_lost_time() -> None:
    running = [(0, 10.0 * n, 9.0) for n in range(1, 6)]
    rivals = [(2, 7.5 * n, 0.0) for n in range(1, 8)]
    assert longest_queue().next_stage(seen(crossroads(), [*running, *rivals])) == 0
    assert longest_queue().next_stage(seen(crossroads(), [*running, *rivals, (3, 8, 0), (3, 16, 0), (3, 24, 0)])) == 1


def test_blocked_vehicles_do_not_hold_their_stage() -> None:
    observation = seen(crossroads(), [*BLOCKED, (2, 5, 0)], green_s=20)
    assert longest_queue().next_stage(observation) == 1


def test_vehicles_that_have_not_had_time_to_start_are_not_blocked() -> None:
    observation = seen(crossroads(), [*BLOCKED, (2, 5, 0)], green_s=5)
    assert longest_queue().next_stage(observation) == 0


def test_the_running_stage_stays_in_a_tie_and_without_vehicles() -> None:
    for stage in (0, 1):
        assert longest_queue().next_stage(seen(crossroads(), [(0, 10, 0), (2, 10, 0)], stage=stage, green_s=5)) == stage
        assert longest_queue().next_stage(seen(crossroads(), stage=stage)) == stage


def test_vehicles_beyond_the_range_do_not_count() -> None:
    far = seen(crossroads(), [(2, 60, 0), (3, 60, 0), (2, 70, 0)])
    assert longest_queue(range_m=50).next_stage(far) == 0
    assert longest_queue(range_m=100).next_stage(far) == 1
