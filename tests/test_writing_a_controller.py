"""docs/writing-a-controller.md is run as it stands, on small networks: its files are installed, its commands run."""

import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.arterial import arterial
from tests.conftest import TinyNetwork
from tests.test_tutorial import ROOT, steps
from zhasyl.runs.store import RunRecord, load_records

PAGE = (ROOT / "docs" / "writing-a-controller.md").read_text("utf-8")
FILES = {step.name: step.text for step in steps(PAGE) if step.name}
SPACINGS_M = (150, 200, 150)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the page's files, known as `pip install -e .` makes them."""
    folder = tmp_path_factory.mktemp("page")
    for name, text in FILES.items():
        (folder / name).write_text(text, "utf-8")
    project = tomllib.loads(FILES["pyproject.toml"])["project"]
    about = folder / "my_controllers-1.0.dist-info"
    about.mkdir()
    lines = ["Metadata-Version: 2.1", f"Name: {project['name']}", f"Version: {project['version']}"]
    lines += [f"Requires-Dist: {one}" for one in project["dependencies"]]
    (about / "METADATA").write_text("\n".join([*lines, ""]), "utf-8")
    named = project["entry-points"]["zhasyl.controllers"]
    entries = ["[zhasyl.controllers]", *(f"{name} = {value}" for name, value in named.items())]
    (about / "entry_points.txt").write_text("\n".join(entries), "utf-8")
    return folder


@pytest.fixture(scope="module")
def scenarios(tiny_network: TinyNetwork, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What stands for the page's SCENARIO and ARTERIAL."""
    row = arterial(tmp_path_factory.mktemp("arterial") / "road", SPACINGS_M)
    return {"SCENARIO": str(tiny_network("t-junction-left-turn")), "ARTERIAL": str(row)}


def ran(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": f"{folder}{os.pathsep}{ROOT}", "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def records(folder: Path, out: str) -> dict[str, RunRecord]:
    return {record["label"]: record for record in load_records(folder / out)}


def test_the_commands_of_the_page_run_and_nothing_fails(installed: Path, scenarios: dict[str, str]) -> None:
    commands = [step.text for step in steps(PAGE) if not step.name]
    assert len(commands) == 3
    for text in commands:
        program, *arguments = [scenarios.get(part, part) for part in shlex.split(text)]
        done = ran(installed, "-m", program, *arguments)
        assert done.returncode == 0, f"{text}\n{done.stderr}"
    found = records(installed, "results")
    assert found.keys() == {
        "oldest-first:bus_veh=5,interval_s=4",
        "transit-priority:of=oldest-first",
        "shared-pressure",
    }
    assert [record["faults"] for record in found.values()] == [[]] * 3
    about = found["transit-priority:of=oldest-first"]["plug_ins"]["oldest-first"]
    assert about["requires"].keys() == {"numpy"}
    says = found["shared-pressure"]["controller_says"]
    assert {name: said["next"] for name, said in says.items()} == {"s1": ["s2"], "s2": ["s1"]}
    assert all(said["most_pressure_veh"] > 0 for said in says.values())


def test_the_script_of_the_page_compares_a_class_that_is_not_installed(
    installed: Path, scenarios: dict[str, str]
) -> None:
    (script,) = re.findall(r"^```python\n(import zhasyl\n.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    given = script.replace("SCENARIO", scenarios["SCENARIO"]).replace('"1-2"', '"1"').replace('"actuated", ', "")
    (installed / "script.py").write_text(given.replace('"results"', '"compared"'), "utf-8")
    done = ran(installed, "script.py")
    assert (done.returncode, done.stdout.splitlines()[-1:]) == (0, ["[]"]), done.stderr
    assert records(installed, "compared").keys() == {"fixed", "oldest-first:bus_veh=5"}


@pytest.mark.parametrize("verb", [("run",), ("compare", "--controllers", "fixed,oldest-first", "--seeds", "1")])
def test_a_sensor_that_cannot_see_what_it_needs_ends_the_command_in_one_line(
    installed: Path, scenarios: dict[str, str], verb: tuple[str, ...]
) -> None:
    named = () if "--controllers" in verb else ("--controller", "oldest-first")
    arguments = (verb[0], scenarios["SCENARIO"], *verb[1:], *named, "--sensor", "loops", "--out", "loops")
    done = ran(installed, "-m", "zhasyl", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "zhasyl: sensor 'loops' cannot say which class a vehicle has, which controller 'oldest-first' needs "
        "('vehicle_class'); choose --sensor camera or perfect, or another controller\n"
    )
    assert load_records(installed / "loops") == []
