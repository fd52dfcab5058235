"""report --format and --pdf, and figures: what they write, and one line for what cannot be."""

import json
from pathlib import Path
from shutil import copytree

import openpyxl
import pytest

import zhasyl
from tests.conftest import TinyRun
from tests.reports.pages import Page
from zhasyl.cli import status

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def folder(tiny_run: TinyRun, tmp_path: Path) -> Path:
    """A folder with one stored run."""
    record = tiny_run("t-junction-left-turn", "fixed")
    return copytree(record.folder, tmp_path / "out" / record.folder.relative_to(record.folder.parents[2])).parents[2]


def failed(capsys: Capture, *arguments: object) -> str:
    """The one line of a command that ends with 2."""
    assert status([str(argument) for argument in arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("zhasyl: ")
    assert err.count("\n") == 1
    return err


def test_the_record_the_page_and_the_sheet_have_one_delay(folder: Path, capsys: Capture) -> None:
    assert status(["report", str(folder), "--format", "csv,parquet,xlsx,latex", "--json"]) == 0
    [run] = json.loads(capsys.readouterr().out)["runs"]
    sheet = openpyxl.load_workbook(folder / "tables" / "tables.xlsx")["means-delay"]
    head, row = sheet.iter_rows(values_only=True)
    assert row[head.index("Delay (s/trip)")] == pytest.approx(run["delay_s"], rel=1e-12)
    page = Page((folder / "report.html").read_text(encoding="utf-8"))
    assert page.rows("Means over the seeds: delay")[0][2] == f"{run['delay_s']:.1f}"
    assert {path.suffix for path in (folder / "tables").iterdir()} == {".csv", ".parquet", ".xlsx", ".tex"}


def test_python_writes_the_same_tables(folder: Path) -> None:
    zhasyl.report(folder, formats=["csv"])
    assert (folder / "tables" / "means-delay.csv").is_file()


def test_figures_are_written_and_listed(folder: Path, capsys: Capture) -> None:
    assert status(["figures", str(folder), "--list", "--json"]) == 0
    names = [one["name"] for one in json.loads(capsys.readouterr().out)]
    assert not (folder / "figures").exists()
    out = folder / "paper"
    assert status(["figures", str(folder), "--width", "84mm", "--format", "pdf,svg", "--out", str(out)]) == 0
    assert {path.name for path in out.iterdir()} == {f"{name}.{kind}" for name in names for kind in ("pdf", "svg")}
    assert "t-junction-left-turn-delay" in names


def test_wrong_input_is_one_line_and_writes_nothing(folder: Path, tmp_path: Path, capsys: Capture) -> None:
    before = sorted(folder.rglob("*"))
    (tmp_path / "file").write_text("", encoding="utf-8")
    (tmp_path / "empty").mkdir()
    assert "no format 'xls'. Did you mean 'xlsx'" in failed(capsys, "report", folder, "--format", "csv,xls")
    assert "no format 'eps'. Known: pdf, png, svg" in failed(capsys, "figures", folder, "--format", "eps")
    assert "none is named" in failed(capsys, "figures", folder, "--format", ",")
    for width in ("0", "84", "9km"):
        assert f"width '{width}' is no length" in failed(capsys, "figures", folder, "--width", width)
    assert "no run records" in failed(capsys, "figures", tmp_path / "empty")
    assert "no run records" in failed(capsys, "report", tmp_path / "empty", "--format", "csv")
    assert "no folder" in failed(capsys, "figures", tmp_path / "file")
    assert "cannot write to" in failed(capsys, "figures", folder, "--out", tmp_path / "file")
    assert "cannot write to" in failed(capsys, "figures", folder, "--out", tmp_path / "file" / "below")
    assert sorted(folder.rglob("*")) == before
    assert list((tmp_path / "empty").iterdir()) == []


def test_a_file_in_the_place_of_the_tables(folder: Path, capsys: Capture) -> None:
    (folder / "tables").write_text("mine", encoding="utf-8")
    assert "tables: " in failed(capsys, "report", folder, "--format", "csv", "--json")
    assert (folder / "tables").read_text(encoding="utf-8") == "mine"


def test_without_a_browser_nothing_is_written(
    folder: Path, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "a PDF needs one of chromium" in failed(capsys, "report", folder, "--pdf")
    assert not (folder / "report.html").exists()


def test_page_sheet_and_figures_are_in_the_language_asked_for(folder: Path, capsys: Capture) -> None:
    assert status(["report", str(folder), "--lang", "ru", "--short", "--format", "xlsx,csv"]) == 0
    assert "Delay" in capsys.readouterr().out  # the command line is English
    for name in ("report.html", "short.html"):
        page = (folder / name).read_text(encoding="utf-8")
        assert '<html lang="ru">' in page
        assert "средняя задержка" in page
    assert "средние-задержка" in openpyxl.load_workbook(folder / "tables" / "tables.xlsx").sheetnames
    assert status(["figures", str(folder), "--lang", "kk", "--format", "svg"]) == 0
    assert "орташа кідіріс" in (folder / "figures" / "t-junction-left-turn-delay.svg").read_text(encoding="utf-8")
    assert status(["report", str(folder)]) == 0
    assert '<html lang="en">' in (folder / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("verb", ["report", "figures"])
def test_a_language_that_is_not_known_is_one_line(verb: str, folder: Path, capsys: Capture) -> None:
    line = failed(capsys, verb, folder, "--lang", "kz")
    assert "no language 'kz'. Did you mean 'kk'? Known: en, kk, ru" in line
    assert not (folder / "report.html").exists()
