"""What a store holds, what is damaged, what is swept away; and the verbs that show it."""

import json
import os
import time
from pathlib import Path

import pytest

from tests.test_store import stored
from zhasyl.cli import status
from zhasyl.errors import OutputError
from zhasyl.housekeeping import LEFT_AFTER_S, leftovers, survey, sweep
from zhasyl.store import load_records

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Two whole runs, a failed one and a damaged one, and what two killed processes left."""
    for seed in (1, 2):
        stored(tmp_path, seed)
    stored(tmp_path, 3, "max-pressure", status="failed", reason="it died")
    (stored(tmp_path, 4, "max-pressure").folder / "trips.parquet").write_bytes(b"?")
    for name, age_s in ((".unfinished-old", LEFT_AFTER_S + 60), (".unfinished-new", 1.0)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "trips.parquet").write_bytes(b"half")
        os.utime(tmp_path / name, (time.time() - age_s, time.time() - age_s))
    return tmp_path


def test_a_survey_tells_whole_failed_and_damaged_runs_apart(store: Path) -> None:
    assert [held.problem for held in survey(store)] == ["", "", "failed", "damaged"]
    assert all(held.size_bytes > 0 for held in survey(store))


def test_only_what_was_left_long_ago_is_a_leftover(store: Path) -> None:
    assert [path.name for path in leftovers(store)] == [".unfinished-old"]


def test_a_sweep_removes_what_is_of_no_use_and_nothing_else(store: Path) -> None:
    kept = [record for record in load_records(store) if record.done]
    assert len(sweep(store, dry_run=True)) == 3
    assert [held.problem for held in survey(store)] == ["", "", "failed", "damaged"]
    assert len(sweep(store)) == 3
    assert load_records(store) == kept
    assert sweep(store) == []
    assert (store / ".unfinished-new").exists()


def test_a_folder_that_is_not_there_is_no_store(tmp_path: Path, capsys: Capture) -> None:
    with pytest.raises(OutputError, match="no folder"):
        list(survey(tmp_path / "nothing"))
    for verb in ("ls", "verify", "gc"):
        assert status(["store", verb, str(tmp_path / "nothing")]) == 2
        assert capsys.readouterr().err.count("\n") == 1


def test_ls_counts_by_scenario_and_controller(store: Path, capsys: Capture) -> None:
    assert status(["store", "ls", str(store), "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    counts = [(row["controller"], row["done"], row["failed"], row["damaged"]) for row in rows]
    assert counts == [("fixed", 2, 0, 0), ("max-pressure", 0, 1, 1)]
    assert status(["store", "ls", str(store)]) == 0
    assert "max-pressure" in capsys.readouterr().out


def test_ls_of_an_empty_folder(tmp_path: Path, capsys: Capture) -> None:
    assert status(["store", "ls", str(tmp_path)]) == 0
    assert capsys.readouterr().out.startswith("no runs in")


def test_verify_fails_while_a_record_is_damaged(store: Path, capsys: Capture) -> None:
    assert status(["store", "verify", str(store)]) == 1
    assert "4 runs, 1 damaged" in capsys.readouterr().out
    assert status(["store", "gc", str(store), "--dry-run"]) == 0
    assert "would remove" in capsys.readouterr().out
    assert status(["store", "gc", str(store), "--json"]) == 0
    assert {row["reason"] for row in json.loads(capsys.readouterr().out)} == {
        "failed", "damaged", "left by a killed process"}  # fmt: skip
    assert status(["store", "verify", str(store), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"runs": 2, "damaged": []}
