"""Searches of the benchmark: run once, stored with their answers, and the answers simulated with held-out seeds.

DIR/NETWORK/METHOD-SEED/    the runs of a search, of any budget: what a longer one asks for again is not run again
DIR/NETWORK/sumo-tools/     the plans of SUMO's tools
DIR/held-out/               the runs of answers and of the plans that they are measured against
DIR/answers/                a file a search, from which the page is written; it stands until it is removed, also where
                            the search has changed since
"""

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import numpy as np

from benchmarks.optimise_peers import FINAL_SEEDS, PEERS, Task
from benchmarks.optimise_sumo import LABEL, planned
from zhasyl.arrays import FloatArray
from zhasyl.controllers import ControllerSpec, parse_controller
from zhasyl.optimise.finding import plan_space
from zhasyl.optimise.question import PlanQuestion, ask_plans
from zhasyl.optimise.search.search import PRESENT_SEEDS, Search
from zhasyl.optimise.search.trials import Trials
from zhasyl.runs.batch import nothing, run_many
from zhasyl.runs.spec import RunSpec
from zhasyl.runs.store import RunRecord, write_text
from zhasyl.scenarios import Scenario, load_scenario

OURS = "ours"
METHODS = (OURS, *PEERS)
SHIPPED = "fixed"
MEASURE = "delay_s"
ANSWERS = "answers"


@dataclass(frozen=True)
class Asked:
    """What all searches of a bench share."""

    out: Path
    held_out: tuple[int, ...]
    jobs: int = 1

    def run(self, specs: Iterable[RunSpec]) -> list[RunRecord]:
        """Through the batch engine: what is stored is not run again."""
        return run_many(specs, self.jobs)


@dataclass(frozen=True)
class Answer:
    """What a method found on a network, and its delay with held-out seeds.

    curve      (runs, the least delay of a run so far), over the seeds that the shipped plan met, too; what a seed adds
               to the shipped plan is taken off
    held_out   delay by seed
    plan       who plays it
    """

    network: str
    method: str
    budget: int
    seed: int
    spent: int
    curve: list[tuple[int, float]]
    held_out: dict[int, float]
    plan: str = ""


@dataclass
class Watched:
    """Runs specs as `asked` does, and keeps what each new one gave, in the order asked."""

    asked: Asked
    runs: list[tuple[str, int, float]] = field(default_factory=list)

    def __call__(self, specs: Iterable[RunSpec]) -> list[RunRecord]:
        """The records of the specs."""
        records = self.asked.run(specs)
        self.runs += [(one["label"], one["seed"], delay(one)) for one in records]
        return records


def delay(record: RunRecord) -> float:
    """Infinite where the run failed."""
    return float(record[MEASURE]) if record.done else math.inf


def curve(runs: Sequence[tuple[str, int, float]]) -> list[tuple[int, float]]:
    """Where the least delay falls, of runs (plan, seed, delay) of which the first are the shipped plan's."""
    present = {seed: delay_s for plan, seed, delay_s in runs if plan == runs[0][0]}
    usual_s = float(np.mean(list(present.values())))
    least_s, found = usual_s, [(1, usual_s)]
    for number, (_, seed, delay_s) in enumerate(runs, 1):
        corrected_s = delay_s - present[seed] + usual_s if seed in present else math.inf
        if corrected_s < least_s:
            least_s = corrected_s
            found.append((number, least_s))
    return found


def search(network: str, method: str, budget: int, seed: int, asked: Asked) -> Answer:
    """The stored answer, or that of the search; with all held-out seeds."""
    file = asked.out / ANSWERS / f"{folder_name(network)}-{method}-{budget}-{seed}.json"
    known = read(file) if file.exists() else None
    if known and set(asked.held_out) <= set(known.held_out):
        return known
    if known and known.plan:
        held_out = simulated(load_scenario(network), parse_controller(known.plan), asked)
        return keep(file, replace(known, held_out=known.held_out | held_out))
    out = asked.out / folder_name(network) / f"{method}-{seed}"
    watched = Watched(asked)
    question = ask_plans(network, budget, None, MEASURE, "", (), "", "", seed, asked.held_out, 0, out)
    plan = _ours(question, watched) if method == OURS else _peer(question, method, watched)
    held_out = simulated(question.scenario, plan, asked)
    spent = len(watched.runs)
    return keep(file, Answer(network, method, budget, seed, spent, curve(watched.runs), held_out, plan.label))


def folder_name(network: str) -> str:
    """A network's name without what a folder's may not have."""
    return network.replace(":", "-").replace("/", "-")


def keep(file: Path, answer: Answer) -> Answer:
    """Store an answer."""
    write_text(file, json.dumps(asdict(answer), indent=1) + "\n")
    return answer


def read(file: Path) -> Answer:
    """A stored answer."""
    values = json.loads(file.read_text("utf-8"))
    values["held_out"] = {int(seed): delay_s for seed, delay_s in values["held_out"].items()}
    values["curve"] = [(runs, delay_s) for runs, delay_s in values["curve"]]
    return Answer(**values)


def stored(out: Path) -> list[Answer]:
    """All answers there are."""
    return [read(file) for file in sorted((out / ANSWERS).glob("*.json"))]


def _ours(question: PlanQuestion, watched: Watched) -> ControllerSpec:
    """What the search puts first, before any proof."""
    _, space = plan_space(question)
    trials = Trials(question.scenario, question.out, watched)
    found = Search(
        space, [question.objective], trials, question.budget, question.seed, question.search_seeds, nothing
    ).run()
    first = found.contenders[0]
    return space.present if first.is_present else space.controller(first.point)


def _peer(question: PlanQuestion, method: str, watched: Watched) -> ControllerSpec:
    _, space = plan_space(question)
    trials = Trials(question.scenario, question.out, watched)

    def simulate(asked: Sequence[tuple[FloatArray, int]]) -> list[float]:
        records = trials.simulate([(space.controller(point), seed) for point, seed in asked])
        return [delay(record) for record in records]

    seeds = question.search_seeds[: PRESENT_SEEDS + FINAL_SEEDS]
    task = Task(space.variables, space.starts[0], seeds, question.budget.runs, question.seed, simulate)
    return space.controller(PEERS[method](task))


def simulated(scenario: Scenario, controller: ControllerSpec, asked: Asked) -> dict[int, float]:
    """Delay by held-out seed."""
    return {seed: delay(record) for seed, record in records_of(scenario, controller, asked).items()}


def records_of(scenario: Scenario, controller: ControllerSpec, asked: Asked) -> dict[int, RunRecord]:
    """The run of a controller with each held-out seed."""
    records = asked.run([RunSpec(scenario, controller, seed, asked.out / "held-out") for seed in asked.held_out])
    return dict(zip(asked.held_out, records, strict=True))


def reference(network: str, label: str, asked: Asked) -> Answer:
    """A plan that no search has found: the shipped one, an analytic method's, or that of SUMO's tools."""
    file = asked.out / ANSWERS / f"{folder_name(network)}-{folder_name(label)}.json"
    known = read(file) if file.exists() else None
    if known and set(asked.held_out) <= set(known.held_out):
        return known
    scenario, tools = load_scenario(network), label == LABEL
    if tools:
        scenario = planned(scenario, asked.out / folder_name(network) / LABEL)
    held_out = simulated(scenario, parse_controller(SHIPPED if tools else label), asked)
    return keep(file, Answer(network, label, 0, 0, 0, [], held_out, label))
