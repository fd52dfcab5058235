"""The finish of a front: what dominates what, against looking at every pair, and who is simulated again."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from zhasyl.arrays import FloatArray
from zhasyl.optimise.search.front import MOST_PLANS, finalists, undominated

PRESENT = np.array([10.0, 10.0])


@st.composite
def some(draw: st.DrawFn) -> FloatArray:
    rows = draw(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), min_size=1, max_size=12))
    return np.array(rows, dtype=float)


def beats(one: FloatArray, other: FloatArray) -> bool:
    return bool((one <= other).all() and (one < other).any())


@settings(max_examples=50)
@given(some())
def test_what_nothing_beats_is_the_answer(values: FloatArray) -> None:
    expected = [i for i, one in enumerate(values) if not any(beats(other, one) for other in values)]
    assert sorted(undominated(values)) == expected
    firsts = values[undominated(values), 0].tolist()
    assert firsts == sorted(firsts)


def test_those_far_apart_on_the_front_come_first_and_those_behind_it_last() -> None:
    values = np.array([[9.0, 9.5], [5.0, 9.0], [5.1, 8.9], [7.0, 7.0], [9.0, 5.0]])
    chosen, seeds = finalists(values, PRESENT, 10, range(20))
    assert set(chosen[:3]) == {1, 3, 4} or set(chosen[:3]) == {2, 3, 4}
    assert sorted(chosen) == [0, 1, 2, 3, 4]
    assert list(seeds) == [0, 1]


def test_more_runs_mean_more_seeds_once_there_are_enough_plans() -> None:
    along = np.linspace(0.0, 1.0, 60)
    values = np.stack([5 + 4 * along, 9 - 4 * along], axis=1)
    counts = []
    for runs in (30, 90):
        chosen, seeds = finalists(values, PRESENT, runs, range(99))
        counts.append((len(chosen), len(seeds)))
    assert counts == [(15, 2), (MOST_PLANS, 4)]
