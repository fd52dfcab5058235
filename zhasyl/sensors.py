"""What a controller can see. The sensor is part of the experiment, the same for all controllers compared."""

from collections import deque

import numpy as np

from zhasyl.controllers.base import Observation
from zhasyl.measures import HALTING_SPEED_MPS
from zhasyl.network import Connection, Network
from zhasyl.signals import Signal
from zhasyl.simulation import Simulation

PERFECT = "perfect"
RANGE_M = 150.0
STANDING_MPS = 1.0  # slower than this inside a junction: waiting there, not leaving it


class PerfectSensor:
    """Sees every vehicle within `range_m` upstream of a signal's stop lines and the way it will turn.

    The range reaches back through junctions without a signal, along the vehicle's own route.
    """

    def __init__(self, simulation: Simulation, network: Network, signal: Signal, range_m: float = RANGE_M) -> None:
        self._simulation = simulation
        self._range_m = range_m
        self._movement = {(m.from_edge, m.to_edge): index for index, m in enumerate(signal.movements)}
        self._lane = {lane: index for index, lane in enumerate(signal.lanes)}
        self._exits = [m.to_edge for m in signal.movements]
        self._reach = upstream_edges(network, {m.from_edge for m in signal.movements}, range_m)
        self._turn: dict[tuple[str, str], int] = {}
        self._inside = {
            link: sorted({edge for c in cs for edge in network.inside(c)})
            for link, cs in network.signal_links.get(signal.id, {}).items()
        }

    def observe(self, time_s: float, stage: int, green_s: float) -> Observation:
        """Read the surroundings now."""
        seen = self._upstream()
        seen.sort()
        counts = {edge: self._downstream(edge) for edge in dict.fromkeys(self._exits)}
        return Observation(
            time_s=time_s,
            stage=stage,
            green_s=green_s,
            movement=np.array([movement for _, movement, _, _ in seen], dtype=np.intp),
            lane=np.array([lane for _, _, lane, _ in seen], dtype=np.intp),
            distance_m=np.array([distance for distance, _, _, _ in seen], dtype=float),
            speed_mps=np.array([speed for _, _, _, speed in seen], dtype=float),
            downstream_veh=np.array([counts[edge][0] for edge in self._exits], dtype=float),
            downstream_queue_veh=np.array([counts[edge][1] for edge in self._exits], dtype=float),
            upstream_range_m=self._range_m,
        )

    def standing_inside(self, links: frozenset[int]) -> bool:
        """Does a vehicle stand inside the junction on the way of one of these links?"""
        edges = {edge for link in links for edge in self._inside.get(link, ())}
        simulation = self._simulation
        return any(simulation.speed_mps(v) < STANDING_MPS for edge in edges for v in simulation.vehicles(edge))

    def _upstream(self) -> list[tuple[float, int, int, float]]:
        """(distance in m, movement, lane, speed in m/s) of each vehicle in range."""
        simulation = self._simulation
        seen = []
        for edge, approach, end_m in self._reach:
            for vehicle in simulation.vehicles(edge):
                distance_m = end_m - simulation.position_m(vehicle)
                if distance_m <= self._range_m:
                    movement = self._turn.get((vehicle, approach))
                    if movement is None:
                        movement = self._turn[(vehicle, approach)] = self._find_turn(vehicle, approach)
                    if movement >= 0:
                        lane = self._lane.get((edge, simulation.lane_index(vehicle)), -1) if edge == approach else -1
                        seen.append((distance_m, movement, lane, simulation.speed_mps(vehicle)))
        return seen

    def _find_turn(self, vehicle: str, approach: str) -> int:
        """The movement a vehicle will take at the end of an approach, -1 if its route does not lead there."""
        route = self._simulation.route(vehicle)
        try:
            position = route.index(approach, max(self._simulation.route_index(vehicle), 0))
        except ValueError:
            return -1
        return self._movement.get((approach, route[position + 1]), -1) if position + 1 < len(route) else -1

    def _downstream(self, edge: str) -> tuple[int, int]:
        """Vehicles on the first part of an exit, and how many of them are halted."""
        simulation = self._simulation
        near = [v for v in simulation.vehicles(edge) if simulation.position_m(v) <= self._range_m]
        return len(near), sum(simulation.speed_mps(v) < HALTING_SPEED_MPS for v in near)


def upstream_edges(network: Network, approaches: set[str], range_m: float) -> list[tuple[str, str, float]]:
    """(edge, approach, distance in m from the edge's start to the approach's stop line) within range.

    Goes upstream through connections that no signal controls; the shortest way to each edge counts.
    """
    found: list[tuple[str, str, float]] = []
    for approach in sorted(approaches):
        reached: dict[str, float] = {}
        queue = deque([(approach, 0.0)])
        while queue:
            edge, end_m = queue.popleft()
            start_m = end_m + network.edges[edge].length_m
            if start_m >= reached.get(edge, float("inf")):
                continue
            reached[edge] = start_m
            if start_m < range_m:
                before = {c.from_edge: network.internal_lengths_m.get(c.via, 0.0) for c in _free(network, edge)}
                queue.extend((previous, start_m + gap_m) for previous, gap_m in before.items())
        found.extend((edge, approach, start_m) for edge, start_m in reached.items())
    return found


def _free(network: Network, edge: str) -> list[Connection]:
    return [c for c in network.incoming.get(edge, ()) if not c.signal]
