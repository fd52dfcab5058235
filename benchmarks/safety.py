"""make bench-safety: every controller on every benchmark network, and what SUMO showed checked independently.

Violations are those of `zhasyl.safety`, which knows nothing of stages and sequencer. The longest red is that of a
movement from the moment a vehicle halts before it; the sequencer must end it after `MAX_RED_S` and one change of
stages: the running one's minimum green, yellow, all-red, clearing. Where a red is longer, another movement was due
before it, or the sensor has not seen the vehicle. SUMO's own types and `fixed` have no such limit.
"""

import argparse
import json
from collections import Counter
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from unittest.mock import patch

from benchmarks.waits import Longest, WatchedSimulation, longest
from zhasyl import load_scenario
from zhasyl.controllers import controller_names, parse_controller
from zhasyl.controllers.base import AdaptiveParameters
from zhasyl.derive import derive_signals
from zhasyl.errors import ZhasylError
from zhasyl.process.workers import run_isolated
from zhasyl.runs import simulate
from zhasyl.runs.spec import RunSpec
from zhasyl.safety import Limits, violations
from zhasyl.sequencer import MAX_RED_S
from zhasyl.signals import Signal

RESULT = Path(__file__).with_name("safety.md")
NETWORKS = (
    "abay-seifullin", "abay-nazarbayev", "abay-corridor", "downtown-grid", "resco:cologne1", "resco:cologne3",
    "resco:cologne8", "resco:ingolstadt1", "resco:ingolstadt7", "resco:ingolstadt21", "resco:grid4x4",
    "resco:arterial4x4",
)  # fmt: skip
WALKING_SPEED_MPS = 1.2
SEED = 1
HEAD = (
    "| network | violations | faults | longest red, s | limit, s | reds over it | uncontrolled | delay, s/trip |\n"
    "|---|---|---|---|---|---|---|---|"
)


@dataclass(frozen=True)
class Finding:
    """What was found in one run; `limit_s` is the highest of any signal, `reds_over` are longer than their signal's."""

    violations: dict[str, int]
    first_violation: str
    faults: list[str]
    longest_red: Longest
    limit_s: float | None
    reds_over: list[Longest]
    uncontrolled: dict[str, str]
    delay_s: float
    gridlocked: bool


def examine(spec: RunSpec) -> Finding:
    """Run, watch and check; in a process of its own."""
    scenario, controller = spec.scenario, spec.controller
    network = scenario.network()
    derived = derive_signals(network, scenario.timing).signals
    WatchedSimulation.signals = derived
    with patch.object(simulate, "SumoSimulation", WatchedSimulation):
        record = simulate.simulate(spec)
    played = {
        name: controller.cls.signal_for(signal, controller.parameters)
        for name, signal in derived.items()
        if name not in record["uncontrolled"]
    }
    broken = violations(network, record.table("signals"), {name: limits(signal) for name, signal in played.items()})
    reds = [red for red in longest(WatchedSimulation.latest, derived) if red.signal in played]
    may_last_s = (
        {} if controller.plays_in_sumo else {n: red_limit_s(s, controller.parameters) for n, s in played.items()}
    )
    return Finding(
        violations=dict(Counter(violation.rule for violation in broken)),
        first_violation=str(broken[0]) if broken else "",
        faults=[fault["reason"] for fault in record["faults"]],
        longest_red=reds[0] if reds else Longest(),
        limit_s=max(may_last_s.values(), default=None),
        reds_over=[red for red in reds if red.red_s > may_last_s.get(red.signal, float("inf"))],
        uncontrolled=record["uncontrolled"],
        delay_s=record["delay_s"],
        gridlocked=record["gridlocked"],
    )


def limits(signal: Signal) -> Limits:
    """What the signal has to keep."""
    shortest_s = min(stage.min_green_s for stage in signal.stages)
    return Limits(signal.yellow_s, shortest_s, signal.walk_s, WALKING_SPEED_MPS)


def red_limit_s(signal: Signal, parameters: object) -> float:
    """How long a red with a vehicle waiting may last: the maximum red and a change that has just begun."""
    clearing_s = parameters.clearing_s if isinstance(parameters, AdaptiveParameters) else 0.0
    longest_green_s = max(stage.min_green_s for stage in signal.stages)
    return MAX_RED_S + longest_green_s + signal.yellow_s + signal.all_red_s + clearing_s


def found(spec: RunSpec) -> Finding:
    """The finding of a run, from an earlier time if there is one; remove it after a change of code."""
    key = sha256(json.dumps(spec.origin, sort_keys=True, default=str).encode()).hexdigest()[:16]
    path = spec.out / "findings" / f"{key}.json"
    if not path.is_file():
        finding = run_isolated(examine, spec)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(asdict(finding), indent=1), encoding="utf-8")
    values = json.loads(path.read_text(encoding="utf-8"))
    reds = [Longest(**red) for red in values["reds_over"]]
    return Finding(**{**values, "longest_red": Longest(**values["longest_red"]), "reds_over": reds})


def row(network: str, finding: Finding) -> str:
    """One line of a controller's table."""
    broken = ", ".join(f"{count} {rule}" for rule, count in finding.violations.items()) or "0"
    limit = "none" if finding.limit_s is None else f"{finding.limit_s:.0f}"
    jam = " (gridlock)" if finding.gridlocked else ""
    return (
        f"| {network.removeprefix('resco:')} | {broken} | {len(finding.faults)} | {finding.longest_red.red_s:.0f} "
        f"| {limit} | {len(finding.reds_over)} | {len(finding.uncontrolled)} | {finding.delay_s:.1f}{jam} |"
    )


def section(controller: str, networks: list[str], out: Path) -> list[str]:
    """A controller's table, and the details of what is not in order."""
    lines, details = ["", f"## {controller}", "", HEAD], []
    for network in networks:
        spec = RunSpec(load_scenario(network), parse_controller(controller), SEED, out)
        try:
            finding = found(spec)
        except ZhasylError as error:
            lines.append(f"| {network.removeprefix('resco:')} | not run: {error} |||||||")
            continue
        lines.append(row(network, finding))
        details += [
            f"- {network}: red for {red.red_s:.0f} s until {red.time_s:g}: {red.signal}, {red.movement}"
            for red in finding.reds_over
        ]
        details += [f"- {network}: {text}" for text in (finding.first_violation, *finding.faults[:1]) if text]
        print(controller, lines[-1], flush=True)
    return [*lines, *([""] if details else []), *details]


def main() -> None:
    """Run what is not found in --out and write benchmarks/safety.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--networks", default=",".join(NETWORKS))
    parser.add_argument("--controllers", nargs="+", default=[name for name in controller_names() if name != "policy"])
    parser.add_argument("--out", type=Path, default=Path("results-safety"))
    asked = parser.parse_args()
    lines = [
        "# Safety read back",
        "",
        f"`make bench-safety`, seed {SEED}. What SUMO showed, checked by `zhasyl.safety`.",
    ]
    for controller in asked.controllers:
        lines += section(controller, asked.networks.split(","), asked.out.resolve())
    RESULT.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
