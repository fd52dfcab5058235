"""Options that several verbs share, and how their texts are read."""

import os
from pathlib import Path
from typing import Annotated

import typer

from zhasyl.errors import ZhasylError

MAX_SEED = 2**31 - 1  # SUMO reads its seed as a 32-bit integer

Out = Annotated[Path, typer.Option("--out", help="Folder for records, tables and report.", show_default=True)]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]


def parse_seed(text: str) -> int:
    """One seed."""
    if not text.isdecimal() or int(text) > MAX_SEED:
        raise ZhasylError(f"seed '{text}' is no integer from 0 to {MAX_SEED}; write for example --seed 1")
    return int(text)


def parse_seeds(text: str) -> list[int]:
    """Seeds from '1-5', '3' or '1,4,9-11', in that order, each once."""
    seeds: list[int] = []
    for part in text.split(","):
        first, dash, last = part.strip().partition("-")
        if not first.isdecimal() or (dash and not last.isdecimal()):
            raise ZhasylError(f"seeds '{text}': '{part.strip()}' is no integer or range; write 3, 1-5 or 1,4,9-11")
        low, high = int(first), int(last or first)
        if high < low or high > MAX_SEED or high - low >= 100_000:
            raise ZhasylError(f"seeds '{text}': '{part.strip()}' is not within 0 to {MAX_SEED}, rising, 100000 at most")
        seeds.extend(range(low, high + 1))
    return list(dict.fromkeys(seeds))


def default_jobs() -> int:
    """Cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
