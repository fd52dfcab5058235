"""A fast model of one junction's queues, and the search for the best next stage by rolling it forward.

Per lane, vehicles stand first-in-first-out and leave a headway apart once their movement is green; a movement
that has to give way leaves only through a gap, or waits for one inside the junction, where it keeps those behind it.
Steps are whole seconds from now.

lane       a lane before the stop line, numbered over all approaches
due        when a vehicle would be at the stop line if nothing held it; from then on it counts as standing
ready      when it can be there from its present speed: later than due for one that stands now
inside     who waits inside the junction for a gap, one a lane
plan       hold the running stage for `hold_s`, show stage `then` for `green_s`, then the base policy; see ANY and BASE
base       hold a stage while it has anything to serve, then show the one that serves most a second

Every plan is one sample of a noisy forecast, and the least of many samples is low by chance. Moves therefore get about
as many plans each, and a hold counts only if somebody uses it; otherwise a controller holds for ever what it would
end a second later.

Near saturation the vehicles seen are no more than the head of a queue, and who serves most a second leaves the one
narrow lane waiting that needs its green most. There a stage keeps the green of Webster's plan for the flows measured,
as long as the queue of its busiest lane lasts and has room ahead: `keeps_share`. Nearer still, where each second that
intergreens lose is a second of somebody's queue, plans are too short to show it, and stages take turns: `takes_turns`.

How it is written: functions of numbers and of arrays that stand in named tuples and are filled in place; no memory is
handed out. So this one file is at once plain Python, what `setup.py` compiles into an extension with the types of
its annotations, and what numba compiles where that is not to be had (`zhasyl.compiled`). All three decide alike to the
bit. No index is negative; no whole number is divided by another one but with `//`, and no negative one.
"""

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
IntTable = npt.NDArray[np.int64]
BoolTable = npt.NDArray[np.bool_]

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
FULLEST = 0.95  # the most that the sum of the flow ratios counts for
LONGEST_CYCLE_S = 120.0
CALLED_FOR_S = 180.0  # stages take turns where Webster's cycle would be as long
TURNS_S = 130.0  # the longest cycle of turns: the maximum red cuts a longer one short
SLOWED = 0.75  # share of its speed limit below which a vehicle has lost time
USED_S = 2  # a plan that holds a stage must have somebody leave in the last seconds of it
SWITCHES = 4  # stages that are tried, those that serve most a second first
GREENS = 4  # lengths of their green that are tried beside the one the base policy gives,
GREEN_STEP_S = 4  # so far apart, from the minimum green on
LOOKOUT_S = 5
NOBODY = -1
CLEARED_VEH = 3  # a queue with fewer vehicles is cleared
CLEARED_MPS = 5.0  # vehicles that are faster do not count
HEAVIEST = 3.0  # the most a vehicle weighs
LEAST = 0.1  # and the share of it that is left at a full exit
SPILLS = 12.0  # what a full short link adds to the weight of its vehicles
SPACING_M = 7.5  # road a standing vehicle takes
SHORT_M = 25.0  # a road on which a fourth vehicle stands in the junction behind
NEVER_S = float("inf")
ANY = 1 << 20  # as a plan's stage: the one that serves most a second
BASE = -1  # as a plan's stage: the base policy from now on; as its green: until the base policy ends it
STAGE = 0  # places in `Lanes.shown`
FOLLOWING = 1
AGE_S = 2
CHANGING_S = 3
GREEN_S = 4
ACTIVE = 5


class Junction(NamedTuple):
    """What does not change: stages s, movements m, lanes l."""

    serves: BoolTable  # [s, m]
    protects: BoolTable  # [s, m]
    yields: BoolTable  # [m, m] the first gives way to the second
    lanes: BoolTable  # [m, l] the movement may use the lane
    intergreen_s: IntTable  # [s, s]
    min_green_s: Ints  # [s]
    max_green_s: Ints  # [s]
    speed_mps: Floats  # [m] limit
    lane_green: BoolTable  # [s, l] any movement of the lane is green
    lane_whole: BoolTable  # [s, l] every movement of the lane is green
    permits: Bools  # [s] some movement is green and gives way
    walkers: BoolTable  # [s, m] the movement gives way to pedestrians who may walk
    exit_lanes: Floats  # [m]
    exit_m: Floats  # [m] length of the exit
    short: BoolTable  # [m, l] the lane is one of the movement's, short and behind another signal
    holds_veh: Floats  # [l] vehicles that stand on the lane's link when it is full
    far: Bools  # [m] no other signal is so near upstream that the whole queue is seen
    apart: Bools  # [s] no other stage serves its lanes, and no signal upstream is near enough to send them platoons


class Vehicles(NamedTuple):
    """Vehicles v seen and expected, as many as there are, nearest first."""

    movement: Ints  # [v]
    lane: Ints  # [v] or NOBODY where it is not known
    distance_m: Floats  # [v] to the stop line
    speed_mps: Floats  # [v]


