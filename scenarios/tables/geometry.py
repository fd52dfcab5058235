"""Positions on a map as metres."""

import math
from itertools import pairwise

from zhasyl.scenarios.tables.rows import Link, Point
from zhasyl.scenarios.tables.settings import Map

EARTH_RADIUS_M = 6_371_008.8  # mean radius, IUGG


def local_xy(point: Point, origin: Map) -> tuple[float, float]:
    """Metres east and north of the origin; equirectangular, good to centimetres over kilometres."""
    metres_per_degree = math.radians(1) * EARTH_RADIUS_M
    lat, lon = point
    x = (lon - origin.origin_lon) * metres_per_degree * math.cos(math.radians(origin.origin_lat))
    return round(x, 2), round((lat - origin.origin_lat) * metres_per_degree, 2)


def polyline_m(link: Link, origin: Map) -> float:
    """Length of a link's axis in metres."""
    return sum(math.dist(one, other) for one, other in pairwise(local_xy(point, origin) for point in link.geometry))
