"""Searching the cube where a point costs little: an evolution strategy, and moves at few signals at a time.

The evolution strategy is CMA-ES with margin, of the package `cmaes` (R. Hamano et al., CMA-ES with Margin, GECCO 2022;
separable above MOST_JOINT coordinates: R. Ros and N. Hansen, PPSN 2008). What it finds is improved by moves that change
a few signals only, as TRANSYT's hill climbing does, and by plans put together signal by signal from good ones.
"""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np

from zhasyl.arrays import FloatArray

Value = Callable[[FloatArray], FloatArray]
"""Points [c, d] → values [c], the lower the better."""

SHARED = -1  # block of coordinates that all candidates share, such as the cycle
MOST_JOINT = 60  # coordinates
STEP = 0.2  # of the strategy at its start
SIZES = (0.02, 0.06, 0.2)  # of moves, in the cube
EVALUATIONS = 1500  # of the strategy, over all levels
GENERATIONS = 30  # of moves, at each level
CHILDREN = 160
KEPT = 24
MOST_MOVED = 3  # signals of a move
CROSSED, NEW_CHOICE, NEW_CYCLE = 0.4, 0.25, 0.25  # probabilities


class Coordinate(Protocol):
    """A coordinate of the cube."""

    @property
    def choices(self) -> int:
        """Among how many unordered things it chooses; 0 for a number."""

    @property
    def cyclic(self) -> bool:
        """Does it begin anew at its end?"""

    @property
    def block(self) -> int:
        """What is moved together, such as a signal; SHARED for what several share."""


class Moves:
    """Makes new points from good ones, by whole blocks."""

    def __init__(self, variables: Sequence[Coordinate], rng: np.random.Generator) -> None:
        self._rng = rng
        blocks: dict[int, list[int]] = {}
        for column, one in enumerate(variables):
            blocks.setdefault(one.block, []).append(column)
        self._cycles = np.array(blocks.pop(SHARED, []), dtype=np.intp)
        self._blocks = [np.array(columns) for _, columns in sorted(blocks.items())]
        self._discrete = np.array([one.choices > 0 for one in variables], dtype=bool)
        self._cyclic = np.array([one.cyclic for one in variables], dtype=bool)

    def children(self, parents: FloatArray, count: int) -> FloatArray:
        """`count` points, each a parent with some signals of another one and a move at a few."""
        rng = self._rng
        points = parents[rng.integers(len(parents), size=count)].copy()
        for point in points:
            if rng.random() < CROSSED and len(self._blocks) > 1:
                other = parents[rng.integers(len(parents))]
                for block in self._blocks:
                    if rng.random() < 0.5:
                        point[block] = other[block]
            self._move(point)
        return points

    def _move(self, point: FloatArray) -> None:
        rng, size = self._rng, float(self._rng.choice(SIZES))
        if self._blocks:
            count = int(rng.integers(1, MOST_MOVED + 1))
            for number in rng.permutation(len(self._blocks))[:count]:
                self._move_block(point, self._blocks[number], size)
        if len(self._cycles) and rng.random() < NEW_CYCLE:
            point[self._cycles] = np.clip(point[self._cycles] + size * rng.standard_normal(len(self._cycles)), 0.0, 1.0)

    def _move_block(self, point: FloatArray, block: "np.ndarray[Any, Any]", size: float) -> None:
        rng = self._rng
        for column in block:
            if self._discrete[column]:
                if rng.random() < NEW_CHOICE:
                    point[column] = rng.random()
            elif rng.random() < 0.7:
                moved = point[column] + size * rng.standard_normal()
                point[column] = moved % 1.0 if self._cyclic[column] else min(max(moved, 0.0), 1.0)


def improve(value: Value, starts: FloatArray, moves: Moves, generations: int) -> tuple[FloatArray, FloatArray]:
    """The best points [k, d] found from given ones by moves, and their values [k], the best first."""
    points, values = starts, value(starts)
    for _ in range(generations):
        order = np.argsort(values, kind="stable")[:KEPT]
        points, values = points[order], values[order]
        children = moves.children(points, CHILDREN)
        points = np.concatenate([points, children])
        values = np.concatenate([values, value(children)])
    order = np.argsort(values, kind="stable")[:KEPT]
    return points[order], values[order]


def evolve(value: Value, start: FloatArray, variables: Sequence[Coordinate], evaluations: int, seed: int) -> FloatArray:
    """The best points [k, d] of one run of the evolution strategy from a point, the best first."""
    strategy = _strategy(start, variables, seed)
    points, values = start[None], value(start[None])
    spent = 0
    while spent < evaluations and not strategy.should_stop():
        asked = [strategy.ask() for _ in range(strategy.population_size)]
        shown = np.array([one[0] if isinstance(one, tuple) else one for one in asked])
        told = np.array([one[1] if isinstance(one, tuple) else one for one in asked])
        found = value(shown)
        strategy.tell(list(zip(told, found.tolist(), strict=True)))
        spent += len(found)
        order = np.argsort(np.concatenate([values, found]), kind="stable")[:KEPT]
        points, values = np.concatenate([points, shown])[order], np.concatenate([values, found])[order]
    return points


def best_by_level(
    starts: FloatArray,
    variables: Sequence[Coordinate],
    moves: Moves,
    values: Sequence[Value],
    rng: np.random.Generator,
) -> FloatArray:
    """The best point [k, d] of each function, each at another level of what is shared: a model errs most in that.

    Empty, if the first function does not tell the starts and their neighbours apart.
    """
    shared = np.array([one.block == SHARED for one in variables], dtype=bool)
    if np.ptp(values[0](np.concatenate([starts, moves.children(starts, 8)]))) == 0:
        return starts[:0]
    found = []
    for number, value in enumerate(values):
        level = (number + 0.5) / len(values)

        def at(points: FloatArray, level: float = level) -> FloatArray:
            return np.where(shared, level, points)

        def levelled(points: FloatArray, value: Value = value, at: Value = at) -> FloatArray:
            return value(at(points))

        start = starts[int(levelled(starts).argmin())]
        evolved = evolve(levelled, start, variables, EVALUATIONS // len(values), int(rng.integers(1, 2**31)))
        points, _ = improve(levelled, np.concatenate([starts, evolved]), moves, GENERATIONS)
        found.append(at(points[:1])[0])
    return np.array(found)


def _strategy(start: FloatArray, variables: Sequence[Coordinate], seed: int) -> Any:
    import cmaes

    edge = np.array([0.5 / one.choices if one.choices else -float(one.cyclic) for one in variables])
    bounds = np.stack([edge, 1.0 - edge], axis=1)
    mean = np.clip(start, bounds[:, 0], bounds[:, 1])
    if len(variables) > MOST_JOINT:
        return cmaes.SepCMA(mean=mean, sigma=STEP, bounds=bounds, n_max_resampling=1, seed=seed)
    steps = np.array([1.0 / one.choices if one.choices else 0.0 for one in variables])
    return cmaes.CMAwM(mean=mean, sigma=STEP, bounds=bounds, steps=steps, n_max_resampling=1, seed=seed)
