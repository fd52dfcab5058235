"""Rolling-horizon control: many switching plans are rolled forward on a model of the queues, the best first move taken.

Source of the idea: S. Sen, K. L. Head, Controlled optimization of phases at an intersection, Transportation Science 31
(1997) 5-17; rollout of a base policy: D. Bertsekas, Rollout algorithms for discrete optimization, 2013. A plan that
always finds something better to do first can starve a queue, so waiting grows in weight until the queue is cleared.
"""

from typing import Annotated, ClassVar

import numpy as np
from pydantic import Field

from zhasyl.arrays import FloatArray
from zhasyl.controllers.base import AdaptiveParameters, Controller
from zhasyl.controllers.parts.rollout import Junction, Memory, Search, Seen, Vehicles, best_move
from zhasyl.observation import Observation
from zhasyl.parameters import Parameters
from zhasyl.signals import Signal, read_only

HOLDS_S = np.array([1, 2, 3, 5, 7, 10, 14, 20, 28, 40], dtype=np.int64)  # how long a plan holds the running stage
HORIZON_SWITCHES = 2.5  # of intergreen and minimum green: far enough to see what a switch is good for, no further
HORIZON_S = (15.0, 60.0)
CLEARED_VEH = 3  # a queue with fewer vehicles is cleared
CLEARED_MPS = 5.0  # vehicles that are faster do not count
HEAVIEST = 3.0  # the most a vehicle weighs
LEAST = 0.1  # and the share of it that is left at a full exit
SHORT_M = 25.0  # a link between two signals on which a fourth vehicle stands in the junction behind
SPILLS = 12.0  # what a full one adds to the weight of its vehicles
SPACING_M = 7.5  # road a standing vehicle takes


class RollingHorizonParameters(AdaptiveParameters):
    """Parameters of rolling-horizon control."""

    interval_s: Annotated[float, Field(gt=0, le=60, description="seconds between two decisions")] = 1.0
    horizon_s: Annotated[
        float | None, Field(ge=5, le=180, description="how far plans are rolled forward; by default from the signal")
    ] = None
    memory_s: Annotated[float, Field(ge=10, le=1000, description="time over which flows are averaged")] = 90.0
    patience_s: Annotated[
        float, Field(ge=10, le=1000, description="time after which a queue never cleared weighs twice as much")
    ] = 100.0


