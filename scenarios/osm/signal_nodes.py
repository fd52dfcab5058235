"""Signals that are mapped at a stop line with the direction they are for: they belong to the junction ahead.

netconvert takes them for the junction's only where every approach has one; it does not read the direction.

Source: wiki.openstreetmap.org/wiki/Key:traffic_signals:direction
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

from zhasyl.scenarios.osm.extract import Node, OsmMap
from zhasyl.scenarios.osm.guesses import Guess, is_oneway
from zhasyl.scenarios.tables.geometry import local_xy
from zhasyl.scenarios.tables.settings import Map

DIRECTION = "traffic_signals:direction"
REACH_M = 60.0  # from a stop line to the middle of its junction
ARMS = 3  # of a junction
Neighbours = Mapping[int, set[int]]


def at_junctions(roads: OsmMap) -> tuple[OsmMap, list[Guess]]:
    """The map with such signals at their junctions, and what was moved."""
    neighbours = _neighbours(roads)
    nodes = dict(roads.nodes)
    guesses = []
    for key, ahead in _directed(roads, neighbours):
        junction = _junction_ahead(roads, neighbours, key, ahead)
        if junction is None:
            continue
        nodes[key] = _untagged(nodes[key])
        nodes[junction] = replace(nodes[junction], tags={**nodes[junction].tags, "highway": "traffic_signals"})
        guesses.append(
            Guess("signal", str(key), "", "moved", f"to its junction ahead, node {junction}, by its direction")
        )
    return replace(roads, nodes=nodes), guesses


def _directed(roads: OsmMap, neighbours: Neighbours) -> list[tuple[int, int]]:
    """(node, the next one in the direction of its signal), of nodes within a way and not at a junction."""
    found = []
    for way in roads.ways:
        for before, key, after in zip(way.nodes, way.nodes[1:], way.nodes[2:], strict=False):
            tags = roads.nodes[key].tags
            said = tags.get(DIRECTION, "") if tags.get("highway") == "traffic_signals" else ""
            if len(neighbours[key]) >= ARMS or said not in ("forward", "backward"):
                continue
            wrong = "backward" if way.tags.get("oneway") not in ("-1", "reverse") else "forward"
            if not (is_oneway(way.tags) and said == wrong):
                found.append((key, after if said == "forward" else before))
    return found


def _junction_ahead(roads: OsmMap, neighbours: Neighbours, key: int, ahead: int) -> int | None:
    """The next junction over roads without a fork, if it is within reach."""
    start = roads.nodes[key]
    origin = Map(origin_lat=start.lat, origin_lon=start.lon)
    before, here = key, ahead
    for _ in range(len(roads.nodes)):
        x, y = local_xy((roads.nodes[here].lat, roads.nodes[here].lon), origin)
        if x * x + y * y > REACH_M**2:
            return None
        if len(neighbours[here]) >= ARMS:
            return here
        further = neighbours[here] - {before}
        if not further:
            return None
        before, here = here, min(further)
    return None


def _neighbours(roads: OsmMap) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for way in roads.ways:
        for one, other in zip(way.nodes, way.nodes[1:], strict=False):
            found[one].add(other)
            found[other].add(one)
    return found


def _untagged(node: Node) -> Node:
    return replace(node, tags={key: text for key, text in node.tags.items() if key not in ("highway", DIRECTION)})