class Memory(NamedTuple):
    """What is kept between decisions."""

    since_s: Floats  # [l] as `stuck` says
    idle_s: Floats  # [l] as `begin` does
    flow_vps: Floats  # [m]
    cleared_at_s: Floats  # [m] when fewer than CLEARED_VEH stood last
    weight: Floats  # [m] of a second that a vehicle stands
    gate: Floats  # [m] how much one counts that enters an area (`gating`), else 1
    green_at_s: Floats  # [s] when it was green last


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
    stuck_s: Floats  # [l] how long its first vehicle has stood at the line at green


class Lanes(NamedTuple):
    """What changes while a plan is rolled forward, by lane l and movement m."""

    head: Ints  # [l] the first vehicle before the stop line
    free_s: Floats  # [l] when the next vehicle may pass the line
    gone: Ints  # [l] vehicles that have left since the lane's movement turned green
    inside: Ints  # [l] movement of the vehicle that waits inside the junction, or NOBODY
    blocked: Bools  # [l] nobody leaves it before the stage changes
    moved_s: Ints  # [m] when a vehicle last crossed
    green: Bools  # [m]
    active: Ints  # [l] lanes with a green movement and a vehicle, the first `shown[ACTIVE]` of them
    shown: Ints
    """What the signal shows: STAGE since AGE_S, or while CHANGING_S lasts the way to the stage FOLLOWING; GREEN_S, how
    long the plan shows the stage it switches to, is BASE once the base policy decides."""


class Scratch(NamedTuple):
    """Room to count in."""

    by_movement: Floats  # [m]
    by_lane: Ints  # [l]
    by_stage: Floats  # [s]
    room: Floats  # [m] as `_room` says
    ratio: Floats  # [l] share of the time in which those who come to a lane pass the line: the flow ratio
    expected: Ints  # [m] vehicles that are not seen yet and come within the horizon
    taken: Ints  # [m] how many of them have been put in order
    lane: Ints  # [v]


class Scene(NamedTuple):
    """A junction, what is kept of it, room for a decision, and which plans are tried how far."""

    junction: Junction
    memory: Memory
    vehicles: Vehicles
    traffic: Traffic
    start: Start
    now: Lanes
    scratch: Scratch
    holds_s: Ints  # how long plans hold the running stage
    horizon_s: int
    interval_s: float  # between two decisions
    patience_s: float  # after which a queue that was never cleared weighs twice as much
    busy: float  # sum of the stages' flow ratios from which on they keep their shares


def look(
    scene: Scene,
    movement: Ints,
    lane: Ints,
    distance_m: Floats,
    speed_mps: Floats,
    downstream_veh: Floats,
    downstream_queue_veh: Floats,
    range_m: float,
    time_s: float,
    share: float,
) -> int:
    """Take in what is seen: the vehicles [v], those on the exits and those who stand there [m].

    `share` is how much of a flow is renewed.

    Answers how many vehicles there are together with those expected: so much room `decide` needs.
    """
    vehicles = scene.vehicles
    count = len(movement)
    for v in range(count):
        vehicles.movement[v], vehicles.lane[v] = movement[v], lane[v]
        vehicles.distance_m[v], vehicles.speed_mps[v] = distance_m[v], speed_mps[v]
    _watch(scene, count, range_m, share)
    _weigh(scene, count, downstream_veh, downstream_queue_veh, range_m, time_s)
    for m in range(len(scene.scratch.expected)):
        count += _expect(scene, m, range_m)
    return count


def _watch(scene: Scene, count: int, range_m: float, share: float) -> None:
    """Keep the flow of each movement: the sum of speeds over the length seen (Edie 1963), smoothed."""
    seen, flow_vps, vehicles = scene.scratch.by_movement, scene.memory.flow_vps, scene.vehicles
    for m in range(len(seen)):
        seen[m] = 0.0
    for v in range(count):
        seen[vehicles.movement[v]] += vehicles.speed_mps[v]
    for m in range(len(seen)):
        flow_vps[m] += share * (seen[m] / range_m - flow_vps[m])


def _weigh(
    scene: Scene, count: int, downstream_veh: Floats, downstream_queue_veh: Floats, range_m: float, time_s: float
) -> None:
    """What a second of standing weighs by movement [m].

    More the longer its queue has not been cleared; little where it would only stand on at a full exit, or enters a full
    area; much where it fills a short link behind which another signal's junction would lock.
    """
    queued, on_lane, vehicles, memory = scene.scratch.by_movement, scene.scratch.by_lane, scene.vehicles, scene.memory
    room = scene.scratch.room
    for m in range(len(queued)):
        queued[m] = 0.0
    for at in range(len(on_lane)):
        on_lane[at] = 0
    for v in range(count):
        if vehicles.speed_mps[v] < CLEARED_MPS:
            queued[vehicles.movement[v]] += 1.0
        if vehicles.lane[v] >= 0:
            on_lane[vehicles.lane[v]] += 1
    for m in range(len(queued)):
        if queued[m] < CLEARED_VEH:
            memory.cleared_at_s[m] = time_s
        waited = min(1.0 + (time_s - memory.cleared_at_s[m]) / scene.patience_s, HEAVIEST)
        room[m] = _room(scene.junction, m, downstream_veh[m], downstream_queue_veh[m], range_m)
        memory.weight[m] = waited * room[m] * _spillback(scene, m) * memory.gate[m]


