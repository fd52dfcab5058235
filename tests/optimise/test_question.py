"""What a question says beside its words: seeds of the search, runs beside the budget."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest

from zhasyl.errors import ScenarioError
from zhasyl.network import Network
from zhasyl.observation import Area, SignalDemand
from zhasyl.optimise.question import SEARCH_SEEDS, PlanQuestion, ask_plans, check_demand, read_budget
from zhasyl.runs.prepared import Prepared
from zhasyl.scenarios.limits import Limits
from zhasyl.signals import Signal

TinyNetwork = Callable[[str], Path]


def asked(
    config: Path, out: Path, proof: str = "101-110", robust: int | None = None, limits: Limits | None = None
) -> PlanQuestion:
    return ask_plans(str(config), 300, None, "delay_s", "", (), limits or Limits(), "", 1, proof, robust, out)


def test_the_search_never_sees_the_seeds_of_the_proof(tiny_network: TinyNetwork, tmp_path: Path) -> None:
    question = asked(tiny_network("crossroads-shared-lanes"), tmp_path, "2,4-7")
    assert question.proof_seeds == (2, 4, 5, 6, 7)
    assert question.search_seeds[:3] == [1, 3, 8]
    assert len(set(question.search_seeds)) == SEARCH_SEEDS
    assert question.robust_seeds == (2, 4, 5, 6, 7)
    assert question.further_runs == 5 * 5 + 2 * 3 * 5
    assert asked(tiny_network("crossroads-shared-lanes"), tmp_path, robust=0).further_runs == 50
    assert asked(tiny_network("crossroads-shared-lanes"), tmp_path).robust_seeds == (101, 102, 103, 104, 105)


def test_limits_of_the_question_reach_its_problem(tiny_network: TinyNetwork, tmp_path: Path) -> None:
    question = asked(tiny_network("crossroads-shared-lanes"), tmp_path, limits=Limits(max_cycle_s=66))
    assert question.problem.longest_s == 66


def test_a_network_without_a_signal_to_control(tiny_network: TinyNetwork, tmp_path: Path) -> None:
    config = tiny_network("crossroads-shared-lanes")
    net = config.with_suffix(".net.xml").read_text("utf-8")
    begin, end = net.index("<tlLogic"), net.index("</tlLogic>")
    greens = "G" * net[begin:].split('state="')[1].index('"')
    phase = f'<phase duration="90" state="{greens}"/>'
    logic = f'<tlLogic id="centre" type="static" programID="0" offset="0">{phase}'
    (tmp_path / config.with_suffix(".net.xml").name).write_text(net[:begin] + logic + net[end:], encoding="utf-8")
    (tmp_path / config.with_suffix(".rou.xml").name).write_bytes(config.with_suffix(".rou.xml").read_bytes())
    (tmp_path / config.name).write_bytes(config.read_bytes())
    with pytest.raises(ScenarioError) as told:
        asked(tmp_path / config.name, tmp_path)
    assert "signal" in str(told.value)
    assert "\n" not in str(told.value)


def test_budgets() -> None:
    assert (read_budget(10, None).runs, read_budget(10, None).minutes) == (10, None)
    assert read_budget(300, 2).minutes == 2.0


def test_who_is_refused_for_want_of_traffic_is_told_of_the_signals_that_cannot_be_controlled() -> None:
    empty = SignalDemand(np.zeros(2), np.zeros(2), {})
    area = Area({"B": cast(Signal, None)}, cast(Network, None), lambda _: empty)
    others = {"C": "its programme 'x' has 1 stage; a controller needs at least 2"}
    prepared = SimpleNamespace(
        area=lambda _: area, scenario=SimpleNamespace(id="x"), derived=SimpleNamespace(uncontrolled=others)
    )
    with pytest.raises(ScenarioError) as told:
        check_demand(cast(Prepared, prepared))
    assert str(told.value) == (
        "scenario 'x': no traffic passes the signals that can be controlled (1 other cannot: 'C': its programme 'x' "
        "has 1 stage; a controller needs at least 2) in the measured period; give it a demand, or another period"
    )
