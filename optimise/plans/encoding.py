"""Plans as points of the unit cube, for whatever searches there.

A group of signals has one cycle; a signal plays it or half of it, one of its sequences, greens above their least ones
in proportion to weights, and an offset as a share of its cycle. A weight belongs to a place of the present plan, so
that it means the same in every sequence. Cycles are even seconds, greens and offsets whole ones; where intergreens are
not, the longest green takes what is missing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from zhasyl.arrays import FloatArray, IntArray
from zhasyl.optimise.plans.choices import Order, PlanBatch, SignalChoice
from zhasyl.optimise.plans.problem import Problem
from zhasyl.signals import SignalPlan

Kind = Literal["cycle", "half", "sequence", "weight", "offset"]
CYCLE_STEP_S = 2.0
HALF_FROM = 0.75  # of its variable: above, a signal plays half the cycle
MOST_WEIGHT = 20.0  # of two greens above their least, at the ends of the variable; the other is its inverse


@dataclass(frozen=True)
class Variable:
    """A coordinate: of a group (cycle) or of a signal, by index; `place` of a weight."""

    kind: Kind
    index: int
    place: int = 0
    choices: int = 0  # of a sequence or half: how many; 0 for a number

    @property
    def discrete(self) -> bool:
        """Does it choose among unordered things?"""
        return self.choices > 0

    @property
    def cyclic(self) -> bool:
        """Does it begin anew at its end?"""
        return self.kind == "offset"

    @property
    def block(self) -> int:
        """What is moved together: the signal; -1 for what several share."""
        return -1 if self.kind == "cycle" else self.index


class Encoding:
    """Reads and writes points of [0, 1]^d; what is kept has no coordinate."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.variables = tuple(_variables(problem))
        self._column = {(one.kind, one.index, one.place): column for column, one in enumerate(self.variables)}
        free = problem.free
        self.low_s = np.array([self._least_cycle_s(group) for group in problem.groups])
        self.high_s = np.full(len(problem.groups), np.floor(problem.longest_s / CYCLE_STEP_S) * CYCLE_STEP_S)
        self.high_s = np.maximum(self.high_s, self.low_s)
        self._free = free

    def __len__(self) -> int:
        return len(self.variables)

    def _least_cycle_s(self, group: tuple[int, ...]) -> float:
        """The shortest cycle of a group: every signal must be able to play its shortest sequence in it."""
        own = [self.problem.choices[i].least_cycle_s for i in group if self.problem.free[i]]
        return float(np.ceil(max([*own, self.problem.shortest_s]) / CYCLE_STEP_S - 1e-6) * CYCLE_STEP_S)

    def decode(self, points: FloatArray) -> PlanBatch:
        """The plans of points [c, d]; coordinates beyond the cube are taken at its edge, offsets go round."""
        points = np.asarray(points, dtype=float).reshape(-1, len(self.variables))
        problem, count = self.problem, len(points)
        size = (count, len(problem.choices))
        batch = PlanBatch(
            np.zeros(size, dtype=np.intp),
            np.zeros((*size, max(choice.places for choice in problem.choices))),
            np.zeros(size),
            np.zeros(size),
        )
        for number, group in enumerate(problem.groups):
            for index in group:
                batch.sequence[:, index] = self._chosen(points, index)
            cycle_s = self._group_cycle_s(points, number, batch.sequence)
            for index in group:
                self._write(points, index, cycle_s, batch)
        return batch

    def _coordinate(self, points: FloatArray, kind: Kind, index: int, place: int = 0) -> FloatArray | None:
        column = self._column.get((kind, index, place))
        return None if column is None else points[:, column]

    def _chosen(self, points: FloatArray, index: int) -> IntArray:
        """The sequence of a signal."""
        first, count = self._first(index), len(self.problem.choices[index].sequences)
        values = self._coordinate(points, "sequence", index)
        if values is None:
            return np.full(len(points), first, dtype=np.intp)
        return np.clip(first + (values * (count - first)).astype(np.intp), first, count - 1)

    def _first(self, index: int) -> int:
        """The first sequence that a signal may play; one that is kept plays its present one."""
        return self.problem.choices[index].first if self._free[index] else 0

    def _group_cycle_s(self, points: FloatArray, number: int, sequence: IntArray) -> FloatArray:
        """The cycle of a group, long enough for the sequences of its signals."""
        values = self._coordinate(points, "cycle", number)
        if values is None:
            return np.zeros(len(points))
        low_s, high_s = self.low_s[number], self.high_s[number]
        cycle_s = _even(low_s + np.clip(values, 0.0, 1.0) * (high_s - low_s), np.round)
        for index in self.problem.groups[number]:
            if self._free[index]:
                shortest_s = self.problem.choices[index].shortest_s[sequence[:, index]]
                cycle_s = np.maximum(cycle_s, _even(shortest_s - 1e-6, np.ceil))
        return np.minimum(cycle_s, self.problem.longest_s)

    def _write(self, points: FloatArray, index: int, group_cycle_s: FloatArray, batch: PlanBatch) -> None:
        choice, keep = self.problem.choices[index], self.problem.keep
        own_cycle = not self._free[index] or keep.has("cycle")
        sequence = batch.sequence[:, index]
        cycle_s = np.full(len(points), choice.present.cycle_s) if own_cycle else group_cycle_s
        half = self._coordinate(points, "half", index)
        shortest_s = choice.shortest_s[sequence]
        if half is not None:
            least_s = np.maximum(shortest_s, self.problem.shortest_s) - 1e-9
            cycle_s = np.where((half >= HALF_FROM) & (cycle_s / 2 >= least_s), cycle_s / 2, cycle_s)
        cycle_s = np.maximum(cycle_s, shortest_s) if self._free[index] and not keep.has("greens") else cycle_s
        batch.cycle_s[:, index] = cycle_s
        if not self._free[index] or keep.has("greens"):
            batch.greens_s[:, index, : choice.places] = choice.present.greens_s
        else:
            self._write_greens(points, index, cycle_s, batch)
        offset = self._coordinate(points, "offset", index)
        here_s = np.full(len(points), choice.present.offset_s) if offset is None else (offset % 1.0) * cycle_s
        batch.offset_s[:, index] = np.round(here_s) % cycle_s

    def _write_greens(self, points: FloatArray, index: int, cycle_s: FloatArray, batch: PlanBatch) -> None:
        choice = self.problem.choices[index]
        weights = np.ones((len(points), choice.places))
        for place in range(choice.places):
            values = self._coordinate(points, "weight", index, place)
            if values is not None:
                weights[:, place] = MOST_WEIGHT ** (2.0 * np.clip(values, 0.0, 1.0) - 1.0)
        least_s = np.array(choice.least_s)
        for number, order in enumerate(choice.sequences):
            rows = np.flatnonzero(batch.sequence[:, index] == number)
            if len(rows):
                own = weights[np.ix_(rows, np.array(order))]
                more_s = cycle_s[rows] - choice.shortest_s[number]
                greens_s = least_s[list(order)] + own / own.sum(axis=1, keepdims=True) * more_s[:, None]
                batch.greens_s[rows[:, None], index, np.arange(len(order))] = _whole(greens_s)

    def encode(self, plans: Mapping[str, SignalPlan]) -> FloatArray:
        """The point [d] that comes nearest to given plans."""
        point = np.full(len(self.variables), 0.5)
        cycles_s = np.array([plans[one.signal.id].cycle_s for one in self.problem.choices])
        for column, one in enumerate(self.variables):
            if one.kind == "cycle":
                group = self.problem.groups[one.index]
                low_s, high_s = self.low_s[one.index], self.high_s[one.index]
                longest_s = self._longest_s(group, cycles_s)
                point[column] = np.clip((longest_s - low_s) / max(high_s - low_s, 1e-9), 0.0, 1.0)
            else:
                choice = self.problem.choices[one.index]
                point[column] = self._coordinate_of(one, choice, plans[choice.signal.id], cycles_s)
        return point

    def _longest_s(self, group: tuple[int, ...], cycles_s: FloatArray) -> float:
        """The longest cycle of those signals of a group whose plan may change."""
        return float(cycles_s[[index for index in group if self._free[index]]].max())

    def _coordinate_of(self, variable: Variable, choice: SignalChoice, plan: SignalPlan, cycles_s: FloatArray) -> float:
        order, greens_s = _order_of(choice, plan)
        if variable.kind == "offset":
            return plan.offset_s / plan.cycle_s
        if variable.kind == "sequence":
            number = max(choice.sequences.index(order) - choice.first, 0)
            return (number + 0.5) / (len(choice.sequences) - choice.first)
        if variable.kind == "half":
            group = next(group for group in self.problem.groups if variable.index in group)
            return 1.0 if plan.cycle_s <= 0.55 * self._longest_s(group, cycles_s) else 0.25
        if variable.place not in order:
            return 0.5
        more_s = np.array(greens_s) - np.array(choice.least_s)[list(order)]
        logs = np.log(np.maximum(more_s, 0.5))
        centred = logs[order.index(variable.place)] - logs.mean()
        return float(np.clip(0.5 + centred / np.log(MOST_WEIGHT) / 2.0, 0.0, 1.0))