def _room(junction: Junction, m: int, downstream_veh: float, downstream_queue_veh: float, range_m: float) -> float:
    """How much a movement counts for the room on its exit: 1 up to half full, LEAST when it is full.

    A short one is full once somebody stands on it: who comes next may stand in this junction.
    """
    if junction.exit_m[m] < SHORT_M and downstream_queue_veh >= 1.0:
        return LEAST
    holds_veh = max(junction.exit_lanes[m] * min(junction.exit_m[m], range_m) / SPACING_M, 1.0)
    return float(min(max(2.0 * (1.0 - downstream_veh / holds_veh), LEAST), 1.0))


def _spillback(scene: Scene, m: int) -> float:
    """How much a movement counts for its approach: 1 up to half full, 1 + SPILLS when a short one is full."""
    filled = 0.0
    for lane in range(len(scene.scratch.by_lane)):
        if scene.junction.short[m, lane]:
            filled = max(filled, scene.scratch.by_lane[lane] / scene.junction.holds_veh[lane])
    return 1.0 + SPILLS * min(max(2.0 * filled - 1.0, 0.0), 1.0)


def _expect(scene: Scene, m: int, range_m: float) -> int:
    """How many vehicles a movement sends within the horizon, at its flow, behind those that are seen."""
    speed_mps, expected = scene.junction.speed_mps[m], 0
    if scene.memory.flow_vps[m] > LEAST_FLOW_VPS and speed_mps > 0.0:
        gap_m = speed_mps / scene.memory.flow_vps[m]
        expected = max(0, _ceiling((speed_mps * scene.horizon_s - range_m) / gap_m - 0.5))
    scene.scratch.expected[m] = expected
    scene.scratch.taken[m] = 0
    return expected


def _ceiling(value: float) -> int:
    return int(math.ceil(value))  # noqa: RUF046 - C's answers a float


def decide(scene: Scene, seen: int, total: int, range_m: float, stage: int, green_s: float, time_s: float) -> int:
    """What to show now; `total` is what `look` answered for so many vehicles `seen`."""
    stuck(scene, seen, stage, green_s, time_s)
    in_order(scene, seen, total, range_m)
    into_lanes(scene, total)
    begin(scene, stage)
    scene.memory.green_at_s[stage] = time_s
    return cheapest(scene, stage, int(green_s), seen)


def keeps(
    scene: Scene, seen: int, total: int, range_m: float, stage: int, green_s: float, time_s: float, more_s: int
) -> bool:
    """Does nobody wait for another stage, or is it better to end the running one later than in `more_s` than just then?

    Told as `decide` is.
    """
    stuck(scene, seen, stage, green_s, time_s)
    in_order(scene, seen, total, range_m)
    into_lanes(scene, total)
    begin(scene, stage)
    age_s: int = int(green_s)
    if age_s + more_s >= scene.junction.max_green_s[stage] or more_s >= scene.horizon_s:
        return False
    _beginning(scene, stage, age_s)
    if _fullest(scene, stage, LOOKOUT_S) == stage or keeps_share(scene, stage, age_s + more_s):
        return True
    least = cost(scene, stage, age_s, more_s, ANY, BASE, NEVER_S)
    if least == NEVER_S:
        return False
    for place in range(len(scene.holds_s)):
        hold_s: int = more_s + scene.holds_s[place]
        if hold_s < scene.horizon_s and cost(scene, stage, age_s, hold_s, ANY, BASE, least) < least:
            return True
    return False


def stuck(scene: Scene, seen: int, stage: int, green_s: float, time_s: float) -> None:
    """How long the first vehicle of each lane has stood at the line at green, 0 where none does: `Start.stuck_s`.

    `Memory.since_s` keeps, by lane [l] and from call to call, when it was first seen so. On the first look at a green
    the queue is given the time its start needs to reach the vehicle.
    """
    junction, vehicles, since_s = scene.junction, scene.vehicles, scene.memory.since_s
    looked, stuck_s = scene.scratch.by_lane, scene.start.stuck_s
    begun = green_s <= junction.min_green_s[stage]
    for at in range(len(since_s)):
        looked[at] = 0
        stuck_s[at] = 0.0
    for v in range(seen):
        at = vehicles.lane[v]
        if at == NOBODY or vehicles.distance_m[v] > STOP_LINE_M or looked[at] > 0:
            continue
        looked[at] = 1
        if vehicles.speed_mps[v] < HALTING_MPS and junction.serves[stage, vehicles.movement[v]]:
            late_s = max(0.0, green_s - 1.0 - vehicles.distance_m[v] / DISCHARGE_WAVE_MPS)
            since_s[at] = time_s - late_s if begun else min(since_s[at], time_s)
            stuck_s[at] = time_s - since_s[at]
        else:
            since_s[at] = NEVER_S
    for at in range(len(since_s)):
        if looked[at] == 0:
            since_s[at] = NEVER_S


