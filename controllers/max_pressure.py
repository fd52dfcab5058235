"""Acyclic max-pressure control.

Source: P. Varaiya, Max pressure control of a network of signalized intersections, Transportation
Research C 36 (2013) 177-195. Pressure of a movement: vehicles upstream within range minus vehicles queued
on its exit; a stage's pressure is the sum over the movements it serves. Two things differ from the paper.
Vehicles count per lane: within the range a lane holds some twenty, so that totals would let a wide approach
win over a full narrow one for ever. And a switch is not free: it must gain more than the running stage could
discharge during the intergreen.
"""

from typing import Annotated, ClassVar

import numpy as np
from pydantic import Field

from zhasyl.arrays import FloatArray
from zhasyl.controllers.base import AdaptiveParameters, Controller
from zhasyl.observation import Observation
from zhasyl.parameters import Parameters
from zhasyl.signals import Signal

START_UP_LOST_TIME_S = 2.0  # HCM 6th ed., ch. 19
SATURATION_HEADWAY_S = 2.0  # 1,800 veh/h per lane


class MaxPressureParameters(AdaptiveParameters):
    """Parameters of max-pressure control."""

    interval_s: Annotated[float, Field(gt=0, le=60, description="seconds between two decisions")] = 5.0
    range_m: Annotated[float, Field(ge=20, le=150, description="how far upstream vehicles count")] = 150.0


class MaxPressure(Controller):
    """Shows the stage with the highest pressure, if that is worth the switch; the lowest index wins a tie."""

    summary = "the stage whose movements have most vehicles upstream, less those on their exits"
    parameters_type: ClassVar[type[Parameters]] = MaxPressureParameters
    parameters: MaxPressureParameters

    def __init__(self, signal: Signal, parameters: Parameters) -> None:
        super().__init__(signal, parameters)
        self._lanes = np.array([movement.lanes for movement in signal.movements], dtype=float)
        self._exit_lanes = np.array([movement.exit_lanes for movement in signal.movements], dtype=float)

    def next_stage(self, observation: Observation) -> int:
        pressure = self.stage_pressure(observation)
        best = int(np.argmax(pressure))
        if best == observation.stage:
            return best
        gain = pressure[best] - pressure[observation.stage]
        return best if gain > self._switching_cost(observation, best) else observation.stage

    def stage_pressure(self, observation: Observation) -> FloatArray:
        """Pressure of each stage [s] in vehicles per lane."""
        upstream = observation.vehicles(within_m=self.parameters.range_m)
        pressure = upstream / self._lanes - observation.downstream_queue_veh / self._exit_lanes
        pressure[upstream == 0] = 0.0
        summed: FloatArray = self.signal.serves.astype(float) @ pressure
        return summed

    def _switching_cost(self, observation: Observation, best: int) -> float:
        """Vehicles per lane of the running stage that could pass while a switch to `best` takes place."""
        lost_s = self.signal.intergreen_s(observation.stage, best) + START_UP_LOST_TIME_S
        upstream = observation.vehicles(within_m=self.parameters.range_m) / self._lanes
        ends = self.signal.serves[observation.stage] & ~self.signal.serves[best]
        return float(np.minimum(upstream, lost_s / SATURATION_HEADWAY_S)[ends].sum())
