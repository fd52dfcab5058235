"""From measured comparisons to verdicts: p-values corrected for the family, then judged by `Comparison`'s rules."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from zhasyl.measures import MEASURE_BY_KEY
from zhasyl.optimise.statistics.comparison import Verdict, Why
from zhasyl.optimise.statistics.intervals import holm

if TYPE_CHECKING:
    from zhasyl.optimise.statistics.comparison import Comparison

LEAST_SEEDS = 5  # with fewer, neither t nor a bootstrap holds its 95 % for skewed values: intervals.py has the table


def corrected(comparisons: "Sequence[Comparison]", passed_over: int = 0) -> "list[Comparison]":
    """The comparisons with p-values corrected within each measure; one without a p-value counts as p = 1.

    `passed_over` counts further comparisons of each measure among which these were chosen by their results. They count
    as p = 1: whichever were chosen, the k-th smallest p is then multiplied by no less than Holm's own factor.
    """
    families: dict[str, list[int]] = {}
    for place, one in enumerate(comparisons):
        families.setdefault(one.measure, []).append(place)
    found = list(comparisons)
    for places in families.values():
        p_values = [comparisons[place].p_value for place in places]
        family = [*(1.0 if p is None else p for p in p_values), *[1.0] * passed_over]
        for place, p_holm in zip(places, holm(family), strict=False):
            known = comparisons[place].p_value is not None
            found[place] = replace(found[place], p_holm=p_holm if known else None, family=len(family))
    return found


def judged(one: "Comparison") -> "Comparison":
    """The comparison with its verdict, or why it has none; `Comparison` has the rules."""
    verdict, why = _verdict(one)
    return replace(one, verdict=verdict, why=why)


def _verdict(one: "Comparison") -> tuple[Verdict, Why]:
    if one.fault == "every signal":
        return "cannot tell", "controller failed"
    if one.n < LEAST_SEEDS:
        return "cannot tell", "fewer than 5 seeds"
    if one.difference is None or one.low is None or one.high is None or one.p_holm is None:
        return "cannot tell", "no value in a run"
    limit, measure = one.least_effect, MEASURE_BY_KEY[one.measure]
    if -limit <= one.low and one.high <= limit:  # without a minimum effect: every difference is 0
        return "same", ""
    if (-limit <= one.high and one.low <= limit) or one.p_holm > round(1 - one.confidence, 12):
        return "cannot tell", "interval too wide"
    if abs(one.difference) < measure.resolution:
        return "cannot tell", "below resolution"
    if one.cut_off in ("both", "candidate" if one.high < 0 else "baseline"):
        return "cannot tell", "cut off"
    return ("better" if (one.high < 0) == (measure.better == "lower") else "worse"), ""
