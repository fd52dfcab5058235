"""Bus lines of a GTFS feed on an imported map: SUMO's stops and routes, departures by timetable and by headway.

A line runs over the streets from its first stop in the map to its last one. It departs when the timetable has it leave
that first stop, stands as long as the timetable says, at least 15 s, and waits for no clock on the way.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from zhasyl.errors import ScenarioError
from zhasyl.files.clock import seconds
from zhasyl.files.csv_table import write_csv
from zhasyl.network import Network
from zhasyl.scenarios.model import Assumption
from zhasyl.scenarios.osm.extract import Box
from zhasyl.scenarios.osm.gtfs_day import Halt, Run, Services, chosen_day, runs_of_day
from zhasyl.scenarios.osm.gtfs_feed import Feed
from zhasyl.scenarios.osm.gtfs_stops import REACH_M, Course, Place, StopFinder, StopPlace
from zhasyl.scenarios.osm.guesses import Guess
from zhasyl.scenarios.osm.network import Plane
from zhasyl.sumo.xml_files import Element, SubElement, write_xml

STOP_FILE, BUS_FILE, LINE_FILE = "bus_stops.add.xml", "buses.rou.xml", "bus_lines.csv"
TYPE = "gtfs-bus"
LEAST_STAND_S = 15.0
DETOUR = 3.0  # a way so many times as long as the straight lines between stops is told
Pattern = tuple[str, tuple[str, ...]]
"""A line and the stops of one of its ways."""


@dataclass(frozen=True)
class Window:
    """What of a feed is wanted: a day as text or '', and the clock times between which buses depart."""

    day: str
    begin_s: float
    end_s: float


@dataclass(frozen=True)
class Buses:
    """What came of a feed."""

    lines: int
    stops: int
    vehicles: int
    guesses: tuple[Guess, ...]
    assumptions: tuple[Assumption, ...]


def bus_lines(feed_file: Path, network: Network, plane: Plane, box: Box, folder: Path, window: Window) -> Buses:
    """Write the stops, buses and a list of the lines. Raises ScenarioError where no bus of the feed runs in the map."""
    feed = Feed(feed_file)
    stops = dict(_stops(feed, plane, box))
    if not stops:
        raise ScenarioError(f"{feed_file}: none of its stops lies in the map; give the feed of this town")
    services = Services(feed)
    day = chosen_day(feed, services, window.day)
    runs = runs_of_day(feed, services.around(day), stops, window.begin_s, window.end_s)
    finder = StopFinder(network)
    by_pattern: dict[Pattern, list[Run]] = defaultdict(list)
    for run in runs:
        by_pattern[run.line, tuple(halt.stop for halt in run.halts)].append(run)
    made = _Made(finder, stops)
    guesses = [guess for pattern, own in sorted(by_pattern.items()) for guess in made.add(pattern, own)]
    if not made.flows:
        raise ScenarioError(
            f"{feed_file}: no bus calls at two stops in the map on {day} within the hour of the scenario; give another "
            "--gtfs-date or --from"
        )
    made.write(folder)
    said = Assumption(
        "bus lines", f"{len(made.rows)} ways of lines as in {feed_file.name} on {day}", "given",
        "from the first stop in the map to the last; stops on the nearest road, ways the shortest between them",
    )  # fmt: skip
    return Buses(len({row[1] for row in made.rows}), len(made.placed), made.vehicles, tuple(guesses), (said,))


def _stops(feed: Feed, plane: Plane, box: Box) -> Iterator[tuple[str, tuple[Place, str]]]:
    """Stop → place in the network and name, of those in the box."""
    table = feed.table("stops")
    for row, stop, lat, lon, name in zip(
        table.index, table.stop_id, table.stop_lat, table.stop_lon, table.stop_name, strict=True
    ):
        if lat.strip() or lon.strip():  # entrances and areas may have none
            north = feed.number("stops", row, "stop_lat", lat, -90, 90)
            east = feed.number("stops", row, "stop_lon", lon, -180, 180)
            if box.holds(north, east):
                yield stop, (plane.xy(north, east), name)


class _Made:
    """The stops and buses in the making."""

    def __init__(self, finder: StopFinder, stops: Mapping[str, tuple[Place, str]]) -> None:
        self._finder, self._stops = finder, stops
        self.placed: dict[tuple[str, str], tuple[str, StopPlace]] = {}
        self.flows: list[tuple[float, Element]] = []
        self.rows: list[tuple[object, ...]] = []
        self.vehicles = 0

    def add(self, pattern: Pattern, runs: list[Run]) -> Iterator[Guess]:
        """One way of a line with its buses; what could not be done or looks wrong."""
        line, names = pattern
        course = self._finder.course([self._stops[name][0] for name in names])
        called = f"{len(names)} stops from {self._named(names[0])} to {self._named(names[-1])}"
        if course is None:
            yield Guess("bus", "", line, "left out", f"{called}: no way on the roads of the map passes two of them")
            return
        for number, name in enumerate(names):
            if number not in course.places:
                yield Guess("bus", name, line, "stop left out", f"{self._named(name)}: no road within {REACH_M:g} m")
        if (factor := self._detour(course, names)) > DETOUR:
            yield Guess("bus", "", line, "detour", f"{called}: its way is {factor:.1f} times as long as straight lines")
        number = len(self.rows)
        count = sum(self._flow(f"bus.{number}.{place}", run, course) for place, run in enumerate(runs))
        headways = sorted({run.headway_s for run in runs if run.headway_s})
        self.vehicles += count
        self.rows.append((
            number, line, len(course.places), self._named(names[0]), self._named(names[-1]), count,
            " ".join(f"{headway_s:g}" for headway_s in headways),
        ))  # fmt: skip

    def _named(self, stop: str) -> str:
        return self._stops[stop][1] or stop

    def _detour(self, course: Course, names: tuple[str, ...]) -> float:
        places = [self._stops[names[number]][0] for number in course.places]
        straight_m = sum(math.dist(one, other) for one, other in pairwise(places))
        return self._finder.length_m(course.edges[1:-1]) / max(straight_m, 1.0)

    def _flow(self, name: str, run: Run, course: Course) -> int:
        """Add the buses of a run; answers how many."""
        if run.headway_s:
            element = Element("flow", id=name, begin=seconds(run.first_s), end=seconds(run.last_s))
            element.set("period", seconds(run.headway_s))
            count = int(-(-(run.last_s - run.first_s) // run.headway_s))
        else:
            element, count = Element("vehicle", id=name, depart=seconds(run.first_s)), 1
        element.attrib.update(type=TYPE, line=run.line, departPos="base", departLane="best", departSpeed="avg")
        SubElement(element, "route", edges=" ".join(course.edges))
        for number, place in course.places.items():
            halt = run.halts[number]
            stands_s = max(LEAST_STAND_S, halt.stands_s)
            SubElement(element, "stop", busStop=self._stop(halt, place), duration=seconds(stands_s))
        self.flows.append((run.first_s, element))
        return count

    def _stop(self, halt: Halt, place: StopPlace) -> str:
        """The id of a stop of the feed on an edge; it may be on another edge for another line."""
        key = halt.stop, place.edge
        if key not in self.placed:
            self.placed[key] = (f"stop.{len(self.placed)}", place)
        return self.placed[key][0]

    def write(self, folder: Path) -> None:
        """The files of SUMO, and the list."""
        root = Element("additional")
        for (stop, edge), (name, place) in self.placed.items():
            SubElement(root, "busStop", {
                "id": name, "lane": self._finder.lane(edge), "startPos": f"{place.begin_m:.1f}",
                "endPos": f"{place.end_m:.1f}", "friendlyPos": "true", "name": self._named(stop),
            })  # fmt: skip
        write_xml(root, folder / STOP_FILE)
        routes = Element("routes")
        SubElement(routes, "vType", id=TYPE, vClass="bus")
        routes.extend(element for _, element in sorted(self.flows, key=lambda one: one[0]))
        write_xml(routes, folder / BUS_FILE)
        header = ("way", "line", "stops", "from", "to", "buses", "headways_s")
        write_csv(folder / LINE_FILE, header, self.rows)


def box_of(places: Iterable[tuple[float, float]]) -> Box:
    """The box of (lat, lon) points."""
    lats, lons = zip(*places, strict=True)
    return Box(min(lons), min(lats), max(lons), max(lats))
