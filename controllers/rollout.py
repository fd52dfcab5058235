"""A fast model of one junction's queues, and the search for the best next stage by rolling it forward.

Per lane, vehicles stand first-in-first-out and leave a saturation headway apart once their movement is green and
the start-up time is lost; a movement that has to give way leaves only where nothing it yields to is moving. Times
are whole seconds from now. Compiled by numba, kept on disk.

lane       a lane before the stop line, numbered over all approaches
plan       hold the running stage for `hold` seconds, then show `stage`, then the base policy
base       hold a stage while it has anything to serve, then show the one that serves most a second
"""

from typing import Any, NamedTuple

import numba
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

HEADWAY_S = 2  # 1,800 veh/h a lane
START_UP_S = 2  # HCM 6th ed., ch. 19
FREE_MPS = 12.0  # a vehicle that brakes for red goes on at this speed when it turns green
STANDING_MPS = 1.0
GAP_S = 2  # a vehicle that gives way needs this long since the last one it yields to
SURCHARGE = 0.25  # of the horizon: what a vehicle that stands at its end is taken to wait on


class Junction(NamedTuple):
    """What does not change: stages s, movements m, lanes l."""

    serves: Bools  # [s, m]
    protects: Bools  # [s, m]
    yields: Bools  # [m, m] the first gives way to the second
    lanes: Bools  # [m, l] the movement may use the lane
    intergreen_s: Ints  # [s, s]
    min_green_s: Ints  # [s]
    max_green_s: Ints  # [s]


class Traffic(NamedTuple):
    """Vehicles v sorted by lane, then by place in it."""

    first: Ints  # [l + 1] where a lane's vehicles begin
    movement: Ints  # [v]
    due_s: Ints  # [v] when it could be at the stop line


@numba.njit(cache=True)  # type: ignore[untyped-decorator, unused-ignore]
def into_lanes(lanes: Bools, movement: Ints, seen: Ints, distance_m: Floats, speed_mps: Floats) -> Any:
    """Vehicles, nearest first, in the lane they are seen in, else the allowed one with fewest so far."""
    count = np.zeros(lanes.shape[1], dtype=np.int64)
    lane = np.empty(len(movement), dtype=np.int64)
    for v in range(len(movement)):
        best = seen[v]
        for candidate in range(lanes.shape[1] if best < 0 or not lanes[movement[v], best] else 0):
            if candidate == 0:
                best = -1
            if lanes[movement[v], candidate] and (best < 0 or count[candidate] < count[best]):
                best = candidate
        lane[v] = best
        count[best] += 1
    first = np.zeros(lanes.shape[1] + 1, dtype=np.int64)
    first[1:] = np.cumsum(count)
    place = first[:-1].copy()
    ordered = np.empty(len(movement), dtype=np.int64)
    due_s = np.empty(len(movement), dtype=np.int64)
    for v in range(len(movement)):
        at = place[lane[v]]
        place[lane[v]] += 1
        ordered[at] = movement[v]
        due_s[at] = 0 if speed_mps[v] < STANDING_MPS else int(distance_m[v] / max(speed_mps[v], FREE_MPS))
        if at > first[lane[v]] and due_s[at] < due_s[at - 1]:
            due_s[at] = due_s[at - 1]
    return first, ordered, due_s


@numba.njit(cache=True)  # type: ignore[untyped-decorator, unused-ignore]
def cost(
    junction: Junction, traffic: Traffic, weight: Floats, blocked: Bools, stage: int, age_s: int,
    hold_s: int, then: int, horizon_s: int, limit: float,
) -> float:  # fmt: skip
    """Weighted seconds that vehicles stand within the horizon under a plan, those left at its end with a surcharge.

    Stops early, with a cost above it, at `limit`.
    """
    lanes, movements = len(traffic.first) - 1, junction.serves.shape[1]
    head, tail = traffic.first[:-1].copy(), traffic.first[:-1].copy()
    free_s = np.zeros(lanes, dtype=np.int64)
    moved_s = np.full(movements, -10, dtype=np.int64)
    green = junction.serves[stage].copy()
    standing, total = 0.0, 0.0
    changing_s, planned = 0, then >= 0
    following = stage
    for t in range(horizon_s):
        if changing_s > 0:
            changing_s -= 1
            if changing_s == 0:
                for m in range(movements):
                    now = junction.serves[following, m]
                    green[m] = now
                _start(junction, traffic, head, free_s, stage, following, t)
                stage, age_s = following, 0
        else:
            age_s += 1
            chosen = stage
            if planned:
                if t >= hold_s:
                    chosen, planned = then, False
            elif t > 0 and age_s >= junction.min_green_s[stage]:  # without a plan this second is held
                chosen = _base(junction, traffic, head, tail, blocked, stage, age_s, t)
            if chosen != stage:
                following = chosen
                changing_s = junction.intergreen_s[stage, chosen]
                for m in range(movements):
                    green[m] = junction.serves[stage, m] and junction.serves[chosen, m]
                if changing_s == 0:
                    for m in range(movements):
                        green[m] = junction.serves[chosen, m]
                    _start(junction, traffic, head, free_s, stage, chosen, t)
                    stage, age_s = chosen, 0
        for lane in range(lanes):
            while tail[lane] < traffic.first[lane + 1] and traffic.due_s[tail[lane]] <= t:
                standing += weight[traffic.movement[tail[lane]]]
                tail[lane] += 1
        for turn in range(2):  # those with right of way first
            for lane in range(lanes):
                if head[lane] >= tail[lane] or free_s[lane] > t:
                    continue
                m = traffic.movement[head[lane]]
                protected = junction.protects[stage, m]
                if not green[m] or blocked[m] or protected != (turn == 0):
                    continue
                if not protected and _hindered(junction, moved_s, m, t):
                    continue
                head[lane] += 1
                free_s[lane] = t + HEADWAY_S
                moved_s[m] = t
                standing -= weight[m]
        total += standing
        if total >= limit:
            return total
    return total + standing * SURCHARGE * horizon_s


