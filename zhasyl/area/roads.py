"""The roads between signals: from each exit of one, over junctions without a signal, to the approaches of the next.

A road that forks on the way leads to several signals, and ends where a signal is that no controller controls. Detours
are left out: a way between two signals counts if none is shorter from its exit and none to its approach.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from heapq import heappop, heappush

from zhasyl.network import Connection, Network
from zhasyl.signals import Signal

FARTHEST_M = 1000.0  # beyond it platoons have dispersed


@dataclass(frozen=True, order=True)
class Link:
    """A road from one signal to the next: who leaves the first one by `exit_edge` can come to `approach_edge`.

    from_movements  indices into the first signal's movements: those onto the exit
    to_movements    indices into the second signal's movements: those of the approach, one of which they then take
    length_m        from the beginning of the exit to the second signal's stop line
    travel_s        along it at the speed limits
    """

    from_signal: str
    to_signal: str
    exit_edge: str
    approach_edge: str
    from_movements: tuple[int, ...]
    to_movements: tuple[int, ...]
    length_m: float
    travel_s: float


def links_between(signals: Mapping[str, Signal], network: Network) -> tuple[Link, ...]:
    """Every road of at most `FARTHEST_M` between two of these signals, sorted; none from a signal back to itself."""
    owner = {movement.from_edge: signal for signal in signals.values() for movement in signal.movements}
    ways = tuple(sorted(
        Link(signal.id, owner[approach].id, exit_edge, approach,
             tuple(i for i, m in enumerate(signal.movements) if m.to_edge == exit_edge),
             tuple(i for i, m in enumerate(owner[approach].movements) if m.from_edge == approach),
             length_m, travel_s)
        for signal in signals.values()
        for exit_edge in sorted({movement.to_edge for movement in signal.movements})
        for approach, length_m, travel_s in _approaches(exit_edge, network)
        if approach in owner and owner[approach].id != signal.id
    ))  # fmt: skip
    by_exit = _nearest(ways, "exit_edge")
    by_approach = _nearest(ways, "approach_edge")
    return tuple(way for way in ways if way in by_exit and way in by_approach)


def _nearest(ways: Iterable[Link], end: str) -> set[Link]:
    """The shortest of the ways between two signals that have one end in common."""
    found: dict[tuple[str, str, str], Link] = {}
    for way in sorted(ways, key=lambda way: way.length_m):
        found.setdefault((way.from_signal, way.to_signal, getattr(way, end)), way)
    return set(found.values())


def _approaches(exit_edge: str, network: Network) -> Iterator[tuple[str, float, float]]:
    """(edge before a signal, length, time at the speed limits) that an exit leads to."""
    reached: set[str] = set()
    queue = [(*_size(network, exit_edge), exit_edge)]
    while queue:
        length_m, travel_s, edge = heappop(queue)
        if edge in reached or length_m > FARTHEST_M:
            continue
        reached.add(edge)
        onward = network.outgoing.get(edge, ())
        if any(c.signal for c in onward):
            yield edge, length_m, travel_s
            continue
        for c in onward:
            if c.direction != "t":
                more_m, more_s = _size(network, c.to_edge, c)
                heappush(queue, (length_m + more_m, travel_s + more_s, c.to_edge))


def _size(network: Network, edge: str, by: Connection | None = None) -> tuple[float, float]:
    """Length and time of an edge, with the way to it through the junction."""
    inside_m = sum(network.internal_lengths_m.get(lane, 0.0) for lane in network.lanes_inside(by)) if by else 0.0
    length_m = inside_m + network.edges[edge].length_m
    return length_m, length_m / max(network.edges[edge].speed_mps, 1.0)
