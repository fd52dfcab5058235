"""How many runs a budget is, as far as is known."""

import pytest

from zhasyl.optimise.search.budget import MOST_RUNS, Budget


def test_runs_are_what_they_are() -> None:
    assert [Budget(40).total(spent) for spent in (0, 39, 40)] == [40, 40, 40]


def test_minutes_are_as_many_runs_as_were_done_in_the_time_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    now_s = 100.0
    monkeypatch.setattr("zhasyl.optimise.search.budget.time.monotonic", lambda: now_s)
    budget = Budget(10, minutes=2.0, began=100.0)
    assert budget.total(0) == 10
    assert budget.total(5) == MOST_RUNS  # nothing has passed yet
    now_s = 130.0
    assert budget.total(5) == 20
    now_s = 219.0
    assert budget.total(7) == 7
    now_s = 500.0
    assert budget.total(7) == 7
