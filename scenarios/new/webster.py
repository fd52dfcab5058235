"""Webster's method on a scenario's tables: flow ratios, degrees of saturation and the plan they ask for.

Source: F. V. Webster, Traffic Signal Settings, Road Research Technical Paper 39, HMSO 1958.

lane group         lanes of an approach that share a queue: lanes linked by a movement that uses both
flow ratio         volume of a lane group over its saturation flow
degree of          volume over what its green can carry
saturation
critical degree    sum of the stages' largest flow ratios, times cycle over (cycle - lost time)
"""

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise

from zhasyl.lane_groups import sharing
from zhasyl.scenarios.compile.demand import path_shares
from zhasyl.scenarios.tables.model import Tables
from zhasyl.timing.cycle import least_delay_cycle_s


@dataclass(frozen=True)
class LaneGroup:
    """Lanes of an approach that share a queue, with their flow and saturation flow in vehicles per hour."""

    link: str
    lanes: tuple[int, ...]
    movements: tuple[str, ...]
    volume_vph: float
    saturation_vph: float

    @property
    def flow_ratio(self) -> float:
        return self.volume_vph / self.saturation_vph


@dataclass(frozen=True)
class Timing:
    """Flow ratio of each stage of a signal, the cycle of its plan and the critical degree of saturation."""

    flow_ratios: dict[str, float]
    lost_s: float
    cycle_s: float

    @property
    def critical_saturation(self) -> float:
        return sum(self.flow_ratios.values()) * self.cycle_s / (self.cycle_s - self.lost_s)

    @property
    def webster_cycle_s(self) -> float:
        """Cycle of least delay; infinite above capacity."""
        return least_delay_cycle_s(sum(self.flow_ratios.values()), self.lost_s)

    def effective_greens_s(self, cycle_s: float) -> dict[str, float]:
        """The cycle without its lost time, shared in proportion to the flow ratios."""
        total = sum(self.flow_ratios.values())
        return {stage: (cycle_s - self.lost_s) * ratio / total for stage, ratio in self.flow_ratios.items()}


Volumes = dict[tuple[str, str, str], float]


def movement_volumes(tables: Tables) -> Volumes:
    """Vehicles per hour of the period by (link, link after it, mix)."""
    period = tables.settings.period
    hours = [
        (min(row.end_s, period.end_s) - max(row.begin_s, period.begin_s), row.factor) for row in tables.profile.rows
    ]
    factor = sum(max(length_s, 0) * f for length_s, f in hours) / (period.end_s - period.begin_s)
    found: dict[tuple[str, str, str], float] = defaultdict(float)
    for volume in tables.volumes.rows:
        for path, share in path_shares(tables, volume.link, volume.mix):
            for before, after in pairwise(path):
                found[before, after, volume.mix] += volume.volume_vph * factor * share
    for line in tables.lines.rows:
        for before, after in pairwise(line.links):
            found[before, after, line.mix] += 3600 / line.headway_s * factor
    return found


def lane_groups(tables: Tables, link: str, volumes: Volumes | None = None) -> list[LaneGroup]:
    """The lane groups of an approach. Buses do not tie their own lane to the others of their movement."""
    volumes = movement_volumes(tables) if volumes is None else volumes
    turns = tables.turns_from[link]
    movements: dict[int, set[str]] = {turn.lane: set() for turn in turns}
    for turn in turns:
        if turn.classes == "all":
            movements[turn.lane].add(turn.movement)
    return [_lane_group(tables, link, set(group), volumes) for group in sorted(sharing(movements))]


def _lane_group(tables: Tables, link: str, lanes: set[int], volumes: Volumes) -> LaneGroup:
    vclass = {vehicle.mix: vehicle.vclass for vehicle in tables.vehicles.rows}
    turns = tables.turns_from[link]
    reserved = {turn.movement for turn in turns if turn.classes == "bus"}
    flows: dict[str, float] = defaultdict(float)
    for (before, after, mix), volume_vph in volumes.items():
        if before != link:
            continue
        movement = next(turn.movement for turn in turns if turn.to_link == after)
        wanted = "bus" if vclass[mix] == "bus" and movement in reserved else "all"
        if any(t.to_link == after and t.lane in lanes and t.classes == wanted for t in turns):
            flows[movement] += volume_vph
    total = sum(flows.values())
    headway_h = sum(flow / tables.settings.saturation.of(movement) for movement, flow in flows.items())
    per_lane_vph = total / headway_h if headway_h else tables.settings.saturation.straight_vph
    return LaneGroup(link, tuple(sorted(lanes)), tuple(sorted(flows)), total, per_lane_vph * len(lanes))


def signal_timing(tables: Tables, signal: str, volumes: Volumes | None = None) -> Timing:
    """Flow ratios and cycle of a signal's plan in plan.csv; a movement green in several counts in the first."""
    volumes = movement_volumes(tables) if volumes is None else volumes
    stages = [stage for stage in tables.plan.rows if stage.signal == signal]
    ratios = {}
    counted: set[tuple[str, str]] = set()
    for stage in stages:
        links = dict.fromkeys(link for link, _ in stage.greens)
        groups = [group for link in links for group in lane_groups(tables, link, volumes)]
        new = set(stage.greens) - counted
        counted |= new
        served = [g for g in groups if any((g.link, movement) in new for movement in g.movements)]
        ratios[stage.stage] = max((group.flow_ratio for group in served), default=0.0)
    return Timing(
        flow_ratios=ratios,
        lost_s=tables.settings.saturation.lost_time_per_stage_s * len(stages),
        cycle_s=sum(stage.green_s + stage.yellow_s + stage.all_red_s for stage in stages),
    )
