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
abreast    WIDTH plans are simulated side by side, those of like cycles together: each value is a vector

Cycles are simulated from mean flows on, the last one is measured. What a queue has over from cycle to cycle is not in
the measured delay: random and oversaturation delay stand for it, by slices of the scenario's period. All in one file:
numba's cache does not see a change in another one (after one in `vectors` or `compiled`, empty it).
"""

from typing import Any

import numpy as np

from zhasyl.arrays import FloatArray, IntArray
from zhasyl.optimise.model.arrays import Batch, Layout, State, Sums, VectorArray
from zhasyl.optimise.model.compiled import inlined, inner, jit
from zhasyl.optimise.model.vectors import WIDTH, every, least, load, looked_up, most, somewhere, store, where

STEP_S = 2.0
EPSILON_S = 1e-6
WARM_UP = 2  # cycles before the measured one
CLOSED, PROTECTED, PERMITTED = 0, 1, 2
NO_WALK = -1.0
GAP_BINS, GAP_STEP_VPS = 64, 0.03125
NOBODY_TURNS = 1e6  # a flow that leaves no gap
STANDING_VEH = 0.25  # a lane's queue through which nobody turns
GAPLESS_SHARE = 0.75  # of a bundle: a queue with more of others has gaps for who turns through it
HARMONY = 0.01  # cycles whose ratio is so near to 1, 2 or 1/2 keep step
FULL_VEH = 2.0  # a link with less room a lane slows down who wants to enter
PARTS_OF_WALK = 4  # by which who crosses during a walk is followed
PACES = 0.15  # some walk faster by this share, some slower
RANDOM_K = 0.5  # HCM: incremental delay factor of fixed time


@inner
def _highest(vectors: VectorArray, row: int) -> int:
    found = vectors[row, 0]
    for i in range(1, WIDTH):
        found = max(found, vectors[row, i])
    return int(found)


@inner
def _spread(state: State, column: int, i: int, begin: float, end: float, bins: int, value: float) -> None:
    """Add a value between two times (in bins, at most one cycle) of each cycle, cut at the ends."""
    end = min(end, begin + bins)
    before = np.ceil(begin / bins) * bins
    begin, end = begin - before, end - before
    greens, columns, steps, whole = state.greens, state.columns, int(state.steps[0, i]), np.float32(value)
    while begin < steps:
        first, last = int(np.floor(begin)), int(np.floor(end))
        if first >= 0:
            greens[first * columns + column, i] += np.float32(value * (min(first + 1.0, end) - begin))
        for t in range(max(first + 1, 0), min(last, steps)):
            greens[t * columns + column, i] += whole
        if max(first, -1) < last < steps:
            greens[last * columns + column, i] += np.float32(value * (end - last))
        begin, end = begin + bins, end + bins


@jit
def occupancy(per_h: float) -> float:
    """HCM: share of a walk in which a crossing is occupied, by the flow while it lasts."""
    flow = min(per_h, 5000.0)
    return flow / 2000.0 if flow <= 1000.0 else min(0.4 + flow / 10000.0, 0.9)


@inlined
def _movement_greens(lay: Layout, batch: Batch, state: State, i: int, c: int, s: int, local: int) -> None:
    """The greens of one movement, with what its start loses and its yellow gives."""
    m = lay.first_movement[s] + local
    q, bins, begins_s = batch.sequence[c, s], int(state.bins[s, i]), state.begins_s
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
            _spread(state, m, i, begin, end, bins, 1.0)
        else:
            _spread(state, lay.permitted_column[m], i, begin, end, bins, 1.0)
            if lay.walked_per_h[row, local] > 0.0:  # walk and clearance fill the green
                green_s = batch.greens_s[c, s, p]
                occupied = occupancy(lay.walked_per_h[row, local] * cycle_s / green_s)
                walked = (batch.offset_s[c, s] + begins_s[p] + green_s) * per_s
                column, end_walk = lay.permitted_column[m], min(end, walked)
                _spread(state, column, i, begin, end_walk, bins, -occupied)
            if sneaking_s > 0.0:
                _spread(state, m, i, end, end + sneaking_s * per_s, bins, 1.0)
    if first_s >= 0 and ended_s >= 0:
        longest_s = max(longest_s, first_s + cycle_s - ended_s)
    state.longest_red_s[m, i] = longest_s


@inner
def _walk_s(lay: Layout, batch: Batch, c: int, s: int, local: int, p: int) -> Any:
    """How long a walk is shown in a place: until what it needs is left of the green, `Layout.walk_s` at least."""
    clears_s = lay.clears_walk_s[lay.first_place[s] + lay.place[s, batch.sequence[c, s], p], local]
    if clears_s == NO_WALK:
        return NO_WALK
    green_s = batch.greens_s[c, s, p]
    return min(max(lay.walk_s[s], np.floor(green_s - clears_s + EPSILON_S)), green_s)


@inner
def _to_walk_s(lay: Layout, batch: Batch, c: int, s: int, local: int, begins_s: FloatArray, time_s: float) -> Any:
    """From a time of the cycle on until somebody may begin to cross."""
    cycle_s = batch.cycle_s[c, s]
    least_s, time_s = cycle_s, time_s % cycle_s
    for p in range(lay.length[s, batch.sequence[c, s]]):
        walk_s = _walk_s(lay, batch, c, s, local, p)
        if walk_s != NO_WALK:
            since_s = (time_s - begins_s[p]) % cycle_s
            least_s = min(least_s, 0.0 if since_s < walk_s else cycle_s - since_s)
    return least_s


@inner
def _after_another_s(
    lay: Layout, batch: Batch, c: int, s: int, first: int, then: int, between_s: float, begins_s: FloatArray
) -> Any:
    """Mean delay before a walk of who has just crossed at the `first` one, where arrivals are even."""
    cycle_s, count = batch.cycle_s[c, s], lay.length[s, batch.sequence[c, s]]
    never_s = -2.0 * cycle_s
    ended_s = never_s
    for p in range(count):
        walk_s = _walk_s(lay, batch, c, s, first, p)
        if walk_s != NO_WALK:
            ended_s = begins_s[p] + walk_s - cycle_s
    if ended_s == never_s:
        return cycle_s
    total = 0.0
    for p in range(count):
        walk_s = _walk_s(lay, batch, c, s, first, p)
        if walk_s == NO_WALK:
            continue
        red_s, part_s = max(begins_s[p] - ended_s, 0.0), walk_s / PARTS_OF_WALK
        for pace in range(-1, 2):
            there_s = begins_s[p] + between_s * (1.0 + pace * PACES)
            total += red_s * _to_walk_s(lay, batch, c, s, then, begins_s, there_s)
            for part in range(PARTS_OF_WALK):
                at_s = there_s + (part + 0.5) * part_s
                total += part_s * _to_walk_s(lay, batch, c, s, then, begins_s, at_s)
        ended_s = begins_s[p] + walk_s
    return total / (3.0 * cycle_s)


@inlined
def _walks(lay: Layout, batch: Batch, c: int, s: int, begins_s: FloatArray) -> Any:
    """What pedestrians lose before the signal's walks, s per planned walk, and their longest red.

    They come evenly, or from another crossing of the signal: over the carriageway they have waited for together.
    """
    cycle_s, count = batch.cycle_s[c, s], lay.length[s, batch.sequence[c, s]]
    total, longest_s = 0.0, 0.0
    for local in range(lay.first_walk[s + 1] - lay.first_walk[s]):
        walk = lay.first_walk[s] + local
        per_h = lay.walkers_per_h[walk]
        if per_h <= 0.0:
            continue
        first_s, ended_s, squares = -1.0, -1.0, 0.0
        for p in range(count):
            walk_s = _walk_s(lay, batch, c, s, local, p)
            if walk_s == NO_WALK:
                continue
            if ended_s >= 0:
                red_s = max(begins_s[p] - ended_s, 0.0)
                squares, longest_s = squares + red_s * red_s, max(longest_s, red_s)
            else:
                first_s = begins_s[p]
            ended_s = begins_s[p] + walk_s
        red_s = max(first_s + cycle_s - ended_s, 0.0) if first_s >= 0 else cycle_s
        squares, longest_s = squares + red_s * red_s, max(longest_s, red_s)
        even, others = 1.0, 0.0
        for n in range(lay.first_before[walk], lay.first_before[walk + 1]):
            even -= lay.before_share[n]
            others += lay.before_share[n] * _after_another_s(
                lay, batch, c, s, lay.before[n], local, lay.before_s[n], begins_s
            )
        total += per_h * (max(even, 0.0) * squares / (2.0 * cycle_s) + others)
    return total / lay.walks_per_h, longest_s


@inlined
def _abreast(lay: Layout, batch: Batch, order: IntArray, first: int, state: State) -> None:
    """The next plans in order, their steps and what they give to wait for each other; the last one fills up."""
    signals = len(lay.walk_s)
    for i in range(WIDTH):
        c = order[min(first + i, len(order) - 1)]
        longest_s = 0.0
        for s in range(signals):
            longest_s = max(longest_s, batch.cycle_s[c, s])
        step_s = longest_s / np.round(longest_s / STEP_S)
        longest = 1.0
        for s in range(signals):
            state.bins[s, i] = max(np.round(batch.cycle_s[c, s] / step_s), 1.0)
            longest = max(longest, state.bins[s, i])
        state.step_s[0, i], state.steps[0, i] = step_s, (WARM_UP + 1) * longest
        for s in range(signals):
            state.since[s, i] = state.steps[0, i] - (longest // state.bins[s, i]) * state.bins[s, i]
        for f in range(len(lay.feeder_link)):
            delay = max(lay.feeder_s[f] / step_s, 1.0)  # nobody comes in the step in which he leaves
            state.late[f, i] = int(delay)
            state.part[f, i] = delay - int(delay)
            ratio = batch.cycle_s[c, lay.feeder_from[f]] / batch.cycle_s[c, lay.feeder_to[f]]
            state.smoothing[f, i] = lay.feeder_smoothing[f]
            if min(abs(ratio - 1.0), abs(ratio - 2.0), abs(ratio - 0.5)) > HARMONY:
                state.smoothing[f, i] = 1.0 / state.bins[lay.feeder_from[f], i]
    for row in range(_highest(state.steps, 0) * state.columns):
        store(state.greens, row, every(0.0))


@inner
def _greens(lay: Layout, batch: Batch, state: State, i: int, c: int, found: FloatArray) -> None:
    """The greens of a plan and what its pedestrians find."""
    for s in range(len(lay.walk_s)):
        q = batch.sequence[c, s]
        time_s = 0.0
        for p in range(lay.length[s, q]):
            state.begins_s[p] = time_s
            time_s += batch.greens_s[c, s, p] + lay.intergreen_s[s, q, p]
        for local in range(lay.first_movement[s + 1] - lay.first_movement[s]):
            _movement_greens(lay, batch, state, i, c, s, local)
        found[4, c, s], found[5, c, s] = _walks(lay, batch, c, s, state.begins_s)


@inlined
def _first_queue(lay: Layout, state: State, s: int, b: int) -> Any:
    """A queue as even arrivals would leave it: of the red before, less what has left in green since."""
    main = lay.first_pair[b]
    for k in range(lay.first_pair[b] + 1, lay.first_pair[b + 1]):
        if lay.pair_share[k] > lay.pair_share[main]:
            main = k
    m, columns = lay.pair_movement[main], state.columns
    column = lay.permitted_column[m]
    green, red = every(0.0), every(0.0)
    for t in range(_highest(state.bins, s)):
        share = load(state.greens, t * columns + m)
        if column > 0:
            share += load(state.greens, t * columns + column)
        within = every(t) < load(state.bins, s)
        closed = where(green > 0.0, 1.0, red + 1.0)
        red = where(within, where(share > 0.0, red, closed), red)
        green = where(within, where(share > 0.0, green + share, 0.0), green)
    come = load(state.step_s, 0) * lay.bundle_vps[b]
    return most((green + red) * come - green * load(state.saturation_veh, main), 0.0)


@inlined
def _begin(lay: Layout, state: State, sums: Sums) -> None:
    """Everything at mean flows."""
    step_s, links = load(state.step_s, 0), len(lay.link_vps)
    for a in range(len(lay.outside_vps)):
        store(state.outside_veh, a, step_s * lay.outside_vps[a])
        store(state.inside_veh, a, every(lay.travelling_veh[a]))
    for k in range(len(lay.pair_share)):
        store(state.saturation_veh, k, step_s * lay.saturation_vps[k])
        store(state.head, k, every(lay.pair_share[k]))
    for m in range(len(lay.volume_vps)):
        store(state.left_veh, m, every(0.0))
    for link in range(links):
        store(state.room, link, every(1.0))
    for f in range(len(lay.feeder_link)):
        store(state.spread_veh, f, step_s * lay.link_vps[lay.feeder_link[f]])
    for s in range(len(lay.walk_s)):
        for b in range(lay.first_bundle[s], lay.first_bundle[s + 1]):
            queue = _first_queue(lay, state, s, b)
            a = lay.bundle_approach[b]
            store(state.queue_veh, b, queue)
            store(state.inside_veh, a, load(state.inside_veh, a) + queue)
            store(sums.seconds, b, (load(state.steps, 0) - load(state.since, s)) * step_s)
            store(sums.least_veh, b, every(np.inf))
            for array in (sums.waiting, sums.arrived_veh, sums.capacity_veh, sums.stopped_veh):
                store(array, b, every(0.0))


@inlined
def _arrive(lay: Layout, state: State, t: int) -> None:
    """Who comes to the approaches in a step, and how much room they have."""
    links = len(lay.link_vps)
    for a in range(len(lay.outside_vps)):
        store(state.arriving_veh, a, load(state.outside_veh, a))
    for f in range(len(lay.feeder_link)):
        link, a, part, before = lay.feeder_link[f], lay.feeder_approach[f], load(state.part, f), load(state.fed, f)
        for i in range(WIDTH):
            state.fed[f, i] = state.history[max(t - int(state.late[f, i]), 0) * links + link, i]
        came = load(state.fed, f) * (1.0 - part) + before * part
        came = where(load(state.late, f) < t, came, load(state.step_s, 0) * lay.link_vps[link])
        spread = load(state.spread_veh, f)
        spread += load(state.smoothing, f) * (came - spread)
        store(state.spread_veh, f, spread)
        store(state.arriving_veh, a, load(state.arriving_veh, a) + spread * lay.feeder_share[f])
    for link in range(links):
        store(state.history, t * links + link, every(0.0))
        a = lay.link_approach[link]
        if a >= 0:
            free = (lay.storage_veh[a] - load(state.inside_veh, a)) / (FULL_VEH * lay.approach_lanes[a])
            store(state.room, link, least(most(free, 0.0), 1.0))


@inlined
def _open(lay: Layout, state: State, s: int, row: int) -> None:
    """The share of its saturation flow that each movement of a signal may use in a step."""
    step_s = load(state.step_s, 0)
    for m in range(lay.first_movement[s], lay.first_movement[s + 1]):
        share, column = load(state.greens, row + m), lay.permitted_column[m]
        if column > 0:
            permitted = load(state.greens, row + column)
            if somewhere(permitted > 0.0):
                flow_veh = every(0.0)
                for index in range(lay.first_opposing[m], lay.first_opposing[m + 1]):
                    other = lay.opposing[index]
                    flow_veh += where(load(state.greens, row + other) > 0.0, load(state.left_veh, other), 0.0)
                place = least(flow_veh / (step_s * GAP_STEP_VPS) + 0.5, GAP_BINS - 0.5)
                turning = where(flow_veh < 0.5 * NOBODY_TURNS, looked_up(lay.gaps, place), 0.0)
                share += permitted * turning
        store(state.opened, m, least(share, 1.0) * load(state.room, lay.exit_link[m]))
    for m in range(lay.first_movement[s], lay.first_movement[s + 1]):
        store(state.left_veh, m, every(0.0))
        store(state.stands, m, every(0.0))


@inlined
def _leave(state: State, m: int, left: Any, stands: Any) -> None:
    """Vehicles of a movement that leave; nobody turns through it where its queue stands."""
    store(state.left_veh, m, load(state.left_veh, m) + left)
    store(state.stands, m, where(stands, NOBODY_TURNS, load(state.stands, m)))


@inlined
def _serve_one(lay: Layout, state: State, b: int, there: Any) -> Any:
    """Who leaves a bundle of one movement, and who could."""
    k = lay.first_pair[b]
    m = lay.pair_movement[k]
    could = load(state.saturation_veh, k) * load(state.opened, m)
    left = least(there, could)
    _leave(state, m, left, (could > 0.0) & (there - left > STANDING_VEH * lay.bundle_lanes[b]))
    return left, could


@inlined
def _serve_shared(lay: Layout, state: State, b: int, there: Any) -> Any:
    """Who leaves a bundle of several movements, and who could."""
    begin, end, lanes = lay.first_pair[b], lay.first_pair[b + 1], lay.bundle_lanes[b]
    could, held = every(0.0), every(0.0)
    for k in range(begin, end):
        share, head = lay.pair_share[k], load(state.head, k)
        flow = least(load(state.saturation_veh, k) * load(state.opened, lay.pair_movement[k]), lanes)
        store(state.potential_veh, k, head * flow)
        could += head * flow
        if share < 1.0:
            held = where(flow < 1e-3, most(held, (head - share) / (1.0 - share)), held)
    left = where(could > 0.0, least(least(there, could), most(there * (1.0 - held), there - lanes)), 0.0)
    used = where(could > 0.0, left / could, 0.0)
    gone = every(0.0)
    for k in range(begin, end):
        share, head, flow = lay.pair_share[k], load(state.head, k), load(state.potential_veh, k)
        standing = STANDING_VEH * lanes if share > GAPLESS_SHARE else np.inf
        _leave(state, lay.pair_movement[k], flow * used, (flow > 0.0) & (there - left > standing))
        drawn = where(head <= share, flow * used, flow) / lanes
        store(state.head, k, head - drawn)
        gone += drawn
    for k in range(begin, end):
        store(state.head, k, load(state.head, k) + gone * lay.pair_share[k])
    return left, could


@inlined
def _step(lay: Layout, state: State, sums: Sums, s: int, t: int, row: int, leaving: int) -> None:
    """What a signal opens in a step, who leaves, and what is measured of it."""
    _open(lay, state, s, row)
    step_s = load(state.step_s, 0)
    measured = (load(state.since, s) <= t) & (load(state.steps, 0) > t)
    measuring = somewhere(measured)
    for b in range(lay.first_bundle[s], lay.first_bundle[s + 1]):
        a = lay.bundle_approach[b]
        came, before = load(state.arriving_veh, a) * lay.bundle_share[b], load(state.queue_veh, b)
        if lay.first_pair[b + 1] - lay.first_pair[b] == 1:
            left, could = _serve_one(lay, state, b, before + came)
        else:
            left, could = _serve_shared(lay, state, b, before + came)
        queue = before + came - left
        store(state.inside_veh, a, load(state.inside_veh, a) - left)
        store(state.queue_veh, b, queue)
        if measuring:
            _add(sums.waiting, b, measured, (before + queue) * step_s * 0.5)
            _add(sums.arrived_veh, b, measured, came)
            _add(sums.capacity_veh, b, measured, most(could, left))
            _add(sums.stopped_veh, b, measured, came * least(queue / lay.bundle_lanes[b], 1.0))
            fewest = load(sums.least_veh, b)
            store(sums.least_veh, b, where(measured, least(queue, fewest), fewest))
    for m in range(lay.first_movement[s], lay.first_movement[s + 1]):
        to, left = leaving + lay.exit_link[m], load(state.left_veh, m)
        store(state.history, to, load(state.history, to) + left)
        store(state.left_veh, m, left + load(state.stands, m))


@inlined
def _add(sums: VectorArray, b: int, measured: Any, value: Any) -> None:
    store(sums, b, load(sums, b) + where(measured, value, 0.0))


@inner
def _simulate(lay: Layout, state: State, sums: Sums) -> None:
    """All signals step by step; the sums are of the last cycle or cycles of each signal."""
    _begin(lay, state, sums)
    for t in range(_highest(state.steps, 0)):
        leaving = t * len(lay.link_vps)
        _arrive(lay, state, t)
        for s in range(len(lay.walk_s)):
            _step(lay, state, sums, s, t, t * state.columns, leaving)
        for f in range(len(lay.feeder_link)):
            a, left = lay.feeder_approach[f], load(state.history, leaving + lay.feeder_link[f])
            store(state.inside_veh, a, load(state.inside_veh, a) + left * lay.feeder_share[f])
        for a in range(len(lay.outside_vps)):
            store(state.inside_veh, a, load(state.inside_veh, a) + load(state.outside_veh, a))


@jit
def later_s(saturation: float, capacity_vps: float, random: float, period_s: float) -> float:
    """Random and oversaturation delay a vehicle: HCM's incremental delay of a period that begins without a queue."""
    over = saturation - 1.0
    term = 8.0 * RANDOM_K * random * saturation / max(capacity_vps * period_s, 1e-6)
    return float(0.25 * period_s * (over + np.sqrt(over * over + term)))


