"""What SUMO would say of candidates not simulated: better than a mean, and sure only where it may be."""

import numpy as np
import pytest

from tests.optimise.search.toys import LEAST_S, ToySpace, parts_of
from zhasyl.arrays import FloatArray
from zhasyl.optimise.search import surrogate
from zhasyl.optimise.search.surrogate import Surrogate

D = len(ToySpace().variables)


def points(count: int, seed: int) -> FloatArray:
    found = np.random.default_rng(seed).random((count, D))
    found[:, 2::3] = 0.5
    return found


def fitted(
    known: FloatArray, noise_s: float = 0.0, model: float = 0.0, added_s: tuple[float, ...] = (0.0, 0.0, 0.0)
) -> Surrogate:
    """Told of candidates with seeds in turn, each of which adds so much at each part."""
    drawn = np.random.default_rng(9).standard_normal((len(known), 4)) * noise_s
    seeds = np.arange(len(known)) % len(added_s)
    local = parts_of(known) + drawn[:, :3] + np.array(added_s)[seeds, None]
    return Surrogate(ToySpace().features(known), model * parts_of(known), local, LEAST_S + drawn[:, 3], seeds.tolist())


def errors(told: Surrogate, model: float = 0.0) -> tuple[FloatArray, FloatArray, FloatArray]:
    new = points(100, 2)
    mean, doubt = told.predict(ToySpace().features(new), model * parts_of(new))
    return mean - LEAST_S - parts_of(new).sum(axis=1), doubt, parts_of(new).sum(axis=1)


@pytest.mark.parametrize("noise_s", [0.0, 1.0])
def test_a_sum_of_parts_is_told_better_than_by_its_mean(noise_s: float) -> None:
    wrong, doubt, true = errors(fitted(points(50, 1), noise_s))
    assert np.sqrt(np.square(wrong).mean()) < 0.5 * true.std()
    assert (np.abs(wrong) < 3 * doubt).mean() > 0.5


def test_a_model_that_is_right_but_for_its_scale_is_all_it_takes() -> None:
    without, _, true = errors(fitted(points(8, 1)))
    wrong, _, _ = errors(fitted(points(8, 1), model=0.3), model=0.3)
    assert np.sqrt(np.square(wrong).mean()) < 0.2 * true.std() < 0.4 * np.sqrt(np.square(without).mean())


def test_a_model_that_is_wrong_way_round_is_not_followed() -> None:
    wrong, _, true = errors(fitted(points(50, 1), model=-1.0), model=-1.0)
    assert np.sqrt(np.square(wrong).mean()) < 0.5 * true.std()


def test_who_knows_many_does_not_take_for_good_what_was_bad(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(surrogate, "MOST_POINTS", 60)
    known = points(300, 1)
    told, true = fitted(known, 0.5), parts_of(known).sum(axis=1)
    assert len(told.known) == 60
    mean, _ = told.predict(ToySpace().features(known), np.zeros((len(known), 3)))
    order = np.argsort(true)
    best, worse = order[:30], order[150:]
    assert mean[worse].mean() - mean[best].mean() > 0.7 * (true[worse].mean() - true[best].mean())


def test_its_doubt_is_greater_where_nothing_was_simulated() -> None:
    known = points(20, 1)
    found = fitted(known, 0.1)
    near, far = known[:5] + 1e-3, known[:5] + 5.0
    zero = np.zeros((5, 3))
    assert (found.predict(ToySpace().features(near), zero)[1]
            < found.predict(ToySpace().features(far), zero)[1]).all()  # fmt: skip


def test_one_point_and_equal_values_are_told_as_they_are() -> None:
    for known in (points(1, 1), np.repeat(points(1, 1), 5, axis=0)):
        mean, doubt = fitted(known).predict(ToySpace().features(known), np.zeros((len(known), 3)))
        assert mean == pytest.approx(LEAST_S + parts_of(known).sum(axis=1))
        assert np.isfinite(doubt).all()
        assert (doubt < 0.1).all()


def test_what_a_seed_adds_to_all_is_no_difference_between_candidates() -> None:
    without, _, _ = errors(fitted(points(60, 1), 0.5))
    hard, _, _ = errors(fitted(points(60, 1), 0.5, added_s=(-10.0, 3.0, 7.0)))
    assert np.sqrt(np.square(hard).mean()) < 1.1 * np.sqrt(np.square(without).mean())


def test_chance_in_jams_does_not_hide_what_is_known_of_good_candidates(monkeypatch: pytest.MonkeyPatch) -> None:
    known, new = points(60, 1), points(200, 2)

    def wrong_s() -> float:
        jammed_s = np.where(known[:, 0] > 0.5, np.random.default_rng(3).exponential(60.0, 60), 0.0)
        features = ToySpace().features
        told = Surrogate(features(known), np.zeros((60, 3)), parts_of(known), LEAST_S + jammed_s, [1] * 60)
        good = new[new[:, 0] < 0.4]
        mean, _ = told.predict(features(good), np.zeros((len(good), 3)))
        return float(np.abs(mean - LEAST_S - parts_of(good).sum(axis=1)).mean())

    own_s = wrong_s()
    monkeypatch.setattr(surrogate, "NOISIEST", 1.0)
    assert own_s < 0.8 * wrong_s()
