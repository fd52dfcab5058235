"""Paths that a user gives: made absolute, and files that are read are files."""

import os
import stat
from pathlib import Path
from tempfile import TemporaryFile

from zhasyl.errors import OutputError, ScenarioError, ZhasylError, reason

KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)
LONGEST_SHOWN = 200


def check_working_folder() -> None:
    """Raise ZhasylError if the folder this process works in was removed: no relative path means anything then."""
    try:
        os.getcwd()
    except OSError as error:
        raise ZhasylError(f"the working folder is gone ({error.strerror}); change to one that exists") from None


def absolute_path(path: str | Path, error: type[ZhasylError] = OutputError) -> Path:
    """The path from the root, links as they are; it need not exist. Raises `error` for one that cannot be looked at."""
    try:
        found = Path(path).absolute()
        found.stat()
    except (FileNotFoundError, NotADirectoryError):
        return found
    except (OSError, ValueError) as failure:
        raise error(f"cannot use {shown(path)}: {_reason(failure)}; check the path") from None
    return found


def real_path(path: str | Path, error: type[ZhasylError] = OutputError) -> Path:
    """The absolute path behind every link; it need not exist. Raises `error` for one that cannot be."""
    try:
        return Path(path).resolve()
    except (OSError, ValueError, RuntimeError) as failure:  # RuntimeError: links in a circle, before Python 3.13
        raise error(f"cannot use {shown(path)}: {_reason(failure)}; check the path") from None


def check_is_file(path: Path, error: type[ZhasylError] = ScenarioError) -> None:
    """Raise `error` unless there is a regular file."""
    reason = why_no_file(path)
    if reason:
        raise error(f"cannot read {shown(path)}: {reason}; check the path")


def writable_file(path: str | Path) -> Path:
    """The file behind every link that is going to be written; makes its folder. Raises OutputError if it cannot be."""
    real = real_path(path)
    try:
        if real.exists() and not real.is_file():
            raise OutputError(f"cannot write {shown(path)}: {why_no_file(real)}; name a file")
        real.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=real.parent):
            pass
    except (OSError, ValueError) as failure:
        raise OutputError(f"cannot write {shown(path)}: {_reason(failure)}; choose another place") from None
    return real


def why_no_file(path: Path) -> str:
    """Why a path is none of a regular file, '' if it is; a pipe would be waited for, a device may have no end."""
    try:
        str(path).encode()
        mode = path.stat().st_mode
    except UnicodeEncodeError:
        return "its name is no UTF-8 text, as SUMO needs"
    except (OSError, ValueError) as failure:
        return _reason(failure)
    return next((f"it is {name}, not a file" for is_kind, name in KINDS if is_kind(mode)), "")


def shown(path: str | Path) -> str:
    """A path in one line of bearable length."""
    return " ".join(str(path).split())[:LONGEST_SHOWN]


def _reason(failure: Exception) -> str:
    if isinstance(failure, RuntimeError):
        return "its links lead in a circle"
    return reason(failure)
