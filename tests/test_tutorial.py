"""docs/tutorial.md is run as it stands: its files written, its commands run in order, its printed lines compared."""

import csv
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TUTORIAL = ROOT / "docs" / "tutorial.md"
BLOCK = re.compile(
    r"(?:Save as `(?P<name>[\w.-]+)`:\n\n)?^```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
LEFT_OUT = "[...]"
COLUMNS = "100"  # of the terminal whose tables the tutorial shows


@dataclass(frozen=True)
class Step:
    """A file to save (`name`), or a command with what it prints."""

    text: str
    name: str = ""
    printed: tuple[str, ...] = ()


def steps(markdown: str) -> Iterator[Step]:
    """What a reader does, in order: the files under 'Save as' and the commands after a $."""
    for block in BLOCK.finditer(markdown):
        if block["name"]:
            yield Step(block["text"], block["name"])
        elif block["kind"] == "console":
            for part in re.split(r"^\$ ", block["text"], flags=re.MULTILINE)[1:]:
                command, *printed = part.splitlines()
                yield Step(command, printed=tuple(printed))


def agree(shown: tuple[str, ...], printed: str) -> str:
    """The first shown line that is not printed where it stands, '' if all are; only [...] may skip lines."""
    lines = [" ".join(line.split()) for line in printed.splitlines() if line.strip()]
    position, may_skip = 0, False
    for line in (" ".join(line.split()) for line in shown if line.strip()):
        if line == LEFT_OUT:
            may_skip = True
            continue
        found = lines[position:].index(line) if line in lines[position:] else -1
        if found < 0 or (found > 0 and not may_skip):
            return line
        position, may_skip = position + found + 1, False
    return "" if may_skip or position == len(lines) else f"(end; printed is also: {lines[position]})"


@pytest.mark.slow  # 35 runs
def test_the_tutorial_runs_as_it_stands(tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": COLUMNS, "PYTHONIOENCODING": "utf-8"}
    done = list(steps(TUTORIAL.read_text("utf-8")))
    for step in done:
        if step.name:
            (tmp_path / step.name).write_text(step.text, "utf-8")
            continue
        program, *arguments = shlex.split(step.text)
        assert program == "zhasyl", step.text
        command = [sys.executable, "-m", "zhasyl", *arguments]
        ran = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, encoding="utf-8", check=False)
        assert ran.returncode == 0, f"{step.text}\n{ran.stderr}"
        assert agree(step.printed, ran.stdout) == "", f"{step.text}\n{ran.stdout}"
    for text in re.findall(r"`(\S+/\S+\.(?:csv|html|sumocfg))`", TUTORIAL.read_text("utf-8")):
        assert (tmp_path / text).is_file(), f"the tutorial speaks of {text}, which is not there"
    assert [step.name for step in done if step.name] == ["approaches.csv", "evening.csv", "today.csv"]
    assert sum(not step.name for step in done) >= 5


def test_the_volumes_of_the_junction_are_the_sums_of_its_counts() -> None:
    files = {step.name: list(csv.DictReader(step.text.splitlines())) for step in steps(TUTORIAL.read_text("utf-8"))}
    for arm in files["approaches.csv"]:
        for movement in ("left", "straight", "right"):
            column = arm["approach"] + {"left": "L", "straight": "T", "right": "R"}[movement]
            assert int(arm[f"{movement}_vph"]) == sum(int(row[column]) for row in files["evening.csv"])


@pytest.mark.parametrize(
    ("shown", "printed", "missed"),
    [
        ((), "", ""),
        (("a  b",), "\n a b \n", ""),
        (("a",), "a\nb", "(end; printed is also: b)"),
        (("a", "[...]"), "a\nb", ""),
        (("[...]", "b"), "a\nb", ""),
        (("b",), "a\nb", "b"),
        (("b", "[...]", "a"), "a\nb\nc", "b"),
        (("[...]", "b", "a"), "a\nb", "a"),
        (("a 2",), "a 1", "a 2"),
    ],
)
def test_shown_lines_must_be_printed_in_their_order(shown: tuple[str, ...], printed: str, missed: str) -> None:
    assert agree(shown, printed) == missed
