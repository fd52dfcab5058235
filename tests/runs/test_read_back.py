"""What signals showed is read back from each run: counted in the record, said, and worth an exit status."""

import json
from pathlib import Path
from shutil import copytree

import pandas as pd
import pytest

from tests.conftest import TinyNetwork, TinyRun
from zhasyl import load_scenario
from zhasyl.cli import status
from zhasyl.reports.violations import breaches, own_violations, safety_lines
from zhasyl.runs.prepared import prepare
from zhasyl.runs.read_back import read_again, read_back
from zhasyl.runs.store import RunRecord, aside, load_record, settle
from zhasyl.sequencer import Sequencer

Capture = pytest.CaptureFixture[str]
T_JUNCTION = "t-junction-left-turn"


def forced(monkeypatch: pytest.MonkeyPatch, shows: dict[str, str]) -> None:
    """Let signals show other letters, or one letter everywhere, than the sequencer says."""
    step = Sequencer.step

    def unsafe(self: Sequencer, time_s: float) -> str:
        state = step(self, time_s)
        return shows["all"] * len(state) if "all" in shows else "".join(shows.get(letter, letter) for letter in state)

    monkeypatch.setattr(Sequencer, "step", unsafe)
    # here, as a process of its own is no copy of this one after a simulation in it
    monkeypatch.setattr("zhasyl.runs.simulate.run_isolated", lambda task, spec, limit_s: task(spec))


@pytest.mark.parametrize("controller", ["fixed", "max-pressure", "sumo-nema", "transit-priority:of=fixed"])
def test_a_record_says_that_nothing_is_broken_and_over_how_long(tiny_run: TinyRun, controller: str) -> None:
    record = tiny_run(T_JUNCTION, controller)
    told = {"violations": 0, "plan_violations": 0, "first_violations": []}
    assert {key: record[key] for key in told} == told
    assert record["signal_s_checked"] == record["end_s"] - record["begin_s"] == 600.0
    assert read_again(record) == {**told, "signal_s_checked": 600.0}
    assert safety_lines([record.values, record.values]) == ["0 violations in 1,200 signal-seconds"]


@pytest.mark.parametrize(
    ("shows", "kind"),
    [({"all": "G"}, "conflict"), ({"y": "r"}, "yellow too short")],
    ids=["conflict", "yellow too short"],
)
def test_a_controller_that_shows_what_is_not_safe(
    tiny_network: TinyNetwork, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture,
    shows: dict[str, str], kind: str,
) -> None:  # fmt: skip
    forced(monkeypatch, shows)
    network, out = str(tiny_network(T_JUNCTION)), str(tmp_path)
    arguments = ["--out", out, "--json"]
    assert status(["run", network, "--controller", "max-pressure", *arguments]) == 3
    printed, err = capsys.readouterr()
    record = json.loads(printed)
    assert record["violations"] > 0
    assert record["plan_violations"] == 0
    assert {one["kind"] for one in record["first_violations"]} == {kind}
    assert set(record["first_violations"][0]) == {"signal", "time_s", "kind", "detail"}
    assert f"max-pressure: {record['violations']} violation" in err
    assert "the exit status is 3" in err
    compared = ["compare", network, "--controllers", "fixed,max-pressure", "--seeds", "1", "--jobs", "1"]
    assert status([*compared, "--out", out, "--allow-faults"]) == 3
    printed, err = capsys.readouterr()
    said = f"{record['violations']} violations in 1,200 signal-seconds"
    assert said in printed
    assert said in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert f"{kind}: link" in printed
    assert status(["store", "verify", out, "--signals", "--json"]) == 1
    read = json.loads(capsys.readouterr().out)["signals"]
    assert (read["checked"], read["violations"], len(read["unsafe"])) == (2, record["violations"], 1)


