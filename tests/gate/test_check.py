"""zhasyl check from end to end on a tiny network: exit statuses, what is run again, what is written."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.conftest import TinyNetwork
from tests.test_cli import net_of, write_config
from zhasyl.cli import status
from zhasyl.errors import ZhasylError
from zhasyl.gate import checking
from zhasyl.gate.checking import Checked, check_suite
from zhasyl.gate.words import repeat
from zhasyl.runs.store import RunRecord
from zhasyl.sequencer import Sequencer

Capture = pytest.CaptureFixture[str]
Suite = Callable[..., Path]


@pytest.fixture(scope="module")
def stored(tiny_network: TinyNetwork, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a suite, its baseline and the runs of it."""
    folder = tmp_path_factory.mktemp("gate")
    network = tiny_network("t-junction-left-turn")
    (folder / "mine.toml").write_text(
        f'scenarios = ["{network}"]\ncontrollers = ["fixed", "max-pressure"]\nseeds = "1-2"\n'
        '[tolerances]\ndelay_s = "3%"\narrived_veh = 2\n'
    )
    made = check_suite(folder / "mine.toml", update=True, jobs=2, out=folder / "out")
    assert (made.status, len(made.moved)) == (0, 2)
    return folder


def changed(stored: Path, tmp_path: Path, change: Callable[[dict[str, object]], None]) -> str:
    """A baseline whose lines are changed: as if today's build had come to something else."""
    first, *lines = (stored / "mine.baseline.jsonl").read_text().splitlines()
    cells = [json.loads(line) for line in lines]
    for cell in cells:
        change(cell)
    file = tmp_path / "changed.jsonl"
    file.write_text("\n".join([first, *map(json.dumps, cells)]) + "\n")
    return str(file)


def halved(cell: dict[str, object]) -> None:
    """Half the delay of the second controller, the same change at each seed."""
    if cell["cell"]["controller"] == "max-pressure":  # type: ignore[index]
        values = cell["values"]["delay_s"]  # type: ignore[index]
        cell["values"]["delay_s"] = [value - 0.5 * sum(values) / len(values) for value in values]  # type: ignore[index]


def arguments(stored: Path, *more: str) -> list[str]:
    return ["check", str(stored / "mine.toml"), "--out", str(stored / "out"), "--jobs", "1", *more]


def test_an_unchanged_tree_passes_and_runs_nothing(stored: Path, capsys: Capture) -> None:
    assert status(arguments(stored)) == 0
    out, err = capsys.readouterr()
    assert out.strip() == "mine: passed: 2 cells, 4 runs; 2 identical to the baseline"
    assert "4 of 4 runs are stored already" in err


def test_a_regression_fails_and_says_how_to_see_it(stored: Path, tmp_path: Path, capsys: Capture) -> None:
    baseline = changed(stored, tmp_path, halved)
    files = ["--junit", str(tmp_path / "junit.xml"), "--gitlab", str(tmp_path / "gitlab.json"), "--github"]
    assert status(arguments(stored, "--baseline", baseline, *files)) == 1
    out = capsys.readouterr().out
    assert "regression" in out
    assert "worst case: " in out
    assert "zhasyl run " in out
    assert "mine: failed: 2 cells, 4 runs; 1 identical to the baseline; 1 regression" in out
    assert "if the change is meant, make it the baseline: zhasyl check " in out
    assert "worth a new baseline" not in out
    assert (
        f"::error file={Path(baseline).name}" in out.replace(str(tmp_path), "").replace("../", "") or "::error" in out
    )
    (suite,) = ElementTree.parse(tmp_path / "junit.xml").getroot()  # noqa: S314
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("8", "1", "0")
    (failure,) = suite.iter("failure")
    assert "Delay" in str(failure.get("message"))
    (entry,) = json.loads((tmp_path / "gitlab.json").read_text())
    assert (entry["severity"], entry["check_name"]) == ("major", "zhasyl check: delay_s")
    assert entry["location"]["lines"] == {"begin": 3}


