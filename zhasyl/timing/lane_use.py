"""How movements share the green of their lanes: a linear programme.

Source: R. E. Allsop, Estimating the traffic capacity of a signalized road junction, Transportation Research 6 (1972)
245-255.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from zhasyl.arrays import FloatArray

NEGLIGIBLE_VPH = 0.01

LaneShares = dict[tuple[int, str], float]
"""(position in the plan, lane) → share of green."""
LaneVolumes = dict[tuple[int, str], float]
"""(movement, lane) → vehicles per hour."""
Use = tuple[int, int, str]
"""Position in the plan, movement, lane."""


def lane_uses(
    movements: Sequence[int],
    volume_vph: FloatArray,
    lanes: Sequence[frozenset[str]],
    flow: FloatArray,
    open_share: Mapping[tuple[int, str], float],
) -> list[Use]:
    """The lanes that movements with volume may use in each position in which they flow."""
    return [
        (position, movement, lane)
        for position in range(len(flow))
        for movement in movements
        if flow[position, movement] > 0 and volume_vph[movement] > NEGLIGIBLE_VPH
        for lane in sorted(lanes[movement])
        if open_share[position, lane] > 0
    ]


def least_green(
    uses: Sequence[Use],
    movements: Sequence[int],
    scale_of: Sequence[int],
    volume_vph: FloatArray,
    flow: FloatArray,
    open_share: Mapping[tuple[int, str], float],
) -> tuple[FloatArray, LaneVolumes]:
    """Scales of the positions' greens, of the least sum, with which the uses carry all volumes; what each lane carries.

    scale_of  the number of the scale of each position: positions may have their own or a common one

    Unknown beside the scales: the share of green in which a movement uses a lane. No lane is used longer than the
    scaled green that is open to it; each movement's uses carry its volume.
    """
    from scipy.optimize import linprog  # takes long to import, and a plan that is given needs none

    scales = max(scale_of) + 1
    rows = {place: row for row, place in enumerate(dict.fromkeys((position, lane) for position, _, lane in uses))}
    demand = {movement: len(rows) + row for row, movement in enumerate(movements)}
    matrix = np.zeros((len(rows) + len(demand), scales + len(uses)))
    bound = np.zeros(len(matrix))
    for column, (position, movement, lane) in enumerate(uses, start=scales):
        row = rows[position, lane]
        matrix[row, column], matrix[row, scale_of[position]] = 1.0, -open_share[position, lane]
        matrix[demand[movement], column] = -flow[position, movement] / volume_vph[movement]
    bound[len(rows) :] = -1.0
    cost = np.concatenate([np.ones(scales), np.zeros(len(uses))])
    found = np.asarray(linprog(cost, A_ub=matrix, b_ub=bound, method="highs").x, dtype=float)
    used: LaneVolumes = defaultdict(float)
    for (position, movement, lane), share in zip(uses, found[scales:], strict=True):
        used[movement, lane] += float(share * flow[position, movement])
    return found[:scales], used
