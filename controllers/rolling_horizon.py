"""Rolling-horizon control: many switching plans are rolled forward on a model of the queues, the best first move taken.

Source of the idea: S. Sen, K. L. Head, Controlled optimization of phases at an intersection, Transportation Science 31
(1997) 5-17; rollout of a base policy: D. Bertsekas, Rollout algorithms for discrete optimization, 2013. A plan that
always finds something better to do first can starve a queue, so waiting grows in weight until the queue is cleared.
Near saturation a stage keeps its share of a cycle while its busiest lane queues; the share is that of F. V. Webster,
Traffic signal settings, Road Research Technical Paper 39, 1958. Where even a long cycle is too short for the flows,
stages take turns, each until those who have lost time are over the line (R. Oertel, P. Wagner, Delay-time actuated
traffic signal control for an isolated intersection, TRB 90th Annual Meeting, 2011). Into an area that is full who
enters counts for less: `parts/gating.py`. Onto a road so short that a queue soon stands in the junction behind, hardly
anybody is sent while somebody stands there. Where a reserve is given, a walk goes on while the stage is to outlast its
clearance by as much; once it has ended, the green lasts until the clearance is over.
"""

from collections.abc import Callable
from typing import Annotated, ClassVar, cast

import numpy as np
from pydantic import Field

from zhasyl.controllers.base import AdaptiveParameters, Controller
from zhasyl.controllers.parts.gating import FREE, Gate, gates
from zhasyl.controllers.parts.rolled import BUSY, Rolled, build, scene_of
from zhasyl.controllers.parts.rollout import SHORT_M, SPACING_M, Junction
from zhasyl.observation import Area, Observation
from zhasyl.parameters import Parameters
from zhasyl.signals import Signal, read_only

HOLDS_S = np.array([1, 2, 3, 5, 7, 10, 14, 20, 28, 40], dtype=np.int64)  # how long a plan holds the running stage
HORIZON_SWITCHES = 2.5  # of intergreen and minimum green: far enough to see what a switch is good for, no further
HORIZON_S = (15.0, 60.0)
FAR_M = 150.0  # a link between two signals that is shorter is seen to its end


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
    busy_ratio: Annotated[
        float,
        Field(ge=0, le=10, description="sum of the stages' flow ratios from which on a queue keeps its stage's share"),
    ] = BUSY
    walk_reserve_s: Annotated[
        float | None,
        Field(
            ge=0,
            le=600,
            description="green planned beyond a walk's clearance for which the walk goes on; by default "
            "walks are as short as the scenario allows",
        ),
    ] = None
    gate_ratio: Annotated[
        float, Field(ge=0.01, le=10, description="share of an area's roads in use from which on who enters counts less")
    ] = FREE


class RollingHorizon(Controller):
    """Takes the first move of the plan under which vehicles stand least."""

    summary = "the first move of the best of many switching plans, rolled forward on a model of the queues"
    version: ClassVar[int] = 8
    parameters_type: ClassVar[type[Parameters]] = RollingHorizonParameters
    parameters: RollingHorizonParameters

    def __init__(self, signal: Signal, parameters: Parameters, gate: Gate | None = None, isolated: bool = True) -> None:
        super().__init__(signal, parameters)
        self._gate = gate
        junction = junction_of(signal, isolated)
        rolled_s = int(self.parameters.horizon_s or horizon_s(junction))
        own = self.parameters
        scene = scene_of(junction, HOLDS_S, rolled_s, own.interval_s, own.patience_s, own.busy_ratio)
        self._rolled = Rolled(scene, build())
        self._looked_s: float | None = None
        self._since_s, self._share, self._weight = 0.0, 0.0, 1.0

    @classmethod
    def for_network(cls, area: Area, parameters: Parameters) -> Callable[[Signal], Controller]:
        own = gates(area, cast(RollingHorizonParameters, parameters).gate_ratio)
        joined = {link.to_signal for link in area.links}
        return lambda signal: cls(signal, parameters, own.get(signal.id), signal.id not in joined)

    @classmethod
    def prepare(cls, parameters: Parameters) -> None:
        nobody, nowhere = read_only(np.zeros(0, dtype=np.intp)), read_only(np.zeros(0))  # as an observation's are
        exits = read_only(np.zeros(1))
        seen = Observation(0.0, 0, 0.0, nobody, nobody, nowhere, nowhere, exits, exits, 1.0)
        with build().compiling("rolling-horizon"):
            rolled = Rolled(scene_of(smallest(), HOLDS_S, 1, 1.0, 1.0), build())
            rolled.decide(seen, 1.0)
            if cls.prolongs_walks(parameters):
                rolled.keeps(seen, 1.0, 1)

    def next_stage(self, observation: Observation) -> int:
        return self._rolled.decide(observation, self._renewed(observation))

    @classmethod
    def prolongs_walks(cls, parameters: Parameters) -> bool:
        return cast(RollingHorizonParameters, parameters).walk_reserve_s is not None

    def keeps_walk(self, observation: Observation, green_s: float) -> bool:
        more_s = green_s - observation.green_s + (self.parameters.walk_reserve_s or 0.0)
        return self._rolled.keeps(observation, self._renewed(observation), int(np.ceil(more_s)))

    def _renewed(self, observation: Observation) -> float:
        """The share of what is remembered that this look replaces; the gate's weight is taken from it, too."""
        memory, time_s = self._rolled.scene.memory, observation.time_s
        if self._looked_s is None:
            memory.cleared_at_s[:] = time_s
        elif time_s - self._looked_s != self._since_s:
            self._since_s = time_s - self._looked_s
            self._share = 1.0 - float(np.exp(-self._since_s / self.parameters.memory_s))
        renewed = 1.0 if self._looked_s is None else self._share
        self._looked_s = time_s
        if self._gate is not None:
            weight = self._gate.weight(observation.downstream_veh, float(observation.upstream_range_m), time_s)
            if weight != self._weight:
                self._weight = memory.gate[self._gate.entering] = weight
        return renewed


