"""zhasyl corridors: lists, draws, and one clear line for each wrong input."""

import json
from pathlib import Path

import pytest

from tests.arterial import arterial
from tests.conftest import TinyNetwork
from tests.test_cli import Capture, fails
from zhasyl.cli import status


@pytest.fixture(scope="module")
def road(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Three signals in a row."""
    return str(arterial(tmp_path_factory.mktemp("arterial") / "road", (250, 300, 350, 250)))


def test_it_prints_one_json_document_and_draws(road: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    picture = tmp_path / "waves.svg"
    assert status(["corridors", road, "--json", "--out", str(picture)]) == 0
    (corridor,) = json.loads(capfd.readouterr().out)
    assert corridor["signals"] == ["s1", "s2", "s3"]
    assert corridor["lengths_m"] == pytest.approx([300, 350], abs=2)
    assert corridor["cycle_s"] == 60
    assert len(corridor["offsets_s"]) == 3
    assert all(0 <= offset_s < 60 for offset_s in corridor["offsets_s"])
    assert min(corridor["bands_s"] + corridor["bands_back_s"]) > 0
    assert "<svg" in picture.read_text(encoding="utf-8")


def test_the_table_names_every_signal(road: str, capsys: Capture) -> None:
    assert status(["corridors", road, "--controller", "green-wave:bands=maxband"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("corridor 1: cycle 60 s\n")
    assert all(name in out for name in ("s1", "s2", "s3"))


def test_a_network_without_a_corridor_says_so(tiny_network: TinyNetwork, tmp_path: Path, capsys: Capture) -> None:
    lone = str(tiny_network("t-junction-left-turn"))
    assert status(["corridors", lone, "--out", str(tmp_path / "none.png")]) == 0
    assert capsys.readouterr().out.startswith("no corridor: ")
    assert status(["corridors", lone, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_wrong_input_is_one_clear_line(road: str, tmp_path: Path, capsys: Capture) -> None:
    assert "its name must end in .pdf, .png, .svg" in fails(capsys, "corridors", road, "--out", "waves.doc")
    assert "controller 'webster' plans no corridors" in fails(capsys, "corridors", road, "--controller", "webster")
    assert "spacing_m=1 is not valid" in fails(capsys, "corridors", road, "--controller", "green-wave:spacing_m=1")
    missing = tmp_path / "nowhere" / "waves.svg"
    assert f"cannot write {missing}" in fails(capsys, "corridors", road, "--out", str(missing))
