"""zhasyl batch, and compare with failing runs, variants and growing numbers of seeds, as a user types them."""

import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import TinyNetwork
from zhasyl.cli import status
from zhasyl.store import load_records

Capture = pytest.CaptureFixture[str]
ROOT = Path(__file__).resolve().parent.parent
STUDY = """\
title = "A small study"
scenarios = ["here.sumocfg"]
seeds = "1-3"
controllers = ["fixed", "max-pressure"]
"""


@pytest.fixture
def folder(tiny_network: TinyNetwork, tmp_path: Path) -> Path:
    """A folder with a network, here.sumocfg, and a study of six runs."""
    config = tiny_network("t-junction-left-turn")
    for path in config.parent.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "here.sumocfg").write_bytes(config.read_bytes())
    (tmp_path / "study.toml").write_text(STUDY, encoding="utf-8")
    return tmp_path


def refuse_demand(folder: Path) -> None:
    """A second scenario, refused.sumocfg, whose demand SUMO refuses when it is run."""
    (folder / "refused.rou.xml").write_text(
        '<routes><trip id="a" depart="0" from="no" to="way"/></routes>', encoding="utf-8"
    )
    text = (folder / "here.sumocfg").read_text(encoding="utf-8")
    (folder / "refused.sumocfg").write_text(
        text.replace("t-junction-left-turn.rou.xml", "refused.rou.xml"), encoding="utf-8"
    )


def batch(folder: Path, *options: str) -> int:
    return status(["batch", str(folder / "study.toml"), "--out", str(folder / "out"), "--jobs", "2", *options])


def test_a_dry_run_counts_and_runs_nothing(folder: Path, capsys: Capture) -> None:
    assert batch(folder, "--dry-run") == 0
    out = capsys.readouterr().out
    assert out.startswith("A small study: 6 runs (1 scenario × 2 controllers × 1 sensor × 3 seeds)\n")
    assert "0 stored already, 6 to run" in out
    assert re.search(r"about \d+ s with 2 at a time \(partly a guess", out)
    assert not (folder / "out").exists()


