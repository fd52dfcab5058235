"""What would be unsafe, or is no plan, is refused in one line."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.scenarios.plans.given import (
    HEADER,
    LEFT,
    MAIN,
    SIDE,
    TABLE,
    TIMING,
    TOML,
    UTDF,
    Capture,
    TinyNetwork,
    t_logic,
    utdf,
    waut,
    written,
)
from zhasyl.cli import status
from zhasyl.errors import ScenarioError
from zhasyl.network import Network
from zhasyl.safety import Limits, violations
from zhasyl.scenarios.model import Scenario
from zhasyl.scenarios.plans.link_names import SignalWords
from zhasyl.scenarios.plans.made import plan_scenario
from zhasyl.scenarios.plans.programme import GivenPlan, Stage, stage_phases
from zhasyl.scenarios.plans.refusals import check_plan
from zhasyl.sumo.net_file import read_network


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
    "number": (TABLE.replace(",15,", ",soon,"), "row 4: green_s 'soon': it is not a number"),
    "negative": (TABLE.replace(",15,", ",-15,"), "green_s '-15': input should be greater than 0"),
    "infinite": (TABLE.replace(",15,", ",nan,"), "green_s 'nan': it is not a finite number"),
    "clock": (TABLE.replace("07:00", "25:00"), "from '25:00'"),
    "column": (TABLE.replace("stage,greens", "stage,green"), "no column 'green'. Did you mean 'greens'?"),
    "lines in a cell": (TABLE.replace("stage", '"st\na\nge"'), "row 3: no column 'st_a_ge'"),
    "russian headings": (TABLE.replace("signal", "Фонарь"), "row 1: no column 'фонарь'"),
    "windows cyrillic": (TABLE.replace("main", "утро").encode("cp1251"), "row 2: not UTF-8 text"),
    "totals": (TABLE + "Total,,,,,55,,\n", "row 5: yellow_s '': field required"),
    "totals below merged cells": (TABLE + ",,,,,55,9,6\n", "row 5: give either greens or a state"),
    "percent": (TABLE.replace(",15,", ",21%,"), "row 4: green_s '21%': it is not a number"),
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
    "stop.add.xml": (t_logic('<phase duration="30" state="ssssss"/>'), "is no turn; only a turn may turn on red"),
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
