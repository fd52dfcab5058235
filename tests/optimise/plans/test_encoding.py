"""Plans as points: every point is a plan that can be played, within the limits; a plan's point is that plan."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.fakes import crossroads
from tests.optimise.plans.problems import named, planned, problem_of, problems
from zhasyl.arrays import FloatArray
from zhasyl.controllers.parts.plan_file import plans_csv, read_plan_file, timetables
from zhasyl.optimise.plans.choices import SignalChoice, batch_of
from zhasyl.optimise.plans.encoding import MOST_WEIGHT, Encoding
from zhasyl.optimise.plans.problem import Problem
from zhasyl.scenarios.limits import Limits, StageLimits
from zhasyl.signals import Signal, SignalPlan

pytestmark = pytest.mark.filterwarnings("ignore::hypothesis.errors.NonInteractiveExampleWarning")
SOME = settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
MOST_GREEN_S = 600.0  # of a plan file


def points(encoding: Encoding, seed: int) -> FloatArray:
    """Corners, the middle, points within the cube and beyond its edges."""
    rng, d = np.random.default_rng(seed), len(encoding)
    inside = rng.random((2, d))
    corners = rng.integers(0, 2, (2, d)).astype(float)
    return np.concatenate([np.zeros((1, d)), np.ones((1, d)), inside, corners, inside[:1] * 3 - 1])


def candidates(problem: Problem, seed: int) -> list[dict[str, SignalPlan]]:
    encoding = Encoding(problem)
    batch = encoding.decode(points(encoding, seed))
    return [batch.plans(number, problem.choices) for number in range(len(batch))]


def read_back(path: Path, problem: Problem, plans: dict[str, SignalPlan]) -> dict[str, SignalPlan]:
    signals = {one.signal.id: one.signal for one in problem.choices}
    path.write_text(plans_csv(signals, {name: [(0.0, plan)] for name, plan in plans.items()}), encoding="utf-8")
    return {name: found.plans[0] for name, found in timetables(read_plan_file(path), signals).items()}


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("plans") / "plan.csv"


@SOME
@given(problem=problems(), seed=st.integers(0, 9))
def test_every_point_is_a_plan_that_a_plan_file_plays(file: Path, problem: Problem, seed: int) -> None:
    for plans in candidates(problem, seed):
        assume(all(max(plan.greens_s) <= MOST_GREEN_S for plan in plans.values()))
        found = read_back(file, problem, plans)
        for name, plan in plans.items():
            assert found[name].stages == plan.stages
            assert found[name].greens_s == pytest.approx(plan.greens_s)
            assert found[name].cycle_s == pytest.approx(plan.cycle_s)
            assert found[name].offset_s == pytest.approx(plan.offset_s, abs=0.01)


@SOME
@given(problem=problems(), seed=st.integers(0, 9))
def test_every_point_holds_the_limits(problem: Problem, seed: int) -> None:
    for plans in candidates(problem, seed):
        for choice, free in zip(problem.choices, problem.free, strict=True):
            plan, sequence = plans[choice.signal.id], _sequence(choice, plans[choice.signal.id])
            assert sum(plan.greens_s) + sum(choice.intergreens_s(sequence)) == pytest.approx(plan.cycle_s)
            assert 0 <= plan.offset_s < plan.cycle_s
            if free and not problem.keep.has("greens"):
                least_s = [choice.least_s[place] for place in sequence]
                assert all(green_s >= least for green_s, least in zip(plan.greens_s, least_s, strict=True))
                whole = [green_s % 1 for green_s in plan.greens_s]
                assert sum(part > 1e-9 for part in whole) <= 1
            if free and not problem.keep.has("cycle"):
                assert problem.shortest_s - 1e-9 <= plan.cycle_s <= problem.longest_s + 1e-9
        if not problem.keep.has("cycle"):
            for group in problem.groups:
                cycles_s = [plans[problem.choices[index].signal.id].cycle_s for index in group if problem.free[index]]
                assert all(max(cycles_s, default=0.0) / cycle_s in (1.0, 2.0) for cycle_s in cycles_s)


def _sequence(choice: SignalChoice, plan: SignalPlan) -> tuple[int, ...]:
    return next(order for order in choice.sequences if choice.stages(order) == plan.stages)


@SOME
@given(problem=problems(), seed=st.integers(0, 9))
def test_what_is_kept_stays(problem: Problem, seed: int) -> None:
    for plans in candidates(problem, seed):
        for choice, free in zip(problem.choices, problem.free, strict=True):
            plan, present = plans[choice.signal.id], choice.present
            if not free:
                assert plan == replace(present, offset_s=plan.offset_s)
            if not free or problem.keep.has("offsets"):
                moved_s = (plan.offset_s - present.offset_s) % plan.cycle_s
                assert min(moved_s, plan.cycle_s - moved_s) <= 0.5 + 1e-9
            if problem.keep.has("cycle"):
                assert plan.cycle_s == present.cycle_s
            if problem.keep.has("stages"):
                assert plan.stages == present.stages
            if problem.keep.has("greens"):
                assert plan.greens_s == present.greens_s


@SOME
@given(problem=problems(), seed=st.integers(0, 9))
def test_the_point_of_a_decoded_plan_keeps_its_stages_and_cycles(problem: Problem, seed: int) -> None:
    encoding = Encoding(problem)
    for plans in candidates(problem, seed):
        again = encoding.decode(encoding.encode(plans)[None]).plans(0, problem.choices)
        for name, plan in plans.items():
            assert again[name].stages == plan.stages
            assert abs(again[name].cycle_s - plan.cycle_s) <= (0 if plan.cycle_s % 2 == 0 else 1.0)
            ahead_s = abs(again[name].offset_s - plan.offset_s)
            assert min(ahead_s, plan.cycle_s - ahead_s) <= 1.5


@SOME
@given(planned())
def test_the_present_plan_comes_back(signal: Signal) -> None:
    problem = problem_of(named(signal, "J1"))
    (choice,), encoding = problem.choices, Encoding(problem)
    present = choice.present
    more_s = np.array(present.greens_s) - np.array(choice.least_s)
    assume((more_s >= 0.5).all() and encoding.low_s[0] <= present.cycle_s <= encoding.high_s[0])
    logs = np.log(more_s)
    assume(np.abs(logs - logs.mean()).max() <= np.log(MOST_WEIGHT))
    again = encoding.decode(encoding.encode(problem.present)[None]).plans(0, problem.choices)["J1"]
    assert again.stages == present.stages
    most_s = 0.0 if present.cycle_s % 2 == 0 else 2.0
    assert np.abs(np.array(again.greens_s) - present.greens_s).max() <= most_s
    assert abs(again.cycle_s - present.cycle_s) <= most_s / 2
    assert abs(again.offset_s - present.offset_s) <= 1.5 or again.offset_s == 0.0


@SOME
@given(signal=planned(), seed=st.integers(0, 9), data=st.data())
def test_a_forbidden_stage_never_comes_and_one_that_stays_always(
    signal: Signal, seed: int, data: st.DataObject
) -> None:
    signal = named(signal, "J1")
    stage, other = data.draw(st.permutations(range(len(signal.stages))))[:2]
    said = (
        StageLimits(signal="J1", stage=signal.stages[stage].id, forbidden=True),
        StageLimits(signal="J1", stage=signal.stages[other].id, stays=True),
    )
    try:
        problem = problem_of(signal, limits=Limits(stages=said, max_cycle_s=300))
    except Exception as error:
        assume("is forbidden, but" not in str(error))
        raise
    for plans in candidates(problem, seed):
        assert stage not in plans["J1"].stages
        assert other in plans["J1"].stages
    encoding = Encoding(problem)
    present = encoding.decode(encoding.encode(problem.present)).plans(0, problem.choices)
    assert stage not in present["J1"].stages
    assert len(batch_of([problem.present], problem.choices)) == 1


def test_a_signal_that_is_kept_has_no_say_in_the_cycle_of_its_neighbours() -> None:
    kept, free = _row(120.0, 60.0)
    problem = problem_of(kept, free, keep=["signal:J1"])
    encoding = Encoding(problem)
    assert encoding.decode(encoding.encode(problem.present)).plans(0, problem.choices) == problem.present


def test_a_group_plays_one_cycle_or_half_of_it() -> None:
    problem = problem_of(*_row(80.0, 40.0), limits=Limits(min_cycle_s=40, max_cycle_s=100))
    assert problem.groups == ((0, 1),)
    encoding = Encoding(problem)
    assert [one.kind for one in encoding.variables] == [
        "cycle", "half", "weight", "weight", "offset", "half", "weight", "weight", "offset"]  # fmt: skip
    assert encoding.decode(encoding.encode(problem.present)).plans(0, problem.choices) == problem.present
    point = encoding.encode(problem.present)
    point[0] = 0.5  # 70 s; half of it is below the least cycle
    assert encoding.decode(point).cycle_s.tolist() == [[70.0, 70.0]]


def test_a_cycle_between_even_seconds_is_within_the_limits() -> None:
    problem = problem_of(_row(60.0, 60.0)[0], limits=Limits(min_cycle_s=45, max_cycle_s=45))
    encoding = Encoding(problem)
    assert set(encoding.decode(points(encoding, 1)).cycle_s[:, 0].tolist()) == {45.0}


def test_a_plan_of_stages_that_may_not_be_chosen_has_a_point_too() -> None:
    signal = named(crossroads(), "J1")
    twice = replace(signal, plan=SignalPlan((0, 1, 0, 1), (20.0, 20.0, 20.0, 20.0), 96.0))
    problem = problem_of(twice, keep=["stages"])
    encoding = Encoding(problem)
    found = encoding.decode(encoding.encode({"J1": SignalPlan((0, 1), (30.0, 20.0), 58.0)})).plans(0, problem.choices)
    assert found["J1"].stages == (0, 1, 0, 1)
    assert found["J1"].greens_s[0] > found["J1"].greens_s[1]


def _row(*cycles_s: float) -> list[Signal]:
    """Two crossroads, the first of which feeds the second."""
    found = []
    for (name, first, last), cycle_s in zip([("J1", "", "between"), ("J2", "between", "")], cycles_s, strict=True):
        plan = SignalPlan((0, 1), (cycle_s / 2 - 4, cycle_s / 2 - 4), cycle_s, 5.0)
        found.append(replace(named(crossroads(), name, first, last), plan=plan))
    return found
