"""Run records on disk: keyed by their whole origin, whole or not there at all, readable or one line."""

import json
import math
import os
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from shutil import copytree

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhasyl.errors import OutputError
from zhasyl.files.output import check_writable
from zhasyl.runs.store import (
    RunRecord,
    aside,
    load_record,
    load_records,
    look_at,
    origin_key,
    run_folder,
    settle,
    settle_failed,
    write_text,
)

Origin = dict[str, object]
Values = dict[str, object]
ORIGIN: Origin = {
    "scenario": "abay-seifullin",
    "version": 1,
    "content": "9f2c61d0a4b7",
    "controller": "max-pressure",
    "parameters": {"interval_s": 10.0, "min_green_s": None},
    "sensor": "perfect",
    "seed": 1,
    "versions": {"zhasyl": "0.1.0", "sumo": "1.28.0"},
}
TABLES = {"trips": pd.DataFrame({"trip_id": ["a", "b"], "delay_s": [1.5, 2.5]})}


def values(seed: int = 1, label: str = "fixed", scenario: str = "abay", **changed: object) -> Values:
    return {"scenario": scenario, "label": label, "seed": seed, "key": f"{label}-{seed}", "delay_s": 12.5, **changed}


def stored(out: Path, seed: int = 1, label: str = "fixed", scenario: str = "abay", **changed: object) -> RunRecord:
    """A record settled in its place."""
    found = values(seed, label, scenario, **changed)
    with aside(out) as unfinished:
        return settle(unfinished, run_folder(out, scenario, label, seed, str(found["key"])), found, TABLES)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def one_line(error: pytest.ExceptionInfo[OutputError]) -> str:
    text = str(error.value)
    assert "\n" not in text
    return text


# The key


def test_the_key_is_the_same_in_every_version_of_python_and_zhasyl() -> None:
    assert origin_key({"b": 1, "a": "ä"}) == sha256(b'{"a":"\\u00e4","b":1}').hexdigest()


def test_the_key_does_not_depend_on_the_order_of_the_origin() -> None:
    parameters = {"min_green_s": None, "interval_s": 10.0}
    backwards = {key: ORIGIN[key] for key in reversed(ORIGIN)}
    assert origin_key(ORIGIN) == origin_key({**backwards, "parameters": parameters})


CHANGED: dict[str, Origin] = {
    "seed": {"seed": 2},
    "parameter": {"parameters": {"interval_s": 10.5, "min_green_s": None}},
    "content": {"content": "9f2c61d0a4b8"},
    "version": {"version": 2},
    "sensor": {"sensor": "loops"},
    "sumo": {"versions": {"zhasyl": "0.1.0", "sumo": "1.28.1"}},
}


@pytest.mark.parametrize("change", CHANGED.values(), ids=CHANGED.keys())
def test_whatever_determines_a_result_changes_the_key(change: Origin) -> None:
    assert origin_key(ORIGIN) != origin_key({**ORIGIN, **change})


def test_a_run_folder_stays_below_the_output_whatever_the_names(tmp_path: Path) -> None:
    for scenario, label in (("../../etc", "a/../b"), ("..", "."), ("Абай", "max-pressure:interval_s=10"), ("", "")):
        folder = run_folder(tmp_path, scenario, label, 7, origin_key(ORIGIN))
        assert folder.resolve().parent.parent == (tmp_path / "runs").resolve()


def test_runs_of_another_key_have_another_folder(tmp_path: Path) -> None:
    other = origin_key({**ORIGIN, "content": "other"})
    assert run_folder(tmp_path, "abay", "fixed", 1, origin_key(ORIGIN)) != run_folder(
        tmp_path, "abay", "fixed", 1, other
    )


# Settling


def test_a_settled_record_reads_back_with_its_tables(tmp_path: Path) -> None:
    record = stored(tmp_path, faults=[], title="Abay — Seifullin")
    again = load_record(record.folder)
    assert again is not None
    assert again.values == record.values == values(faults=[], title="Abay — Seifullin")
    pd.testing.assert_frame_equal(again.table("trips"), TABLES["trips"])


def test_a_table_has_its_own_columns_whatever_its_folder_is_called(tmp_path: Path) -> None:
    record = stored(tmp_path, label="max-pressure:interval_s=5", scenario="abay demand_scale=1.1")
    assert "=" in record.folder.parent.name
    pd.testing.assert_frame_equal(record.table("trips"), TABLES["trips"])


def test_a_measure_without_a_value_is_null(tmp_path: Path) -> None:
    record = stored(tmp_path, delay_s=math.nan, stops=math.inf)
    text = (record.folder / "record.json").read_text(encoding="utf-8")
    assert json.loads(text, parse_constant=pytest.fail)["delay_s"] is None
    assert (record["delay_s"], record["stops"]) == (None, None)


def test_nothing_unfinished_is_left_after_a_run(tmp_path: Path) -> None:
    stored(tmp_path)
    assert names(tmp_path) == ["runs"]


