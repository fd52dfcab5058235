"""Records of peers for a leaderboard: they drive the signals, our simulation and measures do the rest.

    python -m benchmarks.peer_records resco:cologne1 fixed --seeds 1-5 [--emissions none] [--out results]

fixed          sumo-rl's `fixed_ts`: the shipped programme
max-pressure   the green phase of most pressure every 5 s (peer_sumo_rl.py), yellow 3 s, least green 5 s
dqn            an agent trained by peer_agent.py: of the files of --agents FOLDER the one with the least mean delay on
               seeds 901 to 903, which neither its training nor a comparison meets; the same timings
its            sumoITScontrol's max-pressure (peer_its.py), all others are sumo-rl's

A run is set up, played with the demand and noise of its seed, measured and stored as any other; SUMO is one and the
same libsumo. Its label is sumo-rl-NAME or sumoITScontrol, its plug-in the peer's distribution, version and
source. Where the peer chooses the signals' phases, what they showed is judged as a controller's own: neither of the two
knows an all-red.
"""

import argparse
import os
import shlex
import sys
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from hashlib import sha256
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmarks import peer_its
from benchmarks.peer_agent import TIMINGS, best_action, load
from benchmarks.peer_sumo_rl import best_phase
from zhasyl.controllers import parse_controller
from zhasyl.errors import SimulationError
from zhasyl.files.sealed import digest
from zhasyl.process.workers import run_isolated
from zhasyl.runs import simulate
from zhasyl.runs.players import Played, play
from zhasyl.runs.prepared import prepare
from zhasyl.runs.spec import RunSpec, situation_options
from zhasyl.runs.store import RunRecord, origin_key, run_folder
from zhasyl.scenarios import Scenario, load_scenario
from zhasyl.sumo.home import sumo_environment
from zhasyl.sumo.simulation import SumoSimulation
from zhasyl.text.values import parse_emissions, parse_seeds

ITS = "its"
RULES = ("fixed", "max-pressure", "dqn", ITS)
VALIDATION = range(901, 904)


@cache
def source(package: str) -> str:
    """Digest of a peer's Python source; the networks beside sumo-rl's are the scenarios'."""
    found = find_spec(package)
    folder = Path(next(iter(found.submodule_search_locations or ()))) if found else Path()
    return sha256("".join(map(digest, sorted(folder.rglob("*.py")))).encode()).hexdigest()


@dataclass(frozen=True)
class PeerSpec(RunSpec):
    """A run that sumo-rl drives. What is set up is `fixed`, whose signals SUMO plays by itself."""

    rule: str = field(kw_only=True)
    agent: Path | None = field(kw_only=True, default=None)

    @property
    def label(self) -> str:
        return "sumoITScontrol" if self.rule == ITS else f"sumo-rl-{self.rule}"

    @property
    def peer(self) -> tuple[str, str]:
        """Its distribution and package."""
        return ("sumoITScontrol", "sumoITScontrol") if self.rule == ITS else ("sumo-rl", "sumo_rl")

    @property
    def origin(self) -> dict[str, Any]:
        distribution, package = self.peer
        about = {"distribution": distribution, "version": version(distribution), "source": source(package)}
        timings = peer_its.TIMINGS if self.rule == ITS else TIMINGS
        return {
            **super().origin,
            "controller": self.label,
            "controller_version": 1,
            "label": self.label,
            "parameters": timings | ({"agent": digest(self.agent)} if self.agent else {}),
            "plug_ins": {distribution: about},
        }

    @cached_property
    def folder(self) -> Path:
        place = f"{self.scenario.id} {self.scenario.variant}"
        return run_folder(self.out, place, self.label, self.seed, origin_key(self.origin))

    @property
    def command(self) -> str:
        words = ["python", "-m", "benchmarks.peer_records", self.scenario.source or self.scenario.id, self.rule]
        words += ["--agents", str(self.agent.parent)] if self.agent else []
        options = situation_options(self.scenario, self.sensor, self.emissions)
        return shlex.join([*words, "--seeds", str(self.seed), *options])


class Attached:
    """libsumo as sumo-rl asks for it, where the simulation runs already and ends later."""

    def __init__(self, sumo: Any) -> None:
        self._sumo = sumo

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sumo, name)

    def start(self, *_: object, **__: object) -> None:
        """It has begun."""

    def close(self) -> None:
        """It goes on."""


