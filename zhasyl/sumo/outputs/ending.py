"""What only the running simulation knows when a run ends, asked for once before it is closed."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class VehicleType:
    """A vehicle type as SUMO has it; its `speed_mps` is the fastest it can drive."""

    length_m: float
    speed_mps: float
    vehicle_class: str


@dataclass(frozen=True)
class Ending:
    """The end of a simulation.

    time_s    the clock, `step_s` after the last step
    loaded    vehicles that SUMO has read from the demand so far
    waiting   of them those that wait to be let in
    routes    the edges that those who wait to be let in are to drive; its two ends alone where SUMO has found none yet
    ahead     of them those that neither drive nor wait to: it is not their time yet, or nobody has fetched them
    """

    time_s: float
    step_s: float
    loaded: int
    waiting: frozenset[str] = frozenset()
    ahead: frozenset[str] = frozenset()
    routes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    types: Mapping[str, VehicleType] = field(default_factory=dict)
