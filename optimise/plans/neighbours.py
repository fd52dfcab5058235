"""Signals that feed one another: the way from a movement's exit to the next signal, over junctions without one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from zhasyl.network import Network
from zhasyl.signals import Signal

FARTHEST_M = 800.0  # platoons have dissolved beyond


@dataclass(frozen=True)
class Neighbour:
    """From one signal's exit to the next signal's approach, at the speed limits."""

    from_signal: str
    exit_edge: str
    to_signal: str
    approach: str
    length_m: float
    travel_s: float


def neighbours(network: Network, signals: Mapping[str, Signal]) -> tuple[Neighbour, ...]:
    """All ways between signals of at most FARTHEST_M, the shortest where there are several to the same approach."""
    return tuple(found for signal in signals.values() for found in _of(network, signals, signal))


def _of(network: Network, signals: Mapping[str, Signal], signal: Signal) -> Iterator[Neighbour]:
    for exit_edge in sorted({movement.to_edge for movement in signal.movements}):
        reached: dict[str, tuple[float, float]] = {}
        ahead = [(exit_edge, 0.0, 0.0)]
        while ahead:
            edge, length_m, travel_s = ahead.pop(0)
            road = network.edges[edge]
            length_m, travel_s = length_m + road.length_m, travel_s + road.length_m / max(road.speed_mps, 1.0)
            if length_m > FARTHEST_M or reached.get(edge, (FARTHEST_M, 0.0))[0] <= length_m:
                continue
            reached[edge] = (length_m, travel_s)
            leaving = network.outgoing.get(edge, ())
            if not any(c.signal for c in leaving):
                ahead += [
                    (other, length_m, travel_s) for other in sorted({c.to_edge for c in leaving if c.direction != "t"})
                ]
        for edge, (length_m, travel_s) in reached.items():
            names = {c.signal for c in network.outgoing.get(edge, ()) if c.signal}
            for name in sorted(names & signals.keys() - {signal.id}):
                yield Neighbour(signal.id, exit_edge, name, edge, length_m, travel_s)
