"""Induction loops in the lanes: a stop-line zone (SUMO's E2) and an advance loop (SUMO's E1) on each."""

from collections import deque
from dataclasses import dataclass, field
from typing import Annotated, ClassVar

from pydantic import Field

from zhasyl.controllers.base import Observation, Parameters
from zhasyl.network import Edge, Network
from zhasyl.sensors.base import FaultyParameters, Seen, Sensor
from zhasyl.sensors.draws import Draws
from zhasyl.signals import Signal
from zhasyl.simulation import Simulation

SPACING_M = 7.5  # a queued vehicle and its gap
STANDING_S = 3.0  # a zone that nobody has left for this long holds standing vehicles
STRAIGHT_PER_TURN = 3  # vehicles of a shared lane taken to go straight on for each that turns; an assumption
SLOWEST_MPS = 1.0  # a passage is not measured to be slower


class LoopParameters(FaultyParameters):
    """Parameters of the loops."""

    stop_line_m: Annotated[float, Field(ge=5, le=60, description="length of the zone at the stop line")] = 20.0
    advance_m: Annotated[float, Field(ge=20, le=200, description="advance loop to stop line; at most the lane")] = 80.0


@dataclass
class _Passage:
    """A vehicle as the loops know it: the movement it was given, and where and when it was last detected."""

    movement: int
    time_s: float
    distance_m: float
    speed_mps: float

    def expected_m(self, time_s: float) -> float:
        """Its distance from the stop line if it kept the speed of its passage."""
        return self.distance_m - self.speed_mps * (time_s - self.time_s)


