"""The programme of one stretch of time: when each phase begins in the cycle, and how long its split is.

split     green, yellow and red clearance: from the phase's begin to the next one's in its ring, or to the barrier
played    at the middle (median) of where groups and phases began: what the controller did most of the time
latest    at their latest (98th percentile): splits that are used up, the programmed ones where each phase is at times

Of a fixed programme both are the same. A controller that runs free keeps no cycle: each phase is as long as it usually
takes.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from zhasyl.scenarios.logs import circular, codes
from zhasyl.scenarios.logs.cycles import Stretch
from zhasyl.scenarios.logs.event_log import EventLog, Floats, Ints
from zhasyl.scenarios.logs.greens import PhaseGreens
from zhasyl.scenarios.logs.order import Group, groups_of

PLAYED, LATEST = 0.5, 0.98
LEAST_GREEN_S = 2.0
YELLOW_S, RED_CLEARANCE_S = 3.0, 1.0  # where no end of a yellow or a red clearance was logged
IDLE_S = 1.0  # that a signal stays red beyond the red clearance, before it is taken for a part of the programme
LEAST_GREENS = 2
UNSAID = float("nan")


@dataclass(frozen=True)
class Part:
    """A phase in its place. `begin_s` counts from the zero of the cycle; split_s = green_s + yellow_s + red_s.

    used_s      median time that it really took when it came
    said_s      the median of the same as the controller says it (300 to 315); NaN for not said
    set_s       its programmed split, as the controller says (134 to 149); NaN for not said
    served      in what share of the cycles it came
    """

    phase: int
    barrier: int
    ring: int
    place: int
    begin_s: float
    split_s: float
    green_s: float
    yellow_s: float
    red_s: float
    used_s: float = UNSAID
    said_s: float = UNSAID
    set_s: float = UNSAID
    served: float = 1.0


@dataclass(frozen=True)
class Played:
    """A stretch of time with what was played in it; `at` answers its programme at a quantile."""

    stretch: Stretch
    groups: tuple[Group, ...]
    greens: Mapping[int, PhaseGreens]
    said_s: Mapping[int, float]
    set_s: Mapping[int, float]

    def at(self, share: float) -> tuple[Part, ...]:
        """The parts, by barrier, ring and place."""
        starts_s, lengths_s = self._usual(share) if self.stretch.free else self._kept(share)
        found: list[Part] = []
        for number, (group, start_s, length_s) in enumerate(
            zip(self.groups, starts_s, lengths_s, strict=True), start=1
        ):
            for ring_number, ring in enumerate(group.rings, start=1):
                splits_s = self._splits_s(group, ring, start_s, length_s, share)
                found += self._parts(number, ring_number, ring, start_s, splits_s)
        return tuple(found)

    def _kept(self, share: float) -> tuple[list[float], list[float]]:
        """Where groups begin in a cycle that is kept, and how long they last."""
        cycle_s = self.stretch.cycle_s
        starts_s = [circular.quantile(np.array(group.begins), cycle_s, share) for group in self.groups]
        lengths_s = [(b - a) % cycle_s or cycle_s for a, b in zip(starts_s, [*starts_s[1:], starts_s[0]], strict=True)]
        out_of_order = sum(lengths_s) > cycle_s * 1.01
        return self._kept(PLAYED) if out_of_order and share != PLAYED else (starts_s, lengths_s)

    def _usual(self, share: float) -> tuple[list[float], list[float]]:
        """The same where none is kept: groups one after the other, each as long as its phases take."""
        lengths_s = [max(sum(self._used_s(p, share) for p in ring) for ring in group.rings) for group in self.groups]
        return [sum(lengths_s[:number]) for number in range(len(lengths_s))], lengths_s

    @property
    def cycles(self) -> float:
        return (self.stretch.end_s - self.stretch.begin_s) / self.stretch.cycle_s

    def _splits_s(
        self, group: Group, ring: Sequence[int], start_s: float, length_s: float, share: float
    ) -> list[float]:
        """The splits of a ring, which fill the time between the barriers."""
        cycle_s = self.stretch.cycle_s
        least_s = [LEAST_GREEN_S + sum(self._clearance_s(phase)) for phase in ring]
        bounds_s = [0.0]
        for place, phase in enumerate(ring[1:], start=1):
            samples = [] if self.stretch.free else group.inner.get(phase, [])
            at_s = (circular.quantile(np.array(samples), cycle_s, share) - start_s) % cycle_s if samples else np.inf
            known = bounds_s[-1] < at_s < length_s
            bounds_s.append(at_s if known else bounds_s[-1] + self._used_s(ring[place - 1], share))
        splits_s = np.maximum(np.diff([*bounds_s, length_s]), least_s)
        spare_s = splits_s - least_s
        too_much_s = float(splits_s.sum()) - length_s
        if too_much_s > 0 and spare_s.sum() > 0:
            splits_s = splits_s - spare_s * min(1.0, too_much_s / float(spare_s.sum()))
        return [float(one) for one in splits_s]

    def _parts(
        self, barrier: int, ring: int, phases: Sequence[int], start_s: float, splits_s: Sequence[float]
    ) -> Iterator[Part]:
        begin_s = start_s
        for place, (phase, split_s) in enumerate(zip(phases, splits_s, strict=True), start=1):
            yellow_s, red_s = self._clearance_s(phase)
            red_s = max(min(red_s + self._idle_s(phase), split_s - yellow_s - LEAST_GREEN_S), red_s)
            yield Part(
                phase, barrier, ring, place, begin_s % self.stretch.cycle_s, split_s, split_s - yellow_s - red_s,
                yellow_s, red_s, self._used_s(phase), self.said_s.get(phase, UNSAID), self.set_s.get(phase, UNSAID),
                min(1.0, len(self.greens[phase]) / max(self.cycles, 1.0)),
            )  # fmt: skip
            begin_s += split_s

    def _clearance_s(self, phase: int) -> tuple[float, float]:
        own = self.greens[phase]
        yellow_s, red_s = own.yellow_s, own.red_clearance_s
        return YELLOW_S if np.isnan(yellow_s) else yellow_s, RED_CLEARANCE_S if np.isnan(red_s) else red_s

    def _used_s(self, phase: int, share: float = PLAYED) -> float:
        own = self.greens[phase]
        lasts_s = own.end_s - own.begin_s
        known = lasts_s[np.isfinite(lasts_s)]
        return float(np.quantile(known, share)) if len(known) else LEAST_GREEN_S + sum(self._clearance_s(phase))

    def _idle_s(self, phase: int) -> float:
        """How long the signal usually stays red after the red clearance, until a phase that is not together with it."""
        rivals_s = np.sort(np.concatenate([self.greens[p].begin_s for p in self._not_with(phase)] or [np.zeros(0)]))
        own = self.greens[phase]
        ends_s = own.end_s[np.isfinite(own.end_s)]
        next_s = np.append(rivals_s, np.inf)[np.searchsorted(rivals_s, ends_s - IDLE_S)]
        waits_s = (next_s - ends_s)[np.isfinite(next_s)]
        idle_s = float(np.median(waits_s)) if len(waits_s) else 0.0
        return idle_s if IDLE_S < idle_s < self.stretch.cycle_s / 2 else 0.0

    def _not_with(self, phase: int) -> list[int]:
        ring = next(ring for group in self.groups for ring in group.rings if phase in ring)
        own = next(group for group in self.groups if ring in group.rings)
        others = [p for group in self.groups if group is not own for one in group.rings for p in one]
        return others + [p for p in ring if p != phase]


def played(log: EventLog, stretch: Stretch, greens: Mapping[int, PhaseGreens]) -> Played:
    """What was played in a stretch; phases that came once only are left out."""
    own = {phase: _within(one, stretch) for phase, one in greens.items()}
    own = {phase: one for phase, one in own.items() if len(one) >= LEAST_GREENS}
    groups = groups_of(stretch, own) if own and stretch.cycle_s else []
    part = log.between(stretch.begin_s, stretch.end_s)
    numbered = [p for p in own if p <= codes.MOST_SPLITS]
    said = {p: _median(part.values(codes.ACTUAL_SPLIT + p)[1]) for p in numbered}
    given = {p: _last(log, codes.FIRST_SPLIT + p - 1, stretch) for p in numbered}
    return Played(stretch, tuple(groups), own, said, given)


def _within(greens: PhaseGreens, stretch: Stretch) -> PhaseGreens:
    there = (greens.begin_s >= stretch.begin_s) & (greens.begin_s < stretch.end_s)
    parts = (greens.begin_s, greens.green_end_s, greens.yellow_end_s, greens.end_s)
    begin_s, green_end_s, yellow_end_s, end_s = (values[there] for values in parts)
    return PhaseGreens(greens.phase, begin_s, green_end_s, yellow_end_s, end_s)


def _median(values: Floats | Ints) -> float:
    return float(np.median(values)) if len(values) else float("nan")


def _last(log: EventLog, code: int, stretch: Stretch) -> float:
    """What a split was set to last before the end of a stretch."""
    times_s, values = log.values(code)
    before = values[times_s < stretch.end_s]
    return float(before[-1]) if len(before) else float("nan")
