"""A controller that failed at every signal is no result: it is said, and the exit status is 3 unless it is allowed."""

from pathlib import Path

import pytest

from tests.reports.builders import run
from zhasyl.cli.present import weigh_faults
from zhasyl.runs.store import RunRecord

LOST = [{"signal": "J1", "time_s": 28930.0, "reason": "ValueError: no stage"}]


@pytest.mark.parametrize(("signals", "allowed", "status"), [(1, False, 3), (1, True, 0), (2, False, 0)])
@pytest.mark.parametrize("said", [True, False])
def test_the_exit_status_of_a_controller_that_failed(
    signals: int, allowed: bool, status: int, said: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    records = [RunRecord(run("actuated", 1, faults=LOST, controlled_signals=signals), tmp_path)]
    assert weigh_faults(records, allowed, said) == status
    err = capsys.readouterr().err
    assert ("actuated failed at its signal from 08:02:10 on (seed 1)" in err) == (signals == 1 and not said)
    assert ("--allow-faults" in err) == (status == 3)
