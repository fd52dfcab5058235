"""When two records are the same run's."""

from typing import Any

import pandas as pd

from zhasyl.runs.store import RunRecord

TIMES_OF_DAY = {"started_at", "wall_s", "sumo_s", "control_s"}
TABLES = ("trips", "queues", "signals", "approaches")


def lasting(record: RunRecord) -> dict[str, Any]:
    """What does not depend on when and how fast it ran."""
    return {key: value for key, value in record.values.items() if key not in TIMES_OF_DAY}


def assert_same(one: RunRecord, other: RunRecord) -> None:
    """Two records of the same run, simulated twice."""
    assert one.folder != other.folder, "the second record must not be the stored first one"
    assert one.values.keys() >= TIMES_OF_DAY
    assert lasting(one) == lasting(other)
    for name in TABLES:
        pd.testing.assert_frame_equal(one.table(name), other.table(name), check_exact=True)