@numba.njit(cache=True)  # type: ignore[untyped-decorator, unused-ignore]
def _start(junction: Junction, traffic: Traffic, head: Ints, free_s: Ints, old: int, new: int, t: int) -> None:
    """Lanes whose first vehicle has just got green lose the start-up time if it stands."""
    for lane in range(len(head)):
        if head[lane] < traffic.first[lane + 1] and traffic.due_s[head[lane]] <= t:
            m = traffic.movement[head[lane]]
            if junction.serves[new, m] and not junction.serves[old, m]:
                free_s[lane] = t + START_UP_S


@numba.njit(cache=True)  # type: ignore[untyped-decorator, unused-ignore]
def _hindered(junction: Junction, moved_s: Ints, m: int, t: int) -> bool:
    """Did anything the movement gives way to move within the gap it needs?"""
    hindered = False
    for other in range(len(moved_s)):
        hindered |= junction.yields[m, other] and t - moved_s[other] <= GAP_S
    return hindered


@numba.njit(cache=True)  # type: ignore[untyped-decorator, unused-ignore]
def _base(
    junction: Junction, traffic: Traffic, head: Ints, tail: Ints, blocked: Bools, stage: int, age_s: int, t: int
) -> int:
    """Hold while there is anything to serve; then the stage that serves most a second of its time."""
    if age_s < junction.max_green_s[stage] and _served(junction, traffic, head, blocked, stage, t)[0] > 0:
        return stage
    best, best_rate = stage, 0.0
    for candidate in range(junction.serves.shape[0]):
        if candidate != stage:
            lost_s = junction.intergreen_s[stage, candidate] + START_UP_S
            served, longest = _served(junction, traffic, head, blocked, candidate, t + lost_s)
            rate = served / (lost_s + HEADWAY_S * longest) if served else 0.0
            if rate > best_rate:
                best, best_rate = candidate, rate
    return best


@numba.njit(cache=True)  # type: ignore[untyped-decorator, unused-ignore]
def _served(junction: Junction, traffic: Traffic, head: Ints, blocked: Bools, stage: int, until_s: int) -> Any:
    """Vehicles a stage could serve by then, none behind one that it does not; and the most of them in a lane."""
    total, longest = 0, 0
    for lane in range(len(head)):
        count = 0
        for v in range(head[lane], traffic.first[lane + 1]):
            m = traffic.movement[v]
            if traffic.due_s[v] > until_s or not junction.serves[stage, m] or blocked[m]:
                break
            count += 1
        total += count
        longest = max(longest, count)
    return total, longest


@numba.njit(cache=True)  # type: ignore[untyped-decorator, unused-ignore]
def best_move(
    junction: Junction, movement: Ints, lane: Ints, distance_m: Floats, speed_mps: Floats, weight: Floats,
    blocked: Bools, stage: int, age_s: int, holds_s: Ints, horizon_s: int,
) -> int:  # fmt: skip
    """The first move of the cheapest plan: the running stage to hold it, another one to switch now; ties hold."""
    traffic = Traffic(*into_lanes(junction.lanes, movement, lane, distance_m, speed_mps))
    if len(movement) == 0:
        return stage
    best, least = stage, cost(junction, traffic, weight, blocked, stage, age_s, 0, -1, horizon_s, np.inf)
    for hold_s in holds_s[::-1]:
        for candidate in range(junction.serves.shape[0]):
            if candidate == stage:
                continue
            found = cost(junction, traffic, weight, blocked, stage, age_s, hold_s, candidate, horizon_s, least)
            if found < least - 1e-9:
                least, best = found, candidate if hold_s == 0 else stage
    return best
