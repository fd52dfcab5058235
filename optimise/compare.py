"""Paired comparison of controllers that met the same demand and the same seeds (common random numbers).

For each seed that both controllers finished: difference = candidate − baseline. The interval is Student's t
over these differences, so whatever the seeds have in common cancels out. Each comparison stands on its own:
nothing here corrects for looking at many of them.

situation   what two runs must share to be compared: scenario, version, content and sensor
label       a controller's name with its parameters, such as 'max-pressure:interval_s=10'
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Literal

import numpy as np
from scipy.special import stdtrit  # type: ignore[import-untyped, unused-ignore]

from zhasyl.errors import ZhasylError, unknown_name
from zhasyl.measures import MEASURE_BY_KEY

Record = Mapping[str, object]
Verdict = Literal["better", "worse", "same", "cannot tell"]

CONFIDENCE = 0.95
SITUATION = ("scenario", "version", "content", "sensor")
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

    Means, difference and interval are in the measure's unit; None where they cannot be told: the interval
    when n < 2, all of them when n = 0, and those that a value which is no finite number would enter.
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
    version: str = ""
    content: str = ""
    sensor: str = ""

    @property
    def situation(self) -> tuple[str, ...]:
        """The situation both controllers were run in; equals `situation(record)` of their records."""
        return (self.scenario, self.version, self.content, self.sensor)


def situation(record: Record) -> tuple[str, ...]:
    """Scenario, version, content and sensor of a run as text."""
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
    quantile = float(stdtrit(len(values) - 1, (1 + CONFIDENCE) / 2))
    return quantile * float(np.std(values, ddof=1)) / math.sqrt(len(values))


def compare(baseline: Sequence[Record], candidate: Sequence[Record], measure: str) -> Comparison:
    """Compare one controller's runs with the baseline's, paired by seed; failed runs have no pair.

    Raises ZhasylError: an unknown measure, no runs, a seed met twice, or runs of unlike situations.
    """
    if measure not in MEASURE_BY_KEY:
        raise ZhasylError(unknown_name("measure", measure, MEASURE_BY_KEY))
    names = (_only_label(baseline, "baseline"), _only_label(candidate, "candidate"))
    _refuse_unlike(baseline, candidate, names)
    pairs = _pairs(_by_seed(baseline), _by_seed(candidate), measure)
    differences = [second - first for first, second in pairs]
    difference = _mean(differences)
    margin = half_width(differences)
    low, high = (None, None) if difference is None or margin is None else (difference - margin, difference + margin)
    return Comparison(
        scenario=str(baseline[0]["scenario"]),
        controller=names[1],
        baseline=names[0],
        measure=measure,
        n=len(pairs),
        baseline_mean=_mean([first for first, _ in pairs]),
        candidate_mean=_mean([second for _, second in pairs]),
        difference=difference,
        low=low,
        high=high,
        verdict=_verdict(differences, low, high, MEASURE_BY_KEY[measure].better),
        version=str(baseline[0].get("version", "")),
        content=str(baseline[0].get("content", "")),
        sensor=str(baseline[0].get("sensor", "")),
    )


def compare_all(
    records: Iterable[Record],
    baseline_controller: str,
    measures: Iterable[str] = COMPARED,
    min_effect: float = 0.0,
    confidence: float = 0.95,
) -> list[Comparison]:
    """Compare every controller with the baseline in every situation, in order of first appearance.

    `baseline_controller` is a label. Raises ZhasylError when it has no runs in one of the situations.
    """
    chosen = tuple(measures)
    groups: dict[tuple[str, ...], dict[str, list[Record]]] = {}
    for record in records:
        groups.setdefault(situation(record), {}).setdefault(str(record["label"]), []).append(record)
    return [
        compare(_baseline_runs(place, runs, baseline_controller), candidate, measure)
        for place, runs in groups.items()
        for label, candidate in runs.items()
        if label != baseline_controller
        for measure in chosen
    ]


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


def _verdict(
    differences: Sequence[float], low: float | None, high: float | None, better: Literal["lower", "higher"]
) -> Verdict:
    if low is None or high is None:
        return "cannot tell"
    if not any(differences):
        return "same"
    if low <= 0 <= high:
        return "cannot tell"
    return "better" if (high < 0) == (better == "lower") else "worse"
