"""Paired comparison of controllers that met the same demand and the same seeds (common random numbers).

For each seed that both controllers finished: difference = candidate − baseline, so whatever the seeds have in
common cancels out. The interval of its mean is Student's t, or the studentised bootstrap for skewed measures
with enough seeds. Several comparisons of the same measure in one call are a family: their p-values are
corrected by Holm, and a verdict needs both the interval and the corrected p-value. The intervals stay those
of each comparison alone.
Source of the correction: S. Holm, A simple sequentially rejective multiple test procedure, Scand. J. Statist. 6 (1979).

situation   what two runs must share to be compared: scenario, version, variant, content and sensor
label       a controller's name with its parameters, such as 'max-pressure:interval_s=10'
min_effect  a share of the baseline's mean; differences within it are not worth telling apart
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from numbers import Real
from typing import Literal

import numpy as np

from zhasyl.errors import ZhasylError, unknown_name
from zhasyl.measures import MEASURE_BY_KEY
from zhasyl.optimise.intervals import Method, pivot, t_quantile

Record = Mapping[str, object]
Verdict = Literal["better", "worse", "same", "cannot tell"]

CONFIDENCE = 0.95
SITUATION = ("scenario", "version", "variant", "content", "sensor")
COMPARED = (
    "delay_s",
    "delay_p95_s",
    "queue_mean_veh",
    "back_of_queue_p95_m",
    "stops",
    "arrived_veh",
    "co2_kg",
)


@dataclass(frozen=True)
class Comparison:
    """One measure of one controller against the baseline, over the `n` seeds that both finished.

    Means, difference and interval (at `confidence`) are in the measure's unit; None where they cannot be told:
    the interval when n < 2, all of them when n = 0, and those that a value which is no finite number would
    enter. `p_value` tests that the true difference is no larger than `min_effect`; `p_holm` is corrected for
    the family.
    """

    scenario: str
    controller: str
    baseline: str
    measure: str
    n: int
    baseline_mean: float | None
    candidate_mean: float | None
    difference: float | None
    low: float | None
    high: float | None
    verdict: Verdict
    p_value: float | None = None
    p_holm: float | None = None
    method: Method = "t"
    confidence: float = CONFIDENCE
    min_effect: float = 0.0
    version: str = ""
    variant: str = ""
    content: str = ""
    sensor: str = ""

    @property
    def situation(self) -> tuple[str, ...]:
        """The situation both controllers were run in; equals `situation(record)` of their records."""
        return (self.scenario, self.version, self.variant, self.content, self.sensor)


def situation(record: Record) -> tuple[str, ...]:
    """Scenario, version, variant, content and sensor of a run as text."""
    return tuple(str(record.get(key, "")) for key in SITUATION)


def is_done(record: Record) -> bool:
    """False for a run that failed and therefore has no measures."""
    return record.get("status", "done") != "failed"


def number(record: Record, key: str) -> float:
    """A record's value as a float; NaN when it is missing or no number."""
    value = record.get(key)
    return float(value) if isinstance(value, Real) else math.nan


def half_width(values: Sequence[float]) -> float | None:
    """Half the width of the 95 % Student-t interval of the mean; None when it cannot be told."""
    if len(values) < 2 or not all(map(math.isfinite, values)):
        return None
    return t_quantile((1 + CONFIDENCE) / 2, len(values) - 1) * float(np.std(values, ddof=1)) / math.sqrt(len(values))


def compare(
    baseline: Sequence[Record],
    candidate: Sequence[Record],
    measure: str,
    min_effect: float = 0.0,
    confidence: float = CONFIDENCE,
) -> Comparison:
    """Compare one controller's runs with the baseline's, paired by seed; failed runs have no pair.

    Raises ZhasylError: an unknown measure, no runs, a seed met twice, or runs of unlike situations.
    """
    if measure not in MEASURE_BY_KEY:
        raise ZhasylError(unknown_name("measure", measure, MEASURE_BY_KEY))
    names = (_only_label(baseline, "baseline"), _only_label(candidate, "candidate"))
    _refuse_unlike(baseline, candidate, names)
    pairs = _pairs(_by_seed(baseline), _by_seed(candidate), measure)
    differences = [second - first for first, second in pairs]
    baseline_mean = _mean([first for first, _ in pairs])
    told = _told(differences, abs(baseline_mean or 0.0) * min_effect, MEASURE_BY_KEY[measure].skewed, confidence)
    place = dict(zip(SITUATION, situation(baseline[0]), strict=True))
    found = Comparison(
        **place,
        controller=names[1],
        baseline=names[0],
        measure=measure,
        n=len(pairs),
        baseline_mean=baseline_mean,
        candidate_mean=_mean([second for _, second in pairs]),
        difference=_mean(differences),
        low=told.low,
        high=told.high,
        verdict="cannot tell",
        p_value=told.p_value,
        p_holm=told.p_value,
        method=told.method,
        confidence=confidence,
        min_effect=min_effect,
    )
    return replace(found, verdict=_verdict(found))


