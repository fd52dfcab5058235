"""What a map of a network draws, as a table: lanes, junctions, crossings, and which signal each is shown.

kind      lane, pavement (walkers alone), rail, junction, crossing, walkingarea
name      the street's
group     of a lane: the lane group whose vehicles stand there; start_m: from its start to their stop line
signal    what is shown at the lane's end, or on a crossing, and the links there, as `3 4`
points    its middle line, of junctions and walking areas the outline: `x,y x,y` in metres, as SUMO's files have it
"""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from xml.etree.ElementTree import Element

import numpy as np

from zhasyl.files.columns import Table, coded, texts
from zhasyl.lane_groups import LaneGroups
from zhasyl.network import Network
from zhasyl.sumo.xml_files import top_elements

LANE_M = 3.2  # SUMO's own width of a lane
RAILS = frozenset({"tram", "rail_urban", "rail", "rail_electric", "rail_fast", "subway", "cable_car"})
AREAS = ("crossing", "walkingarea")
NOWHERE = ("", 0.0)


class _Shape(NamedTuple):
    kind: str
    id: str
    width_m: float
    points: str
    name: str = ""


def street_map(net_file: Path, network: Network, groups: LaneGroups) -> Table:
    """The map of a network. Raises ScenarioError for a file that cannot be read."""
    shapes = [shape for element in top_elements(net_file) for shape in _shapes(element)]
    links = _links(network)
    standing = {lane: (groups.groups[group].id, start_m) for lane, (group, start_m) in groups.lanes.items()}
    signals = [links.get(shape.id, ("", "")) for shape in shapes]
    stand = [standing.get(shape.id, NOWHERE) for shape in shapes]
    return Table({
        "kind": coded([shape.kind for shape in shapes]),
        "id": texts([shape.id for shape in shapes]),
        "name": coded([shape.name for shape in shapes]),
        "group": coded([group for group, _ in stand]),
        "start_m": np.array([start_m for _, start_m in stand], dtype=np.float32),
        "width_m": np.array([shape.width_m for shape in shapes], dtype=np.float32),
        "signal": coded([signal for signal, _ in signals]),
        "links": coded([shown for _, shown in signals]),
        "points": texts([shape.points for shape in shapes]),
    })  # fmt: skip


def _shapes(element: Element) -> Iterator[_Shape]:
    if element.tag == "junction" and element.get("type") != "internal":
        yield _Shape("junction", element.get("id", ""), 0.0, _rounded(element.get("shape", "")))
    if element.tag != "edge" or element.get("function") in ("internal", "connector"):
        return
    name = element.get("name", "")
    for lane in element.iter("lane"):
        function = element.get("function", "")
        kind = function if function in AREAS else _kind(lane)
        width_m = float(lane.get("width", LANE_M))
        yield _Shape(kind, lane.get("id", ""), width_m, _rounded(lane.get("shape", "")), name)


def _kind(lane: Element) -> str:
    allowed = frozenset(lane.get("allow", "").split())
    if allowed and allowed <= {"pedestrian", "wheelchair"}:
        return "pavement"
    return "rail" if allowed and allowed <= RAILS else "lane"


def _rounded(shape: str) -> str:
    """To decimetres, without heights."""
    points = (point.split(",") for point in shape.split())
    return " ".join(f"{float(x):.1f},{float(y):.1f}" for x, y, *_ in points)


def _links(network: Network) -> dict[str, tuple[str, str]]:
    """Lane or crossing → the signal shown there, and its links. Of a crossing, what leads onto it."""
    found: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for connection in network.connections:
        if connection.signal and network.edges[connection.to_edge].function == "crossing":
            found[f"{connection.to_edge}_{connection.to_lane}"][connection.signal].add(connection.link)
        elif connection.signal and not network.is_pedestrian(connection):
            found[f"{connection.from_edge}_{connection.from_lane}"][connection.signal].add(connection.link)
    first = {lane: next(iter(by_signal.items())) for lane, by_signal in found.items()}
    return {lane: (signal, " ".join(map(str, sorted(links)))) for lane, (signal, links) in first.items()}
