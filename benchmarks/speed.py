"""make bench: what zhasyl costs, as ratios measured in turn in one session, beside the targets.

The machine is shared and noisy: each ratio is taken within a round, the median over rounds is judged, and the
range is shown. `--full` adds what takes long: 625 signals and a batch of 2,000 runs.
"""

import argparse
import os
import platform
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from benchmarks import batches, growth, overhead, peers
from benchmarks.measure import Figure

RESULT = Path(__file__).with_name("speed.md")
PEERS = Path(__file__).resolve().parent.parent / ".venv-peers"


def main() -> None:
    """Measure the sections asked for, print them and write benchmarks/speed.md if all were."""
    parser = argparse.ArgumentParser(description=__doc__)
    sections: dict[str, Callable[[int, bool], list[Figure]]] = {
        "One run": lambda rounds, _: overhead.measure(rounds),
        "Many runs and start-up": batches.measure,
        "Growth with the network": growth.measure,
        "Peers on the same job": lambda rounds, _: peers.measure(rounds, PEERS),
    }
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--only", choices=list(sections), action="append")
    asked = parser.parse_args()
    lines = [
        "# Speed",
        "",
        f"`make bench`: medians (and ranges) of {asked.rounds} rounds on {os.cpu_count()} cores, "
        f"Python {platform.python_version()}, SUMO {version('libsumo')}. Bare sumo is the `sumo` binary on the same "
        "inputs with the same outputs, in turn with ours. downtown-grid and almaty-scale come with the Almaty "
        "scenarios; until then ingolstadt21 and synthetic grids stand for them.",
    ]
    for title in asked.only or sections:
        print(title, flush=True)
        rows = [figure.row() for figure in sections[title](asked.rounds, asked.full)]
        print("\n".join(rows), flush=True)
        lines += ["", f"## {title}", "", "| figure | measured | target | |", "|---|---|---|---|", *rows]
    if not asked.only:
        RESULT.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
