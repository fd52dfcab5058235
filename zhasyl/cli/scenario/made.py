"""What the verbs that make a scenario folder share: the option, the check of what was made, the next step."""

import shlex
from pathlib import Path
from typing import Annotated

import typer

from zhasyl.cli.scenario.check import checked, pointer

__all__ = ["Folder", "checked", "folder_name", "pointer", "say_next"]

Folder = Annotated[Path, typer.Option("--out", help="The scenario folder to make; it must not exist or be empty.")]


def folder_name(folder: Path) -> str:
    """The last part of a path, with a mark for bytes that are no text."""
    return folder.absolute().name.encode("utf-8", "replace").decode("utf-8")


def say_next(folder: str | Path) -> None:
    scenario, results = shlex.quote(str(folder)), shlex.quote(f"{folder}-results")
    print(f"next: zhasyl compare {scenario} --controllers fixed,webster,actuated --seeds 1-5 --out {results}")
