"""The matrix and the ranked tables: the numbers of page, sheet and document are the same, and names do nothing."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.reports.builders import FakeRuns, Record, no_signals
from tests.reports.exports.harmful import HARMFUL
from tests.reports.exports.test_latex import check
from tests.reports.exports.test_table_files import numbers, rounds_to
from tests.reports.languages.pseudo import PSEUDO, outside
from tests.reports.languages.test_marked import KNOWN, visible
from tests.reports.pages import Page
from tests.reports.study.made import place, runs, study, sweep
from zhasyl.files.csv_cells import FORMULA
from zhasyl.optimise.statistics.compare import compare_all
from zhasyl.reports.exports.latex import latex
from zhasyl.reports.exports.named import NamedTable, stacked
from zhasyl.reports.exports.table_files import csv_files, parquet_files
from zhasyl.reports.exports.workbook import workbook
from zhasyl.reports.html import write_report
from zhasyl.reports.study.files import write_study
from zhasyl.reports.study.summary import Study, document, study_of
from zhasyl.reports.study.tables import matrix, study_tables
from zhasyl.text.language import speaking
from zhasyl.text.steering import STEERING


def two_places() -> list[Record]:
    """Two situations; in the second one controller has two seeds, and another does worse."""
    second = place(variant="demand_scale=1.1")
    return [
        *runs("fixed", 50), *runs("actuated", 42), *runs("max-pressure", 33),
        *runs("fixed", 55, **second), *runs("actuated", 47, 2, **second), *runs("max-pressure", 70, **second),
    ]  # fmt: skip


def page_of(folder: Path, records: list[Record], found: Study) -> Page:
    path = write_report(folder, records, compare_all(records, "fixed"), no_signals, study=found)
    return Page(path.read_text(encoding="utf-8"))


def rows_of(table: NamedTable) -> list[list[str]]:
    return [[cell.shown for cell in row] for row in table.rows]


def test_the_matrix_has_every_scenario_and_controller_with_its_verdict() -> None:
    [table] = matrix(study(two_places()))
    assert [column.title for column in table.columns] == ["Scenario", "fixed", "actuated", "max-pressure"]
    first, second = rows_of(table)
    assert (first[0], second[0]) == ("abay-seifullin", "abay-seifullin (demand_scale=1.1)")
    assert first[1].endswith("compared with")
    assert first[2].endswith(" better")
    assert second[2].endswith("none: 2 seeds")
    assert second[3].endswith(" worse")


def test_verdicts_are_those_of_the_page_corrected_for_all_comparisons() -> None:
    comparisons = compare_all(two_places(), "fixed")
    cells = [cell for row in document(study(two_places()))["matrix"] for cell in row["cells"]]
    by_key = {(one.variant, one.controller): one for one in comparisons if one.measure == "delay_s"}
    assert len(cells) == 6
    for row in document(study(two_places()))["matrix"]:
        for one in row["cells"][1:]:
            known = by_key[row["variant"], one["controller"]]
            assert (one["verdict"], one["p_holm"], one["low"]) == (known.verdict, known.p_holm, known.low)
            assert known.family == 4


@pytest.mark.parametrize("records", [two_places(), sweep(), [*sweep(), *sweep(**place("abay-corridor"))]])
def test_page_sheet_and_document_have_the_same_numbers(records: list[Record], tmp_path: Path) -> None:
    found = study(records)
    page, tables = page_of(tmp_path, records, found), study_tables(found)
    book, seen = openpyxl.load_workbook(io.BytesIO(workbook(stacked(tables)))), 0
    for table in tables:
        [of_page] = [rows for about, rows in page.tables if about == table.about]
        head, *sheet = [list(row) for row in book[table.name].iter_rows(values_only=True)]
        known = [dict(zip(head, row, strict=True)) for row in sheet]
        own = [row for row in known if all(row[field.title] == value for field, value in table.of.items())]
        for cells, row in zip(of_page[1:], own, strict=True):
            for text, column in zip(cells, table.columns, strict=True):
                values = [row[field.title] for field in column.fields if field.pattern]
                for value, written in zip([one for one in values if one is not None], numbers(text), strict=False):
                    assert text == "<0.001" or rounds_to(value, written, False), (text, value)
                    seen += 1
    assert seen > 15
    told = json.loads(json.dumps(document(found)))
    [table] = matrix(found)
    for line, situation in zip(table.rows, told["matrix"], strict=True):
        for cell, one in zip(line[1:], situation["cells"], strict=True):
            assert cell.values[:5] == (one["delay_s"], one["difference"], one["low"], one["high"], one["seeds"])


def test_each_cell_leads_to_its_section(tmp_path: Path) -> None:
    page = page_of(tmp_path, two_places(), study(two_places()))
    ids = {attributes["id"] for tag, attributes in page.elements if tag == "h2" and "id" in attributes}
    links = [attributes["href"] for tag, attributes in page.elements if tag == "a"]
    assert links == ["#s1"] * 4 + ["#s2"] * 4
    assert {"s1", "s2"} <= ids


def test_a_sweep_has_one_ranked_table_and_one_plot(tmp_path: Path) -> None:
    page = page_of(tmp_path, sweep(), study(sweep()))
    [about] = [about for about, _ in page.tables if about and about.startswith("max-pressure against its defaults")]
    assert [row[:2] for row in page.rows(about)] == [["1", "8"], ["2", "6"], ["3", "5"], ["4", "4"], ["5", "12"]]
    assert page.texts["h3"].count("Delay by setting of max-pressure") == 1
    pairs = [name for name, _ in page.tables if name and " against fixed, " in name]
    assert pairs == ["max-pressure against fixed, 5 seeds", "max-pressure:min_green_s=8 against fixed, 5 seeds"]


def test_a_page_of_one_situation_that_no_study_declares_has_no_matrix(tmp_path: Path) -> None:
    records = runs("fixed", 50) + runs("actuated", 42)
    page = page_of(tmp_path, records, study(records, title=""))
    assert page.texts["h1"] == ["Signal controllers compared"]
    assert "Summary" not in page.texts["h2"]
    assert "Summary" in page_of(tmp_path, records, study(records)).texts["h2"]


def test_failed_settings_are_said_even_if_they_are_not_shown(tmp_path: Path) -> None:
    worst = "max-pressure:min_green_s=12"
    lost = [{**run, "status": "failed", "reason": "it crashed"} if run["label"] == worst else run for run in sweep()]
    page = page_of(tmp_path, lost, study(lost))
    assert worst not in study(lost).labels
    assert any(f"{worst}, seed 3: failed" in line for line in page.texts["p"])


def test_study_csv_is_the_matrix_and_goes_with_it(tmp_path: Path) -> None:
    write_study(study(two_places()), tmp_path)
    with (tmp_path / "study.csv").open(encoding="utf-8", newline="") as file:
        first, second = csv.DictReader(file)
    assert (first["variant"], second["variant"]) == ("", "demand_scale=1.1")
    assert second["max-pressure verdict"] == "worse"
    assert float(first["actuated low"]) < float(first["actuated difference"]) < 0
    write_study(study(runs("fixed", 50), title=""), tmp_path)
    assert not (tmp_path / "study.csv").exists()


@pytest.mark.parametrize("name", [HARMFUL[at] for at in (0, 1, 7, 9, 10, 12)])
def test_names_do_nothing(name: str, tmp_path: Path) -> None:
    changed: dict[str, Any] = {"scenario": name, "variant": name, "title": name}
    labels = [name, *(f"{name.replace(':', '')}:{key}={name.replace(',', '').replace('=', '')}" for key in "xyz")]
    records = [*runs("fixed", 50, **changed), *(run for label in labels for run in runs(label, 40, **changed))]
    found = study_of(records, compare_all(records, "fixed"), name)
    stacks = stacked(study_tables(found))
    for stack in stacks:
        check(latex(stack))
    for _, data in csv_files(stacks):
        for cell in (cell for row in csv.reader(io.StringIO(data.decode(), newline="")) for cell in row):
            assert not STEERING.search(cell)
            assert not FORMULA.match(cell) or cell.startswith("'") or float(cell) is not None
    assert all(data for _, data in parquet_files(stacks))
    book = openpyxl.load_workbook(io.BytesIO(workbook(stacks)))
    kinds = {cell.data_type for sheet in book.worksheets for row in sheet.iter_rows() for cell in row}
    assert kinds <= {"s", "n"}
    page = page_of(tmp_path, records, found)
    assert "script" not in {tag for tag, _ in page.elements}
    assert not STEERING.search(page.html)
    assert not any(key.startswith("on") for key, _ in page.attributes())


def test_a_large_study_has_tables_alone(tmp_path: Path) -> None:
    records = [
        run
        for number in range(5)
        for label in ("fixed", "actuated")
        for run in runs(label, 40 + number, **place(f"town-{number}"))
    ]
    path = write_report(tmp_path, records, compare_all(records, "fixed"), FakeRuns(), study=study(records))
    page = Page(path.read_text(encoding="utf-8"))
    assert "svg" not in page.texts
    assert "Approaches" not in page.texts["h3"]
    assert sum("zhasyl report DIR --scenario town-3" in line for line in page.texts["p"]) == 1
    assert len(page.rows("Means over the seeds: delay")) == 10


def test_every_text_of_a_study_is_a_message(tmp_path: Path) -> None:
    records = [run for number in range(5) for run in sweep(**place("abay-seifullin", f"demand_scale=1.{number}"))]
    lines = [f"zhasyl report DIR --scenario 'abay-seifullin (demand_scale=1.{number})'" for number in range(5)]
    known = (*KNOWN, *lines, *(str(run["label"]) for run in records), *(str(run["variant"]) for run in records))
    with speaking(PSEUDO):
        page = page_of(tmp_path, records, study(records))
        alone = page_of(tmp_path, sweep(), study(sweep()))
        tables = study_tables(study(records))
    commands = [f"zhasyl run abay-seifullin --controller {run['label']} --seed 1" for run in records]
    for text in (*visible(page), *visible(alone)):
        assert outside(text, (*known, *commands, "min_green_s", "Evening peak", "abay-seifullinde")) == [], text
    titles = {field.title for table in tables for field in table.fields}
    assert {title: words for title in titles if (words := outside(title, (*known, "min_green_s")))} == {}
