"""Plug-ins: what they are is part of a run's key, what they print is nobody's, and a broken one spoils only itself."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import TinyNetwork
from tests.process.test_workers import ended

SOURCE = """
import ctypes
import os
from pathlib import Path
from zhasyl import Controller, Parameters
from noisy.policy import STAGE

print("import")
os.write(1, b"import, C\\n")


class NoisyParameters(Parameters):
    weights: str = ""


class Noisy(Controller):
    summary = "noisy"
    parameters_type = NoisyParameters

    def __init__(self, signal, parameters):
        super().__init__(signal, parameters)
        print("made")

    def next_stage(self, observation):
        print("asked")
        os.write(1, b"asked, C\\n")
        ctypes.CDLL(None).puts(b"asked, libc")
        return STAGE
"""


@pytest.fixture
def plug_in(tmp_path: Path) -> Path:
    """A folder with an installed package that has a controller which prints, and a broken one."""
    root = tmp_path / "installed"
    (root / "noisy").mkdir(parents=True)
    (root / "noisy" / "__init__.py").write_text(SOURCE, encoding="utf-8")
    (root / "noisy" / "policy.py").write_text("STAGE = 0\n", encoding="utf-8")
    about = root / "noisy-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: noisy\nVersion: 1.0\n", encoding="utf-8")
    entries = "[zhasyl.controllers]\nnoisy = noisy:Noisy\nbroken = noisy.missing:Broken\n"
    (about / "entry_points.txt").write_text(entries, encoding="utf-8")
    return root


def zhasyl(plug_in: Path, *arguments: str) -> Any:
    """The one JSON document on standard output."""
    environment = {**os.environ, "PYTHONPATH": str(plug_in), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "zhasyl", *arguments, "--json"],
        env=environment, cwd=plug_in.parent, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_broken_plug_in_is_named_and_the_others_are_listed(plug_in: Path) -> None:
    rows = {row["name"]: row for row in zhasyl(plug_in, "controllers")}
    assert "No module named 'noisy.missing'" in rows["broken"]["error"]
    assert {"fixed", "actuated", "noisy"} <= rows.keys()
    assert [name for name, row in rows.items() if "error" in row] == ["broken"]


BROKEN = {
    "leaves": "import os; os._exit(0)",
    "exits": "import sys; sys.exit(0)",
    "interrupts": "raise KeyboardInterrupt",
    "crashes": "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)",
    "fails": "raise BaseException('at import')",
}
FAILING = """
import os, subprocess, sys
from pathlib import Path
from pydantic import field_validator
from zhasyl import Controller, Parameters


class Early(Controller):
    summary = "ends while it plans"

    @classmethod
    def for_network(cls, area, parameters):
        os._exit(0)

    def next_stage(self, observation):
        return observation.stage


class Unversioned(Early):
    version = object()


class Quits(Early):
    @classmethod
    def for_network(cls, area, parameters):
        sys.exit(0)


class Still(Early):
    for_network = Controller.for_network

    @classmethod
    def pace(cls, parameters):
        return 0.0, 0.0


class PickyParameters(Parameters):
    how: Path = Path("x")

    @field_validator("how")
    @classmethod
    def _checked(cls, how):
        if how.name == "exit":
            sys.exit(0)
        if how.name == "key":
            raise KeyError(how.name)
        return how


class Picky(Controller):
    summary = "starts a process"
    parameters_type = PickyParameters

    def __init__(self, signal, parameters):
        super().__init__(signal, parameters)
        child = subprocess.Popen([sys.executable, "-S", "-c", "import time; time.sleep(60)"])
        Path("child").write_text(str(child.pid))

    def next_stage(self, observation):
        return observation.stage


class Untyped(Early):
    parameters_type = {}


class Raises(Early):
    for_network = Controller.for_network

    def next_stage(self, observation):
        print("asked")
        raise ValueError("no stage \\x1b[31m")
