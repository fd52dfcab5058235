"""The fast model fitted to one recorded run.

What a record's tables give, in this order:

arrivals    vehicles of each approach against its demand: drivers choose routes that the demand does not state. Turning
            shares by movement and discharge are in no table: shares within an approach stay those of the demand
capacity    one factor of all saturation flows, with which the model's delay is the control delay measured on the
            approaches. By approach the same fit made the order of other plans worse
delay, queue, stops  a factor each for what is still different, and what trips lose elsewhere as a constant

Half of the first two is believed (the square root of the factor): under another plan drivers choose other routes, and
the model's other faults are in its capacity. From a run that left vehicles outside at its end nothing but the last is
taken: what its approaches counted is not demand.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from zhasyl.arrays import FloatArray
from zhasyl.measures import UNSERVED_SHARE
from zhasyl.optimise.model.arrays import Layout, Sums

PRIOR_VEH = 20.0  # an hour: as many as expected speak for the demand as it is stated
LEAST_ARRIVALS, MOST_ARRIVALS = 0.5, 2.0
CAPACITIES = np.array([0.7, 0.8, 0.9, 1.0, 1.1, 1.2])  # of the saturation flows taken
BELIEF = 0.5  # in fitted arrivals and capacity
LEAST_FACTOR, MOST_FACTOR = 0.7, 1.4

Run = Callable[[Layout], Sums]


class Measured(NamedTuple):
    """What a record says of approaches [a], and of all trips."""

    vehicles_per_h: FloatArray
    delay_s: FloatArray  # control delay, 0 where nobody came
    queue_veh: float
    trip_delay_s: float
    trip_stops: float
    unserved: bool


@dataclass(frozen=True)
class Factors:
    """What estimates are multiplied with, and what is added to the delay of a trip, all signals together."""

    delay: float = 1.0
    other_s: float = 0.0
    queue: float = 1.0
    stops: float = 1.0


def measured(
    table: pd.DataFrame, values: Mapping[str, Any], approaches: Sequence[tuple[str, str]], hours: float
) -> Measured:
    """The record's table of approaches in the model's order, pairs of signal and edge, and its measures."""
    rows = table.set_index(["signal", "approach"]).reindex(pd.MultiIndex.from_tuples(approaches)).fillna(0.0)
    return Measured(
        rows["vehicles"].to_numpy(dtype=float) / hours,
        rows["control_delay_s"].to_numpy(dtype=float),
        float(rows["queue_mean_veh"].sum()),
        float(values["delay_s"]),
        float(values["stops"]),
        bool(values["not_inserted_veh"] > UNSERVED_SHARE * values["loaded_veh"]),
    )


def fitted(lay: Layout, seen: Measured, run: Run) -> tuple[Layout, Factors]:
    """The layout with the record's arrivals and capacity, and the factors that remain."""
    if not seen.unserved:
        lay = _with_capacity(_with_arrivals(lay, seen), seen, run)
    return lay, _factors(lay, seen, run(lay))


def _with_arrivals(lay: Layout, seen: Measured) -> Layout:
    approaches, links = len(lay.outside_vps), len(lay.link_vps)
    volume_vps = np.bincount(lay.bundle_approach, lay.bundle_vps, minlength=approaches)
    ratio = (seen.vehicles_per_h + PRIOR_VEH) / (3600 * volume_vps + PRIOR_VEH)
    ratio = np.clip(ratio, LEAST_ARRIVALS, MOST_ARRIVALS) ** BELIEF
    bundle_vps = lay.bundle_vps * ratio[lay.bundle_approach]
    bundle = np.repeat(np.arange(len(bundle_vps)), np.diff(lay.first_pair))
    link_vps = np.bincount(lay.exit_link[lay.pair_movement], bundle_vps[bundle] * lay.pair_share, minlength=links)
    fed_vps = np.bincount(lay.feeder_approach, lay.feeder_share * link_vps[lay.feeder_link], minlength=approaches)
    target_vps = volume_vps * ratio
    surplus = np.maximum(fed_vps / np.maximum(target_vps, 1e-9), 1.0)
    return lay._replace(
        bundle_vps=bundle_vps,
        link_vps=link_vps.astype(float),
        feeder_share=lay.feeder_share / surplus[lay.feeder_approach],
        outside_vps=np.maximum(target_vps - fed_vps, 0.0),
    )


def _with_capacity(lay: Layout, seen: Measured, run: Run) -> Layout:
    """Saturation flows with which the model has as many vehicles waiting as the run, believed by half."""
    seen_veh = float((seen.delay_s * seen.vehicles_per_h).sum()) / 3600.0
    waiting = [run(lay._replace(saturation_vps=lay.saturation_vps * factor)).delay_veh.sum() for factor in CAPACITIES]
    falling = np.minimum.accumulate(waiting)
    factor = float(np.interp(-seen_veh, -falling, CAPACITIES)) ** BELIEF
    return lay._replace(saturation_vps=lay.saturation_vps * factor)


def _factors(lay: Layout, seen: Measured, sums: Sums) -> Factors:
    trip_s = float(sums.delay_veh.sum()) / lay.trips_vps
    stops = float((sums.stopped_veh / np.maximum(sums.seconds, 1e-9)).sum()) / lay.trips_vps
    delay = _factor(seen.trip_delay_s, trip_s)
    return Factors(
        delay,
        max(seen.trip_delay_s - delay * trip_s, 0.0),
        _factor(seen.queue_veh, float(sums.delay_veh.sum())),
        _factor(seen.trip_stops, stops),
    )


def _factor(seen: float, found: float) -> float:
    return min(max((seen + 0.1) / (found + 0.1), LEAST_FACTOR), MOST_FACTOR)
