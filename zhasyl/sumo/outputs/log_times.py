"""When SUMO writes into the vehicle log, and which seconds of the period each of its instants stands for.

SUMO writes at its own steps only, and at those that are a whole number of log periods after the first. A period of one
second would therefore be written seldom or never where steps do not divide a second, or do not meet the begin.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from zhasyl.measures import Period

EPSILON_S = 1e-6


@dataclass(frozen=True)
class LogTimes:
    """The instants of the log: `first_s`, at or before the period's begin, and every `every_s` from there on.

    Each instant stands for the time until the next.
    """

    period: Period
    first_s: float
    every_s: float

    @cached_property
    def instants(self) -> int:
        """How many instants stand for a part of the period."""
        return int(np.ceil((self.period.end_s - self.first_s - EPSILON_S) / self.every_s))

    def instant(self, time_s: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
        """The number of the instant at each of these times; negative or beyond the last outside the period."""
        return np.rint((time_s - self.first_s) / self.every_s).astype(np.int64)

    @cached_property
    def weights_s(self) -> npt.NDArray[np.float64]:
        """[instant] the seconds of the period that each stands for."""
        from_s = self.first_s + self.every_s * np.arange(self.instants)
        until_s = np.minimum(from_s + self.every_s, self.period.end_s)
        seconds: npt.NDArray[np.float64] = until_s - np.maximum(from_s, self.period.begin_s)
        return seconds

    @cached_property
    def of_seconds(self) -> npt.NDArray[np.int64]:
        """[second of the period] the last instant at or before its beginning."""
        time_s = self.period.begin_s + np.arange(self.period.seconds)
        last: npt.NDArray[np.int64] = np.floor((time_s - self.first_s + EPSILON_S) / self.every_s).astype(np.int64)
        return last


def log_times(start_s: float, period: Period, step_s: float) -> LogTimes:
    """Instants as many steps apart as fit in a second, at least one, on the grid that `start_s` begins."""
    step_ms = max(round(step_s * 1000), 1)
    every_ms = step_ms * max(1000 // step_ms, 1)
    start_ms, begin_ms = round(start_s * 1000), round(period.begin_s * 1000)
    first_ms = start_ms + (begin_ms - start_ms) // every_ms * every_ms
    return LogTimes(period, first_ms / 1000, every_ms / 1000)
