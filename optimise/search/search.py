"""The search for a better controller: in a model first, then in SUMO by what the model and the runs so far let expect.

1. What is present is simulated with a few seeds; the model is fitted to the first of them.
2. The starts and the best of a search in the model are simulated, with a few others far from them.
3. Until `RACE_SHARE` of the budget is left: a few new candidates at a time, the best by the surrogate less a multiple
   of its doubt; each with one of the present one's seeds, and what that seed adds to the present one is taken off. What
   it adds to others is learnt.
4. The best by the surrogate race over new seeds (race.py), what is present among them. The first is the answer.

Draws come from one seed, results are taken in the order asked: asked again with its runs stored, it is the same search,
on any number of cores, too: linear algebra runs in one thread. In several its last digits depend on how many there are,
and for some hundred points they cost many times what they save.
"""

import math
from collections.abc import Callable, Sequence

import numpy as np
from threadpoolctl import threadpool_limits

from zhasyl.arrays import FloatArray, IntArray
from zhasyl.optimise.objective import Objective
from zhasyl.optimise.result import Step
from zhasyl.optimise.search.budget import Budget
from zhasyl.optimise.search.evolve import Moves, Value, best_by_level, improve
from zhasyl.optimise.search.found import CandidateRun, Contender, Found
from zhasyl.optimise.search.race import SEEDS_A_ROUND, race
from zhasyl.optimise.search.space import Space
from zhasyl.optimise.search.surrogate import Surrogate
from zhasyl.optimise.search.trials import Simulated, refuse_failed
from zhasyl.optimise.search.tried import Tried
from zhasyl.optimise.search.worth import Worth, aim, ways
from zhasyl.optimise.statistics.intervals import half_width
from zhasyl.runs.store import RunRecord

PRESENT_SEEDS = 3
RACE_SHARE = 0.3  # of the budget, kept for step 4
FIRST_SHARE = 0.2  # of the budget: candidates of step 2
MOST_FIRST = 60
AT_A_TIME = 6  # proposed from the same knowledge
FAR = 0.25  # how far the other candidates of step 2 lie from the best of the model, in the cube
DOUBTS = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0)  # multiples of the surrogate's standard deviation, in turn
GENERATIONS = 12
LEVELS = 6  # of the cycle at which the model is asked for its best plan
MOST_OF_BEST = 2.0  # times the model's best value: what is worse is not simulated
PARENTS = 12
RACERS = 12
RUNS_A_RACER = 2 * SEEDS_A_ROUND  # of a race whose worse half goes after each round
RACE_SEEDS = 60
Z95 = 1.96  # of a normal distribution: 95 % lie within so many standard deviations
FAILED = 1e12  # value of a run that failed


