"""What a search for plans found, in plain sentences."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from zhasyl.measures import CONTROL_DELAY, MEASURE_BY_KEY
from zhasyl.optimise.intervals import CONFIDENCE, mean_interval
from zhasyl.optimise.result import ModelCheck, Result
from zhasyl.reports.optimisation.changes import PRESENT, ApproachChange
from zhasyl.reports.optimisation.grids import bounds, percent, situation_name
from zhasyl.reports.records import by_label, done, measured, seeds, signed, written
from zhasyl.reports.tables import verdict_text
from zhasyl.text.words import plural

MOST_NAMED = 3  # losers in the headline; the table has more


@dataclass(frozen=True)
class Gain:
    """The objective under both plans over n seeds, in its unit; the interval is None where there is none."""

    n: int
    before: float
    after: float
    low: float | None
    high: float | None
    confidence: float


def gain(result: Result) -> Gain | None:
    """What the found plan brings of the objective: from the proof, or for a weighted sum from its runs."""
    first = next((one for one in result.proof if one.measure == result.objective.key), None)
    if first is None:
        return _gain_of_runs(result)
    if first.baseline_mean is None or first.candidate_mean is None:
        return None
    return Gain(first.n, first.baseline_mean, first.candidate_mean, first.low, first.high, first.confidence)


def _gain_of_runs(result: Result) -> Gain | None:
    groups = by_label(done([record.values for record in result.records]))
    present = {run["seed"]: result.objective.value(run) for run in groups.pop(PRESENT, [])}
    found = {run["seed"]: result.objective.value(run) for run in next(iter(groups.values()), [])}
    pairs = [(present[seed], found[seed]) for seed in present if seed in found]
    if not pairs or not all(math.isfinite(value) for pair in pairs for value in pair):
        return None
    before, after = (float(np.mean(values)) for values in zip(*pairs, strict=True))
    if len(pairs) < 2:
        return Gain(len(pairs), before, after, None, None, CONFIDENCE)
    interval = mean_interval([second - first for first, second in pairs], CONFIDENCE)
    return Gain(len(pairs), before, after, interval.low, interval.high, CONFIDENCE)


def headlines(result: Result, approaches: Sequence[ApproachChange]) -> list[str]:
    """The answer, how sure it is, and who pays for it."""
    found = gain(result)
    if result.better:
        said = [f"A better plan was found. {_change(result, found)}" if found else "A better plan was found."]
    else:
        said = [f"No better plan found: {_sentence(result.reason)} The present plan stays."]
        said += [f"With the best candidate: {_change(result, found)}"] if found else []
    if result.better:
        said += [_costs(result), *losers(approaches)]
    return [*said, *_holds(result)]


def _sentence(text: str) -> str:
    return f"{text.rstrip('. ') or 'the search gave no reason'}."


def _change(result: Result, found: Gain) -> str:
    objective, change = result.objective, found.after - found.before
    decimals = objective.decimals
    verb = "falls" if change < 0 else "rises" if change > 0 else "stays"
    interval = f", {100 * found.confidence:.4g} % interval {bounds(found.low, found.high, decimals)}"
    return (
        f"{objective.title} {verb} from {written(found.before, decimals)} to {written(found.after, decimals)} "
        f"{objective.unit} ({signed(change, decimals)}, {percent(found.before, change)} %"
        f"{interval if found.low is not None else ''}), over {plural(found.n, 'seed')} that the search never saw."
    )


def _costs(result: Result) -> str:
    """Which measures of the proof get worse."""
    worse = [one for one in result.proof if one.verdict == "worse"]
    if not worse:
        return "No measure of the proof gets worse beyond the spread of its runs."
    named = (
        f"{MEASURE_BY_KEY[one.measure].title} from {measured(one.measure, one.baseline_mean)} to "
        f"{measured(one.measure, one.candidate_mean)} {MEASURE_BY_KEY[one.measure].unit}"
        for one in worse
    )
    return f"What gets worse: {'; '.join(named)}."


def losers(approaches: Sequence[ApproachChange]) -> list[str]:
    """Which approaches wait longer."""
    if not approaches:
        return []
    lose = [one for one in approaches if one.verdict == "worse"]
    if not lose:
        return ["No approach waits longer beyond the spread of its runs."]
    named = "; ".join(_loser(one) for one in lose[:MOST_NAMED])
    many = f"{len(lose)} of {len(approaches)} approaches" if len(approaches) > 1 else "the one approach"
    most = ", most of all" if len(lose) > MOST_NAMED else ":"
    return [f"Who waits longer: {many}{most} {named}."]


def _loser(one: ApproachChange) -> str:
    before, after = (measured(CONTROL_DELAY.key, value) for value in (one.before_s, one.after_s))
    return f"{one.name} at signal {one.signal} ({before} to {after} {CONTROL_DELAY.unit})"


def _holds(result: Result) -> Iterator[str]:
    """In which other situations the found plan is better, too."""
    if not result.robustness or not result.better:
        return
    better = sum(one.comparison.verdict == "better" for one in result.robustness)
    others = [one for one in result.robustness if one.comparison.verdict != "better"]
    named = "".join(f"; {situation_name(one)}: {verdict_text(one.comparison)}" for one in others)
    yield f"In other situations: better in {better} of {len(result.robustness)}{named}."


def proof_line(result: Result) -> str:
    """On which seeds the proof stands."""
    runs = [record.values for record in result.records]
    if not runs:
        return "There was nothing to prove."
    return f"Both plans with seeds {seeds(runs)}, which the search never saw; differences are paired by seed."


def model_line(check: ModelCheck | None) -> str:
    """How far the fast model can be trusted here."""
    if check is None:
        return "No fast model was used: every plan was tried in SUMO."
    plans = plural(check.plans, "plan")
    said = f"Spearman's rank correlation of the fast model with SUMO is {check.spearman:.2f} over {plans}"
    said = said.replace("-", "−")
    if check.is_good:
        return f"{said}: it ranks plans well enough here to choose which of them SUMO tries."
    why = f": {check.reason.rstrip('. ')}" if check.reason else ""
    return f"{said}: the fast model ranks plans badly here, and the search relied on SUMO alone{why}."


def spent_line(result: Result) -> str:
    """What the search cost."""
    return (
        f"{result.spent} of {plural(result.budget, 'run')}, search seed {result.seed}, objective "
        f"{result.objective.described()}; the runs of the proof and of other situations come on top."
    )
