"""Turns that give way in a given plan: the traffic they give way to goes on as if they were not there."""

from pathlib import Path

import pandas as pd
import pytest

from zhasyl.cli import status
from zhasyl.runs.simulate import run
from zhasyl.scenarios import load_scenario
from zhasyl.scenarios.check import check_scenario
from zhasyl.scenarios.check.finding import Finding
from zhasyl.sumo.net_file import read_network

CASES = Path(__file__).parent
FOUR_ARMS = """approach,name,turns,exit_lanes,lane_width_m,speed_limit_kmh,left_vph,straight_vph,right_vph
EB,Main,left|straight|straight+right,2,3.5,60,100,620,90
WB,Main,left|straight|straight+right,2,3.5,60,90,600,80
NB,Side,left|straight+right,2,3.5,50,60,250,60
SB,Side,left|straight+right,2,3.5,50,60,230,60
"""
TWO_STAGES = """signal,from,offset_s,stage,greens,green_s,yellow_s,all_red_s
junction,00:00,0,main,EB:left+straight+right WB:left+straight+right crossing:south crossing:north,40,3,2
junction,00:00,0,side,NB:left+straight+right SB:left+straight+right crossing:east crossing:west,30,3,2
"""


def planned(folder: Path, approaches: str, plan: str) -> Path:
    """A junction of `scenario new` under a given plan."""
    (folder / "approaches.csv").write_text(approaches, "utf-8")
    (folder / "plan.csv").write_text(plan, "utf-8")
    assert status(["scenario", "new", str(folder / "approaches.csv"), "--out", str(folder / "t")]) == 0
    made = folder / "tp"
    assert status(["scenario", "plan", str(folder / "t"), str(folder / "plan.csv"), "--out", str(made)]) == 0
    return made


def control_delays(folder: Path, out: Path, seeds: range) -> pd.Series:
    """Mean control delay under `fixed` by approach."""
    runs = [run(str(folder), "fixed", seed, out) for seed in seeds]
    tables = [pd.read_parquet(record.folder / "approaches.parquet") for record in runs]
    return pd.concat(tables).groupby("name")["control_delay_s"].mean()


def yielding(folder: Path) -> list[Finding]:
    return [found for found in check_scenario(load_scenario(str(folder))) if found.check == "straight-gives-way"]


def test_t_junction_permissive(tmp_path: Path) -> None:
    case = CASES / "t-junction-permissive"
    made = planned(tmp_path, (case / "approaches.csv").read_text("utf-8"), (case / "plan.csv").read_text("utf-8"))
    found = control_delays(made, tmp_path / "out", range(1, 4))
    assert found["Main, eastbound"] == pytest.approx(12.0, abs=0.5)
    assert found["Main, westbound"] == pytest.approx(11.1, abs=0.5)
    assert found["Stem, northbound"] == pytest.approx(24.6, abs=0.5)
    assert not yielding(made)


def test_four_arms_under_two_stages(tmp_path: Path) -> None:
    made = planned(tmp_path, FOUR_ARMS, TWO_STAGES)
    assert not yielding(made)
    record = run(str(made), "fixed", 1, tmp_path / "out")
    assert record["delay_s"] < 26.9


def test_who_says_that_straight_traffic_gives_way_is_warned(tmp_path: Path) -> None:
    case = CASES / "t-junction-permissive"
    plan = (case / "plan.csv").read_text("utf-8").replace("EB:straight+right", "EB:straight=g EB:right")
    made = planned(tmp_path, (case / "approaches.csv").read_text("utf-8"), plan)
    assert {(found.severity, found.place.count("eb_in → wb_arm_out")) for found in yielding(made)} == {("warning", 1)}
    assert "to the turn wb_in → nb_arm_out" in yielding(made)[0].what


LEFT, NEAR_LANE, FAR_LANE = 2, 6, 7  # of the T-junction: WB:left and the two lanes of EB:straight


