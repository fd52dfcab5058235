"""A page printed by a browser: found on the PATH, whole or not at all, and a clear line where it fails."""

import re
import shutil
import stat
from pathlib import Path

import pytest

from tests.reports.builders import FakeRuns, batch
from zhasyl.errors import OutputError
from zhasyl.optimise.statistics.compare import compare_all
from zhasyl.process.browser import BROWSERS, find_browser, print_page
from zhasyl.reports.html import write_report

PRINTS = """\
for argument in "$@"; do case "$argument" in
  --print-to-pdf=*) printf '%%PDF-1.4 %%%%EOF' > "${argument#--print-to-pdf=}";; --no-sandbox|--headless) ;;
esac; done
"""


def browser(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch, name: str = "chromium-browser") -> None:
    """Put a program of this name on the PATH, alone."""
    program = folder / "bin" / name
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\n{script}", encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(program.parent))


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "a page, 100 %.html"
    path.write_text("<p>1</p>", encoding="utf-8")
    return path


def test_a_page_is_printed_whole(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    browser(page.parent, PRINTS, monkeypatch)
    pdf = print_page(page, page.parent / "page.pdf")
    assert pdf.read_bytes() == b"%PDF-1.4 %%EOF"
    assert {path.name for path in page.parent.iterdir()} == {page.name, "page.pdf", "bin"}


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("exit 1", "it said nothing"),
        ("echo first >&2; echo 'no   display' >&2; exit 3", "no display"),
        (PRINTS.replace(" %%%%EOF", ""), "it said nothing"),
    ],
)
def test_what_is_not_whole_is_not_kept(page: Path, script: str, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    browser(page.parent, script, monkeypatch)
    (page.parent / "page.pdf").write_bytes(b"an earlier one")
    with pytest.raises(OutputError, match=f"made no PDF of .*: {told}; print the page in a browser"):
        print_page(page, page.parent / "page.pdf")
    assert (page.parent / "page.pdf").read_bytes() == b"an earlier one"
    assert {path.name for path in page.parent.iterdir()} == {page.name, "page.pdf", "bin"}


def test_without_a_browser_it_is_said_which_are_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(OutputError, match="needs one of chromium, chromium-browser, google-chrome on the PATH"):
        find_browser()


@pytest.mark.slow
@pytest.mark.skipif(not any(map(shutil.which, BROWSERS)), reason="no browser")
def test_a_report_is_printed_on_a4(tmp_path: Path) -> None:
    runs = batch(5)
    page = write_report(tmp_path, runs, compare_all(runs, "fixed"), FakeRuns(8))
    data = print_page(page, tmp_path / "report.pdf").read_bytes()
    sizes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", data)
    assert len(sizes) >= 4
    assert {(round(float(width)), round(float(height))) for width, height in sizes} == {(595, 842)}
    assert {path.name for path in tmp_path.iterdir()} == {"report.html", "report.pdf"}
