"""Synchro's phases and lane groups become greens, yellows and walks."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.scenarios.plans.given import UTDF, second_by_second, utdf, written
from zhasyl.errors import ScenarioError
from zhasyl.files.sheets import read_sheet
from zhasyl.network import Network
from zhasyl.scenarios import load_scenario
from zhasyl.scenarios.model import Scenario
from zhasyl.scenarios.plans.link_names import SignalWords
from zhasyl.scenarios.plans.made import plan_scenario
from zhasyl.scenarios.plans.rings import RingPhase, reference_s, ring_phases
from zhasyl.scenarios.plans.synchro import NodePlan
from zhasyl.scenarios.plans.utdf import Node, utdf_nodes
from zhasyl.scenarios.plans.utdf_lane_groups import LaneGroups
from zhasyl.signals import GREEN, SignalTiming
from zhasyl.sumo.net_file import read_network
from zhasyl.sumo.programs import run_program


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
    assert green["EB:straight"] == list(range(13, 48)), "13.5 s later by the clock: 65.1 s"
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


@pytest.mark.parametrize("green", ["-4", "0", "0.0", "-0,5"])
def test_a_phase_whose_green_is_no_time_is_unused(crossroads_words: SignalWords, tmp_path: Path, green: str) -> None:
    text = UTDF.replace("PermPhase1,1,8", "Phase2,1,,3,,,,,,,,,,,,\nPermPhase1,1,8").replace(
        "26,,22", f'26,"{green}",22'
    )
    nodes = [utdf_nodes(path, read_sheet(path))["1"] for path in (utdf(tmp_path), written(tmp_path, text, "odd.csv"))]
    plain, odd = (NodePlan(node, crossroads_words, SignalTiming()) for node in nodes)
    assert [phase.state for phase in odd.plan().phases] == [phase.state for phase in plain.plan().phases]
    assert set(odd.remarks()) - set(plain.remarks()) == {
        f"row 12: node 1: Phase2 NBT names phase 3, and its MaxGreen (row 29 column D3) is '{green}': the phase is "
        "taken as unused"
    }
