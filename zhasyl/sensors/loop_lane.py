"""One approach lane under its two loops: the queue that their counts tell of.

Between the loops stands who has passed the first and not yet the second: the balance of what comes in and goes out
(A. Sharma, D. M. Bullock, J. A. Bonneson, Input-output and hybrid techniques for real-time prediction of delay and
maximum queue length at signalized intersections, Transportation Research Record 2035 (2007) 69-80). Counts drift, as
vehicles change lanes between the loops: the balance is kept over the lanes of an approach, and set right where a
detector shows that it is wrong, as when the zone has room or the queue stands on the advance loop (G. Vigos,
M. Papageorgiou, Y. Wang, Real-time estimation of vehicle-count within signalized links, Transportation Research C 16
(2008) 18-35).
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from zhasyl.observation import Row
from zhasyl.sensors.faults import LOST_S, STUCK_ON_S, Watch
from zhasyl.sensors.shares import Shares

SPACING_M = 7.5  # a queued vehicle and its gap
LONGEST_SPACING_M = 10.0  # on average, with trucks in a queue
STANDING_S = 3.0  # a zone that nobody has left for this long holds standing vehicles
ROOM_S = 5.0  # room in a zone for this long: nobody waits behind it; a queue that drives off leaves shorter gaps
READING_S = 1.0  # who is in the zone for the first time came in half of this ago on average
HEADWAY_S = 2.0  # between two vehicles of a queue that drives off
START_S = 1.0  # one after the other the vehicles of a queue start
REACTION_S = 4.0  # who is first and stays so long at green cannot go
SLOWEST_MPS = 6.0  # who passes slower is taken to close up to the queue at this speed
EARLY_M = 15.0  # who is expected this near the zone may be in it
LAST_VEH = 8  # who left a lane last
UNANNOUNCED_VEH = 15  # a stop-line zone counts at most so many in a row that have changed to its lane between the loops
NEVER_S = float("inf")


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
    """The two detectors of one approach lane and what they have counted.

    movements  that the lane leads to, each once; `turns` has their shares
    alone      no other lane has the same advance loop
    beside     the lanes of the same approach, between which vehicles change
    crossing   when the last ones left the zone
    missed     vehicles in the zone that had not passed the advance loop: a lane beside has so many too many
    """

    movements: tuple[int, ...]
    turns: Shares
    stop_m: float
    advance_m: float
    stuck_stop: bool | None
    stuck_advance: bool | None
    alone: bool = True
    beside: tuple["LoopLane", ...] = ()
    zone: dict[str, Passage] = field(default_factory=dict)
    coming: deque[Passage] = field(default_factory=deque)
    crossing: deque[float] = field(default_factory=lambda: deque(maxlen=LAST_VEH))
    missed: int = 0
    gone: int = 0
    left_s: float = -NEVER_S
    room_since_s: float = NEVER_S
    driving_since_s: float = NEVER_S
    occupied_since_s: float = NEVER_S
    watched_since_s: float | None = None
    let_go_s: float = -NEVER_S

    def __post_init__(self) -> None:
        self.zone_watch = Watch(self.most_between + int(self.stop_m // SPACING_M))
        self.advance_watch = Watch(UNANNOUNCED_VEH)

    def clear(self) -> None:
        """Forget what was counted."""
        self.zone.clear()
        self.coming.clear()
        self.crossing.clear()
        self.missed = 0
        self.left_s = -NEVER_S
        self.room_since_s = self.driving_since_s = self.occupied_since_s = NEVER_S

    @property
    def most_between(self) -> int:
        """How many vehicles there are between the loops at most."""
        return int((self.advance_m - self.stop_m) // SPACING_M) + 2

    def pass_advance(self, time_s: float, distance_m: float, speed_mps: float) -> None:
        """The advance loop counts a vehicle."""
        self.coming.append(Passage(self._turn(), time_s, distance_m, max(speed_mps, SLOWEST_MPS)))
        self.zone_watch.elsewhere()
        self.advance_watch.here()

    def occupy_advance(self, time_s: float, occupied: bool) -> None:
        """A vehicle stands on the advance loop, or none does."""
        self.occupied_since_s = min(self.occupied_since_s, time_s) if occupied else NEVER_S

    def count_zone(self, time_s: float, inside: list[tuple[str, float]], passed: int) -> int:
        """Bring the stop-line zone up to date; answers how many have come into it.

        inside: the vehicles in it and their speeds, nearest to the line first
        passed: how many drove through it since the last reading
        """
        now = dict(inside)
        gone = [vehicle for vehicle in self.zone if vehicle not in now]
        for vehicle in gone:
            del self.zone[vehicle]
        for _ in range(passed):
            self._who_came(time_s)
        self.gone = len(gone) + passed
        self.crossing.extend([time_s] * self.gone)
        self.left_s = time_s if self.gone else self.left_s
        came = [(vehicle, speed_mps) for vehicle, speed_mps in inside if vehicle not in self.zone]
        for vehicle, speed_mps in came:
            driven_mps = max(speed_mps, SLOWEST_MPS)
            self.zone[vehicle] = Passage(self._who_came(time_s), time_s - READING_S / 2, self.stop_m, driven_mps)
            self.zone_watch.here()
            self.advance_watch.elsewhere()
        return len(came) + passed

    def stays(self, time_s: float, green_s: float, held: Sequence[int]) -> None:
        """The lane's green frees its movements but those `held`: if its first vehicle stays, it is of these."""
        head = next(iter(self.zone.values()), None)
        if head is not None and head.movement not in held:
            stood_s = min(green_s, time_s - max(self.left_s, head.time_s))
            if stood_s >= REACTION_S:
                head.movement = held[0]

    def let_go(self, time_s: float, green_s: float, green: bool) -> None:
        """Without a zone, who is due at the stop line leaves a headway after the one before while the lane is green."""
        due = self.coming and self.coming[0].expected_m(time_s) <= 0
        if green and green_s > LOST_S and due and time_s - self.let_go_s >= HEADWAY_S:
            self.coming.popleft()
            self.let_go_s = self.left_s = time_s

    def _who_came(self, time_s: float) -> int:
        """Take the one who has come into the zone from those between the loops; the movement it was given.

        The next of this lane if it is due; else one that is overdue in a lane beside whose zone has room, where it
        would have come by now; else the next of this lane after all; else the last of a queue beside.
        """
        if not self.coming or not self._due(time_s):
            astray = [lane for lane in self.beside if lane.room_since_s < NEVER_S and lane._due(time_s)]
            if astray:
                min(astray, key=lambda lane: lane.coming[0].expected_m(time_s)).coming.popleft()
                return self._turn()
        if self.coming:
            return self.coming.popleft().movement
        queued = [lane for lane in self.beside if lane.coming and lane.coming[-1].expected_m(time_s) < self.stop_m]
        if queued:
            max(queued, key=lambda lane: len(lane.coming)).coming.pop()
        else:
            self.missed += 1
        return self._turn()

    def _due(self, time_s: float) -> bool:
        return bool(self.coming) and self.coming[0].expected_m(time_s) <= self.stop_m + EARLY_M

    def _turn(self) -> int:
        return self.movements[self.turns.next()]

    def seen(self, time_s: float) -> list[Row]:
        """The vehicles reconstructed from both detectors."""
        nobody_leaves = time_s - self.left_s >= STANDING_S
        seen: list[Row] = []
        for place, one in enumerate(self.zone.values()):
            stands = nobody_leaves and time_s - one.time_s >= STANDING_S
            distance_m = min(max(one.expected_m(time_s), place * SPACING_M), self.stop_m)
            seen.append((distance_m, one.movement, 0.0 if stands else one.speed_mps))
        if self.zone_watch.failed:
            while len(self.coming) > self.zone_watch.limit_veh:
                self.coming.popleft()
            return [*self._between(time_s, 0.0, 0), *self._stuck_on(time_s)]
        stands = bool(seen) and all(speed_mps == 0 for _, _, speed_mps in seen)
        self._set_right(time_s, not seen or (stands and len(seen) < self.stop_m // SPACING_M), stands)
        self.driving_since_s = NEVER_S if stands else min(self.driving_since_s, time_s - self.gone * HEADWAY_S)
        return [*seen, *self._between(time_s, self.stop_m, len(seen)), *self._stuck_on(time_s)]

    def _between(self, time_s: float, back_m: float, ahead: int) -> list[Row]:
        """Those who have passed the advance loop, behind a queue of so many `ahead` that ends at `back_m`."""
        seen: list[Row] = []
        for place, one in enumerate(self.coming, ahead):
            free = one.expected_m(time_s) > back_m
            started = time_s - self.driving_since_s >= place * START_S
            distance_m = min(max(one.expected_m(time_s), back_m), max(self.advance_m, self.stop_m))
            seen.append((distance_m, one.movement, one.speed_mps if free or started else 0.0))
            back_m = distance_m + SPACING_M
        return seen

    def _set_right(self, time_s: float, room: bool, stands: bool) -> None:
        """Correct the balance where a detector shows that it is wrong."""
        self.room_since_s = min(self.room_since_s, time_s) if room else NEVER_S
        if time_s - self.room_since_s >= ROOM_S:
            self.missed = 0
            while self.coming and self.coming[0].expected_m(time_s) <= self.stop_m:
                self._astray(self.coming.popleft())
        while self.stuck_stop is None and len(self.coming) > self.most_between:
            self._astray(self.coming.popleft())
        if stands and self.alone and time_s - self.occupied_since_s >= STANDING_S:
            missing = int((self.advance_m - self.stop_m) // LONGEST_SPACING_M) - len(self.coming)
            for _ in range(missing):
                self.coming.append(Passage(self._turn(), time_s - STANDING_S, self.stop_m, SLOWEST_MPS))

    def _astray(self, one: Passage) -> None:
        """One that is not in this lane has changed to one beside: it was counted there, or stands behind its zone."""
        counted = [lane for lane in self.beside if lane.missed]
        if counted:
            counted[0].missed -= 1
            return
        queued = [lane for lane in self.beside if lane.room_since_s == NEVER_S and lane.zone and lane._has_place()]
        if queued:
            lane = min(queued, key=lambda lane: len(lane.coming))
            lane.coming.append(Passage(lane._turn(), one.time_s, one.distance_m, one.speed_mps))

    def _has_place(self) -> bool:
        return len(self.coming) < self.most_between

    def waits_s(self, time_s: float, seen: Sequence[Row], began_s: float) -> list[float]:
        """How long each of those `seen` has stood: since it came to its place, or somebody left the zone after that."""
        found = []
        for one, (distance_m, _, speed_mps) in zip([*self.zone.values(), *self.coming], seen, strict=False):
            came_s = one.time_s + max(one.distance_m - distance_m, 0.0) / one.speed_mps
            found.append(0.0 if speed_mps else max(time_s - max(came_s, self.left_s), 0.0))
        return found + [time_s - began_s] * (len(seen) - len(found))

    def _stuck_on(self, time_s: float) -> list[Row]:
        """Whom detectors show that are stuck on, until it is noticed."""
        began_s = self.watched_since_s = time_s if self.watched_since_s is None else self.watched_since_s
        if time_s - began_s >= STUCK_ON_S:
            return []
        at = (
            (self.stuck_stop and not self.zone_watch.failed, 0.0),
            (self.stuck_advance and not self.advance_watch.failed, self.advance_m),
        )
        return [(place_m, self.movements[0], 0.0) for stuck, place_m in at if stuck]