@pytest.mark.parametrize(
    ("edits", "words"),
    [
        ([("response", LEFT, NEAR_LANE, "0"), ("response", LEFT, FAR_LANE, "0")], "cannot be green together; part"),
        (
            [
                ("foes", NEAR_LANE, FAR_LANE, "1"),
                ("foes", FAR_LANE, NEAR_LANE, "1"),
                ("response", NEAR_LANE, FAR_LANE, "1"),
            ],
            "would give way to 'WB:left' (wb_in to nb_arm_out, link 2): so the network has it; part them, or write #6",
        ),
    ],
)
def test_straight_traffic_that_the_network_lets_yield_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], edits: list[tuple[str, int, int, str]], words: str
) -> None:
    """The network says it one way, or the straight movement gives way already, to a lane beside it that merges."""
    case = CASES / "t-junction-permissive"
    plan = (case / "plan.csv").read_text("utf-8")
    made = planned(tmp_path, (case / "approaches.csv").read_text("utf-8"), plan)
    net_file = made / "network.net.xml"
    for edit in edits:
        net_file.write_text(with_bit(net_file.read_text("utf-8"), *edit), "utf-8")
    (tmp_path / "plan.csv").write_text(plan.replace(",45,", ",44,"), "utf-8")
    capsys.readouterr()
    again = tmp_path / "again"
    assert status(["scenario", "plan", str(made), str(tmp_path / "plan.csv"), "--out", str(again)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "'EB:straight' (eb_in to wb_arm_out, link 6)" in line
    assert words in line
    assert not again.exists()


def with_bit(text: str, key: str, row: int, other: int, bit: str) -> str:
    """A network's text with one bit of the junction's requests changed."""
    junction = text.index('<junction id="junction"')
    begin = text.index(f'{key}="', text.index(f'<request index="{row}"', junction)) + len(f'{key}="')
    end = text.index('"', begin)
    bits = list(text[begin:end])
    bits[len(bits) - 1 - other] = bit
    return text[:begin] + "".join(bits) + text[end:]


SYNCHRO = """[Network]
RECORDNAME,DATA
Metric,1

[Lanes]
RECORDNAME,INTID,NBL,NBT,NBR,SBL,SBT,SBR,EBL,EBT,EBR,WBL,WBT,WBR
Lanes,junction,1,1,0,1,1,0,1,2,0,1,2,0
Shared,junction,0,2,,0,2,,0,2,,0,2,
Phase1,junction,,8,,,4,,,6,,,2,
PermPhase1,junction,8,,,4,,,6,,,2,,

[Timeplans]
RECORDNAME,INTID,DATA
Cycle Length,junction,80
Offset,junction,0
Reference Phase,junction,206
Referenced To,junction,0

[Phases]
RECORDNAME,INTID,D2,D4,D6,D8
BRP,junction,111,211,121,221
MinGreen,junction,10,10,10,10
MaxGreen,junction,40,30,40,30
Yellow,junction,3,3,3,3
AllRed,junction,2,2,2,2
Walk,junction,7,7,7,7
DontWalk,junction,14,14,14,14
"""


def test_permitted_left_turns_of_synchro_give_way_and_straight_traffic_does_not(tmp_path: Path) -> None:
    made = planned(tmp_path, FOUR_ARMS, SYNCHRO)
    assert not yielding(made)
    scenario = load_scenario(str(made))
    network = read_network(scenario.net_file, scenario.additional_files)
    states = [phase.state for phase in network.programmes["junction"].phases]
    shown = {
        direction: {state[c.link] for state in states for c in network.connections if c.direction == direction and
                    c.signal and not network.is_pedestrian(c)} & set("gG")
        for direction in "lsr"
    }  # fmt: skip
    assert shown == {"l": {"g"}, "s": {"G"}, "r": {"g"}}
    assert run(str(made), "fixed", 1, tmp_path / "out")["delay_s"] < 26.9
