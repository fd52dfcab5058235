"""What is different under the found plan: the plan of each signal, and the wait and queue on each approach.

An approach is judged by the differences of its runs with the same seed, as measures are. Of many approaches some lie
beyond their interval by chance: each interval stands on its own.
"""

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from zhasyl.measures import CONTROL_DELAY
from zhasyl.optimise.statistics.comparison import Record
from zhasyl.optimise.statistics.intervals import half_width
from zhasyl.optimise.statistics.verdict import LEAST_SEEDS
from zhasyl.reports.records import RunSummaries, by_label, done
from zhasyl.signals import Signal, SignalPlan

UNCHANGED = "not changed by the plan"  # the verdict at a signal that is not controlled

Place = tuple[str, str]  # signal and approach


@dataclass(frozen=True)
class PlanChange:
    """A signal with its present plan and the found one."""

    signal: Signal
    present: SignalPlan
    found: SignalPlan

    @cached_property
    def stages(self) -> tuple[int, ...]:
        """The stages of either plan, those of the present one first."""
        return tuple(dict.fromkeys([*self.present.stages, *self.found.stages]))

    @property
    def left_out(self) -> tuple[int, ...]:
        """Stages of the present plan that the found one does not play."""
        return tuple(stage for stage in self.stages if stage not in self.found.stages)

    @property
    def is_reordered(self) -> bool:
        """Do the stages that stay come in another order?"""
        stay = tuple(stage for stage in self.present.stages if stage in self.found.stages)
        return stay != self.found.stages

    @property
    def moved_s(self) -> float:
        """Seconds of green and offset that were moved, by which changes are ranked."""
        greens_s = sum(abs(green_s(self.found, stage) - green_s(self.present, stage)) for stage in self.stages)
        return greens_s + self.offset_moved_s

    @property
    def offset_moved_s(self) -> float:
        """By how much the offset moved, the shorter way round; 0 where the cycles differ, for offsets drift then."""
        if self.present.cycle_s != self.found.cycle_s:
            return 0.0
        ahead_s = (self.found.offset_s - self.present.offset_s) % self.found.cycle_s
        return min(ahead_s, self.found.cycle_s - ahead_s)


def green_s(plan: SignalPlan, stage: int) -> float:
    """Green of a stage in each cycle, wherever the plan plays it."""
    return sum(green for own, green in zip(plan.stages, plan.greens_s, strict=True) if own == stage)


def plan_changes(
    signals: Mapping[str, Signal], present: Mapping[str, SignalPlan], found: Mapping[str, SignalPlan]
) -> list[PlanChange]:
    """The signals whose plan is another one, those that changed most first."""
    both = [PlanChange(signals[name], present[name], found[name]) for name in present if name in found]
    changed = [one for one in both if one.present != one.found]
    return sorted(changed, key=lambda one: (-one.moved_s, one.signal.id))


@dataclass(frozen=True)
class ApproachChange:
    """Control delay and queue of an approach before and after, means over the n seeds that both plans have.

    `margin_s` is half the width of the 95 % interval of the difference, None where there is none. At a signal that is
    not `controlled` both plans show the same.
    """

    signal: str
    approach: str
    name: str
    n: int
    vehicles: float
    before_s: float
    after_s: float
    margin_s: float | None
    queue_before_veh: float
    queue_after_veh: float
    controlled: bool = True

    @property
    def change_s(self) -> float:
        """After less before."""
        return self.after_s - self.before_s

    @property
    def verdict(self) -> str:
        """'worse' or 'better' where the whole interval lies on one side of zero, else nothing."""
        if not self.controlled:
            return UNCHANGED
        if self.margin_s is None or self.n < LEAST_SEEDS or abs(self.change_s) < CONTROL_DELAY.resolution:
            return ""
        return "worse" if self.change_s > self.margin_s else "better" if -self.change_s > self.margin_s else ""


def both_plans(records: Sequence[Record]) -> tuple[list[Record], list[Record]]:
    """The finished runs with the present plan, which are the first ones, and those with the other."""
    present = str(records[0]["label"]) if records else ""
    groups = by_label(done(records))
    return groups.pop(present, []), next(iter(groups.values()), [])


def approach_changes(records: Sequence[Record], summaries: RunSummaries) -> list[ApproachChange]:
    """Every approach that somebody drove on under both plans, the greatest loss first.

    Those of signals that are not controlled, whose plan is the same one, come last.
    """
    before, after = (_by_seed(runs, summaries) for runs in both_plans(records))
    both = [(before[seed], after[seed]) for seed in before if seed in after]
    places = dict.fromkeys(place for first, _ in both for place in first)
    refused = refused_signals(records)
    found = (_approach(place, list(_pairs(place, both)), refused) for place in places)
    ranked = [one for one in found if one]
    return sorted(ranked, key=lambda one: (not one.controlled, -one.change_s, one.signal, one.approach))


def refused_signals(records: Sequence[Record]) -> set[str]:
    """The signals that are not controlled in some run, and keep their programmes."""
    told = (record.get("uncontrolled") for record in records)
    return {str(signal) for one in told if isinstance(one, Mapping) for signal in one}


Cells = Mapping[str, Any]


def _by_seed(records: Sequence[Record], summaries: RunSummaries) -> dict[object, dict[Place, Cells]]:
    return {run["seed"]: _cells(summaries(run)["approaches"]) for run in records}


def _cells(table: Mapping[str, Sequence[Any]]) -> dict[Place, Cells]:
    rows = [dict(zip(table, row, strict=True)) for row in zip(*table.values(), strict=True)]
    return {(row["signal"], row["approach"]): row for row in rows}


def _pairs(
    place: Place, both: Sequence[tuple[Mapping[Place, Cells], Mapping[Place, Cells]]]
) -> Iterator[tuple[Cells, Cells]]:
    """The rows of a place by seed, where both plans have a delay."""
    for first, second in both:
        cells = first.get(place), second.get(place)
        if cells[0] and cells[1] and all(_known(one["control_delay_s"]) for one in cells if one):
            yield cells[0], cells[1]


def _known(delay_s: float | None) -> bool:
    """Has an approach a delay? A stored one that nobody passed has None."""
    return delay_s is not None and math.isfinite(delay_s)


def _approach(place: Place, pairs: Sequence[tuple[Cells, Cells]], refused: Collection[str]) -> ApproachChange | None:
    if not pairs:
        return None

    def mean(which: int, key: str) -> float:
        return float(np.mean([pair[which][key] for pair in pairs]))

    return ApproachChange(
        *place,
        name=str(pairs[0][0]["name"]),
        n=len(pairs),
        vehicles=mean(0, "vehicles"),
        before_s=mean(0, "control_delay_s"),
        after_s=mean(1, "control_delay_s"),
        margin_s=half_width([second["control_delay_s"] - first["control_delay_s"] for first, second in pairs]),
        queue_before_veh=mean(0, "queue_mean_veh"),
        queue_after_veh=mean(1, "queue_mean_veh"),
        controlled=place[0] not in refused,
    )
