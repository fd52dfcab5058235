"""A subject has one status after plans or counts were given."""

import pytest

from zhasyl.scenarios import load_scenario
from zhasyl.scenarios.model import Assumption
from zhasyl.scenarios.said_again import with_plans, without_demand

MADE_UP = ("Webster's", "synthetic", "no plan given")
ALL = {"J1", "J2", "J3"}


@pytest.mark.parametrize("subject", ["signal plan", "signal plans", "Signal plan", "plan", "signal programmes"])
def test_given_plans_replace_what_was_said_of_plans(subject: str) -> None:
    [only] = with_plans([Assumption(subject, *MADE_UP)], ALL, ALL, "mine.csv")
    assert (only.subject, only.status) == ("signal plans", "given")
    assert only.statement == "3 signals show the plans of mine.csv"


def test_what_was_said_holds_for_the_other_signals() -> None:
    once = with_plans([Assumption("signal plan", *MADE_UP)], {"J1"}, ALL, "one.csv")
    assert [(a.subject, a.status) for a in once] == [
        ("signal plans of J2, J3", "synthetic"), ("signal plans of J1", "given"),
    ]  # fmt: skip
    twice = with_plans(once, {"J1", "J2"}, ALL, "two.csv")
    assert [(a.subject, a.statement) for a in twice] == [
        ("signal plans of J3", "Webster's"), ("signal plans of J1, J2", "2 signals show the plans of two.csv"),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["abay-seifullin", "abay-corridor", "downtown-grid", "abay-nazarbayev"])
def test_of_the_built_in_scenarios_nothing_speaks_of_made_up_plans_or_volumes_any_more(name: str) -> None:
    said = load_scenario(name).assumptions
    planned = with_plans(said, {"x"}, {"x"}, "mine.csv")
    assert not [a for a in planned if "Webster" in a.statement]
    counted = without_demand(said)
    assert not {"volumes", "turning shares", "profile", "vehicle mix", "pedestrians"} & {a.subject for a in counted}