@dataclass
class _Lane:
    """The two detectors of one approach lane and what they have counted."""

    speed_mps: float
    movements: tuple[int, ...]
    stop_m: float
    advance_m: float
    stuck_stop: bool | None
    stuck_advance: bool | None
    zone: dict[str, _Passage] = field(default_factory=dict)
    coming: deque[_Passage] = field(default_factory=deque)
    counted: int = 0
    left_s: float = float("-inf")

    def clear(self) -> None:
        """Forget what was counted."""
        self.zone.clear()
        self.coming.clear()
        self.left_s = float("-inf")

    def pass_advance(self, time_s: float, distance_m: float, speed_mps: float) -> None:
        """The advance loop counts a vehicle."""
        self.speed_mps = max(speed_mps, SLOWEST_MPS)
        self.coming.append(_Passage(self._turn(), time_s, distance_m, self.speed_mps))

    def count_zone(self, time_s: float, inside: list[str]) -> None:
        """Bring the stop-line zone up to date; `inside`: the vehicles in it, nearest to the line first."""
        gone = [vehicle for vehicle in self.zone if vehicle not in inside]
        for vehicle in gone:
            del self.zone[vehicle]
            self.left_s = time_s
        for vehicle in inside:
            if vehicle not in self.zone:
                known = self.coming.popleft() if self.coming else None
                movement, speed_mps = (known.movement, known.speed_mps) if known else (self._turn(), self.speed_mps)
                self.zone[vehicle] = _Passage(movement, time_s, self.stop_m, speed_mps)

    def _turn(self) -> int:
        movement = self.movements[self.counted % len(self.movements)]
        self.counted += 1
        return movement

    def seen(self, time_s: float) -> list[Seen]:
        """The vehicles reconstructed from both detectors."""
        nobody_leaves = time_s - self.left_s >= STANDING_S
        seen: list[Seen] = []
        for place, one in enumerate(self.zone.values()):
            stands = nobody_leaves and time_s - one.time_s >= STANDING_S
            distance_m = min(max(one.expected_m(time_s), place * SPACING_M), self.stop_m)
            seen.append((distance_m, one.movement, 0.0 if stands else one.speed_mps))
        stands = bool(seen) and all(speed_mps == 0 for _, _, speed_mps in seen)
        if not seen or (stands and len(seen) < self.stop_m // SPACING_M):  # room in the zone: nobody waits behind it
            self.coming = deque(one for one in self.coming if one.expected_m(time_s) > self.stop_m)
        back_m = self.stop_m
        for one in self.coming:
            free = one.expected_m(time_s) > back_m
            distance_m = min(max(one.expected_m(time_s), back_m), max(self.advance_m, self.stop_m))
            seen.append((distance_m, one.movement, one.speed_mps if free or not stands else 0.0))
            back_m = distance_m + SPACING_M
        return [*seen, *self._stuck_on()]

    def _stuck_on(self) -> list[Seen]:
        at = ((self.stuck_stop, 0.0), (self.stuck_advance, self.advance_m))
        return [(place_m, self.movements[0], 0.0) for stuck, place_m in at if stuck]


class LoopSensor(Sensor):
    """Reconstructs vehicles, lane by lane, from what passes two detectors; it never looks between them.

    stop-line zone  counts the vehicles within `stop_line_m` of the line, in order. The n-th is put 7.5 m behind the
                    one before, or farther back while it cannot have come so far. It stands (0 m/s) when it has been
                    inside for 3 s and nobody has left the zone for 3 s, and else has the speed of its passage.
    advance loop    tells a vehicle's speed when it passes `advance_m` from the line. From then on the vehicle is
                    expected to come on at this speed, until the zone counts one in. One that should have arrived
                    waits behind the zone, 7.5 m behind the one before, and is forgotten when the zone is empty or
                    has room. With no passage the lane's speed limit is taken.
    shared lanes    the vehicles of a lane with several movements are given to them round and round as they are
                    detected, three straight on for one of each turn: no loop knows where a vehicle will turn.
    short lanes     the way goes on upstream through junctions without a signal, lane by lane; if it begins, or
                    leaves another signal, before `advance_m`, the loop lies there. A vehicle on a lane that leads to
                    several approach lanes is given to one of them in turn.
    exits           have no detectors: downstream counts are 0.
    stuck           share of the detectors that are stuck: half of them never report, the others report one vehicle
                    that stands there and nothing else.
    drop_out        in every 600 s all detectors of a signal give nothing once, for this share of them; then they
                    count from nothing.

    A passage is noticed when the sensor is read; the vehicle's speed is that of the first reading after it.
    """

    parameters_type: ClassVar[type[Parameters]] = LoopParameters

    def __init__(
        self, simulation: Simulation, network: Network, signal: Signal, parameters: LoopParameters, draws: Draws
    ) -> None:
        super().__init__(simulation, network, signal)
        self._parameters = parameters
        self._draws = draws
        self._lanes: list[_Lane] = []
        self._numbers: list[int] = []
        ways: dict[str, list[tuple[_Lane, float]]] = {}
        for (edge, number), movements in self._movements_by_lane(network, signal).items():
            reached = upstream_lanes(network, edge, number, max(parameters.stop_line_m, parameters.advance_m))
            lane = self._detectors(network.edges[edge], number, movements, max(reached.values()))
            self._lanes.append(lane)
            self._numbers.append(self._lane.get((edge, number), -1))
            for way, start_m in reached.items():
                ways.setdefault(way, []).append((lane, start_m))
        self._ways = [_Way(way, leads_to) for way, leads_to in ways.items()]
        self._range_m = max(parameters.stop_line_m, parameters.advance_m)
        self._passed: dict[str, _Lane] | None = None

    def _movements_by_lane(self, network: Network, signal: Signal) -> dict[tuple[str, int], tuple[int, ...]]:
        """(edge, lane number) → the movements its vehicles are given to, round and round."""
        found: dict[tuple[str, int], set[tuple[bool, int]]] = {}
        for connections in network.signal_links.get(signal.id, {}).values():
            for c in connections:
                movement = self._movement.get((c.from_edge, c.to_edge))
                if movement is not None:
                    found.setdefault((c.from_edge, c.from_lane), set()).add((c.direction != "s", movement))
        return {
            lane: tuple(index for turns, index in sorted(found[lane]) for _ in range(1 if turns else STRAIGHT_PER_TURN))
            for lane in sorted(found)
        }

    def _detectors(self, edge: Edge, number: int, movements: tuple[int, ...], reach_m: float) -> _Lane:
        parameters, lane = self._parameters, edge.lanes[number]
        return _Lane(
            speed_mps=edge.speed_mps,
            movements=movements,
            stop_m=min(parameters.stop_line_m, reach_m),
            advance_m=min(parameters.advance_m, reach_m),
            stuck_stop=self._draws.stuck(parameters.stuck, (lane, "stop line")),
            stuck_advance=self._draws.stuck(parameters.stuck, (lane, "advance")),
        )

    def observe(self, time_s: float, stage: int, green_s: float) -> Observation:
        """Read the detectors now."""
        clock = (time_s, stage, green_s)
        if self._draws.dropped_out(self._parameters.drop_out, time_s):
            self._passed = None
            for lane in self._lanes:
                lane.clear()
            return self._observation(clock, self._range_m)
        self._detect(time_s)
        seen = [
            (distance_m, movement, number, speed_mps)
            for number, lane in zip(self._numbers, self._lanes, strict=True)
            for distance_m, movement, speed_mps in lane.seen(time_s)
        ]
        return self._observation(clock, self._range_m, seen)

    def _detect(self, time_s: float) -> None:
        """Let every detector count what has passed it since the last reading."""
        before, now = self._passed, self._fronts()
        for lane, fronts in zip(self._lanes, now, strict=True):
            for distance_m, vehicle in fronts:
                if before is not None and vehicle not in before and lane.stuck_advance is None:
                    lane.pass_advance(time_s, distance_m, self._simulation.speed_mps(vehicle))
            if lane.stuck_stop is None:
                lane.count_zone(time_s, [vehicle for distance_m, vehicle in fronts if distance_m <= lane.stop_m])
        self._passed = {vehicle: lane for lane, fronts in zip(self._lanes, now, strict=True) for _, vehicle in fronts}

    def _fronts(self) -> list[list[tuple[float, str]]]:
        """(distance in m, vehicle) of those past the advance loop, by approach lane, nearest to the line first."""
        simulation, before = self._simulation, self._passed or {}
        fronts: dict[int, list[tuple[float, str]]] = {id(lane): [] for lane in self._lanes}
        for way in self._ways:
            for vehicle in simulation.lane_vehicles(way.id):
                position_m = simulation.position_m(vehicle)
                if way.nearest_m - position_m <= way.watched_m:
                    lane, start_m = way.lead(before.get(vehicle))
                    fronts[id(lane)].append((start_m - position_m, vehicle))
        return [sorted(found) for found in fronts.values()]


class _Way:
    """A lane on the way to the stop line of one approach lane or several."""

    def __init__(self, lane: str, leads_to: list[tuple[_Lane, float]]) -> None:
        self.id = lane
        self._leads_to = leads_to
        self._given = 0
        self.nearest_m = min(start_m for _, start_m in leads_to)
        self.watched_m = max(lane.advance_m for lane, _ in leads_to)

    def lead(self, known: _Lane | None) -> tuple[_Lane, float]:
        """The approach lane a vehicle is given to, the one it is `known` on if that is possible, and the way there."""
        for lane, start_m in self._leads_to:
            if lane is known or len(self._leads_to) == 1:
                return lane, start_m
        self._given += 1
        return self._leads_to[(self._given - 1) % len(self._leads_to)]


def upstream_lanes(network: Network, edge: str, number: int, reach_m: float) -> dict[str, float]:
    """Lane → metres from its start to the stop line of lane `number` of an approach, within reach.

    Goes upstream through connections that no signal controls, over the lanes inside junctions too.
    """
    reached: dict[str, float] = {}
    queue = deque([(edge, number, 0.0)])
    while queue:
        edge, number, end_m = queue.popleft()
        lane, start_m = network.edges[edge].lanes[number], end_m + network.edges[edge].length_m
        if start_m >= reached.get(lane, float("inf")):
            continue
        reached[lane] = start_m
        if start_m < reach_m:
            for c in network.incoming.get(edge, ()):
                if c.to_lane == number and not c.signal:
                    inner_m = start_m
                    for inner in reversed(network.lanes_inside(c)):
                        inner_m = reached[inner] = inner_m + network.internal_lengths_m.get(inner, 0.0)
                    queue.append((c.from_edge, c.from_lane, inner_m))
    return reached
