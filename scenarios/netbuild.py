"""From tables to a SUMO network: netconvert's plain XML, written by us and compiled by netconvert."""

import math
import re
import subprocess
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from zhasyl.errors import ScenarioError
from zhasyl.limits import limits_said
from zhasyl.scenarios.rows import Crossing, Junction, Link, Point
from zhasyl.scenarios.settings import Map
from zhasyl.sumo.home import sumo_binary, sumo_environment

if TYPE_CHECKING:
    from zhasyl.scenarios.tables import Tables

EARTH_RADIUS_M = 6_371_008.8  # mean radius, IUGG
NODE_TYPES = {"signal": "traffic_light", "priority": "priority", "link": "priority", "end": "priority"}
NETCONVERT_OPTIONS = (
    "--no-turnarounds=true",
    "--offset.disable-normalization=true",
    "--junctions.corner-detail=5",
    "--output.street-names=true",
)
NETCONVERT_LIMIT_S = 300


def local_xy(point: Point, origin: Map) -> tuple[float, float]:
    """Metres east and north of the origin; equirectangular, good to centimetres over kilometres."""
    metres_per_degree = math.radians(1) * EARTH_RADIUS_M
    lat, lon = point
    x = (lon - origin.origin_lon) * metres_per_degree * math.cos(math.radians(origin.origin_lat))
    return round(x, 2), round((lat - origin.origin_lat) * metres_per_degree, 2)


def polyline_m(link: Link, origin: Map) -> float:
    """Length of a link's axis in metres."""
    return sum(math.dist(one, other) for one, other in pairwise(local_xy(point, origin) for point in link.geometry))


def write_plain(tables: "Tables", folder: Path) -> None:
    """Write nodes, edges and connections for netconvert into a folder."""
    origin = tables.settings.map
    nodes = ET.Element("nodes")
    nodes.extend(_node(junction, origin) for junction in tables.junctions.rows)
    edges = ET.Element("edges")
    edges.extend(_edge(link, origin) for link in tables.links.rows)
    connections = ET.Element("connections")
    links = tables.link_by_id
    for turn in tables.turns.rows:
        ends = {"from": turn.from_link, "to": turn.to_link}
        before, after = links[turn.from_link], links[turn.to_link]
        lanes = {"fromLane": str(before.sumo_lane(turn.lane)), "toLane": str(after.sumo_lane(turn.to_lane))}
        allow = {"allow": turn.classes} if turn.classes != "all" else {}
        ET.SubElement(connections, "connection", {**ends, **lanes, **allow})
    connections.extend(_crossing(crossing) for crossing in tables.crossings.rows)
    for name, root in (("nod", nodes), ("edg", edges), ("con", connections)):
        write_xml(root, folder / f"plain.{name}.xml")


def write_xml(root: ET.Element, file: Path) -> None:
    """Write indented XML, the same bytes for the same content."""
    ET.indent(root)
    file.write_bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n")


def _node(junction: Junction, origin: Map) -> ET.Element:
    x, y = local_xy((junction.lat, junction.lon), origin)
    return ET.Element("node", id=junction.id, x=str(x), y=str(y), type=NODE_TYPES[junction.type])


def _edge(link: Link, origin: Map) -> ET.Element:
    shape = [local_xy(point, origin) for point in link.geometry]
    if (
        link.axis == "centre" and link.lanes
    ):  # netconvert centres the sidewalk too; the axis is that of the vehicle lanes
        shape = _shifted_right(shape, link.sidewalk_m / 2)
    edge = ET.Element("edge", {"id": link.id, "from": link.from_junction, "to": link.to_junction})
    if link.name:
        edge.set("name", link.name)
    edge.set("numLanes", str(link.sumo_lane(link.lanes) + 1))
    edge.set("speed", f"{link.speed_limit_kmh / 3.6:.3f}")
    edge.set("priority", "1" if link.minor else "2")
    edge.set("spreadType", {"centre": "center", "left": "right"}[link.axis])
    edge.set("shape", " ".join(f"{x:.2f},{y:.2f}" for x, y in shape))
    if link.sidewalk_m:
        ET.SubElement(edge, "lane", index="0", allow="pedestrian", width=f"{link.sidewalk_m:g}")
    for lane in range(1, link.lanes + 1):
        use = {"allow": "bus"} if lane == link.bus_lane else {"disallow": "pedestrian"}
        ET.SubElement(edge, "lane", index=str(link.sumo_lane(lane)), width=f"{link.lane_width_m:g}", attrib=use)
    return edge


def _shifted_right(shape: list[tuple[float, float]], by_m: float) -> list[tuple[float, float]]:
    """A gently bent line moved to its right; each point along the direction of its neighbours."""
    moved = []
    for i, (x, y) in enumerate(shape):
        (x0, y0), (x1, y1) = shape[max(i - 1, 0)], shape[min(i + 1, len(shape) - 1)]
        length_m = math.hypot(x1 - x0, y1 - y0)
        moved.append((x + by_m * (y1 - y0) / length_m, y - by_m * (x1 - x0) / length_m))
    return moved


def _crossing(crossing: Crossing) -> ET.Element:
    return ET.Element(
        "crossing",
        node=crossing.junction,
        edges=" ".join(crossing.links),
        width=f"{crossing.width_m:g}",
        priority="true",
    )


def compile_net(folder: Path, net_file: Path, plan_file: Path | None = None) -> None:
    """Run netconvert on the plain files of a folder. Raises ScenarioError with netconvert's first error."""
    plain = [f"--{kind}-files={folder / f'plain.{kind[:3]}.xml'}" for kind in ("node", "edge")]
    plain += [f"--connection-files={folder / 'plain.con.xml'}"]
    plain += [f"--tllogic-files={plan_file}"] if plan_file else []
    command = [str(sumo_binary("netconvert")), *plain, *NETCONVERT_OPTIONS, f"--output-file={net_file}"]
    try:
        done = subprocess.run(  # noqa: S603  a program of the SUMO installation with our own arguments
            command,
            env=sumo_environment(),
            capture_output=True,
            text=True,
            timeout=NETCONVERT_LIMIT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ScenarioError(f"netconvert did not finish: {error}; check the SUMO installation") from None
    errors = [line for line in done.stderr.splitlines() if line.startswith("Error")]
    if done.returncode != 0 or errors:
        first = errors[0] if errors else f"stopped without a message{limits_said()}"
        raise ScenarioError(f"netconvert: {first}; mend the tables named in it")
    strip_header(net_file)


def strip_header(net_file: Path) -> None:
    """The leading comments of SUMO's programs hold the time and paths of their runs."""
    text = net_file.read_text("utf-8")
    net_file.write_text(re.sub(r"\A(<\?xml[^>]*>\s*)(<!--.*?-->\s*)+", r"\1", text, flags=re.DOTALL), "utf-8")


@cache
def sumo_version() -> str:
    """The version netconvert gives itself, for example '1.28.0'."""
    command = [str(sumo_binary("netconvert")), "--version"]
    done = subprocess.run(  # noqa: S603  as above
        command, env=sumo_environment(), capture_output=True, text=True, check=False
    )
    found = re.search(r"Version (\S+)", done.stdout)
    return found.group(1) if found else "unknown"
