"""Persons in vehicles, and walks from SUMO's output of persons as it writes it."""

from pathlib import Path

import pytest

from tests.sumo.outputs.raw import write_persons
from zhasyl.measures import Period
from zhasyl.sumo.inputs.command import RAW_PERSONS
from zhasyl.sumo.outputs.persons import PERSONS_IN_BUS, PERSONS_IN_CAR, persons_in, read_walks

ENDED = '<walk depart="{}" arrival="400" duration="90" timeLoss="{}" waitingTime="30"/>'
UNDER_WAY = '<walk depart="{}" arrival="-1" duration="90" timeLoss="0.00" waitingTime="{}"/>'
NOT_BEGUN = '<walk depart="-1" arrival="-1" duration="-1" timeLoss="0.00" waitingTime="0.00"/>'


def walks(folder: Path, plans: str, begin_s: float = 100.0) -> list[float]:
    write_persons(folder, plans)
    return list(read_walks(folder / RAW_PERSONS, Period(begin_s, 200.0)))


def test_walks_begun_in_the_period_count_with_their_time_lost(tmp_path: Path) -> None:
    told = "".join(ENDED.format(*walk) for walk in ((99.0, 1), (100.0, 2), (199.9, 3), (200.0, 4)))
    assert walks(tmp_path, told) == [2.0, 3.0]


def test_a_walk_under_way_at_the_end_counts_the_time_stood_still(tmp_path: Path) -> None:
    assert walks(tmp_path, UNDER_WAY.format(150.0, 42) + ENDED.format(150.0, 7)) == [42.0, 7.0]


def test_nobody_walks_where_sumo_met_no_person(tmp_path: Path) -> None:
    assert len(read_walks(tmp_path / RAW_PERSONS, Period(0.0, 200.0))) == 0


def test_rides_stops_and_what_has_not_begun_are_no_walks(tmp_path: Path) -> None:
    other = '<ride depart="150" arrival="-1" waitingTime="9" timeLoss="9"/><stop duration="5" arrival="155"/>'
    assert walks(tmp_path, NOT_BEGUN + other, begin_s=0.0) == []


@pytest.mark.parametrize(
    ("vehicle_class", "persons"),
    [("bus", PERSONS_IN_BUS), ("tram", PERSONS_IN_BUS), ("passenger", PERSONS_IN_CAR), ("taxi", PERSONS_IN_CAR),
     ("truck", 1.0), ("bicycle", 1.0), ("delivery", 1.2), ("custom1", PERSONS_IN_CAR)],
)  # fmt: skip
def test_persons_by_the_class_of_the_vehicle(vehicle_class: str, persons: float) -> None:
    assert persons_in(vehicle_class) == persons
