"""zhasyl store: what a folder of results holds, whether it is whole, and removing what nobody needs."""

import json
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zhasyl.cli.options import Json
from zhasyl.cli.words import plural

if TYPE_CHECKING:
    from zhasyl.runs.housekeeping import Held

DAMAGED = 1

app = typer.Typer(help="List, verify and clean the stored runs of a folder.")
Folder = Annotated[Path, typer.Argument(metavar="[DIR]", help="The --out folder of earlier runs.")]


@app.command("ls")
def ls(folder: Folder = Path("results"), as_json: Json = False) -> int:
    """List the stored runs by scenario and controller."""
    from zhasyl.cli.listing import print_table
    from zhasyl.runs.housekeeping import survey

    rows = [_row(list(group)) for _, group in groupby(sorted(survey(folder), key=_place), key=_place)]
    if as_json:
        print(json.dumps(rows, ensure_ascii=False))
    elif rows:
        columns = [column for column in rows[0] if column not in ("outdated", "because")]
        print_table(columns, [[row[column] for column in columns] for row in rows])
        _print_lines(_outdated(rows))
    else:
        print(f"no runs in {folder}")
    return 0


def _outdated(rows: list[dict[str, Any]]) -> Iterator[str]:
    old = [row for row in rows if row["outdated"]]
    for row in old:
        what = " ".join(filter(None, (row["scenario"], row["variant"], row["controller"])))
        because = row["because"].replace("no build", "source unknown")
        yield f"outdated: {plural(row['outdated'], 'run')} of {what} ({because})"
    if old:
        yield "In brackets: what has changed since then; --rerun simulates them anew."


def _place(held: "Held") -> tuple[str, str, str]:
    values = held.record.values if held.record else {}
    return (
        str(values.get("scenario", held.folder.parent.name)),
        str(values.get("variant", "")),
        str(values.get("label", "?")),
    )


def _row(group: "list[Held]") -> dict[str, Any]:
    scenario, variant, controller = _place(group[0])
    problems = [held.problem for held in group]
    return {
        "scenario": scenario,
        "variant": variant,
        "controller": controller,
        "done": problems.count(""),
        "failed": problems.count("failed"),
        "damaged": problems.count("damaged"),
        "outdated": sum(bool(held.outdated) for held in group),
        "because": ", ".join(sorted({reason for held in group for reason in held.outdated})),
        "size_mb": round(sum(held.size_bytes for held in group) / 1e6, 1),
    }


@app.command("verify")
def verify(
    folder: Folder = Path("results"),
    signals: Annotated[bool, typer.Option("--signals", help="Read back what the signals showed, too.")] = False,
    as_json: Json = False,
) -> int:
    """Find damaged runs. Reads every stored byte and compares it with its seal; exit status 1 if one is damaged.

    With --signals also if a controller showed what is not safe, or a record says otherwise than its states.
    """
    from zhasyl.cli.store_signals import Signals
    from zhasyl.runs.housekeeping import survey

    every = list(survey(folder))
    damaged = [str(held.folder) for held in every if held.damaged]
    read = Signals.of(every) if signals else None
    if as_json:
        found = {"runs": len(every), "damaged": damaged, **({"signals": read.document()} if read else {})}
        print(json.dumps(found, ensure_ascii=False))
    else:
        _print_lines(f"damaged: {path}" for path in damaged)
        print(
            f"{plural(len(every), 'run')}, {len(damaged)} damaged" + ("; they run again when asked for" * bool(damaged))
        )
        _print_lines(read.lines() if read else ())
    return DAMAGED if damaged or (read and read.is_bad) else 0


@app.command("gc")
def gc(
    folder: Folder = Path("results"),
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be removed.")] = False,
    as_json: Json = False,
) -> int:
    """Remove damaged, failed and half-written runs. The last are what killed processes left."""
    from zhasyl.runs.housekeeping import sweep

    removed = sweep(folder, dry_run)
    if as_json:
        print(json.dumps([{"path": str(path), "reason": reason} for path, reason in removed], ensure_ascii=False))
    else:
        _print_lines(f"{'would remove' if dry_run else 'removed'} {path}: {reason}" for path, reason in removed)
        print(f"{plural(len(removed), 'folder')} {'to remove' if dry_run else 'removed'}")
    return 0


def _print_lines(lines: Iterable[str]) -> None:
    for line in lines:
        print(line)
