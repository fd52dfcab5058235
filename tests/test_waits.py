"""The longest red with a vehicle waiting, as the safety benchmark measures it."""

from pathlib import Path
from unittest.mock import patch

import pytest

from benchmarks.waits import Waits, WatchedSimulation, longest
from tests.conftest import TinyNetwork
from zhasyl.controllers import parse_controller
from zhasyl.derive import derive_signals
from zhasyl.process.workers import run_isolated
from zhasyl.runs import simulate
from zhasyl.runs.spec import RunSpec
from zhasyl.scenarios import load_scenario
from zhasyl.sumo.net_file import read_network

NORTH, EAST = ("J", 0), ("J", 1)


def test_a_red_counts_from_its_first_halted_vehicle_until_nobody_is_before_it() -> None:
    waits = Waits()
    for time_s, present, halted in [
        (10.0, [NORTH], []),
        (11.0, [NORTH], [NORTH]),
        (15.0, [NORTH], []),  # it creeps forward
        (20.0, [NORTH, EAST], [NORTH]),
        (21.0, [EAST], []),  # green for north
        (30.0, [NORTH], [NORTH]),
        (36.0, [NORTH], [NORTH]),
    ]:
        waits.note(time_s, present, halted)
    assert waits.longest_s == {NORTH: (9.0, 20.0)}


def watched(spec: RunSpec) -> dict[str, float]:
    signals = derive_signals(read_network(spec.scenario.net_file), spec.scenario.timing).signals
    WatchedSimulation.signals = signals
    with patch.object(simulate, "SumoSimulation", WatchedSimulation):
        simulate.simulate(spec)
    return {red.movement: red.red_s for red in longest(WatchedSimulation.latest, signals)}


@pytest.mark.parametrize(
    ("controller", "closed_s"),
    [("fixed", 70.0 - 10.0), ("sumo-actuated:max_green_s=20", 2 * 20.0 + 3 * 5.0)],
    ids=["cycle-without-shortest-green", "other-stages-and-intergreens"],
)
def test_no_red_is_longer_than_the_plan_lets_it(
    tiny_network: TinyNetwork, tmp_path: Path, controller: str, closed_s: float
) -> None:
    scenario = load_scenario(str(tiny_network("t-junction-left-turn")))
    reds_s = run_isolated(watched, RunSpec(scenario, parse_controller(controller), 1, tmp_path))
    assert closed_s / 2 < max(reds_s.values()) <= closed_s
