"""Care for a store: what it holds, what is damaged, and removing that alone."""

import os
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from shutil import rmtree

import pandas as pd
import pytest

from zhasyl.errors import OutputError
from zhasyl.runs import housekeeping
from zhasyl.runs.housekeeping import LEFT_AFTER_S, leftovers, survey, sweep
from zhasyl.runs.store import RunRecord, aside, run_folder, settle

Stored = Callable[..., RunRecord]


def put(out: Path, seed: int = 1, label: str = "fixed", **values: object) -> RunRecord:
    """A record in its place, made without a simulation."""
    key = sha256(f"{label} {seed}".encode()).hexdigest()
    found = {"scenario": "abay", "label": label, "seed": seed, "key": key, "status": "done", **values}
    tables = {"trips": pd.DataFrame({"delay_s": [1.5]})} if found["status"] == "done" else {}
    with aside(out) as unfinished:
        return settle(unfinished, run_folder(out, "abay", label, seed, key), found, tables)


def left(out: Path, age_s: float, name: str = ".unfinished-abc") -> Path:
    """A folder that a process of `age_s` seconds ago has not moved into place."""
    folder = out / name
    folder.mkdir(parents=True)
    (folder / "trips.parquet").write_bytes(b"half")
    os.utime(folder, (time.time() - age_s, time.time() - age_s))
    return folder


def spoil_byte(folder: Path) -> None:
    table = folder / "trips.parquet"
    whole = table.read_bytes()
    table.write_bytes(whole[:50] + bytes([whole[50] ^ 1]) + whole[51:])


def unreadable(folder: Path) -> None:
    """A file that cannot be read, whoever asks: root may read what it has no right to."""
    (folder / "record.json").unlink()
    (folder / "record.json").mkdir()


def dangling(folder: Path) -> None:
    (folder / "trips.parquet").unlink()
    (folder / "trips.parquet").symlink_to("nowhere")


def emptied(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()


DAMAGES: dict[str, Callable[[Path], object]] = {
    "a byte": spoil_byte,
    "a table gone": lambda folder: (folder / "trips.parquet").unlink(),
    "a dangling link": dangling,
    "no record": lambda folder: (folder / "record.json").unlink(),
    "a record that cannot be read": unreadable,
    "an empty record": lambda folder: (folder / "record.json").write_text(""),
    "no seal": lambda folder: (folder / "seal.json").unlink(),
    "a seal of something else": lambda folder: (folder / "seal.json").write_text("[1]"),
    "empty": emptied,
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_a_damaged_record_is_found_and_it_alone_is_removed(tmp_path: Path, damage: Callable[[Path], object]) -> None:
    whole, damaged = put(tmp_path, 1), put(tmp_path, 2)
    damage(damaged.folder)
    assert {held.folder: held.problem for held in survey(tmp_path)} == {whole.folder: "", damaged.folder: "damaged"}
    assert sweep(tmp_path) == [(damaged.folder, "damaged")]
    assert [held.folder for held in survey(tmp_path)] == [whole.folder]


def test_a_survey_tells_records_and_sizes(tmp_path: Path) -> None:
    put(tmp_path, 1)
    put(tmp_path, 2, status="failed", reason="died")
    done, failed = survey(tmp_path)
    assert done.record is not None
    assert done.record["seed"] == 1
    assert done.size_bytes == sum(path.stat().st_size for path in done.folder.iterdir())
    assert [(held.damaged, held.problem) for held in (done, failed)] == [(False, ""), (False, "failed")]


def test_failed_runs_are_removed(tmp_path: Path) -> None:
    whole, failed = put(tmp_path, 1), put(tmp_path, 2, status="failed")
    assert sweep(tmp_path) == [(failed.folder, "failed")]
    assert whole.folder.is_dir()
    assert not failed.folder.exists()


def test_a_dry_run_removes_nothing(tmp_path: Path) -> None:
    failed, old = put(tmp_path, 1, status="failed"), left(tmp_path, 2 * LEFT_AFTER_S)
    expected = [(failed.folder, "failed"), (old, "left by a killed process")]
    assert sweep(tmp_path, dry_run=True) == expected
    assert old.is_dir()
    assert sweep(tmp_path) == expected
    assert sweep(tmp_path) == []


def test_what_a_process_may_still_write_stays(tmp_path: Path) -> None:
    left(tmp_path, LEFT_AFTER_S - 60, ".unfinished-young")
    old = left(tmp_path, LEFT_AFTER_S + 60, ".unfinished-old")
    assert leftovers(tmp_path) == [old]
    assert sweep(tmp_path) == [(old, "left by a killed process")]
    assert [path.name for path in tmp_path.iterdir()] == [".unfinished-young"]


def test_what_is_not_ours_is_not_touched(tmp_path: Path) -> None:
    other = tmp_path / "runs" / "detect" / "train3"
    other.mkdir(parents=True)
    (other / "weights.pt").write_bytes(b"days of work")
    (tmp_path / "runs" / "notes.txt").write_text("mine")
    assert list(survey(tmp_path)) == []
    assert sweep(tmp_path) == []
    assert (other / "weights.pt").is_file()


def test_a_record_that_was_run_again_meanwhile_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = put(tmp_path, 1, status="failed"), put(tmp_path, 2, status="failed")

    def remove_and_run_the_other(path: Path) -> None:
        rmtree(path)
        put(tmp_path, 2)

    monkeypatch.setattr(housekeeping, "_remove", remove_and_run_the_other)
    assert sweep(tmp_path) == [(first.folder, "failed")]
    assert [held.problem for held in survey(tmp_path)] == [""]
    assert second.folder.is_dir()


def test_what_cannot_be_removed_is_said(tmp_path: Path) -> None:
    elsewhere = put(tmp_path / "elsewhere", 1, status="failed").folder
    place = tmp_path / "out" / "runs" / "abay"
    place.mkdir(parents=True)
    (place / elsewhere.name).symlink_to(elsewhere)
    with pytest.raises(OutputError, match=r"cannot remove .*symbolic link; check its owner and rights"):
        sweep(tmp_path / "out")
    assert elsewhere.is_dir()


@pytest.mark.parametrize("care", [lambda out: list(survey(out)), sweep], ids=["survey", "sweep"])
def test_a_folder_that_does_not_exist_is_said(tmp_path: Path, care: Callable[[Path], object]) -> None:
    with pytest.raises(OutputError, match=r"no folder .*nowhere; give the --out folder"):
        care(tmp_path / "nowhere")
    assert list(survey(tmp_path)) == []
