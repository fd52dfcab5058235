"""Plans as <tlLogic>: read back they are the same stages, and SUMO shows what the plan says."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from defusedxml import ElementTree
from hypothesis import given, settings

from tests.fakes import crossroads
from tests.optimise.plans.problems import planned
from zhasyl.controllers.parts.plan_player import fitted
from zhasyl.derive import derive_signals
from zhasyl.optimise.plan_files import PLAN_FILE, SUMO_FILE, sumo_text, write_plans
from zhasyl.scenarios import Scenario, load_scenario
from zhasyl.scenarios.plans.sumo import sumo_plans
from zhasyl.signals import Signal, SignalPlan
from zhasyl.sumo.home import sumo_environment
from zhasyl.sumo.net_file import read_network
from zhasyl.sumo.plan_programme import phases
from zhasyl.sumo.tl_logic import read_logic

SHOWN_S = 700
PLAY = """
import json, sys
import libsumo
libsumo.start(["sumo", "-n", sys.argv[1], "-a", sys.argv[2], "--no-step-log", "--no-warnings"])
shown = []
for _ in range(int(sys.argv[3])):
    shown.append(libsumo.trafficlight.getRedYellowGreenState("centre"))
    libsumo.simulationStep()
print(json.dumps([libsumo.trafficlight.getProgram("centre"), shown]))
"""


@settings(max_examples=30)
@given(planned())
def test_the_phases_last_the_cycle_and_show_each_green(signal: Signal) -> None:
    plan = fitted(signal, signal.plan)
    rows = list(phases(signal, plan))
    assert sum(seconds for seconds, _, _ in rows) == pytest.approx(plan.cycle_s)
    assert all(seconds > 0 for seconds, _, _ in rows)
    assert [name for _, _, name in rows if name] == [signal.stages[stage].id for stage in plan.stages]
    assert all(not signal.conflicts.unsafe(state) for _, state, _ in rows)


def test_a_walk_ends_in_its_stage() -> None:
    signal = crossroads(walk=True)
    rows = list(phases(signal, SignalPlan((0, 1), (20.0, 30.0), 58.0, 4.0)))
    assert rows == [
        (13.0, "GGrrG", "A"), (7.0, "GGrrr", ""), (3.0, "yyrrr", ""), (1.0, "rrrrr", ""),
        (30.0, "rrGGr", "B"), (3.0, "rryyr", ""), (1.0, "rrrrr", "")]  # fmt: skip


def test_our_own_reader_reads_the_same_programme() -> None:
    signal, plan = crossroads(), SignalPlan((0, 1), (20.0, 30.5), 58.5, 12.0)
    (element,) = ElementTree.fromstring(sumo_text({"J": signal}, {"J": [(0.0, plan)]}, 0.0, 3600.0))
    assert element.attrib == {"id": "J", "type": "static", "programID": "given 00:00", "offset": "12"}
    programme = read_logic(element, 0.0).programme
    assert programme.offset_s == 12.0
    assert [(one.duration_s, one.state, one.name) for one in programme.phases] == list(phases(signal, plan))


@pytest.fixture
def config(tiny_network: Callable[[str], Path]) -> Path:
    return tiny_network("crossroads-with-crossings")


def written(config: Path, folder: Path) -> tuple[Path, Signal, SignalPlan]:
    """The scenario's plan with other greens, the last stage first, and an offset."""
    network = load_scenario(str(config)).network()
    signal = derive_signals(network, load_scenario(str(config)).timing).signals["centre"]
    present = fitted(signal, signal.plan)
    stages = (*present.stages[1:], present.stages[0])
    plan = fitted(signal, SignalPlan(stages, (*present.greens_s[1:], present.greens_s[0] + 6), present.cycle_s + 6))
    plan = replace(plan, offset_s=17.0)
    path = folder / "plan.add.xml"
    path.write_text(sumo_text({"centre": signal}, {"centre": [(0.0, plan)]}, 0.0, 3600.0), encoding="utf-8")
    return path, signal, plan


def test_the_file_is_read_back_as_the_plan(config: Path, tmp_path: Path) -> None:
    path, signal, plan = written(config, tmp_path)
    network = read_network(config.with_suffix(".net.xml"), [path], 0.0, 0.0)
    again = derive_signals(network, load_scenario(str(config)).timing).signals["centre"]
    read = fitted(again, again.plan)
    states = [signal.stages[stage].state for stage in plan.stages]
    found = [again.stages[stage].state for stage in read.stages]
    assert found == states
    assert (read.greens_s, read.cycle_s, read.offset_s) == (plan.greens_s, plan.cycle_s, plan.offset_s)
    (given_plan,) = sumo_plans(path, network, 0.0, 600.0)
    assert given_plan.offset_s == plan.offset_s


