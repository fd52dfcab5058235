"""The question of a search, kept in its folder."""

import json
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from zhasyl.errors import OutputError, ScenarioError, SimulationError
from zhasyl.optimise.asked import QUESTION_FILE, Asked, Question, asking, check_unchanged, read_asked

ASKED = Asked(
    ("abay-corridor",), "", 300, None, "delay_s", "rain=heavy", ("cycle", "signal:J1"), "", "greens=0.1", 1,
    "101-110", 3, "perfect", (),
)  # fmt: skip


def question(content: str = "content") -> Question:
    """All that is asked of a question here: what its scenario is made of."""
    return cast(Question, SimpleNamespace(scenario=SimpleNamespace(content=content)))


def keep(out: Path, asked: Asked) -> None:
    with asking(out, asked, question()):
        pass


@pytest.mark.parametrize("one", [ASKED, replace(ASKED, minutes=30.0, keep=(), front="delay_s,co2_kg")])
def test_what_is_kept_is_read(tmp_path: Path, one: Asked) -> None:
    keep(tmp_path / "new", one)
    kept = replace(one, digests=("content",))
    assert read_asked(tmp_path / "new") == kept
    assert read_asked(tmp_path / "new", ["abay-corridor"]) == kept


def test_what_has_changed_is_not_gone_on_with(tmp_path: Path) -> None:
    limits = tmp_path / "limits.toml"
    limits.write_text("[limits]", encoding="utf-8")
    keep(tmp_path, replace(ASKED, limits=str(limits)))
    asked = read_asked(tmp_path)
    check_unchanged(tmp_path, asked, question())
    with pytest.raises(OutputError, match=r"abay-corridor has changed since the search in .* began, so --resume would"):
        check_unchanged(tmp_path, asked, question("another"))
    limits.write_text("[limits] ", encoding="utf-8")
    with pytest.raises(OutputError, match=r"limits\.toml has changed since the search"):
        check_unchanged(tmp_path, asked, question())
    check_unchanged(tmp_path, replace(asked, digests=()), question())  # kept by a version before


def test_a_question_that_was_amiss_takes_no_place(tmp_path: Path) -> None:
    def ask(objective: str, error: Exception) -> None:
        with asking(tmp_path, replace(ASKED, objective=objective), question()):
            raise error

    with pytest.raises(ScenarioError):
        ask("walker_delay_s", ScenarioError("nobody walks"))
    assert not (tmp_path / QUESTION_FILE).exists()
    keep(tmp_path, ASKED)
    with pytest.raises(ScenarioError):
        ask("walker_delay_s", ScenarioError("nobody walks"))
    assert read_asked(tmp_path).objective == ASKED.objective
    with pytest.raises(SimulationError):
        ask("stops", SimulationError("the cluster stopped"))
    assert read_asked(tmp_path).objective == "stops"


def test_a_folder_has_one_search_at_a_time(tmp_path: Path) -> None:
    code = f"import fcntl, os; fcntl.flock(os.open({str(tmp_path)!r}, os.O_RDONLY), fcntl.LOCK_EX | fcntl.LOCK_NB)"
    with asking(tmp_path, ASKED, question()):
        assert "BlockingIOError" in subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stderr
        with pytest.raises(OutputError, match=r"another search is writing to .*; wait for it, or name another --out"):
            keep(tmp_path, ASKED)
    keep(tmp_path, ASKED)


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
    keep(tmp_path, ASKED)
    with pytest.raises(OutputError) as told:
        read_asked(tmp_path, ["resco:cologne3"])
    assert str(told.value).endswith("is a search for 'abay-corridor', not for 'resco:cologne3'; leave the name out")


def test_no_scenario(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="no scenario is named; give for example abay-corridor, or --resume"):
        replace(ASKED, scenarios=()).checked(tmp_path)


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(OutputError, match="choose another folder with --out"):
        keep(tmp_path / "file", ASKED)


def test_a_folder_is_not_taken_for_another_scenario(tmp_path: Path) -> None:
    (tmp_path / QUESTION_FILE).write_text("no question", encoding="utf-8")
    keep(tmp_path, ASKED)
    keep(tmp_path, replace(ASKED, budget=ASKED.budget + 1))
    with pytest.raises(OutputError, match=r"holds a search for .*; name another --out"):
        keep(tmp_path, replace(ASKED, scenarios=("abay-seifullin",)))
    assert read_asked(tmp_path).budget == ASKED.budget + 1
