"""What is made of plans runs, and is said."""

import json
from dataclasses import replace
from pathlib import Path

from tests.scenarios.plans.given import HEADER, LEFT, MAIN, SIDE, TABLE, TIMING, Capture, TinyNetwork, planned, written
from zhasyl.cli import status
from zhasyl.runs.simulate import run
from zhasyl.safety import Limits, violations
from zhasyl.scenarios import load_scenario
from zhasyl.scenarios.model import Scenario
from zhasyl.scenarios.plans.made import plan_scenario
from zhasyl.sumo.net_file import read_network


def test_two_plans_a_day_switch_in_a_common_stage(tiny_network: TinyNetwork, tmp_path: Path) -> None:
    """In SUMO itself: no conflict, yellow or minimum green is broken, and the new plan comes into step."""
    scenario = load_scenario(str(tiny_network("t-junction-left-turn")))
    second = HEADER + LEFT + SIDE + MAIN
    second = second.replace("07:00,5", "00:03,20").replace(",30,3", ",40,3").removeprefix(HEADER)
    path = written(tmp_path, TABLE.replace("07:00", "00:00") + second)
    folder = tmp_path / "made"
    folder.mkdir()
    plan_scenario(replace(scenario, timing=TIMING), path, folder, "made")
    table = run(str(folder), "fixed", seed=1, out=tmp_path / "runs").table("signals")
    network = read_network(scenario.net_file)
    assert violations(network, table, Limits(3.0, 5.0, all_red_s=1.0)) == []
    mains = table[table["state"] == "GrrrGG"]
    assert set(mains[mains["start_s"] < 180]["start_s"].iloc[1:] % 70) == {5.0}
    last = table[(table["state"] == "rrGGrr") & (table["start_s"] > 400)]
    assert set(last["start_s"] % 80) == {20.0 + 15.0}


def test_an_adaptive_controller_runs_on_a_planned_scenario(t_junction: Scenario, tmp_path: Path) -> None:
    planned(t_junction, tmp_path, TABLE + TABLE.replace("07:00", "09:00").removeprefix(HEADER))
    assert run(str(tmp_path / "made"), "max-pressure", seed=1, out=tmp_path / "runs")["faults"] == []


def test_what_is_said_of_a_made_scenario(tiny_network: TinyNetwork, tmp_path: Path, capsys: Capture) -> None:
    path, out = written(tmp_path, TABLE), tmp_path / "made"
    config = tiny_network("t-junction-left-turn")
    assert status(["scenario", "plan", str(config), str(path), "--out", str(out), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["signals"], found["plans"], found["kept"]) == (["centre"], 1, [])
    assert found["checked"]["error"] == 0
    assert [a.statement for a in load_scenario(str(out)).assumptions] == ["1 signal shows the plan of plans.csv"]


def test_one_plan_is_said_as_one(tiny_network: TinyNetwork, tmp_path: Path, capsys: Capture) -> None:
    config = tiny_network("t-junction-left-turn")
    assert status(["scenario", "plan", str(config), str(written(tmp_path, TABLE)), "--out", str(tmp_path / "m")]) == 0
    assert f"{tmp_path / 'm'}: 1 plan for 1 signal\n" in capsys.readouterr().out
