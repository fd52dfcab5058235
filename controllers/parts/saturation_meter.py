"""Degrees of saturation as a detector at the stop line measures them, in the way of SCATS.

degree of saturation   green time that discharging vehicles used over the stage's green in the cycle; a stage has
                       that of its busiest movement. Used is green in which each lane has a vehicle
                       that crosses within a saturation headway, and that is not blocked; a green that
                       runs out with vehicles left at the line was used up

SCATS measures at the line with loops, here the sensor's reading of vehicles near it serves.
"""

import numpy as np

from zhasyl.arrays import FloatArray
from zhasyl.controllers.parts.discharge import SATURATION_HEADWAY_S, BoolArray, blocked, lane_counts, useful, within
from zhasyl.observation import Observation
from zhasyl.signals import Signal

TARGET = 0.9  # degree of saturation that SCATS and SCOOT aim at
MEMORY = 0.5  # weight of the cycles before in a stage's degree of saturation
STANDING_REACH_M = 10.0  # a vehicle that stands this near the line crosses next


class SaturationMeter:
    """The degree of saturation of each of `positions` in a plan; `end_m`: how near the line a queue counts as left."""

    def __init__(self, signal: Signal, positions: int, end_m: float) -> None:
        self.signal = signal
        self.degrees: FloatArray = np.full(positions, TARGET)
        self._end_m = end_m
        self._lanes = lane_counts(signal)
        self._used_s = np.zeros((positions, len(signal.movements)))
        self._green_s = np.ones(positions)
        self._last = (-1, 0.0)

    def note(self, observation: Observation, position: int, green_s: float) -> None:
        """Add the seconds since the last decision in this green that the movements' vehicles used."""
        last, before_s = self._last
        fresh = last != position or observation.green_s < before_s
        elapsed_s = observation.green_s - (0.0 if fresh else before_s)
        self._last = (position, observation.green_s)
        self._green_s[position] = green_s
        self._used_s[position] += elapsed_s * self._use(observation)
        if observation.green_s >= green_s:
            self._used_s[position, self._queue_left(observation)] = observation.green_s

    def measure(self) -> bool:
        """Join the cycle that has ended with what was known; False if nobody used it."""
        if not self._used_s.any():
            return False
        fresh = self._used_s.max(axis=1) / np.maximum(self._green_s, 1.0)
        self.degrees = MEMORY * self.degrees + (1 - MEMORY) * fresh
        self._used_s[:] = 0.0
        return True

    def _use(self, observation: Observation) -> FloatArray:
        """Share of each movement's lanes [m] that a vehicle leaves within a saturation headway."""
        green: list[bool] = self.signal.serves[observation.stage].tolist()
        count = [0] * len(self._lanes)
        for (distance_m, movement, speed_mps), stuck in zip(
            observation.rows, blocked(self.signal, observation), strict=True
        ):
            leaves = distance_m <= max(speed_mps * SATURATION_HEADWAY_S, STANDING_REACH_M)
            if leaves and green[movement] and not stuck:
                count[movement] += 1
        used: FloatArray = np.minimum(count / self._lanes, 1.0)
        return used

    def _queue_left(self, observation: Observation) -> BoolArray:
        """Movements [m] that still have a vehicle at the line when their green runs out: it was too short."""
        left: BoolArray = useful(self.signal, observation, within(self._end_m))[observation.stage] > 0
        return left
