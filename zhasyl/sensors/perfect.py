"""The perfect sensor: every vehicle in range, where it is, how fast, and where it will turn."""

from collections import deque
from typing import Annotated, ClassVar

from pydantic import Field

from zhasyl.measures import HALTING_SPEED_MPS
from zhasyl.network import Connection, Network
from zhasyl.observation import Observation
from zhasyl.parameters import Parameters
from zhasyl.sensors.base import Sensor
from zhasyl.signals import Signal
from zhasyl.sumo.simulation import Simulation

RANGE_M = 150.0


class PerfectParameters(Parameters):
    """Parameters of the perfect sensor."""

    range_m: Annotated[float, Field(ge=20, le=500, description="how far up- and downstream it sees")] = RANGE_M


class PerfectSensor(Sensor):
    """Sees every vehicle within `range_m` upstream of a signal's stop lines and the way it will turn.

    The range reaches back through junctions without a signal, along the vehicle's own route.
    """

    parameters_type: ClassVar[type[Parameters]] = PerfectParameters
    can_miss: ClassVar[bool] = False

    def __init__(self, simulation: Simulation, network: Network, signal: Signal, range_m: float = RANGE_M) -> None:
        super().__init__(simulation, network, signal)
        self._range_m = range_m
        self._reach = upstream_edges(network, {m.from_edge for m in signal.movements}, range_m)
        self._turn: dict[tuple[str, str, str], int] = {}

    def observe(self, time_s: float, stage: int, green_s: float) -> Observation:
        """Read the surroundings now."""
        downstream = {edge: self._downstream(edge) for edge in dict.fromkeys(self._exits)}
        return self._observation((time_s, stage, green_s), self._range_m, self._upstream(), downstream)

    def _upstream(self) -> list[tuple[float, int, int, float, str]]:
        """(distance in m, movement, lane, speed in m/s, vehicle) of each vehicle in range."""
        simulation = self._simulation
        seen = []
        known, self._turn = self._turn, {}  # for vehicles that are still there: one comes again, or is sent another way
        for edge, approach, end_m in self._reach:
            for vehicle in simulation.vehicles(edge):
                distance_m = end_m - simulation.position_m(vehicle)
                if distance_m <= self._range_m:
                    key = (vehicle, edge, approach)
                    movement = known.get(key)
                    if movement is None:
                        movement = self._find_turn(vehicle, approach)
                    self._turn[key] = movement
                    if movement >= 0:
                        lane = self._lane.get((edge, simulation.lane_index(vehicle)), -1) if edge == approach else -1
                        seen.append((distance_m, movement, lane, simulation.speed_mps(vehicle), vehicle))
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
        near = self._near(edge)
        return len(near), sum(self._simulation.speed_mps(v) < HALTING_SPEED_MPS for v in near)

    def _near(self, edge: str) -> list[str]:
        """The vehicles it sees on the first part of an exit."""
        simulation = self._simulation
        return [v for v in simulation.vehicles(edge) if simulation.position_m(v) <= self._range_m]


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
