"""The time limit: what hangs is ended, nothing else is, and alarms are left as they were found."""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import TinyNetwork
from tests.fakes import crossroads
from tests.test_sequencer import nobody, play, runs
from zhasyl.controllers import ControllerSpec
from zhasyl.controllers.base import AdaptiveParameters, Controller
from zhasyl.guard import TICKS, Guard, TimeLimitError
from zhasyl.observation import Area, Observation
from zhasyl.parameters import Parameters
from zhasyl.process.stopping import StoppedError
from zhasyl.runs import planning, simulate, spec
from zhasyl.scenarios import load_scenario
from zhasyl.sequencer import Sequencer, Watch
from zhasyl.signals import Signal

SHORT_S = 0.1
FIXED = [("GGrr", 20), ("yyrr", 3), ("rrrr", 1), ("rrGG", 30)]


def loop() -> int:
    while True:
        pass


def loop_that_catches() -> int:
    while True:
        try:
            sum(range(100))
            raise ValueError
        except Exception:  # noqa: S112
            continue


def sleep() -> int:
    time.sleep(3600.0)
    return 0


def nap() -> int:
    time.sleep(2 * SHORT_S)
    return 8


def wait_for_a_lock() -> int:
    threading.Event().wait()
    return 0


def swallow_and_answer_late() -> int:
    with suppress(BaseException):
        loop()
    return 1


def swallow_and_fail_late() -> int:
    with suppress(BaseException):
        loop()
    raise LookupError("late")


class _Hangs:
    def __index__(self) -> int:
        return loop()


HANGS: list[Callable[[], Any]] = [
    loop,
    loop_that_catches,
    sleep,
    wait_for_a_lock,
    swallow_and_answer_late,
    _Hangs().__index__,
]


class Calls(Controller):
    """Does what it is given."""

    summary = "calls"
    action: Callable[[], Any]

    def next_stage(self, observation: Observation) -> int:
        return self.action()  # type: ignore[no-any-return]


@pytest.fixture
def guard() -> Iterator[Guard]:
    with Guard(SHORT_S, SHORT_S) as entered:
        yield entered


def calling(action: Callable[[], Any], guard: Guard) -> Sequencer:
    signal = crossroads()

    def build() -> Controller:
        controller = Calls(signal, AdaptiveParameters())
        controller.action = action
        return controller

    return Sequencer(signal, build, Watch(nobody(signal), 0.0), guard)


@pytest.mark.parametrize("action", HANGS)
def test_what_hangs_is_ended(action: Callable[[], Any], guard: Guard) -> None:
    for limited in (guard.decide, guard.construct):
        with pytest.raises(TimeLimitError, match=r"no answer within 0\.1 s"):
            limited(action)


@pytest.mark.parametrize("action", HANGS)
def test_a_decision_that_hangs_hands_the_signal_to_its_fixed_plan_and_is_named(
    action: Callable[[], Any], guard: Guard
) -> None:
    player = calling(action, guard)
    assert runs(play(player, 120))[:4] == FIXED
    assert player.fault is not None
    assert player.fault.time_s == 5.0
    assert player.fault.reason == "TimeLimitError: no answer within 0.1 s"


def test_a_construction_that_hangs_hands_the_signal_to_its_fixed_plan_from_the_start(guard: Guard) -> None:
    signal = crossroads()

    def build() -> Controller:
        loop()
        raise AssertionError

    player = Sequencer(signal, build, Watch(nobody(signal), 0.0), guard)
    assert player.fault is not None
    assert player.fault.time_s == 0.0
    assert "no answer within" in player.fault.reason
    assert runs(play(player, 120))[:4] == FIXED


def test_an_answer_that_hangs_as_a_number_is_ended_too(guard: Guard) -> None:
    player = calling(_Hangs, guard)
    play(player, 10)
    assert player.fault is not None
    assert "no answer within" in player.fault.reason


def test_an_error_after_a_swallowed_alarm_stays_that_error(guard: Guard) -> None:
    with pytest.raises(LookupError):
        guard.decide(swallow_and_fail_late)


def test_what_answers_in_time_is_left_alone_however_often(guard: Guard) -> None:
    began, answers = time.monotonic(), count()
    while time.monotonic() - began < 3 * SHORT_S:
        guard.decide(next, answers)
    assert guard.decide(next, answers) > TICKS


def test_an_alarm_between_two_calls_interrupts_nobody_and_takes_no_time_from_the_next(guard: Guard) -> None:
    for _ in range(3):
        assert guard.decide(int) == 0
        for _ in range(3 * TICKS):
            signal.raise_signal(signal.SIGALRM)


def test_nothing_ticks_while_it_rests_and_the_next_call_is_limited_again(guard: Guard) -> None:
    for _ in range(2):
        guard.decide(int)
        assert signal.getitimer(signal.ITIMER_REAL)[1] == pytest.approx(SHORT_S / TICKS)
        guard.rest()
        assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
        with pytest.raises(TimeLimitError):
            guard.decide(loop)


@pytest.mark.parametrize(("ticks", "in_time"), [(1, True), (TICKS, True), (TICKS + 1, False)])
def test_a_process_that_was_stopped_has_used_up_one_tick_only(ticks: int, in_time: bool) -> None:
    """However long it stood, one tick arrives when it goes on."""

    def ticked() -> int:
        for _ in range(ticks):
            signal.raise_signal(signal.SIGALRM)
        return 7

    with Guard(3600.0) as guard:
        if in_time:
            assert guard.decide(ticked) == 7
        else:
            with pytest.raises(TimeLimitError):
                guard.decide(ticked)