def played(config: Path, path: Path) -> tuple[str, list[str]]:
    """The programme that SUMO ends with, and the state it showed in each second."""
    done = subprocess.run(
        [sys.executable, "-c", PLAY, str(config.with_suffix(".net.xml")), str(path), str(SHOWN_S)],
        env=sumo_environment(), check=True, capture_output=True, text=True,
    )  # fmt: skip
    programme, shown = json.loads(done.stdout.splitlines()[-1])
    return programme, shown


def otherwise(shown: list[str], signal: Signal, plan: SignalPlan, from_s: int = 1, to_s: int = SHOWN_S) -> list[int]:
    """When, between two times, SUMO did not show what the plan says."""
    cycle = [state for seconds, state, _ in phases(signal, plan) for _ in range(int(seconds))]
    assert len(cycle) == plan.cycle_s
    return [t for t in range(from_s, to_s) if shown[t] != cycle[int(t - 1 - plan.offset_s) % len(cycle)]]


def test_sumo_shows_what_the_plan_says(config: Path, tmp_path: Path) -> None:
    path, signal, plan = written(config, tmp_path)
    programme, shown = played(config, path)
    assert programme == "given 00:00"
    assert otherwise(shown, signal, plan) == []


@pytest.mark.parametrize("switch_s", [60, 120, 180])
def test_sumo_changes_plans_by_time_of_day_and_cuts_no_yellow(config: Path, tmp_path: Path, switch_s: int) -> None:
    path, signal, plan = written(config, tmp_path)
    present = fitted(signal, signal.plan)
    timed = {"centre": [(0.0, present), (float(switch_s), plan)]}
    path.write_text(sumo_text({"centre": signal}, timed, 0.0, 3600.0), encoding="utf-8")
    programme, shown = played(config, path)
    assert programme == f"given 00:0{switch_s // 60}"
    assert otherwise(shown, signal, present, 1, switch_s) == []
    assert otherwise(shown, signal, plan, switch_s + int(present.cycle_s + 2 * plan.cycle_s)) == []
    cut = [(t, link) for t in range(1, SHOWN_S) for link, now in enumerate(shown[t])
           if now == "r" and shown[t - 1][link] in "Gg" and link not in signal.pedestrian_links]  # fmt: skip
    assert cut == []


def test_plans_by_time_of_day_change_at_a_stage_that_they_share() -> None:
    signal = crossroads()
    morning, night = SignalPlan((0, 1), (20.0, 30.0), 58.0, 12.0), SignalPlan((1, 0), (15.0, 17.0), 40.0, 3.0)
    timed = {"J": [(25200.0, morning), (79200.0, night)]}
    first, second, timetable, place = ElementTree.fromstring(sumo_text({"J": signal}, timed, 28800.0, 32400.0))
    assert [one.get("offset") for one in (first, second)] == ["12", "22"]  # 3 s, the green of 15 s, its intergreen
    assert [one[0].get("state") for one in (first, second)] == [signal.stages[0].state] * 2
    assert timetable.attrib["startProg"] == "given 22:00"
    assert [(one.get("time"), one.get("to")) for one in timetable] == [
        ("25200", "given 07:00"),
        ("79200", "given 22:00"),
    ]
    assert (place.get("junctionID"), place.get("procedure")) == ("J", "GSP")


def test_without_a_common_stage_there_is_no_file_for_sumo_and_it_is_said(tmp_path: Path) -> None:
    stages = (*crossroads().stages, *(replace(one, id=name, state=one.state.replace("G", "g", 1))
              for one, name in zip(crossroads().stages, "CD", strict=True)))  # fmt: skip
    signal = replace(crossroads(), stages=stages)
    day, night = SignalPlan((0, 1), (20.0, 30.0), 58.0), SignalPlan((2, 3), (20.0, 30.0), 58.0)
    scenario = Scenario("town", 1, "", 0.0, 3600.0, 0.0, Path("town.net.xml"), ())
    (tmp_path / SUMO_FILE).write_text("of a search before", encoding="utf-8")
    said = write_plans(scenario, {"J": signal}, {"J": [(0.0, day), (36000.0, night)]}, tmp_path)
    assert said.startswith("plan.add.xml is not written: plan.csv plan 0: signal 'J': no stage with the same greens")
    assert [path.name for path in tmp_path.iterdir()] == [PLAN_FILE]
