"""When crossings walk under ring-barrier phases: Synchro does not say which crossing a phase's Walk is for.

A crossing walks with a phase that has a Walk and comes along it (NB traffic along the crossings of the eastern and the
western arm, or of their halves), and with a phase for pedestrians alone (PED). It does not walk while straight traffic
crosses it, or turns across the road that are protected in another phase; and it ends in time for its length. A file of
ours says it, in [Crossings].
"""

import math
import re
from dataclasses import dataclass

from zhasyl.errors import ScenarioError
from zhasyl.scenarios.plans.link_names import SignalWords
from zhasyl.scenarios.plans.rings import RingPhase, Seconds, green_seconds
from zhasyl.scenarios.plans.utdf import Node
from zhasyl.scenarios.plans.utdf_lane_groups import LaneGroups


@dataclass(frozen=True)
class Greens:
    """When each link of road traffic is green, and when it is so without giving way."""

    all: dict[int, Seconds]
    protected: dict[int, Seconds]


@dataclass(frozen=True)
class Walks:
    """The walks of one signal."""

    words: SignalWords
    groups: LaneGroups
    phases: dict[int, RingPhase]
    greens: Greens
    cycle: int
    walking_speed_mps: float

    def seconds(self, link: int) -> Seconds:
        """When a crossing is green."""
        words, greens = self.words, self.greens
        foes = {j for i, j in words.conflicts.foes if i == link and j in greens.all}
        straight = {j for j in foes if not words.is_turn(j)}
        free: set[int] = set()
        for phase in self.phases.values():
            if phase.number in self.groups.pedestrian or (phase.walk and self._goes_along(phase, link, straight)):
                others = [self._own_green(j, phase) for j in foes - straight if words.turns_across(j)]
                free |= green_seconds([phase], self.cycle) - _union([greens.all[j] for j in straight] + others)
        starts = _union([self._starts(greens.all[j]) for j in foes])
        clearance = math.ceil(words.crossing_m[link] / self.walking_speed_mps)
        return frozenset(second for second in free if self._clear(second, starts, clearance))

    def _starts(self, seconds: Seconds) -> Seconds:
        return frozenset(second for second in seconds if (second - 1) % self.cycle not in seconds)

    def _own_green(self, link: int, phase: RingPhase) -> Seconds:
        """When a turn across has its green to itself: in other phases than that of the walk, in which it gives way."""
        return frozenset() if phase.number in self.groups.protected[link] else self.greens.protected[link]

    def _goes_along(self, phase: RingPhase, link: int, straight: set[int]) -> bool:
        """Does the crossing run along the road of the phase's traffic, which does not go straight over it?"""
        words = self.words
        served = [i for i, numbers in self.groups.protected.items() if phase.number in numbers]
        approaches = set().union(*(words.approaches(i) for i in served))
        ahead = any(words.approaches(j) & approaches for j in straight)
        return not ahead and any(words.along(link, i) for i in served)

    def _clear(self, second: int, starts: Seconds, clearance: int) -> bool:
        """Is who starts in this second across before any conflicting movement gets a new green?"""
        return not any(later % self.cycle in starts for later in range(second + 1, second + 1 + clearance))


def _union(sets: list[Seconds]) -> Seconds:
    return frozenset[int]().union(*sets)


def walks_as_said(node: Node, words: SignalWords, cycle: int) -> dict[int, Seconds]:
    """The walks that [Crossings] gives, of every crossing. Raises ScenarioError."""
    found: dict[int, Seconds] = {}
    for name, cells in node.crossings.items():
        row, text = cells.get("WALK", (1, ""))
        try:
            links, _ = words.find(name)
        except ScenarioError as error:
            raise node.fault(row, str(error)) from None
        if not set(links) <= words.walks:
            raise node.fault(row, f"{name[:40]} is no crossing; name one, as crossing:north")
        for link in links:
            found[link] = frozenset(second % cycle for run in text.split() for second in _run(node, row, run, cycle))
    if left := sorted(words.walks - {link for link, walk in found.items() if walk}):
        raise node.fault(1, f"[Crossings] says no walk of {words.name(left[0])}; add it, or take the section out")
    return found


def _run(node: Node, row: int, text: str, cycle: int) -> range:
    bounds = re.fullmatch(r"([0-9]{1,3})-([0-9]{1,4})", text)
    if not bounds or not int(bounds[1]) < int(bounds[2]) <= int(bounds[1]) + cycle:
        raise node.fault(row, f"walk '{text[:20]}' is no time within the cycle of {cycle} s; write it as 0-12")
    return range(int(bounds[1]), int(bounds[2]))
