"""What a controller is: one method that answers which stage to show next, from what a sensor reads.

A controller is added by one file and one line in the registry (`zhasyl.controllers`). It never shows
anything itself: the sequencer asks, checks the answer and plays yellow, all-red and minimum greens.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, ClassVar, Literal

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field

from zhasyl.network import Network
from zhasyl.signals import Signal

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]


Kind = Literal["transit", "emergency"]
Need = Literal["announced", "calls"]
"""What road users tell the signal themselves, read only for controllers that need it."""


@dataclass(frozen=True)
class Announced:
    """A vehicle that announces itself by radio: SUMO's vehicle id, its way, m to its stop line, m/s."""

    vehicle: str
    kind: Kind
    movement: int
    distance_m: float
    speed_mps: float


@dataclass(frozen=True)
class Observation:
    """One reading of a signal's surroundings.

    field               unit   shape  meaning
    time_s              s      ()     simulation clock
    stage               -      ()     index of the stage that is green now
    green_s             s      ()     how long it has been green
    movement            -      [v]    index into signal.movements of each vehicle seen upstream
    lane                -      [v]    index in the signal's `lanes`, -1 while it is upstream of the approach
    distance_m          m      [v]    from the vehicle's front to its stop line, ascending
    speed_mps           m/s    [v]    speed of the vehicle
    downstream_veh      veh    [m]    vehicles on the first part of each movement's exit, sensor's range
    downstream_queue_veh veh   [m]    those of them that are halted
    upstream_range_m    m      ()     how far the sensor looks upstream and downstream
    announced           -      (k)    transit and emergency vehicles on their way to a stop line, up to 500 m, nearest
                                      first; not before they have left a scheduled stop on the way (`Announced`)
    calls               s      {l}    pedestrian link → how long somebody has waited at one of its push buttons

    The last two do not depend on the sensor, and are empty unless the controller's `needs` name them.
    What each sensor gives (`zhasyl.sensors`); time_s, stage and green_s are always exact.

    field                perfect             camera                        loops
    which vehicles       all in range        in range, a share of them     counted by the stop-line zone, or passed
                                             hidden for 10 s each          by the advance loop and not yet there
    movement             as routed           as routed                     one of its lane's, guessed
    distance_m           exact               with an error, 0 to range     by order in the zone, by speed before it
    speed_mps            exact               exact                         as it passed a detector; 0 when it stands
    downstream_veh       exact, in range     in range, without the hidden  on its first 20 m; full if one stands there
    downstream_queue_veh exact, in range     in range, without the hidden  full lanes by who stands on its first 20 m
    upstream_range_m     range_m, 150        range_m, 100                  advance_m, 80

    While a camera or loops drop out, the arrays of vehicles are empty and the counts 0. A controller is not told
    which sensor it has, nor that it fails.
    """

    time_s: float
    stage: int
    green_s: float
    movement: IntArray
    lane: IntArray
    distance_m: FloatArray
    speed_mps: FloatArray
    downstream_veh: FloatArray
    downstream_queue_veh: FloatArray
    upstream_range_m: float
    announced: tuple[Announced, ...] = ()
    calls: Mapping[int, float] = field(default_factory=dict)

    def vehicles(self, within_m: float = float("inf")) -> FloatArray:
        """Vehicles by movement [m] no farther than `within_m` from the stop line."""
        near = self.movement[self.distance_m <= within_m]
        return np.bincount(near, minlength=len(self.downstream_veh)).astype(float)

    def queued(self, below_mps: float = 0.1) -> FloatArray:
        """Vehicles by movement [m] that are slower than `below_mps`."""
        slow = self.movement[self.speed_mps < below_mps]
        return np.bincount(slow, minlength=len(self.downstream_veh)).astype(float)


class Parameters(BaseModel):
    """Base of all controller parameters: checked when made, units in the names."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class GreenParameters(Parameters):
    """Greens of a controller's own; None: the scenario's or the shipped programme's value."""

    min_green_s: Annotated[float | None, Field(ge=1, le=120, description="shortest green of a stage")] = None
    max_green_s: Annotated[float | None, Field(ge=1, le=600, description="longest green of a stage")] = None


