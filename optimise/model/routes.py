"""Who feeds whom: from the exit of one signal to the approaches of the next ones, over junctions without a signal.

Turning shares are those of the demand (`zhasyl.scenarios.demand.volumes`); trips that begin or end on the way join or
leave. What reaches an approach from no signal comes from outside, evenly.
"""

from collections import defaultdict
from collections.abc import Mapping, Set
from dataclasses import dataclass, replace

from zhasyl.network import Connection, Network
from zhasyl.scenarios.demand.volumes import Turn

LEAST_SHARE = 0.02  # of a link: less is joined to what comes from outside
MOST_EDGES = 40


@dataclass(frozen=True)
class Feeder:
    """The share of the traffic on an exit edge that reaches an approach, and its free travel time and way."""

    exit_edge: str
    approach: str
    share: float
    travel_s: float
    length_m: float


class Roads:
    """Travel times and turning shares of the roads."""

    def __init__(self, network: Network, turns_vph: Mapping[Turn, float]) -> None:
        self.network = network
        self.inflow_vph: dict[str, float] = defaultdict(float)
        self.outflow_vph: dict[str, float] = defaultdict(float)
        self._turns: dict[str, dict[str, float]] = defaultdict(dict)
        for (before, after), vph in turns_vph.items():
            self.inflow_vph[after] += vph
            self.outflow_vph[before] += vph
            self._turns[before][after] = vph

    def flow_vph(self, edge: str) -> float:
        """Vehicles on an edge, those included that begin or end there."""
        return max(self.inflow_vph.get(edge, 0.0), self.outflow_vph.get(edge, 0.0))

    def feeders(self, exit_edge: str, approaches: Set[str]) -> list[Feeder]:
        """The approaches that the traffic on an exit edge reaches next."""
        found: dict[str, Feeder] = {}
        todo = [(exit_edge, 1.0, 0.0, 0.0, 0)]
        while todo:
            edge, share, travel_s, length_m, passed = todo.pop()
            road = self.network.edges[edge]
            travel_s += road.length_m / max(road.speed_mps, 1.0)
            length_m += road.length_m
            if edge in approaches:
                found[edge] = _joined(
                    found.get(edge), Feeder(exit_edge, edge, share * self._goes_on(edge), travel_s, length_m)
                )
                continue
            flow_vph = self.flow_vph(edge)
            for after, vph in self._turns.get(edge, {}).items():
                onward = share * vph / flow_vph if flow_vph > 0 else 0.0
                if onward >= LEAST_SHARE and passed < MOST_EDGES and after in self.network.edges:
                    inside_m, inside_s = self._inside(edge, after)
                    todo.append((after, onward, travel_s + inside_s, length_m + inside_m, passed + 1))
        return list(found.values())

    def _goes_on(self, edge: str) -> float:
        """The share of the traffic on an edge that leaves it for another one."""
        flow_vph = self.flow_vph(edge)
        return self.outflow_vph.get(edge, 0.0) / flow_vph if flow_vph > 0 else 1.0

    def inside_s(self, before: str, after: str) -> float:
        """Time inside the junction between two edges."""
        return self._inside(before, after)[1]

    def _inside(self, before: str, after: str) -> tuple[float, float]:
        connection = next((c for c in self.network.outgoing.get(before, ()) if c.to_edge == after), None)
        length_m = self._length_m(connection) if connection else 0.0
        return length_m, length_m / max(self.network.edges[after].speed_mps, 1.0)

    def _length_m(self, connection: Connection) -> float:
        return sum(self.network.internal_lengths_m.get(lane, 0.0) for lane in self.network.lanes_inside(connection))


def _joined(known: Feeder | None, feeder: Feeder) -> Feeder:
    """Two ways to one approach as one, of the heavier one's travel time."""
    if known is None:
        return feeder
    heavier = max(known, feeder, key=lambda one: one.share)
    return replace(heavier, share=known.share + feeder.share)
