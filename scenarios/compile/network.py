"""From tables to a SUMO network: netconvert's plain XML, written by us and compiled by netconvert."""

import math
from collections.abc import Mapping
from itertools import accumulate, pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from zhasyl.scenarios.tables.geometry import local_xy
from zhasyl.scenarios.tables.rows import Crossing, Junction, Link
from zhasyl.scenarios.tables.settings import Map
from zhasyl.sumo.xml_files import Element, SubElement, write_xml

if TYPE_CHECKING:
    from zhasyl.scenarios.tables.model import Tables

NODE_TYPES = {"signal": "traffic_light", "priority": "priority", "link": "priority", "end": "priority"}


def write_plain(tables: "Tables", folder: Path) -> None:
    """Write nodes, edges and connections for netconvert into a folder."""
    origin = tables.settings.map
    nodes = Element("nodes")
    nodes.extend(_node(junction, origin) for junction in tables.junctions.rows)
    heights_m = {junction.id: junction.height_m for junction in tables.junctions.rows}
    edges = Element("edges")
    edges.extend(_edge(link, origin, heights_m) for link in tables.links.rows)
    connections = Element("connections")
    links = tables.link_by_id
    for turn in tables.turns.rows:
        ends = {"from": turn.from_link, "to": turn.to_link}
        before, after = links[turn.from_link], links[turn.to_link]
        lanes = {"fromLane": str(before.sumo_lane(turn.lane)), "toLane": str(after.sumo_lane(turn.to_lane))}
        allow = {"allow": turn.classes} if turn.classes != "all" else {}
        free = {"uncontrolled": "true"} if turn.control else {}
        path = {"shape": _shape([local_xy(point, origin) for point in turn.path], 0.0, 0.0)} if turn.path else {}
        SubElement(connections, "connection", {**ends, **lanes, **allow, **free, **path})
    connections.extend(_crossing(crossing) for crossing in tables.crossings.rows)
    for name, root in (("nod", nodes), ("edg", edges), ("con", connections)):
        write_xml(root, folder / f"plain.{name}.xml")


def _node(junction: Junction, origin: Map) -> Element:
    x, y = local_xy((junction.lat, junction.lon), origin)
    height = {"z": f"{junction.height_m:g}"} if junction.height_m else {}
    return Element("node", id=junction.id, x=str(x), y=str(y), attrib=height, type=NODE_TYPES[junction.type])


def _edge(link: Link, origin: Map, heights_m: Mapping[str, float]) -> Element:
    shape = [local_xy(point, origin) for point in link.geometry]
    if (
        link.axis == "centre" and link.lanes
    ):  # netconvert centres the sidewalk too; the axis is that of the vehicle lanes
        shape = _shifted_right(shape, link.sidewalk_m / 2)
    edge = Element("edge", {"id": link.id, "from": link.from_junction, "to": link.to_junction})
    if link.name:
        edge.set("name", link.name)
    edge.set("numLanes", str(link.sumo_lane(link.lanes) + 1))
    edge.set("speed", f"{link.speed_limit_kmh / 3.6:.3f}")
    edge.set("priority", "1" if link.minor else "2")
    edge.set("spreadType", {"centre": "center", "left": "right"}[link.axis])
    edge.set("shape", _shape(shape, heights_m[link.from_junction], heights_m[link.to_junction]))
    if link.sidewalk_m:
        SubElement(edge, "lane", index="0", allow="pedestrian", width=f"{link.sidewalk_m:g}")
    for lane in range(1, link.lanes + 1):
        use = {"allow": "bus"} if lane == link.bus_lane else {"disallow": "pedestrian"}
        SubElement(edge, "lane", index=str(link.sumo_lane(lane)), width=f"{link.lane_width_m:g}", attrib=use)
    return edge


def _shape(line: list[tuple[float, float]], from_m: float, to_m: float) -> str:
    """A line as netconvert reads it; with heights, which change evenly along it, where an end has one."""
    if not (from_m or to_m):
        return " ".join(f"{x:.2f},{y:.2f}" for x, y in line)
    along_m = list(accumulate((math.dist(one, other) for one, other in pairwise(line)), initial=0.0))
    rise = (to_m - from_m) / along_m[-1]
    return " ".join(f"{x:.2f},{y:.2f},{from_m + rise * m:.2f}" for (x, y), m in zip(line, along_m, strict=True))


def _shifted_right(shape: list[tuple[float, float]], by_m: float) -> list[tuple[float, float]]:
    """A gently bent line moved to its right; each point along the direction of its neighbours."""
    moved = []
    for i, (x, y) in enumerate(shape):
        (x0, y0), (x1, y1) = shape[max(i - 1, 0)], shape[min(i + 1, len(shape) - 1)]
        length_m = math.hypot(x1 - x0, y1 - y0)
        moved.append((x + by_m * (y1 - y0) / length_m, y - by_m * (x1 - x0) / length_m))
    return moved


def _crossing(crossing: Crossing) -> Element:
    return Element(
        "crossing",
        node=crossing.junction,
        edges=" ".join(crossing.links),
        width=f"{crossing.width_m:g}",
        priority="true",
    )
