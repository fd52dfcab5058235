"""Vehicle-actuated control: gap-out and max-out, skipping stages nobody waits for.

Source: Traffic Signal Timing Manual, 2nd ed. (NCHRP 812, 2015), ch. 6; here the gap is measured per
movement on what the sensor sees, so that a left turn on a shared lane is seen as well as one on its own.
"""

from collections.abc import Set
from typing import Annotated, ClassVar

import numpy as np
from pydantic import Field

from zhasyl.controllers.base import AdaptiveParameters, Controller
from zhasyl.measures import HALTING_SPEED_MPS
from zhasyl.observation import Observation
from zhasyl.parameters import Parameters
from zhasyl.signals import Signal

STANDING_REACH_M = 10.0  # a vehicle that stands this near the line is about to use the green
START_UP_LOST_TIME_S = 2.0  # HCM 6th ed., ch. 19
DISCHARGE_WAVE_MPS = 5.0  # the start of a queue moves back at 15 to 20 km/h


class ActuatedParameters(AdaptiveParameters):
    """Parameters of actuated control."""

    passage_s: Annotated[float, Field(gt=0, le=10, description="longest gap that extends a green")] = 3.0
    detector_m: Annotated[float, Field(gt=0, le=150, description="detection zone upstream of the line")] = 40.0


class Actuated(Controller):
    """Extends a green while vehicles keep coming to its movements, then serves the next stage in demand."""

    summary = "gap-out and max-out on what the sensor sees; stages nobody waits for are skipped"
    version: ClassVar[int] = 2
    parameters_type: ClassVar[type[Parameters]] = ActuatedParameters
    parameters: ActuatedParameters

    def __init__(self, signal: Signal, parameters: Parameters) -> None:
        super().__init__(signal, parameters)
        self._serves = [frozenset(np.flatnonzero(row).tolist()) for row in signal.serves]
        self._serves_best = [frozenset(np.flatnonzero(row).tolist()) for row in signal.serves_best]
        self._following = [self._order_after(stage) for stage in range(len(signal.stages))]

    def _order_after(self, stage: int) -> list[int]:
        """The other stages in plan order from this one on."""
        order = self.signal.plan.stages
        start = order.index(stage) if stage in order else 0
        return [order[(start + step) % len(order)] for step in range(1, len(order))]

    def next_stage(self, observation: Observation) -> int:
        within_m = min(observation.upstream_range_m, 2 * self.parameters.detector_m)
        calling = set()
        for distance_m, movement, _ in observation.rows:
            if distance_m <= within_m:
                calling.add(movement)
        following = self._next_in_demand(observation.stage, calling)
        if following == observation.stage:
            return observation.stage
        maxed_out = observation.green_s >= self.signal.stages[observation.stage].max_green_s
        if not maxed_out and self._extends(observation):
            return observation.stage
        return following

    def _next_in_demand(self, stage: int, calling: Set[int]) -> int:
        """The next stage in plan order that serves a call better than the running stage does."""
        for serves, running in ((self._serves_best, self._serves_best[stage]), (self._serves, self._serves[stage])):
            unserved = calling - running
            if unserved:
                for candidate in self._following[stage]:
                    if not unserved.isdisjoint(serves[candidate]):
                        return candidate
        return stage

    def _extends(self, observation: Observation) -> bool:
        """Is a vehicle of a green movement within the passage time of the line, and not standing there blocked?"""
        served, passage_s = self._serves[observation.stage], self.parameters.passage_s
        for distance_m, movement, speed_mps in observation.rows:
            reach_m = min(max(speed_mps * passage_s, STANDING_REACH_M), self.parameters.detector_m)
            if movement in served and distance_m <= reach_m:
                due_s = START_UP_LOST_TIME_S + distance_m / DISCHARGE_WAVE_MPS + passage_s
                if speed_mps >= HALTING_SPEED_MPS or observation.green_s <= due_s:
                    return True
        return False
