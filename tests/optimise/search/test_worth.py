"""What a search for one objective and one for a front minimise."""

import math

import moocore
import numpy as np
import pytest

from zhasyl.optimise.search.worth import WORST, added, directions, lower_bound, one_way

PRESENT = np.array([10.0, 10.0])


def test_a_bound_takes_the_doubt_off() -> None:
    means, doubts = np.array([[10.0, 0.0], [9.0, 0.0]]), np.array([[2.0, 0.0], [0.1, 0.0]])
    assert lower_bound(1.0)(means, doubts).tolist() == [8.0, 8.9]
    assert lower_bound(0.0)(means, doubts).tolist() == [10.0, 9.0]


def test_each_direction_has_its_own_best_plan_and_all_parts_of_a_front_have_some() -> None:
    means = np.array([[2.0, 10.0], [5.0, 5.0], [10.0, 2.0]])
    along = directions(2)
    assert along.shape[1] == 2
    assert np.linalg.norm(along, axis=1) == pytest.approx(1.0)
    best = [int(one_way(PRESENT, one)(means, np.zeros_like(means)).argmin()) for one in along]
    assert set(best) == {0, 1, 2}


def test_a_candidate_is_worth_the_volume_that_it_adds() -> None:
    known = np.array([[6.0, 8.0], [8.0, 6.0]])
    tried = np.array([[6.5, 6.5], [7.0, 9.0], [5.0, 7.0], [6.0, 8.0]])
    reference = [WORST, WORST]
    there = moocore.hypervolume(known / PRESENT, ref=reference)
    gains = [moocore.hypervolume(np.concatenate([known, one[None]]) / PRESENT, ref=reference) - there for one in tried]
    sphere = math.pi / 4  # of the positive quarter, by which the mean over directions is multiplied
    told = -sphere * added(known, PRESENT)(tried, np.zeros_like(tried))
    assert told == pytest.approx(gains, abs=0.01)
    assert told.argsort().tolist() == [1, 3, 0, 2]  # who adds nothing: the less, the farther behind


def test_doubts_count_as_gains() -> None:
    known, means = np.array([[8.0, 8.0]]), np.array([[9.0, 9.0], [7.9, 7.9]])
    doubts = np.array([[4.0, 4.0], [0.0, 0.0]])
    assert added(known, PRESENT)(means, doubts).argmin() == 1
    assert added(known, PRESENT, 1.0)(means, doubts).argmin() == 0


def test_without_a_present_value_the_reference_is_at_hand() -> None:
    values = np.array([[0.0, 5.0], [3.0, 5.0]])
    assert np.isfinite(added(values[:1], np.array([0.0, 10.0]))(values, np.zeros_like(values))).all()
