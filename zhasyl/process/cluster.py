"""Where runs are executed: processes of this machine, or a Dask cluster; one interface, concurrent.futures."""

import os
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager, suppress
from typing import Any

from zhasyl.errors import ZhasylError
from zhasyl.process.workers import LocalExecutor

MOST_LOCAL_WORKERS = 1024
CONNECT_S = 15.0


def default_jobs() -> int:
    """Cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def open_executor(jobs: int, cluster: str = "") -> Iterator[Executor]:
    """An executor of `jobs` runs at a time here, or of the cluster named: 'local:4' or 'tcp://host:8786'.

    Raises ZhasylError for a name that is neither, a scheduler that does not answer, or without the `cluster`
    extra. Leaving the context drops the runs that have not begun, and ends those of this machine.
    """
    if not cluster:
        with LocalExecutor(jobs) as executor:
            yield executor
        return
    check_cluster(cluster)
    with _client(cluster) as client:
        executor = client.get_executor(pure=False, retries=0)
        try:
            yield executor
        finally:
            executor.shutdown(wait=False)


def check_cluster(cluster: str) -> None:
    """Raise ZhasylError unless `cluster` is a name of one and Dask is installed."""
    kind, _, rest = cluster.partition(":")
    local = kind == "local" and rest.isdecimal() and 1 <= int(rest) <= MOST_LOCAL_WORKERS
    if not local and not (kind in ("tcp", "tls", "ucx", "ws", "wss") and rest.startswith("//") and len(rest) > 2):
        raise ZhasylError(
            f"cluster '{cluster}' is neither local:N (N workers here, 1 to {MOST_LOCAL_WORKERS}) nor a scheduler's "
            "address; give for example local:4 or tcp://host:8786"
        )
    try:
        import distributed  # noqa: F401
    except ImportError:
        raise ZhasylError("--cluster needs Dask; run: pip install 'zhasyl[cluster]'") from None


@contextmanager
def _client(cluster: str) -> Iterator[Any]:
    import dask
    from distributed import Client, LocalCluster

    quiet = {"distributed.worker.daemon": False, "logging.distributed": "critical"}
    with dask.config.set(quiet):
        if cluster.startswith("local:"):
            workers = int(cluster.removeprefix("local:"))
            with (
                LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None) as local,
                Client(local) as client,
            ):
                yield client
            return
        try:
            client = Client(cluster, timeout=CONNECT_S)
        except (OSError, ValueError) as error:
            reason = " ".join(str(error).split())
            raise ZhasylError(f"no Dask scheduler answers at {cluster} ({reason}); check the address") from None
        with suppress(TimeoutError), client:
            yield client
