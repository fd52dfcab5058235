"""Plans by time of day: a search for each period of a scenario, and one timetable of what they find."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import permutations
from math import floor
from pathlib import Path

from zhasyl.errors import ScenarioError, ZhasylError
from zhasyl.files.clock import DAY_S, clock
from zhasyl.files.output import alone
from zhasyl.files.paths import real_path
from zhasyl.optimise.arguments import check_arguments
from zhasyl.optimise.finding import answer_plans, document
from zhasyl.optimise.objective import Objective
from zhasyl.optimise.plan_files import write_plans
from zhasyl.optimise.question import PlanQuestion, ask_plans, read_budget
from zhasyl.optimise.result import Result, Step
from zhasyl.optimise.search.budget import LEAST_RUNS, Budget
from zhasyl.optimise.search.trials import Run
from zhasyl.process.cluster import default_jobs
from zhasyl.process.workers import DEFAULT_LIMIT_S
from zhasyl.runs.batch import OnDone, nothing, run_many
from zhasyl.runs.prepared import prepare
from zhasyl.runs.spec import RunSpec
from zhasyl.runs.store import RunRecord, write_text
from zhasyl.scenarios import Scenario, load_scenario
from zhasyl.scenarios.limits import Limits
from zhasyl.scenarios.periods import ALL, chosen_periods, ended_before
from zhasyl.scenarios.tables.settings import Period
from zhasyl.scenarios.variant import parse_variant
from zhasyl.signals import Signal, SignalPlan


@dataclass(frozen=True)
class DayPart:
    """A period, when its plans begin, and what is searched for it."""

    name: str
    from_s: float
    question: PlanQuestion


@dataclass(frozen=True)
class DayQuestion:
    """What a search for plans by time of day asks, checked; `parts` in the order of the day."""

    scenario: Scenario
    parts: tuple[DayPart, ...]
    out: Path

    @property
    def objective(self) -> Objective:
        """What is minimised in each period."""
        return self.parts[0].question.objective

    @cached_property
    def budget(self) -> Budget:
        """Of all periods."""
        each = [part.question.budget for part in self.parts]
        minutes = None if each[0].minutes is None else sum(one.minutes or 0.0 for one in each)
        return Budget(sum(one.runs for one in each), minutes)

    @property
    def runs(self) -> int:
        """Runs of all searches, as far as is known before them."""
        return self.budget.runs

    @property
    def samples(self) -> list[RunSpec]:
        """A run of each kind, by which the time that all take is estimated."""
        return [spec for part in self.parts for spec in part.question.samples]

    @property
    def further_runs(self) -> int:
        """Runs of the proofs and the robustness tables, beside the budget."""
        return sum(part.question.further_runs for part in self.parts)


@dataclass(frozen=True)
class Day:
    """The answer of `optimise_day`.

    results    by period, in the order of the day; where none is better, its plans are the present ones
    from_s     when the plans of a period begin, seconds after midnight: with its warm-up. They are played until the
               next period's begin, the last ones over midnight until the first's
    timetable  by signal the plans that follow each other, with the time from which each is played
    remarks    what the reader has to know of the timetable; each result has its own
    """

    scenario: Scenario
    objective: Objective
    results: Mapping[str, Result]
    from_s: Mapping[str, float]
    timetable: Mapping[str, tuple[tuple[float, SignalPlan], ...]]
    remarks: tuple[str, ...] = ()

    @property
    def better(self) -> bool:
        """Was a better plan found for any period?"""
        return any(one.better for one in self.results.values())

    @property
    def signals(self) -> Mapping[str, Signal]:
        """The controlled signals, by id."""
        return next(iter(self.results.values())).signals


def optimise_day(
    scenario: str | Path | Scenario,
    *,
    periods: str | Sequence[str] = ALL,
    budget: int = 300,
    minutes: float | None = None,
    objective: str = "delay_s",
    variant: str = "",
    keep: str | Sequence[str] = (),
    limits: str | Path | Limits = "",
    change_price: str = "",
    seed: int = 1,
    proof_seeds: str | Iterable[int] = "101-110",
    robust_seeds: int | None = None,
    jobs: int | None = None,
    cluster: str = "",
    limit_s: float = DEFAULT_LIMIT_S,
    out: str | Path = "results",
    on_step: Callable[[Step], None] = nothing,
    on_done: OnDone = nothing,
) -> Day:
    """Search for better plans in each of a scenario's periods and put them into one timetable.

    periods is 'all' or the names of at least two; they share the budget equally. All else is as in `optimise`.
    Writes the folder of a search for each period into `out`, and plan.csv, plan.add.xml and optimise.json of the day
    beside them. Raises ZhasylError for what is asked amiss, before anything runs.
    """
    check_arguments(locals())
    question = ask_day(
        scenario, periods, budget, minutes, objective, variant, keep, limits, change_price, seed, proof_seeds,
        robust_seeds, out,
    )  # fmt: skip

    def run(specs: Iterable[RunSpec]) -> list[RunRecord]:
        return run_many(specs, jobs or default_jobs(), on_done, limit_s, cluster)

    with alone(question.out):
        return answer_day(question, run, on_step)


def ask_day(
    scenario: str | Path | Scenario,
    periods: str | Sequence[str],
    budget: int,
    minutes: float | None,
    objective: str,
    variant: str,
    keep: str | Sequence[str],
    limits: str | Path | Limits,
    change_price: str,
    seed: int,
    proof_seeds: str | Iterable[int],
    robust_seeds: int | None,
    out: str | Path,
) -> DayQuestion:
    """Check every name, number and limit before anything runs. Raises ZhasylError."""
    base = scenario if isinstance(scenario, Scenario) else load_scenario(str(scenario))
    chosen = chosen_periods(base, periods if isinstance(periods, str) else ",".join(periods))
    if parse_variant(variant).period:
        raise ScenarioError(f"variant '{variant}' names a period beside the periods of a timetable; give one of both")
    runs, each_min = _shares(budget, minutes, len(chosen))
    place = real_path(Path(out))
    proof = proof_seeds if isinstance(proof_seeds, str) else tuple(proof_seeds)

    def part(period: Period, from_s: float) -> DayPart:
        own = ",".join(filter(None, [f"period={period.name}", variant]))
        question = ask_plans(
            base, runs, each_min, objective, own, keep, limits, change_price, seed, proof, robust_seeds,
            place / period.name,
        )  # fmt: skip
        return DayPart(period.name, from_s, replace(question, other_periods=False))

    parts = tuple(part(one, from_s) for one, from_s in _begins(chosen))
    check_alike({one.name: prepare(one.question.scenario).derived.signals for one in parts})
    return DayQuestion(base, parts, place)


def _shares(budget: int, minutes: float | None, periods: int) -> tuple[int, float | None]:
    """Runs and minutes of each period. Raises ZhasylError for too few runs."""
    if minutes is not None:
        return budget, (read_budget(budget, minutes).minutes or 0.0) / periods
    if isinstance(budget, int) and LEAST_RUNS <= budget < periods * LEAST_RUNS:
        raise ZhasylError(
            f"budget {budget} is below the {periods * LEAST_RUNS} runs that {periods} periods take, {LEAST_RUNS} each; "
            f"give for example {100 * periods}"
        )
    return (budget // periods if isinstance(budget, int) and budget >= LEAST_RUNS else budget), minutes


def check_alike(periods: Mapping[str, Mapping[str, Signal]]) -> None:
    """Raise ScenarioError for a signal whose stages or intergreens are others in another period: no row fits both."""
    (first, signals), *others = periods.items()
    for name, own in others:
        for signal in sorted(signals.keys() | own.keys()):
            if signal not in signals or signal not in own or _shows(signals[signal]) != _shows(own[signal]):
                raise ScenarioError(
                    f"periods: signal '{signal}' has other stages or intergreens in '{name}' than in '{first}', which "
                    "one timetable cannot hold; search each period by itself with --variant period=NAME"
                )


def _shows(signal: Signal) -> tuple[object, ...]:
    """The stages by name, in any order, and what is shown between them."""
    order = sorted(range(len(signal.stages)), key=lambda stage: signal.stages[stage].id)
    stages = [(signal.stages[stage].id, signal.stages[stage].state) for stage in order]
    return stages, signal.walk_s, [signal.intergreen(old, new) for old, new in permutations(order, 2)]


def _begins(periods: Sequence[Period]) -> Iterator[tuple[Period, float]]:
    """When the plans of each begin: with its warm-up, but not before the end of the one before; whole seconds."""
    for (_, ended_s), one in zip(ended_before(periods), periods, strict=True):
        yield one, float(floor(max(one.begin_s % DAY_S - one.warm_up_s, ended_s)))


def answer_day(question: DayQuestion, run: Run, on_step: Callable[[Step], None] = nothing) -> Day:
    """Search each period in turn, and write the timetable."""
    results = {part.name: _answered(part, run, on_step) for part in question.parts}
    signals = next(iter(results.values())).signals
    begins_s = {part.name: part.from_s for part in question.parts}
    timetable = {
        name: _without_repeats(
            [
                (begins_s[period] % DAY_S, by_stages_of(signal, one.plans[name], one.signals[name]))
                for period, one in results.items()
            ]
        )
        for name, signal in signals.items()
    }
    better = any(one.better for one in results.values())
    refusal = write_plans(question.scenario, signals, timetable if better else {}, question.out)
    remarks = (refusal,) if refusal else ()
    day = Day(question.scenario, question.objective, results, begins_s, timetable, remarks)
    write_text(question.out / "optimise.json", json.dumps(document_of_day(day), indent=1) + "\n")
    return day


def _answered(part: DayPart, run: Run, on_step: Callable[[Step], None]) -> Result:
    def step(known: Step) -> None:
        on_step(replace(known, stage=f"{part.name}: {known.stage}"))

    budget = part.question.budget  # its minutes begin now
    with alone(part.question.out):
        return answer_plans(replace(part.question, budget=Budget(budget.runs, budget.minutes)), run, step)


def by_stages_of(signal: Signal, plan: SignalPlan, own: Signal) -> SignalPlan:
    """A plan of `own` as one of `signal`, the same in another period, whose programme may show the stages in another
    order."""
    names = [stage.id for stage in signal.stages]
    return replace(plan, stages=tuple(names.index(own.stages[stage].id) for stage in plan.stages))


def _without_repeats(rows: Sequence[tuple[float, SignalPlan]]) -> tuple[tuple[float, SignalPlan], ...]:
    """The rows in rising order of time, without those that go on with the plan before."""
    ordered = sorted(rows, key=lambda row: row[0])
    return tuple(row for place, row in enumerate(ordered) if not place or row[1] != ordered[place - 1][1])


def document_of_day(day: Day) -> dict[str, object]:
    """What `--json` prints: the better-or-not of the day, and each period's own document."""
    return {
        "scenario": day.scenario.id,
        "objective": day.objective.key,
        "better": day.better,
        "remarks": list(day.remarks),
        "periods": {
            name: {"from": clock(day.from_s[name] % DAY_S), **document(one)} for name, one in day.results.items()
        },
    }
