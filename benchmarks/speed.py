"""make bench: what a run costs beside bare SUMO, as ratios measured in turn in one session.

The bare run is the `sumo` binary on the same inputs, with the same outputs, in a process of its own;
ours is the whole `zhasyl run` command, start-up, tables and record included.
"""

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from zhasyl.lanegroups import lane_groups
from zhasyl.network import read_network
from zhasyl.scenarios import load_scenario
from zhasyl.simulation import sumo_options
from zhasyl.store import load_records
from zhasyl.sumo_home import sumo_binary, sumo_environment

RESULT = Path(__file__).with_name("speed.md")
SCENARIOS = ("resco:ingolstadt21", "resco:cologne8", "abay-seifullin")
CONTROLLERS = ("fixed", "actuated", "max-pressure")


def seconds(action: Callable[[], object]) -> float:
    """Wall time of an action."""
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def bare(name: str, folder: Path) -> None:
    """Bare sumo on the inputs and outputs of our run."""
    scenario = load_scenario(name)
    network = read_network(scenario.net_file, scenario.additional_files)
    options = sumo_options(scenario, 1, folder, lane_groups(network).edges, sorted(network.programmes))
    subprocess.run([str(sumo_binary("sumo")), *options], env=sumo_environment(), check=True, stdout=subprocess.DEVNULL)


def ours(name: str, controller: str, out: Path) -> None:
    """The command a user types."""
    command = [sys.executable, "-m", "zhasyl", "run", name, "--controller", controller, "--out", str(out), "--json"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def measure(name: str, rounds: int) -> list[str]:
    """Rows of the table for one scenario."""
    bare_s: list[float] = []
    ours_s: dict[str, list[float]] = {controller: [] for controller in CONTROLLERS}
    python: dict[str, list[float]] = {controller: [] for controller in CONTROLLERS}
    for _ in range(rounds):
        with TemporaryDirectory() as scratch:
            bare_s.append(seconds(lambda folder=Path(scratch): bare(name, folder)))  # type: ignore[misc]
        for controller in CONTROLLERS:
            with TemporaryDirectory() as scratch:
                out = Path(scratch)
                ours_s[controller].append(seconds(lambda c=controller, o=out: ours(name, c, o)))  # type: ignore[misc]
                record = load_records(out)[0]
                python[controller].append(record["control_s"] / record["wall_s"])
    return [
        f"| {name} | {controller} | {statistics.median(bare_s):.2f} | {statistics.median(ours_s[controller]):.2f} "
        f"| {statistics.median(o / b for o, b in zip(ours_s[controller], bare_s, strict=True)):.2f} "
        f"| {100 * statistics.median(python[controller]):.0f} % |"
        for controller in CONTROLLERS
    ]


def help_s(rounds: int) -> float:
    """Median wall time of `zhasyl --help`."""
    command = [sys.executable, "-m", "zhasyl", "--help"]
    return statistics.median(
        seconds(lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL)) for _ in range(rounds)
    )


def main() -> None:
    """Measure and write benchmarks/speed.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    for name in SCENARIOS:
        load_scenario(name)
    rows = [row for name in SCENARIOS for row in measure(name, rounds)]
    text = "\n".join((
        "# Speed",
        "",
        f"Medians of {rounds} rounds, `make bench`; the ratio is the median of the rounds' own ratios.",
        "bare: `sumo` with the same inputs and outputs. ours: the whole `zhasyl run` command.",
        "Python: share of our run spent deciding.",
        "",
        "| scenario | controller | bare, s | ours, s | ours / bare | Python |",
        "|---|---|---|---|---|---|",
        *rows,
        "",
        f"`zhasyl --help`: {help_s(rounds):.2f} s",
        "",
    ))  # fmt: skip
    RESULT.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
