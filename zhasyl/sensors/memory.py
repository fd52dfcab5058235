"""What is counted from one reading to the next, for controllers that need it: arrivals, and how long ago greens were.

The sensor is read once in a second, for who watches and for who decides then.
"""

from collections.abc import Callable
from weakref import ref

import numpy as np

from zhasyl.arrays import FloatArray
from zhasyl.observation import COUNTED, Observation
from zhasyl.signals import Signal, read_only

Observe = Callable[[float, int, float], Observation]


class Memory:
    """Reads a sensor as often as it is called, and keeps count. Told when greens begin and end, and of decisions."""

    def __init__(self, observe: Observe, signal: Signal, needs: frozenset[str]) -> None:
        self._observe = observe
        self._counts, self._clock = not COUNTED.isdisjoint(needs), "since_green_s" in needs
        self._ended_s = np.full(len(signal.stages), -np.inf)
        self._running: int | None = None
        self._arrived, self._arrived_green = (np.zeros(len(signal.movements)) for _ in range(2))
        self._kept: Observation | None = None

    def look(self, time_s: float, stage: int, green_s: float) -> Observation:
        """The sensor's reading of this moment, with what is remembered; `observe` answers it again."""
        self._kept = self._read(time_s, stage, green_s)
        return self._told(self._kept, stage, green_s)

    def observe(self, time_s: float, stage: int, green_s: float) -> Observation:
        """The same for a decision."""
        kept, self._kept = self._kept, None
        return self._told(kept or self._read(time_s, stage, green_s), stage, green_s)

    def settle(self) -> None:
        """The road will change: let what somebody has kept of the last look be read."""
        if self._kept is not None:
            unread, self._kept = ref(self._kept.unread), None
            left = unread()
            if left is not None:
                left.read()

    def _read(self, time_s: float, stage: int, green_s: float) -> Observation:
        reading = self._observe(time_s, stage, green_s)
        if self._counts:
            for movement in reading.unread.came(time_s):
                self._arrived[movement] += 1
                self._arrived_green[movement] += 1
        return reading

    def _told(self, reading: Observation, stage: int, green_s: float) -> Observation:
        return reading.told(stage=stage, green_s=green_s, **self._remembered(reading.time_s))

    def _remembered(self, time_s: float) -> dict[str, FloatArray]:
        found: dict[str, FloatArray] = {}
        if self._counts:
            found["arrived_veh"] = read_only(self._arrived.copy())
            found["arrived_green_veh"] = read_only(self._arrived_green.copy())
        if self._clock:
            since_s = time_s - self._ended_s
            if self._running is not None:
                since_s[self._running] = 0.0
            found["since_green_s"] = read_only(since_s)
        return found

    def begin(self, stage: int) -> None:
        """The green of a stage begins."""
        self._running = stage
        self._arrived_green[:] = 0

    def end(self, stage: int, time_s: float) -> None:
        """The green of a stage ends."""
        self._running = None
        self._ended_s[stage] = time_s

    def decide(self) -> None:
        """The controller has been asked."""
        self._arrived[:] = 0
