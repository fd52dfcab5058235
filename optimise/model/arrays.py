"""The arrays that the fast model computes with; `kernel` says what they mean to it."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from zhasyl.arrays import FloatArray, IntArray
from zhasyl.optimise.model.vectors import WIDTH

VectorArray = npt.NDArray[np.float32]  # [rows, WIDTH], as in `vectors`


class Layout(NamedTuple):
    """What no plan changes: signals s, sequences q, places p (rows r over all signals), movements m, walks w,
    approaches a, bundles b, pairs k, links l, feeders f. `first_x` [s + 1] is where a signal's x begin."""

    first_place: IntArray
    first_movement: IntArray
    first_bundle: IntArray
    first_walk: IntArray
    length: IntArray  # [s, q] places of a sequence
    place: IntArray  # [s, q, p] of the signal's
    intergreen_s: FloatArray  # [s, q, p] after it
    shows: IntArray  # [r, m of the signal] CLOSED, PROTECTED, PERMITTED
    permitted_column: IntArray  # [m] of a table of greens, after those of the movements; 0 if it never is
    walked_per_h: FloatArray  # [r, m of the signal] pedestrians to whom it gives way
    clears_walk_s: FloatArray  # [r, w of the signal] green after the walk, NO_WALK where it is not shown
    walk_s: FloatArray  # [s]
    walkers_per_h: FloatArray  # [w]
    first_before: IntArray  # [w + 1]
    before: IntArray  # the signal's walk that some of a walk's persons have just crossed at
    before_share: FloatArray  # how many of them
    before_s: FloatArray  # how long they take from the begin of that crossing to this one
    walks_per_h: float  # of persons, over any number of crossings
    first_opposing: IntArray  # [m + 1]
    opposing: IntArray  # movements to which it gives way
    exit_link: IntArray  # [m]
    volume_vps: FloatArray  # [m]
    bundle_approach: IntArray  # [b]
    bundle_lanes: FloatArray  # [b]
    bundle_share: FloatArray  # [b] of its approach
    bundle_vps: FloatArray  # [b] mean demand
    bundle_random: FloatArray  # [b] I of the HCM: how random arrivals are
    first_pair: IntArray  # [b + 1]
    pair_movement: IntArray
    pair_share: FloatArray  # of its bundle
    saturation_vps: FloatArray  # [k] of the whole bundle, if all were of this movement
    outside_vps: FloatArray  # [a] who come from no feeder
    storage_veh: FloatArray  # [a]
    travelling_veh: FloatArray  # [a] between the feeders' signals and the stop line, mean
    approach_lanes: FloatArray  # [a]
    link_vps: FloatArray  # [l]
    link_approach: IntArray  # [l] the one that it fills, -1 for none
    feeder_link: IntArray
    feeder_approach: IntArray
    feeder_share: FloatArray
    feeder_s: FloatArray  # travel time of the platoon's front
    feeder_smoothing: FloatArray  # F of Robertson
    feeder_from: IntArray  # signals
    feeder_to: IntArray
    gaps: FloatArray  # [GAP_BINS] share of a saturation flow, by opposing flow
    profile: FloatArray  # [a, slice] demand of a slice of time, 1 on average
    warm_slices: int  # the first of them, not measured
    slice_s: float
    trips_vps: float
    start_lag_s: float  # what a green loses as it begins
    end_gain_s: float  # what a yellow gives
    sneaking_s: float  # of a saturation flow: who turns when a permitted green has ended


class Batch(NamedTuple):
    """The arrays of a PlanBatch."""

    sequence: IntArray
    greens_s: FloatArray
    cycle_s: FloatArray
    offset_s: FloatArray


class Sums(NamedTuple):
    """What the measured cycles of plans side by side give: [b, WIDTH]."""

    seconds: VectorArray  # measured
    waiting: VectorArray  # veh·s
    least_veh: VectorArray
    arrived_veh: VectorArray
    capacity_veh: VectorArray
    stopped_veh: VectorArray
    delay_veh: VectorArray  # who wait, mean over the period, everything included
    kept_veh: VectorArray  # left over from cycle to cycle, mean over the period


class State(NamedTuple):
    """Of plans side by side, a vector a row: what their simulation begins with, and what changes in a step."""

    columns: int  # of greens
    begins_s: FloatArray  # [p] of a signal's places
    step_s: VectorArray  # [1]
    steps: VectorArray  # [1]
    bins: VectorArray  # [s] of the signal's cycle
    since: VectorArray  # [s] first measured step
    greens: VectorArray  # [step, m, then permitted ones] share of the step
    longest_red_s: VectorArray  # [m]
    outside_veh: VectorArray  # [a] in a step
    saturation_veh: VectorArray  # [k] in a step
    smoothing: VectorArray  # [f]
    late: VectorArray  # [f] whole steps, and
    part: VectorArray  # [f] of a step
    history: VectorArray  # [step, l] who left
    fed: VectorArray  # [f] who would come if they were not spread
    spread_veh: VectorArray  # [f]
    arriving_veh: VectorArray  # [a]
    inside_veh: VectorArray  # [a]
    room: VectorArray  # [l]
    opened: VectorArray  # [m]
    left_veh: VectorArray  # [m] in the step before
    stands: VectorArray  # [m] NOBODY_TURNS if so
    queue_veh: VectorArray  # [b]
    head: VectorArray  # [k]
    potential_veh: VectorArray  # [k]


def room_for(lay: Layout, steps: int) -> tuple[State, Sums]:
    """Arrays for plans side by side, of so many steps."""
    signals, approaches, bundles = len(lay.walk_s), len(lay.outside_vps), len(lay.bundle_lanes)
    movements, pairs, links, feeders = map(len, (lay.volume_vps, lay.pair_share, lay.link_vps, lay.feeder_link))
    columns = movements + int(np.count_nonzero(lay.permitted_column))
    rows = (
        1, 1, signals, signals, steps * columns, movements, approaches, pairs, feeders, feeders, feeders, steps * links,
        feeders, feeders, approaches, approaches, links, movements, movements, movements, bundles, pairs, pairs,
    )  # fmt: skip
    vectors = [np.zeros((count, WIDTH), dtype=np.float32) for count in rows]
    sums = (np.zeros((bundles, WIDTH), dtype=np.float32) for _ in Sums._fields)
    return State(columns, np.zeros(lay.place.shape[2]), *vectors), Sums(*sums)
