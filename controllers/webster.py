"""Webster's method for one signal: cycle and splits from the demand of each movement. A pure function.

Sources: F. V. Webster, Traffic Signal Settings, Road Research Technical Paper 39, HMSO 1958 (cycle of least
delay, greens in proportion to the critical flow ratios). R. E. Allsop, Estimating the traffic capacity of a
signalized road junction, Transportation Research 6 (1972) 245-255 (critical flow ratios as a linear programme,
which is right where a movement is green in several stages). HCM, 6th ed., ch. 31 (permitted left turns, walkers).

flow ratio      a movement's volume over the saturation flow of one lane: the share of green it needs there
share           of all effective green that a stage needs; the programme finds the shares with the least sum Y
shared lanes    each lane's green is divided among the movements that may use it, each movement's volume among
                its lanes: as drivers do who choose the shorter queue
blocking        a vehicle whose movement is red holds up its lane: of n that the green could serve, those before the
                first such one go, (1 - (1 - p)^n) / p on average if a share p of the lane is of them and the first goes
walkers         turns wait while somebody walks on the crossing they pass: they lose the part of their green in which it
                is occupied (HCM, 6th ed., ch. 31, pedestrian adjustment for turns into one lane)
permitted       a movement that gives way flows through gaps in what it gives way to, once the opposing queue has
                gone, and `SNEAKERS` of it a cycle in the yellow if it is never protected
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp
from types import MappingProxyType

import numpy as np
from scipy.optimize import linprog

from zhasyl.controllers.base import FloatArray
from zhasyl.controllers.cyclic import shared
from zhasyl.errors import SignalError
from zhasyl.signals import GREEN, Signal

CRITICAL_GAP_S = 4.5  # HCM 6th ed., ch. 31, permitted left turn
FOLLOW_UP_S = 2.5  # HCM 6th ed., ch. 31
SNEAKERS = 2.0  # vehicles a cycle, HCM 6th ed., ch. 31
WAIT_FOR_GAPS_S = 5.0  # HCM 6th ed., ch. 31: walkers have gone while a turn waits for a gap
MOST_WALKERS_PER_H = 5000.0  # while they walk; HCM 6th ed., ch. 31, with the four below
SPARSE_WALKERS_PER_H = 1000.0
WALKERS_PER_H_OF_FULL = 2000.0
FULL_FROM, FULL_AT_MOST = 0.4, 0.9
LEAST_PERMITTED_SHARE = 0.05  # of a saturation flow: a stream of gapless traffic still breaks now and then
LARGEST_RATIO = 0.95  # Webster's cycle grows beyond all bounds as Y comes to 1
NEGLIGIBLE_VPH = 0.01
ROUNDS = 8  # gaps and blocking depend on greens and lanes, and these on them
SETTLED_SHARE = 0.002

NOBODY: Mapping[int, float] = MappingProxyType({})

LaneShares = dict[tuple[int, str], float]
"""(position, lane) → share of the green."""


@dataclass(frozen=True)
class WebsterTiming:
    """A cycle, the green of each position of the plan, and what they follow from."""

    cycle_s: float
    splits_s: tuple[float, ...]
    flow_ratio: float
    lost_s: float

    @property
    def critical_saturation(self) -> float:
        """Degree of saturation of the critical movements; above 1 the demand exceeds the capacity."""
        return self.flow_ratio * self.cycle_s / (self.cycle_s - self.lost_s)


def webster_timing(
    signal: Signal,
    volume_vph: FloatArray,
    lanes: Sequence[frozenset[str]],
    saturation_flow_vph: float = 1800.0,
    min_cycle_s: float = 30.0,
    max_cycle_s: float = 120.0,
    walkers_per_h: Mapping[int, float] = NOBODY,
) -> WebsterTiming:
    """Cycle and splits in the order of the signal's plan.

    volume_vph  demand of each movement [m]
    lanes       ids of the lanes each movement may use [m]; a shared lane appears in several
    walkers_per_h  pedestrian link → persons who cross there

    Lost time of a stage is its intergreen: what the start-up loses the yellow gives back (HCM: 2 s each). Raises
    SignalError for a volume without a lane or a stage, or sizes that do not match.
    """
    _check(signal, volume_vph, lanes)
    order = signal.plan.stages
    following = [*order[1:], order[0]]
    lost_s = sum(signal.lost_time_s(old, new) for old, new in zip(order, following, strict=True))
    least_s = np.array([signal.stages[stage].min_green_s for stage in order])
    shares, cycle_s = np.full(len(order), 1 / len(order)), max_cycle_s
    on_lane = {(m, lane): volume_vph[m] / len(own) for m, own in enumerate(lanes) for lane in own}
    for _ in range(ROUNDS):
        flow = lane_flow(signal, volume_vph, lanes, saturation_flow_vph, shares, cycle_s, walkers_per_h)
        sneakers_vph = SNEAKERS * 3600.0 / cycle_s * only_permitted(signal)
        open_share = open_shares(signal, on_lane, saturation_flow_vph / 3600.0 * shares * cycle_s)
        needed, used = _needed_shares(np.maximum(volume_vph - sneakers_vph, 0.0), lanes, flow, open_share)
        on_lane = {use: (before_vph + used.get(use, 0.0)) / 2 for use, before_vph in on_lane.items()}
        ratio = float(needed.sum())
        cycle_s = _cycle_s(ratio, lost_s, min_cycle_s, max_cycle_s, lost_s + float(least_s.sum()))
        splits_s = shared(cycle_s - lost_s, needed, least_s)
        before, shares = shares, splits_s / cycle_s
        if np.allclose(shares, before, atol=SETTLED_SHARE):
            break
    return WebsterTiming(cycle_s, tuple(float(split_s) for split_s in splits_s), ratio, lost_s)


def _check(signal: Signal, volume_vph: FloatArray, lanes: Sequence[frozenset[str]]) -> None:
    count = len(signal.movements)
    if len(volume_vph) != count or len(lanes) != count:
        raise SignalError(
            f"signal '{signal.id}': {len(volume_vph)} volumes and {len(lanes)} sets of lanes for {count} movements"
        )
    served: list[int] = signal.serves[list(signal.plan.stages)].sum(axis=0).tolist()
    for movement, volume, own, green in zip(signal.movements, volume_vph, lanes, served, strict=True):
        if not volume >= 0 or (volume > 0 and not (own and green)):
            why = "is not a volume" if not volume >= 0 else "has no lane" if not own else "has no stage in the plan"
            raise SignalError(
                f"signal '{signal.id}', movement {movement.from_edge} → {movement.to_edge}: {volume:g} veh/h {why}"
            )


def _cycle_s(ratio: float, lost_s: float, min_s: float, max_s: float, least_s: float) -> float:
    """Webster's cycle of least delay within its bounds, never too short for the minimum greens."""
    best_s = (1.5 * lost_s + 5.0) / (1 - min(ratio, LARGEST_RATIO))
    return max(least_s, min(max(best_s, min_s), max_s))


