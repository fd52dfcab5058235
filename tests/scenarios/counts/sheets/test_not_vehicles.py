"""Numbers of a sheet that are no further vehicles: reduced volumes, hidden sheets, sums beside their parts."""

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from zhasyl.errors import ScenarioError
from zhasyl.scenarios.counts.count import Found
from zhasyl.scenarios.counts.read import read_found

Rows = list[list[Any]]
MERGED: Rows = [[None, "Northbound"], ["Time", "Left", "Thru"], ["7:00", 3, 40], ["7:15", 4, 41]]
WIDE: Rows = [["Time", "NBL", "NBT", "SBT", "SBL"], ["7:00", 3, 40, 20, 9], ["7:15", 4, 41, 21, 8]]
LONG: Rows = [["Time", "Approach", "Movement", "Count"], ["7:00", "NB", "Left", 3], ["7:15", "NB", "Left", 4]]
ACROSS: Rows = [["Approach", "Movement", "7:00", "7:15"], ["Northbound", "Left", 3, 4]]
CLASSES: Rows = [["Approach", "Movement", "Time", "Cars", "Trucks"], ["NB", "left", "7-8", 50, 5]]
HOURLY: Rows = [["Approach", "Movement", "Volume", "PHF"], ["NB", "left", 50, 0.9]]


def read(tmp_path: Path, sheets: dict[str, Rows], hidden: str = "") -> Found:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
        sheet.sheet_state = "hidden" if name == hidden else "visible"
    book.save(tmp_path / "counts.xlsx")
    return read_found(tmp_path / "counts.xlsx")


def total(found: Found) -> int:
    return sum(count.vehicles for count in found.counts)


@pytest.mark.parametrize("rows", [MERGED, WIDE, LONG, ACROSS, CLASSES, HOURLY])
@pytest.mark.parametrize("title", ["Volumes in PCU/h", "Приведённая интенсивность, ед/ч"])
def test_a_title_of_reduced_volumes_is_refused_in_every_layout(tmp_path: Path, rows: Rows, title: str) -> None:
    with pytest.raises(ScenarioError, match=r"sheet 'AM' cell .*reduced to passenger cars"):
        read(tmp_path, {"AM": [[title], *rows]})
    with pytest.raises(ScenarioError, match="reduced to passenger cars"):
        read(tmp_path, {title[:14]: rows})


def test_the_table_given_below_is_not_a_reduced_one(tmp_path: Path) -> None:
    assert total(read(tmp_path, {"AM": [["Данные приведены по часам"], *MERGED]})) == 88


@pytest.mark.parametrize("name", ["PCU", "Приведённые"])
def test_a_sheet_of_reduced_volumes_beside_vehicles_is_passed_over(tmp_path: Path, name: str) -> None:
    found = read(tmp_path, {"AM": MERGED, name: MERGED})
    assert total(found) == 88
    assert f"sheet '{name}': volumes reduced to passenger cars are passed over" in found.remarks


def test_a_hidden_sheet_is_passed_over(tmp_path: Path) -> None:
    found = read(tmp_path, {"AM": MERGED, "Trucks": MERGED}, hidden="Trucks")
    assert total(found) == 88
    assert "sheet 'Trucks' is hidden and passed over; show it if its counts are meant" in found.remarks


def test_reduced_columns_beside_those_of_vehicles_are_not_read(tmp_path: Path) -> None:
    over = ["Направление", "Время", "Физические единицы", None, "Приведённые единицы", None]
    under = [None, None, "Легковые", "Грузовые", "Легковые", "Грузовые"]
    found = read(tmp_path, {"AM": [over, under, ["1-3", "8-9", 100, 10, 100, 20]]})
    assert total(found) == 110


def test_trucks_beside_their_tonnages_are_their_sum(tmp_path: Path) -> None:
    header: list[Any] = ["Направление", "Время", "Легковые", "Грузовые", "до 2 т", "2-6 т"]
    found = read(tmp_path, {"AM": [header, ["1-3", "8-9", 100, 30, 20, 10], ["3-1", "8-9", 90, 7, 4, 3]]})
    assert total(found) == 227
    assert any("column D 'Грузовые' adds those of its parts" in remark for remark in found.remarks)


@pytest.mark.parametrize("label", ["Hourly", "1 hr", "Subtotal", "Σ", "за час", None, "7:00-7:30", "07:30"])
def test_a_row_that_adds_those_above_is_their_sum_whatever_its_name(tmp_path: Path, label: str | None) -> None:
    header: Rows = [["", "Northbound", None, "Southbound"], ["Time", "Left", "Thru", "Left", "Thru"]]
    rows: Rows = [["7:00", 3, 40, 9, 20], ["7:15", 4, 41, 8, 21]]
    found = read(tmp_path, {"AM": [*header, *rows, [label, 7, 81, 17, 41]]})
    assert total(found) == 146
    assert any("rows passed over as sums or repetitions: 1" in remark for remark in found.remarks)


