"""From the question to the files: a better plan is proven and written, none is said and leaves no plan behind."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.optimise.made_runs import MadeRuns, search_little
from zhasyl.controllers import parse_controller
from zhasyl.controllers.parts.plan_file import read_plan_file, timetables
from zhasyl.errors import ScenarioError, ZhasylError
from zhasyl.optimise.finding import answer_plans, document
from zhasyl.optimise.plan_files import PLAN_FILE
from zhasyl.optimise.question import PlanQuestion, ask_plans
from zhasyl.optimise.result import Result, Step
from zhasyl.optimise.starts import METHODS
from zhasyl.runs.prepared import prepare

TinyNetwork = Callable[[str], Path]
NAME = "crossroads-with-crossings"


@pytest.fixture(autouse=True)
def _little(monkeypatch: pytest.MonkeyPatch) -> None:
    search_little(monkeypatch)


@pytest.fixture
def config(tiny_network: TinyNetwork) -> Path:
    return tiny_network(NAME)


def asked(config: Path, out: Path, **changed: object) -> PlanQuestion:
    said = {
        "scenario": str(config), "budget": 16, "minutes": None, "objective": "delay_s", "variant": "", "keep": (),
        "limits": "", "change_price": "", "seed": 1, "proof_seeds": "101-106", "robust_seeds": 0, "out": out,
    }  # fmt: skip
    return ask_plans(**{**said, **changed})  # type: ignore[arg-type]


def answered(question: PlanQuestion, **changed: object) -> tuple[Result, MadeRuns]:
    longest_s = sum(sum(plan.greens_s) for plan in question.problem.present.values())
    runs = MadeRuns(longest_s, **changed)  # type: ignore[arg-type]
    return answer_plans(question, runs), runs


def test_a_better_plan_is_proven_and_written(config: Path, tmp_path: Path) -> None:
    question = asked(config, tmp_path, robust_seeds=None)
    result, runs = answered(question)
    assert result.better
    assert result.reason == ""
    assert result.plans != result.present
    delay = result.proof[0]
    assert (delay.measure, delay.n, delay.verdict) == ("delay_s", 6, "better")
    spent_s = sum(sum(plan.greens_s) for plan in result.plans.values())
    assert delay.difference == pytest.approx(-0.1 * (runs.longest_s - spent_s))
    assert result.spent <= 16
    assert len(runs.specs) <= 16 + question.further_runs
    assert {one.variant for one in result.robustness} == {"demand_scale=0.85", "demand_scale=1.15", "rain=heavy"}
    assert {(one.comparison.n, one.comparison.why) for one in result.robustness} == {(5, "")}, "enough for a verdict"
    assert {spec.seed for spec in runs.specs[: result.spent]}.isdisjoint(question.proof_seeds)
    assert [one.values["label"] for one in result.records[:6]] == ["fixed"] * 6
    assert result.tried == result.plans


def test_plans_of_analytic_methods_meet_the_seeds_of_the_proof(config: Path, tmp_path: Path) -> None:
    question = asked(config, tmp_path)
    result, runs = answered(question)
    assert {one for start in result.starts for one in start.name.split("; ")} <= set(METHODS.values())
    assert result.starts
    sums_s = {
        sum(row.greens_s or ()) for file in (tmp_path / "plans").glob("*.csv") for row in read_plan_file(file).rows
    }
    for one in result.starts:
        assert one.seeds == len(question.proof_seeds)
        assert one.before == pytest.approx(result.proof[0].baseline_mean)
        assert one.is_tried == (one.lead is None)
        green_s = runs.longest_s - 10 * ((one.before or 0.0) - (one.after or 0.0))  # the delay of made runs follows
        assert min(abs(green_s - sum_s) for sum_s in sums_s) < 1e-6
    assert {one["seed"] for one in result.analytic} == set(question.proof_seeds)
    assert len(result.analytic) == len(result.starts) * len(question.proof_seeds)


def test_what_is_written_is_what_was_found(config: Path, tmp_path: Path) -> None:
    question = asked(config, tmp_path)
    result, _ = answered(question)
    signals = prepare(question.scenario).derived.signals
    read = timetables(read_plan_file(tmp_path / "plan.csv"), signals)
    assert {name: found.plans[0] for name, found in read.items()} == dict(result.plans)
    assert "plans" in parse_controller(f"fixed:plans={question.out / PLAN_FILE}").parameters.model_dump()
    assert '<tlLogic id="centre" type="static" programID="given 00:00"' in (tmp_path / "plan.add.xml").read_text()
    said = json.loads((tmp_path / "optimise.json").read_text("utf-8"))
    assert said == json.loads(json.dumps(document(result)))
    assert said["better"] is True
    assert said["plans"]["centre"]["greens_s"] == list(result.plans["centre"].greens_s)


def test_where_nothing_is_better_the_reason_is_said_and_no_plan_is_left(config: Path, tmp_path: Path) -> None:
    for name in ("plan.csv", "plan.add.xml"):
        (tmp_path / name).write_text("of a search before", encoding="utf-8")
    result, _ = answered(asked(config, tmp_path), slope=0.0)
    assert not result.better
    assert result.plans == result.present != result.tried
    assert result.reason == (
        "the present plan won the search's last race; of the next best: on 6 seeds "
        "that the search never saw the best plan's Delay does not differ in any run"
    )
    assert sorted(path.name for path in tmp_path.glob("*.*")) == ["optimise.json"]


def test_what_is_present_stays_where_its_race_is_won(config: Path, tmp_path: Path) -> None:
    question = asked(config, tmp_path)
    present = question.problem.present["centre"].greens_s

    class PresentIsBest(MadeRuns):
        def _green_s(self, spec):  # type: ignore[no-untyped-def]
            plans = getattr(spec.controller.parameters, "table", None)
            is_present = plans is None or not plans.rows or plans.rows[0].greens_s == present
            return self.longest_s + (0.0 if is_present else 90.0)

    result = answer_plans(question, PresentIsBest(80.0))
    assert not result.better
    assert result.reason.startswith("the present plan won the search's last race")
    assert result.reason.endswith("it is worse")
    assert result.plans == result.present != result.tried
    assert result.proof[0].n == 6
    assert result.proof[0].verdict == "worse"


def test_a_present_plan_beyond_the_limits_is_named(config: Path, tmp_path: Path) -> None:
    present = asked(config, tmp_path).problem.present["centre"]
    limits = tmp_path / "limits.toml"
    limits.write_text(f"[limits]\nmax_cycle_s = {present.cycle_s - 2:g}\n", encoding="utf-8")
    result, _ = answered(asked(config, tmp_path, limits=str(limits)), slope=0.0)
    assert not result.better
    assert any("signal 'centre': the present plan, which stays, is not within the limits" in o for o in result.remarks)


@pytest.mark.parametrize("limit", ["min_cycle_s", "min_green_s"])
def test_so_is_one_that_is_too_short(config: Path, tmp_path: Path, limit: str) -> None:
    present = asked(config, tmp_path).problem.present["centre"]
    least_s = {"min_cycle_s": present.cycle_s, "min_green_s": min(present.greens_s)}[limit] + 1
    limits = tmp_path / "limits.toml"
    limits.write_text(f"[limits]\n{limit} = {least_s:g}\n", encoding="utf-8")
    result, _ = answered(asked(config, tmp_path, limits=str(limits)), slope=0.0)
    assert any("the present plan, which stays, is not within" in one for one in result.remarks)


def test_a_proof_whose_run_failed_proves_nothing(config: Path, tmp_path: Path) -> None:
    result, _ = answered(asked(config, tmp_path), failing=frozenset({103}))
    assert not result.better
    assert result.reason == "1 of 6 runs of the proof have no value"
    assert not (tmp_path / "plan.csv").exists()


def test_steps_are_told_as_they_come_and_the_same_question_has_the_same_answer(config: Path, tmp_path: Path) -> None:
    told: list[Step] = []
    question = asked(config, tmp_path)
    result = answer_plans(question, MadeRuns(80.0), told.append)
    assert tuple(told) == result.steps
    assert {step.stage for step in told} >= {"present plan", "first plans", "race"}
    again = answer_plans(replace(question), MadeRuns(80.0))
    assert again.plans == result.plans
    assert again.steps == result.steps


def test_an_objective_without_a_value_is_one_line(config: Path, tmp_path: Path) -> None:
    question, runs = asked(config, tmp_path, objective="walker_delay_s"), MadeRuns(80.0)
    runs.changed["walker_delay_s"] = float("nan")
    with pytest.raises(ScenarioError) as said:
        answer_plans(question, runs)
    assert {spec.controller.label for spec in runs.specs} == {"fixed"}  # said before the search spends anything
    assert str(said.value) == (
        f"objective 'walker_delay_s' has no value in '{NAME}': nobody walks there, so 'walker_delay_s' cannot be told; "
        "choose other measures"
    )


def test_kept_parts_and_a_price_reach_the_search(config: Path, tmp_path: Path) -> None:
    result, _ = answered(asked(config, tmp_path, keep="cycle,offsets"))
    for name, plan in result.plans.items():
        assert plan.cycle_s == result.present[name].cycle_s
    dear, _ = answered(asked(config, tmp_path, change_price="greens=100"))
    assert dear.plans == dear.present
    assert not dear.better
    assert any("is counted in the verdict" in remark for remark in dear.remarks)
    assert "the best plan's Delay with the price of its change differs by" in dear.reason


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"budget": 0}, "budget 0 is below the 10 runs that one comparison takes (five seeds of two plans); "
         "give for example 300"),
        ({"budget": 9}, "budget 9 is below the 10 runs"),
        ({"budget": True}, "budget True is below"),
        ({"minutes": 0}, "minutes 0 is no time above 0 and up to 100000; give for example 60"),
        ({"minutes": -1}, "minutes -1 is no time above 0"),
        ({"minutes": float("inf")}, "minutes inf is no time above 0"),
        ({"proof_seeds": "101"}, "proof-seeds 101: a verdict takes at least 5; give for example 101-110"),
        ({"proof_seeds": [101]}, "proof-seeds 101: a verdict takes at least 5"),
        ({"robust_seeds": 7}, "robust-seeds 7 is not within 0 to the 6 seeds of the proof"),
        ({"robust_seeds": -1}, "robust-seeds -1 is not within 0 to the 6 seeds"),
        ({"objective": "speed"}, "no measure to minimise 'speed'."),
        ({"change_price": "greens"}, "change price 'greens': give units"),
        ({"keep": "cyle"}, "no part of a plan 'cyle'. Did you mean 'cycle'?"),
        ({"limits": "nowhere.toml"}, "nowhere.toml"),
        ({"variant": "rain=snow"}, "rain"),
        ({"seed": -1}, "-1"),
    ],
)  # fmt: skip
def test_what_is_asked_amiss_is_one_line(config: Path, tmp_path: Path, changed: dict[str, object], said: str) -> None:
    with pytest.raises(ZhasylError) as told:
        asked(config, tmp_path, **changed)
    assert said in str(told.value)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    ("routes", "said"),
    [
        ("<routes/>", "scenario 'empty' has no demand: its route files hold no vehicle, or none whose route is valid"),
        (
            '<routes><flow id="late" from="north-in" to="south-out" begin="5000" end="9000" number="9"/></routes>',
            "scenario 'empty': no traffic passes its signals in the measured period; give it a demand, or "
            "another period",
        ),
    ],
)
def test_a_scenario_without_demand_is_one_line(config: Path, tmp_path: Path, routes: str, said: str) -> None:
    (tmp_path / "none.rou.xml").write_text(routes, encoding="utf-8")
    empty = tmp_path / "empty.sumocfg"
    text = config.read_text("utf-8").replace(f"{NAME}.rou.xml", "none.rou.xml")
    empty.write_text(text.replace(f"{NAME}.net.xml", str(config.with_suffix(".net.xml"))), encoding="utf-8")
    with pytest.raises(ZhasylError) as told:
        asked(empty, tmp_path)
    assert str(told.value).startswith(said)
    assert "\n" not in str(told.value)
