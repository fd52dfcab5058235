"""No text of page, figures or workbook was forgotten: in a language of brackets none stands outside of them."""

import io
from collections.abc import Iterator, Mapping
from pathlib import Path

import openpyxl
import pytest
from matplotlib.text import Text

from tests.reports.builders import WHOLE, FakeRuns, Record, batch, failed
from tests.reports.diagrams.hand_made import crossing_passages, signals_table, street_of, tables, trips_table
from tests.reports.languages.pseudo import PSEUDO, outside
from tests.reports.pages import Page
from tests.reports.test_movements import left_loses, summaries
from zhasyl.derive import DerivedSignals
from zhasyl.lane_groups import LaneGroups
from zhasyl.optimise.statistics.compare import compare_all
from zhasyl.reports.diagrams import evidence
from zhasyl.reports.exports.groups import groups
from zhasyl.reports.exports.named import stacked
from zhasyl.reports.exports.page_tables import page_tables
from zhasyl.reports.exports.paper import column
from zhasyl.reports.exports.plots import page_plots
from zhasyl.reports.exports.workbook import workbook
from zhasyl.reports.faults import alarms, marked, reasons
from zhasyl.reports.html import write_report
from zhasyl.reports.short import write_short
from zhasyl.runs.kept import Roads
from zhasyl.runs.summary import Summary
from zhasyl.text.language import speaking

LABELS = ("fixed", "actuated", "max-pressure")
IDS = ("abay-seifullin", "J1-out", "J1-in", "J1e", "HB", "118 express", "65", "movements.csv", *LABELS)
NAMES = ("Abay avenue", "Seifullin avenue", "J1 street", "Abay avenue and Seifullin avenue, morning peak")
OF_RECORDS = (
    "Synthetic turning counts, 2,400 vehicles per hour", "no public counts of this junction", "volumes", "assumed",
    "Map data © OpenStreetMap contributors, ODbL 1.0", "SUMO: no route from 'a' to 'b'", "perfect", "9f2c61d0a4b7",
    "zhasyl 0.1.0, sumo 1.28.0", "measures 1", "3.11.7", "Python", "zhasyl", "HBEFA", "a trap door is open",
    "an earlier version", "no place to stand", "collision", "detail of it", "bootstrap", "warned of it",
)  # fmt: skip
COMMANDS = tuple(f"zhasyl run abay-seifullin --controller {label} --seed 1" for label in LABELS)
KNOWN = (*COMMANDS, *OF_RECORDS, *NAMES, *IDS)
SIGNAL = {"signal": "J1", "time_s": 30000.0}
FAULT = {**SIGNAL, "reason": "a trap door is open"}
VIOLATION = {**SIGNAL, "kind": "collision", "detail": "detail of it"}


def records() -> list[Record]:
    """Six seeds of three controllers, with whatever a page can have to say of runs."""
    found = batch(6, LABELS, uncontrolled={"J9": "no place to stand"}, stages={"J1": ["A", "B"]})
    found[7] = {**found[7], "violations": 2, "first_violations": [VIOLATION]}
    found[0] = {**found[0], "warnings": [{"text": "w", "count": 3, "example": "warned of it"}]}
    found[1] = {key: value for key, value in found[1].items() if key != "signal_s_checked"}
    return [*found, failed("actuated", 7, attempts=2)]


def told(record: Mapping[str, object]) -> Summary:
    """Movements and approaches of two signals, lines and crossings."""
    parts = ("approaches", "queues", "lines", "crossings")
    return {**summaries(left_loses)(record), **{key: FakeRuns(1, WHOLE)(record)[key] for key in parts}}


def visible(page: Page) -> Iterator[str]:
    """Every text of a page and of its figures, and what a screen reader says."""
    for tag, texts in page.texts.items():
        if tag not in ("style", "html", "body", "head", "main", "section", "svg", "g", "code"):
            yield from texts
    yield from (value for key, value in page.attributes() if key == "aria-label")


@pytest.fixture
def roads(monkeypatch: pytest.MonkeyPatch) -> None:
    found = Roads(street_of([("J1", 0)]), DerivedSignals({}, {}), LaneGroups((), {}))
    monkeypatch.setattr(evidence, "_loaded", lambda _: found)


@pytest.mark.usefixtures("roads")
def test_every_text_of_the_page_and_of_its_figures_is_a_message(tmp_path: Path) -> None:
    runs, read = records(), {"trips": trips_table(), "signals": signals_table(), "passages": crossing_passages()}
    with speaking(PSEUDO):
        compared = compare_all(runs, "fixed")
        paths = (
            write_report(tmp_path, runs, compared, told, tables=tables(read)),
            write_short(tmp_path, runs, compared, told),
        )
    for path in paths:
        page = Page(path.read_text(encoding="utf-8"))
        texts = list(visible(page))
        assert len(texts) > 100
        assert outside("\n".join(texts), KNOWN) == []  # a message may go on in a figure's next line


@pytest.mark.parametrize("signals", [None, 1, 4])
@pytest.mark.parametrize("faults", [[FAULT], [FAULT, {**FAULT, "signal": "J2"}], [FAULT] * 4])
def test_what_is_said_of_controllers_that_failed_is_a_message(signals: int | None, faults: list[object]) -> None:
    runs = batch(2, LABELS)
    runs[2] = {**runs[2], "faults": faults, "controlled_signals": signals}
    with speaking(PSEUDO):
        shown, _compared, _own = marked(runs, [])
        said = [*alarms(runs), *reasons(shown), *(str(one["label"]) for one in shown)]
    assert any("⟦" in line for line in said)
    assert {line: words for line in said if (words := outside(line, KNOWN))} == {}


@pytest.mark.parametrize("width", ["84mm", "200mm"])
def test_every_text_of_a_paper_figure_is_a_message(width: str) -> None:
    runs = records()
    with speaking(PSEUDO):
        for group in groups(runs, compare_all(runs, "fixed"), FakeRuns(2)):
            for plot in page_plots(group, column(width)):
                texts = [text.get_text() for text in plot.figure.findobj(Text) if isinstance(text, Text)]
                texts += [plot.title, plot.caption]
                unmarked = {text: found for text in texts if (found := outside(_mended(text), KNOWN))}
                assert unmarked == {}


def _mended(text: str) -> str:
    """Without the breaks of lines that a narrow figure puts within messages and names."""
    return " ".join(text.split()).replace(": ", ":")


def test_every_heading_and_sheet_of_the_workbook_is_a_message() -> None:
    runs = records()
    with speaking(PSEUDO):
        found = page_tables(groups(runs, compare_all(runs, "fixed"), FakeRuns(2, WHOLE)))
        book = openpyxl.load_workbook(io.BytesIO(workbook(stacked(found))))
    keys = {str(value) for table in found for row in table.rows for cell in row for value in cell.values}
    for sheet in book.worksheets:
        assert outside(sheet.title) == []
        head, *rows = sheet.iter_rows(values_only=True)
        assert {title: words for title in head if (words := outside(str(title), KNOWN))} == {}
        cells = {str(cell) for row in rows for cell in row if isinstance(cell, str)} - (keys - {"better"})
        assert {cell: words for cell in cells if (words := outside(cell, KNOWN))} == {}
