"""Fronts of the optimiser and of NSGA-II at equal runs; their plans simulated with held-out seeds.

NSGA-II (K. Deb et al., IEEE Trans. Evol. Comput. 6, 2002) is optuna's. It moves in the same cube and begins with the
shipped plan. Each candidate meets one of the shipped plan's seeds in turn, and what the seed adds to the shipped plan
is taken off, as with the peers for one objective. Its answer is all that no other trial dominates: with a finish such
as ours, for which it would have fewer generations, it dominates less. These have POPULATION plans: of optuna's 50 there
would be two in 100 runs.
"""

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import optuna
from optuna.distributions import CategoricalDistribution, FloatDistribution

from benchmarks.optimise_answers import OURS, SHIPPED, Asked, Watched, folder_name, records_of
from benchmarks.optimise_peers import named, point_of, told
from zhasyl.arrays import FloatArray
from zhasyl.controllers import ControllerSpec, parse_controller
from zhasyl.optimise.finding import plan_space
from zhasyl.optimise.objective import Objective, parse_front
from zhasyl.optimise.question import PlanQuestion, ask_plans
from zhasyl.optimise.search.evolve import Coordinate
from zhasyl.optimise.search.front import FrontSearch
from zhasyl.optimise.search.search import FAILED, PRESENT_SEEDS
from zhasyl.optimise.search.trials import Trials
from zhasyl.runs.batch import nothing
from zhasyl.runs.store import RunRecord, write_text
from zhasyl.scenarios import Scenario, load_scenario

FRONTS = ("delay_s,walker_delay_s", "delay_s,co2_kg")
NSGA2 = "nsga2"
METHODS = (OURS, NSGA2)
POPULATION = 16
FOLDER = "fronts"

Values = dict[int, list[float]]
"""Of the objectives by seed."""
Rows = Callable[[Sequence[tuple[FloatArray, int]]], FloatArray]
"""(point, seed) pairs → values of the objectives [n, o]."""


@dataclass(frozen=True)
class FrontAnswer:
    """The front that a method found on a network, and what its plans do with held-out seeds.

    plans      who plays each
    held_out   of each plan
    shipped    the same of the shipped plan
    """

    network: str
    objectives: str
    method: str
    budget: int
    seed: int
    spent: int
    plans: list[str]
    held_out: list[Values]
    shipped: Values


@dataclass(frozen=True)
class FrontTask:
    """A search between `objectives` in the cube from `start` with at most `runs` runs; `seed` is its own."""

    objectives: int
    variables: Sequence[Coordinate]
    start: FloatArray
    seeds: Sequence[int]
    runs: int
    seed: int
    simulate: Rows


def search_front(network: str, objectives: str, method: str, budget: int, seed: int, asked: Asked) -> FrontAnswer:
    """The stored front, or that of the search; with all held-out seeds."""
    name = f"{folder_name(network)}-{objectives.replace(',', '-')}-{method}-{budget}-{seed}"
    file = asked.out / FOLDER / f"{name}.json"
    known = _read(file) if file.exists() else None
    if known is None:
        out = asked.out / folder_name(network) / f"front-{objectives.replace(',', '-')}-{method}-{seed}"
        plain = ask_plans(network, budget, None, "delay_s", "", (), "", "", seed, asked.held_out, 0, out)
        watched = Watched(asked)
        plans = _found(replace(plain, front=parse_front(objectives)), method, watched)
        labels = list(dict.fromkeys(one.label for one in plans))
        known = FrontAnswer(
            network, objectives, method, budget, seed, len(watched.runs), labels,
            [{} for _ in labels], {},
        )  # fmt: skip
    if not set(asked.held_out) <= set(known.shipped):
        known = _simulated(known, asked)
        write_text(file, json.dumps(asdict(known), indent=1) + "\n")
    return known


def stored_fronts(out: Path) -> list[FrontAnswer]:
    """All fronts there are."""
    return [_read(file) for file in sorted((out / FOLDER).glob("*.json"))]


def nsga2(task: FrontTask) -> list[FloatArray]:
    """The points [d] of the trials of NSGA-II that no other one dominates."""
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    sampler = optuna.samplers.NSGAIISampler(population_size=POPULATION, seed=task.seed)
    study = optuna.create_study(directions=["minimize"] * task.objectives, sampler=sampler)
    seeds = list(task.seeds[:PRESENT_SEEDS])
    present = task.simulate([(task.start, seed) for seed in seeds])
    points, usual = [task.start], present.mean(axis=0)
    study.add_trial(_first(task, usual))
    for number in range(task.runs - len(seeds)):
        trial, turn = study.ask(), number % len(seeds)
        points.append(point_of(task.variables, trial, True))
        value = task.simulate([(points[-1], seeds[turn])])[0] - present[turn] + usual
        study.tell(trial, value.tolist())
    return [points[number] for number in sorted(trial.number for trial in study.best_trials)]


def _first(task: FrontTask, values: FloatArray) -> optuna.trial.FrozenTrial:
    """The shipped plan as one of the first generation: optuna 5 takes no trial that was enqueued for a parent."""
    return optuna.create_trial(
        params={name: told(one, value) for name, one, value in named(task.variables, task.start)},
        distributions={
            name: CategoricalDistribution(range(one.choices)) if one.choices else FloatDistribution(0.0, 1.0)
            for name, one, _ in named(task.variables, task.start)
        },
        values=values.tolist(),
        system_attrs={"NSGAIISampler:generation": 0},
    )


def _found(question: PlanQuestion, method: str, watched: Watched) -> list[ControllerSpec]:
    _, space = plan_space(question)
    trials = Trials(question.scenario, question.out, watched)
    if method == OURS:
        search = FrontSearch(
            space, question.front, trials, question.budget, question.seed, question.search_seeds, nothing
        ).run()
        return [space.controller(one.point) for one in search.contenders]

    def simulate(asked: Sequence[tuple[FloatArray, int]]) -> FloatArray:
        records = trials.simulate([(space.controller(point), seed) for point, seed in asked])
        return np.array([_values(record, question.front) for record in records])

    task = FrontTask(
        len(question.front),
        space.variables,
        space.starts[0],
        question.search_seeds,
        question.budget.runs,
        question.seed,
        simulate,
    )
    return [space.controller(point) for point in nsga2(task)]


def _values(record: RunRecord, objectives: Sequence[Objective]) -> list[float]:
    found = (one.value(record.values) for one in objectives)
    return [value if math.isfinite(value) else FAILED for value in found]


def _simulated(known: FrontAnswer, asked: Asked) -> FrontAnswer:
    """The same with all held-out seeds."""
    scenario = load_scenario(known.network)
    held_out = [_held_out(scenario, plan, known.objectives, asked) for plan in known.plans]
    return replace(known, held_out=held_out, shipped=_held_out(scenario, SHIPPED, known.objectives, asked))


def _held_out(scenario: Scenario, plan: str, objectives: str, asked: Asked) -> Values:
    records = records_of(scenario, parse_controller(plan), asked)
    return {seed: _values(record, parse_front(objectives)) for seed, record in records.items()}


def _read(file: Path) -> FrontAnswer:
    values: dict[str, Any] = json.loads(file.read_text("utf-8"))
    values["held_out"] = [_by_seed(one) for one in values["held_out"]]
    return FrontAnswer(**(values | {"shipped": _by_seed(values["shipped"])}))


def _by_seed(values: dict[str, list[float]]) -> Values:
    return {int(seed): one for seed, one in values.items()}
