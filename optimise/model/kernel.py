"""Cyclic flow profiles and vertical queues of all signals under many plans, compiled.

Sources: D. I. Robertson, TRANSYT: a traffic network study tool, Road Research Laboratory Report LR 253, 1969 (profiles,
platoon dispersion, vertical queues); HCM 2010, ch. 18 (random and oversaturation delay), 30 (dispersion), 31 (permitted
turns); R. M. Kimber and E. M. Hollis, TRRL Report LR 909, 1979 (queues of a peak, from slice to slice of time).

bundle     lanes of one approach with the same movements: one queue
pair       a bundle and one of its movements
head       who stands first in a lane: share by pair. It leaves as its movement allows, the next one is drawn from those
           who come: how a waiting turn holds up a shared lane
link       all who leave a signal by one exit edge
feeder     the part of a link that comes to an approach of a signal, later and spread
bin        step of the simulation, some STEP_S: the longest cycle has a whole number of them

Cycles are simulated from mean flows on, the last one is measured. What a queue has over from cycle to cycle is not in
the measured delay: random and oversaturation delay stand for it, by slices of the scenario's period. All in one file:
numba's cache does not see a change in another one.
"""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar, cast

import numba
import numpy as np

from zhasyl.arrays import FloatArray, IntArray

Function = TypeVar("Function", bound=Callable[..., Any])

STEP_S = 2.0
WARM_UP = 2  # cycles before the measured one
CLOSED, PROTECTED, PERMITTED = 0, 1, 2
GAP_BINS, GAP_STEP_VPS = 64, 0.03125
STANDING_VEH = 0.25  # a lane's queue through which nobody turns
GAPLESS_SHARE = 0.75  # of a bundle: a queue with more of others has gaps for who turns through it
HARMONY = 0.01  # cycles whose ratio is so near to 1, 2 or 1/2 keep step
FULL_VEH = 2.0  # a link with less room a lane slows down who wants to enter
RANDOM_K = 0.5  # HCM: incremental delay factor of fixed time


def jit(function: Function) -> Function:
    """Compiled when first called, and kept on disk."""
    return cast(Function, numba.njit(cache=True, error_model="numpy")(function))


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
    walked_per_h: FloatArray  # [r, m of the signal] pedestrians to whom it gives way
    walking_s: FloatArray  # [r] walk and clearance, 0 without a walk
    walks: IntArray  # [r, w of the signal] is the walk shown?
    walk_s: FloatArray  # [s]
    walkers_per_h: FloatArray  # [w]
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
    """What one candidate's measured cycle gives, by bundle."""

    seconds: FloatArray  # measured
    waiting: FloatArray  # veh·s
    least_veh: FloatArray
    arrived_veh: FloatArray
    capacity_veh: FloatArray
    stopped_veh: FloatArray
    delay_veh: FloatArray  # who wait, mean over the period, everything included
    kept_veh: FloatArray  # left over from cycle to cycle, mean over the period


class Greens(NamedTuple):
    """Greens of one candidate by bin of the signal's cycle and movement."""

    bins: IntArray  # [s]
    protected: FloatArray  # [bin, m]
    permitted: FloatArray  # [bin, m]
    longest_red_s: FloatArray  # [m]


@jit
def _spread(profile: FloatArray, movement: int, begin: float, end: float, bins: int, value: float) -> None:
    """Add a value to the bins between two times (in bins), cut at the ends; at most one cycle."""
    end = min(end, begin + bins)
    at = int(np.floor(begin))
    while at < end:
        part = min(end, at + 1.0) - max(begin, float(at))
        profile[at % bins, movement] += value * part
        at += 1


@jit
def occupancy(per_h: float) -> float:
    """HCM: share of a walk in which a crossing is occupied, by the flow while it lasts."""
    flow = min(per_h, 5000.0)
    return flow / 2000.0 if flow <= 1000.0 else min(0.4 + flow / 10000.0, 0.9)


