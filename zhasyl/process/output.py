"""Standard output is ours alone: what controllers print goes to standard error, so that `--json` is one document.

Python's `print` and C's alike; at import, while they are made and while they are asked, here and in worker processes.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from typing import TextIO


@contextmanager
def unheard() -> Iterator[None]:
    """While others' Python code runs: what it prints goes to standard error."""
    with redirect_stdout(sys.stderr):
        yield


def keep_to_ourselves() -> None:
    """From now on `sys.stdout` alone is standard output; its descriptor, which C and child processes know, is not."""
    python: TextIO | None = sys.stdout  # None if it was closed from the start
    if python is None:
        return
    try:
        python.flush()
        kept = os.dup(1)
    except (OSError, ValueError):  # it cannot be written, or is closed by now
        return
    os.dup2(2, 1)
    sys.stdout = os.fdopen(
        kept, "w", encoding=python.encoding, errors=python.errors, buffering=1 if python.isatty() else -1
    )
