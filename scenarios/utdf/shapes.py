"""Where links lie: the line from node to node, moved to the right for its lanes, cut into pieces, with its slope.

A curve is Bézier's: Synchro writes the control point near each end into that end's link, so that a link has one and its
reverse the other. All lines are in metres, in the direction of traffic.
"""

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from scipy.sparse import lil_matrix
from scipy.sparse.linalg import lsqr

from zhasyl.scenarios.utdf.town import Link, Town

Point = tuple[float, float]
Line = list[Point]
POINTS_OF_A_CURVE = 12


def centre_line(town: Town, link: Link) -> Line:
    """From node to node, with its curve."""
    begin, end = town.places[link.up].xy, town.places[link.node].xy
    reverse = town.links.get((link.node, link.up))
    controls = [point for point in (reverse.curve if reverse else None, link.curve) if point]
    return _bezier([begin, *controls, end]) if controls else [begin, end]


def _bezier(points: Sequence[Point]) -> Line:
    """Bézier's curve of 3 or 4 points (De Casteljau)."""
    line = []
    for step in range(POINTS_OF_A_CURVE + 1):
        t = step / POINTS_OF_A_CURVE
        left = list(points)
        while len(left) > 1:
            left = [((1 - t) * x0 + t * x1, (1 - t) * y0 + t * y1)
                    for (x0, y0), (x1, y1) in pairwise(left)]  # fmt: skip
        line.append(left[0])
    return line


def length_m(line: Sequence[Point]) -> float:
    return sum(math.dist(a, b) for a, b in pairwise(line))


def to_the_right(line: Sequence[Point], by_m: float) -> Line:
    """A line beside another one; each point is moved along the normal of its neighbours."""
    moved = []
    for i, (x, y) in enumerate(line):
        (x0, y0), (x1, y1) = line[max(i - 1, 0)], line[min(i + 1, len(line) - 1)]
        size = math.dist((x0, y0), (x1, y1)) or 1.0
        moved.append((x + by_m * (y1 - y0) / size, y - by_m * (x1 - x0) / size))
    return moved


def cut(line: Sequence[Point], from_m: float, to_m: float) -> Line:
    """The part of a line between two distances from its begin."""
    found = [at(line, from_m)]
    passed = 0.0
    for a, b in pairwise(line):
        passed += math.dist(a, b)
        if from_m + 0.01 < passed < to_m - 0.01:
            found.append(b)
    return [*found, at(line, to_m)]


def at(line: Sequence[Point], distance_m: float) -> Point:
    """The point of a line at a distance from its begin."""
    left = distance_m
    for a, b in pairwise(line):
        step = math.dist(a, b)
        if left <= step and step > 0:
            return a[0] + (b[0] - a[0]) * left / step, a[1] + (b[1] - a[1]) * left / step
        left -= step
    return line[-1]


def heights(town: Town) -> dict[str, float]:
    """The height of each node: its Z, else from the grades of the links, as well as these fit together."""
    if any(place.z_m for place in town.places.values()) or not any(link.grade for link in town.links.values()):
        return {key: place.z_m for key, place in town.places.items()}
    order = {key: number for number, key in enumerate(town.places)}
    links = list(town.links.values())
    rises = lil_matrix((len(links), len(order)))
    wanted = np.zeros(len(links))
    for row, link in enumerate(links):
        rises[row, order[link.node]], rises[row, order[link.up]] = 1.0, -1.0
        wanted[row] = link.grade / 100 * length_m(centre_line(town, link))
    found = lsqr(rises.tocsr(), wanted)[0]
    return {key: round(float(found[number] - found.min()), 2) for key, number in order.items()}
