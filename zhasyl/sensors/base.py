"""What a sensor is: it reads a signal's surroundings into the observation a controller gets."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, ClassVar

import numpy as np
from pydantic import Field

from zhasyl.network import Network
from zhasyl.observation import Observation
from zhasyl.parameters import Parameters
from zhasyl.signals import Signal, read_only
from zhasyl.sumo.simulation import Simulation

STANDING_MPS = 1.0  # slower than this inside a junction: waiting there, not leaving it

Seen = tuple[float, int, float]
"""(distance in m, movement, speed in m/s) of one vehicle upstream."""


class FaultyParameters(Parameters):
    """How a sensor's equipment fails."""

    drop_out: Annotated[float, Field(ge=0, le=1, description="share of time in which the sensor gives nothing")] = 0.0
    stuck: Annotated[
        float, Field(ge=0, le=1, description="share of zones that report a vehicle always or never, for the whole run")
    ] = 0.0


class Sensor(ABC):
    """Reads the surroundings of one signal. Subclasses set `parameters_type` and write `observe`.

    `standing_inside` is no part of the reading: the sequencer's own check that the junction is clear. It is
    exact with every sensor, as the guarantees do not rest on what a controller can see.
    """

    parameters_type: ClassVar[type[Parameters]]
    can_miss: ClassVar[bool] = True  # may a waiting vehicle go unseen? Then maximum red does not ask the sensor

    def __init__(self, simulation: Simulation, network: Network, signal: Signal) -> None:
        self._simulation = simulation
        self._movement = {(m.from_edge, m.to_edge): index for index, m in enumerate(signal.movements)}
        self._lane = {lane: index for index, lane in enumerate(signal.lanes)}
        self._exits = [m.to_edge for m in signal.movements]
        self._inside = {
            link: sorted({edge for c in cs for edge in network.inside(c)})
            for link, cs in network.signal_links.get(signal.id, {}).items()
        }

    @abstractmethod
    def observe(self, time_s: float, stage: int, green_s: float) -> Observation:
        """Read the surroundings now, while `stage` has been green for `green_s`."""

    def standing_inside(self, links: frozenset[int]) -> bool:
        """Does a vehicle stand inside the junction on the way of one of these links?"""
        edges = {edge for link in links for edge in self._inside.get(link, ())}
        simulation = self._simulation
        return any(simulation.speed_mps(v) < STANDING_MPS for edge in edges for v in simulation.vehicles(edge))

    def _observation(
        self,
        clock: tuple[float, int, float],
        range_m: float,
        upstream: Iterable[tuple[Any, ...]] = (),
        downstream: Mapping[str, tuple[float, float]] | None = None,
    ) -> Observation:
        """An observation of (distance, movement, lane, speed, ...) vehicles and (vehicles, halted) by exit edge."""
        seen = sorted(upstream)
        counts = {} if downstream is None else downstream
        return Observation(
            time_s=clock[0],
            stage=clock[1],
            green_s=clock[2],
            movement=read_only(np.array([one[1] for one in seen], dtype=np.intp)),
            lane=read_only(np.array([one[2] for one in seen], dtype=np.intp)),
            distance_m=read_only(np.array([one[0] for one in seen], dtype=float)),
            speed_mps=read_only(np.array([one[3] for one in seen], dtype=float)),
            downstream_veh=read_only(np.array([counts.get(edge, (0, 0))[0] for edge in self._exits], dtype=float)),
            downstream_queue_veh=read_only(
                np.array([counts.get(edge, (0, 0))[1] for edge in self._exits], dtype=float)
            ),
            upstream_range_m=range_m,
        )
