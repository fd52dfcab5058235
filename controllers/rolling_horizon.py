"""Rolling-horizon control: many switching plans are rolled forward on a model of the queues, the best first move taken.

Source of the idea: S. Sen, K. L. Head, Controlled optimization of phases at an intersection, Transportation Science 31
(1997) 5-17; rollout of a base policy: D. Bertsekas, Rollout algorithms for discrete optimization, 2013. A plan that
always finds something better to do first can starve a single vehicle, so waiting grows in weight.
"""

from typing import Annotated, ClassVar

import numpy as np
from pydantic import Field

from zhasyl.controllers.base import AdaptiveParameters, Controller, FloatArray, Observation, Parameters
from zhasyl.controllers.rollout import Ints, Junction, best_move
from zhasyl.measures import HALTING_SPEED_MPS
from zhasyl.signals import Signal

DISCHARGE_WAVE_MPS = 5.0  # the start of a queue moves back at 15 to 20 km/h
HOLDS_S = np.array([0, 1, 2, 3, 5, 7, 10, 14, 20, 28], dtype=np.int64)  # how long a plan holds the running stage
STOP_LINE_M = 15.0


class RollingHorizonParameters(AdaptiveParameters):
    """Parameters of rolling-horizon control."""

    interval_s: Annotated[float, Field(gt=0, le=60, description="seconds between two decisions")] = 1.0
    horizon_s: Annotated[float, Field(ge=5, le=180, description="how far plans are rolled forward")] = 15.0
    memory_s: Annotated[float, Field(ge=10, le=1000, description="time over which flows are averaged")] = 90.0
    patience_s: Annotated[
        float, Field(ge=10, le=1000, description="red time after which a waiting vehicle weighs twice as much")
    ] = 300.0


class RollingHorizon(Controller):
    """Takes the first move of the plan under which vehicles stand least."""

    summary = "the first move of the best of many switching plans, rolled forward on a model of the queues"
    parameters_type: ClassVar[type[Parameters]] = RollingHorizonParameters
    parameters: RollingHorizonParameters

    def __init__(self, signal: Signal, parameters: Parameters) -> None:
        super().__init__(signal, parameters)
        self._junction = junction_of(signal)
        self._served_at_s: FloatArray | None = None
        self._flow = np.zeros(len(signal.movements))  # veh/s
        self._watched_s: float | None = None
        self._standing_since_s = np.full(len(signal.lanes), np.inf)

    def next_stage(self, observation: Observation) -> int:
        self._watch(observation)
        movement, lane, distance_m, speed_mps = self._with_expected(observation)
        return int(
            best_move(
                self._junction,
                movement,
                lane,
                distance_m,
                speed_mps,
                self._weights(observation),
                self._stuck_s(observation),
                observation.stage,
                int(observation.green_s),
                HOLDS_S,
                int(self.parameters.horizon_s),
            )
        )

    def _weights(self, observation: Observation) -> FloatArray:
        """What a second of standing weighs by movement [m]: more the longer it has been red."""
        serves = self.signal.serves[observation.stage]
        if self._served_at_s is None:
            self._served_at_s = np.full(len(serves), observation.time_s)
        self._served_at_s[serves] = observation.time_s
        weights: FloatArray = 1.0 + (observation.time_s - self._served_at_s) / self.parameters.patience_s
        return weights

    def _watch(self, observation: Observation) -> None:
        """Keep the flow of each movement, veh/s: the sum of speeds over the length seen (Edie 1963), smoothed."""
        seen = np.bincount(observation.movement, observation.speed_mps, len(self.signal.movements))
        now = seen / observation.upstream_range_m
        if self._watched_s is None:
            self._flow, self._watched_s = now, observation.time_s
        share = 1.0 - np.exp((self._watched_s - observation.time_s) / self.parameters.memory_s)
        self._flow = self._flow + share * (now - self._flow)
        self._watched_s = observation.time_s

    def _with_expected(self, observation: Observation) -> tuple[Ints, Ints, FloatArray, FloatArray]:
        """The vehicles seen, and behind them those expected within the horizon at the movement's flow."""
        movement, distance_m = [observation.movement.astype(np.int64)], [observation.distance_m]
        speed_mps = [observation.speed_mps]
        for m, flow in enumerate(self._flow):
            if flow > 1e-3:
                free_mps = self._junction.speed_mps[m]
                gap_m = free_mps / flow
                expected = np.arange(
                    observation.upstream_range_m + 0.5 * gap_m, free_mps * self.parameters.horizon_s, gap_m
                )
                movement.append(np.full(len(expected), m, dtype=np.int64))
                distance_m.append(expected)
                speed_mps.append(np.full(len(expected), free_mps))
        every, far_m, fast_mps = np.concatenate(movement), np.concatenate(distance_m), np.concatenate(speed_mps)
        lane = np.full(len(far_m), -1, dtype=np.int64)
        lane[: len(observation.lane)] = observation.lane
        order = np.argsort(far_m, kind="stable")
        return every[order], lane[order], far_m[order], fast_mps[order]

    def _stuck_s(self, observation: Observation) -> FloatArray:
        """How long the first vehicle of each lane [l] has stood at the line at green; 0 where none does."""
        stuck_s = np.zeros(len(self._standing_since_s))
        at_line = (observation.distance_m <= STOP_LINE_M) & (observation.lane >= 0)
        lanes, first = np.unique(observation.lane[at_line], return_index=True)
        seen = np.flatnonzero(at_line)[first]
        stands = observation.speed_mps[seen] < HALTING_SPEED_MPS
        stands &= self.signal.serves[observation.stage][observation.movement[seen]]
        since_s = np.full(len(stuck_s), np.inf)
        begun = observation.green_s <= self.signal.stages[observation.stage].min_green_s
        for lane, v in zip(lanes[stands], seen[stands], strict=True):
            late_s = max(0.0, observation.green_s - 1.0 - observation.distance_m[v] / DISCHARGE_WAVE_MPS)
            since_s[lane] = observation.time_s - late_s if begun else min(self._standing_since_s[lane], observation.time_s)
            stuck_s[lane] = observation.time_s - since_s[lane]
        self._standing_since_s = since_s
        return stuck_s


def junction_of(signal: Signal) -> Junction:
    """A signal as the model of queues has it."""
    movements, stages = signal.movements, range(len(signal.stages))
    links = [set(m.links) for m in movements]
    yields = [[any((i, j) in signal.conflicts.yields for i in a for j in b) for b in links] for a in links]
    lanes = np.array(
        [[edge == m.from_edge and lane in m.from_lanes for edge, lane in signal.lanes] for m in movements], dtype=bool
    )
    return Junction(
        serves=signal.serves,
        protects=signal.protects,
        yields=np.array(yields, dtype=bool).reshape(len(movements), len(movements)),
        lanes=lanes,
        intergreen_s=np.array(
            [[int(np.ceil(signal.lost_time_s(a, b))) if a != b else 0 for b in stages] for a in stages], dtype=np.int64
        ),
        min_green_s=np.array([int(np.ceil(stage.min_green_s)) for stage in signal.stages], dtype=np.int64),
        max_green_s=np.array([int(stage.max_green_s) for stage in signal.stages], dtype=np.int64),
        speed_mps=np.array([m.speed_mps for m in movements]),
        lane_green=signal.serves @ lanes,
        permits=(signal.serves & ~signal.protects).any(axis=1),
    )
