"""What a signal showed, as events of its phases.

0, 1        a phase's green begins
4, 5, 6     why it ends: 6 (force off) where a plan is played, else 4 (gap out) where its detectors were quiet for GAP_S
            before, and 5 (max out) where they were not
7, 8        green ends, yellow begins
9, 10       yellow ends, red clearance begins
11, 12      red clearance ends: as the first phase that conflicts gets green, within LONGEST_CLEARANCE_S
21, 22, 23  a walk begins, its clearance, and its end, as long after as the crossing takes
"""

from collections.abc import Callable, Iterator, Sequence

from zhasyl.links import SignalLinks
from zhasyl.runs.events.phases import Phase
from zhasyl.scenarios.logs import codes

LONGEST_CLEARANCE_S = 10.0
GAP_S = 2.0

Row = tuple[float, str]
"""When a state begins, and the state."""
Event = tuple[float, int, int]
"""Time, code, parameter."""
Quiet = Callable[[int, float], bool]
"""Were a phase's detectors quiet before a moment?"""


def shown_events(
    links: SignalLinks, phases: Sequence[Phase], rows: Sequence[Row], by_plan: bool, quiet: Quiet, walking_mps: float
) -> Iterator[Event]:
    """Events in no order; what was green when the rows begin has no begin."""
    changes = {phase.number: list(_changes(phase, rows)) for phase in phases}
    begins = {number: [t for t, _, now in own if now == "g"] for number, own in changes.items()}
    for phase in phases:
        if phase.walks:
            yield from _walk(phase, changes[phase.number], links, walking_mps)
            continue
        rivals = sorted(t for other in phases if _conflict(links, phase, other) for t in begins[other.number])
        for time_s, before, now in changes[phase.number]:
            if now == "g":
                yield time_s, codes.PHASE_ON, phase.number
                yield time_s, codes.GREEN, phase.number
            if before == "g":
                gone = codes.GAP_OUT if quiet(phase.number, time_s) else codes.MAX_OUT
                yield time_s, codes.FORCE_OFF if by_plan else gone, phase.number
                yield time_s, codes.GREEN_ENDS, phase.number
                yield time_s, codes.YELLOW, phase.number
            if now == "r":
                yield from _cleared(phase.number, time_s, rivals)


def _changes(phase: Phase, rows: Sequence[Row]) -> Iterator[tuple[float, str, str]]:
    """(time, colour before, colour after)."""
    running = ""
    for time_s, state in rows:
        colour = phase.colour(state)
        if running and colour != running:
            yield time_s, running, colour
        running = colour


def _cleared(phase: int, time_s: float, rivals: Sequence[float]) -> Iterator[Event]:
    next_s = next((t for t in rivals if t >= time_s), float("inf"))
    end_s = next_s if next_s - time_s <= LONGEST_CLEARANCE_S else time_s
    yield time_s, codes.YELLOW_ENDS, phase
    yield time_s, codes.RED_CLEARANCE, phase
    yield end_s, codes.RED_ENDS, phase
    yield end_s, codes.INACTIVE, phase


def _conflict(links: SignalLinks, one: Phase, other: Phase) -> bool:
    return not other.walks and any((i, j) in links.conflicts.foes for i in one.links for j in other.links)


def _walk(
    phase: Phase, changes: Sequence[tuple[float, str, str]], links: SignalLinks, walking_mps: float
) -> Iterator[Event]:
    clearance_s = max(links.crossing_m.get(link, 0.0) for link in phase.links) / walking_mps
    for time_s, before, now in changes:
        if now == "g":
            yield time_s, codes.WALK, phase.number
        elif before == "g":
            yield time_s, codes.WALK_ENDS, phase.number
            yield time_s + clearance_s, codes.DONT_WALK, phase.number
