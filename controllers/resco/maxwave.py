"""RESCO's `MAXWAVE` ("greedy"): every 10 s the stage with most vehicles, stopped or coming, within 50 m.

Source: J. Ault, G. Sharon, Reinforcement Learning Benchmarks for Traffic Signal Control, NeurIPS 2021. Totals over the
lanes of the protected movements, whatever their width; the first stage wins a tie, and an empty junction shows it; a
switch costs nothing. The 10 s hold its yellow of 3 s, so that a stage is green for 7 s at least.
"""

from typing import Annotated, ClassVar

import numpy as np
import numpy.typing as npt
from pydantic import Field

from zhasyl.arrays import FloatArray
from zhasyl.controllers.base import AdaptiveParameters, Controller
from zhasyl.observation import Observation
from zhasyl.parameters import Parameters
from zhasyl.signals import Signal

BoolArray = npt.NDArray[np.bool_]


class MaxWaveParameters(AdaptiveParameters):
    """Parameters of RESCO's rules, with the values of its networks of 3 s yellow."""

    interval_s: Annotated[float, Field(gt=0, le=60, description="seconds between two decisions")] = 10.0
    min_green_s: Annotated[float | None, Field(ge=1, le=120, description="shortest green of a stage")] = 7.0
    clearing_s: Annotated[
        float, Field(ge=0, le=30, description="longest wait for vehicles that stand inside the junction")
    ] = 0.0
    range_m: Annotated[float, Field(ge=10, le=500, description="how far upstream vehicles count")] = 50.0


class MaxWave(Controller):
    """Shows the stage whose lanes hold most vehicles."""

    summary = "RESCO's greedy baseline: every 10 s the stage with most vehicles within 50 m"
    parameters_type: ClassVar[type[Parameters]] = MaxWaveParameters
    parameters: MaxWaveParameters

    def __init__(self, signal: Signal, parameters: Parameters) -> None:
        super().__init__(signal, parameters)
        self._movements: BoolArray = np.where(
            signal.protects.any(axis=1, keepdims=True), signal.protects, signal.serves
        )
        self._lanes = _lanes(signal, self._movements)

    def next_stage(self, observation: Observation) -> int:
        return int(np.argmax(self.totals(observation)))

    def totals(self, observation: Observation) -> FloatArray:
        """What each stage counts for, in vehicles."""
        return self._upstream(observation, observation.distance_m <= self.parameters.range_m)

    def _upstream(self, observation: Observation, which: BoolArray) -> FloatArray:
        """Of these vehicles those on the lanes of each stage; before the approach, those that will come to them."""
        lane, movement = observation.lane[which], observation.movement[which]
        counted = np.where(lane >= 0, self._lanes[:, lane], self._movements[:, movement])
        total: FloatArray = counted.sum(axis=1, dtype=float)
        return total


def _lanes(signal: Signal, movements: BoolArray) -> BoolArray:
    """[stage, lane]: does a movement of the stage leave from the lane?"""
    found = np.zeros((len(signal.stages), len(signal.lanes)), dtype=bool)
    for at, movement in enumerate(signal.movements):
        for lane in movement.from_lanes:
            found[:, signal.lanes.index((movement.from_edge, lane))] |= movements[:, at]
    return found
