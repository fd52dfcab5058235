"""Searching where a point costs little: numbers, choices and what goes round, the same again with the same seed."""

from collections.abc import Sequence

import numpy as np

from tests.optimise.search.toys import BEST, LEAST_S, PRESENT_POINT, VARIABLES, Toy, values_of
from zhasyl.arrays import FloatArray
from zhasyl.optimise.search import evolve as module
from zhasyl.optimise.search.evolve import MOST_JOINT, Moves, best_by_level, evolve, improve

STARTS = PRESENT_POINT[None]


def moves(seed: int = 1, variables: Sequence[Toy] = VARIABLES) -> Moves:
    return Moves(variables, np.random.default_rng(seed))


def test_moves_find_the_best_choices_and_go_round() -> None:
    points, values = improve(values_of, STARTS, moves(), 25)
    assert values[0] < LEAST_S + 1.0
    assert (np.diff(values) >= 0).all()
    assert values.tolist() == values_of(points).tolist()
    assert np.clip(points[0, 2::3] * 3, 0, 2).astype(int).tolist() == [1, 1, 1]


def test_moves_stay_in_the_cube_and_leave_most_signals_alone() -> None:
    children = moves().children(STARTS, 300)
    assert children.shape == (300, len(VARIABLES))
    assert children.min() >= 0.0
    assert children.max() <= 1.0
    ends = moves().children(np.full((1, len(VARIABLES)), 0.98), 300)
    assert (ends[:, 3::3] < 0.3).any()  # past the end of what goes round
    assert (ends[:, 3::3] < 1.0).all()
    assert (ends[:, 1::3] == 1.0).any()  # at the edge of what does not
    assert (ends[:, 1::3] > 0.3).all()
    few = Moves(tuple(Toy(block) for block in range(12)), np.random.default_rng(1))
    moved = few.children(np.full((1, 12), 0.5), 200) != 0.5
    assert 1 <= moved.sum(axis=1).max() <= module.MOST_MOVED


def test_the_same_seed_is_the_same_search() -> None:
    assert improve(values_of, STARTS, moves(3), 3)[0].tolist() == improve(values_of, STARTS, moves(3), 3)[0].tolist()
    assert improve(values_of, STARTS, moves(3), 3)[0].tolist() != improve(values_of, STARTS, moves(4), 3)[0].tolist()
    once, twice = (evolve(values_of, PRESENT_POINT, VARIABLES, 60, 5) for _ in range(2))
    assert once.tolist() == twice.tolist()
    assert once.tolist() != evolve(values_of, PRESENT_POINT, VARIABLES, 60, 6).tolist()


def test_the_strategy_comes_near_the_best_with_choices_and_with_many_coordinates() -> None:
    found = evolve(values_of, PRESENT_POINT, VARIABLES, 800, 1)
    assert values_of(found[:1])[0] < LEAST_S + 0.3 * (values_of(STARTS)[0] - LEAST_S)
    many = tuple(Toy(n) for n in range(MOST_JOINT + 4))

    def bowl(points: FloatArray) -> FloatArray:
        value: FloatArray = np.square(points - 0.8).sum(axis=1)
        return value

    start = np.full(len(many), 0.3)
    assert bowl(evolve(bowl, start, many, 2000, 1)[:1])[0] < 0.3 * bowl(start[None])[0]


def test_no_evaluation_no_better_than_the_start() -> None:
    assert evolve(values_of, PRESENT_POINT, VARIABLES, 0, 1).tolist() == STARTS.tolist()


def test_each_level_of_the_cycle_has_its_best() -> None:
    rng = np.random.default_rng(1)
    found = best_by_level(STARTS, VARIABLES, Moves(VARIABLES, rng), [values_of] * 2, rng)
    assert found[:, 0].tolist() == [0.25, 0.75]
    at_level = np.tile(BEST, (2, 1))
    at_level[:, 0] = [0.25, 0.75]
    assert (values_of(found) < values_of(at_level) + 1.0).all()


def test_what_tells_nothing_is_not_searched() -> None:
    def flat(points: FloatArray) -> FloatArray:
        return np.zeros(len(points))

    rng = np.random.default_rng(1)
    assert not len(best_by_level(STARTS, VARIABLES, Moves(VARIABLES, rng), [flat], rng))
