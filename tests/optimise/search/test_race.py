"""Racing: the surely worse are dropped, all meet the same seeds, and no more is run than was said."""

import math
from collections.abc import Callable, Sequence

from hypothesis import given
from hypothesis import strategies as st

from zhasyl.optimise.search.race import LEAST_PAIRS, Race, race

Asked = list[tuple[int, int]]


def raced(
    racers: int, runs: int, value: Callable[[int, int], float], seeds: Sequence[int] = range(1, 21)
) -> tuple[Race, Asked]:
    asked: Asked = []

    def simulate(pairs: Sequence[tuple[int, int]]) -> list[float]:
        asked.extend(pairs)
        return [value(*pair) for pair in pairs]

    return race(racers, seeds, runs, simulate), asked


def test_the_best_comes_first_and_the_others_by_when_they_were_dropped() -> None:
    done, asked = raced(8, 200, lambda racer, seed: 10.0 * racer + seed % 3)
    assert done.order == (0, 1, 2, 3, 4, 5, 6, 7)
    assert len(done.values[0]) > len(done.values[7]) == 2
    assert all(done.values[racer] == {seed: 10.0 * racer + seed % 3 for r, seed in asked if r == racer}
               for racer in range(8))  # fmt: skip


def test_who_is_surely_worse_is_dropped_although_two_are_kept() -> None:
    same = raced(2, 100, lambda racer, seed: float(seed))[1]
    surely = raced(2, 100, lambda racer, seed: seed + racer + 0.01 * (seed % 2) * racer)[1]
    assert len(same) == 40  # all seeds: nothing tells them apart
    assert len(surely) == 8  # after two rounds
    assert LEAST_PAIRS <= 4


def test_the_spread_between_seeds_costs_no_runs_where_both_meet_them() -> None:
    draws = [0.0, 90.0, -40.0, 70.0, 10.0, -60.0, 20.0, 35.0]
    done, asked = raced(2, 16, lambda racer, seed: 100 + draws[seed % 8] - (5 + 0.1 * (seed % 3)) * racer)
    assert done.order == (1, 0)
    assert len(asked) == 8


def test_who_fails_once_loses() -> None:
    done, _ = raced(3, 60, lambda racer, seed: math.inf if racer == 0 and seed == 1 else 10.0 + racer)
    assert done.order[0] == 1
    assert len(done.values[0]) == 2


def test_where_all_fail_there_is_a_race_still() -> None:
    done, _ = raced(3, 60, lambda racer, seed: math.inf)
    assert sorted(done.order) == [0, 1, 2]


@given(st.integers(1, 12), st.integers(0, 60), st.integers(0, 8), st.integers(0, 99))
def test_no_more_runs_than_said_and_every_racer_has_a_place(racers: int, runs: int, seeds: int, draw: int) -> None:
    def value(racer: int, seed: int) -> float:
        return math.sin(draw + 7 * racer + 13 * seed) + racer % 3

    first, asked = raced(racers, runs, value, range(5, 5 + seeds))
    assert len(asked) == len(set(asked)) <= runs
    assert sorted(first.order) == list(range(racers))
    assert (first, asked) == raced(racers, runs, value, range(5, 5 + seeds))
    by_racer = [sorted(values) for values in first.values]
    assert all(seen == list(range(5, 5 + len(seen))) for seen in by_racer)
