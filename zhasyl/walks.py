"""The walks of a signal, which pedestrians wait for, and its crossings, from the network alone."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from math import atan2, ceil, degrees, dist, floor

import numpy as np
import numpy.typing as npt

from zhasyl.network import Edge, Network
from zhasyl.signals import Signal
from zhasyl.text.language import N_

SIDES = (
    N_("east side"), N_("north-east side"), N_("north side"), N_("north-west side"),
    N_("west side"), N_("south-west side"), N_("south side"), N_("south-east side"),
)  # fmt: skip
EPSILON_S = 1e-6
WALKING_MPS = 1.39  # desiredMaxSpeed of SUMO's pedestrians
TRAFFIC = N_("entering traffic"), N_("leaving traffic")


@dataclass(frozen=True)
class Walk:
    """What pedestrians wait for: one of these stages, which show these links."""

    links: frozenset[int]
    stages: frozenset[int]


def walks(signal: Signal) -> tuple[Walk, ...]:
    """The walks of a signal: of each crossing, and of each stage in which nobody drives."""
    of_link = (
        Walk(frozenset({link}), frozenset(i for i, stage in enumerate(signal.stages) if stage.green(link)))
        for link in sorted(signal.pedestrian_links)
    )
    alone = (
        Walk(frozenset(link for link in signal.pedestrian_links if stage.green(link)), frozenset({i}))
        for i, stage in enumerate(signal.stages)
        if signal.has_walk(i) and not signal.serves[i].any()
    )
    return tuple(walk for walk in dict.fromkeys([*of_link, *alone]) if walk.stages)


def shown_in(wanted: tuple[Walk, ...], signal: Signal) -> npt.NDArray[np.bool_]:
    """[stage, walk]: does the stage show it?"""
    shown = [[i in walk.stages for walk in wanted] for i in range(len(signal.stages))]
    return np.array(shown, dtype=bool).reshape(len(signal.stages), len(wanted))


def walk_ends_s(signal: Signal, stage: int, green_s: float) -> dict[int, float]:
    """Pedestrian link → when its walk ends in a stage that is known to be green for `green_s`, since its begin.

    After as many whole seconds as let who started last be across when the yellow ends, and `walk_s` at least.
    """
    return {
        link: max(signal.walk_s, floor(green_s - signal.clears_walk_s(link) + EPSILON_S))
        for link in sorted(signal.pedestrian_links)
        if signal.stages[stage].green(link)
    }


class RunningWalks:
    """The walks that a running green shows. `ends_s`: pedestrian link → when its walk ends, without those that have."""

    def __init__(self, signal: Signal) -> None:
        self._signal = signal
        self._stage, self._since_s = 0, 0.0
        self.ends_s: dict[int, float] = {}

    def begin(self, stage: int, since_s: float, known_s: float) -> None:
        """A green that is known to last for `known_s` begins."""
        self._stage, self._since_s = stage, since_s
        self.ends_s = {link: since_s + end_s for link, end_s in walk_ends_s(self._signal, stage, known_s).items()}

    def over(self, time_s: float) -> list[int]:
        """Those that end by then."""
        return [link for link, end_s in self.ends_s.items() if time_s >= end_s - EPSILON_S]

    def end(self, links: Iterable[int]) -> dict[int, float]:
        """What each of these then needs to be cleared [s]."""
        for link in links:
            del self.ends_s[link]
        return {link: self._signal.clearance_s[link] for link in links}

    def longer(self, time_s: float, more_s: float) -> float:
        """When the green may end at the earliest, if all of them go on for so long from then on."""
        clears_s = max(self._signal.clears_walk_s(link) for link in self.ends_s)
        return self._since_s + ceil(time_s + more_s + clears_s - self._since_s - EPSILON_S)

    def prolong(self, until_s: float) -> None:
        """The green goes on until then: so do they, each until it has to be cleared."""
        known = walk_ends_s(self._signal, self._stage, until_s - self._since_s)
        self.ends_s = {link: max(end_s, self._since_s + known[link]) for link, end_s in self.ends_s.items()}


@dataclass(frozen=True)
class Crossing:
    """A signalised crossing: its edge, what it is called, and the walking areas at its ends."""

    id: str
    signal: str
    name: str
    areas: frozenset[str]


def crossings(network: Network) -> list[Crossing]:
    """The crossings of every signal of a network, in the order of signals and of links."""
    areas: dict[str, set[str]] = defaultdict(set)
    for c in network.connections:
        for crossing, other in ((c.to_edge, c.from_edge), (c.from_edge, c.to_edge)):
            if network.edges[crossing].function == "crossing":
                areas[crossing].add(other)
    found: dict[str, Crossing] = {}
    for signal, links in sorted(network.signal_links.items()):
        for edge in (network.edges[c.to_edge] for _, own in sorted(links.items()) for c in own):
            if edge.function == "crossing":
                name = crossing_name(network, edge)
                found[edge.id] = Crossing(edge.id, signal, name, frozenset(areas[edge.id]))
    return list(found.values())


def walked_edges(network: Network) -> list[str]:
    """Crossings of signals, and the walking areas at their ends."""
    found = crossings(network)
    return sorted({one.id for one in found}.union(*(one.areas for one in found)))


def crossing_name(network: Network, crossing: Edge) -> str:
    """'Abay avenue, west side': the street that it leads over, and on which side of the junction that is.

    A crossing of one direction alone says which: 'entering' or 'leaving' traffic.
    """
    roads = [network.edges[road] for road in crossing.crosses if road in network.edges]
    if not roads:
        return crossing.id
    here = crossing.shape[len(crossing.shape) // 2]
    enters = [dist(road.shape[-1], here) < dist(road.shape[0], here) for road in roads]
    (x0, y0), (x1, y1) = (roads[0].shape[end] for end in ((-1, 0) if enters[0] else (0, -1)))
    side = SIDES[round(degrees(atan2(y1 - y0, x1 - x0)) / 45.0) % 8]
    part = () if len(set(enters)) > 1 else (TRAFFIC[not enters[0]],)
    return ", ".join((roads[0].name or roads[0].id, side, *part))
