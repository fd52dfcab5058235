"""A scenario folder written whole or not at all: filled beside its place, then renamed."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from zhasyl.errors import OutputError, reason
from zhasyl.files.paths import absolute_path


@contextmanager
def new_folder(target: Path) -> Iterator[Path]:
    """A folder to fill that becomes `target` in the end; nothing is left of it after an error.

    Raises OutputError if `target` exists and is not empty, cannot be written, or has a comma.
    """
    target = absolute_path(target)
    if "," in str(target):
        raise OutputError(f"{target} has a comma, which SUMO reads as a list of files; choose another name for --out")
    new_parents: list[Path] = []
    try:
        new_parents = [parent for parent in target.parents if not parent.exists()]
        if target.exists() and not (target.is_dir() and not any(target.iterdir())):
            raise OutputError(f"{target} exists and is not an empty folder; give --out a new name or remove it")
        target.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f".{target.name[:60]}.", dir=target.parent))
    except (OSError, ValueError) as error:
        raise OutputError(f"cannot write {target}: {reason(error)}; choose another place for --out") from None
    try:
        filled = work / "filled"
        filled.mkdir()
        yield filled
        os.replace(filled, target)
    except OSError as error:
        raise OutputError(f"cannot write {target}: {reason(error)}; choose another place for --out") from error
    finally:
        shutil.rmtree(work, ignore_errors=True)
        for parent in new_parents:
            with suppress(OSError):  # what now holds the folder stays
                parent.rmdir()


def copied_name(path: Path) -> str:
    """The name of a file without the number that a copy in an earlier folder was given."""
    return path.name.lstrip("0123456789-") or path.name
