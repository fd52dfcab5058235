"""A SUMO network read from its .net.xml and what additional files say of its signals."""

from collections.abc import Iterable
from pathlib import Path
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import iterparse

from zhasyl.errors import ScenarioError
from zhasyl.network import Connection, Edge, Junction, Network
from zhasyl.sumo.programme import Programme as Programme
from zhasyl.sumo.programme import SignalProgrammes
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
    edges: dict[str, Edge] = {}
    junctions: dict[str, Junction] = {}
    connections: list[Connection] = []
    programmes = SignalProgrammes(start_s)
    internal_lengths: dict[str, float] = {}
    is_net = False
    for element in top_elements(net_file):
        is_net = is_net or element.tag == "location"
        try:
            if element.tag == "edge" and element.get("function") == "internal":
                internal_lengths.update((lane.get("id", ""), _float(lane, "length")) for lane in element.iter("lane"))
            elif element.tag == "edge":
                edges[element.attrib["id"]] = _edge(element)
            elif element.tag == "junction" and element.get("type") != "internal":
                junctions[element.attrib["id"]] = _junction(element)
            elif element.tag == "connection":
                connections.append(_connection(element))
            elif element.tag in SignalProgrammes.TAGS:
                programmes.take(element)
        except (LookupError, ValueError) as error:
            raise ScenarioError(
                f"network {net_file}: <{element.tag}> {element.get('id', '')!r} is invalid ({error}); "
                "rebuild it with netconvert"
            ) from error
    if not is_net or not edges:
        raise ScenarioError(f"network {net_file}: not a SUMO network (no <location> or no <edge>); use netconvert")
    _take_additional(programmes, additional_files)
    known = tuple(c for c in connections if c.from_edge in edges and c.to_edge in edges)
    inner = {f"{c.from_edge}_{c.from_lane}": c.via for c in connections if c.from_edge not in edges and c.via}
    playing = _playing(programmes, net_file, start_s if at_s is None else at_s)
    return Network(net_file, edges, junctions, known, playing, internal_lengths, inner, _is_left_hand(net_file))


def _is_left_hand(net_file: Path) -> bool:
    with open_xml(net_file) as stream:
        _, root = next(iterparse(stream, events=("start",)))
        return root.get("lefthand", "") in ("true", "1")


def _take_additional(programmes: SignalProgrammes, files: Iterable[Path]) -> None:
    for path in files:
        for element in top_elements(path):
            try:
                if element.tag in SignalProgrammes.TAGS:
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


def _bits(text: str) -> frozenset[int]:
    """SUMO writes the bit of request 0 last."""
    return frozenset(index for index, bit in enumerate(reversed(text)) if bit == "1")
