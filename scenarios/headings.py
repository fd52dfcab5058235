"""Approaches that a file names by heading, matched with roads of a network by nearest azimuth.

azimuth  degrees clockwise from north of the traffic that arrives: NB is 0, NE (or NEB) 45, EB 90

Quarters and eighths of two programs differ where a road lies between them: Synchro's NE may be our NB. So names are
never compared: all approaches of a junction are matched at once, by `azimuths.nearest`.
"""

import math
from collections.abc import Sequence

from zhasyl.network import Network

AZIMUTH_DEG = {"NB": 0.0, "NE": 45.0, "EB": 90.0, "SE": 135.0, "SB": 180.0, "SW": 225.0, "WB": 270.0, "NW": 315.0}
AZIMUTH_DEG |= {f"{name}B": deg for name, deg in AZIMUTH_DEG.items() if not name.endswith("B")}
FARTHEST_DEG = 60.0
LOOKED_AT_M = 30.0  # of a road before its stop line: the last points of a shape may lie a step apart

Line = Sequence[tuple[float, float]]


def azimuth_deg(line: Line) -> float:
    """Where a line leads at its end."""
    x1, y1 = line[-1]
    x0, y0 = next((p for p in reversed(line[:-1]) if math.dist(p, line[-1]) >= LOOKED_AT_M), line[0])
    return math.degrees(math.atan2(x1 - x0, y1 - y0)) % 360.0


def away_deg(line: Line) -> float:
    """Where a line leads at its begin."""
    return (azimuth_deg(line[::-1]) + 180.0) % 360.0


def approach_azimuths(network: Network, edges: Sequence[str]) -> dict[str, float]:
    """Where the traffic of each road heads at its end."""
    return {edge: azimuth_deg(network.edges[edge].shape) for edge in edges}
