"""Degrees of saturation of a signal's lane groups under its plan, as a linear programme.

Source: R. E. Allsop, Estimating the traffic capacity of a signalized road junction, Transportation Research 6 (1972)
245-255. Flows of permitted movements and of lanes that a waiting vehicle blocks: as in `zhasyl.timing.webster`.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf

import numpy as np

from zhasyl.arrays import FloatArray
from zhasyl.lane_groups import sharing
from zhasyl.signals import Signal
from zhasyl.timing.lane_use import NEGLIGIBLE_VPH, LaneShares, LaneVolumes, Use, lane_uses, least_green
from zhasyl.timing.permitted import SNEAKERS, lane_flow, only_permitted
from zhasyl.timing.webster import ROUNDS, open_shares

SETTLED_DEGREE = 0.002


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
    flow = lane_flow(signal, volume_vph, lanes, saturation_vph, shares, walkers_per_h)
    sneakers_vph = SNEAKERS * 3600.0 / cycle_s * only_permitted(signal)
    rest_vph = np.maximum(volume_vph - sneakers_vph, 0.0)
    on_lane = {(m, lane): volume_vph[m] / len(own) for m, own in enumerate(lanes) for lane in own}
    members = sharing({m: lanes[m] for m in np.flatnonzero(volume_vph > NEGLIGIBLE_VPH).tolist()})
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


def _degree(
    movements: list[int],
    volume_vph: FloatArray,
    lanes: Sequence[frozenset[str]],
    flow: FloatArray,
    open_s: LaneShares,
) -> tuple[float, LaneVolumes]:
    """The least x for which no lane is used for more than x times its open share, and the volume on each lane."""
    uses = lane_uses(movements, volume_vph, lanes, flow, open_s)
    carried = list(dict.fromkeys(m for _, m, _ in uses))
    if {m for m in movements if volume_vph[m] > NEGLIGIBLE_VPH} != set(carried):
        return inf, {}  # a green of no length
    if not uses:
        return 0.0, {}
    if len(carried) == 1:
        return _alone(carried[0], uses, volume_vph, flow, open_s)
    (degree,), used = least_green(uses, carried, [0] * len(flow), volume_vph, flow, open_s)
    return float(degree), used


def _alone(
    movement: int, uses: Sequence[Use], volume_vph: FloatArray, flow: FloatArray, open_s: LaneShares
) -> tuple[float, LaneVolumes]:
    """The same where no other movement uses the lanes: every lane is used for as long as it is open."""
    carries_vph: LaneVolumes = defaultdict(float)
    for position, _, lane in uses:
        carries_vph[movement, lane] += float(flow[position, movement]) * open_s[position, lane]
    degree = float(volume_vph[movement]) / sum(carries_vph.values())
    return degree, {use: degree * vph for use, vph in carries_vph.items()}
