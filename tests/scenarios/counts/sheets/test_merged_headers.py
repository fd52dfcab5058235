"""Approaches over turns: what counts, what only repeats or adds, and what is said of the rest."""

from pathlib import Path

import pytest

from tests.scenarios.counts.sheets import rendered as r
from zhasyl.errors import ScenarioError
from zhasyl.scenarios.counts.count import Found
from zhasyl.scenarios.counts.read import read_found, wanted_counts

HEAD = "Start Time;Northbound;;;;Southbound;;;;\n;Left;Thru;Right;Total;Left;Thru;Right;Total;Int. Total\n"
AM = HEAD + "7:00 AM;1;20;3;24;4;50;6;60;84\n7:15 AM;2;21;4;27;5;51;7;63;90\n"


def read(folder: Path, text: str) -> Found:
    path = folder / "counts.csv"
    path.write_text(text, "utf-8")
    return read_found(path)


def numbers(found: Found) -> list[int]:
    return [count.vehicles for count in found.counts]


PLAIN = [1, 20, 3, 4, 50, 6, 2, 21, 4, 5, 51, 7]
VARIANTS = {
    "as it is": AM,
    "subtotals": AM + "Hourly Total;3;41;7;51;9;101;13;123;174\n;3;41;7;51;9;101;13;123;174\n",
    "totals and shares": AM + "Grand Total;3;41;7;51;9;101;13;123;174\nApprch %;6;80;14;;7;82;11;;\n"
    "Total %;;;;29;;;;71;\nLights;3;40;7;50;9;100;13;122;172\n% Lights;100;98;100;98;100;99;100;99;99\n",
    "peak hour below": AM + "\nPeak Hour Analysis From 7:00 AM to 7:30 AM\n7:00 AM;1;20;3;24;4;50;6;60;84\n"
    "7:15 AM;2;21;4;27;5;51;7;63;90\nTotal Volume;3;41;7;51;9;101;13;123;174\nPHF;.4;.9;.4;.9;.4;.9;.4;.9;.9\n",
    "hour sums below": AM + HEAD + "7:00 - 8:00;3;41;7;51;9;101;13;123;174\n",
    "pages": AM.replace("\n7:15", "\n" + HEAD + "7:15"),
    "peak hour beside": "\n".join(
        line + more for line, more in zip(AM.splitlines(), (";;Peak hour;", ";Start Time;Left;Thru", ";;7:00;9;9",
            ";;7:15;9;9"),
                                          strict=True)) + "\n",
    "street below the approach": AM.replace("\n;Left", "\n;Abay;;;;Abay;;;;\n;Left"),
    "street above it": AM.replace("Start Time;", ";Abay;;;;Satpayev\nStart Time;"),
    "centred names": AM.replace(";Northbound;;;;Southbound;;;;", ";;Northbound;;;;Southbound;;;"),
    "intervals": AM.replace("7:00 AM", "7:00-7:15 AM").replace("7:15 AM;2", "7:15 AM - 7:30 AM;2"),
    "russian": AM.replace("Start Time", "Время").replace("Northbound", "Южный подход").replace("Southbound", "С севера")
    .replace("Left", "Налево").replace("Thru", "Прямо").replace("Right", "Направо").replace("Int. Total", "Всего"),
    "notes": "Counted by A. B.\nWeather: sunny, 12 °C\n\n" + AM + "Counted by hand; no incidents\n",
    "empty end": AM + "7:30 AM;;;;;;;;;\n7:45 AM;;;;0;;;;0;0\n",
    "thousands": AM.replace("84\n", '"1,084"\n'),
    "dash": AM,
}  # fmt: skip


@pytest.mark.parametrize("text", VARIANTS.values(), ids=VARIANTS)
def test_only_counts_are_counted(tmp_path: Path, text: str) -> None:
    found = read(tmp_path, text)
    assert numbers(found) == PLAIN
    assert {(count.begin_s, count.end_s) for count in found.counts} == {(25_200, 26_100), (26_100, 27_000)}
    assert {count.approach for count in found.counts} == {"NB", "SB"}


def test_what_is_passed_over_is_said(tmp_path: Path) -> None:
    (said,) = read(tmp_path, VARIANTS["peak hour below"]).remarks
    assert (
        "rows passed over as sums or repetitions: 4, such as 7 '7:00 am', 8 '7:15 am', 9 'total volume', 10 'phf'"
        in said
    )
    (said,) = read(tmp_path, VARIANTS["peak hour beside"]).remarks
    assert "columns not read: K 'Start Time', L 'Left', M 'Thru'" in said


def test_a_sum_that_its_movements_do_not_make_is_said(tmp_path: Path) -> None:
    (said,) = read(tmp_path, AM.replace("27;5", "72;5")).remarks
    assert said == "row 4 column 5: the sheet's sum is 72, its movements make 27; the movements are taken"


def test_a_dash_is_none_and_a_blank_was_not_counted(tmp_path: Path) -> None:
    found = read(tmp_path, AM.replace("2;21;4;27", "-;;4;4"))
    assert [(c.movement, c.vehicles) for c in found.counts if c.begin_s == 26_100 and c.approach == "NB"] == [
        ("left", 0), ("right", 4),
    ]  # fmt: skip


