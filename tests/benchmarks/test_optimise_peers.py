"""Peers of the optimiser: equal runs, the shipped plan first, the same seed the same answer; in a cube without SUMO."""

from collections.abc import Sequence

import numpy as np
import pytest

from benchmarks.optimise_peers import PEERS, Task
from zhasyl.arrays import FloatArray
from zhasyl.optimise.plans.encoding import Variable

VARIABLES = (
    Variable("cycle", 0),
    Variable("half", 0, choices=2),
    Variable("sequence", 0, choices=3),
    Variable("weight", 0),
    Variable("offset", 0),
)
START = np.array([0.9, 0.25, 0.5, 0.1, 0.6])
BEST = np.array([0.2, 0.75, 0.5, 0.8, 0.4])


def search(peer: str, runs: int = 60, seed: int = 1) -> tuple[FloatArray, list[tuple[FloatArray, int]]]:
    asked: list[tuple[FloatArray, int]] = []

    def simulate(pairs: Sequence[tuple[FloatArray, int]]) -> list[float]:
        asked.extend(pairs)
        return [delay_s(point) + 0.1 * seed for point, seed in pairs]

    return PEERS[peer](Task(VARIABLES, START, range(1, 40), runs, seed, simulate)), asked


def delay_s(point: FloatArray) -> float:
    return float(np.square(point - BEST).sum())


@pytest.mark.parametrize("peer", PEERS)
def test_a_peer_spends_its_runs_from_the_shipped_plan_and_finds_a_better_one(peer: str) -> None:
    best, asked = search(peer)
    assert 50 <= len(asked) <= 60
    assert delay_s(asked[0][0]) == pytest.approx(delay_s(START))
    assert delay_s(best) < 0.6 * delay_s(START)
    assert all(((point >= 0) & (point <= 1)).all() for point, _ in asked)


@pytest.mark.parametrize("peer", PEERS)
def test_the_same_seed_gives_the_same_search(peer: str) -> None:
    runs = [search(peer, seed=seed)[1] for seed in (1, 1, 2)]
    first, second, other = (np.array([[*point, seed] for point, seed in asked]) for asked in runs)
    assert np.array_equal(first, second)
    assert first.shape != other.shape or not np.array_equal(first, other)


def test_a_generation_of_cmaes_meets_one_seed() -> None:
    _, asked = search("cmaes", runs=60)
    seeds = [seed for _, seed in asked[3:]]
    population = 4 + int(3 * np.log(len(VARIABLES)))
    assert seeds[:population] == [1] * population
    assert seeds[population : 2 * population] == [2] * population
