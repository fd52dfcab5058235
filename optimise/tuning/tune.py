"""Parameters of a controller: asked, searched, proven and written. What `zhasyl optimise --controller` does."""

import json
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from zhasyl.arrays import FloatArray
from zhasyl.controllers import ControllerSpec
from zhasyl.files.output import alone
from zhasyl.optimise.arguments import check_arguments
from zhasyl.optimise.faults import widest
from zhasyl.optimise.objective import Objective
from zhasyl.optimise.proof import Place, Proof, check_robust, prove, verdict_of
from zhasyl.optimise.result import Robust, Step
from zhasyl.optimise.search.search import Search
from zhasyl.optimise.search.trials import Run
from zhasyl.optimise.statistics.intervals import CONFIDENCE, mean_interval
from zhasyl.optimise.tuning.joint import JointTrials
from zhasyl.optimise.tuning.parameter_space import ParameterSpace
from zhasyl.optimise.tuning.question import Named, TuningQuestion, ask_tuning
from zhasyl.optimise.tuning.result import Change, Tuned, TuningResult, document
from zhasyl.process.cluster import default_jobs
from zhasyl.process.workers import DEFAULT_LIMIT_S
from zhasyl.runs.batch import OnDone, nothing, run_many
from zhasyl.runs.spec import RunSpec
from zhasyl.runs.store import RunRecord, write_text
from zhasyl.sensors import PERFECT

ANSWER_FILE = "optimise.json"


def tune(
    scenarios: Named | Sequence[Named],
    controller: str | ControllerSpec,
    *,
    budget: int = 300,
    minutes: float | None = None,
    objective: str = "delay_s",
    variant: str = "",
    keep: str | Sequence[str] = (),
    sensor: str = PERFECT,
    checks: Named | Sequence[Named] = (),
    seed: int = 1,
    proof_seeds: str | Iterable[int] = "101-110",
    robust_seeds: int | None = None,
    jobs: int | None = None,
    cluster: str = "",
    limit_s: float = DEFAULT_LIMIT_S,
    out: str | Path = "results",
    on_step: Callable[[Step], None] = nothing,
    on_done: OnDone = nothing,
) -> TuningResult:
    """Search for better parameters of a controller and prove the best, as `zhasyl optimise --controller` does.

    scenarios      one, or several: then the mean of objective / the given controller's objective there is minimised
    controller     'max-pressure', or with the parameters to begin with and to beat: 'max-pressure:range_m=100'
    budget         runs of the search in all scenarios, or with `minutes` the time it takes; proof, checks and the
                   robustness table take more
    keep           parameters that stay as they are given
    checks         scenarios that the search never sees, on which the found parameters are compared, too

    Writes optimise.json into `out`, where its runs are stored, too: asked again it goes on where it stopped. Raises
    ZhasylError for what is asked amiss, before anything runs.
    """
    check_arguments(locals())
    question = ask_tuning(
        scenarios, controller, budget, minutes, objective, variant, keep, sensor, checks, seed, proof_seeds,
        robust_seeds, out,
    )  # fmt: skip

    def run(specs: Iterable[RunSpec]) -> list[RunRecord]:
        return run_many(specs, jobs or default_jobs(), on_done, limit_s, cluster)

    with alone(question.out):
        return answer_tuning(question, run, on_step)


def answer_tuning(question: TuningQuestion, run: Run, on_step: Callable[[Step], None] = nothing) -> TuningResult:
    """Search, prove the best parameters, and write what was found."""
    each, objective, space = len(question.scenarios), question.objective, question.space
    trials = JointTrials(question.scenarios, question.out, run, objective, question.sensor)
    found = Search(
        space, [objective], trials, question.budget, question.seed, question.search_seeds,
        lambda step: on_step(replace(step, runs=each * step.runs)),
    ).run()  # fmt: skip
    best = space.controller(found.contenders[0].point)
    proof = _proof(question, best, Place(question.out, run, question.sensor))
    result = TuningResult(
        scenarios=question.scenarios,
        objective=objective,
        sensor=question.sensor,
        seed=question.seed,
        budget=question.runs,
        spent=trials.runs,
        better=proof.better,
        reason=proof.reason,
        given=space.present,
        found=best,
        searched=tuple(_tuned(space, best)),
        change=proof.change,
        proof=tuple(one for part in proof.each for one in part.comparisons),
        checks=proof.checks,
        robustness=proof.robustness,
        steps=tuple(replace(step, runs=each * step.runs) for step in found.steps),
        remarks=tuple(_remarks(space)),
        records=tuple(record for part in proof.each for record in part.records),
    )
    write_text(question.out / ANSWER_FILE, json.dumps(document(result), indent=1) + "\n")
    return result


@dataclass(frozen=True)
class _Proof:
    """The proof in each scenario, the verdict on them together, and other networks and situations."""

    better: bool
    reason: str
    change: Change | None = None
    each: tuple[Proof, ...] = ()
    checks: tuple[Robust, ...] = ()
    robustness: tuple[Robust, ...] = ()


def _proof(question: TuningQuestion, best: ControllerSpec, place: Place) -> _Proof:
    """Simulate the best one and the given one wherever the question asks it; nothing if they are the same."""
    given, objective = question.controller, question.objective
    if best.label == given.label:
        return _Proof(False, "nothing that was tried seems better than what is given")
    each = tuple(
        prove(scenario, given, best, question.proof_seeds, objective, place) for scenario in question.scenarios
    )
    others = [(scenario.id, scenario) for scenario in question.checks]
    return _Proof(
        *_judged(each, objective),
        each,
        check_robust(others, given, best, question.check_seeds, objective, place),
        check_robust(question.situations, given, best, question.robust_seeds, objective, place),
    )


def _judged(proofs: Sequence[Proof], objective: Objective) -> tuple[bool, str, Change | None]:
    """The verdict on the mean over scenarios of the change, each as a share of the given controller's mean there."""
    shares = np.mean([_shares(objective, proof.records) for proof in proofs], axis=0)
    better, reason = verdict_of((100 * shares).tolist(), f"the best parameters' {objective.title}", "%", 1)
    if not np.isfinite(shares).all():
        return better, reason, None
    if failed := widest(record.values for proof in proofs for record in proof.records):
        better, reason = False, f"in the proof a controller failed at {failed}, so the fixed plan was shown there"
    interval = mean_interval(shares.tolist(), CONFIDENCE)
    return better, reason, Change(float(np.mean(shares)), interval.low, interval.high)


def _shares(objective: Objective, records: Sequence[RunRecord]) -> FloatArray:
    """By seed: what is found less what is given, in units of the latter's mean; NaN where one has no value."""
    values = np.array([objective.value(record.values) for record in records])
    before, after = values[: len(values) // 2], values[len(values) // 2 :]
    known = np.isfinite(before) & np.isfinite(after)
    shares: FloatArray = np.full(len(before), math.nan)
    if known.any():
        shares[known] = (after[known] - before[known]) / before[known].mean()
    return shares


def _tuned(space: ParameterSpace, best: ControllerSpec) -> Iterator[Tuned]:
    for dial in space.dials:
        yield Tuned(dial.name, dial.given, getattr(best.parameters, dial.name))


def _remarks(space: ParameterSpace) -> Iterator[str]:
    if space.left:
        many = len(space.left) > 1
        yield (
            f"{', '.join(space.left)} of '{space.present.name}' {'stay as they are' if many else 'stays as it is'}: "
            "only numbers with a lowest and a highest value and given choices are searched"
        )
