"""zhasyl replay: recorded runs played side by side, in one HTML file."""

from pathlib import Path
from typing import Annotated

import typer

from zhasyl.cli.screen import new_console
from zhasyl.text.values import parse_seed


def command(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of a run, compare or batch with --record.")],
    controllers: Annotated[
        str, typer.Option(help="One or two recorded controllers, a,b; default: the baseline and the next.")
    ] = "",
    seed: Annotated[str, typer.Option(metavar="INTEGER", help="Which seed; default: the least one recorded.")] = "",
    begin: Annotated[str, typer.Option("--from", metavar="HH:MM", help="Where to begin; default: the period.")] = "",
    minutes: Annotated[
        float | None, typer.Option(min=0.1, max=100_000, help="How much of it; default: to the period's end.")
    ] = None,
    out: Annotated[Path, typer.Option("--out", metavar="FILE.html", help="The page.")] = Path("replay.html"),
) -> int:
    """Play one or two recorded runs on their map. Writes one HTML file that needs no server and no network."""
    return run(folder, controllers, parse_seed(seed) if seed else None, begin, minutes, out)


def run(folder: Path, controllers: str, seed: int | None, begin: str, minutes: float | None, out: Path) -> int:
    """Do what the verb says; answers the exit status."""
    from zhasyl.controllers import split_controllers
    from zhasyl.reports.replay.chosen import choose
    from zhasyl.reports.replay.page import replay_page, write_replay

    asked = split_controllers(controllers) if controllers else []
    chosen = choose(folder, asked, seed, begin, minutes)
    write_replay(out, replay_page(chosen))
    labels = " and ".join(record["label"] for record in chosen.runs)
    new_console().print(
        f"{out}: {labels}, seed {chosen.runs[0]['seed']}, {out.stat().st_size / 1e6:.1f} MB",
        markup=False,
        soft_wrap=True,
    )
    return 0
