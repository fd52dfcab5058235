"""Phases of tenths of a second in whole ones: SUMO's steps are seconds, and so are the plans of signals.

Each begin is a whole second within NEAR_S of the file's, and each green lasts a whole number of seconds within NEAR_S
of its own. The two leave what lies between them, yellow and all-red, up to a second longer or shorter; of the ways to
round, the one is taken that shortens it least. Phases that begin at once do so still, and the cycle is whole.
"""

import math
from collections.abc import Iterable
from dataclasses import replace
from itertools import product

from zhasyl.scenarios.plans.rings import RingPhase, half_up

NEAR_S = 0.6
FINEST_S = 0.01  # two times of a file that differ by less are one
MOST_CHOICES = 12  # moments of a cycle that may be rounded both ways; 4096 combinations
SHORTER, LONGER = 3.0, 1.0
"""What a second less between two greens costs beside a second more."""


def in_whole_seconds(phases: dict[int, RingPhase], cycle_s: float, cycle: int) -> dict[int, RingPhase]:
    """The same phases, each of whose times is a whole number.

    cycle_s  what the phases take
    cycle    the same in whole seconds
    """
    moments = sorted({_moment(time_s, cycle_s) for p in phases.values() for time_s in (p.start_s, p.end_s)})
    open_moments = [moment for moment in moments if len(_near(moment)) > 1][:MOST_CHOICES]
    fixed = {moment: half_up(moment) for moment in moments}
    best, least = fixed, math.inf
    for choice in product(*(_near(moment) for moment in open_moments)):
        times = {**fixed, **dict(zip(open_moments, choice, strict=True))}
        cost = sum(_cost(phase, times, cycle_s, cycle) for phase in phases.values())
        if cost < least - FINEST_S:
            best, least = times, cost
    return {number: _placed(phase, best, cycle_s, cycle) for number, phase in phases.items()}


def _moment(time_s: float, cycle_s: float) -> float:
    """The moment of the cycle, to a hundredth."""
    return round(time_s % cycle_s, 2) % round(cycle_s, 2)


def _near(value_s: float) -> list[int]:
    """The whole seconds within NEAR_S, the nearest one first."""
    nearest = half_up(value_s)
    others = (math.floor(value_s), math.ceil(value_s))
    return [nearest, *(other for other in others if other != nearest and abs(other - value_s) <= NEAR_S + 1e-6)]


def _lasts(phase: RingPhase, times: dict[float, int], cycle_s: float, cycle: int) -> int:
    """Whole seconds from the begin of a phase to that of the next one."""
    seconds = (times[_moment(phase.end_s, cycle_s)] - times[_moment(phase.start_s, cycle_s)]) % cycle
    return seconds or cycle


def _greens(phase: RingPhase) -> list[int]:
    return _near(phase.green_end_s - phase.start_s)


def _change(phase: RingPhase, lasts: int, green: int) -> float:
    """How much longer yellow and all-red become."""
    return lasts - green - (phase.end_s - phase.green_end_s)


def _cost(phase: RingPhase, times: dict[float, int], cycle_s: float, cycle: int) -> float:
    lasts = _lasts(phase, times, cycle_s, cycle)
    return min(_price(_change(phase, lasts, green)) for green in _greens(phase))


def _price(change_s: float) -> float:
    return SHORTER * change_s**2 if change_s < 0 else LONGER * change_s**2


def _placed(phase: RingPhase, times: dict[float, int], cycle_s: float, cycle: int) -> RingPhase:
    lasts = _lasts(phase, times, cycle_s, cycle)
    green = min(_greens(phase), key=lambda seconds: _price(_change(phase, lasts, seconds)))
    start = times[_moment(phase.start_s, cycle_s)] % cycle
    yellow = min(half_up(phase.yellow_end_s - phase.green_end_s), lasts - green)
    return replace(
        phase,
        start_s=float(start),
        green_end_s=float(start + green),
        yellow_end_s=float(start + green + yellow),
        end_s=float(start + lasts),
    )


def shifted(phases: Iterable[RingPhase], by_s: float) -> dict[int, RingPhase]:
    """The phases so many seconds later."""
    return {
        p.number: replace(
            p, start_s=p.start_s + by_s, green_end_s=p.green_end_s + by_s, yellow_end_s=p.yellow_end_s + by_s,
            end_s=p.end_s + by_s,
        )
        for p in phases
    }  # fmt: skip
