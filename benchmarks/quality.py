"""make bench-quality: controllers on the RESCO networks beside the best legal peers, with one setting for all.

Delay is `delay_s`: seconds per planned trip, finished or not. The peers were measured on the same networks with
SUMO 1.28 and the same definition, seeds 1 to 5; each is the lowest of SUMO's actuated type, RESCO's max-pressure
and greedy, and sumoITScontrol. The floor is what each vehicle loses that drives alone, all signals green
(benchmarks/floor.py). The networks are for measuring, not for fitting.
"""

import argparse
import math
from collections.abc import Sequence
from pathlib import Path

from benchmarks.floor import floor_s
from zhasyl import RunRecord, load_scenario, run_many
from zhasyl.controllers import parse_controller
from zhasyl.process.cluster import default_jobs
from zhasyl.runs.spec import RunSpec
from zhasyl.sensors import PERFECT, parse_sensor
from zhasyl.text.values import parse_seeds

RESULT = Path(__file__).with_name("quality.md")
BEST_PEER_S = {
    "cologne1": 19.3, "cologne3": 19.8, "cologne8": 17.9, "ingolstadt1": 14.3,
    "ingolstadt7": 33.3, "ingolstadt21": 77.8, "grid4x4": 31.7, "arterial4x4": 782.0,
}  # fmt: skip
NETWORKS = tuple(BEST_PEER_S)
SUMO_ACTUATED_S = dict(zip(NETWORKS, (68.6, 35.7, 42.5, 19.8, 33.3, 77.8, 69.1, 782.0), strict=True))
NAMESAKE_S = {
    "max-pressure": dict(zip(NETWORKS, (23.6, 49.0, 24.0, 14.5, 40.3, 588.0, 46.6, 1260.0), strict=True)),
    "longest-queue": dict(zip(NETWORKS, (19.4, 19.8, 17.9, 14.3, 71.7, 281.0, 31.7, 825.0), strict=True)),
}  # RESCO's max-pressure and greedy
CONTROLLERS = ("fixed", "actuated", "max-pressure", "longest-queue", "rolling-horizon")
SENSORS = ("camera:range_m=80,miss=0.1", "loops")
SENSED = "rolling-horizon"


def row(label: str, records: Sequence[RunRecord], peer_s: float, least_s: float) -> str:
    """One network under one controller: means over the seeds that finished, the worst wait of any trip."""
    done = [record for record in records if record.done]
    if not done:
        return f"| {label} | – | – | – | – | – | 0 of {len(records)} | – | – |"
    longest_s = max(
        float((trips["waiting_s"] + trips["depart_delay_s"]).max())
        for trips in (record.table("trips") for record in done)
    )
    unserved = sum(record["unfinished_veh"] + record["not_inserted_veh"] for record in done) / len(done)
    return (
        f"| {label} | {mean(done, 'delay_s'):.1f} | {mean(done, 'delay_s') - least_s:.1f} "
        f"| {mean(done, 'delay_s') / peer_s:.2f} "
        f"| {mean(done, 'delay_p95_s'):.0f} | {longest_s:.0f} "
        f"| {sum(record['gridlocked'] for record in done)} of {len(done)} | {unserved:.0f} "
        f"| {mean(done, 'control_s') / mean(done, 'sumo_s'):.2f} |"
    )


def mean(records: Sequence[RunRecord], key: str) -> float:
    """Mean of a measure over runs."""
    return sum(float(record[key]) for record in records) / len(records)


def head(title: str, peer: str) -> list[str]:
    """Title and head of a table of `row`s."""
    return ["", title, "",
            f"| controller | delay, s | above the floor, s | / {peer} | 95 %, s | longest wait | gridlocked "
            "| not served | control / SUMO |",
            "|---|---|---|---|---|---|---|---|---|"]  # fmt: skip


def ratio(records: Sequence[RunRecord], peer_s: float) -> float:
    """Mean delay of the runs that finished over a peer's."""
    return mean([record for record in records if record.done], "delay_s") / peer_s


def main() -> None:
    """Run what is not stored in --out, print the tables and write benchmarks/quality.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--networks", default=",".join(NETWORKS))
    parser.add_argument("--controllers", nargs="+", default=list(CONTROLLERS))
    parser.add_argument("--seeds", default="1-5")
    parser.add_argument("--out", type=Path, default=Path("results-quality"))
    asked = parser.parse_args()
    chosen, seeds = [parse_controller(text) for text in asked.controllers], parse_seeds(asked.seeds)
    sensed = parse_controller(SENSED)
    lines = [
        "# Control quality", "",
        f"`make bench-quality`, seeds {asked.seeds}; peer: the best legal peer's delay. Control / SUMO: seconds in "
        "sensors, controllers and sequencer over seconds in SUMO, on a shared machine.",
    ]  # fmt: skip
    ratios: dict[str, list[float]] = {spec.label: [] for spec in chosen}
    below = [f"{name} under {SENSED} / SUMO's actuated type" for name in SENSORS]
    ratios |= {f"{name} / RESCO's own": [] for name in NAMESAKE_S} | {name: [] for name in below}
    for name in asked.networks.split(","):
        scenario = load_scenario(f"resco:{name}")
        out = asked.out.resolve()
        specs = [RunSpec(scenario, spec, seed, out) for spec in chosen for seed in seeds]
        specs += [
            RunSpec(scenario, sensed, seed, out, sensor=parse_sensor(text).label) for text in SENSORS for seed in seeds
        ]
        records = run_many(specs, default_jobs())
        begun, least_s = len(lines), floor_s(scenario)
        lines += head(f"## {name}, best peer {BEST_PEER_S[name]:g} s, floor {least_s:.1f} s", "peer")
        for spec in chosen:
            own = [one for one in records if one["label"] == spec.label and one["sensor"] == PERFECT]
            lines.append(row(spec.label, own, BEST_PEER_S[name], least_s))
            ratios[spec.label].append(ratio(own, BEST_PEER_S[name]))
            if spec.label in NAMESAKE_S:
                ratios[f"{spec.label} / RESCO's own"].append(ratio(own, NAMESAKE_S[spec.label][name]))
        lines += head(f"With other sensors, SUMO's actuated type {SUMO_ACTUATED_S[name]:g} s", "SUMO's actuated")
        for text, label in zip(SENSORS, below, strict=True):
            own = [one for one in records if one["sensor"] == parse_sensor(text).label]
            lines.append(row(f"{SENSED}, {text}", own, SUMO_ACTUATED_S[name], least_s))
            ratios[label].append(ratio(own, SUMO_ACTUATED_S[name]))
        print("\n".join(lines[begun:]), flush=True)
    lines += ["", "## Over the networks", "", "| delay / peer | geometric mean | worst |", "|---|---|---|"]
    for label, shares in ratios.items():
        if shares:
            geometric = math.exp(sum(map(math.log, shares)) / len(shares))
            lines.append(f"| {label} | {geometric:.2f} | {max(shares):.2f} |")
    RESULT.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines[-len(ratios) :]))


if __name__ == "__main__":
    main()
