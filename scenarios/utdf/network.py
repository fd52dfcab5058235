"""A town as SUMO's network: netconvert's plain XML of its nodes, pieces of links and connections, and the net.

link      one edge, or a piece more for each begin of a bay: 9-1, 9-1.1, ...; the junction 9-1.1 between two is as long
          as the taper, and the bay behind it as long as its storage
setback   from a node's middle to a stop line: netconvert finds it, so bays are laid out twice, the second time so that
          they are as long as their storage
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from zhasyl.errors import ScenarioError
from zhasyl.network import Network
from zhasyl.scenarios.utdf.approach import StopLane, begins, present, stop_lanes, width_left_of_road_m
from zhasyl.scenarios.utdf.roundabouts import Ring, ring_of, write_ring
from zhasyl.scenarios.utdf.shapes import centre_line, cut, heights, length_m, to_the_right
from zhasyl.scenarios.utdf.town import BEND, END, FREE, ROUNDABOUT, SIGN, SIGNAL, STOP, Group, Link, Town
from zhasyl.sumo.messages import first_error
from zhasyl.sumo.net_file import read_network
from zhasyl.sumo.programs import NETCONVERT_OPTIONS, strip_header, try_program
from zhasyl.sumo.xml_files import Element, SubElement, write_xml

NETCONVERT_LIMIT_S = 900
SHORTEST_M = 10.0  # of a piece of a link
SIDEWALK_M, CROSSING_M = 2.0, 4.0
FIRST_SETBACK_M = 15.0
NEAR_ENOUGH_M = 1.0
OPTIONS = {"tls.default-type": "static", "junctions.small-radius": "1.5", "check-lane-foes.all": "true"}
MAJOR, MINOR = 3, 1


@dataclass(frozen=True)
class Piece:
    """An edge: a part of a link with its lanes (places at the stop line), from left to right."""

    edge: str
    begin: str
    end: str
    lanes: list[int]
    line: list[tuple[float, float]]


@dataclass
class Layout:
    """How a town is laid out: what each link became."""

    town: Town
    walked: frozenset[str] = frozenset()
    """Links with pavements."""
    crossings: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Node → the nodes at the other end of the arms that people cross."""
    setback_m: dict[str, float] = field(default_factory=dict)
    lanes: dict[str, tuple[StopLane, ...]] = field(default_factory=dict)
    pieces: dict[str, list[Piece]] = field(default_factory=dict)
    rings: dict[str, Ring] = field(default_factory=dict)

    def edges(self, link: Link) -> list[str]:
        return [piece.edge for piece in self.pieces[link.id]]

    def lane(self, link: Link, piece: Piece, place: int) -> int:
        """SUMO's index, from the right, of a lane of the stop line."""
        return len(piece.lanes) - 1 - piece.lanes.index(place) + (link.id in self.walked)


def build_network(layout: Layout, net_file: Path, scratch: Path) -> list[str]:
    """Write the network; answers netconvert's warnings. Raises ScenarioError with its first error."""
    town = layout.town
    for link in town.links.values():
        layout.lanes[link.id] = stop_lanes(link, town.units.default_width_m, town.guesses)
    warnings = _laid_out(layout, net_file, scratch)
    if _set_back(layout, read_network(net_file)):
        warnings = _laid_out(layout, net_file, scratch)
    return warnings


def _set_back(layout: Layout, network: Network) -> bool:
    """Learn the setbacks of links with bays; answers whether one is far from what was assumed."""
    changed = False
    for link in layout.town.links.values():
        steps = begins(layout.lanes[link.id])
        pieces = layout.pieces[link.id]
        if not steps or len(pieces) == 1:
            continue
        missing_m = steps[-1][0] - network.edges[pieces[-1].edge].length_m
        if abs(missing_m) > NEAR_ENOUGH_M:
            layout.setback_m[link.id] = layout.setback_m.get(link.id, FIRST_SETBACK_M) + missing_m
            changed = True
    return changed


def _laid_out(layout: Layout, net_file: Path, scratch: Path) -> list[str]:
    town = layout.town
    for place in town.places.values():
        if place.kind == ROUNDABOUT:
            layout.rings[place.id] = ring_of(town, place)
    for link in town.links.values():
        layout.pieces[link.id] = _pieces(layout, link)
    _write(layout, scratch)
    files = {f"{kind}-files": scratch / f"plain.{kind[:3]}.xml" for kind in ("node", "edge", "connection")}
    done = try_program(
        "netconvert", {**files, **NETCONVERT_OPTIONS, **OPTIONS, "output-file": net_file}, NETCONVERT_LIMIT_S
    )
    if not done.well or first_error(done.said):
        raise ScenarioError(f"netconvert: {done.why}; correct the coordinates or links named in it")
    strip_header(net_file)
    return list(dict.fromkeys(line.removeprefix("Warning: ") for line in done.said if line.startswith("Warning")))