class RollingHorizon(Controller):
    """Takes the first move of the plan under which vehicles stand least."""

    summary = "the first move of the best of many switching plans, rolled forward on a model of the queues"
    version: ClassVar[int] = 3
    parameters_type: ClassVar[type[Parameters]] = RollingHorizonParameters
    parameters: RollingHorizonParameters

    def __init__(self, signal: Signal, parameters: Parameters) -> None:
        super().__init__(signal, parameters)
        self._junction = junction_of(signal)
        rolled_s = int(self.parameters.horizon_s or horizon_s(self._junction))
        self._search = Search(self.parameters.interval_s, HOLDS_S, rolled_s)
        self._exit_lanes = np.array([movement.exit_lanes for movement in signal.movements], dtype=float)
        self._exit_m = np.array([movement.exit_m for movement in signal.movements])
        from_signal_m = np.array([movement.from_signal_m for movement in signal.movements])
        self._short_lanes = self._junction.lanes & (from_signal_m < SHORT_M)[:, None]
        lengths_m = {movement.from_edge: movement.from_signal_m for movement in signal.movements}
        self._lane_holds = np.array([max(lengths_m.get(edge, 0.0) / SPACING_M, 1.0) for edge, _ in signal.lanes])
        self._memory = Memory(since_s=np.full(len(signal.lanes), np.inf), idle_s=np.zeros(len(signal.lanes)))
        self._cleared_at_s: FloatArray | None = None
        self._flow_vps = np.zeros(len(signal.movements))
        self._watched_s: float | None = None

    @classmethod
    def prepare(cls, parameters: Parameters) -> None:
        nobody, nowhere = read_only(np.zeros(0, dtype=np.intp)), read_only(np.zeros(0))  # as an observation's are
        one, none = np.ones((1, 1), dtype=bool), np.zeros((1, 1), dtype=bool)
        second = np.ones(1, dtype=np.int64)
        junction = Junction(
            one,
            one,
            none,
            one,
            np.zeros((1, 1), dtype=np.int64),
            second,
            second,
            np.ones(1),
            one,
            np.zeros(1, bool),
            none,
        )
        seen = Seen(Vehicles(nobody, nobody, nowhere, nowhere), 1.0, np.zeros(1), np.ones(1), 0, 0.0, 0.0)
        best_move(junction, seen, Memory(np.zeros(1), np.zeros(1)), Search(1.0, HOLDS_S, 1))

    def next_stage(self, observation: Observation) -> int:
        self._watch(observation)
        vehicles = Vehicles(observation.movement, observation.lane, observation.distance_m, observation.speed_mps)
        seen = Seen(
            vehicles,
            observation.upstream_range_m,
            self._flow_vps,
            self._weights(observation),
            observation.stage,
            observation.green_s,
            observation.time_s,
        )
        return int(best_move(self._junction, seen, self._memory, self._search))

    def _weights(self, observation: Observation) -> FloatArray:
        """What a second of standing weighs by movement [m].

        More the longer its queue has not been cleared; little where it would only stand on at a full exit;
        much where it fills a short link behind which another signal's junction would lock.
        """
        if self._cleared_at_s is None:
            self._cleared_at_s = np.full(len(self.signal.movements), observation.time_s)
        self._cleared_at_s[observation.queued(CLEARED_MPS) < CLEARED_VEH] = observation.time_s
        uncleared_s = observation.time_s - self._cleared_at_s
        weights = np.minimum(1.0 + uncleared_s / self.parameters.patience_s, HEAVIEST)
        found: FloatArray = weights * self._room(observation) * self._spillback(observation)
        return found

    def _room(self, observation: Observation) -> FloatArray:
        """How much a movement [m] counts for the room on its exit: 1 up to half full, LEAST when it is full."""
        holds = np.maximum(self._exit_lanes * np.minimum(self._exit_m, observation.upstream_range_m) / SPACING_M, 1.0)
        found: FloatArray = np.clip(2.0 * (1.0 - observation.downstream_veh / holds), LEAST, 1.0)
        return found

    def _spillback(self, observation: Observation) -> FloatArray:
        """How much a movement [m] counts for its approach: 1 up to half full, 1 + SPILLS when a short one is full."""
        on_lane = np.bincount(observation.lane[observation.lane >= 0], minlength=len(self.signal.lanes))
        filled = np.where(self._short_lanes, on_lane / self._lane_holds, 0.0).max(axis=1, initial=0.0)
        found: FloatArray = 1.0 + SPILLS * np.clip(2.0 * filled - 1.0, 0.0, 1.0)
        return found

    def _watch(self, observation: Observation) -> None:
        """Keep the flow of each movement: the sum of speeds over the length seen (Edie 1963), smoothed."""
        seen = np.bincount(observation.movement, observation.speed_mps, len(self.signal.movements))
        now = seen / observation.upstream_range_m
        if self._watched_s is None:
            self._flow_vps, self._watched_s = now, observation.time_s
        share = 1.0 - np.exp((self._watched_s - observation.time_s) / self.parameters.memory_s)
        self._flow_vps = self._flow_vps + share * (now - self._flow_vps)
        self._watched_s = observation.time_s


def horizon_s(junction: Junction) -> float:
    """How far plans are rolled forward at a signal by default."""
    switch_s = float(np.median(junction.min_green_s + junction.intergreen_s.max(axis=0)))
    return float(np.clip(HORIZON_SWITCHES * switch_s, *HORIZON_S))


def junction_of(signal: Signal) -> Junction:
    """A signal as the model of queues has it."""
    movements, stages = signal.movements, range(len(signal.stages))
    links = [set(m.links) for m in movements]
    walks = {link for group in signal.groups if group.pedestrian for link in group.links}

    def gives_way(own: set[int], others: set[int]) -> bool:
        return any((i, j) in signal.conflicts.yields for i in own for j in others)

    yields = [[gives_way(own, others) for others in links] for own in links]
    walkers = [[gives_way(own, {j for j in walks if stage.green(j)}) for own in links] for stage in signal.stages]
    lanes = np.array(
        [[edge == m.from_edge and lane in m.from_lanes for edge, lane in signal.lanes] for m in movements], dtype=bool
    )
    return Junction(
        serves=signal.serves.copy(),  # what cannot be written would be compiled for once more, in the first decision
        protects=signal.protects.copy(),
        yields=np.array(yields, dtype=bool).reshape(len(movements), len(movements)),
        lanes=lanes,
        intergreen_s=np.array(
            [[int(np.ceil(signal.intergreen_s(a, b))) if a != b else 0 for b in stages] for a in stages], dtype=np.int64
        ),
        min_green_s=np.array([int(np.ceil(stage.min_green_s)) for stage in signal.stages], dtype=np.int64),
        max_green_s=np.array([int(stage.max_green_s) for stage in signal.stages], dtype=np.int64),
        speed_mps=np.array([m.speed_mps for m in movements]),
        lane_green=signal.serves @ lanes,
        permits=np.any(signal.serves & ~signal.protects, axis=1),
        walkers=np.array(walkers, dtype=bool).reshape(signal.serves.shape),
    )
