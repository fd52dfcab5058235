"""Greens of a new junction's plan: Webster's cycle and splits, nobody below what walks need, the rest evenly loaded.

ratio      of a stage: the largest flow ratio that it has to carry; lane groups that are green in several stages ask of
           those together
balanced   of a given cycle, stages that walks do not hold longer have one degree of saturation
"""

import math
from collections.abc import Sequence

import numpy as np

from zhasyl.scenarios.new.webster import Timing
from zhasyl.timing.webster import shared

YELLOW_S, ALL_RED_S = 3.0, 2.0
HIGHEST = 0.85  # degree of saturation that leaves room for a busy quarter of an hour
NO_TRAFFIC = 1e-6  # flow ratio
LEAST_CYCLE_S, LARGEST_CYCLE_S = 40.0, 120.0

Load = tuple[float, frozenset[int]]
"""The flow ratio of a lane group, and the numbers of the stages in which it is green."""


def stage_ratios(loads: Sequence[Load], stages: int) -> list[float]:
    """By stage. A lane group that is green in several asks, in proportion, for what they do not give anyway."""
    ratios = [0.0] * stages
    for ratio, green in sorted(loads, key=lambda load: len(load[1])):
        given = sum(ratios[stage] for stage in green)
        if ratio > given:
            weights = {stage: ratios[stage] / given if given else 1 / len(green) for stage in green}
            for stage, weight in weights.items():
                ratios[stage] += (ratio - given) * weight
    return ratios


def greens_of(timing: Timing, least_s: Sequence[float]) -> list[float]:
    """Webster's cycle and splits; where walks need more, the others grow until their saturation is HIGHEST again."""
    cycle_s = min(max(timing.webster_cycle_s, LEAST_CYCLE_S), LARGEST_CYCLE_S)
    ratios = list(timing.flow_ratios.values())
    shares_s: Sequence[float] = list(timing.effective_greens_s(cycle_s).values()) if any(ratios) else least_s
    greens_s = [max(round(share_s), least) for share_s, least in zip(shares_s, least_s, strict=True)]
    while cycle_of(greens_s) < LARGEST_CYCLE_S:
        cycle_s, gained_s = cycle_of(greens_s), _gained_s(timing)
        wanted_s = [math.ceil(ratio * cycle_s / HIGHEST - gained_s) for ratio in ratios]
        if all(green >= wanted for green, wanted in zip(greens_s, wanted_s, strict=True)):
            break
        greens_s = [max(pair) for pair in zip(greens_s, wanted_s, strict=True)]
    return balanced(timing, [float(green_s) for green_s in greens_s], least_s)


def balanced(timing: Timing, greens_s: list[float], least_s: Sequence[float], cycle_s: float = 0.0) -> list[float]:
    """Greens of the same or of a longer cycle, evenly loaded; those given if whole seconds make them no better."""
    whole_s = max(cycle_s, cycle_of(greens_s))
    found_s = _evenly(timing, whole_s, least_s)
    longer = whole_s > cycle_of(greens_s)
    allowed = max(HIGHEST, highest_saturation(timing, greens_s))
    return found_s if longer or highest_saturation(timing, found_s) <= allowed else greens_s


def _evenly(timing: Timing, cycle_s: float, least_s: Sequence[float]) -> list[float]:
    gained_s, count = _gained_s(timing), len(least_s)
    ratios = np.array([ratio if ratio > NO_TRAFFIC else 0.0 for ratio in timing.flow_ratios.values()])
    least = np.array(least_s) + gained_s
    total_s = cycle_s - count * (YELLOW_S + ALL_RED_S) + count * gained_s
    exact_s = shared(total_s, ratios, least) - gained_s
    greens_s = np.floor(exact_s + 1e-9)
    missing = round(cycle_s - count * (YELLOW_S + ALL_RED_S) - float(greens_s.sum()))
    for stage in np.argsort(greens_s - exact_s, kind="stable")[:missing]:
        greens_s[stage] += 1
    found: list[float] = greens_s.tolist()
    return found


def highest_saturation(timing: Timing, greens_s: Sequence[float]) -> float:
    """The highest degree of saturation of the stages."""
    pairs = zip(timing.flow_ratios.values(), greens_s, strict=True)
    return max(ratio * cycle_of(greens_s) / (green_s + _gained_s(timing)) for ratio, green_s in pairs)


def cycle_of(greens_s: Sequence[float]) -> float:
    """With the intergreens."""
    return sum(greens_s) + len(greens_s) * (YELLOW_S + ALL_RED_S)


def _gained_s(timing: Timing) -> float:
    """Effective green beyond the green shown, per stage."""
    return YELLOW_S + ALL_RED_S - timing.lost_s / len(timing.flow_ratios)
