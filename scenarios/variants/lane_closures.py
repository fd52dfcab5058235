"""Lanes closed for the period or for a while, and bus lanes given to cars.

A lane is closed by a rerouter with closingLaneReroute (https://sumo.dlr.de/docs/Simulation/Rerouter.html): nobody may
enter it while it is closed, or change across it. A closure that would leave a route that somebody drives without a way
is refused, because vehicles with fixed routes would wait there for ever.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import groupby, pairwise

from zhasyl.errors import ScenarioError, unknown_name
from zhasyl.files.clock import seconds
from zhasyl.scenarios.compile.cache import changed, stored
from zhasyl.scenarios.demand.volumes import departures
from zhasyl.scenarios.model import Scenario
from zhasyl.sumo.xml_files import Element, SubElement, read_root

INCIDENT = re.compile(r"(?P<lane>.+)@(?P<hour>\d{1,2}):(?P<minute>[0-5]\d)\+(?P<minutes>\d{1,4})")
TRAFFIC = {"passenger": "cars", "bus": "buses"}  # whom a road is for: the first that may use one of its lanes
MOTOR_TRAFFIC = (*TRAFFIC, "truck", "delivery", "motorcycle", "tram")
Closure = tuple[str, float, float]  # lane, begin_s, end_s


def closed_for_good(scenario: Scenario, text: str) -> list[Closure]:
    """The lanes of `LANE+LANE`, closed in the whole run."""
    return [(lane, 0.0, scenario.end_s) for lane in text.split("+")]


def incidents(scenario: Scenario, text: str) -> list[Closure]:
    """The closures of `LANE@h:mm+minutes`, several separated by ';'. Raises ScenarioError."""
    return [_incident(scenario, part) for part in text.split(";")]


def _incident(scenario: Scenario, text: str) -> Closure:
    found = INCIDENT.fullmatch(text)
    if not found or not int(found["minutes"]):
        raise ScenarioError(f"incident={text} is not of the form LANE@h:mm+minutes, for example gneE1_0@8:15+20")
    begin_s = 3600.0 * int(found["hour"]) + 60.0 * int(found["minute"])
    if not scenario.start_s <= begin_s < scenario.end_s:
        raise ScenarioError(
            f"incident={text} begins at {seconds(begin_s)} s, but scenario '{scenario.id}' runs from "
            f"{seconds(scenario.start_s)} to {seconds(scenario.end_s)} s; give a time in between"
        )
    return found["lane"], begin_s, begin_s + 60.0 * int(found["minutes"])


def with_closures(scenario: Scenario, closures: Iterable[Closure]) -> Scenario:
    """The scenario with lanes closed. Raises ScenarioError for an unknown lane or the last one of an edge or turn."""
    closures = sorted(closures)
    root = read_root(scenario.net_file)
    edges = {lane.get("id", ""): edge for edge in root.iter("edge") if not edge.get("function") for lane in edge}
    closed = {lane for lane, _, _ in closures}
    for lane in sorted(closed):
        if lane not in edges:
            raise ScenarioError(unknown_lane(scenario, lane, edges))
        _check_lane(edges[lane], lane)
        _check_edge(edges[lane], lane, closed)
    _check_routes(scenario, root, closed)
    additional = Element("additional")
    for index, (lane, begin_s, end_s) in enumerate(closures):
        rerouter = SubElement(additional, "rerouter", id=f"zhasyl_closed_{index}", edges=edges[lane].get("id", ""))
        interval = SubElement(rerouter, "interval", begin=seconds(begin_s), end=seconds(end_s))
        SubElement(interval, "closingLaneReroute", id=lane, disallow="all")
    file = stored(additional, "closures", "closures.add.xml")
    return replace(scenario, additional_files=(*scenario.additional_files, file))


def unknown_lane(scenario: Scenario, lane: str, known: Iterable[str]) -> str:
    """One line for a lane the network has not, with the nearest one."""
    return f"scenario '{scenario.id}': " + unknown_name("lane", lane, known).partition(" Known:")[0] + " Check its id"


def _check_lane(edge: Element, lane: str) -> None:
    roads = [other for other in edge.iter("lane") if any(takes(other, kind) for kind in MOTOR_TRAFFIC)]
    names = [other.get("id", "") for other in roads]
    if lane not in names:
        said = ", ".join(names[:8]) or "none"
        raise ScenarioError(f"lane '{lane}' cannot be closed: it is no lane for vehicles; those of its edge: {said}")


def _check_edge(edge: Element, lane: str, closed: set[str]) -> None:
    lanes = list(edge.iter("lane"))
    traffic = next((kind for kind in TRAFFIC if any(takes(other, kind) for other in lanes)), "passenger")
    if not any(takes(other, traffic) for other in lanes if other.get("id") not in closed):
        raise ScenarioError(
            f"lane '{lane}' cannot be closed: no lane for {TRAFFIC[traffic]} is left on edge '{edge.get('id')}'; "
            "close one of an edge with more lanes"
        )


def _check_routes(scenario: Scenario, root: Element, closed: set[str]) -> None:
    """Raise ScenarioError if somebody could follow his route before and cannot now."""
    lanes = {edge.get("id", ""): list(edge.iter("lane")) for edge in root.iter("edge")}
    links = defaultdict(list)
    for link in root.iter("connection"):
        links[link.get("from", ""), link.get("to", "")].append(link)
    for vehicle_class, edges in sorted({(one.vehicle_class, one.edges) for one in departures(scenario)}):
        stopped = _stopped(edges, vehicle_class, lanes, links, closed)
        if stopped and not _stopped(edges, vehicle_class, lanes, links, set()):
            raise ScenarioError(
                f"lane '{min(closed)}' cannot be closed: no way is left for a {vehicle_class} from '{stopped[0]}' to "
                f"'{stopped[1]}', as its lanes lead; close another lane"
            )


def _stopped(
    edges: tuple[str, ...],
    vehicle_class: str,
    lanes: Mapping[str, list[Element]],
    links: Mapping[tuple[str, str], list[Element]],
    closed: set[str],
) -> tuple[str, str] | None:
    """The first pair of edges of a route between which no lane leads, changing lanes only over open ones."""
    at = {str(index) for index in range(len(lanes.get(edges[0], ())))}
    for here, there in pairwise(edges):
        left = _changed(at, lanes.get(here, []), vehicle_class, closed)
        leading = [link for link in links.get((here, there), ()) if link.get("fromLane") in left]
        at = {link.get("toLane", "") for link in leading if takes(link, vehicle_class)}
        if not at & _open_lanes(lanes.get(there, []), vehicle_class, closed):
            return here, there
    return None


def _changed(at: set[str], lanes: list[Element], vehicle_class: str, closed: set[str]) -> set[str]:
    """The open lanes that can be reached from some by changing over open ones."""
    usable = _open_lanes(lanes, vehicle_class, closed)
    reached: set[str] = set()
    for _, block in groupby((lane.get("index", "") for lane in lanes), usable.__contains__):
        together = set(block)
        if together & usable & at:
            reached |= together
    return reached


def _open_lanes(lanes: list[Element], vehicle_class: str, closed: set[str]) -> set[str]:
    return {lane.get("index", "") for lane in lanes if lane.get("id") not in closed and takes(lane, vehicle_class)}


def takes(lane: Element, vehicle_class: str) -> bool:
    """May this class use the lane?"""
    if lane.get("allow"):
        return bool({vehicle_class, "all"} & set(lane.get("allow", "").split()))
    return not {vehicle_class, "all"} & set(lane.get("disallow", "").split())


def with_open_bus_lanes(scenario: Scenario) -> Scenario:
    """The scenario with its bus lanes given to cars. Raises ScenarioError if it has none."""
    net_file = changed(scenario.net_file, _open, "bus_lane=open")
    if net_file == scenario.net_file:
        raise ScenarioError(f"scenario '{scenario.id}': it has no bus lane beside lanes for cars; leave out bus_lane")
    return replace(scenario, net_file=net_file)


def _open(root: Element) -> bool:
    opened: dict[str, dict[str, str]] = {}
    for edge in root.iter("edge"):
        cars = [lane for lane in edge.iter("lane") if takes(lane, "passenger")]
        if cars and not edge.get("function"):
            rule = {key: cars[0].get(key, "") for key in ("allow", "disallow") if cars[0].get(key)}
            opened |= {lane.get("id", ""): rule for lane in edge if _is_bus_lane(lane)}
    inside = {link.get("via"): f"{link.get('from')}_{link.get('fromLane')}" for link in root.iter("connection")}
    lanes = {lane.get("id", ""): lane for lane in root.iter("lane")}
    for name, lane in lanes.items():
        origin, steps = name, 0
        while origin in inside and steps < 4:
            origin, steps = inside[origin], steps + 1
        if origin in opened and _is_bus_lane(lane):
            lane.attrib.pop("allow", None)
            lane.attrib.pop("disallow", None)
            lane.attrib.update(opened[origin])
    return bool(opened)


def _is_bus_lane(lane: Element) -> bool:
    return lane.tag == "lane" and takes(lane, "bus") and not takes(lane, "passenger")