class AdaptiveParameters(GreenParameters):
    """Parameters of every controller that the sequencer asks as traffic comes."""

    interval_s: Annotated[float, Field(gt=0, le=60, description="seconds between two decisions")] = 1.0
    clearing_s: Annotated[
        float, Field(ge=0, le=30, description="longest wait for vehicles that stand inside the junction")
    ] = 8.0


@dataclass(frozen=True)
class SignalDemand:
    """An hour's demand at a signal, mean over the measured period, from the scenario's own routes.

    volume_vph     vehicles of each movement [m]
    heavy_vph      buses and trucks among them [m]
    walkers_per_h  pedestrian link → persons who cross there, in both directions
    """

    volume_vph: FloatArray
    heavy_vph: FloatArray
    walkers_per_h: Mapping[int, float]


@dataclass(frozen=True)
class Area:
    """The whole network before the run, for a controller that plans with it.

    signals   every controlled signal by id, with the controller's own greens
    network   roads, junctions and shipped programmes
    demand    signal id → its demand; counted when first asked for
    """

    signals: Mapping[str, Signal]
    network: Network
    demand: Callable[[str], SignalDemand]


class Controller(ABC):
    """Decides for one signal. Subclasses set `summary`, may set `parameters_type`, and write `next_stage`.

    One that plans for the whole network overrides `for_network`, too; others need not know of it.
    """

    summary: ClassVar[str]
    version: ClassVar[int] = 1
    parameters_type: ClassVar[type[Parameters]] = AdaptiveParameters
    needs: ClassVar[frozenset[Need]] = frozenset()

    def __init__(self, signal: Signal, parameters: Parameters) -> None:
        self.signal = signal
        self.parameters = parameters

    @classmethod
    def signal_for(cls, signal: Signal, parameters: Parameters) -> Signal:
        """The signal as this controller is to play it: by default with its parameters' own greens."""
        return adapted(signal, parameters) if isinstance(parameters, GreenParameters) else signal

    @classmethod
    def plays_in_sumo(cls, parameters: Parameters) -> bool:
        """Does SUMO itself play the signals in a run under this controller, without the sequencer?"""
        return False

    @classmethod
    def reads(cls, parameters: Parameters) -> frozenset[Need]:
        """What is read for this controller beside the sensor."""
        return cls.needs

    @classmethod
    def pace(cls, parameters: Parameters) -> tuple[float, float]:
        """Seconds between two decisions, and the longest wait [s] for vehicles that stand inside the junction."""
        return (
            (parameters.interval_s, parameters.clearing_s) if isinstance(parameters, AdaptiveParameters) else (1.0, 0.0)
        )

    @classmethod
    def for_network(cls, area: Area, parameters: Parameters) -> "Callable[[Signal], Controller]":
        """What makes the controller of each signal; asked for once a run, before it begins.

        Override it to plan for all signals together or to let their controllers share what they measure. If it
        raises or takes over 120 s, every signal is handed to its fixed plan; a ZhasylError ends the run and is
        shown to the user.
        """
        return lambda signal: cls(signal, parameters)

    @classmethod  # noqa: B027 - most have nothing to prepare
    def prepare(cls, parameters: Parameters) -> None:
        """Load or compile what takes long; called once a run, before its time is measured. Nothing by default."""

    @abstractmethod
    def next_stage(self, observation: Observation) -> int:
        """Answer the index of the stage to show: the running one's extends it, another one's ends it.

        The sequencer calls this every `interval_s` seconds while a stage is green and its minimum green
        is over, never during yellow or all-red. An exception, an index out of range or no answer within
        30 s of wall time hands the signal to its fixed plan for the rest of the run.
        """


def adapted(signal: Signal, parameters: GreenParameters) -> Signal:
    """The signal with the controller's own minimum and maximum greens, never shorter than a walk needs."""
    stages = []
    for index, stage in enumerate(signal.stages):
        shortest_s, vehicles_s = stage.min_green_s, stage.vehicle_min_green_s
        if parameters.min_green_s is not None:
            floor_s = stage.min_green_s if signal.has_walk(index) else 0.0
            shortest_s, vehicles_s = max(parameters.min_green_s, floor_s), parameters.min_green_s
        longest_s = stage.max_green_s if parameters.max_green_s is None else parameters.max_green_s
        stages.append(replace(
            stage, min_green_s=shortest_s, max_green_s=max(shortest_s, longest_s), vehicle_min_green_s=vehicles_s
        ))  # fmt: skip
    return replace(signal, stages=tuple(stages))