@jit
def _movement_greens(
    lay: Layout, batch: Batch, c: int, s: int, local: int, greens: Greens, begins_s: FloatArray, step_s: float
) -> None:
    """The greens of one movement, with what its start loses and its yellow gives."""
    m = lay.first_movement[s] + local
    q, bins = batch.sequence[c, s], greens.bins[s]
    count, cycle_s = lay.length[s, q], batch.cycle_s[c, s]
    per_s = bins / cycle_s
    ended_s, first_s, longest_s = -1.0, -1.0, 0.0
    for p in range(count):
        row = lay.first_place[s] + lay.place[s, q, p]
        kind = lay.shows[row, local]
        if kind == CLOSED:
            continue
        before = lay.shows[lay.first_place[s] + lay.place[s, q, (p - 1) % count], local]
        after = lay.shows[lay.first_place[s] + lay.place[s, q, (p + 1) % count], local]
        begin_s, end_s = begins_s[p], begins_s[p] + batch.greens_s[c, s, p]
        if before == CLOSED:
            if ended_s >= 0:
                longest_s = max(longest_s, begin_s - ended_s)
            else:
                first_s = begin_s
            begin_s += lay.start_lag_s
        sneaking_s = 0.0
        if after != CLOSED:
            end_s += lay.intergreen_s[s, q, p]
        else:
            ended_s = end_s
            if kind == PROTECTED:
                end_s += lay.end_gain_s
            else:
                sneaking_s = lay.sneaking_s
        begin, end = (batch.offset_s[c, s] + begin_s) * per_s, (batch.offset_s[c, s] + end_s) * per_s
        if end <= begin:
            continue
        if kind == PROTECTED:
            _spread(greens.protected, m, begin, end, bins, 1.0)
        else:
            _spread(greens.permitted, m, begin, end, bins, 1.0)
            if lay.walked_per_h[row, local] > 0.0 and lay.walking_s[row] > 0.0:
                walking_s = lay.walking_s[row]
                occupied = occupancy(lay.walked_per_h[row, local] * cycle_s / walking_s)
                walked = (batch.offset_s[c, s] + begins_s[p] + walking_s) * per_s
                _spread(greens.permitted, m, begin, min(end, walked), bins, -occupied)
            if sneaking_s > 0.0:
                _spread(greens.protected, m, end, end + sneaking_s * per_s, bins, 1.0)
    if first_s >= 0 and ended_s >= 0:
        longest_s = max(longest_s, first_s + cycle_s - ended_s)
    greens.longest_red_s[m] = longest_s


@jit
def _walks(lay: Layout, batch: Batch, c: int, s: int, begins_s: FloatArray) -> Any:
    """Mean delay of the signal's pedestrians, who begin to cross while it shows walk, and their longest red."""
    q = batch.sequence[c, s]
    cycle_s, count = batch.cycle_s[c, s], lay.length[s, q]
    total, persons, longest_s = 0.0, 0.0, 0.0
    for local in range(lay.first_walk[s + 1] - lay.first_walk[s]):
        per_h = lay.walkers_per_h[lay.first_walk[s] + local]
        if per_h <= 0.0:
            continue
        first_s, ended_s, squares = -1.0, -1.0, 0.0
        for p in range(count):
            if lay.walks[lay.first_place[s] + lay.place[s, q, p], local] == 0:
                continue
            if ended_s >= 0:
                red_s = max(begins_s[p] - ended_s, 0.0)
                squares, longest_s = squares + red_s * red_s, max(longest_s, red_s)
            else:
                first_s = begins_s[p]
            ended_s = begins_s[p] + min(lay.walk_s[s], batch.greens_s[c, s, p])
        red_s = max(first_s + cycle_s - ended_s, 0.0) if first_s >= 0 else cycle_s
        squares, longest_s = squares + red_s * red_s, max(longest_s, red_s)
        total += per_h * squares / (2.0 * cycle_s)
        persons += per_h
    return (total / persons if persons > 0 else 0.0), longest_s


@jit
def _open(
    lay: Layout,
    greens: Greens,
    row: int,
    s: int,
    left_veh: FloatArray,
    stands: FloatArray,
    room: FloatArray,
    opened: FloatArray,
    step_s: float,
) -> None:
    """The share of its saturation flow that each movement of a signal may use in a step."""
    for m in range(lay.first_movement[s], lay.first_movement[s + 1]):
        share, permitted = greens.protected[row, m], greens.permitted[row, m]
        if permitted > 0.0:
            flow_veh, standing = 0.0, False
            for index in range(lay.first_opposing[m], lay.first_opposing[m + 1]):
                other = lay.opposing[index]
                if greens.protected[row, other] > 0.0:
                    flow_veh += left_veh[other]
                    standing = standing or stands[other] > 0.0
            if not standing:
                share += permitted * lay.gaps[min(int(flow_veh / step_s / GAP_STEP_VPS + 0.5), GAP_BINS - 1)]
        opened[m] = min(share, 1.0) * room[lay.exit_link[m]]


