"""Webster's method for one signal: cycle and splits from the demand of each movement. A pure function.

Sources: F. V. Webster, Traffic Signal Settings, Road Research Technical Paper 39, HMSO 1958 (cycle of least
delay, greens in proportion to the critical flow ratios). R. E. Allsop, Estimating the traffic capacity of a
signalized road junction, Transportation Research 6 (1972) 245-255 (critical flow ratios as a linear programme,
which is right where a movement is green in several stages).

flow ratio      a movement's volume over the saturation flow of one lane: the share of green it needs there
share           of all effective green that a stage needs; the programme finds the shares with the least sum Y
shared lanes    each lane's green is divided among the movements that may use it, each movement's volume among
                its lanes: as drivers do who choose the shorter queue
blocking        a vehicle whose movement is red holds up its lane: of n that the green could serve, those before the
                first such one go, (1 - (1 - p)^n) / p on average if a share p of the lane is of them and the first goes
permitted       a movement that gives way flows as `zhasyl.timing.permitted` says
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from zhasyl.arrays import FloatArray
from zhasyl.errors import SignalError
from zhasyl.signals import Signal
from zhasyl.timing.cycle import least_delay_cycle_s
from zhasyl.timing.lane_use import NEGLIGIBLE_VPH, LaneShares, LaneVolumes, lane_uses, least_green
from zhasyl.timing.permitted import NOBODY, SNEAKERS, lane_flow, only_permitted

SATURATION_FLOW_VPH = 1800.0  # of a lane, where nothing was measured
LARGEST_RATIO = 0.95  # Webster's cycle grows beyond all bounds as Y comes to 1
ROUNDS = 8  # gaps and blocking depend on greens and lanes, and these on them
SETTLED_SHARE = 0.002


@dataclass(frozen=True)
class WebsterTiming:
    """A cycle, the green of each position of the plan, and what they follow from."""

    cycle_s: float
    greens_s: tuple[float, ...]
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
    saturation_flow_vph: float = SATURATION_FLOW_VPH,
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
    lost_s = sum(signal.intergreen_s(old, new) for old, new in zip(order, following, strict=True))
    least_s = np.array([signal.stages[stage].min_green_s for stage in order])
    shares, cycle_s = np.full(len(order), 1 / len(order)), max_cycle_s
    on_lane = {(m, lane): volume_vph[m] / len(own) for m, own in enumerate(lanes) for lane in own}
    for _ in range(ROUNDS):
        flow = lane_flow(signal, volume_vph, lanes, saturation_flow_vph, shares, walkers_per_h)
        sneakers_vph = SNEAKERS * 3600.0 / cycle_s * only_permitted(signal)
        open_share = open_shares(signal, on_lane, saturation_flow_vph / 3600.0 * shares * cycle_s)
        needed, used = _needed_shares(np.maximum(volume_vph - sneakers_vph, 0.0), lanes, flow, open_share)
        on_lane = {use: (before_vph + used.get(use, 0.0)) / 2 for use, before_vph in on_lane.items()}
        ratio = float(needed.sum())
        cycle_s = _cycle_s(ratio, lost_s, min_cycle_s, max_cycle_s, lost_s + float(least_s.sum()))
        greens_s = shared(cycle_s - lost_s, needed, least_s)
        before, shares = shares, greens_s / cycle_s
        if np.allclose(shares, before, atol=SETTLED_SHARE):
            break
    return WebsterTiming(cycle_s, tuple(float(green_s) for green_s in greens_s), ratio, lost_s)


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
    best_s = least_delay_cycle_s(min(ratio, LARGEST_RATIO), lost_s)
    return max(least_s, min(max(best_s, min_s), max_s))


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


def _needed_shares(
    volume_vph: FloatArray, lanes: Sequence[frozenset[str]], flow: FloatArray, open_share: LaneShares
) -> tuple[FloatArray, LaneVolumes]:
    """Least shares of green [position] that carry all volumes, and the volume of each (movement, lane)."""
    positions = range(len(flow))
    uses = lane_uses(range(len(lanes)), volume_vph, lanes, flow, open_share)
    if not uses:
        return np.zeros(len(positions)), {}
    asking = np.flatnonzero(volume_vph > NEGLIGIBLE_VPH).tolist()
    needed, used = least_green(uses, asking, positions, volume_vph, flow, open_share)
    return np.maximum(needed, 0.0), used


def shared(green_s: float, weights: FloatArray, least_s: FloatArray) -> FloatArray:
    """Share `green_s` in proportion to the weights, nobody below his least: greens [s] that add up to it.

    `green_s` must not be less than the sum of `least_s`. Without any weight the rest is shared evenly.
    """
    if not weights.any():
        even: FloatArray = least_s + (green_s - least_s.sum()) / len(least_s)
        return even
    held = np.zeros(len(weights), dtype=bool)
    while True:
        free_s = green_s - least_s[held].sum()
        total = weights[~held].sum()
        greens_s: FloatArray = np.where(held, least_s, weights * (free_s / total if total > 0 else 0.0))
        short = ~held & (greens_s < least_s)
        if not short.any():
            return greens_s
        held |= short
