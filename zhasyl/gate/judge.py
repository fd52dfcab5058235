"""Which measures of which cells are worse than their baseline: clearly, and by more than the suite tolerates.

paired     where every seed asked is in the baseline: difference = now − baseline, seed by seed, so whatever the seeds
           have in common cancels out. A cell whose values are all equal is the same without statistics, and no test.
unpaired   otherwise: Welch's t of two means.

One-sided p-values, corrected for all tests of a suite (Holm). The chance that anything fails though nothing has
changed on average is about 5 % where paired, which an unchanged build cannot meet, and 1 % where unpaired, which it
can. Differences between pairs are few (the seeds), so their variances borrow strength from the measure's variances in
the other cells: moderated.py.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from zhasyl.arrays import FloatArray
from zhasyl.gate.baseline import Cell, Line
from zhasyl.gate.moderated import Prior, p_value, prior
from zhasyl.gate.suite import Tolerance
from zhasyl.measures import MEASURE_BY_KEY
from zhasyl.optimise.statistics.intervals import holm, welch_t

Verdict = Literal["identical", "regression", "improvement", "within tolerance", "not clear", "no value"]
FAILING = frozenset({"regression", "no value"})
CHANCE_PAIRED, CHANCE_UNPAIRED = 0.05, 0.01
COUNTS_VARIANCE = 2 / 12  # of the difference of two numbers rounded to 1 (Sheppard's correction)
_Values = dict[int, float | None]
LEAST_CELLS = 3  # from whose variances something is learnt about those of others


@dataclass(frozen=True)
class Judged:
    """One measure of one cell. `change` is now − baseline, in the measure's unit; `p` is Holm's, of its own direction.

    no value           the baseline has a value and a run now has none
    regression         worse by more than the tolerance, and p <= the chance
    improvement        better by more than the tolerance, and p <= the chance
    within tolerance   neither, and no larger than the tolerance
    not clear          larger than the tolerance, but the seeds differ too much to tell
    """

    cell: Cell
    measure: str
    tolerance: Tolerance
    verdict: Verdict
    paired: bool
    n: int
    before: float | None = None
    now: float | None = None
    change: float | None = None
    p: float | None = None
    worst_seed: int | None = None

    @property
    def fails(self) -> bool:
        return self.verdict in FAILING

    @property
    def excess(self) -> float:
        """How many times its tolerance a measure has moved; infinite where none is tolerated or there is no value."""
        allowed = self.tolerance.of(self.before or 0.0)
        return abs(self.change) / allowed if self.change is not None and allowed else math.inf

    @property
    def share(self) -> float | None:
        """The change as a share of the baseline's mean; None where that is 0 or there is no value."""
        return self.change / abs(self.before) if self.change is not None and self.before else None


@dataclass(frozen=True)
class _Test:
    """A measure of a cell whose values are not all equal: those of the baseline, and those of now."""

    judged: Judged
    before: FloatArray
    now: FloatArray

    @property
    def is_worse(self) -> float:
        """The sign of a change for the worse."""
        return 1.0 if MEASURE_BY_KEY[self.judged.measure].better == "lower" else -1.0

    @property
    def shares(self) -> FloatArray:
        """Paired differences as shares of the mean before and now, so that cells compare; as they are where it is 0.

        Of the baseline's mean alone a rise would be a larger share than the same fall: chance would fail more often.
        """
        return (self.now - self.before) / self._unit

    @property
    def _unit(self) -> float:
        return abs(float(np.mean([self.before, self.now]))) or 1.0

    @property
    def least_variance(self) -> float:
        """Of the shares: whole numbers are rounded, so a few differences may be equal by chance."""
        counts = not np.any(np.mod([*self.before, *self.now], 1))
        return COUNTS_VARIANCE / self._unit**2 if counts else 0.0

    @property
    def scaled(self) -> bool:
        """Do its differences compare with those of other cells?"""
        return self.judged.paired and bool(np.mean(self.before))

    @property
    def teaches(self) -> bool:
        """Does its variance say something of that of other cells?"""
        return self.scaled and len(self.now) > 1 and bool(np.ptp(self.shares))


def judge(before: Mapping[Cell, Line], now: Mapping[Cell, Line], tolerances: Mapping[str, Tolerance]) -> list[Judged]:
    """What is to be said of each measure of each cell of `now`, all of which are in `before`; in its order."""
    looks = [_look(before[cell], line, key, one) for cell, line in now.items() for key, one in tolerances.items()]
    tested = iter(_tested([look for look in looks if isinstance(look, _Test)]))
    return [next(tested) if isinstance(look, _Test) else look for look in looks]


