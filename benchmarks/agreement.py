"""make bench-resco: our `fixed` on the RESCO networks against an independent harness, seeds 1 to 5.

The harness shares no code with the package: it starts the `sumo` binary on the benchmark's own .sumocfg,
reads tripinfo as XML and adds up delays by the definition. Beside it stands the figure published for the
project and how far both lie from it.
"""

import statistics
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path
from tempfile import TemporaryDirectory

import sumo
from defusedxml.ElementTree import iterparse

from zhasyl.runs.simulate import run

PUBLISHED_S = {
    "cologne1": 43.2,
    "cologne3": 36.1,
    "cologne8": 49.1,
    "ingolstadt1": 29.7,
    "ingolstadt7": 84.5,
    "grid4x4": 91.4,
    "ingolstadt21": 160.0,
    "arterial4x4": 1470.0,
}
SEEDS = range(1, 6)


def harness_delay_s(name: str, seed: int) -> float:
    """Mean delay of all planned trips, from a bare run."""
    folder = Path(str(distribution("sumo-rl").locate_file("sumo_rl/nets/RESCO"))) / name
    with TemporaryDirectory() as scratch:
        trips = Path(scratch) / "trips.xml"
        subprocess.run(
            [Path(sumo.SUMO_HOME) / "bin" / "sumo", "-c", folder / f"{name}.sumocfg", "--seed", str(seed),
             "--time-to-teleport", "-1", "--tripinfo-output", trips, "--tripinfo-output.write-unfinished",
             "--tripinfo-output.write-undeparted", "--no-step-log", "--no-warnings"],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
        rows = [element.attrib for _, element in iterparse(trips) if element.tag == "tripinfo"]
    lost_s = sum(max(float(row["timeLoss"]), 0.0) + float(row["departDelay"]) for row in rows)
    return lost_s / len(rows)


def main() -> None:
    """Print the table; exit status 1 if ours differs from the harness by more than 0.5 %."""
    print("| network | ours, s | harness, s | ours / harness | published, s | harness / published |")
    print("|---|---|---|---|---|---|")
    worst = 0.0
    for name, published_s in PUBLISHED_S.items():
        with TemporaryDirectory() as out:
            own_s = statistics.mean(run(f"resco:{name}", "fixed", seed, out)["delay_s"] for seed in SEEDS)
        other_s = statistics.mean(harness_delay_s(name, seed) for seed in SEEDS)
        worst = max(worst, abs(own_s / other_s - 1))
        print(
            f"| {name} | {own_s:.2f} | {other_s:.2f} | {100 * (own_s / other_s - 1):+.3f} % | {published_s:g} "
            f"| {100 * (other_s / published_s - 1):+.1f} % |",
            flush=True,
        )
    sys.exit(worst > 0.005)


if __name__ == "__main__":
    main()
