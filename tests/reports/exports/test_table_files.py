"""Files of tables: the numbers of the page and of the records, and names that do nothing."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest

from tests.reports.builders import WHOLE, FakeRuns, Record, batch, failed
from tests.reports.exports.harmful import HARMFUL, tables_of
from tests.reports.pages import Page
from zhasyl.errors import OutputError
from zhasyl.files.csv_cells import FORMULA
from zhasyl.optimise.statistics.compare import compare_all
from zhasyl.reports.exports.groups import Group, groups
from zhasyl.reports.exports.named import NamedTable, Stack, Value, stacked
from zhasyl.reports.exports.page_tables import page_tables
from zhasyl.reports.exports.table_files import FORMATS, parse_formats, write_files, write_tables
from zhasyl.reports.exports.workbook import sheet_names, workbook
from zhasyl.reports.html import write_report
from zhasyl.reports.records import RunSummaries
from zhasyl.text.steering import STEERING

NUMBER = re.compile(r"[−+]?\d[\d,]*(?:\.\d+)?")
SIDE_BY_SIDE = ("movements", "lane-groups")  # the page has them by junction
MOVEMENT = re.compile(
    r"(?:[▲▼] )?(?P<control_delay_s>[\d.,]+) ± (?P<half>[\d.,]+) (?P<los>[A-F])v/c (?P<degree>[\d.]+), "
    r"stops (?P<stops>[\d.]+)"
    r"back (?P<back_mean_m>[\d,]+) / (?P<back_p50_m>[\d,]+) / (?P<back_p95_m>[\d,]+) / (?P<back_max_m>[\d,]+) "
    r"of (?P<storage_m>[\d,]+) m(?:full (?P<full_share>[\d.]+) %, spillback (?P<spillback_share>[\d.]+) %)?"
)
COUNTED = re.compile(r"(\d+) of (\d+)")


def shown(runs: list[Record], summaries: RunSummaries) -> list[Group]:
    return groups(runs, compare_all(runs, "fixed"), summaries)


def tables(runs: list[Record], summaries: RunSummaries) -> list[NamedTable]:
    return page_tables(shown(runs, summaries))


def sheets(stacks: list[Stack]) -> dict[str, list[list[Value]]]:
    book = openpyxl.load_workbook(io.BytesIO(workbook(stacks)))
    return {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book.worksheets}


def numbers(text: str) -> list[str]:
    """The numbers of a cell of the page, as they are written: '42.9 ± 0.7' has two, '4 of 5' 4 done and 1 failed."""
    counted = COUNTED.fullmatch(text)
    return [counted[1], str(int(counted[2]) - int(counted[1]))] if counted else NUMBER.findall(text)


def rounds_to(value: Value, written: str, percent: bool) -> bool:
    """Is a number written so? A half may go either way: the sheet has the last digit of a double or not."""
    assert isinstance(value, int | float)
    text = written.replace("−", "-").replace(",", "")
    _, _, decimals = text.partition(".")
    return abs(value * (100 if percent else 1) - float(text)) <= 0.5 * 10.0 ** -len(decimals) + 1e-9


def test_page_json_and_sheet_have_the_same_numbers(tmp_path: Path) -> None:
    runs = [*batch(6), failed("actuated", 7)]
    comparisons, summaries = compare_all(runs, "fixed"), FakeRuns(2, WHOLE)
    page = Page(write_report(tmp_path, runs, comparisons, summaries).read_text(encoding="utf-8"))
    found = tables(runs, summaries)
    books, seen = sheets(stacked(found)), 0
    for table in (table for table in found if table.rows and table.name not in SIDE_BY_SIDE):
        [of_page] = [rows for about, rows in page.tables if about == table.about]
        of_sheet = [dict(zip(books[table.name][0], row, strict=True)) for row in books[table.name][1:]]
        own = [row for row in of_sheet if all(row[field.title] == value for field, value in table.of.items())]
        for cells, row in zip(of_page[1:], own, strict=True):
            for text, column in zip(cells, table.columns, strict=True):
                values = [row[field.title] for field in column.fields if field.pattern]
                known = [value for value in values if isinstance(value, int | float)]
                for value, written in zip(known, numbers(text), strict=False):
                    assert text == "<0.001" or rounds_to(value, written, text.endswith("%")), (text, value)
                    seen += 1
                assert len(known) >= len(numbers(text)) or not column.fields[0].pattern
    assert seen > 200
    document = json.loads(json.dumps([vars(one) for one in comparisons]))  # as --json prints them
    of_sheet = [dict(zip(books["differences"][0], row, strict=True)) for row in books["differences"][1:]]
    key = {(row["Controller"], row["Key"]): row for row in of_sheet}
    for one in document:
        row = key[one["controller"], one["measure"]]
        assert row["Baseline"] == one["baseline"]
        for title, name in (
            ("Difference (unit)", "difference"),
            ("95 % interval, from (unit)", "low"),
            ("p (Holm)", "p_holm"),
        ):
            assert row[title] == (None if one[name] is None else pytest.approx(one[name], rel=1e-12))
    fixed = [float(str(run["delay_s"])) for run in runs if run["label"] == "fixed"]
    assert books["means-delay"][1][4] == pytest.approx(sum(fixed) / len(fixed))


def test_the_movements_of_the_page_are_those_of_the_files(tmp_path: Path) -> None:
    runs, summaries = batch(6), FakeRuns(2, WHOLE)
    page = Page(write_report(tmp_path, runs, compare_all(runs, "fixed"), summaries).read_text(encoding="utf-8"))
    found = {stack.name: stack for stack in stacked(tables(runs, summaries))}
    books = sheets(list(found.values()))
    rows = {name: [dict(zip(books[name][0], row, strict=True)) for row in books[name][1:]] for name in SIDE_BY_SIDE}
    keys = {name: {field.key: field.title for field in found[name].fields} for name in SIDE_BY_SIDE}
    of_sheet = {
        (row["Signal"], f"{row['Approach']}: {row['Turn']}", row["Controller"]): row for row in rows["movements"]
    }
    queues = {(row["Lane group"], row["Controller"]): row for row in rows["lane-groups"]}
    of_page = [rows for about, rows in page.tables if about == "Movements"]
    seen = 0
    for junction, (head, _, *movements) in zip(page.texts["h4"], of_page, strict=True):
        for name, volume, *cells in movements:
            for controller, text in zip(head[2:], cells, strict=True):
                row = of_sheet.pop((junction[-3:-1], name, controller))
                told = MOVEMENT.fullmatch(text)
                assert told, text
                assert row["LOS"] == told["los"]
                assert rounds_to(row["Volume (veh/h)"], volume, percent=False)
                assert rounds_to(row["Control delay, ± 95 % (s/veh)"], told["half"], percent=False)
                row = {**queues[row["Lane group"], controller], **row}
                for key, written in told.groupdict().items():
                    if key not in ("los", "half") and written:
                        title = keys["movements"].get(key) or keys["lane-groups"][key]
                        assert rounds_to(row[title], written, key.endswith("share")), (key, text)
                        seen += 1
    assert not of_sheet
    assert seen > 200


def test_csv_and_parquet_have_the_values_of_the_sheet(tmp_path: Path) -> None:
    found = tables(batch(3), FakeRuns(further=WHOLE))
    write_tables(tmp_path, lambda: found, ["csv", "parquet"])
    for stack in stacked(found):
        with (tmp_path / "tables" / f"{stack.name}.csv").open(encoding="utf-8", newline="") as file:
            head, *rows = csv.reader(file)
        columns = pq.read_table(tmp_path / "tables" / f"{stack.name}.parquet").to_pydict()
        assert head == list(columns) == [field.key for field in stack.fields]
        for index, row in enumerate(stack.values()):
            assert [None if cell == "" else cell for cell in rows[index]] == [
                None if value is None else str(value) for value in row
            ]
            assert [column[index] for column in columns.values()] == row


def test_two_scenarios_stand_in_one_sheet() -> None:
    runs = [*batch(2), *batch(2, scenario="another", content="77")]
    rows = sheets(stacked(tables(runs, FakeRuns())))["means-delay"]
    assert [row[0] for row in rows] == ["Scenario", *["abay-seifullin"] * 3, *["another"] * 3]


def test_a_file_has_the_approaches_that_the_page_leaves_out() -> None:
    [approaches] = [table for table in tables(batch(1), FakeRuns(10)) if table.name == "approaches"]
    assert len(approaches.grid().rows) == 24 * 3
    assert len(approaches.rows) == 40 * 3


def test_the_workbook_reads_well() -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook(stacked(tables(batch(3), FakeRuns())))))
    for sheet in book.worksheets:
        assert sheet.freeze_panes == "A2"
        assert all(9 <= size.width <= 62 for size in sheet.column_dimensions.values())
    sheet = book["means-delay"]
    heading = {cell.value: cell.column for cell in sheet[1]}
    cell = sheet.cell(2, heading["Delay (s/trip)"])
    assert (cell.data_type, cell.number_format) == ("n", "#,##0.0")


def test_names_of_sheets_are_those_that_excel_takes() -> None:
    found = sheet_names(["a/b:c", "A/B:C", "x" * 40, "x" * 41, "", "'quoted'", "History", "[a]*?"])
    assert len({name.lower() for name in found}) == len(found)
    for name in found:
        assert 0 < len(name) <= 31
        assert not re.search(r"[\\/*?:\[\]]", name)
        assert name.strip("'") == name
        assert name.lower() != "history"


@pytest.mark.parametrize("name", HARMFUL)
def test_no_name_is_a_formula_in_excel(name: str) -> None:
    data = workbook(stacked(tables_of(name)))
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        text = {part: parts.read(part).decode() for part in parts.namelist() if part.endswith(".xml")}
    assert not any("<f>" in part or "<f " in part for place, part in text.items() if "worksheets" in place)
    assert not any("externalLink" in part or "hyperlink" in part.lower() for part in text)
    cells = [
        cell
        for sheet in openpyxl.load_workbook(io.BytesIO(data)).worksheets
        for row in sheet.iter_rows()
        for cell in row
    ]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert all(cell.quotePrefix for cell in cells if isinstance(cell.value, str))  # and when it is edited


@pytest.mark.parametrize("name", HARMFUL)
def test_no_name_is_a_formula_in_csv(name: str, tmp_path: Path) -> None:
    for path in write_tables(tmp_path, lambda: tables_of(name), ["csv"]):
        with path.open(encoding="utf-8", newline="") as file:
            for cell in (cell for row in csv.reader(file) for cell in row):
                assert not STEERING.search(cell)
                assert not FORMULA.match(cell) or cell.startswith("'") or float(cell) is not None


def test_every_format_is_written_or_none(tmp_path: Path) -> None:
    write_tables(tmp_path, lambda: tables(batch(1), FakeRuns()), list(FORMATS))
    assert {path.suffix for path in (tmp_path / "tables").iterdir()} == {".csv", ".parquet", ".xlsx", ".tex"}

    def broken() -> Iterator[tuple[str, bytes]]:
        yield "first.csv", b"1"
        raise OSError(28, "No space left on device")

    with pytest.raises(OutputError, match="No space left on device"):
        write_files(tmp_path / "other", broken())
    assert list((tmp_path / "other").iterdir()) == []


def test_formats_are_read_once_each_and_unknown_ones_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert parse_formats("csv, XLSX,csv") == ["csv", "xlsx"]
    assert parse_formats(["latex"]) == ["latex"]
    with pytest.raises(OutputError, match=r"no format 'xls'\. Did you mean 'xlsx'"):
        parse_formats("xls")
    monkeypatch.setitem(__import__("sys").modules, "openpyxl", None)
    with pytest.raises(OutputError, match="extra 'excel'"):
        parse_formats("xlsx")
