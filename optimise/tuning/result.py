"""What a search for parameters has found, and how sure that is."""

import shlex
from dataclasses import dataclass

from zhasyl.controllers import ControllerSpec
from zhasyl.optimise.objective import Objective
from zhasyl.optimise.result import Robust, Step
from zhasyl.optimise.statistics.comparison import Comparison
from zhasyl.runs.store import RunRecord
from zhasyl.scenarios import Scenario
from zhasyl.sensors import PERFECT


@dataclass(frozen=True)
class Tuned:
    """A parameter as it was given and as it was found; None stands for what the controller takes by itself."""

    name: str
    given: object
    found: object


@dataclass(frozen=True)
class Change:
    """By which share of the given controller's objective the found one's differs, mean over scenarios."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Ratio:
    """How a search for parameters calls what it minimises."""

    key: str
    unit: str = "of the given one's"
    decimals: int = 3


@dataclass(frozen=True)
class TuningResult:
    """The answer of `tune`.

    better        is the found controller better than the given one on seeds that the search never saw?
    reason        why not, '' if it is
    given, found  the controller as it was given, and the best of the search
    searched      the parameters that were searched
    change        what the proof says of the objective, mean over the scenarios; None where a run has no value
    proof         found against given by scenario, measure by measure, the objective's first
    checks        the objective's first measure on networks that the search never saw
    robustness    the same in other situations of the scenarios
    steps         the objective in units of the given controller's, mean over scenarios; runs are of all scenarios
    spent         runs of the search; those of proof, checks and robustness come on top
    remarks       what the reader has to know: parameters that no range is declared of, ...
    records       the runs of the proof
    """

    scenarios: tuple[Scenario, ...]
    objective: Objective
    sensor: str
    seed: int
    budget: int
    spent: int
    better: bool
    reason: str
    given: ControllerSpec
    found: ControllerSpec
    searched: tuple[Tuned, ...]
    change: Change | None
    proof: tuple[Comparison, ...]
    checks: tuple[Robust, ...]
    robustness: tuple[Robust, ...]
    steps: tuple[Step, ...]
    remarks: tuple[str, ...]
    records: tuple[RunRecord, ...]

    @property
    def controller(self) -> str:
        """What to run: the found controller if it is better, else the given one, as `--controller` takes it."""
        return (self.found if self.better else self.given).label

    @property
    def command(self) -> str:
        """The comparison of both in full, with its page."""
        words = ["zhasyl", "compare", *(one.source or one.id for one in self.scenarios)]
        words += ["--controllers", f"{self.given.label},{self.found.label}"]
        words += ["--seeds", ",".join(str(seed) for seed in dict.fromkeys(one["seed"] for one in self.records))]
        words += ["--variant", self.scenarios[0].variant] if self.scenarios[0].variant else []
        return shlex.join([*words, *(["--sensor", self.sensor] if self.sensor != PERFECT else [])])


def document(result: TuningResult) -> dict[str, object]:
    """What `--json` prints."""
    return {
        "scenarios": [one.id for one in result.scenarios],
        "variant": result.scenarios[0].variant,
        "objective": result.objective.key,
        "sensor": result.sensor,
        "budget": result.budget,
        "spent": result.spent,
        "better": result.better,
        "reason": result.reason,
        "remarks": list(result.remarks),
        "controller": result.controller,
        "given": result.given.label,
        "found": result.found.label,
        "searched": [vars(one) for one in result.searched],
        "change": None if result.change is None else vars(result.change),
        "proof": [vars(one) for one in result.proof],
        "checks": [{"variant": one.variant, **vars(one.comparison)} for one in result.checks],
        "robustness": [{"variant": one.variant, **vars(one.comparison)} for one in result.robustness],
        "steps": [vars(one) for one in result.steps],
    }
