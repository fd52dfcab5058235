"""zhasyl replay: one file, or one line that says what is wrong."""

import shutil
from pathlib import Path

import pytest

from tests.conftest import TinyRun
from tests.test_cli import Capture, fails
from zhasyl.cli import status


def test_a_page_of_both_runs(recorded_out: Path, tmp_path: Path, capsys: Capture) -> None:
    page = tmp_path / "new" / "page.html"
    assert status(["replay", str(recorded_out), "--from", "00:02", "--minutes", "2", "--out", str(page)]) == 0
    assert capsys.readouterr().out.startswith(f"{page}: fixed and max-pressure, seed 1, 0.")
    assert page.read_text(encoding="utf-8").count("<figure") == 2


def test_a_page_of_one_run(recorded_out: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    assert (
        status(["replay", str(recorded_out), "--controllers", "max-pressure", "--seed", "1", "--out", str(page)]) == 0
    )
    assert page.read_text(encoding="utf-8").count("<figure") == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--controllers", "max-presure"], "Did you mean 'max-pressure'?"),
        (["--controllers", "actuated"], "no recorded run in"),
        (["--controllers", "fixed,max-pressure,fixed"], "3 controllers are too many to play side by side"),
        (["--seed", "7"], "seed 7 of fixed and max-pressure is not recorded"),
        (["--seed", "x"], "seed 'x' is no integer"),
        (["--from", "25:00"], "it is no clock time"),
        (["--from", "09:00"], "09:00 to 00:10 is not within the measured 00:00 to 00:10"),
        (["--from", "00:05", "--minutes", "6"], "00:05 to 00:11 is not within the measured 00:00 to 00:10"),
        (["--minutes", "0"], "--minutes"),
    ],
)
def test_what_is_asked_amiss(
    recorded_out: Path, tmp_path: Path, capsys: Capture, arguments: list[str], words: str
) -> None:
    out = tmp_path / "page.html"
    assert words in fails(capsys, "replay", str(recorded_out), *arguments, "--out", str(out))
    assert not list(tmp_path.iterdir())


def test_places_that_cannot_be_written(recorded_out: Path, tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "file").touch()
    for out in (tmp_path, tmp_path / "file" / "page.html"):
        said = fails(capsys, "replay", str(recorded_out), "--minutes", "1", "--out", str(out))
        assert f"cannot write {out}" in said
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_folders_without_a_recorded_run(tiny_run: TinyRun, tmp_path: Path, capsys: Capture) -> None:
    assert "no folder" in fails(capsys, "replay", str(tmp_path / "none"))
    assert "no recorded run" in fails(capsys, "replay", str(tmp_path))
    folder = tiny_run("t-junction-left-turn", "fixed").folder.parents[2]
    assert "run the same again with --record" in fails(capsys, "replay", str(folder))


@pytest.mark.parametrize("table", ["trajectories", "map", "signals"])
def test_a_damaged_table(recorded_out: Path, tmp_path: Path, capsys: Capture, table: str) -> None:
    copy = shutil.copytree(recorded_out, tmp_path / "out")
    (path,) = copy.glob(f"runs/*/fixed-*/{table}.parquet")
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    out = tmp_path / "page.html"
    said = fails(capsys, "replay", str(copy), "--out", str(out))
    assert "is damaged; delete the folder and run again with --record" in said
    assert not out.exists()
