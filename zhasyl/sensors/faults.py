"""Detectors that have failed, noticed by what they count, and what stood on the approaches on average in their place.

silent     more vehicles have passed the one detector of a lane than there is room for before the other, which has
           counted none: the balance of flow over a link as a check of its detectors (L. N. Jacobson, N. L. Nihan,
           J. D. Bender, Detecting erroneous loop detector data in a freeway traffic management system, Transportation
           Research Record 1287 (1990) 151-166, for thresholds on what is possible)
stuck on   it has reported a vehicle for longer than any red lasts
historic   while a signal's sensor gives nothing at all: the queue that the flows of before would have made since,
           less what its greens let go
"""

from collections.abc import Sequence
from dataclasses import dataclass

from zhasyl.observation import Row
from zhasyl.signals import Signal

STUCK_ON_S = 300.0  # twice the maximum red and a long green
MEMORY_S = 600.0  # over which flows are averaged
SATURATION_VPS = 0.5  # of a lane that discharges
LOST_S = 2.0  # at the start of a green
SPACING_M = 7.5


@dataclass
class Watch:
    """Watches one detector by the vehicles that another one counts on the same lane."""

    limit_veh: int  # which may pass the other one in a row without being counted here
    unseen_veh: int = 0

    def elsewhere(self) -> None:
        """The other detector has counted a vehicle."""
        self.unseen_veh += 1

    def here(self) -> None:
        """This one has."""
        self.unseen_veh = 0

    @property
    def failed(self) -> bool:
        """Has it missed more than it can?"""
        return self.unseen_veh > self.limit_veh


class Historic:
    """The mean flow of each movement, and the queues that it makes while nothing is seen."""

    def __init__(self, signal: Signal) -> None:
        self._serves: list[list[bool]] = signal.serves.tolist()
        places = {lane: index for index, lane in enumerate(signal.lanes)}
        self._lanes = [
            [places[m.from_edge, lane] for lane in m.from_lanes if (m.from_edge, lane) in places] or [-1]
            for m in signal.movements
        ]
        self._flow_vps = [0.0] * len(self._lanes)
        self._queue_veh = [0.0] * len(self._lanes)
        self._learnt_s = 0.0
        self._time_s: float | None = None

    def learn(self, time_s: float, rows: Sequence[Row], range_m: float) -> None:
        """Take in what is seen: the sum of speeds over the length seen is a flow (Edie 1963)."""
        flow_vps, self._queue_veh = [0.0] * len(self._flow_vps), [0.0] * len(self._flow_vps)
        for _, movement, speed_mps in rows:
            flow_vps[movement] += speed_mps / range_m
            self._queue_veh[movement] += 1.0
        step_s = self._since_s(time_s)
        self._learnt_s = min(self._learnt_s + step_s, MEMORY_S)
        renewed = min(step_s / self._learnt_s, 1.0) if self._learnt_s else 1.0  # a plain mean until then
        self._flow_vps = [old + renewed * (new - old) for old, new in zip(self._flow_vps, flow_vps, strict=True)]

    def queues(self, clock: tuple[float, int, float], range_m: float) -> list[tuple[float, int, int, float]]:
        """(distance in m, movement, lane, speed in m/s) of who would stand there now, nearest first.

        clock: time in s, the stage that is green and how long it has been so
        """
        time_s, stage, green_s = clock
        step_s, found = self._since_s(time_s), []
        for movement, lanes in enumerate(self._lanes):
            queue_veh = self._queue_veh[movement] + step_s * self._flow_vps[movement]
            if self._serves[stage][movement] and green_s > LOST_S:
                queue_veh -= step_s * SATURATION_VPS * len(lanes)
            most_veh = len(lanes) * max(range_m / SPACING_M, 1.0)
            self._queue_veh[movement] = min(max(queue_veh, 0.0), most_veh)
            for place in range(int(self._queue_veh[movement])):
                row, lane = divmod(place, len(lanes))
                found.append((min(row * SPACING_M, range_m), movement, lanes[lane], 0.0))
        return sorted(found)

    def _since_s(self, time_s: float) -> float:
        since_s = 0.0 if self._time_s is None else time_s - self._time_s
        self._time_s = time_s
        return since_s
