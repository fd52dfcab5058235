"""The summary as a browser lays it out: no overflow, the scenario stays in sight, no text beyond its cell."""

from pathlib import Path

import pytest

from tests.browser import CHROMIUM, Browser
from tests.reports.builders import no_signals
from tests.reports.study.made import place, runs, study, sweep
from zhasyl.optimise.statistics.compare import compare_all
from zhasyl.reports.html import write_report

pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here")]
LABELS = ("fixed", "actuated", "max-pressure", "webster", "sotl:keep_s=5,theta_veh_s=40", "longest-queue", "green-wave")
BEYOND = """[...document.querySelectorAll('.matrix td span, .matrix td b, .matrix th')].filter(one => {
  const own = one.getBoundingClientRect(), cell = one.closest('td, th').getBoundingClientRect();
  const wide = one.clientWidth && one.scrollWidth > one.clientWidth + 1;
  return wide || own.right > cell.right + 1 || own.left < cell.left - 1;
}).map(one => one.textContent)"""
SCROLLED = """(() => { const box = document.querySelector('.matrix'); box.scrollLeft = 150;
  return [box.scrollLeft, ...[box, box.querySelector('tbody th')].map(one => one.getBoundingClientRect().left)] })()"""


@pytest.mark.parametrize("width", [1280, 400])
def test_the_summary_is_laid_out(width: int, tmp_path: Path) -> None:
    records = sweep()
    for name in ("abay-corridor", "a scenario of somebody else's with a rather long name"):
        for number, label in enumerate(LABELS):
            records += runs(label, 50 - 3 * number, **place(name, "demand_scale=1.1"))
    page = write_report(
        tmp_path, records, compare_all(records, "fixed"), no_signals, study=study(records, "Evening peak")
    )
    with Browser(width, 900, touch=width == 400) as browser:
        browser.open(page, "document.querySelector('.matrix')")
        assert browser.ask("document.documentElement.scrollWidth") <= width
        assert browser.ask(BEYOND) == []
        scrolled, box, head = browser.ask(SCROLLED)
        assert scrolled > 0
        assert head == pytest.approx(box, abs=1)
        assert browser.complaints() == []
