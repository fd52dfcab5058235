"""zhasyl report: rebuild tables and report from the records in a folder, without simulating."""

import gc
from pathlib import Path
from typing import Annotated

import typer

from zhasyl.cli.options import AllowFaults, Json
from zhasyl.cli.present import say, show
from zhasyl.errors import ZhasylError

COLLECT_SELDOM = (50_000, 20, 100)  # thousands of records are kept to the end: looking through them frees nothing


def command(
    folder: Annotated[Path, typer.Argument(help="Folder of an earlier compare or run.")],
    baseline: Annotated[str, typer.Option(help="Controller the others are compared with.")] = "",
    short: Annotated[bool, typer.Option("--short", help="Also write short.html, a sheet for who decides.")] = False,
    before: Annotated[
        Path | None, typer.Option(help="Folder of the same runs before a rebuild: compare with it.")
    ] = None,
    as_json: Json = False,
    allow_faults: AllowFaults = False,
) -> int:
    """Rebuild tables and report from stored runs. Writes runs.csv, comparisons.csv and report.html."""
    gc.set_threshold(*COLLECT_SELDOM)
    if before is None:
        return run(folder, baseline, short, as_json, allow_faults)
    if baseline or short:
        raise ZhasylError("--before compares with what was before, on one page; leave --baseline and --short out")
    from zhasyl.reports.before_after import before_after

    return show(before_after(before, folder), as_json, allow_faults)


def run(folder: Path, baseline: str, short: bool, as_json: bool, allow_faults: bool = False) -> int:
    """Do what the verb says; answers the exit status."""
    from zhasyl.reports.results import report

    found = report(folder, baseline)
    status = show(found, as_json, allow_faults)
    if short:
        from zhasyl.reports.short import write_short

        page = write_short(folder, [record.values for record in found.records], found.comparisons)
        if not as_json:
            say(f"short: {page}")
    return status
