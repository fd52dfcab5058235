"""A real controller's log, and `atspm` as the judge of real and simulated logs alike.

The wheel of atspm 2.6.1 carries the log: two hours of one signal, and its configuration, which says nothing of
movements or geometry. The table below has the same shape: a T-junction whose phases 2 and 6 are the main street, 5 its
left turn and 8 the side street.
"""

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from zhasyl.cli import status
from zhasyl.scenarios.logs.check import check_phases
from zhasyl.scenarios.logs.config import read_config
from zhasyl.scenarios.logs.cycles import stretches
from zhasyl.scenarios.logs.event_log import EventLog
from zhasyl.scenarios.logs.greens import all_greens
from zhasyl.scenarios.logs.programme import LATEST, played
from zhasyl.scenarios.logs.read import read_log

pytestmark = pytest.mark.slow
ATSPM = ("atspm==2.6.1", "duckdb<2", "pandas<3")
PHASES = "phase,movements\n2,EBT\n5,EBL\n6,WBT+WBR\n8,SBL+SBR\n"
TABLE = """approach,name,turns,exit_lanes,lane_width_m,speed_limit_kmh,left_vph,straight_vph,right_vph
EB,Main street,left|straight,2,3.5,60,180,350,
WB,Main street,straight|straight+right,2,3.5,60,,700,150
SB,Side street,left|right,1,3.5,50,150,,150
"""
JUDGE = """
import json, sys, tempfile
from pathlib import Path
import pandas as pd
from atspm import SignalDataProcessor
bins = [{"name": "has_data", "params": {"no_data_min": 5, "min_data_points": 3}}, {"name": "actuations", "params": {}},
        {"name": "terminations", "params": {}}, {"name": "splits", "params": {}},
        {"name": "arrival_on_green", "params": {"latency_offset_seconds": 0}},
        {"name": "yellow_red", "params": {"latency_offset_seconds": 0, "min_red_offset": -8}},
        {"name": "split_failures", "params": {"red_time": 5, "red_occupancy_threshold": 0.8, "by_approach": True,
                                              "green_occupancy_threshold": 0.8, "by_cycle": False}},
        {"name": "timeline", "params": {"maxtime": True, "min_duration": 0, "cushion_time": 1, "live": False,
                                        "max_event_gap_seconds": 300}}]
with tempfile.TemporaryDirectory() as out:
    SignalDataProcessor(raw_data=sys.argv[1], detector_config=sys.argv[2], bin_size=15, output_dir=out,
                        output_format="csv", output_file_prefix="", output_to_separate_folders=False,
                        remove_incomplete=False, verbose=0, controller_type="maxtime", aggregations=bins).run()
    tables = {path.stem: json.loads(pd.read_csv(path).to_json(orient="columns")) for path in Path(out).glob("*.csv")}
print("JSON" + json.dumps(tables))
"""


