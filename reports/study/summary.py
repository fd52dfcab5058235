"""What a study comes to: its matrix of situations × controllers, its sweeps, and what the page shows in detail."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from zhasyl.optimise.statistics.comparison import SITUATION, Comparison, Record
from zhasyl.reports.study.situations import MEASURE, Outcome, Situation, situations
from zhasyl.reports.study.sweeps import Sweep, sweeps

STUDY_FILE = "study.csv"


@dataclass(frozen=True)
class Study:
    """The situations of a page in their order, its sweeps, and `labels`, the controllers that it shows in detail.

    Of a sweep these are its best setting over all situations and what the settings are compared with.
    """

    title: str
    baseline: str
    situations: Sequence[Situation]
    sweeps: Sequence[Sweep]

    @property
    def has_matrix(self) -> bool:
        """Of a declared study, and wherever several controllers meet several situations."""
        return bool(self.title and self.situations) or (len(self.situations) > 1 and len(self.labels) > 1)

    def of(self, at: int) -> "Study":
        """One of its situations alone; verdicts stay those of the study."""
        sweeps = [replace(sweep, against=[sweep.against[at]]) for sweep in self.sweeps if sweep.against[at]]
        return Study("", self.baseline, [self.situations[at]], sweeps)

    @cached_property
    def labels(self) -> list[str]:
        """The baseline first."""
        known = list(dict.fromkeys(label for place in self.situations for label in place.outcomes))
        swept = {label for sweep in self.sweeps for label in sweep.values}
        kept = {label for sweep in self.sweeps for label in (sweep.ranked()[0], sweep.reference)}
        shown = [label for label in known if label not in swept or label in kept or label == self.baseline]
        return sorted(shown, key=lambda label: label != self.baseline)

    def records_shown(self, records: Sequence[Record]) -> list[Record]:
        """The runs of `labels`; all where nothing is swept."""
        return [one for one in records if str(one["label"]) in self.labels] if self.sweeps else list(records)

    def comparisons_shown(self, comparisons: Sequence[Comparison]) -> list[Comparison]:
        """The comparisons of `labels`; all where nothing is swept."""
        return [one for one in comparisons if one.controller in self.labels] if self.sweeps else list(comparisons)


def study_of(records: Sequence[Record], comparisons: Sequence[Comparison], title: str = "") -> Study:
    """The study that records and their comparisons are of.

    Nothing in it for runs before and after a rebuild, which have a baseline each.
    """
    if not records or any(one.method == "welch" for one in comparisons):
        return Study("", "", [], [])
    places = situations(records, comparisons)
    baseline = comparisons[0].baseline if comparisons else str(records[0]["label"])
    return Study(title, baseline, places, sweeps(places, baseline, comparisons[0]) if comparisons else [])


def document(study: Study) -> dict[str, Any]:
    """The study as `--json` has it: the matrix, and the settings of each sweep in their order."""
    return {
        "title": study.title,
        "baseline": study.baseline,
        "matrix": [
            {
                **dict(zip(SITUATION, place.place, strict=True)),
                "name": place.name,
                "cells": [_cell(label, place.outcomes[label]) for label in study.labels if label in place.outcomes],
            }
            for place in study.situations
        ],
        "sweeps": [_sweep(sweep) for sweep in study.sweeps],
    }


def _cell(label: str, one: Outcome) -> dict[str, object]:
    mean = one.delay_s if one.seeds and one.delay_s == one.delay_s else None
    return {"controller": label, "seeds": one.seeds, MEASURE: mean, **_judged(one.against)}


def _judged(one: Comparison | None) -> dict[str, object]:
    keys = ("difference", "low", "high", "p_holm", "verdict", "why")
    return {key: getattr(one, key) if one else None for key in keys}


def _sweep(sweep: Sweep) -> dict[str, object]:
    return {
        "controller": sweep.title,
        "reference": sweep.reference,
        "settings": [
            {
                "rank": rank,
                "controller": label,
                "parameters": dict(zip(sweep.parameters, sweep.values[label], strict=True)),
                "change": sweep.changes[label].mean,
                "against": [_judged(one.get(label)) for one in sweep.against],
            }
            for rank, label in enumerate(sweep.ranked(), start=1)
        ],
    }
