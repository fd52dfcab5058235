"""A controller whose class fails when a run is set up: a fault at the signals it spoils, and a run that is done."""

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import TinyNetwork
from tests.fakes import crossroads
from zhasyl.controllers import ControllerSpec
from zhasyl.controllers.base import AdaptiveParameters, Controller
from zhasyl.errors import ControllerError
from zhasyl.guard import Guard
from zhasyl.observation import Area, Observation
from zhasyl.runs import planning, simulate
from zhasyl.runs.set_up import FIXED_PACE_S, SetUp
from zhasyl.runs.spec import RunSpec
from zhasyl.scenarios import load_scenario

SIGNAL = crossroads()
PACE_S = (1.0, 8.0)  # of AdaptiveParameters


class Still(Controller):
    """Extends whatever is green."""

    summary = "still"

    def next_stage(self, observation: Observation) -> int:
        return observation.stage


def spec(**methods: Callable[..., Any]) -> ControllerSpec:
    """A controller whose class methods answer as said."""
    cls = type("Odd", (Still,), {name: classmethod(method) for name, method in methods.items()})
    return ControllerSpec("odd", cls, AdaptiveParameters())


def answers(value: object) -> Callable[..., Any]:
    return lambda *_: value


def fails(error: BaseException) -> Callable[..., Any]:
    def method(*_: object) -> None:
        raise error

    return method


def leaves(*_: object) -> None:
    sys.exit(0)


def fault(controller: ControllerSpec) -> BaseException | None:
    """Why no controller is made for the signal, when everything was asked for."""
    set_up = SetUp(controller, Guard())
    set_up.prepare()
    own = set_up.signal(SIGNAL)
    asked = (set_up.pace, set_up.needs, set_up.watches)
    assert asked in ((PACE_S, frozenset(), False), (FIXED_PACE_S, frozenset(), False))
    build = set_up.builder(Area({"J": own}, None, fails(AssertionError())))  # type: ignore[arg-type]
    try:
        build(own)
    except (Exception, SystemExit) as error:
        return error
    return None


METHODS = ("pace", "reads", "watches", "signal_for", "plays_in_sumo", "prepare", "for_network")
RUBBISH: dict[str, list[Any]] = {
    "pace": [None, "ab", 5.0, ("1", "2"), (float("nan"), 0.0), (1.0, float("nan")), (-1.0, 0.0), (0.0, 0.0),
             (1.0, -1.0), (float("inf"), 0.0), (1.0,), (1.0, 2.0, 3.0), (None, None)],
    "reads": [None, "calls", {"radio"}, 3, {"calls": 1}],
    "watches": [None, "no", 1],
    "plays_in_sumo": [None, "no", 1],
    "signal_for": [
        None, "J", replace(SIGNAL, id="K"), replace(SIGNAL, yellow_s=0.0), replace(SIGNAL, movements=()),
        replace(SIGNAL, stages=tuple(replace(stage, min_green_s=float("nan")) for stage in SIGNAL.stages)),
        replace(SIGNAL, stages=tuple(replace(stage, min_green_s=0.0) for stage in SIGNAL.stages)),
        replace(SIGNAL, plan=replace(SIGNAL.plan, stages=(7,))),
        replace(SIGNAL, plan=replace(SIGNAL.plan, stages=())),
        replace(SIGNAL, plan=replace(SIGNAL.plan, cycle_s=float("nan"))),
    ],
}  # fmt: skip


def test_a_class_that_answers_well_is_no_fault() -> None:
    assert fault(spec()) is None
    set_up = SetUp(spec(pace=answers((5, 0)), reads=answers({"calls"})), Guard())
    assert (set_up.pace, set_up.needs) == ((5.0, 0.0), frozenset({"calls"}))


@pytest.mark.parametrize("method", METHODS)
def test_what_a_class_method_raises_is_the_fault(method: str) -> None:
    assert str(fault(spec(**{method: fails(RuntimeError("odd"))}))) == "odd"
    assert isinstance(fault(spec(**{method: leaves})), SystemExit)


@pytest.mark.parametrize(("method", "answer"), [(name, one) for name, ones in RUBBISH.items() for one in ones])
def test_an_answer_that_cannot_be_meant_is_the_fault(method: str, answer: object) -> None:
    error = fault(spec(**{method: answers(answer)}))
    assert isinstance(error, (ValueError, TypeError))
    assert method in str(error)


@pytest.mark.parametrize("method", METHODS)
def test_an_error_raised_on_purpose_ends_the_run(method: str) -> None:
    with pytest.raises(ControllerError, match="give it a licence"):
        fault(spec(**{method: fails(ControllerError("give it a licence"))}))


@pytest.mark.parametrize(
    ("method", "action", "reason"),
    [
        ("pace", answers((float("nan"), 0.0)), "ValueError: pace answered (nan, 0.0); answer an interval above 0 s"),
        ("reads", fails(KeyError("radio")), "KeyError: 'radio'"),
        ("signal_for", leaves, "SystemExit: 0"),
        ("plays_in_sumo", fails(RuntimeError("odd")), "RuntimeError: odd"),
    ],
)
def test_the_run_is_done_with_the_fixed_plan_and_names_the_fault(
    method: str, action: Callable[..., Any], reason: str, tiny_network: TinyNetwork, tmp_path: Path
) -> None:
    scenario = load_scenario(str(tiny_network("t-junction-left-turn")))
    odd = spec(**{method: action})
    planning.check_here(scenario, [odd])
    record = simulate.simulate(RunSpec(scenario, odd, 1, tmp_path))
    assert record["status"] == "done"
    assert [(f["signal"], f["time_s"]) for f in record["faults"]] == [("centre", 0.0)]
    assert record["faults"][0]["reason"].startswith(reason)
    assert record["arrived_veh"] > 0


class Writes(Still):
    """Wipes out what it reads."""

    def next_stage(self, observation: Observation) -> int:
        observation.speed_mps.fill(0.0)
        return observation.stage


def test_a_controller_that_writes_into_what_it_reads_is_a_fault(tiny_network: TinyNetwork, tmp_path: Path) -> None:
    scenario = load_scenario(str(tiny_network("t-junction-left-turn")))
    writes = ControllerSpec("writes", Writes, AdaptiveParameters())
    record = simulate.simulate(RunSpec(scenario, writes, 1, tmp_path))
    assert [fault["reason"] for fault in record["faults"]] == ["ValueError: assignment destination is read-only"]


def test_a_pace_below_the_clock_of_sumo_is_one_decision_a_step(tiny_network: TinyNetwork, tmp_path: Path) -> None:
    scenario = load_scenario(str(tiny_network("t-junction-left-turn")))
    record = simulate.simulate(RunSpec(scenario, spec(pace=answers((1e-9, 0.0))), 1, tmp_path))
    assert (record["status"], record["faults"]) == ("done", [])
