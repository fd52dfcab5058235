"""Every task in a fresh process: answers and errors come back, a death is told, and nobody's result is lost."""

import os
import signal
from collections.abc import Callable

import pytest

from zhasyl.errors import ControllerError, ScenarioError, SignalError, SimulationError, ZhasylError
from zhasyl.workers import run_isolated, run_side_by_side

# Tasks: a child finds them by their module, so they stand at the top of it.


def doubled(number: int) -> int:
    return 2 * number


def process_id(_: int) -> int:
    return os.getpid()


def refuse(error: ZhasylError) -> int:
    raise error


def divide_by_zero(number: int) -> float:
    return number / 0


def fail_in_two_lines(_: int) -> int:
    raise ValueError("1 validation error\n  greens: too few")


def fail_when_negative(number: int) -> int:
    if number < 0:
        raise ScenarioError(f"{number} is negative")
    return number


def die_when_negative(number: int) -> int:
    if number < 0:
        os._exit(-number)
    return number


def exit_with_7(_: int) -> int:
    os._exit(7)


def kill_itself(_: int) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return 0


def leave(_: int) -> int:
    raise SystemExit(5)


def test_the_answer_of_a_task_comes_back() -> None:
    assert run_isolated(doubled, 21) == 42


@pytest.mark.parametrize("kind", [ScenarioError, SignalError, ControllerError, SimulationError])
def test_an_error_raised_on_purpose_is_raised_here_as_it_was(kind: type[ZhasylError]) -> None:
    with pytest.raises(ZhasylError) as caught:
        run_isolated(refuse, kind("signal 'J1': stage 'A' cannot be shown"))
    assert type(caught.value) is kind
    assert str(caught.value) == "signal 'J1': stage 'A' cannot be shown"


def test_any_other_exception_is_a_failed_run_that_names_it() -> None:
    with pytest.raises(SimulationError) as caught:
        run_isolated(divide_by_zero, 1)
    assert str(caught.value) == "a run failed: ZeroDivisionError: division by zero"


def test_an_exception_of_several_lines_is_told_in_one() -> None:
    with pytest.raises(SimulationError) as caught:
        run_isolated(fail_in_two_lines, 1)
    assert str(caught.value) == "a run failed: ValueError: 1 validation error greens: too few"


@pytest.mark.parametrize(("task", "code"), [(exit_with_7, "7"), (kill_itself, "-9"), (leave, "5")])
def test_a_process_that_dies_is_a_failed_run_that_names_the_exit_code(task: Callable[[int], int], code: str) -> None:
    with pytest.raises(SimulationError, match=f"exit code {code} ") as caught:
        run_isolated(task, 0)
    assert "\n" not in str(caught.value)


def test_each_task_runs_in_a_process_of_its_own() -> None:
    found = {answer for _, answer in run_side_by_side(process_id, range(4), jobs=2)}
    assert len(found) == 4
    assert os.getpid() not in found


@pytest.mark.parametrize("jobs", [1, 3])
def test_all_answers_come_with_their_position(jobs: int) -> None:
    assert dict(run_side_by_side(doubled, [5, 1, 3, 2], jobs)) == {0: 10, 1: 2, 2: 6, 3: 4}


def test_one_at_a_time_keeps_the_order() -> None:
    assert [position for position, _ in run_side_by_side(doubled, range(4), jobs=1)] == [0, 1, 2, 3]


def test_nothing_to_do_is_nothing_done() -> None:
    assert list(run_side_by_side(doubled, [], jobs=2)) == []


@pytest.mark.parametrize(
    ("task", "error"), [(fail_when_negative, "-7 is negative"), (die_when_negative, "exit code 7")]
)
def test_what_was_finished_before_a_failure_has_been_yielded(task: Callable[[int], int], error: str) -> None:
    found: list[tuple[int, int]] = []
    with pytest.raises(ZhasylError, match=error):
        found.extend(run_side_by_side(task, [4, 5, -7, 6], jobs=1))
    assert found == [(0, 4), (1, 5)]


def test_the_next_tasks_run_after_a_failure() -> None:
    with pytest.raises(SimulationError):
        run_isolated(exit_with_7, 0)
    assert run_isolated(doubled, 4) == 8