@pytest.fixture
def bad_plan(tiny_network: TinyNetwork, tmp_path: Path) -> str:
    """A T-junction whose shipped plan shows conflicting greens for half a minute."""
    folder = tmp_path / "bad"
    copytree(tiny_network(T_JUNCTION).parent, folder)
    net = folder / f"{T_JUNCTION}.net.xml"
    text = net.read_text(encoding="utf-8")
    assert 'state="GrrrGG"' in text
    net.write_text(text.replace('state="GrrrGG"', 'state="GrrGGG"', 1), encoding="utf-8")
    return str(folder / f"{T_JUNCTION}.sumocfg")


def test_under_fixed_they_are_the_shipped_plans_own(bad_plan: str, tmp_path: Path, capsys: Capture) -> None:
    out = str(tmp_path / "out")
    assert status(["run", bad_plan, "--out", out]) == 0
    printed, _ = capsys.readouterr()
    (record,) = (load_record(path.parent) for path in (tmp_path / "out").glob("runs/*/*/record.json"))
    assert record is not None
    assert record["violations"] == record["plan_violations"] > 0
    assert f"fixed: {record['violations']} violations, the shipped plan's own; first: signal centre" in printed
    assert breaches([record.values]) == []
    assert status(["store", "verify", out, "--signals"]) == 0
    assert "of them the shipped plans' own" in capsys.readouterr().out


def test_whose_they_are_is_decided_by_who_plays(tiny_network: TinyNetwork) -> None:
    prepared = prepare(load_scenario(str(tiny_network(T_JUNCTION))))
    table = pd.DataFrame({"signal": ["centre"], "start_s": [0.0], "duration_s": [9.0], "state": ["GrrGGG"]})
    plan = read_back(prepared, [], table)
    controller = read_back(prepared, prepared.derived.signals.values(), table)
    assert (own_violations(plan), own_violations(controller)) == (0, controller["violations"])
    assert plan["violations"] == controller["violations"] > 0


def stored_before(record: RunRecord, out: Path, **changed: object) -> RunRecord:
    """The same run in another store, as a record of before says it, or with other values."""
    keys = ("violations", "plan_violations", "first_violations", "signal_s_checked")
    values = {key: value for key, value in record.values.items() if changed or key not in keys} | changed
    with aside(out) as unfinished:
        return settle(unfinished, out / "runs" / "x" / record.folder.name, values, {"signals": record.table("signals")})


def test_a_record_of_before_is_not_checked_until_it_is_verified(
    tiny_run: TinyRun, tmp_path: Path, capsys: Capture
) -> None:
    old = stored_before(tiny_run(T_JUNCTION, "max-pressure"), tmp_path)
    assert own_violations(old.values) == 0
    assert safety_lines([old.values]) == [
        "1 run not checked for violations: stored by an earlier version; zhasyl store verify --signals checks them"
    ]
    assert status(["store", "verify", str(tmp_path), "--signals"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "1 run, 0 damaged",
        "1 run read back: 0 violations in 600 signal-seconds",
    ]


def test_a_record_that_says_otherwise_than_its_states(tiny_run: TinyRun, tmp_path: Path, capsys: Capture) -> None:
    stored_before(tiny_run(T_JUNCTION, "max-pressure"), tmp_path, violations=3)
    assert status(["store", "verify", str(tmp_path), "--signals"]) == 1
    assert "the record says 3 in 600.0 s, its states show 0 in 600.0 s" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("changed", "why"),
    [({"content": "0"}, "is not what it was"), ({"source": "nowhere"}, "nowhere"), ({"label": "gone"}, "gone")],
)
def test_a_run_whose_scenario_or_controller_is_gone_is_not_checked(
    tiny_run: TinyRun, tmp_path: Path, capsys: Capture, changed: dict[str, object], why: str
) -> None:
    stored_before(tiny_run(T_JUNCTION, "max-pressure"), tmp_path, **changed)
    assert status(["store", "verify", str(tmp_path), "--signals"]) == 1
    first = capsys.readouterr().out.splitlines()[1]
    assert first.startswith("not checked: ")
    assert why in first
