"""Every task in a process of its own, several at a time.

A simulation is reproducible to the byte only as the first one of its process: with SUMO 1.28 later ones vary
where vehicles wait for their insertion. It seems to try them in the order of their addresses in memory, which
depends on what the process did before. A fresh process costs little: it is forked from this one while
that has one thread and no simulation, else from a server that has the libraries loaded. The server is forked
early and holds no simulation; where that is not to be had, processes are spawned.
"""

import math
import os
import pickle
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext, suppress
from multiprocessing import current_process, get_all_start_methods, get_context, spawn
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, TypeVar

from zhasyl.errors import SimulationError, ZhasylError
from zhasyl.process.isolated import CHILDREN_GRACE_S, GRACE_S, work
from zhasyl.process.limits import limits_said, refuse_full_disk
from zhasyl.process.stopping import hold

T = TypeVar("T")
R = TypeVar("R")

DEFAULT_LIMIT_S = 3600.0
_PRELOADED = ["zhasyl.runs.preloaded", "libsumo"]
_LONGEST_TEMPORARY_FOLDER = 70  # the fork server's socket lies there, and its path may have 108 characters
A_RUN = "a run"
CRASHED = "SUMO or a controller crashed"
_STARTING = threading.Lock()
_LOOK_S = 0.5  # between two looks at whether a process that has not answered is still there


def fresh_context(clean: bool = False) -> Any:
    """How processes are started here; `clean`: none is a copy of this one, whose memory has been in use for long."""
    if not clean and _may_fork():
        return get_context("fork")
    if "forkserver" not in get_all_start_methods() or len(tempfile.gettempdir()) > _LONGEST_TEMPORARY_FOLDER:
        return get_context("spawn")
    context = get_context("forkserver")
    context.set_forkserver_preload(_PRELOADED)
    return context


def preload(modules: Iterable[str]) -> None:
    """Let the server that processes are forked from import modules, too; one that runs already does not."""
    _PRELOADED.extend(name for name in dict.fromkeys(modules) if name not in _PRELOADED)


def _may_fork() -> bool:
    """Is a copy of this process as good as a fresh one? One thread, and no simulation in it. It saves 0.3 s.

    What is defined in a notebook, which has threads of its own, no fresh process could find.
    """
    if sys.platform != "linux" or "libsumo" in sys.modules:
        return False
    notebook = not os.path.isfile(getattr(sys.modules["__main__"], "__file__", ""))
    return threading.active_count() == 1 or (notebook and threading.current_thread() is threading.main_thread())


def needs_main(task: object, argument: object) -> bool:
    """Does a task need what the user's script or notebook defines, a controller's class for example?"""
    try:
        return b"__main__" in pickle.dumps((task, argument))
    except Exception:  # what cannot be pickled is told of when the process is started
        return True


@contextmanager
def _without_main() -> Iterator[None]:
    """A process that is not forked runs the user's script again, to find what it defines: not if nothing is needed."""
    known = spawn.get_preparation_data

    def prepared(name: str) -> dict[str, object]:
        return {key: value for key, value in known(name).items() if not key.startswith("init_main")}

    spawn.get_preparation_data = prepared
    try:
        yield
    finally:
        spawn.get_preparation_data = known


class _Group:
    """Processes that live and end together."""

    def __init__(self) -> None:
        self._live: set[BaseProcess] = set()
        self._lock = threading.Lock()
        self._ended = False

    def start(self, process: BaseProcess, alone: bool = True) -> None:
        with self._lock:
            if self._ended:
                raise SimulationError("the other runs were ended before this one began")
            start_process(process, alone)
            self._live.add(process)

    def remove(self, process: BaseProcess) -> None:
        with self._lock:
            self._live.discard(process)

    def end(self) -> None:
        with self._lock:
            self._ended = True
            live = list(self._live)
            for process in live:
                process.terminate()
        for process in live:
            give_time(process)
            process.kill()


def start_process(process: BaseProcess, alone: bool = True) -> None:
    """Start a process that is daemonic or not; `alone`: it needs nothing that the user's script defines."""
    with _STARTING, _without_main() if alone else nullcontext():
        _start(process)


def _start(process: BaseProcess) -> None:
    """Start a process that hears no signal before it is ready to; nor does a server that is started for it, ever."""
    hold(True)
    try:
        process.start()
    except OSError as error:
        reason = error.strerror or error
        raise SimulationError(f"cannot start a process for a run ({reason}); raise the limit or end others") from error
    finally:
        hold(False)


_of_thread = threading.local()


