"""Plans by time of day: each period's search has its share and its folder, and the timetable plays what was found."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.optimise.made_runs import MadeRuns, search_little
from zhasyl.controllers.parts.plan_file import read_plan_file, timetables
from zhasyl.errors import ScenarioError, ZhasylError
from zhasyl.optimise.day import Day, DayQuestion, answer_day, ask_day, by_stages_of, check_alike
from zhasyl.optimise.result import Step
from zhasyl.reports.day import headline, page, timetable_grid
from zhasyl.runs.prepared import prepare

PERIODS = "night,morning"
TINY = "abay-seifullin"


def asked(out: Path, **changed: object) -> DayQuestion:
    said = {
        "scenario": TINY, "periods": PERIODS, "budget": 33, "minutes": None, "objective": "delay_s", "variant": "",
        "keep": (), "limits": "", "change_price": "", "seed": 1, "proof_seeds": "101-106", "robust_seeds": 1,
        "out": out,
    }  # fmt: skip
    return ask_day(**{**said, **changed})  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def question(tmp_path_factory: pytest.TempPathFactory) -> DayQuestion:
    return asked(tmp_path_factory.mktemp("day"))


@pytest.fixture(scope="module")
def day(question: DayQuestion) -> Iterator[tuple[Day, list[Step]]]:
    with pytest.MonkeyPatch.context() as patch:
        search_little(patch)
        steps: list[Step] = []
        yield answer_day(question, _ByPeriod(150.0), steps.append), steps


class _ByPeriod(MadeRuns):
    """At night no plan is better than another."""

    def _green_s(self, spec):  # type: ignore[no-untyped-def]
        return self.longest_s if "period=night" in spec.scenario.variant else super()._green_s(spec)


def test_periods_share_the_budget_in_the_order_of_the_day(question: DayQuestion) -> None:
    assert [(part.name, part.question.runs) for part in question.parts] == [("morning", 16), ("night", 16)]
    assert [part.from_s for part in question.parts] == [28800.0 - 900.0, 79200.0 - 900.0]
    assert [part.question.out.name for part in question.parts] == ["morning", "night"]
    assert question.runs == 32
    assert question.budget.minutes is None


def test_other_periods_are_no_situations_of_a_plan_that_is_not_played_then(question: DayQuestion) -> None:
    names = [[name for name, _ in part.question.situations] for part in question.parts]
    assert names == [["demand_scale=0.85", "demand_scale=1.15", "rain=heavy"]] * 2


def test_minutes_are_shared_too(tmp_path: Path) -> None:
    assert [part.question.budget.minutes for part in asked(tmp_path, minutes=30.0).parts] == [15.0, 15.0]


def test_the_timetable_has_the_found_plans_and_the_present_one_where_none_is_better(
    question: DayQuestion, day: tuple[Day, list[Step]]
) -> None:
    found, _ = day
    assert {name: one.better for name, one in found.results.items()} == {"morning": True, "night": False}
    assert found.results["night"].plans == found.results["night"].present
    read = timetables(read_plan_file(question.out / "plan.csv"), found.signals)
    for name, one in found.results.items():
        scenario = one.scenario
        for time_s in (scenario.start_s, scenario.end_s - 1):
            assert {signal: table.plan_at(time_s) for signal, table in read.items()} == dict(one.plans), name
    assert "<WAUT" in (question.out / "plan.add.xml").read_text("utf-8")
    said = json.loads((question.out / "optimise.json").read_text("utf-8"))
    assert said["better"] is True
    assert {name: one["from"] for name, one in said["periods"].items()} == {"morning": "07:45", "night": "21:45"}


def test_steps_say_which_period_they_are_of(day: tuple[Day, list[Step]]) -> None:
    _, steps = day
    assert {step.stage.split(": ")[0] for step in steps} == {"morning", "night"}
    assert sum(step.stage.endswith("present plan") for step in steps) == 2


def test_what_people_read_says_where_the_present_plan_stays(day: tuple[Day, list[Step]]) -> None:
    found, _ = day
    assert headline(found) == (
        "A better plan was found for 1 of 2 periods (morning); in the others the timetable has the present plan."
    )
    assert [row[1] for row in timetable_grid(found).rows] == ["07:45", "21:45"]
    text = page(found)
    assert '<a href="morning/optimise.html">morning</a>' in text
    assert "--variant period=morning" in text


def test_where_no_period_has_a_better_plan_none_is_left(question: DayQuestion, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        search_little(patch)
        (tmp_path / "plan.csv").write_text("of a search before", encoding="utf-8")
        parts = tuple(
            replace(part, question=replace(part.question, out=tmp_path / part.name)) for part in question.parts
        )
        found = answer_day(replace(question, parts=parts, out=tmp_path), MadeRuns(150.0, slope=0.0))
    assert not found.better
    assert not (tmp_path / "plan.csv").exists()
    assert headline(found).startswith("No better plan was found for any period.")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"periods": "morning,noon"}, "no period 'noon'"),
        ({"periods": "morning"}, "fewer than two"),
        ({"periods": " , "}, "fewer than two"),
        ({"budget": 19}, "budget 19 is below the 20 runs that 2 periods take"),
        ({"budget": 0}, "budget 0 is below the 10 runs"),
        ({"minutes": 0.0}, "minutes 0.0 is no time above 0"),
        ({"minutes": -1}, "minutes -1 is no time above 0"),
        ({"variant": "period=morning"}, "names a period beside the periods"),
        ({"scenario": "resco:cologne1"}, "has one period"),
    ],
)
def test_what_is_asked_amiss_is_one_line(tmp_path: Path, changed: dict[str, object], said: str) -> None:
    with pytest.raises(ZhasylError, match=said) as caught:
        asked(tmp_path, **changed)
    assert "\n" not in str(caught.value)


def test_a_plan_keeps_its_stages_where_a_period_shows_them_in_another_order(question: DayQuestion) -> None:
    ((name, signal),) = prepare(question.parts[0].question.scenario).derived.signals.items()
    turned = replace(signal, stages=(*signal.stages[2:], *signal.stages[:2]))
    check_alike({"morning": {name: signal}, "night": {name: turned}})
    kept = by_stages_of(signal, turned.plan, turned)
    assert [signal.stages[stage].id for stage in kept.stages] == [
        turned.stages[stage].id for stage in turned.plan.stages
    ]
    assert kept.stages != turned.plan.stages


@pytest.mark.parametrize("changed", [{"yellow_s": 4.0}, {"walk_s": 9.0}])
def test_periods_of_unlike_signals_have_no_timetable(question: DayQuestion, changed: dict[str, float]) -> None:
    ((name, signal),) = prepare(question.parts[0].question.scenario).derived.signals.items()
    for other in ({name: replace(signal, **changed)}, {}):  # type: ignore[arg-type]
        with pytest.raises(
            ScenarioError, match=f"'{name}' has other stages or intergreens in 'night' than in 'morning'"
        ):
            check_alike({"morning": {name: signal}, "night": other})
