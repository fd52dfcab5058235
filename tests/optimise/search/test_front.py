"""The finish of a front: what dominates what, against looking at every pair."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.optimise.search.toys import DELAY, WALKERS, ToyTrials, searched
from zhasyl.arrays import FloatArray
from zhasyl.optimise.search.budget import Budget
from zhasyl.optimise.search.front import undominated
from zhasyl.optimise.search.noise import Noise
from zhasyl.optimise.statistics.intervals import half_width


@st.composite
def some(draw: st.DrawFn) -> FloatArray:
    rows = draw(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), min_size=1, max_size=12))
    return np.array(rows, dtype=float)


def kept(runs: FloatArray) -> list[int]:
    return undominated(runs, Noise.of(runs).margin(runs.shape[1]))


def beats(one: FloatArray, other: FloatArray) -> bool:
    return bool((one <= other).all() and (one < other).any())


@settings(max_examples=50)
@given(some())
def test_of_runs_without_noise_what_nothing_beats_is_the_answer(values: FloatArray) -> None:
    runs = np.stack([values, values + 3.0], axis=1)  # the second seed adds as much to all
    expected = [i for i, one in enumerate(values) if not any(beats(other, one) for other in values)]
    assert sorted(kept(runs)) == expected
    firsts = values[kept(runs), 0].tolist()
    assert firsts == sorted(firsts)


def test_who_is_beaten_within_the_noise_stays_and_who_is_beaten_beyond_it_goes() -> None:
    draws = 0.5 * np.random.default_rng(1).standard_normal((8, 2, 2))
    along = np.linspace(0.0, 20.0, 6)
    values = np.concatenate([np.stack([along, 20.0 - along], axis=1), [[4.1, 16.1], [6.0, 18.0]]])
    runs = values[:, None] + draws - draws.mean(axis=1, keepdims=True)
    assert kept(runs) == [0, 1, 6, 2, 3, 4, 5]
    runs[0, 0] = 1e12  # a failed run is noise to nobody else
    assert kept(runs) == [1, 6, 2, 3, 4, 5]


@pytest.mark.parametrize(("candidates", "seeds"), [(3, 2), (8, 2), (15, 4)])
def test_the_margin_holds_nineteen_differences_in_twenty(candidates: int, seeds: int) -> None:
    draws = np.random.default_rng(1).standard_normal((1000, candidates, seeds, 1))
    by_seed = 5.0 * np.random.default_rng(2).standard_normal((1000, 1, seeds, 1))
    held = [
        np.abs(runs[1:].mean(axis=1) - runs[0].mean(axis=0))[:, 0] <= Noise.of(runs).margin(seeds)[0]
        for runs in 2.0 * draws + by_seed
    ]
    assert 0.93 <= np.mean(held) <= 0.98


def test_a_plan_beside_one_that_jams_has_the_interval_of_their_own_differences() -> None:
    runs = 40.0 + np.random.default_rng(1).standard_normal((15, 4, 1))
    runs[0] += np.array([10.0, 12.0, 360.0, 11.0])[:, None]
    noise = Noise.of(runs)
    calm, jam = runs[2] - runs[1], runs[1] - runs[0]
    assert noise.half_widths(calm) == pytest.approx(noise.margin(4))
    assert noise.half_widths(jam) == pytest.approx(half_width(jam[:, 0].tolist()))
    assert noise.half_widths(jam)[0] > 200


def test_where_most_runs_have_no_value_the_others_have_an_interval() -> None:
    runs = np.zeros((8, 4, 1))
    runs[:3, ::2] = 0.4
    assert Noise.of(runs).deviation[0] == 0
    assert Noise.of(runs).half_widths(runs[0] - runs[7])[0] == pytest.approx(half_width([0.4, 0.0, 0.4, 0.0]))


def test_one_seed_tells_nothing_of_noise() -> None:
    runs = np.array([[[1.0, 1.0]], [[1.1, 1.1]]])
    assert kept(runs) == [0]
    assert np.isnan(Noise.of(runs).half_widths(runs[1] - runs[0])).all()


def test_a_front_reaches_from_one_end_to_the_other_and_no_farther_than_a_tenth_beyond_what_is_present() -> None:
    found = searched(Budget(60), ToyTrials(), objectives=(DELAY, WALKERS))
    present = np.mean(list(found.present.values()), axis=0)
    means = np.array([one.mean for one in found.contenders])
    assert len(means) >= 5
    assert (means < 1.15 * present).all()
    assert (means.min(axis=0) < 0.65 * present).all()
