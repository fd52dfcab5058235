"""Lanes of the approaches as the fast model queues them: those with the same movements are one queue, a bundle.

Drivers who may use several bundles spread so that no lane is busier than another, turns weighing what they need of a
saturation flow (`turning`), turns that always give way more.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from zhasyl.arrays import FloatArray

PERMITTED_WEIGHT = 2.0  # of a turn that is never protected, in through cars
ROUNDS = 30
LEAST_SHARE = 1e-3  # of a bundle: a movement below does not hold it up


@dataclass(frozen=True)
class Bundle:
    """Lanes of an approach, and who uses them: movement → vehicles per hour."""

    approach: str
    lanes: int
    volume_vph: dict[int, float]


def bundles(
    approach_of: Sequence[str], lanes: Sequence[frozenset[str]], volume_vph: FloatArray, weight: FloatArray
) -> list[Bundle]:
    """The bundles of a signal that carry traffic, from the approach [m], lanes [m] and volume [m] of its movements."""
    users: dict[str, set[int]] = defaultdict(set)
    for movement, own in enumerate(lanes):
        if volume_vph[movement] > 0:
            for lane in own:
                users[lane].add(movement)
    size: dict[tuple[str, tuple[int, ...]], int] = defaultdict(int)
    for movements in users.values():
        size[approach_of[min(movements)], tuple(sorted(movements))] += 1
    keys = sorted(size)
    load = _spread(keys, [size[key] for key in keys], volume_vph * weight)
    return [
        Bundle(key[0], size[key], carried)
        for key, own in zip(keys, load, strict=True)
        if (carried := _carried(own, weight))
    ]


def _carried(load: dict[int, float], weight: FloatArray) -> dict[int, float]:
    carried = {movement: value / weight[movement] for movement, value in load.items()}
    total = sum(carried.values())
    return {movement: float(vph) for movement, vph in carried.items() if vph > LEAST_SHARE * total}


def _spread(
    keys: Sequence[tuple[str, tuple[int, ...]]], lanes: Sequence[int], needed: FloatArray
) -> list[dict[int, float]]:
    """What each bundle carries of each movement's need, so that its lanes are as busy as the others'."""
    of_movement: dict[int, list[int]] = defaultdict(list)
    for index, (_, movements) in enumerate(keys):
        for movement in movements:
            of_movement[movement].append(index)
    load: list[dict[int, float]] = [{} for _ in keys]
    for movement, own in of_movement.items():
        for index in own:
            load[index][movement] = needed[movement] / len(own)
    for _ in range(ROUNDS):
        for movement, own in of_movement.items():
            if len(own) > 1:
                others = np.array([sum(load[i].values()) - load[i][movement] for i in own])
                parts = _levelled(float(needed[movement]), others, np.array([float(lanes[i]) for i in own]))
                for index, part in zip(own, parts.tolist(), strict=True):
                    load[index][movement] = part
    return load


def _levelled(total: float, others: FloatArray, lanes: FloatArray) -> FloatArray:
    """Parts of a total that make (others + part) / lanes as equal as parts of 0 and more can."""
    order = np.argsort(others / lanes)
    for count in range(len(order), 0, -1):
        chosen = order[:count]
        level = (total + others[chosen].sum()) / lanes[chosen].sum()
        parts = level * lanes[chosen] - others[chosen]
        if (parts >= 0).all():
            found = np.zeros(len(order))
            found[chosen] = parts
            return found
    raise AssertionError("one lane carries the whole")
