"""make bench-scale: controllers on the 640 signals of almaty-scale, and what they cost.

Each controls all signals from 17:45 to 18:05, measured in the last ten minutes, seed 1. `--full` plays the whole
morning and evening under the scenario's own plan at 0.9 of the demand instead: is there a gridlock? Violations are of
`zhasyl.safety`. Wall time holds all but loading the code; memory is the greatest of the run's process.
"""

import argparse
import resource
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.safety import limits
from zhasyl import load_scenario
from zhasyl.controllers import parse_controller
from zhasyl.derive import derive_signals
from zhasyl.process.workers import run_isolated
from zhasyl.runs.simulate import simulate
from zhasyl.runs.spec import RunSpec
from zhasyl.safety import violations
from zhasyl.scenarios import Scenario
from zhasyl.scenarios.variant import Variant
from zhasyl.scenarios.variants.vary import vary

NAME, SEED = "almaty-scale", 1
CONTROLLERS = ("fixed", "webster", "actuated", "max-pressure", "green-wave", "rolling-horizon")
WARM_UP_S, MEASURED_S = 600.0, 600.0
PERIODS, DEMAND = ("morning", ""), 0.9
HEAD = (
    "| controller | wall, s | in SUMO, s | in control, s | memory, MB | faults | violations | delay, s/trip "
    "| unfinished of trips | gridlock |\n|---|---|---|---|---|---|---|---|---|---|"
)


@dataclass(frozen=True)
class Found:
    """What a run came to."""

    wall_s: float
    sumo_s: float
    control_s: float
    peak_mb: float
    faults: int
    violations: dict[str, int]
    delay_s: float
    unfinished: int
    trips: int
    gridlocked: bool

    def row(self, name: str) -> str:
        broken = ", ".join(f"{count} {rule}" for rule, count in self.violations.items()) or "0"
        return (
            f"| {name} | {self.wall_s:.0f} | {self.sumo_s:.0f} | {self.control_s:.0f} | {self.peak_mb:.0f} "
            f"| {self.faults} | {broken} | {self.delay_s:.1f} | {self.unfinished} of {self.trips} "
            f"| {'yes' if self.gridlocked else 'no'} |"
        )


def shortened() -> Scenario:
    """The first minutes of the evening, warm-up included."""
    scenario = load_scenario(NAME)
    begin_s = scenario.start_s + WARM_UP_S
    content = f"{scenario.content} {begin_s:g} {MEASURED_S:g}"
    return replace(scenario, begin_s=begin_s, end_s=begin_s + MEASURED_S, warm_up_s=WARM_UP_S, content=content)


def examine(spec: RunSpec) -> Found:
    """Run and check; in a process of its own."""
    scenario, controller = spec.scenario, spec.controller
    record = simulate(spec)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    network = scenario.network()
    played = {
        name: limits(controller.cls.signal_for(signal, controller.parameters))
        for name, signal in derive_signals(network, scenario.timing).signals.items()
    }
    broken = Counter(violation.rule for violation in violations(network, record.table("signals"), played))
    return Found(
        record["wall_s"], record["sumo_s"], record["control_s"], peak_mb, len(record["faults"]), dict(broken),
        record["delay_s"], record["unfinished_veh"], record["loaded_veh"], record["gridlocked"],
    )  # fmt: skip


def main() -> None:
    """Print a row for each run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--controllers", nargs="+", default=list(CONTROLLERS))
    parser.add_argument("--full", action="store_true", help="whole periods under fixed, at 0.9 of the demand")
    parser.add_argument("--out", type=Path, default=Path("results-scale"))
    asked = parser.parse_args()
    print(HEAD, flush=True)
    if asked.full:
        whole = load_scenario(NAME)
        runs = [
            (f"fixed, {p or 'evening'}", "fixed", vary(whole, Variant(period=p, demand_scale=DEMAND))) for p in PERIODS
        ]
    else:
        runs = [(name, name, shortened()) for name in asked.controllers]
    for words, controller, scenario in runs:
        spec = RunSpec(scenario, parse_controller(controller), SEED, asked.out.resolve())
        print(run_isolated(examine, spec).row(words), flush=True)


if __name__ == "__main__":
    main()
