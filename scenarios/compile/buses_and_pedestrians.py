"""Buses that halt and people who cross: checks of their tables, and what SUMO is given of them."""

from collections.abc import Collection, Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from zhasyl.errors import unknown_name
from zhasyl.files.clock import seconds
from zhasyl.files.csv_table import R, Table
from zhasyl.scenarios.tables.geometry import polyline_m
from zhasyl.scenarios.tables.rows import BusLine
from zhasyl.sumo.xml_files import Element, SubElement, write_xml

if TYPE_CHECKING:
    from zhasyl.scenarios.tables.model import Tables

HOUR_S = 3600.0
WALK_FROM_M = 10.0  # of the junction: where pedestrians appear and vanish


def check_buses_and_walkers(tables: "Tables") -> None:
    """Lines follow turns and pass their stops in order, stops fit their links, walks have sidewalks."""
    links, stops = tables.link_by_id, {stop.id: stop for stop in tables.stops.rows}
    mixes = {vehicle.mix for vehicle in tables.vehicles.rows}
    for row, stop in tables.stops.lines:
        _check_known(tables.stops, row, "link", (stop.link,), links)
        length_m = polyline_m(links[stop.link], tables.settings.map)
        if stop.begin_m + stop.length_m > length_m:
            raise tables.stops.fault(row, f"ends at {stop.begin_m + stop.length_m:g} m of {length_m:.0f} m; move it")
    for row, line in tables.lines.lines:
        _check_known(tables.lines, row, "link", line.links, links)
        _check_known(tables.lines, row, "stop", line.stops, stops)
        _check_known(tables.lines, row, "mix", (line.mix,), mixes)
        _check_course(tables, row, line, [stops[name].link for name in line.stops])
    for row, walk in tables.walks.lines:
        _check_known(tables.walks, row, "link", (walk.from_link, walk.to_link), links)
        for link in (links[walk.from_link], links[walk.to_link]):
            if not link.sidewalk_m:
                raise tables.walks.fault(row, f"link '{link.id}' has no sidewalk; give it a sidewalk_m in links.csv")
            if walk.junction not in (link.from_junction, link.to_junction):
                raise tables.walks.fault(row, f"link '{link.id}' does not touch '{walk.junction}'; name one that does")


def _check_known(table: Table[R], row: int, kind: str, names: Iterable[str], known: Collection[str]) -> None:
    for name in names:
        if name not in known:
            raise table.fault(row, unknown_name(kind, name, known))


def _check_course(tables: "Tables", row: int, line: BusLine, stop_links: list[str]) -> None:
    for before, after in pairwise(line.links):
        if not any(turn.to_link == after for turn in tables.turns_from[before]):
            raise tables.lines.fault(row, f"no turn from '{before}' to '{after}'; fix the course or add one")
    course = iter(line.links)
    for link in dict.fromkeys(stop_links):
        if link not in course:
            raise tables.lines.fault(row, f"no stop on '{link}' at this place of the course; list stops in order")


def write_stops(tables: "Tables", file: Path) -> None:
    """Write the bus stops as SUMO's additional file."""
    root = Element("additional")
    for stop in tables.stops.rows:
        lane = tables.link_by_id[stop.link].sumo_lane(1)
        place = {"startPos": f"{stop.begin_m:g}", "endPos": f"{stop.begin_m + stop.length_m:g}"}
        SubElement(root, "busStop", {"id": stop.id, "lane": f"{stop.link}_{lane}", **place, "name": stop.name})
    write_xml(root, file)


def bus_flows(tables: "Tables") -> Iterator[tuple[float, Element]]:
    """(begin, flow) of each line and interval of the profile."""
    for line in tables.lines.rows:
        for number, interval in enumerate(tables.profile.rows):
            rate_per_s = interval.factor / line.headway_s
            if rate_per_s > 0:
                flow = Element("flow", id=f"line.{line.line}.{number}", type=f"mix.{line.mix}")
                flow.attrib.update(_when(interval.begin_s, interval.end_s, rate_per_s))
                flow.attrib.update(departLane="best", departSpeed="max", line=line.line)
                SubElement(flow, "route", edges=" ".join(line.links))
                flow.extend(Element("stop", busStop=s, duration=f"{line.dwell_s:g}") for s in line.stops)
                yield interval.begin_s, flow


def walker_flows(tables: "Tables") -> Iterator[tuple[float, Element]]:
    """(begin, flow) of each pair of sidewalks and interval of the profile."""
    for row, walk in enumerate(tables.walks.rows):
        ends = {"from": walk.from_link, "to": walk.to_link}
        ends["arrivalPos"] = _near(tables, walk.to_link, walk.junction)
        for number, interval in enumerate(tables.profile.rows):
            rate_per_s = walk.walkers_ph * interval.factor / HOUR_S
            if rate_per_s > 0:
                flow = Element("personFlow", id=f"walk.{row}.{number}")
                flow.attrib.update(_when(interval.begin_s, interval.end_s, rate_per_s))
                flow.set("departPos", _near(tables, walk.from_link, walk.junction))
                SubElement(flow, "walk", ends)
                yield interval.begin_s, flow


def _near(tables: "Tables", link: str, junction: str) -> str:
    """A place on a link near one of its ends; SUMO counts from the end what is negative."""
    return f"{-WALK_FROM_M if tables.link_by_id[link].to_junction == junction else WALK_FROM_M:g}"


def _when(begin_s: float, end_s: float, rate_per_s: float) -> dict[str, str]:
    """Random arrivals, a Poisson process."""
    return {"begin": seconds(begin_s), "end": seconds(end_s), "period": f"exp({rate_per_s:.8f})"}
