"""Run records on disk: one folder a run under a key of its whole origin, written aside and moved into place.

OUT/runs/SCENARIO/LABEL-seedN-KEY/   record.json, trips.parquet, queues.parquet, signals.parquet, approaches.parquet,
                                     passages.parquet, movements.parquet, lane_groups.parquet, crossings.parquet
                                     trajectories.parquet, map.parquet: of a recorded run
                                     beside.parquet: figures brought along with the scenario, where it has some
                                     summary.json: what a page shows of the tables
                                     seal.json: the SHA-256 of the others

A record is read only if it is whole: every file there and as its seal says. A failed run has a record too, without
tables; it is run again when it is asked for again. For a page the tables must be there, and what it reads of them as
its seal says.
"""

import json
import math
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zhasyl.errors import OutputError, ZhasylError, reason
from zhasyl.files.output import check_writable
from zhasyl.files.sealed import digest, fits, move_into_place, read_seal, seal, write_whole
from zhasyl.measures import MEASURES

if TYPE_CHECKING:
    import pandas as pd

    from zhasyl.files.columns import Table
    from zhasyl.runs.summary import Summary

RECORD_FILE = "record.json"
SUMMARY_FILE = "summary.json"
SEAL_FILE = "seal.json"
UNFINISHED = ".unfinished-"
RECORDED = ("trajectories", "map")  # tables of a recorded run
NAMED_BY = frozenset({"key", "scenario", "label", "seed"})  # what every record has
MEASURES_VERSION = 5  # raised when a measure's definition changes, so that unlike records are not compared


@dataclass(frozen=True)
class RunRecord:
    """A finished run: flat `values` (origin, then measures) and the folder with its tables."""

    values: dict[str, Any]
    folder: Path

    def __getitem__(self, key: str) -> Any:
        return self.values[key]

    @property
    def done(self) -> bool:
        """False for a run that failed and therefore has no measures and no tables."""
        return bool(self.values.get("status", "done") == "done")

    @property
    def recorded(self) -> bool:
        """Are there its trajectories, and the map to draw them on?"""
        return all((self.folder / f"{name}.parquet").is_file() for name in RECORDED)

    def table(self, name: str) -> "pd.DataFrame":
        """A table: trips, queues, signals, approaches, passages, movements, lane_groups, crossings; trajectories, map.

        Raises OutputError if it cannot be read.
        """
        import pandas as pd

        path = self.folder / f"{name}.parquet"
        try:
            return pd.read_parquet(path, partitioning=None)  # else a folder NAME=VALUE above it is a column
        except Exception as error:  # a damaged byte can raise anything in the Parquet reader
            raise OutputError(f"cannot read {path} ({reason(error)}); delete its folder and run again") from error

    def columns(self, name: str, columns: Sequence[str]) -> "Table":
        """Some columns of one of the tables if it is as its seal says, without pandas. Raises OutputError."""
        from zhasyl.files.columns import Table

        path = self.folder / f"{name}.parquet"
        try:
            if digest(path) != read_seal(self.folder / SEAL_FILE).get(path.name):
                raise ValueError("it is not as its seal says")
            return Table.read(path, columns)
        except FileNotFoundError:
            raise OutputError(f"{self.folder.name} has no table of {name}; run it again with --rerun") from None
        except KeyError as error:
            raise OutputError(f"the {name} of {self.folder.name} have no {error.args[0]}; run it again") from None
        except Exception as error:  # a damaged byte can raise anything in the Parquet reader
            raise OutputError(f"cannot read {path} ({reason(error)}); delete its folder and run again") from error

    def summary(self) -> "Summary":
        """What a page shows of the tables; of a run stored before there was a summary.json, from the tables."""
        try:
            found: Summary = json.loads((self.folder / SUMMARY_FILE).read_bytes())
            return found
        except FileNotFoundError:
            from zhasyl.runs.summary import summary_of

            known = {"movements"} if (self.folder / "movements.parquet").exists() else frozenset[str]()
            return summary_of(self.table, self["end_s"] - self["begin_s"], known)
        except (OSError, ValueError) as error:
            path = self.folder / SUMMARY_FILE
            raise OutputError(f"cannot read {path} ({reason(error)}); delete its folder and run again") from error


def origin_key(origin: Mapping[str, Any]) -> str:
    """The key of a run: a hash of everything that determines its result."""
    text = json.dumps(origin, sort_keys=True, separators=(",", ":"), default=str)
    return sha256(text.encode()).hexdigest()


def run_folder(out: Path, scenario: str, label: str, seed: int, key: str) -> Path:
    """Where the run of this key is stored."""
    return out / "runs" / _slug(scenario) / f"{_slug(label)}-seed{seed}-{key[:12]}"


def _slug(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9.=_-]+", "-", text).strip("-.")[:80] or "run"


def load_record(folder: Path, tables: bool = True) -> RunRecord | None:
    """The record in a folder, None if there is none or it is damaged.

    Without `tables` they only have to be there, if the record has a summary: none of them is read then.
    """
    try:
        names = read_seal(folder / SEAL_FILE)
        text = (folder / RECORD_FILE).read_bytes()
        if sha256(text).hexdigest() != names.pop(RECORD_FILE) or not names.keys() <= set(os.listdir(folder)):
            return None
        read = names if tables or SUMMARY_FILE not in names else (SUMMARY_FILE,)
        same = fits(folder, {name: names[name] for name in read})
        return _as_record(json.loads(text), folder) if same else None
    except (OSError, ValueError, KeyError, RecursionError):
        return None


