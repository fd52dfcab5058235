"""Tiny hand-made networks, built once a session, runs on them, and the option that rewrites golden records."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from shutil import copytree

import pytest
from hypothesis import settings

from zhasyl.controllers import controller_names, parse_controller
from zhasyl.process.workers import preload
from zhasyl.runs.simulate import run
from zhasyl.runs.store import RunRecord
from zhasyl.sumo.home import sumo_binary, sumo_environment

settings.register_profile("no-timing", deadline=None)  # a busy machine is no failure
settings.load_profile("no-timing")

NETWORKS = Path(__file__).resolve().parent / "networks"
PLAIN_FILES = {
    "nod": "--node-files",
    "edg": "--edge-files",
    "con": "--connection-files",
    "tll": "--tllogic-files",
}

TINY_NETWORKS = ("crossroads-shared-lanes", "crossroads-with-crossings", "t-junction-left-turn")
TinyNetwork = Callable[[str], Path]
TinyRun = Callable[[str, str], RunRecord]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--regenerate-golden",
        action="store_true",
        help="rewrite the golden records from the present results; the tests that did so fail",
    )


def build_network(folder: Path, *more: str) -> Path:
    """Build the net of a folder of SUMO plain XML files with netconvert; answers its .sumocfg."""
    name = folder.name
    options = ["--output-file", str(folder / f"{name}.net.xml"), *more]
    for kind, option in PLAIN_FILES.items():
        path = folder / f"{name}.{kind}.xml"
        if path.is_file():
            options += [option, str(path)]
    subprocess.run(
        [sumo_binary("netconvert"), *options], env=sumo_environment(), check=True, capture_output=True, text=True
    )
    return folder / f"{name}.sumocfg"


@pytest.fixture(scope="session", autouse=True)
def _preloaded() -> None:
    """The server that a session's runs are forked from starts with the first of them, and serves all controllers."""
    for name in controller_names():
        if name != "policy":
            spec = parse_controller(name)
            preload(spec.cls.preloads(spec.parameters))


@pytest.fixture(scope="session")
def tiny_network(tmp_path_factory: pytest.TempPathFactory) -> TinyNetwork:
    """Name of a folder in tests/networks → the .sumocfg beside its built net."""
    root = tmp_path_factory.mktemp("networks")

    def built(name: str) -> Path:
        folder = root / name
        if not folder.exists():
            copytree(NETWORKS / name, folder)
            build_network(folder)
        return folder / f"{name}.sumocfg"

    return built


@pytest.fixture(scope="session")
def tiny_run(tiny_network: TinyNetwork, tmp_path_factory: pytest.TempPathFactory) -> TinyRun:
    """(tiny network, controller) → its record with seed 1, simulated once a session."""
    out = tmp_path_factory.mktemp("runs")
    return lambda name, controller: run(str(tiny_network(name)), controller, seed=1, out=out)


@pytest.fixture(scope="session")
def recorded_out(tiny_network: TinyNetwork, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two recorded runs of crossroads with walkers, of `fixed` and `max-pressure`; not to be changed."""
    out = tmp_path_factory.mktemp("recorded")
    for controller in ("fixed", "max-pressure"):
        run(str(tiny_network("crossroads-with-crossings")), controller, seed=1, out=out, record=True)
    return out
