"""A town as SUMO's network: netconvert's plain XML of its nodes, pieces of links and connections, and the net.

netconvert finds the stop lines, so bays are laid out twice, the second time so that they are as long as their storage.
"""

import math
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from zhasyl.errors import ScenarioError
from zhasyl.network import Network
from zhasyl.scenarios.utdf.approach import begins, stop_lanes
from zhasyl.scenarios.utdf.connections import steps, turns
from zhasyl.scenarios.utdf.layout import FIRST_SETBACK_M, Layout, Piece, pieces_of
from zhasyl.scenarios.utdf.roundabouts import ring_of, write_ring
from zhasyl.scenarios.utdf.shapes import heights
from zhasyl.scenarios.utdf.town import FREE, ROUNDABOUT, SIGN, SIGNAL, STOP, YIELD, Link, Town
from zhasyl.sumo.messages import first_error
from zhasyl.sumo.net_file import read_network
from zhasyl.sumo.programs import NETCONVERT_OPTIONS, strip_header, try_program
from zhasyl.sumo.xml_files import Element, SubElement, write_xml

NETCONVERT_LIMIT_S = 900
SIDEWALK_M, CROSSING_M = 2.0, 4.0
NEAR_ENOUGH_M = 1.0
OPTIONS = {
    "tls.default-type": "static",
    "junctions.small-radius": "1.5",
    "check-lane-foes.all": "true",  # turns from two sides into two lanes of a road do not meet
}
MAJOR, MINOR = 3, 1


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
        bays = begins(layout.lanes[link.id])
        pieces = layout.pieces[link.id]
        if not bays or len(pieces) == 1:
            continue
        missing_m = bays[-1][0] - network.edges[pieces[-1].edge].length_m
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
        layout.pieces[link.id] = pieces_of(layout, link)
    _write(layout, scratch)
    files = {f"{kind}-files": scratch / f"plain.{kind[:3]}.xml" for kind in ("node", "edge", "connection")}
    done = try_program(
        "netconvert", {**files, **NETCONVERT_OPTIONS, **OPTIONS, "output-file": net_file}, NETCONVERT_LIMIT_S
    )
    if not done.well or first_error(done.said):
        raise ScenarioError(f"netconvert: {done.why}; correct the coordinates or links named in it")
    strip_header(net_file)
    return list(dict.fromkeys(line.removeprefix("Warning: ") for line in done.said if line.startswith("Warning")))


def _write(layout: Layout, folder: Path) -> None:
    nodes, edges, connections = Element("nodes"), Element("edges"), Element("connections")
    z_m = heights(layout.town)
    nodes.extend(_nodes(layout, z_m))
    for link in layout.town.links.values():
        for piece in layout.pieces[link.id]:
            edges.append(_edge(layout, link, piece, z_m))
        connections.extend(steps(layout, link))
        connections.extend(turns(layout, link))
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
        for before, after in pairwise(layout.pieces[link.id]):
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
        "speed": f"{link.speed_mps:.3f}", "priority": str(MINOR if link.sign in (STOP, YIELD) else MAJOR),
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
