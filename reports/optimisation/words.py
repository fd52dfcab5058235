"""What a search for plans found, in plain sentences."""

from collections.abc import Iterator, Sequence

from zhasyl.measures import CONTROL_DELAY, MEASURE_BY_KEY
from zhasyl.optimise.model.agreement import Agreement
from zhasyl.optimise.result import Result, Robust
from zhasyl.optimise.statistics.verdict import LEAST_SEEDS
from zhasyl.reports.optimisation.changes import ApproachChange
from zhasyl.reports.optimisation.gains import Gain, gain
from zhasyl.reports.optimisation.grids import bounds, percent, situation_name, tried
from zhasyl.reports.records import measured, seeds, signed, written
from zhasyl.reports.tables import verdict_text
from zhasyl.text.words import plural

MOST_NAMED = 3  # losers in the headline; the table has more


def headlines(result: Result, approaches: Sequence[ApproachChange]) -> list[str]:
    """The answer, how sure it is, and who pays for it."""
    found = gain(result)
    if result.better:
        said = [f"A better plan was found. {_change(result, found)}" if found else "A better plan was found."]
        if found and found.n < LEAST_SEEDS:
            said.append(f"With fewer than {LEAST_SEEDS} seeds that is a hint, no proof: give more --proof-seeds.")
    else:
        said = [f"No better plan found: {_sentence(result.reason)} The present plan stays."]
        best = found is not None and result.tried != result.present
        return [*said, f"The best plan tried: {_change(result, found)}"] if best and found else said
    return [*said, _costs(result), *losers(approaches), *_elsewhere(result)]


def _sentence(text: str) -> str:
    return f"{text.rstrip('. ') or 'the search gave no reason'}."


def _change(result: Result, found: Gain) -> str:
    objective, change = result.objective, found.after - found.before
    decimals = objective.decimals
    if not change:
        stays = f"{objective.title} stays at {written(found.before, decimals)} {objective.unit}"
        return f"{stays} over {plural(found.n, 'seed')} that the search never saw."
    verb = "falls" if change < 0 else "rises"
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
        f"{title_of(one.measure)} from {measured(one.measure, one.baseline_mean)} to "
        f"{measured(one.measure, one.candidate_mean)} {MEASURE_BY_KEY[one.measure].unit}"
        for one in worse
    )
    return f"What gets worse: {'; '.join(named)}."


def title_of(measure: str) -> str:
    """A measure's title."""
    return MEASURE_BY_KEY[measure].title


def losers(approaches: Sequence[ApproachChange]) -> list[str]:
    """Which approaches wait longer."""
    approaches = [one for one in approaches if one.controlled]
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


def _elsewhere(result: Result) -> Iterator[str]:
    """What the found plan brings in other situations, the least gain first."""
    if not result.robustness:
        return
    told = [(one, one.comparison.difference, one.comparison.baseline_mean) for one in result.robustness]
    ranked = sorted(told, key=lambda row: -(row[1] or 0.0) / (row[2] or 1.0))
    named = (f"{percent(mean, change)} % in {situation_name(one)} ({_verdict(one)})" for one, change, mean in ranked)
    yield f"In other situations {title_of(result.robustness[0].comparison.measure)} changes by {'; '.join(named)}."


def _verdict(robust: Robust) -> str:
    one = robust.comparison
    return f"{plural(one.n, 'seed')}, no verdict" if one.why == "fewer than 5 seeds" else verdict_text(one)


def proof_line(result: Result) -> str:
    """On which seeds the proof stands."""
    runs = [record.values for record in result.records]
    if not runs:
        return "There was nothing to prove."
    return f"Both plans with seeds {seeds(runs)}, which the search never saw; differences are paired by seed."


def starts_line(result: Result) -> str:
    """Is the found plan worth a search: how far is it from the best analytic one?"""
    about = "Analytic plans are those of the methods within the limits; the search starts from them."
    own = next((one for one in result.starts if one.is_tried), None)
    if own:
        return f"{about} The {tried(result)} plan is that of '{own.name}': the search found none that is better."
    told = [(one.after, one, one.lead) for one in result.starts if one.after is not None and one.lead]
    if not told:
        return f"{about} None has a value with each seed of the proof."
    _, best, (mean, low, high) = min(told, key=lambda row: row[0])
    digits, unit = result.objective.decimals, result.objective.unit
    price = f" Its change costs {signed(best.dearer, digits)} {unit} more, which is not in that." if best.dearer else ""
    return (
        f"{about} Against the best of them, '{best.name}', the {tried(result)} plan has {signed(mean, digits)} {unit} "
        f"(95 % interval {bounds(low, high, digits)}).{price}"
    )


def limits_line(limits: Sequence[str]) -> str:
    """What every plan that was tried had to hold."""
    return f"Asked of every plan: {'; '.join(limits)}."


def model_line(model: Agreement) -> str:
    """How far the fast model can be trusted here."""
    if model.correlation is None:
        return f"How well the fast model ranks plans here is not known: {model.reason.rstrip('. ')}."
    told = f"{written(model.correlation, 2)} over {plural(model.plans, 'plan')}"
    said = f"Spearman's rank correlation of the fast model with SUMO is {told}"
    if model.is_good:
        return f"{said}: it ranks plans well enough here to choose which of them SUMO tries."
    return f"{said}: it ranks plans badly here. What it says counts less with each run that contradicts it."


def spent_line(result: Result) -> str:
    """What the search cost."""
    limit = f" of {result.budget}" if result.spent <= result.budget else ""  # else its budget was a time
    return (
        f"{result.spent}{limit} runs, search seed {result.seed}, objective {result.objective.described()}; the runs "
        "of the proof and of other situations come on top."
    )