def _order_of(choice: SignalChoice, plan: SignalPlan) -> tuple[Order, tuple[float, ...]]:
    """The choice's sequence with the plan's stages, else the first that may be chosen; and its greens, as planned."""
    for order in choice.sequences:
        if choice.stages(order) == plan.stages:
            return order, plan.greens_s
    order, known = choice.sequences[choice.first], dict(zip(plan.stages, plan.greens_s, strict=True))
    return order, tuple(known.get(choice.present.stages[place], choice.least_s[place]) for place in order)


def _variables(problem: Problem) -> list[Variable]:
    keep, found = problem.keep, list[Variable]()
    for number, group in enumerate(problem.groups):
        if not keep.has("cycle") and any(problem.free[index] for index in group):
            found.append(Variable("cycle", number))
    for index, choice in enumerate(problem.choices):
        if not problem.free[index]:
            continue
        if not keep.has("cycle") and _may_halve(problem, index):
            found.append(Variable("half", index, choices=2))
        if len(choice.sequences) - choice.first > 1:
            found.append(Variable("sequence", index, choices=len(choice.sequences) - choice.first))
        if not keep.has("greens"):
            found += [Variable("weight", index, place) for place in range(choice.places)]
        if not keep.has("offsets"):
            found.append(Variable("offset", index))
    return found


def _may_halve(problem: Problem, index: int) -> bool:
    alone = any(group == (index,) for group in problem.groups)
    return not alone and 2 * max(problem.choices[index].least_cycle_s, problem.shortest_s) <= problem.longest_s


def _even(cycle_s: FloatArray, rounded: Callable[[FloatArray], FloatArray]) -> FloatArray:
    return rounded(cycle_s / CYCLE_STEP_S) * CYCLE_STEP_S


def _whole(greens_s: FloatArray) -> FloatArray:
    """Whole seconds by the largest remainders, row by row; what the sum has beyond a whole second, to the longest."""
    floor_s: FloatArray = np.floor(greens_s + 1e-6)
    missing_s = greens_s.sum(axis=1) - floor_s.sum(axis=1)
    rank = np.argsort(np.argsort(floor_s - greens_s, axis=1, kind="stable"), axis=1, kind="stable")
    whole = np.floor(missing_s + 1e-6)
    floor_s += rank < whole[:, None]
    rest_s = missing_s - whole
    floor_s[np.arange(len(floor_s)), greens_s.argmax(axis=1)] += np.where(rest_s > 1e-6, rest_s, 0.0)
    return floor_s
