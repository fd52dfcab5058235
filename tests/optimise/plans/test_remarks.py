"""What is said of signals that are kept beside others."""

from dataclasses import replace

from tests.optimise.plans.problems import problem_of
from tests.optimise.plans.test_problem import street
from zhasyl.optimise.plans.remarks import beyond, described, kept_apart
from zhasyl.scenarios.limits import Limits, StageLimits


def test_a_kept_signal_beyond_the_limits_is_named() -> None:
    problem = problem_of(*street(90.0), limits=Limits(max_cycle_s=80), keep=["signal:J3"])
    assert list(kept_apart(problem, problem.present)) == [
        "signal 'J3' is kept as it is, though its plan is not what is asked of others"
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


def test_what_is_asked_of_plans_in_words() -> None:
    stage = StageLimits(signal="J1", stage="B", min_green_s=9, stays=True)
    limits = Limits(min_cycle_s=50, min_green_s=7, walk_s=6, keep=("signal:J3",), stages=(stage,))
    assert described(limits, problem_of(*street(), limits=limits, keep=["offsets"])) == (
        "cycles of 50 to 120 s", "greens of at least 7 s", "walks of at least 6 s",
        "stage 'B' of signal 'J1' at least 9 s and in every plan", "kept as they are: offsets, signal 'J3'",
    )  # fmt: skip
    assert described(Limits(), problem_of(*street(), keep=["cycle"])) == ("kept as they are: cycle",)
