"""compare --until: seeds are added until the difference of delay is known closely enough, or the budget is spent."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from zhasyl.cli.execution import Execution
from zhasyl.cli.present import Terms
from zhasyl.cli.words import plural
from zhasyl.values import MAX_SEED

if TYPE_CHECKING:
    from zhasyl.cli.question import Question
    from zhasyl.optimise.comparison import Comparison
    from zhasyl.runs.store import RunRecord


@dataclass(frozen=True)
class Until:
    """The half-width aimed at, as a share of the baseline's mean delay, and the most seeds to spend on it."""

    tolerance: float
    most_seeds: int


def run_until(
    question: "Question", terms: Terms, execution: Execution, until: Until
) -> tuple["list[RunRecord]", Terms]:
    """Run more and more seeds of each scenario; its records, and the terms at which their intervals hold."""
    from zhasyl.optimise.compare import compare_all
    from zhasyl.optimise.sequential import MEASURE, look_confidence, plan_looks, too_wide
    from zhasyl.optimise.verdict import LEAST_SEEDS

    looks = plan_looks(max(len(question.seeds), LEAST_SEEDS), until.most_seeds)
    terms = replace(terms, confidence=look_confidence(looks))
    seeds = more_seeds(question.seeds, looks[-1])
    records: dict[str, list[RunRecord]] = {}
    wanting, run = list(question.scenarios), set[Path]()
    for number, look in enumerate(looks, start=1):
        specs = question.specs(wanting, seeds[:look])
        found = execution.run(replace(spec, rerun=spec.rerun and spec.folder not in run) for spec in specs)
        run |= {spec.folder for spec in specs}
        for scenario in wanting:
            records[scenario.content] = [record for record in found if record["content"] == scenario.content]
        comparisons = {
            scenario.content: compare_all(
                [record.values for record in records[scenario.content]],
                terms.baseline,
                [MEASURE],
                min_effect=terms.min_effect,
                confidence=terms.confidence,
            )
            for scenario in wanting
        }
        for scenario in wanting:
            _say(number, looks, comparisons[scenario.content], until.tolerance)
        wanting = [scenario for scenario in wanting if too_wide(comparisons[scenario.content], until.tolerance)]
        if not wanting:
            break
    return [record for scenario in question.scenarios for record in records[scenario.content]], terms


def more_seeds(given: Sequence[int], count: int) -> list[int]:
    """`count` seeds: those given, then the integers that follow the greatest of them."""
    following = range(max(given) + 1, MAX_SEED + 1)
    return [*given, *following[: max(0, count - len(given))]]


def _say(number: int, looks: Sequence[int], comparisons: "list[Comparison]", tolerance: float) -> None:
    for one in comparisons:
        width = "no interval"
        if one.low is not None and one.high is not None and one.baseline_mean:
            width = f"±{(one.high - one.low) / 2 / abs(one.baseline_mean):.1%} of {one.baseline}'s"
        print(
            f"look {number} of at most {len(looks)}, {plural(one.n, 'seed')}: {one.scenario} {one.controller}: "
            f"difference of delay {width}, wanted ±{tolerance:.1%}",
            file=sys.stderr,
        )
