"""The network reader: what a net file says, and one line for a file that says nothing."""

import gzip
from pathlib import Path

import pytest

from tests.conftest import TINY_NETWORKS, TinyNetwork
from zhasyl.errors import ScenarioError
from zhasyl.network import Network
from zhasyl.sumo.home import sumo_home
from zhasyl.sumo.net_file import read_network

GAME_NETS = sorted((sumo_home() / "tools" / "game").rglob("*.net.xml*"))
SMALL_NET = """<net version="1.20">
    <location netOffset="0,0" convBoundary="0,0,1,1" origBoundary="0,0,1,1" projParameter="!"/>
    <edge id=":J_0" function="internal">
        <lane id=":J_0_0" index="0" speed="8" length="7.5" shape="0,0 1,1"/>
    </edge>
    <edge id="in" from="W" to="J" name="Abay Avenue">
        <lane id="in_1" index="1" speed="16.7" length="100" shape="0,3 100,3"/>
        <lane id="in_0" index="0" speed="13.9" length="100" shape="0,0 100,0"/>
    </edge>
    <edge id="out" from="J" to="E" shape="110,0,5 200,0,5">
        <lane id="out_0" index="0" speed="13.9" length="90" shape="110,0 200,0"/>
    </edge>
    <tlLogic id="J" type="actuated" programID="day" offset="4">
        <phase duration="20" state="GG" minDur="6" maxDur="40"/>
        <phase duration="3" state="yy"/>
    </tlLogic>
    <junction id="J" type="traffic_light" incLanes="in_0 in_1" intLanes=":J_0_0 :J_1_0">
        <request index="1" response="01" foes="11"/>
        <request index="0" response="00" foes="10"/>
    </junction>
    <junction id=":J_9" type="internal" incLanes="" intLanes=""/>
    <connection from="in" to="out" fromLane="0" toLane="0" via=":J_0_0" tl="J" linkIndex="0" dir="s"/>
    <connection from="in" to="out" fromLane="1" toLane="0" via=":J_1_0" tl="J" linkIndex="1" dir="s"/>
    <connection from=":J_0" to="out" fromLane="0" toLane="0" dir="s"/>
</net>
"""


