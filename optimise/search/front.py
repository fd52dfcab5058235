"""The last step of a search among several objectives: who is simulated again, and who of them is the answer."""

from collections.abc import Sequence

import numpy as np

from zhasyl.arrays import FloatArray
from zhasyl.optimise.search.worth import added

LEAST_SEEDS = 2
MOST_PLANS = 20  # to choose from


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


def undominated(values: FloatArray) -> list[int]:
    """The places of values [n, o] that no other one dominates, in rising order of the first objective."""
    places = [
        place
        for place, own in enumerate(values)
        if not ((values <= own).all(axis=1) & (values < own).any(axis=1)).any()
    ]
    return sorted(places, key=lambda place: float(values[place, 0]))
