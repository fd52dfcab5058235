"""What a map leaves open about roads and has to be guessed: speeds and lanes, each with its reason.

netconvert's own defaults are rural: 100 km/h on a secondary road, 80 km/h on a tertiary one. In a town a road
without a sign has the town's limit. Lane defaults are per direction, by class of road.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from zhasyl.scenarios.osm.extract import OsmMap, Tags
from zhasyl.scenarios.osm.implicit_speeds import implicit_kmh

KMH_PER_MPH = 1.609344
SLOW_KMH = {"living_street": 20.0}  # by law in most of the countries that sign them
FAST = frozenset({"motorway"})
FASTEST_KMH, MOST_LANES = 140.0, 12
LANES_EACH_WAY = {"motorway": 2, "trunk": 2, "primary": 2}
MIDDLE = ("lanes:both_ways", "turn:lanes:both_ways", "change:lanes:both_ways", "turn:both_ways")
MOTORWAY_KMH = 90.0  # what signs may allow at most in towns of Kazakhstan


@dataclass(frozen=True, order=True)
class Guess:
    """Something about a way, node or signal that the map does not say. `osm_id` is '' for the whole map."""

    kind: str
    osm_id: str
    name: str
    value: str
    reason: str


def fill_gaps(roads: OsmMap, town_kmh: float) -> tuple[OsmMap, list[Guess]]:
    """The roads with a speed and lanes on each, and what was guessed."""
    guesses: list[Guess] = []
    ways = []
    for way in roads.ways:
        tags = dict(way.tags)
        for kind, value, reason in (*_speed(tags, town_kmh), *_lanes(tags)):
            guesses.append(Guess(kind, str(way.osm_id), way.name, value, reason))
        ways.append(replace(way, tags=tags))
    return replace(roads, ways=tuple(ways)), list(dict.fromkeys(guesses))


def is_oneway(tags: Tags) -> bool:
    """One direction only, as OSM implies it too for roundabouts and motorways."""
    said = tags.get("oneway", "")
    if said in ("yes", "true", "1", "-1", "reverse"):
        return True
    return not said and (
        tags.get("junction") in ("roundabout", "circular") or tags.get("highway") in ("motorway", "motorway_link")
    )


def _speed(tags: Tags, town_kmh: float) -> Iterator[tuple[str, str, str]]:
    """Set maxspeed to a number of km/h."""
    said = tags.get("maxspeed", "")
    kmh = _kmh(said) or implicit_kmh(tags)
    if kmh is None:
        road = tags["highway"]
        kmh = SLOW_KMH.get(road, MOTORWAY_KMH if road in FAST and said == "" else town_kmh)
        reason = f"maxspeed '{said[:40]}' is no speed from 5 to {FASTEST_KMH:g} km/h" if said else "no maxspeed mapped"
        yield "speed", f"{kmh:g} km/h", f"{reason}; default of a {road} road"
    tags["maxspeed"] = f"{kmh:g}"


def _kmh(text: str) -> float | None:
    found = re.fullmatch(r"(\d{1,3}(?:\.\d+)?)\s*(km/h|kmh|kph|mph)?", text.strip())
    if not found:
        return None
    kmh = float(found[1]) * (KMH_PER_MPH if found[2] == "mph" else 1)
    return kmh if 5 <= kmh <= FASTEST_KMH else None


def _lanes(tags: Tags) -> Iterator[tuple[str, str, str]]:
    """Set lanes, and lanes:forward and lanes:backward where they differ."""
    oneway = is_oneway(tags)
    ways = ("forward",) if oneway else ("forward", "backward")
    each = {way: _count(tags.get(f"lanes:{way}", "")) or _arrows(tags, way, oneway) for way in ways}
    said = tags.get("lanes", "")
    middle = 0 if oneway else _count(tags.get("lanes:both_ways", "")) or 0
    total = sum(number or 0 for number in each.values()) if all(each.values()) else _less(_count(said), middle)
    if total is None:
        total = LANES_EACH_WAY.get(tags["highway"], 1) * len(ways)
        reason = f"lanes '{said[:40]}' is no number from 1 to {MOST_LANES}" if said else "no lanes mapped"
        yield "lanes", f"{total}", f"{reason}; default of a {tags['highway']} road"
    if middle:
        yield "lanes", f"{middle} in the middle left out", "lanes:both_ways: a lane of SUMO's has one direction"
        for key in MIDDLE:
            tags.pop(key, None)
    if not oneway and total > 1:
        yield from _split(tags, total, each)
    tags["lanes"] = str(total)


def _less(total: int | None, middle: int) -> int | None:
    """Lanes that have a direction; None where `lanes` does not hold one each way beside those in the middle."""
    return total if total is None or not middle else total - middle if total - middle > 1 else None


def _split(tags: Tags, total: int, each: dict[str, int | None]) -> Iterator[tuple[str, str, str]]:
    """Share lanes between the two directions of a road."""
    forward, backward = each["forward"], each["backward"]
    if forward is None and backward is None:
        forward, backward = (total + 1) // 2, total // 2
        if total % 2:
            yield "lanes", f"{forward} forward, {backward} backward", f"{total} lanes mapped, not by direction"
    elif forward is None or backward is None:
        known = forward or backward or 1
        rest = max(total - known, 1)
        forward, backward = (known, rest) if backward is None else (rest, known)
    tags["lanes:forward"], tags["lanes:backward"] = str(forward), str(backward)


def _count(text: str) -> int | None:
    number = int(text) if text.isdecimal() and len(text) < 3 else 0
    return number if 1 <= number <= MOST_LANES else None


def _arrows(tags: Tags, way: str, oneway: bool) -> int | None:
    """Lanes by their turn arrows."""
    arrows = tags.get(f"turn:lanes:{way}") or (tags.get("turn:lanes") if oneway else None)
    return _count(str(arrows.count("|") + 1)) if arrows else None
