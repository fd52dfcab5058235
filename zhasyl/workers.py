"""Every task in a process of its own, several at a time.

A simulation is reproducible to the byte only as the first one of its process: SUMO 1.28 lets vehicles that
wait for their insertion try in the order of their addresses in memory, which depends on what the process
did before. A fresh process costs little: it is forked from a server that has the libraries loaded. The
server is forked early and holds no simulation; where there is no fork, processes are spawned.
"""

import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from multiprocessing import get_all_start_methods, get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, TypeVar

from zhasyl.errors import SimulationError, ZhasylError

T = TypeVar("T")
R = TypeVar("R")

_CONTEXT: Any = get_context("forkserver" if "forkserver" in get_all_start_methods() else "spawn")
_PRELOADED = ["zhasyl.experiment", "libsumo"]
_live: set[BaseProcess] = set()
_lock = threading.Lock()


def run_isolated(task: Callable[[T], R], argument: T) -> R:
    """`task(argument)` in a fresh process. Its ZhasylErrors are raised here; its death is a SimulationError."""
    if hasattr(_CONTEXT, "set_forkserver_preload"):
        _CONTEXT.set_forkserver_preload(_PRELOADED)
    receiver, sender = _CONTEXT.Pipe(duplex=False)
    process = _CONTEXT.Process(target=_work, args=(task, argument, sender), daemon=True)
    with _lock:
        process.start()
        _live.add(process)
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
        with _lock:
            _live.discard(process)
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
    pool = ThreadPoolExecutor(max_workers=jobs)
    try:
        futures = {pool.submit(run_isolated, task, argument): i for i, argument in enumerate(arguments)}
        for future in as_completed(futures):
            yield futures[future], future.result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        with _lock:
            for process in _live:
                process.terminate()
        pool.shutdown(wait=True)
