"""A time limit for a controller's own code, by the clock on the wall.

While controllers are asked, an alarm (SIGALRM) ticks; at a controller's last tick it raises TimeLimitError in that
controller's code and never elsewhere. Ticks rather than one alarm: a process that was stopped or whose machine slept
wakes to one tick, not to the end of its time.

Ctrl-C that comes while the guard is entered ends the run, whatever the controller's code catches; one that this code
raises itself is its fault (`stop_if_asked` tells them apart).

Not ended are code in C that does not come back to Python, and a loop that catches BaseException: `--limit-s` ends the
run then. There is no limit without SIGALRM (Windows) and outside the main thread, to which Python gives all signals.
"""

import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import ParamSpec, Self, TypeVar

from zhasyl.process.stopping import forget, stop_if_asked, stop_on

P = ParamSpec("P")
R = TypeVar("R")

DECISION_LIMIT_S = 30.0
CONSTRUCTION_LIMIT_S = 120.0  # numba may compile
TICKS = 10  # in the limit of a decision
LEAST_TIMER_S = 1e-6  # zero would switch a timer off


@dataclass(frozen=True)
class Fault:
    """Why and when a controller lost its signal."""

    signal: str
    time_s: float
    reason: str


class TimeLimitError(BaseException):
    """A controller did not answer in time. No Exception, so that a controller's own `except Exception` lets it pass."""


class Guard:
    """Limits the calls made through it while it is entered; otherwise, and where that is impossible, only makes them.

    While entered it has SIGALRM and the real-time interval timer for itself. What stood there before is put back at
    the end, a timer with the time that is left of it.
    """

    def __init__(
        self, decision_limit_s: float = DECISION_LIMIT_S, construction_limit_s: float = CONSTRUCTION_LIMIT_S
    ) -> None:
        self._decision_limit_s = decision_limit_s
        self._construction_limit_s = construction_limit_s
        self._tick_s = decision_limit_s / TICKS
        self._entered = self._ticking = self._inside = False
        self._limit_s = self._left_s = 0.0

    def decide(self, function: Callable[P, R], *arguments: P.args, **named: P.kwargs) -> R:
        """What the function answers; raises TimeLimitError past the limit of a decision, 30 s."""
        return self._limited(self._decision_limit_s, function, *arguments, **named)

    def construct(self, function: Callable[P, R], *arguments: P.args, **named: P.kwargs) -> R:
        """What the function answers; raises TimeLimitError past the limit of a construction, 120 s."""
        return self._limited(self._construction_limit_s, function, *arguments, **named)

    def text(self, error: BaseException) -> str:
        """What an error says; a controller's own may fail even at that."""
        try:
            return self.decide(str, error)
        except BaseException as failure:
            stop_if_asked()
            return f"its text raises {type(failure).__name__}"

    def rest(self) -> None:
        """No ticks until the next call: they would interrupt the simulator's system calls."""
        if self._ticking:
            self._ticking = False
            signal.setitimer(signal.ITIMER_REAL, 0.0)

    def _limited(self, limit_s: float, function: Callable[P, R], *arguments: P.args, **named: P.kwargs) -> R:
        if not self._entered:
            return function(*arguments, **named)
        self._limit_s = limit_s
        self._left_s = limit_s + self._tick_s  # the first tick may come at once
        if not self._ticking:
            self._ticking = True
            signal.setitimer(signal.ITIMER_REAL, self._tick_s, self._tick_s)
        try:
            self._inside = True
            answer = function(*arguments, **named)
        finally:
            self._inside = False
            stop_if_asked()
        if self._left_s <= 0.0:
            raise self._late()
        return answer

    def _tick(self, *_: object) -> None:
        self._left_s -= self._tick_s
        if self._inside and self._left_s <= 0.0:
            self._inside = False  # once a call: what ends the call is not interrupted
            raise self._late()

    def _late(self) -> TimeLimitError:
        return TimeLimitError(f"no answer within {self._limit_s:g} s")

    def __enter__(self) -> Self:
        if _possible():
            self._timer_s, self._timer_interval_s = signal.setitimer(signal.ITIMER_REAL, 0.0)
            self._handler = signal.signal(signal.SIGALRM, self._tick)
            forget()
            self._interrupt = signal.getsignal(signal.SIGINT)
            stop_on([signal.SIGINT])
            self._entered_at_s = time.monotonic()
            self._entered = True
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        if not self._entered:
            return
        self._entered = self._ticking = False
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, self._handler)
        if self._interrupt is not None:
            signal.signal(signal.SIGINT, self._interrupt)
        if self._timer_s:
            left_s = self._timer_s - (time.monotonic() - self._entered_at_s)
            signal.setitimer(signal.ITIMER_REAL, max(left_s, LEAST_TIMER_S), self._timer_interval_s)


def _possible() -> bool:
    """Can this thread be alarmed, and the handler that is there be put back?"""
    if not hasattr(signal, "SIGALRM") or threading.current_thread() is not threading.main_thread():
        return False
    return signal.getsignal(signal.SIGALRM) is not None  # None: installed by somebody's C code
