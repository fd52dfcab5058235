"""zhasyl leaderboard: controllers ranked over a suite, from stored records alone."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zhasyl.cli.options import Json

if TYPE_CHECKING:
    from zhasyl.reports.leaderboard.board import Board


def command(
    suite: Annotated[
        str, typer.Argument(metavar="SUITE", help="A SUITE.toml, or one that ships: core, almaty or resco.")
    ],
    folders: Annotated[
        list[Path] | None,
        typer.Argument(metavar="DIR", help="Folders with runs, also of others; default: results."),
    ] = None,
    baseline: Annotated[str, typer.Option(help="Controller the others are set in relation to.")] = "fixed",
    out: Annotated[Path, typer.Option("--out", help="Folder for page (leaderboard.html) and table.")] = Path("results"),
    as_json: Json = False,
) -> int:
    """Rank controllers over a suite by their stored runs. Simulates nothing; records of others may join."""
    return run(suite, folders or [Path("results")], baseline, out, as_json)


def run(suite: str, folders: list[Path], baseline: str, out: Path, as_json: bool) -> int:
    """Do what the verb says; answers the exit status."""
    from zhasyl.gate.board import leaderboard, write_board
    from zhasyl.reports.leaderboard.files import CSV_FILE, document

    board = leaderboard(suite, folders, baseline)
    page = write_board(board, out)
    if as_json:
        files = {"page": str(page), "csv": str(out / CSV_FILE)}
        print(json.dumps({**document(board), **files}, ensure_ascii=False))
    else:
        _show(board, page)
    return 0


def _show(board: "Board", page: Path) -> None:
    from zhasyl.cli.present import say
    from zhasyl.cli.screen import new_console
    from zhasyl.reports.leaderboard.page import about, headline, left_out
    from zhasyl.reports.leaderboard.tables import apart, ranking
    from zhasyl.reports.optimisation.screen import grid_table

    say(f"{board.asked.title}: {about(board)}")
    new_console().print(grid_table(ranking(board), ""))
    say(headline(board))
    if board.apart:
        new_console().print(grid_table(apart(board), "Not ranked"))
        for line in dict.fromkeys(command for one in board.apart for command in one.commands):
            say(f"to add runs: {line}")
    for line in left_out(board):
        say(line)
    say(f"leaderboard: {page}")
