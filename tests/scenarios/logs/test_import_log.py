"""A log becomes a scenario; a run of it, told as a log again, holds the same programme and vehicles."""

import csv
import io
import json
import random
from contextlib import redirect_stdout
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.conftest import TinyNetwork
from tests.scenarios.logs.made import Programme, csv_of, log_of, vehicles
from tests.test_cli import Capture, fails
from zhasyl.cli import status
from zhasyl.errors import ScenarioError
from zhasyl.scenarios import load_scenario
from zhasyl.scenarios.logs.config import Config, Movement
from zhasyl.scenarios.logs.plans import log_plans
from zhasyl.scenarios.logs.read import read_log

BEGIN_S, END_S = 25_200.0, 27_000.0
TEE = Programme(72.0, 20.0, [[[(2, 48.0)], [(6, 30.0), (5, 18.0)]], [[(8, 24.0)]]])
CONFIG = """phase,movements,detector,function,lane,distance_m
2,WBT,1,Advance,1,80
5,WBL,2,Advance,1,80
6,EBT+EBR,3,stop bar count,1,0
6,,4,Advance,1,80
6,,5,Presence,1,0
8,NBL+NBR,6,Presence,1,0
"""
PER_QUARTER = {1: 60, 2: 20, 3: 75, 4: 75, 5: 70, 6: 24}


def made_log(lost: float = 0.02) -> str:
    draw = random.Random(2)  # noqa: S311  no secret
    events = [
        *TEE.events(BEGIN_S, END_S),
        *(e for number, count in PER_QUARTER.items()
          for e in vehicles(number, [BEGIN_S + (n + draw.uniform(0.2, 0.8)) * 900 / count for n in range(2 * count)])),
    ]  # fmt: skip
    signals = [e for e in events if e[1] < 80]
    log = log_of(signals, BEGIN_S, END_S + 1, lost, 3)
    both = [
        *zip(log.time_s.tolist(), log.code.tolist(), log.parameter.tolist(), strict=True),
        *(e for e in events if e[1] > 80),
    ]
    return csv_of(log_of(both, BEGIN_S, END_S + 1))


