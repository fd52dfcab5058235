"""Plans from a planner's CSV file: read, refused in one line, and played."""

import json
import os
import pty
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from shutil import copytree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import TinyNetwork
from tests.fakes import crossroads
from zhasyl.cli import status
from zhasyl.controllers import ControllerSpec, parse_controller
from zhasyl.controllers.fixed import FixedParameters
from zhasyl.controllers.parts.plan_file import Timetable, read_plan_file, timetables
from zhasyl.errors import ControllerError
from zhasyl.files.clock import DAY_S
from zhasyl.runs.prepared import prepare
from zhasyl.runs.simulate import run
from zhasyl.runs.spec import RunSpec
from zhasyl.scenarios import load_scenario
from zhasyl.signals import SignalPlan, Stage

HEADER = "signal,from,offset_s,stages,greens_s\n"
GOOD = HEADER + "J,07:30,12,A B,30 18\nJ,9:00:30,0,B A,20 25.5\n"
Capture = pytest.CaptureFixture[str]


def written(tmp_path: Path, text: str | bytes, name: str = "plans.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def timetable(tmp_path: Path, text: str) -> Timetable:
    return timetables(read_plan_file(written(tmp_path, text)), {"J": crossroads()})["J"]


def test_a_row_is_a_plan_with_the_signals_own_intergreens(tmp_path: Path) -> None:
    plan = timetable(tmp_path, GOOD).plans[0]
    assert (plan.stages, plan.greens_s, plan.offset_s) == ((0, 1), (30.0, 18.0), 12.0)
    assert plan.cycle_s == 30 + 18 + 2 * 4


@pytest.mark.parametrize(
    ("clock_s", "first_stage"),
    [(27000, 0), (32429, 0), (32430, 1), (86399, 1), (0, 1), (26999, 1), (DAY_S + 27000, 0)],
)
def test_a_plan_holds_from_its_time_until_the_next_and_over_midnight(
    tmp_path: Path, clock_s: float, first_stage: int
) -> None:
    assert timetable(tmp_path, GOOD).plan_at(clock_s).stages[0] == first_stage


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEADER, "it has no row"),
        ("", "column 'signal' is missing"),
        ("signal,from,offset_s,stages\nJ,0:00,0,A B\n", "row 2: times in no column; give greens_s or true_splits_s"),
        (
            HEADER.replace("greens_s", "greens_s,true_splits_s") + "J,0:00,0,A B,30 30,34 34\n",
            "row 2: times in greens_s and",
        ),
        (HEADER + "J,07:30,0,A B\n", "row 2: not as many cells as columns"),
        (HEADER + "J,25:30,0,A B,30 30\n", "row 2: from '25:30': it is no clock time"),
        (HEADER + "J,½:30,0,A B,30 30\n", "no clock time"),
        (HEADER + "J,07:30,-1,A B,30 30\n", "offset_s '-1': input should be greater than or equal to 0"),
        (HEADER + "J,07:30,nan,A B,30 30\n", "offset_s 'nan'"),
        (HEADER + "J,07:30,0,A B,30 x\n", "greens_s '30 x': it is not a number"),
        (HEADER + "J,07:30,0,A B,30 1e9\n", "less than or equal to 600"),
        (HEADER + "J,07:30,0,A,30\n", "stages 'A': value should have at least 2 items"),
        (GOOD + "J,08:00,0,A B,30 30\n", "row 4: signal 'J' from 08:00, after a row from 09:00:30; sort them by time"),
        (GOOD + "J,09:00:30,0,A B,30 30\n", "row 4: signal 'J' from 09:00:30, after a row from 09:00:30"),
        (b"\xff\xfe\x00", "cannot be read"),
        (b"signal,from\x00\n", "plans"),
        (HEADER + '"J\n\x1b[31m",77:30,0,A B,30 30\n', "control character U+001B"),
        (HEADER + f'J,07:30,0,"{"A " * 200_000}",30\n', "cannot be read: field larger than field limit"),
        (HEADER + "x" * 1_000_001, "bytes, 1000000 at most"),
    ],
)
def test_a_wrong_file_is_one_clean_line(tmp_path: Path, text: str | bytes, said: str) -> None:
    with pytest.raises(ControllerError) as caught:
        parse_controller(f"fixed:plans={written(tmp_path, text)}")
    assert said in str(caught.value)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize("name", ["none.csv", "plans.txt", "folder.csv", "nul\0.csv", "x" * 300 + ".csv"])
