"""zhasyl leaderboard from end to end on a tiny network: it reads what is stored and simulates nothing."""

import json
from pathlib import Path

import pytest

import zhasyl.runs.simulate
from tests.conftest import TinyNetwork
from zhasyl.cli import status
from zhasyl.gate.board import leaderboard
from zhasyl.gate.checking import check_suite

Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def stored(tiny_network: TinyNetwork, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a suite and the runs of it."""
    folder = tmp_path_factory.mktemp("board")
    network = tiny_network("t-junction-left-turn")
    (folder / "mine.toml").write_text(
        f'scenarios = ["{network}"]\ncontrollers = ["fixed", "max-pressure"]\nseeds = "1-2"\nemissions = "none"\n'
        '[tolerances]\ndelay_s = "3%"\n'
    )
    check_suite(folder / "mine.toml", update=True, jobs=2, out=folder / "out")
    return folder


def test_a_board_of_stored_runs(stored: Path, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zhasyl.runs.simulate, "simulate", lambda spec: pytest.fail("nothing is simulated"))
    arguments = ["leaderboard", str(stored / "mine.toml"), str(stored / "out"), "--out", str(tmp_path)]
    assert status(arguments) == 0
    said = capsys.readouterr().out
    assert "1. " in said
    assert "2. " in said
    assert f"leaderboard: {tmp_path / 'leaderboard.html'}" in said
    assert status([*arguments, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {one["controller"] for one in found["ranked"]} == {"fixed", "max-pressure"}
    assert found["not_ranked"] == []
    assert found["left_out"] == {}
    assert "--emissions none" in found["ranked"][0]["cells"][0]["command"]
    assert (tmp_path / "leaderboard.csv").read_text().count("\n") == 3
    assert found["ranked"][0]["cells"][0]["delay_s"] > 0


def test_in_python_nothing_is_written_unless_asked(stored: Path) -> None:
    before = set(stored.rglob("*"))
    board = leaderboard(stored / "mine.toml", [stored / "out"], "max-pressure")
    assert board.baseline.name == "max-pressure"
    assert set(stored.rglob("*")) == before


@pytest.mark.parametrize(
    ("suite", "more", "told"),
    [
        ("cor", [], "no suite 'cor'"),
        ("mine.toml", ["--baseline", "sotl"], "no baseline 'sotl'"),
        ("mine.toml", ["nowhere"], "no folder nowhere"),
    ],
)
def test_what_is_asked_amiss(
    stored: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture, suite: str, more: list[str], told: str
) -> None:
    monkeypatch.chdir(stored)
    assert status(["leaderboard", suite, "out", *more]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert told in err
    assert err.count("\n") == 1
