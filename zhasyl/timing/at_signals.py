"""Measures of a movement at its signal, green by green, as automated traffic signal performance measures have them.

arrival   when a vehicle would have crossed the stop line at its own free speed: its crossing without its control delay.
          A controller's advance detector tells the same with the travel time from it to the stop line. A vehicle that
          is still there at the end is given the median time of the others from its entry
green     any link of the movement is green; without a break it is one green
cycle     from the end of a green to the end of the next one: red comes first
failure   of a split: a green that ends before all have crossed who had arrived when it began

Sources: C. M. Day et al., Evaluation of Arterial Signal Coordination, TRR 2192, 2010 (coordination diagram, arrivals on
green); HCM 6th ed., ch. 19 (platoon ratio) and its glossary (cycle failure: queued vehicles that do not depart during
the cycle in which they arrive). UDOT's ATSPM guesses split failures from how long stop-line detectors are occupied
(R. S. Freije et al., Graphical Performance Measures for Practitioners to Triage Split Failure Trouble Calls, 2014);
here each vehicle is known.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from zhasyl.signals import GREEN

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


class Greens(NamedTuple):
    """Greens of a movement in order: when each begins and ends; `cut` where the first one had begun before."""

    begin_s: Floats
    end_s: Floats
    cut: bool


def greens_of(start_s: Floats, duration_s: Floats, green: Bools) -> Greens:
    """From what a signal showed, row by row without a gap, and whether the movement was green in it."""
    if not len(green):
        return Greens(np.zeros(0), np.zeros(0), False)
    turns = np.diff(green.astype(np.int8), prepend=0, append=0)
    begins, ends = np.flatnonzero(turns == 1), np.flatnonzero(turns == -1) - 1
    return Greens(start_s[begins], start_s[ends] + duration_s[ends], bool(green[0]))


def green_states(states: Sequence[str], links: Iterable[int]) -> Bools:
    """In which of a signal's states any of the links is green."""
    own = list(links)
    return np.array([any(link < len(state) and state[link] in GREEN for link in own) for state in states], dtype=bool)


def arrivals_s(entered_s: Floats, left_s: Floats, control_delay_s: Floats) -> Floats:
    """When vehicles of one approach or movement arrive; `left_s` is NaN for one still there at the end."""
    arrived_s: Floats = left_s - control_delay_s
    there = np.isnan(left_s)
    if there.any():
        free_s = float(np.median((arrived_s - entered_s)[~there])) if not there.all() else 0.0
        arrived_s = np.where(there, entered_s + free_s, arrived_s)
    return arrived_s


def on_green(arrived_s: Floats, greens: Greens) -> Bools:
    """Which vehicles arrive on green."""
    if not len(greens.begin_s):
        return np.zeros(len(arrived_s), dtype=bool)
    last = np.searchsorted(greens.begin_s, arrived_s, side="right") - 1
    on: Bools = (last >= 0) & (arrived_s < greens.end_s[last])
    return on


def left_over(arrived_s: Floats, left_s: Floats, greens: Greens) -> Ints:
    """By green, the vehicles that had arrived when it began and had not crossed when the next one began.

    Of each green whose begin and successor are known. A green with a vehicle left over is a split failure.
    """
    begins_s = greens.begin_s[int(greens.cut) :]
    count = max(len(begins_s) - 1, 0)
    first = np.searchsorted(begins_s, arrived_s, side="right")
    last = np.searchsorted(begins_s, np.nan_to_num(left_s, nan=np.inf), side="right") - 1  # the next one of the last
    missed = last > first
    change = np.zeros(count + 2, dtype=np.int64)
    np.add.at(change, first[missed], 1)
    np.add.at(change, last[missed], -1)
    veh: Ints = np.cumsum(change)[:count]
    return veh


def platoon_ratio(share_on_green: float, green_share: float) -> float:
    """How much more than by chance arrives on green: 1 is by chance, NaN where there is no green."""
    return share_on_green / green_share if green_share > 0 else float("nan")


def green_share(greens: Greens, begin_s: float, end_s: float) -> float:
    """Share of a period in which the movement has green."""
    return float((greens.end_s - greens.begin_s).sum()) / (end_s - begin_s)


def cycles(greens: Greens, end_s: float) -> npt.NDArray[Any]:
    """[cycle, 3] of each whole cycle: its begin, when its green begins, and its end; `end_s` is that of the period."""
    known = greens.end_s < end_s
    ends_s, begins_s = greens.end_s[known], greens.begin_s[known]
    return np.column_stack([ends_s[:-1], begins_s[1:], ends_s[1:]]) if len(ends_s) > 1 else np.zeros((0, 3))