def _pieces(layout: Layout, link: Link) -> list[Piece]:
    """A link from its begin to the stop line."""
    town, lanes = layout.town, layout.lanes[link.id]
    centre = centre_line(town, link)
    whole_m = length_m(centre)
    setback_m = layout.setback_m.get(link.id, FIRST_SETBACK_M)
    room_m = whole_m - setback_m - min(FIRST_SETBACK_M, whole_m / 4) - SHORTEST_M
    found: list[Piece] = []
    begin, from_m, edge = _end_of(layout, link, link.up), 0.0, link.id
    for number, (storage_m, taper_m) in enumerate(begins(lanes), start=1):
        if storage_m > room_m:
            reason = f"Storage {storage_m:.0f} m, and the link has room for {max(room_m, 0):.0f} m"
            town.guesses.add("bay", link.id, link.name, "goes all the way", reason)
            continue
        full_m = whole_m - setback_m - storage_m
        taper_m = max(0.0, min(taper_m, full_m - from_m - SHORTEST_M))
        node = f"{link.id}.{number}"
        places = _present(lanes, storage_m, room_m)
        found.append(Piece(edge, begin, node, places, _line(layout, link, centre, places, from_m, full_m - taper_m)))
        begin, from_m, edge = node, full_m, f"{link.id}.{number}"
    places = present(lanes, 0.0)
    line = _line(layout, link, centre, places, from_m, whole_m)
    return [*found, Piece(edge, begin, _end_of(layout, link, link.node), places, line)]


def _present(lanes: tuple[StopLane, ...], storage_m: float, room_m: float) -> list[int]:
    """Before a bay's begin; bays that are too long for the link are lanes of the whole of it."""
    there = set(present(lanes, storage_m))
    return [place for place, lane in enumerate(lanes) if place in there or lane.bay_m > room_m]


def _line(
    layout: Layout, link: Link, centre: list[tuple[float, float]], places: list[int], from_m: float, to_m: float
) -> list[tuple[float, float]]:
    """The left border of a piece's lanes."""
    lanes = layout.lanes[link.id]
    reverse = layout.town.links.get((link.node, link.up))
    bays_m = [width_left_of_road_m(layout.lanes[one.id], present(layout.lanes[one.id], 0.0))
              for one in (link, reverse) if one]  # fmt: skip
    median_m = max(link.median_m, *bays_m) if reverse else 0.0
    shift_m = median_m / 2 + link.offset_m - width_left_of_road_m(lanes, places)
    if reverse is None:
        shift_m -= sum(lanes[place].width_m for place, lane in enumerate(lanes) if not lane.bay_m) / 2
    return cut(to_the_right(centre, shift_m), from_m, to_m)


def _end_of(layout: Layout, link: Link, node: str) -> str:
    """The junction where a link ends: the node's, or that of its arm of a roundabout."""
    other = link.node if node == link.up else link.up
    return layout.rings[node].arm(other) if node in layout.rings else node


def _write(layout: Layout, folder: Path) -> None:
    nodes, edges, connections = Element("nodes"), Element("edges"), Element("connections")
    z_m = heights(layout.town)
    nodes.extend(_nodes(layout, z_m))
    for link in layout.town.links.values():
        for piece in layout.pieces[link.id]:
            edges.append(_edge(layout, link, piece, z_m))
        connections.extend(_steps(layout, link))
        connections.extend(_turns(layout, link))
    for node, ring in layout.rings.items():
        write_ring(ring, layout.town.places[node], nodes, edges, z_m[node])
    for node, arms in layout.crossings.items():
        for arm in arms:
            own = [link for link in layout.town.links.values() if {link.up, link.node} == {node, arm}]
            ends = [layout.pieces[link.id][-1 if link.node == node else 0].edge for link in own]
            SubElement(connections, "crossing", node=node, edges=" ".join(ends), width=f"{CROSSING_M:g}")
    for name, root in (("nod", nodes), ("edg", edges), ("con", connections)):
        write_xml(root, folder / f"plain.{name}.xml")


def _nodes(layout: Layout, z_m: dict[str, float]) -> Iterator[Element]:
    for place in layout.town.places.values():
        if place.id not in layout.rings:
            x, y = place.xy
            yield Element("node", id=place.id, x=f"{x:.2f}", y=f"{y:.2f}", z=f"{z_m[place.id]:.2f}",
                          attrib=_kind(layout.town, place.id, place.kind))  # fmt: skip
    for link in layout.town.links.values():
        for before, after in zip(layout.pieces[link.id], layout.pieces[link.id][1:], strict=False):
            (x0, y0), (x1, y1) = before.line[-1], after.line[0]
            x, y = (x0 + x1) / 2, (y0 + y1) / 2
            z = _height(layout, link, (x, y), z_m)
            yield Element("node", id=before.end, x=f"{x:.2f}", y=f"{y:.2f}", z=f"{z:.2f}", type="priority")


def _kind(town: Town, node: str, kind: int) -> dict[str, str]:
    arriving = town.arriving(node)
    if kind == SIGNAL:
        turns = any(group.turn[0] == "R" for link in arriving for group in link.groups)
        return {"type": "traffic_light_right_on_red" if turns else "traffic_light"}
    signs = [link.sign for link in arriving]
    if kind != SIGN or all(sign in (None, FREE) for sign in signs):
        if kind == SIGN and len(arriving) > 2:
            town.guesses.add("right of way", node, "", "by the right and the larger road", "no approach has a sign")
        return {"type": "priority"}
    if all(sign == STOP for sign in signs):
        return {"type": "allway_stop"}
    return {"type": "priority_stop" if STOP in signs else "priority", "rightOfWay": "edgePriority"}