def only_permitted(signal: Signal) -> FloatArray:
    """1 for movements [m] that are green in the plan, never protected, and give way to another movement, else 0."""
    order = list(signal.plan.stages)
    served: list[int] = signal.serves[order].sum(axis=0).tolist()
    protected: list[int] = signal.protects[order].sum(axis=0).tolist()
    return np.array(
        [
            float(green and not protected[movement] and any(_opposing(signal, stage, movement) for stage in order))
            for movement, green in enumerate(served)
        ]
    )


def open_shares(signal: Signal, on_lane: Mapping[tuple[int, str], float], green_veh: FloatArray) -> LaneShares:
    """Share of its green that each lane can use in each position before a vehicle with a red movement blocks it.

    on_lane    (movement, lane) → volume
    green_veh  what each position's green could serve in one lane [position]
    """
    found: LaneShares = {}
    for lane in {lane for _, lane in on_lane}:
        total = sum(volume for (_, own), volume in on_lane.items() if own == lane)
        for position, stage in enumerate(signal.plan.stages):
            red = sum(v for (m, own), v in on_lane.items() if own == lane and not signal.serves[stage, m])
            share, most = red / total if total else 0.0, max(float(green_veh[position]), 1.0)
            found[position, lane] = (1 - (1 - share) ** most) / (share * most) if share > 1e-6 else 1.0
    return found


def lane_flow(
    signal: Signal,
    volume_vph: FloatArray,
    lanes: Sequence[frozenset[str]],
    saturation_vph: float,
    shares: FloatArray,
    cycle_s: float,
    walkers_per_h: Mapping[int, float] = NOBODY,
) -> FloatArray:
    """What one lane of a movement carries in an hour of each stage's green, [position, movement]."""
    flow = np.zeros((len(shares), len(signal.movements)))
    green = {stage: shares[[s == stage for s in signal.plan.stages]].sum() for stage in signal.plan.stages}
    for position, stage in enumerate(signal.plan.stages):
        for movement in np.flatnonzero(signal.serves[stage]):
            flow[position, movement] = saturation_vph
            if not signal.protects[stage, movement]:
                opposing = _opposing(signal, stage, int(movement))
                opposing_vph = float(volume_vph[opposing].sum())
                ratio = max((volume_vph[o] / len(lanes[o]) for o in opposing if lanes[o]), default=0.0) / saturation_vph
                queue = _queue_share(ratio, green[stage])
                gaps = _permitted_share(opposing_vph, queue, green[stage], saturation_vph)
                walked = _walked_share(signal, stage, int(movement), walkers_per_h, cycle_s, green[stage], queue)
                walked *= exp(-WAIT_FOR_GAPS_S * opposing_vph / 3600.0)
                flow[position, movement] *= max(gaps * (1 - walked), LEAST_PERMITTED_SHARE)
    return flow