@pytest.mark.parametrize("label", ["Hourly", "PHF", "Peak", None, "7:00-7:30", "07:30"])
def test_sums_of_wide_tables_are_passed_over_and_said(tmp_path: Path, label: str | None) -> None:
    found = read(tmp_path, {"AM": [*WIDE, [label, 7, 81, 41, 17]]})
    assert total(found) == 146
    assert any("rows passed over as sums or repetitions: 1" in remark for remark in found.remarks)


def test_a_small_row_that_happens_to_be_a_sum_is_counted(tmp_path: Path) -> None:
    small: Rows = [["Time", "NBL", "NBT"], ["7:00", 1, 2], ["7:15", 0, 1], ["7:30", 1, 3], ["7:45", 0, 0]]
    assert total(read(tmp_path, {"AM": small})) == 8


def test_a_column_of_an_hour_beside_its_quarters_is_passed_over_and_said(tmp_path: Path) -> None:
    found = read(tmp_path, {"AM": [[*ACROSS[0], "7:30", "7:00-7:45"], [*ACROSS[1], 5, 12]]})
    assert total(found) == 12
    assert "sheet 'AM': columns not read: F '7:00-7:45'" in found.remarks


def test_a_table_for_each_approach_may_stand_below_the_other(tmp_path: Path) -> None:
    other: Rows = [[None, "Southbound"], ["Time", "Left", "Thru"], ["7:00", 5, 50], ["7:15", 6, 51]]
    found = read(tmp_path, {"AM": [*MERGED, *other]})
    assert {(c.approach, c.begin_s, c.movement): c.vehicles for c in found.counts if c.row in (3, 7)} == {
        ("NB", 25_200, "left"): 3, ("NB", 25_200, "straight"): 40,
        ("SB", 25_200, "left"): 5, ("SB", 25_200, "straight"): 50,
    }  # fmt: skip


def test_times_as_numbers_and_ends_of_intervals(tmp_path: Path) -> None:
    header = [["", "Northbound"], ["Start Time", "Left", "Thru"]]
    found = read(tmp_path, {"AM": [*header, [700, 3, 40], [715, 4, 41]]})
    assert [count.begin_s for count in found.counts] == [25_200, 25_200, 26_100, 26_100]
    header[1][0] = "Interval ending"
    with pytest.raises(ScenarioError, match=r"sheet 'AM' cell A3: '7:15' ends an interval and none is begun"):
        read(tmp_path, {"AM": [*header, ["7:15", 3, 40], ["7:30", 4, 41]]})


def test_a_turn_in_two_columns_of_a_wide_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"row 1: columns B and D 'NB Left' count the same turn; keep one"):
        read(tmp_path, {"AM": [["Time", "NBL", "NBT", "NB Left"], ["7:00", 3, 40, 4]]})


@pytest.mark.parametrize("name", ["All Vehicles", "Все ТС", "Total", "Cars & Trucks"])
def test_cars_are_not_lost_with_a_sheet_of_all_vehicles(tmp_path: Path, name: str) -> None:
    with pytest.raises(ScenarioError, match=r"it adds all classes, and no sheet counts cars alone"):
        read(tmp_path, {name: MERGED, "Heavy Vehicles": MERGED})
    found = read(tmp_path, {name: MERGED, "Lights": MERGED, "Heavy Vehicles": MERGED})
    assert total(found) == 176


def test_cars_are_not_lost_with_a_column_of_all_vehicles(tmp_path: Path) -> None:
    header = ["Approach", "Movement", "Time", "All vehicles", "Trucks", "Buses"]
    with pytest.raises(ScenarioError, match=r"cell D1: 'All vehicles' adds classes, and no column counts cars alone"):
        read(tmp_path, {"AM": [header, ["NB", "left", "7-8", 55, 5, 2]]})


@pytest.mark.parametrize(("under", "wanted"), [
    (["Cars", "Trucks", "PCU"], 22), (["Cars", "Trucks", "All"], 22), (["All", "Trucks", "Buses"], "cell B3"),
])  # fmt: skip
def test_under_turns_only_classes_are_counted(tmp_path: Path, under: list[str], wanted: int | str) -> None:
    header: Rows = [["", "Northbound"], ["Time", "Left", None, None, "Thru", None, None], ["", *under, *under]]
    rows: Rows = [*header, ["7:00", 5, 1, 7, 4, 1, 6], ["7:15", 5, 1, 7, 4, 1, 6]]
    if isinstance(wanted, int):
        assert total(read(tmp_path, {"AM": rows})) == wanted
    else:
        with pytest.raises(ScenarioError, match=wanted):
            read(tmp_path, {"AM": rows})
