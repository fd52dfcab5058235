"""A fast model of one junction's queues, and the search for the best next stage by rolling it forward.

Per lane, vehicles stand first-in-first-out and leave a headway apart once their movement is green; a movement
that has to give way leaves only through a gap, or waits for one inside the junction, where it keeps those behind it.
Steps are whole seconds from now. Compiled by numba, kept on disk.

lane       a lane before the stop line, numbered over all approaches
due        when a vehicle would be at the stop line if nothing held it; from then on it counts as standing
ready      when it can be there from its present speed: later than due for one that stands now
inside     who waits inside the junction for a gap, one a lane
plan       hold the running stage for `hold_s`, show stage `then` for `green_s`, then the base policy
base       hold a stage while it has anything to serve, then show the one that serves most a second

Every plan is one sample of a noisy forecast, and the least of many samples is low by chance. Moves therefore get about
as many plans each, and a hold counts only if somebody uses it; otherwise a controller holds for ever what it would
end a second later. All in one file: numba's cache does not see a change in another one.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from zhasyl.compiled import kept_on_disk

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

HEADWAY_S = 1.9  # between vehicles of a long queue
START_UP_S = 1.2  # added to the first headway, half of it to the second, a third to the next: 2.5 s in all for five
MOVING_HEADWAY_S = 1.6  # between vehicles that have not stood
MERGING_S = 1.0  # added after a vehicle that gave way
ACCELERATION_MPS2 = 2.0
STANDING_MPS = 1.0
HALTING_MPS = 0.1
STOP_LINE_M = 15.0  # who stands so near is the first of its lane
DISCHARGE_WAVE_MPS = 5.0  # the start of a queue moves back at 15 to 20 km/h
LEAST_FLOW_VPS = 1e-3
YELLOW_USED_S = 1  # who is this near the line when the yellow begins goes on
GAP_BEHIND_S = 2  # a vehicle that gives way needs this long since the last one it yields to
GAP_AHEAD_S = 4  # and this long to the next one
CLEARING_S = 3  # a vehicle that waited inside the junction and goes keeps those behind it for so long
LOST_S = 2.0  # what a stage loses beside its intergreen
STUCK_S = 2.0  # a vehicle that stands at green so long at the line has somebody before it inside the junction
BLOCKED_S = 4.0  # a vehicle that stands so long although nothing it gives way to comes is blocked
WALKERS_SHARE = 1 / 3  # of the seconds it stands count where pedestrians may walk, whom nobody sees
DISCHARGING_LANES = 2  # a stage is not ended while so many lanes
DISCHARGING_S = 3.0  # have a vehicle that passes the line within so long
USED_S = 2  # a plan that holds a stage must have somebody leave in the last seconds of it
SWITCHES = 4  # stages that are tried, those that serve most a second first
GREENS = 4  # lengths of their green that are tried beside the one the base policy gives,
GREEN_STEP_S = 4  # so far apart, from the minimum green on
LOOKOUT_S = 5
NOBODY = -1
ANY = 1 << 20  # as a plan's stage: the one that serves most a second
BASE = -1  # as a plan's stage: the base policy from now on; as its green: until the base policy ends it


class Junction(NamedTuple):
    """What does not change: stages s, movements m, lanes l."""

    serves: Bools  # [s, m]
    protects: Bools  # [s, m]
    yields: Bools  # [m, m] the first gives way to the second
    lanes: Bools  # [m, l] the movement may use the lane
    intergreen_s: Ints  # [s, s]
    min_green_s: Ints  # [s]
    max_green_s: Ints  # [s]
    speed_mps: Floats  # [m] limit
    lane_green: Bools  # [s, l] any movement of the lane is green
    permits: Bools  # [s] some movement is green and gives way
    walkers: Bools  # [s, m] the movement gives way to pedestrians who may walk


class Vehicles(NamedTuple):
    """Vehicles v, nearest first."""

    movement: Ints  # [v]
    lane: Ints  # [v] or NOBODY where it is not known
    distance_m: Floats  # [v] to the stop line
    speed_mps: Floats  # [v]


class Seen(NamedTuple):
    """What a decision is made from."""

    vehicles: Vehicles
    range_m: float  # how far they are seen
    flow_vps: Floats  # [m]
    weight: Floats  # [m] of a second that a vehicle stands
    stage: int  # the one that runs
    green_s: float  # for how long it has been green
    time_s: float


class Memory(NamedTuple):
    """What is kept by lane l between decisions: `since_s` as `stuck` says, `idle_s` as `begin` does."""

    since_s: Floats  # [l]
    idle_s: Floats  # [l]


class Search(NamedTuple):
    """Which plans are tried, and how far they are rolled forward."""

    interval_s: float  # between two decisions
    holds_s: Ints
    horizon_s: int


class Traffic(NamedTuple):
    """Vehicles v sorted by lane, then by place in it."""

    first: Ints  # [l + 1] where a lane's vehicles begin
    movement: Ints  # [v]
    due_s: Floats  # [v]
    ready_s: Floats  # [v]
    arriving: Floats  # [t] weight of the vehicles that come to be due within second t


class Start(NamedTuple):
    """What is known of lanes l beside their vehicles."""

    inside: Ints  # [l] movement of the vehicle that waits inside the junction, or NOBODY
    blocked: Bools  # [l]


class Scene(NamedTuple):
    """What every plan of a decision begins from."""

    junction: Junction
    traffic: Traffic
    weight: Floats  # [m]
    start: Start
    stage: int
    age_s: int  # of its green
    horizon_s: int


class Plan(NamedTuple):
    """Hold the running stage for `hold_s`, show stage `then` for `green_s`, then the base policy; see ANY and BASE."""

    hold_s: int
    then: int
    green_s: int


class Shown(NamedTuple):
    """What the signal shows in a second of a plan: a stage, or while `changing_s` lasts the way to `following`."""

    stage: int
    following: int
    age_s: int
    changing_s: int
    green_s: int  # how long the plan shows the stage it switches to; BASE once the base policy decides
    active: int  # how many lanes are


class Lanes(NamedTuple):
    """What changes while a plan is rolled forward, by lane l and movement m."""

    head: Ints  # [l] the first vehicle before the stop line
    free_s: Floats  # [l] when the next vehicle may pass the line
    gone: Ints  # [l] vehicles that have left since the lane's movement turned green
    inside: Ints  # [l] movement of the vehicle that waits inside the junction, or NOBODY
    blocked: Bools  # [l] nobody leaves it before the stage changes
    moved_s: Ints  # [m] when a vehicle last crossed
    green: Bools  # [m]
    active: Ints  # [l] lanes with a green movement and a vehicle, the first `count` of them


@kept_on_disk
def with_expected(junction: Junction, seen: Seen, horizon_s: int) -> Any:
    """The vehicles seen, and behind them those expected within the horizon at each movement's flow, nearest first."""
    flow_vps, range_m, near = seen.flow_vps, seen.range_m, seen.vehicles
    gap_m = np.where(flow_vps > LEAST_FLOW_VPS, junction.speed_mps / np.maximum(flow_vps, LEAST_FLOW_VPS), np.inf)
    count = np.zeros(len(flow_vps), dtype=np.int64)
    for m in range(len(count)):
        if gap_m[m] < np.inf:
            count[m] = max(0, int(np.ceil((junction.speed_mps[m] * horizon_s - range_m) / gap_m[m] - 0.5)))
    at, total = len(near.movement), len(near.movement) + count.sum()
    every, lanes = np.empty(total, dtype=np.int64), np.full(total, NOBODY)
    far_m, fast_mps = np.empty(total), np.empty(total)
    every[:at], lanes[:at], far_m[:at], fast_mps[:at] = near.movement, near.lane, near.distance_m, near.speed_mps
    for m in range(len(count)):
        for place in range(count[m]):
            every[at], far_m[at], fast_mps[at] = m, range_m + (place + 0.5) * gap_m[m], junction.speed_mps[m]
            at += 1
    order = np.argsort(far_m, kind="mergesort")
    return Vehicles(every[order], lanes[order], far_m[order], fast_mps[order])


