"""RESCO's `MAXPRESSURE`: every 10 s the stage with most stopped vehicles, less those stopped on its exits.

Source: J. Ault, G. Sharon, Reinforcement Learning Benchmarks for Traffic Signal Control, NeurIPS 2021, after
P. Varaiya, Transportation Research C 36 (2013) 177-195. RESCO's detectors reach 200 m, ours as far as the sensor does:
150 m by default.
"""

from typing import Annotated, ClassVar

from pydantic import Field

from zhasyl.arrays import FloatArray
from zhasyl.controllers.resco.maxwave import MaxWave, MaxWaveParameters
from zhasyl.measures import HALTING_SPEED_MPS
from zhasyl.observation import Observation
from zhasyl.parameters import Parameters


class RescoMaxPressureParameters(MaxWaveParameters):
    """Parameters of RESCO's max-pressure."""

    range_m: Annotated[float, Field(ge=10, le=500, description="how far upstream vehicles count")] = 200.0


class RescoMaxPressure(MaxWave):
    """Shows the stage of most pressure."""

    summary = "RESCO's max-pressure baseline: every 10 s the stage with most stopped vehicles, less those on its exits"
    parameters_type: ClassVar[type[Parameters]] = RescoMaxPressureParameters
    parameters: RescoMaxPressureParameters

    def totals(self, observation: Observation) -> FloatArray:
        stopped = observation.speed_mps < HALTING_SPEED_MPS
        near = observation.distance_m <= self.parameters.range_m
        exits: FloatArray = self._movements.astype(float).dot(observation.downstream_queue_veh)
        return self._upstream(observation, stopped & near) - exits