class LocalExecutor(ThreadPoolExecutor):
    """Threads that wait for `run_isolated`, `jobs` at a time; leaving it as a context ends their processes."""

    def __init__(self, jobs: int) -> None:
        self._group = _Group()
        super().__init__(max_workers=jobs, initializer=self._enter)

    def _enter(self) -> None:
        _of_thread.group = self._group

    def __exit__(self, *_: object) -> None:
        self.shutdown(wait=False, cancel_futures=True)
        self._group.end()
        self.shutdown(wait=True)


def run_isolated(
    task: Callable[[T], R], argument: T, limit_s: float | None = DEFAULT_LIMIT_S, called: str = A_RUN
) -> R:
    """`task(argument)` in a fresh process, with a temporary folder of its own that is removed at the end.

    Raises its ZhasylErrors, and SimulationError if it dies, raises anything else or takes over `limit_s`
    seconds of wall time, None for no limit; then its process is killed. `called` is what an error calls the task.
    """
    group, context = getattr(_of_thread, "group", None) or _Group(), fresh_context()
    with tempfile.TemporaryDirectory(prefix="zhasyl-", ignore_cleanup_errors=True) as scratch:
        receiver, sender = context.Pipe(duplex=False)
        process = context.Process(target=work, args=(task, argument, scratch, limit_s, sender), daemon=True)
        allow_children()
        group.start(process, alone=not needs_main(task, argument))
        sender.close()
        try:
            answer, error = _received(receiver, process, limit_s, called)
        except BaseException:
            process.terminate()
            raise
        finally:
            receiver.close()
            end_process(process)
            group.remove(process)
    if error is not None:
        raise error
    return answer  # type: ignore[no-any-return]


def end_process(process: BaseProcess) -> None:
    """End a process that was told to, and then whatever it has started and left behind."""
    give_time(process)
    process.kill()
    process.join()
    if hasattr(os, "killpg") and process.pid is not None:
        _end_left_behind(process.pid)


def _end_left_behind(session: int) -> None:
    """SIGTERM, and SIGKILL for who does not hear it. Most leave nobody: no time is lost then."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(session, signal.SIGTERM)
        until_s = time.monotonic() + CHILDREN_GRACE_S
        while time.monotonic() < until_s:
            time.sleep(0.01)
            os.killpg(session, 0)
        os.killpg(session, signal.SIGKILL)


def give_time(process: BaseProcess) -> None:
    """Wait a while for the end of a process; `join` would wait for ever for one that closed its files."""
    until_s = time.monotonic() + GRACE_S
    while process.exitcode is None and time.monotonic() < until_s:
        time.sleep(0.002)


def allow_children() -> None:
    """A worker of a cluster may be a daemon, which Python forbids children; ours end when their parent does."""
    current_process()._config.pop("daemon", None)  # type: ignore[attr-defined]


def _received(
    receiver: Connection, process: BaseProcess, limit_s: float | None, called: str
) -> tuple[Any, ZhasylError | None]:
    try:
        if _answered(receiver, process, limit_s):
            return receiver.recv()  # type: ignore[no-any-return]
    except (EOFError, OSError):  # OSError: it died while it answered
        give_time(process)
        refuse_full_disk()
        ended = ending_said(process.exitcode)
        raise SimulationError(f"the process of {called} died with {ended}{limits_said()}") from None
    mend = "raise --limit-s if it needs more" if called == A_RUN else "fix its code"
    raise SimulationError(f"{called} took longer than {limit_s:g} s and was ended; {mend}")


def _answered(receiver: Connection, process: BaseProcess, limit_s: float | None) -> bool:
    """Wait for an answer within the limit. Raises EOFError when none will come.

    The end of the process is looked for, too: a child it has left behind may hold open what it answers with.
    """
    until_s = time.monotonic() + (math.inf if limit_s is None else limit_s)
    while not receiver.poll(max(min(_LOOK_S, until_s - time.monotonic()), 0.0)):
        if process.exitcode is not None and not receiver.poll():
            raise EOFError
        if time.monotonic() >= until_s:
            return False
    return True


def ending_said(code: int | None) -> str:
    if code is None:
        return "its answer lost: something in it closed what it answers with"
    if code >= 0:
        return f"exit code {code}"
    with suppress(ValueError):
        name = signal.Signals(-code).name
        why = {"SIGKILL": "out of memory, or killed", "SIGSEGV": CRASHED, "SIGBUS": CRASHED, "SIGABRT": CRASHED}
        return f"exit code {code}, {name}{': ' + why[name] if name in why else ''}"
    return f"exit code {code}"
