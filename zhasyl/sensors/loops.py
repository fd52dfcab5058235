"""Induction loops in the lanes: a stop-line zone (SUMO's E2) and an advance loop (SUMO's E1), queue zones on exits."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, ClassVar, Self

from pydantic import Field, model_validator

from zhasyl.measures import HALTING_SPEED_MPS
from zhasyl.network import Edge, Network
from zhasyl.observation import Need, Observation
from zhasyl.parameters import Parameters
from zhasyl.sensors.base import FaultyParameters, Sensor
from zhasyl.sensors.draws import Draws
from zhasyl.sensors.loop_lane import SPACING_M, LoopLane
from zhasyl.sensors.reading import Later, Reading
from zhasyl.sensors.shares import Shares
from zhasyl.sensors.turns import Turns
from zhasyl.sensors.ways import Way, upstream_lanes
from zhasyl.signals import Signal
from zhasyl.sumo.simulation import Simulation

EXIT_ZONE_M = 20.0
STRAIGHT_PER_TURN = 3  # vehicles of a shared lane taken to go straight on for each that turns, until it is known
ON_LOOP_M = 5.0  # a vehicle whose front is this far past the advance loop is on it


class LoopParameters(FaultyParameters):
    """Parameters of the loops."""

    stop_line_m: Annotated[float, Field(ge=5, le=60, description="length of the zone at the stop line")] = 20.0
    advance_m: Annotated[float, Field(ge=20, le=200, description="advance loop to stop line; at most the lane")] = 80.0

    @model_validator(mode="after")
    def _apart(self) -> Self:
        if self.advance_m < self.stop_line_m:
            raise ValueError(
                f"the advance loop {self.advance_m:g} m from the line lies in the zone of {self.stop_line_m:g} m; "
                "raise advance_m or lower stop_line_m"
            )
        return self


class LoopSensor(Sensor):
    """Reconstructs vehicles, lane by lane, from what passes two detectors; it never looks between them.

    stop-line zone  counts the vehicles within `stop_line_m` of the line, in order. The n-th is put 7.5 m behind the
                    one before, or farther back while it cannot have come so far. It stands (0 m/s) when it has been
                    inside for 3 s and nobody has left the zone for 3 s, and else has the speed at which it came in.
    advance loop    tells a vehicle's speed when it passes `advance_m` from the line. From then on the vehicle is
                    expected to come on at this speed, until the zone counts one in. One that should have arrived
                    waits behind the zone, 7.5 m behind the one before. While a vehicle stands on the loop the lane is
                    full from there to the zone.
    balance         who comes into a zone before the next of its lane is due is one that is overdue beside it, and has
                    changed lanes. Where a zone has been empty or had room for 5 s, or where more are between the
                    loops than there is room for, those overdue are in a queue beside, else they are forgotten.
    shared lanes    no loop knows where a vehicle will turn: the vehicles of a lane with several movements are dealt out
                    to them as they are detected, three straight on for one of each turn at first, then as exits have
                    taught (`zhasyl.sensors.turns`), for controllers that look at exits.
    short lanes     the way goes on upstream through junctions without a signal, lane by lane; if it begins, or
                    leaves another signal, before `advance_m`, the loop lies there. The vehicles of a lane that leads to
                    several approach lanes are dealt out to them as their zones have counted before.
    exits           have a queue zone on their first 20 m. Vehicles in it are counted; while one stands there, its lane
                    is taken to be full from there on, as far as the loops reach.
    stuck           share of the detectors that are stuck: half of them never report, the others report one vehicle
                    that stands there and nothing else. That is noticed (`zhasyl.sensors.faults`): a lane without its
                    zone is told of by its advance loop and let go at its greens, a vehicle that stands for ever is
                    no longer told of.
    drop_out        in every 600 s all detectors of a signal give nothing once, for this share of them: the historic
                    mean stands in; then they count from nothing.

    arrivals        are the passages of the advance loops.
    waiting time    of who stands: since it came to its place, or since somebody left its lane's zone after that. Which
                    class a vehicle has no loop knows.

    A passage is noticed when the sensor is read; the vehicle's speed is that of the first reading after it.
    """

    parameters_type: ClassVar[type[Parameters]] = LoopParameters
    unknown: ClassVar[Mapping[Need, str]] = {"vehicle_class": "which class a vehicle has"}

    def __init__(
        self, simulation: Simulation, network: Network, signal: Signal, parameters: LoopParameters, draws: Draws
    ) -> None:
        super().__init__(simulation, network, signal)
        self._parameters = parameters
        self._draws = draws
        self._lanes: list[LoopLane] = []
        self._numbers: list[int] = []
        ways: dict[str, list[tuple[LoopLane, float]]] = {}
        approaches: dict[str, list[LoopLane]] = {}
        for (edge, number), movements in self._movements_by_lane(network, signal).items():
            reached = upstream_lanes(network, edge, number, max(parameters.stop_line_m, parameters.advance_m))
            lane = self._detectors(network.edges[edge], number, movements, max(reached.values()))
            self._lanes.append(lane)
            approaches.setdefault(edge, []).append(lane)
            self._numbers.append(self._lane.get((edge, number), -1))
            for way, start_m in reached.items():
                ways.setdefault(way, []).append((lane, start_m))
        self._ways = [Way(way, leads_to) for way, leads_to in ways.items()]
        for lanes in approaches.values():
            for lane in lanes:
                lane.beside = tuple(other for other in lanes if other is not lane)
        for leads_to in ways.values():
            for lane, _ in leads_to:
                lane.alone &= len(leads_to) == 1
        self._parting: dict[int, list[Way]] = {}
        for parting in self._ways:
            for lane in parting.lanes if len(parting.lanes) > 1 else ():
                self._parting.setdefault(id(lane), []).append(parting)
        self._turns = Turns(self._lanes, dict(enumerate(self._exits)))
        self._held = [self._held_in(stage) for stage in range(len(signal.stages))]
        self._time_s = 0.0
        self._range_m = max(parameters.stop_line_m, parameters.advance_m)
        self._exit_zones = {edge: self._exit_zone(network.edges[edge]) for edge in sorted(set(self._exits))}
        self._passed: dict[str, LoopLane] | None = None
        self._began_s: float | None = None
        self._came: list[int] = []

    def _held_in(self, stage: int) -> list[tuple[LoopLane, list[int]]]:
        """The lanes that a stage frees in part, and their movements that give way, or that are red if none does."""
        found = []
        serves, protects = self._signal.serves[stage], self._signal.protects[stage]
        for lane in self._lanes:
            held = [m for m in lane.movements if serves[m] and not protects[m]]
            held = held or [m for m in lane.movements if not serves[m]]
            if held and any(protects[m] for m in lane.movements):
                found.append((lane, held))
        return found

    def _exit_zone(self, edge: Edge) -> tuple[float, bool | None]:
        """Vehicles that stand on a full lane of an exit, and how its queue zone is stuck."""
        holds_veh = max(min(edge.length_m, self._range_m) / SPACING_M, 1.0)
        return holds_veh, self._draws.stuck(self._parameters.stuck, (edge.id, "exit"))

    def _movements_by_lane(self, network: Network, signal: Signal) -> dict[tuple[str, int], dict[int, float]]:
        """(edge, lane number) → its movements, those straight on first, and a first guess of their shares."""
        found: dict[tuple[str, int], set[tuple[bool, int]]] = {}
        for connections in network.signal_links.get(signal.id, {}).values():
            for c in connections:
                movement = self._movement.get((c.from_edge, c.to_edge))
                if movement is not None:
                    found.setdefault((c.from_edge, c.from_lane), set()).add((c.direction != "s", movement))
        return {
            lane: {index: 1.0 if turns else float(STRAIGHT_PER_TURN) for turns, index in sorted(found[lane])}
            for lane in sorted(found)
        }

    def _detectors(self, edge: Edge, number: int, movements: Mapping[int, float], reach_m: float) -> LoopLane:
        parameters, lane = self._parameters, edge.lanes[number]
        return LoopLane(
            movements=tuple(movements),
            turns=Shares(list(movements.values())),
            stop_m=min(parameters.stop_line_m, reach_m),
            advance_m=min(parameters.advance_m, reach_m),
            stuck_stop=self._draws.stuck(parameters.stuck, (lane, "stop line")),
            stuck_advance=self._draws.stuck(parameters.stuck, (lane, "advance")),
        )

    def observe(self, time_s: float, stage: int, green_s: float) -> Observation:
        """Read the detectors now."""
        clock, self._time_s = (time_s, stage, green_s), time_s
        if self._draws.dropped_out(self._parameters.drop_out, time_s):
            self._passed = None
            for lane in self._lanes:
                lane.clear()
            return self._nothing(clock, self._range_m)
        self._detect(time_s)
        self._let_go(time_s, stage, green_s)
        for lane, held in self._held[stage]:
            lane.stays(time_s, green_s, held)
        if self.more:
            seen = sorted(self._with_waits(time_s))
        else:
            seen = sorted(
                (distance_m, movement, number, speed_mps)
                for number, lane in zip(self._numbers, self._lanes, strict=True)
                for distance_m, movement, speed_mps in lane.seen(time_s)
            )
        rows = [(one[0], one[1], one[3]) for one in seen]
        if self._parameters.drop_out:
            self._historic.learn(time_s, rows, self._range_m)
        return Reading.of(clock, self._range_m, len(self._exits), rows, Later(self, seen))

    def _let_go(self, time_s: float, stage: int, green_s: float) -> None:
        """Lanes whose stop-line zone has failed are taken to discharge while they have a green."""
        if self._parameters.stuck:
            for lane in self._lanes:
                if lane.zone_watch.failed:
                    lane.let_go(time_s, green_s, any(self._signal.serves[stage, m] for m in lane.movements))

    def _with_waits(self, time_s: float) -> Iterator[tuple[Any, ...]]:
        """Whom the loops see, with what else they were asked for: how long each has stood."""
        began_s = self._began_s = time_s if self._began_s is None else self._began_s
        for number, lane in zip(self._numbers, self._lanes, strict=True):
            seen = lane.seen(time_s)
            waits_s = lane.waits_s(time_s, seen, began_s)
            for (distance_m, movement, speed_mps), wait_s in zip(seen, waits_s, strict=True):
                yield distance_m, movement, number, speed_mps, wait_s

    def came(self, seen: Any, time_s: float) -> Iterable[int]:
        came, self._came = self._came, []
        return came

    def with_lanes(self, seen: Any) -> Sequence[tuple[Any, ...]]:
        """What was seen: a loop lies in a lane."""
        found: Sequence[tuple[Any, ...]] = seen
        return found

    def _downstream(self, edge: str) -> tuple[float, float]:
        """Vehicles on an exit and those of them that stand, by its queue zone."""
        holds_veh, stuck = self._exit_zones[edge]
        if stuck is not None:
            return (holds_veh, holds_veh) if stuck else (0.0, 0.0)
        simulation = self._simulation
        near = [vehicle for vehicle in simulation.vehicles(edge) if simulation.position_m(vehicle) <= EXIT_ZONE_M]
        self._turns.count_exit(edge, near, self._time_s)
        standing = [vehicle for vehicle in near if simulation.speed_mps(vehicle) < HALTING_SPEED_MPS]
        full = {simulation.lane_index(vehicle) for vehicle in standing}
        queue_veh = max(len(full) * holds_veh, float(len(standing)))
        return len(near) - len(standing) + queue_veh, queue_veh

    def _detect(self, time_s: float) -> None:
        """Let every detector count what has passed it since the last reading."""
        before, now = self._passed, self._fronts()
        speed_mps = self._simulation.speed_mps
        here = {vehicle for fronts in now for _, vehicle in fronts}
        passed = Counter(id(lane) for v, lane in (before or {}).items() if v not in here and v not in lane.zone)
        for lane, fronts in zip(self._lanes, now, strict=True):
            for distance_m, vehicle in fronts:
                if before is not None and vehicle not in before and lane.stuck_advance is None:
                    lane.pass_advance(time_s, distance_m, speed_mps(vehicle))
                    if self._counts:
                        self._came.append(lane.coming[-1].movement)
            if lane.stuck_advance is None and lane.alone:
                lane.occupy_advance(time_s, self._stands_on(lane.advance_m, fronts))
            if lane.stuck_stop is None:
                inside = [(v, speed_mps(v)) for distance_m, v in fronts if distance_m <= lane.stop_m]
                for _ in range(lane.count_zone(time_s, inside, passed[id(lane)])):
                    for way in self._parting.get(id(lane), ()):
                        way.learn(lane)
        self._passed = {vehicle: lane for lane, fronts in zip(self._lanes, now, strict=True) for _, vehicle in fronts}

    def _stands_on(self, loop_m: float, fronts: Sequence[tuple[float, str]]) -> bool:
        """Does the last vehicle past a loop stand on it?"""
        if not fronts or loop_m - fronts[-1][0] > ON_LOOP_M:
            return False
        return self._simulation.speed_mps(fronts[-1][1]) < HALTING_SPEED_MPS

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