"""


CLASSES = ("Early", "Quits", "Still", "Raises", "Unversioned", "Picky", "Untyped")


@pytest.fixture
def zoo(plug_in: Path) -> Path:
    """A folder with installed controllers each of which fails in another way."""
    entries = ["[zhasyl.controllers]"]
    for name, source in BROKEN.items():
        (plug_in / f"zoo_{name}.py").write_text(source, encoding="utf-8")
        entries.append(f"{name} = zoo_{name}:Any")
    (plug_in / "zoo_failing.py").write_text(FAILING, encoding="utf-8")
    entries += [f"{name.lower()} = zoo_failing:{name}" for name in CLASSES]
    (plug_in / "noisy-1.0.dist-info" / "entry_points.txt").write_text("\n".join(entries), encoding="utf-8")
    return plug_in


def refused(plug_in: Path, *arguments: str | Path) -> str:
    """The one line of a command that is refused with status 2 and says nothing else."""
    done = subprocess.run(
        [sys.executable, "-m", "zhasyl", *map(str, arguments)], env={**os.environ, "PYTHONPATH": str(plug_in)},
        cwd=plug_in.parent, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1), done.stderr
    return done.stderr


def test_a_plug_in_whose_import_ends_or_crashes_its_process_is_named_and_costs_nothing_else(zoo: Path) -> None:
    rows = {row["name"]: row for row in zhasyl(zoo, "controllers")}
    assert {name for name, row in rows.items() if "error" in row} == {*BROKEN, "unversioned", "untyped"}
    assert "version" in rows["unversioned"]["error"]
    assert "died with exit code 0" in rows["leaves"]["error"]
    assert "SIGSEGV" in rows["crashes"]["error"]
    said = refused(zoo, "compare", "abay-seifullin", "--controllers", "fixed,leaves", "--json")
    assert "controller 'leaves' cannot be loaded: the process of its import died with exit code 0" in said


@pytest.mark.parametrize(("name", "why"), [("early", "died with exit code 0"), ("quits", "SystemExit: 0")])
def test_plans_of_a_plug_in_that_leaves_are_refused(zoo: Path, tiny_network: TinyNetwork, name: str, why: str) -> None:
    said = refused(zoo, "plans", tiny_network("t-junction-left-turn"), "--controller", name)
    assert f"controller '{name}' cannot plan:" in said
    assert why in said


def test_a_plug_in_at_whose_pace_no_time_passes_loses_its_signal(zoo: Path, tiny_network: TinyNetwork) -> None:
    scenario = str(tiny_network("t-junction-left-turn"))
    record = zhasyl(zoo, "run", scenario, "--controller", "still", "--allow-faults")
    assert [fault["reason"] for fault in record["faults"]] == [
        "ValueError: pace answered (0.0, 0.0); answer an interval above 0 s and a clearing time of 0 s or more"
    ]


def test_a_plug_in_whose_parameters_fail_is_refused_in_one_line(zoo: Path, tiny_network: TinyNetwork) -> None:
    scenario = tiny_network("t-junction-left-turn")
    for how, why in (("exit", "SystemExit: 0"), ("key", "KeyError: 'key'")):
        said = refused(zoo, "run", scenario, "--controller", f"picky:how={how}")
        assert f"controller 'picky': its parameters cannot be checked: {why}; fix its code" in said
    assert "no pydantic model" in refused(zoo, "compare", scenario, "--controllers", "fixed,untyped")


def test_what_a_plug_in_has_started_ends_with_its_run(zoo: Path, tiny_network: TinyNetwork) -> None:
    scenario = str(tiny_network("t-junction-left-turn"))
    record = zhasyl(zoo, "run", scenario, "--controller", "picky:how=well")
    assert (record["status"], record["faults"], record["parameters"]) == ("done", [], {"how": "well"})
    assert ended(zoo.parent / "child")


def test_a_broken_plug_in_in_a_comparison_is_said_first_and_is_one_document(
    zoo: Path, tiny_network: TinyNetwork
) -> None:
    arguments = ["compare", str(tiny_network("t-junction-left-turn")), "--controllers", "fixed,raises,early",
                 "--seeds", "1", "--jobs", "2", "--out", "compared"]  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "zhasyl", *arguments, "--json"], env={**os.environ, "PYTHONPATH": str(zoo)},
        cwd=zoo.parent, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 3
    runs = {one["controller"]: one for one in json.loads(done.stdout)["runs"]}
    assert [runs[name]["status"] for name in ("fixed", "raises", "early")] == ["done", "done", "failed"]
    assert "exit code 0" in runs["early"]["reason"]
    assert "raises failed at its signal from 00:00" in done.stderr
    assert "\x1b" not in done.stderr
    page = (zoo.parent / "compared" / "report.html").read_text(encoding="utf-8")
    assert page.index("raises failed at its signal") < page.index("<h2")


def test_a_run_is_known_by_the_plug_in_s_code_and_the_files_it_is_given(
    plug_in: Path, tiny_network: TinyNetwork
) -> None:
    scenario, weights = str(tiny_network("t-junction-left-turn")), plug_in.parent / "weights.bin"
    weights.write_bytes(b"1")

    def ran() -> dict[str, Any]:
        record: dict[str, Any] = zhasyl(plug_in, "run", scenario, "--controller", "noisy:weights=weights.bin")
        return record

    first = ran()
    assert first["faults"] == []
    assert first["plug_ins"]["noisy"]["version"] == "1.0"
    again = ran()
    assert (again["key"], again["started_at"], again["wall_s"]) == (first["key"], first["started_at"], first["wall_s"])
    weights.write_bytes(b"2")
    assert ran()["key"] != first["key"]
    weights.write_bytes(b"1")
    assert ran()["key"] == first["key"]
    (plug_in / "noisy" / "policy.py").write_text("STAGE = 0 * 1\n", encoding="utf-8")
    assert ran()["key"] != first["key"]


def test_a_wrapped_plug_in_prints_in_workers_and_is_known_as_well(plug_in: Path, tiny_network: TinyNetwork) -> None:
    scenario = str(tiny_network("t-junction-left-turn"))
    options = ("--controllers", "transit-priority:of=noisy,fixed", "--seeds", "1", "--jobs", "1")
    found = zhasyl(plug_in, "compare", scenario, *options)
    wrapped, fixed = sorted(found["runs"], key=lambda run: run["controller"] == "fixed")
    assert wrapped["plug_ins"].keys() == {"noisy"}
    assert wrapped["build"] == fixed["build"]
    assert "plug_ins" not in fixed