class Search:
    """One search with a budget of runs. `most_kept` of them are used by step 4: 12, 6 and 3 racers, then two."""

    most_kept = 150

    def __init__(
        self,
        space: Space,
        objectives: Sequence[Objective],
        trials: Simulated,
        budget: Budget,
        seed: int,
        seeds: Sequence[int],
        on_step: Callable[[Step], None],
    ) -> None:
        self._space, self._objectives, self._trials, self._budget = space, tuple(objectives), trials, budget
        self._seeds, self._on_step = list(seeds), on_step
        self._rng = np.random.default_rng(seed)
        self._moves = Moves(space.variables, self._rng)
        self._runs: list[CandidateRun] = []
        self._tried = Tried(seeds)
        self._shift: dict[int, FloatArray] = {}
        self._present: dict[int, FloatArray] = {}
        self._steps: list[Step] = []
        self._parents = space.starts

    def run(self) -> Found:
        """Search; simulates at most the budget."""
        with threadpool_limits(1, "blas"):
            return self._run()

    def _run(self) -> Found:
        self._simulate_present()
        self._simulate_first()
        while self._before_the_end() >= 1:
            proposed = self._proposed(min(AT_A_TIME, self._before_the_end()))
            if not len(proposed):
                break  # everything worth a run was simulated with every seed
            self._simulate(proposed, "searching")
        contenders = self._finish()
        estimated = self._space.estimate(self._points(), self._objectives[0]).sum(axis=1)
        measured = np.array([run.parts[0].sum() for run in self._runs])
        return Found(tuple(contenders), self._present, estimated, measured, tuple(self._steps))

    def _left(self) -> int:
        """Runs that may still be spent."""
        return self._budget.total(self._trials.spent) - self._trials.spent

    def _before_the_end(self) -> int:
        """Those of them that step 4 is not to have."""
        total = self._budget.total(self._trials.spent)
        return max(math.floor(total * (1 - RACE_SHARE)), total - self.most_kept) - self._trials.spent

    def _simulate_present(self) -> None:
        seeds = self._seeds[: max(1, min(PRESENT_SEEDS, self._budget.total(0) // 8))]
        records = dict(zip(seeds, self._trials.simulate([(self._space.present, seed) for seed in seeds]), strict=True))
        done = {seed: record for seed, record in records.items() if record.done}
        refuse_failed(records.values())
        parts = {seed: self._parts_of(record) for seed, record in done.items()}
        self._present = {seed: one.sum(axis=1) for seed, one in parts.items()}
        self._usual = np.mean(list(parts.values()), axis=0)
        self._shift = {seed: one - self._usual for seed, one in parts.items()}
        self._tried = Tried(list(self._shift))
        self._space.learn(next(iter(done.values())))
        self._step(float(np.mean([values[0] for values in self._present.values()])), "present plan")

    def _parts_of(self, record: RunRecord) -> FloatArray:
        """What a run says of the objectives [o, parts + 1]: at each part, and what is left."""
        told = [(self._space.local(record, one), _finite(one.value(record.values))) for one in self._objectives]
        return np.array([[*local, whole - local.sum()] for local, whole in told])

    def _simulate_first(self) -> None:
        starts = self._space.starts
        wanted = min(math.ceil(FIRST_SHARE * self._budget.total(self._trials.spent)), MOST_FIRST)
        count = min(max(len(starts) + 2, wanted), max(self._before_the_end(), 1))
        best = self._best_of_model(max(1, min(LEVELS, (count - len(starts)) // 2)))
        self._parents = np.concatenate([starts, best])
        around = best if len(best) else starts
        others = around[np.arange(max(0, count - len(self._parents))) % len(around)]
        others = np.clip(others + FAR * self._rng.standard_normal(others.shape), 0.0, 1.0)
        self._simulate(np.concatenate([self._parents, others])[:count], "first plans")

    def _best_of_model(self, levels: int) -> FloatArray:
        """Good points of the model; none where it tells nothing."""

        def valued(worth: Worth) -> Value:
            def value(points: FloatArray) -> FloatArray:
                told = self._estimated(points)
                return worth(told, np.zeros_like(told))

            return value

        values = [valued(worth) for worth in ways(self._estimated(self._space.starts[:1])[0], levels)]
        found = best_by_level(self._space.starts, self._space.variables, self._moves, values, self._rng)
        if len(self._objectives) > 1 or len(found) < 2:
            return found
        told = self._estimated(found)[:, 0]
        kept = max(1, int((told <= MOST_OF_BEST * told.min()).sum()))
        return found[np.argsort(told, kind="stable")][:kept]

    def _estimated(self, points: FloatArray) -> FloatArray:
        """What the model says of the objectives, and the price of change [c, o]."""
        told = [self._space.estimate(points, one).sum(axis=1) for one in self._objectives]
        return np.stack(told, axis=1) + self._space.penalty(points)[:, None]

    def _simulate(self, points: FloatArray, stage: str) -> None:
        """Simulate points, each with the next of the present one's seeds, and learn from them."""
        self._learn(points, [self._tried.seed(self._space.key(point)) for point in points], stage)

    def _learn(self, points: FloatArray, seeds: Sequence[int], stage: str) -> list[FloatArray]:
        """Simulate points, each with its seed, learn from them, and answer their values [o]."""
        asked = [(self._space.controller(point), seed) for point, seed in zip(points, seeds, strict=True)]
        records = self._trials.simulate(asked)
        found = [self._parts_of(record) for record in records]
        self._runs += [
            CandidateRun(point, seed, parts - self._shift[seed], not record.done)
            for point, seed, parts, record in zip(points, seeds, found, records, strict=True)
        ]
        self._fitted = self._surrogates()
        means, doubts = self._predicted(*self._fitted)
        best = int(means[:, 0].argmin())
        self._step(float(means[best, 0]), stage, Z95 * float(doubts[best, 0]))
        return [parts.sum(axis=1) for parts in found]

    def _points(self) -> FloatArray:
        return np.array([run.point for run in self._runs])

    def _surrogates(self) -> tuple[list[Surrogate], FloatArray]:
        points = self._points()
        rows = self._space.features(points)
        seen, failed = np.array([run.parts for run in self._runs]), np.array([run.failed for run in self._runs])
        seeds = [run.seed for run in self._runs]
        if not failed.all():  # who failed counts as the worst at each part
            seen[failed] = seen[~failed].max(axis=0)
        return [
            Surrogate(rows, self._space.estimate(points, one), seen[:, number, :-1], seen[:, number, -1], seeds)
            for number, one in enumerate(self._objectives)
        ], points

    def _predicted(self, surrogates: Sequence[Surrogate], points: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Expected values of the objectives and their doubts [c, o]."""
        rows = self._space.features(points)
        told = [
            one.predict(rows, self._space.estimate(points, objective))
            for one, objective in zip(surrogates, self._objectives, strict=True)
        ]
        means = np.stack([mean for mean, _ in told], axis=1) + self._space.penalty(points)[:, None]
        return means, np.stack([doubt for _, doubt in told], axis=1)

    def _proposed(self, count: int) -> FloatArray:
        surrogates, points = self._fitted
        means, _ = self._predicted(surrogates, points)
        found: list[FloatArray] = []
        for number in range(count):
            worth = aim(means, self._usual.sum(axis=1), DOUBTS[(len(self._steps) * count + number) % len(DOUBTS)])

            def value(tried: FloatArray, worth: Worth = worth) -> FloatArray:
                return worth(*self._predicted(surrogates, tried))

            known = points[np.argsort(worth(means, np.zeros_like(means))[: len(points)], kind="stable")[:PARENTS]]
            parents = np.concatenate([known, self._parents])
            best, _ = improve(value, parents, self._moves, GENERATIONS)
            keys = [self._space.key(one) for one in best]
            place = self._tried.following(keys, [self._space.key(one) for one in found], fresh=number > 0)
            if place is not None:  # the first may be an old one, so that what seems best is tried again
                found.append(best[place])
                means = np.concatenate([means, self._predicted(surrogates, best[place : place + 1])[0]])
        return np.array(found)

    def _finish(self) -> list[Contender]:
        """Race the best over new seeds."""
        surrogates, points = self._fitted
        means, _ = self._predicted(surrogates, points)
        left = self._left()
        count = max(2, min(RACERS, left // RUNS_A_RACER))
        known = known_places(surrogates)
        likely = points[known[np.argsort(means[known, 0], kind="stable")]]
        racers = self._different(np.concatenate([likely[:1], self._space.starts[:1], likely]))[:count]
        of_present = self._space.key(self._space.starts[0])  # whose point may be no more than near it
        stays = [self._space.key(racer) == of_present for racer in racers]
        controllers = [
            self._space.present if own else self._space.controller(racer)
            for racer, own in zip(racers, stays, strict=True)
        ]
        price = np.where(stays, 0.0, self._space.penalty(racers))

        def simulate(asked: Sequence[tuple[int, int]]) -> list[float]:
            records = self._trials.simulate([(controllers[racer], seed) for racer, seed in asked])
            return [
                _finite(float(self._objectives[0].value(one.values) + price[racer]), math.inf)
                for (racer, _), one in zip(asked, records, strict=True)
            ]

        done = race(len(racers), self._new_seeds(), left, simulate)
        values = [{seed: np.array([_finite(value)]) for seed, value in one.items()} for one in done.values]
        ranked = [Contender(racers[one], values[one], stays[one]) for one in done.order]
        self._step_of_race(ranked)
        return ranked

    def _step_of_race(self, ranked: Sequence[Contender]) -> None:
        """The winner as a share of what is present with the race's seeds: those before were other ones.

        A share, since with jams a difference is of its seeds: taken off what is present with others it may leave less
        than nothing.
        """
        own, usual = ranked[0].values, next((one.values for one in ranked if one.is_present), {})
        pairs = [(float(own[seed][0]), float(usual[seed][0])) for seed in own if seed in usual]
        pairs = [pair for pair in pairs if max(pair) < FAILED]
        if not pairs:
            return
        after, before = np.array(pairs).T
        first = self._steps[0].best
        if first > 0 and before.any():
            scale, share = first / before.mean(), after.mean() / before.mean()
            best, left = first * share, scale * (after - share * before)
        else:  # of nothing there is no share
            best, left = first + float(np.mean(after - before)), after - before
        self._step(float(best), "race", half_width(left.tolist()))

    def _new_seeds(self) -> list[int]:
        return self._seeds[PRESENT_SEEDS : PRESENT_SEEDS + RACE_SEEDS]

    def _different(self, points: FloatArray) -> FloatArray:
        """The points without those that stand for the same controller as one before."""
        first: dict[str, FloatArray] = {}
        for point in points:
            first.setdefault(self._space.key(point), point)
        return np.array(list(first.values()))

    def _step(self, best: float, stage: str, half: float | None = None) -> None:
        if self._steps and stage != "race" and self._steps[0].best <= best:  # what is present is the best so far
            best, half = self._steps[0].best, None
        if best < 0:  # which no value is: where what is present jams, too much is expected of others
            best, half = (self._steps[-1].best, None) if self._steps else (0.0, None)
        low, high = (None, None) if half is None else (max(0.0, best - half), best + half)
        self._steps.append(Step(self._trials.spent, best, stage, low, high))
        self._on_step(self._steps[-1])


def known_places(surrogates: Sequence[Surrogate]) -> IntArray:
    """Places of the points that the surrogates know: of others they may think too well."""
    return np.unique(np.concatenate([one.known for one in surrogates]))


def _finite(value: float, failed: float = FAILED) -> float:
    return value if math.isfinite(value) else failed
