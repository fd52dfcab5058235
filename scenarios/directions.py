"""Directions as degrees clockwise from north, and which of several is meant by a name: the nearest one, each once.

heading  where traffic goes: NB (or N of Synchro's eighths, NE or NEB) goes north, HEADINGS has its azimuth
arm      where traffic comes from (north, N, 'from the north'): SB is the traffic of the northern arm

Quarters and eighths of two programs differ where a road lies between them: Synchro's NE may be our NB. So names are
never compared: all of a junction are matched at once by the nearest azimuth, within a limit, so that no two names mean
one arm and the sum of the deviations is least.
"""

import math
from collections.abc import Mapping, Sequence

LIMIT_DEG = 45.0  # half a quarter: what lies further off is nearer to another name
FARTHEST_DEG = 60.0  # of an approach in eighths from a road
FAR_DEG = 1e6
LOOKED_AT_M = 30.0  # of a road before its stop line: the last points of a shape may lie a step apart
POINTS = {"N": 0.0, "NE": 45.0, "E": 90.0, "SE": 135.0, "S": 180.0, "SW": 225.0, "W": 270.0, "NW": 315.0}
HEADINGS = {f"{name}B": deg for name, deg in POINTS.items()} | {n: deg for n, deg in POINTS.items() if len(n) == 2}

Line = Sequence[tuple[float, float]]


def azimuth_deg(line: Line) -> float:
    """Of the way from the first to the last point (x east, y north)."""
    (x0, y0), (x1, y1) = line[0], line[-1]
    return math.degrees(math.atan2(x1 - x0, y1 - y0)) % 360.0


def arriving_deg(line: Line) -> float:
    """Where a line leads at its end."""
    before = next((p for p in reversed(line[:-1]) if math.dist(p, line[-1]) >= LOOKED_AT_M), line[0])
    return azimuth_deg((before, line[-1]))


def leaving_deg(line: Line) -> float:
    """Where a line leads at its begin."""
    return (arriving_deg(line[::-1]) + 180.0) % 360.0


def turned_deg(before: float, after: float) -> float:
    """From one azimuth to another, to the right above 0; from -180 to below 180."""
    return (after - before + 180.0) % 360.0 - 180.0


def apart_deg(one: float, other: float) -> float:
    """The angle between two directions, 0 to 180."""
    return abs(turned_deg(one, other))


def nearest(
    wanted_deg: Mapping[str, float], known_deg: Mapping[str, float], limit_deg: float = LIMIT_DEG
) -> dict[str, str]:
    """Wanted name → known name, each once; names that are `limit_deg` or more from any that is left have none."""
    if not wanted_deg or not known_deg:
        return {}
    import numpy as np
    from scipy.optimize import linear_sum_assignment  # late: it takes longer to import than a sheet to read

    wanted, known = sorted(wanted_deg), sorted(known_deg)
    cost = np.array([[apart_deg(wanted_deg[a], known_deg[b]) for b in known] for a in wanted])
    rows, columns = linear_sum_assignment(np.where(cost < limit_deg, cost, FAR_DEG))
    return {wanted[i]: known[j] for i, j in zip(rows, columns, strict=True) if cost[i, j] < limit_deg}
