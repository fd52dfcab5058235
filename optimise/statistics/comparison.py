"""What a comparison says of one measure, and of what: one value that the others make, judge and show."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Real
from typing import Literal

from zhasyl.optimise.faults import Extent
from zhasyl.optimise.statistics.intervals import CONFIDENCE, Method
from zhasyl.text.language import N_

Verdict = Literal["better", "worse", "same", "cannot tell"]
Why = Literal[
    "",
    "controller failed",
    "fewer than 5 seeds",
    "no value in a run",
    "below resolution",
    "interval too wide",
    "cut off",
]
CutOff = Literal["", "baseline", "candidate", "both"]
Record = Mapping[str, object]
SITUATION = ("scenario", N_("version"), N_("content"), N_("sensor"), N_("emissions"), "variant")


@dataclass(frozen=True)
class Comparison:
    """One measure of one controller against the baseline, over the `n` seeds that both finished.

    Means, difference and interval are in the measure's unit; None where they cannot be told: the interval
    when n < 2, all of them when n = 0, and those that a value which is no finite number would enter.

    `min_effect` is a share of the baseline's mean; δ = min_effect · |baseline_mean| in the measure's unit, taken
    as known. `p_value` tests that the difference lies within ±δ; `p_holm` is corrected for the `family`. Verdict:

    better, worse   the whole interval lies beyond ±δ and p_holm <= 1 − confidence
    same            δ > 0 and the whole interval lies within ±δ, or every difference is 0
    cannot tell     no verdict, for the first of these reasons that holds, said in `why`:

    controller failed   one of the two failed at every signal in a run, which therefore shows the fixed plan
    fewer than 5 seeds  too few for any interval to be relied on (LEAST_SEEDS)
    no value in a run   a mean of no trips
    interval too wide   it has both signs, reaches into ±δ, or does not survive the correction: more seeds may tell
    below resolution    the difference is surely not 0, but smaller than the measure resolves (measures.py)
    cut off             the queue that seems shorter reaches the end of the road in a run, and may be the longer one

    `cut_off` says which of the two have queues that reach the end of the road in any run, and `fault` where one of
    the two failed in any run; with 'some signals' the verdict is of what ran.
    """

    scenario: str
    controller: str
    baseline: str
    measure: str
    n: int
    baseline_mean: float | None
    candidate_mean: float | None
    difference: float | None
    low: float | None
    high: float | None
    verdict: Verdict
    version: str = ""
    content: str = ""
    sensor: str = ""
    emissions: str = ""
    variant: str = ""
    method: Method = "t"
    confidence: float = CONFIDENCE
    min_effect: float = 0.0
    p_value: float | None = None
    p_holm: float | None = None
    family: int = 1
    why: Why = ""
    fault: Extent = ""
    cut_off: CutOff = ""

    @property
    def situation(self) -> tuple[str, ...]:
        """The situation both controllers were run in; equals `situation(record)` of their records."""
        return (self.scenario, self.version, self.content, self.sensor, self.emissions, self.variant)

    @property
    def least_effect(self) -> float:
        """δ, the smallest difference that counts, in the measure's unit."""
        return self.min_effect * abs(self.baseline_mean or 0.0)


def situation(record: Record) -> tuple[str, ...]:
    """Scenario, version, content, sensor, measured emissions and variant of a run as text; no variant is ''."""
    return tuple(str(record.get(key, "")) for key in SITUATION)


def is_done(record: Record) -> bool:
    """False for a run that failed and therefore has no measures."""
    return record.get("status", "done") != "failed"


def number(record: Record, key: str) -> float:
    """A record's value as a float; NaN when it is missing or no number."""
    value = record.get(key)
    if type(value) is float:  # nearly all are, and asking what is Real takes longer
        return value
    return float(value) if isinstance(value, Real) else math.nan