@kept_on_disk
def stuck(junction: Junction, since_s: Floats, seen: Seen) -> Floats:
    """How long the first vehicle of each lane [l] has stood at the line at green, 0 where none does.

    `since_s` keeps, by lane [l] and from call to call, when it was first seen so. On the first look at a green the
    queue is given the time its start needs to reach the vehicle.
    """
    movement, lane, distance_m, speed_mps = seen.vehicles
    begun = seen.green_s <= junction.min_green_s[seen.stage]
    looked = np.zeros(len(since_s), dtype=np.bool_)
    found = np.zeros(len(since_s))
    for v in range(len(lane)):
        at = lane[v]
        if at == NOBODY or distance_m[v] > STOP_LINE_M or looked[at]:
            continue
        looked[at] = True
        if speed_mps[v] < HALTING_MPS and junction.serves[seen.stage, movement[v]]:
            late_s = max(0.0, seen.green_s - 1.0 - distance_m[v] / DISCHARGE_WAVE_MPS)
            since_s[at] = seen.time_s - late_s if begun else min(since_s[at], seen.time_s)
            found[at] = seen.time_s - since_s[at]
        else:
            since_s[at] = np.inf
    since_s[~looked] = np.inf
    return found


@kept_on_disk
def _lane_of_each(junction: Junction, vehicles: Vehicles) -> Any:
    """The lane of each vehicle [v], and where a lane's vehicles begin [l + 1]."""
    movement, lanes = vehicles.movement, junction.lanes
    count = np.zeros(lanes.shape[1], dtype=np.int64)
    lane = np.empty(len(movement), dtype=np.int64)
    for v in range(len(movement)):
        best = vehicles.lane[v]
        if best < 0 or not lanes[movement[v], best]:
            best = -1
            for candidate in range(lanes.shape[1]):
                if lanes[movement[v], candidate] and (best < 0 or count[candidate] < count[best]):
                    best = candidate
        lane[v] = best
        count[best] += 1
    first = np.zeros(lanes.shape[1] + 1, dtype=np.int64)
    first[1:] = np.cumsum(count)
    return lane, first


