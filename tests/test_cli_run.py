"""What `zhasyl run` prints of a record."""

from pathlib import Path

import pytest

from tests.reports.builders import run
from zhasyl.cli.run import show
from zhasyl.runs.store import RunRecord


def test_a_run_stored_before_a_measure_existed_is_shown_without_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lacking = ("walker_delay_s", "overflow_share")
    show(RunRecord({key: value for key, value in run().items() if key not in lacking}, tmp_path))
    printed = " ".join(capsys.readouterr().out.split())
    assert "Pedestrian delay │ –" in printed
    assert "stored before Pedestrian delay, Queue overflow could be measured; run again with --rerun" in printed
    show(RunRecord(run(), tmp_path))
    assert "stored before" not in capsys.readouterr().out


def test_signals_without_control_for_the_same_reason_are_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    show(RunRecord(run(uncontrolled={"J1": "a single stage", "J2": "a single stage"}), tmp_path))
    printed = " ".join(capsys.readouterr().out.split())
    assert "Signals J1, J2 are not controlled and keep their plans: a single stage" in printed


def test_who_neither_arrived_nor_is_under_way_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    show(RunRecord(run() | {"removed_veh": 18, "never_triggered_veh": 1}, tmp_path))
    printed = " ".join(capsys.readouterr().out.split())
    assert "18 vehicles removed before the destination" in printed
    assert "1 vehicle waited in vain" in printed
    show(RunRecord(run() | {"removed_veh": 0, "never_triggered_veh": 0}, tmp_path))
    printed = capsys.readouterr().out
    assert "removed" not in printed
    assert "in vain" not in printed