def test_nothing_is_left_after_an_exception_in_a_run(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), aside(tmp_path) as unfinished:  # noqa: PT012
        (unfinished / "trips.parquet").write_bytes(b"half of it")
        raise ZeroDivisionError
    assert names(tmp_path) == []


def test_nothing_is_left_when_a_record_cannot_be_stored(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("a file where the folder should be", encoding="utf-8")
    with pytest.raises(OutputError, match="cannot store the run") as caught:
        stored(tmp_path)
    assert "use --out" in one_line(caught)
    assert names(tmp_path) == ["runs"]


def test_a_half_written_folder_is_no_record_and_gives_way_to_one(tmp_path: Path) -> None:
    folder = run_folder(tmp_path, "abay", "fixed", 1, "fixed-1")
    folder.mkdir(parents=True)
    (folder / "trips.parquet").write_bytes(b"half of it")
    (folder / "left-over.txt").write_text("", encoding="utf-8")
    assert load_record(folder) is None
    assert load_records(tmp_path) == []
    assert stored(tmp_path).folder == folder
    assert names(folder) == ["record.json", "seal.json", "trips.parquet"]
    assert names(tmp_path) == ["runs"]


def test_a_record_settled_before_stays(tmp_path: Path) -> None:
    first = stored(tmp_path, wall_s=1.0)
    assert stored(tmp_path, wall_s=2.0)["wall_s"] == 1.0
    assert load_record(first.folder) == first


def test_a_record_another_process_settles_at_the_same_moment_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = stored(tmp_path / "other", wall_s=1.0)
    folder = run_folder(tmp_path, "abay", "fixed", 1, "fixed-1")

    def overtaken(self: Path, target: Path) -> None:
        if target == folder:
            copytree(other.folder, folder)
        os.rename(self, target)  # refused when the folder is not empty any more

    monkeypatch.setattr(Path, "rename", overtaken)
    assert stored(tmp_path, wall_s=2.0)["wall_s"] == 1.0
    monkeypatch.undo()
    assert names(tmp_path) == ["other", "runs"]


def test_a_failed_run_has_a_record_that_gives_way_to_a_finished_one(tmp_path: Path) -> None:
    failed = stored(tmp_path, status="failed")
    assert not failed.done
    assert stored(tmp_path, status="done").done
    assert stored(tmp_path, status="failed").done
    assert names(tmp_path) == ["runs"]


def failed(out: Path, error: Exception, rerun: bool = False) -> RunRecord:
    about = {"scenario": "abay", "label": "fixed", "seed": 1, "key": "fixed-1"}
    return settle_failed(out, run_folder(out, "abay", "fixed", 1, "fixed-1"), about, error, attempts=2, rerun=rerun)


def test_a_failed_run_says_why_in_one_line(tmp_path: Path) -> None:
    record = failed(tmp_path, ValueError("not\n  a number"))
    assert (record["status"], record["error"], record["attempts"]) == ("failed", "ValueError", 2)
    assert record["reason"] == "ValueError: not a number"
    assert {record[key] for key in ("delay_s", "gridlocked", "wall_s")} == {None}
    assert failed(tmp_path, OutputError("disk full"))["reason"] == "disk full"


def test_a_run_that_fails_after_a_finished_one_does_not_replace_it(tmp_path: Path) -> None:
    done = stored(tmp_path, status="done")
    assert failed(tmp_path, ValueError("no")).values == done.values
    assert failed(tmp_path, ValueError("no"), rerun=True)["status"] == "failed"
    again = load_record(done.folder)
    assert again is not None
    assert again.done


# Reading


def test_a_look_at_a_record_opens_no_table(tmp_path: Path) -> None:
    record = stored(tmp_path)
    (record.folder / "trips.parquet").unlink()
    seen = look_at(record.folder)
    assert seen is not None
    assert seen.values == record.values


@pytest.mark.parametrize("text", ["{", "[1]", '{"key": "fixed-1", "label": "fixed", "seed": 1}'])
def test_a_look_at_what_is_no_record_sees_none(tmp_path: Path, text: str) -> None:
    assert look_at(tmp_path) is None
    (tmp_path / "record.json").write_text(text, encoding="utf-8")
    assert look_at(tmp_path) is None


def test_a_summary_that_cannot_be_read_is_refused_in_one_line(tmp_path: Path) -> None:
    record = stored(tmp_path)
    (record.folder / "summary.json").write_text("{", encoding="utf-8")
    with pytest.raises(OutputError, match=r"cannot read .*summary\.json") as caught:
        record.summary()
    assert "run again" in one_line(caught)


DAMAGED = {
    "empty": "",
    "cut-off": '{"key": "fixed-1", "delay_s": 1',
    "a-list": "[1, 2]",
    "without-a-key": '{"delay_s": 1.0}',
    "without-a-name": '{"key": "fixed-1", "delay_s": 1.0}',
    "no-text": "\udcff",
}


@pytest.mark.parametrize("text", DAMAGED.values(), ids=DAMAGED.keys())
def test_a_damaged_record_is_none(tmp_path: Path, text: str) -> None:
    record = stored(tmp_path)
    (record.folder / "record.json").write_text(text, encoding="utf-8", errors="surrogateescape")
    assert load_record(record.folder) is None
    assert load_records(tmp_path) == []


def test_a_damaged_record_is_run_again(tmp_path: Path) -> None:
    record = stored(tmp_path, wall_s=1.0)
    (record.folder / "record.json").write_text("{", encoding="utf-8")
    assert stored(tmp_path, wall_s=2.0)["wall_s"] == 2.0


@pytest.mark.parametrize("name", ["record.json", "trips.parquet", "seal.json"])
def test_a_record_with_any_file_changed_or_gone_is_not_trusted(tmp_path: Path, name: str) -> None:
    record = stored(tmp_path)
    path = record.folder / name
    whole = path.read_bytes()
    for position in range(0, len(whole), 97):
        path.write_bytes(whole[:position] + bytes([whole[position] ^ 1]) + whole[position + 1 :])
        assert load_record(record.folder) is None, position
    path.unlink()
    assert load_record(record.folder) is None
    path.write_bytes(whole)
    assert load_record(record.folder) == record


@given(text=st.one_of(st.text(), st.recursive(st.none() | st.text() | st.integers(), st.lists).map(json.dumps)))
def test_whatever_stands_in_a_seal_it_is_no_traceback(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    record = stored(tmp_path_factory.mktemp("store"))
    (record.folder / "seal.json").write_text(text, encoding="utf-8", errors="replace")
    assert load_record(record.folder) is None


def test_records_are_ordered_by_scenario_label_and_seed(tmp_path: Path) -> None:
    for scenario, label, seed in (("b", "fixed", 1), ("a", "fixed", 10), ("a", "fixed", 9), ("a", "actuated", 2)):
        stored(tmp_path, seed, label, scenario)
    found = [(record["scenario"], record["label"], record["seed"]) for record in load_records(tmp_path)]
    assert found == [("a", "actuated", 2), ("a", "fixed", 9), ("a", "fixed", 10), ("b", "fixed", 1)]


def test_a_folder_without_runs_has_no_records(tmp_path: Path) -> None:
    assert load_records(tmp_path) == []
    assert load_records(tmp_path / "nowhere") == []


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def overwritten(path: Path) -> None:
    path.write_bytes(b"not a table at all, but longer than a footer would be")


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


def scrambled(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[:4] + bytes(255 - byte for byte in data[4:-8]) + data[-8:])


@pytest.mark.parametrize("damage", [Path.unlink, emptied, overwritten, cut, scrambled])
def test_a_table_that_cannot_be_read_is_refused_in_one_line(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    record = stored(tmp_path)
    damage(record.folder / "trips.parquet")
    with pytest.raises(OutputError, match="run again") as caught:
        record.table("trips")
    assert str(record.folder / "trips.parquet") in one_line(caught)


def test_whichever_byte_of_a_table_is_changed_it_is_read_or_refused(tmp_path: Path) -> None:
    record = stored(tmp_path)
    path = record.folder / "trips.parquet"
    whole = path.read_bytes()
    for position in range(0, len(whole), 5):
        path.write_bytes(whole[:position] + bytes([whole[position] ^ 1]) + whole[position + 1 :])
        with suppress(OutputError):
            assert len(record.table("trips").columns) >= 0


# Where to write


def below_a_file(folder: Path) -> Path:
    (folder / "file").write_text("", encoding="utf-8")
    return folder / "file" / "deeper" / "out"


def a_file(folder: Path) -> Path:
    return below_a_file(folder).parent.parent


def read_only(folder: Path) -> Path:
    if os.geteuid() == 0:
        pytest.skip("nothing is read-only for root")
    (folder / "locked").mkdir(mode=0o500)
    return folder / "locked"


def below_a_read_only_one(folder: Path) -> Path:
    return read_only(folder) / "out"


UNWRITABLE = [a_file, below_a_file, read_only, below_a_read_only_one]


@pytest.mark.parametrize("place", UNWRITABLE)
def test_a_place_that_cannot_be_written_to_is_refused_in_one_line(
    tmp_path: Path, place: Callable[[Path], Path]
) -> None:
    out = place(tmp_path)
    with pytest.raises(OutputError, match="--out") as caught:
        check_writable(out)
    assert str(out) in one_line(caught)


def test_a_folder_to_write_to_is_made_and_left_empty(tmp_path: Path) -> None:
    check_writable(tmp_path / "new" / "out")
    assert names(tmp_path / "new" / "out") == []


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "comparison.json"
    write_text(path, "old and longer\n")
    write_text(path, "Жасыл\n")
    assert path.read_text(encoding="utf-8") == "Жасыл\n"
    assert names(tmp_path) == ["comparison.json"]


def test_a_file_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "comparison.json").mkdir()
    with pytest.raises(OutputError) as caught:
        write_text(tmp_path / "comparison.json", "text")
    assert "choose another folder" in one_line(caught)
    assert names(tmp_path) == ["comparison.json"]
