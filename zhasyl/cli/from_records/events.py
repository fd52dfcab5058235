"""zhasyl events: a stored run as the high-resolution log that its signal controllers would have written."""

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from zhasyl.cli.options import Limit
from zhasyl.errors import ZhasylError
from zhasyl.text.values import parse_seed


def command(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of a run, compare or batch.")],
    controller: Annotated[str, typer.Option(help="Whose run, where there are several.")] = "",
    seed: Annotated[str, typer.Option(metavar="INTEGER", help="Which seed; default: the least.")] = "",
    signal: Annotated[str, typer.Option(help="One signal; default: all.")] = "",
    config: Annotated[
        list[Path] | None, typer.Option("--config", help="Numbers of phases by movement; docs/controller-logs.md.")
    ] = None,
    date: Annotated[str, typer.Option(metavar="YYYY-MM-DD", help="Date of its times.")] = "2000-01-01",
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The log, .parquet or .csv.")] = Path(
        "events.parquet"
    ),
    limit_s: Limit = None,
) -> int:
    """Write a run as a controller's log. Its signals, detectors and calls, and the configuration for `atspm`."""
    return run(folder, controller, parse_seed(seed) if seed else None, signal, config or [], date, out, limit_s)


def run(
    folder: Path,
    controller: str,
    seed: int | None,
    signal: str,
    config: list[Path],
    date: str,
    out: Path,
    limit_s: float | None,
) -> int:
    """Do what the verb says; answers the exit status."""
    from zhasyl.process.workers import DEFAULT_LIMIT_S
    from zhasyl.runs.events.file import check_name, config_path, write_events
    from zhasyl.runs.events.stored import choose, watch_stored
    from zhasyl.scenarios.logs.config import read_config

    check_name(out)
    day = _date(date)
    numbers = read_config(config, "") if config else None
    record = choose(folder, controller, seed)
    logs = watch_stored(record, signal, numbers, limit_s or DEFAULT_LIMIT_S)
    rows = write_events(logs, day, out)
    signals = ", ".join(f"{number} {name}" for number, name in list(logs.numbers.items())[:8])
    print(f"{out}: {rows:,} events of {record['label']}, seed {record['seed']}, devices {signals}; {config_path(out)}")
    return 0


def _date(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise ZhasylError(f"--date '{text[:40]}' is no date; write for example 2024-04-15") from None
