"""Self-organising traffic lights.

Sources: C. Gershenson, Self-organizing traffic lights, Complex Systems 16 (2005) 29-53; S.-B. Cools,
C. Gershenson, B. D'Hooghe, Self-organizing traffic lights: a realistic simulation, in: Advances in Applied
Self-organizing Systems, Springer 2008, 41-50. Each movement at red integrates the vehicles that approach it over time;
a stage whose sum reaches the threshold may take the green after the minimum green, unless the platoon
that is just passing would be cut: one or two vehicles near the line at green hold it, more of them do not, so that
a long platoon cannot keep it for ever (`platoon_m` is ω and `platoon_veh` is μ of the source).

Here vehicles count per lane, a vehicle blocked at green protects nobody, and of several stages past the threshold
the one with the highest sum gains. The longest red is the sequencer's.
"""

from typing import Annotated, ClassVar

import numpy as np
from pydantic import Field

from zhasyl.controllers.base import AdaptiveParameters, Controller
from zhasyl.controllers.parts.discharge import blocked, lane_counts
from zhasyl.observation import Observation
from zhasyl.parameters import Parameters
from zhasyl.signals import Signal


class SotlParameters(AdaptiveParameters):
    """Parameters of self-organising lights."""

    threshold_veh_s: Annotated[
        float, Field(gt=0, le=1000, description="vehicle-seconds at red per lane that call for a green")
    ] = 10.0
    range_m: Annotated[float, Field(ge=20, le=150, description="how far upstream vehicles count at red")] = 150.0
    platoon_m: Annotated[float, Field(ge=5, le=100, description="zone at the line whose vehicles are not cut")] = 25.0
    platoon_veh: Annotated[float, Field(ge=0, le=20, description="more vehicles than this are cut, per lane")] = 3.0


class Sotl(Controller):
    """Gives the green to the stage whose vehicle-seconds at red have passed the threshold."""

    summary = "self-organising: vehicle-seconds at red against a threshold, platoons are not cut"
    parameters_type: ClassVar[type[Parameters]] = SotlParameters
    parameters: SotlParameters

    def __init__(self, signal: Signal, parameters: Parameters) -> None:
        super().__init__(signal, parameters)
        self._lanes = lane_counts(signal)
        self._waited_veh_s = np.zeros(len(signal.movements))
        self._last_s: float | None = None

    def next_stage(self, observation: Observation) -> int:
        now = observation.stage
        self._integrate(observation)
        called = self.signal.serves.astype(float) @ self._waited_veh_s
        best = int(np.argmax(called))
        if called[best] < self.parameters.threshold_veh_s or self._cuts_platoon(observation, best):
            return now
        return best

    def _integrate(self, observation: Observation) -> None:
        """Add the vehicle-seconds since the last call to the movements at red; green ones start from 0."""
        elapsed_s = 0.0 if self._last_s is None else observation.time_s - self._last_s
        near = observation.vehicles(within_m=self.parameters.range_m)
        served = self.signal.serves[observation.stage]
        self._waited_veh_s += elapsed_s * near / self._lanes
        self._waited_veh_s[served] = 0.0
        self._last_s = observation.time_s

    def _cuts_platoon(self, observation: Observation, best: int) -> bool:
        """Would the switch stop the last vehicles of a platoon at the line, and not just shorten a long one?"""
        ends = self.signal.serves[observation.stage] & ~self.signal.serves[best]
        platoon = [0] * len(self._lanes)
        for (distance_m, movement, _), stuck in zip(observation.rows, blocked(self.signal, observation), strict=True):
            if ends[movement] and distance_m <= self.parameters.platoon_m and not stuck:
                platoon[movement] += 1
        largest = (np.array(platoon) / self._lanes).max(initial=0.0)
        return bool(0 < largest < self.parameters.platoon_veh)