def test_a_batch_streams_a_line_of_json_for_each_run(folder: Path, capsys: Capture) -> None:
    assert batch(folder, "--json") == 0
    first = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(first) == 6
    assert {record["status"] for record in first} == {"done"}
    assert batch(folder, "--json") == 0
    again = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert sorted(record["key"] for record in again) == sorted(record["key"] for record in first)
    assert batch(folder, "--dry-run", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {
        "runs": 6, "stored": 6, "to_run": 0, "estimate_s": 0.0, "guessed": False}  # fmt: skip


def test_a_batch_ends_with_tables_and_a_report(folder: Path, capsys: Capture) -> None:
    assert batch(folder) == 0
    out, err = capsys.readouterr()
    assert "max-pressure against fixed, 3 seeds" in out
    assert "6/6" in err
    assert {"runs.csv", "comparisons.csv", "report.html", "comparison.json"} <= {
        path.name for path in (folder / "out").iterdir()
    }


def test_a_scenario_that_sumo_refuses_costs_its_runs_alone(folder: Path, capsys: Capture) -> None:
    refuse_demand(folder)
    text = STUDY.replace('"here.sumocfg"', '"refused.sumocfg", "here.sumocfg"')
    (folder / "study.toml").write_text(text, encoding="utf-8")
    assert batch(folder) == 3
    out, err = capsys.readouterr()
    assert "max-pressure against fixed, 3 seeds" in out
    assert "zhasyl: 6 of 12 runs failed" in err
    assert f"zhasyl run {folder}/refused.sumocfg --controller fixed --seed 1" in err
    assert "Traceback" not in err
    records = load_records(folder / "out")
    assert [record.done for record in records].count(True) == 6
    assert status(["report", str(folder / "out")]) == 3


def test_a_study_in_which_all_input_is_wrong_ends_in_one_line(folder: Path, capsys: Capture) -> None:
    refuse_demand(folder)
    (folder / "study.toml").write_text(STUDY.replace("here", "refused"), encoding="utf-8")
    assert batch(folder, "--json") == 2
    err = [line for line in capsys.readouterr().err.splitlines() if line.startswith("zhasyl: ")]
    assert len(err) == 1
    assert "SUMO refuses the scenario" in err[0]


def test_compare_with_a_failed_run_is_one_document_and_exit_status_3(folder: Path, capsys: Capture) -> None:
    refuse_demand(folder)
    files = [str(folder / name) for name in ("here.sumocfg", "refused.sumocfg")]
    options = ["--controllers", "fixed,actuated", "--seeds", "1-2", "--out", str(folder / "out"), "--json"]
    assert status(["compare", *files, *options]) == 3
    document = json.loads(capsys.readouterr().out)
    assert [run["status"] for run in document["runs"]] == ["done"] * 4 + ["failed"] * 4
    assert {c["n"] for c in document["comparisons"]} == {0, 2}


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--cluster", "nonsense"], "neither local:N"),
        (["--cluster", "local:0"], "neither local:N"),
        (["--jobs", "0"], "--jobs"),
        (["--limit-s", "0"], "--limit-s"),
    ],
)
def test_wrong_options(folder: Path, capsys: Capture, options: list[str], told: str) -> None:
    assert status(["batch", str(folder / "study.toml"), *options]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert told in err


def test_a_scheduler_that_does_not_answer(folder: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zhasyl.cluster.CONNECT_S", 1.0)
    assert batch(folder, "--cluster", "tcp://127.0.0.1:1") == 2
    err = capsys.readouterr().err
    assert "no Dask scheduler answers at tcp://127.0.0.1:1" in err
    assert err.count("\n") == 1


def test_a_variant_of_run_and_compare(folder: Path, capsys: Capture) -> None:
    common = ["--variant", "demand_scale=2", "--out", str(folder / "out"), "--json"]
    assert status(["run", str(folder / "here.sumocfg"), *common]) == 0
    one = json.loads(capsys.readouterr().out)
    assert status(["compare", str(folder / "here.sumocfg"), "--controllers", "fixed", "--seeds", "1", *common]) == 0
    assert json.loads(capsys.readouterr().out)["runs"] == [one]
    assert one["variant"] == "demand_scale=2"


def test_seeds_are_added_until_the_difference_is_known(folder: Path, capsys: Capture) -> None:
    arguments = ["compare", str(folder / "here.sumocfg"), "--controllers", "fixed,max-pressure", "--seeds", "1-2"]
    arguments += ["--out", str(folder / "out"), "--json"]
    assert status([*arguments, "--until", "30%", "--most-seeds", "12"]) == 0
    out, err = capsys.readouterr()
    document = json.loads(out)
    delay = document["comparisons"][0]
    assert (delay["measure"], delay["confidence"]) == ("delay_s", pytest.approx(1 - 0.05 / 6))
    wide = (delay["high"] - delay["low"]) / 2 > 0.3 * delay["baseline_mean"]
    assert not wide or delay["n"] == 12
    assert 2 < delay["n"] <= 12
    assert f"look 2 of at most 6, 3 seeds: {document['runs'][0]['scenario']}" in err
    assert status(["report", str(folder / "out"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == document


@pytest.mark.parametrize(
    ("options", "told"),
    [(["--until", "0"], "never be reached"), (["--until", "much"], "no share"), (["--min-effect", "2"], "no share"),
     (["--until", "5%", "--most-seeds", "3"], "below the 5 seeds")],
)  # fmt: skip
def test_wrong_terms_of_a_comparison(folder: Path, capsys: Capture, options: list[str], told: str) -> None:
    assert status(["compare", str(folder / "here.sumocfg"), *options]) == 2
    assert told in capsys.readouterr().err


def test_a_report_is_drawn_again_only_when_it_has_to_be(folder: Path) -> None:
    assert batch(folder) == 0
    page = folder / "out" / "report.html"
    whole, drawn = page.read_bytes(), page.stat().st_mtime_ns
    assert batch(folder) == 0
    assert page.stat().st_mtime_ns == drawn
    for change in (lambda: page.write_bytes(b"changed"), page.unlink):
        change()
        assert batch(folder) == 0
        assert page.read_bytes() == whole


def command(folder: Path, seeds: str) -> list[str]:
    (folder / "study.toml").write_text(STUDY.replace("1-3", seeds), encoding="utf-8")
    return [sys.executable, "-m", "zhasyl", "batch", str(folder / "study.toml"), "--out", str(folder / "out")]


def test_ctrl_c_ends_a_batch_and_leaves_whole_records(folder: Path) -> None:
    with subprocess.Popen(
        command(folder, "1-200"), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as running:
        while not list((folder / "out").glob("runs/*/*")):
            time.sleep(0.02)
        running.send_signal(signal.SIGINT)
        err = running.communicate()[1]
    assert running.returncode == 130
    assert err.splitlines()[-1] == "zhasyl: stopped; finished runs are stored and will not be run again"
    assert "Traceback" not in err
    assert 1 <= len(load_records(folder / "out")) < 400
    assert not list((folder / "out").glob(".unfinished-*"))


def test_on_a_terminal_the_progress_is_live_and_fits_the_width(folder: Path) -> None:
    leader, follower = pty.openpty()
    environment = {**os.environ, "COLUMNS": "80", "LINES": "24", "TERM": "xterm"}
    with subprocess.Popen(
        [*command(folder, "1-8"), "--jobs", "2"], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=follower, env=environment
    ) as running:
        os.close(follower)
        shown = b""
        try:
            while chunk := os.read(leader, 65536):
                shown += chunk
        except OSError:  # the terminal closes with the process
            pass
        assert running.wait() == 0
    os.close(leader)
    views = re.split(r"[\r\n]+", re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown.decode()))
    assert max(map(len, views)) <= 80
    assert re.search(r"━ \d+ of 16 done, [12] running, \d+ a minute, \d+ s left +here ", "\n".join(views))
