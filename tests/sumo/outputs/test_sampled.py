"""Totals estimated from a share of the vehicles."""

import math

import numpy as np
import pytest

from zhasyl.sumo.outputs.sampled import total_of_sample

CARS, BUSES = 1000, 200


def fleet(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What cars and buses emit, their time and distance, and their kind."""
    draw = np.random.default_rng(seed)
    known = draw.uniform(50, 500, size=(CARS + BUSES, 2))
    kinds = np.repeat([0, 1], [CARS, BUSES])
    weights = np.where(kinds[:, None] == 0, [[0.5, 0.1]], [[3.0, 0.9]])
    return (known * weights).sum(axis=1) * draw.normal(1.0, 0.1, CARS + BUSES), known, kinds


def test_all_measured_is_the_sum_without_an_error() -> None:
    values, known, kinds = fleet(1)
    total, error = total_of_sample(values, known, kinds)
    assert total == pytest.approx(values.sum())
    assert error == 0.0


def test_the_error_said_is_the_error_made() -> None:
    values, known, kinds = fleet(1)
    draw, off = np.random.default_rng(2), []
    for _ in range(300):
        total, error = total_of_sample(np.where(draw.random(len(values)) < 0.2, values, np.nan), known, kinds)
        off.append((total - values.sum()) / error)
        assert abs(total / values.sum() - 1) < 0.05
    assert abs(np.mean(off)) < 0.3
    assert 0.85 < np.std(off) < 1.25


def test_a_kind_of_which_hardly_one_was_measured_is_explained_with_the_others() -> None:
    values, known, kinds = fleet(3)
    draw = np.random.default_rng(4)
    measured = (draw.random(len(values)) < 0.1) & (kinds == 0)
    measured[CARS] = True  # one bus
    total, error = total_of_sample(np.where(measured, values, np.nan), known, kinds)
    assert math.isfinite(total)
    assert error > 0


@pytest.mark.parametrize("measured", [0, 1])
def test_of_fewer_than_two_nothing_is_said(measured: int) -> None:
    values, known, kinds = fleet(5)
    values[measured:] = np.nan
    assert all(math.isnan(part) for part in total_of_sample(values, known, kinds))


def test_an_unmeasured_fleet_of_one_kind_has_no_total() -> None:
    assert math.isnan(total_of_sample(np.full(40, np.nan), np.ones((40, 2)), np.zeros(40, dtype=np.int64))[0])
