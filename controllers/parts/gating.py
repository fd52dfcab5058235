"""Gating: while an area of signals is fuller than it works best, who enters it from outside counts for less.

An area beyond the occupancy at which most trips end serves fewer vehicles the more are let in, and in short blocks it
locks. Vehicles that wait at its edge cost as much time as those inside, but block nobody.

area         signals joined by roads of at most 1,000 m without another signal on them
occupancy    vehicles on the roads between its signals, as far as its signals see them, over those that would fill them;
             each signal tells what it sees on its exits when it decides, and takes the others' last word; the mean over
             some time, exponentially smoothed
entering     movements that come from no signal and lead onto such a road

Source: C. F. Daganzo, Urban gridlock: macroscopic modeling and mitigation approaches, Transp. Res. B 41 (2007) 49-62;
M. Keyvan-Ekbatani et al., Exploiting the fundamental diagram of urban networks for feedback-based gating, Transp. Res.
B 46 (2012) 1393-1403. They meter vehicles by feedback; here entering is weighed down, and a maximum red stays.
"""

import math
from collections.abc import Mapping

import numpy as np

from zhasyl.arrays import FloatArray
from zhasyl.controllers.parts.region import members
from zhasyl.controllers.parts.rollout import SPACING_M
from zhasyl.observation import Area
from zhasyl.signals import Signal

FREE = 0.15  # occupancy up to which all count alike
FULL = 2.0  # times it: from there on who enters counts
LEAST = 0.2  # for so little
MEMORY_S = 60.0  # a platoon between two signals fills no area


class AreaOccupancy:
    """What the signals of an area told last, and the mean of it over time; up to `free` all count alike."""

    def __init__(self, free: float = FREE) -> None:
        self._free = free
        self._told: dict[str, tuple[float, float]] = {}
        self._vehicles, self._holds_veh = 0.0, 0.0  # what all told
        self._mean, self._time_s = 0.0, -math.inf

    def tell(self, signal: str, vehicles: float, holds_veh: float, time_s: float) -> None:
        """A signal sees so many vehicles on roads to other signals, which so many would fill."""
        before, held_veh = self._told.get(signal, (0.0, 0.0))
        self._told[signal] = vehicles, holds_veh
        self._vehicles += vehicles - before
        self._holds_veh += holds_veh - held_veh
        renewed = 1.0 - math.exp((self._time_s - time_s) / MEMORY_S)
        self._mean += renewed * (self._vehicles / self._holds_veh - self._mean)
        self._time_s = time_s

    def entering(self) -> float:
        """What a vehicle that enters counts, 1 to LEAST."""
        return min(max((FULL - self._mean / self._free) / (FULL - 1.0), LEAST), 1.0)


class Gate:
    """One signal of an area; `within` are its movements onto roads to other signals."""

    def __init__(self, signal: Signal, within: set[int], area: AreaOccupancy) -> None:
        self._signal, self._area = signal.id, area
        by_exit = {signal.movements[m].to_edge: m for m in sorted(within)}
        self._exits = sorted(by_exit.values())
        self._roads = [(signal.movements[m].exit_lanes, signal.movements[m].exit_m) for m in self._exits]
        self._range_m, self._holds_veh = -1.0, 0.0
        self.entering = np.array(
            [m for m in sorted(within) if math.isinf(signal.movements[m].from_signal_m)], dtype=np.intp
        )

    def weight(self, downstream_veh: FloatArray, range_m: float, time_s: float) -> float:
        """What a vehicle counts in the movements `entering`, with what is seen now on the exits [m]."""
        if range_m != self._range_m:
            seen_m = ((lanes, min(exit_m, range_m)) for lanes, exit_m in self._roads)
            self._range_m, self._holds_veh = range_m, sum(max(lanes * m / SPACING_M, 1.0) for lanes, m in seen_m)
        veh = downstream_veh.tolist()
        self._area.tell(self._signal, sum([veh[m] for m in self._exits]), self._holds_veh, time_s)
        return self._area.entering()


def gates(area: Area, free: float = FREE) -> Mapping[str, Gate]:
    """The gate of each signal with a road to another one; `free` as in `AreaOccupancy`."""
    within: dict[str, set[int]] = {}
    for link in area.links:
        within.setdefault(link.from_signal, set()).update(link.from_movements)
    first = members(area.signals, ((link.from_signal, link.to_signal) for link in area.links))
    areas = {name: AreaOccupancy(free) for name in set(first.values())}
    return {name: Gate(area.signals[name], own, areas[first[name]]) for name, own in within.items()}
