"""--rerun: a run is simulated although its record is stored, which it replaces only when it is done."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import TinyNetwork
from zhasyl import run
from zhasyl.controllers import parse_controller
from zhasyl.errors import SimulationError
from zhasyl.runs import batch
from zhasyl.runs.spec import RunSpec, finished
from zhasyl.runs.store import RECORD_FILE
from zhasyl.scenarios import load_scenario


def test_a_rerun_replaces_the_record(tiny_network: TinyNetwork, tmp_path: Path) -> None:
    scenario = str(tiny_network("t-junction-left-turn"))
    first = run(scenario, "fixed", out=tmp_path)
    written = (first.folder / RECORD_FILE).stat().st_mtime_ns
    assert (run(scenario, "fixed", out=tmp_path).folder / RECORD_FILE).stat().st_mtime_ns == written
    again = run(scenario, "fixed", out=tmp_path, rerun=True)
    assert again.folder == first.folder
    assert (first.folder / RECORD_FILE).stat().st_mtime_ns > written
    assert again["delay_s"] == first["delay_s"]


def test_a_rerun_that_fails_keeps_the_record_and_says_so(
    tiny_network: TinyNetwork, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario = load_scenario(str(tiny_network("t-junction-left-turn")))
    spec = RunSpec(scenario, parse_controller("fixed"), 1, tmp_path)
    run(scenario, "fixed", out=tmp_path)

    def fails(*_: Any) -> None:
        raise SimulationError("no")

    monkeypatch.setattr(batch, "run_isolated", fails)
    (record,) = batch.run_many([replace(spec, rerun=True)])
    assert record["status"] == "failed"
    assert finished(spec) is not None