def written(folder: Path, text: str, name: str = "small.net.xml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def programme(signal: str, name: str, state: str) -> str:
    phase = f'<phase duration="9" state="{state}"/>'
    return f'<additional><tlLogic id="{signal}" programID="{name}">{phase}</tlLogic></additional>'


def test_edges_lanes_and_limits_are_read(tmp_path: Path) -> None:
    network = read_network(written(tmp_path, SMALL_NET))
    edge = network.edges["in"]
    assert (edge.from_junction, edge.to_junction, edge.name) == ("W", "J", "Abay Avenue")
    assert edge.lanes == ("in_0", "in_1")
    assert (edge.length_m, edge.speed_mps) == (100.0, 16.7)
    assert edge.shape == ((0.0, 3.0), (100.0, 3.0))
    assert network.edges["out"].shape == ((110.0, 0.0), (200.0, 0.0))


def test_internal_lanes_are_kept_as_lengths_only(tmp_path: Path) -> None:
    network = read_network(written(tmp_path, SMALL_NET))
    assert network.internal_lengths_m == {":J_0_0": 7.5}
    assert set(network.edges) == {"in", "out"}
    assert set(network.junctions) == {"J"}
    assert [c.from_edge for c in network.connections] == ["in", "in"]


def test_request_bits_are_read_from_the_right(tmp_path: Path) -> None:
    junction = read_network(written(tmp_path, SMALL_NET)).junctions["J"]
    assert junction.foes == (frozenset({1}), frozenset({0, 1}))
    assert junction.response == (frozenset(), frozenset({0}))


def test_a_programme_is_read_with_its_kind_offset_and_limits(tmp_path: Path) -> None:
    found = read_network(written(tmp_path, SMALL_NET)).programmes["J"]
    assert (found.id, found.kind, found.offset_s) == ("day", "actuated", 4.0)
    first, second = found.phases
    assert (first.duration_s, first.state, first.min_s, first.max_s) == (20.0, "GG", 6.0, 40.0)
    assert (second.min_s, second.max_s) == (None, None)


def test_a_compressed_net_reads_the_same(tmp_path: Path) -> None:
    plain = read_network(written(tmp_path, SMALL_NET))
    packed = tmp_path / "small.net.xml.gz"
    packed.write_bytes(gzip.compress(SMALL_NET.encode()))
    found = read_network(packed)
    assert (found.edges, found.junctions, found.connections) == (plain.edges, plain.junctions, plain.connections)
    assert found.programmes == plain.programmes


def test_the_last_programme_in_an_additional_file_wins(tmp_path: Path) -> None:
    first = written(tmp_path, programme("J", "morning", "Gr"), "first.add.xml")
    text = programme("J", "noon", "rG").removesuffix("</additional>")
    text += programme("J", "evening", "gg").removeprefix("<additional>")
    second = written(tmp_path, text, "second.add.xml")
    net = written(tmp_path, SMALL_NET)
    assert read_network(net, [first]).programmes["J"].id == "morning"
    assert read_network(net, [first, second]).programmes["J"].id == "evening"
    assert read_network(net, [second, first]).programmes["J"].id == "morning"


def test_an_additional_reference_without_phases_keeps_the_programme(tmp_path: Path) -> None:
    reference = written(
        tmp_path,
        '<additional><tlLogic id="J" programID="day"><param key="a" value="b"/></tlLogic></additional>',
        "wish.add.xml",
    )
    assert read_network(written(tmp_path, SMALL_NET), [reference]).programmes["J"].id == "day"


NOT_NETWORKS = {
    "broken-xml": SMALL_NET.removesuffix("</net>\n"),
    "html-page": "<!doctype html><html><head><meta charset=utf-8><title>404</title></head></html>",
    "well-formed-html": "<html><head><title>404</title></head><body><p>Not found</p></body></html>",
    "empty-file": "",
    "unknown-encoding": f'<?xml version="1.0" encoding="morse"?>{SMALL_NET}',
    "several-bytes-a-character": f'<?xml version="1.0" encoding="utf-32"?>{SMALL_NET}',
    "no-edges": '<net><location netOffset="0,0"/></net>',
    "entity-bomb": '<!DOCTYPE net [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><net><location/>&b;</net>',
    "edge-without-lane": SMALL_NET.replace("<connection ", '<edge id="bare" from="J" to="E"/><connection ', 1),
    "length-in-words": SMALL_NET.replace('length="90"', 'length="ninety"'),
    "connection-without-lane": SMALL_NET.replace('fromLane="1"', ""),
    "states-of-two-lengths": SMALL_NET.replace('state="yy"', 'state="yyy"'),
}


@pytest.mark.parametrize("text", NOT_NETWORKS.values(), ids=NOT_NETWORKS.keys())
def test_a_file_that_is_no_network_is_refused_in_one_line(tmp_path: Path, text: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(ScenarioError) as caught:
        read_network(path)
    assert "\n" not in str(caught.value)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("name", ["nowhere.net.xml", "nowhere.net.xml.gz", "."])
def test_a_file_that_cannot_be_opened_is_refused_in_one_line(tmp_path: Path, name: str) -> None:
    with pytest.raises(ScenarioError, match="cannot read") as caught:
        read_network(tmp_path / name)
    assert "\n" not in str(caught.value)


def test_a_file_is_unpacked_by_its_content_and_not_by_its_name_as_sumo_does(tmp_path: Path) -> None:
    packed = tmp_path / "packed.net.xml"
    packed.write_bytes(gzip.compress(SMALL_NET.encode()))
    expected = read_network(written(tmp_path, SMALL_NET))
    assert read_network(written(tmp_path, SMALL_NET, "small.net.xml.gz")).edges == expected.edges
    assert read_network(packed).edges == expected.edges


def test_a_cut_off_gz_is_refused_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "cut.net.xml.gz"
    path.write_bytes(gzip.compress(SMALL_NET.encode())[:200])
    with pytest.raises(ScenarioError, match="not valid XML") as caught:
        read_network(path)
    assert "\n" not in str(caught.value)


def test_a_damaged_gz_is_refused_in_one_line(tmp_path: Path) -> None:
    packed = bytearray(gzip.compress(SMALL_NET.encode()))
    packed[10] = 0xFF  # the first byte after the header: a block type that does not exist
    path = tmp_path / "damaged.net.xml.gz"
    path.write_bytes(packed)
    with pytest.raises(ScenarioError) as caught:
        read_network(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        '<additional><tlLogic programID="0"><phase duration="9" state="GG"/></tlLogic></additional>',
        '<additional><tlLogic id="J"><phase duration="nine" state="GG"/></tlLogic></additional>',
        programme("J", "0", "GG").replace("</tlLogic>", '<phase duration="9" state="G"/></tlLogic>'),
        programme("J", "0", "GG").replace('duration="', 'duration="-'),
        programme("J", "0", "GG").replace("<phase ", '<phase next="7" '),
        programme("J", "0", "GG").replace("programID", 'offset="nan" programID'),
        programme("J", "day", "GG"),
        '<additional><tlLogic id="J" programID="night"/></additional>',
        '<additional><wautJunction wautID="w" junctionID="J"/></additional>',
        '<additional><WAUT id="w" startProg="night"/><wautJunction wautID="w" junctionID="J"/></additional>',
        "<additional>",
    ],
    ids=[
        "no-id",
        "duration-in-words",
        "states-of-two-lengths",
        "negative",
        "next-nowhere",
        "offset-nan",
        "twice",
        "no-such",
        "no-timetable",
        "timetable-of-no-programme",
        "not-closed",
    ],
)
def test_a_broken_additional_file_is_refused_in_one_line(tmp_path: Path, text: str) -> None:
    broken = written(tmp_path, text, "broken.add.xml")
    with pytest.raises(ScenarioError) as caught:
        read_network(written(tmp_path, SMALL_NET), [broken])
    assert "\n" not in str(caught.value)
    assert str(broken) in str(caught.value)


def test_crossings_are_pedestrian_and_roads_are_not(tiny_network: TinyNetwork) -> None:
    network = read_network(tiny_network("crossroads-with-crossings").with_suffix(".net.xml"))
    walking = {c.link for c in network.connections if c.signal and network.is_pedestrian(c)}
    assert walking == {12, 13, 14, 15}
    assert not {edge for edge in network.outgoing if edge.startswith(":")}


def test_each_link_of_a_signal_lists_its_connections(tiny_network: TinyNetwork) -> None:
    network = read_network(tiny_network("t-junction-left-turn").with_suffix(".net.xml"))
    links = network.signal_links["centre"]
    turns = {link: [(c.from_edge, c.to_edge) for c in links[link]] for link in links}
    assert turns[0] == [("east-in", "west-out")]
    assert turns[1] == [("east-in", "south-out")]
    assert set(links) == set(range(6))


def requests_by_internal_lane(network: Network) -> list[tuple[int, int]]:
    """(request index, position of the connection's internal lane in its junction), where it has such a position."""
    pairs = []
    for connection, (junction, request) in network.requests.items():
        lanes = network.junctions[junction].internal_lanes
        lane = connection.via or f"{connection.to_edge}_{connection.to_lane}"
        if lane in lanes:
            pairs.append((request, lanes.index(lane)))
    return pairs


@pytest.mark.parametrize("name", TINY_NETWORKS)
def test_requests_of_tiny_networks_agree_with_the_internal_lanes(tiny_network: TinyNetwork, name: str) -> None:
    network = read_network(tiny_network(name).with_suffix(".net.xml"))
    pairs = requests_by_internal_lane(network)
    assert len(pairs) >= 5
    assert [request for request, _ in pairs] == [position for _, position in pairs]
    signalled = [c for c in network.connections if c.signal]
    assert len({network.requests[c] for c in signalled}) == len(signalled)


@pytest.mark.parametrize("path", GAME_NETS, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_requests_of_sumos_game_networks_agree_with_the_internal_lanes(path: Path) -> None:
    network = read_network(path)
    pairs = requests_by_internal_lane(network)
    assert len(pairs) >= 15
    assert [request for request, _ in pairs] == [position for _, position in pairs]


def test_sumo_ships_networks_to_check_against() -> None:
    assert len(GAME_NETS) >= 5
