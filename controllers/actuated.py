"""Vehicle-actuated control: gap-out and max-out, skipping stages nobody waits for.

Source: Traffic Signal Timing Manual, 2nd ed. (NCHRP 812, 2015), ch. 6; here the gap is measured per
movement on what the sensor sees, so that a left turn on a shared lane is seen as well as one on its own.
"""

from typing import Annotated, ClassVar

import numpy as np
from pydantic import Field

from zhasyl.arrays import FloatArray
from zhasyl.controllers.base import AdaptiveParameters, Controller
from zhasyl.measures import HALTING_SPEED_MPS
from zhasyl.observation import Observation
from zhasyl.parameters import Parameters

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

    def next_stage(self, observation: Observation) -> int:
        calling = observation.vehicles(within_m=self._range_m(observation))
        following = self._next_in_demand(observation.stage, calling)
        if following == observation.stage:
            return observation.stage
        maxed_out = observation.green_s >= self.signal.stages[observation.stage].max_green_s
        if not maxed_out and self._extends(observation):
            return observation.stage
        return following

    def _range_m(self, observation: Observation) -> float:
        return min(observation.upstream_range_m, 2 * self.parameters.detector_m)

    def _next_in_demand(self, stage: int, calling: FloatArray) -> int:
        """The next stage in plan order that serves a call better than the running stage does."""
        unserved = calling * ~self.signal.serves_best[stage]
        order = self.signal.plan.stages
        start = order.index(stage) if stage in order else 0
        for step in range(1, len(order)):
            candidate = order[(start + step) % len(order)]
            if np.any(unserved[self.signal.serves_best[candidate]] > 0):
                return candidate
        for step in range(1, len(order)):
            candidate = order[(start + step) % len(order)]
            if np.any(calling[self.signal.serves[candidate] & ~self.signal.serves[stage]] > 0):
                return candidate
        return stage

    def _extends(self, observation: Observation) -> bool:
        """Is a vehicle of a green movement within the passage time of the line, and not standing there blocked?"""
        served = self.signal.serves[observation.stage][observation.movement]
        reach_m = np.maximum(observation.speed_mps * self.parameters.passage_s, STANDING_REACH_M)
        coming = observation.distance_m <= np.minimum(reach_m, self.parameters.detector_m)
        due_s = START_UP_LOST_TIME_S + observation.distance_m / DISCHARGE_WAVE_MPS + self.parameters.passage_s
        blocked = (observation.speed_mps < HALTING_SPEED_MPS) & (observation.green_s > due_s)
        return bool(np.any(served & coming & ~blocked))
