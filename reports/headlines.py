"""What came out of a comparison, in plain sentences."""

from collections.abc import Sequence

from zhasyl.optimise.comparison import Comparison
from zhasyl.optimise.verdict import LEAST_SEEDS
from zhasyl.reports.records import measured
from zhasyl.reports.summary import Row, basis, not_served
from zhasyl.reports.tables import difference, interval, interval_title
from zhasyl.text.words import plural


def headlines(summary: Sequence[Row], comparisons: Sequence[Comparison]) -> list[str]:
    """What came out, in plain words: one sentence for each controller against the baseline."""
    found = [_headline(one) for one in comparisons if one.measure == "delay_s"]
    if found:
        return [*found, f"Means over: {basis(summary)}."]
    return [
        f"{row['controller']}: mean delay {measured('delay_s', row['delay_s'], row['delay_half_width_s'])} s per trip "
        f"over {plural(int(row['n']), 'seed')}, {not_served(row)} veh not served."
        for row in summary
    ]


def _headline(one: Comparison) -> str:
    if one.n and one.difference is None:
        return f"{one.controller} against {one.baseline}: a run has no mean delay, nothing can be said."
    if one.why == "controller failed":
        return f"{one.controller} against {one.baseline}: no verdict, because a controller failed at every signal."
    if one.baseline_mean is None or one.candidate_mean is None or one.difference is None:
        return f"{one.controller} against {one.baseline}: no common finished seeds, nothing can be said."
    change = (
        f"{measured(one.measure, one.baseline_mean)} to {measured(one.measure, one.candidate_mean)} s per trip "
        f"({difference(one)} s"
    )
    change += f", {interval_title(one)} {interval(one)}" if one.low is not None else ""
    change += f", {plural(one.n, 'seed')})"
    if one.why == "fewer than 5 seeds":
        return (
            f"{one.controller} against {one.baseline}: no verdict: fewer than {LEAST_SEEDS} seeds; mean delay {change}."
        )
    if one.why == "below resolution":
        return (
            f"The mean delays with {one.controller} and {one.baseline} differ by less than the measure resolves, so "
            f"there is no verdict: {change}."
        )
    if one.verdict == "better":
        return f"{one.controller} cuts the mean delay from {change} against {one.baseline}."
    if one.verdict == "worse":
        return f"{one.controller} raises the mean delay from {change} against {one.baseline}."
    if one.verdict == "same" and one.min_effect:
        share = f"{100 * one.min_effect:.3g} %"
        return f"The mean delays with {one.controller} and {one.baseline} differ by less than {share}: {change}."
    if one.verdict == "same":
        return f"{one.controller} and {one.baseline} have the same mean delay in every run: {change}."
    return f"Whether {one.controller} changes the mean delay against {one.baseline} cannot be told yet: {change}."
