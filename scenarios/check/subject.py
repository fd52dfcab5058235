"""A loaded scenario as the checks see it: everything is read at most once, and only if a check asks for it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from zhasyl.derive import DerivedSignals, derive_signals
from zhasyl.network import Connection, Network
from zhasyl.observation import SignalDemand
from zhasyl.scenarios.check.demand_read import Demand, read_demand
from zhasyl.scenarios.check.lanes_read import Lane, read_lanes
from zhasyl.scenarios.demand.by_signal import signal_demands
from zhasyl.scenarios.model import Scenario
from zhasyl.signals import Signal
from zhasyl.sumo.messages import Message

RAILWAY = frozenset({"rail_signal", "rail_crossing"})


class Said(Protocol):
    """What SUMO said at its start. `refusal` is its error, '' if it starts."""

    @property
    def refusal(self) -> str: ...

    @property
    def warnings(self) -> tuple[Message, ...]: ...


Start = Callable[[Scenario], Said]


@dataclass(frozen=True)
class Subject:
    """What is checked."""

    scenario: Scenario
    start: Start | None = None

    @cached_property
    def trial(self) -> Said | None:
        """What SUMO says when it loads the scenario; None if it is not to be started."""
        return self.start(self.scenario) if self.start else None

    @cached_property
    def network(self) -> Network:
        """The network with the programmes of the time at which the measured period begins. Raises ScenarioError."""
        return self.scenario.network()

    @cached_property
    def lanes(self) -> dict[str, Lane]:
        """Every lane, inside junctions too. Raises ScenarioError."""
        return read_lanes(self.scenario.net_file)

    @cached_property
    def derived(self) -> DerivedSignals:
        """The signals that can be controlled, and why others cannot."""
        return derive_signals(self.network, self.scenario.timing)

    @cached_property
    def demand(self) -> Demand:
        """The demand on the network. Raises ScenarioError for broken XML."""
        return read_demand(self.scenario)

    @cached_property
    def demands(self) -> dict[str, SignalDemand]:
        """The demand of every signal that can be controlled."""
        return signal_demands(self.network, self.derived.signals, self.demand.volumes)

    @cached_property
    def road_lanes(self) -> dict[str, list[Lane]]:
        """Edge → its lanes that are open to road traffic, from the right; edges without one are left out."""
        found: dict[str, list[Lane]] = {}
        for lane in self.lanes.values():
            if lane.function == "normal" and lane.classes:
                found.setdefault(lane.edge, []).append(lane)
        return {edge: sorted(lanes, key=lambda lane: lane.index) for edge, lanes in found.items()}

    @cached_property
    def road_signals(self) -> list[str]:
        """The signals of roads and crossings; those of railways have rules of their own."""
        return sorted(name for name, links in self.network.signal_links.items() if not self._of_railway(links))

    @property
    def timed_signals(self) -> list[tuple[str, Signal]]:
        """The controllable signals whose shipped plan is played by the clock, by id."""
        programmes = self.network.programmes
        return [(name, s) for name, s in sorted(self.derived.signals.items()) if programmes[name].kind == "static"]

    def _of_railway(self, links: Mapping[int, tuple[Connection, ...]]) -> bool:
        network = self.network
        connections = [c for cs in links.values() for c in cs]
        at = {network.edges[c.from_edge].to_junction for c in connections}
        kinds = {network.junctions[name].kind for name in at if name in network.junctions}
        road = any(c.from_edge in self.road_lanes or network.is_pedestrian(c) for c in connections)
        return not road or (bool(kinds) and kinds <= RAILWAY)


def link_name(network: Network, signal: str, link: int) -> str:
    """A link in words: 'west → east' or "crossing ':J_c0'", with its index."""
    connections: tuple[Connection, ...] = network.signal_links.get(signal, {}).get(link, ())
    names = dict.fromkeys(_connection_name(network, c) for c in connections)
    return f"{', '.join(names) or 'nothing'} (link {link})"


def _connection_name(network: Network, connection: Connection) -> str:
    if network.edges[connection.to_edge].function == "crossing":
        return f"crossing '{connection.to_edge}'"
    return f"{connection.from_edge} → {connection.to_edge}"
