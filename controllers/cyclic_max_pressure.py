"""Cyclic max-pressure control: the plan's stages in their order, greens shared anew in each cycle.

Source: T. Le, P. Kovács, N. Walton, H. L. Vu, L. L. H. Andrew, S. P. Hoogendoorn, Decentralized signal control
for urban road networks, Transportation Research C 58 (2015) 431-450: a cycle of fixed length without its
intergreens is shared among the stages by their pressures (there by exp(η × pressure), here in proportion to
it, the reading of M. W. Levin, J. Hu, M. Odell, Max-pressure signal control with cyclical phase structure,
Transportation Research C 120 (2020) 102828, that keeps the cycle as an upper bound).

Three things differ from the papers. Each stage keeps its minimum green. A stage without a vehicle in range, when its
turn comes, is skipped, because an empty green and its intergreen delay everybody else, unless
it walks pedestrians, whom the sensor does not see: then it gets its minimum. And a stage whose green movements are
empty, or blocked, ends early; what it leaves shortens the cycle, as a maximum cycle allows.
"""

from typing import Annotated, ClassVar

import numpy as np
from pydantic import Field

from zhasyl.controllers.base import AdaptiveParameters, Controller, FloatArray, Observation, Parameters
from zhasyl.controllers.discharge import lane_counts, useful
from zhasyl.signals import Signal


class CyclicMaxPressureParameters(AdaptiveParameters):
    """Parameters of cyclic max-pressure control."""

    interval_s: Annotated[float, Field(gt=0, le=60, description="seconds between two decisions")] = 2.0
    cycle_s: Annotated[float, Field(ge=20, le=300, description="longest cycle, intergreens included")] = 90.0
    range_m: Annotated[float, Field(ge=20, le=150, description="how far upstream vehicles count")] = 150.0
    end_m: Annotated[float, Field(ge=5, le=150, description="a green ends when nobody is this near its line")] = 40.0


class CyclicMaxPressure(Controller):
    """Goes through the plan's stages in order; splits follow the pressures at the start of each cycle."""

    summary = "the plan's stages in their order, each cycle shared among them by their pressures"
    parameters_type: ClassVar[type[Parameters]] = CyclicMaxPressureParameters
    parameters: CyclicMaxPressureParameters

    def __init__(self, signal: Signal, parameters: Parameters) -> None:
        super().__init__(signal, parameters)
        self._lanes = lane_counts(signal)
        self._exit_lanes = np.array([movement.exit_lanes for movement in signal.movements], dtype=float)
        self._order = list(signal.plan.stages)
        self._position = 0
        self._splits_s: FloatArray | None = None

    def next_stage(self, observation: Observation) -> int:
        self._follow(observation.stage)
        if self._splits_s is None:
            self._splits_s = self.splits_s(observation)
        if observation.green_s < self._splits_s[self._position] and self._needed(observation):
            return observation.stage
        return self._advance(observation)

    def splits_s(self, observation: Observation) -> FloatArray:
        """Green of each position of the plan [s]: its minimum and a share of the rest by pressure."""
        pressure = self._pressure(observation)[self._order]
        least_s = np.array([self.signal.stages[stage].min_green_s for stage in self._order])
        least_s = np.where(pressure > 0, least_s, 0.0)
        following = np.roll(self._order, -1)
        lost_s = sum(self.signal.lost_time_s(old, new) for old, new in zip(self._order, following, strict=True))
        green_s = max(self.parameters.cycle_s - lost_s, least_s.sum())
        return shared(green_s, pressure, least_s)

    def _pressure(self, observation: Observation) -> FloatArray:
        """Pressure of each stage [s], vehicles per lane, never below zero."""
        upstream = observation.vehicles(within_m=self.parameters.range_m)
        pressure = upstream / self._lanes - observation.downstream_queue_veh / self._exit_lanes
        pressure[upstream == 0] = 0.0
        summed: FloatArray = self.signal.serves @ np.maximum(pressure, 0.0)
        return summed

    def _needed(self, observation: Observation) -> bool:
        """Is somebody near the line who can use this green, or nobody anywhere else?"""
        near = (observation.distance_m <= self.parameters.end_m).astype(float)
        if useful(self.signal, observation, near)[observation.stage].any():
            return True
        others = ~self.signal.serves[observation.stage]
        return not np.any(observation.vehicles(within_m=self.parameters.range_m)[others])

    def _advance(self, observation: Observation) -> int:
        """The next position in the plan with demand; a new cycle's splits when the plan begins again."""
        calling = observation.vehicles(within_m=self.parameters.range_m)
        for step in range(1, len(self._order) + 1):
            position = (self._position + step) % len(self._order)
            stage = self._order[position]
            if self.signal.has_walk(stage) or np.any(calling[self.signal.serves[stage]] > 0):
                if position <= self._position:
                    self._splits_s = self.splits_s(observation)
                self._position = position
                return stage
        return observation.stage

    def _follow(self, stage: int) -> None:
        """Take up the plan where the sequencer is, if it showed another stage than was asked for."""
        if self._order[self._position] != stage and stage in self._order:
            self._position = self._order.index(stage)


def shared(green_s: float, weights: FloatArray, least_s: FloatArray) -> FloatArray:
    """Share `green_s` in proportion to the weights, nobody below his least: greens [s] that add up to it.

    `green_s` must not be less than the sum of `least_s`. Without any weight the rest is shared evenly.
    """
    if not weights.any():
        return least_s + (green_s - least_s.sum()) / len(least_s)
    held = np.zeros(len(weights), dtype=bool)
    while True:
        free_s = green_s - least_s[held].sum()
        total = weights[~held].sum()
        greens_s: FloatArray = np.where(held, least_s, weights * (free_s / total if total > 0 else 0.0))
        short = ~held & (greens_s < least_s)
        if not short.any():
            return greens_s
        held |= short
