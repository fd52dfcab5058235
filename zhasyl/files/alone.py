"""A folder that one process writes to at a time."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from zhasyl.errors import OutputError


@contextmanager
def alone(out: Path) -> Iterator[None]:
    """Raise OutputError where another one has the folder, which has to exist; it has it as long as it lives."""
    with ExitStack() as stack:
        try:
            import fcntl

            held = os.open(out, os.O_RDONLY)
            stack.callback(os.close, held)
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise OutputError(f"another search is writing to {out}; wait for it, or name another --out") from None
        except (ImportError, OSError):
            pass  # no locks here
        yield
