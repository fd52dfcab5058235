"""Signals that share a cycle: which they are, where each one's vehicles go, and how long their cycle is.

region    controlled signals joined by roads of at most `LINK_M` without another signal on them
link      such a road: from a movement's exit to the approach of the next signal
cycle     one for the region; every few minutes moved by a step towards the shortest that would have kept the busiest
          signal at the target degree of saturation in each of its cycles
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from zhasyl.arrays import FloatArray
from zhasyl.controllers.parts.saturation_meter import TARGET
from zhasyl.network import Network
from zhasyl.signals import Signal

LONGEST_S = 1000.0  # a cycle that no signal has
LINK_M = 1000.0  # beyond it platoons have dispersed


@dataclass(frozen=True)
class Link:
    """Vehicles that leave `signal` come to the approach edge `approach` of the signal `to`."""

    signal: str
    to: str
    approach: str


class Region:
    """The cycle that its signals share. `cycle_s` changes at most once in `review_s`."""

    def __init__(self, min_cycle_s: float, max_cycle_s: float, step_s: float, review_s: float) -> None:
        self.cycle_s = 0.0
        self._bounds_s = (min_cycle_s, max_cycle_s)
        self._step_s = step_s
        self._review_s = review_s
        self._due_s: float | None = None
        self._needed_s: dict[str, float] = {}

    def join(self, cycle_s: float, least_s: float) -> None:
        """A signal joins with its shipped cycle and the shortest it can play."""
        low_s, high_s = self._bounds_s
        low_s = max(low_s, least_s)
        self._bounds_s = (low_s, max(low_s, high_s))
        self.cycle_s = float(round(min(max(self.cycle_s, cycle_s, low_s), self._bounds_s[1])))

    def report(self, signal: str, needed_s: float) -> None:
        """The cycle in which a signal's greens would have been used to the target."""
        self._needed_s[signal] = max(needed_s, self._needed_s.get(signal, 0.0))

    def review(self, time_s: float) -> bool:
        """Move the cycle towards what the busiest signal needs, if it is time; has it changed?"""
        if self._due_s is None:
            self._due_s = time_s + self._review_s
        if time_s < self._due_s or not self._needed_s:
            return False
        self._due_s = time_s + self._review_s
        low_s, high_s = self._bounds_s
        wanted_s = min(max(*self._needed_s.values(), low_s), high_s)
        before_s = self.cycle_s
        self._needed_s.clear()
        self.cycle_s = float(round(before_s + min(max(wanted_s - before_s, -self._step_s), self._step_s)))
        return self.cycle_s != before_s


def links_between(signals: Mapping[str, Signal], network: Network) -> list[Link]:
    """Every link between two signals, sorted."""
    owner = {m.from_edge: name for name, signal in signals.items() for m in signal.movements}
    found = {
        Link(name, owner[approach], approach)
        for name, signal in signals.items()
        for exit_edge in {m.to_edge for m in signal.movements}
        if (approach := _next_approach(exit_edge, owner.keys(), network)) and owner[approach] != name
    }
    return sorted(found, key=lambda link: (link.signal, link.to, link.approach))


def _next_approach(edge: str, approaches: Iterable[str], network: Network) -> str:
    """The first approach of a signal that a road leads to without a fork; '' if there is none near."""
    length_m, seen = 0.0, set[str]()
    while edge in network.edges and edge not in seen:
        length_m += network.edges[edge].length_m
        if edge in approaches or length_m > LINK_M:
            return edge if length_m <= LINK_M else ""
        seen.add(edge)
        onward = {c.to_edge for c in network.outgoing.get(edge, ()) if c.direction != "t"}
        edge = onward.pop() if len(onward) == 1 else ""
    return ""


def members(signals: Iterable[str], pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Signal → the first (by name) of those that pairs of neighbours join it to."""
    neighbours: dict[str, set[str]] = defaultdict(set)
    for one, other in pairs:
        neighbours[one].add(other)
        neighbours[other].add(one)
    first: dict[str, str] = {}
    for name in sorted(signals):
        waiting = [name]
        while waiting:
            other = waiting.pop()
            if other not in first:
                first[other] = name
                waiting += neighbours[other]
    return first


def needed_cycle_s(flow_ratios: FloatArray, least_s: FloatArray, lost_s: float) -> float:
    """The shortest cycle in which no stage is used beyond the target, none below its minimum green; else infinite.

    flow_ratios  share of the cycle that each position's busiest movement uses
    """
    cycle_s, before_s = float(least_s.sum()) + lost_s, 0.0
    while before_s + 0.1 < cycle_s < LONGEST_S:
        before_s = cycle_s
        cycle_s = lost_s + float(np.maximum(flow_ratios * cycle_s / TARGET, least_s).sum())
    return cycle_s if cycle_s < LONGEST_S else float("inf")
