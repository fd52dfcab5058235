"""Acyclic max-pressure control.

Source: P. Varaiya, Max pressure control of a network of signalized intersections, Transportation
Research C 36 (2013) 177-195. Pressure of a movement: vehicles upstream within range minus vehicles on
its exit; a stage's pressure is the sum over the movements it serves, weighted by the lanes that serve them.
"""

from typing import Annotated, ClassVar

import numpy as np
from pydantic import Field

from zhasyl.controllers.base import AdaptiveParameters, Controller, FloatArray, Observation, Parameters


class MaxPressureParameters(AdaptiveParameters):
    """Parameters of max-pressure control."""

    interval_s: Annotated[float, Field(gt=0, le=60, description="seconds between two decisions")] = 5.0
    range_m: Annotated[float, Field(ge=20, le=150, description="how far upstream vehicles count")] = 150.0


class MaxPressure(Controller):
    """Shows the stage with the highest pressure; the running stage wins a tie, then the lowest index."""

    summary = "the stage whose movements have most vehicles upstream, less those on their exits"
    parameters_type: ClassVar[type[Parameters]] = MaxPressureParameters
    parameters: MaxPressureParameters

    def next_stage(self, observation: Observation) -> int:
        pressure = self.stage_pressure(observation)
        best = int(np.argmax(pressure))
        return observation.stage if pressure[observation.stage] >= pressure[best] else best

    def stage_pressure(self, observation: Observation) -> FloatArray:
        """Pressure of each stage [s] in vehicles."""
        waiting = observation.vehicles(within_m=self.parameters.range_m)
        movement_pressure = np.where(waiting > 0, waiting - observation.downstream_queue_veh, 0.0)
        pressure: FloatArray = self.signal.serves.astype(float) @ movement_pressure
        return pressure
