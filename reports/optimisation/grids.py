"""Tables of a result: the proof, other situations, the plans and the approaches; for the page and the terminal."""

from collections.abc import Callable, Sequence
from math import isfinite

from zhasyl.measures import CONTROL_DELAY, MEASURE_BY_KEY
from zhasyl.optimise.objective import Objective
from zhasyl.optimise.result import Result, Robust, Start, paired
from zhasyl.optimise.statistics.comparison import Comparison
from zhasyl.reports.optimisation.changes import ApproachChange, PlanChange, green_s
from zhasyl.reports.pages import Grid
from zhasyl.reports.records import NOTHING, measured, signed, written
from zhasyl.reports.tables import VERDICT, difference, interval, interval_title, measure_title, p_text, verdict_text
from zhasyl.runs.store import RunRecord
from zhasyl.signals import SignalPlan

MOST_AT_AN_END = 12  # approaches that lose most, and as many that gain most
MOST_SIGNALS = 40  # rows of the table of plans
UNBROKEN = "\u00a0"  # a blank at which no line ends
ALL_DAY = "as it is"  # the situation without a variant


def proof_grid(result: Result) -> Grid:
    """The found plan against the present one, measure by measure."""
    return comparison_grid(result.proof, tried(result))


def comparison_grid(compared: Sequence[Comparison], found: str) -> Grid:
    """What is found, or is called otherwise, against what is present, measure by measure."""
    rows = [[measure_title(one), *_cells(one), p_text(one)] for one in compared]
    return Grid("The proof", _headings("Measure", found, compared, "p (Holm)"), rows, verdict=6)


def starts_grid(result: Result) -> Grid:
    """Plans of analytic methods against the present one with the seeds of the proof, and the found one against them."""
    found = tried(result)
    headings = ["Plan", "Present", "This plan", "Difference", "In %", f"{found.capitalize()} less it"]
    return Grid(starts_title(result), headings, [_start_row(result.objective, one, found) for one in result.starts])


def starts_title(result: Result) -> str:
    """What analytic plans are compared in."""
    return f"Beside analytic plans: {result.objective.title} ({result.objective.unit})"


def _start_row(objective: Objective, one: Start, found: str) -> list[str]:
    if one.before is None or one.after is None:
        return [one.name, *[NOTHING] * 4, f"no value with {one.without_value} of {one.seeds} seeds"]
    change, digits = one.after - one.before, objective.decimals
    less = f"it is the {found} plan"
    if one.lead:
        mean, low, high = one.lead
        less = f"{signed(mean, digits)} ({bounds(low, high, digits)})"
    numbers = (written(one.before, digits), written(one.after, digits), signed(change, digits))
    return [one.name, *numbers, percent(one.before, change), less]


def seeds_grid(result: Result) -> Grid:
    """The objective with each seed of the proof, and who jams."""
    objective, digits = result.objective, result.objective.decimals
    headings = ["Seed", f"Present ({objective.unit})", tried(result).capitalize(), "Difference", "Gridlock or failed"]
    rows = []
    for old, new in paired(result.records):
        present, found = (objective.value(one.values) for one in (old, new))
        values = (
            _known(written, present, digits),
            _known(written, found, digits),
            _known(signed, found - present, digits),
        )
        odd = [f"{name} {said}" for name, one in (("present", old), (tried(result), new)) if (said := _end(one))]
        rows.append([str(old["seed"]), *values, ", ".join(odd) or NOTHING])
    return Grid("Seed by seed", headings, rows, texts=(4,))


def _known(shown: Callable[[float, int], str], value: float, digits: int) -> str:
    return shown(value, digits) if isfinite(value) else NOTHING


def _end(record: RunRecord) -> str:
    """How a run ended that did not end well."""
    return "failed" if not record.done else "jams" if record.values.get("gridlocked") else ""


def robustness_grid(result: Result) -> Grid:
    """The same of the objective in other situations."""
    return situations_grid(result.robustness, tried(result))


def situations_grid(robust: Sequence[Robust], found: str) -> Grid:
    """The same of the objective, situation by situation."""
    rows = [[situation_name(one), *_cells(one.comparison)] for one in robust]
    compared = [one.comparison for one in robust]
    return Grid("Other situations", _headings("Situation", found, compared), rows, verdict=6)


