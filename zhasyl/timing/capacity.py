"""Degrees of saturation of a signal's lane groups under its plan, as a linear programme.

Source: R. E. Allsop, Estimating the traffic capacity of a signalized road junction, Transportation Research 6 (1972)
245-255. Flows of permitted movements and of lanes that a waiting vehicle blocks: as in `zhasyl.timing.webster`.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf

import numpy as np
from scipy.optimize import linprog

from zhasyl.arrays import FloatArray
from zhasyl.signals import Signal
from zhasyl.timing.permitted import SNEAKERS, lane_flow, only_permitted
from zhasyl.timing.webster import NEGLIGIBLE_VPH, ROUNDS, open_shares

SETTLED_DEGREE = 0.002
Use = tuple[int, int, str]
"""Position in the plan, movement, lane."""


@dataclass(frozen=True)
class LaneGroup:
    """Lanes that share movements; `degree` is the least share of their green that carries the volume."""

    approach: str
    lanes: tuple[str, ...]
    exits: tuple[str, ...]
    volume_vph: float
    degree: float


def lane_groups(
    signal: Signal,
    volume_vph: FloatArray,
    lanes: Sequence[frozenset[str]],
    saturation_vph: float,
    walkers_per_h: Mapping[int, float],
) -> list[LaneGroup]:
    """The lane groups that carry volume, with their degrees of saturation under the signal's plan.

    volume_vph  demand of each movement [m]; 0 for one that is never green
    lanes       ids of the lanes each movement may use [m]
    walkers_per_h  pedestrian link → persons who cross there
    """
    cycle_s = signal.plan.cycle_s
    shares = np.array(signal.plan.greens_s) / cycle_s
    flow = lane_flow(signal, volume_vph, lanes, saturation_vph, shares, cycle_s, walkers_per_h)
    sneakers_vph = SNEAKERS * 3600.0 / cycle_s * only_permitted(signal)
    rest_vph = np.maximum(volume_vph - sneakers_vph, 0.0)
    on_lane = {(m, lane): volume_vph[m] / len(own) for m, own in enumerate(lanes) for lane in own}
    members = _sharing(volume_vph, lanes)
    degrees = [0.0] * len(members)
    for _ in range(ROUNDS):
        before = degrees.copy()
        blocked = open_shares(signal, on_lane, saturation_vph / 3600.0 * shares * cycle_s)
        open_s = {key: share * shares[key[0]] for key, share in blocked.items()}
        for number, movements in enumerate(members):
            degrees[number], used = _degree(movements, rest_vph, lanes, flow, open_s)
            on_lane |= {use: (on_lane[use] + vph) / 2 for use, vph in used.items()}
        if np.allclose(degrees, before, atol=SETTLED_DEGREE):
            break
    return [
        LaneGroup(
            signal.movements[movements[0]].from_edge,
            tuple(sorted(frozenset[str]().union(*(lanes[m] for m in movements)))),
            tuple(signal.movements[m].to_edge for m in movements),
            float(volume_vph[movements].sum()),
            degree,
        )
        for movements, degree in zip(members, degrees, strict=True)
    ]


def _sharing(volume_vph: FloatArray, lanes: Sequence[frozenset[str]]) -> list[list[int]]:
    """Movements with volume, joined where they share a lane."""
    groups: list[tuple[list[int], frozenset[str]]] = []
    for movement in np.flatnonzero(volume_vph > NEGLIGIBLE_VPH).tolist():
        touched = [group for group in groups if group[1] & lanes[movement]]
        groups = [group for group in groups if group not in touched]
        joined = sorted([movement, *(m for own, _ in touched for m in own)])
        groups.append((joined, lanes[movement].union(*(own for _, own in touched))))
    return [movements for movements, _ in groups]


def _degree(
    movements: list[int],
    volume_vph: FloatArray,
    lanes: Sequence[frozenset[str]],
    flow: FloatArray,
    open_s: dict[tuple[int, str], float],
) -> tuple[float, dict[tuple[int, str], float]]:
    """The least x for which no lane is used for more than x times its open share, and the volume on each lane."""
    uses: list[Use] = [
        (position, m, lane)
        for position in range(len(flow))
        for m in movements
        if flow[position, m] > 0 and volume_vph[m] > NEGLIGIBLE_VPH
        for lane in sorted(lanes[m])
        if open_s[position, lane] > 0
    ]
    asking = {m for m in movements if volume_vph[m] > NEGLIGIBLE_VPH}
    if asking != {m for _, m, _ in uses}:
        return inf, {}  # a green of no length
    if not uses:
        return 0.0, {}
    places = list(dict.fromkeys((position, lane) for position, _, lane in uses))
    wanted = list(dict.fromkeys(m for _, m, _ in uses))
    matrix = np.zeros((len(places) + len(wanted), 1 + len(uses)))
    bound = np.zeros(len(matrix))
    for column, (position, m, lane) in enumerate(uses, start=1):
        row = places.index((position, lane))
        matrix[row, column], matrix[row, 0] = 1.0, -open_s[position, lane]
        matrix[len(places) + wanted.index(m), column] = -flow[position, m] / volume_vph[m]
    bound[len(places) :] = -1.0
    found = linprog(np.eye(1 + len(uses))[0], A_ub=matrix, b_ub=bound, method="highs").x
    used: dict[tuple[int, str], float] = defaultdict(float)
    for (position, m, lane), share in zip(uses, found[1:], strict=True):
        used[m, lane] += float(share * flow[position, m])
    return float(found[0]), used
