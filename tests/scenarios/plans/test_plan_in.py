"""A planner's plans become what signals show: by name, from Synchro, from SUMO; and what would be unsafe is refused."""

import csv
import datetime as dt
import json
from collections.abc import Callable
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhasyl.cli import status
from zhasyl.errors import ScenarioError
from zhasyl.files.sheets import read_sheet
from zhasyl.network import Network, Programme
from zhasyl.runs.simulate import run
from zhasyl.safety import Limits, violations
from zhasyl.scenarios import load_scenario
from zhasyl.scenarios.model import Scenario
from zhasyl.scenarios.plans.export import stages_csv
from zhasyl.scenarios.plans.link_names import SignalWords
from zhasyl.scenarios.plans.made import plan_scenario
from zhasyl.scenarios.plans.programme import GivenPlan, Stage, stage_phases
from zhasyl.scenarios.plans.refusals import check_plan
from zhasyl.scenarios.plans.rings import RingPhase, reference_s, ring_phases
from zhasyl.scenarios.plans.utdf import Node, utdf_nodes
from zhasyl.scenarios.plans.utdf_lane_groups import LaneGroups
from zhasyl.signals import GREEN, SignalTiming
from zhasyl.sumo.net_file import read_network
from zhasyl.sumo.programs import run_program

TinyNetwork = Callable[[str], Path]
Capture = pytest.CaptureFixture[str]
TIMING = SignalTiming(yellow_s=3.0, all_red_s=1.0, min_green_s=5.0)
HEADER = "signal,from,offset_s,stage,greens,green_s,yellow_s,all_red_s\n"
MAIN = "centre,07:00,5,main,WB:straight EB:right+straight,30,3,2\n"
LEFT = "centre,07:00,5,left,WB:straight+left,10,3,2\n"
SIDE = "centre,07:00,5,side,NB:right+left,15,3,2\n"
TABLE = HEADER + MAIN + LEFT + SIDE
TOML = """[[plan]]
signal = "centre"
from = "07:00"
offset_s = 5
[[plan.stage]]
stage = "main"
greens = ["WB:straight", "EB:right+straight"]
green_s = 30
yellow_s = 3
all_red_s = 2
[[plan.stage]]
stage = "left"
greens = ["WB:straight+left"]
green_s = 10
yellow_s = 3
all_red_s = 2
[[plan.stage]]
stage = "side"
greens = ["NB:right+left"]
green_s = 15
yellow_s = 3
all_red_s = 2
"""
T_PHASES = ((30, "GrrrGG"), (3, "Grrryy"), (2, "Grrrrr"), (10, "GGrrrr"), (3, "yyrrrr"), (2, "rrrrrr"),
            (15, "rrGGrr"), (3, "rryyrr"), (2, "rrrrrr"))  # fmt: skip
UTDF = """[Network]
Network Settings
RECORDNAME,DATA
Metric,1

[Lanes]
Lane Group Data
RECORDNAME,INTID,NBL,NBT,NBR,SBL,SBT,SBR,EBL,EBT,EBR,WBL,WBT,WBR,PED,HOLD
Lanes,1,1,1,0,1,1,0,1,1,0,1,1,0,,
Shared,1,0,2,,0,2,,0,2,,0,2,,,
Phase1,1,,8,,,4,,1,6,,5,2,,,
PermPhase1,1,8,,,4,,,,,,,,,,

[Timeplans]
Timing Plan Settings
RECORDNAME,INTID,DATA
Control Type,1,3
Cycle Length,1,72
Referenced To,1,0
Reference Phase,1,206
Offset,1,10

[Phases]
Phasing Data
RECORDNAME,INTID,D1,D2,D3,D4,D5,D6,D7,D8
BRP,1,111,112,211,212,121,122,221,222
MinGreen,1,5,10,,8,5,10,,8
MaxGreen,1,10,26,,22,14,22,,22
Yellow,1,3,3.4,,3.4,3,3.4,,3.4
AllRed,1,1,1.6,,1.6,1,1.6,,1.6
Walk,1,,7,,7,,7,,7
DontWalk,1,,6,,6,,6,,6
"""


@pytest.fixture(scope="session")
def t_junction(tiny_network: TinyNetwork) -> Scenario:
    return load_scenario(str(tiny_network("t-junction-left-turn")))


@pytest.fixture(scope="session")
def crossroads(tiny_network: TinyNetwork) -> Scenario:
    return load_scenario(str(tiny_network("crossroads-with-crossings")))


@pytest.fixture(scope="session")
def crossroads_words(crossroads: Scenario) -> SignalWords:
    return SignalWords(read_network(crossroads.net_file), "centre")


