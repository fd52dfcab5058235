"""From the roads of a map to a SUMO network: netconvert with the options a town needs, and its signals listed.

Coordinates become metres east and north of the middle of the map (equirectangular, as `local_xy` of the tables),
then netconvert moves them so that the least are 0: `Plane` knows both steps.
"""

import math
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from zhasyl.errors import ScenarioError, unknown_name
from zhasyl.network import Network
from zhasyl.scenarios.osm.extract import Node, OsmMap
from zhasyl.scenarios.osm.guesses import Guess
from zhasyl.scenarios.tables.geometry import EARTH_RADIUS_M, local_xy
from zhasyl.scenarios.tables.settings import Map
from zhasyl.scenarios.turns import junction_turns
from zhasyl.sumo.programs import strip_header, try_program
from zhasyl.sumo.xml_files import Element, SubElement, top_elements, write_xml

NETCONVERT_LIMIT_S = 900
ALL_RED_S = 2
ESCAPED_TWICE = re.compile(r"&amp;(amp|lt|gt|quot|apos);")  # names of streets, by netconvert
SIGNAL_REACH_M = 40.0  # a mapped signal this near a controlled junction belongs to it
OPTIONS = {
    "geometry.remove": "true",
    "junctions.join": "true",
    "junctions.join-dist": "20",  # dual carriageways lie up to 20 m apart
    "tls.guess-signals": "true",  # signals mapped at stop lines belong to the junction between them
    "tls.guess-signals.dist": "35",  # stop lines of wide avenues lie up to 35 m from the middle
    "tls.discard-simple": "true",
    "tls.join": "true",
    "tls.default-type": "static",
    "tls.allred.time": str(ALL_RED_S),
    "roundabouts.guess": "true",
    "no-turnarounds.except-deadend": "true",
    "osm.turn-lanes": "true",
    "osm.lane-access": "true",
    "sidewalks.guess": "true",
    "sidewalks.guess.min-speed": "4",
    "sidewalks.guess.max-speed": "20",  # m/s: streets up to 70 km/h
    "crossings.guess": "true",
    "keep-edges.by-vclass": "passenger,bus",
    "keep-edges.components": "1",
    "remove-edges.isolated": "true",
    "output.street-names": "true",
}


@dataclass(frozen=True)
class Plane:
    """Where the network's metres lie on the earth."""

    origin: Map
    offset: tuple[float, float]

    def xy(self, lat: float, lon: float) -> tuple[float, float]:
        x, y = local_xy((lat, lon), self.origin)
        return x + self.offset[0], y + self.offset[1]

    def degrees(self, x: float, y: float) -> tuple[float, float]:
        metres_per_degree = math.radians(1) * EARTH_RADIUS_M
        lon = (x - self.offset[0]) / (metres_per_degree * math.cos(math.radians(self.origin.origin_lat)))
        return self.origin.origin_lat + (y - self.offset[1]) / metres_per_degree, self.origin.origin_lon + lon


@dataclass(frozen=True)
class SignalPlace:
    """A signal of the network, the streets that meet there and its approaches as 'NB=edge'."""

    number: int
    id: str
    lat: float
    lon: float
    streets: tuple[str, ...]
    approaches: tuple[str, ...]


def set_signals(roads: OsmMap, text: str) -> tuple[OsmMap, list[Guess]]:
    """Add and take away signals at nodes: '242134813,-254854048'. Raises ScenarioError for a node not on a road."""
    nodes = dict(roads.nodes)
    guesses = []
    for word in filter(None, (word.strip() for word in text.split(","))):
        key = int(word.lstrip("+-")) if word.lstrip("+-").isdecimal() else 0
        if key not in nodes:
            mapped = [str(node) for node, place in nodes.items() if place.is_signal]
            raise ScenarioError("--signals: " + unknown_name("OSM node on a road here", word[:40], mapped)[:400])
        adds = not word.startswith("-")
        tags = {k: v for k, v in nodes[key].tags.items() if k not in ("highway", "crossing")}
        nodes[key] = Node(nodes[key].lat, nodes[key].lon, {**tags, **({"highway": "traffic_signals"} if adds else {})})
        guesses.append(Guess("signal", str(key), "", "set" if adds else "taken away", "by --signals"))
    return OsmMap(nodes, roads.ways, roads.restrictions), guesses


def middle(roads: OsmMap) -> Map:
    """The origin of the network's coordinates."""
    lats, lons = [node.lat for node in roads.nodes.values()], [node.lon for node in roads.nodes.values()]
    return Map(origin_lat=round((min(lats) + max(lats)) / 2, 6), origin_lon=round((min(lons) + max(lons)) / 2, 6))


def plane_of(roads: OsmMap, net_file: Path) -> Plane:
    """The coordinates of a network that was built from these roads."""
    location = next(element for element in top_elements(net_file) if element.tag == "location")
    x, y = location.get("netOffset", "0,0").split(",")
    return Plane(middle(roads), (float(x), float(y)))