@jit
def _begin(lay: Layout, greens: Greens, step_s: float, queue: FloatArray) -> None:
    """Queues at the start as even arrivals would leave them: of the red before, less what has left in green since."""
    for s in range(len(lay.walk_s)):
        bins = greens.bins[s]
        for b in range(lay.first_bundle[s], lay.first_bundle[s + 1]):
            main = lay.first_pair[b]
            for k in range(lay.first_pair[b] + 1, lay.first_pair[b + 1]):
                if lay.pair_share[k] > lay.pair_share[main]:
                    main = k
            m = lay.pair_movement[main]
            come = lay.bundle_vps[b] * step_s
            at, green, red = bins - 1, 0.0, 0.0
            while at >= 0 and greens.protected[at, m] + greens.permitted[at, m] > 0.0:
                green += greens.protected[at, m] + greens.permitted[at, m]
                at -= 1
            while at >= 0 and greens.protected[at, m] + greens.permitted[at, m] <= 0.0:
                red += 1.0
                at -= 1
            queue[b] = max(0.0, (green + red) * come - green * lay.saturation_vps[main] * step_s)


@jit
def _simulate(
    lay: Layout, batch: Batch, c: int, greens: Greens, step_s: float, steps: int, history: FloatArray, sums: Sums
) -> None:
    """All signals step by step; the sums are of the last cycle or cycles of each signal."""
    signals, bundles, links = len(lay.walk_s), len(lay.bundle_lanes), len(lay.link_vps)
    movements, approaches, feeders = len(lay.volume_vps), len(lay.outside_vps), len(lay.feeder_link)
    queue, head, potential = np.zeros(bundles), lay.pair_share.copy(), np.zeros(len(lay.pair_share))
    left_veh, stands, opened = np.zeros(movements), np.zeros(movements), np.zeros(movements)
    _begin(lay, greens, step_s, queue)
    room, arriving, inside = np.ones(links), np.zeros(approaches), lay.travelling_veh.copy()
    for b in range(bundles):
        inside[lay.bundle_approach[b]] += queue[b]
    at, since = np.zeros(signals, dtype=np.int64), np.zeros(signals, dtype=np.int64)
    longest = greens.bins.max()
    for s in range(signals):
        since[s] = steps - (longest // greens.bins[s]) * greens.bins[s]
    spread, smoothing = np.zeros(feeders), lay.feeder_smoothing.copy()
    late, part = np.zeros(feeders, dtype=np.int64), np.zeros(feeders)
    for f in range(feeders):
        spread[f] = lay.link_vps[lay.feeder_link[f]] * step_s
        delay = lay.feeder_s[f] / step_s
        late[f] = int(delay)
        part[f] = delay - late[f]
        ratio = batch.cycle_s[c, lay.feeder_from[f]] / batch.cycle_s[c, lay.feeder_to[f]]
        if min(abs(ratio - 1.0), abs(ratio - 2.0), abs(ratio - 0.5)) > HARMONY:
            smoothing[f] = 1.0 / greens.bins[lay.feeder_from[f]]
    for t in range(steps):
        for a in range(approaches):
            arriving[a] = lay.outside_vps[a] * step_s
        for f in range(feeders):
            link, a = lay.feeder_link[f], lay.feeder_approach[f]
            then = t - late[f]
            if then > 0:
                came = history[then, link] * (1.0 - part[f]) + history[then - 1, link] * part[f]
            else:
                came = lay.link_vps[link] * step_s
            spread[f] += smoothing[f] * (came - spread[f])
            arriving[a] += lay.feeder_share[f] * spread[f]
        for link in range(links):
            a = lay.link_approach[link]
            if a >= 0:
                free = (lay.storage_veh[a] - inside[a]) / (FULL_VEH * lay.approach_lanes[a])
                room[link] = min(1.0, max(0.0, free))
            history[t, link] = 0.0
        for s in range(signals):
            row = at[s]
            at[s] = 0 if row + 1 == greens.bins[s] else row + 1
            _open(lay, greens, row, s, left_veh, stands, room, opened, step_s)
            for m in range(lay.first_movement[s], lay.first_movement[s + 1]):
                left_veh[m] = 0.0
                stands[m] = 0.0
            measured = t >= since[s]
            for b in range(lay.first_bundle[s], lay.first_bundle[s + 1]):
                a, begin, end = lay.bundle_approach[b], lay.first_pair[b], lay.first_pair[b + 1]
                came = arriving[a] * lay.bundle_share[b]
                there = queue[b] + came
                lanes = lay.bundle_lanes[b]
                if end - begin == 1:
                    m = lay.pair_movement[begin]
                    could = lay.saturation_vps[begin] * step_s * opened[m]
                    left = min(there, could)
                    left_veh[m] += left
                    if could > 0.0 and there - left > STANDING_VEH * lanes:
                        stands[m] = 1.0
                else:
                    could, held = 0.0, 0.0
                    for k in range(begin, end):
                        flow = min(lay.saturation_vps[k] * step_s * opened[lay.pair_movement[k]], lanes)
                        potential[k] = head[k] * flow
                        could += potential[k]
                        if flow < 1e-3 and lay.pair_share[k] < 1.0:
                            held = max(held, (head[k] - lay.pair_share[k]) / (1.0 - lay.pair_share[k]))
                    left = 0.0
                    if could > 0.0:
                        left = min(min(there, could), max(there * (1.0 - held), there - lanes))
                        used = left / could
                        gone = 0.0
                        for k in range(begin, end):
                            m, flow = lay.pair_movement[k], potential[k]
                            left_veh[m] += flow * used
                            if lay.pair_share[k] > GAPLESS_SHARE and flow > 0.0 and there - left > STANDING_VEH * lanes:
                                stands[m] = 1.0
                            if head[k] <= lay.pair_share[k]:
                                flow *= used
                            head[k] -= flow / lanes
                            gone += flow / lanes
                        for k in range(begin, end):
                            head[k] += lay.pair_share[k] * gone
                inside[a] -= left
                queue[b] = there - left
                if measured:
                    sums.waiting[b] += 0.5 * (there - came + queue[b]) * step_s
                    sums.least_veh[b] = min(sums.least_veh[b], queue[b])
                    sums.arrived_veh[b] += came
                    sums.capacity_veh[b] += max(could, left)
                    sums.stopped_veh[b] += came * min(1.0, queue[b] / lanes)
            for m in range(lay.first_movement[s], lay.first_movement[s + 1]):
                history[t, lay.exit_link[m]] += left_veh[m]
        for f in range(feeders):
            inside[lay.feeder_approach[f]] += lay.feeder_share[f] * history[t, lay.feeder_link[f]]
        for a in range(approaches):
            inside[a] += lay.outside_vps[a] * step_s
    for s in range(signals):
        for b in range(lay.first_bundle[s], lay.first_bundle[s + 1]):
            sums.seconds[b] = (steps - since[s]) * step_s


@jit
def later_s(saturation: float, capacity_vps: float, random: float, period_s: float) -> float:
    """Random and oversaturation delay a vehicle: HCM's incremental delay of a period that begins without a queue."""
    over = saturation - 1.0
    term = 8.0 * RANDOM_K * random * saturation / max(capacity_vps * period_s, 1e-6)
    return float(0.25 * period_s * (over + np.sqrt(over * over + term)))


@jit
def _kept(queue_veh: float, growth_vps: float, period_s: float) -> Any:
    """A queue that grows or shrinks: veh·s within the period, and what is left at its end."""
    left = queue_veh + growth_vps * period_s
    if left >= 0.0:
        return 0.5 * (queue_veh + left) * period_s, left
    return 0.5 * queue_veh * queue_veh / -growth_vps, 0.0


@jit
def _left_over(lay: Layout, b: int, arrived_vps: float, capacity_vps: float) -> float:
    """Vehicles left over from cycle to cycle, mean over the measured slices: by chance, and above capacity."""
    a, queue, total = lay.bundle_approach[b], 0.0, 0.0
    for j in range(lay.profile.shape[1]):
        flow_vps = arrived_vps * lay.profile[a, j]
        saturation = flow_vps / capacity_vps
        area, queue = _kept(queue, flow_vps - capacity_vps, lay.slice_s)
        whole_s = later_s(saturation, capacity_vps, lay.bundle_random[b], lay.slice_s)
        chance_s = whole_s - max(0.0, 0.5 * (saturation - 1.0) * lay.slice_s)
        if j >= lay.warm_slices:
            total += area / lay.slice_s + min(flow_vps, capacity_vps) * chance_s
    return float(total / (lay.profile.shape[1] - lay.warm_slices))


@jit
def _delays(lay: Layout, sums: Sums) -> None:
    for b in range(len(lay.bundle_lanes)):
        seconds = sums.seconds[b]
        uniform = max(sums.waiting[b] - sums.least_veh[b] * seconds, 0.0) / seconds
        arrived_vps, capacity_vps = sums.arrived_veh[b] / seconds, max(sums.capacity_veh[b] / seconds, 1e-4)
        kept = _left_over(lay, b, arrived_vps, capacity_vps)
        sums.kept_veh[b] = kept
        sums.delay_veh[b] = uniform + kept


@jit
def evaluate(lay: Layout, batch: Batch, found: FloatArray, sums: Sums) -> None:
    """Fill `found` [6, c, s]: delay, stops and beyond a trip, queue, pedestrians' delay, longest wait.

    `sums` are left as the last candidate makes them.
    """
    candidates, signals = batch.sequence.shape
    movements = len(lay.volume_vps)
    most = int(batch.cycle_s.max() / STEP_S) + 2
    greens = Greens(
        np.zeros(signals, dtype=np.int64), np.zeros((most, movements)), np.zeros((most, movements)), np.zeros(movements)
    )
    history = np.zeros(((WARM_UP + 1) * most, len(lay.link_vps)))
    begins_s = np.zeros(batch.greens_s.shape[2])
    for c in range(candidates):
        longest_s = batch.cycle_s[c].max()
        step_s = longest_s / np.round(longest_s / STEP_S)
        greens.protected[:] = 0.0
        greens.permitted[:] = 0.0
        for s in range(signals):
            q = batch.sequence[c, s]
            greens.bins[s] = max(int(np.round(batch.cycle_s[c, s] / step_s)), 1)
            time_s = 0.0
            for p in range(lay.length[s, q]):
                begins_s[p] = time_s
                time_s += batch.greens_s[c, s, p] + lay.intergreen_s[s, q, p]
            for local in range(lay.first_movement[s + 1] - lay.first_movement[s]):
                _movement_greens(lay, batch, c, s, local, greens, begins_s, step_s)
            found[4, c, s], found[5, c, s] = _walks(lay, batch, c, s, begins_s)
        for array in sums:
            array[:] = 0.0
        sums.least_veh[:] = np.inf
        _simulate(lay, batch, c, greens, step_s, (WARM_UP + 1) * greens.bins.max(), history, sums)
        _delays(lay, sums)
        for s in range(signals):
            _of_signal(lay, c, s, batch.cycle_s[c, s], greens, sums, found)


@jit
def _of_signal(lay: Layout, c: int, s: int, cycle_s: float, greens: Greens, sums: Sums, found: FloatArray) -> None:
    delay, stops, queue, beyond, wait_s = 0.0, 0.0, 0.0, 0.0, found[5, c, s]
    for b in range(lay.first_bundle[s], lay.first_bundle[s + 1]):
        delay += sums.delay_veh[b]
        a = lay.bundle_approach[b]
        stops += sums.stopped_veh[b] / sums.seconds[b] + sums.kept_veh[b] / cycle_s
        storage = lay.storage_veh[a] * lay.bundle_lanes[b] / lay.approach_lanes[a]
        queue += min(sums.delay_veh[b], storage)
        beyond += max(sums.delay_veh[b] - storage, 0.0)
        kept_s = sums.kept_veh[b] * sums.seconds[b] / max(sums.arrived_veh[b], 1e-6)
        for k in range(lay.first_pair[b], lay.first_pair[b + 1]):
            wait_s = max(wait_s, greens.longest_red_s[lay.pair_movement[k]] + kept_s)
    found[0, c, s] = delay / lay.trips_vps
    found[1, c, s] = stops / lay.trips_vps
    found[2, c, s] = queue
    found[3, c, s] = beyond / lay.trips_vps
    found[5, c, s] = wait_s