def drive(scenario: Scenario, rule: str, agent: Path | None) -> None:
    """Play the signals by sumo-rl from start to end."""
    import sumo_rl.environment.env as peer  # type: ignore[import-not-found,import-untyped,unused-ignore]

    sumo = sys.modules["libsumo"]
    shipped = {signal: sumo.trafficlight.getAllProgramLogics(signal) for signal in sumo.trafficlight.getIDList()}
    peer.LIBSUMO, peer.traci = True, Attached(sumo)
    environment = peer.SumoEnvironment(
        net_file=str(scenario.net_file), route_file="", begin_time=int(scenario.start_s),
        num_seconds=int(scenario.end_s - scenario.start_s), single_agent=False, fixed_ts=rule == "fixed",
        add_system_info=False, add_per_agent_info=False, **TIMINGS,
    )  # fmt: skip
    if rule != "fixed":  # it has written its own programmes, and reset() would take their yellows for green phases
        for signal, programmes in shipped.items():
            sumo.trafficlight.setProgramLogic(signal, programmes[0])
    layers = load(agent) if agent else []
    seen = environment.reset()
    done = False
    while not done:
        if rule == "dqn":
            acting = {name: best_action(layers, observation) for name, observation in seen.items()}
        elif rule == "max-pressure":
            acting = {n: best_phase(one) for n, one in environment.traffic_signals.items() if one.time_to_act}
        else:
            acting = {}
        seen, _, dones, _ = environment.step(acting)
        done = dones["__all__"]


def run(spec: PeerSpec) -> RunRecord:
    """Simulate a run in this process and store its record."""

    def drive_all(scenario: Scenario, simulation: SumoSimulation, *_: Any, **__: Any) -> Played:
        if spec.rule == ITS:
            peer_its.play(scenario.end_s, scenario.step_s, spec.seed)
        else:
            drive(scenario, spec.rule, spec.agent)
        own = [] if spec.rule == "fixed" else list(prepare(scenario).derived.signals.values())
        return Played(own, simulation.time_s(), 0.0, 0.0)

    if vars(simulate).get("play") is not play:
        raise SimulationError("a run is played elsewhere by now; mend this script, or it would store another's runs")
    vars(simulate)["play"] = drive_all
    return simulate.simulate(spec)


def best_agent(folder: Path, spec: PeerSpec) -> Path:
    """The agent of least mean delay on the seeds of validation."""
    delays_s = {}
    for agent in sorted(folder.glob("*.npz")):
        records = [run_isolated(run, replace(spec, seed=seed, agent=agent)) for seed in VALIDATION]
        delays_s[agent] = sum(record["delay_s"] for record in records) / len(records)
        print(f"{agent.name}: {delays_s[agent]:.1f} s/trip", flush=True)
    return min(delays_s, key=lambda agent: (delays_s[agent], agent))


def main() -> None:
    """A process a run: SUMO's second simulation in one is not reproducible."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenario")
    parser.add_argument("rule", choices=RULES)
    parser.add_argument("--seeds", default="1-5")
    parser.add_argument("--emissions", default="all")
    parser.add_argument("--out", type=Path, default=Path("results"))
    parser.add_argument("--agents", type=Path, help="of dqn: the folder that peer_agent.py wrote")
    asked = parser.parse_args()
    if (asked.rule == "dqn") != (asked.agents is not None):
        parser.error("give --agents FOLDER with dqn, and with no other rule; peer_agent.py fills it")
    os.environ.update(sumo_environment())
    scenario, shares = load_scenario(asked.scenario), parse_emissions(asked.emissions)
    fixed = parse_controller("fixed")
    first = PeerSpec(scenario, fixed, 0, asked.out.resolve(), emissions=shares, rule=asked.rule)
    if asked.agents:
        first = replace(
            first, agent=best_agent(asked.agents.resolve(), replace(first, out=asked.agents / "validation"))
        )
    for seed in parse_seeds(asked.seeds):
        record = run_isolated(run, replace(first, seed=seed))
        own = record["violations"] - record["plan_violations"]
        print(
            f"{first.label}, seed {seed}: delay {record['delay_s']:.2f} s/trip, {own} violations of its own", flush=True
        )


if __name__ == "__main__":
    main()
