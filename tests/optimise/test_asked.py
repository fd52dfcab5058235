"""The question of a search, kept in its folder."""

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from zhasyl.errors import OutputError, ScenarioError
from zhasyl.optimise.asked import QUESTION_FILE, Asked, read_asked, write_asked

ASKED = Asked(
    ("abay-corridor",), "", 300, None, "delay_s", "rain=heavy", ("cycle", "signal:J1"), "limits.toml", "greens=0.1", 1,
    "101-110", 3, "perfect", (),
)  # fmt: skip


@pytest.mark.parametrize("one", [ASKED, replace(ASKED, minutes=30.0, keep=(), limits="", front="delay_s,co2_kg")])
def test_what_is_kept_is_read(tmp_path: Path, one: Asked) -> None:
    write_asked(tmp_path / "new", one)
    assert read_asked(tmp_path / "new") == one
    assert read_asked(tmp_path / "new", ["abay-corridor"]) == one


DAMAGED = [
    b"",
    b"{",
    b"[]",
    b"null",
    b"\xff\xfe",
    b"[" * 100_000,
    json.dumps({"scenarios": ["abay-corridor"]}).encode(),
    json.dumps({**asdict(ASKED), "objective": None}).encode(),
    json.dumps({**asdict(ASKED), "budget": "300"}).encode(),
    json.dumps({**asdict(ASKED), "keep": "cycle"}).encode(),
    json.dumps({**asdict(ASKED), "scenarios": "abay-corridor"}).encode(),
]


@pytest.mark.parametrize("text", DAMAGED)
def test_a_damaged_question_is_one_line(tmp_path: Path, text: bytes) -> None:
    (tmp_path / QUESTION_FILE).write_bytes(text)
    with pytest.raises(OutputError) as told:
        read_asked(tmp_path)
    assert str(told.value) == (
        f"{tmp_path / QUESTION_FILE} holds no search to go on with; start one without --resume, or name its --out"
    )


def test_a_folder_without_a_question_and_another_scenario(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="holds no search to go on with"):
        read_asked(tmp_path / "nowhere")
    write_asked(tmp_path, ASKED)
    with pytest.raises(OutputError) as told:
        read_asked(tmp_path, ["resco:cologne3"])
    assert str(told.value).endswith("is a search for 'abay-corridor', not for 'resco:cologne3'; leave the name out")


def test_no_scenario(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="no scenario is named; give for example abay-corridor, or --resume"):
        replace(ASKED, scenarios=()).checked(tmp_path)


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(OutputError, match="choose another folder with --out"):
        write_asked(tmp_path / "file", ASKED)


def test_a_folder_is_not_taken_for_another_scenario(tmp_path: Path) -> None:
    write_asked(tmp_path, ASKED)
    write_asked(tmp_path, replace(ASKED, budget=ASKED.budget + 1))
    with pytest.raises(OutputError, match=r"holds a search for .*; name another --out"):
        write_asked(tmp_path, replace(ASKED, scenarios=("abay-seifullin",)))
    assert read_asked(tmp_path).budget == ASKED.budget + 1
