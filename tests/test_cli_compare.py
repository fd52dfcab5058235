"""compare with growing numbers of seeds, and reports that are drawn only when they have to be."""

import json
from pathlib import Path

import pytest

from tests.conftest import TinyNetwork
from zhasyl.cli import status

Capture = pytest.CaptureFixture[str]
STUDY = """\
title = "A small study"
scenarios = ["here.sumocfg"]
seeds = "1-3"
controllers = ["fixed", "max-pressure"]
"""


@pytest.fixture
def folder(tiny_network: TinyNetwork, tmp_path: Path) -> Path:
    """A folder with a network, here.sumocfg, and a study of six runs."""
    config = tiny_network("t-junction-left-turn")
    for path in config.parent.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "here.sumocfg").write_bytes(config.read_bytes())
    (tmp_path / "study.toml").write_text(STUDY, encoding="utf-8")
    return tmp_path


def batch(folder: Path, *options: str) -> int:
    return status(["batch", str(folder / "study.toml"), "--out", str(folder / "out"), "--jobs", "2", *options])


def test_seeds_are_added_until_the_difference_is_known(folder: Path, capsys: Capture) -> None:
    arguments = ["compare", str(folder / "here.sumocfg"), "--controllers", "fixed,max-pressure", "--seeds", "1-2"]
    arguments += ["--out", str(folder / "out"), "--json"]
    assert status([*arguments, "--until", "3%", "--most-seeds", "8"]) == 0
    out, err = capsys.readouterr()
    document = json.loads(out)
    delay = document["comparisons"][0]
    assert (delay["measure"], delay["confidence"]) == ("delay_s", pytest.approx(1 - 0.05 / 2))
    wide = (delay["high"] - delay["low"]) / 2 > 0.03 * delay["baseline_mean"]
    assert delay["n"] == 8 if wide else delay["n"] in (5, 8)
    assert f"look 1 of at most 2, 5 seeds: {document['runs'][0]['scenario']}" in err
    assert status(["report", str(folder / "out"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == document


@pytest.mark.parametrize(
    ("options", "told"),
    [(["--until", "0"], "never be reached"), (["--until", "much"], "no share"), (["--min-effect", "2"], "no share"),
     (["--until", "5%", "--most-seeds", "3"], "below the 5 seeds"),
     (["--until", "5%", "--seeds", "1", "--most-seeds", "4"], "below the 5 seeds")],
)  # fmt: skip
def test_wrong_terms_of_a_comparison(folder: Path, capsys: Capture, options: list[str], told: str) -> None:
    assert status(["compare", str(folder / "here.sumocfg"), *options]) == 2
    assert told in capsys.readouterr().err


def test_a_report_is_drawn_again_only_when_it_has_to_be(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert batch(folder) == 0
    page = folder / "out" / "report.html"
    whole, drawn = page.read_bytes(), page.stat().st_mtime_ns
    assert batch(folder) == 0
    assert page.stat().st_mtime_ns == drawn
    monkeypatch.setattr("zhasyl.reports.results.build", lambda: "other code of the same version")
    assert batch(folder) == 0
    assert page.stat().st_mtime_ns > drawn
    for change in (lambda: page.write_bytes(b"changed"), page.unlink):
        change()
        assert batch(folder) == 0
        assert page.read_bytes() == whole
