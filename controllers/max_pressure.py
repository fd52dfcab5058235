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
        self._lanes = [movement.lanes for movement in signal.movements]
        self._exit_lanes = [movement.exit_lanes for movement in signal.movements]
        self._weights = signal.serves.astype(float)
        self._switches: dict[tuple[int, int], tuple[float, list[int]]] = {}

    def next_stage(self, observation: Observation) -> int:
        if not observation.rows:
            return observation.stage
        pressure: list[float] = self.stage_pressure(observation).tolist()
        best = pressure.index(max(pressure))
        if best == observation.stage:
            return best
        gain = pressure[best] - pressure[observation.stage]
        return best if gain > self._switching_cost(observation, best) else observation.stage

    def stage_pressure(self, observation: Observation) -> FloatArray:
        """Pressure of each stage [s] in vehicles per lane."""
        upstream = observation.counts(within_m=self.parameters.range_m)
        ways = zip(upstream, self._lanes, observation.exit_queues, self._exit_lanes, strict=True)
        pressure = [here / lanes - queue / exit_lanes if here else 0.0 for here, lanes, queue, exit_lanes in ways]
        summed: FloatArray = self._weights.dot(pressure)
        return summed

    def _switching_cost(self, observation: Observation, best: int) -> float:
        """Vehicles per lane of the running stage that could pass while a switch to `best` takes place."""
        lost_veh, ends = self._switch(observation.stage, best)
        upstream = observation.counts(within_m=self.parameters.range_m)
        return float(np.add.reduce([min(upstream[way] / self._lanes[way], lost_veh) for way in ends]))

    def _switch(self, now: int, best: int) -> tuple[float, list[int]]:
        """Vehicles that a lane loses with a switch, and the movements whose green it ends."""
        if (now, best) not in self._switches:
            lost_veh = (self.signal.intergreen_s(now, best) + START_UP_LOST_TIME_S) / SATURATION_HEADWAY_S
            ends = np.flatnonzero(self.signal.serves[now] & ~self.signal.serves[best]).tolist()
            self._switches[now, best] = (lost_veh, ends)
        return self._switches[now, best]
