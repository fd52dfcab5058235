"""Cycle and splits by the measured degree of saturation, in the way of SCATS.

Sources: A. G. Sims, K. W. Dobinson, The Sydney coordinated adaptive traffic (SCAT) system: philosophy and benefits,
IEEE Transactions on Vehicular Technology 29 (1980) 130-137; P. R. Lowrie, The Sydney coordinated adaptive
traffic system: principles, methodology, algorithms, IEE International Conference on Road Traffic Signalling, 1982.

cycle                  grows by `cycle_step_s` while the busiest stage is above the target, shrinks while it is below
splits                 each cycle moves each stage's share by at most `split_step_s` of 100 s towards equal degrees

Degrees of saturation are those of `parts.saturation_meter`. Without a neighbour to keep in step with, a stage nobody
waits for is skipped and an unused green ends early (`parts.cyclic`); its degree of saturation still refers to the split
it was given.
"""

from typing import Annotated, ClassVar

import numpy as np
from pydantic import Field

from zhasyl.arrays import FloatArray
from zhasyl.controllers.parts.cyclic import Cyclic, CyclicParameters
from zhasyl.controllers.parts.saturation_meter import TARGET, SaturationMeter
from zhasyl.observation import Observation
from zhasyl.parameters import Parameters
from zhasyl.signals import Signal
from zhasyl.timing.webster import shared

DEAD_BAND = 0.1  # the cycle stays while the busiest stage is this little below the target
LEAST_DEGREE = 0.1  # a stage nobody used keeps some share, else it could not grow again


class DegreeOfSaturationParameters(CyclicParameters):
    """Parameters of control by degree of saturation."""

    min_cycle_s: Annotated[float, Field(ge=20, le=300, description="shortest cycle, intergreens included")] = 40.0
    max_cycle_s: Annotated[float, Field(ge=20, le=300, description="longest cycle, intergreens included")] = 120.0
    cycle_step_s: Annotated[float, Field(gt=0, le=30, description="most the cycle changes at once")] = 6.0
    split_step_s: Annotated[float, Field(gt=0, le=20, description="most a split changes, per 100 s of cycle")] = 4.0


class DegreeOfSaturation(Cyclic):
    """Goes through the plan's stages in order; cycle and splits follow the measured degrees of saturation."""

    summary = "cycle and splits moved a little each cycle towards equal degrees of saturation of 0.9"
    parameters_type: ClassVar[type[Parameters]] = DegreeOfSaturationParameters
    parameters: DegreeOfSaturationParameters

    def __init__(self, signal: Signal, parameters: Parameters) -> None:
        super().__init__(signal, parameters)
        plan = signal.plan
        self.cycle_s = self._within(plan.cycle_s)
        self.shares: FloatArray = np.array(plan.greens_s, dtype=float) / sum(plan.greens_s)
        self.meter = SaturationMeter(signal, len(self.order), self.parameters.end_m)

    def _within(self, cycle_s: float) -> float:
        return max(self.parameters.min_cycle_s, min(cycle_s, self.parameters.max_cycle_s))

    def greens_s(self, observation: Observation) -> FloatArray:
        """Adapt cycle and shares to the cycle that has ended; green of each position of the plan [s]."""
        if self.meter.measure():
            self._adapt()
        green_s = max(self.cycle_s - self.lost_s, self.least_s.sum())
        return shared(green_s, self.shares, self.least_s)

    def note(self, observation: Observation, green_s: float) -> None:
        self.meter.note(observation, self.position, green_s)

    def _adapt(self) -> None:
        """Move cycle and shares by at most a step."""
        busiest, step_s = float(self.meter.degrees.max()), self.parameters.cycle_step_s
        if busiest > TARGET:
            self.cycle_s = self._within(self.cycle_s + step_s)
        elif busiest < TARGET - DEAD_BAND:
            self.cycle_s = self._within(self.cycle_s - step_s)
        wanted = self.shares * np.maximum(self.meter.degrees, LEAST_DEGREE)
        most = self.parameters.split_step_s / 100.0
        moved = self.shares + np.clip(wanted / wanted.sum() - self.shares, -most, most)
        self.shares = moved / moved.sum()
