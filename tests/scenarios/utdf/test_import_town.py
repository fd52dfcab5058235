"""A Synchro town becomes a scenario folder that runs: bays as long as their storage, plans as in the file."""

import csv
import json
import math
from pathlib import Path

import pytest

from tests.scenarios.utdf.given import utdf, with_change, written
from zhasyl.cli import status
from zhasyl.files.sheets import read_sheet
from zhasyl.network import Network
from zhasyl.scenarios import Scenario, load_scenario
from zhasyl.scenarios.plans.link_names import SignalWords
from zhasyl.scenarios.plans.made import plan_scenario
from zhasyl.scenarios.utdf.layout import Layout
from zhasyl.scenarios.utdf.network import build_network
from zhasyl.scenarios.utdf.read_town import read_town
from zhasyl.scenarios.utdf.sections import read_sections
from zhasyl.signals import GREEN
from zhasyl.sumo.net_file import read_network
from zhasyl.sumo.xml_files import top_elements

Capture = pytest.CaptureFixture[str]
FOOT_M = 0.3048


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("utdf")
    file = written(folder, utdf())
    assert status(["scenario", "import-utdf", str(file), "--out", str(folder / "Town"), "--minutes", "15"]) == 0
    return folder / "Town"


@pytest.fixture(scope="module")
def scenario(imported: Path) -> Scenario:
    return load_scenario(str(imported))


@pytest.fixture(scope="module")
def network(scenario: Scenario) -> Network:
    return scenario.network()


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def test_the_folder_holds_the_scenario_and_the_file_itself(imported: Path, scenario: Scenario) -> None:
    assert {path.name for path in imported.iterdir()} == {
        "scenario.toml", "scenario.sumocfg", "network.net.xml", "demand.rou.xml", "walkers.rou.xml", "vehicles.add.xml",
        "plans.add.xml", "assumptions.csv", "guessed.csv", "signals.csv", "nodes.csv", "volumes.csv", "detectors.csv",
        "utdf.csv", "network.png"}  # fmt: skip
    assert (imported / "utdf.csv").read_text() == utdf()
    assert rows(imported / "nodes.csv") == [{"node": "1", "signal": "1"}, {"node": "2", "signal": "2"}]
    assert (scenario.begin_s, scenario.end_s, scenario.warm_up_s) == (900, 1800, 900)
    assert scenario.timing.walking_speed_mps == pytest.approx(3.5 * FOOT_M, abs=0.01)


def test_bays_are_as_long_as_their_storage(network: Network) -> None:
    assert network.edges["11-1.1"].length_m == pytest.approx(250 * FOOT_M, abs=1.5)
    assert network.edges["13-1.1"].length_m == pytest.approx(150 * FOOT_M, abs=1.5)
    assert [len(network.edges[edge].lanes) - 1 for edge in ("11-1", "11-1.1")] == [2, 3], "and a pavement"
    leaving = network.outgoing["11-1"]
    assert sorted((c.from_lane, c.to_lane) for c in leaving) == [(1, 1), (2, 2), (2, 3)], "the bay opens on the left"
    inside_m = max(network.internal_lengths_m[c.via] for c in leaving)
    assert inside_m == pytest.approx(80 * FOOT_M, abs=5), "along its taper"


def test_greens_begin_and_last_as_in_the_file(network: Network) -> None:
    programme = network.programmes["1"]
    shown = [phase.state for phase in programme.phases for _ in range(round(phase.duration_s))]
    cycle, words = len(shown), SignalWords(network, "1")
    assert cycle == 90
    for word, start_s, green_s in (("EB:left", 4.6, 11.4), ("EB:straight", 17.9, 32.7), ("WB:straight", 20.0, 30.6)):
        link = words.find(word)[0][0]
        green = [s for s in range(cycle) if shown[s][link] in GREEN]
        first = next(s for s in green if (s - 1) % cycle not in green)
        assert abs((first + programme.offset_s - start_s + 45) % 90 - 45) <= 0.6, word
        assert abs(len(green) - green_s) <= 0.6, word


def test_right_turns_on_red_stop_and_others_do_not(network: Network) -> None:
    words, states = SignalWords(network, "1"), [phase.state for phase in network.programmes["1"].phases]
    assert any(state[link] == "s" for state in states for link in words.find("NB:right")[0])
    assert not any(state[link] == "s" for state in states for link in words.find("NB:left")[0])
    with_island = [c for c in network.outgoing["3-2.1"] if c.to_edge == "2-22"]
    assert [c.signal for c in with_island] == [""], "a channelised right turn is not run by the signal"


