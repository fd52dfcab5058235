"""Crossings on the way of walks, against the ways that SUMO's pedestrians take."""

import subprocess
from collections import defaultdict
from itertools import product
from pathlib import Path

import pytest

from tests.conftest import TinyNetwork
from zhasyl.derive import derive_signals
from zhasyl.network import Network
from zhasyl.scenarios.demand.by_signal import signal_demands
from zhasyl.scenarios.demand.crossings import Ways, crossing_volumes
from zhasyl.scenarios.demand.volumes import Volumes, Walk
from zhasyl.signals import SignalTiming
from zhasyl.sumo.home import sumo_binary, sumo_environment
from zhasyl.sumo.net_file import read_network
from zhasyl.sumo.xml_files import top_elements
from zhasyl.walks import WALKING_MPS

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
    found = crossing_volumes(network, {there: 30.0, back: 12.0})
    assert list(found.per_h.values()) == [42.0]
    assert not found.onwards


def test_who_crosses_twice_is_known_in_the_order_of_the_walk(network: Network) -> None:
    there, back = Walk(("west-in", "east-out"), 240, 10), Walk(("east-out", "west-in"), 10, 240)
    twice = next(one for one in WALKS if len(Ways(network).crossings(one)) == 2)
    other = Walk(twice.edges[::-1], twice.arrival_m, twice.depart_m)
    found = crossing_volumes(network, {twice: 30.0, other: 12.0, there: 5.0, back: 5.0})
    first, second = Ways(network).crossings(twice)
    for pair, least_per_h in (((first, second), 30.0), ((second, first), 12.0)):
        per_h, between_m = found.onwards[pair]
        assert per_h >= least_per_h
        assert 5.0 < between_m < 30.0


def test_a_signal_knows_who_crosses_two_of_its_links(network: Network) -> None:
    signals = derive_signals(network, SignalTiming()).signals
    twice = next(one for one in WALKS if len(Ways(network).crossings(one)) == 2)
    demand = signal_demands(network, signals, Volumes({}, {}, {twice: 30.0}))["centre"]
    ((pair, onward),) = demand.onwards.items()
    assert onward.per_h == 30.0
    assert 5.0 < onward.between_s * WALKING_MPS < 30.0
    assert {link for link, walkers in demand.walkers_per_h.items() if walkers == 30.0} == set(pair)


@pytest.mark.parametrize(
    "walk", [Walk(()), Walk(("west-in",)), Walk(("nowhere", "west-in")), Walk(("west-in", "nowhere"))]
)
def test_a_walk_that_passes_no_junction_crosses_nothing(network: Network, walk: Walk) -> None:
    assert not crossing_volumes(network, {walk: 10.0}).per_h
