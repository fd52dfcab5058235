"""Effective green of what a signal showed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhasyl.timing.shown import GREEN_EXTENSION_S, START_UP_LOST_S, Shown

STATES = ["G", "g", "y", "r", "s", "O"]


def shown(*runs: tuple[str, float]) -> Shown:
    states = list(dict.fromkeys(state for state, _ in runs))
    return Shown(np.array([states.index(state) for state, _ in runs]), np.array([s for _, s in runs]), states)


def green_s(*runs: tuple[str, float]) -> list[float]:
    own = shown(*runs)
    return [float(seconds) for seconds in own.effective_s(own.letters(0)).sum(axis=0)]


@pytest.mark.parametrize(
    ("runs", "protected_s", "permitted_s"),
    [
        ([("r", 20), ("G", 30), ("y", 3), ("r", 7)], 30, 0),  # the yellow gives back what the start-up loses
        ([("r", 20), ("G", 30), ("y", 1), ("r", 9)], 29, 0),  # a short yellow gives back what it has
        ([("r", 20), ("G", 30), ("r", 10)], 28, 0),
        ([("r", 20), ("G", 1), ("r", 39)], 0, 0),  # over before the first vehicle has gone
        ([("G", 30), ("y", 3), ("r", 27)], 32, 0),  # it had begun before
        ([("r", 20), ("g", 30), ("y", 3), ("r", 7)], 0, 30),
        ([("r", 20), ("G", 10), ("g", 20), ("y", 3), ("r", 7)], 8, 22),  # one start-up, and the yellow is the last's
        ([("r", 5), ("y", 3), ("r", 52)], 0, 0),  # a yellow after no green
        ([("r", 20), ("s", 30), ("r", 10)], 0, 28),  # a turn on red gives way
        ([("O", 60)], 60, 0),
    ],
)
def test_effective_green_is_green_less_start_up_and_with_some_yellow(
    runs: list[tuple[str, float]], protected_s: float, permitted_s: float
) -> None:
    assert green_s(*runs) == [protected_s, permitted_s]


@given(st.lists(st.tuples(st.sampled_from(STATES), st.integers(1, 40)), min_size=1, max_size=30))
def test_effective_green_is_within_what_was_shown(runs: list[tuple[str, int]]) -> None:
    own = shown(*((state, float(seconds)) for state, seconds in runs))
    total_s = sum(green_s(*((state, float(seconds)) for state, seconds in runs)))
    lit_s = sum(seconds for state, seconds in runs if state in "GgsO")
    starts, ends = own.greens(own.letters(0)), 1 + sum(a in "GgsO" for a, _ in runs)
    assert lit_s - START_UP_LOST_S * starts <= total_s <= lit_s + GREEN_EXTENSION_S * ends
    assert total_s >= 0


def test_a_state_that_is_too_short_for_a_link_shows_it_red() -> None:
    assert shown(("Gr", 20.0), ("G", 30.0)).letters(1) == "rr"