def in_order(scene: Scene, seen: int, total: int, range_m: float) -> None:
    """The vehicles seen, and behind them those expected, nearest first; of those equally near the first stays first."""
    vehicles, expected, taken = scene.vehicles, scene.scratch.expected, scene.scratch.taken
    for v in range(seen):
        _insert(vehicles, v, vehicles.movement[v], vehicles.lane[v], vehicles.distance_m[v], vehicles.speed_mps[v])
    for v in range(seen, total):
        nearest, nearest_m = 0, NEVER_S
        for m in range(len(expected)):
            if taken[m] < expected[m]:
                gap_m = scene.junction.speed_mps[m] / scene.memory.flow_vps[m]
                far_m = range_m + (taken[m] + 0.5) * gap_m
                if far_m < nearest_m:
                    nearest, nearest_m = m, far_m
        taken[nearest] += 1
        _insert(vehicles, v, nearest, NOBODY, nearest_m, scene.junction.speed_mps[nearest])


def _insert(vehicles: Vehicles, count: int, movement: int, lane: int, distance_m: float, speed_mps: float) -> None:
    """Put a vehicle among the first `count`, behind those that are as near."""
    at = count
    while at > 0 and vehicles.distance_m[at - 1] > distance_m:
        vehicles.movement[at], vehicles.lane[at] = vehicles.movement[at - 1], vehicles.lane[at - 1]
        vehicles.distance_m[at], vehicles.speed_mps[at] = vehicles.distance_m[at - 1], vehicles.speed_mps[at - 1]
        at -= 1
    vehicles.movement[at], vehicles.lane[at] = movement, lane
    vehicles.distance_m[at], vehicles.speed_mps[at] = distance_m, speed_mps


def _assign_lanes(scene: Scene, total: int) -> None:
    """The lane of each vehicle [v] in `Scratch.lane`, and where a lane's vehicles begin in `Traffic.first` [l + 1]."""
    vehicles, lanes, first = scene.vehicles, scene.junction.lanes, scene.traffic.first
    count, lane = scene.scratch.by_lane, scene.scratch.lane
    for at in range(len(count)):
        count[at] = 0
    for v in range(total):
        m = vehicles.movement[v]
        best = vehicles.lane[v]
        if best < 0 or not lanes[m, best]:
            best = -1
            for candidate in range(len(count)):
                if lanes[m, candidate] and (best < 0 or count[candidate] < count[best]):
                    best = candidate
        lane[v] = best
        count[best] += 1
    first[0] = 0
    for at in range(len(count)):
        first[at + 1] = first[at] + count[at]


def into_lanes(scene: Scene, total: int) -> None:
    """Vehicles, nearest first, in the lane they are seen in, else the allowed one with fewest so far."""
    vehicles, traffic, lane, place = scene.vehicles, scene.traffic, scene.scratch.lane, scene.scratch.by_lane
    _assign_lanes(scene, total)
    for at in range(len(place)):
        place[at] = traffic.first[at]
    for v in range(total):
        m, at, speed_mps = vehicles.movement[v], place[lane[v]], vehicles.speed_mps[v]
        place[lane[v]] += 1
        traffic.movement[at] = m
        ready_s = travel_s(vehicles.distance_m[v], speed_mps, scene.junction.speed_mps[m])
        due_s = 0.0 if speed_mps < STANDING_MPS else ready_s
        if at > traffic.first[lane[v]]:
            due_s = max(due_s, traffic.due_s[at - 1])
            ready_s = max(ready_s, traffic.ready_s[at - 1])
        traffic.due_s[at], traffic.ready_s[at] = due_s, ready_s
    for t in range(scene.horizon_s):
        traffic.arriving[t] = 0.0
    for v in range(total):
        if traffic.due_s[v] <= scene.horizon_s - 1:
            traffic.arriving[_ceiling(traffic.due_s[v])] += scene.memory.weight[traffic.movement[v]]


def travel_s(distance_m: float, speed_mps: float, limit_mps: float) -> float:
    """Time to the stop line when a vehicle accelerates to the limit; for ever where none may drive."""
    limit = max(limit_mps, speed_mps)
    if limit <= 0.0:
        return NEVER_S
    needed_m = (limit * limit - speed_mps * speed_mps) / (2 * ACCELERATION_MPS2)
    if distance_m < needed_m:
        return (math.sqrt(speed_mps * speed_mps + 2 * ACCELERATION_MPS2 * distance_m) - speed_mps) / ACCELERATION_MPS2
    return (limit - speed_mps) / ACCELERATION_MPS2 + (distance_m - needed_m) / limit


def begin(scene: Scene, stage: int) -> None:
    """A head that stands at green is taken to have somebody before it who waits for a gap, or to be blocked.

    `Memory.idle_s` keeps, by lane [l], how long the head has stood although nothing came.
    """
    junction, start, now, idle_s = scene.junction, scene.start, scene.now, scene.memory.idle_s
    for lane in range(len(idle_s)):
        start.inside[lane] = NOBODY
        start.blocked[lane] = False
    _beginning(scene, stage, 0)
    for lane in range(len(idle_s)):
        now.free_s[lane] = NEVER_S if idle_s[lane] >= BLOCKED_S else 0.0
    for lane in range(len(idle_s)):
        if start.stuck_s[lane] < STUCK_S:
            idle_s[lane] = 0.0
            continue
        hindered, walkers = False, False
        for m in range(len(now.green)):
            if junction.lanes[m, lane] and junction.serves[stage, m] and not junction.protects[stage, m]:
                if not hindered:
                    start.inside[lane] = m
                    hindered = _hindered(junction, scene.traffic, now, m, 0)
                if junction.walkers[stage, m]:
                    walkers = True
        if not hindered:
            idle_s[lane] += scene.interval_s * WALKERS_SHARE if walkers else scene.interval_s
        start.blocked[lane] = idle_s[lane] >= BLOCKED_S


