"""Max-pressure control that knows how near a queue is, what its lanes carry and what its exits can take.

Sources: J. Gregoire, X. Qian, E. Frazzoli, A. de La Fortelle, T. Wongpiromsarn, Capacity-aware back-pressure
traffic signal control, IEEE Transactions on Control of Network Systems 2 (2015) 164-173 (first published
2014): pressures relative to what a road holds, and no weight for a movement whose exit is full.
L. Li, S. E. Jabari, Position weighted backpressure intersection control for urban networks, Transportation
Research B 128 (2019) 435-461: a vehicle near the stop line weighs more than one far upstream, one just past
a junction more than one that has nearly left the exit.

weight of a vehicle     1 at the stop line, falling linearly to 0 at `range_m`
room                    share of the exit's first part that is still free of standing vehicles, 0 to 1
weight of a movement    (vehicle weights per lane - queue per lane on the exit) × room × saturation flow
weight of a stage       sum over its movements; a permitted movement carries `PERMITTED_SHARE`

A switch must gain more than what is lost with it, away and back; a vehicle blocked at green counts only for
stages that give it the protection it lacks.
"""

from typing import Annotated, ClassVar

import numpy as np
from pydantic import Field

from zhasyl.arrays import FloatArray
from zhasyl.controllers.base import AdaptiveParameters, Controller
from zhasyl.controllers.parts.discharge import START_UP_LOST_TIME_S, lane_counts, useful
from zhasyl.observation import Observation
from zhasyl.parameters import Parameters
from zhasyl.signals import Signal

PERMITTED_SHARE = 0.5  # of a protected movement's saturation flow that gaps leave to one that gives way
HOUR_S = 3600.0


class CapacityAwarePressureParameters(AdaptiveParameters):
    """Parameters of capacity-aware pressure control."""

    interval_s: Annotated[float, Field(gt=0, le=60, description="seconds between two decisions")] = 5.0
    range_m: Annotated[float, Field(ge=20, le=150, description="distance at which a vehicle's weight is 0")] = 150.0
    saturation_flow_vph: Annotated[float, Field(ge=900, le=2400, description="vehicles per hour of a lane")] = 1800.0
    spacing_m: Annotated[float, Field(ge=5, le=15, description="road a standing vehicle takes on an exit")] = 7.5


class CapacityAwarePressure(Controller):
    """Shows the stage of most weighted pressure, if that is worth the switch; the lowest index wins a tie."""

    summary = "pressure by queue position, saturation flow and room left downstream"
    parameters_type: ClassVar[type[Parameters]] = CapacityAwarePressureParameters
    parameters: CapacityAwarePressureParameters

    def __init__(self, signal: Signal, parameters: Parameters) -> None:
        super().__init__(signal, parameters)
        self._lanes = lane_counts(signal)
        self._exit_lanes = np.array([movement.exit_lanes for movement in signal.movements], dtype=float)
        self._flow = np.where(signal.protects, 1.0, PERMITTED_SHARE) * signal.serves
        stages = range(len(signal.stages))
        lost_s = np.array([[signal.intergreen_s(old, new) for new in stages] for old in stages])
        self._lost_veh = 2 * (lost_s + START_UP_LOST_TIME_S) * self.parameters.saturation_flow_vph / HOUR_S

    def next_stage(self, observation: Observation) -> int:
        pressure = self.pressure(observation)
        total = pressure.sum(axis=1)
        now = observation.stage
        ends = self.signal.serves[now] & ~self.signal.serves
        cost = (np.minimum(pressure[now], self._lost_veh[now][:, None] * self._flow[now]) * ends).sum(axis=1)
        gain = total - total[now] - cost
        gain[now] = 0.0
        best = int(np.argmax(gain))
        return best if gain[best] > 0 else now

    def pressure(self, observation: Observation) -> FloatArray:
        """Weighted pressure [stage, movement] in vehicles per lane at the stop line."""
        range_m = self.parameters.range_m
        upstream = useful(self.signal, observation, lambda distance_m: max(1 - distance_m / range_m, 0.0)) / self._lanes
        queue = observation.downstream_queue_veh / self._exit_lanes
        found: FloatArray = np.maximum(upstream - queue, 0.0) * self._room(observation) * self._flow
        return found

    def _room(self, observation: Observation) -> FloatArray:
        """Share of each movement's exit [m] that standing vehicles leave free."""
        holds = self._exit_lanes * observation.upstream_range_m / self.parameters.spacing_m
        room: FloatArray = np.clip(1 - observation.downstream_queue_veh / holds, 0.0, 1.0)
        return room
