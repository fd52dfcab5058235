"""The greens of a phase, although some of their ends were not logged.

A green begins with code 1, or with 0 where that is missing. It ends with 7 or 8 before the phase's next green; where
both are missing, so long before the end of its yellow (9, 10) or of its red clearance (11, 12) as the others take, else
nobody knows.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from zhasyl.scenarios.logs import codes
from zhasyl.scenarios.logs.event_log import EventLog, Floats

SAME_S = 2.0  # a phase's begin and its green's
LONGEST_GREEN_S = 1800.0  # a phase may rest in green for long, but not for ever: then its end is not logged
LONGEST_CLEARANCE_S = 30.0


@dataclass(frozen=True)
class PhaseGreens:
    """Each green of a phase, yellow and red clearance after it; NaN where an end is not known.

    `unsaid`: how many greens have no end of their own in the log.
    """

    phase: int
    begin_s: Floats
    green_end_s: Floats
    yellow_end_s: Floats
    end_s: Floats
    unsaid: int = 0

    @property
    def yellow_s(self) -> float:
        """The usual one; NaN where none is known."""
        return _median(self.yellow_end_s - self.green_end_s)

    @property
    def red_clearance_s(self) -> float:
        return _median(self.end_s - self.yellow_end_s)

    def __len__(self) -> int:
        return len(self.begin_s)


def phase_greens(log: EventLog, phase: int) -> PhaseGreens:
    """The greens of one phase, in order."""
    begin_s = _begins(log, phase)
    last_s = np.append(begin_s[1:], np.inf)
    green = _first_of(log, phase, (codes.GREEN_ENDS, codes.YELLOW), begin_s, last_s, LONGEST_GREEN_S)
    yellow = _first_of(log, phase, (codes.YELLOW_ENDS, codes.RED_CLEARANCE), begin_s, last_s,
                       LONGEST_GREEN_S + LONGEST_CLEARANCE_S)  # fmt: skip
    red = _first_of(log, phase, (codes.RED_ENDS, codes.INACTIVE), begin_s, last_s + 0.001,
                    LONGEST_GREEN_S + 2 * LONGEST_CLEARANCE_S)  # fmt: skip
    unsaid = int(np.isnan(green[:-1]).sum())  # the log may end in the last one
    yellow_s, red_s = _median(yellow - green), _median(red - yellow)
    yellow = np.where(np.isnan(yellow), red - red_s, yellow)
    green = np.where(np.isnan(green), yellow - yellow_s, green)
    yellow = np.where(np.isnan(yellow), green + yellow_s, yellow)
    red = np.where(np.isnan(red), yellow + red_s, red)
    return PhaseGreens(phase, begin_s, green, yellow, red, unsaid)


def all_greens(log: EventLog) -> dict[int, PhaseGreens]:
    """The phases that were green, by number."""
    numbers = sorted({*log.parameters(codes.GREEN), *log.parameters(codes.PHASE_ON)})
    found = {number: phase_greens(log, number) for number in numbers}
    return {number: greens for number, greens in found.items() if len(greens) and greens.phase > 0}


def _begins(log: EventLog, phase: int) -> Floats:
    begins_s, on_s = log.times_s(codes.GREEN, phase), log.times_s(codes.PHASE_ON, phase)
    if not len(begins_s):
        return on_s
    after = np.searchsorted(begins_s, on_s)
    near = np.minimum(
        np.abs(begins_s[np.minimum(after, len(begins_s) - 1)] - on_s), np.abs(begins_s[np.maximum(after - 1, 0)] - on_s)
    )
    return np.sort(np.concatenate([begins_s, on_s[near > SAME_S]]))


def _first_of(
    log: EventLog, phase: int, wanted: Sequence[int], begin_s: Floats, before_s: Floats, longest_s: float
) -> Floats:
    """The first of these events after each begin, NaN where none comes in time."""
    ends_s = np.sort(np.concatenate([*(log.times_s(code, phase) for code in wanted), [np.inf]]))
    found_s = ends_s[np.searchsorted(ends_s, begin_s, side="right").clip(max=len(ends_s) - 1)]
    in_time = (found_s < before_s) & (found_s - begin_s <= longest_s)
    result: Floats = np.where(in_time, found_s, np.nan)
    return result


def _median(values: Floats) -> float:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else float("nan")