def _discharging(scene: Scene, stage: int) -> bool:
    """Do several lanes have a vehicle that passes the line in a moment?"""
    junction, traffic, start, count = scene.junction, scene.traffic, scene.start, 0
    for lane in range(len(start.inside)):
        v = traffic.first[lane]
        waits: bool = v < traffic.first[lane + 1] and start.inside[lane] == NOBODY and not start.blocked[lane]
        if waits and junction.serves[stage, traffic.movement[v]] and traffic.ready_s[v] <= DISCHARGING_S:
            count += 1
    return count >= DISCHARGING_LANES


def keeps_share(scene: Scene, stage: int, age_s: int) -> bool:
    """Is there a queue left in the stage's busiest lane, room ahead of it, and its share of a busy cycle not over?"""
    _flow_ratios(scene)
    lane = _busiest(scene, stage)
    if lane < 0 or not _queues(scene, stage, lane):
        return False
    total, lost_s = _load(scene)
    if total < scene.busy:
        return False
    cycle_s = min((1.5 * lost_s + 5.0) / (1.0 - min(total, FULLEST)), LONGEST_CYCLE_S)
    return bool(age_s < (cycle_s - lost_s) * scene.scratch.ratio[lane] / total)


def _flow_ratios(scene: Scene) -> None:
    """Flow by saturation flow of each lane, a movement's flow shared evenly by its lanes: `Scratch.ratio`."""
    lanes, flow_vps, ratio = scene.junction.lanes, scene.memory.flow_vps, scene.scratch.ratio
    for lane in range(len(ratio)):
        ratio[lane] = 0.0
    for m in range(len(flow_vps)):
        among = 0
        for lane in range(len(ratio)):
            if lanes[m, lane]:
                among += 1
        for lane in range(len(ratio)):
            if lanes[m, lane]:
                ratio[lane] += HEADWAY_S * flow_vps[m] / among


def _load(scene: Scene) -> tuple[float, float]:
    """Webster's Y and L: the flow ratios of the stages' busiest lanes together, and the time that these stages lose."""
    total: float = 0.0
    lost_s: float = 0.0
    for stage in range(len(scene.junction.permits)):
        lane = _busiest(scene, stage)
        if lane >= 0:
            total += scene.scratch.ratio[lane]
            lost_s += _lost_s(scene.junction, stage)
    return total, lost_s


def takes_turns(scene: Scene) -> bool:
    """Are even long cycles too short for the flows measured, at an isolated junction where no lane has two stages?

    Of two stages one may have a turn that its vehicles do not need.
    """
    for stage in range(len(scene.junction.apart)):
        if not scene.junction.apart[stage]:
            return False
    _flow_ratios(scene)
    total, lost_s = _load(scene)
    return bool(total >= scene.busy and 1.5 * lost_s + 5.0 >= CALLED_FOR_S * (1.0 - min(total, FULLEST)))


def _turn(scene: Scene, stage: int, age_s: int, seen: int) -> int:
    """A stage goes on until those who have lost time are over the line, and at most for its share of a long cycle.

    After it comes the one that was green longest ago of those that serve somebody in a moment. Source: R. Oertel, P.
    Wagner, Delay-time actuated traffic signal control for an isolated intersection, TRB 90th Annual Meeting, 2011.
    """
    total, lost_s = _load(scene)
    lane, share_s = _busiest(scene, stage), 0.0
    if lane >= 0:
        share_s = (TURNS_S - lost_s) * scene.scratch.ratio[lane] / total
    if age_s < min(scene.junction.max_green_s[stage], share_s) and _serves_slowed(scene, stage, seen):
        return stage
    _beginning(scene, stage, age_s)
    following, oldest_s = stage, NEVER_S
    for other in range(len(scene.junction.permits)):
        older: bool = other != stage and scene.memory.green_at_s[other] < oldest_s
        if older and _rate(scene, stage, other, LOOKOUT_S) > 0.0:
            following, oldest_s = other, scene.memory.green_at_s[other]
    return following


def _serves_slowed(scene: Scene, stage: int, seen: int) -> bool:
    """Does the stage serve one by right of way that has lost time, is not held up, and has room on the exit?"""
    junction, vehicles, start = scene.junction, scene.vehicles, scene.start
    for v in range(seen):
        m, lane = vehicles.movement[v], vehicles.lane[v]
        if not junction.protects[stage, m] or vehicles.speed_mps[v] >= SLOWED * junction.speed_mps[m]:
            continue
        if scene.scratch.room[m] >= 1.0 and (
            lane == NOBODY or (not start.blocked[lane] and start.inside[lane] == NOBODY)
        ):
            return True
    return False


def _busiest(scene: Scene, stage: int) -> int:
    """The lane of the highest flow ratio of those that a stage serves whole, or NOBODY."""
    best, most = -1, 0.0
    for lane in range(len(scene.scratch.ratio)):
        served: bool = scene.junction.lane_green[stage, lane] and scene.junction.lane_whole[stage, lane]
        if served and scene.scratch.ratio[lane] > most:
            best, most = lane, scene.scratch.ratio[lane]
    return best


