"""When SUMO writes into the vehicle log.

SUMO writes at its own steps only, and at those that are a whole number of log periods after the first. Steps that do
not divide the log's period, or do not meet the begin, would otherwise be written seldom or never.
"""

from dataclasses import dataclass
from functools import cached_property
from math import gcd

import numpy as np
import numpy.typing as npt

from zhasyl.measures import LOG_S, Period

EPSILON_S = 1e-6
RECORD_S = 1.0


@dataclass(frozen=True)
class LogTimes:
    """The instants of the log: `first_s`, at or after the period's begin, and every `every_s` from there to its end."""

    period: Period
    first_s: float
    every_s: float
    step_s: float = 1.0

    @property
    def recorded_s(self) -> float:
        """Between two instants of a recorded run: a second, or as many steps as fit in one."""
        return max(round(RECORD_S / self.step_s + EPSILON_S - 0.5), 1) * self.step_s

    @property
    def common_s(self) -> float:
        """The longest time of which both the log's and the record's are multiples."""
        return gcd(round(self.every_s * 1000), round(self.recorded_s * 1000)) / 1000

    @cached_property
    def instants(self) -> int:
        """How many instants the period has."""
        return max(int(np.ceil((self.period.end_s - self.first_s - EPSILON_S) / self.every_s)), 0)

    @cached_property
    def times_s(self) -> npt.NDArray[np.float64]:
        """[instant] its time."""
        return np.round(self.first_s + self.every_s * np.arange(self.instants, dtype=np.float64), 3)

    def instant(self, time_s: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
        """The number of the instant at each of these times; negative or beyond the last outside the period."""
        return np.rint((time_s - self.first_s) / self.every_s).astype(np.int64)


def log_times(start_s: float, period: Period, step_s: float) -> LogTimes:
    """Instants as many steps apart as fit in the log's period, at least one, on the grid that `start_s` begins."""
    step_ms = max(round(step_s * 1000), 1)
    every_ms = step_ms * max(round(LOG_S * 1000) // step_ms, 1)
    start_ms, begin_ms = round(start_s * 1000), round(period.begin_s * 1000)
    first_ms = start_ms - (start_ms - begin_ms) // step_ms * step_ms
    return LogTimes(period, first_ms / 1000, every_ms / 1000, step_ms / 1000)
