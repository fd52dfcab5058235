"""Crossings on the way of walks, against the ways that SUMO's pedestrians take."""

import subprocess
from collections import defaultdict
from itertools import product
from pathlib import Path

import pytest

from tests.conftest import TinyNetwork
from zhasyl.network import Network
from zhasyl.scenarios.demand.crossings import Ways, crossing_volumes_per_h
from zhasyl.scenarios.demand.volumes import Walk
from zhasyl.sumo.home import sumo_binary, sumo_environment
from zhasyl.sumo.net_file import read_network
from zhasyl.sumo.xml_files import top_elements

ROADS = [f"{arm}-{way}" for arm in ("north", "east", "south", "west") for way in ("in", "out")]
POSITIONS = (240.0, 10.0)  # near the junction at the end of a way in, and at the beginning of a way out


def near_the_centre(road: str) -> float:
    return POSITIONS[road.endswith("out")]


WALKS = [Walk((a, b), near_the_centre(a), near_the_centre(b)) for a, b in product(ROADS, ROADS) if a != b]


@pytest.fixture(scope="module")
def network(tiny_network: TinyNetwork) -> Network:
    return read_network(tiny_network("crossroads-with-crossings").with_suffix(".net.xml"))


@pytest.fixture(scope="module")
def walked(network: Network, tmp_path_factory: pytest.TempPathFactory) -> dict[int, list[str]]:
    """Number of the walk → the crossings its person passed in SUMO; no signal stops anybody."""
    folder = tmp_path_factory.mktemp("walks")
    persons = (
        f'<person id="{n}" depart="{n}" departPos="{w.depart_m}">'
        f'<walk edges="{" ".join(w.edges)}" arrivalPos="{w.arrival_m}"/></person>'
        for n, w in enumerate(WALKS)
    )
    (folder / "walks.rou.xml").write_text(f"<routes>{''.join(persons)}</routes>", encoding="utf-8")
    programme = (
        '<additional><tlLogic id="centre" type="static" programID="open" offset="0"><phase duration="9" state="{}"/>'
    )
    links = len(network.programmes["centre"].phases[0].state)
    (folder / "open.add.xml").write_text(programme.format("G" * links) + "</tlLogic></additional>", encoding="utf-8")
    fcd = folder / "fcd.xml"
    options = ("-n", network.path, "-r", folder / "walks.rou.xml", "-a", folder / "open.add.xml", "--fcd-output", fcd)
    command = [str(sumo_binary("sumo")), *(str(option) for option in options), "--no-step-log", "--no-warnings"]
    done = subprocess.run(command, env=sumo_environment(), check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return _passed(fcd)


def _passed(fcd: Path) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for step in top_elements(fcd):
        for person in step.iter("person"):
            edge, seen = person.get("edge", ""), found[int(person.get("id", ""))]
            if "_c" in edge and edge not in seen:
                seen.append(edge)
    return found


def test_the_ways_are_sumos(network: Network, walked: dict[int, list[str]]) -> None:
    ways = Ways(network)
    found = [list(ways.crossings(walk)) for walk in WALKS]
    assert {len(crossed) for crossed in found} == {0, 1, 2}
    assert [len(crossed) for crossed in found] == [len(walked[n]) for n in range(len(WALKS))]
    single = [n for n, crossed in enumerate(found) if len(crossed) == 1]
    assert [found[n] for n in single] == [walked[n] for n in single]


def test_a_walk_between_the_halves_of_a_road_takes_the_nearer_end(network: Network) -> None:
    """At the far end there is no crossing, at the junction one."""
    ways = Ways(network)
    assert ways.crossings(Walk(("west-in", "west-out"), 240, 10)) == ways.crossings(
        Walk(("west-out", "west-in"), 10, 240)
    )
    assert len(ways.crossings(Walk(("west-in", "west-out"), 240, 10))) == 1
    assert ways.crossings(Walk(("west-in", "west-out"), 5, 245)) == ()


def test_volumes_add_up_over_walks_in_both_directions(network: Network) -> None:
    there, back = Walk(("west-in", "west-out"), 240, 10), Walk(("west-out", "west-in"), 10, 240)
    (found,) = crossing_volumes_per_h(network, {there: 30.0, back: 12.0}).values()
    assert found == 42.0


@pytest.mark.parametrize(
    "walk", [Walk(()), Walk(("west-in",)), Walk(("nowhere", "west-in")), Walk(("west-in", "nowhere"))]
)
def test_a_walk_that_passes_no_junction_crosses_nothing(network: Network, walk: Walk) -> None:
    assert crossing_volumes_per_h(network, {walk: 10.0}) == {}
