"""Capacity of a signal's movements under what it showed; the definitions are in `zhasyl.timing.movement_measures`."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from zhasyl.signals import Conflicts
from zhasyl.timing.degrees import degrees
from zhasyl.timing.permitted import LEAST_PERMITTED_SHARE, SNEAKERS, permitted_share, queue_share
from zhasyl.timing.shown import PERMITTED, PROTECTED, Shown
from zhasyl.timing.webster import SATURATION_FLOW_VPH

Floats = npt.NDArray[np.float64]
Movement = tuple[int, Mapping[str, int], int, float]
"""Its lane group, the link of each of its lanes, its volume in the period: vehicles, and cars that go straight on."""
HEADWAY_S = 3600.0 / SATURATION_FLOW_VPH


class Capacity(NamedTuple):
    """Of one movement: effective green, saturation flow, what its green lets through in the period, v/c."""

    protected_s: float
    permitted_s: float
    saturation_veh_h: float
    vehicles: float
    degree: float


NONE = Capacity(0.0, 0.0, np.nan, np.nan, np.nan)


def capacities(shown: Shown, conflicts: Conflicts, movements: Sequence[Movement]) -> list[Capacity]:
    """The capacity of each movement of one signal; NaN of what nobody plans to drive or no link controls."""
    letters = {link: shown.letters(link) for _, links, _, _ in movements for link in links.values()}
    effective_s = {word: shown.effective_s(word) for word in set(letters.values())}
    needed_s, beside_s, saturation = [], [], []
    open_s: dict[tuple[int, str], Floats] = {}
    for number, (_, links, vehicles, cars) in enumerate(movements):
        headway_s = HEADWAY_S * (cars / vehicles if vehicles else 1.0)
        needed_s.append(HEADWAY_S * cars if links else 0.0)
        saturation.append(3600.0 / headway_s * len(links) if headway_s > 0 and links else np.nan)
        if not links or not vehicles:
            beside_s.append(0.0)
            continue
        share, gives_way = _shares(shown, conflicts, movements, number, letters)
        protected = any(letter in PROTECTED for link in links.values() for letter in letters[link])
        cycles = max(shown.greens(letters[link]) for link in links.values())
        beside_s.append(SNEAKERS * cycles * headway_s if gives_way and not protected else 0.0)
        for lane, link in links.items():
            seconds = effective_s[letters[link]]
            open_s[number, lane] = seconds[:, 0] + seconds[:, 1] * share
    found = [0.0] * len(movements)
    for group in dict.fromkeys(group for group, _, _, _ in movements):
        numbers = [n for n, one in enumerate(movements) if one[0] == group]
        place = {number: own for own, number in enumerate(numbers)}
        mine = {(place[n], lane): seconds for (n, lane), seconds in open_s.items() if n in place}
        own = degrees([needed_s[n] for n in numbers], mine, [beside_s[n] for n in numbers])
        for number, degree in zip(numbers, own, strict=True):
            found[number] = degree
    return [
        _capacity([effective_s[letters[link]].sum(axis=0) for link in links.values()], flow, vehicles, degree)
        for (_, links, vehicles, _), flow, degree in zip(movements, saturation, found, strict=True)
    ]


def _capacity(green_s: Sequence[Floats], saturation: float, vehicles: int, degree: float) -> Capacity:
    """Green as the lane with the most has it."""
    protected_s, permitted_s = max(green_s, key=lambda one: float(one.sum())).tolist() if green_s else (0.0, 0.0)
    known = bool(green_s) and degree > 0
    carried = vehicles / degree if known else np.nan
    return Capacity(protected_s, permitted_s, saturation if green_s else np.nan, carried, degree if known else np.nan)


def _shares(
    shown: Shown, conflicts: Conflicts, movements: Sequence[Movement], number: int, letters: Mapping[int, str]
) -> tuple[Floats, bool]:
    """[state] the share of a saturation flow that gaps leave a movement where it gives way; does it ever have to?"""
    mine = set(movements[number][1].values())
    against = [
        (other, [b for b in set(links.values()) if any((a, b) in conflicts.yields for a in mine)])
        for other, (_, links, _, _) in enumerate(movements)
        if other != number
    ]
    permitted = [any(letters[a][state] in PERMITTED for a in mine) for state in range(len(shown.states))]
    opposing = [
        frozenset(other for other, links in against if any(letters[b][state] in PROTECTED for b in links))
        if permitted[state] else frozenset()
        for state in range(len(shown.states))
    ]  # fmt: skip
    whole_s = float(shown.shown_s.sum())
    share = np.ones(len(shown.states))
    for own in set(opposing) - {frozenset()}:
        states = [state for state, one in enumerate(opposing) if one == own]
        share[states] = _gaps([movements[other] for other in own], float(shown.shown_s[states].sum()), whole_s)
    return share, any(opposing)


def _gaps(opposing: Sequence[Movement], green_s: float, whole_s: float) -> float:
    """As `zhasyl.timing.permitted.lane_flow` has it for one stage."""
    vph = [(cars * 3600.0 / whole_s, max(len(links), 1)) for _, links, _, cars in opposing]
    ratio = max(volume / lanes for volume, lanes in vph) / SATURATION_FLOW_VPH
    green = green_s / whole_s
    total_vph = sum(volume for volume, _ in vph)
    return max(permitted_share(total_vph, queue_share(ratio, green), green, SATURATION_FLOW_VPH), LEAST_PERMITTED_SHARE)
