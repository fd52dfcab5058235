"""A sequencer that asks at whole intervals since the start."""

import pytest

from tests.fakes import crossroads, seen
from zhasyl.controllers.base import AdaptiveParameters, Controller
from zhasyl.guard import Guard
from zhasyl.observation import Observation
from zhasyl.runs.attended import AttendedInStep
from zhasyl.runs.in_step import InStep
from zhasyl.sensors.memory import Memory
from zhasyl.sequencer import Watch
from zhasyl.signals import Signal

SIGNAL = crossroads()
VEHICLE = ((2, 10.0, 0.0),)  # stands at red in stage A


class Listed(Controller):
    """Answers what it was given, in turn, and keeps when it was asked."""

    summary = "a list"

    def __init__(self, signal: Signal, answers: list[int]) -> None:
        super().__init__(signal, AdaptiveParameters())
        self.answers, self.asked_s = answers, list[float]()

    def next_stage(self, observation: Observation) -> int:
        self.asked_s.append(observation.time_s)
        return self.answers.pop(0)


def observed(time_s: float, stage: int, green_s: float) -> Observation:
    return seen(SIGNAL, VEHICLE, time_s=time_s, stage=stage, green_s=green_s)


def made(answers: list[int], start_s: float = 0.0) -> tuple[InStep, Listed]:
    controller = Listed(SIGNAL, answers)
    return InStep(SIGNAL, lambda: controller, Watch(observed, start_s, 5.0)), controller


@pytest.mark.parametrize("start_s", [0.0, 7.0])
def test_questions_come_at_whole_intervals(start_s: float) -> None:
    """Minimum green 5 s, yellow and all-red 4 s: the green of B begins at 14, is 5 s old at 19, and asks at 20."""
    player, controller = made([0, 1, 1, 1], start_s)
    while controller.answers:
        player.step(player.next_s)
    assert [time_s - start_s for time_s in controller.asked_s] == [5.0, 10.0, 20.0, 25.0]


def test_one_that_keeps_a_memory_is_asked_at_whole_intervals_too() -> None:
    _, controller = made([0, 1, 1, 1])
    memory = Memory(observed, SIGNAL, frozenset())
    watch = Watch(memory.observe, 0.0, 5.0)
    player = AttendedInStep(SIGNAL, lambda: controller, watch, Guard(), memory, True)
    while controller.answers:
        player.step(player.next_s)
    assert controller.asked_s == [5.0, 10.0, 20.0, 25.0]


def test_a_clock_that_comes_late_misses_no_further_question() -> None:
    player, controller = made([0, 0, 0])
    for time_s in (0.0, 6.0, 10.0, 16.0):
        player.step(time_s)
    assert controller.asked_s == [6.0, 10.0, 16.0]


def test_what_a_proposal_can_bring() -> None:
    player, _ = made([1])
    player.step(0.0)
    assert list(player.granted(4.0)) == [0]
    assert list(player.granted(5.0)) == [0, 1]
    player.step(5.0)
    assert list(player.granted(5.0)) == list(player.granted(7.0)) == [1]
    assert player.clock(7.0) == (7.0, 1, 0.0)


def test_who_has_waited_for_too_long_leaves_no_choice() -> None:
    player, controller = made([0] * 100)
    time_s = 0.0
    while len(player.granted(time_s)) != 1 or time_s < 10.0:
        player.step(time_s)
        time_s = player.next_s
    assert time_s >= 120.0
    assert list(player.granted(time_s)) == [1]
    asked = len(controller.asked_s)
    player.step(time_s)
    assert len(controller.asked_s) == asked
    assert player.clock(time_s)[1] == 1
