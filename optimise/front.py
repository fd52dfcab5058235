"""Plans between several objectives: those that no other plan beats beyond noise. `zhasyl optimise --front`."""

import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from zhasyl.arrays import FloatArray
from zhasyl.errors import ScenarioError
from zhasyl.files.output import alone
from zhasyl.optimise.arguments import check_arguments
from zhasyl.optimise.finding import checking, plan_space, remarks_of
from zhasyl.optimise.objective import Objective, parse_front
from zhasyl.optimise.plans.change import ChangePrice
from zhasyl.optimise.plans.remarks import described
from zhasyl.optimise.question import PlanQuestion, ask_plans
from zhasyl.optimise.result import Step
from zhasyl.optimise.search.budget import check_front_budget
from zhasyl.optimise.search.found import Contender
from zhasyl.optimise.search.front import FrontSearch
from zhasyl.optimise.search.noise import Noise
from zhasyl.optimise.search.trials import Run, Trials
from zhasyl.optimise.statistics.intervals import half_width
from zhasyl.process.cluster import default_jobs
from zhasyl.process.workers import DEFAULT_LIMIT_S
from zhasyl.runs.batch import OnDone, nothing, run_many
from zhasyl.runs.spec import RunSpec
from zhasyl.runs.store import RunRecord, write_text
from zhasyl.scenarios import Scenario
from zhasyl.scenarios.limits import Limits
from zhasyl.signals import SignalPlan

FRONT_FILE = "front.csv"
PRICED = "values and differences of plans hold the price of their change"


@dataclass(frozen=True)
class FrontPlan:
    """One plan of a front; values are in the order of the objectives.

    means         over `seeds`
    half_widths   of each mean's 95 % interval; what seeds do to all plans alike is in it, so it tells no two apart
    file          its absolute path; '' for the present plan
    differences   means of its values less the present plan's with the same seeds; None for the present plan itself
    difference_half_widths   of the 95 % intervals of these paired differences: by the noise that all plans have in
                             common, or by their own spread where that is much wider (a jam); None with one seed
    """

    name: str
    plans: Mapping[str, SignalPlan]
    means: tuple[float, ...]
    half_widths: tuple[float | None, ...]
    seeds: tuple[int, ...]
    file: str
    differences: tuple[float | None, ...]
    difference_half_widths: tuple[float | None, ...]


@dataclass(frozen=True)
class Front:
    """The answer of `optimise_front`.

    present   the present plan, with the same seeds as the others
    plans     in rising order of the first objective; each one's `means` are in the order of `objectives`
    spent     runs of the search
    remarks   what the reader has to know: demand above capacity, ...
    limits    what was asked of every plan, in words
    out       the folder that everything is written into
    """

    scenario: Scenario
    objectives: tuple[Objective, ...]
    present: FrontPlan
    plans: tuple[FrontPlan, ...]
    spent: int
    budget: int
    steps: tuple[Step, ...]
    remarks: tuple[str, ...]
    limits: tuple[str, ...]
    out: Path


def optimise_front(
    scenario: str | Path | Scenario,
    objectives: str | Sequence[str],
    *,
    budget: int = 300,
    minutes: float | None = None,
    variant: str = "",
    keep: str | Sequence[str] = (),
    limits: str | Path | Limits = "",
    change_price: str = "",
    seed: int = 1,
    proof_seeds: str | Iterable[int] = "101-110",
    jobs: int | None = None,
    cluster: str = "",
    limit_s: float = DEFAULT_LIMIT_S,
    out: str | Path = "results",
    on_step: Callable[[Step], None] = nothing,
    on_done: OnDone = nothing,
) -> Front:
    """Search plans that no other plan beats in all objectives beyond noise, as `zhasyl optimise --front` does.

    objectives    two or more that differ: 'delay_s,walker_delay_s' or ['delay_s', 'co2_kg']; each may be a sum
    budget        runs, 40 at least, or with `minutes` the time it takes; a front has no proof
    proof_seeds   seeds that the search leaves for a comparison of the plan that is chosen

    All else is as in `optimise`. Writes front.csv and front.json into `out`, where its runs are stored, too: asked
    again it goes on where it stopped. Raises ZhasylError for what is asked amiss, before anything runs.
    """
    check_arguments(locals())
    question = ask_front(
        scenario, objectives, budget, minutes, variant, keep, limits, change_price, seed, proof_seeds, 0, out
    )

    def run(specs: Iterable[RunSpec]) -> list[RunRecord]:
        return run_many(specs, jobs or default_jobs(), on_done, limit_s, cluster)

    with alone(question.out):
        return answer_front(question, run, on_step)


