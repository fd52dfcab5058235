"""The fast model fitted to one recorded run, by approach and signal.

What a record's tables give, in this order:

arrivals    vehicles of each approach against the model's: drivers choose routes that the demand does not state
capacity    no table has discharge by movement; so an approach's saturation flows are scaled until the model's delay is
            the control delay measured there. Only where the approach is busy: elsewhere delay says nothing of it
delay       what is still different, as a factor of each signal; what trips lose elsewhere is a constant of each signal
queue, stops  a factor each

A run without a queue left outside at its end is asked for: where vehicles were denied entry arrivals are not fitted.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from zhasyl.arrays import FloatArray, IntArray
from zhasyl.measures import UNSERVED_SHARE
from zhasyl.optimise.model.kernel import Layout, Sums

ARRIVAL_ROUNDS = 3
MOST_ARRIVALS, LEAST_ARRIVALS = 2.0, 0.5
CAPACITIES = np.array([0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2])  # of the saturation flows taken
BUSY_DEGREE, BUSY_VEH = 0.6, 30.0
PRIOR_VEH = 100.0  # as many vehicles speak for a factor of 1
LEAST_FACTOR, MOST_FACTOR = 0.5, 2.0

Run = Callable[[Layout], Sums]


class Measured(NamedTuple):
    """What a record says of approaches [a], and of all trips."""

    vehicles: FloatArray  # an hour
    delay_s: FloatArray  # control delay, NaN where nobody came
    queue_veh: FloatArray
    trip_delay_s: float
    trip_stops: float
    unserved: bool


@dataclass(frozen=True)
class Factors:
    """What estimates [c, s] are multiplied with, and what is added to the delay of a trip, by signal [s]."""

    delay: FloatArray
    other_s: FloatArray
    queue: FloatArray
    stops: float


def unfitted(signals: int) -> Factors:
    """Factors that change nothing."""
    return Factors(np.ones(signals), np.zeros(signals), np.ones(signals), 1.0)


def measured(
    table: pd.DataFrame,
    values: "dict[str, float]",
    approaches: Sequence[tuple[str, str]],
    hours: float,
) -> Measured:
    """The record's table of approaches in the model's order: (signal, edge)."""
    rows = table.set_index(["signal", "approach"]).reindex(pd.MultiIndex.from_tuples(approaches))
    return Measured(
        rows["vehicles"].fillna(0.0).to_numpy(dtype=float) / hours,
        rows["control_delay_s"].to_numpy(dtype=float),
        rows["queue_mean_veh"].fillna(0.0).to_numpy(dtype=float),
        float(values["delay_s"]),
        float(values["stops"]),
        values["not_inserted_veh"] > UNSERVED_SHARE * values["loaded_veh"],
    )


def fitted(lay: Layout, seen: Measured, signal_of: IntArray, run: Run) -> tuple[Layout, Factors]:
    """The layout with the record's arrivals and capacities, and the factors that remain."""
    lay = lay if seen.unserved else _with_arrivals(lay, seen, run)
    lay = _with_capacities(lay, seen, run)
    return lay, _factors(lay, seen, signal_of, run(lay))


def _by(place: IntArray, values: FloatArray, size: int) -> FloatArray:
    return np.bincount(place, values, minlength=size).astype(float)


def _by_approach(lay: Layout, values: FloatArray) -> FloatArray:
    return _by(lay.bundle_approach, values, len(lay.outside_vps))


def _arrived_vps(lay: Layout, sums: Sums) -> FloatArray:
    return _by_approach(lay, sums.arrived_veh / np.maximum(sums.seconds, 1e-9))


def _with_arrivals(lay: Layout, seen: Measured, run: Run) -> Layout:
    taken, volume_vps = np.ones(len(lay.outside_vps)), _arrived_vps(lay, run(lay))
    seen_vps = seen.vehicles / 3600.0
    prior_vps = PRIOR_VEH / 10 / 3600.0
    for _ in range(ARRIVAL_ROUNDS):
        found_vps = _arrived_vps(lay, run(lay))
        ratio = (seen_vps + prior_vps) / (found_vps + prior_vps)
        ratio = np.clip(taken * ratio, LEAST_ARRIVALS, MOST_ARRIVALS) / taken
        ratio[volume_vps <= 0] = 1.0
        taken = taken * ratio
        lay = lay._replace(
            outside_vps=lay.outside_vps * ratio, feeder_share=lay.feeder_share * ratio[lay.feeder_approach]
        )
    return lay


def _delay_s(lay: Layout, sums: Sums) -> FloatArray:
    """Delay a vehicle by approach."""
    found: FloatArray = _by_approach(lay, sums.delay_veh) / np.maximum(_arrived_vps(lay, sums), 1e-9)
    return found


def _with_capacities(lay: Layout, seen: Measured, run: Run) -> Layout:
    """Saturation flows by approach with which the model's delay is nearest to the measured one."""
    layouts = [lay._replace(saturation_vps=lay.saturation_vps * factor) for factor in CAPACITIES]
    sums = [run(one) for one in layouts]
    delays_s = np.array([_delay_s(lay, one) for one in sums])
    degree = sums[0].arrived_veh / np.maximum(sums[0].capacity_veh, 1e-9)
    factor = np.ones(len(seen.vehicles))
    for a in range(len(factor)):
        own = lay.bundle_approach == a
        if own.any() and degree[own].max() >= BUSY_DEGREE and seen.vehicles[a] >= BUSY_VEH:
            # delay falls as capacity rises; what the approach measures includes braking that the model leaves out
            best = float(np.interp(-seen.delay_s[a], -np.maximum.accumulate(delays_s[::-1, a])[::-1], CAPACITIES))
            factor[a] = best ** (seen.vehicles[a] / (seen.vehicles[a] + PRIOR_VEH))
    bundle = np.repeat(np.arange(len(lay.bundle_lanes)), np.diff(lay.first_pair))
    return lay._replace(saturation_vps=lay.saturation_vps * factor[lay.bundle_approach[bundle]])


def _factors(lay: Layout, seen: Measured, signal_of: IntArray, sums: Sums) -> Factors:
    signals = len(lay.walk_s)
    lost_veh = np.nan_to_num(seen.delay_s) * seen.vehicles / 3600.0
    waiting_veh = _by_approach(lay, sums.delay_veh)
    seen_veh, found_veh = (_by(signal_of, veh, signals) for veh in (lost_veh, waiting_veh))
    queue_veh = _by(signal_of, seen.queue_veh, signals)
    delay = _factor(seen_veh, found_veh)
    trip_s = float((delay * found_veh).sum()) / lay.trips_vps
    share = (found_veh + 0.1) / (found_veh + 0.1).sum()
    stops = sums.stopped_veh / np.maximum(sums.seconds, 1e-9)
    return Factors(
        delay,
        share * max(seen.trip_delay_s - trip_s, 0.0),
        _factor(queue_veh, found_veh),
        float(_factor(np.array(seen.trip_stops), np.array(stops.sum() / lay.trips_vps))),
    )


def _factor(seen: FloatArray, found: FloatArray) -> FloatArray:
    prior = 0.5
    factor: FloatArray = np.clip((seen + prior) / (found + prior), LEAST_FACTOR, MOST_FACTOR)
    return factor
