"""The tables of a run from raw outputs written by hand: no SUMO is started."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.sensors.road import SIGNAL, road_network
from tests.sumo.outputs.raw import (
    FREE_MPS,
    SECONDS,
    Row,
    ending,
    queues_of,
    write_routes,
    write_states,
    write_trips,
    write_vehicles,
)
from zhasyl.lane_groups import lane_groups
from zhasyl.measures import Period
from zhasyl.sumo.inputs.command import RAW_SIGNALS
from zhasyl.sumo.outputs.tables import approaches_table, measure_run, signals_table

IN_S = 50 / FREE_MPS  # the edge `in` at free speed; SUMO tells of a move at the end of its step, half a step late
GREEN_NS, YELLOW, GREEN_EW = "GGrr", "yyrr", "rrGG"


Route = tuple[str, float, str, str]


def measured(
    raw: Path, routes: list[Route], loaded: int, fetched: bool = True, **trips: int
) -> tuple[dict[str, pd.DataFrame], dict[str, Any]]:
    write_vehicles(raw, [])
    write_states(raw, [(0.0, "J", GREEN_NS)])
    write_routes(raw, routes)
    write_trips(raw, **trips)
    network = road_network(raw)
    end = ending(loaded, trips.get("never_inserted", 0) if fetched else 0)
    tables, found = measure_run(raw, network, {"J": SIGNAL}, lane_groups(network), end, SECONDS)
    return {name: table.pandas() for name, table in tables.items()}, found


@pytest.mark.parametrize(("arrived", "never_inserted", "los"), [(99, 1, "A"), (98, 2, "F"), (100, 0, "A")])
def test_more_than_a_hundredth_that_never_got_in_is_above_capacity(
    tmp_path: Path, arrived: int, never_inserted: int, los: str
) -> None:
    routes = [("a0", 1.0, "in out", f"{1.5 + IN_S + 0.5} 9")]
    _, found = measured(tmp_path, routes, 100, arrived=arrived, never_inserted=never_inserted)
    assert (found["loaded_veh"], found["not_inserted_veh"]) == (arrived + never_inserted, never_inserted)
    assert (found["control_delay_s"], found["los"]) == (pytest.approx(0.5), los)


def test_an_approach_is_judged_by_its_delay_alone(tmp_path: Path) -> None:
    routes = [("a0", 1.0, "in out", "4 6")]
    tables, found = measured(tmp_path, routes, 2, arrived=1, never_inserted=1)
    assert found["los"] == "F"
    assert tables["approaches"]["los"].tolist() == ["-", "A", "-"]


def test_without_a_vehicle_on_an_approach_there_is_no_level_of_service(tmp_path: Path) -> None:
    _, found = measured(tmp_path, [("a0", 1.0, "out", "4")], 1, arrived=1)
    assert math.isnan(found["control_delay_s"])
    assert found["los"] == "-"


def test_the_control_delay_of_a_run_is_over_all_vehicles_of_all_approaches(tmp_path: Path) -> None:
    routes = [("a0", 1.0, "in out", f"{1.5 + IN_S + 3} 9"), ("a1", 1.0, "cross side", f"{1.5 + 2 * IN_S + 1} 9.9")]
    tables, found = measured(tmp_path, routes, 2, arrived=2)
    assert found["control_delay_s"] == pytest.approx((3 + 1) / 2)
    assert tables["approaches"]["control_delay_s"].tolist()[:2] == pytest.approx([1.0, 3.0])


def test_vehicles_removed_or_without_a_trip_are_counted(tmp_path: Path) -> None:
    _, found = measured(tmp_path, [], 6, arrived=2, vaporized=1)
    assert (found["removed_veh"], found["never_triggered_veh"], found["gridlocked"]) == (1 + (6 - 3), 0, False)


def test_a_vehicle_that_nobody_fetched_was_never_triggered(tmp_path: Path) -> None:
    _, found = measured(tmp_path, [], 2, arrived=1, never_inserted=1, fetched=False)
    assert (found["never_triggered_veh"], found["loaded_veh"]) == (1, 1)


def shown(raw: Path, *rows: tuple[float, str, str], period: Period = SECONDS.period) -> list[tuple[Any, ...]]:
    write_states(raw, rows)
    table: pd.DataFrame = signals_table(raw / RAW_SIGNALS, {"J": SIGNAL}, period).pandas()
    assert table.columns.tolist() == ["signal", "start_s", "duration_s", "state", "stage"]
    return list(table.itertuples(index=False, name=None))


def test_what_a_signal_showed_is_told_run_by_run_with_its_stage(tmp_path: Path) -> None:
    seconds = enumerate([GREEN_NS, GREEN_NS, YELLOW, YELLOW, "rrrr", GREEN_EW])
    assert shown(tmp_path, *((float(time_s), "J", state) for time_s, state in seconds)) == [
        ("J", 0.0, 2.0, GREEN_NS, 0),
        ("J", 2.0, 2.0, YELLOW, -1),
        ("J", 4.0, 1.0, "rrrr", -1),
        ("J", 5.0, 5.0, GREEN_EW, 1),
    ]


def test_signals_are_told_by_name_though_the_log_has_them_by_time(tmp_path: Path) -> None:
    rows = [(0.0, "K", "r"), (0.0, "J", GREEN_NS), (1.0, "K", "r"), (1.0, "J", GREEN_EW), (2.0, "K", "G")]
    assert shown(tmp_path, *rows) == [
        ("J", 0.0, 1.0, GREEN_NS, 0),
        ("J", 1.0, 9.0, GREEN_EW, 1),
        ("K", 0.0, 2.0, "r", -1),
        ("K", 2.0, 8.0, "G", -1),
    ]


def test_two_signals_with_the_same_state_are_two_runs(tmp_path: Path) -> None:
    assert shown(tmp_path, (0.0, "J", GREEN_NS), (0.0, "K", GREEN_NS)) == [
        ("J", 0.0, 10.0, GREEN_NS, 0),
        ("K", 0.0, 10.0, GREEN_NS, -1),
    ]


def test_what_was_shown_is_cut_to_the_period(tmp_path: Path) -> None:
    rows = [(0.0, "J", GREEN_NS), (4.0, "J", YELLOW), (7.0, "J", GREEN_EW)]
    assert shown(tmp_path, *rows, period=Period(4.0, 9.0)) == [
        ("J", 4.0, 3.0, YELLOW, -1),
        ("J", 7.0, 2.0, GREEN_EW, 1),
    ]
    assert shown(tmp_path, *rows, period=Period(5.0, 9.0))[0] == ("J", 5.0, 2.0, YELLOW, -1)


def test_a_network_whose_signals_showed_nothing_has_an_empty_table(tmp_path: Path) -> None:
    assert shown(tmp_path) == []


@pytest.mark.parametrize(("state", "stage"), [("ggrr", 0), ("rrGg", 1), ("GGuu", -1), ("GrGr", -1)])
def test_a_state_is_the_stage_with_its_greens_protected_or_not(tmp_path: Path, state: str, stage: int) -> None:
    assert shown(tmp_path, (0.0, "J", state))[0][-1] == stage


def test_an_approach_has_its_queue_its_delay_and_its_level_of_service(tmp_path: Path) -> None:
    rows = [Row(float(t), "v", "in_0", 40.0, 0.0) for t in range(5)] + [Row(2.0, "w", "in_0", 30.0, 0.0)]
    rows += [Row(float(t), "k", "behind_0", 60.0, 0.0) for t in range(10)]
    queues = queues_of(tmp_path, sorted(rows, key=lambda row: row.time_s))
    vehicles, lost_s = np.array([0, 3, 2]), np.array([0.0, 8.0, 10.0])
    table = approaches_table(road_network(tmp_path), queues, vehicles, lost_s).pandas().set_index("approach")
    assert table["signal"].tolist() == ["J", "J", "K"]
    assert table["name"].tolist() == ["cross (eastbound)", "in (eastbound)", "behind (eastbound)"]
    assert table["vehicles"].tolist() == [0, 3, 2]
    assert table["control_delay_s"].tolist()[1:] == pytest.approx([8 / 3, 10 / 2])
    assert table["los"].tolist() == ["-", "A", "A"]
    assert table["queue_mean_veh"].tolist() == pytest.approx([0.0, 0.6, 1.0])
    assert table["queue_max_veh"].tolist() == [0, 2, 1]
    assert table["back_of_queue_p95_m"].tolist() == pytest.approx([0.0, 15 + 0.55 * 10, 15.0])
