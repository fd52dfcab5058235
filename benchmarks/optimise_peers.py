"""What the optimiser is measured against: optuna's TPE, its CMA-ES with margin, and a race of random plans.

All move in the same cube as ours (`zhasyl.optimise.plans.encoding`), begin with the shipped plan, and spend at most the
same number of runs. Each has what suits it best:

tpe       asked one at a time, so that each proposal knows all before it; discrete coordinates are categorical. It
          models noise, so its candidates meet the shipped plan's seeds in turn as ours do, and what a seed adds to the
          shipped plan is taken off
cmaes     starts at the shipped plan; discrete coordinates are integers. Only ranks within a generation count, so a
          whole generation meets one seed, the next generation the next one
random    the shipped plan, and half of the others normal about it, half uniform, in the race of `race.py`, which takes
          about four runs a plan; with the runs that are left the first of it races with new ones

TPE and CMA-ES keep the share of runs for their finish that ours keeps: their best FINALISTS race over new seeds.
"""

import math
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import optuna

from zhasyl.arrays import FloatArray
from zhasyl.optimise.search.evolve import Coordinate
from zhasyl.optimise.search.race import race
from zhasyl.optimise.search.search import FAILED, PRESENT_SEEDS, RACE_SHARE

FINALISTS = 5
FINAL_SEEDS = 20
RUNS_A_RANDOM_PLAN = 4  # of its race, which halves the plans every two seeds: 2 + 1 + 1/2 + ...
NEAR = 0.2  # standard deviation of the random plans about the shipped one, in the cube; CMA-ES has its own 1/6

Simulate = Callable[[Sequence[tuple[FloatArray, int]]], list[float]]
"""(point, seed) pairs → delays, infinite where a run failed."""


@dataclass(frozen=True)
class Task:
    """A search in the cube from `start` with at most `runs` runs, whose seeds are `seeds`; `seed` is its own."""

    variables: Sequence[Coordinate]
    start: FloatArray
    seeds: Sequence[int]
    runs: int
    seed: int
    simulate: Simulate


def tpe(task: Task) -> FloatArray:
    """The answer [d] of the tree-structured Parzen estimator (J. Bergstra et al., NIPS 2011), all as optuna has it."""
    return _by_optuna(task, optuna.samplers.TPESampler(seed=task.seed), True, 1)


def cmaes(task: Task) -> FloatArray:
    """The answer [d] of CMA-ES with margin (R. Hamano et al., GECCO 2022), population and step as optuna has them."""
    population = 4 + math.floor(3 * math.log(len(task.variables)))
    x0 = {name: told(one, value) for name, one, value in named(task.variables, task.start)}
    with warnings.catch_warnings():  # optuna 5 calls the margin experimental and x0 deprecated, and has no other ones
        warnings.simplefilter("ignore")
        sampler = optuna.samplers.CmaEsSampler(x0=x0, with_margin=True, popsize=population, seed=task.seed)
    return _by_optuna(task, sampler, False, population)


def random(task: Task) -> FloatArray:
    """The answer [d] of races of random plans."""
    rng, best, left = np.random.default_rng(task.seed), task.start, task.runs
    while left >= 2 * RUNS_A_RANDOM_PLAN:
        count, size = left // RUNS_A_RANDOM_PLAN, len(best)
        near = np.clip(best + NEAR * rng.standard_normal(((count - 1) // 2, size)), 0.0, 1.0)
        points = np.concatenate([best[None], near, rng.random((count - 1 - len(near), size))])
        best, spent = _raced(task, points, task.seeds, left)
        left -= spent
    return best


PEERS: dict[str, Callable[[Task], FloatArray]] = {"tpe": tpe, "cmaes": cmaes, "random": random}


def _by_optuna(task: Task, sampler: optuna.samplers.BaseSampler, categorical: bool, a_seed: int) -> FloatArray:
    """Ask and tell one at a time, `a_seed` trials in turn with each seed, then race the best."""
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(sampler=sampler)
    study.enqueue_trial({name: told(one, value) for name, one, value in named(task.variables, task.start)})
    seeds = list(task.seeds[:PRESENT_SEEDS])
    first = study.ask()
    points = [point_of(task.variables, first, categorical)]
    present = [_finite(one) for one in task.simulate([(points[0], seed) for seed in seeds])]
    values = [float(np.mean(present))]
    study.tell(first, values[0])
    shift = np.array(present) - values[0]
    exploring = math.floor(task.runs * (1 - RACE_SHARE)) - len(seeds)
    for number in range(exploring):
        trial, turn = study.ask(), number // a_seed % len(seeds)
        points.append(point_of(task.variables, trial, categorical))
        values.append(_finite(task.simulate([(points[-1], seeds[turn])])[0] - shift[turn]))
        study.tell(trial, values[-1])
    best = np.array([points[one] for one in np.argsort(values, kind="stable")])
    _, firsts = np.unique(best, axis=0, return_index=True)
    finalists = best[np.sort(firsts)][:FINALISTS]
    left = task.runs - exploring - len(seeds)
    return _raced(task, finalists, task.seeds[PRESENT_SEEDS : PRESENT_SEEDS + FINAL_SEEDS], left)[0]


def _raced(task: Task, points: FloatArray, seeds: Sequence[int], runs: int) -> tuple[FloatArray, int]:
    """The best of the points [d], and the runs that it took."""

    def simulate(asked: Sequence[tuple[int, int]]) -> list[float]:
        return task.simulate([(points[racer], seed) for racer, seed in asked])

    done = race(len(points), seeds, runs, simulate)
    return points[done.order[0]], sum(map(len, done.values))


def named(variables: Sequence[Coordinate], point: FloatArray) -> list[tuple[str, Coordinate, float]]:
    """The coordinates of a point by name."""
    return [(f"x{column}", one, float(value)) for column, (one, value) in enumerate(zip(variables, point, strict=True))]


def told(variable: Coordinate, value: float) -> Any:
    """A coordinate as optuna has it."""
    if not variable.choices:
        return value % 1.0 if variable.cyclic else value
    return min(int(value * variable.choices), variable.choices - 1)


def point_of(variables: Sequence[Coordinate], trial: optuna.Trial, categorical: bool) -> FloatArray:
    """What a trial asks for, as a point [d] of the cube."""
    point = np.empty(len(variables))
    for column, one in enumerate(variables):
        name = f"x{column}"
        if not one.choices:
            point[column] = trial.suggest_float(name, 0.0, 1.0)
        elif categorical:
            point[column] = (trial.suggest_categorical(name, range(one.choices)) + 0.5) / one.choices
        else:
            point[column] = (trial.suggest_int(name, 0, one.choices - 1) + 0.5) / one.choices
    return point


def _finite(value: float) -> float:
    return value if math.isfinite(value) else FAILED
