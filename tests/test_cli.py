"""The command line: what it prints, its exit status, and one clear line for each wrong input."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from zhasyl.cli import status
from zhasyl.controllers import controller_names

TinyNetwork = Callable[[str], Path]
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def config(tiny_network: TinyNetwork) -> Path:
    return tiny_network("t-junction-left-turn")


def fails(capsys: Capture, *arguments: str, code: int = 2) -> str:
    """Run, expect the exit status and one line on standard error, nothing on standard output."""
    assert status(list(arguments)) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1, err
    assert "Traceback" not in err
    return err


@pytest.mark.parametrize("of", [[], ["scenario"], ["store"]])
def test_no_summary_of_a_verb_is_cut_on_a_narrow_terminal(
    of: list[str], capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert status([*of, "--help"]) == 0
    verbs = capsys.readouterr().out.partition("Commands:\n")[2].partition("\n\n")[0].splitlines()
    assert verbs
    assert all(line.startswith("  ") and line.endswith(".") and not line.endswith("..") for line in verbs)


def test_run_prints_one_flat_json_record(config: Path, tmp_path: Path, capsys: Capture) -> None:
    assert status(["run", str(config), "--controller", "max-pressure", "--out", str(tmp_path), "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    keys = {"scenario", "version", "controller", "parameters", "sensor", "seed", "status", "gridlocked", "faults",
            "delay_s", "time_loss_s", "waiting_s", "stops", "queue_mean_veh", "queue_max_veh", "back_of_queue_p95_m",
            "loaded_veh", "arrived_veh", "unfinished_veh", "not_inserted_veh", "co2_kg",
            "wall_s", "sumo_s", "control_s"}  # fmt: skip
    assert keys <= record.keys()
    assert record["status"] == "done"
    assert record["loaded_veh"] > 0
    assert {p.name for p in tmp_path.glob("runs/*/*/*")} == {
        "record.json", "seal.json", "summary.json",
        "trips.parquet", "queues.parquet", "signals.parquet", "approaches.parquet", "passages.parquet",
        "movements.parquet", "lane_groups.parquet", "crossings.parquet"}  # fmt: skip


def test_compare_prints_one_json_document_and_writes_the_report(config: Path, tmp_path: Path, capsys: Capture) -> None:
    arguments = ["compare", str(config), "--controllers", "fixed,max-pressure", "--seeds", "1-2", "--jobs", "2"]
    assert status([*arguments, "--out", str(tmp_path), "--json"]) == 0
    out, err = capsys.readouterr()
    document = json.loads(out)
    assert [(run["label"], run["seed"]) for run in document["runs"]] == [
        ("fixed", 1), ("fixed", 2), ("max-pressure", 1), ("max-pressure", 2)]  # fmt: skip
    delay = next(c for c in document["comparisons"] if c["measure"] == "delay_s")
    assert {"scenario", "controller", "baseline", "measure", "difference", "low", "high", "verdict"} <= delay.keys()
    assert (delay["controller"], delay["baseline"]) == ("max-pressure", "fixed")
    assert "4/4" in err
    assert (tmp_path / "report.html").is_file()
    assert (tmp_path / "runs.csv").is_file()
    assert (tmp_path / "comparisons.csv").is_file()
    assert status(["report", str(tmp_path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == document
    next(tmp_path.glob("runs/*/*/record.json")).unlink()
    assert "is missing or damaged" in fails(capsys, "report", str(tmp_path))


def test_compare_prints_a_table(config: Path, tmp_path: Path, capsys: Capture) -> None:
    assert status(["compare", str(config), "--controllers", "fixed", "--seeds", "1", "--out", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert "fixed" in out
    assert "report.html" in out


def test_a_stored_run_is_not_simulated_again(config: Path, tmp_path: Path, capsys: Capture) -> None:
    arguments = ["run", str(config), "--out", str(tmp_path), "--json"]
    assert status(arguments) == 0
    first = json.loads(capsys.readouterr().out)
    assert status(arguments) == 0
    assert json.loads(capsys.readouterr().out) == first


def test_a_damaged_record_is_run_again(config: Path, tmp_path: Path, capsys: Capture) -> None:
    arguments = ["run", str(config), "--out", str(tmp_path), "--json"]
    assert status(arguments) == 0
    first = json.loads(capsys.readouterr().out)
    next(tmp_path.glob("runs/*/*/record.json")).write_text("{", encoding="utf-8")
    assert status(arguments) == 0
    again = json.loads(capsys.readouterr().out)
    assert again["delay_s"] == first["delay_s"]


def test_the_lists_name_what_there_is(capsys: Capture) -> None:
    assert status(["controllers", "--json"]) == 0
    assert [row["name"] for row in json.loads(capsys.readouterr().out)] == controller_names()
    assert status(["scenarios", "--json"]) == 0
    assert {"abay-seifullin", "resco:cologne1"} <= {row["id"] for row in json.loads(capsys.readouterr().out)}
    assert status(["controllers"]) == 0
    assert status(["scenarios"]) == 0
    assert "abay-seifullin" in capsys.readouterr().out


def test_help_says_where_the_documentation_is(capsys: Capture) -> None:
    assert status(["--help"]) == 0
    said = "".join(capsys.readouterr().out.partition("Documentation:")[2].split())
    assert Path(said).is_file()


def test_version_names_sumo_too(capsys: Capture) -> None:
    assert status(["--version"]) == 0
    assert "SUMO 1." in capsys.readouterr().out


def test_unknown_scenario_names_the_nearest(capsys: Capture) -> None:
    assert "Did you mean 'abay-seifullin'?" in fails(capsys, "run", "abay-seifulin")
    assert "Did you mean 'cologne1'?" in fails(capsys, "run", "resco:cologn1")


def test_a_file_of_another_kind_is_no_unknown_name(capsys: Capture, tmp_path: Path) -> None:
    network = tmp_path / "x.net.xml"
    network.write_text("<net/>", "utf-8")
    assert "is neither a .sumocfg nor a scenario.toml" in fails(capsys, "run", str(network))


def test_unknown_controller_names_the_nearest(config: Path, capsys: Capture) -> None:
    assert "Did you mean 'max-pressure'?" in fails(capsys, "run", str(config), "--controller", "maxpressure")


@pytest.mark.parametrize("parameter", ["range_m=far", "range_m=-1", "range=5", "interval_s=0"])
def test_wrong_parameter(config: Path, capsys: Capture, parameter: str) -> None:
    assert parameter.split("=")[0] in fails(capsys, "run", str(config), "--controller", f"max-pressure:{parameter}")


@pytest.mark.parametrize("verb", ["run", "compare"])
@pytest.mark.parametrize(
    ("sensor", "told"),
    [("camra", "Did you mean 'camera'?"), ("camera:range=80", "Did you mean 'range_m'?"), ("camera:miss=2", "miss=2"),
     ("", "no sensor ''")],
)  # fmt: skip
def test_wrong_sensor(config: Path, capsys: Capture, verb: str, sensor: str, told: str) -> None:
    assert told in fails(capsys, verb, str(config), "--sensor", sensor)


def test_a_sensor_is_part_of_the_record(config: Path, tmp_path: Path, capsys: Capture) -> None:
    arguments = [str(config), "--sensor", "camera:range_m=80,miss=0.1", "--out", str(tmp_path), "--json"]
    assert status(["run", *arguments, "--controller", "actuated"]) == 0
    assert json.loads(capsys.readouterr().out)["sensor"] == "camera:miss=0.1,range_m=80"
    assert status(["compare", *arguments, "--controllers", "fixed,actuated", "--seeds", "1", "--jobs", "1"]) == 0
    runs = json.loads(capsys.readouterr().out)["runs"]
    assert {run["sensor"] for run in runs} == {"camera:miss=0.1,range_m=80"}
    assert len(list(tmp_path.glob("runs/*/*/record.json"))) == 2


@pytest.mark.parametrize("seed", ["x", "1.5", "-3", "99999999999"])
def test_a_seed_that_is_no_integer(config: Path, capsys: Capture, seed: str) -> None:
    assert f"seed '{seed}' is no integer" in fails(capsys, "run", str(config), "--seed", seed)


@pytest.mark.parametrize("seeds", ["a-b", "5-1", "", "1,,2", "1-"])
def test_seeds_that_are_no_range(config: Path, capsys: Capture, seeds: str) -> None:
    assert "seeds '" in fails(capsys, "compare", str(config), "--seeds", seeds)


BOMB = "<!DOCTYPE x [<!ENTITY a 'b'>]><net>&a;</net>"


@pytest.mark.parametrize("text", ["<net", "", "<html><body/></html>", "not xml at all", BOMB])
def test_an_invalid_network(tmp_path: Path, capsys: Capture, text: str) -> None:
    (tmp_path / "x.net.xml").write_text(text, encoding="utf-8")
    (tmp_path / "x.rou.xml").write_text("<routes/>", encoding="utf-8")
    path = write_config(tmp_path)
    assert "x.net.xml" in fails(capsys, "run", str(path), "--out", str(tmp_path / "out"))
    assert not list((tmp_path / "out").glob("*"))


def write_config(folder: Path, net: str = "x.net.xml", routes: str = "x.rou.xml", end: str = "60") -> Path:
    path = folder / "x.sumocfg"
    path.write_text(
        f'<configuration><input><net-file value="{net}"/><route-files value="{routes}"/></input>'
        f'<time><begin value="0"/><end value="{end}"/></time></configuration>', encoding="utf-8")  # fmt: skip
    return path


def test_a_missing_file_of_a_configuration(tmp_path: Path, capsys: Capture) -> None:
    assert "x.net.xml, which does not exist" in fails(capsys, "run", str(write_config(tmp_path)))
    assert "cannot read" in fails(capsys, "run", str(tmp_path / "nowhere.sumocfg"))
    assert "nowhere.toml" in fails(capsys, "run", str(tmp_path / "nowhere.toml"))


def test_a_period_that_ends_before_it_begins(config: Path, tmp_path: Path, capsys: Capture) -> None:
    path = write_config(tmp_path, str(net_of(config)), str(routes_of(config)), end="0")
    assert "end 0 is not after begin 0" in fails(capsys, "run", str(path))
    path = write_config(tmp_path, str(net_of(config)), str(routes_of(config)), end="soon")
    assert "end 'soon' is not a time" in fails(capsys, "run", str(path))


def net_of(config: Path) -> Path:
    return next(config.parent.glob("*.net.xml"))


def routes_of(config: Path) -> Path:
    return next(config.parent.glob("*.rou.xml"))


def test_a_network_without_signals(config: Path, tmp_path: Path, capsys: Capture) -> None:
    text = net_of(config).read_text(encoding="utf-8")
    start, end = text.index("<tlLogic"), text.index("</tlLogic>") + len("</tlLogic>")
    (tmp_path / "x.net.xml").write_text(text[:start] + text[end:], encoding="utf-8")
    path = write_config(tmp_path, "x.net.xml", str(routes_of(config)))
    assert "its network has no signal" in fails(capsys, "run", str(path))


@pytest.mark.parametrize("edges", ['from="nowhere" to="nowhere2"', ""])
def test_a_demand_that_cannot_be_routed(config: Path, tmp_path: Path, edges: str) -> None:
    (tmp_path / "x.rou.xml").write_text(f'<routes><trip id="a" depart="1" {edges}/></routes>', encoding="utf-8")
    path = write_config(tmp_path, str(net_of(config)))
    out = tmp_path / "out"
    command = [sys.executable, "-m", "zhasyl", "run", str(path), "--out", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1), done.stderr
    assert "SUMO refuses the scenario" in done.stderr
    assert not list(out.glob("*"))


def test_an_output_folder_that_cannot_be_written(config: Path, tmp_path: Path, capsys: Capture) -> None:
    taken = tmp_path / "taken"
    taken.write_text("a file", encoding="utf-8")
    assert "cannot write to" in fails(capsys, "compare", str(config), "--seeds", "1", "--out", str(taken))
    assert "cannot write to" in fails(capsys, "run", str(config), "--out", str(taken / "below"))


def test_a_baseline_that_is_not_compared(config: Path, capsys: Capture) -> None:
    arguments = ["compare", str(config), "--controllers", "fixed,actuated", "--baseline", "max-pressure"]
    assert "no baseline among the controllers 'max-pressure'" in fails(capsys, *arguments)


def test_report_of_a_folder_without_records(tmp_path: Path, capsys: Capture) -> None:
    assert "no run records in" in fails(capsys, "report", str(tmp_path))
    assert "no folder" in fails(capsys, "report", str(tmp_path / "nowhere"))


@pytest.mark.parametrize("arguments", [[], ["fly"], ["run"], ["run", "a", "--nonsense"], ["compare"]])
def test_wrong_usage(capsys: Capture, arguments: list[str]) -> None:
    assert "--help" in fails(capsys, *arguments)


def test_a_folder_without_a_scenario_says_what_is_missing(capsys: Capture, tmp_path: Path) -> None:
    assert f"folder {tmp_path} holds no scenario.toml" in fails(capsys, "scenario", "check", str(tmp_path))


def test_no_traceback_reaches_a_user_of_the_real_command(tmp_path: Path) -> None:
    environment = {**os.environ, "COLUMNS": "80"}
    done = subprocess.run(
        [sys.executable, "-m", "zhasyl", "run", "nothing", "--out", str(tmp_path)],
        capture_output=True, text=True, check=False, env=environment)  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.startswith("zhasyl: no scenario 'nothing'")


def test_an_error_nobody_foresaw_is_one_line_too(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    def broken(_: str) -> None:
        raise RuntimeError("two\nlines")

    monkeypatch.setattr("zhasyl.scenarios.load_scenario", broken)
    assert "RuntimeError: two lines" in fails(capsys, "run", "abay-seifullin", code=3)


def test_ctrl_c_leaves_whole_records_and_nothing_else(config: Path, tmp_path: Path) -> None:
    out, scratch = tmp_path / "out", tmp_path / "scratch"
    scratch.mkdir()
    command = [sys.executable, "-m", "zhasyl", "compare", str(config), "--controllers", "fixed"]
    command += ["--seeds", "1-400", "--out", str(out)]
    process = subprocess.Popen(
        command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
        env={**os.environ, "TMPDIR": str(scratch)},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler))  # fmt: skip
    assert process.stderr is not None
    first = process.stderr.readline()
    process.send_signal(signal.SIGINT)
    _, rest = process.communicate(timeout=60)
    assert first.startswith("1/400")
    assert process.returncode == 130
    assert rest.splitlines()[-1].startswith("zhasyl: stopped; finished runs are stored")
    assert [path.name for path in out.iterdir()] == ["runs"]
    assert all((folder / "record.json").is_file() for folder in out.glob("runs/*/*"))
    assert not list(scratch.glob("zhasyl-*"))


@pytest.mark.skipif(sys.platform != "linux", reason="only X11 is asked for by name")
def test_gui_without_a_screen(config: Path, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    said = "zhasyl: --gui needs a screen, and DISPLAY is {}; set DISPLAY to one, or run without --gui\n"
    assert fails(capsys, "run", str(config), "--gui", "--out", str(tmp_path)) == said.format("not set")
    monkeypatch.setenv("DISPLAY", ":4299")
    line = fails(capsys, "run", str(config), "--gui", "--out", str(tmp_path))
    assert line == said.format("':4299', where nobody answers")


def test_detectors_of_a_scenario_write_nowhere(config: Path, tmp_path: Path, capsys: Capture) -> None:
    detectors = '<additional><edgeData id="d" file="dump.xml"/></additional>'
    (tmp_path / "x.add.xml").write_text(detectors, encoding="utf-8")
    path = write_config(tmp_path, str(net_of(config)), str(routes_of(config)))
    with_detectors = path.read_text(encoding="utf-8").replace(
        "</input>", '<additional-files value="x.add.xml"/></input>'
    )
    path.write_text(with_detectors, encoding="utf-8")
    assert status(["run", str(path), "--out", str(tmp_path / "out"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["status"] == "done"
    assert not list(tmp_path.rglob("dump.xml"))
    assert (tmp_path / "x.add.xml").read_text(encoding="utf-8") == detectors
