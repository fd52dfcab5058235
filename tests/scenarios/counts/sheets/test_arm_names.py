"""Where traffic comes from, whichever end of its way a sheet names: the wrong one would turn all counts around."""

import pytest

from zhasyl.scenarios.arms import approach_name, exit_name
from zhasyl.scenarios.counts.sheets.words import short_approach, turn_of


@pytest.mark.parametrize("text", [
    "NB", "North Bound", "To North", "towards the north", "heading north", "South to North", "from the South",
    "на север", "в сторону севера", "движение на север", "с юга на север", "со стороны юга", "солтүстікке",
    "оңтүстіктен солтүстікке", "South leg", "Leg to the south",
])  # fmt: skip
def test_traffic_to_the_north_comes_from_the_south(text: str) -> None:
    assert approach_name(text).azimuth_deg == 180.0
    assert short_approach(text) == "NB"


@pytest.mark.parametrize("text", ["EB", "Eastbound", "East Bound", "East", "на восток", "шығысқа"])
def test_an_exit_named_by_its_heading_lies_there(text: str) -> None:
    assert exit_name(text).azimuth_deg == 90.0


@pytest.mark.parametrize("text", ["South to East", "с юга на восток", "NB -> East", "S-E"])
def test_a_movement_may_name_both_ends(text: str) -> None:
    approach, movement = turn_of(text) or ("", "")
    assert approach == "NB"
    assert exit_name(movement.removeprefix("to ")).azimuth_deg == 90.0


def test_a_street_towards_another_is_no_heading() -> None:
    assert approach_name("Abay Ave to Dostyk").azimuth_deg is None
    assert approach_name("Abay to the east").azimuth_deg == 270.0


@pytest.mark.parametrize("text", [
    "С севера (ул. Байзакова)", "с севера, ул. Байзакова", "ул. Байзакова (север)", "солтүстіктен (Байзаков көшесі)",
    "From the north (Baizakov St)",
])  # fmt: skip
def test_a_side_and_its_street(text: str) -> None:
    name = approach_name(text)
    assert name.azimuth_deg == 0.0
    assert name.street
    assert "север" not in name.street


def test_a_street_may_be_called_by_a_side() -> None:
    assert approach_name("Севера и Юга улица").azimuth_deg is None