def ask_front(
    scenario: str | Path | Scenario,
    objectives: str | Sequence[str],
    budget: int,
    minutes: float | None,
    variant: str,
    keep: str | Sequence[str],
    limits: str | Path | Limits,
    change_price: str,
    seed: int,
    proof_seeds: str | Iterable[int],
    robust_seeds: int | None,
    out: str | Path,
) -> PlanQuestion:
    """Check every name, number and limit before anything runs. Raises ZhasylError."""
    front = parse_front(objectives if isinstance(objectives, str) else ",".join(objectives))
    question = ask_plans(
        scenario,
        budget,
        minutes,
        front[0].key,
        variant,
        keep,
        limits,
        change_price,
        seed,
        proof_seeds,
        robust_seeds,
        out,
    )
    check_front_budget(question.budget)
    return replace(question, front=front)


def answer_front(question: PlanQuestion, run: Run, on_step: Callable[[Step], None] = nothing) -> Front:
    """Search the front of the question's objectives and write its plans and values."""
    objectives = question.front
    area, space = plan_space(question)
    trials = Trials(question.scenario, question.out, run, emissions=question.emissions)
    step = checking(objectives, trials, on_step)
    search = FrontSearch(space, objectives, trials, question.budget, question.seed, question.search_seeds, step)
    found = search.run()
    present = Contender(space.starts[0], found.present, is_present=True)
    plans = tuple(
        _plan(f"plan {number}", one, present, search.noise, space.plans(one.point), str(space.file(one.point)))
        for number, one in enumerate(found.contenders, start=1)
    )
    front = Front(
        question.scenario,
        objectives,
        _plan("present plan", present, present, search.noise, question.problem.present, ""),
        plans,
        trials.spent,
        question.budget.runs,
        found.steps,
        (*([PRICED] if question.price != ChangePrice() else []), *remarks_of(question, area)),
        described(question.limits, question.problem),
        question.out,
    )
    write_text(question.out / FRONT_FILE, front_csv(front))
    write_text(question.out / "front.json", json.dumps(document(front), indent=1) + "\n")
    return front


def _plan(
    name: str,
    one: Contender,
    present: Contender,
    noise: Noise,
    plans: Mapping[str, SignalPlan],
    file: str,
) -> FrontPlan:
    if not one.values:
        raise ScenarioError(f"{name}: it was not simulated; raise the budget")
    differences: tuple[float | None, ...] = (None,) * len(one.mean)
    halves = differences
    if one is not present:
        paired = np.array([row - present.values[seed] for seed, row in one.values.items()])
        differences, halves = _told(paired.mean(axis=0)), _told(noise.half_widths(paired))
    columns = zip(*one.values.values(), strict=True)
    return FrontPlan(
        name,
        plans,
        tuple(map(float, one.mean)),
        tuple(half_width(list(map(float, column))) for column in columns),
        tuple(one.values),
        file,
        differences,
        halves,
    )


def _told(values: FloatArray) -> tuple[float | None, ...]:
    return tuple(value if math.isfinite(value) else None for value in values.tolist())


def file_in_folder(one: FrontPlan, front: Front) -> str:
    """The file of a plan as seen from the front's folder, which may be moved; '' for the present plan."""
    return Path(one.file).relative_to(front.out).as_posix() if one.file else ""


def front_csv(front: Front) -> str:
    """A row a plan: values, half-widths, seeds, file as seen from the folder; differences to the present plan."""
    from io import StringIO

    from zhasyl.files.csv_cells import CsvWriter

    text = StringIO()
    rows = CsvWriter(text)
    keys = [one.key for one in front.objectives]
    beside = [f"{key} {what}" for what in ("difference", "difference half width") for key in keys]
    rows.writerow(["plan", *keys, *(f"{key} half width" for key in keys), "seeds", "file", *beside])
    for one in (front.present, *front.plans):
        seeds = " ".join(map(str, one.seeds))
        halves, margins = (_cells(values, ".4g") for values in (one.half_widths, one.difference_half_widths))
        about = [*_cells(one.means, ".6g"), *halves, seeds, file_in_folder(one, front)]
        rows.writerow([one.name, *about, *_cells(one.differences, ".6g"), *margins])
    return text.getvalue()


def _cells(values: Iterable[float | None], form: str) -> list[str]:
    return ["" if value is None else format(value, form) for value in values]


def document(front: Front) -> dict[str, object]:
    """What `--json` prints."""

    def by_key(values: Iterable[float | None]) -> dict[str, float | None]:
        return dict(zip((one.key for one in front.objectives), values, strict=True))

    def shown(one: FrontPlan) -> dict[str, object]:
        return {
            "name": one.name,
            "values": by_key(one.means),
            "half_widths": by_key(one.half_widths),
            "seeds": list(one.seeds),
            "file": one.file,
            "differences": by_key(one.differences),
            "difference_half_widths": by_key(one.difference_half_widths),
        }

    return {
        "scenario": front.scenario.id,
        "variant": front.scenario.variant,
        "objectives": [one.key for one in front.objectives],
        "budget": front.budget,
        "spent": front.spent,
        "present": shown(front.present),
        "front": [shown(one) for one in front.plans],
        "remarks": list(front.remarks),
        "limits": list(front.limits),
        "steps": [vars(one) for one in front.steps],
    }
