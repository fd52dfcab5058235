"""Cycle and splits by the measured degree of saturation, in the way of SCATS.

Sources: A. G. Sims, K. W. Dobinson, The Sydney coordinated adaptive traffic (SCAT) system: philosophy and benefits,
IEEE Transactions on Vehicular Technology 29 (1980) 130-137; P. R. Lowrie, The Sydney coordinated adaptive
traffic system: principles, methodology, algorithms, IEE International Conference on Road Traffic Signalling, 1982.

degree of saturation   green time that discharging vehicles used over the stage's green in the cycle; a stage has
                       that of its busiest movement. Used is green in which each lane has a vehicle
                       that crosses within a saturation headway, and that is not blocked; a green that
                       runs out with vehicles left at the line was used up
cycle                  grows by `cycle_step_s` while the busiest stage is above the target, shrinks while it is below
splits                 each cycle moves each stage's share by at most `split_step_s` of 100 s towards equal degrees

SCATS measures at the line with loops, here the sensor's reading of vehicles near it serves. Without a
neighbour to keep in step with, a stage nobody waits for is skipped and an unused green ends early
(`zhasyl.controllers.cyclic`); its degree of saturation still refers to the split it was given.
"""

from typing import Annotated, ClassVar

import numpy as np
from pydantic import Field

from zhasyl.controllers.base import FloatArray, Observation, Parameters
from zhasyl.controllers.cyclic import Cyclic, CyclicParameters, shared
from zhasyl.controllers.discharge import SATURATION_HEADWAY_S, BoolArray, blocked, useful
from zhasyl.signals import Signal

TARGET = 0.9  # degree of saturation that SCATS aims at (Lowrie 1982)
DEAD_BAND = 0.1  # the cycle stays while the busiest stage is this little below the target
MEMORY = 0.5  # weight of the cycles before in a stage's degree of saturation
STANDING_REACH_M = 10.0  # a vehicle that stands this near the line crosses next
LEAST_DEGREE = 0.1  # a stage nobody used keeps some share, else it could not grow again


class DegreeOfSaturationParameters(CyclicParameters):
    """Parameters of control by degree of saturation."""

    min_cycle_s: Annotated[float, Field(ge=20, le=300, description="shortest cycle, intergreens included")] = 40.0
    max_cycle_s: Annotated[float, Field(ge=20, le=300, description="longest cycle, intergreens included")] = 120.0
    cycle_step_s: Annotated[float, Field(gt=0, le=30, description="most the cycle changes at once")] = 6.0
    split_step_s: Annotated[float, Field(gt=0, le=20, description="most a split changes, per 100 s of cycle")] = 4.0


class DegreeOfSaturation(Cyclic):
    """Goes through the plan's stages in order; cycle and splits follow the measured degrees of saturation."""

    summary = "cycle and splits moved a little each cycle towards equal degrees of saturation of 0.9"
    parameters_type: ClassVar[type[Parameters]] = DegreeOfSaturationParameters
    parameters: DegreeOfSaturationParameters

    def __init__(self, signal: Signal, parameters: Parameters) -> None:
        super().__init__(signal, parameters)
        plan = signal.plan
        self.cycle_s = self._within(plan.cycle_s)
        self.shares: FloatArray = np.array(plan.splits_s, dtype=float) / sum(plan.splits_s)
        self.degrees: FloatArray = np.full(len(self.order), TARGET)
        self._used_s = np.zeros((len(self.order), len(signal.movements)))
        self._split_s = np.ones(len(self.order))
        self._last = (-1, 0.0)

    def _within(self, cycle_s: float) -> float:
        return max(self.parameters.min_cycle_s, min(cycle_s, self.parameters.max_cycle_s))

    def splits_s(self, observation: Observation) -> FloatArray:
        """Adapt cycle and shares to the cycle that has ended; green of each position of the plan [s]."""
        if self._used_s.any():
            self._measure()
            self._adapt()
        green_s = max(self.cycle_s - self.lost_s, self.least_s.sum())
        return shared(green_s, self.shares, self.least_s)

    def note(self, observation: Observation, split_s: float) -> None:
        """Add the seconds since the last decision in this green that the movements' vehicles used."""
        position, before_s = self._last
        fresh = position != self.position or observation.green_s < before_s
        elapsed_s = observation.green_s - (0.0 if fresh else before_s)
        self._last = (self.position, observation.green_s)
        self._split_s[self.position] = split_s
        self._used_s[self.position] += elapsed_s * self._use(observation)
        if observation.green_s >= split_s:
            self._used_s[self.position, self._queue_left(observation)] = observation.green_s

    def _use(self, observation: Observation) -> FloatArray:
        """Share of each movement's lanes [m] that a vehicle leaves within a saturation headway."""
        reach_m = np.maximum(observation.speed_mps * SATURATION_HEADWAY_S, STANDING_REACH_M)
        leaving = (observation.distance_m <= reach_m) & ~blocked(self.signal, observation)
        leaving &= self.signal.serves[observation.stage][observation.movement]
        count = np.bincount(observation.movement[leaving], minlength=len(self.lanes))
        used: FloatArray = np.minimum(count / self.lanes, 1.0)
        return used

    def _queue_left(self, observation: Observation) -> BoolArray:
        """Movements [m] that still have a vehicle at the line when their green runs out: it was too short."""
        near = (observation.distance_m <= self.parameters.end_m).astype(float)
        left: BoolArray = useful(self.signal, observation, near)[observation.stage] > 0
        return left

    def _measure(self) -> None:
        """Degree of saturation of each position in the cycle that has ended, joined with what was known."""
        fresh = self._used_s.max(axis=1) / np.maximum(self._split_s, 1.0)
        self.degrees = MEMORY * self.degrees + (1 - MEMORY) * fresh
        self._used_s[:] = 0.0

    def _adapt(self) -> None:
        """Move cycle and shares by at most a step."""
        busiest, step_s = float(self.degrees.max()), self.parameters.cycle_step_s
        if busiest > TARGET:
            self.cycle_s = self._within(self.cycle_s + step_s)
        elif busiest < TARGET - DEAD_BAND:
            self.cycle_s = self._within(self.cycle_s - step_s)
        wanted = self.shares * np.maximum(self.degrees, LEAST_DEGREE)
        most = self.parameters.split_step_s / 100.0
        moved = self.shares + np.clip(wanted / wanted.sum() - self.shares, -most, most)
        self.shares = moved / moved.sum()
