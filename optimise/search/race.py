"""Which of a few plans is best: all meet the same seeds, and those that cannot win any more are dropped.

After each round of seeds the worse half is dropped, and whoever is surely worse than the leader: the whole interval of
the paired difference lies above 0, by the test of `zhasyl.optimise.statistics.compare`.

Source: Z. Karnin, T. Koren and O. Somekh, Almost optimal exploration in multi-armed bandits, ICML 2013 (sequential
halving); M. Birattari et al., A racing algorithm for configuring metaheuristics, GECCO 2002.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from zhasyl.optimise.statistics.intervals import student_t

SURE = 0.9  # confidence of the interval by which a plan is dropped
LEAST_PAIRS = 3
SEEDS_A_ROUND = 2

Simulate = Callable[[Sequence[tuple[int, int]]], list[float]]
"""(racer, seed) pairs → values."""


@dataclass(frozen=True)
class Race:
    """The racers in the order of their places, and each one's values by seed."""

    order: tuple[int, ...]
    values: tuple[dict[int, float], ...]


def race(racers: int, seeds: Sequence[int], runs: int, simulate: Simulate) -> Race:
    """Race for at most `runs` runs over at most these seeds."""
    values: list[dict[int, float]] = [{} for _ in range(racers)]
    left, out, used = list(range(racers)), list[int](), 0
    while used < len(seeds):
        block = list(seeds[used : used + SEEDS_A_ROUND])[: max(0, runs // len(left))]
        if not block or (len(left) == 1 and used >= LEAST_PAIRS):
            break
        asked = [(racer, seed) for seed in block for racer in left]
        for (racer, seed), value in zip(asked, simulate(asked), strict=True):
            values[racer][seed] = value
        runs -= len(asked)
        used += len(block)
        ranked = sorted(left, key=lambda racer: (_mean(values[racer]), racer))
        kept = [
            racer
            for racer in ranked[: max(2, math.ceil(len(ranked) / 2))]
            if not _worse(values[racer], values[ranked[0]])
        ]
        out = [racer for racer in ranked if racer not in kept] + out
        left = kept
    return Race((*sorted(left, key=lambda racer: (_mean(values[racer]), racer)), *out), tuple(values))


def _mean(values: dict[int, float]) -> float:
    return math.fsum(values.values()) / len(values) if values else math.inf


def _worse(own: dict[int, float], leader: dict[int, float]) -> bool:
    """Is a racer surely worse than the leader?"""
    if own is leader:
        return False
    differences = [own[seed] - leader[seed] for seed in sorted(own.keys() & leader.keys())]
    if not all(map(math.isfinite, differences)):
        return True
    return len(differences) >= LEAST_PAIRS and student_t(differences, SURE).low > 0
