"""The fast model of a scenario's signals: estimates of thousands of plans a second. `kernel` has the method."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from zhasyl.arrays import FloatArray
from zhasyl.optimise.model.arrays import Batch, Layout, Sums, room_for
from zhasyl.optimise.model.calibration import Factors, fitted, measured
from zhasyl.optimise.model.course import course_of
from zhasyl.optimise.model.kernel import STEP_S, WARM_UP, evaluate
from zhasyl.optimise.model.layout import layout
from zhasyl.optimise.plans.choices import PlanBatch, SignalChoice, batch_of
from zhasyl.runs.prepared import Prepared
from zhasyl.runs.store import RunRecord
from zhasyl.scenarios.demand.volumes import volumes
from zhasyl.signals import SignalPlan


class Estimates(NamedTuple):
    """By candidate and signal [c, s].

    delay_s        delay of vehicles, random and oversaturation delay included: s per planned trip, so that the sum over
                   signals is comparable to a record's delay_s
    stops          stops per planned trip
    queue_mean_veh vehicles that wait on the approaches, mean over time
    overflow_s     of the delay, that of vehicles for whom the approach has no room: s per planned trip
    walker_delay_s delay of pedestrians: s per planned walk, so that the sum over signals is comparable to a record's
    longest_wait_s the longest red of a movement or walk with demand, with what it waits longer above capacity
    """

    delay_s: FloatArray
    stops: FloatArray
    queue_mean_veh: FloatArray
    overflow_s: FloatArray
    walker_delay_s: FloatArray
    longest_wait_s: FloatArray


@dataclass(frozen=True)
class FastModel:
    """A scenario's signals as flows and queues."""

    choices: tuple[SignalChoice, ...]
    layout: Layout
    factors: Factors

    @classmethod
    def of(cls, prepared: Prepared, choices: Sequence[SignalChoice]) -> "FastModel":
        """Uncalibrated, from the scenario's network and demand."""
        scenario = prepared.scenario
        area = prepared.area(lambda signal: signal)
        made = layout(prepared.network, area, volumes(scenario), choices, course_of(scenario))
        return cls(tuple(choices), made, Factors())

    def calibrated(self, record: RunRecord, plans: Mapping[str, SignalPlan]) -> "FastModel":
        """Fitted to a recorded run of these plans, as `calibration` says; they must be among the choices' sequences."""
        batch = batch_of([dict(plans)], self.choices)
        approaches = {m.from_edge: choice.signal.id for choice in self.choices for m in choice.signal.movements}
        hours = (record["end_s"] - record["begin_s"]) / 3600.0
        pairs = [(signal, edge) for edge, signal in approaches.items()]
        seen = measured(record.table("approaches"), record.values, pairs, hours)
        made, factors = fitted(self.layout, seen, lambda lay: cycle_sums(lay, batch))
        return replace(self, layout=made, factors=factors)

    def evaluate(self, batch: PlanBatch) -> Estimates:
        """Estimates of every candidate."""
        found = Estimates(*_run(self.layout, batch)[0])
        factors = self.factors
        return found._replace(
            delay_s=found.delay_s * factors.delay + factors.other_s / len(self.choices),
            stops=found.stops * factors.stops,
            queue_mean_veh=found.queue_mean_veh * factors.queue,
        )


def cycle_sums(lay: Layout, batch: PlanBatch) -> Sums:
    """What the measured cycle of a batch's only candidate gives by bundle."""
    return Sums(*(values[:, 0].astype(float) for values in _run(lay, batch)[1]))


def _run(lay: Layout, batch: PlanBatch) -> tuple[FloatArray, Sums]:
    """The estimates [6, c, s] before factors, and the sums of the plans that were simulated last."""
    found = np.zeros((len(Estimates._fields), *batch.sequence.shape))
    state, sums = room_for(lay, (WARM_UP + 1) * (int(batch.cycle_s.max() / STEP_S) + 2))
    order = np.argsort(batch.cycle_s.max(axis=1), kind="stable")
    evaluate(lay, _arrays(batch), order, state, sums, found)
    return found, sums


def _arrays(batch: PlanBatch) -> Batch:
    return Batch(
        np.ascontiguousarray(batch.sequence, dtype=np.intp),
        np.ascontiguousarray(batch.greens_s, dtype=float),
        np.ascontiguousarray(batch.cycle_s, dtype=float),
        np.ascontiguousarray(batch.offset_s, dtype=float),
    )
