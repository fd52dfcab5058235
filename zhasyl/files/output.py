"""The folder that results go into: can it be written, and by one process at a time."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from zhasyl.errors import OutputError, reason


def check_writable(out: Path) -> None:
    """Raise OutputError unless files can be made in `out`; makes the folder if need be."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out):
            pass
    except OSError as error:
        raise OutputError(f"cannot write to {out}: {reason(error)}; choose another folder with --out") from error


@contextmanager
def alone(out: Path) -> Iterator[None]:
    """Have a folder to write to, made if need be. Raise OutputError where it cannot be, or another one has it."""
    check_writable(out)
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
