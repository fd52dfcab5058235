"""What of a plan matters at each signal: cycle, shares of green, and how greens follow those of the signals before."""

from collections.abc import Sequence

import numpy as np

from zhasyl.arrays import FloatArray
from zhasyl.observation import Area
from zhasyl.optimise.plans.choices import PlanBatch, SignalChoice
from zhasyl.optimise.plans.neighbours import Neighbour
from zhasyl.optimise.plans.problem import Problem

USUAL_CYCLE_S = 90.0
LEAST_SHARE = 0.05  # of a signal's traffic: movements and links with less tell nothing
SAME_CYCLE = 0.5  # s


class Features:
    """Rows of numbers by signal, scaled so that a change of 1 is a large one."""

    def __init__(self, problem: Problem, area: Area) -> None:
        self._choices = problem.choices
        self._index = {one.signal.id: index for index, one in enumerate(problem.choices)}
        volumes = [area.demand(one.signal.id).volume_vph for one in problem.choices]
        self._weights = [volume / max(float(volume.sum()), 1.0) for volume in volumes]
        self._links = [self._before(index, problem.near, volumes) for index in range(len(problem.choices))]

    def _before(
        self, index: int, near: Sequence[Neighbour], volumes: Sequence[FloatArray]
    ) -> list[tuple[int, int, int, float, float]]:
        """Who feeds a signal: (signal, its movement, the own movement, travel time, share of the own traffic)."""
        own, found = self._choices[index].signal, []
        for one in (one for one in near if one.to_signal == own.id):
            first = self._index[one.from_signal]
            feeding = [i for i, m in enumerate(self._choices[first].signal.movements) if m.to_edge == one.exit_edge]
            taking = [i for i, m in enumerate(own.movements) if m.from_edge == one.approach]
            here = max(taking, key=lambda i: volumes[index][i])
            there = max(feeding, key=lambda i: volumes[first][i])
            share = float(min(volumes[index][taking].sum(), volumes[first][feeding].sum()))
            share /= max(float(volumes[index].sum()), 1.0)
            if share >= LEAST_SHARE:
                found.append((first, there, here, one.travel_s, share))
        return found

    def of(self, batch: PlanBatch) -> list[FloatArray]:
        """By signal [c, f]."""
        played = [_shares_and_starts(choice, index, batch) for index, choice in enumerate(self._choices)]
        return [self._rows(index, batch, played) for index in range(len(self._choices))]

    def _rows(self, index: int, batch: PlanBatch, played: Sequence[tuple[FloatArray, FloatArray]]) -> FloatArray:
        cycle_s = batch.cycle_s[:, index]
        lost = self._choices[index].lost_s[batch.sequence[:, index]] / cycle_s
        told = self._weights[index] >= LEAST_SHARE
        share = played[index][0][:, told] * 4.0 * np.sqrt(self._weights[index][told] * told.sum())
        columns = [2.0 * np.log(cycle_s / USUAL_CYCLE_S), 4.0 * lost, *share.T]
        for first, there, here, travel_s, weight in self._links[index]:
            period_s = np.minimum(cycle_s, batch.cycle_s[:, first])
            ratio = np.maximum(cycle_s, batch.cycle_s[:, first]) / period_s
            together = np.abs(ratio - np.round(ratio)) * period_s < SAME_CYCLE
            start_s = batch.offset_s[:, index] + played[index][1][:, here]
            before_s = batch.offset_s[:, first] + played[first][1][:, there]
            angle = 2 * np.pi * (start_s - before_s - travel_s) / period_s
            scale = np.sqrt(weight * len(self._links[index])) * together
            columns += [scale * np.cos(angle), scale * np.sin(angle)]
        return np.stack(columns, axis=1)


def _shares_and_starts(choice: SignalChoice, index: int, batch: PlanBatch) -> tuple[FloatArray, FloatArray]:
    """[c, m] each: the share of the cycle in which a movement is green, and when a green of it begins."""
    size = (len(batch), len(choice.signal.movements))
    share, start_s = np.zeros(size), np.zeros(size)
    for number, order in enumerate(choice.sequences):
        rows = np.flatnonzero(batch.sequence[:, index] == number)
        if not len(rows):
            continue
        serves = choice.signal.serves[list(choice.stages(order))].astype(float)
        greens_s = batch.greens_s[rows, index, : len(order)]
        share[rows] = greens_s @ serves / batch.cycle_s[rows, index][:, None]
        begins_s = np.cumsum(greens_s + np.array(choice.intergreens_s(order)), axis=1)
        begins_s = np.concatenate([np.zeros((len(rows), 1)), begins_s[:, :-1]], axis=1)
        opening = (serves > 0) & (np.roll(serves, 1, axis=0) == 0)
        first = np.where(opening.any(axis=0), opening.argmax(axis=0), 0)
        start_s[rows] = begins_s[:, first]
    return share, start_s
