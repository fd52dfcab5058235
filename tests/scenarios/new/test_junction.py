"""A table of approaches becomes a junction that runs; what cannot be built is refused with its row."""

import csv
import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhasyl.cli import status
from zhasyl.derive import derive_signals
from zhasyl.scenarios import load_scenario
from zhasyl.scenarios.new.greens import HIGHEST, LARGEST_CYCLE_S, cycle_of, greens_of, highest_saturation
from zhasyl.scenarios.new.webster import Timing
from zhasyl.scenarios.turns import junction_turns
from zhasyl.sumo.net_file import read_network

Capture = pytest.CaptureFixture[str]
AS_EVER = "96c9f77c908872e0045ce7d663d4722d93fc189035aa5434e02a894eda306f6b"  # FOUR, by the first version of this verb
HEADER = "approach,name,turns,exit_lanes,lane_width_m,speed_limit_kmh,left_vph,straight_vph,right_vph"
FOUR = f"""{HEADER}
EB,Main street,left|straight|straight+right,2,3.5,60,120,700,80
WB,Main street,left|straight|straight+right,2,3.5,60,100,650,90
NB,Side street,left+straight+right,1,3.25,50,60,150,50
SB,Side street,left+straight+right,1,3.25,50,50,140,60
"""
TEE = f"""{HEADER}
EB,Main street,straight|straight+right,2,3.5,60,0,700,80
WB,Main street,left|straight|straight,2,3.5,60,100,650,0
NB,Side street,left|right,1,3.25,50,60,0,50
"""
ONE_WAY = f"""{HEADER}
EB,One-way street,left+straight|straight|straight+right,0,3.5,60,90,900,60
WB,One-way street,,3,3.5,60,0,0,0
NB,Side street,straight|right,2,3.25,50,0,200,50
SB,Side street,left|straight,2,3.25,50,40,150,0
"""


