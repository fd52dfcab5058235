"""An OpenStreetMap extract as roads for cars: read safely, cut to a box, nothing guessed yet.

way          a road as mapped, with tags and the nodes it passes; only classes of WAYS are kept
restriction  a relation that forbids or demands a turn

Files come from outside and are read by zhasyl.sumo.outside_xml.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

from zhasyl.errors import ScenarioError
from zhasyl.scenarios.osm.pbf import pbf_elements
from zhasyl.sumo.outside_xml import XmlKind, outside_elements
from zhasyl.sumo.xml_files import Element

MAIN = ("motorway", "trunk", "primary", "secondary", "tertiary")
WAYS = frozenset({*MAIN, *(f"{name}_link" for name in MAIN), "unclassified", "residential", "living_street", "busway"})
LARGEST_MB = 300
OSM = XmlKind(
    "OSM", frozenset({"osm"}), 3, LARGEST_MB, "cut out your area, for example with 'osmium extract'",
    "download it again", "export it as OSM XML",
)  # fmt: skip
FIRST_NEW_ID = 9_000_000_000_000  # for the later parts of ways that leave the box and come back

Tags = dict[str, str]


@dataclass(frozen=True)
class Box:
    """Degrees: west < east, south < north."""

    west: float
    south: float
    east: float
    north: float

    def holds(self, lat: float, lon: float) -> bool:
        return self.south <= lat <= self.north and self.west <= lon <= self.east


@dataclass(frozen=True)
class Node:
    """A point, with tags."""

    lat: float
    lon: float
    tags: Tags

    @property
    def is_signal(self) -> bool:
        """Mapped as a signal: for vehicles at a junction or stop line, or at a crossing."""
        return self.tags.get("highway") == "traffic_signals" or self.tags.get("crossing") == "traffic_signals"


@dataclass(frozen=True)
class Way:
    """A road. `osm_id` differs from `id` for the later parts of a way that was cut."""

    id: int
    osm_id: int
    nodes: tuple[int, ...]
    tags: Tags

    @property
    def name(self) -> str:
        return self.tags.get("name", "")


@dataclass(frozen=True)
class Restriction:
    """A turn restriction: (type, id, role) of each member."""

    id: int
    members: tuple[tuple[str, int, str], ...]
    tags: Tags


@dataclass(frozen=True)
class OsmMap:
    """The roads of an extract, in the order of the file."""

    nodes: dict[int, Node]
    ways: tuple[Way, ...]
    restrictions: tuple[Restriction, ...]


def parse_box(text: str) -> Box:
    """Read 'west,south,east,north' in degrees. Raises ScenarioError."""
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        raise ScenarioError(f"--bbox '{text[:80]}' is not west,south,east,north in degrees") from None
    if not (-180 <= west < east <= 180 and -85 <= south < north <= 85):
        raise ScenarioError(f"--bbox '{text[:80]}': west must be below east, south below north, within ±180 and ±85")
    return Box(west, south, east, north)


def read_osm(path: Path, box: Box | None = None) -> OsmMap:
    """Read an .osm or .osm.pbf file. Raises ScenarioError if it is no OSM file, unsafe, or holds no road in the box."""
    OSM.check_size(path)
    ways, restrictions = [], []
    for element in _elements(path):
        if element.tag == "way" and (way := _way(path, element)):
            ways.append(way)
        elif element.tag == "relation" and (restriction := _restriction(path, element)):
            restrictions.append(restriction)
        elif element.tag == "remark":
            raise ScenarioError(f"{path} is incomplete: {_line(element.text)}; download it again, or a smaller area")
    wanted = {node for way in ways for node in way.nodes}
    nodes = {key: node for key, node in _nodes(path, wanted) if box is None or box.holds(node.lat, node.lon)}
    parts = tuple(_cut(ways, nodes))
    if not parts:
        where = " inside --bbox" if box and ways else ""
        raise ScenarioError(f"{path}: no road for cars{where}; download an area with streets (ways with their nodes)")
    used = {node for way in parts for node in way.nodes}
    known = tuple(_on_parts(restriction, parts) for restriction in restrictions)
    return OsmMap({key: node for key, node in nodes.items() if key in used}, parts, known)


def _on_parts(restriction: Restriction, parts: tuple[Way, ...]) -> Restriction:
    """The restriction with those parts of ways that were cut which its turn leads over: they end at its via node."""
    via = {key for kind, key, role in restriction.members if (kind, role) == ("node", "via")}
    found = []
    for kind, key, role in restriction.members:
        own = [way for way in parts if kind == "way" and way.osm_id == key]
        at = next((way for way in own if via & set(way.nodes)), None)
        found.append((kind, at.id if at and len(own) > 1 else key, role))
    return replace(restriction, members=tuple(found))


def _elements(path: Path) -> Iterator[Element]:
    """The children of <osm>, each dropped after use. Raises ScenarioError for anything else."""
    if path.suffix == ".pbf":
        yield from pbf_elements(path)
        return
    yield from outside_elements(path, OSM)


def _nodes(path: Path, wanted: set[int]) -> Iterator[tuple[int, Node]]:
    for element in _elements(path):
        if element.tag == "node" and (key := _id(path, element, "id")) in wanted:
            lat, lon = (_degrees(path, element, name, limit) for name, limit in (("lat", 85.0), ("lon", 180.0)))
            yield key, Node(lat, lon, _tags(element))


def _way(path: Path, element: Element) -> Way | None:
    tags = _tags(element)
    if tags.get("highway") not in WAYS or tags.get("area") == "yes" or element.get("action") == "delete":
        return None
    key = _id(path, element, "id")
    return Way(key, key, tuple(_id(path, node, "ref") for node in element.findall("nd")), tags)


def _restriction(path: Path, element: Element) -> Restriction | None:
    tags = _tags(element)
    if tags.get("type") != "restriction":
        return None
    members = ((m.get("type", ""), _id(path, m, "ref"), m.get("role", "")) for m in element.findall("member"))
    return Restriction(_id(path, element, "id"), tuple(members), tags)


def _tags(element: Element) -> Tags:
    return {tag.get("k", ""): tag.get("v", "") for tag in element.findall("tag")}


def _line(text: str | None) -> str:
    return " ".join((text or "").split())[:200]


def _id(path: Path, element: Element, key: str) -> int:
    text = element.get(key, "")
    if not (text.removeprefix("-").isdecimal() and len(text) < 19):
        raise ScenarioError(f"{path}: <{element.tag}> has {key} '{text[:40]}', which is no number; download it again")
    return int(text)


def _degrees(path: Path, element: Element, key: str, limit: float) -> float:
    text = element.get(key, "")
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not abs(value) <= limit:
        raise ScenarioError(
            f"{path}: node {element.get('id')}: {key} '{text[:40]}' is not within ±{limit:g} degrees; download it again"
        )
    return value


def _cut(ways: list[Way], nodes: dict[int, Node]) -> Iterator[Way]:
    """The parts of each way whose nodes are there; a part of one node is none."""
    new_id = count(FIRST_NEW_ID)
    for way in ways:
        part: list[int] = []
        first = True
        for node in (*way.nodes, 0):
            if node in nodes:
                part.append(node)
                continue
            if len(part) > 1:
                yield replace(way, id=way.id if first else next(new_id), nodes=tuple(part))
                first = False
            part = []