def test_people_walk_where_a_phase_has_a_walk(imported: Path, network: Network) -> None:
    crossings = {edge.id for edge in network.edges.values() if edge.function == "crossing"}
    assert crossings == {":1_c0", ":1_c1", ":1_c2", ":1_c3"}
    walkers = [flow.get("id") for flow in top_elements(imported / "walkers.rou.xml")]
    assert len(walkers) == 4, "both ways over the arms that NBR and EBR turn into"


def test_volumes_and_detectors_are_listed(imported: Path) -> None:
    volumes = {(row["node"], row["movement"]): row for row in rows(imported / "volumes.csv")}
    assert volumes["1", "EBT"]["volume_vph"] == "770"
    assert all(float(row["geh"]) < 5 for row in volumes.values())
    detectors = {(row["node"], row["movement"]): row for row in rows(imported / "detectors.csv")}
    assert detectors["1", "EBL"]["lane"] == "11-1.1_3"
    assert float(detectors["1", "EBT"]["to_stop_line_m"]) == pytest.approx(100 * FOOT_M, abs=0.1)
    types = [vehicle.get("type") for vehicle in top_elements(imported / "demand.rou.xml") if vehicle.tag == "vehicle"]
    assert 0.01 < types.count("truck") / len(types) < 0.09


def test_what_was_guessed_and_assumed_is_said(imported: Path, scenario: Scenario) -> None:
    said = {row["reason"].partition(": ")[2] for row in rows(imported / "guessed.csv")}
    assert any("phase 6 is green for 14 s beyond its MaxGreen" in text for text in said)
    assert any("is actuated and not coordinated" in text for text in said)
    left_out = [row for row in rows(imported / "guessed.csv") if row["kind"] == "left out"]
    assert [(row["name"], row["value"]) for row in left_out] == [("[Lanes] Busstops", "not taken over; cells: 1")]
    volumes = next(a for a in scenario.assumptions if a.subject == "volumes")
    assert volumes.status == "given"
    assert "neighbours differ by up to 30 veh/h (link 3-2)" in volumes.reason


