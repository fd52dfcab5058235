"""The fast model beside SUMO: what an evaluation costs, how that grows with signals, and how both rank random plans."""

import json
import math
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import spearmanr

from benchmarks.optimise_answers import MEASURE, Asked, delay, folder_name
from benchmarks.optimise_instructions import instructions
from zhasyl.arrays import FloatArray
from zhasyl.optimise.finding import plan_space
from zhasyl.optimise.model.fast_model import FastModel
from zhasyl.optimise.objective import parse_objective
from zhasyl.optimise.plans.encoding import Encoding
from zhasyl.optimise.question import PlanQuestion, ask_plans
from zhasyl.optimise.search.trials import Trials
from zhasyl.runs.prepared import prepare
from zhasyl.runs.store import write_text

FOLDER = "model"
COSTED = ("abay-corridor", "almaty-scale")
RANKED = "abay-corridor"
DEMANDS = (0.8, 1.0)
BEST_OF_MODEL = 10
EVALUATED_TOGETHER = 64
ROUNDS = 5
PLANS_SEED = 14


@dataclass(frozen=True)
class Cost:
    """Of one evaluation, plans made by the encoding beforehand: CPU time, the least of the rounds, and instructions."""

    network: str
    signals: int
    cpu_us: float
    instructions: float | None = None


@dataclass(frozen=True)
class Ranking:
    """How model and SUMO rank the same random plans.

    best_ratio  the least delay in SUMO of the ten best by the model over the least of all
    """

    network: str
    demand: float
    plans: int
    seeds: int
    spearman: float
    best_ratio: float


def cost(network: str, asked: Asked) -> Cost:
    """Measured now, stored for the page."""
    question = _question(network, 1.0, asked)
    model = FastModel.of(prepare(question.scenario), question.problem.choices)
    encoding = Encoding(question.problem)
    batch = encoding.decode(_random_points(EVALUATED_TOGETHER, len(encoding)))
    model.evaluate(batch)  # compiled here
    spent: list[float] = []
    for _ in range(ROUNDS):
        began_s = time.process_time()
        model.evaluate(batch)
        spent.append(time.process_time() - began_s)
    cpu_us = 1e6 * min(spent) / EVALUATED_TOGETHER
    found = Cost(network, len(question.problem.choices), cpu_us, instructions(model, batch))
    _write(asked.out, f"cost-{folder_name(network)}", asdict(found))
    return found


def ranking(network: str, demand: float, plans: int, seeds: Sequence[int], asked: Asked) -> Ranking:
    """Random feasible plans in SUMO and in the model, which is calibrated by one run of the shipped plan."""
    question = _question(network, demand, asked)
    _, space = plan_space(question)
    trials = Trials(question.scenario, question.out, asked.run)
    space.learn(trials.simulate([(space.present, seeds[0])])[0])
    points = _random_points(plans, len(space.variables))
    records = trials.simulate([(space.controller(point), seed) for point in points for seed in seeds])
    simulated = np.array([delay(record) for record in records]).reshape(plans, len(seeds)).mean(axis=1)
    estimated = space.estimate(points, parse_objective(MEASURE)).sum(axis=1)
    found = Ranking(network, demand, plans, len(seeds), *agreement(estimated, simulated))
    _write(asked.out, f"ranking-{folder_name(network)}-{demand:g}", asdict(found))
    return found


def agreement(estimated: FloatArray, simulated: FloatArray) -> tuple[float, float]:
    """Spearman's rank correlation, and what the ten best by the model lose to the best of all: 1 if nothing."""
    chosen = np.argsort(estimated, kind="stable")[:BEST_OF_MODEL]
    return float(spearmanr(estimated, simulated).statistic), float(simulated[chosen].min() / simulated.min())


def costs(out: Path) -> list[Cost]:
    """What is stored of costs, the fewest signals first."""
    return sorted((Cost(**one) for one in _read(out, "cost-")), key=lambda one: one.signals)


def rankings(out: Path) -> list[Ranking]:
    """What is stored of rankings."""
    return [Ranking(**one) for one in _read(out, "ranking-")]


def _question(network: str, demand: float, asked: Asked) -> PlanQuestion:
    out = asked.out / folder_name(network) / f"random-plans-{demand:g}"
    variant = "" if math.isclose(demand, 1.0) else f"demand_scale={demand:g}"
    return ask_plans(network, 10, None, MEASURE, variant, (), "", "", 1, asked.held_out, 0, out)


def _random_points(count: int, size: int) -> FloatArray:
    points: FloatArray = np.random.default_rng(PLANS_SEED).random((count, size))
    return points


def _write(out: Path, name: str, values: object) -> None:
    write_text(out / FOLDER / f"{name}.json", json.dumps(values, indent=1))


def _read(out: Path, begin: str) -> list[dict[str, Any]]:
    return [json.loads(file.read_text("utf-8")) for file in sorted((out / FOLDER).glob(f"{begin}*.json"))]
