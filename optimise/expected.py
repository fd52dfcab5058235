"""How long the runs of a search may take, told before it: by earlier runs, or guessed from the traffic.

SUMO's time goes to who is under way. How many that are follows from the demand (Little's law: flow times time in the
network, at free flow and with a stop at signals); queues that grow over the period are not foreseen.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from zhasyl.optimise.model.routes import Roads
from zhasyl.runs.batch import plan_runs
from zhasyl.runs.prepared import prepare
from zhasyl.runs.spec import RunSpec
from zhasyl.scenarios import Scenario
from zhasyl.scenarios.demand.volumes import volumes

START_S = 1.0  # of a run: start-up and tables
# CPU time of seven scenarios' runs with 43 to 964 under way lies between 0.9 and 1.7 times what these two say.
S_PER_STEP = 1e-5  # of the simulation that a vehicle or pedestrian is under way, with all measures
STOP_S = 20.0  # at a signal, a vehicle
WALK_MPS = 1.2


@dataclass(frozen=True)
class Expected:
    """Seconds of a run, mean over the kinds of runs; `ground` says what it is known from."""

    run_s: float
    guessed: bool
    ground: str


@dataclass(frozen=True)
class UnderWay:
    """Vehicles and pedestrians in the network at a time, mean over the period."""

    vehicles: float
    pedestrians: float

    def run_s(self, steps: float) -> float:
        """How long a run of so many steps may take."""
        return START_S + S_PER_STEP * (self.vehicles + self.pedestrians) * steps


def expected(samples: Sequence[RunSpec]) -> Expected:
    """The time of runs as these, one of each kind."""
    plans = [plan_runs([one]) for one in samples]
    guesses = {one.folder: under_way(one.scenario) for one, plan in zip(samples, plans, strict=True) if plan.guessed}
    seconds = [
        guesses[one.folder].run_s((one.scenario.end_s - one.scenario.start_s) / one.scenario.step_s)
        if one.folder in guesses
        else plan.seconds[one.folder]
        for one, plan in zip(samples, plans, strict=True)
    ]
    run_s = sum(seconds) / len(seconds)
    if not guesses:
        return Expected(run_s, False, "by the runs that are stored in --out")
    known = len(samples) - len(guesses)
    partly = f"partly a guess, {known} of {len(samples)} kinds of runs being stored in --out" if known else "a guess"
    most = max(guesses.values(), key=lambda one: one.vehicles + one.pedestrians)
    return Expected(run_s, True, f"{partly}: {_said(most)} at a time")


def _said(one: UnderWay) -> str:
    walking = f" and {one.pedestrians:.0f} pedestrians" if one.pedestrians >= 1 else ""
    return f"the demand has about {one.vehicles:.0f} vehicles{walking} under way"


def under_way(scenario: Scenario) -> UnderWay:
    """Who is under way at a time, by the demand. Raises ScenarioError as `volumes`."""
    prepared, demand = prepare(scenario), volumes(scenario)
    edges, roads = prepared.network.edges, Roads(prepared.network, demand.turns_vph)
    used = (roads.inflow_vph.keys() | roads.outflow_vph.keys()) & edges.keys()
    driving = sum(roads.flow_vph(edge) * edges[edge].length_m / max(edges[edge].speed_mps, 1.0) for edge in used)
    approaches = {one.from_edge for signal in prepared.derived.signals.values() for one in signal.movements}
    stopping = STOP_S * sum(vph for (edge, _), vph in demand.turns_vph.items() if edge in approaches)
    walking = sum(
        per_h * sum(edges[edge].length_m for edge in walk.edges if edge in edges) / WALK_MPS
        for walk, per_h in demand.walks_per_h.items()
    )
    return UnderWay((driving + stopping) / 3600.0, walking / 3600.0)
