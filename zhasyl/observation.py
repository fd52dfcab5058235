"""What a controller is told: what a sensor reads, what road users announce, and the network that it plans for."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np

from zhasyl.arrays import FloatArray, IntArray
from zhasyl.network import Network
from zhasyl.signals import Signal

Kind = Literal["transit", "emergency"]
Need = Literal["announced", "calls"]
"""What road users tell the signal themselves, read only for controllers that need it."""


@dataclass(frozen=True)
class PriorityRequest:
    """A vehicle that requests priority by radio: SUMO's vehicle id, its way, m to its stop line, m/s."""

    vehicle: str
    kind: Kind
    movement: int
    distance_m: float
    speed_mps: float


Row = tuple[float, int, float]
"""(distance in m, movement, speed in m/s) of one vehicle upstream."""


class Unread:
    """What a sensor has still to look up of a reading; nothing here."""

    def read(self) -> None:
        """Look it up now, for who keeps the observation while the road changes."""


@dataclass(frozen=True)
class Observation:
    """One reading of a signal's surroundings. Its arrays are read-only: others read them, too.

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
                                      first; not before they have left a scheduled stop on the way (`PriorityRequest`)
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

    `rows`, `counts` and `exit_queues` say the same in plain Python, which is much cheaper than numpy for the few
    vehicles that are near a signal.
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
    announced: tuple[PriorityRequest, ...] = ()
    calls: Mapping[int, float] = field(default_factory=dict)

    @cached_property
    def rows(self) -> Sequence[Row]:
        """Each vehicle seen upstream, nearest first."""
        return list(zip(self.distance_m.tolist(), self.movement.tolist(), self.speed_mps.tolist(), strict=True))

    @cached_property
    def exit_queues(self) -> Sequence[float]:
        """`downstream_queue_veh` as a list [m]."""
        queues: list[float] = self.downstream_queue_veh.tolist()
        return queues

    @cached_property
    def movement_count(self) -> int:
        """How many movements the signal has."""
        return len(self.downstream_veh)

    @cached_property
    def unread(self) -> Unread:
        """What is still to be looked up: nothing where all arrays are given."""
        return Unread()

    def counts(self, within_m: float = float("inf")) -> list[int]:
        """Vehicles by movement [m] no farther than `within_m` from the stop line."""
        found = [0] * self.movement_count
        for distance_m, movement, _ in self.rows:
            if distance_m <= within_m:
                found[movement] += 1
        return found

    def vehicles(self, within_m: float = float("inf")) -> FloatArray:
        """`counts` as an array."""
        return np.array(self.counts(within_m), dtype=float)

    def queued(self, below_mps: float = 0.1) -> FloatArray:
        """Vehicles by movement [m] that are slower than `below_mps`."""
        found = [0] * self.movement_count
        for _, movement, speed_mps in self.rows:
            if speed_mps < below_mps:
                found[movement] += 1
        return np.array(found, dtype=float)

    def told(self, **changes: Any) -> "Observation":
        """This reading with other values of what is no array: `dataclasses.replace` does the same at a higher cost."""
        return replace(self, **changes)


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