@kept_on_disk
def into_lanes(junction: Junction, vehicles: Vehicles, weight: Floats, horizon_s: int) -> Any:
    """Vehicles, nearest first, in the lane they are seen in, else the allowed one with fewest so far."""
    movement, _, distance_m, speed_mps = vehicles
    lane, first = _lane_of_each(junction, vehicles)
    place = first[:-1].copy()
    ordered = np.empty(len(movement), dtype=np.int64)
    due_s, ready_s = np.empty(len(movement)), np.empty(len(movement))
    for v in range(len(movement)):
        at = place[lane[v]]
        place[lane[v]] += 1
        ordered[at] = movement[v]
        ready_s[at] = travel_s(distance_m[v], speed_mps[v], junction.speed_mps[movement[v]])
        due_s[at] = 0.0 if speed_mps[v] < STANDING_MPS else ready_s[at]
        if at > first[lane[v]]:
            due_s[at] = max(due_s[at], due_s[at - 1])
            ready_s[at] = max(ready_s[at], ready_s[at - 1])
    arriving = np.zeros(horizon_s)
    for v in range(len(movement)):
        second = int(np.ceil(due_s[v]))
        if second < horizon_s:
            arriving[second] += weight[ordered[v]]
    return Traffic(first, ordered, due_s, ready_s, arriving)


@kept_on_disk
def travel_s(distance_m: float, speed_mps: float, limit_mps: float) -> float:
    """Time to the stop line when a vehicle accelerates to the limit."""
    limit = max(limit_mps, speed_mps)
    needed_m = (limit * limit - speed_mps * speed_mps) / (2 * ACCELERATION_MPS2)
    if distance_m < needed_m:
        return (
            float(np.sqrt(speed_mps * speed_mps + 2 * ACCELERATION_MPS2 * distance_m) - speed_mps) / ACCELERATION_MPS2
        )
    return (limit - speed_mps) / ACCELERATION_MPS2 + (distance_m - needed_m) / limit


