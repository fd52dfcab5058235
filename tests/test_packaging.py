"""What a stranger installs: the wheel in a bare environment outside the checkout, and a plug-in of their own."""

import json
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.conftest import TinyNetwork
from tests.docs.blocks import blocks

ROOT = Path(__file__).resolve().parent.parent
PLUG_IN = next(block.text for block in blocks(ROOT / "README.md") if "class RoundRobin" in block.text)
PLUG_IN_PROJECT = """
[build-system]
requires = ["setuptools>=77"]
build-backend = "setuptools.build_meta"
[project]
name = "round-robin"
version = "1.0"
[project.entry-points."zhasyl.controllers"]
round-robin = "round_robin:RoundRobin"
[tool.setuptools]
py-modules = ["round_robin"]
"""


def run(*command: str | Path, cwd: Path, **environment: str) -> str:
    outside = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "PYTHONHOME")}
    done = subprocess.run(
        list(map(str, command)), cwd=cwd, env={**outside, **environment}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


@pytest.fixture(scope="module")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Wheel and sdist, built from a copy of what git tracks."""
    source, dist = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("dist")
    for name in run("git", "ls-files", cwd=ROOT).splitlines():
        if (ROOT / name).is_file() or (ROOT / name).is_symlink():
            target = source / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target, follow_symlinks=False)
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", dist, source, cwd=dist)
    return dist


def sources(*suffixes: str) -> set[str]:
    """Tracked files of the package folders as they lie below `zhasyl` once installed."""
    names = run("git", "ls-files", "zhasyl", "scenarios", "controllers", "optimise", "reports", cwd=ROOT).splitlines()
    wanted = {name for name in names if name.endswith(suffixes)}
    return {name if name.startswith("zhasyl/") else f"zhasyl/{name}" for name in wanted}


@pytest.mark.slow
def test_wheel_and_sdist_carry_all_packages_and_scenario_data(distributions: Path) -> None:
    expected = sources(".py", ".toml", ".csv", ".html", ".po", "py.typed")
    pages = {f"zhasyl/{name}" for name in run("git", "ls-files", "docs", cwd=ROOT).splitlines()}
    with zipfile.ZipFile(next(distributions.glob("*.whl"))) as wheel:
        assert expected | pages <= set(wheel.namelist())
    with tarfile.open(next(distributions.glob("*.tar.gz"))) as archive:
        inside = {name.split("/", 1)[1] for name in archive.getnames() if "/" in name}
    assert {name for name in expected if name not in inside and name.removeprefix("zhasyl/") not in inside} == set()


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler here: the wheel comes without the extension")
def test_the_wheel_brings_what_is_compiled_ahead(distributions: Path) -> None:
    with zipfile.ZipFile(next(distributions.glob("*.whl"))) as wheel:
        assert any(name.startswith("zhasyl/controllers/parts/_rollout.") for name in wheel.namelist())


@pytest.mark.slow  # it downloads all that the wheel needs
def test_the_wheel_runs_a_scenario_in_a_bare_environment(distributions: Path, tmp_path: Path) -> None:
    run(sys.executable, "-m", "venv", tmp_path / "bare", cwd=tmp_path)
    python = tmp_path / "bare" / "bin" / "python"
    wheel = next(distributions.glob("*.whl"))
    run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wheel, cwd=tmp_path)
    out = run(tmp_path / "bare" / "bin" / "zhasyl", "run", "abay-seifullin", "--controller", "max-pressure",
              "--json", "--out", tmp_path / "results", cwd=tmp_path, ZHASYL_CACHE=str(tmp_path / "cache"))  # fmt: skip
    record = json.loads(out)
    assert record["status"] == "done"
    assert record["loaded_veh"] > 1000


def test_an_installed_plug_in_is_found_and_runs(tiny_network: TinyNetwork, tmp_path: Path) -> None:
    plug_in, site = tmp_path / "plug-in", tmp_path / "site"
    plug_in.mkdir()
    (plug_in / "round_robin.py").write_text(PLUG_IN, encoding="utf-8")
    (plug_in / "pyproject.toml").write_text(PLUG_IN_PROJECT, encoding="utf-8")
    run(sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps",
        "--no-build-isolation", "--target", site, plug_in, cwd=tmp_path)  # fmt: skip
    path = os.pathsep.join((str(site), str(ROOT)))
    town = tiny_network("t-junction-left-turn")
    out = run(sys.executable, "-m", "zhasyl", "compare", town, "--controllers", "fixed,round-robin", "--seeds", "1",
              "--jobs", "2", "--json", "--out", "results", cwd=tmp_path, PYTHONPATH=path)  # fmt: skip
    runs = json.loads(out)["runs"]
    assert [record["controller"] for record in runs] == ["fixed", "round-robin"]
    assert runs[1]["faults"] == []