def _queues(scene: Scene, stage: int, lane: int) -> bool:
    """Do CLEARED_VEH vehicles or more follow each other over the line, by right of way and into an exit with room?

    Of a queue that is seen to its end plans know what it costs to leave it: only others, which may be longer, count.
    """
    traffic, start, v = scene.traffic, scene.start, scene.traffic.first[lane]
    last = v + CLEARED_VEH - 1
    if last >= traffic.first[lane + 1] or start.blocked[lane] or start.inside[lane] != NOBODY:
        return False
    m = traffic.movement[v]
    if not scene.junction.protects[stage, m] or not scene.junction.far[m] or scene.scratch.room[m] < 1.0:
        return False
    soon: bool = traffic.ready_s[v] <= DISCHARGING_S
    return soon and traffic.ready_s[last] <= DISCHARGING_S + CLEARED_VEH * HEADWAY_S


def _lost_s(junction: Junction, stage: int) -> float:
    """What a cycle loses for a stage: the longest intergreen before it, and LOST_S."""
    longest_s = 0
    for other in range(len(junction.permits)):
        longest_s = max(longest_s, junction.intergreen_s[other, stage])
    return float(longest_s + LOST_S)


def cheapest(scene: Scene, stage: int, age_s: int, seen: int) -> int:
    """The first move of the cheapest plan: the running stage to hold it, another one to switch now and at a tie.

    Where stages take turns, theirs.
    """
    if scene.traffic.first[len(scene.start.inside)] == 0:
        return stage
    if age_s < scene.junction.max_green_s[stage] and (_discharging(scene, stage) or keeps_share(scene, stage, age_s)):
        return stage
    if takes_turns(scene):
        return _turn(scene, stage, age_s, seen)
    best, least = _cheapest_switch(scene, stage, age_s)
    if best == stage:
        return stage
    if cost(scene, stage, age_s, 0, BASE, BASE, least) < least:
        return stage
    for place in range(len(scene.holds_s)):
        if scene.holds_s[place] >= scene.horizon_s:
            break
        if cost(scene, stage, age_s, scene.holds_s[place], ANY, BASE, least) < least:
            return stage
    return best


def _cheapest_switch(scene: Scene, stage: int, age_s: int) -> tuple[int, float]:
    """The stage to switch to now under the cheapest such plan, and its cost; the running one if nobody waits."""
    rates = scene.scratch.by_stage
    _beginning(scene, stage, age_s)
    for other in range(len(rates)):
        rates[other] = 0.0 if other == stage else _rate(scene, stage, other, LOOKOUT_S)
    best, least = stage, NEVER_S
    for _ in range(min(SWITCHES, len(rates))):
        fullest = 0
        for other in range(1, len(rates)):
            if rates[other] > rates[fullest]:
                fullest = other
        if rates[fullest] == 0.0:
            break
        rates[fullest] = 0.0
        for place in range(GREENS + 1):
            green_s = BASE if place == 0 else scene.junction.min_green_s[fullest] + GREEN_STEP_S * (place - 1)
            found = cost(scene, stage, age_s, 0, fullest, green_s, least)
            if found < least:
                best, least = fullest, found
    return best, least


def cost(scene: Scene, stage: int, age_s: int, hold_s: int, then: int, green_s: int, limit: float) -> float:
    """Weighted seconds that vehicles stand under a plan, within the horizon and until those left at its end are gone.

    The stage has been green for `age_s`. Stops early, with a cost above it, at `limit`. A hold that nobody uses, and a
    base policy that ends the stage at once, which is another plan, cost infinity.
    """
    junction, traffic, now = scene.junction, scene.traffic, scene.now
    _beginning(scene, stage, age_s)
    now.shown[GREEN_S] = green_s
    standing, inside = _waiting_inside(now, scene.memory.weight)
    total, left_s = 0.0, -1
    for t in range(scene.horizon_s):
        if then != BASE and t == hold_s and t > 0 and t - left_s > USED_S:
            return NEVER_S
        if now.shown[CHANGING_S] > 0:
            _change(junction, traffic, now)
        elif _holds(junction, traffic, now, hold_s, then, t):
            now.shown[AGE_S] += 1
        else:
            _switch(scene, hold_s, then, t)
            if then == BASE and t == 0 and now.shown[FOLLOWING] != stage:
                return NEVER_S
        standing += traffic.arriving[t]
        if standing > 0.0:
            left = _go_first(junction, traffic, now, scene.memory.weight, t)
            if inside or junction.permits[now.shown[STAGE]]:
                turned, inside = _give_way(junction, traffic, now, scene.memory.weight, t)
                left += turned
            if left > 0.0:
                left_s = t
                standing -= left
            total += standing
            if total >= limit:
                return float(total)
    return total + _rest(scene)


