"""Trajectories are outside a run's key: it comes to the same with and without."""

import json
from pathlib import Path

import pytest

from tests.conftest import TinyNetwork
from zhasyl.errors import SimulationError
from zhasyl.files.sealed import seal
from zhasyl.runs.recording import PASSING
from zhasyl.runs.simulate import run
from zhasyl.runs.store import RECORD_FILE, RECORDED, SEAL_FILE, RunRecord, load_record

TABLES = ("trips", "queues", "signals", "approaches", "passages")


@pytest.fixture(scope="module")
def plain(tiny_network: TinyNetwork, tmp_path_factory: pytest.TempPathFactory) -> RunRecord:
    """A stored run with walkers, without trajectories."""
    return run(str(tiny_network("crossroads-with-crossings")), "max-pressure", out=tmp_path_factory.mktemp("plain"))


def again(record: RunRecord) -> RunRecord:
    """The same run, recorded."""
    return run(record["source"], "max-pressure", out=record.folder.parents[2], record=True)


def test_a_stored_run_gains_trajectories_and_stays_the_same(plain: RunRecord) -> None:
    before = {name: (plain.folder / f"{name}.parquet").read_bytes() for name in TABLES}
    assert not plain.recorded
    recorded = again(plain)
    assert recorded.folder == plain.folder
    assert recorded.recorded
    assert {key: value for key, value in recorded.values.items() if key not in PASSING} == {
        key: value for key, value in plain.values.items() if key not in PASSING
    }
    assert {name: (plain.folder / f"{name}.parquet").read_bytes() for name in TABLES} == before
    trajectories = recorded.table("trajectories")
    assert set(trajectories["class"]) == {"passenger", "pedestrian"}
    assert trajectories["traveller"].nunique() > len(recorded.table("trips"))
    assert {"lane", "crossing", "walkingarea", "junction"} <= set(recorded.table("map")["kind"])
    assert again(plain)["started_at"] == recorded["started_at"]  # and is not simulated once more


def test_a_run_that_comes_to_something_else_is_an_error_and_stays(plain: RunRecord) -> None:
    for name in RECORDED:
        (plain.folder / f"{name}.parquet").unlink(missing_ok=True)
    values = json.loads((plain.folder / RECORD_FILE).read_bytes())
    (plain.folder / RECORD_FILE).write_text(json.dumps(values | {"delay_s": 1.0}), encoding="utf-8")
    seal(plain.folder, SEAL_FILE, (path.name for path in plain.folder.iterdir() if path.name != SEAL_FILE))
    with pytest.raises(SimulationError, match=r"another delay_s \(.* after 1\.0\).*which stays; .*--rerun"):
        again(plain)
    kept = load_record(plain.folder)
    assert kept is not None
    assert kept["delay_s"] == 1.0


def test_steps_that_do_not_divide_a_second(tiny_network: TinyNetwork, tmp_path: Path) -> None:
    source = tiny_network("t-junction-left-turn")
    config = source.with_name("steps.sumocfg")
    text = source.read_text(encoding="utf-8").replace("</time>", '<step-length value="0.3"/></time>')
    config.write_text(text, encoding="utf-8")
    plain = run(str(config), out=tmp_path / "plain")
    recorded = run(str(config), out=tmp_path / "recorded", record=True)
    for name in TABLES:
        one, other = ((record.folder / f"{name}.parquet").read_bytes() for record in (plain, recorded))
        assert one == other, name
    assert (recorded.table("trajectories").groupby("traveller")["time_s"].diff().dropna().round(3) % 0.9).max() < 0.91
