"""What may be searched: choices, groups and limits of cycles; what cannot hold together is one clear line."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.fakes import crossroads
from tests.optimise.plans.problems import named, problem_of
from zhasyl.errors import ScenarioError
from zhasyl.scenarios.limits import Limits, StageLimits
from zhasyl.signals import Signal, SignalPlan


def street(cycle_s: float = 58.0) -> list[Signal]:
    """Two crossroads in a row, a third one apart; each has stages A and B."""
    plan = SignalPlan((0, 1), (cycle_s / 2 - 4, cycle_s / 2 - 4), cycle_s)
    row = [
        named(crossroads(), "J1", last_edge="between"),
        named(crossroads(), "J2", first_edge="between"),
        named(crossroads(), "J3"),
    ]
    return [replace(one, plan=plan) for one in row]


def three_stages(plan: tuple[int, ...] = (0, 1, 2)) -> Signal:
    """Crossroads whose first road is green in a stage C, too, alone."""
    signal = named(crossroads(), "J1")
    stages = (*signal.stages, replace(signal.stages[0], id="C"))
    return replace(signal, stages=stages, plan=SignalPlan(plan, (20.0,) * len(plan), 30.0 * len(plan)))


def stage(signal: str, name: str, **said: object) -> Limits:
    return Limits(stages=(StageLimits.model_validate({"signal": signal, "stage": name, **said}),))


def test_without_limits_cycles_are_the_usual_ones() -> None:
    problem = problem_of(*street())
    assert (problem.shortest_s, problem.longest_s) == (30.0, 120.0)
    assert problem_of(*street(140.0)).longest_s == 180.0
    assert problem.groups == ((0, 1), (2,))
    assert problem.free == (True, True, True)
    assert [one.least_s for one in problem.choices] == [(5.0, 5.0)] * 3
    assert problem.present["J1"] == SignalPlan((0, 1), (25.0, 25.0), 58.0, 0.0)


def test_limits_lengthen_the_least_greens() -> None:
    own = StageLimits(signal="J1", stage="B", min_green_s=12)
    problem = problem_of(*street(), limits=Limits(min_green_s=7.5, stages=(own,)))
    assert [one.least_s for one in problem.choices] == [(8.0, 12.0), (8.0, 8.0), (8.0, 8.0)]
    walking = problem_of(named(crossroads(walk=True), "J1"), limits=Limits(walk_s=8))
    assert walking.choices[0].least_s == (15.0, 5.0)  # 12 s with a walk of 5 s
    shorter = problem_of(named(crossroads(walk=True), "J1"), limits=Limits(walk_s=3))
    assert shorter.choices[0].least_s == (12.0, 5.0)


def test_a_forbidden_stage_is_in_no_sequence_but_the_present_one() -> None:
    (choice,) = problem_of(three_stages(), limits=stage("J1", "C", forbidden=True)).choices
    assert choice.sequences == ((0, 1, 2), (0, 1))
    assert (choice.first, choice.least_cycle_s) == (1, 18.0)
    (choice,) = problem_of(three_stages(), limits=stage("J1", "C", stays=True)).choices
    assert choice.first == 0
    assert all(2 in sequence for sequence in choice.sequences)
    assert (1, 2) in choice.sequences


def test_whoever_forbids_a_stage_gives_up_the_protection_that_it_gave() -> None:
    signal = three_stages()
    main = replace(signal.stages[0], state=signal.stages[0].state.replace("G", "g", 1))  # protected in C alone
    signal = replace(signal, stages=(main, *signal.stages[1:]))
    (choice,) = problem_of(signal).choices
    assert all(2 in sequence for sequence in choice.sequences)
    (choice,) = problem_of(signal, limits=stage("J1", "C", forbidden=True)).choices
    assert choice.sequences == ((0, 1, 2), (0, 1))
    (choice,) = problem_of(signal, limits=stage("J1", "A", forbidden=True)).choices
    assert set(choice.sequences[1:]) == {(1, 2)}


def test_a_present_sequence_that_is_too_long_may_not_be_chosen() -> None:
    (choice,) = problem_of(three_stages((0, 1, 0, 1)), limits=Limits(max_cycle_s=30)).choices
    assert choice.first == 1
    assert max(choice.shortest_s[1:]) == choice.least_cycle_s == 18.0


def test_a_sequence_has_to_fit_a_cycle_that_is_kept() -> None:
    signal = replace(three_stages(), plan=SignalPlan((0, 1, 2), (5.0, 5.0, 5.0), 27.0))
    own = StageLimits(signal="J1", stage="C", min_green_s=15)
    (choice,) = problem_of(signal, limits=Limits(stages=(own,)), keep=["cycle"]).choices
    assert choice.first == 1
    assert choice.shortest_s[1:].max() <= choice.present.cycle_s < choice.shortest_s[0]


@pytest.mark.parametrize(
    ("limits", "keep", "said"),
    [
        (stage("J9", "A"), [], "limits: no controlled signal 'J9'. Did you mean 'J3'? Known: J1, J2, J3"),
        (stage("J1", "X"), [], "limits of signal 'J1': no stage 'X'. Known: A, B"),
        (
            stage("J1", "A", forbidden=True),
            [],
            "limits: stage 'A' of signal 'J1' is forbidden, but without it a green, a stage for pedestrians alone or "
            "one that stays is lost; allow it",
        ),
        (
            stage("J1", "A", forbidden=True),
            ["stages"],
            "limits: stage 'A' of signal 'J1' is kept (keep stages, greens or signal:J1) and forbidden at once; drop "
            "one of both",
        ),
        (
            stage("J1", "A", forbidden=True),
            ["signal:J1"],
            "limits: stage 'A' of signal 'J1' is kept (keep stages, greens or signal:J1) and forbidden at once; drop "
            "one of both",
        ),
        (
            Limits(stages=(StageLimits(signal="J1", stage="A", stays=True), StageLimits(signal="J1", stage="A"))),
            [],
            "limits: stage 'A' of signal 'J1' is given twice; join the two",
        ),
        (
            Limits(min_green_s=60, max_cycle_s=90),
            [],
            "limits cannot hold together: signal 'J1' needs 128 s for its least greens and intergreens, above the "
            "longest cycle of 90 s; raise max_cycle_s or lower its least greens",
        ),
        (
            Limits(min_green_s=40),
            ["cycle"],
            "limits cannot hold together: signal 'J1' needs 88 s for its least greens and intergreens, above its kept "
            "cycle of 58 s; keep less or lower its least greens",
        ),
        (
            Limits(max_cycle_s=50),
            ["cycle"],
            "limits cannot hold together: signal 'J1' keeps its cycle of 58 s, above max_cycle_s 50; keep less or "
            "change that limit",
        ),
        (
            Limits(min_cycle_s=60),
            ["greens"],
            "limits cannot hold together: signal 'J1' keeps its cycle of 58 s, below min_cycle_s 60; keep less or "
            "change that limit",
        ),
        (
            stage("J2", "B", min_green_s=30),
            ["greens"],
            "limits cannot hold together: signal 'J2' keeps the green of 25 s of its stage 'B', below min_green_s 30; "
            "keep less or lower that limit",
        ),
        (
            Limits(min_cycle_s=150),
            [],
            "limits: min_cycle_s 150 is above the longest cycle of 120 s; lower it or give max_cycle_s",
        ),
        (
            Limits(),
            ["greens", "offsets"],
            "nothing is left to search: greens, offsets keep every plan as it is; keep less",
        ),
        (
            Limits(keep=("signal:J1", "signal:J2")),
            ["signal:J3"],
            "nothing is left to search: signal:J1, signal:J2, signal:J3 keep every plan as it is; keep less",
        ),
        (
            Limits(),
            ["signal:J7"],
            "keep 'signal:J7': no controlled signal 'J7'. Did you mean 'J3'? Known: J1, J2, J3",
        ),
        (
            Limits(),
            ["cycles"],
            "keep: no part of a plan 'cycles'. Did you mean 'cycle'? Known: cycle, greens, offsets, signal:ID, stages",
        ),
    ],
)
def test_what_cannot_be_asked_is_one_line(limits: Limits, keep: Sequence[str], said: str) -> None:
    with pytest.raises(ScenarioError) as told:
        problem_of(*street(), limits=limits, keep=keep)
    assert str(told.value) == said


def test_a_kept_green_has_to_hold_a_longer_walk() -> None:
    signal = named(crossroads(walk=True), "J1")
    greens_s = signal.plan.greens_s
    with pytest.raises(ScenarioError, match=rf"the green of {greens_s[0]:g} s .* of a walk_s of 59; keep"):
        problem_of(signal, limits=Limits(walk_s=59), keep=["greens"])
    assert problem_of(signal, limits=Limits(walk_s=5), keep=["greens"])
