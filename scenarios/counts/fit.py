"""Vehicles that make the counted turns, by SUMO's own tools.

jtrrouter    sends each class through the network by its counted shares at each junction: candidate routes
randomTrips  adds shortest routes between the ends of the network: candidates where nobody counted
routeSampler picks how many vehicles of each class take which candidate in each interval, to meet the counts

Where turns and candidates are too many for routeSampler, `zhasyl.scenarios.counts.route_flows` picks instead.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

from zhasyl.errors import ScenarioError
from zhasyl.files.clock import seconds
from zhasyl.network import Network
from zhasyl.scenarios.counts.count import CLASSES
from zhasyl.scenarios.counts.placed import CountedTurn, Placed
from zhasyl.scenarios.counts.route_flows import Route, write_fitted
from zhasyl.scenarios.demand.random_trips import is_road
from zhasyl.scenarios.turns import MOST_EDGES_BETWEEN, Turn
from zhasyl.sumo.programs import run_program, run_tool, strip_header
from zhasyl.sumo.xml_files import Element, SubElement, top_elements, write_xml

SEED = 1
CANDIDATES_PER_ENTRY = 300
RANDOM_TRIPS = 2000
MOST_CELLS = 20_000_000  # turns times candidates: routeSampler builds a dense matrix of them, 160 MB, more than once
TURN_DEFAULTS = "20,60,20"  # right, straight, left in per cent, where nobody counted
VEHICLE_FILE = "vehicles.add.xml"

Trip = tuple[str, str]
"""First and last edge of a route."""


def fit_demand(placed: Placed, network: Network, folder: Path, scratch: Path, warm_up_s: float) -> list[Path]:
    """Write vehicle types and one route file per class into `folder`; answers the route files.

    The first interval's counts fill the streets during the warm-up. Raises ScenarioError if no route makes a turn.
    """
    classes = sorted({place.count.vehicle_class for place in placed.counts if place.count.vehicles})
    if not classes:
        raise ScenarioError("all counts are 0; there is no demand to make")
    write_types(classes, folder / VEHICLE_FILE)
    return [
        _sample(placed, name, _candidates(placed, name, network, scratch), folder, scratch, warm_up_s)
        for name in classes
    ]


def write_types(classes: Iterable[str], path: Path) -> None:
    """SUMO's default vehicle of each class."""
    root = Element("additional")
    for name in classes:
        SubElement(root, "vType", id=name, vClass=CLASSES[name])
    write_xml(root, path)


def _candidates(placed: Placed, name: str, network: Network, scratch: Path) -> Path:
    """Routes of a class, on roads of their own too if it is buses."""
    roads = [
        edge.id
        for edge in network.edges.values()
        if is_road(edge.function) and (name == "bus" or len(edge.no_cars) < len(edge.lanes))
    ]
    fed = {c.to_edge for edges in network.incoming.values() for c in edges if c.direction != "t"}
    left = {c.from_edge for edges in network.outgoing.values() for c in edges if c.direction != "t"}
    entries, sinks = ([edge for edge in roads if edge not in ends] for ends in (fed, left))
    files = []
    if entries and sinks:
        files.append(_by_turn_shares(placed, name, network, entries, sinks, scratch))
    random = scratch / f"{name}.random.rou.xml"
    run_tool("randomTrips.py", "--net-file", network.path, "--output-trip-file", scratch / f"{name}.random.trips.xml",
             "--route-file", random, "--end", RANDOM_TRIPS, "--seed", SEED, "--threads", "1",
             "--fringe-factor", "max" if entries else "1", "--vclass", CLASSES[name])  # fmt: skip
    files += [random] if random.is_file() else []
    return _without_turning_back(placed, network, files, scratch / f"{name}.candidates.rou.xml")


def _without_turning_back(placed: Placed, network: Network, files: list[Path], path: Path) -> Path:
    """Each route once, without those that turn back where nobody counted it or use a road twice."""
    back = {(c.from_edge, c.to_edge) for c in network.connections if c.direction == "t"}
    back -= {place.turn for place in placed.counts}
    routes: dict[tuple[str, ...], None] = {}
    for file in files:
        for vehicle in top_elements(file):
            for route in vehicle.iter("route"):
                edges = tuple(route.get("edges", "").split())
                if len(set(edges)) == len(edges) and not back & set(pairwise(edges)):
                    routes[edges] = None
    root = Element("routes")
    for number, edges in enumerate(routes):
        SubElement(root, "route", id=f"c{number}", edges=" ".join(edges))
    write_xml(root, path)
    return path


