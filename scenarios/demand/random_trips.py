"""Demand for a network of which no count is known: random trips between its edges, declared synthetic.

SUMO's randomTrips.py draws origins and destinations at the edge of the network, by lanes, and duarouter
routes them on the empty network.
"""

from pathlib import Path

from zhasyl.errors import ScenarioError
from zhasyl.files.clock import seconds
from zhasyl.network import Network
from zhasyl.scenarios.model import Assumption
from zhasyl.sumo.programs import run_tool, strip_header

VEHICLES_PER_ENTRY_LANE_VPH = 100.0  # a light load: signals of two lanes serve four to six times as many
SEED = 1


def random_demand(network: Network, route_file: Path, begin_s: float, end_s: float) -> tuple[Assumption, ...]:
    """Write the routes of random cars; answers what is assumed. Raises ScenarioError if nobody finds a way."""
    lanes = entry_lanes(network)
    rate_vph = max(lanes, 1) * VEHICLES_PER_ENTRY_LANE_VPH
    run_tool(
        "randomTrips.py", "--net-file", network.path, "--output-trip-file", route_file.with_suffix(".trips.tmp"),
        "--route-file", route_file, "--begin", seconds(begin_s), "--end", seconds(end_s), "--seed", SEED,
        "--insertion-rate", f"{rate_vph:g}", "--random-depart", "--fringe-factor", "max" if lanes else "1",
        "--lanes", "--remove-loops", "--vclass", "passenger", "--threads", "1",
        "--trip-attributes", 'departLane="best" departSpeed="max"',
    )  # fmt: skip
    for left in (*route_file.parent.glob("*.trips.tmp"), *route_file.parent.glob("*.alt.xml")):
        left.unlink()
    if not route_file.is_file() or b"<vehicle" not in route_file.read_bytes():
        raise ScenarioError("no car finds a way through this network; take a larger --bbox")
    strip_header(route_file)
    return (
        Assumption(
            "volumes",
            f"All volumes are synthetic: {rate_vph:.0f} cars an hour between random ends of the network",
            "synthetic",
            f"no counts given; {VEHICLES_PER_ENTRY_LANE_VPH:g} an hour for each of {lanes} lanes that enter",
        ),
        Assumption(
            "routes", "Each car takes the shortest way in time on empty streets", "synthetic", "no counts given"
        ),
        Assumption("vehicle mix", "Cars only; nobody walks", "synthetic", "no counts given"),
    )


def entry_lanes(network: Network) -> int:
    """Lanes for cars on the edges that nothing leads to but turning around."""
    fed = {c.to_edge for edges in network.incoming.values() for c in edges if c.direction != "t"}
    entries = (edge for edge in network.edges.values() if is_road(edge.function) and edge.id not in fed)
    return sum(len(edge.lanes) - len(edge.no_cars) for edge in entries)


def is_road(function: str) -> bool:
    """Is an edge of this function a road, and no crossing or walking area?"""
    return function in ("", "normal", "connector")