def horizon_s(junction: Junction) -> float:
    """How far plans are rolled forward at a signal by default."""
    switch_s = float(np.median(junction.min_green_s + junction.intergreen_s.max(axis=0)))
    return float(np.clip(HORIZON_SWITCHES * switch_s, *HORIZON_S))


def junction_of(signal: Signal, isolated: bool = True) -> Junction:
    """A signal as the model of queues has it; `isolated`: no other one sends it platoons."""
    movements, stages = signal.movements, range(len(signal.stages))
    links = [set(m.links) for m in movements]
    walks = {link for group in signal.groups if group.pedestrian for link in group.links}

    def gives_way(own: set[int], others: set[int]) -> bool:
        return any((i, j) in signal.conflicts.yields for i in own for j in others)

    yields = [[gives_way(own, others) for others in links] for own in links]
    walkers = [[gives_way(own, {j for j in walks if stage.green(j)}) for own in links] for stage in signal.stages]
    lanes = np.array(
        [[edge == m.from_edge and lane in m.from_lanes for edge, lane in signal.lanes] for m in movements], dtype=bool
    ).reshape(len(movements), len(signal.lanes))
    lane_green = signal.serves @ lanes
    from_signal_m = np.array([m.from_signal_m for m in movements], dtype=float)
    far = from_signal_m > FAR_M
    lengths_m = {m.from_edge: m.from_signal_m for m in movements}
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
        speed_mps=np.array([m.speed_mps for m in movements], dtype=float),
        lane_green=lane_green,
        lane_whole=~(~signal.serves @ lanes),
        permits=np.any(signal.serves & ~signal.protects, axis=1),
        walkers=np.array(walkers, dtype=bool).reshape(signal.serves.shape),
        exit_lanes=np.array([m.exit_lanes for m in movements], dtype=float),
        exit_m=np.array([m.exit_m for m in movements], dtype=float),
        short=lanes & (from_signal_m < SHORT_M)[:, None],
        holds_veh=np.array([max(lengths_m.get(edge, 0.0) / SPACING_M, 1.0) for edge, _ in signal.lanes]),
        far=far,
        apart=isolated & ~(lane_green & (lane_green.sum(axis=0) > 1)).any(axis=1) & ~(signal.serves & ~far).any(axis=1),
    )


def smallest() -> Junction:
    """One stage, movement and lane."""
    one, none = np.ones((1, 1), dtype=bool), np.zeros((1, 1), dtype=bool)
    second, many = np.ones(1, dtype=np.int64), np.ones(1)
    return Junction(
        serves=one, protects=one, yields=none, lanes=one, intergreen_s=np.zeros((1, 1), dtype=np.int64),
        min_green_s=second, max_green_s=second, speed_mps=many, lane_green=one, lane_whole=one,
        permits=np.zeros(1, dtype=bool), walkers=none, exit_lanes=many, exit_m=many, short=none, holds_veh=many,
        far=np.ones(1, dtype=bool), apart=np.ones(1, dtype=bool),
    )  # fmt: skip