def compare_all(
    records: Iterable[Record],
    baseline_controller: str,
    measures: Iterable[str] = COMPARED,
    min_effect: float = 0.0,
    confidence: float = CONFIDENCE,
) -> list[Comparison]:
    """Compare every controller with the baseline in every situation, in order of first appearance.

    `baseline_controller` is a label; the family of a measure is all its comparisons here. Raises ZhasylError
    when the baseline has no runs in one of the situations.
    """
    chosen = tuple(measures)
    groups: dict[tuple[str, ...], dict[str, list[Record]]] = {}
    for record in records:
        groups.setdefault(situation(record), {}).setdefault(str(record["label"]), []).append(record)
    alone = [
        compare(_baseline_runs(place, runs, baseline_controller), candidate, measure, min_effect, confidence)
        for place, runs in groups.items()
        for label, candidate in runs.items()
        if label != baseline_controller
        for measure in chosen
    ]
    corrected = {measure: iter(holm([one.p_value for one in alone if one.measure == measure])) for measure in chosen}
    family = [replace(one, p_holm=next(corrected[one.measure])) for one in alone]
    return [replace(one, verdict=_verdict(one)) for one in family]


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """p-values corrected for looking at all of them; None stays None and does not count."""
    order = sorted((p, index) for index, p in enumerate(p_values) if p is not None)
    corrected: list[float | None] = [None] * len(p_values)
    greatest = 0.0
    for rank, (p, index) in enumerate(order):
        greatest = max(greatest, min(1.0, p * (len(order) - rank)))
        corrected[index] = greatest
    return corrected


@dataclass(frozen=True)
class _Told:
    """What can be told of a mean difference."""

    low: float | None = None
    high: float | None = None
    p_value: float | None = None
    method: Method = "t"


def _told(differences: Sequence[float], margin: float, skewed: bool, confidence: float) -> _Told:
    """Interval, and p-value of the true difference lying within ±margin."""
    if len(differences) < 2 or not all(map(math.isfinite, differences)):
        return _Told()
    mean = float(np.mean(differences))
    found = pivot(differences, skewed)
    beyond = abs(mean) > margin
    if found is None:
        return _Told(mean, mean, 0.0 if beyond else 1.0)
    low, high = found.interval(confidence)
    return _Told(low, high, found.p_value(math.copysign(margin, mean)) if beyond else 1.0, found.method)


def _baseline_runs(place: tuple[str, ...], runs: Mapping[str, list[Record]], baseline: str) -> list[Record]:
    if baseline in runs:
        return runs[baseline]
    where = ", ".join(f"{key} '{value}'" for key, value in zip(SITUATION, place, strict=True))
    raise ZhasylError(f"nothing to compare with at {where}: {unknown_name('baseline', baseline, runs)}")


def _only_label(runs: Sequence[Record], role: str) -> str:
    labels = list(dict.fromkeys(str(record["label"]) for record in runs))
    if len(labels) != 1:
        raise ZhasylError(f"the {role} of a comparison is one controller, not {len(labels)}: {labels}")
    return labels[0]


def _refuse_unlike(baseline: Sequence[Record], candidate: Sequence[Record], names: tuple[str, str]) -> None:
    first = situation(baseline[0])
    for record in (*baseline, *candidate):
        for key, mine, other in zip(SITUATION, first, situation(record), strict=True):
            if mine != other:
                raise ZhasylError(
                    f"runs of '{names[0]}' and '{names[1]}' are not compared: {key} '{mine}' is unlike "
                    f"'{other}'; run both on the same scenario with the same sensor"
                )


def _by_seed(runs: Sequence[Record]) -> dict[object, Record]:
    found: dict[object, Record] = {}
    for record in filter(is_done, runs):
        if record["seed"] in found:
            raise ZhasylError(f"'{record['label']}' has two runs with seed {record['seed']}; keep one of them")
        found[record["seed"]] = record
    return found


def _pairs(first: Mapping[object, Record], second: Mapping[object, Record], measure: str) -> list[tuple[float, float]]:
    seeds = sorted(first.keys() & second.keys(), key=repr)  # sums of floats depend on their order
    return [(number(first[seed], measure), number(second[seed], measure)) for seed in seeds]


def _mean(values: Sequence[float]) -> float | None:
    return float(np.mean(values)) if values and all(map(math.isfinite, values)) else None


def _verdict(one: Comparison) -> Verdict:
    """Better or worse: the whole interval beyond the least effect, and p_holm agrees; same: all of it within."""
    if one.low is None or one.high is None or one.p_holm is None:
        return "cannot tell"
    margin = abs(one.baseline_mean or 0.0) * one.min_effect
    if -margin <= one.low and one.high <= margin:
        return "same"
    if (one.low <= margin and one.high >= -margin) or one.p_holm > 1 - one.confidence:
        return "cannot tell"
    return "better" if (one.high < 0) == (MEASURE_BY_KEY[one.measure].better == "lower") else "worse"