@inner
def _kept(queue_veh: float, growth_vps: float, period_s: float) -> Any:
    """A queue that grows or shrinks: veh·s within the period, and what is left at its end."""
    left = queue_veh + growth_vps * period_s
    if left >= 0.0:
        return 0.5 * (queue_veh + left) * period_s, left
    return 0.5 * queue_veh * queue_veh / -growth_vps, 0.0


@inlined
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


@inner
def _delays(lay: Layout, sums: Sums, i: int) -> None:
    """Who wait at the bundles of a plan: by red, by chance, and above capacity."""
    for b in range(len(lay.bundle_lanes)):
        seconds = float(sums.seconds[b, i])
        uniform = max(sums.waiting[b, i] - sums.least_veh[b, i] * seconds, 0.0) / seconds
        arrived_vps, capacity_vps = sums.arrived_veh[b, i] / seconds, max(sums.capacity_veh[b, i] / seconds, 1e-4)
        kept = _left_over(lay, b, arrived_vps, capacity_vps)
        sums.kept_veh[b, i] = kept
        sums.delay_veh[b, i] = uniform + kept


@jit
def evaluate(lay: Layout, batch: Batch, order: IntArray, state: State, sums: Sums, found: FloatArray) -> None:
    """Fill `found` [6, c, s]: delay, stops and beyond a trip, queue, pedestrians' delay, longest wait.

    The order has like cycles together. `sums` are left as the last plans make them, a single one in the first place.
    """
    for first in range(0, len(order), WIDTH):
        _abreast(lay, batch, order, first, state)
        count = min(WIDTH, len(order) - first)
        for i in range(count):
            _greens(lay, batch, state, i, order[first + i], found)
        _simulate(lay, state, sums)
        for i in range(count):
            _delays(lay, sums, i)
            for s in range(len(lay.walk_s)):
                _of_signal(lay, batch, state, i, order[first + i], s, sums, found)


