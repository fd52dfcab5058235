"""summary.json says of a run what its tables do; pages are the same with it and without."""

import json
from functools import partial
from hashlib import sha256
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.reports.builders import BEGIN_S, FakeRuns, batch
from zhasyl.errors import OutputError
from zhasyl.optimise.statistics.compare import compare_all
from zhasyl.reports.html import write_report
from zhasyl.runs.store import RunRecord, aside, load_record, load_records, run_folder, settle
from zhasyl.runs.summary import summary_of

LABELS = ("fixed", "max-pressure")
NAMES = ("queues", "signals", "approaches")


def stored(out: Path, seeds: int = 1, labels: tuple[str, ...] = LABELS) -> list[RunRecord]:
    """Runs settled with their tables; on one approach of one run nobody came."""
    for run in batch(seeds, labels):
        tables = {name: FakeRuns().table(run, name) for name in NAMES}
        if run["seed"] == 1:
            tables["approaches"].loc[3, ["vehicles", "control_delay_s"]] = [0, np.nan]
        with aside(out) as unfinished:
            settle(unfinished, run_folder(out, "abay", str(run["label"]), int(str(run["seed"])), "k"), run, tables)
    return load_records(out, tables=False)


def forget(folder: Path) -> None:
    """Make a record one of before there was a summary.json."""
    (folder / "summary.json").unlink()
    seal = json.loads((folder / "seal.json").read_text())
    del seal["summary.json"]
    (folder / "seal.json").write_text(json.dumps(seal))


def page(out: Path) -> bytes:
    records = load_records(out, tables=False)
    by_key = {str(record["key"]): record for record in records}
    values = [record.values for record in records]
    found = write_report(out, values, compare_all(values, "fixed"), lambda run: by_key[str(run["key"])].summary())
    return found.read_bytes()


def test_a_page_of_summaries_is_the_page_of_tables_with_every_seed(tmp_path: Path) -> None:
    records = stored(tmp_path, 21, ("fixed",))
    assert all((record.folder / "summary.json").is_file() for record in records)
    quick = page(tmp_path)
    for record in records[::2]:  # old and new records side by side
        forget(record.folder)
    mixed = page(tmp_path)
    for record in records[1::2]:
        forget(record.folder)
    assert quick == mixed == page(tmp_path)
    assert b"21 seeds" in quick


def test_a_summary_counts_what_the_tables_have() -> None:
    run = batch(1, ("fixed",))[0]
    table = partial(FakeRuns(2).table, run)
    found = summary_of(table, 3600)
    queues, signals = table("queues"), table("signals")
    assert (found["step_s"], found["queues"]["begin_s"][:2]) == (300, [BEGIN_S, BEGIN_S + 300])
    assert sum(map(sum, found["queues"]["veh_s"])) == queues["queue_veh"].sum()
    assert sum(found["queues"]["seconds"]) == 3600
    first = queues[(queues["approach"] == "e10") & (queues["time_s"] < BEGIN_S + 300)]
    assert found["queues"]["veh_s"][0][0] == first["queue_veh"].sum()
    assert sum(found["stages"]["shown_s"]) == signals["duration_s"].sum()
    assert found["approaches"]["name"] == table("approaches")["name"].tolist()


def test_a_period_between_two_seconds_has_whole_steps() -> None:
    half = pd.DataFrame({"time_s": [59.5, 60.5], "signal": "J", "approach": "e", "queue_veh": [1, 2]})
    rest = {name: FakeRuns().table(batch(1)[0], name) for name in NAMES}
    found = summary_of({**rest, "queues": half}.__getitem__, 2.0)["queues"]
    assert (found["begin_s"], found["seconds"], found["veh_s"]) == ([0, 60], [1, 1], [[1, 2]])


def test_a_report_takes_no_record_whose_summary_is_not_as_sealed_or_whose_table_is_gone(tmp_path: Path) -> None:
    first, second, third = stored(tmp_path, 1, (*LABELS, "actuated"))
    (first.folder / "summary.json").write_text("{}")
    (second.folder / "queues.parquet").unlink()
    (third.folder / "record.json").write_text((third.folder / "record.json").read_text() + " ")
    assert load_records(tmp_path, tables=False) == []
    assert [load_record(record.folder) for record in (first, second, third)] == [None, None, None]


def test_a_damaged_table_is_damage_wherever_tables_are_read(tmp_path: Path) -> None:
    [record] = stored(tmp_path, 1, ("fixed",))
    (record.folder / "queues.parquet").write_bytes(b"half")
    assert load_record(record.folder) is None
    assert load_record(record.folder, tables=False) is not None  # a page reads no table of it
    forget(record.folder)
    assert load_record(record.folder, tables=False) is None  # now it would


def test_the_seal_has_the_summary(tmp_path: Path) -> None:
    [record] = stored(tmp_path, 1, ("fixed",))
    seal = json.loads((record.folder / "seal.json").read_text())
    assert seal["summary.json"] == sha256((record.folder / "summary.json").read_bytes()).hexdigest()


def test_columns_of_a_table_are_read_only_as_their_seal_says(tmp_path: Path) -> None:
    record = stored(tmp_path, 1, ("fixed",))[0]
    found = record.columns("signals", ["signal", "start_s"])
    assert (list(found.columns), np.asarray(found["signal"]).tolist()[0]) == (["signal", "start_s"], "J1")
    with pytest.raises(OutputError, match="no table of passages; run it again with --rerun"):
        record.columns("passages", ["signal"])
    with pytest.raises(OutputError, match="have no colour"):
        record.columns("signals", ["colour"])
    path = record.folder / "signals.parquet"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(OutputError, match="not as its seal says"):
        record.columns("signals", ["signal"])


def test_delays_of_buses_stand_by_line() -> None:
    [run] = batch(1, ("fixed",))
    lines = summary_of(lambda name: FakeRuns().table(run, name), 3600.0, {"lines"})["lines"]
    assert lines["line"] == ["118 express", "65"]
    assert lines["vehicle_class"] == ["bus", "bus"]
    assert [len(delays_s) for delays_s in lines["delays_s"]] == [6, 12]
