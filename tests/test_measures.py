"""The one catalogue of measures."""

import math

import pytest

from zhasyl.measures import (
    HALTING_SPEED_MPS,
    LOS_LIMITS_S,
    MEASURES,
    UNSERVED_SHARE,
    Measure,
    level_of_service,
)

# Keys that scripts and CI read from `zhasyl run --json`; the unit stands in the name where there is one.
PROMISED = {
    "delay_s", "time_loss_s", "waiting_s", "stops", "queue_mean_veh", "queue_max_veh", "back_of_queue_p95_m",
    "loaded_veh", "arrived_veh", "unfinished_veh", "not_inserted_veh", "co2_kg",
}  # fmt: skip


@pytest.mark.parametrize(
    ("control_delay_s", "level"),
    [
        (0.0, "A"), (10.0, "A"), (10.01, "B"), (20.0, "B"), (20.01, "C"), (35.0, "C"), (35.01, "D"),
        (55.0, "D"), (55.01, "E"), (80.0, "E"), (80.01, "F"), (math.inf, "F"),
    ],
)  # fmt: skip
def test_level_of_service_at_each_limit(control_delay_s: float, level: str) -> None:
    assert level_of_service(control_delay_s) == level


def test_above_capacity_the_level_is_f_however_short_the_delay() -> None:
    assert level_of_service(3.0, above_capacity=True) == "F"


@pytest.mark.parametrize("above_capacity", [False, True])
def test_no_vehicle_no_level(above_capacity: bool) -> None:
    assert level_of_service(math.nan, above_capacity) == "-"


def test_the_limits_ascend() -> None:
    assert list(LOS_LIMITS_S) == sorted(LOS_LIMITS_S, key=lambda limit: limit[1])


def test_each_measure_is_in_the_catalogue_once_with_unit_and_meaning() -> None:
    keys = [measure.key for measure in MEASURES]
    titles = [measure.title for measure in MEASURES]
    assert len(set(keys)) == len(keys)
    assert len(set(titles)) == len(titles)
    assert all(measure.unit and measure.meaning and measure.decimals >= 0 for measure in MEASURES)


def test_the_promised_measures_are_in_the_catalogue() -> None:
    assert {measure.key for measure in MEASURES} >= PROMISED


@pytest.mark.parametrize("measure", MEASURES, ids=[m.key for m in MEASURES])
def test_a_key_ends_with_the_unit_of_its_measure(measure: Measure) -> None:
    ends = {"s/trip": "_s", "veh": "_veh", "m": "_m", "kg": "_kg", "1/trip": "stops", "g": "_g"}
    ends |= {"s/veh": "_s", "s/person": "_s", "s/walk": "_s", "s": "_s", "of time": "_share"}
    assert measure.key.endswith(ends[measure.unit])


def test_decimals_and_steps_are_those_of_the_catalogue() -> None:
    assert {measure.key: measure.decimals for measure in MEASURES if measure.decimals != 1} == {
        "stops": 2, "queue_max_veh": 0, "back_of_queue_p95_m": 0,
        "loaded_veh": 0, "arrived_veh": 0, "unfinished_veh": 0, "not_inserted_veh": 0,
        "longest_wait_s": 0, "overflow_share": 4,
    }  # fmt: skip
    assert {m.key: m.log_step for m in MEASURES if m.log_step} == {"delay_median_s": 1.0, "delay_p95_s": 1.0}
    assert {m.key for m in MEASURES if m.skewed} == {
        "delay_p95_s", "queue_max_veh", "back_of_queue_p95_m", "not_inserted_veh", "longest_wait_s", "overflow_share",
        "movement_delay_p95_s",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("decimals", "log_step", "resolution"), [(1, 0.0, 0.05), (0, 0.0, 0.5), (2, 0.0, 0.005), (2, 0.1, 0.05)]
)
def test_the_resolution_is_half_the_coarser_step(decimals: int, log_step: float, resolution: float) -> None:
    measure = Measure("x", "s", "X", "x", "lower", decimals, log_step=log_step)
    assert measure.resolution == pytest.approx(resolution)


def test_the_limits_of_service_are_those_of_the_hcm() -> None:
    assert LOS_LIMITS_S == (("A", 10.0), ("B", 20.0), ("C", 35.0), ("D", 55.0), ("E", 80.0))
    assert (HALTING_SPEED_MPS, UNSERVED_SHARE) == (0.1, 0.01)