def _height(layout: Layout, link: Link, point: tuple[float, float], z_m: dict[str, float]) -> float:
    begin, end = layout.town.places[link.up].xy, layout.town.places[link.node].xy
    share = math.dist(begin, point) / max(math.dist(begin, point) + math.dist(point, end), 0.1)
    return z_m[link.up] + share * (z_m[link.node] - z_m[link.up])


def _edge(layout: Layout, link: Link, piece: Piece, z_m: dict[str, float]) -> Element:
    lanes = layout.lanes[link.id]
    walked = link.id in layout.walked
    steep = any(z_m.values())
    points = [f"{x:.2f},{y:.2f}" + (f",{_height(layout, link, (x, y), z_m):.2f}" if steep else "")
              for x, y in piece.line]  # fmt: skip
    edge = Element("edge", {
        "id": piece.edge, "from": piece.begin, "to": piece.end, "numLanes": str(len(piece.lanes) + walked),
        "speed": f"{link.speed_mps:.3f}", "priority": str(MINOR if link.sign in (STOP, 2) else MAJOR),
        "spreadType": "right", "shape": " ".join(points),
    })  # fmt: skip
    if link.name:
        edge.set("name", "".join(letter for letter in link.name if letter.isprintable()))
    if walked:
        SubElement(edge, "lane", index="0", allow="pedestrian", width=f"{SIDEWALK_M:g}")
    for place in piece.lanes:
        use = {"disallow": "pedestrian"} if walked else {}
        width = f"{lanes[place].width_m:.2f}"
        SubElement(edge, "lane", index=str(layout.lane(link, piece, place)), width=width, attrib=use)
    return edge


def _steps(layout: Layout, link: Link) -> Iterator[Element]:
    """From piece to piece: each lane goes on, a new one opens beside the nearest lane."""
    for before, after in zip(layout.pieces[link.id], layout.pieces[link.id][1:], strict=False):
        for place in after.lanes:
            source = min(before.lanes, key=lambda other: (abs(other - place), other))
            made = _connection(layout, link, before, source, link, after, place)
            made.set("keepClear", "false")
            yield made


def _connection(
    layout: Layout, link: Link, piece: Piece, place: int, to: Link, to_piece: Piece, to_place: int
) -> Element:
    return Element("connection", {
        "from": piece.edge, "to": to_piece.edge, "fromLane": str(layout.lane(link, piece, place)),
        "toLane": str(layout.lane(to, to_piece, to_place)),
    })  # fmt: skip


def _turns(layout: Layout, link: Link) -> Iterator[Element]:
    """The connections of a link's lanes over its node; netconvert makes those of which the file says nothing."""
    kind = layout.town.places[link.node].kind
    if kind in (END, ROUNDABOUT):
        return
    piece, lanes = layout.pieces[link.id][-1], layout.lanes[link.id]
    for group in link.groups:
        own = [place for place, lane in enumerate(lanes) if group.column in lane.serves]
        if not own or (link.node, group.dest) not in layout.town.links:
            continue
        exit_ = layout.town.links[link.node, group.dest]
        to_piece = layout.pieces[exit_.id][0]
        if len(own) > len(to_piece.lanes):
            reason = f"{group.column}: {len(own)} lanes lead to a road of {len(to_piece.lanes)}"
            layout.town.guesses.add("lanes", link.id, link.name, "lanes merge", reason)
        for place, to_place in zip(own, _aligned(group, len(own), to_piece.lanes), strict=True):
            made = _connection(layout, link, piece, place, exit_, to_piece, to_place)
            if kind == SIGNAL and group.channel in (1, 2, 3):
                made.set("uncontrolled", "true")
            yield made
    if kind == BEND or not link.groups:
        yield from _straight_on(layout, link, piece)


def _aligned(group: Group, count: int, exits: list[int]) -> list[int]:
    """Where lanes lead, from left to right: left turns to the left, right turns to the right, others by Alignment."""
    right = group.turn[0] == "R" or (group.turn == "T" and group.to_the_right)
    first = len(exits) - count if right else 0
    return [exits[min(max(first + i, 0), len(exits) - 1)] for i in range(count)]


def _straight_on(layout: Layout, link: Link, piece: Piece) -> Iterator[Element]:
    """At a bend all lanes go on; a road that is wider opens its right lanes."""
    onward = [one for one in layout.town.leaving(link.node) if one.node != link.up]
    if layout.town.places[link.node].kind != BEND or len(onward) != 1:
        return
    to_piece = layout.pieces[onward[0].id][0]
    before, after = piece.lanes, to_piece.lanes
    for i in range(max(len(before), len(after))):
        source, target = before[min(i, len(before) - 1)], after[min(i, len(after) - 1)]
        yield _connection(layout, link, piece, source, onward[0], to_piece, target)
