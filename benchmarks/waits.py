"""The longest red of a movement while a vehicle waits, watched beside a run by SUMO's own account of its vehicles."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from zhasyl.measures import HALTING_SPEED_MPS
from zhasyl.signals import Signal
from zhasyl.sumo.simulation import SumoSimulation

NEAR_M = 100.0  # a vehicle farther from the line is not yet seen as one that waits for it
OPEN = frozenset("Ggs")  # 's': after a stop a vehicle may go

Movement = tuple[str, int]


@dataclass(frozen=True)
class Longest:
    """A red, in seconds from its first waiting vehicle, and where and when it had lasted that long."""

    red_s: float = 0.0
    signal: str = ""
    movement: str = ""
    time_s: float = 0.0


class Waits:
    """Reds of movements (signal, index) that somebody waits for, from the first vehicle that halts to the green."""

    def __init__(self) -> None:
        self._since_s: dict[Movement, float] = {}
        self.longest_s: dict[Movement, tuple[float, float]] = {}
        """Movement → the longest such red and when it had lasted that long."""

    def note(self, time_s: float, present: Iterable[Movement], halted: Iterable[Movement]) -> None:
        """At this time vehicles are before the red of `present`, and some that stand before that of `halted`."""
        self._since_s = {movement: self._since_s[movement] for movement in present if movement in self._since_s}
        for movement in halted:
            red_s = time_s - self._since_s.setdefault(movement, time_s)
            if red_s > self.longest_s.get(movement, (0.0, 0.0))[0]:
                self.longest_s[movement] = red_s, time_s


class WatchedSimulation(SumoSimulation):
    """A simulation that stops each second and notes who waits. Set `signals` before it is made."""

    signals: ClassVar[Mapping[str, Signal]] = {}
    latest: ClassVar[Waits]

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._edges = sorted({m.from_edge for signal in self.signals.values() for m in signal.movements})
        self._movement = {
            (name, link): index
            for name, signal in self.signals.items()
            for index, movement in enumerate(signal.movements)
            for link in movement.links
        }
        type(self).latest = self._waits = Waits()

    def step(self, until_s: float) -> None:
        while self.time_s() + 1.0 < until_s:
            super().step(self.time_s() + 1.0)
            self._note()
        super().step(until_s)
        self._note()

    def _note(self) -> None:
        shown = {name: self._sumo.trafficlight.getRedYellowGreenState(name) for name in self.signals}
        present, halted = set(), set()
        for edge in self._edges:
            for vehicle in self.vehicles(edge):
                movement = self._waits_for(vehicle, shown)
                if movement is not None:
                    present.add(movement)
                    if self.speed_mps(vehicle) < HALTING_SPEED_MPS:
                        halted.add(movement)
        self._waits.note(self.time_s(), present, halted)

    def _waits_for(self, vehicle: str, shown: Mapping[str, str]) -> Movement | None:
        """The movement that a vehicle is near the line of, if it has red on all its links."""
        ahead = self._sumo.vehicle.getNextTLS(vehicle)
        if not ahead or ahead[0][0] not in shown or ahead[0][2] > NEAR_M:
            return None
        signal, link = ahead[0][:2]
        index = self._movement.get((signal, link))
        if index is None:
            return None
        links = self.signals[signal].movements[index].links
        return None if any(shown[signal][own] in OPEN for own in links) else (signal, index)


def longest(waits: Waits, signals: Mapping[str, Signal]) -> list[Longest]:
    """Each movement's longest red with a vehicle waiting, the longest first."""
    found = []
    for (signal, index), (red_s, time_s) in waits.longest_s.items():
        movement = signals[signal].movements[index]
        found.append(Longest(red_s, signal, f"{movement.from_edge} → {movement.to_edge}", time_s))
    return sorted(found, key=lambda one: -one.red_s)
