"""Who waits at red, and who has waited for so long that the sequencer serves them against the controller."""

import math
from collections.abc import Callable, Iterable

import numpy as np
import numpy.typing as npt

from zhasyl.measures import HALTING_SPEED_MPS
from zhasyl.observation import Observation
from zhasyl.signals import Signal
from zhasyl.walks import shown_in, walks


class Waits:
    """Since when each movement, and after them each walk, waits at red: `due` names the stage that must come.

    A movement waits from its first vehicle that stands until none is left before the line, and not for what it was red
    before. With `absent`, for a sensor that can miss a vehicle, it waits all its red but while that vouches for its
    absence. Without push buttons a walk is waited for always.
    """

    def __init__(
        self,
        signal: Signal,
        start_s: float,
        max_red_s: float,
        absent: Callable[[], Iterable[int]] | None = None,
        buttons: bool = False,
    ) -> None:
        self._signal, self._max_red_s, self._absent, self._buttons = signal, max_red_s, absent, buttons
        self._walks = walks(signal)
        self._serves = np.hstack([signal.serves, shown_in(self._walks, signal)])
        self._servable = self._serves.any(axis=0)
        self._red = [_ways(self._servable & ~green) for green in self._serves]
        self._green = [_ways(green) for green in self._serves]
        self._movements = frozenset(range(len(signal.movements)))
        self._red_since_s = [start_s] * self._serves.shape[1]  # or, of vehicles that wait at red, since when
        self._waits = self._movements if absent else frozenset[int]()
        self._looked_s = start_s  # since when a movement may wait that nobody was seen to wait for
        self.show(signal.plan.stages[0], start_s)

    def show(self, stage: int, time_s: float, before: int | None = None) -> None:
        """Another stage follows `before`, whose green ends now."""
        if before is not None:
            for way in self._green[before] - self._green[stage]:
                self._red_since_s[way] = time_s
        self._stage = stage
        self._walk_red_s = min((self._red_since_s[way] for way in self._red[stage] - self._movements), default=math.inf)
        self.first_due_s = self._next_due_s()

    def follow(self, observation: Observation) -> None:
        """Note who is seen."""
        if self._absent:
            for movement in self._absent():
                self._red_since_s[movement] = observation.time_s
            self.first_due_s = self._next_due_s()
            return
        here, standing = set(), set()
        for _, movement, speed_mps in observation.rows:
            here.add(movement)
            if speed_mps < HALTING_SPEED_MPS:
                standing.add(movement)
        green, waited = self._green[self._stage], self._waits
        self._waits = (waited & here | standing) - green
        for movement in self._waits - waited:
            self._red_since_s[movement] = self._looked_s  # it came after the last look
        self._looked_s = observation.time_s
        self.first_due_s = self._next_due_s()

    def _next_due_s(self) -> float:
        """When the first movement or walk that is red now reaches the maximum red."""
        red, since_s = self._red[self._stage], self._red_since_s
        first_s = self._walk_red_s
        if not self._absent and not red.isdisjoint(self._movements):
            first_s = min(first_s, self._looked_s)
        for movement in self._waits:
            if movement in red and since_s[movement] < first_s:
                first_s = since_s[movement]
        return first_s + self._max_red_s

    def due(self, observation: Observation) -> int | None:
        """The stage that must follow because who waits has reached the maximum red, if any."""
        red_s = np.where(self._serves[self._stage], 0.0, observation.time_s - np.array(self._red_since_s))
        due = (red_s >= self._max_red_s) & self._servable
        due &= self._waited_for(observation)
        if not due.any():
            return None
        longest = int(np.argmax(np.where(due, red_s, -1.0)))
        helps = (self._serves & due).sum(axis=1)
        if longest < len(self._movements):
            helps = helps + self._signal.serves_best[:, longest]
        return int(np.argmax(np.where(self._serves[:, longest], helps, -1)))

    def _waited_for(self, observation: Observation) -> npt.NDArray[np.bool_]:
        """Whether somebody waits, or may, for each movement and then each walk."""
        waited_s = [max((observation.calls.get(link, 0.0) for link in walk.links), default=0.0) for walk in self._walks]
        walkers = np.array(waited_s, dtype=float) >= (self._max_red_s if self._buttons else 0.0)
        drivers = np.array([movement in self._waits for movement in range(len(self._movements))], dtype=bool)
        return np.concatenate([drivers, walkers])


def _ways(these: npt.NDArray[np.bool_]) -> frozenset[int]:
    """The places that are true: movements, and after them walks."""
    return frozenset(np.flatnonzero(these).tolist())
