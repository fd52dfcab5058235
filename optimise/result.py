"""What a search for plans has found, and how sure that is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from zhasyl.optimise.model.agreement import Agreement
from zhasyl.optimise.objective import Objective
from zhasyl.optimise.statistics.comparison import Comparison
from zhasyl.runs.store import RunRecord
from zhasyl.scenarios import Scenario
from zhasyl.signals import Signal, SignalPlan


@dataclass(frozen=True)
class Step:
    """What is known after so many runs: the objective's least expected value so far, with its interval if it has one.

    `stage` is 'present plan', 'first plans', 'searching' or 'race'.
    """

    runs: int
    best: float
    stage: str
    low: float | None = None
    high: float | None = None


def paired(records: Sequence[RunRecord]) -> list[tuple[RunRecord, RunRecord]]:
    """The runs of a proof, what is present and the winner, by seed."""
    half = len(records) // 2
    return list(zip(records[:half], records[half:], strict=True))


@dataclass(frozen=True)
class Robust:
    """The winner against the present plan in another situation, by the variant's text."""

    variant: str
    comparison: Comparison


@dataclass(frozen=True)
class Start:
    """The plan of an analytic method, within the limits, with the seeds of the proof.

    name           of the method, or of all that come to this plan
    seeds          how many
    without_value  in how many of them a run has no value; then no mean is told
    before, after  the objective's mean: of the present plan, of this one
    lead           the tried plan less this one, below 0 where that one is better: mean and ends of the 95 % interval
    dearer         by how much the price of the tried plan's change is higher; `lead` is without prices
    is_tried       it is the tried plan itself, and there is no lead
    """

    name: str
    seeds: int
    without_value: int = 0
    before: float | None = None
    after: float | None = None
    lead: tuple[float, float, float] | None = None
    dearer: float = 0.0
    is_tried: bool = False


@dataclass(frozen=True)
class Result:
    """The answer of `optimise`.

    better        is the winner better than the present plan on seeds that the search never saw?
    reason        why not, '' if it is
    present       the present plan of each controlled signal, by id
    plans         the winner's; the present ones if none was found
    tried         the best ones tried, which the proof is about: those of `plans` if they are better
    starts        what plans of analytic methods reach with the proof's seeds
    proof         the winner against the present plan, measure by measure, the objective's first
    robustness    the same for the objective in other situations
    records       the runs of the proof: label 'fixed' is the present plan, the other label the winner
    analytic      the runs of `starts`
    spent         runs of the search; the proof's and the robustness table's come on top
    model         how well the fast model orders plans here
    remarks       what the reader has to know: runs that jam, demand above capacity, ...
    limits        what every plan had to hold, and what was kept
    """

    scenario: Scenario
    objective: Objective
    seed: int
    budget: int
    spent: int
    better: bool
    reason: str
    signals: Mapping[str, Signal]
    present: Mapping[str, SignalPlan]
    plans: Mapping[str, SignalPlan]
    tried: Mapping[str, SignalPlan]
    starts: tuple[Start, ...]
    proof: tuple[Comparison, ...]
    robustness: tuple[Robust, ...]
    steps: tuple[Step, ...]
    model: Agreement
    remarks: tuple[str, ...]
    limits: tuple[str, ...]
    records: tuple[RunRecord, ...]
    analytic: tuple[RunRecord, ...]
