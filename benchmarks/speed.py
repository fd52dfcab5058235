"""make bench: what zhasyl costs, as ratios measured in one session, beside the targets.

The machine is shared and noisy: each ratio is taken within a round, the median over rounds is judged, and the
range is shown. `--full` adds what takes long: 625 signals, a batch of 2,000 runs, every round of sumo-rl's socket
mode. benchmarks/speed.md is written when all sections were measured.
"""

import argparse
import os
import platform
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from benchmarks import batches, growth, overhead, peers, startup
from benchmarks.measure import BenchmarkError, Figure
from benchmarks.work import counter

RESULT = Path(__file__).with_name("speed.md")
Measure = Callable[[int, bool], list[Figure]]
SECTIONS: dict[str, tuple[str, Measure]] = {
    "overhead": ("One run", overhead.measure),
    "startup": ("Start-up and stored runs", startup.measure),
    "batches": ("Many runs", batches.measure),
    "growth": ("Growth with the network", growth.measure),
    "peers": ("Peers on the same job", peers.measure),
}


def section(key: str, rounds: int, full: bool) -> list[str]:
    """A section's lines; what cannot be measured is said and does not stop the others."""
    title, measure = SECTIONS[key]
    try:
        rows = [figure.row() for figure in measure(rounds, full)]
    except BenchmarkError as error:
        rows = [Figure(title, f"**not measured**: {error}").row()]
    return ["", f"## {title}", "", "| figure | measured | target | |", "|---|---|---|---|", *rows]


def heading(rounds: int, full: bool) -> list[str]:
    """What was measured on what."""
    return [
        "# Speed",
        "",
        f"`make bench`: medians (and ranges) of {rounds} rounds on {os.cpu_count()} cores ({platform.machine()}), "
        f"Python {platform.python_version()}, SUMO {version('libsumo')}{', --full' if full else ''}. Bare sumo is the "
        "`sumo` binary on the same inputs with the same outputs, in turn with ours, each in a process of its own. "
        "What each figure means stands at the top of its module in benchmarks/. The work of one run is counted in "
        f"{counter().unit} ({counter().name}), each figure {counter().rounds} time(s).",
    ]


def main() -> None:
    """Measure the sections asked for, print them and write benchmarks/speed.md if all were."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--full", action="store_true", help="also what takes long")
    parser.add_argument("--only", choices=list(SECTIONS), action="append", help="a section; may be repeated")
    asked = parser.parse_args()
    if asked.rounds < 1:
        parser.error(f"--rounds {asked.rounds} measures nothing; give 1 or more")
    lines = heading(asked.rounds, asked.full)
    print("\n".join(lines), flush=True)
    for key in asked.only or SECTIONS:
        found = section(key, asked.rounds, asked.full)
        print("\n".join(found), flush=True)
        lines += found
    if not asked.only:
        RESULT.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
