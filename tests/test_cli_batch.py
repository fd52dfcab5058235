"""zhasyl batch, and what it shares with compare and report: failed runs, variants, clusters, Ctrl-C."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import TinyNetwork
from tests.test_cli import Capture, fails, net_of, write_config
from zhasyl.cli import status
from zhasyl.process import cluster
from zhasyl.runs.store import load_record

Study = Callable[..., Path]


@pytest.fixture
def config(tiny_network: TinyNetwork) -> Path:
    return tiny_network("t-junction-left-turn")


@pytest.fixture
def refused(config: Path, tmp_path: Path) -> Path:
    """A scenario that loads and whose demand SUMO refuses."""
    (tmp_path / "x.rou.xml").write_text('<routes><trip id="a" depart="1" from="no" to="way"/></routes>')
    return write_config(tmp_path, str(net_of(config)))


@pytest.fixture
def study(config: Path, tmp_path: Path) -> Study:
    """Writes a study of some scenarios under two controllers with two seeds."""

    def written(*scenarios: Path, more: str = "") -> Path:
        paths = ", ".join(f'"{scenario}"' for scenario in scenarios or [config])
        path = tmp_path / "evening.toml"
        path.write_text(
            f'title = "Evening"\nscenarios = [{paths}]\ncontrollers = ["fixed", "max-pressure"]\nseeds = "1-2"\n{more}'
        )
        return path

    return written


def options(tmp_path: Path) -> list[str]:
    return ["--jobs", "2", "--out", str(tmp_path / "out")]


# A study that goes well


def test_a_dry_run_counts_and_runs_nothing(study: Study, tmp_path: Path, capsys: Capture) -> None:
    arguments = ["batch", str(study(more='variants = ["", "demand_scale=1.1"]')), *options(tmp_path), "--dry-run"]
    assert status([*arguments, "--json"]) == 0
    counts = json.loads(capsys.readouterr().out)
    assert counts.pop("estimate_s") > 0
    assert counts == {"runs": 8, "stored": 0, "to_run": 8, "guessed": True}
    assert status(arguments) == 0
    out, err = capsys.readouterr()
    first, second, third = out.splitlines()
    assert first.startswith("Evening: 8 runs (1 scenario × 2 variants × 2 controllers × 1 sensor × 2 seeds)")
    assert second == "0 stored already, 8 to run"
    assert third.startswith("about ")
    assert err == ""
    assert not (tmp_path / "out").exists()


def test_a_batch_writes_tables_and_report_and_json_is_one_document(
    study: Study, tmp_path: Path, capsys: Capture
) -> None:
    arguments = ["batch", str(study()), *options(tmp_path)]
    assert status(arguments) == 0
    out, err = capsys.readouterr()
    assert "report.html" in out
    assert "4/4" in err
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "runs", "runs.csv", "comparisons.csv", "movements.csv", "comparison.json", "report.html",
        "report.seal.json", "study.csv"}  # fmt: skip
    assert "<h1>Evening</h1>" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    written = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").glob("runs/*/*/*")}

    assert status([*arguments, "--json"]) == 0
    out, err = capsys.readouterr()
    document = json.loads(out)
    order = [("fixed", 1), ("fixed", 2), ("max-pressure", 1), ("max-pressure", 2)]
    assert [(run["label"], run["seed"]) for run in document["runs"]] == order
    assert {(one["controller"], one["baseline"]) for one in document["comparisons"]} == {("max-pressure", "fixed")}
    assert document["study"]["title"] == "Evening"
    assert err == "4 of 4 runs are stored already\n"
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "out").glob("runs/*/*/*")} == written

    next(tmp_path.glob("out/runs/*/fixed-seed2-*/record.json")).unlink()
    assert status([*arguments, "--json"]) == 0
    assert [(run["label"], run["seed"]) for run in json.loads(capsys.readouterr().out)["runs"]] == order

    assert status([*arguments, "--dry-run"]) == 0
    assert capsys.readouterr().out.splitlines()[1:] == ["4 stored already, 0 to run"]


def test_the_studys_terms_are_kept_for_the_report(study: Study, tmp_path: Path, capsys: Capture) -> None:
    path = study(more='baseline = "max-pressure"\nmin_effect = "99%"\nvariants = ["demand_scale=0.5"]')
    assert status(["batch", str(path), *options(tmp_path)]) == 0
    capsys.readouterr()
    assert status(["report", str(tmp_path / "out"), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert {run["variant"] for run in document["runs"]} == {"demand_scale=0.5"}
    assert {(one["controller"], one["baseline"]) for one in document["comparisons"]} == {("fixed", "max-pressure")}
    terms = json.loads((tmp_path / "out" / "comparison.json").read_text())
    assert (terms["baseline"], terms["min_effect"], terms["title"]) == ("max-pressure", 0.99, "Evening")


# Runs that fail


def test_a_scenario_that_sumo_refuses_costs_its_runs_alone(
    study: Study, config: Path, refused: Path, tmp_path: Path, capsys: Capture
) -> None:
    arguments = ["batch", str(study(config, refused)), *options(tmp_path)]
    assert status(arguments) == 3
    out, err = capsys.readouterr()
    assert "Traceback" not in out + err
    assert (tmp_path / "out" / "report.html").is_file()
    said = err[err.index("zhasyl: ") :].splitlines()
    assert said[0] == "zhasyl: 4 of 8 runs failed; the same command tries them again"
    assert said[1].startswith("  4 runs: SUMO refuses the scenario")
    assert said[2:] == [
        f"    zhasyl run {refused} --controller {controller} --seed {seed}"
        for controller in ("fixed", "max-pressure")
        for seed in (1, 2)
    ]

    assert status([*arguments, "--json"]) == 3
    runs = json.loads(capsys.readouterr().out)["runs"]
    assert sorted(run["status"] for run in runs) == ["done"] * 4 + ["failed"] * 4

    assert status(["report", str(tmp_path / "out"), "--json"]) == 3
    document = json.loads(capsys.readouterr().out)
    assert [run["status"] for run in document["runs"]] == ["done"] * 4 + ["failed"] * 4
    verdicts = {one["verdict"] for one in document["comparisons"] if one["scenario"] == refused.stem}
    assert verdicts <= {"cannot tell"}


def test_a_batch_of_which_nothing_can_run_ends_in_one_line(
    study: Study, refused: Path, tmp_path: Path, capsys: Capture
) -> None:
    assert status(["batch", str(study(refused)), *options(tmp_path)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    errors = [line for line in err.splitlines() if line.startswith("zhasyl: ")]
    assert len(errors) == 1
    assert "SUMO refuses the scenario" in errors[0]


def test_a_comparison_with_failed_runs_is_one_whole_document(
    config: Path, refused: Path, tmp_path: Path, capsys: Capture
) -> None:
    arguments = ["compare", str(config), str(refused), "--controllers", "fixed,max-pressure", "--seeds", "1"]
    assert status([*arguments, *options(tmp_path), "--json"]) == 3
    out, err = capsys.readouterr()
    document = json.loads(out)
    assert [(run["label"], run["status"]) for run in document["runs"]] == [
        ("fixed", "done"), ("max-pressure", "done"), ("fixed", "failed"), ("max-pressure", "failed")]  # fmt: skip
    failed = document["runs"][2]
    assert failed["delay_s"] is None
    assert "SUMO refuses" in failed["reason"]
    assert failed["command"] == f"zhasyl run {refused} --controller fixed --seed 1"
    assert "2 of 4 runs failed" in err
    assert status(["report", str(tmp_path / "out")]) == 3
    out, err = capsys.readouterr()
    assert "report.html" in out
    assert failed["command"] in err


# Variants


def test_a_variant_is_run_and_compared_as_such(config: Path, tmp_path: Path, capsys: Capture) -> None:
    variant = ["--variant", "demand_scale=1.2", "--out", str(tmp_path), "--json"]
    assert status(["run", str(config), *variant]) == 0
    run = json.loads(capsys.readouterr().out)
    assert run["variant"] == "demand_scale=1.2"
    assert status(["run", str(config), "--out", str(tmp_path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["loaded_veh"] < run["loaded_veh"]
    assert status(["compare", str(config), "--controllers", "fixed,actuated", "--seeds", "1", *variant]) == 0
    out, err = capsys.readouterr()
    document = json.loads(out)
    assert [row["variant"] for row in document["runs"]] == ["demand_scale=1.2"] * 2
    assert document["runs"][0] == run
    assert err.startswith("1 of 2 runs are stored already\n2/2 t-junction-left-turn demand_scale=1.2 actuated seed 1")


@pytest.mark.parametrize("verb", ["run", "compare"])
def test_a_wrong_variant(config: Path, capsys: Capture, verb: str) -> None:
    assert "greater than 0" in fails(capsys, verb, str(config), "--variant", "demand_scale=0")
    assert "Did you mean 'demand_scale'?" in fails(capsys, verb, str(config), "--variant", "demand=2")


# Wrong usage


WRONG = {
    "cluster": (["--cluster", "moon"], "cluster 'moon' is neither local:N"),
    "cluster of none": (["--cluster", "local:0"], "cluster 'local:0' is neither local:N"),
    "no jobs": (["--jobs", "0"], "'--jobs'"),
    "jobs": (["--jobs", "many"], "'--jobs'"),
    "limit": (["--limit-s", "0"], "'--limit-s'"),
    "endless limit": (["--limit-s", "1e300"], "'--limit-s'"),
    "json and more": (["--json", "extra"], "unexpected extra argument"),
}


@pytest.mark.parametrize(("arguments", "said"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_option(study: Study, tmp_path: Path, capsys: Capture, arguments: list[str], said: str) -> None:
    assert said in fails(capsys, "batch", str(study()), "--out", str(tmp_path / "out"), *arguments)
    assert not (tmp_path / "out").exists()


def test_a_study_that_cannot_be_read(study: Study, tmp_path: Path, capsys: Capture) -> None:
    assert "cannot read" in fails(capsys, "batch", str(tmp_path / "nowhere.toml"))
    assert "cannot read" in fails(capsys, "batch", str(tmp_path))
    assert "evening.toml, line 5: no key 'seed'" in fails(capsys, "batch", str(study(more="seed = 3")))


def test_an_output_folder_of_a_batch_that_cannot_be_written(study: Study, tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "taken").write_text("a file")
    assert "cannot write to" in fails(capsys, "batch", str(study()), "--out", str(tmp_path / "taken"))


def test_a_cluster_nobody_answers_at_is_said(
    study: Study, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "CONNECT_S", 1.0)
    arguments = ["batch", str(study()), "--cluster", "tcp://127.0.0.1:1", "--out", str(tmp_path / "out")]
    assert fails(capsys, *arguments).startswith("zhasyl: no Dask scheduler answers at tcp://127.0.0.1:1 ")


def test_ctrl_c_during_a_batch_leaves_whole_records_and_nothing_else(study: Study, tmp_path: Path) -> None:
    out, scratch = tmp_path / "out", tmp_path / "scratch"
    scratch.mkdir()
    path = study(more='variants = ["", "demand_scale=1.1", "demand_scale=1.2", "demand_scale=1.3"]')
    path.write_text(path.read_text().replace('"1-2"', '"1-20"'))
    process = subprocess.Popen(
        [sys.executable, "-m", "zhasyl", "batch", str(path), *options(tmp_path), "--json"],
        stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, "TMPDIR": str(scratch)},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler))  # fmt: skip
    until_s = time.monotonic() + 60
    while len(list(out.glob("runs/*/*/record.json"))) < 3 and time.monotonic() < until_s:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    printed, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert err.splitlines()[-1].startswith("zhasyl: stopped; finished runs are stored")
    assert "Traceback" not in err
    assert [path.name for path in out.iterdir()] == ["runs"]
    folders = list(out.glob("runs/*/*"))
    assert all(load_record(folder) for folder in folders)
    assert printed == ""
    assert 3 <= len(folders) < 160
    assert not list(scratch.glob("zhasyl-*"))
