"""Stops by passage, from where the log of vehicles shows each standing.

SUMO counts halts by trip alone. The log has a row each 7 s: a halt of that length or longer is in it, a shorter one
with a probability of its length by 7 s. How many are missed follows from how many show in one row and in two, if the
lengths of the short ones fall off exponentially, at whatever rate: with f(d) = exp(-λ d) and T between two rows, rows
fall into halts as the triangle of width 2 T around T, 2 T, ... is filled, and none falls into the half triangle at 0.
"""

from collections.abc import Sequence
from math import exp, log
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from zhasyl.measures import HALTING_SPEED_MPS
from zhasyl.sumo.outputs.log_times import EPSILON_S
from zhasyl.sumo.outputs.passages import Passages

MISSED_AT_LEAST = 0.5  # of those that show in one row: lengths that do not fall off
STEEPEST = log(3.0)  # of λ T; where more halts show in one row by two there are few
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


class Standing(NamedTuple):
    """Rows of the log of vehicles that stood on an approach.

    vehicle    its place in `names`
    arm        the approach
    time_s     when
    to_line_m  how far its front was from the stop line
    """

    names: Sequence[str]
    vehicle: Ints
    arm: Ints
    time_s: Floats
    to_line_m: Floats


def stops_of(passages: Passages, standing: Standing, every_s: float) -> Floats:
    """[passage] its stops: those that the log shows, and as an estimate the share of the missed ones."""
    found = np.zeros(len(passages.vehicle))
    row, own = _passage_of(passages, standing)
    if not len(row):
        return found
    order = np.lexsort((standing.time_s[row], own))
    row, own = row[order], own[order]
    time_s, to_line_m = standing.time_s[row], standing.to_line_m[row]
    stays = (np.diff(own) == 0) & (np.diff(time_s) < every_s + EPSILON_S)
    stays &= -np.diff(to_line_m) <= HALTING_SPEED_MPS * every_s  # else it has driven since
    begins = np.flatnonzero(np.append(True, ~stays))
    rows = np.diff(begins, append=len(row))
    ones, twos = (int(np.count_nonzero(rows == many)) for many in (1, 2))
    np.add.at(found, own[begins], np.where(rows == 1, 1.0 + missed(ones, twos), 1.0))
    return found


def missed(ones: int, twos: int) -> float:
    """How many halts are missed for each that shows in one row, when so many show in one and in two."""
    if not twos or ones <= twos:
        return MISSED_AT_LEAST
    a = min(log(ones / twos), STEEPEST)
    falling, rising = a - 1 + exp(-a), exp(a) - 1 - a
    return exp(a) * falling / (falling + rising)


def _passage_of(passages: Passages, standing: Standing) -> tuple[Ints, Ints]:
    """Rows of the log that belong to a passage, and to which."""
    names = {name: place for place, name in enumerate(dict.fromkeys(passages.vehicle))}
    vehicle = np.array([names[name] for name in passages.vehicle], dtype=np.int64)
    place = np.array([names.get(name, -1) for name in standing.names], dtype=np.int64)[standing.vehicle]
    arms = int(max(passages.arm.max(initial=0), standing.arm.max(initial=0))) + 1
    order = np.lexsort((passages.entered_s, passages.arm, vehicle))
    code, row_code = (vehicle * arms + passages.arm)[order], place * arms + standing.arm
    times_s = np.concatenate([passages.entered_s, standing.time_s, [0.0]])
    first_s, span_s = times_s.min(), float(np.ptp(times_s)) + 1.0
    keys = code * span_s + passages.entered_s[order] - first_s
    after = np.searchsorted(keys, row_code * span_s + standing.time_s - first_s + EPSILON_S, side="right")
    row = np.flatnonzero((place >= 0) & (after > 0))
    own = after[row] - 1
    met = (code[own] == row_code[row]) & (standing.time_s[row] < passages.left_s[order][own])
    return row[met], order[own[met]]
