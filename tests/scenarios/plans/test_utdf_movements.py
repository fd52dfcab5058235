"""Lane groups find their roads by azimuth, and right turns go on red or without the signal as the file says."""

from pathlib import Path

import pytest

from tests.scenarios.plans.given import UTDF, utdf
from zhasyl.errors import ScenarioError
from zhasyl.scenarios.model import Scenario
from zhasyl.scenarios.plans.link_names import SignalWords
from zhasyl.scenarios.plans.made import Planned, plan_scenario
from zhasyl.scenarios.plans.rings import RingPhase
from zhasyl.scenarios.plans.utdf import Node
from zhasyl.scenarios.plans.utdf_azimuths import azimuths
from zhasyl.scenarios.plans.utdf_lane_groups import LaneGroups

EIGHTHS = {"NB": "NE", "EB": "SE", "SB": "SW", "WB": "NW"}
NODES = "[Nodes]\nINTID,TYPE,X,Y\n1,0,0,0\n2,1,-17,-200\n3,1,-200,17\n4,1,17,200\n5,1,200,-17\n"
LINKS = "[Links]\nRECORDNAME,INTID,NE,SE,SW,NW\nUp ID,1,2,3,4,5\n"
RTOR = "Allow RTOR,1,1,1,1,1,1,1,1,1,1,1,1,1,,\n"


def made(scenario: Scenario, tmp_path: Path, text: str) -> Planned:
    path, folder = utdf(tmp_path, text), tmp_path / "made"
    folder.mkdir()
    return plan_scenario(scenario, path, folder, "made", tmp_path / "nodes.csv")


def in_eighths(text: str) -> str:
    for quarter, eighth in EIGHTHS.items():
        for turn in "LTR":
            text = text.replace(f"{quarter}{turn}", f"{eighth}{turn}")
    return text


def letters(planned: Planned, words: SignalWords, movement: str) -> set[str]:
    (plan,) = planned.plans
    return {phase.state[link] for link in words.find(movement)[0] for phase in plan.phases}


def test_eighths_of_a_file_that_lie_near_quarters_here(crossroads: Scenario, tmp_path: Path) -> None:
    (plan,) = made(crossroads, tmp_path, f"{NODES}{LINKS}{in_eighths(UTDF)}").plans
    (tmp_path / "quarters").mkdir()
    (same,) = made(crossroads, tmp_path / "quarters", UTDF).plans
    assert [phase.state for phase in plan.phases] == [phase.state for phase in same.phases]


def test_coordinates_with_decimal_commas() -> None:
    nodes = [["[Nodes]"], ["INTID", "X", "Y"], ["1", "0", "0"], ["2", "*-17,5", "-200,5"]]
    links = [["[Links]"], ["RECORDNAME", "INTID", "NE"], ["Up ID", "1", "2"]]
    assert azimuths(list(enumerate(nodes + links, start=1))) == {"1": {"NE": pytest.approx(5.0, abs=0.1)}}


def test_a_column_with_phases_that_is_no_movement_is_told(crossroads: Scenario, tmp_path: Path) -> None:
    planned = made(
        crossroads,
        tmp_path,
        UTDF.replace(",PED,HOLD", ",NBT2,HOLD").replace("8,,,4,,1,6,,5,2,,,", "8,,,4,,1,6,,5,2,,8,"),
    )
    assert [remark for remark in planned.remarks if remark.endswith("node 1: NBT2 is no movement; passed over")]


def test_a_road_that_is_not_there_is_told_with_its_azimuth(crossroads: Scenario, tmp_path: Path) -> None:
    nodes = NODES.replace("3,1,-200,17", "3,1,-20,-200")
    said = r"EB heads for|SE heads for \d+°, and signal 'centre' has no road within 60° left for it .*give --nodes"
    with pytest.raises(ScenarioError, match=said):
        made(crossroads, tmp_path, f"{nodes}{LINKS}{in_eighths(UTDF)}")


