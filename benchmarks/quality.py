"""make bench-quality: controllers on the RESCO networks beside the best legal peers, with one setting for all.

Delay is `delay_s`: seconds per planned trip, finished or not. The peers were measured on the same networks with
SUMO 1.28 and the same definition, seeds 1 to 5; each is the lowest of SUMO's actuated type, RESCO's max-pressure
and greedy, and sumoITScontrol. The networks are for measuring, not for fitting.
"""

import argparse
import math
from collections.abc import Sequence
from pathlib import Path

from zhasyl import RunRecord, load_scenario, run_many
from zhasyl.cli.options import default_jobs
from zhasyl.controllers import parse_controller
from zhasyl.experiment import RunSpec
from zhasyl.values import parse_seeds

RESULT = Path(__file__).with_name("quality.md")
BEST_PEER_S = {
    "cologne1": 19.3, "cologne3": 19.8, "cologne8": 17.9, "ingolstadt1": 14.3,
    "ingolstadt7": 33.3, "ingolstadt21": 77.8, "grid4x4": 31.7, "arterial4x4": 782.0,
}  # fmt: skip
CONTROLLERS = ("fixed", "actuated", "max-pressure", "rolling-horizon")


def row(controller: str, records: Sequence[RunRecord]) -> str:
    """One network under one controller: means over the seeds that finished, the worst wait of any trip."""
    done = [record for record in records if record.done]
    if not done:
        return f"| {controller} | – | – | – | – | 0 of {len(records)} | – |"
    delay_s = sum(record["delay_s"] for record in done) / len(done)
    p95_s = sum(record["delay_p95_s"] for record in done) / len(done)
    longest_s = max(
        float((trips["waiting_s"] + trips["depart_delay_s"]).max())
        for trips in (record.table("trips") for record in done)
    )
    name = str(done[0]["scenario"]).removeprefix("resco:")
    unserved = sum(record["unfinished_veh"] + record["not_inserted_veh"] for record in done) / len(done)
    return (
        f"| {controller} | {delay_s:.1f} | {delay_s / BEST_PEER_S[name]:.2f} | {p95_s:.0f} | {longest_s:.0f} "
        f"| {sum(record['gridlocked'] for record in done)} of {len(done)} | {unserved:.0f} |"
    )


def main() -> None:
    """Run what is not stored in --out, print the tables and write benchmarks/quality.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--networks", default=",".join(BEST_PEER_S))
    parser.add_argument("--controllers", nargs="+", default=list(CONTROLLERS))
    parser.add_argument("--seeds", default="1-5")
    parser.add_argument("--out", type=Path, default=Path("results-quality"))
    asked = parser.parse_args()
    chosen, seeds = [parse_controller(text) for text in asked.controllers], parse_seeds(asked.seeds)
    lines = ["# Control quality", "", f"`make bench-quality`, seeds {asked.seeds}; peer: the best legal peer's delay."]
    ratios: dict[str, list[float]] = {spec.label: [] for spec in chosen}
    for name in asked.networks.split(","):
        scenario = load_scenario(f"resco:{name}")
        specs = [RunSpec(scenario, spec, seed, asked.out.resolve()) for spec in chosen for seed in seeds]
        records = run_many(specs, default_jobs())
        lines += ["", f"## {name}, best peer {BEST_PEER_S[name]:g} s", "",
                  "| controller | delay, s/trip | / peer | 95th pct., s | longest wait, s | gridlocked | unserved |",
                  "|---|---|---|---|---|---|---|"]  # fmt: skip
        for spec in chosen:
            own = [record for record in records if record["label"] == spec.label]
            lines.append(row(spec.label, own))
            delays_s = [float(record["delay_s"]) for record in own if record.done]
            if delays_s:
                ratios[spec.label].append(sum(delays_s) / len(delays_s) / BEST_PEER_S[name])
        print("\n".join(lines[-len(chosen) - 4 :]), flush=True)
    lines += ["", "## Geometric mean over the networks of delay / best peer", ""]
    for label, shares in ratios.items():
        lines.append(f"- {label}: {math.exp(sum(map(math.log, shares)) / len(shares)):.2f} ({len(shares)} networks)")
    RESULT.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines[-len(ratios) :]))


if __name__ == "__main__":
    main()