def _by_turn_shares(
    placed: Placed, name: str, network: Network, entries: list[str], sinks: list[str], scratch: Path
) -> Path:
    flows = Element("routes")
    SubElement(flows, "vType", id=name, vClass=CLASSES[name])
    for number, edge in enumerate(entries):
        SubElement(flows, "flow", {"id": f"f{number}", "type": name, "from": edge, "begin": "0", "end": "3600",
                                      "number": str(CANDIDATES_PER_ENTRY)})  # fmt: skip
    entering, shares = scratch / f"{name}.flows.xml", scratch / f"{name}.shares.xml"
    write_xml(flows, entering)
    volumes: Counter[Turn] = Counter()
    direct = {(c.from_edge, c.to_edge) for c in network.connections}
    for place in placed.counts:
        # jtrrouter takes shares for edges that meet only
        if place.turn in direct and place.count.vehicle_class == name:
            volumes[place.turn] += place.count.vehicles
    write_xml(_relations([("shares", 0, 3600, volumes)]), shares)
    routes = scratch / f"{name}.shares.rou.xml"
    run_program("jtrrouter", {
        "net-file": network.path, "route-files": entering,
        "turn-ratio-files": shares,
        "turn-defaults": TURN_DEFAULTS, "sink-edges": ",".join(sinks), "remove-loops": "true", "seed": SEED,
        "output-file": routes, "ignore-errors": "true", "no-step-log": "true", "no-warnings": "true", "end": "3600",
    })  # fmt: skip
    return routes


def _relations(intervals: Iterable[tuple[str, float, float, Counter[Turn]]]) -> Element:
    root = Element("data")
    for name, begin_s, end_s, volumes in intervals:
        interval = SubElement(root, "interval", id=name, begin=seconds(begin_s), end=seconds(end_s))
        for (from_edge, to_edge), number in sorted(volumes.items()):
            ends = {"from": from_edge, "to": to_edge}
            SubElement(interval, "edgeRelation", {**ends, "count": str(number), "probability": str(number)})
    return root


def _sample(placed: Placed, name: str, candidates: Path, folder: Path, scratch: Path, warm_up_s: float) -> Path:
    counts = [place for place in placed.counts if place.count.vehicle_class == name]
    intervals = list(_intervals(counts, placed, warm_up_s))
    routes = folder / f"demand-{name}.rou.xml"
    known = _routes(candidates)
    if len(known) * max(len(volumes) for *_, volumes in intervals) > MOST_CELLS:
        write_fitted(known, intervals, name, routes)
        return routes
    turns = scratch / f"{name}.turns.xml"
    write_xml(_relations(intervals), turns)
    run_tool(
        "routeSampler.py", "--route-files", candidates, "--turn-files", turns,
        "--output-file", routes, "--turn-max-gap", MOST_EDGES_BETWEEN, "--seed", SEED, "--optimize", "full",
        "--prefix", f"{name}.", "--attributes", f'type="{name}" departLane="best" departSpeed="max"',
        "--begin", seconds(placed.begin_s - warm_up_s), "--end", seconds(placed.end_s),
    )  # fmt: skip
    strip_header(routes)
    return routes


def _routes(candidates: Path) -> list[Route]:
    return [tuple(route.get("edges", "").split()) for route in top_elements(candidates)]


def _intervals(
    counts: list[CountedTurn], placed: Placed, warm_up_s: float
) -> Iterator[tuple[str, float, float, Counter[Turn]]]:
    """Turns by interval; a class that has no row where another one was counted was not there."""
    by_begin: dict[float, Counter[Turn]] = defaultdict(Counter)
    for place in placed.counts:
        by_begin[place.count.begin_s][place.turn] += 0
    for place in counts:
        by_begin[place.count.begin_s][place.turn] += place.count.vehicles
    if warm_up_s:
        share = warm_up_s / placed.step_s
        first = Counter({turn: round(number * share) for turn, number in by_begin[placed.begin_s].items()})
        yield "warm-up", placed.begin_s - warm_up_s, placed.begin_s, first
    for begin_s, volumes in sorted(by_begin.items()):
        yield seconds(begin_s), begin_s, begin_s + placed.step_s, volumes


def origins_and_destinations(route_files: Iterable[Path], begin_s: float) -> Counter[tuple[str, Trip]]:
    """Vehicles from `begin_s` on by class, first and last edge of their routes: the fitted OD matrix."""
    found: Counter[tuple[str, Trip]] = Counter()
    for path in route_files:
        for vehicle in top_elements(path):
            route = vehicle.find("route")
            edges = route.get("edges", "").split() if route is not None else []
            if edges and float(vehicle.get("depart", "0")) >= begin_s:
                found[vehicle.get("type", ""), (edges[0], edges[-1])] += 1
    return found
