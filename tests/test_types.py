"""Types are seen by mypy and pyright where zhasyl is installed as the README says, from another folder."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import zhasyl
from zhasyl import Controller, Observation


class Mine(Controller):
    summary = "mine"

    def next_stage(self, observation: Observation) -> int:
        return observation.stage


delay: float = zhasyl.run("abay-seifullin", "fixed", seed=1)["delay_s"]
verdicts: list[str] = [one.verdict for one in zhasyl.compare("abay-seifullin").comparisons]
signal: str = zhasyl.load_scenario("abay-seifullin").network().path.name
"""
WRONG = "\nseconds: str = zhasyl.load_scenario('abay-seifullin').begin_s\n"


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "script.py"
    path.write_text(SCRIPT, encoding="utf-8")
    return path


def checked(script: Path, *command: str) -> str:
    """What the checker says of the script, and of the same with a wrong line, which it has to find."""
    sound = ran(script, *command)
    assert sound.returncode == 0, sound.stdout
    script.write_text(SCRIPT + WRONG, encoding="utf-8")
    return ran(script, *command).stdout


def ran(script: Path, *command: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([*command, script.name], cwd=script.parent, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_mypy_sees_the_types_of_an_editable_install(script: Path) -> None:
    assert 'has type "float", variable has type "str"' in checked(script, sys.executable, "-m", "mypy", "--strict")


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("npx") is None, reason="pyright comes by npm, which is not here")
def test_pyright_sees_the_types_of_an_editable_install(script: Path) -> None:
    said = checked(script, "npx", "--yes", "pyright", "--pythonpath", sys.executable)
    assert '"float" is not assignable to "str"' in said