@pytest.fixture(scope="module")
def imported(tiny_network: TinyNetwork, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("logs")
    (folder / "log.csv").write_text(made_log(), encoding="utf-8")
    (folder / "config.csv").write_text(CONFIG, encoding="utf-8")
    here = ["--scenario", str(tiny_network("t-junction-left-turn")), "--config", str(folder / "config.csv")]
    printed = io.StringIO()
    with redirect_stdout(printed):
        log = ["scenario", "import-log", str(folder / "log.csv"), "--json"]
        assert status([*log, *here, "--out", str(folder / "made")]) == 0
    (folder / "printed.json").write_text(printed.getvalue(), encoding="utf-8")
    return folder / "made"


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_signal_plays_what_was_played(imported: Path) -> None:
    rows = {int(row["phase"]): row for row in table(imported / "programme.csv")}
    assert {row["cycle_s"] for row in rows.values()} == {"72"}
    assert {phase: float(row["plan_split_s"]) for phase, row in rows.items()} == pytest.approx(
        {2: 48, 5: 18, 6: 30, 8: 24}, abs=1
    )
    scenario = load_scenario(str(imported))
    network = scenario.network()
    (signal,) = network.programmes
    programme = network.programmes[signal]
    assert sum(phase.duration_s for phase in programme.phases) == 72
    assert (scenario.begin_s, scenario.end_s) == (BEGIN_S, END_S)


def test_its_vehicles_are_those_counted(imported: Path) -> None:
    rows = {int(row["phase"]): row for row in table(imported / "log-check.csv")}
    counted = {phase: float(row["counted_vph"]) for phase, row in rows.items()}
    assert counted == {2: 240, 5: 80, 6: 300, 8: 96}
    assert all(float(row["geh"]) < 5 for row in rows.values())
    assert rows[8]["on_green_log"] == "", "it has no advance detectors"
    assert 0 < float(rows[2]["on_green_simulated"]) < 1
    scenario = load_scenario(str(imported))
    (said,) = [one for one in scenario.assumptions if one.subject == "controller log"]
    assert "phase 2" in said.statement


def test_a_run_told_as_a_log_holds_the_same(imported: Path, tmp_path: Path, capsys: Capture) -> None:
    results, out = tmp_path / "results", tmp_path / "events.parquet"
    assert status(["run", str(imported), "--controller", "fixed", "--out", str(results)]) == 0
    capsys.readouterr()
    assert status(["report", str(results), "--json"]) == 0
    beside = {row["place"]: row for row in json.loads(capsys.readouterr().out)["beside"]}
    assert (beside["8"]["volume_veh_h_brought"], beside["8"]["kind"], set(beside)) == (96, "log", set("2568"))
    assert beside["8"]["volume_veh_h"] == pytest.approx(96, abs=20)
    assert beside["8"]["green_s"] == pytest.approx(beside["8"]["green_s_brought"], abs=2)
    assert 0 <= beside["8"]["failure_share"] <= 1
    numbers = imported.parent / "config.csv"
    assert status(["events", str(results), "--config", str(numbers), "--out", str(out), "--date", "2024-04-15"]) == 0
    assert f"{out}: " in capsys.readouterr().out
    log = read_log(out)
    greens = log.times_s(1, 8)
    assert np.diff(greens).tolist() == [72.0] * (len(greens) - 1)
    config = pd.read_csv(tmp_path / "events-config.csv")
    assert list(config.columns[:4]) == ["DeviceId", "Phase", "Parameter", "Function"]
    lines = config[(config.Function == "stop bar count")].Parameter
    passed = sum(len(log.times_s(82, number)) for number in lines)
    served = next(iter(results.glob("runs/*/*/passages.parquet")))
    passages = pd.read_parquet(served)
    crossed = passages[(passages.left_s >= BEGIN_S) & (passages.left_s < END_S)]
    assert passed == pytest.approx(len(crossed), abs=3), "at the line and over it are not quite the same moment"
    assert len(log.times_s(43, 2)) >= len(log.times_s(44, 2)) > 0
    ons, offs = (len(log.times_s(code)) for code in (82, 81))
    assert abs(ons - offs) <= len(config)


def test_events_asked_amiss(imported: Path, tmp_path: Path, capsys: Capture) -> None:
    for arguments, words in (
        ([str(tmp_path)], "no finished run in"),
        ([str(tmp_path / "none")], "no folder"),
        ([str(tmp_path), "--out", str(tmp_path / "a.txt")], "a log is .parquet or .csv"),
        ([str(tmp_path), "--date", "today"], "--date 'today' is no date"),
        ([str(tmp_path), "--seed", "x"], "seed 'x' is no integer"),
    ):
        assert words in fails(capsys, "events", *arguments)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("2,WBT,", "2,WBR,"), "phase 2 runs WBR, which .* has not; it has WBL, WBT, NBL, NBR, EBR, EBT"),
        (("5,WBL,2,Advance,1,80\n", ""), "phase 5 ran, and the configuration does not say for which movements"),
        (("8,NBL+NBR", "8,WBL"), "no phase that ran serves NB"),
        (("6,EBT+EBR", "6,WBL"), "phase"),
    ],
)
def test_a_configuration_that_does_not_fit(
    imported: Path, tiny_network: TinyNetwork, tmp_path: Path, capsys: Capture, change: tuple[str, str], words: str
) -> None:
    (tmp_path / "config.csv").write_text(CONFIG.replace(*change), encoding="utf-8")
    said = fails(capsys, "scenario", "import-log", str(imported.parent / "log.csv"), "--scenario",
                 str(tiny_network("t-junction-left-turn")), "--config", str(tmp_path / "config.csv"),
                 "--out", str(tmp_path / "made"))  # fmt: skip
    assert pd.Series([said]).str.contains(words, regex=True).all(), said
    assert [path.name for path in tmp_path.iterdir()] == ["config.csv"]


def test_a_log_of_nothing_leaves_nothing(tiny_network: TinyNetwork, tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "config.csv").write_text(CONFIG, encoding="utf-8")
    detectors = csv_of(log_of(list(vehicles(1, [BEGIN_S + n for n in range(900)])), BEGIN_S, END_S))
    (tmp_path / "log.csv").write_text(detectors, encoding="utf-8")
    said = fails(capsys, "scenario", "import-log", str(tmp_path / "log.csv"), "--scenario",
                 str(tiny_network("t-junction-left-turn")), "--config", str(tmp_path / "config.csv"),
                 "--out", str(tmp_path / "made"))  # fmt: skip
    assert "no phase's green begins twice" in said
    assert not (tmp_path / "made").exists()


def test_the_document(imported: Path) -> None:
    """`--json` prints what the tables hold."""
    document = json.loads((imported.parent / "printed.json").read_text(encoding="utf-8"))
    (programme,) = document["programmes"]
    assert programme["cycle_s"] == 72
    assert programme["offset_s"] == pytest.approx(20, abs=1)
    assert {row["phase"] for row in document["phases"]} == {2, 5, 6, 8}
    assert document["met"]
    assert len(table(imported / "remarks.csv")) == len(document["remarks"])


