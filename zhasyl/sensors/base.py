"""What a sensor is: it reads a signal's surroundings into the observation a controller gets."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Annotated, Any, ClassVar

import numpy as np
from pydantic import Field

from zhasyl.arrays import FloatArray
from zhasyl.network import Network
from zhasyl.observation import COUNTED, Need, Observation
from zhasyl.parameters import Parameters
from zhasyl.sensors.faults import Historic
from zhasyl.sensors.reading import MORE, Later, Reading
from zhasyl.signals import Signal, read_only
from zhasyl.sumo.simulation import Simulation

STANDING_MPS = 1.0  # slower than this inside a junction: waiting there, not leaving it
SPACING_M = 7.5  # of an exit for each vehicle: a queued one and its gap


class FaultyParameters(Parameters):
    """How a sensor's equipment fails."""

    drop_out: Annotated[float, Field(ge=0, le=1, description="share of time in which the sensor gives nothing")] = 0.0
    stuck: Annotated[
        float, Field(ge=0, le=1, description="share of zones that report a vehicle always or never, for the whole run")
    ] = 0.0


class Sensor(ABC):
    """Reads the surroundings of one signal. Subclasses set `parameters_type` and `_range_m`, write `observe`,
    `with_lanes`, `came` and `_downstream`, and list in `unknown` what they can say nothing of, in words.

    `standing_inside` is no part of the reading: the sequencer's own check that the junction is clear. It is
    exact with every sensor, as the guarantees do not rest on what a controller can see.
    """

    parameters_type: ClassVar[type[Parameters]]
    can_miss: ClassVar[bool] = True  # may a waiting vehicle go unseen? Then maximum red does not ask the sensor
    unknown: ClassVar[Mapping[Need, str]] = {}
    more: tuple[str, ...] = ()
    _counts = False
    _range_m: float

    def __init__(self, simulation: Simulation, network: Network, signal: Signal) -> None:
        self._simulation = simulation
        self._signal = signal
        self._movement = {(m.from_edge, m.to_edge): index for index, m in enumerate(signal.movements)}
        self._lane = {lane: index for index, lane in enumerate(signal.lanes)}
        self._exits = [m.to_edge for m in signal.movements]
        self._inside = {
            link: sorted({edge for c in cs for edge in network.inside(c)})
            for link, cs in network.signal_links.get(signal.id, {}).items()
        }

    def ask_for(self, needs: frozenset[Need]) -> None:
        """From now on tell these, too, as far as it can."""
        self.more = tuple(name for name, _ in MORE if name in needs - self.unknown.keys())
        self._counts = not COUNTED.isdisjoint(needs)

    @cached_property
    def exit_capacity_veh(self) -> FloatArray:
        """Vehicles for which there is room on each exit [m], as far as the sensor looks; one on each lane at least."""
        rooms = [m.exit_lanes * max(min(m.exit_m, self._range_m) / SPACING_M, 1.0) for m in self._signal.movements]
        return read_only(np.array(rooms, dtype=float))

    @abstractmethod
    def observe(self, time_s: float, stage: int, green_s: float) -> Observation:
        """Read the surroundings now, while `stage` has been green for `green_s`."""

    def absent(self) -> Iterable[int]:
        """The movements for which surely nobody waited at the last reading: they need no recall. By default none."""
        return ()

    def standing_inside(self, links: frozenset[int]) -> bool:
        """Does a vehicle stand inside the junction on the way of one of these links?"""
        edges = {edge for link in links for edge in self._inside.get(link, ())}
        simulation = self._simulation
        return any(simulation.speed_mps(v) < STANDING_MPS for edge in edges for v in simulation.vehicles(edge))

    @cached_property
    def _historic(self) -> Historic:
        """What stands in for a sensor that gives nothing."""
        return Historic(self._signal)

    def _nothing(self, clock: tuple[float, int, float], range_m: float) -> Observation:
        """What is told while a sensor is out: the queues that the flows of before make, and nobody on the exits."""
        seen = [(*row, *self._unknown) for row in self._historic.queues(clock, range_m)]
        rows = [(one[0], one[1], one[3]) for one in seen]
        return Reading.of(clock, range_m, len(self._exits), rows, Later(_Out(self), seen))

    @property
    def _unknown(self) -> tuple[Any, ...]:
        """What was asked for of a vehicle that nobody sees."""
        return tuple(0.0 if name == "waiting_s" else "passenger" for name in self.more)

    @abstractmethod
    def with_lanes(self, seen: Any) -> Sequence[tuple[Any, ...]]:
        """(distance in m, movement, lane, speed in m/s, *more) of each vehicle `seen` in the last reading, in order."""

    @abstractmethod
    def came(self, seen: Any, time_s: float) -> Iterable[int]:
        """The movement of each vehicle `seen` that was not in view before; of a sensor that was asked to count."""

    def on_exits(self) -> Sequence[tuple[float, float]]:
        """(vehicles, halted) on the exit of each movement now."""
        counts = {edge: self._downstream(edge) for edge in dict.fromkeys(self._exits)}
        return [counts[edge] for edge in self._exits]

    def exit_queues(self) -> Sequence[float]:
        """The halted of `on_exits` alone, which may cost less."""
        queues = {edge: self._queue(edge) for edge in dict.fromkeys(self._exits)}
        return [queues[edge] for edge in self._exits]

    @abstractmethod
    def _downstream(self, edge: str) -> tuple[float, float]:
        """Vehicles on the first part of an exit, and how many of them are halted."""

    def _queue(self, edge: str) -> float:
        """How many vehicles are halted on the first part of an exit."""
        return self._downstream(edge)[1]


class _Out:
    """What is told of a reading in which a sensor gives nothing."""

    def __init__(self, sensor: Sensor) -> None:
        self.more, self.exit_capacity_veh = sensor.more, sensor.exit_capacity_veh

    def with_lanes(self, seen: Any) -> Sequence[tuple[Any, ...]]:
        found: Sequence[tuple[Any, ...]] = seen
        return found

    def came(self, seen: Any, time_s: float) -> Iterable[int]:
        return ()

    def on_exits(self) -> Sequence[tuple[float, float]]:
        return [(0.0, 0.0)] * len(self.exit_capacity_veh)

    def exit_queues(self) -> Sequence[float]:
        return [0.0] * len(self.exit_capacity_veh)
