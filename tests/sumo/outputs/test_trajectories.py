"""The log of everybody, each second, from rows written by hand."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from zhasyl.measures import Period
from zhasyl.sumo.outputs.ending import VehicleType
from zhasyl.sumo.outputs.log_times import LogTimes, log_times
from zhasyl.sumo.outputs.trajectories import Trajectories, log_of_vehicles, read_trajectories

TIMES = LogTimes(Period(0.0, 20.0), 0.0, 7.0)
TYPES = {"car": VehicleType(5.0, 50.0, "passenger"), "line": VehicleType(12.0, 20.0, "bus")}


def write(path: Path, kind: str, rows: Sequence[tuple[float, str | None, str | None, float, float]]) -> Path:
    """SUMO's log: time, id, type, x and speed; y is 1.26 m, the lane `in_0` for cars and `out_0` for others."""
    time_s, ids, types, x, speed = zip(*rows, strict=True)
    columns: dict[str, Any] = {
        "timestep_time": pa.array(time_s, pa.float64()),
        f"{kind}_id": pa.array(ids, pa.string()),
    }
    columns |= {f"{kind}_x": pa.array(x, pa.float64()), f"{kind}_y": pa.array([1.26] * len(rows), pa.float64())}
    columns |= {f"{kind}_type": pa.array(types, pa.string()), f"{kind}_speed": pa.array(speed, pa.float32())}
    lanes = ["in_0" if kind_of == "car" else "out_0" if kind_of else None for kind_of in types]
    columns |= {f"{kind}_pos": pa.array(x, pa.float32()), f"{kind}_lane": pa.array(lanes, pa.string())}
    pq.write_table(pa.table(columns), path)
    return path


def test_everybody_in_the_order_of_travellers(tmp_path: Path) -> None:
    vehicles = write(
        tmp_path / "v.parquet",
        "vehicle",
        [(0.0, "a", "car", 10.0, 5.0), (0.0, "b", "line", 0.0, 0.0), (1.0, "a", "car", 15.04, 5.0)],
    )
    walkers = write(tmp_path / "p.parquet", "person", [(1.0, "p", "ped", 3.0, 1.2), (2.0, "p", "ped", 9.0, 9.0)])
    found = read_trajectories(vehicles, walkers, TYPES, TIMES).pandas()
    assert found["traveller"].tolist() == ["a", "a", "b", "p"]  # who rides in a bus is no walker
    assert found["class"].tolist() == ["passenger", "passenger", "bus", "pedestrian"]
    assert found["length_m"].tolist() == [5.0, 5.0, 12.0, pytest.approx(0.2)]
    assert found["time_s"].tolist() == [0, 1, 0, 1]
    assert found["x_dm"].tolist() == [100, 150, 0, 30]
    assert found["y_dm"].tolist() == [13] * 4


def test_a_walker_may_be_called_as_a_vehicle_is(tmp_path: Path) -> None:
    """randomTrips.py numbers both from 0."""
    vehicles = write(tmp_path / "v.parquet", "vehicle", [(t, "0", "car", 10.0, 5.0) for t in (0.0, 1.0)])
    walkers = write(tmp_path / "p.parquet", "person", [(t, "0", "ped", 3.0, 1.2) for t in (0.0, 1.0)])
    found = read_trajectories(vehicles, walkers, TYPES, TIMES).pandas()
    assert found["class"].tolist() == ["passenger", "passenger", "pedestrian", "pedestrian"]
    assert found["time_s"].tolist() == [0, 1, 0, 1]


def test_what_is_before_or_after_the_period_or_between_seconds_is_left_out(tmp_path: Path) -> None:
    rows = [(time_s, "a", "car", time_s, 1.0) for time_s in (-1.0, 0.0, 0.5, 1.0, 19.0, 20.0)]
    vehicles = write(tmp_path / "v.parquet", "vehicle", rows)
    found = read_trajectories(vehicles, tmp_path / "none", TYPES, LogTimes(Period(0.0, 20.0), 0.0, 7.0, 0.5))
    assert found.pandas()["time_s"].tolist() == [0, 1, 19]


def test_nobody_at_all(tmp_path: Path) -> None:
    pq.write_table(pa.table({"timestep_time": pa.array([0.0])}), tmp_path / "v.parquet")
    found = read_trajectories(tmp_path / "v.parquet", tmp_path / "none", {}, TIMES)
    assert len(found) == 0
    found.write(tmp_path / "t.parquet")
    log_of_vehicles(tmp_path / "v.parquet", tmp_path / "log.parquet", {"in"}, TIMES)
    assert "vehicle_id" not in pq.read_schema(tmp_path / "log.parquet").names


def test_the_log_has_its_own_edges_and_instants(tmp_path: Path) -> None:
    rows: list[tuple[float, str | None, str | None, float, float]] = [
        (float(second), name, kind, float(second), 1.0)
        for second in range(15)
        for name, kind in (("a", "car"), ("b", "line"))
    ]
    every = write(tmp_path / "v.parquet", "vehicle", [*rows, (15.0, None, None, 0.0, 0.0)])
    log_of_vehicles(every, tmp_path / "log.parquet", {"in"}, TIMES)
    log = pq.read_table(tmp_path / "log.parquet")
    assert log["timestep_time"].to_pylist() == [0.0, 7.0, 14.0]
    assert set(log["vehicle_lane"].to_pylist()) == {"in_0"}


@pytest.mark.parametrize(
    ("step_s", "recorded_s", "common_s"),
    [(1.0, 1.0, 1.0), (0.5, 1.0, 1.0), (0.3, 0.9, 0.3), (0.8, 0.8, 0.8), (2.0, 2.0, 2.0)],
)
def test_sumo_writes_so_often_that_log_and_record_are_in_it(step_s: float, recorded_s: float, common_s: float) -> None:
    times = log_times(0.0, Period(0.0, 60.0), step_s)
    assert times.recorded_s == pytest.approx(recorded_s)
    assert times.common_s == pytest.approx(common_s)


def test_a_file_of_it_is_small(tmp_path: Path) -> None:
    seconds = np.arange(2000)
    rows = [(float(second), "a", "car", float(second * 10 % 977), 10.0) for second in seconds]
    vehicles = write(tmp_path / "v.parquet", "vehicle", rows)
    found = read_trajectories(vehicles, tmp_path / "none", TYPES, LogTimes(Period(0.0, 2000.0), 0.0, 7.0))
    assert isinstance(found, Trajectories)
    found.write(tmp_path / "t.parquet")
    assert (tmp_path / "t.parquet").stat().st_size < 4 * len(rows) + 4000
