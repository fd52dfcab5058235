"""Boxes that do not overlap: where labels stand on a map. Points (1/72 inch) from the panel's lower left corner."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Box:
    """A box about its middle, turned by an angle."""

    x: float
    y: float
    width: float
    height: float
    degrees: float = 0.0

    def corners(self) -> Floats:
        """[4, 2], in order round the box."""
        turn = math.radians(self.degrees)
        along = np.array([math.cos(turn), math.sin(turn)]) * self.width / 2
        up = np.array([-math.sin(turn), math.cos(turn)]) * self.height / 2
        middle = np.array([self.x, self.y])
        return np.array([middle - along - up, middle + along - up, middle + along + up, middle - along + up])

    def within(self, width: float, height: float) -> bool:
        """Is all of it in a panel of this size?"""
        corners = self.corners()
        return bool((corners >= 0).all() and (corners <= (width, height)).all())


def overlap(one: Box, other: Box) -> bool:
    """Do two boxes share a point? They do not if a side of one of them has the other wholly beyond it."""
    if math.hypot(one.x - other.x, one.y - other.y) > _reach(one) + _reach(other):
        return False
    first, second = one.corners(), other.corners()
    for corners in (first, second):
        for axis in (corners[1] - corners[0], corners[3] - corners[0]):
            a, b = first @ axis, second @ axis
            if a.max() <= b.min() or b.max() <= a.min():
                return False
    return True


def _reach(box: Box) -> float:
    return math.hypot(box.width, box.height) / 2


def placed(wanted: Iterable[Iterable[Box]], taken: Sequence[Box], size: tuple[float, float]) -> Iterator[Box | None]:
    """For each label the first of its candidates that lies in the panel and overlaps nothing; None where none does."""
    used = list(taken)
    for candidates in wanted:
        found = next((box for box in candidates if box.within(*size) and not any(overlap(box, o) for o in used)), None)
        if found is not None:
            used.append(found)
        yield found


def along(points: Sequence[tuple[float, float]], width: float, height: float, gap: float) -> Iterator[Box]:
    """Candidates for a label beside a line: by its longest stretches first, on both sides of each, text upright."""
    ends = sorted(pairwise(points), key=lambda pair: -math.dist(*pair))
    for (x0, y0), (x1, y1) in ends[:3]:
        degrees = math.degrees(math.atan2(y1 - y0, x1 - x0))
        degrees = (degrees + 90) % 180 - 90
        turn = math.radians(degrees)
        away = gap + height / 2
        for part in (0.5, 0.3, 0.7, 0.15, 0.85):
            x, y = x0 + part * (x1 - x0), y0 + part * (y1 - y0)
            for side in (1, -1):
                yield Box(x - side * math.sin(turn) * away, y + side * math.cos(turn) * away, width, height, degrees)
