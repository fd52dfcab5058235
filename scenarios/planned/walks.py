"""When crossings walk under ring-barrier phases: Synchro does not say which crossing a phase's Walk is for.

A crossing walks with a phase that has a Walk and whose straight traffic goes beside it, and with a phase for
pedestrians alone (PED); not while straight or protected left traffic crosses it; and it ends in time for its length.
"""

import math
from dataclasses import dataclass

from zhasyl.scenarios.planned.lane_groups import LaneGroups
from zhasyl.scenarios.planned.nema import RingPhase, Seconds, green_seconds
from zhasyl.scenarios.planned.words import SignalWords


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
        lefts = {j for j in foes - straight if words.is_left(j)}
        barred = _union([greens.all[j] for j in straight] + [greens.protected[j] for j in lefts])
        walking = [phase for phase in self.phases.values() if self._walks(phase, link, foes)]
        free = _union([green_seconds([phase], self.cycle) for phase in walking]) - barred
        rivals = barred | _union([greens.all[j] for j in foes - straight])
        clearance = math.ceil(words.crossing_m[link] / self.walking_speed_mps)
        return frozenset(second for second in free if self._clear(second, rivals, clearance))

    def _walks(self, phase: RingPhase, link: int, foes: set[int]) -> bool:
        return phase.number in self.groups.pedestrian or (phase.walk and self._goes_along(phase, foes))

    def _goes_along(self, phase: RingPhase, foes: set[int]) -> bool:
        """Is the crossing beside the phase's straight traffic: crossed by turns of its approach only?"""
        words, protected = self.words, self.groups.protected
        straight = [i for i in protected if phase.number in protected[i] and not words.is_turn(i)]
        mine = set().union(*(words.approaches(i) for i in straight))
        beside = any(words.approaches(j) & mine for j in foes)
        ahead = any(not words.is_turn(j) and words.approaches(j) & mine for j in foes)
        return beside and not ahead

    def _clear(self, second: int, rivals: Seconds, clearance: int) -> bool:
        """Is who starts in this second across before conflicting traffic gets a new green?"""
        for later in range(second + 1, second + 1 + clearance):
            now, before = later % self.cycle, (later - 1) % self.cycle
            if now in rivals and before not in rivals:
                return False
        return True


def _union(sets: list[Seconds]) -> Seconds:
    return frozenset[int]().union(*sets)
