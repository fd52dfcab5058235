"""Counts in every shape give the same vehicles; each fault is told with file and row."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhasyl.errors import ScenarioError
from zhasyl.scenarios.counts.placed import geh
from zhasyl.scenarios.counts.read import Count, read_counts

LONG = """junction,approach,movement,begin,end,count
1,NB,L,7:00,7:15,12
1,NB,T,7:00,7:15,80
1,EB,R,7:00,7:15,5
1,NB,L,7:15,7:30,14
1,NB,T,7:15,7:30,90
1,EB,R,7:15,7:30,6
"""
WIDE = "junction,begin,NBL,NBT,EBR\n1,7:00,12,80,5\n1,7:15,14,90,6\n"
UTDF = (
    "Turning Movement Count\n15 Minute Counts\nDATE,TIME,INTID,NBL,NBT,NBR,EBR\n"
    '"09/02/2026","0700",1,12,80,,5\n"09/02/2026","0715",1,14,90,,6\n'
)
RUSSIAN = """Перекрёсток;Подход;Манёвр;Класс;Начало;Конец;Количество ТС
1;с юга;налево;легковые;7:00;7:15;12
1;С  юга;Прямо;Легковой;7:00;7:15;80
1;с запада;направо;;7:00;7:15;5
1;NB;L;car;7:15;7:30;14
1;с юга;прямо;легковые автомобили;7:15;7:30;90
1;EB;направо;легковые;7:15;7:30;6
"""
KAZAKH = """қиылыс,кіреберіс,қозғалыс,көлік түрі,басталуы,саны
1,оңтүстіктен,солға,жеңіл,7:00,12
1,Оңтүстіктен,тура,жеңіл көлік,7:00,80
1,батыстан,оңға,жеңіл,7:00,5
1,оңтүстіктен,солға,жеңіл,7:15,14
1,оңтүстіктен,тура,жеңіл,7:15,90
1,батыстан,оңға,жеңіл,7:15,6
"""
SHAPES: dict[str, str | bytes] = {
    "long": LONG,
    "wide": WIDE,
    "utdf": UTDF,
    "utdf-all-columns": "\ufeff" + UTDF.replace("EBR\n", "EBR,NBL2,NEL2,SEL,PED,HOLD\n").replace(
        ",,5\n", ",,5,,0,,,\n"),
    "unicode-text": (WIDE.replace(",", "\t")).encode("utf-16"),
    "semicolons": WIDE.replace(",", ";"),
    "tabs": LONG.replace(",", "\t"),
    "byte-order-mark": "\ufeff" + LONG,
    "windows-lines": WIDE.replace("\n", "\r\n"),
    "blank-lines": WIDE.replace("\n1,7:15", "\n\n,,,,\n1,7:15"),
    "seconds": LONG.replace("begin,end", "begin_s,end_s").replace("7:00", "25200").replace("7:15", "26100").replace(
        "7:30", "27000"),
    "words": LONG.replace("NB", "northbound").replace(",L,", ",Left,").replace(",T,", ",through,"),
    "intervals": LONG.replace("begin,end", "time").replace(",7:15,", "-7:15,", 3).replace(
        "7:15,7:30", "7:15 – 7:30"),
    "dotted-times": LONG.replace("7:", "7."),
    "totals": "Notes\n" + LONG.replace("count\n", "count,Total\n").replace("80\n", "80,80\nTotal,,,,,97\n"
        ) + "Итого за час:,,,,,207\n",
    "russian": RUSSIAN,
    "cp1251": RUSSIAN.encode("cp1251"),
    "koi8-r": RUSSIAN.encode("koi8-r"),
    "kz1048": KAZAKH.encode("kz1048"),
    "utf-16 without its mark": RUSSIAN.encode("utf-16-le"),
    "kazakh": KAZAKH,
    "other-names": LONG.replace("junction", "Intersection").replace("begin", "Start").replace("count", "Volume"),
}  # fmt: skip


def read(tmp_path: Path, text: str | bytes) -> list[Count]:
    path = tmp_path / "counts.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_counts(path)


def plain(counts: Iterable[Count]) -> set[Count]:
    """Without rows, approaches in short."""
    return {replace(c, row=0, approach=c.approach.replace("northbound", "NB")) for c in counts}


@pytest.mark.parametrize("text", SHAPES.values(), ids=SHAPES.keys())
def test_every_shape_gives_the_same_counts(tmp_path: Path, text: str | bytes) -> None:
    assert plain(read(tmp_path, text)) == plain(read(tmp_path, LONG))


def test_second_turns_that_are_counted_are_not_lost(tmp_path: Path) -> None:
    text = UTDF.replace("EBR\n", "EBR,NBL2\n").replace(",,6\n", ",,6,7\n")
    with pytest.raises(ScenarioError, match=r"counts.csv row 5: 7 vehicles make a second left or right turn"):
        read(tmp_path, text)


def test_synchros_diagonal_headings_are_ours(tmp_path: Path) -> None:
    (count,) = read(tmp_path, "60 Minute Counts\nDATE,TIME,INTID,NEL\n,0700,1,4\n")
    assert (count.approach, count.movement, count.vehicles) == ("NEB", "left", 4)


def test_a_count_has_all_that_the_table_says(tmp_path: Path) -> None:
    text = "junction,approach,movement,class,begin,end,count\nA,SB,U,truck,18:00:30,19:00:30,7\n"
    assert read(tmp_path, text) == [Count(2, "A", "SB", "u-turn", "truck", 64830.0, 68430.0, 7)]


def test_excel_gives_the_same_counts(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    import datetime as dt

    book = openpyxl.Workbook()
    for row in (["junction", "begin", "NBL", "NBT", "EBR"], [1, dt.time(7, 0), 12, 80.0, 5], ["1", "7:15", 14, 90, 6]):
        book.active.append(row)
    book.save(tmp_path / "counts.xlsx")
    assert plain(read_counts(tmp_path / "counts.xlsx")) == plain(read(tmp_path, LONG))


def workbook(tmp_path: Path, *sheets: Sequence[Sequence[object]]) -> Path:
    """Sheets named 1, 2, ... of these rows."""
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets, start=1):
        sheet = book.create_sheet(str(number))
        for row in rows:
            sheet.append(row)
    book.save(tmp_path / "counts.xlsx")
    return tmp_path / "counts.xlsx"


COLUMNS: list[object] = ["junction", "approach", "movement", "time", "count"]


def test_merged_cells_and_all_sheets_of_a_workbook_are_read(tmp_path: Path) -> None:
    path = workbook(
        tmp_path,
        [["Counted by hand"]],
        [["Main street"], [], COLUMNS, [1, "NB", "L", "7:00-7:15", 12], [None, None, None, "7:15-7:30", 14],
         [None, None, "T", "7:00-7:15", 80], [None, None, None, "7:15-7:30", 90]],
        [COLUMNS, [1, "EB", "R", "7:00-7:15", 5], [None, None, None, "7:15-7:30", 6], ["Итого", None, None, None, 11]],
    )  # fmt: skip
    found = read_counts(path)
    assert {replace(count, sheet="") for count in plain(found)} == plain(read(tmp_path, LONG))
    assert {count.sheet for count in found} == {"2", "3"}


GOOD: list[list[object]] = [COLUMNS, [1, "NB", "L", "7:00-7:15", 12]]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ([COLUMNS, [1, "EB", "L", "7:00-7:15", -2]], "counts.xlsx sheet '2' row 2: count -2 is below 0"),
        (GOOD, "sheet '2' row 2: NB left at '1' counts a time that sheet '1' row 2 counts already"),
        ([COLUMNS, [1, "EB", "L", "7:00-7:15", 3], [2, None, "R", "7:00-7:15", 3]], "sheet '2' row 3: no approach"),
    ],
)
def test_a_fault_in_a_workbook_is_told_with_its_sheet(
    tmp_path: Path, bad: Sequence[Sequence[object]], reason: str
) -> None:
    with pytest.raises(ScenarioError, match=re.escape(reason)):
        read_counts(workbook(tmp_path, GOOD, bad))


def test_a_workbook_without_a_table_of_counts_is_told(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"sheet '1' row 1: no header with a column 'junction'"):
        read_counts(workbook(tmp_path, [["a"]], [["b"]]))


def test_the_last_interval_ends_at_midnight(tmp_path: Path) -> None:
    (count,) = read(tmp_path, "junction,time,NBL\n1,23:45-0:00,3\n")
    assert (count.begin_s, count.end_s) == (85_500.0, 86_400.0)


@given(st.lists(st.integers(0, 999), min_size=4, max_size=40))
def test_wide_and_long_tables_agree_for_any_counts(tmp_path_factory: pytest.TempPathFactory, values: list[int]) -> None:
    times = [f"{7 + n // 4}:{n % 4 * 15:02}" for n in range(len(values) // 2)]
    pairs = list(zip(values[0::2], values[1::2], strict=False))
    wide = "junction,begin,NBL,WBT\n" + "".join(
        f"x,{time},{a},{b}\n" for time, (a, b) in zip(times, pairs, strict=True)
    )
    long = "junction,approach,movement,begin,count\n" + "".join(
        f"x,NB,L,{time},{a}\nx,WB,T,{time},{b}\n" for time, (a, b) in zip(times, pairs, strict=True)
    )
    folder = tmp_path_factory.mktemp("counts")
    assert plain(read(folder, wide)) == plain(read(folder, long))


MALFORMED: dict[str, tuple[str | bytes, str]] = {
    "empty": ("", "is empty"),
    "only-blank-lines": ("\n\n,,\n", "is empty"),
    "header-only": ("junction,begin,NBL\n", "a header and no counts"),
    "no-header": ("1,7:00,12\n", "row 1: no header with a column 'junction'"),
    "unknown-column": (LONG.replace("begin", "beginn"), "row 1: no column 'beginn'. Did you mean 'begin'?"),
    "column-twice": (LONG.replace("count", "begin"), "row 1: column 'begin' stands there twice"),
    "no-time": (WIDE.replace("begin,", "class,"), "row 1: column 'begin' is missing"),
    "negative": (LONG.replace(",80\n", ",-80\n"), "row 3: count -80 is below 0"),
    "text-in-numbers": (LONG.replace(",80\n", ",many\n"), "row 3: count 'many' is not a whole number"),
    "fraction": (LONG.replace(",80\n", ",80.5\n"), "row 3: count '80.5' is not a whole number"),
    "not-a-number": (LONG.replace(",80\n", ",nan\n"), "row 3: count 'nan'"),
    "too-many": (LONG.replace(",80\n", ",99999999\n"), "row 3: count '99999999'"),
    "no-count": (LONG.replace(",80\n", ",\n"), "row 3: no count"),
    "no-junction": (LONG.replace("1,NB,T,7:00", ",NB,T,7:00"), "row 3: no junction"),
    "unknown-class": ("junction,class,begin,end,NBL\n1,tank,7:00,8:00,3\n", "row 2: no class 'tank'"),
    "time-in-words": (LONG.replace("7:00,7:15,80", "noon,7:15,80"), "row 3: begin 'noon' is not a time"),
    "third-day": (LONG.replace("7:00,7:15,80", "48:00,48:15,80"), "row 3: begin '48:00' is not a time"),
    "two-notations": (LONG.replace("7:00,7:15,80", "07:1530,7:15,80"), "row 3: begin '07:1530' is not a time"),
    "minute-61": (LONG.replace("7:00,7:15,80", "7:61,7:15,80"), "row 3: begin '7:61'"),
    "ends-first": (LONG.replace("7:00,7:15,80", "7:15,7:00,80"), "row 3: begins at 26100 s, ends at 25200 s"),
    "other-length": (LONG.replace("7:00,7:15,80", "7:00,8:00,80"), "row 3: 3600 s long, row 2 900 s"),
    "twice": (LONG + "1,NB,L,7:15,7:30,3\n", "row 8: NB left at '1' counts a time that row 5 counts"),
    "no-length": ("junction,begin,NBL\n1,7:00,3\n", "row 2: one interval only and no end"),
    "no code page": (LONG.replace("1,NB,T", "M\x81\x8d\x98,NB,T").encode("latin-1"), "row 3: not UTF-8 text"),
    "utf-16 cut off": (LONG.encode("utf-16")[:-1], "row 7: not UTF-8 text"),
    "binary": (b"junction\0\0\0", "a binary file and no CSV"),
    "open-quote": (LONG.replace("80", '"80'), "not CSV"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "reason"), MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_table_is_refused_with_file_and_row(tmp_path: Path, text: str | bytes, reason: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        read(tmp_path, text)
    assert reason in str(caught.value)
    assert "counts.csv" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_over_20_mb_is_refused_without_reading_on(tmp_path: Path) -> None:
    path = tmp_path / "counts.csv"
    with path.open("wb") as file:
        file.truncate(200_000_000)
    with pytest.raises(ScenarioError, match="over 20 MB"):
        read_counts(path)


def test_rows_beyond_excels_own_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = workbook(tmp_path, [COLUMNS, [], [], [1, "NB", "L", "7:00-7:15", 12]])
    monkeypatch.setattr("zhasyl.files.sheets.MOST_ROWS", 3)
    with pytest.raises(ScenarioError, match="row 4: over 2,000,000 cells or 3 rows"):
        read_counts(path)


@pytest.mark.parametrize("content", [b"junction,begin", b"PK\x03\x04 not a zip"])
def test_what_only_ends_like_excel_is_refused(tmp_path: Path, content: bytes) -> None:
    pytest.importorskip("openpyxl")
    (tmp_path / "counts.xlsx").write_bytes(content)
    with pytest.raises(ScenarioError, match="is not a valid Excel file"):
        read_counts(tmp_path / "counts.xlsx")


def test_without_openpyxl_the_next_step_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr("zhasyl.files.sheets.import_module", absent)
    (tmp_path / "counts.xlsx").write_bytes(b"x")
    with pytest.raises(ScenarioError, match=r"pip install 'zhasyl\[excel\]'"):
        read_counts(tmp_path / "counts.xlsx")


def test_a_file_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"cannot read .*nowhere\.csv: No such file"):
        read_counts(tmp_path / "nowhere.csv")


@pytest.mark.parametrize(
    ("modelled", "counted", "expected"), [(100, 100, 0), (0, 0, 0), (500, 400, 4.714), (0, 50, 10)]
)
def test_geh_of_known_pairs(modelled: float, counted: float, expected: float) -> None:
    assert geh(modelled, counted) == pytest.approx(expected, abs=1e-3)


@given(st.floats(0, 1e4), st.floats(0, 1e4))
def test_geh_is_symmetric_and_0_for_equals(one: float, other: float) -> None:
    assert geh(one, other) == pytest.approx(geh(other, one))
    assert geh(one, one) == 0
