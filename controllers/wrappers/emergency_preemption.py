"""Emergency preemption: whoever drives with blue lights gets a green in time, and the others wait.

Source: Traffic Signal Timing Manual, 2nd ed. (NCHRP 812, 2015), ch. 10, preemption: entry by a full intergreen, dwell
until the vehicle has passed, exit back to normal operation. Of several vehicles the first to come is served first.
"""

from typing import Annotated, ClassVar

from pydantic import Field

from zhasyl.controllers.base import Controller
from zhasyl.controllers.wrappers.base import Wrapper, WrapperParameters, stage_for
from zhasyl.observation import Need, Observation, PriorityRequest
from zhasyl.parameters import Parameters
from zhasyl.signals import Signal


class EmergencyPreemptionParameters(WrapperParameters):
    """Parameters of emergency preemption."""

    range_m: Annotated[float, Field(ge=50, le=500, description="how far from its stop line a vehicle is answered")] = (
        400.0
    )
    clear_s: Annotated[
        float, Field(ge=0, le=30, description="how long the green is held for a vehicle that has just passed its line")
    ] = 3.0


class EmergencyPreemption(Wrapper):
    """Shows the stage that serves an announced emergency vehicle until it has passed; then the wrapped one goes on."""

    summary = "another controller (of=NAME), and a green for an emergency vehicle until it has passed"
    parameters_type: ClassVar[type[Parameters]] = EmergencyPreemptionParameters
    parameters: EmergencyPreemptionParameters
    needs: ClassVar[frozenset[Need]] = frozenset({"announced"})

    def __init__(self, signal: Signal, parameters: Parameters, wrapped: Controller | None = None) -> None:
        super().__init__(signal, parameters, wrapped)
        self._served = ""
        self._passed_s = float("-inf")

    def next_stage(self, observation: Observation) -> int:
        proposal = self.proposed(observation)
        vehicle = self._vehicle(observation)
        if vehicle is not None:
            self._served, self._passed_s = vehicle.vehicle, observation.time_s
            stage = stage_for(self.signal, vehicle.movement, observation.stage)
            return proposal if stage is None else stage
        held = observation.time_s < self._passed_s + self.parameters.clear_s
        return observation.stage if held else proposal

    def _vehicle(self, observation: Observation) -> PriorityRequest | None:
        """Whom to serve: the one being served, else the nearest in range."""
        calling = [
            a for a in observation.announced if a.kind == "emergency" and a.distance_m <= self.parameters.range_m
        ]
        return next((a for a in calling if a.vehicle == self._served), next(iter(calling), None))
