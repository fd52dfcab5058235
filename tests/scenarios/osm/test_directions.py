"""What maps say by direction: a lane in the middle, a signal at a stop line, a banned turn of a way that was cut."""

from pathlib import Path

import pytest

from tests.scenarios.osm.osm_town import osm, way
from zhasyl.scenarios.demand.random_trips import is_road
from zhasyl.scenarios.osm.extract import Box, OsmMap, read_osm
from zhasyl.scenarios.osm.guesses import Guess, fill_gaps
from zhasyl.scenarios.osm.network import build_network
from zhasyl.scenarios.osm.signal_nodes import at_junctions
from zhasyl.sumo.net_file import read_network

ARMS = {2: (0, 1), 3: (1, 0), 4: (0, -1), 5: (-1, 0)}  # node → to the north, east, south, west
FAR, NEAR = 0.002, 0.0002
TAGS = {"highway": "secondary", "maxspeed": "50"}


def node(key: int, lat: float, lon: float, tags: dict[str, str] | None = None) -> str:
    inner = "".join(f'<tag k="{name}" v="{value}"/>' for name, value in (tags or {}).items())
    return f'<node id="{key}" lat="{lat:.6f}" lon="{lon:.6f}">{inner}</node>'


def crossroads(
    folder: Path, signals: dict[int, str], more: dict[str, str] | None = None, near: float = NEAR, relation: str = ""
) -> OsmMap:
    """Four arms; ways 102 and 103 lead in, 104 and 105 out; a stop line on each, its signal with a direction."""
    content = node(1, 0.0, 0.0)
    for key, (x, y) in ARMS.items():
        said = {"highway": "traffic_signals", "traffic_signals:direction": signals[key]} if key in signals else {}
        content += node(key, y * FAR, x * FAR) + node(10 + key, y * near, x * near, said)
    for key in ARMS:
        inwards = [key, 10 + key, 1]
        content += way(100 + key, inwards if key in (2, 3) else inwards[::-1], TAGS | (more or {}))
    return read_osm(osm(folder, content + relation))


@pytest.mark.parametrize("signals", [{2: "forward"}, {2: "forward", 4: "backward"}, {4: "backward", 5: "backward"}])
def test_a_signal_at_a_stop_line_is_that_of_its_junction(tmp_path: Path, signals: dict[int, str]) -> None:
    roads, guesses = at_junctions(crossroads(tmp_path, signals))
    assert [key for key, one in roads.nodes.items() if one.is_signal] == [1]
    assert [(guess.osm_id, guess.value) for guess in guesses] == [(str(10 + key), "moved") for key in signals]


@pytest.mark.parametrize(
    ("signals", "near"),
    [({2: "backward"}, NEAR), ({2: "forward"}, 0.0006), ({2: "both"}, NEAR), ({4: "forward"}, NEAR), ({2: ""}, NEAR)],
    ids=["leads away", "far from a junction", "both ways", "leads out", "no direction"],
)
def test_any_other_signal_stays_where_it_is(tmp_path: Path, signals: dict[int, str], near: float) -> None:
    roads, guesses = at_junctions(crossroads(tmp_path, signals, near=near))
    assert [key for key, one in roads.nodes.items() if one.is_signal] == [10 + key for key in signals]
    assert guesses == []


def test_a_direction_against_a_oneway_road_stays(tmp_path: Path) -> None:
    _, guesses = at_junctions(crossroads(tmp_path, {4: "backward"}, {"oneway": "yes"}))
    assert guesses == []


def lanes(folder: Path, **tags: str) -> tuple[dict[str, str], list[str]]:
    roads, guesses = fill_gaps(
        crossroads(folder, {}, {key.replace("__", ":"): text for key, text in tags.items()}), 60.0
    )
    return roads.ways[0].tags, [_said(guess) for guess in guesses if guess.osm_id == "102"]


def _said(guess: Guess) -> str:
    return f"{guess.value}: {guess.reason}"


LEFT_OUT = "1 in the middle left out: lanes:both_ways: a lane of SUMO's has one direction"


@pytest.mark.parametrize(
    ("tags", "each", "said"),
    [
        ({"lanes": "5", "lanes__both_ways": "1"}, ("2", "2"), [LEFT_OUT]),
        ({"lanes": "3", "lanes__both_ways": "1", "turn__lanes__both_ways": "left"}, ("1", "1"), [LEFT_OUT]),
        (
            {"lanes": "5", "lanes__forward": "3", "lanes__backward": "1", "lanes__both_ways": "1"},
            ("3", "1"),
            [LEFT_OUT],
        ),
        ({"lanes": "6", "lanes__forward": "3", "lanes__both_ways": "1"}, ("3", "2"), [LEFT_OUT]),
        ({"lanes": "2", "lanes__both_ways": "1"}, ("1", "1"), ["2: lanes '2' is no number from 1 to 12", LEFT_OUT]),
        ({"lanes": "4", "lanes__both_ways": "x"}, ("2", "2"), []),
    ],
)
def test_a_lane_in_the_middle_is_none_of_a_direction(
    tmp_path: Path, tags: dict[str, str], each: tuple[str, str], said: list[str]
) -> None:
    found, guesses = lanes(tmp_path, **tags)
    assert (found["lanes:forward"], found["lanes:backward"]) == each
    assert not any(key.endswith("both_ways") for key in found) or tags["lanes__both_ways"] == "x"
    assert [one.split("; ")[0] for one in guesses] == said


def test_netconvert_makes_the_lanes_of_each_direction(tmp_path: Path) -> None:
    more = {"lanes": "5", "lanes:both_ways": "1", "turn:lanes:both_ways": "left"}
    roads, _ = fill_gaps(crossroads(tmp_path, {}, more), 60.0)
    build_network(roads, tmp_path / "x.net.xml", tmp_path)
    edges = read_network(tmp_path / "x.net.xml").edges
    open_lanes = {edge.id: len(edge.lanes) - len(edge.no_cars) for edge in edges.values() if is_road(edge.function)}
    assert set(open_lanes.values()) == {2}


def test_a_restriction_stays_on_the_part_of_a_way_that_it_means(tmp_path: Path) -> None:
    """A way leaves the box and comes back: its later part has another id, and the ban on turning left is on that."""
    content = (
        node(1, 0.0, 0.0) + node(2, 0.0, 0.002) + node(3, 0.0, 0.012) + node(4, 0.003, 0.002) + node(5, 0.003, 0.0)
    )
    content += node(6, 0.005, 0.0) + node(7, 0.003, -0.002)
    content += way(100, [1, 2, 3, 4, 5], TAGS) + way(200, [5, 6], TAGS) + way(300, [5, 7], TAGS)
    content += (
        '<relation id="9"><member type="way" ref="100" role="from"/><member type="node" ref="5" role="via"/>'
        '<member type="way" ref="200" role="to"/><tag k="type" v="restriction"/>'
        '<tag k="restriction" v="no_right_turn"/></relation>'
    )
    roads = read_osm(osm(tmp_path, content), Box(-0.01, -0.01, 0.01, 0.01))
    part = next(one for one in roads.ways if one.osm_id == 100 and 5 in one.nodes)
    assert part.id != 100
    assert roads.restrictions[0].members[0] == ("way", part.id, "from")
    filled, _ = fill_gaps(roads, 60.0)
    build_network(filled, tmp_path / "x.net.xml", tmp_path)
    turns = {
        c.direction for c in read_network(tmp_path / "x.net.xml").outgoing[str(part.id)] if c.to_edge in ("200", "300")
    }
    assert turns == {"s"}
