"""What happens in the process of a task: it answers to the one that started it, and ends with it."""

import faulthandler
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import parent_process
from multiprocessing.connection import Connection
from pathlib import Path
from pickle import PickleError
from typing import Any

from zhasyl.errors import NO_MEMORY, SimulationError, ZhasylError, out_of_memory
from zhasyl.process.stopping import ENDING, StoppedError, hold, stop_on

GRACE_S = 5.0  # how long a process that is asked to end may take
CHILDREN_GRACE_S = 1.0  # and what it has started and left behind


def lead() -> None:
    """Lead a session of one's own: who is started here belongs to it, and is ended with it.

    Linux shares the processors between sessions, whatever the niceness of their processes, unless a session has one,
    too (sched(7), autogroups): `nice zhasyl compare` is as polite as it was asked to be.
    """
    if hasattr(os, "setsid"):
        with suppress(OSError):  # it leads one already
            os.setsid()
            if niceness := os.nice(0):
                Path("/proc/self/autogroup").write_text(str(niceness), encoding="ascii")


def end_followers() -> None:
    """End who was started here; where nobody will end those who do not hear it, and this process with them."""
    if not hasattr(os, "setsid") or os.getpgid(0) != os.getpid():
        return
    os.killpg(0, signal.SIGTERM)  # which is ignored here by now
    parent = parent_process()
    if parent is not None and not parent.is_alive():
        time.sleep(CHILDREN_GRACE_S)
        os.killpg(0, signal.SIGKILL)


def work(task: Callable[[Any], Any], argument: Any, scratch: str, limit_s: float | None, sender: Connection) -> None:
    """Send what the task answers, or the error it raises, from a process of its own."""
    lead()
    hear_signals()
    tempfile.tempdir = scratch
    try:
        message = _answer(task, argument, limit_s)
        with suppress(BrokenPipeError):
            _send(sender, message)
    except StoppedError as error:
        shutil.rmtree(scratch, ignore_errors=True)  # the parent may be no more
        end_followers()
        sys.exit(128 + error.number)
    sender.close()
    with suppress(OSError):
        sys.stdout.flush()


def _send(sender: Connection, message: tuple[Any, ZhasylError | None]) -> None:
    """Send an answer; one that cannot be sent is said in place of it."""
    try:
        sender.send(message)
    except (TypeError, AttributeError, PickleError) as error:
        said = f"{type(error).__name__}: {' '.join(str(error).split())}"
        sender.send((None, SimulationError(f"a run's answer cannot be sent ({said}): {message[1] or 'it was done'}")))


def hear_signals() -> None:
    """SIGTERM unwinds, so that temporary folders are removed; what a terminal sends to all is the parent's to hear."""
    for number in (signal.SIGINT, *ENDING):
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    stop_on([signal.SIGTERM])
    hold(False)


def _answer(task: Callable[[Any], Any], argument: Any, limit_s: float | None) -> tuple[Any, ZhasylError | None]:
    try:
        end_without_parent(limit_s)
        return task(argument), None
    except ZhasylError as error:
        return None, error
    except (StoppedError, SystemExit):
        raise
    except BaseException as error:
        if out_of_memory(error):
            return None, SimulationError(f"a run failed: {NO_MEMORY}")
        return None, SimulationError(f"a run failed: {type(error).__name__}: {' '.join(str(error).split())}")


def end_without_parent(limit_s: float | None) -> None:
    """Nobody waits for a process whose parent was killed: it ends itself, at the latest past its limit."""
    parent = parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)  # to the process: the main thread wakes for it

    threading.Thread(target=watch, daemon=True).start()
    if limit_s is None:
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)  # for the traceback
    faulthandler.dump_traceback_later(limit_s + GRACE_S, exit=True, file=nowhere)  # needs no Python to run
