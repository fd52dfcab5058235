"""The default plan: stages, Webster's cycle and greens, and of junctions in a row a common cycle with offsets.

offset   the green of the road between two junctions begins, at the second one, when who left the first one at the begin
         of its green arrives at the speed limit: in the direction in which more drive, over all roads between junctions
"""

import math
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from zhasyl.files.csv_table import write_csv
from zhasyl.scenarios.new.arms import Arm
from zhasyl.scenarios.new.crossings import Crossing
from zhasyl.scenarios.new.greens import ALL_RED_S, YELLOW_S, Load, balanced, cycle_of, greens_of, stage_ratios
from zhasyl.scenarios.new.places import Places
from zhasyl.scenarios.new.saturation import Loaded
from zhasyl.scenarios.new.stages import Stage
from zhasyl.scenarios.new.streams import Volumes as Streamed
from zhasyl.scenarios.new.webster import Timing, Volumes, lane_groups
from zhasyl.scenarios.tables.model import Tables

MOST_DEGREE = 3.0  # that is told from a movement without any green
MIN_GREEN_S, WALK_S, WALKING_MPS = 7.0, 5.0, 1.2


@dataclass(frozen=True)
class Plan:
    """The plan of a signal."""

    signal: str
    stages: tuple[Stage, ...]
    greens_s: tuple[float, ...]
    offset_s: float = 0.0

    @property
    def cycle_s(self) -> float:
        return cycle_of(self.greens_s)

    def begin_s(self, arm: Arm) -> float:
        """From the begin of the plan to that of the first green straight on from an arm, else of any of its greens."""
        begins_s = [sum(self.greens_s[:n]) + n * (YELLOW_S + ALL_RED_S) for n in range(len(self.stages))]
        own = [(begin_s, dict(stage.greens).get(arm, ())) for begin_s, stage in zip(begins_s, self.stages, strict=True)]
        straight = [begin_s for begin_s, movements in own if "straight" in movements]
        return next(iter(straight or [begin_s for begin_s, movements in own if movements]), 0.0)


def write_plans(plans: Sequence[Plan], folder: Path) -> None:
    """Write plan.csv."""
    columns = ("signal", "stage", "greens", "crossings", "green_s", "yellow_s", "all_red_s", "offset_s")
    write_csv(folder / "plan.csv", columns, (row for plan in plans for row in _rows(plan)))


def _rows(plan: Plan) -> Iterator[tuple[object, ...]]:
    for stage, green_s in zip(plan.stages, plan.greens_s, strict=True):
        greens = " ".join(f"{arm.in_link}:{'+'.join(movements)}" for arm, movements in stage.greens)
        crossings = " ".join(crossing.id for crossing in stage.crossings)
        yield plan.signal, stage.name, greens, crossings, f"{green_s:g}", YELLOW_S, ALL_RED_S, f"{plan.offset_s:g}"


def least_greens(stages: Sequence[Stage], measured_m: Mapping[str, float]) -> list[float]:
    """Long enough for the walk and the clearance of the crossings in each stage."""
    return [max([MIN_GREEN_S, *(_walk_s(one, measured_m) for one in stage.crossings)]) for stage in stages]


def _walk_s(crossing: Crossing, measured_m: Mapping[str, float]) -> float:
    clearance_s = max(0.0, measured_m.get(crossing.id, 0.0) / WALKING_MPS - YELLOW_S)
    return WALK_S + max(math.ceil(crossing.walk_m / WALKING_MPS) - YELLOW_S + 1, math.ceil(clearance_s))


def by_flows(tables: Tables, stages: Sequence[Stage], volumes: Volumes) -> Timing:
    """Flow ratios of the stages, of the lane groups' volumes by their saturation flows."""
    ratios = stage_ratios(list(_loads(tables, stages, volumes)), len(stages))
    return _timing(ratios, tables.settings.saturation.lost_time_per_stage_s * len(stages))