def test_one_document(stored: Path, tmp_path: Path, capsys: Capture) -> None:
    baseline = changed(stored, tmp_path, halved)
    assert status(arguments(stored, "--baseline", baseline, "--json", "--github")) == 1
    said = json.loads(capsys.readouterr().out)
    assert said["status"] == 1
    assert said["worst"]["controller"] == "max-pressure"
    assert said["worst"]["command"].startswith("zhasyl run ")
    verdicts = [[one["verdict"] for one in cell["measures"]] for cell in said["cells"]]
    assert verdicts == [["identical", "identical"], ["regression", "identical"]]


def test_a_baseline_of_uncommitted_changes_says_how_to_find_their_commit(
    stored: Path, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def uncommitted(cell: dict[str, object]) -> None:
        halved(cell)
        cell["commit"] = "2578e75+"

    monkeypatch.chdir(tmp_path)
    assert status(arguments(stored, "--baseline", Path(changed(stored, tmp_path, uncommitted)).name)) == 1
    out = capsys.readouterr().out
    assert (
        "made at commit 2578e75 with changes not committed yet; to find theirs: git blame -L 3,3 changed.jsonl\n" in out
    )


def test_a_command_has_paths_from_here(stored: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record = RunRecord({"command": f"zhasyl run {stored}/a/b.sumocfg --out /x{stored}/c"}, stored)
    monkeypatch.chdir(stored)
    assert repeat(record) == f"zhasyl run a/b.sumocfg --out /x{stored}/c"


def test_an_improvement_passes_and_is_worth_a_word(stored: Path, tmp_path: Path, capsys: Capture) -> None:
    def doubled(cell: dict[str, dict[str, list[float]]]) -> None:
        cell["values"]["delay_s"] = [value + 30.0 for value in cell["values"]["delay_s"]]

    assert status(arguments(stored, "--baseline", changed(stored, tmp_path, doubled))) == 0  # type: ignore[arg-type]
    out = capsys.readouterr().out
    assert "2 improvements worth a new baseline: zhasyl check" in out
    assert "--update" in out


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("sumo", "1.20.0", "with SUMO 1.20.0, here is"),
        ("measures_version", "1", "with version 1 of the measures"),
        ("content", "other", "when the scenario had other content"),
    ],
)
def test_what_was_measured_otherwise_is_not_compared(
    stored: Path, tmp_path: Path, capsys: Capture, key: str, value: str, said: str
) -> None:
    baseline = changed(stored, tmp_path, lambda cell: cell.update({key: value}))
    assert status(arguments(stored, "--baseline", baseline)) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err
    assert "--update" in err
    assert err.count("\n") == 1
    assert status(arguments(stored, "--baseline", baseline, "--update")) == 0
    assert Path(baseline).read_bytes() == (stored / "mine.baseline.jsonl").read_bytes()


def test_without_a_baseline(stored: Path, tmp_path: Path, capsys: Capture) -> None:
    assert status(arguments(stored, "--baseline", str(tmp_path / "none.jsonl"))) == 2
    assert "make it with --update and commit it" in capsys.readouterr().err


def test_cells_that_only_one_of_both_has(stored: Path, tmp_path: Path, capsys: Capture) -> None:
    first, *lines = (stored / "mine.baseline.jsonl").read_text().splitlines(keepends=True)
    fewer = tmp_path / "fewer.jsonl"
    fewer.write_text(first + lines[0])
    assert status(arguments(stored, "--baseline", str(fewer))) == 2
    assert "max-pressure; add what is new with --update" in capsys.readouterr().err
    more = json.loads(lines[1])
    more["cell"]["controller"] = "sotl"
    wider = tmp_path / "wider.jsonl"
    wider.write_text(first + "".join(lines) + json.dumps(more) + "\n")
    assert status(arguments(stored, "--baseline", str(wider))) == 0
    assert "the baseline has 1 cell that the suite no longer has" in capsys.readouterr().out


