"""What a lane carries of a movement that gives way: to gaps in the opposing traffic, and to pedestrians.

Source: HCM, 6th ed., ch. 31.

gaps            a permitted turn flows through gaps in what it gives way to, once the opposing queue has gone
pedestrians     turns wait while somebody walks on the crossing they pass: they lose the part of their green in which it
                is occupied (pedestrian adjustment for turns into one lane)
sneakers        `SNEAKERS` vehicles a cycle of a movement that is never protected go in the yellow
"""

from collections.abc import Mapping, Sequence
from math import exp
from types import MappingProxyType

import numpy as np

from zhasyl.arrays import FloatArray
from zhasyl.signals import GREEN, Signal

CRITICAL_GAP_S = 4.5
FOLLOW_UP_S = 2.5
SNEAKERS = 2.0  # vehicles a cycle
WAIT_FOR_GAPS_S = 5.0  # pedestrians have gone while a turn waits for a gap
MOST_WALKERS_PER_H = 5000.0  # while they walk
SPARSE_WALKERS_PER_H = 1000.0
WALKERS_PER_H_OF_FULL = 2000.0
FULL_FROM, FULL_AT_MOST = 0.4, 0.9
LEAST_PERMITTED_SHARE = 0.05  # of a saturation flow: a stream of gapless traffic still breaks now and then

NOBODY: Mapping[int, float] = MappingProxyType({})


def only_permitted(signal: Signal) -> FloatArray:
    """1 for movements [m] that are green in the plan, never protected, and give way to another movement, else 0."""
    order = list(signal.plan.stages)
    served: list[int] = signal.serves[order].sum(axis=0).tolist()
    protected: list[int] = signal.protects[order].sum(axis=0).tolist()
    return np.array(
        [
            float(green and not protected[movement] and any(_opposing(signal, stage, movement) for stage in order))
            for movement, green in enumerate(served)
        ]
    )


def lane_flow(
    signal: Signal,
    volume_vph: FloatArray,
    lanes: Sequence[frozenset[str]],
    saturation_vph: float,
    shares: FloatArray,
    walkers_per_h: Mapping[int, float] = NOBODY,
) -> FloatArray:
    """What one lane of a movement carries in an hour of each stage's green, [position, movement]."""
    flow = np.zeros((len(shares), len(signal.movements)))
    green = {stage: shares[[s == stage for s in signal.plan.stages]].sum() for stage in signal.plan.stages}
    for position, stage in enumerate(signal.plan.stages):
        for movement in np.flatnonzero(signal.serves[stage]):
            flow[position, movement] = saturation_vph
            if not signal.protects[stage, movement]:
                opposing = _opposing(signal, stage, int(movement))
                opposing_vph = float(volume_vph[opposing].sum())
                ratio = max((volume_vph[o] / len(lanes[o]) for o in opposing if lanes[o]), default=0.0) / saturation_vph
                queue = queue_share(ratio, green[stage])
                gaps = permitted_share(opposing_vph, queue, green[stage], saturation_vph)
                walked = _walked_share(signal, stage, int(movement), walkers_per_h, green[stage], queue)
                walked *= exp(-WAIT_FOR_GAPS_S * opposing_vph / 3600.0)
                flow[position, movement] *= max(gaps * (1 - walked), LEAST_PERMITTED_SHARE)
    return flow


def _opposing(signal: Signal, stage: int, movement: int) -> list[int]:
    """Movements that are protected in the stage and to which this one gives way."""
    shown = signal.stages[stage].state
    mine = [link for link in signal.movements[movement].links if shown[link] in GREEN]
    return [
        other
        for other in (int(index) for index in np.flatnonzero(signal.protects[stage]))
        if any((a, b) in signal.conflicts.yields for a in mine for b in signal.movements[other].links)
    ]


def queue_share(opposing_ratio: float, green: float) -> float:
    """The part of the cycle in which the opposing queue of a green discharges."""
    return min(green, opposing_ratio * (1 - green) / max(1 - opposing_ratio, 1e-6))


def permitted_share(opposing_vph: float, queue: float, green: float, saturation_vph: float) -> float:
    """Share of a saturation flow that gaps leave, on average over the green.

    Gap acceptance in the flow that arrives (Harders), in the part of green after the opposing queue has gone.
    """
    if opposing_vph <= 0:
        return 1.0
    per_s = opposing_vph / 3600.0
    gaps_vph = opposing_vph * exp(-per_s * CRITICAL_GAP_S) / (1 - exp(-per_s * FOLLOW_UP_S))
    unsaturated = 1 - queue / max(green, 1e-6)
    return min(1.0, max(LEAST_PERMITTED_SHARE, unsaturated * gaps_vph / saturation_vph))


def _walked_share(
    signal: Signal,
    stage: int,
    movement: int,
    walkers_per_h: Mapping[int, float],
    green: float,
    queue: float,
) -> float:
    """Share of the green left by the opposing queue in which pedestrians occupy a crossing that the movement passes.

    They cross in the walk and its clearance, which fill the green of a plan, and all of a cycle at once.
    """
    shown = signal.stages[stage].state
    mine = [link for link in signal.movements[movement].links if shown[link] in GREEN]
    free = 1.0
    for group in signal.groups:
        for link in group.links:
            if group.pedestrian and shown[link] in GREEN and any((a, link) in signal.conflicts.yields for a in mine):
                occupied = _occupancy(walkers_per_h.get(link, 0.0) / max(green, 1e-6))
                free *= 1 - occupied * (1 - 0.5 * min(queue / max(green, 1e-6), 1.0))
    return 1 - free


def _occupancy(walkers_per_h: float) -> float:
    """Share of a walk in which a crossing is occupied, from the flow while it lasts."""
    flow_per_h = min(walkers_per_h, MOST_WALKERS_PER_H)
    if flow_per_h <= SPARSE_WALKERS_PER_H:
        return flow_per_h / WALKERS_PER_H_OF_FULL
    return min(FULL_FROM + flow_per_h / (2 * MOST_WALKERS_PER_H), FULL_AT_MOST)
