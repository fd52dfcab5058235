"""Measures worked out by hand."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest

from zhasyl.measures import MEASURES
from zhasyl.sumo.outputs.measuring import (
    is_cut_off,
    is_gridlocked,
    movement_measures,
    queue_measures,
    trip_measures,
    walk_measures,
)

ARRIVED = {"departed": True, "arrived": True}
UNDER_WAY = {"departed": True, "arrived": False}
NO_EMISSIONS = {"co2_g": 0.0, "nox_g": 0.0, "pm_g": 0.0, "fuel_g": 0.0}
NEVER_INSERTED = {
    "departed": False,
    "arrived": False,
    "time_loss_s": 0.0,
    "waiting_s": 0.0,
    "stops": 0,
    **NO_EMISSIONS,
}
AMPLE_M = np.array([500.0])


def trips(*rows: Mapping[str, object]) -> pd.DataFrame:
    """Trips with a time loss of 10 s, 6 s of them standing, a stop, 100 g of CO2, 1.5 persons unless said otherwise."""
    usual = {
        **ARRIVED,
        "removed": False,
        "time_loss_s": 10.0,
        "depart_delay_s": 0.0,
        "waiting_s": 6.0,
        "stops": 1,
        "co2_g": 100.0,
        "nox_g": 0.2,
        "pm_g": 0.01,
        "fuel_g": 40.0,
        "duration_s": 60.0,
        "vehicle_class": "passenger",
        "persons": 1.5,
    }
    table = pd.DataFrame([{**usual, **row} for row in rows])
    return table.assign(delay_s=table["time_loss_s"] + table["depart_delay_s"])


def waiting(waiting_s: float, depart_delay_s: float) -> pd.DataFrame:
    return trips({}, {"waiting_s": waiting_s, "depart_delay_s": depart_delay_s}, {})


def test_a_trip_never_inserted_counts_with_its_delay() -> None:
    found = trip_measures(
        trips(
            {"time_loss_s": 20.0, "stops": 2},
            {**UNDER_WAY, "time_loss_s": 40.0, "depart_delay_s": 4.0, "waiting_s": 30.0, "stops": 3},
            {**NEVER_INSERTED, "depart_delay_s": 300.0},
            {},
        )
    )
    assert found["delay_s"] == pytest.approx((20.0 + 44.0 + 300.0 + 10.0) / 4)
    assert found["delay_median_s"] == pytest.approx((20.0 + 44.0) / 2)
    assert found["delay_p95_s"] == pytest.approx(44.0 + 0.85 * (300.0 - 44.0))
    assert found["time_loss_s"] == pytest.approx((20.0 + 40.0 + 0.0 + 10.0) / 4)
    assert found["waiting_s"] == pytest.approx((6.0 + 30.0 + 0.0 + 6.0) / 4)
    assert found["stops"] == pytest.approx((2 + 3 + 0 + 1) / 4)
    assert found["co2_kg"] == pytest.approx(0.3)
    assert found["nox_g"] == pytest.approx(0.6)
    assert found["pm_g"] == pytest.approx(0.03)
    assert found["fuel_kg"] == pytest.approx(0.12)


def test_the_mean_trip_time_is_of_finished_trips() -> None:
    found = trip_measures(trips({}, {"duration_s": 90.0}, {**UNDER_WAY, "duration_s": 900.0}, NEVER_INSERTED))
    assert found["trip_time_s"] == pytest.approx(75.0)
    assert math.isnan(trip_measures(trips(UNDER_WAY))["trip_time_s"])


def test_the_delay_of_buses_is_of_public_transport_alone() -> None:
    bus, tram = {"vehicle_class": "bus", "time_loss_s": 30.0}, {"vehicle_class": "tram", "time_loss_s": 50.0}
    assert trip_measures(trips({}, bus, tram))["bus_delay_s"] == pytest.approx(40.0)
    assert math.isnan(trip_measures(trips({}, {"vehicle_class": "truck"}))["bus_delay_s"])


def test_each_movement_counts_once_however_many_vehicles_it_has() -> None:
    movement, lost_s = np.array([0, 0, 0, 2]), np.array([10.0, 20.0, 30.0, 100.0])  # number 1 has none
    found = movement_measures(movement, lost_s)["movement_delay_p95_s"]
    assert found == pytest.approx(20.0 + 0.95 * 80.0)
    assert math.isnan(movement_measures(np.array([], dtype=int), np.array([]))["movement_delay_p95_s"])


def test_the_delay_of_a_full_bus_counts_for_each_person_in_it() -> None:
    found = trip_measures(trips({}, {"time_loss_s": 40.0, "persons": 13.5}))
    assert found["delay_s"] == pytest.approx(25.0)
    assert found["person_delay_s"] == pytest.approx((1.5 * 10.0 + 13.5 * 40.0) / 15.0)


def test_the_longest_wait_is_of_one_trip_inside_and_outside() -> None:
    assert trip_measures(waiting(20.0, 30.0))["longest_wait_s"] == pytest.approx(50.0)
    assert trip_measures(trips({**NEVER_INSERTED, "depart_delay_s": 70.0}, {}))["longest_wait_s"] == pytest.approx(70.0)


def test_the_delay_of_pedestrians_is_per_walk_and_has_no_value_where_nobody_walks() -> None:
    assert walk_measures(np.array([10.0, 0.0, 5.0])) == {"walker_delay_s": pytest.approx(5.0)}
    assert math.isnan(walk_measures(np.array([]))["walker_delay_s"])


def test_every_planned_trip_is_arrived_or_unfinished_or_never_inserted() -> None:
    found = trip_measures(trips({}, {}, {}, UNDER_WAY, UNDER_WAY, NEVER_INSERTED))
    assert found["loaded_veh"] == 6
    assert (found["arrived_veh"], found["unfinished_veh"], found["not_inserted_veh"]) == (3, 2, 1)


def test_a_period_without_trips_counts_nothing_and_has_no_means() -> None:
    empty = trips({}).iloc[:0]
    found, usual = trip_measures(empty), trip_measures(trips({}))
    assert found.keys() == usual.keys()
    assert {key for key, value in found.items() if value == 0} == {
        "loaded_veh", "arrived_veh", "unfinished_veh", "not_inserted_veh", "co2_kg", "nox_g", "pm_g",
        "fuel_kg",
    }  # fmt: skip
    assert all(math.isnan(value) for value in found.values() if value != 0)


def test_queues_add_up_over_lane_groups_and_the_longest_one_is_one_of_them() -> None:
    queue_veh = np.array([[1, 3], [0, 5], [2, 4], [0, 1]])
    found = queue_measures(queue_veh, np.zeros(queue_veh.shape), AMPLE_M)
    assert found["queue_mean_veh"] == pytest.approx((4 + 5 + 6 + 1) / 4)
    assert found["queue_max_veh"] == 5


def test_the_back_of_queue_is_the_longest_of_each_instant() -> None:
    second = np.arange(101.0)  # 0 to 100 m in some order: 95 % of the seconds are at most 95 m
    back_m = np.column_stack([np.where(second % 2, second, 0.0), np.where(second % 2, 0.0, second)])[::-1]
    assert queue_measures(np.zeros(back_m.shape), back_m, AMPLE_M)["back_of_queue_p95_m"] == pytest.approx(95.0)


@pytest.mark.parametrize(
    ("storage_m", "cut_off"), [([101.0, 500.0], True), ([120.0, 500.0], False), ([500.0, 30.0], False)]
)
def test_a_back_of_queue_is_cut_off_where_the_percentile_stands_at_the_end_of_its_road(
    storage_m: list[float], cut_off: bool
) -> None:
    first_m = np.arange(101.0)
    back_m = np.column_stack([first_m, np.zeros(101)])
    back_m[0] = [0.0, 29.0]  # full, and far from the longest
    assert is_cut_off(back_m, np.array(storage_m)) is cut_off
    assert not is_cut_off(np.zeros((3, 0)), np.array([]))


def test_a_network_without_lane_groups_has_no_queue() -> None:
    nothing = np.zeros((3600, 0))
    assert set(queue_measures(nothing, nothing, np.zeros(0)).values()) == {0}


def test_a_storage_overflows_while_no_further_car_fits_into_it() -> None:
    back_m = np.array([[0.0, 0.0], [42.5, 5.0], [42.6, 5.0], [55.0, 0.0]])
    found = queue_measures(np.zeros(back_m.shape), back_m, np.array([50.0, 100.0]))
    assert found["overflow_share"] == pytest.approx((2 / 4 + 0) / 2)


def test_an_empty_storage_does_not_overflow_however_short() -> None:
    back_m = np.array([[0.0], [0.0], [5.0], [0.0]])
    assert queue_measures(np.zeros(back_m.shape), back_m, np.array([6.0]))["overflow_share"] == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("waiting_s", "depart_delay_s", "gridlocked"),
    [
        (900.0, 0.0, False),
        (900.1, 0.0, True),
        (0.0, 900.0, False),
        (0.0, 900.1, True),
        (450.0, 450.0, False),
        (450.1, 450.0, True),
    ],
)
def test_gridlock_begins_above_900_s_of_waiting_inside_and_outside(
    waiting_s: float, depart_delay_s: float, gridlocked: bool
) -> None:
    assert is_gridlocked(waiting(waiting_s, depart_delay_s)) is gridlocked


def test_many_short_waits_are_no_gridlock() -> None:
    assert not is_gridlocked(trips(*[{"waiting_s": 500.0}] * 10))
    assert not is_gridlocked(trips({}).iloc[:0])


def test_the_catalogue_and_the_measuring_functions_name_the_same_measures() -> None:
    array = np.zeros((1, 1))
    found = {
        **trip_measures(trips({})),
        **walk_measures(array),
        **queue_measures(array, array, AMPLE_M),
        **movement_measures(np.zeros(1, dtype=int), np.zeros(1)),
    }
    assert found.keys() == {m.key for m in MEASURES}


def test_trips_that_did_not_get_in_are_not_among_those_drawn_for_emissions() -> None:
    """They are known to emit nothing, so they make no estimate surer."""
    draw = np.random.default_rng(1)
    inside = pd.DataFrame(
        {"departed": True, "co2_g": draw.uniform(100, 900, 200), "duration_s": draw.uniform(50, 500, 200)}
    )
    inside.loc[20:, "co2_g"] = np.nan
    outside = pd.DataFrame({"departed": [False] * 800, "co2_g": 0.0, "duration_s": 0.0})
    others: dict[str, Any] = dict.fromkeys(
        ("route_length_m", "waiting_s", "time_loss_s", "stops", "delay_s", "depart_delay_s", "nox_g", "pm_g", "fuel_g"),
        0.0,
    )
    others |= {"type": "car", "vehicle_class": "passenger", "arrived": False, "removed": False, "persons": 1.0}
    few, many = (
        trip_measures(pd.concat(parts, ignore_index=True).assign(**others), 0.1)
        for parts in ([inside], [inside, outside])
    )
    assert few["co2_se_kg"] > 0
    for key in ("co2_kg", "co2_se_kg"):
        assert many[key] == pytest.approx(few[key])
