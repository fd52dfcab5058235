"""Transit signal priority: a green waits for a bus or tram that comes, or comes earlier for it, within bounds.

green extension   the running stage serves the vehicle, which arrives within `extension_s`: it is held so long at most
early green       it does not: the greens before its own are cut, by at most `shorten_s` in all against their usual
                  lengths, when it arrives no later than the intergreen and the queue ahead of it take; not while
                  somebody uses them: near capacity what is taken there comes back as a queue in each cycle. A stage
                  of the plan that comes before the vehicle's and has somebody waiting keeps its turn
recovery          after a priority there is no other one for `lockout_s`; a stage that was cut gets the lost seconds
                  with its next green, if it can use them

Sources: ITS America, Transit signal priority (TSP): a planning and implementation handbook, 2005, ch. 4; TCRP Synthesis
83, Bus and rail transit preferential treatments in mixed traffic, 2010; NCHRP 812, Signal Timing Manual, 2015, ch. 10.
"""

from typing import Annotated, ClassVar

import numpy as np
from pydantic import Field

from zhasyl.controllers.base import Controller
from zhasyl.controllers.wrappers.base import Wrapper, WrapperParameters, stage_for
from zhasyl.observation import Need, Observation, PriorityRequest
from zhasyl.parameters import Parameters
from zhasyl.signals import Signal

HEADWAY_S = 2.0  # between two vehicles that leave a queue on one lane: 1800 veh/h, HCM 6th ed., ch. 19
NEAR_M = 40.0  # who is nearer to the line than this can use a green now
NEW_SHARE = 0.25  # weight of the last green in a stage's usual one
SLOWEST_SHARE = 0.5  # of the speed limit: a vehicle that drives slower now is expected to arrive at this speed


class TransitPriorityParameters(WrapperParameters):
    """Parameters of transit priority."""

    range_m: Annotated[float, Field(ge=50, le=500, description="how far from its stop line a vehicle is answered")] = (
        300.0
    )
    extension_s: Annotated[float, Field(ge=0, le=60, description="longest extension of a green for a vehicle")] = 10.0
    shorten_s: Annotated[
        float, Field(ge=0, le=60, description="most by which greens are cut for a vehicle, against their usual length")
    ] = 15.0
    lockout_s: Annotated[float, Field(ge=0, le=600, description="time after a priority without another one")] = 90.0


