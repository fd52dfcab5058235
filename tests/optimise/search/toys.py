"""A space to search in without SUMO: points of a few parts whose values add up, with a draw by seed."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import numpy as np

from zhasyl.arrays import FloatArray
from zhasyl.controllers import ControllerSpec
from zhasyl.optimise.objective import Objective, parse_objective
from zhasyl.optimise.result import Step
from zhasyl.optimise.search.budget import Budget
from zhasyl.optimise.search.found import Found
from zhasyl.optimise.search.front import FrontSearch
from zhasyl.optimise.search.search import Search
from zhasyl.optimise.search.trials import Trials
from zhasyl.runs.store import RunRecord

DELAY, WALKERS = parse_objective("delay_s"), parse_objective("walker_delay_s")
PRESENT = "present"
PARTS = 3
LEAST_S = 20.0


@dataclass(frozen=True)
class Toy:
    """A coordinate."""

    block: int
    choices: int = 0
    cyclic: bool = False


VARIABLES = (
    Toy(-1),
    *(one for part in range(PARTS) for one in (Toy(part), Toy(part, choices=3), Toy(part, cyclic=True))),
)
BEST = np.array([0.4, *(0.8, 0.5, 0.02) * PARTS])
PRESENT_POINT = np.array([0.5, *(0.5, 0.2, 0.5) * PARTS])


def parts_of(points: FloatArray) -> FloatArray:
    """What each part adds to the value [c, parts]: least at BEST, whose middle choice is the right one."""
    found = np.zeros((len(points), PARTS))
    for part in range(PARTS):
        share, choice, offset = points[:, 1 + 3 * part : 4 + 3 * part].T
        away = np.abs(offset % 1.0 - BEST[3])
        found[:, part] = 40 * np.square(share - BEST[1]) + 4 * (np.clip(choice * 3, 0, 2.99).astype(int) != 1)
        found[:, part] += 20 * np.square(np.minimum(away, 1 - away)) + 10 * np.square(points[:, 0] - BEST[0])
    return found


def values_of(points: FloatArray) -> FloatArray:
    """The value of points [c]."""
    found: FloatArray = LEAST_S + parts_of(points).sum(axis=1)
    return found


class ToySpace:
    """Points of VARIABLES; `has_model`: is what they add to the value known before they are simulated?"""

    def __init__(self, has_model: bool = False) -> None:
        self.variables: Sequence[Toy] = VARIABLES
        self.starts: FloatArray = np.array([PRESENT_POINT, np.full(len(VARIABLES), 0.3)])
        self.present = cast(ControllerSpec, PRESENT)
        self.has_model = has_model
        self.learnt = 0

    def controller(self, point: FloatArray) -> ControllerSpec:
        return cast(ControllerSpec, self.key(point))

    def key(self, point: FloatArray) -> str:
        return ",".join(f"{value:.3f}" for value in point)

    def features(self, points: FloatArray) -> list[FloatArray]:
        return [points[:, [0, *range(1 + 3 * part, 4 + 3 * part)]] for part in range(PARTS)]

    def estimate(self, points: FloatArray, objective: Objective) -> FloatArray:
        return 0.7 * parts_of(points) if self.has_model else np.zeros((len(points), PARTS))

    def penalty(self, points: FloatArray) -> FloatArray:
        return np.zeros(len(points))

    def local(self, record: RunRecord, objective: Objective) -> FloatArray:
        if not record.done or objective != DELAY:
            return np.zeros(PARTS)
        return np.array(record["parts"])

    def learn(self, record: RunRecord) -> None:
        self.learnt += 1


@dataclass
class ToyTrials:
    """Stands in for Trials: values of points with a draw by seed; `fails` says which candidates do."""

    fails: Callable[[FloatArray], bool] = lambda point: False
    noise_s: float = 1.0
    asked: list[tuple[str, int]] = field(default_factory=list)

    @property
    def spent(self) -> int:
        return len(set(self.asked))

    def simulate(self, asked: Iterable[tuple[ControllerSpec, int]]) -> list[RunRecord]:
        named = [(str(controller), seed) for controller, seed in asked]
        self.asked += named
        return [self._record(key, seed) for key, seed in named]

    def _record(self, key: str, seed: int) -> RunRecord:
        point = PRESENT_POINT if key == PRESENT else np.array(list(map(float, key.split(","))))
        if key != PRESENT and self.fails(point):
            return RunRecord({"status": "failed", "reason": "gridlock"}, Path())
        parts = parts_of(point[None])[0]
        draw = self.noise_s * float(np.random.default_rng(seed).standard_normal())
        values = {
            "status": "done",
            "delay_s": LEAST_S + float(parts.sum()) + draw,
            "walker_delay_s": 10.0 + 20.0 * float(point[1]) + 0.1 * draw,
            "parts": parts.tolist(),
        }
        return RunRecord(values, Path())


def searched(
    budget: Budget,
    trials: ToyTrials,
    seed: int = 1,
    objectives: Sequence[Objective] = (DELAY,),
    space: ToySpace | None = None,
) -> Found:
    """One search in the toy."""
    steps: list[Step] = []
    kind = Search if len(objectives) == 1 else FrontSearch
    one = kind(space or ToySpace(), objectives, cast(Trials, trials), budget, seed, list(range(1, 60)), steps.append)
    found = one.run()
    assert found.steps == tuple(steps)
    return found
