"""Every command that README and docs show is one that the command line takes; the cheap ones are run."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.docs.blocks import Command, commands, pages
from tests.docs.command_line import faults
from tests.docs.small_places import NAMES
from zhasyl.cli import status

ELSEWHERE = ("docs/tutorial.md", "docs/writing-a-controller.md")  # tests of their own run all of it
SHOWN = [command for page in pages() for command in commands(page)]
CHEAP = ("scenarios", "controllers", "--version", "run", "plans", "corridors", "scenario check")
LONGER = ("compare",)
NOT_OF_CROSSROADS = ("period=", "--cluster", "--gui", "round-robin", "plans=", "learned.npz", "MINE")


def runnable(verbs: Iterable[str]) -> list[tuple[str, ...]]:
    """The commands of some verbs that do not need what only one page has made."""
    found = {
        tuple("abay-seifullin" if word == "SCENARIO" else word for word in one.words)
        for one in SHOWN
        if one.whole and " ".join(one.words).startswith(tuple(verbs)) and one.place.partition(":")[0] not in ELSEWHERE
    }
    return sorted(words for words in found if _of_a_place(words) and not _asks_for_more(words))


def _of_a_place(words: tuple[str, ...]) -> bool:
    return len(words) == 1 or any(word in NAMES for word in words)


def _asks_for_more(words: tuple[str, ...]) -> bool:
    return any(part in word for word in words for part in NOT_OF_CROSSROADS)


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_the_command_line_takes_what_the_page_shows(page: Path) -> None:
    wrong = [f"{one.said}: {fault}" for one in commands(page) for fault in faults(one)]
    assert not wrong, "\n".join(wrong)


def test_there_are_commands_to_check() -> None:
    assert sum(one.whole for one in SHOWN) > 80


@pytest.mark.parametrize("words", runnable(CHEAP), ids=" ".join)
def test_cheap_commands_run(words: tuple[str, ...], places: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer = status(list(words))
    said = capsys.readouterr()
    assert answer == 0, said.err
    assert said.out.strip()


@pytest.mark.slow
@pytest.mark.parametrize("words", runnable(LONGER), ids=" ".join)
def test_comparisons_run(words: tuple[str, ...], places: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert status(list(words)) == 0, capsys.readouterr().err


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("rum abay-seifullin", "no verb 'rum abay-seifullin'"),
        ("run abay-seifullin --controler fixed", "no option --controler"),
        ("run abay-seifullin --controller fixd", "no 'fixd'"),
        ("run abay-seifullin --controller max-pressure:range=5", "max-pressure has no parameter 'range'"),
        ("run a b", "2 arguments for 1"),
        ("run", "0 arguments, but ['scenario'] are asked for"),
        ("run a --seed", "--seed lacks its value"),
        ("run a --sensor camera:metres=5", "camera has no parameter 'metres'"),
        ("store verify results --signals", ""),
        ("compare a b c --controllers fixed,max-pressure:range_m=100,interval_s=5 --json", ""),
        ("--version", ""),
    ],
)
def test_a_command_that_would_be_refused_is_found(line: str, fault: str) -> None:
    assert next(faults(Command("page", tuple(line.split()), True)), "") == fault