def _beginning(scene: Scene, stage: int, age_s: int) -> None:
    """A stage that has been green for `age_s`, at the first second of a plan that is the base policy's."""
    junction, traffic, start, now = scene.junction, scene.traffic, scene.start, scene.now
    for lane in range(len(now.head)):
        now.head[lane] = traffic.first[lane]
        now.free_s[lane] = 0.0
        now.gone[lane] = age_s // 2
        now.inside[lane] = start.inside[lane]
        now.blocked[lane] = start.blocked[lane]
    for m in range(len(now.green)):
        now.moved_s[m] = -10
        now.green[m] = junction.serves[stage, m]
    _show(now, stage, stage, age_s, 0)
    now.shown[GREEN_S] = BASE
    _activate(junction, traffic, now, stage, stage)


def _show(now: Lanes, stage: int, following: int, age_s: int, changing_s: int) -> None:
    now.shown[STAGE], now.shown[FOLLOWING] = stage, following
    now.shown[AGE_S], now.shown[CHANGING_S] = age_s, changing_s


def _change(junction: Junction, traffic: Traffic, now: Lanes) -> None:
    """A second later on the way to another stage."""
    stage, following = now.shown[STAGE], now.shown[FOLLOWING]
    now.shown[CHANGING_S] -= 1
    if now.shown[CHANGING_S] == 0:
        _open(junction, traffic, now, stage, following)
    elif junction.intergreen_s[stage, following] - now.shown[CHANGING_S] == YELLOW_USED_S:
        for m in range(len(now.green)):
            now.green[m] = junction.serves[stage, m] and junction.serves[following, m]
        _activate(junction, traffic, now, stage, following)


def _holds(junction: Junction, traffic: Traffic, now: Lanes, hold_s: int, then: int, t: int) -> bool:
    """Does the stage go on for a second: as planned, for its minimum green, or by the base policy for who stands?"""
    if then != BASE and t <= hold_s:
        return t < hold_s
    stage, age_s, green_s = now.shown[STAGE], now.shown[AGE_S], now.shown[GREEN_S]
    if green_s != BASE:
        return bool(age_s < green_s)
    if age_s < junction.min_green_s[stage] - 1:
        return True
    return age_s + 1 < junction.max_green_s[stage] and _serves_somebody(traffic, now, t)


def _switch(scene: Scene, hold_s: int, then: int, t: int) -> None:
    """The stage ends: the planned one follows, else the one that serves most a second; none if none serves any."""
    now, stage = scene.now, scene.now.shown[STAGE]
    planned: bool = then != BASE and t <= hold_s
    if not planned:
        now.shown[GREEN_S] = BASE
    chosen = then if planned and then < ANY else _fullest(scene, stage, t)
    if chosen == stage:
        now.shown[AGE_S] += 1
        return
    changing_s = scene.junction.intergreen_s[stage, chosen]
    if changing_s == 0:
        _open(scene.junction, scene.traffic, now, stage, chosen)
    else:
        _show(now, stage, chosen, now.shown[AGE_S] + 1, changing_s)


def _waiting_inside(now: Lanes, weight: Floats) -> tuple[float, bool]:
    """Weight of those who wait inside the junction, and are there any?"""
    total, some = 0.0, False
    for lane in range(len(now.inside)):
        if now.inside[lane] != NOBODY:
            total += weight[now.inside[lane]]
            some = True
    return total, some


def _activate(junction: Junction, traffic: Traffic, now: Lanes, old: int, new: int) -> None:
    """Find the lanes that are green in both stages and not empty."""
    count = 0
    for lane in range(len(now.head)):
        green = junction.lane_green[old, lane] and junction.lane_green[new, lane]
        if green and now.head[lane] < traffic.first[lane + 1]:
            now.active[count] = lane
            count += 1
    now.shown[ACTIVE] = count


def _open(junction: Junction, traffic: Traffic, now: Lanes, old: int, new: int) -> None:
    """The new stage's green begins: queues that stood at red start up."""
    _show(now, new, new, 0, 0)
    for m in range(len(now.green)):
        now.green[m] = junction.serves[new, m]
    for lane in range(len(now.head)):
        now.blocked[lane] = False
        if now.head[lane] < traffic.first[lane + 1]:
            m = traffic.movement[now.head[lane]]
            if junction.serves[new, m] and not junction.serves[old, m]:
                now.gone[lane] = 0
    _activate(junction, traffic, now, new, new)


def _can_go(traffic: Traffic, now: Lanes, lane: int, t: int) -> bool:
    v = now.head[lane]
    if v >= traffic.first[lane + 1] or traffic.ready_s[v] > t + 0.5 or now.free_s[lane] > t + 0.5:
        return False
    if traffic.due_s[v] > t or now.inside[lane] != NOBODY or now.blocked[lane]:
        return False
    return bool(now.green[traffic.movement[v]])


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


def _go_first(junction: Junction, traffic: Traffic, now: Lanes, weight: Floats, t: int) -> float:
    """Let those with right of way go that can within this second; the weight of those gone."""
    left, stage, yellow = 0.0, now.shown[STAGE], now.shown[CHANGING_S] > 0
    for place in range(now.shown[ACTIVE]):
        lane = now.active[place]
        if _can_go(traffic, now, lane, t):
            m = traffic.movement[now.head[lane]]
            if junction.protects[stage, m] or yellow:
                _leave(traffic, now, lane, t)
                left += weight[m]
    return left


