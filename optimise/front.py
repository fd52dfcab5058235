"""Plans between several objectives: those that no other plan beats beyond noise. `zhasyl optimise --front`."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from zhasyl.errors import ScenarioError
from zhasyl.files.alone import alone
from zhasyl.optimise.arguments import check_arguments
from zhasyl.optimise.finding import checking, plan_space, remarks_of
from zhasyl.optimise.intervals import half_width
from zhasyl.optimise.objective import Objective, parse_front
from zhasyl.optimise.question import PlanQuestion, ask_plans
from zhasyl.optimise.result import Step
from zhasyl.optimise.search.budget import check_front_budget
from zhasyl.optimise.search.found import Contender
from zhasyl.optimise.search.front import FrontSearch
from zhasyl.optimise.search.trials import Run, Trials
from zhasyl.process.cluster import default_jobs
from zhasyl.process.workers import DEFAULT_LIMIT_S
from zhasyl.runs.batch import OnDone, nothing, run_many
from zhasyl.runs.spec import RunSpec
from zhasyl.runs.store import RunRecord, check_writable, write_text
from zhasyl.scenarios import Scenario
from zhasyl.scenarios.limits import Limits
from zhasyl.signals import SignalPlan

FRONT_FILE = "front.csv"


@dataclass(frozen=True)
class FrontPlan:
    """One plan of a front: the mean of each objective over `seeds`, half the width of its 95 % interval, its file."""

    name: str
    plans: Mapping[str, SignalPlan]
    means: tuple[float, ...]
    half_widths: tuple[float | None, ...]
    seeds: tuple[int, ...]
    file: str


@dataclass(frozen=True)
class Front:
    """The answer of `optimise_front`.

    present   the present plan, with the same seeds as the others
    plans     in rising order of the first objective; each one's `means` are in the order of `objectives`
    spent     runs of the search
    remarks   what the reader has to know: demand above capacity, ...
    """

    scenario: Scenario
    objectives: tuple[Objective, ...]
    present: FrontPlan
    plans: tuple[FrontPlan, ...]
    spent: int
    budget: int
    steps: tuple[Step, ...]
    remarks: tuple[str, ...]


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

    check_writable(question.out)
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
    found = FrontSearch(space, objectives, trials, question.budget, question.seed, question.search_seeds, step).run()
    present = Contender(space.starts[0], found.present)
    plans = tuple(
        _plan(f"plan {number}", one, space.plans(one.point), str(space.file(one.point)))
        for number, one in enumerate(found.contenders, start=1)
    )
    front = Front(
        question.scenario,
        objectives,
        _plan("present plan", present, question.problem.present, ""),
        plans,
        trials.spent,
        question.budget.runs,
        found.steps,
        tuple(remarks_of(question, area)),
    )
    write_text(question.out / FRONT_FILE, front_csv(front))
    write_text(question.out / "front.json", json.dumps(document(front), indent=1) + "\n")
    return front


def _plan(name: str, one: Contender, plans: Mapping[str, SignalPlan], file: str) -> FrontPlan:
    if not one.values:
        raise ScenarioError(f"{name}: it was not simulated; raise the budget")
    rows = list(one.values.values())
    halves = tuple(half_width([float(row[number]) for row in rows]) for number in range(len(rows[0])))
    return FrontPlan(name, plans, tuple(map(float, one.mean)), halves, tuple(one.values), file)


def front_csv(front: Front) -> str:
    """A row a plan: its values, half-widths, seeds and file."""
    from io import StringIO

    from zhasyl.files.csv_cells import CsvWriter

    text = StringIO()
    rows = CsvWriter(text)
    keys = [one.key for one in front.objectives]
    rows.writerow(["plan", *keys, *(f"{key} half width" for key in keys), "seeds", "file"])
    for one in (front.present, *front.plans):
        halves = ["" if half is None else f"{half:.4g}" for half in one.half_widths]
        seeds = " ".join(map(str, one.seeds))
        rows.writerow([one.name, *(f"{mean:.6g}" for mean in one.means), *halves, seeds, one.file])
    return text.getvalue()


def document(front: Front) -> dict[str, object]:
    """What `--json` prints."""

    def shown(one: FrontPlan) -> dict[str, object]:
        return {
            "name": one.name,
            "values": dict(zip((o.key for o in front.objectives), one.means, strict=True)),
            "half_widths": dict(zip((o.key for o in front.objectives), one.half_widths, strict=True)),
            "seeds": list(one.seeds),
            "file": one.file,
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
        "steps": [vars(one) for one in front.steps],
    }
