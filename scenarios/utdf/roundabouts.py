"""A roundabout: a ring of one-way edges around a node, with a junction an arm where it is entered and left."""

import math
from dataclasses import dataclass

from zhasyl.scenarios.utdf.town import Place, Town
from zhasyl.sumo.xml_files import Element, SubElement

DEFAULT_RADIUS_M, DEFAULT_MPS = 15.0, 7.0
DEG_BETWEEN_POINTS = 15.0


@dataclass(frozen=True)
class Ring:
    """`arms`: the next nodes in the order of driving, against the clock; `angles` in radians."""

    node: str
    radius_m: float
    lanes: int
    speed_mps: float
    arms: tuple[str, ...]
    angles: tuple[float, ...]

    def arm(self, other: str) -> str:
        """The junction of the arm that leads to a node."""
        return f"{self.node}.{other}"

    def edge(self, arm: str) -> str:
        """The edge of the ring that begins at an arm."""
        return f"{self.node}.ring.{arm}"

    def between(self, arm: str, other: str) -> list[str]:
        """The edges from one arm to another; all the way round to the same one."""
        at = self.arms.index(arm)
        order = [*self.arms[at:], *self.arms[:at]]
        count = order.index(other) or len(order)
        return [self.edge(name) for name in order[:count]]


def ring_of(town: Town, place: Place) -> Ring:
    """The ring of a node; its radius is the mean of the two of the file."""
    x, y = place.xy
    arms = {link.up for link in town.arriving(place.id)} | {link.node for link in town.leaving(place.id)}
    angle = {arm: math.atan2(town.places[arm].y_m - y, town.places[arm].x_m - x) for arm in arms}
    order = sorted(arms, key=lambda arm: (angle[arm], arm))
    radius_m = place.ring_m or DEFAULT_RADIUS_M
    if not place.ring_m:
        town.guesses.add("roundabout", place.id, place.name, f"radius {radius_m:g} m", "no radius in [Nodes]")
    if not place.circle_mps:
        town.guesses.add("roundabout", place.id, place.name, f"{DEFAULT_MPS:g} m/s", "no Circle Speed in [Nodes]")
    return Ring(
        place.id, radius_m, place.circle_lanes, place.circle_mps or DEFAULT_MPS, tuple(order),
        tuple(angle[arm] for arm in order),
    )  # fmt: skip


def write_ring(ring: Ring, place: Place, nodes: Element, edges: Element, z_m: float) -> None:
    """Add its junctions and edges, and the <roundabout> that gives it the right of way."""
    for arm, angle in zip(ring.arms, ring.angles, strict=True):
        x, y = _point(ring, place, angle)
        SubElement(nodes, "node", id=ring.arm(arm), x=f"{x:.2f}", y=f"{y:.2f}", z=f"{z_m:.2f}", type="priority")
    for number, arm in enumerate(ring.arms):
        after = (number + 1) % len(ring.arms)
        turn = (ring.angles[after] - ring.angles[number]) % math.tau or math.tau
        steps = max(2, math.ceil(math.degrees(turn) / DEG_BETWEEN_POINTS))
        points = [_point(ring, place, ring.angles[number] + turn * step / steps) for step in range(steps + 1)]
        SubElement(edges, "edge", {
            "id": ring.edge(arm), "from": ring.arm(arm), "to": ring.arm(ring.arms[after]), "priority": "5",
            "numLanes": str(ring.lanes), "speed": f"{ring.speed_mps:.3f}",
            "shape": " ".join(f"{x:.2f},{y:.2f},{z_m:.2f}" for x, y in points),
        })  # fmt: skip
    names = " ".join(ring.arm(arm) for arm in ring.arms)
    SubElement(edges, "roundabout", nodes=names, edges=" ".join(ring.edge(arm) for arm in ring.arms))


def _point(ring: Ring, place: Place, angle: float) -> tuple[float, float]:
    return place.x_m + ring.radius_m * math.cos(angle), place.y_m + ring.radius_m * math.sin(angle)