@kept_on_disk
def cost(scene: Scene, plan: Plan, limit: float) -> float:
    """Weighted seconds that vehicles stand under a plan, within the horizon and until those left at its end are gone.

    Stops early, with a cost above it, at `limit`. A hold that nobody uses, and a base policy that ends the stage at
    once, which is another plan, cost infinity.
    """
    junction, traffic, weight, start, stage, age_s, horizon_s = scene
    now = _beginning(junction, traffic, start, stage, age_s)
    shown = Shown(stage, stage, age_s, 0, plan.green_s, _activate(junction, traffic, now, stage, stage))
    standing, inside = _waiting_inside(now, weight)
    total, left_s = 0.0, -1
    for t in range(horizon_s):
        if plan.then != BASE and t == plan.hold_s and t > 0 and t - left_s > USED_S:
            return np.inf
        if shown.changing_s > 0:
            shown = _changed(junction, traffic, now, shown)
        elif _held(plan, shown, junction.min_green_s[shown.stage], t) or (
            _may_hold(plan, shown, junction.max_green_s[shown.stage], t)
            and _serves_somebody(traffic, now, shown.active, t)
        ):
            shown = Shown(shown.stage, shown.stage, shown.age_s + 1, 0, shown.green_s, shown.active)
        else:
            shown = _switched(junction, traffic, now, weight, plan, shown, t)
            if plan.then == BASE and t == 0 and shown.following != stage:
                return np.inf
        standing += traffic.arriving[t]
        if standing > 0.0:
            yellow = shown.changing_s > 0
            left = _go_first(junction, traffic, now, shown.active, weight, shown.stage, yellow, t)
            if inside or junction.permits[shown.stage]:
                turned, inside = _give_way(junction, traffic, now, shown.active, weight, shown.stage, yellow, t)
                left += turned
            if left > 0.0:
                left_s = t
                standing -= left
            total += standing
            if total >= limit:
                return float(total)
    return float(total) + _rest(junction, traffic, now, weight, shown, horizon_s)


@kept_on_disk
def _changed(junction: Junction, traffic: Traffic, now: Lanes, shown: Shown) -> Shown:
    """A second later on the way to another stage."""
    stage, following, changing_s, count = shown.stage, shown.following, shown.changing_s - 1, shown.active
    if changing_s == 0:
        return Shown(following, following, 0, 0, shown.green_s, _open(junction, traffic, now, stage, following))
    if junction.intergreen_s[stage, following] - changing_s == YELLOW_USED_S:
        for m in range(len(now.green)):
            now.green[m] = junction.serves[stage, m] and junction.serves[following, m]
        count = _activate(junction, traffic, now, stage, following)
    return Shown(stage, following, shown.age_s, changing_s, shown.green_s, count)


@kept_on_disk
def _held(plan: Plan, shown: Shown, min_green_s: int, t: int) -> bool:
    """Does the stage go on for a second whoever comes: as planned, or for its minimum green?"""
    if plan.then != BASE and t <= plan.hold_s:
        return t < plan.hold_s
    return shown.age_s < (min_green_s - 1 if shown.green_s == BASE else shown.green_s)


@kept_on_disk
def _may_hold(plan: Plan, shown: Shown, max_green_s: int, t: int) -> bool:
    """Does the base policy decide, and the maximum green allow one second more?"""
    planned = plan.then != BASE and t <= plan.hold_s
    return not planned and shown.green_s == BASE and shown.age_s + 1 < max_green_s


@kept_on_disk
def _switched(
    junction: Junction, traffic: Traffic, now: Lanes, weight: Floats, plan: Plan, shown: Shown, t: int
) -> Shown:
    """The stage ends: the planned one follows, else the one that serves most a second; none if none serves any."""
    planned, stage = plan.then != BASE and t <= plan.hold_s, shown.stage
    green_s = shown.green_s if planned else BASE
    chosen = plan.then if planned and plan.then < ANY else _fullest(junction, traffic, now, weight, stage, t)
    if chosen == stage:
        return Shown(stage, stage, shown.age_s + 1, 0, green_s, shown.active)
    changing_s = junction.intergreen_s[stage, chosen]
    if changing_s == 0:
        return Shown(chosen, chosen, 0, 0, green_s, _open(junction, traffic, now, stage, chosen))
    return Shown(stage, chosen, shown.age_s + 1, changing_s, green_s, shown.active)


