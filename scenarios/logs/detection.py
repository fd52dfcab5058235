"""When detectors were occupied, although some of their ends were not logged, and how often vehicles came.

An actuation begins with code 82 and ends with 81 before the detector's next one. Where that is missing it lasts as long
as the detector's others do, and not into the next one; nothing lasts over LONGEST_S. An actuation that begins within
FLICKER_S of the end of the one before belongs to that: no two vehicles come so close.
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from zhasyl.scenarios.logs import codes
from zhasyl.scenarios.logs.event_log import EventLog, Floats

LONGEST_S = 600.0
FLICKER_S = 0.15


class Actuations(NamedTuple):
    """When each begins and ends, in order; and how many ends were missing."""

    begin_s: Floats
    end_s: Floats
    without_end: int = 0


def actuations(log: EventLog, detector: int) -> Actuations:
    """Those of one detector."""
    on_s, off_s = (log.times_s(code, detector) for code in (codes.DETECTOR_ON, codes.DETECTOR_OFF))
    if not len(on_s):
        return Actuations(np.zeros(0), np.zeros(0))
    ends_s = np.append(off_s, np.inf)
    end_s = ends_s[np.searchsorted(off_s, on_s, side="left")]
    next_s = np.append(on_s[1:], np.inf)
    missing = (end_s > next_s) | (end_s - on_s > LONGEST_S)
    lasts_s = float(np.median((end_s - on_s)[~missing])) if (~missing).any() else 0.0
    end_s = np.where(missing, np.minimum(on_s + lasts_s, next_s), end_s)
    new = np.append(True, on_s[1:] - end_s[:-1] >= FLICKER_S)
    last = np.append(np.flatnonzero(new)[1:] - 1, len(on_s) - 1)
    return Actuations(on_s[new], end_s[last], int(missing.sum()))


def occupied(several: Iterable[Actuations]) -> tuple[Floats, Floats]:
    """When any of them is occupied: begins and ends of spells apart and in order."""
    parts = list(several)
    begin_s = np.concatenate([part.begin_s for part in parts] or [np.zeros(0)])
    end_s = np.concatenate([part.end_s for part in parts] or [np.zeros(0)])
    order = np.argsort(begin_s, kind="stable")
    begin_s, end_s = begin_s[order], np.maximum.accumulate(end_s[order]) if len(order) else end_s
    new = np.append(True, begin_s[1:] > end_s[:-1]) if len(order) else np.zeros(0, dtype=bool)
    last = np.append(np.flatnonzero(new)[1:] - 1, len(order) - 1) if len(order) else np.zeros(0, dtype=int)
    return begin_s[new], end_s[last]


def occupied_s(begin_s: Floats, end_s: Floats, from_s: Floats, until_s: Floats) -> Floats:
    """How long each of some spans is occupied; spells as `occupied` answers them."""
    total_s = np.concatenate([[0.0], np.cumsum(end_s - begin_s)])

    def before(time_s: Floats) -> Floats:
        place = np.searchsorted(begin_s, time_s, side="right")
        within = np.minimum(time_s, np.append(end_s, 0.0)[place - 1]) - np.append(begin_s, 0.0)[place - 1]
        found: Floats = np.where(place > 0, total_s[np.maximum(place - 1, 0)] + within, 0.0)
        return found

    return before(until_s) - before(from_s)