def test_right_turns_on_red_are_right_turns_and_both_ways_over_a_crossing_are_one(tmp_path: Path) -> None:
    text = "Time;Northbound;;;;;\n;Right;RTOR;Thru;Peds CW;Peds CCW;Bikes\n7:00-8:00;10;4;50;7;8;3\n"
    found = read(tmp_path, text)
    assert [(c.movement, c.vehicles, c.place.label) for c in found.counts] == [
        ("right", 10, "car"), ("right", 4, "car rtor"), ("straight", 50, "car"),
    ]  # fmt: skip
    assert [(c.kind, c.people) for c in found.crossings] == [("pedestrian", 7), ("pedestrian", 8), ("bicycle", 3)]


def test_excel_cells_may_be_times_dates_or_shares_of_a_day(tmp_path: Path) -> None:
    import datetime as dt

    times = [dt.time(7, 0), dt.datetime(2026, 9, 2, 7, 15), 0.3125, dt.timedelta(hours=7, minutes=45)]
    rows: r.Rows = [
        [None, "Northbound"],
        ["Start Time", "Left", "Thru"],
        *([time, 5, 6 + i] for i, time in enumerate(times)),
    ]
    found = read_found(r.write_book(tmp_path / "counts.xlsx", {"AM": rows}))
    assert [c.begin_s for c in found.counts if c.movement == "left"] == [25_200, 26_100, 27_000, 27_900]
    assert found.counts[0].at == "sheet 'AM' cell B3"
    assert found.counts[2].place.date == "2026-09-02"


def test_times_that_go_back_are_those_of_the_afternoon(tmp_path: Path) -> None:
    """Of a sheet with a clock of 12 hours without AM and PM; the peak hour told again is not."""
    more = "".join(
        f"{time};1;20;3;24;4;50;{n};60;84\n" for n, time in enumerate(("11:45", "12:00", "12:15", "4:00", "4:15"))
    )
    found = read(tmp_path, HEAD + more + "Total;3;41;7;51;9;101;13;123;174\nPeak hour\n4:00;1;20;3;24;4;50;3;60;84\n")
    assert sorted({count.begin_s / 3600 for count in found.counts}) == [11.75, 12, 12.25, 16, 16.25]
    assert "counts.csv: times that go back, from 04:00, are taken for the afternoon" in found.remarks


def test_who_crosses_may_stand_in_a_block_of_its_own_and_labels_beside_approaches(tmp_path: Path) -> None:
    text = (
        "Leg;South;;North;;Pedestrians;\nDirection;Northbound;;Southbound;;;\n"
        "Start Time;Left;Thru;Left;Thru;North leg;South leg\n7:00-8:00;1;2;3;4;5;6\n"
    )
    found = read(tmp_path, text)
    assert [(c.approach, c.movement, c.vehicles) for c in found.counts] == [
        ("NB", "left", 1), ("NB", "straight", 2), ("SB", "left", 3), ("SB", "straight", 4),
    ]  # fmt: skip
    assert [(c.arm, c.kind, c.people) for c in found.crossings] == [("SB", "pedestrian", 5), ("NB", "pedestrian", 6)]


@pytest.mark.parametrize(("name", "title", "classes", "said"), [
    ("Pedestrians", "", [], "a sheet of people; 11 counts of turns in it are not read"),
    ("Peds & Bikes", "", ["bicycle"], ""),
    ("AM - Trucks", "", ["truck"], ""),
    ("AM", "Groups Printed- Articulated Trucks", ["truck"], ""),
    ("AM", "Groups Printed- Lights - Buses - Trucks", ["car"],
        "'lights - buses - trucks' are counted together and taken"),
])  # fmt: skip
def test_a_sheets_name_or_title_says_whom_it_counts(
    tmp_path: Path, name: str, title: str, classes: list[str], said: str
) -> None:
    rows: r.Rows = [[title], [None, "Northbound"], ["Start Time", "Left", "Thru", "Peds"], ["7:00-8:00", 5, 6, 7]]
    found = read_found(r.write_book(tmp_path / "counts.xlsx", {name: rows}))
    assert sorted({count.vehicle_class for count in found.counts}) == classes
    assert [(c.kind, c.people) for c in found.crossings] == [("pedestrian", 7)]
    assert (said in " ".join(found.remarks)) if said else not found.remarks


def test_a_sheet_may_be_an_approach(tmp_path: Path) -> None:
    rows: r.Rows = [["Start Time", "Left", "Thru"], ["7:00-8:00", 5, 6]]
    found = read_found(r.write_book(tmp_path / "counts.xlsx", {"NB": rows, "From West": rows}))
    assert [(c.approach, c.movement) for c in found.counts] == [
        ("NB", "left"), ("NB", "straight"), ("EB", "left"), ("EB", "straight"),
    ]  # fmt: skip


DAYS = HEAD.replace("Start Time", "Date;Start Time").replace("\n;", "\n;;") + "".join(
    f"9/{day}/2026;7:{minute};{day};20;3;;4;50;6;;\n" for day in (2, 3) for minute in ("00", "15")
)


def test_one_day_of_several_is_chosen(tmp_path: Path) -> None:
    with pytest.raises(
        ScenarioError, match=r"row 5 column 3: counts of several days \(9/2/2026, 9/3/2026\); choose one"
    ):
        read(tmp_path, DAYS)
    found = read_found(tmp_path / "counts.csv", wanted=wanted_counts("9/3/2026", "7:00 AM", "7:15"))
    assert numbers(found) == [3, 20, 3, 4, 50, 6]
    with pytest.raises(
        ScenarioError, match="no counts of 9/4/2026 from 00:00 to 48:00; it has 07:00 to 07:30 of 9/2/2026"
    ):
        read_found(tmp_path / "counts.csv", wanted=wanted_counts("9/4/2026", "", ""))
