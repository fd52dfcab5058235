"""Every task in a process of its own, several at a time.

A simulation is reproducible to the byte only as the first one of its process: with SUMO 1.28 later ones vary
where vehicles wait for their insertion. It seems to try them in the order of their addresses in memory, which
depends on what the process did before. A fresh process costs little: it is forked from a server that has the
libraries loaded. The server is forked early and holds no simulation; where that is not to be had, processes
are spawned.
"""

import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from multiprocessing import get_all_start_methods, get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from tempfile import gettempdir
from typing import Any, TypeVar

from zhasyl.errors import SimulationError, ZhasylError

T = TypeVar("T")
R = TypeVar("R")

_PRELOADED = ["zhasyl.experiment", "libsumo"]
_LONGEST_TEMPORARY_FOLDER = 70  # the fork server's socket lies there, and its path may have 108 characters
_lock = threading.Lock()


def _context() -> Any:
    """How processes are started here."""
    if "forkserver" not in get_all_start_methods() or len(gettempdir()) > _LONGEST_TEMPORARY_FOLDER:
        return get_context("spawn")
    context = get_context("forkserver")
    context.set_forkserver_preload(_PRELOADED)
    return context


class _Group:
    """Processes that live and end together."""

    def __init__(self) -> None:
        self._live: set[BaseProcess] = set()
        self._ended = False

    def start(self, process: BaseProcess) -> None:
        with _lock:
            if self._ended:
                raise SimulationError("the other runs were ended before this one began")
            process.start()
            self._live.add(process)

    def remove(self, process: BaseProcess) -> None:
        with _lock:
            self._live.discard(process)

    def end(self) -> None:
        with _lock:
            self._ended = True
            for process in self._live:
                process.terminate()


def run_isolated(task: Callable[[T], R], argument: T, group: _Group | None = None) -> R:
    """`task(argument)` in a fresh process. Its ZhasylErrors are raised here; its death is a SimulationError."""
    group, context = group or _Group(), _context()
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(task, argument, sender), daemon=True)
    group.start(process)
    sender.close()
    try:
        answer, error = receiver.recv()
    except (EOFError, OSError):  # OSError: it died while it answered
        process.join()
        raise SimulationError(
            f"the process of a run died with exit code {process.exitcode} (out of memory, or SUMO crashed); "
            "finished runs are stored: run the same again"
        ) from None
    finally:
        receiver.close()
        process.join()
        group.remove(process)
    if error is not None:
        raise error
    return answer  # type: ignore[no-any-return]


def _work(task: Callable[[Any], Any], argument: Any, sender: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # unwinds, so that temporary folders are removed
    try:
        message: tuple[Any, ZhasylError | None] = (task(argument), None)
    except ZhasylError as error:
        message = (None, error)
    except Exception as error:
        message = (None, SimulationError(f"a run failed: {type(error).__name__}: {' '.join(str(error).split())}"))
    sender.send(message)
    sender.close()
    sys.stdout.flush()


def run_side_by_side(task: Callable[[T], R], arguments: Iterable[T], jobs: int) -> Iterator[tuple[int, R]]:
    """Yield (position, answer) as tasks finish, `jobs` at a time. The first error ends the others."""
    pool, group = ThreadPoolExecutor(max_workers=jobs), _Group()
    try:
        futures = {pool.submit(run_isolated, task, argument, group): i for i, argument in enumerate(arguments)}
        for future in as_completed(futures):
            yield futures[future], future.result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        group.end()
        pool.shutdown(wait=True)