def test_right_turns_go_on_red_where_it_is_allowed(
    crossroads: Scenario, crossroads_words: SignalWords, tmp_path: Path
) -> None:
    words = crossroads_words
    planned = made(crossroads, tmp_path, UTDF.replace("PermPhase1", f"{RTOR}PermPhase1"))
    assert "s" in letters(planned, words, "NB:right")
    assert "s" not in letters(planned, words, "NB:left") | letters(planned, words, "NB:straight")
    (plan,) = planned.plans
    (link,) = words.find("NB:right")[0]
    rivals = [j for i, j in words.conflicts.foes - words.conflicts.yields if i == link]
    for phase in plan.phases:
        going = [j for j in rivals if phase.state[j] in "Ggy"]
        assert phase.state[link] != "s" or not going, "nobody goes who would not wait for it"


def test_no_right_turn_goes_on_red_where_it_is_not_allowed(
    crossroads: Scenario, crossroads_words: SignalWords, tmp_path: Path
) -> None:
    closed = RTOR.replace("1,1,1,1,1,1", "1,1,1,0,1,1", 1)
    planned = made(crossroads, tmp_path, UTDF.replace("PermPhase1", f"{closed}PermPhase1"))
    assert "s" not in letters(planned, crossroads_words, "NB:right")


def test_a_channelised_right_turn_is_said_and_goes_on_red(
    crossroads: Scenario, crossroads_words: SignalWords, tmp_path: Path
) -> None:
    island = "Right Channeled,1,,,1,,,0,,,0,,,0,,\n"
    planned = made(crossroads, tmp_path, UTDF.replace("PermPhase1", f"{island}PermPhase1"))
    assert "s" in letters(planned, crossroads_words, "NB:right")
    assert any("NBR is channelised and not run by the signal" in remark for remark in planned.remarks)
    assert "s" not in letters(planned, crossroads_words, "SB:right")


def test_a_right_turn_that_is_always_free_stops_where_it_would_cross(
    crossroads: Scenario, crossroads_words: SignalWords, tmp_path: Path
) -> None:
    planned = made(crossroads, tmp_path, UTDF.replace("Phase1,1,,8,,,4", "Phase1,1,,8,-1,,4", 1))
    assert letters(planned, crossroads_words, "NB:right") <= {"s", "r"}
    assert any("stops before it goes though the signal does not run it" in remark for remark in planned.remarks)


def test_a_green_below_its_minimum_and_a_free_controller_are_said(crossroads: Scenario, tmp_path: Path) -> None:
    text = UTDF.replace("MinGreen,1,5", "MinGreen,1,12").replace("Control Type,1,3", "Control Type,1,1")
    remarks = made(crossroads, tmp_path, text).remarks
    assert any("phase 1: MaxGreen 10 s is below MinGreen 12 s" in remark for remark in remarks)
    assert any("is actuated and not coordinated" in remark for remark in remarks)


def test_a_movement_that_is_not_there_is_passed_over_and_said(t_junction: Scenario) -> None:
    words = SignalWords(t_junction.network(), "centre")
    node = Node("1", Path("p.csv"), lanes={"phase1": {"EBL": (7, "1"), "EBT": (7, "1"), "EBR": (7, "1")}})
    phase = RingPhase(1, 1, 0.0, 10.0, 13.0, 15.0, walk=False, dont_walk_s=0.0)
    groups = LaneGroups(node, words, {1: phase})
    assert groups.remarks == ["row 7: node 1: EBL leads nowhere in this network; its phases are passed over"]
    assert {link for link, numbers in groups.protected.items() if numbers} == {
        link for word in ("EB:straight", "EB:right") for link in words.find(word)[0]
    }


def test_a_turn_of_which_nothing_is_said_runs_with_its_lane(
    crossroads: Scenario, crossroads_words: SignalWords, tmp_path: Path
) -> None:
    text = UTDF.replace("Shared,1,0,2,,0,2", "Shared,1,0,0,,0,2")
    planned = made(crossroads, tmp_path, text)
    assert letters(planned, crossroads_words, "NB:right") & {"g", "G"}