def test_phases_that_never_ran_and_movements_that_nobody_named(tiny_network: TinyNetwork) -> None:
    scenario = load_scenario(str(tiny_network("t-junction-left-turn")))
    log = log_of(list(TEE.events(BEGIN_S, END_S)), BEGIN_S, END_S)
    phases: dict[int, tuple[Movement, ...]] = {number: ((heading, turn),) for number, heading, turn in (
        (2, "WB", "T"), (5, "WB", "L"), (6, "EB", "T"), (8, "NB", "L"), (4, "NB", "R"))}  # fmt: skip
    plans = log_plans(log, Config(phases, ()), scenario, scenario.network(), "centre")
    assert "phase 4 of the configuration never ran: left out" in plans.remarks
    assert "EBR: it is in no row of the configuration; green with phase 6, giving way" in plans.remarks
    assert "NBR: none of its phases is in the programme; green with phase 8, giving way" in plans.remarks
    assert plans.ran == (2, 5, 6, 8)
    assert plans.plans[0].cycle_s == 72


def test_a_phase_that_is_green_once_or_never_is_said_to_be(tiny_network: TinyNetwork) -> None:
    scenario = load_scenario(str(tiny_network("t-junction-left-turn")))
    phases: dict[int, tuple[Movement, ...]] = {
        2: (("WB", "T"),), 5: (("WB", "L"),), 6: (("EB", "T"), ("EB", "R")), 8: (("NB", "L"), ("NB", "R"))
    }  # fmt: skip
    whole = list(TEE.events(BEGIN_S, END_S))
    resting = [(BEGIN_S + 5, 1, 2), *(e for e in whole if e[2] != 2)]
    plans = log_plans(log_of(resting, BEGIN_S, END_S), Config(phases, ()), scenario, scenario.network(), "centre")
    assert "phase 2 of the configuration began once only: left out" in plans.remarks
    assert "WBT: none of its phases is in the programme; green with phase 5" in plans.remarks
    idle = log_of([e for e in whole if e[2] != 8], BEGIN_S, END_S)
    with pytest.raises(ScenarioError, match=r"serves NB .*phase 8 .* never ran: give a log of a time when it does"):
        log_plans(idle, Config(phases, ()), scenario, scenario.network(), "centre")


def test_a_phase_that_comes_twice_and_a_yellow_of_none(tiny_network: TinyNetwork) -> None:
    scenario = load_scenario(str(tiny_network("t-junction-left-turn")))
    phases: dict[int, tuple[Movement, ...]] = {
        2: (("WB", "T"),), 5: (("WB", "L"),), 6: (("EB", "T"), ("EB", "R")), 8: (("NB", "L"), ("NB", "R"))
    }  # fmt: skip

    def plans(programme: Programme) -> tuple[str, ...]:
        log = log_of(list(programme.events(BEGIN_S, END_S)), BEGIN_S, END_S)
        return log_plans(log, Config(phases, ()), scenario, scenario.network(), "centre").remarks

    twice = Programme(100.0, 3.0, [[[(2, 30.0)], [(6, 30.0)]], [[(8, 20.0)]], [[(5, 20.0)]], [[(8, 30.0)]]])
    assert any("the cycle found is 50 s: one of them may come twice in a cycle" in remark for remark in plans(twice))
    with pytest.raises(ScenarioError, match=r"the yellow of phase \d \(events 8 to 9\) lasts 0 s in it, at least 2"):
        plans(Programme(TEE.cycle_s, TEE.zero_s, TEE.barriers, 0.0, 0.0))


def test_two_programmes_become_a_timetable(tiny_network: TinyNetwork) -> None:
    scenario = load_scenario(str(tiny_network("t-junction-left-turn")))
    other = Programme(90.0, 30.0, [[[(2, 60.0)], [(6, 40.0), (5, 20.0)]], [[(8, 30.0)]]])
    middle_s, end_s = BEGIN_S + 2700.0, BEGIN_S + 5400.0
    events = [*(e for e in TEE.events(BEGIN_S, middle_s) if e[0] < middle_s),
              *(e for e in other.events(middle_s, end_s) if e[0] >= middle_s)]  # fmt: skip
    phases = {2: (("WB", "T"),), 5: (("WB", "L"),), 6: (("EB", "T"), ("EB", "R")), 8: (("NB", "L"), ("NB", "R"))}
    plans = log_plans(log_of(events, BEGIN_S, end_s), Config(phases, ()), scenario, scenario.network(), "centre")
    assert [one.cycle_s for one in plans.plans] == [72.0, 90.0]
    assert plans.plans[1].begin_s == middle_s


def test_whose_log_it_is_has_to_be_said_where_there_are_several_signals(
    imported: Path, tmp_path: Path, capsys: Capture
) -> None:
    here = [
        str(imported.parent / "log.csv"),
        "--config",
        str(imported.parent / "config.csv"),
        "--out",
        str(tmp_path / "a"),
    ]
    said = fails(capsys, "scenario", "import-log", *here, "--scenario", "abay-corridor")
    assert "signals (" in said
    assert "say whose log it is with --signal" in said
    assert "no junction 'x'" in fails(
        capsys, "scenario", "import-log", *here, "--scenario", "abay-corridor", "--signal", "x"
    )
    assert not list(tmp_path.iterdir())
