"""One device's events of one day."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from zhasyl.files.clock import DAY_S

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
QUARTER_S = 900.0


@dataclass(frozen=True)
class EventLog:
    """Events in the order of their times; `time_s` counts from the local midnight of `date`.

    time_s, code, parameter   [event]
    """

    path: Path
    device: str
    date: dt.date
    time_s: Floats
    code: Ints
    parameter: Ints
    remarks: tuple[str, ...] = ()

    def times_s(self, code: int, parameter: int | None = None) -> Floats:
        """When an event came, in order."""
        return self.time_s[self._of(code, parameter)]

    def values(self, code: int) -> tuple[Floats, Ints]:
        """When an event came, and its parameters."""
        there = self._of(code, None)
        return self.time_s[there], self.parameter[there]

    def parameters(self, code: int) -> list[int]:
        """What an event came with."""
        found: list[int] = np.unique(self.parameter[self._of(code, None)]).tolist()
        return found

    def _of(self, code: int, parameter: int | None) -> npt.NDArray[np.bool_]:
        there: npt.NDArray[np.bool_] = self.code == code
        return there if parameter is None else there & (self.parameter == parameter)

    def between(self, begin_s: float, end_s: float) -> "EventLog":
        """The events of a part of the day."""
        first, last = np.searchsorted(self.time_s, [begin_s, end_s], side="left").tolist()
        rows = slice(first, last)
        return EventLog(self.path, self.device, self.date, self.time_s[rows], self.code[rows], self.parameter[rows])

    @property
    def begin_s(self) -> float:
        return float(self.time_s[0])

    @property
    def end_s(self) -> float:
        return float(self.time_s[-1])

    def holes(self, longest_s: float) -> list[tuple[float, float]]:
        """Times longer than that in which nothing at all was logged."""
        after = np.flatnonzero(np.diff(self.time_s) > longest_s)
        return [(float(self.time_s[i]), float(self.time_s[i + 1])) for i in after]

    def quarters(self, longest_s: float) -> Iterator[tuple[float, bool]]:
        """The beginning of each quarter of an hour with events, and whether it is complete: no hole reaches into it.

        The log may begin or end `longest_s` within its first and its last quarter at most.
        """
        holes = self.holes(longest_s)
        first, last = int(self.begin_s // QUARTER_S), int(min(self.end_s, DAY_S - 0.001) // QUARTER_S)
        for number in range(first, last + 1):
            begin_s, end_s = number * QUARTER_S, (number + 1) * QUARTER_S
            covered = self.begin_s <= begin_s + longest_s and self.end_s >= end_s - longest_s
            yield begin_s, covered and not any(a < end_s and b > begin_s for a, b in holes)
