"""What the machine or the user's shell lets a process have: room on the disk, memory, the size of a file."""

import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

from zhasyl.errors import OutputError, ZhasylError

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

LEAST_FREE_MB = 20.0  # with less free, a process that died is taken to have died of it
LEAST_MEMORY_MB = 300.0  # of addresses: with less the libraries end the process while they load, in words of their own


def memory_mb() -> float | None:
    """The limit of a process's memory, None without one."""
    return _limit_mb("RLIMIT_AS")


def file_mb() -> float | None:
    """The limit of a file's size, None without one."""
    return _limit_mb("RLIMIT_FSIZE")


def _limit_mb(name: str) -> float | None:
    if resource is None or not hasattr(resource, name):
        return None
    limit = resource.getrlimit(getattr(resource, name))[0]
    return None if limit == resource.RLIM_INFINITY else limit / 1e6


def limits_said() -> str:
    """The limits a process that ended without a word may have met, as an end of a sentence; '' if there are none."""
    limits = (("memory", "-v", memory_mb()), ("a file", "-f", file_mb()))
    said = [
        f"{what} is limited to {size:,.6g} MB (ulimit {option})" for what, option, size in limits if size is not None
    ]
    return f"; {' and '.join(said)}, which may be why" if said else ""


def refuse_little_memory() -> None:
    """Raise ZhasylError if a process may have too little memory to load the libraries."""
    limit = memory_mb()
    if limit is not None and limit < LEAST_MEMORY_MB:
        raise ZhasylError(
            f"memory is limited to {limit:.0f} MB, and {LEAST_MEMORY_MB:.0f} MB is the least; raise it (ulimit -v)"
        )


def refuse_full_disk(written: Iterable[Path] = ()) -> None:
    """Raise OutputError if the disk of temporary files is full or one of the files written has reached its limit.

    Then that is why something went wrong.
    """
    folder = tempfile.gettempdir()
    free_mb = shutil.disk_usage(folder).free / 1e6
    if free_mb < LEAST_FREE_MB:
        raise OutputError(f"the disk of {folder} is full ({free_mb:.0f} MB free); free space or set TMPDIR") from None
    limit = file_mb()
    if limit is not None and any(path.stat().st_size >= limit * 1e6 for path in written):
        raise OutputError(f"SUMO's outputs exceed the limit of a file, {limit:.6g} MB; raise it (ulimit -f)") from None
