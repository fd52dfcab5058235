"""zhasyl corridors: lists, draws, and one clear line for each wrong input."""

import json
from pathlib import Path

import pytest

from tests.arterial import arterial
from tests.conftest import TinyNetwork
from tests.test_cli import Capture, fails
from zhasyl.cli import status
from zhasyl.cli.corridors import _print


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


def test_long_ids_are_shortened_in_the_middle(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    ids = [f"cluster_{number}" + "_1234567890" * 13 + f"_{number}" for number in (1, 2)]
    legs = ("lengths_m", "volumes_vph", "volumes_back_vph", "bands_s", "bands_back_s")
    row = {"signals": ids, "cycle_s": 60.0, "offsets_s": [0.0, 30.0], **{leg: [12345.0] for leg in legs}}
    _print([row], as_json=False)
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80
    named = [line for line in lines if "cluster" in line]
    assert [line.split()[1] for line in named] == ["cluster_1_12…1234567890_1", "cluster_2_12…1234567890_2"]
    assert len(lines) == 8  # each signal takes one
    _print([row], as_json=True)
    assert all(name in capsys.readouterr().out for name in ids[:1])


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