def _opposing(signal: Signal, stage: int, movement: int) -> list[int]:
    """Movements that are protected in the stage and to which this one gives way."""
    shown = signal.stages[stage].state
    mine = [link for link in signal.movements[movement].links if shown[link] in GREEN]
    return [
        other
        for other in (int(index) for index in np.flatnonzero(signal.protects[stage]))
        if any((a, b) in signal.conflicts.yields for a in mine for b in signal.movements[other].links)
    ]


def _queue_share(opposing_ratio: float, green: float) -> float:
    """The part of the cycle in which the opposing queue of a green discharges."""
    return min(green, opposing_ratio * (1 - green) / max(1 - opposing_ratio, 1e-6))


def _permitted_share(opposing_vph: float, queue: float, green: float, saturation_vph: float) -> float:
    """Share of a saturation flow that gaps leave, on average over the green.

    Gap acceptance in the flow that arrives (Harders), in the part of green after the opposing queue has gone.
    """
    if opposing_vph <= 0:
        return 1.0
    per_s = opposing_vph / 3600.0
    gaps_vph = opposing_vph * exp(-per_s * CRITICAL_GAP_S) / (1 - exp(-per_s * FOLLOW_UP_S))
    unsaturated = 1 - queue / max(green, 1e-6)
    return min(1.0, max(LEAST_PERMITTED_SHARE, unsaturated * gaps_vph / saturation_vph))


def _walked_share(
    signal: Signal,
    stage: int,
    movement: int,
    walkers_per_h: Mapping[int, float],
    cycle_s: float,
    green: float,
    queue: float,
) -> float:
    """Share of the green left by the opposing queue in which walkers occupy a crossing that the movement passes.

    Walkers cross in their walk and its clearance, at the beginning of the green, and all of a cycle at once.
    """
    shown = signal.stages[stage].state
    mine = [link for link in signal.movements[movement].links if shown[link] in GREEN]
    free = 1.0
    for group in signal.groups:
        for link in group.links:
            if group.pedestrian and shown[link] in GREEN and any((a, link) in signal.conflicts.yields for a in mine):
                shows = signal.plan.stages.count(stage)
                walk = min(shows * (signal.walk_s + group.clearance_s) / cycle_s, green)
                rest = max(0.0, walk - queue) / max(green - queue, 1e-6)
                free *= 1 - rest * _occupancy(walkers_per_h.get(link, 0.0) / walk) * (1 - 0.5 * min(queue / walk, 1.0))
    return 1 - free


def _occupancy(walkers_per_h: float) -> float:
    """Share of a walk in which a crossing is occupied, from the flow while it lasts."""
    flow_per_h = min(walkers_per_h, MOST_WALKERS_PER_H)
    if flow_per_h <= SPARSE_WALKERS_PER_H:
        return flow_per_h / WALKERS_PER_H_OF_FULL
    return min(FULL_FROM + flow_per_h / (2 * MOST_WALKERS_PER_H), FULL_AT_MOST)


def _needed_shares(
    volume_vph: FloatArray, lanes: Sequence[frozenset[str]], flow: FloatArray, open_share: LaneShares
) -> tuple[FloatArray, dict[tuple[int, str], float]]:
    """Least shares of green [position] that carry all volumes, and the volume of each (movement, lane).

    A linear programme. Unknown: each position's share, and the share of each position's green in which a movement uses
    a lane. No lane is used longer than the green that is open to it; each movement's uses carry its volume.
    """
    positions = len(flow)
    volume_vph = np.where(volume_vph > NEGLIGIBLE_VPH, volume_vph, 0.0)
    uses = [
        (position, int(movement), lane)
        for position in range(positions)
        for movement in np.flatnonzero(flow[position] * (volume_vph > 0))
        for lane in sorted(lanes[int(movement)])
    ]
    if not uses:
        return np.zeros(positions), {}
    rows = {(p, lane): row for row, (p, lane) in enumerate(dict.fromkeys((p, lane) for p, _, lane in uses))}
    demand = {int(m): len(rows) + row for row, m in enumerate(np.flatnonzero(volume_vph > 0))}
    matrix = np.zeros((len(rows) + len(demand), positions + len(uses)))
    bound = np.zeros(len(matrix))
    for column, (position, movement, lane) in enumerate(uses, start=positions):
        matrix[rows[position, lane], column] = 1.0
        matrix[rows[position, lane], position] = -open_share[position, lane]
        matrix[demand[movement], column] = -flow[position, movement] / volume_vph[movement]
    bound[len(rows) :] = -1.0
    cost = np.concatenate([np.ones(positions), np.zeros(len(uses))])
    found = np.asarray(linprog(cost, A_ub=matrix, b_ub=bound, method="highs").x, dtype=float)
    used: dict[tuple[int, str], float] = defaultdict(float)
    for (position, movement, lane), share in zip(uses, found[positions:], strict=True):
        used[movement, lane] += float(share * flow[position, movement])
    return np.maximum(found[:positions], 0.0), used