def _look(before: Line, now: Line, measure: str, tolerance: Tolerance) -> Judged | _Test:
    """What needs no statistics, or what is to be tested."""
    old, new = _by_seed(before, measure), _by_seed(now, measure)
    paired = new.keys() <= old.keys()
    if paired:
        old = {seed: old[seed] for seed in new}
    seeds, first, second = _comparable(old, new, paired)
    plain = Judged(now.cell, measure, tolerance, "identical", paired, min(len(first), len(second)))
    plain = replace(plain, before=_mean(first), now=_mean(second))
    if (paired and old == new) or not any(value is not None for value in (*old.values(), *new.values())):
        return replace(plain, change=None if plain.now is None else 0.0)
    if _lost(old, new, paired):
        return replace(plain, verdict="no value")
    if not len(first):
        return replace(plain, verdict="not clear")
    test = _Test(plain, first, second)
    against = first if paired else 0.0
    worst = int(np.argmax(test.is_worse * (second - against)))
    change = float(np.mean(second) - np.mean(first))
    return replace(test, judged=replace(plain, change=change, worst_seed=seeds[worst]))


def _comparable(old: _Values, new: _Values, paired: bool) -> tuple[list[int], FloatArray, FloatArray]:
    """The seeds of `new` that say something, and the values of both: where paired, of seeds that both have one of."""
    seeds = [seed for seed, value in new.items() if value is not None and not (paired and old[seed] is None)]
    wanted = seeds if paired else [seed for seed, value in old.items() if value is not None]
    return seeds, np.array([old[seed] for seed in wanted], float), np.array([new[seed] for seed in seeds], float)


def _lost(old: _Values, new: _Values, paired: bool) -> bool:
    """Has a run no value where the baseline has one?"""
    had = [seed for seed, value in old.items() if value is not None]
    if paired:
        return any(new[seed] is None for seed in had)
    return len(had) == len(old) and None in new.values()


def _by_seed(line: Line, measure: str) -> _Values:
    return dict(zip(line.seeds, line.values.get(measure) or [None] * len(line.seeds), strict=True))


def _mean(values: FloatArray) -> float | None:
    return float(np.mean(values)) if len(values) else None


def _tested(tests: Sequence[_Test]) -> list[Judged]:
    priors = {key: _prior([test for test in tests if test.judged.measure == key]) for key in MEASURE_BY_KEY}
    worse = [_p_worse(test, priors[test.judged.measure]) for test in tests]
    regressed, improved = holm(worse), holm([1.0 - p for p in worse])
    return [_verdict(*each) for each in zip(tests, regressed, improved, strict=True)]


def _prior(tests: Sequence[_Test]) -> Prior | None:
    known = [test for test in tests if test.teaches]
    seeds = {len(test.now) for test in known}
    if len(known) < LEAST_CELLS or len(seeds) > 1:
        return None
    return prior([float(np.var(test.shares, ddof=1)) for test in known], seeds.pop() - 1)


def _p_worse(test: _Test, known: Prior | None) -> float:
    """The chance of a difference at least as bad if there were none on average; 1/2 where that cannot be told."""
    if min(len(test.before), len(test.now)) < 2:
        return 0.5
    if test.judged.paired:
        both = p_value(test.shares, known if test.scaled else None, test.least_variance)
    else:
        both = welch_t(test.before.tolist(), test.now.tolist(), 1 - CHANCE_UNPAIRED).p_value
    return both / 2 if test.is_worse * (test.judged.change or 0.0) > 0 else 1 - both / 2


def _verdict(test: _Test, p_worse: float, p_better: float) -> Judged:
    judged = test.judged
    worse_by = test.is_worse * (judged.change or 0.0)
    judged = replace(judged, p=p_worse if worse_by > 0 else p_better)
    if abs(worse_by) <= judged.tolerance.of(judged.before or 0.0):
        return replace(judged, verdict="within tolerance")
    if (judged.p or 0.0) > (CHANCE_PAIRED if judged.paired else CHANCE_UNPAIRED):
        return replace(judged, verdict="not clear")
    return replace(judged, verdict="regression" if worse_by > 0 else "improvement")
