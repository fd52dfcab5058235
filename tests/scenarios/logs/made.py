"""Logs made for tests: a programme of phases rendered as a controller's events, with losses."""

import datetime as dt
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from zhasyl.scenarios.logs.event_log import EventLog

DAY = dt.date(2024, 4, 15)
Event = tuple[float, int, int]
Ring = Sequence[tuple[int, float]]
"""(phase, split in seconds), in order."""


@dataclass(frozen=True)
class Programme:
    """Rings between barriers; the first one begins at `zero_s` on the clock in each cycle."""

    cycle_s: float
    zero_s: float
    barriers: Sequence[Sequence[Ring]]
    yellow_s: float = 4.0
    red_s: float = 1.5

    def places(self) -> Iterator[tuple[int, float, float]]:
        """(phase, begin in the cycle, split)."""
        begin_s = 0.0
        for rings in self.barriers:
            for ring in rings:
                at_s = begin_s
                for phase, split_s in ring:
                    yield phase, at_s, split_s
                    at_s += split_s
            begin_s += sum(split_s for _, split_s in rings[0])

    def events(self, begin_s: float, end_s: float) -> Iterator[Event]:
        first = int((begin_s - self.zero_s) // self.cycle_s)
        for number in range(first, int((end_s - self.zero_s) // self.cycle_s) + 1):
            start_s = self.zero_s + number * self.cycle_s
            for phase, at_s, split_s in self.places():
                yield from phase_events(phase, start_s + at_s, split_s, self.yellow_s, self.red_s)


def phase_events(phase: int, begin_s: float, split_s: float, yellow_s: float, red_s: float) -> Iterator[Event]:
    end_s = begin_s + split_s
    yellow_begin_s, red_begin_s = end_s - yellow_s - red_s, end_s - red_s
    for time_s, codes in ((begin_s, (0, 1)), (yellow_begin_s, (6, 7, 8)), (red_begin_s, (9, 10)), (end_s, (11, 12))):
        yield from ((time_s, code, phase) for code in codes)


def vehicles(detector: int, times_s: Sequence[float], lasts_s: float = 0.5) -> Iterator[Event]:
    for time_s in times_s:
        yield time_s, 82, detector
        yield time_s + lasts_s, 81, detector


def log_of(events: Sequence[Event], begin_s: float, end_s: float, lost: float = 0.0, seed: int = 0) -> EventLog:
    """The events of a time, some of them lost."""
    draw = random.Random(seed)  # noqa: S311  no secret
    kept = sorted((round(t, 1), c, p) for t, c, p in events if begin_s <= t < end_s and draw.random() >= lost)
    time_s, code, parameter = (np.array(column) for column in zip(*kept, strict=True))
    return EventLog(Path("made.csv"), "1", DAY, time_s.astype(float), code.astype(int), parameter.astype(int))


def csv_of(log: EventLog, device: int = 7, header: str = "TimeStamp,DeviceId,EventId,Parameter") -> str:
    """The same as a file has it."""
    midnight = dt.datetime.combine(log.date, dt.time())
    rows = [
        f"{(midnight + dt.timedelta(seconds=float(t))).isoformat(sep=' ', timespec='milliseconds')},{device},{c},{p}"
        for t, c, p in zip(log.time_s, log.code, log.parameter, strict=True)
    ]
    return "\n".join([header, *rows]) + "\n"
