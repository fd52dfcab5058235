"""Plug-ins: what they are is part of a run's key, what they print is nobody's, and a broken one spoils only itself."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import TinyNetwork

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
