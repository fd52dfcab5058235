"""A page in Russian: the numbers of the English one, names that do nothing, and files for programs in English."""

import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from tests.reports.builders import FakeRuns, Record, batch, run
from tests.reports.pages import HOSTILE, Page
from zhasyl.optimise.statistics.compare import compare_all
from zhasyl.reports.exports.groups import groups
from zhasyl.reports.exports.named import NamedTable, stacked
from zhasyl.reports.exports.page_tables import page_tables
from zhasyl.reports.exports.paper import column
from zhasyl.reports.exports.plots import page_plots
from zhasyl.reports.exports.table_files import write_tables
from zhasyl.reports.exports.workbook import LONGEST_SHEET_NAME, workbook
from zhasyl.reports.figures import style
from zhasyl.reports.html import write_report
from zhasyl.reports.languages.places import places_of
from zhasyl.text.language import LANGUAGES, speaking

TO_ENGLISH = str.maketrans({",": ".", "\u00a0": ","})


def page(folder: Path, runs: Sequence[Record], language: str) -> Page:
    with speaking(language, places_of(runs, language)):
        path = write_report(folder, runs, compare_all(runs, str(runs[0]["label"])), FakeRuns())
    return Page(path.read_text(encoding="utf-8"))


def figures(page: Page) -> list[str]:
    """Cells that are numbers alone, with their signs, intervals and dashes."""
    cells = [cell for _, rows in page.tables for row in rows for cell in row]
    return [cell for cell in cells if cell and not any(letter.isalpha() for letter in cell)]


def test_a_russian_page_has_the_numbers_of_the_english_one(tmp_path: Path) -> None:
    runs = batch(6)
    english, russian = (page(tmp_path, runs, language) for language in ("en", "ru"))
    assert [cell.translate(TO_ENGLISH) for cell in figures(russian)] == figures(english)
    assert len(figures(english)) > 100
    assert ("html", {"lang": "ru"}) in russian.elements
    assert russian.texts["h1"] == ["Сравнение алгоритмов светофорного регулирования"]
    rows = {row[0]: row[1:] for row in russian.rows("max-pressure по сравнению с fixed, 6 прогонов")}
    assert rows["Задержка (с/поездку)"][2] == "лучше"
    verdicts = [attributes["class"] for tag, attributes in russian.elements if tag == "td" and attributes.get("class")]
    assert "verdict better" in verdicts
    assert any("проспект Абая, на запад" in text for text in russian.texts["text"])  # of a figure


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_hostile_name_does_nothing_in_any_language(tmp_path: Path, language: str) -> None:
    runs = [run(label, seed, title=HOSTILE, scenario=HOSTILE) for label in ("fixed", HOSTILE) for seed in range(1, 6)]
    found = page(tmp_path, runs, language)
    assert "script" not in {tag for tag, _ in found.elements}
    assert HOSTILE in found.texts["h2"][0]
    assert any(HOSTILE in line for line in found.texts["p"])


def tables(language: str) -> list[NamedTable]:
    runs = batch(5)
    with speaking(language, places_of(runs, language)):
        return page_tables(groups(runs, compare_all(runs, "fixed"), FakeRuns()))


def numbers(rows: Iterable[Iterable[object]]) -> list[object]:
    return [cell for row in rows for cell in row if isinstance(cell, int | float)]


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_a_workbook_has_sheets_with_names_that_excel_takes_and_the_same_numbers(language: str) -> None:
    with speaking(language):
        book = openpyxl.load_workbook(io.BytesIO(workbook(stacked(tables(language)))))
    assert len(set(book.sheetnames)) == len(book.sheetnames) == len(stacked(tables("en")))
    assert all(len(name) <= LONGEST_SHEET_NAME for name in book.sheetnames)
    for sheet, stack in zip(book.worksheets, stacked(tables("en")), strict=True):
        head, *rows = sheet.iter_rows(values_only=True)
        assert len(set(head)) == len(head)
        assert numbers(rows) == pytest.approx(numbers(stack.values()), rel=1e-12)


def test_files_for_programs_are_english(tmp_path: Path) -> None:
    with speaking("ru"):
        write_tables(tmp_path, lambda: page_tables(groups(batch(2), [], FakeRuns())), ["csv", "xlsx", "latex"])
    text = (tmp_path / "tables" / "approaches.csv").read_text(encoding="utf-8")
    assert '"Abay avenue, eastbound"' in text
    latex = (tmp_path / "tables" / "means-delay.tex").read_text(encoding="utf-8")
    assert "[T2A]{fontenc}" in latex
    assert "Алгоритм & Прогонов" in latex


@pytest.mark.parametrize("language", ["kk", "ru"])
@pytest.mark.parametrize("width", ["84mm", "200mm"])
def test_longer_words_are_within_the_figure(language: str, width: str) -> None:
    paper, runs = column(width), batch(3)
    with speaking(language, places_of(runs, language)):
        for group in groups(runs, [], FakeRuns(2)):
            for plot in page_plots(group, paper):
                canvas: Any = FigureCanvasAgg(plot.figure)
                with style(paper):
                    canvas.draw()
                drawn = plot.figure.get_tightbbox(canvas.get_renderer())
                assert drawn.x0 >= -0.01, plot.name
                assert drawn.x1 <= paper.width_in + 0.01, plot.name
