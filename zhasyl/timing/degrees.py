"""Degrees of saturation of movements that share lanes, from the green that each of them had.

Source: R. E. Allsop, Estimating the traffic capacity of a signalized road junction, Transportation Research 6 (1972)
245-255, whose linear programme has a closed form where a vehicle needs as much green on each lane of its movement
(D. Gale, A theorem on flows in networks, Pacific J. Math. 7 (1957) 1073-1082): x times the green carries the volumes
if no set of movements needs more than x times the green in which any of them may use its lanes. The set that needs
most has this degree; the others share what it leaves. Lanes that a waiting vehicle blocks are not in it.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

import numpy as np

from zhasyl.arrays import FloatArray

MOST_LISTED = 8  # movements of which all sets are tried; of more, each one and all of them


def degrees(
    needed_s: Sequence[float], open_s: Mapping[tuple[int, str], FloatArray], beside_s: Sequence[float]
) -> list[float]:
    """The degree of saturation of each movement [m]: infinite for one without green, 0 for one that needs none.

    needed_s  the green of one lane that the movement needs [m]
    open_s    (movement, lane) → the green that it has there in each state [state]
    beside_s  what it is carried beside the green, in the same seconds [m]
    """
    found = [0.0] * len(needed_s)
    left = [m for m, seconds in enumerate(needed_s) if seconds > 0]
    open_s = {use: seconds for use, seconds in open_s.items() if use[0] in left}
    while left:
        tried = ((_degree(own, needed_s, open_s, beside_s), own) for own in _sets(left))
        degree, members = max(tried, key=lambda one: (one[0], -len(one[1])))
        for movement in members:
            found[movement] = degree
        left = [m for m in left if m not in members]
        taken = _lanes(members, open_s)
        open_s = {
            (m, lane): np.maximum(seconds - taken.get(lane, 0.0), 0.0)
            for (m, lane), seconds in open_s.items()
            if m in left
        }
    return found


def _sets(movements: Sequence[int]) -> Iterator[tuple[int, ...]]:
    sizes = range(1, len(movements) + 1) if len(movements) <= MOST_LISTED else (1, len(movements))
    for size in sizes:
        yield from combinations(movements, size)


def _degree(
    members: Sequence[int],
    needed_s: Sequence[float],
    open_s: Mapping[tuple[int, str], FloatArray],
    beside_s: Sequence[float],
) -> float:
    there_s = sum(float(seconds.sum()) for seconds in _lanes(members, open_s).values())
    there_s += sum(beside_s[m] for m in members)
    return sum(needed_s[m] for m in members) / there_s if there_s > 0 else float("inf")


def _lanes(members: Sequence[int], open_s: Mapping[tuple[int, str], FloatArray]) -> dict[str, FloatArray]:
    """The green in which any of them may use each lane."""
    found: dict[str, FloatArray] = {}
    for (movement, lane), seconds in open_s.items():
        if movement in members:
            found[lane] = np.maximum(found[lane], seconds) if lane in found else seconds
    return found