def by_degrees(plan: Plan, loaded: Sequence[Loaded]) -> Timing:
    """Flow ratios of the stages as a plan's degrees of saturation have them: with waiting for gaps and for walkers."""
    loads: list[Load] = []
    for one in loaded:
        green = frozenset(
            n for n, stage in enumerate(plan.stages)
            for arm, movements in stage.greens if arm.in_link == one.approach and set(movements) & set(one.turns)
        )  # fmt: skip
        if green and one.degree is not None:
            share = sum(plan.greens_s[n] for n in green) / plan.cycle_s
            loads.append((min(one.degree, MOST_DEGREE) * share, green))
    return _timing(stage_ratios(loads, len(plan.stages)), (YELLOW_S + ALL_RED_S) * len(plan.stages))


def _timing(ratios: Sequence[float], lost_s: float) -> Timing:
    return Timing({str(number): ratio for number, ratio in enumerate(ratios)}, lost_s, 0.0)


def _loads(tables: Tables, stages: Sequence[Stage], volumes: Volumes) -> Iterator[Load]:
    arms = dict.fromkeys(arm for stage in stages for arm, _ in stage.greens)
    for arm in arms:
        green = [dict(stage.greens).get(arm, ()) for stage in stages]
        for group in lane_groups(tables, arm.in_link, volumes):
            own = [{n for n, movements in enumerate(green) if movement in movements} for movement in group.movements]
            shown = [stages for stages in own if stages]
            if shown:
                yield group.flow_ratio, frozenset(set.intersection(*shown) or set.union(*shown))


def made_plans(
    stages: Mapping[str, Sequence[Stage]], timings: Mapping[str, Timing], least_s: Mapping[str, list[float]]
) -> list[Plan]:
    """Webster's plans, all with the longest cycle of any."""
    greens_s = {signal: greens_of(timings[signal], least_s[signal]) for signal in stages}
    cycle_s = max(map(cycle_of, greens_s.values()))
    return [
        Plan(signal, tuple(own), tuple(balanced(timings[signal], greens_s[signal], least_s[signal], cycle_s)))
        for signal, own in stages.items()
    ]


def coordinated(plans: Sequence[Plan], places: Places, volumes: Streamed) -> list[Plan]:
    """With offsets by travel time from the first junction on."""
    by_signal = {plan.signal: plan for plan in plans}
    arriving: dict[str, float] = {}
    for (arm, _), per_hour in volumes.items():
        arriving[arm] = arriving.get(arm, 0.0) + per_hour
    roads = list(_tree(places))
    outward = sum(arriving.get(there.id, 0.0) - arriving.get(here.id, 0.0) for here, there in roads) >= 0
    for here, there in roads:
        first, second = by_signal[here.site], by_signal[there.site]
        travel_s = places.length_m(there) / (there.row.speed_limit_kmh / 3.6)
        ahead = places.site_of(here).ahead(here)  # who drives on from here to there comes from the other side
        beyond = places.site_of(there).ahead(there)
        if outward:
            begin_s = first.begin_s(ahead) if ahead else 0.0
            shift_s = begin_s + travel_s - second.begin_s(there)
        else:
            begin_s = second.begin_s(beyond) if beyond else 0.0
            shift_s = first.begin_s(here) - travel_s - begin_s
        offset_s = round(first.offset_s + shift_s) % second.cycle_s
        by_signal[there.site] = replace(second, offset_s=float(offset_s))
    return list(by_signal.values())


def _tree(places: Places) -> Iterator[tuple[Arm, Arm]]:
    """The roads from the first junction on by which each other one is reached first: (arm here, arm there)."""
    first = next(iter(places.sites))
    seen, open_sites = {first}, deque([first])
    while open_sites:
        for arm in places.sites[open_sites.popleft()].arms:
            partner = places.partners.get(arm.id)
            if partner and partner.site not in seen:
                seen.add(partner.site)
                open_sites.append(partner.site)
                yield arm, partner