def _give_way(junction: Junction, traffic: Traffic, now: Lanes, weight: Floats, t: int) -> tuple[float, bool]:
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
    if now.shown[CHANGING_S] > 0:
        return left, inside
    for place in range(now.shown[ACTIVE]):
        lane = now.active[place]
        if _can_go(traffic, now, lane, t):
            m = traffic.movement[now.head[lane]]
            if junction.protects[now.shown[STAGE], m]:
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


def _hindered(junction: Junction, traffic: Traffic, now: Lanes, m: int, t: int) -> bool:
    """Has anything the movement gives way to just crossed, or is it about to?"""
    for other in range(len(now.moved_s)):
        if junction.yields[m, other] and t - now.moved_s[other] <= GAP_BEHIND_S:
            return True
    for lane in range(len(now.head)):
        v = now.head[lane]
        if v < traffic.first[lane + 1] and now.inside[lane] == NOBODY:
            rival = traffic.movement[v]
            comes_s = max(traffic.ready_s[v], now.free_s[lane])
            if junction.yields[m, rival] and now.green[rival] and comes_s <= t + GAP_AHEAD_S:
                return True
    return False


def _serves_somebody(traffic: Traffic, now: Lanes, t: int) -> bool:
    """Does anybody stand in an active lane who may go?"""
    for place in range(now.shown[ACTIVE]):
        lane = now.active[place]
        v = now.head[lane]
        waits: bool = v < traffic.first[lane + 1] and traffic.due_s[v] <= t
        if waits and not now.blocked[lane] and now.green[traffic.movement[v]]:
            return True
    return False


def _fullest(scene: Scene, stage: int, t: int) -> int:
    """The other stage that serves most vehicles a second of its time; the running one if none serves any."""
    best, best_rate = stage, 0.0
    for candidate in range(len(scene.junction.permits)):
        if candidate != stage:
            rate = _rate(scene, stage, candidate, t)
            if rate > best_rate:
                best, best_rate = candidate, rate
    return best


def _rate(scene: Scene, stage: int, candidate: int, t: float) -> float:
    """Vehicles a second that another stage serves from a second on."""
    lost_s = scene.junction.intergreen_s[stage, candidate] + LOST_S
    served, longest = _served(scene, candidate, t + lost_s)
    return float(served / (lost_s + HEADWAY_S * longest))


def _served(scene: Scene, stage: int, until_s: float) -> tuple[float, int]:
    """Vehicles a stage could serve by then, none behind one that it does not; and the most of them in a lane."""
    junction, traffic, now = scene.junction, scene.traffic, scene.now
    total, longest = 0.0, 0
    for lane in range(len(now.head)):
        if junction.lane_green[stage, lane]:
            count = 0
            for v in range(now.head[lane], traffic.first[lane + 1]):
                if traffic.due_s[v] > until_s or not junction.serves[stage, traffic.movement[v]]:
                    break
                count += 1
                total += scene.memory.weight[traffic.movement[v]]
            longest = max(longest, count)
    return total, longest


def _rest(scene: Scene) -> float:
    """Weighted seconds that those who stand at the horizon's end wait on when the fullest stage is cleared first."""
    junction, end_s = scene.junction, scene.horizon_s
    standing: float = _standing(scene, end_s)
    total: float = 0.0
    stage, lost_s = scene.now.shown[FOLLOWING], float(scene.now.shown[CHANGING_S])
    for _ in range(2 * len(junction.permits)):
        best, best_rate, best_s = -1, 0.0, 0.0
        for candidate in range(len(junction.permits)):
            served, longest = _served(scene, candidate, float(end_s))
            if longest == 0:
                continue
            if candidate == stage:
                takes_s = lost_s + HEADWAY_S * longest
            else:
                green_s: float = junction.min_green_s[candidate]
                takes_s = max(junction.intergreen_s[stage, candidate] + LOST_S + HEADWAY_S * longest, green_s)
            if served / takes_s > best_rate:
                best, best_rate, best_s = candidate, served / takes_s, takes_s
        if best < 0:
            break
        gone = _clear(scene, best, end_s)
        total += best_s * (standing - 0.5 * gone)
        standing -= gone
        stage, lost_s = best, 0.0
    return total + standing * end_s


def _standing(scene: Scene, end_s: int) -> float:
    """Weight of those who stand at the horizon's end, before the line or inside the junction."""
    traffic, now, weight = scene.traffic, scene.now, scene.memory.weight
    standing = 0.0
    for lane in range(len(now.head)):
        for v in range(now.head[lane], traffic.first[lane + 1]):
            if traffic.due_s[v] > end_s:
                break
            standing += weight[traffic.movement[v]]
        if now.inside[lane] != NOBODY:
            standing += weight[now.inside[lane]]
    return standing


def _clear(scene: Scene, stage: int, end_s: int) -> float:
    """Take away all that stand at the horizon's end and the stage serves; their weight."""
    junction, traffic, now = scene.junction, scene.traffic, scene.now
    gone = 0.0
    for lane in range(len(now.head)):
        if junction.lane_green[stage, lane]:
            while now.head[lane] < traffic.first[lane + 1]:
                v = now.head[lane]
                if traffic.due_s[v] > end_s or not junction.serves[stage, traffic.movement[v]]:
                    break
                gone += scene.memory.weight[traffic.movement[v]]
                now.head[lane] += 1
    return gone
