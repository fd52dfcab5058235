"""One approach lane under its two loops: the queue that their counts tell of."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from zhasyl.observation import Row

SPACING_M = 7.5  # a queued vehicle and its gap
STANDING_S = 3.0  # a zone that nobody has left for this long holds standing vehicles
ROOM_S = 5.0  # room in a zone for this long: nobody waits behind it; a queue that drives off leaves shorter gaps
READING_S = 1.0  # who is in the zone for the first time came in half of this ago on average
HEADWAY_S = 2.0  # between two vehicles of a queue that drives off
START_S = 1.0  # one after the other the vehicles of a queue start
SLOWEST_MPS = 6.0  # who passes slower is taken to close up to the queue at this speed


@dataclass
class Passage:
    """A vehicle as the loops know it: the movement it was given, and where and when it was last detected."""

    movement: int
    time_s: float
    distance_m: float
    speed_mps: float

    def expected_m(self, time_s: float) -> float:
        """Its distance from the stop line if it kept the speed of its passage."""
        return self.distance_m - self.speed_mps * (time_s - self.time_s)


@dataclass
class LoopLane:
    """The two detectors of one approach lane and what they have counted."""

    movements: tuple[int, ...]
    stop_m: float
    advance_m: float
    stuck_stop: bool | None
    stuck_advance: bool | None
    zone: dict[str, Passage] = field(default_factory=dict)
    coming: deque[Passage] = field(default_factory=deque)
    counted: int = 0
    gone: int = 0
    left_s: float = float("-inf")
    room_since_s: float = float("inf")
    driving_since_s: float = float("inf")

    def clear(self) -> None:
        """Forget what was counted."""
        self.zone.clear()
        self.coming.clear()
        self.left_s = float("-inf")
        self.room_since_s = self.driving_since_s = float("inf")

    def pass_advance(self, time_s: float, distance_m: float, speed_mps: float) -> None:
        """The advance loop counts a vehicle."""
        self.coming.append(Passage(self._turn(), time_s, distance_m, max(speed_mps, SLOWEST_MPS)))

    def count_zone(self, time_s: float, inside: list[tuple[str, float]], passed: int) -> None:
        """Bring the stop-line zone up to date.

        inside: the vehicles in it and their speeds, nearest to the line first
        passed: how many drove through it since the last reading
        """
        now = dict(inside)
        gone = [vehicle for vehicle in self.zone if vehicle not in now]
        for vehicle in gone:
            del self.zone[vehicle]
        for _ in range(min(passed, len(self.coming))):
            self.coming.popleft()
        self.gone = len(gone) + passed
        self.left_s = time_s if self.gone else self.left_s
        for vehicle, speed_mps in inside:
            if vehicle not in self.zone:
                movement = self.coming.popleft().movement if self.coming else self._turn()
                driven_mps = max(speed_mps, SLOWEST_MPS)
                self.zone[vehicle] = Passage(movement, time_s - READING_S / 2, self.stop_m, driven_mps)

    def _turn(self) -> int:
        movement = self.movements[self.counted % len(self.movements)]
        self.counted += 1
        return movement

    def seen(self, time_s: float) -> list[Row]:
        """The vehicles reconstructed from both detectors."""
        nobody_leaves = time_s - self.left_s >= STANDING_S
        seen: list[Row] = []
        for place, one in enumerate(self.zone.values()):
            stands = nobody_leaves and time_s - one.time_s >= STANDING_S
            distance_m = min(max(one.expected_m(time_s), place * SPACING_M), self.stop_m)
            seen.append((distance_m, one.movement, 0.0 if stands else one.speed_mps))
        stands = bool(seen) and all(speed_mps == 0 for _, _, speed_mps in seen)
        room = not seen or (stands and len(seen) < self.stop_m // SPACING_M)
        self.room_since_s = min(self.room_since_s, time_s) if room else float("inf")
        if time_s - self.room_since_s >= ROOM_S:
            self.coming = deque(one for one in self.coming if one.expected_m(time_s) > self.stop_m)
        self.driving_since_s = float("inf") if stands else min(self.driving_since_s, time_s - self.gone * HEADWAY_S)
        back_m = self.stop_m
        for place, one in enumerate(self.coming, len(seen)):
            free = one.expected_m(time_s) > back_m
            started = time_s - self.driving_since_s >= place * START_S
            distance_m = min(max(one.expected_m(time_s), back_m), max(self.advance_m, self.stop_m))
            seen.append((distance_m, one.movement, one.speed_mps if free or started else 0.0))
            back_m = distance_m + SPACING_M
        return [*seen, *self._stuck_on()]

    def waits_s(self, time_s: float, seen: Sequence[Row], began_s: float) -> list[float]:
        """How long each of those `seen` has stood: since it came to its place, or somebody left the zone after that."""
        found = []
        for one, (distance_m, _, speed_mps) in zip([*self.zone.values(), *self.coming], seen, strict=False):
            came_s = one.time_s + max(one.distance_m - distance_m, 0.0) / one.speed_mps
            found.append(0.0 if speed_mps else max(time_s - max(came_s, self.left_s), 0.0))
        return found + [time_s - began_s] * (len(seen) - len(found))

    def _stuck_on(self) -> list[Row]:
        at = ((self.stuck_stop, 0.0), (self.stuck_advance, self.advance_m))
        return [(place_m, self.movements[0], 0.0) for stuck, place_m in at if stuck]
