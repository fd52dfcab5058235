"""What detectors saw, as events, and the calls of phases that follow from them.

82, 81   a detector is occupied, and no more
43, 44   a phase is called CALL_S after a detector of its own is occupied while it is not green, and once its green has
         ended over a vehicle; its green answers the call
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from zhasyl.runs.events.placed import AT_LINE_M, LaneDetectors, Numbered
from zhasyl.runs.events.shown import Event
from zhasyl.scenarios.logs import codes
from zhasyl.scenarios.logs.config import ADVANCE, PRESENCE
from zhasyl.scenarios.logs.detection import Actuations, occupied
from zhasyl.sumo.outputs.loops import Crossed

CALL_S = 0.1

Crossings = Mapping[str, Sequence[Crossed]]
"""Loop → who crossed it."""


def spells(one: Numbered, crossed: Crossings) -> Actuations:
    """When a detector was occupied."""
    lane, function = one.lane.lane, one.detector.function
    if function == PRESENCE:
        return _zone(one.lane, crossed)
    found = crossed.get(f"{'advance' if function == ADVANCE else 'line'} {lane}", ())
    return _joined([(c.enter_s, c.leave_s) for c in found])


def _zone(lane: LaneDetectors, crossed: Crossings) -> Actuations:
    """From who comes over the farther loop, or onto the nearer one only, until he has left the nearer one.

    Who leaves the lane between them is there until he has left the farther one.
    """
    far, near = (crossed.get(f"{name} {lane.lane}", ()) for name in ("zone", "line"))
    if lane.presence_m <= AT_LINE_M:
        return _joined([(c.enter_s, c.leave_s) for c in near])
    left_s = {c.vehicle: c.leave_s for c in near}
    came_s = {c.vehicle: c.enter_s for c in far}
    through = [(c.enter_s, max(left_s.get(c.vehicle, c.leave_s), c.leave_s)) for c in far]
    return _joined(through + [(c.enter_s, c.leave_s) for c in near if c.vehicle not in came_s])


def _joined(parts: Sequence[tuple[float, float]]) -> Actuations:
    pairs = np.array(sorted(parts), dtype=np.float64).reshape(-1, 2).round(1)
    return Actuations(*occupied([Actuations(pairs[:, 0], pairs[:, 1])]))


def seen_events(number: int, found: Actuations) -> Iterator[Event]:
    """Ons and offs of a detector; a spell that has no end has no off."""
    for begin_s, end_s in zip(found.begin_s.tolist(), found.end_s.tolist(), strict=True):
        yield begin_s, codes.DETECTOR_ON, number
        if np.isfinite(end_s):
            yield end_s, codes.DETECTOR_OFF, number


def calls(phase: int, presence: Actuations, greens: Sequence[tuple[float, float]], since_s: float) -> Iterator[Event]:
    """Calls of a phase; `greens` are its (begin, end) in order, `presence` when it is occupied."""
    red_s = since_s
    for begin_s, end_s in [*greens, (float("inf"), float("inf"))]:
        during = (presence.end_s > red_s) & (presence.begin_s < begin_s)
        if during.any():
            called_s = max(red_s, float(presence.begin_s[during][0])) + CALL_S
            if called_s < begin_s:
                yield called_s, codes.CALL, phase
                if np.isfinite(begin_s):
                    yield begin_s, codes.CALL_ENDS, phase
        red_s = end_s


def is_quiet(presence: Actuations, time_s: float, gap_s: float) -> bool:
    """Was nobody there just before a moment?"""
    place = int(np.searchsorted(presence.begin_s, time_s, side="left")) - 1
    return place < 0 or float(presence.end_s[place]) <= time_s - gap_s
