"""The roads between signals, on hand-drawn nets: no SUMO is started.

    e1            e2 (no signal at M)        e3
J ────────→ M ────────→ K            M ────────→ L
"""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.fakes import crossroads, demanded
from zhasyl.area import Area
from zhasyl.area.roads import FARTHEST_M, Link, links_between
from zhasyl.network import Network
from zhasyl.signals import Movement, Signal
from zhasyl.sumo.net_file import read_network

LENGTHS_M = {"in": 100, "e1": 80, "e2": 120, "e3": 40, "short": 30, "out": 50, "far": 60, "back": 90}
CONNECTIONS = (
    ("in", "e1", 'tl="J" linkIndex="0"'),
    ("e1", "e2", 'via=":M_0_0"'),
    ("e1", "e3", ""),
    ("e1", "back", 'dir="t"'),
    ("back", "in", ""),
    ("e3", "short", ""),
    ("short", "e2", ""),
    ("e2", "out", 'tl="K" linkIndex="0"'),
    ("e3", "far", 'tl="L" linkIndex="0"'),
)


def net(folder: Path, connections: tuple[tuple[str, str, str], ...] = CONNECTIONS) -> Network:
    edges = "".join(
        f'<edge id="{name}"><lane id="{name}_0" index="0" speed="10" length="{length}" shape="0,0 1,0"/></edge>'
        for name, length in LENGTHS_M.items()
    )
    links = "".join(f'<connection from="{a}" to="{b}" fromLane="0" toLane="0" {more}/>' for a, b, more in connections)
    inside = '<edge id=":M_0" function="internal"><lane id=":M_0_0" index="0" speed="8" length="6"/></edge>'
    path = folder / "roads.net.xml"
    path.write_text(f'<net><location netOffset="0,0"/>{inside}{edges}{links}</net>', encoding="utf-8")
    return read_network(path)


def signal(name: str, *ways: tuple[str, str]) -> Signal:
    movements = tuple(Movement(a, b, (link,), 1) for link, (a, b) in enumerate(ways))
    return replace(crossroads(), id=name, movements=movements)


J, K, L = signal("J", ("in", "e1"), ("side", "e1")), signal("K", ("e2", "out")), signal("L", ("e3", "far"))


def area(network: Network, *signals: Signal) -> Area:
    return Area({one.id: one for one in signals}, network, lambda _: demanded([]), seed=7)


def test_a_road_that_forks_leads_to_each_signal_by_its_shortest_way(tmp_path: Path) -> None:
    assert links_between({"J": J, "K": K, "L": L}, net(tmp_path)) == (
        Link("J", "K", "e1", "e2", (0, 1), (0,), 80 + 6 + 120, (80 + 6 + 120) / 10),
        Link("J", "L", "e1", "e3", (0, 1), (0,), 120, 12),
    )


def test_a_signal_that_nobody_controls_ends_the_way(tmp_path: Path) -> None:
    assert [link.to_signal for link in links_between({"J": J, "K": K}, net(tmp_path))] == ["K"]


def test_a_way_back_to_the_same_signal_is_no_link(tmp_path: Path) -> None:
    round_about = (*CONNECTIONS, ("e3", "in", ""))
    assert all(link.to_signal != "J" for link in links_between({"J": J}, net(tmp_path, round_about)))


def test_a_detour_is_no_link(tmp_path: Path) -> None:
    """From `far` J's vehicles come to K, too, but the long way round."""
    ways = (("in", "far", 'tl="J" linkIndex="1"'), ("far", "back", ""), ("back", "e2", ""))
    network = net(tmp_path, (*CONNECTIONS[:4], *CONNECTIONS[5:8], *ways))
    two = signal("J", ("in", "e1"), ("in", "far"))
    assert [(one.exit_edge, one.length_m) for one in links_between({"J": two, "K": K}, network)] == [("e1", 206)]


def test_signals_far_apart_are_no_neighbours(tmp_path: Path) -> None:
    network = net(tmp_path)
    far = {**network.edges, "e2": replace(network.edges["e2"], length_m=FARTHEST_M)}
    assert links_between({"J": J, "K": K}, replace(network, edges=far)) == ()


def test_an_area_knows_who_is_next_to_whom(tmp_path: Path) -> None:
    found = area(net(tmp_path), J, K, L)
    assert found.links is found.links
    assert [link.to_signal for link in found.links_from("J")] == ["K", "L"]
    assert [link.from_signal for link in found.links_to("K")] == ["J"]
    assert (found.links_to("J"), found.links_from("L")) == ((), ())
    assert [found.neighbours(name) for name in "JKL"] == [("K", "L"), ("J",), ("J",)]


def test_chance_of_an_area_is_of_its_seed_and_a_name(tmp_path: Path) -> None:
    one, other = area(net(tmp_path), J, K), replace(area(net(tmp_path), J, K), seed=8)
    draws = [made.random(name).random(3).tolist() for made, name in ((one, "J"), (one, "K"), (other, "J"))]
    assert draws[0] == one.random("J").random(3).tolist()
    assert len({tuple(draw) for draw in draws}) == 3


@pytest.mark.parametrize("speed", ["10", "0"])
def test_a_road_without_a_speed_is_no_fault(tmp_path: Path, speed: str) -> None:
    network = net(tmp_path)
    edges = {name: replace(edge, speed_mps=float(speed)) for name, edge in network.edges.items()}
    assert all(link.travel_s > 0 for link in links_between({"J": J, "K": K}, replace(network, edges=edges)))
