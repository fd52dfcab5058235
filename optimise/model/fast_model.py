"""The fast model of a scenario's signals: estimates of thousands of plans a second. `kernel` has the method."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from zhasyl.arrays import FloatArray
from zhasyl.optimise.model.course import course_of
from zhasyl.optimise.model.kernel import Batch, Layout, Sums, evaluate
from zhasyl.optimise.model.layout import layout
from zhasyl.optimise.plans.choices import PlanBatch, SignalChoice
from zhasyl.runs.prepared import Prepared
from zhasyl.scenarios.demand.volumes import volumes


class Estimates(NamedTuple):
    """By candidate and signal [c, s].

    delay_s        delay of vehicles, random and oversaturation delay included: s per planned trip, so that the sum over
                   signals is comparable to a record's delay_s
    stops          stops per planned trip
    queue_mean_veh vehicles that wait on the approaches, mean over time
    overflow_s     of the delay, that of vehicles for whom the approach has no room: s per planned trip
    walker_delay_s mean delay of the signal's pedestrians, s; 0 without any
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

    @classmethod
    def of(cls, prepared: Prepared, choices: Sequence[SignalChoice]) -> "FastModel":
        """Uncalibrated, from the scenario's network and demand."""
        scenario = prepared.scenario
        area = prepared.area(lambda signal: signal)
        made = layout(prepared.network, area, volumes(scenario).turns_vph, choices, course_of(scenario))
        return cls(tuple(choices), made)

    def evaluate(self, batch: PlanBatch) -> Estimates:
        """Estimates of every candidate."""
        return self.evaluated(batch)[0]

    def evaluated(self, batch: PlanBatch) -> tuple[Estimates, Sums]:
        """The estimates, and what the last candidate's measured cycle gives by bundle."""
        found = np.zeros((len(Estimates._fields), *batch.sequence.shape))
        sums = Sums(*np.zeros((len(Sums._fields), len(self.layout.bundle_lanes))))
        evaluate(self.layout, _arrays(batch), found, sums)
        return Estimates(*found), sums


def _arrays(batch: PlanBatch) -> Batch:
    return Batch(
        np.ascontiguousarray(batch.sequence, dtype=np.intp),
        np.ascontiguousarray(batch.greens_s, dtype=float),
        np.ascontiguousarray(batch.cycle_s, dtype=float),
        np.ascontiguousarray(batch.offset_s, dtype=float),
    )
