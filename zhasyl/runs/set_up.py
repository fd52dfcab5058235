"""What a controller's class says when a run is set up. One that fails at it loses its signals, as one that fails later.

Whatever a class method raises, but a ZhasylError, and whatever it answers that cannot be meant, is kept and raised
again where the controller of a signal is made: the sequencer records it and plays the fixed plan.
"""

import math
from collections.abc import Callable
from functools import cached_property, partial
from numbers import Real
from typing import TypeVar, get_args

from zhasyl.controllers import ControllerSpec
from zhasyl.controllers.base import Controller, seeded
from zhasyl.errors import SignalError, ZhasylError
from zhasyl.guard import Guard
from zhasyl.observation import Area, Need
from zhasyl.process.stopping import stop_if_asked
from zhasyl.signals import Signal

T = TypeVar("T")

FIXED_PACE_S = (1.0, 0.0)
LEAST_GREEN_S = 1.0  # as of the parameter min_green_s
GIVEN = ("id", "groups", "movements", "conflicts", "yellow_s", "all_red_s", "walk_s")
"""What is the junction's and no controller may change."""


class SetUp:
    """Asks a controller's class, under a guard that may be entered later, and keeps why it failed.

    `made`: the controllers that its builder has made, by signal; `seed`: of the run, what they draw from.
    """

    def __init__(self, controller: ControllerSpec, guard: Guard, seed: int = 0) -> None:
        self._cls, self._parameters = controller.cls, controller.parameters
        self._guard = guard
        self.seed = seed
        self.made: dict[str, Controller] = {}
        self._failures: dict[str | None, BaseException] = {}  # by signal; None: at every one

    def prepare(self) -> None:
        """Let it load or compile what takes long; only the run's own limit ends that."""
        with Guard(construction_limit_s=math.inf) as patient:
            self._answer(partial(self._cls.prepare, self._parameters), None, guard=patient)

    def signal(self, signal: Signal) -> Signal:
        """The signal as the controller is to play it."""
        return self._answer(partial(_own, self._cls.signal_for, signal, self._parameters), signal, signal.id)

    @cached_property
    def pace(self) -> tuple[float, float]:
        """Seconds between two decisions, and the longest wait for vehicles that stand inside the junction."""
        return self._answer(lambda: _pace(self._cls.pace(self._parameters)), FIXED_PACE_S)

    @cached_property
    def needs(self) -> frozenset[Need]:
        """What is read for it beside the sensor."""
        return self._answer(lambda: _needs(self._cls.reads(self._parameters)), frozenset[Need]())

    @cached_property
    def watches(self) -> bool:
        """Is it told each second what is seen?"""
        return self._answer(lambda: _said("watches", self._cls.watches(self._parameters)), False)

    def builder(self, area: Area) -> Callable[[Signal], Controller]:
        """What makes the controller of each signal, or raises why there is none."""
        self._answer(lambda: _said("plays_in_sumo", self._cls.plays_in_sumo(self._parameters)), False)
        nobody: Callable[[Signal], Controller] = _nobody
        with seeded(self.seed):
            make = self._answer(lambda: self._cls.for_network(area, self._parameters), nobody)

        def build(signal: Signal) -> Controller:
            for where in (None, signal.id):
                if where in self._failures:
                    raise self._failures[where]
            with seeded(self.seed):
                made = self.made[signal.id] = make(signal)
            return made

        return build

    def _answer(self, ask: Callable[[], T], instead: T, where: str | None = None, guard: Guard | None = None) -> T:
        try:
            return (guard or self._guard).construct(ask)
        except ZhasylError:
            raise
        except BaseException as error:
            stop_if_asked()
            self._failures.setdefault(where, error)
            return instead


def _nobody(signal: Signal) -> Controller:
    raise RuntimeError(f"no controller for signal '{signal.id}'")


def _said(method: str, answer: object) -> bool:
    if not isinstance(answer, bool):
        raise TypeError(f"{method} answered {_short(answer)}; answer True or False")
    return answer


def _pace(answer: object) -> tuple[float, float]:
    """A controller's pace. Raises ValueError for one at which no time would pass."""
    pair = answer if isinstance(answer, (tuple, list)) else ()
    if len(pair) == 2 and all(isinstance(number, Real) for number in pair):
        interval_s, clearing_s = float(pair[0]), float(pair[1])
        if 0 < interval_s < math.inf and 0 <= clearing_s < math.inf:
            return interval_s, clearing_s
    raise ValueError(f"pace answered {_short(answer)}; answer an interval above 0 s and a clearing time of 0 s or more")


def _needs(answer: object) -> frozenset[Need]:
    if not isinstance(answer, (frozenset, set, tuple, list)) or not set(answer) <= set(get_args(Need)):
        raise ValueError(f"reads answered {_short(answer)}; answer a set of {', '.join(map(repr, get_args(Need)))}")
    return frozenset(answer)


def _own(signal_for: Callable[..., object], signal: Signal, parameters: object) -> Signal:
    """What `signal_for` answers. Raises ValueError for another junction, or greens that are none."""
    try:
        own = signal_for(signal, parameters)
    except SignalError as error:  # of a stage or plan that it has made
        raise ValueError(f"signal_for: {error}") from error
    if not isinstance(own, Signal):
        raise TypeError(f"signal_for answered {_short(own)}; answer a Signal")
    for name in GIVEN:
        if getattr(own, name) != getattr(signal, name):
            raise ValueError(f"signal_for changed {name} of signal '{signal.id}'; change its stages or plan only")
    least_s = min(LEAST_GREEN_S, *(stage.min_green_s for stage in signal.stages))
    for stage in own.stages:
        if len(stage.state) != len(signal.stages[0].state) or not least_s <= stage.min_green_s < math.inf:
            raise ValueError(
                f"signal_for gave stage '{stage.id}' the state '{stage.state}' and a minimum green of "
                f"{stage.min_green_s} s; give one letter a link and {least_s:g} s or more"
            )
    _check_plan(own)
    return own


def _check_plan(own: Signal) -> None:
    plan = own.plan
    known = bool(plan.stages) and all(0 <= stage < len(own.stages) for stage in plan.stages)
    times = len(plan.greens_s) == len(plan.stages) and all(0 <= time_s < math.inf for time_s in plan.greens_s)
    if not (known and times and 0 < plan.cycle_s < math.inf and math.isfinite(plan.offset_s)):
        raise ValueError(f"signal_for gave signal '{own.id}' a plan that cannot be played: {_short(plan)}")


def _short(answer: object) -> str:
    return repr(answer)[:80]
