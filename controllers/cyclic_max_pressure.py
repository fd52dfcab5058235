"""Cyclic max-pressure control: the plan's stages in their order, greens shared anew in each cycle.

Source: T. Le, P. Kovács, N. Walton, H. L. Vu, L. L. H. Andrew, S. P. Hoogendoorn, Decentralized signal control
for urban road networks, Transportation Research C 58 (2015) 431-450: a cycle of fixed length without its
intergreens is shared among the stages by their pressures (there by exp(η × pressure), here in proportion to
it, the reading of M. W. Levin, J. Hu, M. Odell, Max-pressure signal control with cyclical phase structure,
Transportation Research C 120 (2020) 102828, that keeps the cycle as an upper bound).

Three things differ from the papers: each stage keeps its minimum green; a stage without demand is skipped, or gets
its minimum if it walks pedestrians; a green nobody can use ends early (`zhasyl.controllers.parts.cyclic` says why).
What such a green leaves shortens the cycle, as a maximum cycle allows.
"""

from typing import Annotated, ClassVar

import numpy as np
from pydantic import Field

from zhasyl.arrays import FloatArray
from zhasyl.controllers.parts.cyclic import Cyclic, CyclicParameters
from zhasyl.observation import Observation
from zhasyl.parameters import Parameters
from zhasyl.signals import Signal
from zhasyl.timing.webster import shared


class CyclicMaxPressureParameters(CyclicParameters):
    """Parameters of cyclic max-pressure control."""

    cycle_s: Annotated[float, Field(ge=20, le=300, description="longest cycle, intergreens included")] = 90.0


class CyclicMaxPressure(Cyclic):
    """Goes through the plan's stages in order; splits follow the pressures at the start of each cycle."""

    summary = "the plan's stages in their order, each cycle shared among them by their pressures"
    parameters_type: ClassVar[type[Parameters]] = CyclicMaxPressureParameters
    parameters: CyclicMaxPressureParameters

    def __init__(self, signal: Signal, parameters: Parameters) -> None:
        super().__init__(signal, parameters)
        self._exit_lanes = np.array([movement.exit_lanes for movement in signal.movements], dtype=float)

    def greens_s(self, observation: Observation) -> FloatArray:
        """Green of each position of the plan [s]: its minimum and a share of the rest by pressure."""
        pressure = self._pressure(observation)[self.order]
        least_s = np.where(pressure > 0, self.least_s, 0.0)
        return shared(max(self.parameters.cycle_s - self.lost_s, least_s.sum()), pressure, least_s)

    def _pressure(self, observation: Observation) -> FloatArray:
        """Pressure of each stage [s], vehicles per lane, never below zero."""
        upstream = observation.vehicles(within_m=self.parameters.range_m)
        pressure = upstream / self.lanes - observation.downstream_queue_veh / self._exit_lanes
        pressure[upstream == 0] = 0.0
        summed: FloatArray = self.signal.serves @ np.maximum(pressure, 0.0)
        return summed