def test_a_file_that_is_none_is_one_clean_line(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder.csv").mkdir()
    written(tmp_path, GOOD, "plans.txt")
    with pytest.raises(ControllerError, match=r"^plans ") as caught:
        parse_controller(f"fixed:plans={tmp_path / name}")
    assert str(caught.value).isprintable()


def test_a_plan_serves_every_movement(tmp_path: Path) -> None:
    third = replace(crossroads(), stages=(*crossroads().stages, Stage("C", "Grrr", 5, 60)))
    table = read_plan_file(written(tmp_path, HEADER + "J,07:30,0,B C,30 30\n"))
    with pytest.raises(ControllerError, match="no green for s → n; add one of the stages A"):
        timetables(table, {"J": third})


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("JJ,07:30,0,A B,30 30", "row 2: no controlled signal 'JJ'. Did you mean 'J'? Known: J"),
        ("J,07:30,0,A C,30 30", "row 2: signal 'J': no stage 'C'. Known: A, B"),
        ("J,07:30,0,A B,30 4.5", "stage B: green 4.5 s is under its minimum green of 5 s; lengthen it"),
        ("J,07:30,0,A B,30", "1 greens_s for 2 stages; give one for each"),
        ("J,07:30,0,A A B,30 10 10", "stage A follows itself"),
        ("J,07:30,0,A B A,30 10 10", "stage A follows itself"),
        ("J,07:30,58,A B,30 20", "offset 58 s is not below the cycle of 58 s"),
    ],
)
def test_a_plan_its_signal_cannot_play_is_one_line(tmp_path: Path, row: str, said: str) -> None:
    with pytest.raises(ControllerError) as caught:
        timetable(tmp_path, f"{HEADER}{row}\n")
    assert said in str(caught.value)


@given(st.text(max_size=60), st.text(max_size=20))
def test_hostile_text_is_refused_in_one_line_or_read(
    tmp_path_factory: pytest.TempPathFactory, cell: str, more: str
) -> None:
    path = tmp_path_factory.mktemp("hostile") / "plans.csv"
    path.write_text(f"{HEADER}{cell},07:30,0,{more},30 30\n", encoding="utf-8", errors="replace")
    said = "fine"
    try:
        timetables(read_plan_file(path), {"J": crossroads()})
    except ControllerError as error:
        said = str(error)
    assert said.isprintable()


@pytest.mark.parametrize("given", ["splits_s|30 18", "greens_s|30 18", "true_splits_s|34 22"])
def test_a_split_holds_yellow_and_all_red_and_what_was_called_one_is_a_green(tmp_path: Path, given: str) -> None:
    column, times = given.split("|")
    read = timetable(tmp_path, f"{HEADER.replace('greens_s', column)}J,07:30,0,A B,{times}\n")
    assert read.plans[0].greens_s == (30.0, 18.0)
    assert read.plans[0].cycle_s == 56.0


def test_a_true_split_that_leaves_no_minimum_green_is_told(tmp_path: Path) -> None:
    with pytest.raises(
        ControllerError, match=r"stage B: green 4 s, what its split leaves, is under its minimum green of 5 s"
    ):
        timetable(tmp_path, f"{HEADER.replace('greens_s', 'true_splits_s')}J,07:30,0,A B,34 8\n")


def spec(tmp_path: Path, tiny_network: TinyNetwork, controller: ControllerSpec) -> RunSpec:
    return RunSpec(load_scenario(str(tiny_network("t-junction-left-turn"))), controller, 1, tmp_path)