def look_at(folder: Path) -> RunRecord | None:
    """What the record in a folder says, its tables unseen; None if it cannot be read."""
    try:
        return _as_record(json.loads((folder / RECORD_FILE).read_bytes()), folder)
    except (OSError, ValueError, RecursionError):
        return None


def _as_record(values: Any, folder: Path) -> RunRecord | None:
    return RunRecord(values, folder) if isinstance(values, dict) and values.keys() >= NAMED_BY else None


def load_records(out: Path, tables: bool = True) -> list[RunRecord]:
    """All records below an output folder, ordered by scenario, label and seed; `tables` as for `load_record`."""
    found = [load_record(path.parent, tables) for path in sorted(out.glob(f"runs/*/*/{RECORD_FILE}"))]
    records = [record for record in found if record is not None]
    return sorted(records, key=lambda r: (r["scenario"], r["label"], r["seed"]))


@contextmanager
def aside(out: Path) -> Iterator[Path]:
    """A temporary folder beside the runs, removed at the end unless `settle` moved it into place."""
    check_writable(out)
    folder = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=out))
    try:
        yield folder
    finally:
        for left in (folder, *out.glob(f"{folder.name}-replaced*")):
            shutil.rmtree(left, ignore_errors=True)


def settle(
    unfinished: Path,
    folder: Path,
    values: Mapping[str, Any],
    tables: "Mapping[str, Table | pd.DataFrame]",
    replace: bool = False,
    check: Callable[[Path], None] = lambda _: None,
) -> RunRecord:
    """Write tables, record and seal, then move the folder into place. A finished one there stays unless replaced.

    `check` is asked about what is written before that, and raises to keep what is there.
    """
    try:
        for name, table in tables.items():
            _write_table(unfinished / f"{name}.parquet", table)
        if tables.keys() >= {"queues", "signals", "approaches"}:
            _write_summary(unfinished, values, tables)
        clean = _plain(dict(values))
        text = json.dumps(clean, indent=1, ensure_ascii=False, allow_nan=False)
        (unfinished / RECORD_FILE).write_text(text + "\n", encoding="utf-8")
        seal(unfinished, SEAL_FILE, os.listdir(unfinished))
        check(unfinished)
        folder.parent.mkdir(parents=True, exist_ok=True)
        move_into_place(unfinished, folder, lambda: not replace and _is_done(folder))
    except OSError as error:
        raise OutputError(f"cannot store the run in {folder}: {reason(error)}; free space or use --out") from error
    stored = load_record(folder)
    if stored is None:
        raise OutputError(f"the record in {folder} cannot be read back; delete the folder and run again")
    return stored


def _write_table(path: Path, table: "Table | pd.DataFrame") -> None:
    from zhasyl.files.columns import Table

    if isinstance(table, Table):
        table.write(path)
    else:
        table.to_parquet(path, index=False, compression="zstd")


def _write_summary(unfinished: Path, values: Mapping[str, Any], tables: "Mapping[str, Table | pd.DataFrame]") -> None:
    from zhasyl.runs.summary import summary_of

    further = {name for name in ("movements", "crossings", "beside") if name in tables}
    further |= {"lines"} if "trips" in tables and "line" in tables["trips"].columns else set()
    summary = _plain(summary_of(tables.__getitem__, values["end_s"] - values["begin_s"], further))
    text = json.dumps(summary, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    (unfinished / SUMMARY_FILE).write_text(text + "\n", encoding="utf-8")


def settle_failed(
    out: Path,
    folder: Path,
    about: Mapping[str, Any],
    error: BaseException,
    attempts: int = 1,
    rerun: bool = False,
) -> RunRecord:
    """Store why a run failed, beside what it was; of one run again a finished record stays, and is not the answer."""
    reason = str(error) if isinstance(error, ZhasylError) else f"{type(error).__name__}: {error}"
    values: dict[str, Any] = {
        **about,
        "status": "failed",
        "error": type(error).__name__,
        "reason": " ".join(reason.split()),
        "attempts": attempts,
        "gridlocked": None,
        "faults": [],
        **{measure.key: None for measure in MEASURES},
        "started_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "wall_s": None,
    }
    with aside(out) as unfinished:
        settled = settle(unfinished, folder, values, {})
    return RunRecord(values, folder) if rerun else settled


def _is_done(folder: Path) -> bool:
    """Whether a finished record is there, which stays; a failed or damaged one gives way."""
    there = load_record(folder)
    return there is not None and there.done


def _plain(value: Any) -> Any:
    """What JSON and UTF-8 can hold: NaN, a measure without a value, is null; a lone surrogate becomes its number."""
    if isinstance(value, dict):
        return {_plain(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode("utf-8")
    return None if isinstance(value, float) and not math.isfinite(value) else value


def write_text(path: Path, text: str) -> Path:
    """Write a UTF-8 file whole. Raises OutputError."""
    try:
        write_whole(path, _plain(text).encode())
    except OSError as error:
        raise OutputError(f"cannot write {path}: {reason(error)}; choose another folder with --out") from error
    return path
