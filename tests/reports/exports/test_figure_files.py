"""Figures as files: as wide as asked, letters that can be read, nothing beyond the edges, names that do nothing."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from defusedxml.ElementTree import fromstring
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from tests.reports.builders import FakeRuns, Record, batch
from tests.reports.diagrams.hand_made import crossing_passages, signals_table, street_of, tables, trips_table
from tests.reports.exports.harmful import HARMFUL, Named, records
from zhasyl.derive import DerivedSignals
from zhasyl.errors import OutputError
from zhasyl.lane_groups import LaneGroups
from zhasyl.reports.diagrams import evidence
from zhasyl.reports.exports.figure_files import figure_bytes, listed_figures, write_figures
from zhasyl.reports.exports.groups import Group, groups
from zhasyl.reports.exports.named import stems
from zhasyl.reports.exports.paper import Paper, column
from zhasyl.reports.exports.plots import all_plots, page_plots
from zhasyl.reports.figures import Plot, style
from zhasyl.reports.records import RunSummaries
from zhasyl.runs.kept import Roads

SHORT = ("fixed", "actuated", "max-pressure")
LONG = ("fixed", "max-pressure:interval_s=10,max_green_s=60,min_green_s=7", "W" * 300)
SOME_HARMFUL = HARMFUL[0], HARMFUL[6], HARMFUL[7], HARMFUL[10], HARMFUL[12]
DIAGRAMS = (
    "map", "phases-j1", "delay-distribution", "trips", "arrivals-departures-j1", "arrivals-on-green", "coordination-j1",
)  # fmt: skip
SAFE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\.(pdf|png|svg)")


@pytest.fixture(autouse=True)
def roads(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    signal = request.node.callspec.params.get("name", "J1") if hasattr(request.node, "callspec") else "J1"
    found = Roads(street_of([(signal, 0)]), DerivedSignals({}, {}), LaneGroups((), {}))
    monkeypatch.setattr(evidence, "_loaded", lambda _: found)


def shown(runs: list[Record], summaries: RunSummaries, signal: str = "J1") -> list[Group]:
    found = {"trips": trips_table(), "signals": signals_table(signal), "passages": crossing_passages(signal)}
    return groups(runs, [], summaries, tables(found))


def plots(runs: list[Record], summaries: RunSummaries, paper: Paper) -> list[Plot]:
    return [plot for group in shown(runs, summaries) for plot in all_plots(group, paper)]


def written(figure: Figure) -> Iterator[Text]:
    yield from (
        text
        for text in figure.findobj(Text)
        if isinstance(text, Text) and text.get_visible() and text.get_text().strip()
        and (text.axes is None or text.axes.get_visible())
    )  # fmt: skip


@pytest.mark.parametrize(("width", "labels"), [("60mm", LONG), ("84mm", SHORT), ("174mm", LONG)])
def test_every_label_is_within_the_figure_and_can_be_read(width: str, labels: tuple[str, ...]) -> None:
    paper = column(width)
    for plot in plots(batch(3, labels), FakeRuns(2), paper):
        canvas: Any = FigureCanvasAgg(plot.figure)
        with style(paper):
            canvas.draw()
        drawn, (width_in, height_in) = plot.figure.get_tightbbox(canvas.get_renderer()), plot.figure.get_size_inches()
        assert drawn.x0 >= -0.01, plot.name
        assert drawn.y0 >= -0.01, plot.name
        assert drawn.x1 <= width_in + 0.01, plot.name
        assert drawn.y1 <= height_in + 0.01, plot.name
        assert min(float(text.get_fontsize()) for text in written(plot.figure)) >= 7


@pytest.mark.slow
def test_a_file_is_as_wide_as_asked(tmp_path: Path) -> None:
    paper = column("84mm")
    for plot in plots(batch(2), FakeRuns(), paper):
        svg = figure_bytes(plot.figure, paper, "svg").decode()
        width = re.search(r'<svg [^>]*width="([\d.]+)pt"', svg)
        assert width is not None
        assert float(width[1]) / 72 * 25.4 == pytest.approx(84, abs=0.1)
        pdf = figure_bytes(plot.figure, paper, "pdf")
        box = re.search(rb"/MediaBox \[ 0 0 ([\d.]+)", pdf)
        assert box is not None
        assert float(box[1]) / 72 * 25.4 == pytest.approx(84, abs=0.1)
        assert b"/Subtype /Image" not in pdf
        assert "<image" not in svg
        assert figure_bytes(plot.figure, paper, "png")[16:20] == round(84 / 25.4 * 300).to_bytes(4, "big")


def test_the_same_figure_is_the_same_file() -> None:
    paper = column("84mm")
    for kind in ("pdf", "svg", "png"):
        one, two = (
            figure_bytes(next(page_plots(group, paper)).figure, paper, kind)
            for _ in "ab"
            for group in shown(batch(2), FakeRuns())
        )
        assert one == two


@pytest.mark.parametrize("name", SOME_HARMFUL)
def test_a_name_does_nothing_in_a_figure_or_its_file(name: str, tmp_path: Path) -> None:
    found = write_figures(tmp_path, shown(records(name), Named(name), name), column("84mm"), ["svg"])
    assert len(found) == 3 + len(DIAGRAMS)
    for path in found:
        assert path.parent == tmp_path
        assert SAFE.fullmatch(path.name)
        assert len(path.name) <= 140
        text = path.read_text(encoding="utf-8")
        tags = {str(element.tag).rsplit("}", 1)[-1] for element in fromstring(text).iter()}
        assert tags.isdisjoint({"script", "image", "foreignObject", "a"})
        assert set(re.findall(r'href="(.)', text)) <= {"#"}


def test_names_of_files_are_not_alike() -> None:
    assert stems(["A b", "a/b", "../..", "Абай", ""]) == ["a-b", "a-b-2", "scenario", "scenario-2", "scenario-3"]


def test_figures_are_listed_by_the_names_of_their_files() -> None:
    names = [name for name, _, _ in listed_figures(shown(batch(1), FakeRuns()), column("84mm"))]
    assert names == [f"abay-seifullin-{name}" for name in ("delay", "queue", "green", *DIAGRAMS)]


@pytest.mark.parametrize(("text", "width_mm"), [("84mm", 84), ("8.4 cm", 84), ("3.5in", 88.9), ("240PT", 84.67)])
def test_widths(text: str, width_mm: float) -> None:
    assert column(text).width_in * 25.4 == pytest.approx(width_mm, abs=0.01)


@pytest.mark.parametrize("text", ["", "0", "84", "9km", "-84mm", "mm", "84mm;", "nan mm", "1e9mm"])
def test_what_is_no_width_is_refused(text: str) -> None:
    with pytest.raises(OutputError, match="is no length; give a number with mm, cm, in or pt"):
        column(text)


@pytest.mark.parametrize("text", ["0mm", "59mm", "401mm", "99999999in"])
def test_a_width_beyond_paper_is_refused(text: str) -> None:
    with pytest.raises(OutputError, match="outside of 60 to 400 mm"):
        column(text)
