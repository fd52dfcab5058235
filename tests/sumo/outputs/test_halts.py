"""Stops by passage: where the log shows a vehicle standing, and as many more as it misses."""

from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhasyl.sumo.outputs.halts import MISSED_AT_LEAST, Standing, missed, stops_of
from zhasyl.sumo.outputs.passages import Passages

EVERY_S = 7.0
Row = tuple[str, int, float, float]
"""Vehicle, approach, time, distance to the stop line."""


def passages(*rows: tuple[str, int, float, float, float]) -> Passages:
    """(vehicle, approach, entered, left, lost)."""
    vehicle, arm, *times = zip(*rows, strict=True)
    entered_s, left_s, lost_s = (np.array(column, dtype=float) for column in times)
    known = {"entered_s": entered_s, "left_s": left_s, "lost_s": lost_s}
    return cast(Passages, SimpleNamespace(vehicle=list(vehicle), arm=np.array(arm), **known))


def standing(*rows: Row) -> Standing:
    names = list(dict.fromkeys(row[0] for row in rows))
    columns = (np.array([row[place] for row in rows], dtype=float) for place in (2, 3))
    vehicle, arm = [names.index(row[0]) for row in rows], [row[1] for row in rows]
    return Standing(names, np.array(vehicle, np.int64), np.array(arm, np.int64), *columns)


TWO = (("a", 0, 0.0, 50.0, 30.0), ("a", 1, 60.0, 100.0, 10.0))


def test_a_halt_is_of_the_passage_in_which_the_vehicle_stands() -> None:
    rows = standing(("a", 0, 14.0, 20.0), ("a", 0, 21.0, 20.0), ("a", 1, 70.0, 5.0), ("a", 1, 77.0, 4.5))
    assert stops_of(passages(*TWO), rows, EVERY_S).tolist() == [1.0, 1.0]


def test_who_moved_up_or_drove_between_two_rows_has_halted_twice() -> None:
    for rows in (
        standing(("a", 0, 14.0, 20.0), ("a", 0, 21.0, 12.5)),
        standing(("a", 0, 14.0, 20.0), ("a", 0, 28.0, 20.0)),
    ):
        assert stops_of(passages(*TWO), rows, EVERY_S).tolist() == [2 * (1 + MISSED_AT_LEAST), 0.0]


def test_rows_of_others_of_other_approaches_and_times_are_not_counted() -> None:
    rows = standing(("b", 0, 14.0, 20.0), ("a", 2, 14.0, 20.0), ("a", 0, 55.0, 20.0), ("a", 1, 59.0, 20.0))
    assert stops_of(passages(*TWO), rows, EVERY_S).tolist() == [0.0, 0.0]
    assert stops_of(passages(*TWO), standing(), EVERY_S).tolist() == [0.0, 0.0]


@given(st.floats(0.001, 0.15), st.integers(0, 2**32 - 1))
def test_all_halts_are_counted_though_the_log_misses_the_short_ones(rate: float, seed: int) -> None:
    """Halts of lengths that fall off at any rate, met by rows at any second."""
    random = np.random.default_rng(seed)
    lengths_s, first_s = random.exponential(1 / rate, 200_000), random.uniform(0, EVERY_S, 200_000)
    rows = np.ceil(np.maximum(lengths_s - first_s, 0.0) / EVERY_S).astype(int)
    ones, twos = (int((rows == many).sum()) for many in (1, 2))
    counted = (rows > 0).sum() + missed(ones, twos) * ones
    assert counted == pytest.approx(len(rows), rel=0.03)


def test_few_halts_are_no_reason_for_a_wild_guess() -> None:
    assert missed(0, 0) == missed(3, 0) == missed(2, 5) == MISSED_AT_LEAST
    assert MISSED_AT_LEAST < missed(3, 2) < missed(100, 1) < 1.0
