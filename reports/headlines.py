"""What came out of a comparison, in plain sentences."""

from collections.abc import Sequence

from zhasyl.optimise.statistics.comparison import Comparison
from zhasyl.optimise.statistics.verdict import LEAST_SEEDS
from zhasyl.reports.records import measured
from zhasyl.reports.summary import Row, basis, not_served
from zhasyl.reports.tables import difference, interval, interval_title
from zhasyl.text.language import N_, _, digits, ngettext


def headlines(summary: Sequence[Row], comparisons: Sequence[Comparison]) -> list[str]:
    """What came out, in plain words: one sentence for each controller against the baseline."""
    found = [_headline(one) for one in comparisons if one.measure == "delay_s"]
    if found:
        return [*found, _("Means over: {basis}.", basis=basis(summary))]
    return [
        ngettext(
            "{controller}: mean delay {delay} s per trip over {n} seed, {left} veh not served.",
            "{controller}: mean delay {delay} s per trip over {n} seeds, {left} veh not served.",
            int(row["n"]),
            controller=row["controller"],
            delay=measured("delay_s", row["delay_s"], row["delay_half_width_s"]),
            left=not_served(row),
        )
        for row in summary
    ]


def _headline(one: Comparison) -> str:
    return _(_sentence(one), controller=one.controller, baseline=one.baseline, least=LEAST_SEEDS, **_values(one))


def _sentence(one: Comparison) -> str:
    """The message that fits, whose values are those of `_values`."""
    if one.n and one.difference is None:
        return N_("{controller} against {baseline}: a run has no mean delay, nothing can be said.")
    if one.why == "controller failed":
        return N_("{controller} against {baseline}: no verdict, because a controller failed at every signal.")
    if one.baseline_mean is None or one.candidate_mean is None or one.difference is None:
        return N_("{controller} against {baseline}: no common finished seeds, nothing can be said.")
    if one.why == "fewer than 5 seeds":
        return N_(
            "{controller} against {baseline}: no verdict: fewer than {least} seeds; mean delay {before} to {after} s "
            "per "
            "trip ({evidence})."
        )
    if one.why == "below resolution":
        return N_(
            "The mean delays with {controller} and {baseline} differ by less than the measure resolves, so there is no "
            "verdict: {before} to {after} s per trip ({evidence})."
        )
    if one.verdict == "better":
        return N_(
            "{controller} cuts the mean delay from {before} to {after} s per trip ({evidence}) against {baseline}."
        )
    if one.verdict == "worse":
        return N_(
            "{controller} raises the mean delay from {before} to {after} s per trip ({evidence}) against {baseline}."
        )
    if one.verdict == "same" and one.min_effect:
        return N_(
            "The mean delays with {controller} and {baseline} differ by less than {percent} %: {before} to {after} s "
            "per "
            "trip ({evidence})."
        )
    if one.verdict == "same":
        return N_(
            "{controller} and {baseline} have the same mean delay in every run: {before} to {after} s per trip "
            "({evidence})."
        )
    return N_(
        "Whether {controller} changes the mean delay against {baseline} cannot be told yet: {before} to {after} s per "
        "trip ({evidence})."
    )


def _values(one: Comparison) -> dict[str, str]:
    """Both means, the difference with its interval and the seeds, and the least effect."""
    parts = [_("{change} s", change=difference(one))]
    if one.low is not None:
        parts.append(f"{interval_title(one)} {interval(one)}")
    parts.append(ngettext("{n} seed", "{n} seeds", one.n))
    return {
        "before": measured(one.measure, one.baseline_mean),
        "after": measured(one.measure, one.candidate_mean),
        "evidence": ", ".join(parts),
        "percent": digits(100 * one.min_effect, ".3g"),
    }
