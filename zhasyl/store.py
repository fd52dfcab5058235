"""Run records on disk: one folder a run under a key of its whole origin, written aside and moved into place.

OUT/runs/SCENARIO/LABEL-seedN-KEY/   record.json, trips.parquet, queues.parquet, signals.parquet, approaches.parquet
"""

import json
import math
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zhasyl.errors import OutputError

if TYPE_CHECKING:
    import pandas as pd

RECORD_FILE = "record.json"
NAMED_BY = frozenset({"key", "scenario", "label", "seed"})  # what every record has
MEASURES_VERSION = 1  # raised when a measure's definition changes, so that unlike records are not compared


@dataclass(frozen=True)
class RunRecord:
    """A finished run: flat `values` (origin, then measures) and the folder with its tables."""

    values: dict[str, Any]
    folder: Path

    def __getitem__(self, key: str) -> Any:
        return self.values[key]

    def table(self, name: str) -> "pd.DataFrame":
        """One of the tables trips, queues, signals, approaches. Raises OutputError if it cannot be read."""
        import pandas as pd

        path = self.folder / f"{name}.parquet"
        try:
            return pd.read_parquet(path)
        except Exception as error:  # a damaged byte can raise anything in the Parquet reader
            raise OutputError(f"cannot read {path} ({_reason(error)}); delete its folder and run again") from error


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or " ".join(str(error).split()) or type(error).__name__


def origin_key(origin: Mapping[str, Any]) -> str:
    """The key of a run: a hash of everything that determines its result."""
    text = json.dumps(origin, sort_keys=True, separators=(",", ":"), default=str)
    return sha256(text.encode()).hexdigest()


def run_folder(out: Path, scenario: str, label: str, seed: int, key: str) -> Path:
    """Where the run of this key is stored."""
    return out / "runs" / _slug(scenario) / f"{_slug(label)}-seed{seed}-{key[:12]}"


def _slug(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9.=_-]+", "-", text).strip("-.")[:80] or "run"


def load_record(folder: Path) -> RunRecord | None:
    """The record in a folder, None if there is none or it is damaged."""
    try:
        values = json.loads((folder / RECORD_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return RunRecord(values, folder) if isinstance(values, dict) and values.keys() >= NAMED_BY else None


def load_records(out: Path) -> list[RunRecord]:
    """All records below an output folder, ordered by scenario, label and seed."""
    found = [load_record(path.parent) for path in sorted(out.glob(f"runs/*/*/{RECORD_FILE}"))]
    records = [record for record in found if record is not None]
    return sorted(records, key=lambda r: (r["scenario"], r["label"], r["seed"]))


def check_writable(out: Path) -> None:
    """Raise OutputError unless files can be made in `out`; makes the folder if need be."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out):
            pass
    except OSError as error:
        raise OutputError(f"cannot write to {out}: {_reason(error)}; choose another folder with --out") from error


@contextmanager
def aside(out: Path) -> Iterator[Path]:
    """A temporary folder beside the runs, removed at the end unless `settle` moved it into place."""
    check_writable(out)
    folder = Path(tempfile.mkdtemp(prefix=".unfinished-", dir=out))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def settle(
    unfinished: Path, folder: Path, values: Mapping[str, Any], tables: "Mapping[str, pd.DataFrame]"
) -> RunRecord:
    """Write tables and record, then move the folder into place. Another's equal record stays."""
    try:
        for name, table in tables.items():
            table.to_parquet(unfinished / f"{name}.parquet", index=False, compression="zstd")
        clean = {key: _plain(value) for key, value in values.items()}
        text = json.dumps(clean, indent=1, ensure_ascii=False, allow_nan=False)
        (unfinished / RECORD_FILE).write_text(text + "\n", encoding="utf-8")
        folder.parent.mkdir(parents=True, exist_ok=True)
        if load_record(folder) is None:
            shutil.rmtree(folder, ignore_errors=True)
            try:
                unfinished.rename(folder)
            except OSError:
                if load_record(folder) is None:
                    raise
    except OSError as error:
        raise OutputError(f"cannot store the run in {folder}: {_reason(error)}; free space or use --out") from error
    stored = load_record(folder)
    if stored is None:
        raise OutputError(f"the record in {folder} cannot be read back; delete the folder and run again")
    return stored


def _plain(value: Any) -> Any:
    """JSON has no NaN: a measure without a value is null."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def write_text(path: Path, text: str) -> Path:
    """Write a UTF-8 file aside and move it into place, so that a reader never meets half of it."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(text, encoding="utf-8", newline="")
        temporary.replace(path)
    except OSError as error:
        raise OutputError(f"cannot write {path}: {_reason(error)}; choose another folder with --out") from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
    return path
