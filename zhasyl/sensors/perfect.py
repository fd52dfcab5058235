"""The perfect sensor: every vehicle in range, where it is, how fast, and where it will turn."""

from collections import deque
from collections.abc import Iterator, Sequence
from math import inf
from typing import Annotated, Any, ClassVar

from pydantic import Field

from zhasyl.measures import HALTING_SPEED_MPS
from zhasyl.network import Connection, Network
from zhasyl.observation import Observation, Row
from zhasyl.parameters import Parameters
from zhasyl.sensors.base import Sensor
from zhasyl.sensors.reading import Later, Reading
from zhasyl.signals import Signal
from zhasyl.sumo.simulation import Simulation

RANGE_M = 150.0
FORGOTTEN_S = 60.0  # who comes back after so long out of view has come anew

Whose = tuple[str, str]
"""A vehicle and the approach that it is on; '' while it is upstream of that."""


class _Reach:
    """An edge on the way to the stop lines of an approach, and where the vehicles seen on it will turn."""

    def __init__(self, edge: str, approach: str, end_m: float) -> None:
        self.edge, self.approach, self.end_m = edge, approach, end_m
        self.lanes_of = edge if edge == approach else ""
        self.turns: dict[str, int] = {}


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
        self._whole_exits = {edge for edge in self._exits if network.edges[edge].length_m <= range_m}
        self._reach = [
            _Reach(*one) for one in upstream_edges(network, {m.from_edge for m in signal.movements}, range_m)
        ]
        self._last_seen_s: dict[str, float] = {}

    def observe(self, time_s: float, stage: int, green_s: float) -> Observation:
        """Read the surroundings now."""
        rows, whose = self._upstream()
        clock, later = (time_s, stage, green_s), Later(self, (rows, whose))
        return Reading.of(clock, self._range_m, len(self._exits), sorted(rows), later)

    def _upstream(self) -> tuple[list[Row], list[Whose]]:
        """Each vehicle in range, and whose row it is."""
        vehicles, position_m = self._simulation.vehicles, self._simulation.position_m
        speed_mps, range_m = self._simulation.speed_mps, self._range_m
        rows: list[Row] = []
        whose: list[Whose] = []
        for reach in self._reach:
            here = vehicles(reach.edge)
            if here or reach.turns:
                known, reach.turns = reach.turns, {}  # of those still there: one comes again, or is sent another way
                for vehicle in here:
                    distance_m = reach.end_m - position_m(vehicle)
                    if distance_m <= range_m:
                        movement = known.get(vehicle)
                        if movement is None:
                            movement = self._find_turn(vehicle, reach.approach)
                        reach.turns[vehicle] = movement
                        if movement >= 0:
                            rows.append((distance_m, movement, speed_mps(vehicle)))
                            whose.append((vehicle, reach.lanes_of))
        return rows, whose

    def with_lanes(self, seen: Any) -> Sequence[tuple[Any, ...]]:
        lane_index, lanes = self._simulation.lane_index, self._lane
        more = self._more if self.more else _no_more
        return sorted(
            (distance_m, movement, lanes.get((on, lane_index(vehicle)), -1) if on else -1, speed_mps, *more(vehicle))
            for (distance_m, movement, speed_mps), (vehicle, on) in zip(*seen, strict=True)
        )

    def _more(self, vehicle: str) -> tuple[Any, ...]:
        """What else was asked for of a vehicle."""
        known = {"waiting_s": self._waiting_s, "vehicle_class": self._class_of}
        return tuple(known[name](vehicle) for name in self.more)

    def _waiting_s(self, vehicle: str) -> float:
        return self._simulation.vehicle_waiting_s(vehicle)

    def _class_of(self, vehicle: str) -> str:
        return self._simulation.vehicle_class(vehicle)

    def came(self, seen: Any, time_s: float) -> Iterator[int]:
        last_seen_s = self._last_seen_s
        for (_, movement, _), (vehicle, _) in zip(*seen, strict=True):
            if vehicle:
                if time_s - last_seen_s.get(vehicle, -inf) > FORGOTTEN_S:
                    yield movement
                last_seen_s[vehicle] = time_s

    def _find_turn(self, vehicle: str, approach: str) -> int:
        """The movement a vehicle will take at the end of an approach, -1 if its route does not lead there."""
        route = self._simulation.route(vehicle)
        try:
            position = route.index(approach, max(self._simulation.route_index(vehicle), 0))
        except ValueError:
            return -1
        return self._movement.get((approach, route[position + 1]), -1) if position + 1 < len(route) else -1

    def _downstream(self, edge: str) -> tuple[float, float]:
        position_m, speed_mps, range_m = self._simulation.position_m, self._simulation.speed_mps, self._range_m
        near = halted = 0
        for vehicle in self._simulation.vehicles(edge):
            if position_m(vehicle) <= range_m:
                near += 1
                if speed_mps(vehicle) < HALTING_SPEED_MPS:
                    halted += 1
        return near, halted

    def _queue(self, edge: str) -> float:
        halted = self._simulation.halted(edge)
        return halted if not halted or edge in self._whole_exits else self._downstream(edge)[1]


def _no_more(_: str) -> tuple[Any, ...]:
    return ()


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