def build_network(roads: OsmMap, net_file: Path, scratch: Path, left_hand: bool = False) -> list[str]:
    """Write the network; answers netconvert's warnings. Raises ScenarioError with its first error."""
    origin = middle(roads)
    _write_osm(roads, scratch / "roads.osm.xml")
    projection = (
        f"+proj=eqc +lat_ts={origin.origin_lat} +lat_0={origin.origin_lat} +lon_0={origin.origin_lon} "
        f"+x_0=0 +y_0=0 +R={EARTH_RADIUS_M} +units=m +no_defs"
    )
    files = {"osm-files": str(scratch / "roads.osm.xml"), "output-file": str(net_file)}
    options = {**files, "proj": projection, "lefthand": str(left_hand).lower(), **OPTIONS}
    done = try_program("netconvert", options, NETCONVERT_LIMIT_S)
    if not done.well or not net_file.is_file():
        raise ScenarioError(f"netconvert: {done.why}; take another --bbox or fix the map")
    strip_header(net_file)
    net_file.write_text(ESCAPED_TWICE.sub(r"&\1;", net_file.read_text("utf-8")), "utf-8")
    return list(dict.fromkeys(line.removeprefix("Warning: ") for line in done.said if line.startswith("Warning")))


def _write_osm(roads: OsmMap, path: Path) -> None:
    root = Element("osm", version="0.6", generator="zhasyl")
    for key, node in roads.nodes.items():
        element = SubElement(root, "node", id=str(key), lat=f"{node.lat:.7f}", lon=f"{node.lon:.7f}", version="1")
        _add_tags(element, node.tags)
    for way in roads.ways:
        element = SubElement(root, "way", id=str(way.id), version="1")
        for ref in way.nodes:
            SubElement(element, "nd", ref=str(ref))
        _add_tags(element, way.tags)
    known = {("node", key) for key in roads.nodes} | {("way", way.id) for way in roads.ways}
    for restriction in roads.restrictions:
        if all((kind, key) in known for kind, key, _ in restriction.members):
            element = SubElement(root, "relation", id=str(restriction.id), version="1")
            for kind, key, role in restriction.members:
                SubElement(element, "member", type=kind, ref=str(key), role=role)
            _add_tags(element, restriction.tags)
    write_xml(root, path)


def _add_tags(element: Element, tags: dict[str, str]) -> None:
    for key, value in tags.items():
        SubElement(element, "tag", k=key, v=value)


def signal_places(network: Network, plane: Plane) -> list[SignalPlace]:
    """The signals of a network with place and streets, in the order of their ids."""
    found = []
    for number, signal in enumerate(sorted(network.programmes), start=1):
        edges = {c.from_edge for links in network.signal_links.get(signal, {}).values() for c in links}
        roads = [network.edges[edge] for edge in sorted(edges) if network.edges[edge].function != "walkingarea"]
        streets = tuple(dict.fromkeys(edge.name for edge in roads if edge.name))
        ends = [edge.shape[-1] for edge in roads] or [(0.0, 0.0)]
        x, y = (sum(values) / len(ends) for values in zip(*ends, strict=True))
        lat, lon = plane.degrees(x, y)
        approaches = (f"{heading or '?'}={edge}" for edge, heading in junction_turns(network, signal).headings.items())
        found.append(SignalPlace(number, signal, round(lat, 6), round(lon, 6), streets, tuple(approaches)))
    return found


def signals_left_out(roads: OsmMap, network: Network, plane: Plane) -> list[Guess]:
    """Mapped signals that control nothing in the network: crossings between junctions, ends of the map."""
    stops: list[tuple[float, float]] = []
    for links in network.signal_links.values():
        stops += [network.edges[c.from_edge].shape[-1] for group in links.values() for c in group]
    names: dict[int, str] = defaultdict(str)
    for way in roads.ways:
        names.update((node, names[node] or way.name) for node in way.nodes)
    reason = f"no controlled junction within {SIGNAL_REACH_M:g} m: a crossing between junctions or the end of the map"
    return [
        Guess("signal", str(key), names[key], "left out", reason)
        for key, node in roads.nodes.items()
        if node.is_signal and not _near(plane.xy(node.lat, node.lon), stops)
    ]


def _near(point: tuple[float, float], places: Iterable[tuple[float, float]]) -> bool:
    return any(math.dist(point, place) <= SIGNAL_REACH_M for place in places)


def signals_joined(network: Network) -> list[Guess]:
    """Signals that netconvert joined from several junctions or moved from stop lines to their junction."""
    guesses = []
    for signal in sorted(network.programmes):
        joined = signal.startswith(("cluster", "joinedS", "GS_", "joinedG"))
        if joined:
            guesses.append(
                Guess("signal", signal, "", "joined", "one signal for stop lines and junctions that lie together")
            )
    return guesses
