"""Queues from a log of vehicles written by hand, on the road of `tests/sensors/road.py`."""

from pathlib import Path

import pytest

from tests.sumo.outputs.raw import Row, queues_of


@pytest.mark.parametrize(("speed_mps", "queued"), [(0.0, 1), (0.09, 1), (0.1, 0), (0.11, 0)])
def test_who_drives_at_the_threshold_is_not_queued(tmp_path: Path, speed_mps: float, queued: int) -> None:
    found = queues_of(tmp_path, [Row(0.0, "v", "in_0", 30.0, speed_mps)])
    assert found.veh[0].tolist() == [0, queued, 0]
    assert found.back_m[0].tolist() == [0.0, queued * (50.0 - 30.0 + 5.0), 0.0]