def test_without_plans_the_run_is_the_one_it_was(tmp_path: Path, tiny_network: TinyNetwork) -> None:
    plain = parse_controller("fixed")
    assert plain.keeps_plan
    assert plain.label == "fixed"
    assert spec(tmp_path, tiny_network, plain).origin["parameters"] == {}


def test_an_edited_file_is_another_run_and_the_record_says_what_was_played(
    tmp_path: Path, tiny_network: TinyNetwork
) -> None:
    path = written(tmp_path, GOOD)
    before = spec(tmp_path, tiny_network, parse_controller(f"fixed:plans={path}"))
    assert not before.controller.keeps_plan
    assert before.controller.label == f"fixed:plans={path}"
    written(tmp_path, GOOD.replace("30 18", "30 19"))
    after = spec(tmp_path, tiny_network, parse_controller(before.controller.label))
    assert before.folder != after.folder
    rows = json.loads(json.dumps(before.origin["parameters"]))["rows"]
    assert rows[0] == {"signal": "J", "from": "07:30", "offset_s": 12.0, "stages": ["A", "B"], "greens_s": [30.0, 18.0]}


def test_parameters_of_the_same_file_are_the_same(tmp_path: Path) -> None:
    path = str(written(tmp_path, GOOD))
    assert FixedParameters(plans=path) == FixedParameters(plans=path) != FixedParameters()


def test_a_given_plan_is_what_sumo_shows(tmp_path: Path, tiny_network: TinyNetwork) -> None:
    """Stages A B C of 20, 25 and 15 s with 3 s of yellow and 2 s of red after each: a cycle of 75 s, 7 s late."""
    path = written(tmp_path, HEADER + "centre,0:00,7,A B C,20 25 15\n")
    record = run(str(tiny_network("t-junction-left-turn")), f"fixed:plans={path}", out=tmp_path / "out")
    shown = record.table("signals").query("start_s >= 150 and stage >= 0")
    greens = shown.groupby("stage")
    assert (greens.start_s.min() % 75).to_list() == [7, 32, 62]
    assert (greens.duration_s.first()).to_list() == [20, 25, 15]
    assert record["faults"] == []


def test_sumo_plays_plans_of_the_whole_run_and_sequencers_the_others(tmp_path: Path, tiny_network: TinyNetwork) -> None:
    prepared = prepare(load_scenario(str(tiny_network("t-junction-left-turn"))))
    row, other = "centre,0:00,7,A B C,20 25 15\n", "centre,0:05,7,A B C,30 25 15\n"

    def in_sumo(rows: str) -> bool:
        return prepared.plays_in_sumo(parse_controller(f"fixed:plans={written(tmp_path, HEADER + rows)}"))

    assert in_sumo(row)
    assert not in_sumo(row + other)  # it changes five minutes after the start
    assert in_sumo(row + other.replace("0:05", "9:00"))
    assert not in_sumo(row.replace("20 25 15", "20.5 25.5 15"))
    assert not in_sumo(row.replace(",7,", ",7.5,"))  # SUMO would begin half a second early
    assert not in_sumo(row.replace("20 25 15", "20 99 15"))  # somebody may wait 124 s
    assert in_sumo(row.replace("20 25 15", "20 84 15"))


def test_sequencers_and_sumo_play_a_plan_alike(tmp_path: Path, tiny_network: TinyNetwork) -> None:
    """A second row of the same plan, which begins during the run, has the sequencers play it."""
    row = "centre,0:00,7,A B C,20 25 15\n"
    name, shown = str(tiny_network("t-junction-left-turn")), []
    for rows in (row, row + row.replace("0:00", "0:05")):
        record = run(name, f"fixed:plans={written(tmp_path, HEADER + rows)}", out=tmp_path / "out")
        table = record.table("signals").query("start_s >= 150 and stage >= 0")
        shown.append(table[["start_s", "stage", "duration_s"]].to_numpy().tolist())
        assert record["violations"] == 0
    assert shown[0] == shown[1]


