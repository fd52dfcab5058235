"""A search for parameters from its question to its answer, with a formula in SUMO's place."""

import json
import math
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from zhasyl.cli import status
from zhasyl.errors import ScenarioError, ZhasylError
from zhasyl.measures import MEASURES
from zhasyl.optimise.asked import Asked, asking, read_asked
from zhasyl.optimise.tuning.question import TuningQuestion, ask_tuning
from zhasyl.optimise.tuning.tune import answer_tuning
from zhasyl.runs.spec import RunSpec, about
from zhasyl.runs.store import RunRecord

TinyNetwork = Callable[[str], Path]
NAMES = ("t-junction-left-turn", "crossroads-shared-lanes", "crossroads-with-crossings")
BEST = {NAMES[0]: 60.0, NAMES[1]: 100.0, NAMES[2]: 100.0}
LEVEL_S = {NAMES[0]: 30.0, NAMES[1]: 300.0, NAMES[2]: 30.0}


class Formula:
    """Delay as a parabola of range_m by network, and noise by seed that all have in common; counts its runs."""

    def __init__(self, fails: Callable[[RunSpec], bool] = lambda _: False, how: str = "failed") -> None:
        self.specs: list[RunSpec] = []
        self._fails, self._how = fails, how

    def __call__(self, specs: Iterable[RunSpec]) -> list[RunRecord]:
        asked = list(specs)
        self.specs += asked
        return [self._record(spec) for spec in asked]

    def _record(self, spec: RunSpec) -> RunRecord:
        fails = self._fails(spec)
        if fails and self._how == "failed":
            return RunRecord({**about(spec), "status": "failed", "reason": "it fell"}, spec.folder)
        name = Path(spec.scenario.source).stem
        away = (spec.controller.parameters.range_m - BEST[name]) / 100  # type: ignore[attr-defined]
        delay_s = LEVEL_S[name] * (1 + away**2 + 0.05 * math.sin(spec.seed) + 0.001 * math.sin(spec.seed * away))
        values: dict[str, Any] = {measure.key: 1.0 for measure in MEASURES}
        if fails:
            values |= {"faults": [{"signal": "J", "time_s": 1.0, "reason": "it fell"}]}
            delay_s = 1.0
        return RunRecord({**about(spec), **values, "status": "done", "delay_s": delay_s}, spec.folder)


@pytest.fixture
def ask(tiny_network: TinyNetwork, tmp_path: Path) -> Callable[..., TuningQuestion]:
    def asked(names: Iterable[str], budget: int = 40, checks: Iterable[str] = (), **changes: Any) -> TuningQuestion:
        given: dict[str, Any] = {
            "controller": "max-pressure", "minutes": None, "objective": "delay_s", "variant": "", "sensor": "perfect",
            "keep": ["min_green_s,max_green_s", "clearing_s"], "seed": 1, "proof_seeds": "101-106", "robust_seeds": 0,
            "out": tmp_path, **changes,
        }  # fmt: skip
        places = [str(tiny_network(name)) for name in names]
        return ask_tuning(places, budget=budget, checks=[str(tiny_network(name)) for name in checks], **given)

    return asked


def test_better_parameters_are_found_and_proven_on_new_seeds(
    ask: Callable[..., TuningQuestion], tmp_path: Path
) -> None:
    run = Formula()
    result = answer_tuning(ask(NAMES[:1], checks=NAMES[1:2]), run)
    assert result.better
    assert result.controller == result.found.label != result.given.label == "max-pressure"
    assert abs(result.found.parameters.model_dump()["range_m"] - BEST[NAMES[0]]) < 15
    assert result.change is not None
    assert result.change.high < -0.3
    assert {one["seed"] for one in result.records} == set(range(101, 107))
    searched = run.specs[: result.spent]
    assert result.spent <= 40
    assert not {spec.seed for spec in searched} & set(range(101, 107))
    assert [(one.variant, one.comparison.n) for one in result.checks] == [(run.specs[-1].scenario.id, 5)]
    written = json.loads((tmp_path / "optimise.json").read_text())
    assert written["controller"] == result.controller
    assert written["searched"][1] == {"name": "range_m", "given": 150.0, "found": result.searched[1].found}


