"""Ctrl-C, SIGTERM and SIGHUP are exceptions: children end and temporary folders go as they pass.

A controller may raise such exceptions too, or catch them: what a signal has asked for is therefore kept here.
"""

import signal
import threading
from collections.abc import Iterable
from contextlib import suppress

ENDING = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))


class StoppedError(BaseException):
    """This process was told to end by the signal `number`. No Exception, so that nobody takes it for a failure."""

    def __init__(self, number: int) -> None:
        super().__init__(f"ended by {signal.Signals(number).name}")
        self.number = number


_asked: BaseException | None = None


def _stop(number: int, *_: object) -> None:
    global _asked
    _asked = KeyboardInterrupt() if number == signal.SIGINT else StoppedError(number)
    if number in ENDING:  # once: what it ends is not interrupted
        for each in ENDING:
            signal.signal(each, signal.SIG_IGN)
    raise _asked


def stop_on(numbers: Iterable[int]) -> None:
    """Unwind this process on these signals, unless somebody else hears or ignores them (as `nohup` does)."""
    if threading.current_thread() is not threading.main_thread():
        return
    for number in numbers:
        if signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
            signal.signal(number, _stop)


def forget() -> None:
    """What was asked before belongs to other work."""
    global _asked
    _asked = None


def stop_if_asked() -> None:
    """Raise again what a signal has asked for, in case somebody caught it."""
    if _asked is not None:
        raise _asked


def end_by_status() -> None:
    """End with a status after an interrupt that was caught.

    Where it came while text was being executed (a dataclass being imported), `python -m` would die by the signal.
    """
    exec("")  # noqa: S102 each text executed forgets what came before: run_eval_code_obj in CPython's pythonrun.c


def hold(held: bool) -> None:
    """Keep signals that end this process for later, or hear them now; a forked process begins as its parent is."""
    if hasattr(signal, "pthread_sigmask"):
        with suppress(ValueError):
            signal.pthread_sigmask(signal.SIG_BLOCK if held else signal.SIG_UNBLOCK, {signal.SIGINT, *ENDING})