@pytest.fixture(autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHASYL_CACHE", str(tmp_path_factory.mktemp("cache")))


def made(folder: Path, text: str) -> Path:
    (folder / "approaches.csv").write_text(text, encoding="utf-8")
    out = folder / "My junction"
    assert status(["scenario", "new", str(folder / "approaches.csv"), "--out", str(out)]) == 0
    return out


@pytest.mark.parametrize("text", [FOUR, TEE, ONE_WAY], ids=["four-arms", "t-junction", "one-way"])
def test_the_junction_has_the_movements_of_the_table(tmp_path: Path, text: str) -> None:
    scenario = load_scenario(str(made(tmp_path, text)))
    network = read_network(scenario.net_file)
    turns = junction_turns(network, "junction")
    found = {
        (turns.headings[approach], movement): turns.lanes[approach, exit_]
        for approach, ways in turns.movements.items()
        for movement, (exit_,) in ways.items()
    }
    rows = csv.DictReader(text.splitlines())
    expected = {(row["approach"], m): lanes for row in rows for m in ("left", "straight", "right")
                if (lanes := sum(m in lane.split("+") for lane in row["turns"].split("|")))}  # fmt: skip
    assert found == expected
    derived = derive_signals(network, scenario.timing)
    assert (list(derived.signals), derived.uncontrolled) == (["junction"], {})


def test_the_new_scenario_runs_and_is_honest(tmp_path: Path, capsys: Capture) -> None:
    out = made(tmp_path, FOUR)
    assert "highest degree of saturation of 0.90" in capsys.readouterr().out
    scenario = load_scenario(str(out))
    assert (scenario.id, scenario.title) == ("my-junction", "My junction")
    assert "synthetic" in {a.status for a in scenario.assumptions}
    assert status(["run", str(out), "--controller", "max-pressure", "--json", "--out", str(tmp_path / "r")]) == 0
    record = json.loads(capsys.readouterr().out)
    assert (record["status"], record["gridlocked"], record["faults"]) == ("done", False, [])
    assert record["loaded_veh"] == pytest.approx(2250, rel=0.1)


def test_a_volume_may_be_blank_where_nobody_can_turn(tmp_path: Path) -> None:
    demands = []
    for name, text in (("zero", TEE), ("blank", TEE.replace("60,0,", "60,,"))):
        (tmp_path / name).mkdir()
        demands.append((made(tmp_path / name, text) / "turning.csv").read_bytes())
    assert demands[0] == demands[1]


def test_a_crossing_between_junctions_has_a_stage_for_walkers(tmp_path: Path, capsys: Capture) -> None:
    rows = "EB,A,straight|straight,2,3.5,60,,500,\nWB,A,straight|straight,2,3.5,60,,400,\n"
    folder = made(tmp_path, f"{HEADER}\n{rows}")
    with (folder / "plan.csv").open(encoding="utf-8") as file:
        assert [row["crossings"] for row in csv.DictReader(file)] == ["", "eb_crossing wb_crossing"]
    assert "0 errors, 0 warnings" in capsys.readouterr().out


def test_lefts_with_lanes_of_their_own_get_a_stage(tmp_path: Path) -> None:
    folder = made(tmp_path, FOUR)
    files = (path.name.encode() + path.read_bytes() for path in sorted(folder.glob("*.csv")))
    assert hashlib.sha256(b"".join(files)).hexdigest() == AS_EVER
    with (folder / "plan.csv").open(encoding="utf-8") as file:
        stages = {row["stage"]: row["greens"] for row in csv.DictReader(file)}
    assert stages == {
        "eb_wb": "eb_in:straight+right wb_in:straight+right",
        "eb_wb_left": "eb_in:left wb_in:left",
        "nb_sb": "nb_in:left+straight+right sb_in:left+straight+right",
    }


@given(st.lists(st.tuples(st.floats(0, 0.4), st.integers(7, 40)), min_size=2, max_size=4))
def test_greens_serve_walks_and_volumes_or_reach_the_longest_cycle(stages: list[tuple[float, int]]) -> None:
    ratios = {str(n): ratio for n, (ratio, _) in enumerate(stages)}
    least_s = [float(least) for _, least in stages]
    timing = Timing(flow_ratios=ratios, lost_s=4.0 * len(stages), cycle_s=90.0)
    greens_s = greens_of(timing, least_s)
    assert all(green >= least for green, least in zip(greens_s, least_s, strict=True))
    assert highest_saturation(timing, greens_s) <= HIGHEST + 1e-9 or cycle_of(greens_s) >= LARGEST_CYCLE_S


MALFORMED = {
    "empty": ("", "column 'approach' is missing"),
    "unknown-column": (FOUR.replace("turns", "turnz"), "no column 'turnz'. Did you mean 'turns'?"),
    "blank-volume": (FOUR.replace(",700,", ",,"), "straight_vph is blank, and 2 lanes lead straight; give a volume"),
    "negative-volume": (FOUR.replace(",700,", ",-700,"), "row 2: straight_vph '-700'"),
    "text-volume": (FOUR.replace(",700,", ",many,"), "row 2: straight_vph 'many'"),
    "unknown-approach": (FOUR.replace("EB,", "XB,", 1), "row 2: approach 'XB'"),
    "unknown-movement": (FOUR.replace("left|straight|", "left|ahead|", 1), "row 2: turns"),
    "narrow": (FOUR.replace("3.25", "0.5", 1), "row 4: lane_width_m '0.5'"),
    "twice": (FOUR.replace("WB,", "EB,"), "approach EB stands in two rows"),
    "crossing-lanes": (FOUR.replace("left|straight|straight+right", "straight|left|right", 1), "cross each other"),
    "no-exit": (FOUR.replace("straight+right,2", "straight+right,1", 1), "2 lanes lead straight to an exit of 1"),
    "volume-without-lane": (TEE.replace("60,0,700", "60,30,700"), "left_vph 30, but no lane leads left"),
    "one-approach": ("\n".join(FOUR.splitlines()[:1]) + "\n", "a signal needs two approaches"),
    "latin-1": (FOUR.replace("Main", "Stra\xdfe").encode("latin-1"), "save it as CSV in UTF-8"),
}


@pytest.mark.parametrize(("text", "reason"), MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_table_ends_in_one_line_and_no_folder(
    tmp_path: Path, capsys: Capture, text: str | bytes, reason: str
) -> None:
    path = tmp_path / "approaches.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    assert status(["scenario", "new", str(path), "--out", str(tmp_path / "made")]) == 2
    err = capsys.readouterr().err
    assert (err.count("\n"), reason in err, "approaches" in err) == (1, True, True), err
    assert [file.name for file in tmp_path.iterdir()] == ["approaches.csv"]


def test_a_table_that_is_not_there_is_one_line(tmp_path: Path, capsys: Capture) -> None:
    assert status(["scenario", "new", str(tmp_path / "nowhere.csv"), "--out", str(tmp_path / "made")]) == 2
    assert "nowhere.csv: No such file" in capsys.readouterr().err