@inner
def _of_signal(lay: Layout, batch: Batch, state: State, i: int, c: int, s: int, sums: Sums, found: FloatArray) -> None:
    cycle_s = batch.cycle_s[c, s]
    delay, stops, queue, beyond, wait_s = 0.0, 0.0, 0.0, 0.0, found[5, c, s]
    for b in range(lay.first_bundle[s], lay.first_bundle[s + 1]):
        delay += sums.delay_veh[b, i]
        a = lay.bundle_approach[b]
        stops += sums.stopped_veh[b, i] / sums.seconds[b, i] + sums.kept_veh[b, i] / cycle_s
        storage = lay.storage_veh[a] * lay.bundle_lanes[b] / lay.approach_lanes[a]
        queue += min(sums.delay_veh[b, i], storage)
        beyond += max(sums.delay_veh[b, i] - storage, 0.0)
        kept_s = sums.kept_veh[b, i] * sums.seconds[b, i] / max(sums.arrived_veh[b, i], 1e-6)
        for k in range(lay.first_pair[b], lay.first_pair[b + 1]):
            wait_s = max(wait_s, state.longest_red_s[lay.pair_movement[k], i] + kept_s)
    found[0, c, s] = delay / lay.trips_vps
    found[1, c, s] = stops / lay.trips_vps
    found[2, c, s] = queue
    found[3, c, s] = beyond / lay.trips_vps
    found[5, c, s] = wait_s
