"""Vehicles that a camera has lost from sight behind others: their tracks are kept for a while, and moved on.

A tracker predicts where a vehicle is that it cannot see, and drops the track when that has taken too long (A. Bewley
and others, Simple online and realtime tracking, ICIP 2016, 3464-3468, whose T_lost this is). A vehicle on an approach
is not predicted by its speed alone: at red it stops behind those who stand, and at green it stands until the start of
the queue has come back to it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from zhasyl.observation import Row

KEPT_S = 20.0  # a track without a sighting
STANDING_MPS = 1.0
START_WAVE_MPS = 5.0  # the start of a queue moves back at 15 to 20 km/h
ACCELERATION_MPS2 = 2.0
QUEUE_MPS = 8.0  # at which a queue drives off
SPACING_M = 7.5

Whose = tuple[str, str]
"""A vehicle and the approach that it is on."""


@dataclass
class Track:
    """One vehicle: where it is or is taken to be, when that was so and when it was last in sight."""

    row: Row
    approach: str
    time_s: float
    sighted_s: float
    lane: int = -1
    more: tuple[Any, ...] = ()

    def move(self, time_s: float, green_s: float | None, ahead: int) -> None:
        """Bring it to this moment; `green_s` is how long it has had a green, None at red, `ahead` how many stand ahead.

        One that is taken to have crossed the stop line is behind it, at less than 0 m.
        """
        distance_m, movement, speed_mps = self.row
        step_s, self.time_s = time_s - self.time_s, time_s
        if green_s is None or ahead:
            placed_m = max(distance_m - speed_mps * step_s, min(distance_m, ahead * SPACING_M))
            speed_mps = speed_mps if placed_m > ahead * SPACING_M else 0.0
        else:
            if speed_mps < STANDING_MPS and green_s >= distance_m / START_WAVE_MPS:
                speed_mps = STANDING_MPS
            if speed_mps >= STANDING_MPS:
                speed_mps = max(speed_mps, min(speed_mps + ACCELERATION_MPS2 * step_s, QUEUE_MPS))
            placed_m = distance_m - speed_mps * step_s
        self.row = (placed_m, movement, speed_mps)


class Tracks:
    """All tracks of one camera; `serves` says which movement is green in which stage [stage, movement]."""

    def __init__(self, serves: npt.NDArray[np.bool_]) -> None:
        self._serves: list[list[bool]] = serves.tolist()
        self._tracks: dict[str, Track] = {}
        self._clock = (0.0, 0, 0.0)

    def clear(self) -> None:
        """Forget all."""
        self._tracks.clear()

    def look(self, clock: tuple[float, int, float], seen: Iterable[tuple[Row, Whose]], left: Iterable[str]) -> None:
        """Take in the moment (time in s, stage, green in s): who is in sight now, and who was seen to leave."""
        self._clock = clock
        time_s, stage, green_s = clock
        standing: list[Row] = []
        for row, (vehicle, approach) in seen:
            known = self._tracks.get(vehicle)
            if known is None:
                self._tracks[vehicle] = Track(row, approach, time_s, time_s)
            else:
                known.row, known.approach, known.time_s, known.sighted_s = row, approach, time_s, time_s
            if row[2] < STANDING_MPS:
                standing.append(row)
        for vehicle in left:
            self._tracks.pop(vehicle, None)
        for vehicle, track in list(self._tracks.items()):
            if track.sighted_s < time_s:
                distance_m, movement, _ = track.row
                ahead = sum(one[1] == movement and one[0] < distance_m for one in standing)
                track.move(time_s, green_s if self._serves[stage][movement] else None, ahead)
                if track.row[0] < 0 or time_s - track.sighted_s > KEPT_S:
                    del self._tracks[vehicle]

    def known(self) -> Sequence[str]:
        """The vehicles with a track."""
        return list(self._tracks)

    def hidden(self) -> list[tuple[Row, Whose]]:
        """Where those are taken to be that are out of sight now."""
        time_s = self._clock[0]
        return [(t.row, (name, t.approach)) for name, t in self._tracks.items() if t.sighted_s < time_s]

    def describe(self, vehicle: str, lane: int, more: tuple[Any, ...]) -> None:
        """What else was seen of a vehicle in sight."""
        track = self._tracks.get(vehicle)
        if track is not None:
            track.lane, track.more = lane, more

    def described(self, vehicle: str) -> Track | None:
        """The track of a vehicle that is out of sight; none for one in sight."""
        track = self._tracks.get(vehicle)
        return track if track is not None and track.sighted_s < self._clock[0] else None