def test_several_scenarios_count_alike_whatever_their_delay(ask: Callable[..., TuningQuestion]) -> None:
    run = Formula()
    question = ask(NAMES[:2], budget=70)
    result = answer_tuning(question, run)
    assert result.spent <= 70
    assert len(run.specs) == result.spent + question.further_runs
    # the sum of (1 + ((x − 60) / 100)²) / 1.81 and (1 + ((x − 100) / 100)²) / 1.25 is least at x = 83.6
    assert abs(result.found.parameters.model_dump()["range_m"] - 83.6) < 12
    assert len({one.scenario for one in result.proof}) == 2
    assert result.steps[0].best == pytest.approx(1.0)
    assert result.steps[-1].runs == result.spent


def test_the_same_question_has_the_same_answer(ask: Callable[..., TuningQuestion]) -> None:
    first, again = (answer_tuning(ask(NAMES[:1], budget=16), Formula()) for _ in range(2))
    assert (first.found.label, first.steps) == (again.found.label, again.steps)


def test_the_given_ones_stay_where_nothing_is_better(ask: Callable[..., TuningQuestion]) -> None:
    result = answer_tuning(ask(NAMES[:1], budget=20, controller="max-pressure:range_m=60"), Formula())
    assert not result.better
    assert result.reason
    assert result.controller == "max-pressure:range_m=60"


def below_80(spec: RunSpec) -> bool:
    return bool(spec.controller.parameters.model_dump()["range_m"] < 80)


@pytest.mark.parametrize("how", ["failed", "faults"])
def test_candidates_that_fail_lose(ask: Callable[..., TuningQuestion], how: str) -> None:
    result = answer_tuning(ask(NAMES[:1], budget=20), Formula(below_80, how))
    assert result.found.parameters.model_dump()["range_m"] >= 80


@pytest.mark.parametrize(
    ("how", "told"), [("failed", "its own run fails: it fell"), ("faults", "at signal 'J': it fell")]
)
def test_a_given_one_that_fails_is_named(ask: Callable[..., TuningQuestion], how: str, told: str) -> None:
    with pytest.raises(ScenarioError, match=f"cannot be tuned in .*{told}"):
        answer_tuning(ask(NAMES[:1]), Formula(lambda _: True, how))


def test_a_check_is_no_scenario_of_the_search(ask: Callable[..., TuningQuestion]) -> None:
    with pytest.raises(ScenarioError, match="so it checks nothing"):
        ask(NAMES[:1], checks=NAMES[:1])
    with pytest.raises(ZhasylError, match="budget 15 is below the 20 runs that one comparison in 2 scenarios takes"):
        ask(NAMES[:2], budget=15)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--controller", "maxpressure"], "Did you mean 'max-pressure'?"),
        (["--controller", "max-pressure", "--sensor", "camra"], "Did you mean 'camera'?"),
        (["--controller", "max-pressure", "--keep", "rang_m"], "Did you mean 'range_m'?"),
        (["--controller", "max-pressure", "--limits", "x.toml"], "--limits is for plans"),
        (["--controller", "max-pressure", "--check", "nowhere"], "nowhere"),
        (["--sensor", "loops"], "--sensor is for parameters"),
        (["--check", "abay-corridor"], "--check is for parameters"),
        (["abay-corridor"], "plans are searched for one scenario, not for 2"),
    ],
)
def test_what_is_asked_amiss_is_one_line(
    tiny_network: TinyNetwork, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], told: str
) -> None:
    assert status(["optimise", str(tiny_network(NAMES[0])), *arguments, "--out", str(tmp_path / "none")]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert told in err
    assert not (tmp_path / "none").exists()


def test_the_question_is_kept_to_go_on_with(tmp_path: Path, tiny_network: TinyNetwork) -> None:
    places = tuple(str(tiny_network(name)) for name in NAMES[:2])
    asked = Asked(
        places, "max-pressure", 40, None, "delay_s", "", ("range_m",), "", "", 3, "101-105", 0, "loops", (),
    )  # fmt: skip
    question = asked.checked(tmp_path)
    assert isinstance(question, TuningQuestion)
    with asking(tmp_path, asked, question):
        pass
    digests = tuple(one.content for one in question.scenarios)
    assert read_asked(tmp_path) == read_asked(tmp_path, places) == replace(asked, digests=digests)
    with pytest.raises(ZhasylError, match="leave the name out"):
        read_asked(tmp_path, places[:1])
