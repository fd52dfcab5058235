"""What a learned policy sees of a signal: numbers between 0 and 1, the same in training and in a run.

place            what                                                                        how many
0                whether the policy may choose now                                           1
1                how long the stage has been green, a minute or more is 1                    1
2 ...            which stage is green or comes next: 1 in its place, 0 in the others'        `stages`
then             vehicles seen upstream of each movement, 20 a lane or more are 1            `movements`
then             those of them below 0.1 m/s                                                 `movements`
then             vehicles halted on the exit of each movement, 20 a lane or more are 1       `movements`

`stages` and `movements` are the signal's own, or more: signals that are unlike look alike with zeros behind their own.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zhasyl.measures import HALTING_SPEED_MPS
from zhasyl.observation import Observation
from zhasyl.signals import Signal

LONG_GREEN_S = 60.0
FULL_VEH = 20.0  # on a lane: those that stand on 150 m of it
SIGHT_VERSION = 1  # raised when the numbers mean something else, so that no policy is asked about what it never saw
GREEN, STAGE, FIRST = 0, 1, 2  # places in `counts`

Seen = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Layout:
    """How many stages and movements there is room for."""

    stages: int
    movements: int

    @property
    def size(self) -> int:
        """How many numbers a policy sees."""
        return FIRST + self.stages + 3 * self.movements

    def holds(self, signal: Signal) -> bool:
        """Is there room for a signal?"""
        return len(signal.stages) <= self.stages and len(signal.movements) <= self.movements


def layout_of(signals: Sequence[Signal]) -> Layout:
    """The least that has room for all these signals."""
    return Layout(max(len(one.stages) for one in signals), max(len(one.movements) for one in signals))


def counted(signal: Signal) -> int:
    """How many numbers `counts` has of a signal."""
    return FIRST + 3 * len(signal.movements)


def counts(observation: Observation) -> list[float]:
    """Green [s], stage, then by movement: vehicles, those that stand, and the halted on its exit."""
    movements = observation.movement_count
    found = [observation.green_s, float(observation.stage), *[0.0] * (2 * movements), *observation.exit_queues]
    standing = FIRST + movements
    for _, movement, speed_mps in observation.rows:
        found[FIRST + movement] += 1.0
        if speed_mps < HALTING_SPEED_MPS:
            found[standing + movement] += 1.0
    return found


def _rooms(signal: Signal) -> list[float]:
    """What makes 1 of each of the `counts` of a signal."""
    lanes = [FULL_VEH * max(movement.lanes, 1) for movement in signal.movements]
    exits = [FULL_VEH * max(movement.exit_lanes, 1) for movement in signal.movements]
    return [LONG_GREEN_S, 1.0, *lanes, *lanes, *exits]


class Sights:
    """Makes what policies see of signals, each in its own layout, from the `counts` of all of them in one row."""

    def __init__(self, signals: Sequence[Signal], layouts: Sequence[Layout]) -> None:
        self._rooms = np.array([room for signal in signals for room in _rooms(signal)], dtype=np.float32)
        sizes, given = [one.size for one in layouts], [counted(signal) for signal in signals]
        self._begins = np.concatenate([[0], np.cumsum(sizes)])
        self._starts = np.concatenate([[0], np.cumsum(given)[:-1]]).astype(np.intp)
        self._first_stages = self._begins[:-1] + FIRST
        self._share_of = np.concatenate([
            start + np.delete(np.arange(count), STAGE) for start, count in zip(self._starts, given, strict=True)
        ])  # fmt: skip
        self._place_of = np.concatenate([
            begin + _places(signal, layout)
            for begin, signal, layout in zip(self._begins, signals, layouts, strict=False)
        ])  # fmt: skip
        self._slices = [slice(*pair) for pair in zip(self._begins[:-1], self._begins[1:], strict=True)]

    def see(self, counts: Seen, may_choose: npt.NDArray[np.bool_]) -> list[Seen]:
        """What each policy sees; `may_choose` by signal."""
        shares = np.minimum(counts / self._rooms, np.float32(1.0))
        seen = np.zeros(self._begins[-1], dtype=np.float32)
        seen[self._place_of] = shares[self._share_of]
        seen[self._begins[:-1]] = may_choose
        seen[self._first_stages + counts[self._starts + STAGE].astype(np.intp)] = 1.0
        return [seen[place] for place in self._slices]


def _places(signal: Signal, layout: Layout) -> npt.NDArray[np.intp]:
    """Where a signal's counts, without the stage, stand in what is seen of it."""
    first, movements = FIRST + layout.stages, np.arange(len(signal.movements))
    return np.concatenate([[GREEN + 1], *(first + layout.movements * block + movements for block in range(3))])
