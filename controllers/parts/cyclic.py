"""Control in cycles: the plan's stages in their order, with greens that a subclass shares anew in each cycle.

A stage without a vehicle in range, when its turn comes, is skipped, because an empty green and its intergreen
delay everybody else, unless it walks pedestrians, whom the sensor does not see: then it gets its minimum.
And a stage whose green movements are empty, or blocked, ends early.
"""

from abc import abstractmethod
from typing import Annotated, ClassVar

import numpy as np
from pydantic import Field

from zhasyl.arrays import FloatArray
from zhasyl.controllers.base import AdaptiveParameters, Controller
from zhasyl.controllers.parts.discharge import lane_counts, useful, within
from zhasyl.observation import Observation
from zhasyl.parameters import Parameters
from zhasyl.signals import Signal


class CyclicParameters(AdaptiveParameters):
    """Parameters of every control in cycles."""

    interval_s: Annotated[float, Field(gt=0, le=60, description="seconds between two decisions")] = 2.0
    range_m: Annotated[float, Field(ge=20, le=150, description="how far upstream vehicles count")] = 150.0
    end_m: Annotated[float, Field(ge=5, le=150, description="a green ends when nobody is this near its line")] = 40.0


class Cyclic(Controller):
    """Goes through the plan's stages in order. A subclass writes `greens_s`, and `note` if it measures."""

    parameters_type: ClassVar[type[Parameters]] = CyclicParameters
    parameters: CyclicParameters

    def __init__(self, signal: Signal, parameters: Parameters) -> None:
        super().__init__(signal, parameters)
        self.lanes = lane_counts(signal)
        self.order = list(signal.plan.stages)
        self.position = 0
        self.least_s = np.array([signal.stages[stage].min_green_s for stage in self.order])
        following = [*self.order[1:], self.order[0]]
        self.lost_s = sum(signal.intergreen_s(old, new) for old, new in zip(self.order, following, strict=True))
        self._greens_s: FloatArray | None = None

    @abstractmethod
    def greens_s(self, observation: Observation) -> FloatArray:
        """Green [s] of each position of the plan; asked for at the start of each cycle."""

    def note(self, observation: Observation, green_s: float) -> None:
        """Take note of what is seen at each decision, before it is taken; `green_s` is the running green's."""

    def next_stage(self, observation: Observation) -> int:
        self._follow(observation.stage)
        if self._greens_s is None:
            self._greens_s = self.greens_s(observation)
        green_s = float(self._greens_s[self.position])
        self.note(observation, green_s)
        if observation.green_s < green_s and self._needed(observation):
            return observation.stage
        return self._advance(observation)

    def _needed(self, observation: Observation) -> bool:
        """Is somebody near the line who can use this green, or nobody anywhere else?"""
        if useful(self.signal, observation, within(self.parameters.end_m))[observation.stage].any():
            return True
        others = ~self.signal.serves[observation.stage]
        return not np.any(observation.vehicles(within_m=self.parameters.range_m)[others])

    def _advance(self, observation: Observation) -> int:
        """The next position in the plan with demand; a new cycle's splits when the plan begins again."""
        calling = observation.vehicles(within_m=self.parameters.range_m)
        for step in range(1, len(self.order) + 1):
            position = (self.position + step) % len(self.order)
            stage = self.order[position]
            if self.signal.has_walk(stage) or np.any(calling[self.signal.serves[stage]] > 0):
                if position <= self.position:
                    self._greens_s = self.greens_s(observation)
                self.position = position
                return stage
        return observation.stage

    def _follow(self, stage: int) -> None:
        """Take up the plan where the sequencer is, if it shows another stage than was asked for."""
        if self.order[self.position] != stage and stage in self.order:
            self.position = self.order.index(stage)
