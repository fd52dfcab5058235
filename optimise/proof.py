"""Is what a search found better than what is present, on seeds that it never saw, and elsewhere?"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from zhasyl.controllers import ControllerSpec
from zhasyl.errors import ZhasylError
from zhasyl.optimise.objective import Objective
from zhasyl.optimise.result import Robust, paired
from zhasyl.optimise.search.trials import Run
from zhasyl.optimise.statistics.compare import COMPARED, compare_all
from zhasyl.optimise.statistics.comparison import Comparison
from zhasyl.optimise.statistics.intervals import CONFIDENCE, mean_interval
from zhasyl.runs.spec import RunSpec
from zhasyl.runs.store import RunRecord
from zhasyl.scenarios import Scenario
from zhasyl.scenarios.periods import periods_of
from zhasyl.scenarios.variant import Variant, parse_variant
from zhasyl.scenarios.variants.vary import vary
from zhasyl.sensors import PERFECT

ELSEWHERE = ("demand_scale=0.85", "demand_scale=1.15", "rain=heavy")


@dataclass(frozen=True)
class Proof:
    """The runs of both, the differences by measure, and the verdict on the objective as a whole, its price added."""

    records: tuple[RunRecord, ...]
    comparisons: tuple[Comparison, ...]
    better: bool
    reason: str

    def differences(self, objective: Objective) -> list[float]:
        """The winner's objective less that of what is present, by seed; not finite where a run failed."""
        return [objective.value(new.values) - objective.value(old.values) for old, new in paired(self.records)]


@dataclass(frozen=True)
class Place:
    """Where runs are stored, who runs them, and what controllers see with."""

    out: Path
    run: Run
    sensor: str = PERFECT


def pair(
    scenario: Scenario,
    controllers: Sequence[ControllerSpec],
    seeds: Iterable[int],
    place: Place,
) -> list[RunSpec]:
    """The runs of controllers in a scenario."""
    return [RunSpec(scenario, one, seed, place.out, sensor=place.sensor) for one in controllers for seed in seeds]


def prove(
    scenario: Scenario,
    present: ControllerSpec,
    winner: ControllerSpec,
    seeds: Sequence[int],
    objective: Objective,
    place: Place,
    price: float = 0.0,
) -> Proof:
    """Simulate both with each seed and compare them; the winner's `price` is added to its objective."""
    records = place.run(pair(scenario, (present, winner), seeds, place))
    measures = dict.fromkeys((*objective.measures, *COMPARED))
    comparisons = compare_all([one.values for one in records], present.label, measures)
    proof = Proof(tuple(records), tuple(comparisons), False, "")
    what = f"the best plan's {objective.title}{' with the price of its change' if price else ''}"
    told = [one + price for one in proof.differences(objective)]
    better, reason = verdict_of(told, what, objective.unit, objective.decimals)
    return replace(proof, better=better, reason=reason)


def verdict_of(differences: Sequence[float], what: str, unit: str, decimals: int) -> tuple[bool, str]:
    """Is it better, and if not, why not: the whole interval of the mean difference below 0, or all of 6 and more seeds.

    Where one plan jams in a few seeds, the interval is wide however sure the difference is; the sign test is not.
    """
    known = [one for one in differences if np.isfinite(one)]
    on = f"on {len(known)} seeds that the search never saw {what}"
    if len(known) < max(2, len(differences)):
        return False, f"{len(differences) - len(known)} of {len(differences)} runs of the proof have no value"
    if not any(known):
        return False, f"{on} does not differ in any run"
    interval = mean_interval(known, CONFIDENCE)
    mean, low, high = (f"{one:+.{decimals}f}" for one in (float(np.mean(known)), interval.low, interval.high))
    if interval.high < 0 or lower_with_all(known):
        return True, ""
    if interval.low > 0:
        verdict = "it is worse"
    elif np.mean(known) >= 0:
        verdict = "no gain is in sight"
    else:
        verdict = "more seeds or runs may tell"
    return False, f"{on} differs by {mean} {unit} [{low}, {high}]: {verdict}".replace("-", "−")


def lower_with_all(differences: Sequence[float]) -> bool:
    """Is every difference below 0, and so many that chance is ruled out (two-sided sign test)?"""
    return max(differences) < 0 and 2 * 0.5 ** len(differences) <= 1 - CONFIDENCE


def remarks_on(proof: Proof, objective: Objective, price: float) -> Iterator[str]:
    """What the reader of a proof has to know: the price in its verdict, why it is one, and runs that jam."""
    if price:
        yield f"the price of this change, {price:.{objective.decimals}f} {objective.unit}, is counted in the verdict"
    differences = proof.differences(objective)
    if proof.better and mean_interval([one + price for one in differences], CONFIDENCE).high >= 0:
        n = len(differences)
        yield f"better by the sign test: lower with each of {n} seeds (p = {2 * 0.5**n:.3f})"
    pairs = paired(proof.records)
    jams = [[one.values["seed"] for one in own if one.values.get("gridlocked")] for own in zip(*pairs, strict=True)]
    if any(jams):
        present, best = (f"in {len(seeds)} of {len(pairs)} runs{_named(seeds)}" for seeds in jams)
        middle = f"{np.median(differences):+.{objective.decimals}f}".replace("-", "−")
        told = f", the median of the differences is {middle} {objective.unit}" if np.isfinite(differences).all() else ""
        yield (
            f"gridlock: the present plan {present}, the best plan {best}; a jam moves the mean and widens its "
            f"interval{told}"
        )


def _named(seeds: Sequence[object]) -> str:
    return f" (seed{'s' if len(seeds) > 1 else ''} {', '.join(map(str, seeds))})" if seeds else ""


def elsewhere(base: Scenario, own: Variant, periods: bool = True) -> list[tuple[str, Scenario]]:
    """The situations of the robustness table: the same with more and less demand, in rain, and in other `periods`.

    `base` is the scenario without its variant `own`. One that it cannot be put into is left out.
    """
    found = []
    for text in (*ELSEWHERE, *(_other_periods(base, own) if periods else ())):
        change = parse_variant(text)
        updates = {key: getattr(change, key) for key in change.model_fields_set}
        updates["demand_scale"] = own.demand_scale * change.demand_scale
        with suppress(ZhasylError):
            found.append((text, vary(base, own.model_copy(update=updates))))
    return found


def _other_periods(base: Scenario, own: Variant) -> list[str]:
    names = [one.name for one in periods_of(base)]
    return [f"period={name}" for name in names if name not in ("", own.period or names[0])]


def check_robust(
    places: Sequence[tuple[str, Scenario]],
    present: ControllerSpec,
    winner: ControllerSpec,
    seeds: Sequence[int],
    objective: Objective,
    place: Place,
) -> tuple[Robust, ...]:
    """The objective's first measure in each other situation; one that cannot be simulated is left out."""
    specs = [spec for _, varied in places for spec in pair(varied, (present, winner), seeds, place)]
    records, each = place.run(specs), 2 * len(seeds)
    found = []
    for number, (text, _) in enumerate(places):
        own = records[number * each : (number + 1) * each]
        if any(record.done for record in own):
            values = [record.values for record in own]
            found += [Robust(text, one) for one in compare_all(values, present.label, objective.measures[:1])]
    return tuple(found)
