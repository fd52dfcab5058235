"""What a comparison's pages look like in a browser, measured: nothing is cut off, overlaps or has no data. Slow.

`boxes.js` measures a page on a desk, on a telephone and on A4: `make test-slow`.
"""

from pathlib import Path
from shutil import copytree

import pytest

from tests.browser import CHROMIUM, Browser
from zhasyl.comparing import compare
from zhasyl.reports.before_after import before_after
from zhasyl.reports.exports.paper import PAGE, Paper, column
from zhasyl.reports.exports.plots import all_plots
from zhasyl.reports.results import shown_of, summaries_of
from zhasyl.reports.short import write_short

MEASURE = (Path(__file__).parent / "boxes.js").read_text(encoding="utf-8")
CONTROLLERS = ["fixed", "max-pressure:interval_s=10,max_green_s=60,min_green_s=7"]
SIZES = {"desk": (1280, 900), "telephone": (400, 800), "A4": (688, 1009)}  # px; of A4 what its margins leave
PAGES = ("report.html", "short.html", "before-after.html")
BROKEN = """<!DOCTYPE html><body style="margin:0"><h3 style="white-space:nowrap">{}</h3>
<div class="box" style="overflow-x:auto; width:200px">
<table><tr><td style="min-width:300px">x</td><td class="verdict">worse</td></tr></table></div><figure>
<svg viewBox="0 0 300 60" width="300"><title>t</title>
<text x="10" y="20">first label</text><text x="30" y="22">second</text>
<text x="280" y="50">beyond</text></svg></figure></body>""".format("long " * 400)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two controllers with five seeds of one junction, and the three pages of them."""
    out = tmp_path_factory.mktemp("boxes") / "after"
    found = compare(["abay-seifullin"], CONTROLLERS, range(1, 6), out=out)
    values = [record.values for record in found.records]
    write_short(out, values, found.comparisons, summaries_of(found.records))
    before_after(copytree(out, out.parent / "before"), out)
    return out


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium")
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("page", PAGES)
def test_nothing_is_cut_off_and_no_text_overlaps(folder: Path, page: str, size: str) -> None:
    with Browser(*SIZES[size]) as browser:
        if size == "A4":
            browser.call("Emulation.setEmulatedMedia", media="print")
        browser.open(folder / page, "document.readyState === 'complete'")
        assert browser.ask(MEASURE) == []


@pytest.mark.slow
@pytest.mark.parametrize("paper", [PAGE, column("84mm")], ids=["page", "column"])
def test_no_axis_is_without_data(folder: Path, paper: Paper) -> None:
    (group,), _ = shown_of(folder)
    plots = all_plots(group, paper)
    assert len(plots) > 6
    for plot in plots:
        for axes in plot.figure.axes:
            assert not axes.get_visible() or axes.has_data(), plot.name


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium")
def test_the_measure_sees_what_it_looks_for(tmp_path: Path) -> None:
    page = tmp_path / "broken.html"
    page.write_text(BROKEN, encoding="utf-8")
    with Browser(400, 800) as browser:
        browser.open(page, "document.readyState === 'complete'")
        said = "\n".join(browser.ask(MEASURE))
    for words in ("the page is", "h3: its content", "a verdict ends", "'first label' and 'second' overlap", "'beyond'"):
        assert words in said
