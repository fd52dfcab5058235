"""Better fixed-time plans for a scenario: asked, searched, proven and written. What `zhasyl optimise` does."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np

from zhasyl.arrays import FloatArray
from zhasyl.errors import ScenarioError, ZhasylError
from zhasyl.files.output import alone
from zhasyl.observation import Area
from zhasyl.optimise.arguments import check_arguments
from zhasyl.optimise.beside import Beside, beside
from zhasyl.optimise.model.agreement import agreement
from zhasyl.optimise.model.fast_model import FastModel
from zhasyl.optimise.objective import Objective, missing
from zhasyl.optimise.plan_files import write_plans
from zhasyl.optimise.plans.remarks import beyond, described, kept_apart, unprotected
from zhasyl.optimise.proof import Place, Proof, check_robust, prove, remarks_on
from zhasyl.optimise.question import PlanQuestion, ask_plans
from zhasyl.optimise.result import Result, Robust, Step
from zhasyl.optimise.search.found import Found
from zhasyl.optimise.search.plan_space import Plans, PlanSpace
from zhasyl.optimise.search.search import Search
from zhasyl.optimise.search.trials import Run, Trials
from zhasyl.optimise.starts import analytic_plans
from zhasyl.process.cluster import default_jobs
from zhasyl.process.workers import DEFAULT_LIMIT_S
from zhasyl.runs.batch import OnDone, nothing, run_many
from zhasyl.runs.prepared import prepare
from zhasyl.runs.spec import RunSpec
from zhasyl.runs.store import RunRecord, write_text
from zhasyl.scenarios import Scenario
from zhasyl.scenarios.limits import Limits
from zhasyl.timing.flows import car_lanes, through_cars_vph
from zhasyl.timing.webster import webster_timing


def optimise(
    scenario: str | Path | Scenario,
    *,
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
) -> Result:
    """Search for better fixed-time plans of a scenario's signals and prove the best one, as `zhasyl optimise` does.

    budget         runs of the search, or with `minutes` the time it takes; the proof and the robustness table take
                   at most 5 · proof seeds + 2 · situations · robust_seeds more
    robust_seeds   how many of the proof's seeds other situations are simulated with; without it 5, 0 for none
    objective      a measure, or a sum such as 'delay_s + 0.5*walker_delay_s'
    keep           'cycle', 'greens', 'offsets', 'stages', 'signal:ID', or several of them
    limits         a TOML file with [limits]; without one those of scenario.toml
    change_price   units of the objective a second of change, such as 'greens=0.1,cycle=0.1,offset=0.05'

    Writes plan.csv, plan.add.xml and optimise.json into `out`, where its runs are stored, too: asked again it goes on
    where it stopped. Raises ZhasylError for what is asked amiss, before anything runs.
    """
    check_arguments(locals())
    question = ask_plans(
        scenario, budget, minutes, objective, variant, keep, limits, change_price, seed, proof_seeds, robust_seeds, out
    )

    def run(specs: Iterable[RunSpec]) -> list[RunRecord]:
        return run_many(specs, jobs or default_jobs(), on_done, limit_s, cluster)

    with alone(question.out):
        return answer_plans(question, run, on_step)


def answer_plans(question: PlanQuestion, run: Run, on_step: Callable[[Step], None] = nothing) -> Result:
    """Search, prove the best plan, and write what was found."""
    area, space = plan_space(question)
    trials = Trials(question.scenario, question.out, run, emissions=question.emissions)
    step = checking([question.objective], trials, on_step)
    found = Search(
        space, [question.objective], trials, question.budget, question.seed, question.search_seeds, step
    ).run()
    place = Place(question.out, run)
    stays, point = _to_prove(found)
    best = space.controller(point)
    price = float(space.penalty(point[None])[0])
    proof = prove(question.scenario, space.present, best, question.proof_seeds, question.objective, place, price)
    robust = check_robust(question.situations, space.present, best, question.robust_seeds, question.objective, place)
    if stays:
        proof = _against_the_race(proof)
    others = beside(question.scenario, space, proof, point, question.objective, place)
    result = _result(question, area, space, trials, found, point, proof, others, robust)
    write_files(result, question)
    return result


def _to_prove(found: Found) -> tuple[bool, FloatArray]:
    """Did the present plan win the race? And the best plan beside it."""
    first, *others = found.contenders
    return first.is_present, others[0].point if first.is_present and others else first.point


def _against_the_race(proof: Proof) -> Proof:
    """What is said of the best other plan where the present one won the race."""
    if proof.better:
        return proof
    return replace(proof, reason=f"the present plan won the search's last race; of the next best: {proof.reason}")


def plan_space(question: PlanQuestion) -> tuple[Area, PlanSpace]:
    """The network as a planner sees it, and the space of its plans."""
    prepared = prepare(question.scenario)
    area = prepared.area(lambda signal: signal)
    model = FastModel.of(prepared, question.problem.choices)
    return area, PlanSpace(question.problem, area, model, dict(analytic_plans(area)), question.price, question.out)


def checking(
    objectives: Sequence[Objective], trials: Trials, on_step: Callable[[Step], None]
) -> Callable[[Step], None]:
    """`on_step` that raises ScenarioError where an objective has no value, as pedestrian delay where nobody walks.

    It does so at the first step, after the runs of the present plan, before more is spent.
    """

    def step(known: Step) -> None:
        first = next(iter(trials.records.values()))
        for lacking in filter(None, (missing(one, first.values) for one in objectives)):
            raise ScenarioError(lacking)
        on_step(known)

    return step


def _result(
    question: PlanQuestion,
    area: Area,
    space: PlanSpace,
    trials: Trials,
    found: Found,
    point: FloatArray,
    proof: Proof,
    others: Beside,
    robust: tuple[Robust, ...],
) -> Result:
    plans = space.plans(point)
    model = agreement(found.estimated.tolist(), found.measured.tolist())
    return Result(
        scenario=question.scenario,
        objective=question.objective,
        seed=question.seed,
        budget=trials.spent if question.budget.minutes else question.budget.runs,
        spent=trials.spent,
        better=proof.better,
        reason=proof.reason,
        signals=dict(area.signals),
        present=question.problem.present,
        plans=plans if proof.better else question.problem.present,
        tried=plans,
        starts=others.starts,
        proof=proof.comparisons,
        robustness=robust,
        steps=found.steps,
        model=model,
        remarks=(
            *remarks_on(proof, question.objective, float(space.penalty(point[None])[0])),
            *(unprotected(question.problem, plans) if proof.better else beyond(question.problem)),
            *kept_apart(question.problem, plans),
            *remarks_of(question, area),
        ),
        limits=described(question.limits, question.problem),
        records=proof.records,
        analytic=others.records,
    )


def remarks_of(question: PlanQuestion, area: Area) -> Iterator[str]:
    """The signals whose demand no plan carries (Webster's critical saturation in the longest cycle)."""
    for name, signal in area.signals.items():
        demand = area.demand(name)
        served = signal.serves[list(signal.plan.stages)].any(axis=0)
        volume_vph = np.where(served, through_cars_vph(area.network, signal, demand), 0.0)
        lanes = [car_lanes(area.network, movement) for movement in signal.movements]
        longest_s = question.problem.longest_s
        with suppress(ZhasylError):
            timing = webster_timing(
                signal, volume_vph, lanes, min_cycle_s=longest_s, max_cycle_s=longest_s,
                walkers_per_h=demand.walkers_per_h,
            )  # fmt: skip
            if timing.critical_saturation > 1:
                yield (
                    f"signal '{name}': its demand is {timing.critical_saturation:.2f} of what its stages carry in the "
                    f"longest cycle of {longest_s:g} s (Webster, saturation flows by rule of thumb): expect queues "
                    "that grow under every plan; raise max_cycle_s, add lanes or lower the demand"
                )


def write_files(result: Result, question: PlanQuestion) -> None:
    """The found plans, and what `--json` prints."""
    found = {name: [(0.0, plan)] for name, plan in result.plans.items()} if result.better else {}
    write_plans(question.scenario, result.signals, found, question.out)
    write_text(question.out / "optimise.json", json.dumps(document(result), indent=1) + "\n")


def document(result: Result) -> dict[str, object]:
    """What `--json` prints."""
    return {
        "scenario": result.scenario.id,
        "variant": result.scenario.variant,
        "objective": result.objective.key,
        "budget": result.budget,
        "spent": result.spent,
        "better": result.better,
        "reason": result.reason,
        "remarks": list(result.remarks),
        "limits": list(result.limits),
        "plans": {name: _plan(result, name, result.plans) for name in result.plans},
        "tried": {name: _plan(result, name, result.tried) for name in result.tried},
        "starts": [vars(one) for one in result.starts],
        "proof": [vars(one) for one in result.proof],
        "robustness": [{"variant": one.variant, **vars(one.comparison)} for one in result.robustness],
        "model": {**vars(result.model), "is_good": result.model.is_good},
        "steps": [vars(one) for one in result.steps],
    }


def _plan(result: Result, name: str, plans: Plans) -> Mapping[str, object]:
    plan, signal = plans[name], result.signals[name]
    return {
        "stages": [signal.stages[stage].id for stage in plan.stages],
        "greens_s": list(plan.greens_s),
        "cycle_s": plan.cycle_s,
        "offset_s": plan.offset_s,
    }
