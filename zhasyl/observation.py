"""What a controller is told: what a sensor reads, what road users announce, and the network that it plans for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from zhasyl.area import Area as Area
from zhasyl.area import Onward as Onward
from zhasyl.area import SignalDemand as SignalDemand
from zhasyl.arrays import FloatArray, IntArray
from zhasyl.signals import read_only

Kind = Literal["transit", "emergency"]
Need = Literal["announced", "calls", "waiting_s", "vehicle_class", "arrived_veh", "arrived_green_veh", "since_green_s"]
"""Fields of an observation that are read only for controllers whose `needs` name them."""
COUNTED: frozenset[Need] = frozenset({"arrived_veh", "arrived_green_veh"})
REMEMBERED: frozenset[Need] = COUNTED | {"since_green_s"}
"""Of them those for which something is kept from one reading to the next (`zhasyl.sensors.memory`)."""
NO_NUMBERS: FloatArray = read_only(np.zeros(0))
NO_NAMES: npt.NDArray[np.str_] = read_only(np.zeros(0, dtype=np.str_))


def _no_numbers() -> FloatArray:
    return NO_NUMBERS


def _no_names() -> npt.NDArray[np.str_]:
    return NO_NAMES


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

    def came(self, time_s: float) -> Iterable[int]:
        """The movement of each vehicle that has come into view since this was last asked."""
        return ()


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
    waiting_s           s      [v]    how long each vehicle has stood, below 0.1 m/s, since it last moved
    vehicle_class       -      [v]    SUMO's class of each vehicle: passenger, bus, truck, ...
    exit_capacity_veh   veh    [m]    vehicles for which there is room, 7.5 m each, where `downstream_veh` counts
    arrived_veh         veh    [m]    who came into view since the controller was last asked
    arrived_green_veh   veh    [m]    who came into view since the running green began
    since_green_s       s      [s]    since the green of each stage ended: 0 for the running one, inf before its first

    All from `announced` on but `exit_capacity_veh` are empty unless the controller's `needs` name them. `announced`,
    `calls` and `since_green_s` do not depend on the sensor. Between two greens, where only `Controller.observe` is
    told, `stage` is the one that comes and `green_s` 0.
    What each sensor gives (`zhasyl.sensors`); time_s, stage and green_s are always exact.

    field                perfect             camera                        loops
    which vehicles       all in range        in range; a share of them     counted by the stop-line zone, or passed
                                             hidden for 10 s each, told    by the advance loop and not yet there,
                                             of by their tracks            by the balance of the approach
    movement             as routed           as routed                     one of its lane's, by shares learnt
    distance_m           exact               with an error, 0 to range     by order in the zone, by speed before it
    speed_mps            exact               exact                         as it passed a detector; 0 when it stands
    downstream_veh       exact, in range     in range, without the hidden  on its first 20 m; full if one stands there
    downstream_queue_veh exact, in range     in range, without the hidden  full lanes by who stands on its first 20 m
    upstream_range_m     range_m, 150        range_m, 100                  advance_m, 80
    waiting_s            exact               exact                         since its lane's zone was last left
    vehicle_class        exact               exact                         none: no loop knows it, and a run says so
    exit_capacity_veh    of range_m          of range_m                    of advance_m
    arrived_veh, ..green as they come        when first seen, each once    by the advance loop, movement as above
                         within range_m

    While a camera or loops drop out, the vehicles are those that the mean flows of before would have brought, and the
    counts on exits and of arrivals are 0. A controller is not told which sensor it has, nor that it fails.

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
    waiting_s: FloatArray = field(default_factory=_no_numbers)
    vehicle_class: npt.NDArray[np.str_] = field(default_factory=_no_names)
    exit_capacity_veh: FloatArray = field(default_factory=_no_numbers)
    arrived_veh: FloatArray = field(default_factory=_no_numbers)
    arrived_green_veh: FloatArray = field(default_factory=_no_numbers)
    since_green_s: FloatArray = field(default_factory=_no_numbers)

    @cached_property
    def rows(self) -> Sequence[Row]:
        """Each vehicle seen upstream, nearest first."""
        return list(zip(self.distance_m.tolist(), self.movement.tolist(), self.speed_mps.tolist(), strict=True))

    @cached_property
    def exit_queues(self) -> Sequence[float]:
        """`downstream_queue_veh` as a list [m]."""
        queues: list[float] = self.downstream_queue_veh.tolist()
        return queues

    @property
    def exit_occupancy(self) -> FloatArray:
        """Share of each movement's exit [m] that is taken, 0 to 1: `downstream_veh` of `exit_capacity_veh`."""
        share: FloatArray = np.minimum(self.downstream_veh / self.exit_capacity_veh, 1.0)
        return share

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
