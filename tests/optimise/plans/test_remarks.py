"""What is said of signals that are kept beside others."""

from dataclasses import replace

from tests.optimise.plans.problems import problem_of
from tests.optimise.plans.test_problem import street
from zhasyl.optimise.plans.remarks import beyond, kept_apart
from zhasyl.scenarios.limits import Limits


def test_a_kept_signal_beyond_the_limits_is_named() -> None:
    problem = problem_of(*street(90.0), limits=Limits(max_cycle_s=80), keep=["signal:J3"])
    assert list(kept_apart(problem, problem.present)) == [
        "signal 'J3' is kept as it is, though its plan is not within the limits"
    ]
    assert [one.split(":")[0] for one in beyond(problem)] == ["signal 'J1'", "signal 'J2'"]
    assert list(beyond(problem_of(*street(90.0)))) == []


def test_a_kept_signal_that_has_another_cycle_than_those_near_it_is_named() -> None:
    problem = problem_of(*street(90.0), keep=["signal:J2"])
    plans = {name: replace(plan, cycle_s=64.0) for name, plan in problem.present.items()}
    assert list(kept_apart(problem, plans)) == [
        "signal 'J2' keeps its cycle of 90 s beside 64 s of those near it: no offset holds between them from cycle to "
        "cycle"
    ]
    halves = {name: replace(plan, cycle_s=45.0) for name, plan in problem.present.items()}
    assert list(kept_apart(problem, halves)) == []