def robustness_title(result: Result) -> str:
    """What is compared in other situations."""
    return f"In other situations: {measure_title(result.robustness[0].comparison)}"


def situation_name(robust: Robust) -> str:
    """A situation by its variant's text."""
    return robust.variant or ALL_DAY


def tried(result: Result) -> str:
    """What the plan is called that stands against the present one."""
    return "found" if result.better else "best tried"


def _headings(first: str, found: str, compared: Sequence[Comparison], *more: str) -> list[str]:
    sure = interval_title(compared[0]) if compared else "95 % interval"
    return [first, "Present", found.capitalize(), "Difference", "In %", sure, VERDICT, *more]


def _cells(one: Comparison) -> list[str]:
    """Present and found mean, difference, the same in per cent, interval and verdict."""
    means = (measured(one.measure, mean) for mean in (one.baseline_mean, one.candidate_mean))
    share = percent(one.baseline_mean, one.difference)
    return [*means, difference(one), share, interval(one), verdict_text(one)]


def percent(base: float | None, change: float | None) -> str:
    """A change as a share of what it changes: '−17.5'; a dash where that cannot be told."""
    return signed(100 * change / abs(base), 1) if base and change is not None else NOTHING


def bounds(low: float | None, high: float | None, decimals: int) -> str:
    """An interval as people read it."""
    return NOTHING if low is None or high is None else f"{signed(low, decimals)} to {signed(high, decimals)}"


def plans_grid(changes: Sequence[PlanChange]) -> Grid:
    """Cycle, offset and greens of the signals that changed most."""
    rows = [
        [
            one.signal.id,
            _moved(one.present.cycle_s, one.found.cycle_s),
            _moved(one.present.offset_s, one.found.offset_s),
            ", ".join(_greens(one, stage) for stage in one.stages),
        ]
        for one in changes[:MOST_SIGNALS]
    ]
    return Grid("Plans before and after", ["Signal", "Cycle (s)", "Offset (s)", "Greens (s)"], rows, texts=(3,))


def _greens(change: PlanChange, stage: int) -> str:
    before, after = (_played(plan, stage) for plan in (change.present, change.found))
    seconds = before if before == after else f"{before} → {after}"
    return f"{change.signal.stages[stage].id} {seconds}".replace(" ", UNBROKEN)


def _played(plan: SignalPlan, stage: int) -> str:
    return f"{green_s(plan, stage):g}" if stage in plan.stages else "left out"


def _moved(before: float, after: float) -> str:
    return f"{before:g}" if before == after else f"{before:g} → {after:g}"


def approaches_grid(approaches: Sequence[ApproachChange], other: str = "found") -> Grid:
    """Delay and queue by approach, the greatest losses first; of many the two ends, then those of other signals."""
    own, others = ([one for one in approaches if one.controlled == controlled] for controlled in (True, False))
    ends = [*own[:MOST_AT_AN_END], *own[MOST_AT_AN_END:][-MOST_AT_AN_END:], *others[:MOST_AT_AN_END]]
    delay, queue = CONTROL_DELAY, MEASURE_BY_KEY["queue_mean_veh"]
    headings = ["Approach", "Signal", f"{delay.title}, present ({delay.unit})", f"{delay.title}, {other}"]
    headings += [
        f"Difference ±{UNBROKEN}95{UNBROKEN}%",
        VERDICT,
        f"{queue.title}, present ({queue.unit})",
        f"{queue.title}, {other}",
    ]
    return Grid("Approaches before and after", headings, [_approach(one) for one in ends], texts=(1,), verdict=5)


def _approach(one: ApproachChange) -> list[str]:
    decimals = CONTROL_DELAY.decimals
    margin = "" if one.margin_s is None else f" ± {written(one.margin_s, decimals)}"
    return [
        one.name,
        one.signal,
        measured(CONTROL_DELAY.key, one.before_s),
        measured(CONTROL_DELAY.key, one.after_s),
        f"{signed(one.change_s, decimals)}{margin}",
        one.verdict,
        measured("queue_mean_veh", one.queue_before_veh),
        measured("queue_mean_veh", one.queue_after_veh),
    ]