def test_the_plans_of_the_kept_file_fit_the_scenario_again(imported: Path, tmp_path: Path, capsys: Capture) -> None:
    """By Up Node and Dest Node, over the pieces of a link."""
    again = tmp_path / "again"
    arguments = [str(imported), str(imported / "utdf.csv"), "--nodes", str(imported / "nodes.csv"), "--out", str(again)]
    assert status(["scenario", "plan", *arguments, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["signals"] == ["1", "2"]
    before, after = (load_scenario(str(folder)).network().programmes for folder in (imported, again))
    assert {key: p.phases for key, p in before.items()} == {key: p.phases for key, p in after.items()}


SIGNS = """[Network]
RECORDNAME,DATA
Metric,1
[Nodes]
INTID,TYPE,X,Y,Z,DESCRIPTION,Inside Radius,Outside Radius,Roundabout Lanes,Circle Speed
1,4,0,0,0,,12,20,1,25
2,3,400,0,0,,,,,
3,3,800,0,0,,,,,
4,1,-400,0,0,,,,,
5,1,0,400,0,,,,,
6,1,400,400,0,,,,,
7,1,800,400,0,,,,,
8,1,1200,0,0,,,,,
[Links]
RECORDNAME,INTID,SB,EB,WB,NB
Up ID,1,5,4,2,
Lanes,1,1,1,1,
Speed,1,50,50,50,
Up ID,2,6,1,3,
Lanes,2,1,1,1,
Speed,2,50,50,50,
Up ID,3,7,2,8,
Lanes,3,1,1,1,
Up ID,4,,,1,
Lanes,4,,,1,
Up ID,5,,,,1
Lanes,5,,,,1
Up ID,6,,,,2
Lanes,6,,,,1
Up ID,7,,,,3
Lanes,7,,,,1
Up ID,8,,3,,
Lanes,8,,1,,
[Lanes]
RECORDNAME,INTID,SBL,SBR,EBL,EBT,WBT,WBR
Up Node,1,5,5,4,4,2,2
Dest Node,1,2,4,5,2,4,5
Lanes,1,1,0,0,1,1,0
Shared,1,2,,,1,2,
Up Node,2,6,6,1,1,3,3
Dest Node,2,3,1,6,3,1,6
Lanes,2,1,0,0,1,1,0
Shared,2,2,,,1,2,
SignControl,2,1,,,0,0,
Up Node,3,7,7,2,2,8,8
Dest Node,3,8,2,7,8,2,7
Lanes,3,1,0,0,1,1,0
Shared,3,2,,,1,2,
SignControl,3,1,,,1,1,
Volume,3,,30,40,200,200,50
"""


def test_signs_and_roundabouts(tmp_path: Path) -> None:
    path = written(tmp_path, SIGNS)
    town = read_town(read_sections(path, read_sheet(path)))
    layout = Layout(town)
    build_network(layout, tmp_path / "n.net.xml", tmp_path)
    network = read_network(tmp_path / "n.net.xml")
    kinds = {name: junction.kind for name, junction in network.junctions.items()}
    assert (kinds["2"], kinds["3"]) == ("priority_stop", "allway_stop")
    stops = {c.from_edge for c in network.connections if _yields(network, c.from_edge, "2")}
    assert stops == {"6-2", "1-2"}, "who has a stop sign, and who turns left across the road"
    ring = layout.rings["1"]
    assert ring.arms == ("2", "5", "4"), "against the clock"
    assert network.edges[ring.edge("2")].speed_mps == pytest.approx(25 / 3.6, abs=0.01)
    radius_m = math.dist(network.edges[ring.edge("2")].shape[1], (400, 0))
    assert radius_m == pytest.approx(16, abs=2)
    assert ring.between("4", "2") == [ring.edge("4")]
    assert {guess.kind for guess in town.guesses.found} == {"speed"}


def _yields(network: Network, edge: str, node: str) -> bool:
    junction = network.junctions[node]
    own = [index for c, (name, index) in network.requests.items() if name == node and c.from_edge == edge]
    return any(junction.response[index] for index in own)


def test_a_town_without_volumes_or_signals_gets_random_trips(tmp_path: Path, capsys: Capture) -> None:
    text = "\n".join(line for line in SIGNS.splitlines() if not line.startswith("Volume"))
    out = tmp_path / "out"
    assert status(["scenario", "import-utdf", str(written(tmp_path, text)), "--out", str(out), "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert (facts["signals"], facts["volumes_met"], facts["checked"]["error"]) == (0, None, 0)
    assert "synthetic" in {a.status for a in load_scenario(str(out)).assumptions}


@pytest.mark.parametrize(
    ("old", "new", "left", "said"),
    [
        ("MaxGreen,2,10,", "MaxGreen,2,-3,", "2", "its phases take 66 s without D1 (MaxGreen '-3' in row 129)"),
        ("Yellow,1,3,3.6", "Yellow,1,3,-3.6", "1", "row 122: node 1: Yellow D2 '-3.6' is no number from 0 to 9999"),
        ("3.5,3,3.6,3.5\nAllRed,1,1,1.4,3,1,1.4,3", "0,3,3.6,0\nAllRed,1,1,1.4,6.5,1,1.4,6.5", "1",
         "ends with 0 s of yellow, least 2; lengthen"),
        ("Walk,1,,7,", "Walk,1,,-7,", "1", "node 1: Walk D2 '-7' is no number from 0"),
        ("Cycle Length,2,80.0", "Cycle Length,2,-80.0", "2", "node 2: Cycle Length DATA '-80.0' is no number from 0"),
    ],
)  # fmt: skip
def test_a_time_of_0_or_below_leaves_out_its_signal_alone(
    scenario: Scenario, tmp_path: Path, old: str, new: str, left: str, said: str
) -> None:
    file, made = written(tmp_path, with_change(old, new)), tmp_path / "made"
    made.mkdir()
    found = plan_scenario(scenario, file, made, "made")
    assert ((*found.signals, *found.kept), found.kept) == (("1", "2") if left == "2" else ("2", "1"), (left,))
    (remark,) = (text for text in found.remarks if f"signal '{left}' keeps its plan" in text)
    assert said in remark


def test_the_import_leaves_out_the_same(tmp_path: Path, capsys: Capture) -> None:
    text = with_change("Walk,1,,7,", "Walk,1,,-7,").replace("MaxGreen,2,10,", "MaxGreen,2,0,")
    text = text.replace("Cycle Length,2,80.0", "Cycle Length,2,66").replace(
        "PermPhase1,2,,,4,,,,,,,,", "PermPhase1,2,,,4,,,,,,,6,"
    )
    asked = [
        "scenario",
        "import-utdf",
        str(written(tmp_path, text)),
        "--out",
        str(tmp_path / "Town"),
        "--minutes",
        "15",
    ]
    assert status(asked) == 0
    told = [f"{row['id']} {row['value']}: {row['reason']}" for row in rows(tmp_path / "Town/guessed.csv")]
    assert any(text.startswith("1 netconvert's: row 124: node 1: Walk D2 '-7' is no number from 0") for text in told)
    assert any("WBL names phase 1, and its MaxGreen (row 129 column D1) is '0': the" in text for text in told)
