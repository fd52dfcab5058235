"""The search among several objectives: what adds most to the volume that a front dominates comes next (worth.py).

It is the search for one objective but for the end. There the present plan meets a few new seeds, and then, a few at a
time, so do the plans that together dominate most, known ones or new ones; their values teach which come next. Doubts
count against a plan here: what is sure to add something comes before what may add more.
"""

from collections.abc import Sequence

import numpy as np

from zhasyl.arrays import FloatArray
from zhasyl.optimise.search.evolve import improve
from zhasyl.optimise.search.found import Contender
from zhasyl.optimise.search.noise import Noise
from zhasyl.optimise.search.search import GENERATIONS, PARENTS, Search, known_places
from zhasyl.optimise.search.worth import Worth, added

LEAST_SEEDS, MOST_SEEDS = 2, 20
MOST_PLANS = 20  # to choose from
TOGETHER = 5  # of the end, simulated from the same knowledge
PRUDENCE = 0.5  # standard deviations by which a plan is taken for worse than it is expected to be


class FrontSearch(Search):
    """A search whose answer are the contenders that neither another one nor the present plan dominates beyond noise."""

    most_kept = (MOST_PLANS + 1) * MOST_SEEDS
    noise: Noise  # of the runs at its end

    def _finish(self) -> list[Contender]:
        """Simulate those that together dominate most with the same new seeds."""
        count, used = self._shares(self._left())
        self._meet(used)
        found: list[Contender] = []
        while len(found) < count:
            chosen = self._next([one.point for one in found], min(TOGETHER, count - len(found)))
            if not len(chosen):
                break  # there are no others
            found += self._met(chosen, used)
        runs = np.array([list(values.values()) for values in (*(one.values for one in found), self._present)])
        self.noise = Noise.of(runs)
        return [found[place] for place in undominated(runs, self.noise.margin(runs.shape[1])) if place < len(found)]

    def _shares(self, runs: int) -> tuple[int, list[int]]:
        """How many plans beside the present one these runs are spent on, and their seeds."""
        seeds = max(LEAST_SEEDS, min(MOST_SEEDS, runs // (MOST_PLANS + 1)))
        return max(1, min(MOST_PLANS, runs // seeds - 1)), self._new_seeds()[:seeds]

    def _meet(self, seeds: Sequence[int]) -> None:
        """What the seeds add to what is present; nothing where it fails."""
        records = self._trials.simulate([(self._space.present, seed) for seed in seeds])
        found = {
            seed: self._parts_of(record) if record.done else self._usual
            for seed, record in zip(seeds, records, strict=True)
        }
        self._shift |= {seed: parts - self._usual for seed, parts in found.items()}
        self._present = {seed: parts.sum(axis=1) for seed, parts in found.items()}

    def _next(self, before: Sequence[FloatArray], count: int) -> FloatArray:
        """Those that add most to the ones before, known or new."""
        surrogates, points = self._fitted
        points = points[known_places(surrogates)]
        present, chosen = self._usual.sum(axis=1), list(before)
        keys = {self._space.key(point) for point in chosen}
        for _ in range(count):
            known = self._predicted(surrogates, np.array(chosen))[0] if chosen else present[None]
            worth = added(known, present, -PRUDENCE)

            def value(tried: FloatArray, worth: Worth = worth) -> FloatArray:
                return worth(*self._predicted(surrogates, tried))

            ranked = points[np.argsort(value(points), kind="stable")]
            best, _ = improve(value, ranked[:PARENTS], self._moves, GENERATIONS)
            other = next((point for point in (*best, *ranked) if self._space.key(point) not in keys), None)
            if other is not None:
                chosen.append(other)
                keys.add(self._space.key(other))
        return np.array(chosen[len(before) :])

    def _met(self, points: FloatArray, seeds: Sequence[int]) -> list[Contender]:
        """The points with all seeds."""
        values = self._learn(np.repeat(points, len(seeds), axis=0), list(seeds) * len(points), "race")
        rows = np.array(values).reshape(len(points), len(seeds), -1) + self._space.penalty(points)[:, None, None]
        return [Contender(point, dict(zip(seeds, row, strict=True))) for point, row in zip(points, rows, strict=True)]


def undominated(runs: FloatArray, beyond: FloatArray) -> list[int]:
    """Whom of runs [n, seeds, o] no other one dominates beyond noise, in rising order of the first objective.

    One dominates another if its means are as good and one of them is better by more than `beyond` [o].
    """
    means = runs.mean(axis=1)
    places = [
        place
        for place, own in enumerate(means)
        if not ((means <= own).all(axis=1) & (means < own - beyond).any(axis=1)).any()
    ]
    return sorted(places, key=lambda place: float(means[place, 0]))
