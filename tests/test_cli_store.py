"""zhasyl store: what it prints, and its exit status."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.runs.test_housekeeping import left, put, spoil_byte
from tests.test_cli import Capture, fails
from zhasyl.cli import status
from zhasyl.runs.housekeeping import LEFT_AFTER_S


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Two whole runs and a failed one of 'fixed', a damaged one of 'actuated', and leftovers old and young."""
    for seed in (1, 2):
        put(tmp_path, seed)
    put(tmp_path, 3, status="failed")
    put(tmp_path, 4, variant="demand_scale=1.2")
    spoil_byte(put(tmp_path, 1, "actuated").folder)
    left(tmp_path, 2 * LEFT_AFTER_S, ".unfinished-old")
    left(tmp_path, 60, ".unfinished-young")
    return tmp_path


def asked(capsys: Capture, *arguments: str, code: int = 0) -> Any:
    """The JSON document with which a verb answers."""
    assert status(["store", *arguments, "--json"]) == code
    out, err = capsys.readouterr()
    assert err == ""
    return json.loads(out)


def shown(capsys: Capture, *arguments: str, code: int = 0) -> list[str]:
    """The lines with which a verb answers."""
    assert status(["store", *arguments]) == code
    out, err = capsys.readouterr()
    assert err == ""
    return out.splitlines()


def test_ls_counts_the_runs_of_each_controller(store: Path, capsys: Capture) -> None:
    rows = asked(capsys, "ls", str(store))
    old = "measures, no build, sequencer"
    assert [list(row.values())[:-1] for row in rows] == [
        ["abay", "", "actuated", 0, 0, 1, 0, ""],
        ["abay", "", "fixed", 2, 1, 0, 2, old],
        ["abay", "demand_scale=1.2", "fixed", 1, 0, 0, 1, old],
    ]
    counts = ["done", "failed", "damaged", "outdated", "because"]
    assert list(rows[0]) == ["scenario", "variant", "controller", *counts, "size_mb"]
    table = shown(capsys, "ls", str(store))
    assert "demand_scale=1.2" in next(line for line in table if "demand" in line)
    assert max(len(line) for line in table if line[0] in "┏┃┡│└") <= 80
    assert [line for line in table if line.startswith("outdated")] == [
        "outdated: 2 runs of abay fixed (measures, source unknown, sequencer)",
        "outdated: 1 run of abay demand_scale=1.2 fixed (measures, source unknown, sequencer)",
    ]
    assert "--rerun" in table[-1]


def test_verify_names_what_is_damaged_and_fails(store: Path, capsys: Capture) -> None:
    damaged = next(store.glob("runs/*/actuated-*"))
    assert asked(capsys, "verify", str(store), code=1) == {"runs": 5, "damaged": [str(damaged)]}
    assert shown(capsys, "verify", str(store), code=1) == [
        f"damaged: {damaged}",
        "5 runs, 1 damaged; they run again when asked for",
    ]


def test_verify_of_whole_and_failed_runs_succeeds(tmp_path: Path, capsys: Capture) -> None:
    put(tmp_path, 1)
    put(tmp_path, 2, status="failed")
    assert asked(capsys, "verify", str(tmp_path)) == {"runs": 2, "damaged": []}
    assert shown(capsys, "verify", str(tmp_path)) == ["2 runs, 0 damaged"]


def test_gc_removes_what_it_said_it_would(store: Path, capsys: Capture) -> None:
    would = asked(capsys, "gc", str(store), "--dry-run")
    assert [row["reason"] for row in would] == ["damaged", "failed", "left by a killed process"]
    assert all(Path(row["path"]).is_dir() for row in would)
    lines = shown(capsys, "gc", str(store), "--dry-run")
    assert lines[0] == f"would remove {would[0]['path']}: damaged"
    assert lines[-1] == "3 folders to remove"
    assert asked(capsys, "gc", str(store)) == would
    assert not any(Path(row["path"]).exists() for row in would)
    assert (store / ".unfinished-young").is_dir()
    assert shown(capsys, "gc", str(store)) == ["0 folders removed"]
    assert asked(capsys, "verify", str(store)) == {"runs": 3, "damaged": []}


def test_a_folder_without_runs_holds_none(tmp_path: Path, capsys: Capture) -> None:
    assert asked(capsys, "ls", str(tmp_path)) == []
    assert shown(capsys, "ls", str(tmp_path)) == [f"no runs in {tmp_path}"]
    assert asked(capsys, "verify", str(tmp_path)) == {"runs": 0, "damaged": []}
    assert asked(capsys, "gc", str(tmp_path)) == []


@pytest.mark.parametrize("verb", ["ls", "verify", "gc"])
def test_a_folder_that_does_not_exist(tmp_path: Path, capsys: Capture, verb: str) -> None:
    assert "nowhere; give the --out folder" in fails(capsys, "store", verb, str(tmp_path / "nowhere"))
    (tmp_path / "file").write_text("a file")
    assert "no folder" in fails(capsys, "store", verb, str(tmp_path / "file"))


@pytest.mark.parametrize(
    "arguments", [["store"], ["store", "fly"], ["store", "ls", "a", "b"], ["store", "gc", "--force"]]
)
def test_wrong_usage_of_store(capsys: Capture, arguments: list[str]) -> None:
    assert "--help" in fails(capsys, *arguments)
