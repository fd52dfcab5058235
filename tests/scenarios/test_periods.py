"""Periods of a day: none at the same time of day, over midnight either."""

import pytest

from zhasyl.errors import ScenarioError
from zhasyl.scenarios import load_scenario, periods
from zhasyl.scenarios.tables.settings import Period

H = 3600.0


def made(name: str, begin_h: float, end_h: float) -> Period:
    return Period(name=name, begin_s=begin_h * H, end_s=end_h * H, warm_up_s=900)


def chosen(patch: pytest.MonkeyPatch, *given: Period, text: str = "all") -> list[Period]:
    patch.setattr(periods, "periods_of", lambda _: given)
    return periods.chosen_periods(load_scenario("abay-seifullin"), text)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([made("a", 8, 9), made("b", 8.5, 10)], "'b' begins at 08:30, before 'a' ends at 09:00"),
        ([made("night", 22, 25), made("early", 0.5, 2)], "'early' begins at 00:30, before 'night' ends at 01:00"),
        ([made("a", 1, 2), made("b", 25, 26)], "'b' begins at 01:00, before 'a' ends at 02:00"),
        ([made("a", 1, 26), made("b", 26, 27)], "'b' begins at 02:00, before 'a' ends at 02:00"),
    ],
)
def test_periods_at_the_same_time_of_day_are_refused(
    monkeypatch: pytest.MonkeyPatch, given: list[Period], said: str
) -> None:
    with pytest.raises(ScenarioError, match=said):
        chosen(monkeypatch, *given)


def test_all_is_all_however_often_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    day = (made("a", 8, 9), made("b", 9, 10))
    assert chosen(monkeypatch, *day, text="all,all") == chosen(monkeypatch, *day, text="all, a") == list(day)
    with pytest.raises(ScenarioError, match="no period 'c'"):
        chosen(monkeypatch, *day, text="all,c")


def test_periods_that_touch_are_in_the_order_of_the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    found = chosen(monkeypatch, made("night", 22, 24.25), made("early", 24.25, 26), made("morning", 8, 9))
    assert [one.name for one in found] == ["early", "morning", "night"]
    assert [(one.name, ends_s) for one, ends_s in periods.ended_before(found)] == [
        ("night", 0.25 * H),
        ("early", 2 * H),
        ("morning", 9 * H),
    ]