def test_an_alarm_at_any_moment_ends_the_call_or_nothing() -> None:
    """Calls that take about as long as they may: the last tick comes before, in and after each line around them."""
    ended = answered = 0
    with Guard(5e-4) as guard:
        for number in range(3000):
            try:
                guard.decide(sum, range(10 * number))
                answered += 1
            except TimeLimitError:
                ended += 1
            if number % 3 == 0:
                guard.rest()
    assert ended + answered == 3000
    assert signal.getsignal(signal.SIGALRM) is signal.SIG_DFL


@pytest.mark.parametrize("raised", [KeyboardInterrupt, SystemExit, GeneratorExit, StoppedError, MemoryError])
def test_what_a_controller_raises_to_end_the_process_is_its_fault(raised: type[BaseException], guard: Guard) -> None:
    def leave() -> int:
        raise raised(15)

    player = calling(leave, guard)
    assert runs(play(player, 120))[:4] == FIXED
    assert player.fault is not None
    assert player.fault.reason.startswith(f"{raised.__name__}: ")


def test_an_error_whose_text_leaves_or_hangs_is_a_fault_too(guard: Guard) -> None:
    class Mute(BaseException):
        def __str__(self) -> str:
            raise SystemExit

    class Slow(BaseException):
        def __str__(self) -> str:
            return str(loop())

    for error, told in ((Mute(), "SystemExit"), (Slow(), "TimeLimitError")):

        def fail(error: BaseException = error) -> int:
            raise error

        player = calling(fail, guard)
        play(player, 10)
        assert player.fault is not None
        assert player.fault.reason == f"{type(error).__name__}: its text raises {told}"


def ctrl_c() -> int:
    signal.raise_signal(signal.SIGINT)
    return 0


def ctrl_c_swallowed() -> int:
    with suppress(BaseException):
        ctrl_c()
    return 0


def ctrl_c_and_another_error() -> int:
    try:
        return ctrl_c()
    finally:
        raise LookupError


@pytest.mark.parametrize("action", [ctrl_c, ctrl_c_swallowed, ctrl_c_and_another_error])
def test_ctrl_c_is_no_fault_of_the_controller_whatever_it_catches(action: Callable[[], int], guard: Guard) -> None:
    player = calling(action, guard)
    with pytest.raises(KeyboardInterrupt):
        play(player, 10)
    assert player.fault is None
    with Guard(), pytest.raises(SystemExit):  # it belonged to that run
        guard.decide(exit)


def test_ctrl_c_is_heard_as_before_when_the_guard_is_left() -> None:
    before = signal.getsignal(signal.SIGINT)
    with Guard(), suppress(KeyboardInterrupt):
        ctrl_c()
    assert signal.getsignal(signal.SIGINT) is before


def test_alarms_are_left_as_they_were_found() -> None:
    rung: list[int] = []
    before = signal.signal(signal.SIGALRM, lambda number, _: rung.append(number))
    try:
        handler = signal.getsignal(signal.SIGALRM)
        signal.setitimer(signal.ITIMER_REAL, 1000.0, 7.0)
        with Guard(SHORT_S) as guard, suppress(TimeLimitError):
            guard.decide(loop)
        assert signal.getsignal(signal.SIGALRM) is handler
        left_s, interval_s = signal.setitimer(signal.ITIMER_REAL, 0.0)
        assert 0 < left_s <= 1000.0 - SHORT_S
        assert interval_s == 7.0
        signal.setitimer(signal.ITIMER_REAL, SHORT_S / 2)
        with Guard(SHORT_S) as guard, suppress(TimeLimitError):
            guard.decide(loop)
        while not rung:  # it was due while the guard had the timer
            time.sleep(0.01)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)


def test_outside_the_main_thread_and_before_it_is_entered_calls_are_only_made() -> None:
    answers: list[int] = []

    def elsewhere() -> None:
        with Guard(SHORT_S) as guard:
            answers.append(guard.decide(nap))

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert answers == [8]
    assert Guard(SHORT_S).decide(nap) == 8


class Hanging(Controller):
    """Plans for the network for ever."""

    summary = "hanging"

    @classmethod
    def for_network(cls, area: Area, parameters: Parameters) -> Callable[[Signal], Controller]:
        loop()
        raise AssertionError

    def next_stage(self, observation: Observation) -> int:
        return loop()


class HangingLater(Hanging):
    """Hangs when it has to decide."""

    @classmethod
    def for_network(cls, area: Area, parameters: Parameters) -> Callable[[Signal], Controller]:
        return lambda signal: cls(signal, parameters)


@pytest.mark.parametrize("cls", [Hanging, HangingLater])
def test_a_run_under_a_controller_that_hangs_is_done_and_names_the_fault(
    cls: type[Controller], tiny_network: TinyNetwork, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (planning, simulate):
        monkeypatch.setattr(module, "Guard", partial(Guard, SHORT_S, SHORT_S))
    scenario = load_scenario(str(tiny_network("t-junction-left-turn")))
    hanging = ControllerSpec("hanging", cls, AdaptiveParameters())
    planning.check_here(scenario, [hanging])
    record = simulate.simulate(spec.RunSpec(scenario, hanging, 1, tmp_path))
    assert record["status"] == "done"
    assert [(f["signal"], f["reason"]) for f in record["faults"]] == [
        ("centre", "TimeLimitError: no answer within 0.1 s")
    ]
    assert record["arrived_veh"] > 0
