"""The tables of roads: junctions, links, turns and crossings."""

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, pairwise
from pathlib import Path

from zhasyl.files.csv_table import write_csv
from zhasyl.scenarios.new.arms import Arm, Point, Stream
from zhasyl.scenarios.new.crossings import CROSSING_M, SIDEWALK_M, Crossing
from zhasyl.scenarios.new.lefts_apart import Paths
from zhasyl.scenarios.new.places import SIGNAL, Places
from zhasyl.scenarios.new.roads import Roads, Section
from zhasyl.scenarios.tables.geometry import EARTH_RADIUS_M

WHY = "table of approaches"
GIVEN = ("inferred", WHY)


def write_network(
    places: Places, roads: Roads, streams: Mapping[str, tuple[Stream, ...]], crossings: Sequence[Crossing],
    paths: Paths, folder: Path,
) -> None:  # fmt: skip
    """Write junctions.csv, links.csv, turns.csv and crossings.csv; `paths` are the ways of some turns."""
    uphill = any(arm.row.grade_percent for arm in places.arms)
    head: tuple[str, ...] = ("id", "lat", "lon", "type", "name", "status", "source", *["height_m"] * uphill)
    rows = ((*row, f"{height_m:.2f}") if uphill else row for row, height_m in _junctions(places, roads))
    write_csv(folder / "junctions.csv", head, rows)
    head = ("id", "from", "to", "name", "lanes", "bus_lane", "lane_width_m", "sidewalk_m", "speed_limit_kmh", "axis",
            "geometry", "status", "source")  # fmt: skip
    write_csv(folder / "links.csv", head, chain.from_iterable(_links(places, roads, arm) for arm in places.arms))
    slips = any(stream.gives_way for own in streams.values() for stream in own)
    head = ("from_link", "lane", "to_link", "to_lane", "movement", "classes", *["control"] * slips,
            *["path"] * bool(paths))  # fmt: skip
    turns = (
        (*row, *["give-way" * gives_way] * slips, *[_geometry(paths.get(row[:3], ()))] * bool(paths))
        for arm in places.arms if arm.enters for row, gives_way in _turns(roads, arm, streams[arm.id])
    )  # fmt: skip
    write_csv(folder / "turns.csv", head, turns)
    head = ("id", "junction", "links", "width_m", "status", "source")
    rows = ((c.id, c.arm.site, " ".join(c.links), CROSSING_M, *GIVEN) for c in crossings)
    write_csv(folder / "crossings.csv", head, rows)


def _junctions(places: Places, roads: Roads) -> Iterator[tuple[tuple[object, ...], float]]:
    """(row, height): signals, ends, and where lanes begin or end between them."""
    for site in places.sites.values():
        name = "" if site.id == SIGNAL else site.id
        origin = (0, 0) if site.arms[0].centre == (0, 0) else _degrees(site.arms[0].centre)
        yield (site.id, *origin, "signal", name, *GIVEN), places.heights_m[site.id]
    for arm in places.arms:
        if arm.id not in places.partners:
            there = _degrees(arm.at(places.length_m(arm)))
            yield (f"{arm.id}_end", *there, "end", arm.row.name, *GIVEN), _end_m(places, arm)
    for arm in places.arms:
        sections = roads.arriving.get(arm.id, ())
        height_m, ahead_m = places.heights_m[arm.site], 0.0
        rise = (places.heights_m[arm.site] - _end_m(places, arm)) / places.length_m(arm)
        for section, after in reversed(list(pairwise(sections))):
            ahead_m += math.dist(after.points[0], after.points[-1])
            stop_m = places.site_of(arm).stop_m(arm)
            at = (section.node, *_degrees(section.points[-1]), "link", "", *GIVEN)
            yield at, height_m - rise * (ahead_m + stop_m)


def _end_m(places: Places, arm: Arm) -> float:
    """How high the other end of an arm lies."""
    partner = places.partners.get(arm.id)
    if partner:
        return places.heights_m[partner.site]
    return places.heights_m[arm.site] - arm.row.grade_percent / 100.0 * places.length_m(arm)


def _links(places: Places, roads: Roads, arm: Arm) -> Iterator[tuple[object, ...]]:
    partner = places.partners.get(arm.id)
    far = partner.site if partner else f"{arm.id}_end"
    sections = roads.arriving.get(arm.id, ())
    nodes = [far, *(section.node for section in sections[:-1]), arm.site]
    for section, start, end in zip(sections, nodes, nodes[1:], strict=False):
        yield _link(arm, section, start, end)
    if arm.row.exit_lanes and not partner:
        yield _link(arm, roads.leaving[arm.id][0], arm.site, far)


def _link(arm: Arm, section: Section, start: str, end: str) -> tuple[object, ...]:
    row = arm.row
    geometry = _geometry(section.points)
    shared = (row.lane_width_m, SIDEWALK_M, row.speed_limit_kmh, "left")
    return section.id, start, end, row.name, section.lanes, "", *shared, geometry, *GIVEN


def _geometry(points: Sequence[Point]) -> str:
    return "; ".join(" ".join(map(str, _degrees(point))) for point in points)


def _degrees(point: Point) -> tuple[float, float]:
    """Latitude and longitude of a point, in metres from 0° N 0° E."""
    per_m = 1 / (math.radians(1) * EARTH_RADIUS_M)
    return round(point[1] * per_m, 8) + 0.0, round(point[0] * per_m, 8) + 0.0


def _turns(
    roads: Roads, arm: Arm, streams: Sequence[Stream]
) -> Iterator[tuple[tuple[str, int, str, int, str, str], bool]]:
    """(row, does it give way beside the signal?)"""
    sections = roads.arriving[arm.id]
    for section, after in pairwise(sections):
        for lane, to_lane in section.joins:
            yield (section.id, lane, after.id, to_lane, "straight", "all"), False
    for stream in streams:
        target = roads.leaving[stream.exit.id][0]
        first = target.lanes - len(stream.lanes) + 1 if stream.movement in ("left", "u-turn") else 1
        for number, lane in enumerate(stream.lanes):
            row = (sections[-1].id, lane, target.id, first + number, stream.movement, "all")
            yield row, stream.gives_way
