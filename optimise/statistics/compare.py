"""Paired comparison of controllers that met the same demand and the same seeds (common random numbers).

For each seed that both controllers finished: difference = candidate − baseline. The interval of their mean is
Student's t, or the bootstrap for a skewed measure (intervals.py), so whatever the seeds have in common cancels out.

situation   what two runs must share to be compared: scenario, version, content, sensor, emissions and variant
label       a controller's name with its parameters, such as 'max-pressure:interval_s=10'
family      all comparisons of one measure in a call of `compare_all`: their p-values are corrected (Holm), so
            the chance that any of its verdicts is wrong where there is no effect stays at 1 − confidence. Each
            interval stands on its own: it is pointwise, nothing widens it for the family.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from zhasyl.errors import ZhasylError, unknown_name
from zhasyl.measures import MEASURE_BY_KEY
from zhasyl.optimise.faults import Extent, widest
from zhasyl.optimise.statistics.comparison import SITUATION, Comparison, CutOff, Record, is_done, number, situation
from zhasyl.optimise.statistics.intervals import CONFIDENCE, Interval, mean_interval, welch_t
from zhasyl.optimise.statistics.verdict import corrected, judged

BACK_OF_QUEUE = "back_of_queue_p95_m"
COMPARED = (
    "delay_s",
    "delay_p95_s",
    "queue_mean_veh",
    BACK_OF_QUEUE,
    "stops",
    "walker_delay_s",
    "arrived_veh",
    "co2_kg",
)


def compare(
    baseline: Sequence[Record],
    candidate: Sequence[Record],
    measure: str,
    *,
    min_effect: float = 0.0,
    confidence: float = CONFIDENCE,
) -> Comparison:
    """Compare one controller's runs with the baseline's, paired by seed; failed runs have no pair.

    Raises ZhasylError: an unknown measure, no runs, a seed met twice, runs of unlike situations, a negative
    minimum effect, or a confidence that is not between 0 and 1.
    """
    _refuse_unlike(baseline, candidate)
    return judged(_measured(baseline, candidate, measure, min_effect, confidence, _fault(baseline, candidate)))


def compare_all(
    records: Iterable[Record],
    baseline_controller: str,
    measures: Iterable[str] = COMPARED,
    *,
    min_effect: float = 0.0,
    confidence: float = CONFIDENCE,
) -> list[Comparison]:
    """Compare every controller with the baseline in every situation, in order of first appearance.

    The comparisons of each measure are one family. `baseline_controller` is a label. Raises ZhasylError as
    `compare` does, and when the baseline has no runs in one of the situations.
    """
    chosen = tuple(measures)
    groups: dict[tuple[str, ...], dict[str, list[Record]]] = {}
    for record in records:
        groups.setdefault(situation(record), {}).setdefault(str(record["label"]), []).append(record)
    found = []
    for place, runs in groups.items():
        for label, candidate in runs.items():
            if label == baseline_controller:
                continue
            baseline = _baseline_runs(place, runs, baseline_controller)
            fault = _fault(baseline, candidate)
            found += [_measured(baseline, candidate, one, min_effect, confidence, fault) for one in chosen]
    return [judged(one) for one in corrected(found)]


def compare_unpaired(before: Sequence[Record], after: Sequence[Record], min_effect: float = 0.0) -> list[Comparison]:
    """Compare runs of one label with those of another that have no seed in common: of networks before and after.

    n is the lesser number of runs. Not yet corrected or judged: a family may have further comparisons. Raises
    ZhasylError as `compare` does.
    """
    fault = _fault(before, after)
    return [_apart(before, after, measure, min_effect, fault) for measure in COMPARED]


def _apart(
    before: Sequence[Record], after: Sequence[Record], measure: str, min_effect: float, fault: Extent
) -> Comparison:
    first, second = ([number(run, measure) for run in runs if is_done(run)] for runs in (before, after))
    mean, other = _mean(first), _mean(second)
    plain = replace(
        _plain(before, after, measure, min_effect, CONFIDENCE, fault),
        n=min(len(first), len(second)),
        baseline_mean=mean,
        candidate_mean=other,
        difference=None if mean is None or other is None else other - mean,
        method="welch",
    )
    return _with_interval(plain, lambda nearest: welch_t(first, second, plain.confidence, nearest))


def _plain(
    baseline: Sequence[Record],
    candidate: Sequence[Record],
    measure: str,
    min_effect: float,
    confidence: float,
    fault: Extent,
) -> Comparison:
    """Who is compared with whom, without a value."""
    _refuse_unknown(measure, min_effect, confidence)
    scenario, version, content, sensor, emissions, variant = situation(candidate[0])
    return Comparison(
        scenario=scenario,
        controller=_only_label(candidate, "candidate"),
        baseline=_only_label(baseline, "baseline"),
        measure=measure,
        n=0,
        baseline_mean=None,
        candidate_mean=None,
        difference=None,
        low=None,
        high=None,
        verdict="cannot tell",
        version=version,
        content=content,
        sensor=sensor,
        emissions=emissions,
        variant=variant,
        confidence=confidence,
        min_effect=min_effect,
        fault=fault,
        cut_off=_cut_off(baseline, candidate) if measure == BACK_OF_QUEUE else "",
    )


def _measured(
    baseline: Sequence[Record],
    candidate: Sequence[Record],
    measure: str,
    min_effect: float,
    confidence: float,
    fault: Extent,
) -> Comparison:
    """The comparison before its verdict and as a family of its own."""
    pairs = _pairs(_by_seed(baseline), _by_seed(candidate), measure)
    differences = [second - first for first, second in pairs]
    plain = replace(
        _plain(baseline, candidate, measure, min_effect, confidence, fault),
        n=len(pairs),
        baseline_mean=_mean([first for first, _ in pairs]),
        candidate_mean=_mean([second for _, second in pairs]),
        difference=_mean(differences),
    )
    skewed = MEASURE_BY_KEY[measure].skewed
    return _with_interval(plain, lambda nearest: mean_interval(differences, confidence, nearest, skewed=skewed))


def _with_interval(plain: Comparison, interval: Callable[[float], Interval]) -> Comparison:
    """With its interval, and the p-value of the end of ±δ that is nearest to the difference."""
    if plain.difference is None or plain.n < 2:
        return plain
    limit = plain.least_effect
    nearest = max(-limit, min(limit, plain.difference))
    found = interval(nearest)
    p_value = 1.0 if nearest == plain.difference else found.p_value
    return replace(plain, low=found.low, high=found.high, method=found.method, p_value=p_value, p_holm=p_value)


def _refuse_unknown(measure: str, min_effect: float, confidence: float) -> None:
    if measure not in MEASURE_BY_KEY:
        raise ZhasylError(unknown_name("measure", measure, MEASURE_BY_KEY))
    if not 0 <= min_effect < math.inf:
        raise ZhasylError(f"the minimum effect is a share of the baseline's mean, such as 0.02, not {min_effect}")
    if not 0 < confidence < 1:
        raise ZhasylError(f"a confidence lies between 0 and 1, such as 0.95, not {confidence}")


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


def _fault(baseline: Sequence[Record], candidate: Sequence[Record]) -> Extent:
    return widest(filter(is_done, (*baseline, *candidate)))


def _cut_off(baseline: Sequence[Record], candidate: Sequence[Record]) -> CutOff:
    first, second = (any(run.get("back_of_queue_cut_off") is True for run in runs) for runs in (baseline, candidate))
    return "both" if first and second else "baseline" if first else "candidate" if second else ""


def _refuse_unlike(baseline: Sequence[Record], candidate: Sequence[Record]) -> None:
    names = (_only_label(baseline, "baseline"), _only_label(candidate, "candidate"))
    first = situation(baseline[0])
    for record in (*baseline, *candidate):
        for key, mine, other in zip(SITUATION, first, situation(record), strict=True):
            if mine != other:
                raise ZhasylError(
                    f"runs of '{names[0]}' and '{names[1]}' are not compared: {key} '{mine}' is unlike "
                    f"'{other}'; run both on the same scenario and variant with the same sensor and emissions"
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
