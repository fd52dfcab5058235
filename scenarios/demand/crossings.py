"""Which crossings walks lead across: the demand names roads only, and SUMO finds the way in each junction.

Source: SUMO's pedestrian router takes the shortest way along sidewalks, walking areas and crossings, and within a
junction stays there. Its penalty for a crossing that shows red is left out: nobody knows it before a run.
"""

import heapq
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from zhasyl.network import PEDESTRIAN_FUNCTIONS, Network
from zhasyl.scenarios.demand.volumes import Walk

Way = tuple[float, tuple[tuple[float, str], ...]]
"""Length [m], and the crossings on it with where on it each begins."""


@dataclass(frozen=True)
class Crossed:
    """By crossing edge the persons an hour, in both directions together; crossings that nobody takes are left out.

    onwards   by pairs, persons an hour who take the second next after the first, and between their beginnings [m], mean
    """

    per_h: Mapping[str, float]
    onwards: Mapping[tuple[str, str], tuple[float, float]]


def crossing_volumes(network: Network, walks_per_h: Mapping[Walk, float]) -> Crossed:
    """Who walks across which crossings."""
    alone: dict[str, float] = defaultdict(float)
    pairs: dict[tuple[str, str], float] = defaultdict(float)
    metres: dict[tuple[str, str], float] = defaultdict(float)
    ways = Ways(network)
    for walk, per_h in walks_per_h.items():
        crossed = ways.passed(walk)
        for _, crossing in crossed:
            alone[crossing] += per_h
        for (begin_m, first), (then_m, second) in pairwise(crossed):
            pairs[first, second] += per_h
            metres[first, second] += per_h * (then_m - begin_m)
    onwards = {pair: (per_h, metres[pair] / per_h) for pair, per_h in sorted(pairs.items()) if per_h > 0}
    return Crossed(dict(sorted(alone.items())), onwards)


class Ways:
    """Ways on foot in a network."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._known: dict[tuple[str, str, str], Way | None] = {}

    def crossings(self, walk: Walk) -> tuple[str, ...]:
        """The crossings on the shortest way along a walk's roads; none if its roads do not meet."""
        return tuple(crossing for _, crossing in self.passed(walk))

    def passed(self, walk: Walk) -> tuple[tuple[float, str], ...]:
        """The same, each with where it begins, as metres from one point on."""
        roads = self._network.edges
        if not walk.edges or any(edge not in roads for edge in walk.edges):
            return ()
        first, last = roads[walk.edges[0]], roads[walk.edges[-1]]
        depart_m = _along(walk.depart_m, first.length_m)
        reached: dict[str, Way] = {
            first.from_junction: (depart_m, ()),
            first.to_junction: (first.length_m - depart_m, ()),
        }
        for before, after in zip(walk.edges, walk.edges[1:], strict=False):
            reached = self._passed(reached, before, after)
        arrival_m = _along(walk.arrival_m, last.length_m)
        # reached holds the far end of the last road: its whole length has been walked
        rest_m = {last.to_junction: arrival_m - last.length_m, last.from_junction: -arrival_m}
        return min(((way[0] + rest_m[end], way[1]) for end, way in reached.items()), default=(0.0, ()))[1]

    def _passed(self, reached: Mapping[str, Way], before: str, after: str) -> dict[str, Way]:
        """The best way to each end of a road, walked whole, from the ends of the road before it."""
        road, found = self._network.edges[after], dict[str, Way]()
        for junction, far in ((road.from_junction, road.to_junction), (road.to_junction, road.from_junction)):
            inside = self._inside(junction, before, after) if junction in reached else None
            if inside is not None:
                length_m, crossed = reached[junction]
                further = tuple((length_m + at_m, crossing) for at_m, crossing in inside[1])
                way = (length_m + inside[0] + road.length_m, crossed + further)
                found[far] = min(way, found.get(far, way))
        return found

    def _inside(self, junction: str, start: str, end: str) -> Way | None:
        """The shortest way within a junction between two of its roads; None if there is none."""
        key = (junction, start, end)
        if key not in self._known:
            self._known[key] = self._shortest(junction, start, end)
        return self._known[key]

    def _shortest(self, junction: str, start: str, end: str) -> Way | None:
        ahead: list[tuple[float, str, tuple[tuple[float, str], ...]]] = [(0.0, start, ())]
        seen: set[str] = set()
        while ahead:
            length_m, here, crossed = heapq.heappop(ahead)
            if here == end:
                return length_m, crossed
            if here in seen:
                continue
            seen.add(here)
            for edge in self._beside.get(here, ()):
                road = self._network.edges[edge]
                if edge == end:
                    heapq.heappush(ahead, (length_m, edge, crossed))
                elif road.function in PEDESTRIAN_FUNCTIONS and edge[1:].rpartition("_")[0] == junction:
                    further = ((length_m, edge),) if road.function == "crossing" else ()
                    heapq.heappush(ahead, (length_m + road.length_m, edge, crossed + further))
        return None

    @cached_property
    def _beside(self) -> dict[str, set[str]]:
        """Edge → edges one can walk to from it; walks lead both ways."""
        beside: dict[str, set[str]] = defaultdict(set)
        for c in self._network.connections:
            if self._network.is_pedestrian(c):
                beside[c.from_edge].add(c.to_edge)
                beside[c.to_edge].add(c.from_edge)
        return beside


def _along(position_m: float | None, length_m: float) -> float:
    """A position of SUMO's, from the end if negative; the middle where none is said."""
    if position_m is None:
        return length_m / 2
    return min(max(position_m + length_m if position_m < 0 else position_m, 0.0), length_m)
