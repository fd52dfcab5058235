"""Networks that plans are given for."""

import pytest

from tests.scenarios.plans.given import TinyNetwork
from zhasyl.scenarios import load_scenario
from zhasyl.scenarios.model import Scenario
from zhasyl.scenarios.plans.link_names import SignalWords
from zhasyl.sumo.net_file import read_network
from zhasyl.sumo.programs import run_program


@pytest.fixture(scope="session")
def t_junction(tiny_network: TinyNetwork) -> Scenario:
    return load_scenario(str(tiny_network("t-junction-left-turn")))


@pytest.fixture(scope="session")
def crossroads(tiny_network: TinyNetwork) -> Scenario:
    return load_scenario(str(tiny_network("crossroads-with-crossings")))


@pytest.fixture(scope="session")
def crossroads_words(crossroads: Scenario) -> SignalWords:
    return SignalWords(read_network(crossroads.net_file), "centre")


@pytest.fixture(scope="session")
def grid(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    """A network nobody drew by hand: nine signals as netgenerate makes them, with walks too short for the crossings."""
    folder = tmp_path_factory.mktemp("grid")
    run_program("netgenerate", {
        "grid": "true", "grid.number": 3, "grid.attach-length": 100, "default.lanenumber": 2, "seed": 3,
        "default-junction-type": "traffic_light", "sidewalks.guess": "true", "sidewalks.guess.min-speed": 1,
        "crossings.guess": "true", "output-file": folder / "grid.net.xml",
    })  # fmt: skip
    (folder / "grid.rou.xml").write_text('<routes><trip id="t" depart="0" from="left0A0" to="A2top0"/></routes>')
    (folder / "grid.sumocfg").write_text(
        '<configuration><net-file value="grid.net.xml"/><route-files value="grid.rou.xml"/><end value="60"/>'
        "</configuration>"
    )
    return load_scenario(str(folder / "grid.sumocfg"))
