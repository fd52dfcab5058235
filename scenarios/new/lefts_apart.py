"""Ways of left turns that face each other, where netconvert lets them meet in the middle of the junction.

netconvert (1.28) draws a left turn as a curve that bulges towards the middle. Over islands of about 6 m two that face
each other come so near there that one has to give way, also when both have an arrow; over wider ones it draws them
apart itself. An arc of a circle, or a flatter curve, keeps them apart.
"""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from zhasyl.links import SignalLinks
from zhasyl.network import Connection, Network
from zhasyl.scenarios.new.arms import Arm, Point, Site
from zhasyl.scenarios.new.places import Places
from zhasyl.sumo.xml_files import top_elements

HANDLES = (0.39, 0.3, 0.2, 0.12)  # of a cubic Bezier curve, by the way from end to end; 0.39 is a quarter of a circle
POINTS = 12  # of a curve
CAR_M, SPARE_M = 1.8, 0.2  # the first: netconvert's internal-junctions.vehicle-width

Line = tuple[Point, ...]
Paths = dict[tuple[str, int, str], Line]
"""(link, its lane, link after it) → the way over the junction."""


def paths_apart(places: Places, network: Network) -> Paths:
    """The ways of left turns that would meet, of those that any curve keeps apart."""
    found: Paths = {}
    for site in places.sites.values():
        foes = SignalLinks(network, site.id).conflicts.foes
        for arm, other in _facing(site):
            lefts = [_lefts(network, one) for one in (arm, other)]
            meeting = [(a, b) for a in lefts[0] for b in lefts[1] if (a.link, b.link) in foes]
            if meeting:
                width_m = max(arm.row.lane_width_m, other.row.lane_width_m)
                found |= _apart([*lefts[0], *lefts[1]], meeting, _lanes(network.path), (width_m + CAR_M) / 2 + SPARE_M)
    return found


def _facing(site: Site) -> Iterator[tuple[Arm, Arm]]:
    for number, arm in enumerate(site.arms):
        for other in site.arms[number + 1 :]:
            if site.ahead(arm) == other and site.ahead(other) == arm:
                yield arm, other


def _lefts(network: Network, arm: Arm) -> list[Connection]:
    """Of vehicles, by the signal."""
    return [c for c in network.outgoing.get(arm.in_link, ()) if c.direction in ("l", "L") and c.signal]


def _lanes(net_file: Path) -> dict[str, Line]:
    """The middle of each lane."""
    return {
        lane.attrib["id"]: _points(lane.attrib["shape"])
        for edge in top_elements(net_file) if edge.tag == "edge" and not edge.get("function")
        for lane in edge.iter("lane")
    }  # fmt: skip


def _points(text: str) -> Line:
    return tuple((float(x), float(y)) for x, y, *_ in (point.split(",") for point in text.split()))


def _apart(
    lefts: Sequence[Connection],
    meeting: Sequence[tuple[Connection, Connection]],
    lanes: dict[str, Line],
    least_m: float,
) -> Paths:
    for handle in HANDLES:
        ways = {
            c: _curve(lanes[f"{c.from_edge}_{c.from_lane}"], lanes[f"{c.to_edge}_{c.to_lane}"], handle) for c in lefts
        }
        if all(math.dist(p, q) >= least_m for a, b in meeting for p in ways[a] for q in ways[b]):
            return {(c.from_edge, c.from_lane, c.to_edge): way for c, way in ways.items()}
    return {}


def _curve(before: Line, after: Line, handle: float) -> Line:
    """From the end of a lane to the begin of another, along both; netconvert's lane 1 is ours, 0 the sidewalk."""
    start, end = before[-1], after[0]
    length_m = handle * math.dist(start, end)
    first, last = _ahead(before[-2], start, length_m), _ahead(after[1], end, length_m)
    share = np.linspace(0.0, 1.0, POINTS)[:, None]
    weights = np.hstack([(1 - share) ** 3, 3 * share * (1 - share) ** 2, 3 * share**2 * (1 - share), share**3])
    return tuple((float(x), float(y)) for x, y in weights @ np.array([start, first, last, end]))


def _ahead(before: Point, point: Point, by_m: float) -> Point:
    """Beyond the second point, as the first leads to it."""
    length_m = math.dist(before, point)
    return point[0] + by_m * (point[0] - before[0]) / length_m, point[1] + by_m * (point[1] - before[1]) / length_m