def test_lines_stay_until_a_value_moves(stored: Path, tmp_path: Path, capsys: Capture) -> None:
    def older(cell: dict[str, object]) -> None:
        cell["commit"] = "0123abc"
        halved(cell)

    baseline = changed(stored, tmp_path, older)
    assert status(arguments(stored, "--baseline", baseline, "--update")) == 0
    lines = [json.loads(line) for line in Path(baseline).read_text().splitlines()[1:]]
    assert [line["commit"] == "0123abc" for line in lines] == [True, False]
    out = capsys.readouterr().out
    assert "regression" in out, "what moved is said"
    assert "2 cells, 1 as before; commit it" in out


def test_the_document_of_an_update_has_its_own_status(stored: Path, tmp_path: Path, capsys: Capture) -> None:
    baseline = changed(stored, tmp_path, halved)
    assert status(arguments(stored, "--baseline", baseline, "--update", "--json")) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["status"] == 0
    assert [cell["moved"] for cell in said["cells"]] == [False, True]


def test_records_of_another_build_are_simulated_anew(stored: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[int] = []
    suite, out = stored / "mine.toml", stored / "out"

    def checked() -> Checked:
        begun.clear()
        return check_suite(suite, jobs=2, out=out, on_done=lambda spec, _: begun.append(spec.seed))

    assert (checked().status, begun) == (0, [])
    monkeypatch.setattr(checking, "build", lambda: "another")
    assert (checked().status, sorted(begun)) == (0, [1, 1, 2, 2])


def test_other_seeds_are_unpaired(stored: Path, capsys: Capture) -> None:
    assert status(arguments(stored, "--seeds", "3-4")) == 0
    assert "compared unpaired, as not all seeds are in the baseline" in capsys.readouterr().out


def test_what_is_not_safe_always_fails_and_is_no_baseline(
    stored: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    step = Sequencer.step
    monkeypatch.setattr(Sequencer, "step", lambda self, time_s: "G" * len(step(self, time_s)))
    monkeypatch.setattr("zhasyl.runs.simulate.run_isolated", lambda task, spec, limit_s: task(spec))
    network = (stored / "mine.toml").read_text().split('"')[1]
    out = str(tmp_path / "out")
    assert status(["run", network, "--controller", "max-pressure", "--seed", "1", "--out", out]) == 3
    monkeypatch.undo()
    capsys.readouterr()
    before = (stored / "mine.baseline.jsonl").read_bytes()
    assert status([*arguments(stored), "--out", out]) == 1
    said = capsys.readouterr().out
    assert "not safe: " in said
    assert "conflict" in said
    assert status([*arguments(stored), "--out", out, "--update"]) == 1
    assert "stays as it was" in capsys.readouterr().out
    assert (stored / "mine.baseline.jsonl").read_bytes() == before


def test_a_run_that_fails(tiny_network: TinyNetwork, tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "x.rou.xml").write_text('<routes><trip id="a" depart="1" from="no" to="way"/></routes>')
    write_config(tmp_path, str(net_of(tiny_network("t-junction-left-turn"))))
    (tmp_path / "refused.toml").write_text(
        'scenarios = ["x.sumocfg"]\ncontrollers = ["fixed"]\nseeds = "1-2"\n[tolerances]\ndelay_s = "3%"\n'
    )
    options = ["--out", str(tmp_path / "out"), "--junit", str(tmp_path / "junit.xml")]
    assert status(["check", str(tmp_path / "refused.toml"), "--jobs", "1", *options, "--update"]) == 3
    assert not (tmp_path / "refused.baseline.jsonl").exists()
    assert "2 runs failed: seeds 1, 2: " in capsys.readouterr().out
    root = ElementTree.parse(tmp_path / "junit.xml").getroot()  # noqa: S314
    assert root.get("errors") == "1"


def refused(capsys: Capture, *words: str) -> None:
    """Nothing was shown but one line, which says this."""
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert all(word in err for word in words), err


@pytest.mark.parametrize(
    ("damage", "status_then"),
    [
        (lambda text: text.replace("\n", "\n<<<<<<< HEAD\n", 1), 0),
        (lambda text: text[:-100], 0),
        (lambda text: "", 0),
        (lambda text: text.replace('baseline":1', 'baseline":2'), 0),
        (lambda text: "my notes\n", 2),
    ],
)
def test_an_update_mends_a_damaged_baseline_and_writes_over_nothing_else(
    stored: Path, tmp_path: Path, capsys: Capture, damage: Callable[[str], str], status_then: int
) -> None:
    whole, file = (stored / "mine.baseline.jsonl").read_text(), tmp_path / "b.jsonl"
    file.write_text(damage(whole))
    assert status(arguments(stored, "--baseline", str(file))) == 2
    refused(capsys, str(file), "--update")
    assert status(arguments(stored, "--baseline", str(file), "--update")) == status_then
    assert file.read_text() == (damage(whole) if status_then else whole)


@pytest.mark.parametrize("option", ["--junit", "--gitlab", "--baseline"])
def test_files_in_the_way_are_told_before_anything_runs(
    stored: Path, tmp_path: Path, capsys: Capture, option: str
) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "file").write_text("kept")
    for place in (tmp_path, tmp_path / "pipe", tmp_path / "file" / "x"):
        assert status(arguments(stored, option, str(place), "--update")) == 2
        refused(capsys, "cannot write")
    assert (tmp_path / "pipe").is_fifo()


def test_reports_are_not_written_over_each_other_or_the_suite(stored: Path, tmp_path: Path, capsys: Capture) -> None:
    same = str(tmp_path / "same")
    for options in (["--junit", str(stored / "mine.toml")], ["--junit", same, "--gitlab", same]):
        assert status(arguments(stored, *options)) == 2
        refused(capsys, "is the file of", "name another")


def test_one_seed_and_other_seeds_for_a_baseline_are_refused(stored: Path, tmp_path: Path, capsys: Capture) -> None:
    text = (stored / "mine.toml").read_text().replace('"1-2"', '"1"')
    (tmp_path / "single.toml").write_text(text)
    assert status(["check", str(tmp_path / "single.toml"), "--update"]) == 2
    refused(capsys, "one seed", "declare 2 or more")
    assert status(arguments(stored, "--seeds", "3-4", "--update")) == 2
    refused(capsys, "--update with --seeds 3-4", "--baseline")


def test_names_of_others_begin_no_command_of_github(stored: Path, tmp_path: Path, capsys: Capture) -> None:
    text = (stored / "mine.toml").read_text()
    (tmp_path / "hostile.toml").write_text('title = "::error::a\\n::error::b"\n' + text)
    baseline = changed(stored, tmp_path, halved)
    hostile = [
        "check",
        str(tmp_path / "hostile.toml"),
        "--out",
        str(stored / "out"),
        "--baseline",
        baseline,
        "--github",
    ]
    assert status(hostile) == 1
    first, *lines = capsys.readouterr().out.splitlines()
    token = first.removeprefix("::stop-commands::")
    until = lines.index(f"::{token}::")
    assert len(token) == 32
    assert "::error::a ::error::b: failed" in lines[until - 1]
    assert [line.split(" ")[0] for line in lines[until + 1 :]] == ["::error"]


@pytest.mark.parametrize(
    "given", [{"suite": 3}, {"seeds": None}, {"baseline": 3}, {"out": None}, {"jobs": 0}, {"update": "no"}]
)
def test_python_is_told_of_wrong_kinds_in_one_line(stored: Path, given: dict[str, Any]) -> None:
    with pytest.raises(ZhasylError, match=r"; give for example ") as told:
        check_suite(**{"suite": stored / "mine.toml", **given})
    assert "\n" not in str(told.value)
    assert check_suite(stored / "mine.toml", [1, 2], out=stored / "out").status == 0
