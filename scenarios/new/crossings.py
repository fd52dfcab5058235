"""Crossings on foot: one over an arm, or one a direction where an island lies between them, and who walks there."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from zhasyl.files.csv_table import Table
from zhasyl.scenarios.new.approaches import Approach
from zhasyl.scenarios.new.arms import Arm, Site
from zhasyl.scenarios.new.roads import Roads

SIDEWALK_M = 2.0
CROSSING_M = 4.0
WALK_BESIDE_M = 4.0  # of sidewalk and kerb that belong to a walk over the road
Part = Literal["", "in", "out"]


@dataclass(frozen=True)
class Crossing:
    """`part`: over the lanes that arrive or leave alone; `alone`: it is walked in a stage of its own."""

    id: str
    arm: Arm
    part: Part
    links: tuple[str, ...]
    width_m: float
    alone: bool

    @property
    def walk_m(self) -> float:
        """How far a walk is, as long as nobody has measured it."""
        return self.width_m + WALK_BESIDE_M


def crossings_of(table: Table[Approach], site: Site, roads: Roads) -> list[Crossing]:
    """The crossings of a junction, in the order of its arms. Raises ScenarioError."""
    return [crossing for arm in site.arms for crossing in _of_arm(table, arm, roads)]


def _of_arm(table: Table[Approach], arm: Arm, roads: Roads) -> Iterator[Crossing]:
    row = arm.row
    if row.crossing == "no":
        if row.walkers_ph:
            raise table.fault(arm.line, f"walkers_ph {row.walkers_ph:g}, but crossing no; give it a crossing or nobody")
        return
    arriving = [roads.arriving[arm.id][-1].id] if arm.enters else []
    leaving = [roads.leaving[arm.id][0].id] if row.exit_lanes else []
    alone, base = row.crossing == "alone", f"{arm.id}_crossing"
    if row.island_m is None:
        yield Crossing(base, arm, "", (*arriving, *leaving), row.width_m, alone)
        return
    if not (arriving and leaving):
        text = f"island_m {row.island_m:g} on an arm of one direction; an island lies between two, leave it blank"
        raise table.fault(arm.line, text)
    lane_m = row.lane_width_m
    yield Crossing(f"{base}_in", arm, "in", tuple(arriving), len(row.turns) * lane_m, alone)
    yield Crossing(f"{base}_out", arm, "out", tuple(leaving), row.exit_lanes * lane_m, alone)


def walks_of(site: Site, roads: Roads) -> Iterator[tuple[str, str, float]]:
    """(link, link, persons an hour) from sidewalk to sidewalk over each arm, both ways."""
    ring = site.clockwise()
    for arm in (arm for arm in site.arms if arm.row.walkers_ph):
        place = ring.index(arm)
        around = [*ring[place + 1 :], *ring[:place]]
        one = _sidewalk(roads, [arm, *reversed(around)], clockwise=False)
        other = _sidewalk(roads, [arm, *around], clockwise=True)
        if one and other and one != other:
            yield one, other, arm.row.walkers_ph / 2
            yield other, one, arm.row.walkers_ph / 2


def _sidewalk(roads: Roads, arms: list[Arm], clockwise: bool) -> str:
    """The nearest sidewalk on one side of the first arm: sidewalks lie on the right of who drives."""
    for number, arm in enumerate(arms):
        arrives = roads.arriving[arm.id][-1].id if arm.enters else ""
        leaves = roads.leaving[arm.id][0].id if arm.row.exit_lanes else ""
        own = leaves if clockwise else arrives
        far = arrives if clockwise else leaves
        found = own if number == 0 else far or own
        if found:
            return found
    return ""
