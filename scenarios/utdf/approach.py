"""The lanes of a link at its stop line, from left to right, and which of them begin only at a turn bay.

Order: u-turn, L2, L, T, R, R2. A group's Shared lets its outer lane serve the next movement on that side too. StLanes
of a group with a Storage are a bay: the left lanes of a left turn, the right ones of a right turn. A Storage with no
StLanes is none, and lanes without a Storage go back to the last node.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from zhasyl.scenarios.plans.utdf_lane_groups import SHARED_LEFT, SHARED_RIGHT
from zhasyl.scenarios.utdf.guesses import Guesses
from zhasyl.scenarios.utdf.town import Group, Link

ONE_STEP_M = 12.0  # bays whose begins lie nearer begin at once: SUMO's edges should not be shorter


@dataclass(frozen=True)
class StopLane:
    """A lane at the stop line. `bay_m` is 0 where it goes all the way; `serves` is empty if the file has no groups."""

    serves: tuple[str, ...]
    width_m: float
    bay_m: float = 0.0
    taper_m: float = 0.0


def stop_lanes(link: Link, default_width_m: float, guesses: Guesses) -> tuple[StopLane, ...]:
    """The lanes of a link from left to right; what does not fit together is mended and noted."""
    lanes = [lane for group in link.groups for lane in _lanes(group)]
    columns = [group.column for group in link.groups]
    if not lanes:
        count = max(link.lanes, 1)
        if any(group.volume_vph for group in link.groups):
            guesses.add("lanes", link.id, link.name, str(count), "no Lanes in [Lanes]; every lane serves all movements")
        served = tuple(group.column for group in link.groups if group.volume_vph)
        return tuple(StopLane(served, default_width_m) for _ in range(count))
    for group in link.groups:
        _share(lanes, group, columns)
    _serve_all(lanes, link, guesses)
    if link.lanes and len(lanes) != link.lanes:
        reason = f"[Links] has {link.lanes} lanes, the lane groups {len(lanes)}"
        guesses.add("lanes", link.id, link.name, str(len(lanes)), reason)
    if all(lane.bay_m for lane in lanes):
        longest = max(range(len(lanes)), key=lambda place: lanes[place].bay_m)
        lanes[longest] = replace(lanes[longest], bay_m=0.0)
        guesses.add("bay", link.id, link.name, "one goes all the way", "all lanes are bays, and the road needs one")
    return _in_steps(lanes)


def _lanes(group: Group) -> Iterator[StopLane]:
    bays = min(group.bay_lanes, group.lanes) if group.storage_m else 0
    for place in range(group.lanes):
        is_bay = place >= group.lanes - bays if group.turn[0] == "R" else place < bays
        bay = (group.storage_m or 0.0, group.taper_m) if is_bay else (0.0, 0.0)
        yield StopLane((group.column,), group.width_m, *bay)


def _share(lanes: list[StopLane], group: Group, columns: list[str]) -> None:
    own = [place for place, lane in enumerate(lanes) if group.column in lane.serves[:1]]
    at = columns.index(group.column)
    if not own:
        return
    if group.shared in SHARED_LEFT and at > 0:
        _add(lanes, own[0], columns[at - 1])
    if group.shared in SHARED_RIGHT and at + 1 < len(columns):
        _add(lanes, own[-1], columns[at + 1])


def _add(lanes: list[StopLane], place: int, column: str) -> None:
    if column not in lanes[place].serves:
        lanes[place] = replace(lanes[place], serves=(*lanes[place].serves, column))


def _serve_all(lanes: list[StopLane], link: Link, guesses: Guesses) -> None:
    """A movement with a volume and no lane takes the nearest one."""
    for group in link.groups:
        if group.volume_vph and not any(group.column in lane.serves for lane in lanes):
            _add(lanes, len(lanes) - 1 if group.turn[0] == "R" else 0, group.column)
            guesses.add("lanes", link.id, link.name, f"{group.column} shares a lane", "it has a Volume and no lane")


def _in_steps(lanes: list[StopLane]) -> tuple[StopLane, ...]:
    """Bays of nearly one length have that of the longest."""
    lengths = sorted({lane.bay_m for lane in lanes if lane.bay_m}, reverse=True)
    become = dict.fromkeys(lengths, 0.0)
    for length in lengths:
        become[length] = length
    for longer, shorter in pairwise(lengths):
        if become[longer] - shorter < ONE_STEP_M:
            become[shorter] = become[longer]
    return tuple(replace(lane, bay_m=become[lane.bay_m]) if lane.bay_m else lane for lane in lanes)


def begins(lanes: tuple[StopLane, ...]) -> list[tuple[float, float]]:
    """(storage, taper) of each begin of bays, the farthest from the stop line first."""
    found: dict[float, float] = {}
    for lane in lanes:
        if lane.bay_m:
            found[lane.bay_m] = max(found.get(lane.bay_m, 0.0), lane.taper_m)
    return sorted(found.items(), reverse=True)


def present(lanes: tuple[StopLane, ...], bay_m: float) -> list[int]:
    """The lanes that are there just before a bay of this length; 0: at the stop line, where all are."""
    return [place for place, lane in enumerate(lanes) if not (bay_m and lane.bay_m) or lane.bay_m > bay_m]


def width_left_of_road_m(lanes: tuple[StopLane, ...], places: list[int]) -> float:
    """How far a piece of a link reaches to the left of its lanes that go all the way."""
    road = min(place for place, lane in enumerate(lanes) if not lane.bay_m)
    return sum(lanes[place].width_m for place in places if place < road)
