"""The last step of a search among several objectives: who is simulated again, and who of them is the answer."""

from collections.abc import Sequence

import numpy as np

from zhasyl.arrays import FloatArray
from zhasyl.optimise.search.worth import added

LEAST_SEEDS = 2
MOST_PLANS = 20  # to choose from
Z95, HALF_WITHIN = 1.96, 0.6745  # standard deviations about the mean of a normal distribution: 95 % and half of it


def finalists(
    values: FloatArray, present: FloatArray, runs: int, seeds: Sequence[int]
) -> tuple[list[int], Sequence[int]]:
    """Who is simulated again with `runs` runs, and with which seeds: by values [n, o], in turn who adds most volume."""
    count = max(1, min(len(values), MOST_PLANS, runs // LEAST_SEEDS))
    chosen: list[int] = []
    for _ in range(count):
        worth = added(values[chosen], present)(values, np.zeros_like(values))
        worth[chosen] = np.inf
        chosen.append(int(worth.argmin()))
    return chosen, seeds[: max(LEAST_SEEDS, runs // count)]


def undominated(runs: FloatArray) -> list[int]:
    """Whom of runs [n, seeds, o] no other one dominates beyond noise, in rising order of the first objective.

    One dominates another if its means are as good and one of them is better by more than the interval of a difference:
    by the noise that all have in common, what is left of a run without its candidate's and its seed's share (medians,
    so that a few gridlocks do not pass for noise).
    """
    means = runs.mean(axis=1)
    margin = Z95 * _noise(runs) * np.sqrt(2 / runs.shape[1])
    places = [
        place
        for place, own in enumerate(means)
        if not ((means <= own).all(axis=1) & (means < own - margin).any(axis=1)).any()
    ]
    return sorted(places, key=lambda place: float(means[place, 0]))


def _noise(runs: FloatArray) -> FloatArray:
    """The standard deviation of a run [o]; 0 where one candidate or one seed tells nothing of it."""
    candidates, seeds = runs.shape[:2]
    if min(candidates, seeds) < 2:
        return np.zeros(runs.shape[2])
    left = runs - runs.mean(axis=1, keepdims=True)
    left = left - np.median(left, axis=0)
    free: float = (1 - 1 / candidates) * (1 - 1 / seeds)
    noise: FloatArray = np.median(np.abs(left), axis=(0, 1)) / (HALF_WITHIN * np.sqrt(free))
    return noise