@pytest.fixture(scope="module")
def atspm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment of its own; it needs other versions of pandas than ours."""
    folder = tmp_path_factory.mktemp("atspm")
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    python = folder / "bin" / "python"
    install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *ATSPM]
    if subprocess.run(install, capture_output=True, check=False).returncode:
        pytest.skip("atspm cannot be installed: no network")
    return python


@pytest.fixture(scope="module")
def sample(atspm: Path) -> Path:
    """The folder with the real log and its configuration."""
    return next(atspm.parent.parent.glob("lib/*/site-packages/atspm/data"))


@pytest.fixture(scope="module")
def made(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """From log to scenario and a run of it, as docs/controller-logs.md has it."""
    folder = tmp_path_factory.mktemp("made")
    for name, text in (("approaches.csv", TABLE), ("phases.csv", PHASES)):
        (folder / name).write_text(text, encoding="utf-8")
    commands: list[list[Any]] = [
        ["scenario", "new", folder / "approaches.csv", "--out", folder / "tee"],
        ["scenario", "import-log", sample / "sample_raw_data.parquet", "--scenario", folder / "tee", "--config",
         sample / "sample_config.parquet", "--config", folder / "phases.csv", "--out", folder / "logged"],
        ["run", folder / "logged", "--controller", "fixed", "--out", folder / "results"],
        ["events", folder / "results", "--config", folder / "phases.csv", "--out", folder / "events.parquet"],
    ]  # fmt: skip
    for command in commands:
        assert status([str(word) for word in command]) == 0
    return folder


def judged(python: Path, log: Path, config: Path) -> dict[str, pd.DataFrame]:
    done = subprocess.run([python, "-c", JUDGE, log, config], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    tables = json.loads(done.stdout.split("JSON", 1)[1])
    return {name: pd.DataFrame(table) for name, table in tables.items()}


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_programme_of_the_real_log(made: Path) -> None:
    found = {int(row["phase"]): row for row in rows(made / "logged" / "programme.csv")}
    assert set(found) == {2, 5, 6, 8}
    assert {(row["cycle_s"], row["offset_s"]) for row in found.values()} == {("75", "45.0")}
    assert all(abs(float(row["used_split_s"]) - float(row["said_split_s"])) < 1 for row in found.values())
    assert {phase: round(float(row["latest_split_s"])) for phase, row in found.items()} == pytest.approx(
        {2: 49, 5: 19, 6: 30, 8: 26}, abs=1
    )
    assert [(row["ring"], row["place"]) for _, row in sorted(found.items())] == [
        ("1", "1"),
        ("2", "2"),
        ("2", "1"),
        ("1", "1"),
    ]


def test_the_same_without_what_the_controller_says_of_itself(sample: Path) -> None:
    log = read_log(sample / "sample_raw_data.parquet")
    own = log.code < 130
    bare = EventLog(log.path, log.device, log.date, log.time_s[own], log.code[own], log.parameter[own])
    greens = all_greens(bare)
    (stretch,) = stretches(bare, greens)
    assert (stretch.cycle_s, stretch.coordinated) == (75.0, 6)
    assert stretch.zero_s == pytest.approx(45.0, abs=1.0)
    latest = {part.phase: part.split_s for part in played(bare, stretch, greens).at(LATEST)}
    assert latest == pytest.approx({2: 49, 5: 19, 6: 30, 8: 26}, abs=1)


def test_vehicles_are_those_of_the_detectors(made: Path) -> None:
    assert all(float(row["geh"]) < 5 for row in rows(made / "logged" / "log-check.csv"))
    assert all(float(row["geh_simulated"]) < 5 for row in rows(made / "logged" / "fit.csv"))


@pytest.mark.parametrize("which", ["real", "simulated"])
def test_atspm_comes_to_the_same(atspm: Path, sample: Path, made: Path, which: str) -> None:
    log, config = (
        (sample / "sample_raw_data.parquet", sample / "sample_config.parquet")
        if which == "real"
        else (made / "events.parquet", made / "events-config.csv")
    )
    theirs = judged(atspm, log, config)
    ours = read_log(log)
    known = read_config([config], ours.device)
    phases = check_phases(ours, known, (2, 5, 6, 8))
    counts = theirs["actuations"].groupby("Detector").Total.sum().to_dict()
    assert counts == {number: len(ours.times_s(82, number)) for number in ours.parameters(82)}
    arrivals = theirs["arrival_on_green"]
    on_green = (arrivals.Total_Actuations * arrivals.Percent_AOG).groupby(arrivals.Phase).sum()
    total = arrivals.groupby("Phase").Total_Actuations.sum()
    assert {phase: one.arrivals for phase, one in phases.items()} == total.to_dict()
    assert {phase: one.on_green for phase, one in phases.items()} == pytest.approx(
        (on_green / total).to_dict(), abs=0.012
    )
    failures = theirs["split_failures"].groupby("Phase").Split_Failure.sum().to_dict()
    assert {phase: one.failures for phase, one in phases.items()} == failures
    greens = theirs["timeline"][theirs["timeline"].EventClass == "Green"].groupby("EventValue").size()
    assert {phase: one.greens for phase, one in phases.items()} == pytest.approx(greens.to_dict(), abs=1)
    begins_s = pd.to_datetime(
        theirs["timeline"].query("EventClass == 'Red' and EventValue == 6").StartTime, format="ISO8601"
    )
    assert np.median(np.diff(np.sort(begins_s)) / np.timedelta64(1, "s")) == 75
    assert len(theirs["yellow_red"])
    assert theirs["terminations"].Total.sum() > 200