class TransitPriority(Wrapper):
    """Extends or advances a green for the transit vehicle that arrives first."""

    summary = "another controller (of=NAME), with green extension and early green for buses and trams"
    parameters_type: ClassVar[type[Parameters]] = TransitPriorityParameters
    parameters: TransitPriorityParameters
    needs: ClassVar[frozenset[Need]] = frozenset({"announced"})

    def __init__(self, signal: Signal, parameters: Parameters, wrapped: Controller | None = None) -> None:
        super().__init__(signal, parameters, wrapped)
        self._limits_mps = [movement.speed_mps for movement in signal.movements]
        self._usual_s = _planned_s(signal)
        self._debt_s = np.zeros(len(signal.stages))
        self._granted = ""
        self._cut_s = 0.0  # by how much greens were cut for the one that has priority
        self._locked_until_s = float("-inf")
        self._over_s: float | None = None  # since when the running green goes on against the wrapped controller
        self._running = (-1, 0.0)

    def next_stage(self, observation: Observation) -> int:
        self._follow(observation)
        proposal = self.proposed(observation)
        vehicle = self._vehicle(observation)
        if vehicle is None:
            chosen = self._repaid(observation, proposal)
        elif self.signal.serves[observation.stage, vehicle.movement]:
            chosen = self._extended(observation, proposal, vehicle)
        else:
            chosen = self._advanced(observation, proposal, vehicle)
        self._note(observation, proposal, chosen)
        return chosen

    def _follow(self, observation: Observation) -> None:
        """Forget what belongs to a green that is over."""
        begun_s = observation.time_s - observation.green_s
        if self._running != (observation.stage, begun_s):
            self._running, self._over_s = (observation.stage, begun_s), None

    def _vehicle(self, observation: Observation) -> PriorityRequest | None:
        """Whose priority counts: the one's that has it, outside the lock-out the first to arrive."""
        coming = [a for a in observation.announced if a.kind == "transit" and a.distance_m <= self.parameters.range_m]
        if self._granted:
            for vehicle in coming:
                if vehicle.vehicle == self._granted:
                    return vehicle
            self._end_grant(observation.time_s)
        return None if observation.time_s < self._locked_until_s else min(coming, key=self._arrival_s, default=None)

    def _end_grant(self, time_s: float) -> None:
        self._granted, self._cut_s, self._locked_until_s = "", 0.0, time_s + self.parameters.lockout_s

    def _arrival_s(self, vehicle: PriorityRequest) -> float:
        """When it can be at its stop line, if nobody is in its way."""
        return vehicle.distance_m / max(vehicle.speed_mps, SLOWEST_SHARE * self._limits_mps[vehicle.movement])

    def _extended(self, observation: Observation, proposal: int, vehicle: PriorityRequest) -> int:
        """Hold the vehicle's green, if it arrives in time."""
        if self.signal.serves[proposal, vehicle.movement]:
            return proposal
        used_s = 0.0 if self._over_s is None else observation.time_s - self._over_s
        if self._arrival_s(vehicle) < self.parameters.extension_s - used_s:
            self._granted = vehicle.vehicle
            return observation.stage
        if self._granted:
            self._end_grant(observation.time_s)
        return proposal

    def _advanced(self, observation: Observation, proposal: int, vehicle: PriorityRequest) -> int:
        """End the running green early, if the vehicle would otherwise wait."""
        stage, target = observation.stage, stage_for(self.signal, vehicle.movement, observation.stage)
        if target is None:
            return proposal
        ahead = (observation.movement == vehicle.movement) & (observation.distance_m < vehicle.distance_m)
        queue_s = HEADWAY_S * float(ahead.sum()) / self.signal.movements[vehicle.movement].lanes
        in_time = self._arrival_s(vehicle) <= self.signal.intergreen_s(stage, target) + queue_s
        cut_s = max(0.0, self._usual_s[stage] - observation.green_s)
        most_s = self.parameters.shorten_s - self._cut_s
        if proposal != stage or not in_time or cut_s > most_s or most_s <= 0 or self._is_used(observation, target):
            return proposal
        self._granted = vehicle.vehicle
        self._cut_s += cut_s
        self._debt_s[stage] = cut_s
        return self._next_towards(observation, target)

    def _is_used(self, observation: Observation, target: int) -> bool:
        """Is somebody near the line whom the running green serves and the target does not?"""
        losing = self.signal.serves[observation.stage] & ~self.signal.serves[target]
        return bool(observation.vehicles(within_m=NEAR_M)[losing].any())

    def _next_towards(self, observation: Observation, target: int) -> int:
        """The next stage in the plan's order that somebody waits for, at the latest the target."""
        order = self.signal.plan.stages
        if observation.stage not in order or target not in order:
            return target
        waiting = observation.vehicles(within_m=NEAR_M) > 0
        begin = order.index(observation.stage)
        for step in range(1, len(order)):
            stage = order[(begin + step) % len(order)]
            due = waiting & self.signal.serves[stage] & ~self.signal.serves[observation.stage]
            if stage == target or (stage != observation.stage and due.any()):
                return stage
        return target

    def _repaid(self, observation: Observation, proposal: int) -> int:
        """Hold a green for the seconds that its stage lost, while somebody can use it."""
        stage = observation.stage
        used_s = 0.0 if self._over_s is None else observation.time_s - self._over_s
        near = observation.vehicles(within_m=NEAR_M)[self.signal.serves[stage]]
        if proposal == stage or (used_s < self._debt_s[stage] and near.any()):
            return stage
        return proposal

    def _note(self, observation: Observation, proposal: int, chosen: int) -> None:
        """Since when the green is held, and how long a green usually is: the mean of those that nobody changed."""
        stage = observation.stage
        if chosen == stage:
            if proposal != stage and self._over_s is None:
                self._over_s = observation.time_s
        elif proposal == chosen:
            self._debt_s[stage] = 0.0
            if self._over_s is None:
                self._usual_s[stage] += NEW_SHARE * (observation.green_s - self._usual_s[stage])


def _planned_s(signal: Signal) -> list[float]:
    """The green of each stage in the shipped plan, its minimum where the plan does not show it."""
    usual_s = [stage.min_green_s for stage in signal.stages]
    for stage, green_s in zip(signal.plan.stages, signal.plan.greens_s, strict=True):
        usual_s[stage] = max(usual_s[stage], green_s)
    return usual_s
