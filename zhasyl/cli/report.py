"""zhasyl report: rebuild tables and report from the records in a folder, without simulating."""

import gc
import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zhasyl.cli.options import AllowFaults, Json
from zhasyl.cli.present import COMPARISON_FILE, Terms, list_failures, present, refuse_all_failed, weigh
from zhasyl.errors import OutputError

if TYPE_CHECKING:
    from zhasyl.runs.store import RunRecord

COLLECT_SELDOM = (50_000, 20, 100)  # thousands of records are kept to the end: looking through them frees nothing


def command(
    folder: Annotated[Path, typer.Argument(help="Folder of an earlier compare or run.")],
    baseline: Annotated[str, typer.Option(help="Controller the others are compared with.")] = "",
    as_json: Json = False,
    allow_faults: AllowFaults = False,
) -> int:
    """Rebuild tables and report from stored runs. Writes runs.csv, comparisons.csv and report.html."""
    return run(folder, baseline, as_json, allow_faults)


def run(folder: Path, baseline: str, as_json: bool, allow_faults: bool = False) -> int:
    """Do what the verb says; answers the exit status."""
    from zhasyl.runs.store import check_writable

    gc.set_threshold(*COLLECT_SELDOM)
    if not folder.is_dir():
        raise OutputError(f"no folder {folder}; give the --out folder of an earlier compare or run")
    asked, names = _last_comparison(folder)
    records = _records(folder, names)
    if not records:
        raise OutputError(f"no run records in {folder}; run 'zhasyl compare' with --out {folder} first")
    labels = list(dict.fromkeys(record["label"] for record in records))
    against = baseline or (asked.baseline if asked.baseline in labels else labels[0])
    if against not in labels:
        raise OutputError(f"no runs of baseline '{against}' in {folder}; it has {', '.join(labels)}")
    check_writable(folder)
    refuse_all_failed(records)
    present(folder, records, replace(asked, baseline=against), as_json)
    return max(list_failures(records), weigh(records, allow_faults, said=not as_json))


def _records(folder: Path, names: list[str]) -> "list[RunRecord]":
    """The runs of the last comparison, or every run there is; a comparison is never shown without one of its runs."""
    from zhasyl.runs.store import load_record, load_records

    found = {name: load_record(folder / name, tables=False) for name in names}
    for name, record in found.items():
        if record is None:
            raise OutputError(f"the record {folder / name} is missing or damaged; run the same comparison again")
    return [record for record in found.values() if record is not None] or load_records(folder, tables=False)


def _last_comparison(folder: Path) -> tuple[Terms, list[str]]:
    """Terms and run folders of the last comparison; runs outside the folder are not read."""
    try:
        asked = json.loads((folder / COMPARISON_FILE).read_text(encoding="utf-8"))
        names = [str(name) for name in asked["runs"]]
        inside = [name for name in names if (folder / name).resolve().is_relative_to(folder.resolve())]
        return Terms(str(asked["baseline"]), float(asked["min_effect"]), float(asked["confidence"])), inside
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return Terms(""), []
