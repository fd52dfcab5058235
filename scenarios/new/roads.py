"""The roads of a table's arms: each direction as links one after another, with a bay's lanes from where it begins.

section   a piece of a road with as many lanes from begin to end: a link. The last one ends at the stop line
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from zhasyl.files.csv_table import Table
from zhasyl.scenarios.new.approaches import Approach
from zhasyl.scenarios.new.arms import Arm, Point, Stream
from zhasyl.scenarios.new.places import LEAST_ROAD_M, Places
from zhasyl.scenarios.new.streams import bay_lanes

BEND_M = 15.0  # beyond the stop line, where a road turns towards an arm that does not face it
STRAIGHT_DEG = 1.0
LEAST_SECTION_M = 5.0
NODE_M = 4.0  # that netconvert takes of a road before and behind a junction where nothing crosses
Joins = tuple[tuple[int, int], ...]
"""(lane, lane of the next section), counted from 1 at the kerb."""


@dataclass(frozen=True)
class Section:
    """A link; `joins` are its connections to the next one."""

    id: str
    lanes: int
    points: tuple[Point, ...]
    joins: Joins = ()

    @property
    def node(self) -> str:
        """The junction at its end, where another section follows."""
        return f"{self.id}_end"


@dataclass(frozen=True)
class Roads:
    """By arm: the sections that lead to its stop line, and those that leave on it (of a shared road the same)."""

    arriving: Mapping[str, tuple[Section, ...]]
    leaving: Mapping[str, tuple[Section, ...]]


def roads_of(table: Table[Approach], places: Places, streams: Mapping[str, tuple[Stream, ...]]) -> Roads:
    """The roads of all arms. Raises ScenarioError for a bay that does not fit its road."""
    arriving = {
        arm.id: tuple(_sections(table, places, arm, streams[arm.id])) for arm in places.arms if arm.enters
    }  # fmt: skip
    leaving = {}
    for arm in places.arms:
        if arm.row.exit_lanes:
            partner = places.partners.get(arm.id)
            leaving[arm.id] = arriving[partner.id] if partner else (_way_out(places, arm),)
    return Roads(arriving, leaving)


def _way_out(places: Places, arm: Arm) -> Section:
    return Section(f"{arm.id}_arm_out", arm.row.exit_lanes, tuple(reversed(_line(places, arm, -1.0))))


def _sections(table: Table[Approach], places: Places, arm: Arm, streams: tuple[Stream, ...]) -> Iterator[Section]:
    """From far to near."""
    line, partner = _line(places, arm, 1.0), places.partners.get(arm.id)
    length_m = sum(math.dist(one, other) for one, other in pairwise(line))
    bays = sorted(bay_lanes(table, arm, streams), reverse=True)
    room_m = length_m - LEAST_ROAD_M
    stages: list[tuple[float, int, Joins]] = []  # metres to the stop line, lanes from there on, how they are reached
    lanes = len(arm.row.turns) - sum(own for _, own, _ in bays)
    if partner and partner.row.exit_lanes != lanes:
        room_m = length_m / 2
        stages.append((room_m, lanes, _joined(partner.row.exit_lanes, lanes)))
    for storage_m, own, left in bays:
        if storage_m > room_m:
            raise table.fault(
                arm.line, f"bays {storage_m:g} m, but their road has room for {max(room_m, 0.0):.0f}; shorten the bay "
                "or give a larger distance_m",
            )  # fmt: skip
        joins = _widened(lanes, own, left)
        lanes += own
        if stages and stages[-1][0] - storage_m < LEAST_SECTION_M + NODE_M:
            from_m, _, before = stages.pop()
            stages.append((from_m, lanes, _composed(before, joins)))
        else:
            stages.append((storage_m + NODE_M, lanes, joins))
    widths = [partner.row.exit_lanes if partner else len(arm.row.turns) - sum(own for _, own, _ in bays)]
    widths += [width for _, width, _ in stages]
    cuts_m = [length_m, *(cut_m for cut_m, _, _ in stages), 0.0]
    onward: list[Joins] = [*(own for _, _, own in stages), ()]
    for number, (width, (from_m, to_m), own_joins) in enumerate(zip(widths, pairwise(cuts_m), onward, strict=True)):
        place = len(widths) - number
        name = arm.in_link if place == 1 else f"{arm.in_link}_{place}"
        yield Section(name, width, tuple(_piece(line, length_m - from_m, length_m - to_m)), own_joins)


def _joined(before: int, after: int) -> Joins:
    """Lanes that become more or fewer at the left edge."""
    grown = [(before, lane) for lane in range(before + 1, after + 1)]
    return (*((lane, min(lane, after)) for lane in range(1, before + 1)), *grown)


def _widened(before: int, added: int, left: bool) -> Joins:
    """Lanes beside which new ones begin, reached from the outermost."""
    kept = [(lane, lane if left else lane + added) for lane in range(1, before + 1)]
    new = [(before, before + n) if left else (1, n) for n in range(1, added + 1)]
    return tuple(sorted([*kept, *new]))


def _composed(first: Joins, second: Joins) -> Joins:
    """The joins of two widenings at one place."""
    return tuple(sorted({(lane, there) for lane, between in first for start, there in second if start == between}))


def _line(places: Places, arm: Arm, side: float) -> list[Point]:
    """From the far end to the stop line, right of the arm's middle for who arrives (side 1) or left (-1)."""
    near = arm.at(places.site_of(arm).stop_m(arm), side * _aside_m(arm))
    partner = places.partners.get(arm.id)
    if partner is None:
        return [arm.at(places.length_m(arm), side * _aside_m(arm)), near]
    beyond_m = places.site_of(partner).stop_m(partner)
    far = partner.at(beyond_m, -side * _aside_m(partner))
    bent = abs((partner.azimuth_deg - arm.azimuth_deg) % 360.0 - 180.0) > STRAIGHT_DEG
    if not bent or places.road_m(arm) < 4 * BEND_M:
        return [far, near]
    return [
        far,
        partner.at(beyond_m + BEND_M, -side * _aside_m(partner)),
        arm.at(places.site_of(arm).stop_m(arm) + BEND_M, side * _aside_m(arm)),
        near,
    ]


def _aside_m(arm: Arm) -> float:
    return (arm.row.island_m or 0.0) / 2


def _piece(line: list[Point], from_m: float, to_m: float) -> Iterator[Point]:
    """The part of a line between two distances from its begin."""
    along_m = 0.0
    yield _point(line, from_m)
    for one, other in pairwise(line):
        along_m += math.dist(one, other)
        if from_m < along_m < to_m and other != line[-1]:
            yield other
    yield _point(line, to_m)


def _point(line: list[Point], at_m: float) -> Point:
    for one, other in pairwise(line):
        length_m = math.dist(one, other)
        if at_m <= length_m or other == line[-1]:
            share = min(max(at_m / length_m, 0.0), 1.0)
            return one[0] + (other[0] - one[0]) * share, one[1] + (other[1] - one[1]) * share
        at_m -= length_m
    return line[-1]
