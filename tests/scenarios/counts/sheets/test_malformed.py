"""Good sheets with one thing wrong: one line with sheet, cell and what was expected, status 2, nothing written."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.counts.sheets import rendered as r
from tests.scenarios.counts.sheets.test_layouts import PAIRS
from tests.scenarios.counts.sheets.test_merged_headers import AM
from tests.scenarios.counts.sheets.test_other_layouts import (
    BY_COLUMN,
    BY_ROW,
    COMBINED,
    REDUCED,
    TONNAGE,
    archive,
)
from zhasyl.cli import status

TinyNetwork = Callable[[str], Path]
Capture = pytest.CaptureFixture[str]
COUNTS = r.CountSet(
    15,
    {(a, m, c, n): 10 + n for a in r.APPROACHES for m in r.MOVEMENTS for c in ("car", "truck") for n in range(4)},
    {(a, n): 5 for a in r.APPROACHES for n in range(4)},
)
LANES = "site,detector,lane,movement,share\n12,1,west-in_0,straight,0.9\n12,1,west-in_0,right,0.1\n"
SCATS = archive(("", "1", [30] * 96))


def sheets(**changed: Any) -> r.Sheets:
    """The workbook of classes with cells of the sheet Lights changed: C7=value."""
    found = r.by_class(COUNTS)
    for place, value in changed.items():
        column, row = ord(place[0]) - 65, int(place[1:])
        found["Lights"][row - 1][column] = value
    return found


IN_WORKBOOKS: dict[str, tuple[r.Sheets, str]] = {
    "text for a number": (sheets(C7="many"), "sheet 'Lights' cell C7: count 'many' is not a whole number from 0"),
    "negative": (sheets(B8=-4), "sheet 'Lights' cell B8: count -4 is below 0"),
    "fraction": (sheets(D9=7.5), "sheet 'Lights' cell D9: count '7.5' is not a whole number from 0"),
    "huge": (sheets(D9=1e9), "sheet 'Lights' cell D9: count '1000000000' is not a whole number"),
    "not a number": (sheets(D9="NaN"), "sheet 'Lights' cell D9: count 'NaN' is not a whole number"),
    "formula without a value": (sheets(D9="=B9+C9"), "sheet 'Lights' cell D9: formula '=B9+C9' has no value yet; open"),
    "Excel's own fault": (sheets(D9="#REF!"), "sheet 'Lights' cell D9: count '#REF!' is not a whole number"),
    "no time": (sheets(A8=None), "sheet 'Lights' cell A8: no time beside counts; expected one such as 7:15"),
    "time in words": (sheets(A8="quarter past"), "sheet 'Lights' cell A8: 'quarter past' is no time; expected 7:15"),
    "hour 13 PM": (sheets(A8="13:15 PM"), "sheet 'Lights' cell A8: '13:15 PM' is no time"),
    "a time twice": (
        sheets(A8="07:00 AM"),
        "sheet 'Lights' cell A8: '07:00 AM' counts a time that row 7 counts already; keep one",
    ),
    "backwards": (sheets(A10="7:45-7:30"), "sheet 'Lights' cell A10: an interval that ends -900 s after its begin"),
    "no approach": (sheets(B5=None, G5=None, L5=None, Q5=None), "sheet 'Lights' cell B6: no approach over 'Left'"),
    "unknown approach": (sheets(B5="Elm"), "sheet 'Lights' cell B7: no approach at 'centre' 'Elm'"),
    "approach in words": (sheets(B5="с юго-востока"), "(NWB is traffic from 135°, 'с юго-востока'); read is also"),
    "approach between two": (sheets(B5="135°"), "sheet 'Lights' cell B7: no approach at 'centre' 'NWB'"),
    "too many for the lanes": (sheets(C7=900, C14=900),
        "sheet 'Lights' cell C7: 900 vehicles in 900 s are 3600 an hour"),
    "people in words": (sheets(E7="few"), "sheet 'Lights' cell E7: count 'few' is not a whole number"),
    "other length": (
        {**sheets(), "Trucks": [[*row] for row in r.merged(r.CountSet(5, COUNTS.vehicles, {}), "truck")]},
        "sheet 'Trucks' cell B7: 300 s long, sheet 'Lights' cell B7 900 s; give all intervals one length",
    ),
    "the same class twice": (
        {"Lights": sheets()["Lights"], "Cars": sheets()["Lights"]},
        "sheet 'Cars' cell B7: the same turn and time as sheet 'Lights' cell B7; keep one",
    ),
    "only sums": (
        {"Lights": [row for row in sheets()["Lights"] if "AM" not in str(row[0])]},
        "a header and no counts; add rows",
    ),
    "no table": ({"Notes": [["nothing", "here"]], "More": [["1", "2"]]},
        "sheet 'Notes' row 1: no header with a column"),
}  # fmt: skip
TEXTS: dict[str, tuple[str | bytes, str]] = {
    "text for a number": (AM.replace("21;4", "21?;4"), "row 4 column 3: count '21?' is not a whole number from 0"),
    "one interval": (AM.rsplit("7:15 AM", 1)[0], "row 3 column 1: one interval only and no end; write it as 7:00-8:00"),
    "no approach": (AM.replace("Southbound", ""), "row 2 column 6: 'Left' of NB stands there twice"),
    "factor above 1": (BY_ROW.replace("0.8;", "8;"), "row 3 column 4: PHF '8' is not from 0.25 to 1"),
    "factor below a quarter": (BY_ROW.replace("0,9", "0.1"), "row 4 column 4: PHF '0.1' is not from 0.25 to 1"),
    "share above 100 %": (BY_ROW.replace(";10;", ";110;"),
        "row 3 column 5: share of heavy vehicles '110' is not from 0"),
    "no volume": (BY_COLUMN.replace(";400", ";?"), "row 4 column 3: volume '?' is not a whole number"),
    "volume without a movement": (BY_ROW.replace(";T;", ";T?;"), "row 4 column 2: 'T?' is no movement; expected NBL"),
    "no movements at all": (BY_ROW.replace("Movement", "Note"), "row 2 column 1: no column of movements beside"),
    "growth": (COMBINED.replace("110,100", "x,100"), "row 10 column 3: growth 'x' is no per cent from 0"),
    "combined without volumes": (COMBINED.replace("Volume,", "Speed,"), "no record 'Volume' in [Lanes]"),
    "combined of another town": (COMBINED.replace("centre", "5"),
        "none of its nodes (5, 77) is a junction of the scenario"),
    "second left turn": (COMBINED.replace("SBR", "SBL2"),
        "row 8 column 5: 30 vehicles make a second left or right turn"),
    "no direction": (TONNAGE.replace("С-Ю", "вниз"), "row 5 column 1: 'вниз' is no movement; expected 1-3, N-S"),
    "no hours": (TONNAGE.replace("С-Ю;8-9", "С-Ю;утро"), "row 5 column 2: 'утро' is no time; expected 7:00"),
    "a wrong exit": (TONNAGE.replace("С-Ю", "С-С"), "row 5 column 3: no exit of SB at 'centre' 'С'"),
    "reduced, no coefficient": (REDUCED, "row 5 column 3: '412' of 'Легковые' is reduced to passenger cars"),
    "a coefficient of 99": (
        REDUCED.replace("С-Ю", "Коэффициент приведения;;99;1;1;1;1;1;\nС-Ю", 1),
        "row 5 column 3: coefficient '99' is not from 0.1 to 10",
    ),
    "arm number 9": (PAIRS.replace("1-4", "1-9"), "row 2 column 3: no exit of 1 at 'centre' '9'"),
    "movement without approach": (
        "junction,movement,begin,end,count\ncentre,left,7:00,7:15,3\n",
        "row 2: movement 'left' names no approach; write it as N-S or NBL",
    ),
    "nearly a column": (PAIRS.replace("begin", "begin;dates"), "row 1: no column 'dates'. Did you mean 'date'?"),
    "archive with a hole": (SCATS.replace("V07", "V7"), "row 1 column 1: column 'V07' is missing"),
    "archive twice": (SCATS + SCATS.splitlines()[1] + "\n", "row 3 column 3: detector 1 of 2026-09-02 stands in row 2"),
    "archive with words": (SCATS.replace(",30,", ",x,", 1), "row 2 column 4: count 'x' is not a whole number"),
    "half a code page": (b"begin;NBL;NBR\n7:00;1;2\n" + b"\xff\xfe\x81;\x98\x8d\n", "row 3: not UTF-8 text"),
}  # fmt: skip
TABLES: dict[str, tuple[str, str, str]] = {
    "unknown lane": ("--detectors", LANES.replace("west-in_0,s", "west_in_0,s"), "row 2 column 3: no lane 'west_in_0'"),
    "share": ("--detectors", LANES.replace("0.9", "1.9"), "row 2 column 5: share '1.9' is not from 0 to 1"),
    "shares": ("--detectors", LANES.replace("0.9", "0.5"),
        "row 2: the shares of the detector's movements do not add up"),
    "movement": ("--detectors", LANES.replace("right", "u-turn"), "row 3: no movement of lane west-in_0 'u-turn'"),
    "exit lane": ("--detectors", LANES.replace("west-in_0", "west-out_0"),
        "lane 'west-out_0' does not lead to a signal"),
    "no site": ("--detectors", LANES.replace("site", "place"), "row 1: column 'site' is missing"),
    "absent": ("--detectors", LANES.replace("12,1", "12,4"), "no row of the detectors 12/4 that --detectors names"),
    "coefficients": ("--coefficients", "class,coefficient\ntank,1\n", "row 2 column 1: 'tank' is no class"),
    "coefficient": ("--coefficients", "class,coefficient\ncar,none\n",
        "row 2 column 2: coefficient 'none' is not from"),
    "time": ("--begin", "noon", "--begin 'noon' is no time of day; write 7:00"),
}  # fmt: skip


@pytest.fixture
def refused(tiny_network: TinyNetwork, tmp_path: Path, capsys: Capture) -> Callable[..., str]:
    scenario = tiny_network("crossroads-shared-lanes")

    def run(counts: Path, *options: str) -> str:
        out = tmp_path / "out"
        assert status(["scenario", "calibrate", str(scenario), str(counts), "--out", str(out), *options]) == 2
        err = capsys.readouterr().err
        assert err.count("\n") == 1, err
        assert not out.exists()
        assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]
        return err

    return run


@pytest.mark.parametrize(("changed", "reason"), IN_WORKBOOKS.values(), ids=IN_WORKBOOKS)
def test_a_workbook_with_a_fault_is_refused_with_its_cell(
    refused: Callable[..., str], tmp_path: Path, changed: r.Sheets, reason: str
) -> None:
    assert reason in refused(r.write_book(tmp_path / "counts.xlsx", changed))


@pytest.mark.parametrize(("text", "reason"), TEXTS.values(), ids=TEXTS)
def test_a_text_file_with_a_fault_is_refused_with_row_and_column(
    refused: Callable[..., str], tmp_path: Path, text: str | bytes, reason: str
) -> None:
    path = tmp_path / "counts.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    lanes = tmp_path / "lanes.csv"
    lanes.write_text(LANES, "utf-8")
    assert reason in refused(path, "--detectors", str(lanes))


@pytest.mark.parametrize(("option", "text", "reason"), TABLES.values(), ids=TABLES)
def test_what_is_given_beside_the_counts_is_checked(
    refused: Callable[..., str], tmp_path: Path, option: str, text: str, reason: str
) -> None:
    path, beside = tmp_path / "counts.csv", tmp_path / "beside.csv"
    path.write_text(SCATS, "utf-8")
    beside.write_text(text, "utf-8")
    assert reason in refused(path, option, text if option == "--begin" else str(beside))


@pytest.mark.parametrize("name", ["counts.xls", "counts.ods", "counts.xlsb"])
def test_other_workbooks_are_named_with_the_next_step(refused: Callable[..., str], tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"\xd0\xcf\x11\xe0")
    assert "is not read; save it as .xlsx" in refused(tmp_path / name)
