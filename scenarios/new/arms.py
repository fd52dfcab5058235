"""The arms of a junction and where they lead: movements by angle, how far stop lines stand.

turned    degrees from straight ahead, clockwise; -180 turns back into the arm
movement  the way nearest to straight ahead, up to STRAIGHT_DEG, is straight; others are left or right of it
"""

import math
from dataclasses import dataclass
from functools import cached_property

from zhasyl.scenarios.new.approaches import Approach
from zhasyl.scenarios.tables.rows import Movement

STRAIGHT_DEG = 45.0
CORNER_M = 6.0  # from the edge of the crossing street to the stop line, over sidewalk and crossing
BACK_DEG = -180.0
TIE_DEG = 1e-6
RIGHT_DEG = 90.0
FLAT_DEG = 179.0  # between arms that go on into each other, which no corner parts

Point = tuple[float, float]
"""Metres east and north."""


@dataclass(frozen=True)
class Arm:
    """A row of the table, with its line; `id` is what its links begin with."""

    line: int
    row: Approach
    site: str
    id: str
    azimuth_deg: float
    centre: Point = (0.0, 0.0)

    def at(self, distance_m: float, aside_m: float = 0.0) -> Point:
        """A point on the arm, or to the right of who drives towards the junction."""
        angle = math.radians(self.azimuth_deg)
        x, y = math.sin(angle), math.cos(angle)
        return self.centre[0] + x * distance_m - y * aside_m, self.centre[1] + y * distance_m + x * aside_m

    @property
    def enters(self) -> bool:
        return bool(self.row.turns)

    @property
    def in_link(self) -> str:
        """The link that ends at the stop line."""
        return f"{self.id}_in"


def turned_deg(arm: Arm, other: Arm) -> float:
    """How far who arrives on an arm turns to leave on another one."""
    if arm is other:
        return BACK_DEG
    return (other.azimuth_deg - arm.azimuth_deg) % 360.0 - 180.0


@dataclass(frozen=True)
class Site:
    """A junction: its arms in the order of the table."""

    id: str
    arms: tuple[Arm, ...]

    @cached_property
    def by_name(self) -> dict[str, Arm]:
        """What rows call an arm to which they lead."""
        return {arm.row.arm: arm for arm in self.arms}

    def ahead(self, arm: Arm) -> Arm | None:
        """The arm straight ahead of another one."""
        others = sorted((abs(turned_deg(arm, other)), n, other) for n, other in enumerate(self.arms) if other != arm)
        if not others or others[0][0] > STRAIGHT_DEG:
            return None
        tied = len(others) > 1 and others[1][0] - others[0][0] < TIE_DEG
        return None if tied else others[0][2]

    def movement(self, arm: Arm, other: Arm) -> Movement:
        """What a turn from one arm to another is called."""
        if arm == other:
            return "u-turn"
        if self.ahead(arm) == other:
            return "straight"
        return "left" if turned_deg(arm, other) < 0 else "right"

    def exits(self, arm: Arm, movement: Movement) -> list[Arm]:
        """The arms to which a movement leads, if somebody may leave there."""
        return [other for other in self.arms if other.row.exit_lanes and self.movement(arm, other) == movement]

    def clockwise(self) -> list[Arm]:
        """The arms by where they lie, from north."""
        return sorted(self.arms, key=lambda arm: arm.azimuth_deg)

    def stop_m(self, arm: Arm) -> float:
        """From the centre to the stop line: beyond the corners with both neighbours."""
        ring = self.clockwise()
        place = ring.index(arm)
        corners_m = [_corner_m(arm, ring[(place + step) % len(ring)]) for step in (-1, 1)]
        return max(0.0, *corners_m) + CORNER_M


def _corner_m(arm: Arm, neighbour: Arm) -> float:
    """How far along an arm its edge meets that of a neighbour; beyond a right angle no farther than at one."""
    between_deg = abs((neighbour.azimuth_deg - arm.azimuth_deg + 180.0) % 360.0 - 180.0)
    if between_deg > FLAT_DEG:
        return 0.0
    angle = math.radians(between_deg)
    meets_m = (neighbour.row.width_m / 2 + arm.row.width_m / 2 * math.cos(angle)) / math.sin(angle)
    return min(meets_m, neighbour.row.width_m / 2) if between_deg > RIGHT_DEG else meets_m


@dataclass(frozen=True)
class Stream:
    """Traffic from an arm to another one, and its lanes there, counted from 1 at the kerb."""

    arm: Arm
    exit: Arm
    movement: Movement
    lanes: tuple[int, ...]
    gives_way: bool = False
    """On a slip lane, which no signal controls."""
