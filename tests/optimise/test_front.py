"""A front: plans that do not dominate each other, with their files, beside the present plan."""

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.optimise.made_runs import MadeRuns, search_little
from zhasyl.controllers import parse_controller
from zhasyl.errors import ScenarioError, ZhasylError
from zhasyl.optimise import front as front_module
from zhasyl.optimise.front import Front, answer_front, document, optimise_front
from zhasyl.optimise.objective import parse_front
from zhasyl.optimise.question import PlanQuestion, ask_plans
from zhasyl.optimise.result import Step
from zhasyl.optimise.search.budget import Budget, check_front_budget
from zhasyl.reports.front import headline, write_front
from zhasyl.runs.spec import RunSpec
from zhasyl.runs.store import RunRecord

OBJECTIVES = parse_front("delay_s,walker_delay_s")


class Conflicting(MadeRuns):
    """Pedestrians wait longer where cars wait less."""

    def _record(self, spec: RunSpec) -> RunRecord:
        record = super()._record(spec)
        record.values["walker_delay_s"] = 10.0 + 0.2 * (self.longest_s - self._green_s(spec))
        return record


@pytest.fixture
def question(tiny_network: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PlanQuestion:
    search_little(monkeypatch)
    config = str(tiny_network("crossroads-with-crossings"))
    asked = ask_plans(config, 40, None, "delay_s", "", (), "", "", 1, "101-105", 0, tmp_path)
    return replace(asked, front=OBJECTIVES)


def test_the_plans_of_a_front_are_choices(question: PlanQuestion, tmp_path: Path) -> None:
    runs = Conflicting(80.0)
    front: Front = answer_front(question, runs)
    assert front.spent == len({spec.folder for spec in runs.specs}) <= 40
    assert len(front.plans) >= 2
    delays_s, walkers_s = zip(*(one.means for one in front.plans), strict=True)
    assert list(delays_s) == sorted(delays_s)
    assert list(walkers_s) == sorted(walkers_s, reverse=True)
    for one in front.plans:
        assert parse_controller(f"fixed:plans={one.file}")
    assert front.present.name == "present plan"
    assert front.present.plans == question.problem.present
    rows = read_csv(tmp_path / "front.csv")
    assert [row["plan"] for row in rows] == ["present plan", *(f"plan {n + 1}" for n in range(len(front.plans)))]
    assert [float(row["delay_s"]) for row in rows[1:]] == pytest.approx(list(delays_s), rel=1e-4)
    assert json.loads((tmp_path / "front.json").read_text("utf-8")) == json.loads(json.dumps(document(front)))


def test_what_a_plan_changes_is_paired_by_seed(question: PlanQuestion, tmp_path: Path) -> None:
    front = answer_front(question, Conflicting(80.0))
    for one in front.plans:
        assert one.seeds == front.present.seeds
        assert one.differences == pytest.approx(
            [mine - its for mine, its in zip(one.means, front.present.means, strict=True)]
        )
        assert (one.half_widths[0] or 0.0) > 1.0  # made runs differ much by their seed,
        assert one.difference_half_widths == pytest.approx((0.0, 0.0), abs=1e-9)  # and all plans alike
    assert front.present.differences == front.present.difference_half_widths == (None, None)
    rows = read_csv(tmp_path / "front.csv")
    assert [rows[0][f"delay_s difference{part}"] for part in ("", " half width")] == ["", ""]
    for row, one in zip(rows[1:], front.plans, strict=True):
        assert float(row["walker_delay_s difference"]) == pytest.approx(one.differences[1], rel=1e-4)
        assert float(row["delay_s difference half width"]) == pytest.approx(0.0, abs=1e-9)
    told = json.loads((tmp_path / "front.json").read_text("utf-8"))
    assert told["present"]["differences"] == {"delay_s": None, "walker_delay_s": None}
    assert told["front"][0]["differences"]["delay_s"] == front.plans[0].differences[0]


def test_a_folder_that_was_moved_still_holds_its_plans(question: PlanQuestion, tmp_path: Path) -> None:
    front = answer_front(question, Conflicting(80.0))
    rows = read_csv(tmp_path / "front.csv")
    assert rows[0]["file"] == ""
    assert [row["file"] for row in rows[1:]] == [f"plans/{Path(one.file).name}" for one in front.plans]
    assert [tmp_path / row["file"] for row in rows[1:]] == [Path(one.file) for one in front.plans]


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_plans_that_the_present_one_beats_are_no_choices(question: PlanQuestion, tmp_path: Path) -> None:
    front = answer_front(question, Conflicting(500.0, slope=-0.1))
    assert front.plans == ()
    assert headline(front).startswith("The present plan beats every other one that was found in ")
    assert "present plan" in write_front(tmp_path, front).read_text("utf-8")


def test_python_asks_what_the_command_line_asks(
    question: PlanQuestion, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = Conflicting(80.0)
    monkeypatch.setattr(front_module, "run_many", lambda specs, *_: runs(specs))
    told: list[Step] = []
    asked = {"budget": 40, "proof_seeds": "101-105", "out": tmp_path, "on_step": told.append}
    front = optimise_front(question.scenario, ["delay_s", "walker_delay_s"], **asked)  # type: ignore[arg-type]
    assert front.plans == answer_front(question, Conflicting(80.0)).plans
    count = len(front.plans[0].seeds)
    assert f"beaten by another one beyond the noise of {count} seeds; so few tell little" in headline(front)
    assert front.objectives == OBJECTIVES
    assert tuple(told) == front.steps
    assert {spec.seed for spec in runs.specs}.isdisjoint(range(101, 106))


@pytest.mark.parametrize(
    ("objectives", "changed", "said"),
    [
        (["delay_s"], {}, "a front of one objective, 'delay_s'"),
        ("delay_s,delay_s", {}, "rank plans alike"),
        ("delay_s,stops", {"budget": 39}, "budget 39 is below the 40 runs that a front takes"),
        (("delay_s", None), {}, "objectives=('delay_s', None) is no text, or list of texts"),
    ],
)
def test_a_front_asked_amiss_is_one_line(
    question: PlanQuestion, tmp_path: Path, objectives: Any, changed: dict[str, Any], said: str
) -> None:
    with pytest.raises(ZhasylError) as told:
        optimise_front(question.scenario, objectives, **{"out": tmp_path, **changed})
    assert said in str(told.value)
    assert "\n" not in str(told.value)


def test_too_small_a_budget(question: PlanQuestion) -> None:
    check_front_budget(question.budget)
    check_front_budget(Budget(10, minutes=1.0))
    with pytest.raises(ZhasylError) as told:
        check_front_budget(Budget(39))
    assert str(told.value) == "budget 39 is below the 40 runs that a front takes; give for example 300"


def test_an_objective_without_value(question: PlanQuestion) -> None:
    with pytest.raises(ScenarioError, match="nobody walks there, so 'walker_delay_s' cannot be told"):
        answer_front(question, MadeRuns(80.0, changed={"walker_delay_s": float("nan")}))
