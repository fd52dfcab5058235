"""A SUMO network read from its .net.xml and what additional files say of its signals."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from html import unescape
from pathlib import Path
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import iterparse

from zhasyl.errors import ScenarioError
from zhasyl.network import Connection, Edge, Junction, Network
from zhasyl.sumo.programme import Programme as Programme
from zhasyl.sumo.programme import SignalProgrammes
from zhasyl.sumo.written import reference_in
from zhasyl.sumo.xml_files import open_xml, top_elements


def read_network(
    net_file: Path,
    additional_files: Iterable[Path] = (),
    start_s: float = 0.0,
    at_s: float | None = None,
) -> Network:
    """Read a .net.xml or .net.xml.gz, and which programme each signal plays at `at_s` in a run from `start_s` on.

    Programmes and their timetables also come from additional files.
    Raises ScenarioError if a file is missing, not XML or not a SUMO network.
    """
    found = _Found(SignalProgrammes(start_s))
    for element in top_elements(net_file):
        try:
            found.take(element)
        except (LookupError, ValueError) as error:
            raise ScenarioError(
                f"network {net_file}: <{element.tag}> {element.get('id', '')!r} is invalid ({error}); "
                "rebuild it with netconvert"
            ) from error
    edges = found.edges
    if not found.located or not edges:
        raise ScenarioError(f"network {net_file}: not a SUMO network (no <location> or no <edge>); use netconvert")
    _check_names(net_file, (*edges, *found.junctions))
    _take_additional(found.programmes, additional_files)
    known = tuple(c for c in found.connections if c.from_edge in edges and c.to_edge in edges)
    inner = {f"{c.from_edge}_{c.from_lane}": c.via for c in found.connections if c.from_edge not in edges and c.via}
    playing = _playing(found.programmes, net_file, start_s if at_s is None else at_s)
    lengths_m = found.internal_lengths_m
    return Network(net_file, edges, found.junctions, known, playing, lengths_m, inner, _is_left_hand(net_file))


@dataclass
class _Found:
    """What the elements of a .net.xml say, one after another."""

    programmes: SignalProgrammes
    located: bool = False
    edges: dict[str, Edge] = field(default_factory=dict)
    junctions: dict[str, Junction] = field(default_factory=dict)
    connections: list[Connection] = field(default_factory=list)
    internal_lengths_m: dict[str, float] = field(default_factory=dict)

    def take(self, element: Element) -> None:
        """Raises LookupError and ValueError for one that is invalid."""
        self.located = self.located or element.tag == "location"
        if element.tag == "edge":
            self._take_edge(element)
        elif element.tag == "junction" and element.get("type") != "internal":
            self.junctions[element.attrib["id"]] = _junction(element)
        elif element.tag == "connection":
            self.connections.append(_connection(element))
        elif element.tag in SignalProgrammes.TAGS:
            self.programmes.take(element)

    def _take_edge(self, element: Element) -> None:
        if element.get("function") != "internal":
            self.edges[element.attrib["id"]] = _edge(element)
        else:
            lanes = element.iter("lane")
            self.internal_lengths_m.update((lane.get("id", ""), _float(lane, "length")) for lane in lanes)


def _check_names(net_file: Path, names: Iterable[str]) -> None:
    for name in names:
        if reference := reference_in(name):
            raise ScenarioError(
                f"network {net_file}: in SUMO's outputs the {reference} in the id {name[:80]!r} cannot be told from "
                f"{unescape(reference)!r}; rename it"
            )


def _is_left_hand(net_file: Path) -> bool:
    with open_xml(net_file) as stream:
        _, root = next(iterparse(stream, events=("start",)))
        return root.get("lefthand", "") in ("true", "1")


def _take_additional(programmes: SignalProgrammes, files: Iterable[Path]) -> None:
    for path in files:
        for element in top_elements(path):
            if element.tag in SignalProgrammes.TAGS:
                _take_programme(programmes, element, path)


def _take_programme(programmes: SignalProgrammes, element: Element, path: Path) -> None:
    try:
        programmes.take(element)
    except (LookupError, ValueError) as error:
        raise ScenarioError(
            f"additional file {path}: <{element.tag}> {element.get('id', '')[:60]!r} is invalid ({error})"
        ) from error


def _playing(programmes: SignalProgrammes, net_file: Path, at_s: float) -> dict[str, Programme]:
    try:
        return programmes.at(at_s)
    except ValueError as error:
        raise ScenarioError(f"network {net_file}: a <WAUT> is invalid ({error}); correct its file") from error


def _float(element: Element, key: str) -> float:
    return float(element.attrib[key])


def _edge(element: Element) -> Edge:
    lanes = element.findall("lane")
    shape = element.get("shape") or lanes[0].attrib["shape"]
    return Edge(
        id=element.attrib["id"],
        from_junction=element.get("from", ""),
        to_junction=element.get("to", ""),
        function=element.get("function", "normal"),
        name=element.get("name", ""),
        length_m=max(_float(lane, "length") for lane in lanes),
        speed_mps=max(_float(lane, "speed") for lane in lanes),
        lanes=tuple(lane.attrib["id"] for lane in sorted(lanes, key=lambda lane: int(lane.attrib["index"]))),
        shape=tuple((float(x), float(y)) for x, y, *_ in (point.split(",") for point in shape.split())),
        no_cars=frozenset(int(lane.attrib["index"]) for lane in lanes if not _open_to_cars(lane)),
        crosses=tuple(element.get("crossingEdges", "").split()),
    )


def _open_to_cars(element: Element) -> bool:
    allowed, closed = element.get("allow"), element.get("disallow", "").split()
    return bool({"passenger", "all"} & set(allowed.split())) if allowed else not {"passenger", "all"} & set(closed)


def _connection(element: Element) -> Connection:
    return Connection(
        from_edge=element.attrib["from"],
        from_lane=int(element.attrib["fromLane"]),
        to_edge=element.attrib["to"],
        to_lane=int(element.attrib["toLane"]),
        direction=element.get("dir", "s"),
        signal=element.get("tl", ""),
        link=int(element.get("linkIndex", "-1")),
        via=element.get("via", ""),
        no_cars=not _open_to_cars(element),
    )


def _junction(element: Element) -> Junction:
    requests = sorted(element.findall("request"), key=lambda request: int(request.attrib["index"]))
    return Junction(
        id=element.attrib["id"],
        kind=element.get("type", ""),
        incoming_lanes=tuple(element.get("incLanes", "").split()),
        internal_lanes=tuple(element.get("intLanes", "").split()),
        foes=tuple(_bits(request.attrib["foes"]) for request in requests),
        response=tuple(_bits(request.attrib["response"]) for request in requests),
    )


@lru_cache(maxsize=4096)
def _bits(text: str) -> frozenset[int]:
    """SUMO writes the bit of request 0 last. Junctions are much alike: equal sets are one."""
    return frozenset(index for index, bit in enumerate(reversed(text)) if bit == "1")
