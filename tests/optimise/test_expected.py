"""How long runs may take: by stored ones of the same scenario, else by who is under way."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from zhasyl.controllers import parse_controller
from zhasyl.optimise import expected as module
from zhasyl.optimise.expected import STOP_S, UnderWay, expected, under_way
from zhasyl.runs.batch import Plan
from zhasyl.runs.prepared import prepare
from zhasyl.runs.spec import RunSpec
from zhasyl.scenarios import Scenario, load_scenario
from zhasyl.scenarios.demand.volumes import Volumes, Walk


@pytest.fixture
def scenario(tiny_network: Callable[[str], Path]) -> Scenario:
    return load_scenario(str(tiny_network("crossroads-with-crossings")))


def test_who_is_under_way_follows_from_flow_and_time(scenario: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    roads = prepare(scenario).network.edges
    way = [roads[edge] for edge in ("north-in", "south-out")]
    demand = Volumes({("north-in", "south-out"): 720.0}, {}, {Walk(("north-in",)): 360.0})
    monkeypatch.setattr(module, "volumes", lambda _: demand)
    found = under_way(scenario)
    assert found.vehicles == pytest.approx(0.2 * (sum(one.length_m / one.speed_mps for one in way) + STOP_S))
    assert found.pedestrians == pytest.approx(0.1 * way[0].length_m / 1.2)


def test_a_run_takes_longer_with_more_under_way_and_with_a_longer_period() -> None:
    assert UnderWay(285.0, 282.0).run_s(4500.0) == pytest.approx(1 + 1e-5 * 567 * 4500)
    assert UnderWay(0.0, 0.0).run_s(4500.0) == pytest.approx(1.0)


def test_stored_runs_come_first_and_what_is_guessed_is_said(
    scenario: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = RunSpec(scenario, parse_controller("fixed"), 1, tmp_path)
    other = RunSpec(replace(scenario, content="other"), parse_controller("fixed"), 1, tmp_path)

    def plan(specs: Sequence[RunSpec]) -> Plan:
        return Plan(tuple(specs), {}, {specs[0].folder: 7.0}, guessed=specs[0].scenario.content == "other")

    monkeypatch.setattr(module, "plan_runs", plan)
    monkeypatch.setattr(module, "under_way", lambda _: UnderWay(285.0, 0.0))
    stored = expected([first])
    assert (stored.run_s, stored.guessed, stored.ground) == (7.0, False, "by the runs that are stored in --out")
    both = expected([first, other])
    simulated_s = scenario.end_s - scenario.start_s
    assert both.run_s == pytest.approx((7.0 + UnderWay(285.0, 0.0).run_s(simulated_s)) / 2)
    assert both.guessed
    finer = replace(scenario, content="other", sumo_options=(("step-length", "0.1"),))
    slower = expected([RunSpec(finer, parse_controller("fixed"), 1, tmp_path / "finer")])
    assert slower.run_s == pytest.approx(UnderWay(285.0, 0.0).run_s(10 * simulated_s))
    assert both.ground == (
        "partly a guess, 1 of 2 kinds of runs being stored in --out: the demand has about 285 vehicles under way at a "
        "time"
    )
