"""Adding seeds until a difference is known closely enough, with an error rate that holds wherever one stops.

The looks are planned before the first run, and each uses a confidence of 1 − 0.05 / K for K looks. By the union
bound the intervals of all looks hold together in at least 95 % of the studies, so the one at which the study
stops does too, whatever made it stop. A 95 % interval looked at again and again until it is narrow has no such
guarantee.
"""

from collections.abc import Sequence

from zhasyl.optimise.compare import CONFIDENCE, Comparison

GROWTH = 1.5  # each look has half as many seeds again: few looks, so that each keeps most of the confidence


def plan_looks(first: int, most: int) -> tuple[int, ...]:
    """Numbers of seeds at which to look: from `first` (at least 2) to `most`, growing by half."""
    looks = [min(max(first, 2), most)]
    while looks[-1] < most:
        looks.append(min(max(looks[-1] + 1, round(looks[-1] * GROWTH)), most))
    return tuple(looks)


def look_confidence(looks: Sequence[int]) -> float:
    """The confidence of each look's interval, so that all hold together with 95 %."""
    return 1 - (1 - CONFIDENCE) / len(looks)


def narrow_enough(comparison: Comparison, tolerance: float) -> bool:
    """Is the interval within ± tolerance × the baseline's mean of the difference?"""
    if comparison.low is None or comparison.high is None or not comparison.baseline_mean:
        return False
    return (comparison.high - comparison.low) / 2 <= tolerance * abs(comparison.baseline_mean)
