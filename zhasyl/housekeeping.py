"""Care for a store: what it holds, what is damaged, and what nobody needs any more."""

import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from zhasyl.errors import OutputError
from zhasyl.store import UNFINISHED, RunRecord, look_at, state_of

LEFT_AFTER_S = 3600.0  # settling takes seconds: what was begun longer ago than this was left by a killed process


@dataclass(frozen=True)
class Held:
    """A run's folder in a store: what its record says, None if unreadable, and whether it is as written."""

    folder: Path
    record: RunRecord | None
    damaged: bool
    size_bytes: int

    @property
    def problem(self) -> str:
        """'' or why the run would be simulated again: 'damaged' or 'failed'."""
        return "damaged" if self.damaged else "failed" if self.record and not self.record.done else ""


def survey(out: Path) -> Iterator[Held]:
    """Every run in a store, by folder; reads every byte. Raises OutputError if there is no store."""
    if not out.is_dir():
        raise OutputError(f"no folder {out}; give the --out folder of an earlier run, compare or batch")
    for folder in sorted(path for path in out.glob("runs/*/*") if path.is_dir()):
        size = sum(path.stat().st_size for path in folder.iterdir() if path.is_file())
        yield Held(folder, look_at(folder), state_of(folder) != "whole", size)


def leftovers(out: Path) -> list[Path]:
    """Folders and files that a killed process left half-written."""
    old = time.time() - LEFT_AFTER_S
    return [path for path in sorted(out.glob(f"{UNFINISHED}*")) if path.stat().st_mtime < old]


def sweep(out: Path, dry_run: bool = False) -> list[tuple[Path, str]]:
    """Remove leftovers and the records of damaged and failed runs; answers each with the reason."""
    found = [(path, "left by a killed process") for path in leftovers(out)]
    found += [(held.folder, held.problem) for held in survey(out) if held.problem]
    if not dry_run:
        for path, _ in found:
            try:
                shutil.rmtree(path)
            except OSError as error:
                raise OutputError(f"cannot remove {path}: {error.strerror}; check its owner and rights") from error
    return found