@kept_on_disk
def _beginning(junction: Junction, traffic: Traffic, start: Start, stage: int, age_s: int) -> Lanes:
    lanes = len(start.inside)
    return Lanes(
        traffic.first[:-1].copy(), np.zeros(lanes), np.full(lanes, age_s // 2),
        start.inside.copy(), start.blocked.copy(),
        np.full(junction.serves.shape[1], -10), junction.serves[stage].copy(), np.empty(lanes, dtype=np.int64),
    )  # fmt: skip


@kept_on_disk
def _waiting_inside(now: Lanes, weight: Floats) -> Any:
    """Weight of those who wait inside the junction, and are there any?"""
    total, some = 0.0, False
    for m in now.inside:
        if m != NOBODY:
            total += weight[m]
            some = True
    return total, some


@kept_on_disk
def _activate(junction: Junction, traffic: Traffic, now: Lanes, old: int, new: int) -> int:
    """Find the lanes that are green in both stages and not empty; how many."""
    count = 0
    for lane in range(len(now.head)):
        green = junction.lane_green[old, lane] and junction.lane_green[new, lane]
        if green and now.head[lane] < traffic.first[lane + 1]:
            now.active[count] = lane
            count += 1
    return count


@kept_on_disk
def _open(junction: Junction, traffic: Traffic, now: Lanes, old: int, new: int) -> int:
    """The new stage's green begins: queues that stood at red start up. How many lanes are active."""
    for m in range(len(now.green)):
        now.green[m] = junction.serves[new, m]
    for lane in range(len(now.head)):
        now.blocked[lane] = False
        if now.head[lane] < traffic.first[lane + 1]:
            m = traffic.movement[now.head[lane]]
            if junction.serves[new, m] and not junction.serves[old, m]:
                now.gone[lane] = 0
    return _activate(junction, traffic, now, new, new)


@kept_on_disk
def _can_go(traffic: Traffic, now: Lanes, lane: int, t: int) -> bool:
    v = now.head[lane]
    if v >= traffic.first[lane + 1] or traffic.ready_s[v] > t + 0.5 or now.free_s[lane] > t + 0.5:
        return False
    if traffic.due_s[v] > t or now.inside[lane] != NOBODY or now.blocked[lane]:
        return False
    return bool(now.green[traffic.movement[v]])


@kept_on_disk
def _leave(traffic: Traffic, now: Lanes, lane: int, t: int) -> None:
    """The first vehicle of a lane crosses the line, and the next may follow after a headway."""
    v = now.head[lane]
    headway_s = HEADWAY_S + START_UP_S / (now.gone[lane] + 1)
    if traffic.ready_s[v] > t - 0.5 and traffic.due_s[v] > 0.0:
        headway_s = MOVING_HEADWAY_S
    now.free_s[lane] = max(now.free_s[lane], t - 0.5) + headway_s
    now.head[lane] += 1
    now.gone[lane] += 1
    now.moved_s[traffic.movement[v]] = t


@kept_on_disk
def _go_first(
    junction: Junction, traffic: Traffic, now: Lanes, count: int, weight: Floats, stage: int, yellow: bool, t: int
) -> float:
    """Let those with right of way go that can within this second; the weight of those gone."""
    left = 0.0
    for place in range(count):
        lane = now.active[place]
        if _can_go(traffic, now, lane, t):
            m = traffic.movement[now.head[lane]]
            if junction.protects[stage, m] or yellow:
                _leave(traffic, now, lane, t)
                left += weight[m]
    return left


@kept_on_disk
def _give_way(
    junction: Junction, traffic: Traffic, now: Lanes, count: int, weight: Floats, stage: int, yellow: bool, t: int
) -> Any:
    """Let those go that give way and have a gap; the weight of those gone, and does anybody wait inside?"""
    left, inside = 0.0, False
    for lane in range(len(now.head)):
        waiting = now.inside[lane]
        if waiting != NOBODY:
            if now.blocked[lane] or (now.green[waiting] and _hindered(junction, traffic, now, waiting, t)):
                inside = True
                continue
            now.inside[lane] = NOBODY
            now.moved_s[waiting] = t
            now.free_s[lane] = max(now.free_s[lane], t + CLEARING_S)
            left += weight[waiting]
    if yellow:
        return left, inside
    for place in range(count):
        lane = now.active[place]
        if _can_go(traffic, now, lane, t):
            m = traffic.movement[now.head[lane]]
            if junction.protects[stage, m]:
                continue
            if _hindered(junction, traffic, now, m, t):
                now.head[lane] += 1
                now.inside[lane] = m
                inside = True
            else:
                _leave(traffic, now, lane, t)
                now.free_s[lane] += MERGING_S
                left += weight[m]
    return left, inside


@kept_on_disk
def _hindered(junction: Junction, traffic: Traffic, now: Lanes, m: int, t: int) -> bool:
    """Has anything the movement gives way to just crossed, or is it about to?"""
    for other in range(len(now.moved_s)):
        if junction.yields[m, other] and t - now.moved_s[other] <= GAP_BEHIND_S:
            return True
    for lane in range(len(now.head)):
        v = now.head[lane]
        if v < traffic.first[lane + 1] and now.inside[lane] == NOBODY:
            other = traffic.movement[v]
            comes_s = max(traffic.ready_s[v], now.free_s[lane])
            if junction.yields[m, other] and now.green[other] and comes_s <= t + GAP_AHEAD_S:
                return True
    return False


@kept_on_disk
def _serves_somebody(traffic: Traffic, now: Lanes, count: int, t: int) -> bool:
    """Does anybody stand in an active lane who may go?"""
    for place in range(count):
        lane = now.active[place]
        v = now.head[lane]
        waits = v < traffic.first[lane + 1] and traffic.due_s[v] <= t
        if waits and not now.blocked[lane] and now.green[traffic.movement[v]]:
            return True
    return False


@kept_on_disk
def _fullest(junction: Junction, traffic: Traffic, now: Lanes, weight: Floats, stage: int, t: int) -> int:
    """The other stage that serves most vehicles a second of its time; the running one if none serves any."""
    best, best_rate = stage, 0.0
    for candidate in range(junction.serves.shape[0]):
        if candidate != stage:
            rate = _rate(junction, traffic, now, weight, stage, candidate, t)
            if rate > best_rate:
                best, best_rate = candidate, rate
    return best


@kept_on_disk
def _rate(
    junction: Junction, traffic: Traffic, now: Lanes, weight: Floats, stage: int, candidate: int, t: float
) -> float:
    lost_s = junction.intergreen_s[stage, candidate] + LOST_S
    served, longest = _served(junction, traffic, now, weight, candidate, t + lost_s)
    return float(served / (lost_s + HEADWAY_S * longest))


@kept_on_disk
def _served(junction: Junction, traffic: Traffic, now: Lanes, weight: Floats, stage: int, until_s: float) -> Any:
    """Vehicles a stage could serve by then, none behind one that it does not; and the most of them in a lane."""
    total, longest = 0.0, 0
    for lane in range(len(now.head)):
        if not junction.lane_green[stage, lane]:
            continue
        count = 0
        for v in range(now.head[lane], traffic.first[lane + 1]):
            if traffic.due_s[v] > until_s or not junction.serves[stage, traffic.movement[v]]:
                break
            count += 1
            total += weight[traffic.movement[v]]
        longest = max(longest, count)
    return total, longest


@kept_on_disk
def _rest(junction: Junction, traffic: Traffic, now: Lanes, weight: Floats, shown: Shown, end_s: int) -> float:
    """Weighted seconds that those who stand at the horizon's end wait on when the fullest stage is cleared first."""
    standing = _standing(traffic, now, weight, end_s)
    total, stage, lost_s = 0.0, shown.following, float(shown.changing_s)
    for _ in range(2 * junction.serves.shape[0]):
        best, best_rate, best_s = -1, 0.0, 0.0
        for candidate in range(junction.serves.shape[0]):
            served, longest = _served(junction, traffic, now, weight, candidate, float(end_s))
            if longest == 0:
                continue
            if candidate == stage:
                takes_s = lost_s + HEADWAY_S * longest
            else:
                takes_s = junction.intergreen_s[stage, candidate] + LOST_S
                takes_s = max(takes_s + HEADWAY_S * longest, float(junction.min_green_s[candidate]))
            if served / takes_s > best_rate:
                best, best_rate, best_s = candidate, served / takes_s, takes_s
        if best < 0:
            break
        gone = _clear(junction, traffic, now, weight, best, end_s)
        total += best_s * (standing - 0.5 * gone)
        standing -= gone
        stage, lost_s = best, 0.0
    return total + standing * end_s


@kept_on_disk
def _standing(traffic: Traffic, now: Lanes, weight: Floats, end_s: int) -> float:
    """Weight of those who stand at the horizon's end, before the line or inside the junction."""
    standing = 0.0
    for lane in range(len(now.head)):
        for v in range(now.head[lane], traffic.first[lane + 1]):
            if traffic.due_s[v] > end_s:
                break
            standing += weight[traffic.movement[v]]
        if now.inside[lane] != NOBODY:
            standing += weight[now.inside[lane]]
    return standing


@kept_on_disk
def _clear(junction: Junction, traffic: Traffic, now: Lanes, weight: Floats, stage: int, end_s: int) -> float:
    """Take away all that stand at the horizon's end and the stage serves; their weight."""
    gone = 0.0
    for lane in range(len(now.head)):
        if junction.lane_green[stage, lane]:
            while now.head[lane] < traffic.first[lane + 1]:
                v = now.head[lane]
                if traffic.due_s[v] > end_s or not junction.serves[stage, traffic.movement[v]]:
                    break
                gone += weight[traffic.movement[v]]
                now.head[lane] += 1
    return gone


@kept_on_disk
def begin(junction: Junction, traffic: Traffic, stuck_s: Floats, idle_s: Floats, stage: int, seconds: float) -> Start:
    """A head that stands at green is taken to have somebody before it who waits for a gap, or to be blocked.

    `idle_s` keeps, by lane [l], how long the head has stood although nothing came; the next call is `seconds` later.
    """
    lanes = len(stuck_s)
    start = Start(np.full(lanes, NOBODY), np.zeros(lanes, dtype=np.bool_))
    now = _beginning(junction, traffic, start, stage, 0)
    for lane in range(lanes):
        now.free_s[lane] = np.inf if idle_s[lane] >= BLOCKED_S else 0.0
    for lane in range(lanes):
        if stuck_s[lane] < STUCK_S:
            idle_s[lane] = 0.0
            continue
        hindered, walkers = False, False
        for m in range(junction.serves.shape[1]):
            if junction.lanes[m, lane] and junction.serves[stage, m] and not junction.protects[stage, m]:
                if not hindered:
                    start.inside[lane] = m
                    hindered = _hindered(junction, traffic, now, m, 0)
                walkers |= junction.walkers[stage, m]
        if not hindered:
            idle_s[lane] += seconds * WALKERS_SHARE if walkers else seconds
        start.blocked[lane] = idle_s[lane] >= BLOCKED_S
    return start


@kept_on_disk
def _discharging(junction: Junction, traffic: Traffic, start: Start, stage: int) -> bool:
    """Do several lanes have a vehicle that passes the line in a moment?"""
    count = 0
    for lane in range(len(start.inside)):
        v = traffic.first[lane]
        if v < traffic.first[lane + 1] and start.inside[lane] == NOBODY and not start.blocked[lane]:
            count += junction.serves[stage, traffic.movement[v]] and traffic.ready_s[v] <= DISCHARGING_S
    return count >= DISCHARGING_LANES


@kept_on_disk
def cheapest(scene: Scene, holds_s: Ints) -> int:
    """The first move of the cheapest plan: the running stage to hold it, another one to switch now and at a tie."""
    junction, traffic, stage = scene.junction, scene.traffic, scene.stage
    if len(traffic.movement) == 0:
        return stage
    if scene.age_s < junction.max_green_s[stage] and _discharging(junction, traffic, scene.start, stage):
        return stage
    best, least = _cheapest_switch(scene)
    if best == stage:
        return stage
    if cost(scene, Plan(0, BASE, BASE), least) < least:
        return stage
    for hold_s in holds_s:
        if hold_s >= scene.horizon_s:
            break
        if cost(scene, Plan(hold_s, ANY, BASE), least) < least:
            return stage
    return int(best)


@kept_on_disk
def _cheapest_switch(scene: Scene) -> Any:
    """The stage to switch to now under the cheapest such plan, and its cost; the running one if nobody waits."""
    junction, stage, stages = scene.junction, scene.stage, scene.junction.serves.shape[0]
    now = _beginning(scene.junction, scene.traffic, scene.start, scene.stage, scene.age_s)
    rates = np.zeros(stages)
    for other in range(stages):
        if other != stage:
            rates[other] = _rate(junction, scene.traffic, now, scene.weight, stage, other, LOOKOUT_S)
    best, least = stage, np.inf
    for _ in range(min(SWITCHES, stages)):
        other = int(np.argmax(rates))
        if rates[other] == 0.0:
            break
        rates[other] = 0.0
        for place in range(GREENS + 1):
            green_s = BASE if place == 0 else junction.min_green_s[other] + GREEN_STEP_S * (place - 1)
            found = cost(scene, Plan(0, other, green_s), least)
            if found < least:
                best, least = other, found
    return best, least


@kept_on_disk
def best_move(junction: Junction, seen: Seen, memory: Memory, search: Search) -> int:
    """What to show now; `memory` lives between calls."""
    stuck_s = stuck(junction, memory.since_s, seen)
    vehicles = with_expected(junction, seen, search.horizon_s)
    traffic = into_lanes(junction, vehicles, seen.weight, search.horizon_s)
    start = begin(junction, traffic, stuck_s, memory.idle_s, seen.stage, search.interval_s)
    scene = Scene(junction, traffic, seen.weight, start, seen.stage, int(seen.green_s), search.horizon_s)
    return int(cheapest(scene, search.holds_s))
