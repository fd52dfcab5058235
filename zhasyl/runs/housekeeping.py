"""Care for a store: what it holds, what is damaged, and what nobody needs any more."""

import re
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from zhasyl.controllers import BUILT_IN, load_controller
from zhasyl.errors import OutputError
from zhasyl.runs.store import MEASURES_VERSION, UNFINISHED, RunRecord, load_record, look_at
from zhasyl.sensors import SENSORS_VERSION
from zhasyl.sequencer import SEQUENCER_VERSION

LEFT_AFTER_S = 3600.0  # settling takes seconds: what was begun longer ago than this was left by a killed process
OURS = re.compile(r"-seed\d+-[0-9a-f]{12}$")  # many programs have a folder 'runs'; what is not ours is not touched


@dataclass(frozen=True)
class Held:
    """A run's folder in a store: what its record says, None if unreadable, and whether it is as written."""

    folder: Path
    record: RunRecord | None
    damaged: bool
    size_bytes: int

    @property
    def outdated(self) -> tuple[str, ...]:
        """What is measured, played or decided otherwise today than in this record: `--rerun`, or ask for it again."""
        values = self.record.values if self.record and not self.problem else {}
        return tuple(_outdated(values)) if values else ()

    @property
    def problem(self) -> str:
        """'' or why the run would be simulated again: 'damaged' or 'failed'."""
        return "damaged" if self.damaged else "failed" if self.record and not self.record.done else ""


def survey(out: Path) -> Iterator[Held]:
    """Every run in a store, by folder; reads every byte. Raises OutputError if there is no store."""
    if not out.is_dir():
        raise OutputError(f"no folder {out}; give the --out folder of an earlier run, compare or batch")
    for folder in sorted(out.glob("runs/*/*")):
        if OURS.search(folder.name) and folder.is_dir():
            yield Held(folder, look_at(folder), load_record(folder) is None, _size_bytes(folder))


def _outdated(values: Mapping[str, Any]) -> Iterator[str]:
    then = values.get("versions") or {}
    played = not (values.get("controller") == "fixed" and not values.get("parameters"))
    if str(then.get("measures")) != str(MEASURES_VERSION):
        yield "measures"
    if played and str(then.get("sequencer")) != str(SEQUENCER_VERSION):
        yield "sequencer"
    if "sensors" in then and str(then["sensors"]) != str(SENSORS_VERSION):
        yield "sensors"
    if values.get("controller") in BUILT_IN and values.get("controller_version") != _version(values["controller"]):
        yield "controller"
    if "build" not in values:
        yield "no build"


@cache
def _version(controller: str) -> int:
    return load_controller(controller).version


def _size_bytes(folder: Path) -> int:
    """0 for a folder that may not be read, or that another process has just moved away."""
    try:
        return sum(path.lstat().st_size for path in folder.iterdir())
    except OSError:
        return 0


def leftovers(out: Path) -> list[Path]:
    """Folders that a killed process left half-written."""
    return [path for path in sorted(out.glob(f"{UNFINISHED}*")) if path.is_dir() and _is_old(path)]


def _is_old(path: Path) -> bool:
    with suppress(FileNotFoundError):  # its process has just finished
        return path.stat().st_mtime < time.time() - LEFT_AFTER_S
    return False


def sweep(out: Path, dry_run: bool = False) -> list[tuple[Path, str]]:
    """Remove leftovers and the records of damaged and failed runs; answers each with the reason."""
    swept: list[tuple[Path, str]] = []
    for path, reason in _unneeded(out):
        if not dry_run:  # at once: a batch that runs meanwhile may put a whole record there
            _remove(path)
        swept.append((path, reason))
    return swept


def _unneeded(out: Path) -> Iterator[tuple[Path, str]]:
    for held in survey(out):
        if held.problem:
            yield held.folder, held.problem
    for path in leftovers(out):
        yield path, "left by a killed process"


def _remove(path: Path) -> None:
    try:
        shutil.rmtree(path)
    except FileNotFoundError:
        pass  # another process was faster
    except OSError as error:
        raise OutputError(f"cannot remove {path}: {error.strerror or error}; check its owner and rights") from error
