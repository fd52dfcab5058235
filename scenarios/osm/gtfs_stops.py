"""Where buses halt on a network: each stop of a line on the road beside it, so that the way from stop to stop is short.

A stop may be on any road within reach, better at the kerb than across the road, and better near than far. Of all
choices for the stops of a line the one is taken whose ways and distances are shortest together (dynamic programming).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from zhasyl.network import Edge, Network
from zhasyl.scenarios.demand.random_trips import is_road

REACH_M = 50.0
MOST_CANDIDATES = 6
SHORTEST_EDGE_M, STOP_M = 12.0, 14.0
ACROSS_M = 25.0  # what a stop on the far side of the road costs
WEIGHT = 4.0  # a metre from the stop weighs as so many on the way
Place = tuple[float, float]


@dataclass(frozen=True)
class StopPlace:
    """A stretch of an edge beside a stop; `cost_m` is how badly it fits."""

    edge: str
    begin_m: float
    end_m: float
    cost_m: float


@dataclass(frozen=True)
class Course:
    """The way of a line: its edges, and the place of each of its stops that has one (by number)."""

    edges: tuple[str, ...]
    places: dict[int, StopPlace]


class StopFinder:
    """Courses on one network."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._edges = [
            edge for edge in network.edges.values() if is_road(edge.function) and _open_lane(edge) is not None
        ]
        self._number = {edge.id: number for number, edge in enumerate(self._edges)}
        rows, columns, metres = [], [], []
        for edge in self._edges:
            for connection in network.outgoing.get(edge.id, ()):
                if connection.to_edge in self._number:
                    rows.append(self._number[edge.id])
                    columns.append(self._number[connection.to_edge])
                    metres.append(max(network.edges[connection.to_edge].length_m, 0.1))
        size = len(self._edges)
        links = {(row, column): length for row, column, length in zip(rows, columns, metres, strict=True)}
        self._graph = csr_array((list(links.values()), tuple(zip(*links, strict=True)) or ([], [])), shape=(size, size))
        self._ways = cache(self._find_ways)

    def lane(self, edge: str) -> str:
        """The outermost lane of an edge on which buses halt."""
        found = self._network.edges[edge]
        return found.lanes[_open_lane(found) or 0]

    def length_m(self, edges: Sequence[str]) -> float:
        """The length of some edges."""
        return sum(self._network.edges[edge].length_m for edge in edges)

    def candidates(self, place: Place) -> list[StopPlace]:
        """Where a stop can be, the best first."""
        found = [one for edge in self._edges if (one := self._beside(edge, place))]
        return sorted(found, key=lambda one: (one.cost_m, one.edge))[:MOST_CANDIDATES]

    def _beside(self, edge: Edge, place: Place) -> StopPlace | None:
        if edge.length_m < SHORTEST_EDGE_M:
            return None
        apart_m, along, left = _nearest(edge.shape, place)
        if apart_m > REACH_M:
            return None
        across = left != self._network.left_hand
        end_m = min(max(along * edge.length_m, STOP_M), edge.length_m - 1.0)
        return StopPlace(edge.id, max(end_m - STOP_M, 0.5), end_m, apart_m + (ACROSS_M if across else 0.0))

    def course(self, stops: Sequence[Place]) -> Course | None:
        """The way past stops; those that no road is near are left out. None if two cannot be reached in turn."""
        layers = [(number, found) for number, stop in enumerate(stops) if (found := self.candidates(stop))]
        if len(layers) < 2:
            return None
        costs = [[WEIGHT * one.cost_m for one in layers[0][1]]]
        back: list[list[int]] = []
        for (_, before), (_, here) in pairwise(layers):
            steps = [[costs[-1][i] + self._metres(one, other) for i, one in enumerate(before)] for other in here]
            back.append([int(np.argmin(step)) for step in steps])
            costs.append([min(step) + WEIGHT * other.cost_m for step, other in zip(steps, here, strict=True)])
        if not math.isfinite(min(costs[-1])):
            return None
        choice = [int(np.argmin(costs[-1]))]
        for step in reversed(back):
            choice.insert(0, step[choice[0]])
        places = {number: found[i] for (number, found), i in zip(layers, choice, strict=True)}
        return Course(tuple(self._edges_past(list(places.values()))), places)

    def _metres(self, one: StopPlace, other: StopPlace) -> float:
        if one.edge == other.edge:
            return other.end_m - one.end_m if other.begin_m >= one.end_m else math.inf
        before = self._network.edges[one.edge].length_m - one.end_m
        reached = float(self._ways(one.edge)[0][self._number[other.edge]])
        return before + reached - self._network.edges[other.edge].length_m + other.end_m

    def _find_ways(self, edge: str) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int32]]:
        """Metres from the end of an edge to the end of each other, and the edge before it."""
        metres, before = dijkstra(self._graph, indices=self._number[edge], return_predecessors=True)
        return metres, before

    def _edges_past(self, places: list[StopPlace]) -> list[str]:
        edges = [places[0].edge]
        for place in places[1:]:
            way: list[str] = []
            number, before = self._number[place.edge], self._ways(edges[-1])[1]
            while self._edges[number].id != edges[-1]:
                way.insert(0, self._edges[number].id)
                number = int(before[number])
            edges += way
        return edges


def _open_lane(edge: Edge) -> int | None:
    return next((lane for lane in range(len(edge.lanes)) if lane not in edge.no_cars), None)


def _nearest(shape: tuple[Place, ...], place: Place) -> tuple[float, float, bool]:
    """Distance from a line, the share of it before the nearest point, and whether the place lies to its left."""
    best, before_m, total_m = (math.inf, 0.0, False), 0.0, 0.0
    for (x0, y0), (x1, y1) in pairwise(shape):
        length_m = math.dist((x0, y0), (x1, y1))
        if length_m > 0:
            dx, dy, px, py = x1 - x0, y1 - y0, place[0] - x0, place[1] - y0
            share = min(1.0, max(0.0, (px * dx + py * dy) / length_m**2))
            apart_m = math.dist((px, py), (share * dx, share * dy))
            if apart_m < best[0]:
                best, before_m = (apart_m, share * length_m, dx * py - dy * px > 0), total_m
        total_m += length_m
    apart_m, along_m, left = best
    return apart_m, (before_m + along_m) / total_m if total_m else 0.0, left
