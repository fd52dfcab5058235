"""Which phases run together and in which order, from their greens alone.

together  two phases that often run at once; those that are connected so are a group, between two barriers
ring      phases of a group that never run at once, one after the other
boundary  where a group, or a phase within its ring, begins in the cycle: one sample each time that it does

A number says nothing here, so that any controller's phases will do; with NEMA's numbers it comes to NEMA's rings and
barriers.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, groupby, pairwise

import numpy as np

from zhasyl.lane_groups import sharing
from zhasyl.scenarios.logs import circular
from zhasyl.scenarios.logs.cycles import Stretch
from zhasyl.scenarios.logs.event_log import Floats
from zhasyl.scenarios.logs.greens import PhaseGreens

OFTEN = 0.1  # of the greens of the rarer phase
OVERLAP_S = 0.35  # what begins as something else ends, to the tenths of a clock, does not run with it

Run = list[tuple[float, int]]
"""(begin, phase) of the greens of one group until another group has its turn."""


@dataclass
class Group:
    """Rings of phases between two barriers; `begins` where it begins in the cycle, `inner` where phases do in it."""

    rings: list[list[int]]
    begins: list[float] = field(default_factory=list)
    inner: dict[int, list[float]] = field(default_factory=dict)


def groups_of(stretch: Stretch, greens: Mapping[int, PhaseGreens]) -> list[Group]:
    """In the order of the cycle; `greens` are those of the stretch."""
    together = _together(greens)
    partners = {p: frozenset({p, *(q for pair in together if p in pair for q in pair)}) for p in greens}
    found = [Group(_rings(members, together)) for members in sharing(partners)]
    group_of = {phase: number for number, group in enumerate(found) for ring in group.rings for phase in ring}
    at_s = _Place(stretch, greens)
    follows: Counter[tuple[int, int]] = Counter()
    runs = list(_runs(greens, group_of))
    for number, run in runs:
        for ring in found[number].rings:
            own = [(begin_s, phase) for begin_s, phase in run if phase in ring]
            for (_, before), (begin_s, phase) in pairwise(own):
                if phase != before:
                    follows[before, phase] += 1
                    found[number].inner.setdefault(phase, []).append(at_s(begin_s))
    for number, run in runs[1:] if len(found) > 1 else ():
        found[number].begins.append(at_s(run[0][0]))
    for group in found:
        if not group.begins:
            _begin_with_the_commonest(group, greens, at_s)
        start_s = circular.median(np.array(group.begins), stretch.cycle_s)
        middles = {p: circular.median(np.array([at_s(b) for b in greens[p].begin_s]), stretch.cycle_s)
                   for ring in group.rings for p in ring}  # fmt: skip
        group.rings = [_ordered(ring, follows, middles, start_s, stretch.cycle_s) for ring in group.rings]
    return sorted(found, key=lambda one: (circular.median(np.array(one.begins), stretch.cycle_s) + 1) % stretch.cycle_s)


def _together(greens: Mapping[int, PhaseGreens]) -> set[frozenset[int]]:
    """Pairs of phases of which one often begins before the other one's red clearance ends."""
    found = set()
    for one, other in combinations(greens, 2):
        count = _overlapped(greens[one], greens[other]) + _overlapped(greens[other], greens[one])
        if count >= max(2, OFTEN * min(len(greens[one]), len(greens[other]))):
            found.add(frozenset({one, other}))
    return found


def _overlapped(first: PhaseGreens, second: PhaseGreens) -> int:
    """How many phases of the second begin while the first runs, or with it."""
    running = np.searchsorted(first.begin_s, second.begin_s + OVERLAP_S, side="right") - 1
    ends_s = np.where(running >= 0, first.end_s[np.maximum(running, 0)], -np.inf)
    return int((ends_s > second.begin_s + OVERLAP_S).sum())


def _rings(members: Sequence[int], together: set[frozenset[int]]) -> list[list[int]]:
    """Each phase into the first ring in which it is together with none."""
    rings: list[list[int]] = []
    for phase in sorted(members):
        ring = next((r for r in rings if not any(frozenset({phase, other}) in together for other in r)), None)
        if ring is None:
            rings.append([phase])
        else:
            ring.append(phase)
    return rings


def _runs(greens: Mapping[int, PhaseGreens], group_of: Mapping[int, int]) -> Iterator[tuple[int, Run]]:
    begins = sorted((float(begin_s), phase) for phase, own in greens.items() for begin_s in own.begin_s)
    for number, members in groupby(begins, key=lambda one: group_of[one[1]]):
        yield number, list(members)


class _Place:
    """Where in the cycle a moment lies, seconds after its zero; of a free controller by the share of its own cycle."""

    def __init__(self, stretch: Stretch, greens: Mapping[int, PhaseGreens]) -> None:
        commonest = max(greens.values(), key=len)
        self._starts_s: Floats = stretch.starts_s(commonest.begin_s)
        self._stretch = stretch

    def __call__(self, time_s: float) -> float:
        cycle_s = self._stretch.cycle_s
        if not self._stretch.free:
            return float((time_s - self._stretch.zero_s) % cycle_s)
        number = int(np.clip(np.searchsorted(self._starts_s, time_s, side="right") - 1, 0, len(self._starts_s) - 2))
        start_s, next_s = self._starts_s[number : number + 2]
        return float((time_s - start_s) / (next_s - start_s) * cycle_s % cycle_s)


def _begin_with_the_commonest(group: Group, greens: Mapping[int, PhaseGreens], at_s: _Place) -> None:
    """A group that is never left, or was entered once only, begins with the phase that comes most often."""
    phase = max((p for ring in group.rings for p in ring), key=lambda p: (len(greens[p]), -p))
    group.begins = [at_s(begin_s) for begin_s in greens[phase].begin_s]


def _ordered(
    ring: Sequence[int], follows: Counter[tuple[int, int]], middles: Mapping[int, float], start_s: float, cycle_s: float
) -> list[int]:
    """Who more often follows the others comes later; where that says nothing, by the place in the cycle."""

    def later(phase: int) -> tuple[int, float]:
        behind = sum(follows[other, phase] > follows[phase, other] for other in ring if other != phase)
        return behind, (middles[phase] - start_s + 2.0) % cycle_s

    return sorted(ring, key=later)
