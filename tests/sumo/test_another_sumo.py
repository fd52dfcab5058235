"""Another SUMO than the one that was installed with zhasyl: which there is, which is used, and what is refused."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import TinyNetwork, TinyRun
from zhasyl.controllers import parse_controller
from zhasyl.errors import OutputError, ScenarioError
from zhasyl.reports.results import refuse_two_sumos
from zhasyl.runs.spec import RunSpec
from zhasyl.runs.store import RunRecord
from zhasyl.scenarios import load_scenario
from zhasyl.sumo import home, programs

NETWORK = "crossroads-shared-lanes"


@pytest.fixture
def fresh() -> Iterator[None]:
    """What is known of this process's SUMO is forgotten before and after."""
    found = (home.sumo_home, programs.sumo_version, programs.simulating_version)
    for one in found:
        one.cache_clear()
    yield
    for one in found:
        one.cache_clear()


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """An installation elsewhere: the wheel's own SUMO, by another path."""
    folder = tmp_path / "installed"
    folder.symlink_to(home.sumo_home())
    return folder


def zhasyl(*arguments: str, sumo: Path, cwd: Path) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, home.CHOSEN: str(sumo)}
    command = [sys.executable, "-m", "zhasyl", *arguments]
    return subprocess.run(command, env=environment, cwd=cwd, capture_output=True, text=True, check=False)


def test_an_installation_that_is_asked_for_simulates_and_is_in_the_record(
    installed: Path, tiny_network: TinyNetwork, tiny_run: TinyRun, tmp_path: Path
) -> None:
    done = zhasyl("run", str(tiny_network(NETWORK)), "--controller", "actuated", "--json", sumo=installed, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    record, ours = json.loads(done.stdout), tiny_run(NETWORK, "actuated")
    assert record["versions"]["sumo"] == ours["versions"]["sumo"] == programs.sumo_version()
    assert record["delay_s"] == ours["delay_s"]


def test_the_version_of_an_installation_is_part_of_the_key(
    installed: Path, tiny_network: TinyNetwork, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fresh: None
) -> None:
    scenario = load_scenario(str(tiny_network(NETWORK)))
    monkeypatch.setenv(home.CHOSEN, str(installed))
    monkeypatch.setattr(programs, "run_program", lambda *_: "Eclipse SUMO netconvert v1_29_0+0123-abc\n Build features")
    assert RunSpec(scenario, parse_controller("fixed"), 1, tmp_path).origin["versions"]["sumo"] == "1.29.0+0123-abc"


@pytest.mark.parametrize(
    ("said", "version"),
    [
        ("Eclipse SUMO netconvert 1.28.0\n Build features: ... Eclipse Public License Version 2.0", "1.28.0"),
        ("Eclipse SUMO netconvert Version 1.25.0\n", "1.25.0"),
        ("Eclipse SUMO netconvert v1_27_0-0123abc", "1.27.0-0123abc"),
        ("nothing of the kind", "unknown"),
    ],
)
def test_programs_say_their_version(said: str, version: str, monkeypatch: pytest.MonkeyPatch, fresh: None) -> None:
    monkeypatch.setattr(programs, "run_program", lambda *_: said)
    assert programs.sumo_version() == version


def test_a_folder_without_sumo_is_refused_in_one_line(tmp_path: Path) -> None:
    done = zhasyl("run", "abay-seifullin", sumo=tmp_path, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        f"zhasyl: ZHASYL_SUMO={tmp_path} holds no bin/sumo; give the folder of a SUMO, or unset ZHASYL_SUMO"
    ]


@pytest.mark.parametrize("version", ["1.15.0", "1.22.0", "0.32"])
def test_a_sumo_too_old_is_refused(version: str) -> None:
    with pytest.raises(ScenarioError, match=rf"SUMO {version} is too old: .*pip install"):
        home.check_version(version)


@pytest.mark.parametrize("version", ["1.25.0", "1.28.0", "1.30.0+5-abc", "2.0", "unknown", ""])
def test_another_sumo_is_let_through(version: str) -> None:
    home.check_version(version)


def test_wheels_of_two_versions_are_refused(monkeypatch: pytest.MonkeyPatch, fresh: None) -> None:
    monkeypatch.setattr(home, "_installed", {"eclipse-sumo": "1.28.0", "libsumo": "1.27.1"}.__getitem__)
    with pytest.raises(ScenarioError, match=r"eclipse-sumo 1\.28\.0 and libsumo 1\.27\.1 are two SUMOs"):
        home.sumo_home()


def test_controllers_are_not_compared_under_two_sumos(tmp_path: Path) -> None:
    def runs(*versions: str) -> list[RunRecord]:
        return [RunRecord({"versions": {"sumo": version}}, tmp_path) for version in versions]

    refuse_two_sumos(tmp_path, runs("1.28.0", "1.28.0"))
    with pytest.raises(OutputError, match=r"has runs of SUMO 1\.26\.0 and 1\.28\.0; .*--out"):
        refuse_two_sumos(tmp_path, runs("1.28.0", "1.26.0"))
