"""What each controller came to in each situation of a study; nothing is read or drawn for it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from zhasyl.optimise.statistics.comparison import Comparison, Record, number
from zhasyl.reports.records import by_label, by_situation, done, names

MEASURE = "delay_s"  # what a study is summed up by: the measure of the headlines


@dataclass(frozen=True)
class Outcome:
    """A controller in a situation: seeds that finished, mean delay over them, and how it compares with the baseline's.

    `delay_s` is NaN where no seed finished, `against` None for the baseline itself.
    """

    seeds: int
    delay_s: float
    against: Comparison | None


@dataclass(frozen=True)
class Situation:
    """A scenario with its variant, sensor and what else tells it from others, and the outcomes by label."""

    name: str
    place: tuple[str, ...]  # SITUATION says of what
    records: Sequence[Record]
    outcomes: Mapping[str, Outcome]


def situations(records: Iterable[Record], comparisons: Iterable[Comparison]) -> list[Situation]:
    """The situations of records, in order of first appearance."""
    places = by_situation(records)
    titles = names(places)
    judged = {(one.situation, one.controller): one for one in comparisons if one.measure == MEASURE}
    return [
        Situation(
            titles[place],
            place,
            own,
            {label: _outcome(runs, judged.get((place, label))) for label, runs in by_label(own).items()},
        )
        for place, own in places.items()
    ]


def _outcome(runs: Sequence[Record], against: Comparison | None) -> Outcome:
    delays_s = [number(run, MEASURE) for run in done(runs)]
    return Outcome(len(delays_s), float(np.mean(delays_s)) if delays_s else float("nan"), against)