def test_the_command_line_refuses_a_plan_before_anything_runs(
    tmp_path: Path, tiny_network: TinyNetwork, capsys: Capture
) -> None:
    path, out = written(tmp_path, HEADER + "centre,0:00,7,A B Z,20 25 15\n"), tmp_path / "out"
    arguments = ["compare", str(tiny_network("t-junction-left-turn")), "--controllers", f"fixed,fixed:plans={path}"]
    assert status([*arguments, "--out", str(out)]) == 2
    assert "row 2: signal 'centre': no stage 'Z'" in capsys.readouterr().err
    assert not out.exists()


@pytest.mark.parametrize("controller", ["fixed", "webster"])
def test_printed_plans_read_back_as_they_are(
    tmp_path: Path, tiny_network: TinyNetwork, capsys: Capture, controller: str
) -> None:
    scenario, path = str(tiny_network("t-junction-left-turn")), tmp_path / "plans.csv"
    assert status(["plans", scenario, "--controller", controller]) == 0
    path.write_text(capsys.readouterr().out, encoding="utf-8")
    assert [row.signal for row in read_plan_file(path).rows] == ["centre"]
    printed = run(scenario, f"fixed:plans={path}", out=tmp_path / "out")
    own = run(scenario, controller, out=tmp_path / "out")
    assert printed["delay_s"] == pytest.approx(own["delay_s"])


TURNED = "cen\u202etre\x9b×"  # turns the direction of text, and steers a terminal


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_plans_in_a_file_keep_ids_that_a_terminal_is_not_shown(
    tmp_path: Path, tiny_network: TinyNetwork, encoding: str
) -> None:
    folder = copytree(tiny_network("t-junction-left-turn").parent, tmp_path / "t")
    net = folder / "t-junction-left-turn.net.xml"
    text = net.read_text(encoding="utf-8")
    text = text.replace('tlLogic id="centre"', f'tlLogic id="{TURNED}"').replace('tl="centre"', f'tl="{TURNED}"')
    net.write_text(text, encoding="utf-8")
    scenario, path = str(folder / "t-junction-left-turn.sumocfg"), tmp_path / "plans.csv"
    call = [sys.executable, "-m", "zhasyl", "plans", scenario]
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    with path.open("wb") as file:
        subprocess.run(call, stdout=file, check=True, env=environment)
    assert [row.signal for row in read_plan_file(path).rows] == [TURNED]
    ours, theirs = pty.openpty()
    subprocess.run(call, stdout=theirs, check=True, env=environment)
    shown = os.read(ours, 10_000).decode()
    os.close(ours)
    os.close(theirs)
    assert r"cen\u202etre\u009b" in shown
    if encoding == "utf-8":
        record = run(scenario, f"fixed:plans={path}", out=tmp_path / "out")
        assert (record["faults"], record["controlled_signals"]) == ([], 1)


def test_a_controller_without_a_plan_prints_none(tiny_network: TinyNetwork, capsys: Capture) -> None:
    assert status(["plans", str(tiny_network("t-junction-left-turn")), "--controller", "max-pressure"]) == 2
    assert "'max-pressure' plays no plan; choose for example fixed or webster" in capsys.readouterr().err


def test_a_timetable_knows_whether_it_changes_in_a_run() -> None:
    morning, night = SignalPlan((0, 1), (20.0, 30.0), 58.0), SignalPlan((0, 1), (15.0, 17.0), 40.0)
    day = Timetable((7 * 3600.0, 22 * 3600.0), (morning, night))
    assert not day.changes(7 * 3600.0, 22 * 3600.0)
    assert day.changes(7 * 3600.0, 22 * 3600.0 + 1)
    assert not day.changes(23 * 3600.0, 30 * 3600.0)
    assert day.changes(23 * 3600.0, 31 * 3600.0 + 1)
    assert not Timetable((0.0,), (night,)).changes(0.0, 300_000.0)
