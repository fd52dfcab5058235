"""Greedy control: the stage with most vehicles near the stop line.

Source: the `MAXWAVE` baseline ("greedy") of J. Ault, G. Sharon, Reinforcement Learning Benchmarks for Traffic
Signal Control, NeurIPS 2021. Three things differ. Vehicles count per lane, because a stage serves all lanes
at once and a wide approach would otherwise win over a full narrow one for ever. A switch must gain more
than the running stage could discharge meanwhile. And a vehicle that stands at green past its start-up
is blocked: it does not hold the stage.
"""

from typing import Annotated, ClassVar

import numpy as np
from pydantic import Field

from zhasyl.arrays import FloatArray
from zhasyl.controllers.base import AdaptiveParameters, Controller
from zhasyl.controllers.parts.discharge import SATURATION_HEADWAY_S, START_UP_LOST_TIME_S, lane_counts, useful, within
from zhasyl.observation import Observation
from zhasyl.parameters import Parameters
from zhasyl.signals import Signal

SWITCHES = 1.5  # a switch away entails one back; half of that one is charged in advance


class LongestQueueParameters(AdaptiveParameters):
    """Parameters of greedy control."""

    interval_s: Annotated[float, Field(gt=0, le=60, description="seconds between two decisions")] = 5.0
    range_m: Annotated[float, Field(ge=20, le=150, description="how far upstream vehicles count")] = 100.0


class LongestQueue(Controller):
    """Shows the stage with most vehicles per lane, if that is worth the switch; the lowest index wins a tie."""

    summary = "greedy: the stage with most vehicles near the stop line, per lane"
    parameters_type: ClassVar[type[Parameters]] = LongestQueueParameters
    parameters: LongestQueueParameters

    def __init__(self, signal: Signal, parameters: Parameters) -> None:
        super().__init__(signal, parameters)
        self._lanes = lane_counts(signal)
        stages = range(len(signal.stages))
        lost_s = np.array([[signal.intergreen_s(old, new) for new in stages] for old in stages])
        self._lost_veh = SWITCHES * (lost_s + START_UP_LOST_TIME_S) / SATURATION_HEADWAY_S

    def next_stage(self, observation: Observation) -> int:
        waiting = self._waiting(observation)
        total = waiting.sum(axis=1)
        gain = total - total[observation.stage] - self._switching_cost(observation.stage, waiting[observation.stage])
        gain[observation.stage] = 0.0
        best = int(np.argmax(gain))
        return best if gain[best] > 0 else observation.stage

    def _waiting(self, observation: Observation) -> FloatArray:
        """Vehicles per lane within range that each stage could serve, [stage, movement]."""
        return useful(self.signal, observation, within(self.parameters.range_m)) / self._lanes

    def _switching_cost(self, now: int, running: FloatArray) -> FloatArray:
        """Vehicles per lane [stage] of the movements a switch ends that could pass while it takes place."""
        ends = self.signal.serves[now] & ~self.signal.serves
        cost: FloatArray = (np.minimum(running, self._lost_veh[now][:, None]) * ends).sum(axis=1)
        return cost
