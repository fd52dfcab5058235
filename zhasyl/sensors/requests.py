"""What road users tell the signal themselves, whatever the sensor: radios of vehicles and push buttons of pedestrians.

announced   a transit or emergency vehicle reports its place and speed to the signal ahead of it, up to `RADIO_RANGE_M`,
            back through junctions without a signal. A vehicle with a scheduled stop before the stop line reports when
            it has left the stop: until then nobody knows when it will arrive (ITS America, Transit signal priority:
            a planning and implementation handbook, 2005, on near-side stops)
call        a person stands before a crossing of the signal, as in SUMO's tutorial on push buttons
"""

from collections import defaultdict
from collections.abc import Callable, Iterator

from zhasyl.network import Network
from zhasyl.observation import Kind, Need, Observation, PriorityRequest
from zhasyl.sensors.perfect import upstream_edges
from zhasyl.signals import Signal
from zhasyl.sumo.simulation import Simulation

RADIO_RANGE_M = 500.0
KINDS: dict[str, Kind] = {
    "bus": "transit",
    "tram": "transit",
    "rail_urban": "transit",
    "emergency": "emergency",
    "authority": "emergency",
}

Observe = Callable[[float, int, float], Observation]


def with_requests(
    observe: Observe, simulation: Simulation, network: Network, signal: Signal, needs: frozenset[Need]
) -> Observe:
    """The sensor's reading with what `needs` names of this; else the sensor's own, which costs nothing."""
    if needs.isdisjoint({"announced", "calls"}):
        return observe
    radio = Radio(simulation, network, signal) if "announced" in needs else None
    buttons = PushButtons(simulation, network, signal) if "calls" in needs else None

    def read(time_s: float, stage: int, green_s: float) -> Observation:
        return observe(time_s, stage, green_s).told(
            announced=radio.announced() if radio else (),
            calls=buttons.calls() if buttons else {},
        )

    return read


class Radio:
    """Hears the transit and emergency vehicles on their way to a signal. A vehicle's class is asked for once."""

    def __init__(self, simulation: Simulation, network: Network, signal: Signal) -> None:
        self._simulation = simulation
        self._movement = {(m.from_edge, m.to_edge): index for index, m in enumerate(signal.movements)}
        self._reach = _ways(network, {m.from_edge for m in signal.movements})
        self._kind: dict[str, Kind | None] = {}

    def announced(self) -> tuple[PriorityRequest, ...]:
        """Every vehicle that requests priority now, nearest first."""
        return tuple(sorted(self._heard(), key=lambda one: (one.distance_m, one.vehicle)))

    def _heard(self) -> Iterator[PriorityRequest]:
        simulation = self._simulation
        for edge, approach, end_m in self._reach:
            for vehicle in simulation.vehicles(edge):
                kind = self._kind_of(vehicle)
                if kind is None:
                    continue
                distance_m = end_m - simulation.position_m(vehicle)
                movement = self._movement_of(vehicle, approach)
                if movement is not None and distance_m <= RADIO_RANGE_M:
                    yield PriorityRequest(vehicle, kind, movement, distance_m, simulation.speed_mps(vehicle))

    def _kind_of(self, vehicle: str) -> Kind | None:
        if vehicle not in self._kind:
            self._kind[vehicle] = KINDS.get(self._simulation.vehicle_class(vehicle))
        return self._kind[vehicle]

    def _movement_of(self, vehicle: str, approach: str) -> int | None:
        """The movement it will take at the approach's end; None if it goes elsewhere or stops before."""
        simulation = self._simulation
        ahead = list(simulation.route(vehicle))[max(simulation.route_index(vehicle), 0) :]
        if approach not in ahead[:-1]:
            return None
        end = ahead.index(approach)
        if simulation.next_stop_edge(vehicle) in ahead[: end + 1]:
            return None
        return self._movement.get((approach, ahead[end + 1]))


def _ways(network: Network, approaches: set[str]) -> list[tuple[str, str, float]]:
    """`upstream_edges` with the edges inside the junctions on the way, so that no radio falls silent there."""
    ways = upstream_edges(network, approaches, RADIO_RANGE_M)
    inside: dict[tuple[str, str], float] = {}
    reached = {(edge, approach) for edge, approach, _ in ways}
    for edge, approach, start_m in ways:
        for c in network.incoming.get(edge, ()):
            if c.signal or (c.from_edge, approach) not in reached:
                continue
            inner_m = start_m
            for lane in reversed(network.lanes_inside(c)):
                inner_m += network.internal_lengths_m.get(lane, 0.0)
                inside.setdefault((lane.rsplit("_", 1)[0], approach), inner_m)
    return ways + [(edge, approach, start_m) for (edge, approach), start_m in inside.items()]


class PushButtons:
    """Knows who waits at the crossings of a signal, at either end."""

    def __init__(self, simulation: Simulation, network: Network, signal: Signal) -> None:
        self._simulation = simulation
        self._links: dict[str, set[int]] = defaultdict(set)  # crossing → its links
        for link, connections in network.signal_links.get(signal.id, {}).items():
            for c in connections:
                if link in signal.pedestrian_links and network.edges[c.to_edge].function == "crossing":
                    self._links[c.to_edge].add(link)
        ends = {c.from_edge for c in network.connections if c.to_edge in self._links}
        ends |= {c.to_edge for c in network.connections if c.from_edge in self._links}
        self._areas = sorted(ends)

    def calls(self) -> dict[int, float]:
        """Pedestrian link → how long [s] somebody has waited there; without the links nobody waits at."""
        simulation, found = self._simulation, dict[int, float]()
        for area in self._areas:
            for person in simulation.persons(area):
                waiting_s = simulation.waiting_s(person)
                if waiting_s > 0:
                    for link in self._links.get(simulation.next_edge(person), ()):
                        found[link] = max(found.get(link, 0.0), waiting_s)
        return dict(sorted(found.items()))