@pytest.fixture(scope="session")
def grid(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    """A network nobody drew by hand: nine signals as netgenerate makes them, with walks too short for the crossings."""
    folder = tmp_path_factory.mktemp("grid")
    run_program("netgenerate", {
        "grid": "true", "grid.number": 3, "grid.attach-length": 100, "default.lanenumber": 2, "seed": 3,
        "default-junction-type": "traffic_light", "sidewalks.guess": "true", "sidewalks.guess.min-speed": 1,
        "crossings.guess": "true", "output-file": folder / "grid.net.xml",
    })  # fmt: skip
    (folder / "grid.rou.xml").write_text('<routes><trip id="t" depart="0" from="left0A0" to="A2top0"/></routes>')
    (folder / "grid.sumocfg").write_text(
        '<configuration><net-file value="grid.net.xml"/><route-files value="grid.rou.xml"/><end value="60"/>'
        "</configuration>"
    )
    return load_scenario(str(folder / "grid.sumocfg"))


def written(folder: Path, text: str | bytes, name: str = "plans.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def planned(scenario: Scenario, tmp_path: Path, text: str, name: str = "plans.csv") -> dict[str, Programme]:
    """The programmes SUMO starts with once the plans of a file are in."""
    path, folder = written(tmp_path, text, name), tmp_path / "made"
    folder.mkdir()
    plan_scenario(scenario, path, folder, "made")
    made = load_scenario(str(folder))
    return read_network(made.net_file, made.additional_files).programmes


def rows(programme: Programme) -> tuple[tuple[float, str], ...]:
    return tuple((phase.duration_s, phase.state) for phase in programme.phases)


def second_by_second(programme: Programme) -> list[str]:
    return [phase.state for phase in programme.phases for _ in range(round(phase.duration_s))]


@pytest.mark.parametrize(("text", "name"), [(TABLE, "plans.csv"), (TABLE.replace(",", ";"), "p.txt"), (TOML, "p.toml")])
def test_a_table_is_shown_as_said(t_junction: Scenario, tmp_path: Path, text: str, name: str) -> None:
    programme = planned(t_junction, tmp_path, text, name)["centre"]
    assert rows(programme) == T_PHASES
    assert programme.offset_s == 5


def with_titles(text: str) -> str:
    return "Signal plan, T-junction;;;;\n;;;;\n" + text.replace(",", ";").replace("\n", ";;\n")


PLANNERS_TABLES: dict[str, str | bytes] = {
    "titles and spare columns": with_titles(TABLE),
    "titles like Synchro's": "Timing plans\n[draft],\n" + TABLE,
    "headings": TABLE.replace(HEADER, "Signal,From,Offset s,Stage,GREENS ,Green s,Yellow_s,All red s\n"),
    "decimal commas": TABLE.replace(",", ";").replace(";3;2", ";3,0;2,0").replace(";5;", ";5,0;"),
    "excel's unicode text": TABLE.replace(",", "\t").encode("utf-16"),
    "commas in greens": TABLE.replace("WB:straight EB:right+straight", '"WB:straight, EB:right+straight"'),
    "merged cells": TABLE.replace("centre,07:00,5,left", ",,,left").replace("centre,07:00,5,side", ",,,side"),
    "time once": TABLE.replace("centre,07:00,5,left", "centre,,,left").replace("centre,07:00,5,side", "centre,,,side"),
}  # fmt: skip


@pytest.mark.parametrize("name", PLANNERS_TABLES)
def test_a_table_may_be_as_planners_keep_it(t_junction: Scenario, tmp_path: Path, name: str) -> None:
    data = PLANNERS_TABLES[name]
    path = written(tmp_path, data)
    (plan,) = plan_scenario(t_junction, path, tmp_path, "made").plans
    assert (rows(plan.programme), plan.begin_s, plan.offset_s) == (T_PHASES, 7 * H, 5)


def test_merged_cells_of_excel_hold_for_all_their_rows(t_junction: Scenario, tmp_path: Path) -> None:
    """A signal over two plans, a time and an offset over the stages of each."""
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Plans of the day"])
    sheet.append(HEADER.strip().split(","))
    for time, green_s in ((dt.time(7, 0), 30), (dt.datetime(2026, 2, 1, 16, 30), 40)):
        for number, line in enumerate((MAIN, LEFT, SIDE)):
            _, _, _, stage, greens, *seconds = line.strip().split(",")
            head = [None if sheet.max_row > 2 else "centre", None if number else time, None if number else 5]
            sheet.append([*head, stage, greens, green_s if stage == "main" else float(seconds[0]), 3, 2.0])
    book.save(tmp_path / "plans.xlsx")
    made = plan_scenario(t_junction, tmp_path / "plans.xlsx", tmp_path, "made").plans
    assert [(plan.begin_s / H, plan.offset_s, plan.cycle_s) for plan in made] == [(7, 5, 70), (16.5, 5, 80)]
    assert rows(made[0].programme) == T_PHASES


def test_links_have_several_names(t_junction: Scenario, tmp_path: Path) -> None:
    other = TABLE.replace("NB:right+left", "northbound:R south-in:west-out").replace("WB:straight+left", "#0 #1=G")
    assert rows(planned(t_junction, tmp_path, other)["centre"]) == T_PHASES


def test_a_left_turn_gives_way_to_oncoming_traffic(t_junction: Scenario, tmp_path: Path) -> None:
    both = HEADER + MAIN.replace("WB:straight", "WB:straight+left") + SIDE
    assert planned(t_junction, tmp_path, both)["centre"].phases[0].state == "GgrrGG"


def test_a_walk_ends_in_time_and_goes_on_into_the_next_stage(crossroads_words: SignalWords) -> None:
    words = crossroads_words

    def stage(greens: str, green_s: float) -> Stage:
        said = {link: "" for word in greens.split() for link in words.find(word)[0]}
        return Stage(1, greens, words.conflicts.lettered(said), green_s, 3.0, 1.0)

    one, two = stage("NB:straight SB:straight crossing:east", 10), stage("NB:straight+right crossing:east", 10)
    side = stage("EB:straight WB:straight", 20)
    phases = stage_phases(words, (one, two, side), TIMING)
    walking = sum(phase.duration_s for phase in phases if phase.state[13] in GREEN)
    assert walking == 10 + 3 + 1 + 10 - 3  # 6.4 m at 1.2 m/s are 5.3 s, of which 3 s are yellow


@pytest.mark.parametrize("name", ["abay-seifullin", "resco:cologne3"])
def test_printed_plans_come_back_the_same(tmp_path: Path, capsys: Capture, name: str) -> None:
    assert status(["plans", name, "--stages"]) == 0
    scenario = load_scenario(name)
    shipped = read_network(scenario.net_file, scenario.additional_files).programmes
    found = planned(scenario, tmp_path, capsys.readouterr().out)
    assert {key: rows(p) for key, p in found.items()} == {key: rows(p) for key, p in shipped.items()}
    assert {key: p.offset_s for key, p in found.items()} == {key: p.offset_s for key, p in shipped.items()}


def test_plans_of_a_generated_network_come_back_the_same(grid: Scenario, tmp_path: Path) -> None:
    shipped = read_network(grid.net_file).programmes
    found = planned(grid, tmp_path, stages_csv(grid))
    assert len(found) == len(shipped) > 9
    assert {key: rows(p) for key, p in found.items()} == {key: rows(p) for key, p in shipped.items()}


def test_what_the_scenario_shows_already_is_remarked_on_and_what_is_new_refused(grid: Scenario, tmp_path: Path) -> None:
    text = stages_csv(grid)
    made = plan_scenario(grid, written(tmp_path, text), tmp_path, "made")
    assert made.remarks
    assert all(remark.startswith("kept as it was: ") and "to clear" in remark for remark in made.remarks)
    edited = text.replace(",5,0,0,", ",6,0,0,", 1)
    assert edited != text
    with pytest.raises(ScenarioError, match="to clear; lengthen the stage"):
        plan_scenario(grid, written(tmp_path, edited, "edited.csv"), tmp_path, "made")


def test_most_of_what_is_printed_is_in_words() -> None:
    found = list(csv.DictReader(StringIO(stages_csv(load_scenario("abay-seifullin")))))
    assert [row["greens"].split()[0] for row in found] == [
        "WB:right+straight",
        "WB:left",
        "NB:right+straight",
        "NB:left",
    ]
    assert not any(row["state"] for row in found)


def test_sumo_programmes_are_taken_as_they_are(t_junction: Scenario, tmp_path: Path) -> None:
    phases = "".join(f'<phase duration="{seconds}" state="{state}"/>' for seconds, state in T_PHASES)
    text = f'<additional><tlLogic id="centre" programID="x" offset="-10">{phases}</tlLogic></additional>'
    programme = planned(t_junction, tmp_path, text, "plans.add.xml")["centre"]
    assert rows(programme) == T_PHASES
    assert programme.offset_s == 60


def waut(switches: dict[float | str, str], head: str = "", start: str = "x") -> str:
    """Programmes x, y and z, whose first phase is 30, 31 and 32 s long, and a timetable of them."""
    logics = ""
    for number, name in enumerate("xyz"):
        times = (T_PHASES[0][0] + number, *(seconds for seconds, _ in T_PHASES[1:]))
        phases = "".join(f'<phase duration="{s}" state="{p}"/>' for s, (_, p) in zip(times, T_PHASES, strict=True))
        logics += f'<tlLogic id="centre" programID="{name}" offset="begin">{phases}</tlLogic>'
    rows = "".join(f'<wautSwitch time="{time}" to="{name}"/>' for time, name in switches.items())
    table = f'<WAUT id="w" startProg="{start}" {head}>{rows}</WAUT>'
    return f'<additional>{logics}{table}<wautJunction wautID="w" junctionID="centre"/></additional>'


H = 3600.0


@pytest.mark.parametrize(("text", "run_h", "shown"), [
    (waut({7 * H: "y", 9 * H: "z"}), (6, 8), {0: "x", 7: "y", 9: "z"}),
    (waut({"7:00:00": "y", "0:09:00:00": "z"}), (6, 8), {0: "x", 7: "y", 9: "z"}),
    (waut({22 * H: "y", 30 * H: "z"}), (20, 31), {0: "y", 6: "z", 20: "x", 22: "y"}),  # past midnight, run over it
    (waut({22 * H: "y", 30 * H: "z"}), (0, 1), {0: "x", 6: "z", 22: "y"}),
    (waut({7 * H: "y", 30 * H: "z"}, 'period="86400"'), (5, 8), {0: "x", 6: "z", 7: "y"}),
    (waut({H: "y", 13 * H: "z"}, 'period="86400" refTime="6:00:00"'), (5, 8), {0: "x", 7: "y", 19: "z"}),
    (waut({H: "y", 7 * H: "z"}, 'period="12:00:00"'), (5, 8), {0: "x", 1: "y", 7: "z", 13: "y", 19: "z"}),
    (waut({0: "y"}), (0, 24), {0: "y"}),
])  # fmt: skip
def test_sumos_timetables_are_read_as_sumo_plays_them(
    t_junction: Scenario, tmp_path: Path, text: str, run_h: tuple[float, float], shown: dict[int, str]
) -> None:
    begin_s, end_s = (hours * H for hours in run_h)
    path = written(tmp_path, text, "w.add.xml")
    made = plan_scenario(replace(t_junction, begin_s=begin_s, warm_up_s=0.0, end_s=end_s), path, tmp_path, "made")
    lengths = {plan.begin_s / H: "xyz"[int(plan.phases[0].duration_s) - 30] for plan in made.plans}
    assert lengths == shown
    assert {plan.offset_s for plan in made.plans} == {begin_s % plan.cycle_s for plan in made.plans}


def test_a_timetable_that_differs_by_day_is_refused(t_junction: Scenario, tmp_path: Path) -> None:
    path = written(tmp_path, waut({22 * H: "y", 30 * H: "z"}), "w.add.xml")
    with pytest.raises(ScenarioError, match="at 00:00 'x' on one day of the run and 'y' on another"):
        plan_scenario(replace(t_junction, end_s=31 * H), path, tmp_path, "made")


def test_a_turn_may_stop_and_go_where_it_gives_way(t_junction: Scenario, tmp_path: Path) -> None:
    arrow = tuple((seconds, "Grs" + state[3:] if state == "GrrrGG" else state) for seconds, state in T_PHASES)
    phases = "".join(f'<phase duration="{seconds}" state="{state}"/>' for seconds, state in arrow)
    assert rows(planned(t_junction, tmp_path, t_logic(phases), "plans.add.xml")["centre"]) == arrow


def test_the_networks_own_file_is_taken_too(t_junction: Scenario, tmp_path: Path) -> None:
    text = t_junction.net_file.read_text("utf-8")
    shipped = read_network(t_junction.net_file).programmes["centre"]
    assert rows(planned(t_junction, tmp_path, text, "copy.net.xml")["centre"]) == rows(shipped)


def test_a_plan_on_a_planned_scenario_takes_its_place(t_junction: Scenario, tmp_path: Path) -> None:
    planned(t_junction, tmp_path, TABLE)
    again = tmp_path / "again"
    again.mkdir()
    longer = planned(
        load_scenario(str(tmp_path / "made")), again, TABLE.replace("main,", "main,").replace(",30,", ",40,")
    )
    assert next(phase.duration_s for phase in longer["centre"].phases) == 40


def utdf(folder: Path, text: str = UTDF) -> Path:
    written(folder, "node,signal\n1,centre\n", "nodes.csv")
    return written(folder, text)


def test_ring_barrier_phases_become_greens(crossroads: Scenario, tmp_path: Path) -> None:
    folder = tmp_path / "made"
    folder.mkdir()
    plan_scenario(crossroads, utdf(tmp_path), folder, "made", tmp_path / "nodes.csv")
    programme = read_network(load_scenario(str(folder)).net_file, (folder / "plans.add.xml",)).programmes["centre"]
    shown = second_by_second(programme)
    words = SignalWords(read_network(crossroads.net_file), "centre")
    green = {word: [s for s in range(72) if shown[s][words.find(word)[0][0]] in GREEN] for word in words.movements}
    assert green["EB:left"] == list(range(10))
    assert green["WB:left"] == list(range(14))
    assert green["WB:straight"] == green["WB:right"] == list(range(14, 40))
    assert green["EB:straight"] == list(range(18, 40))
    assert green["NB:left"] == green["SB:straight"] == list(range(45, 67))
    assert {shown[50][words.find("NB:left")[0][0]], shown[50][words.find("NB:straight")[0][0]]} == {"g", "G"}
    assert green["crossing:east"] == list(range(45, 66)), "5.3 s to clear, 5 s of them yellow and all-red"
    assert programme.offset_s == (10 - 18) % 72, "phase 6 is the last of 2 and 6 to turn green"


REAL = """[Network],,,,
Network Settings,,,,
RECORDNAME,DATA,,,
UTDFVERSION,8,,,
Metric,0,,,
ScenarioTime,7:00 am,,,

[Nodes]
Node Data
INTID,TYPE,X,Y,Z,DESCRIPTION,CBD
7,0,-10,25,0,"Caf\xe9, corner",
8,0,110,25,0,,
901,1,-500,25,0,,

[Links]
Link Data
RECORDNAME,INTID,NB,SB,EB,WB
Up ID,7,905,904,901,8
Lanes,7,2,2,*2,2

[Lanes]
Lane Group Data
RECORDNAME,INTID,NBL2,NBL,NBT,NBR,NBR2,SBL,SBT,SBR,SBR2,EBL,EBT,EBR,EBR2,WBL,WBT,WBR,PED,HOLD
Up Node,7,,905,905,905,,904,904,904,,901,901,901,,8,8,8,,
Lanes,7,,0,1,0,,0,1,0,,1,1,0,,1,1,0,,
Shared,7,,0,3,,,0,3,,,0,2,,,0,2,,,
Phase1,7,,,4,,,,4,,,,2,,,1,6,,,
PermPhase1,7,,4,,,,4,,,,2,,,,6,,,,
Volume,7,,10,100,20,,10,90,15,,30,400,20,,80,500,40,,
SatFlow,7,,0,*1700,0,,0,1700,0,,1770,1800,0,,1770,1800,0,,
Up Node,8,,906,906,906,,,,,,7,7,7,,,,,,

[Timeplans]
Timing Plan Settings
RECORDNAME,INTID,DATA
Control Type,7,3
Cycle Length,7,80.0
Lock Timings,7,0
Referenced To,7,1
Reference Phase,7,206
Offset,7,12.4
Node 0,7,7
Node 1,7,8
Node 2,7,0

[Phases]
Phasing Data
RECORDNAME,INTID,D1,D2,D3,D4,D5,D6,D7,D8,D9,D10
BRP,7,111,112,211,212,121,122,221,222,311,312
MinGreen,7,5,15,,8,,15,,,,
MaxGreen,7,*9.5,34.9,,22.6,,34.9,,,,
Yellow,7,3,3.6,,3.4,,3.6,,,,
AllRed,7,1,0.9,,1.1,,0.9,,,,
Recall,7,0,3,,0,,3,,,,
Walk,7,,7,,7,,7,,,,
DontWalk,7,,11,,11,,11,,,,
LocalStart,7,44.4,57.9,,17.3,,44.4,,,,

[Timeplans]
Timing Plan Settings
RECORDNAME,INTID,DATA
Offset,7,20.0
"""


def test_synchros_own_files_are_read(crossroads: Scenario, tmp_path: Path) -> None:
    """Code page, CRLF, spare columns, asterisks, a shorter ring, a later section, one controller for two nodes."""
    path = written(tmp_path, REAL.replace("\n", "\r\n").encode("cp1252"))
    written(tmp_path, "node,signal\n7,centre\n", "nodes.csv")
    folder = tmp_path / "made"
    folder.mkdir()
    made = plan_scenario(crossroads, path, folder, "made", tmp_path / "nodes.csv")
    first, second = made.remarks
    assert first.startswith("row 49: node 7: phase 6")
    assert second.endswith("are no signal here: 8")
    programme = made.plans[0].programme
    shown = second_by_second(programme)
    words = SignalWords(read_network(crossroads.net_file), "centre")
    green = {word: [s for s in range(80) if shown[s][words.find(word)[0][0]] in GREEN] for word in words.movements}
    assert green["WB:left"][:10] == list(range(10))
    assert green["WB:straight"] == list(range(48)), "its ring has no phase 5: phase 6 lasts to the barrier"
    assert green["EB:straight"] == list(range(14, 48))
    assert green["NB:left"] == green["NB:straight"] == list(range(53, 75))
    yellow = [state[words.find("EB:straight")[0][0]] for state in shown].count("y")
    assert yellow == 4, "3.6 s"
    assert programme.offset_s == (20 - 48) % 80, "the later section; phase 2 turns yellow at 48.4 s"


T_ARMS = """[Lanes]
RECORDNAME,INTID,SBL,SBT,SBR,EBL,EBT,EBR,WBL,WBT,WBR
Shared,1,,,,0,0,,,2,
Phase1,1,4,,4,5,2,,,6,
[Timeplans]
RECORDNAME,INTID,DATA
Cycle Length,1,110
[Phases]
RECORDNAME,INTID,D2,D4,D5,D6
BRP,1,111,211,121,122
MaxGreen,1,60,40,12,43
Yellow,1,3,3,3,3
AllRed,1,2,2,2,2
Walk,1,7,7,,7
"""
FOUR_ARMS = UTDF.replace("AllRed,1,1,1.6,,1.6,1,", "AllRed,1,2,1.6,,1.6,2,").replace("Length,1,72", "Length,1,73")


@pytest.mark.parametrize(("scenario", "signal", "text", "along", "across"), [
    ("abay-seifullin", "abay_seifullin", FOUR_ARMS, {"phases 4+8"}, {"phases 2+6", "phases 2+5"}),
    ("abay-corridor", "abay_abylai_khan", T_ARMS, {"phases 4"}, {"phases 2+6"}),
])  # fmt: skip
def test_who_walks_with_a_phase_on_a_dual_carriageway(
    tmp_path: Path, scenario: str, signal: str, text: str, along: set[str], across: set[str]
) -> None:
    """Over the avenue with the side street, also where no turn of it crosses a half, and where a left turn does."""
    path = written(tmp_path, text)
    nodes = written(tmp_path, f"node,signal\n1,{signal}\n", "nodes.csv")
    base = load_scenario(scenario)
    (plan,) = plan_scenario(base, path, tmp_path, "made", nodes).plans
    words = SignalWords(read_network(base.net_file, base.additional_files), signal)
    for link in words.walks:
        foes = {words.name(j)[1:3] for i, j in words.conflicts.foes if i == link and not words.is_turn(j)}
        green = {phase.stage for phase in plan.phases if phase.state[link] in GREEN}
        assert green <= (along if foes & {"EB", "WB"} else across), words.name(link)


@pytest.fixture(scope="session")
def five_arms(tmp_path_factory: pytest.TempPathFactory) -> Network:
    """A signal with two left turns for who comes from the south: to the north-west and, sharper, to the west."""
    folder = tmp_path_factory.mktemp("five")
    arms = {"s": (0, -200), "w": (-200, 0), "nw": (-150, 150), "n": (0, 200), "e": (200, 0)}
    nodes = "".join(f'<node id="{arm}" x="{x}" y="{y}"/>' for arm, (x, y) in arms.items())
    edges = "".join(f'<edge id="{a}-in" from="{a}" to="c"/><edge id="{a}-out" from="c" to="{a}"/>' for a in arms)
    (folder / "n.nod.xml").write_text(f'<nodes><node id="c" x="0" y="0" type="traffic_light"/>{nodes}</nodes>')
    (folder / "n.edg.xml").write_text(f"<edges>{edges}</edges>")
    files = {"node-files": folder / "n.nod.xml", "edge-files": folder / "n.edg.xml"}
    run_program("netconvert", {**files, "no-turnarounds": "true", "output-file": folder / "n.net.xml"})
    return read_network(folder / "n.net.xml")


@pytest.mark.parametrize(("roads", "names"), [
    (("w-c", "n-c", "c-e", "c-s"), {"west", "north", "east", "south"}),
    (("w-c", "c-e", "n-c"), {"west", "north", "east"}),
    (("w-c", "c-w", "c-e", "e-c", "s-c", "c-s"), {"west", "east", "south"}),
    (("w-c", "c-w", "se-c", "c-se", "sw-c", "c-sw"), {"west", "south-east", "south-west"}),
])  # fmt: skip
def test_crossings_are_named_by_the_arm_they_lead_over(tmp_path: Path, roads: tuple[str, ...], names: set[str]) -> None:
    """One-way streets, too, where the arms are not all approaches."""
    places = {"c": (0, 0), "w": (-200, 0), "n": (0, 200), "e": (200, 0), "s": (0, -200), "se": (80, -180),
              "sw": (-80, -180)}  # fmt: skip
    used = {place for road in roads for place in road.split("-")}
    nodes = "".join(
        f'<node id="{n}" x="{x}" y="{y}" type="{"traffic_light" if n == "c" else "priority"}"/>'
        for n, (x, y) in places.items() if n in used
    )  # fmt: skip
    edges = "".join(f'<edge id="{road}" from="{road.split("-")[0]}" to="{road.split("-")[1]}"/>' for road in roads)
    arms = [[road for road in roads if place in road.split("-")] for place in sorted(used - {"c"})]
    crossings = "".join(f'<crossing node="c" edges="{" ".join(arm)}"/>' for arm in arms)
    (tmp_path / "n.nod.xml").write_text(f"<nodes>{nodes}</nodes>")
    (tmp_path / "n.edg.xml").write_text(f"<edges>{edges}</edges>")
    (tmp_path / "n.con.xml").write_text(f"<connections>{crossings}</connections>")
    run_program("netconvert", {
        "node-files": tmp_path / "n.nod.xml", "edge-files": tmp_path / "n.edg.xml", "sidewalks.guess": "true",
        "connection-files": tmp_path / "n.con.xml", "sidewalks.guess.min-speed": 1,
        "output-file": tmp_path / "n.net.xml",
    })  # fmt: skip
    words = SignalWords(read_network(tmp_path / "n.net.xml"), "c")
    assert {word.partition(":")[2] for word in words.movements if word.startswith("crossing:")} == names
    assert all(len(links) == 1 for word, links in words.movements.items() if word.startswith("crossing:"))


@pytest.mark.parametrize(("groups", "edges"), [
    ({"NBL": "1"}, {"s-in w-out": {1}, "s-in nw-out": {1}}),
    ({"NBL2": "3", "NBL": "1"}, {"s-in w-out": {3}, "s-in nw-out": {1}}),
    ({"NBL2": "-1", "NBR": "1"}, {"s-in e-out": {1}}),
])  # fmt: skip
def test_second_turns_are_the_sharper_ones(
    five_arms: Network, groups: dict[str, str], edges: dict[str, set[int]]
) -> None:
    node = Node("1", Path("p.csv"), lanes={"phase1": {column: (7, text) for column, text in groups.items()}})
    phase = RingPhase(1, 1, 0.0, 10.0, 13.0, 15.0, walk=False, dont_walk_s=0.0)
    words = SignalWords(five_arms, "c")
    found = LaneGroups(node, words, {1: phase, 3: replace(phase, number=3)})
    served = {words.links[link][0]: phases for link, phases in found.protected.items() if phases}
    assert {f"{c.from_edge} {c.to_edge}": phases for c, phases in served.items()} == edges
    assert [words.links[link][0].to_edge for link in found.uncontrolled] == ["w-out"] * ("-1" in groups.values())


def test_a_second_turn_that_is_not_there_is_said(crossroads_words: SignalWords) -> None:
    node = Node("1", Path("p.csv"), lanes={"phase1": {"EBR2": (7, "1")}})
    phase = RingPhase(1, 1, 0.0, 10.0, 13.0, 15.0, walk=False, dont_walk_s=0.0)
    with pytest.raises(ScenarioError, match=r"p.csv row 7: node 1: EBR2, but there is one right turn"):
        LaneGroups(node, crossroads_words, {1: phase})


def test_yellow_is_equally_long_wherever_it_falls() -> None:
    """Rounded half to even, 3 s from 1.5 to 4.5 would be 2 s."""
    shown = [RingPhase(1, 1, at_s, at_s + 9.3, at_s + 12.3, at_s + 13.8, walk=False, dont_walk_s=0.0).whole_seconds
             for at_s in (0.0, 0.2, 0.5, 1.2, 2.7, 7.9)]  # fmt: skip
    assert {yellow - green for _, green, yellow, _ in shown} == {3}
    assert {end - green for _, green, _, end in shown} == {5}


@pytest.mark.parametrize(("column", "phase", "walks"), [("PED", "3", True), ("HOLD", "3", False)])
def test_a_phase_for_pedestrians_alone_is_a_walk_on_all_arms(
    crossroads: Scenario, tmp_path: Path, column: str, phase: str, walks: bool
) -> None:
    header = next(line for line in REAL.splitlines() if line.startswith("RECORDNAME,INTID,NBL2"))
    phases = ["Phase1", "7", *[""] * (header.count(",") - 1)]
    for name, number in (("NBT", "4"), ("SBT", "4"), ("EBT", "2"), ("WBL", "1"), ("WBT", "6"), (column, phase)):
        phases[header.split(",").index(name)] = number
    text = REAL.replace("Phase1,7,,,4,,,,4,,,,2,,,1,6,,,", ",".join(phases), 1)
    rows = {"MinGreen,7,5,15,": "5", "MaxGreen,7,*9.5,34.9,": "16", "Yellow,7,3,3.6,": "3", "AllRed,7,1,0.9,": "3"}
    for row, value in rows.items():
        text = text.replace(row, row + value)
    text = text.replace("Walk,7,,7,,7,,7", "Walk,7,,,,,,").replace("Length,7,80.0", "Length,7,102")
    path = written(tmp_path, text)
    written(tmp_path, "node,signal\n7,centre\n", "nodes.csv")
    if not walks:
        with pytest.raises(ScenarioError, match=r"'crossing:.* is never green; give a phase .* a Walk"):
            plan_scenario(crossroads, path, tmp_path, "made", tmp_path / "nodes.csv")
        return
    (plan,) = plan_scenario(crossroads, path, tmp_path, "made", tmp_path / "nodes.csv").plans
    alone = next(p for p in plan.phases if "phases 3" in p.stage)
    assert alone.state == "rrrrrrrrrrrrGGGG"


@pytest.mark.parametrize(("how", "moment_s"), [(0, 18), (1, 40), (2, 43.4), (3, 14), (4, 34)])
def test_offsets_refer_to_the_moment_said(tmp_path: Path, how: int, moment_s: float) -> None:
    path = utdf(tmp_path, UTDF.replace("Referenced To,1,0", f"Referenced To,1,{how}"))
    node = utdf_nodes(path, read_sheet(path))["1"]
    phases, cycle_s = ring_phases(node)
    assert cycle_s == 72
    assert reference_s(node, phases) == pytest.approx(moment_s)


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


@st.composite
def tables(draw: st.DrawFn) -> list[tuple[tuple[str, ...], float, float, float]]:
    """Stages of names and times, many of them safe, many not."""
    both = [("NB", "SB"), ("EB", "WB")]
    stages = []
    for pair in draw(st.lists(st.sampled_from(both), max_size=2)) + both:
        words = [f"{heading}:{turn}" for heading in pair for turn in ("straight", "right", "left")]
        arms = ("east", "west") if pair[0] == "NB" else ("north", "south")
        greens = [word for word in words if draw(st.integers(0, 30))] + [f"crossing:{arm}" for arm in arms]
        if not draw(st.integers(0, 4)):
            greens.append(draw(st.sampled_from(["NB:straight", "EB:left=G", "crossing:north=G", "WB:right"])))
        green_s = draw(st.sampled_from([4.0, 6.0, 9.0, 20.0, 31.0]))
        yellow_s, all_red_s = draw(st.sampled_from([2.0, 3.0, 3.0, 4.0])), draw(st.sampled_from([0.0, 1.0, 1.0, 2.0]))
        stages.append((tuple(greens), green_s, yellow_s, all_red_s))
    return stages


def limits() -> Limits:
    return Limits(3.0, 5.0, TIMING.walk_s, TIMING.walking_speed_mps, 1.0)


def judged(network: Network, words: SignalWords, given_plan: GivenPlan) -> bool:
    """Is the plan accepted? If so, the independent check must find nothing in three cycles of it."""
    try:
        check_plan(given_plan, words, TIMING)
    except ScenarioError:
        return False
    shown = [phase for _ in range(3) for phase in given_plan.phases]
    starts = pd.Series([phase.duration_s for phase in shown]).cumsum().shift(fill_value=0.0)
    table = pd.DataFrame({
        "signal": "centre", "start_s": starts, "duration_s": [phase.duration_s for phase in shown],
        "state": [phase.state for phase in shown],
    })  # fmt: skip
    assert violations(network, table, limits()) == []
    return True


@given(tables())
def test_no_accepted_plan_is_unsafe(
    crossroads_words: SignalWords, crossroads: Scenario, stages: list[tuple[tuple[str, ...], float, float, float]]
) -> None:
    words = crossroads_words
    made = []
    for number, (greens, green_s, yellow_s, all_red_s) in enumerate(stages):
        said = {link: letter for word in greens for links, letter in [words.find(word)] for link in links}
        made.append(Stage(number, str(number), words.conflicts.lettered(said), green_s, yellow_s, all_red_s))
    plan = GivenPlan(Path("p.csv"), 1, "centre", 0.0, 0.0, stage_phases(words, tuple(made), TIMING))
    judged(read_network(crossroads.net_file), words, plan)


def test_a_safe_plan_is_accepted(crossroads_words: SignalWords, crossroads: Scenario) -> None:
    words = crossroads_words
    stages = []
    for pair, arms in ((("NB", "SB"), ("east", "west")), (("EB", "WB"), ("north", "south"))):
        names = [*(f"{heading}:left+straight+right" for heading in pair), *(f"crossing:{arm}" for arm in arms)]
        said = {link: "" for name in names for link in words.find(name)[0]}
        stages.append(Stage(1, "", words.conflicts.lettered(said), 20.0, 3.0, 1.0))
    phases = stage_phases(words, tuple(stages), TIMING)
    plan = GivenPlan(Path("p.csv"), 1, "centre", 0.0, 0.0, phases)
    network = read_network(crossroads.net_file)
    assert judged(network, words, plan)
    cut = replace(plan, phases=tuple(replace(p, state=p.state.replace("y", "r")) for p in phases))
    assert not judged(network, words, cut)


def utdf_with(old: str, new: str) -> str:
    assert old in UTDF
    return UTDF.replace(old, new, 1)


def t_logic(phases: str, head: str = 'id="centre"') -> str:
    return f"<additional><tlLogic {head}>{phases}</tlLogic></additional>"


BOMB = '<!DOCTYPE a [<!ENTITY x "y"><!ENTITY z "&x;&x;">]><additional>&z;</additional>'
TABLES_REFUSED: dict[str, tuple[str | bytes, str]] = {
    "conflict": (TABLE.replace("NB:right+left", "NB:right+left EB:straight"),
                 "row 4: signal 'centre', stage 'side': 'NB:right' (south-in to east-out, link 2) and 'EB:straight'"),
    "priority": (TABLE.replace("EB:right+straight", "EB:right+straight WB:left=G"), "cannot both have priority"),
    "neither": (TABLE.replace("EB:right+straight", "EB:right+straight=g WB:left=G"), "and neither gives way"),
    "never green": (HEADER + MAIN + SIDE, "'WB:left' (east-in to south-out, link 1) is never green"),
    "no yellow": (TABLE.replace("15,3,2", "15,0,2"), "ends with 0 s of yellow, least 3"),
    "no all-red": (TABLE.replace("15,3,2", "15,3,0"), "gets green 3 s after 'NB:right'"),
    "short green": (TABLE.replace(",15,", ",4,"), "is green for 4 s, least 5"),
    "long cycle": (TABLE.replace(",30,", ",590,"), "its cycle is 630 s, allowed 10 to 600"),
    "offset": (TABLE.replace(",5,", ",70,"), "offset 70 s is not from 0 to below the cycle of 70 s"),
    "two offsets": (HEADER + MAIN + LEFT + SIDE.replace(",5,", ",6,"), "row 4: offset or cycle differs"),
    "signal": (TABLE.replace("centre", "center"), "row 2: no signal 'center'. Did you mean 'centre'?"),
    "approach": (TABLE.replace("NB:right", "SB:right"), "no movement at signal 'centre' 'SB:right'. Did you mean"),
    "link": (TABLE.replace("NB:right+left", "#9"), "no link '#9' at signal 'centre'; its links are #0 to #5"),
    "number": (TABLE.replace(",15,", ",soon,"), "row 4: green_s 'soon': input should be a valid number"),
    "negative": (TABLE.replace(",15,", ",-15,"), "green_s '-15': input should be greater than 0"),
    "infinite": (TABLE.replace(",15,", ",nan,"), "green_s 'nan': input should be a finite number"),
    "clock": (TABLE.replace("07:00", "25:00"), "from '25:00'"),
    "column": (TABLE.replace("stage,greens", "stage,green"), "no column 'green'. Did you mean 'greens'?"),
    "lines in a cell": (TABLE.replace("stage", '"st\na\nge"'), "row 3: no column 'st_a_ge'"),
    "russian headings": (TABLE.replace("signal", "Светофор"), "row 1: no column 'светофор'"),
    "windows cyrillic": (TABLE.replace("main", "утро").encode("cp1251"), "row 2: not UTF-8 text"),
    "totals": (TABLE + "Total,,,,,55,,\n", "row 5: yellow_s '': field required"),
    "totals below merged cells": (TABLE + ",,,,,55,9,6\n", "row 5: give either greens or a state"),
    "percent": (TABLE.replace(",15,", ",21%,"), "row 4: green_s '21%': input should be a valid number"),
    "cycle": (TABLE.replace("green_s", "cycle_s,green_s").replace("straight,30", "straight,90,30").replace(
        "left,10", "left,90,10").replace("left,15", "left,90,15"), "cycle_s 90, but its stages take 70 s"),
    "range of time": (TABLE.replace("07:00", "07:00-09:00"), "from '07:00-09:00'"),
    "midnight": (TABLE.replace("07:00", "24:00"), "from '24:00'"),
    "column missing": ("signal,stage,greens\ncentre,a,NB:left\n", "column 'green_s' is missing"),
    "cells": (TABLE.replace("15,3,2", "15,3"), "row 4: 7 cells under 8 columns"),
    "nothing green": (TABLE.replace("NB:right+left", ""), "give either greens or a state; now it has neither"),
    "header alone": (HEADER, "a header and no row"),
    "empty": ("", "is empty"),
    "binary": ("a\0b", "a binary file"),
    "twice": (TABLE + MAIN + "centre,08:00,0,x,NB:left,9,3,2\n" + MAIN, "a second plan from 07:00"),
    "no common stage": (TABLE + "".join(
        f"centre,09:00,0,x,{greens},9,3,2\n"
        for greens in ("EB:right+straight", "WB:straight EB:right", "WB:left", "NB:left", "NB:right")
    ), "no stage with the same greens as in the plan of row 2"),
}  # fmt: skip
FILES_REFUSED = {
    "length.add.xml": (t_logic('<phase duration="30" state="GGG"/>'), "has 3 letters, the signal 6 links"),
    "letter.add.xml": (t_logic('<phase duration="30" state="GrrrGX"/>'), "letter 'X' in state 'GrrrGX'"),
    "off.add.xml": (t_logic('<phase duration="30" state="GrrrGO"/>'), "letter 'O' in state 'GrrrGO'"),
    "stop.add.xml": (t_logic('<phase duration="30" state="ssssss"/>'), "is no turn; only a turn may turn on red after a"),
    "time.add.xml": (waut({"soon": "y"}), "<WAUT> 'w': time 'soon' is no time from 0; give seconds or h:mm:ss"),
    "ref.add.xml": (waut({1: "y"}, 'refTime="-5"'), "refTime '-5' is no time from 0"),
    "often.add.xml": (waut({1: "y"}, 'period="1"'), "switches over 1000 times"),
    "to.add.xml": (waut({1: "w"}), "no programme of signal 'centre' 'w'"),
    "waut.add.xml": (waut({1: "y"}).replace('wautID="w"', 'wautID="v"'), "no <WAUT> for signal 'centre' 'v'"),
    "go.add.xml": (t_logic('<phase duration="30" state="rGrrsr"/>'), "conflict and neither gives way"),
    "duration.add.xml": (t_logic('<phase duration="inf" state="GrrrGG"/>'), "duration 'inf' is not a time"),
    "kind.add.xml": (t_logic('<phase duration="9" state="GrrrGG"/>', 'id="centre" type="NEMA"'), "its type is 'NEMA'"),
    "signal.add.xml": (t_logic('<phase duration="9" state="G"/>', 'id="cent"'), "no signal 'cent'. Did you mean"),
    "nothing.add.xml": ("<additional/>", "no <tlLogic> with phases"),
    "routes.xml": ("<routes/>", "<routes> is not an SUMO file"),
    "bomb.add.xml": (BOMB, "it declares a DTD or entities"),
    "broken.add.xml": ("<additional><tlLogic", "is not valid SUMO XML"),
    "deep.add.xml": ("<additional>" + "<a>" * 50, "too deep"),
    "list.toml": ("plan = 3", "it holds no [[plan]]"),
    "key.toml": (TOML.replace("offset_s", "ofset_s"), "no key 'ofset_s'. Did you mean 'offset_s'?"),
    "stageless.toml": ('[[plan]]\nsignal = "centre"', "a plan without [[plan.stage]]"),
    "place.toml": (TOML.replace('stage = "side"', 'stage = "side"\nfrom = "08:00"'), "line 17: 'from' belongs"),
    "broken.toml": ("[[plan", "no valid TOML"),
    "plans.docx": ("x", "'.docx' is no kind of plan"),
}  # fmt: skip
UTDF_REFUSED = {
    "section": (UTDF.replace("[Phases]", "[Other]"), "no section [Phases]"),
    "number": (utdf_with("MaxGreen,1,10", "MaxGreen,1,ten"), "row 28: node 1: MaxGreen D1 'ten' is no number"),
    "rings": (utdf_with("14,22,,22", "15,22,,22"), "Cycle Length 72 s, but its phases take 73 s"),
    "cycle": (utdf_with("Length,1,72", "Length,1,90"), "Cycle Length 90 s, but its phases take 72 s"),
    "offset": (utdf_with("Offset,1,10", "Offset,1,75"), "Offset 75 s is not below the cycle of 72 s"),
    "reference": (utdf_with("Phase,1,206", "Phase,1,307"), "Reference Phase 3 is none of its phases"),
    "phase": (utdf_with("Phase1,1,,8", "Phase1,1,,9"), "Phase1 NBT '9' is none of its phases (1, 2, 4, 5, 6, 8)"),
    "ring place": (utdf_with("BRP,1,111", "BRP,1,1"), "BRP '1' of D1 is not barrier, ring and position"),
    "lines in a cell": (utdf_with("MinGreen,1,5", 'MinGreen,1,"5\n6"'), "MinGreen D1 '5 6' is no number"),
    "digits": (utdf_with("D7,D8\nBRP", "D7,D8٣\nBRP"), "of D8٣ is not barrier, ring and position"),
    "old files": ("Phasing Data\nRECORDNAME,INTID,D1\nBRP,1,111\n", "no section [Lanes]; export the combined UTDF"),
    "minimum": (utdf_with("MinGreen,1,5", "MinGreen,1,12"), "MaxGreen 10 s is below MinGreen 12 s"),
    "twice": (UTDF + "Walk,1,,7\n", "'walk' of node 1 stands there twice"),
    "protected": (utdf_with("Phase1,1,,8", "Phase1,1,8,8").replace("PermPhase1,1,8", "PermPhase1,1,"),
                  "'NB:left' (south-in to west-out, link 8) is protected (Phase) together with 'SB:"),
    "no walk": (utdf_with("Walk,1,,7,,7,,7,,7", "Walk,1,,7,,,,7,,"), "'crossing:east' (:centre_c1, link 13) is never"),
    "unnamed node": (UTDF.replace(",1,", ",7,"), "node '1' has no plan in the file"),
}  # fmt: skip


def refusal(capsys: Capture, scenario: Path, plans: Path, *more: str) -> str:
    """The one line that a file ends in; no folder is left."""
    out = plans.parent / "out"
    before = sorted(plans.parent.iterdir())
    assert status(["scenario", "plan", str(scenario), str(plans), "--out", str(out), *more]) == 2
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert sorted(plans.parent.iterdir()) == before
    assert "Traceback" not in said.err
    return said.err


@pytest.fixture(scope="session")
def ruled(t_junction: Scenario, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The T-junction with rules of its own: yellow 3 s, all-red 1 s, green 5 s."""
    folder = tmp_path_factory.mktemp("ruled")
    path = written(folder, TABLE)
    made = folder / "made"
    made.mkdir()
    plan_scenario(replace(t_junction, timing=TIMING), path, made, "made")
    return made


@pytest.mark.parametrize("case", TABLES_REFUSED)
def test_a_wrong_table_ends_in_one_line(ruled: Path, tmp_path: Path, capsys: Capture, case: str) -> None:
    text, said = TABLES_REFUSED[case]
    assert said in refusal(capsys, ruled, written(tmp_path, text))


@pytest.mark.parametrize("name", FILES_REFUSED)
def test_a_wrong_file_ends_in_one_line(ruled: Path, tmp_path: Path, capsys: Capture, name: str) -> None:
    text, said = FILES_REFUSED[name]
    assert said in refusal(capsys, ruled, written(tmp_path, text, name))


@pytest.mark.parametrize("case", UTDF_REFUSED)
def test_a_wrong_utdf_file_ends_in_one_line(
    tiny_network: TinyNetwork, tmp_path: Path, capsys: Capture, case: str
) -> None:
    text, said = UTDF_REFUSED[case]
    nodes = ("--nodes", str(tmp_path / "nodes.csv"))
    assert said in refusal(capsys, tiny_network("crossroads-with-crossings"), utdf(tmp_path, text), *nodes)


def test_a_walk_that_is_too_short_is_refused(crossroads: Scenario, tmp_path: Path) -> None:
    both = "NB:straight SB:straight NB:right SB:right NB:left SB:left crossing:east crossing:west"
    other = "EB:straight WB:straight EB:right WB:right EB:left WB:left crossing:north crossing:south"
    text = HEADER + f"centre,00:00,0,ns,{both},7,3,1\ncentre,00:00,0,ew,{other},20,3,1\n"
    with pytest.raises(ScenarioError, match=r"stage 'ns': 'crossing:east' .* has a walk of 4 s, least 5"):
        plan_scenario(crossroads, written(tmp_path, text), tmp_path, "made")


def test_a_node_without_a_signal_needs_a_table(crossroads: Scenario, tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="no INTID is a signal of the network"):
        plan_scenario(crossroads, utdf(tmp_path), tmp_path, "made")


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


def printed(capsys: Capture, scenario: Path, controller: str, *more: str) -> list[dict[str, str]]:
    assert status(["plans", str(scenario), "--controller", controller, *more]) == 0
    return list(csv.DictReader(StringIO(capsys.readouterr().out)))


@pytest.mark.parametrize("controller", ["webster", "green-wave", "split-cycle-offset"])
def test_the_plan_of_a_controller_is_printed_as_stages_and_taken_back(
    tiny_network: TinyNetwork, tmp_path: Path, capsys: Capture, controller: str
) -> None:
    """What `scenario plan` makes of it is the same plan: greens, cycle, offset."""
    config = tiny_network("crossroads-with-crossings")
    (plan,) = printed(capsys, config, controller)
    stages = printed(capsys, config, controller, "--stages")
    assert [row["stage"] for row in stages] == plan["stages"].split()
    assert [row["green_s"] for row in stages] == plan["greens_s"].split()
    table = tmp_path / "stages.csv"
    table.write_text(",".join(stages[0]) + "\n" + "".join(",".join(row.values()) + "\n" for row in stages), "utf-8")
    assert status(["scenario", "plan", str(config), str(table), "--out", str(tmp_path / "made")]) == 0
    capsys.readouterr()
    assert printed(capsys, tmp_path / "made", "fixed") == [plan]


def test_plans_of_a_file_are_printed_with_their_times(
    tiny_network: TinyNetwork, tmp_path: Path, capsys: Capture
) -> None:
    config, file = tiny_network("t-junction-left-turn"), tmp_path / "plans.csv"
    rows_ = "centre,06:00,3,A B C,30 10 15\ncentre,09:00,0,A C B,20 15 10\n"
    file.write_text(f"signal,from,offset_s,stages,greens_s\n{rows_}", "utf-8")
    found = printed(capsys, config, f"fixed:plans={file}")
    assert [tuple(row.values()) for row in found] == [tuple(row.split(",")) for row in rows_.splitlines()]
    stages = printed(capsys, config, f"fixed:plans={file}", "--stages")
    assert [(row["from"], row["stage"]) for row in stages] == [
        ("06:00", "A"), ("06:00", "B"), ("06:00", "C"), ("09:00", "A"), ("09:00", "C"), ("09:00", "B"),
    ]  # fmt: skip


def test_stages_keep_the_names_that_were_given(t_junction: Scenario, tmp_path: Path, capsys: Capture) -> None:
    text = TABLE.replace(",main,", ",Main =rush,").replace(",side,", ",,")
    (tmp_path / "made").mkdir()
    plan_scenario(t_junction, written(tmp_path, text), tmp_path / "made", "made")
    (plan,) = printed(capsys, tmp_path / "made", "fixed")
    assert plan["stages"] == "Main__rush left C"
    assert [row["stage"] for row in printed(capsys, tmp_path / "made", "fixed", "--stages")] == plan["stages"].split()
    for stages in (plan["stages"], "A B C", "Main__rush B C"):
        file = written(tmp_path, f"signal,from,offset_s,stages,greens_s\ncentre,0:00,0,{stages},30 10 15\n", "p.csv")
        assert [row["stages"] for row in printed(capsys, tmp_path / "made", f"fixed:plans={file}")] == [plan["stages"]]


@pytest.mark.parametrize("duration", ["nan", "-5", "inf", "0"])
def test_a_phase_of_no_length_is_refused_wherever_it_stands(
    t_junction: Scenario, tmp_path: Path, duration: str
) -> None:
    """SUMO itself takes a negative or NaN duration, and the signal stands still from then on."""
    (tmp_path / "made").mkdir()
    plan_scenario(t_junction, written(tmp_path, TABLE), tmp_path / "made", "made")
    file = tmp_path / "made" / "plans.add.xml"
    file.write_text(file.read_text("utf-8").replace('duration="30"', f'duration="{duration}"'), "utf-8")
    with pytest.raises(ScenarioError, match=rf"<tlLogic> 'centre' is invalid \(duration '{duration}' of phase 1 is no"):
        read_network(t_junction.net_file, (file,))
    with pytest.raises(ScenarioError, match=f"duration '{duration}' is not a time in seconds above 0"):
        plan_scenario(t_junction, file, tmp_path, "made")
    net = tmp_path / "net.net.xml"
    text = t_junction.net_file.read_text("utf-8")
    first = text.index('duration="', text.index("<tlLogic")) + len('duration="')
    net.write_text(text[:first] + duration + text[text.index('"', first) :], "utf-8")
    with pytest.raises(ScenarioError, match=rf"<tlLogic> 'centre' is invalid \(duration '{duration}' of phase 1 is no"):
        read_network(net)
