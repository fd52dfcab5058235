"""Who wants to go where, counted before any run: what the route files plan, and what duarouter makes of it."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from zhasyl.errors import ScenarioError
from zhasyl.files.clock import sumo_time_s
from zhasyl.scenarios.demand.volumes import (
    BESIDE_CARS,
    Turn,
    Volumes,
    check_distributions,
    counted,
    measured,
    read_departures,
    run_duarouter,
)
from zhasyl.scenarios.model import Scenario
from zhasyl.sumo.xml_files import Element, top_elements

VEHICLES, PERSONS = frozenset({"vehicle", "trip", "flow"}), frozenset({"person", "personFlow"})
PLANNED = VEHICLES | PERSONS
WALKS = frozenset({"walk", "personTrip"})
ALL_INVALID = "all routes were invalid"
NAMED = re.compile(r"\b(?:vehicle|trip|flow|person|container) '([^']*)'")
LOST = re.compile(
    r"not known|not connected|no valid route|no edges|plan is empty|no (?:valid )?(?:route|path|connection)"
    r"|(?:route|path|connection)s? (?:not |could not be )found|disconnected|mandatory edge|not allowed|no lane",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Planned:
    """A row of a route file: one departure, or a flow from its first to its last; seconds since midnight."""

    id: str
    person: bool
    walks: bool
    first_s: float
    last_s: float


@dataclass(frozen=True)
class Demand:
    """The demand of a scenario on its network.

    volumes      of an hour, mean over the period
    passages     edge → trips that pass it, warm-up included
    vehicles     trips that depart in the period and have a route
    unroutable   id → why it has no route
    refusal      why nothing could be counted, '' if it could
    """

    planned: tuple[Planned, ...] = ()
    volumes: Volumes = field(default_factory=Volumes)
    turns: Mapping[Turn, int] = field(default_factory=dict)
    passages: Mapping[str, int] = field(default_factory=dict)
    vehicles: int = 0
    unroutable: Mapping[str, str] = field(default_factory=dict)
    refusal: str = ""


def read_demand(scenario: Scenario) -> Demand:
    """Count a scenario's demand; what cannot be counted stands in `refusal`. Raises ScenarioError for broken XML."""
    files = (*scenario.route_files, *scenario.additional_files)
    planned = tuple(row for file in files for row in _planned(file, scenario))
    try:
        for file in files:
            check_distributions(file)
        with TemporaryDirectory(prefix="zhasyl-") as scratch:
            return _routed(scenario, planned, Path(scratch) / "routes.rou.xml")
    except ScenarioError as error:
        return Demand(planned, refusal=str(error))


def _routed(scenario: Scenario, planned: tuple[Planned, ...], routes: Path) -> Demand:
    done = run_duarouter(scenario, routes, ignore_errors="true")
    unroutable = _unroutable(done.said)
    if not done.well or not routes.is_file():
        said = [line.removeprefix("Error: ") for line in done.said if line.startswith("Error")]
        first = next((line for line in said if ALL_INVALID not in line), "")
        return Demand(planned, unroutable=unroutable, refusal=f"duarouter says: {first[:300]}" if first else "")
    passages: Counter[str] = Counter()
    turns: Counter[Turn] = Counter()
    vehicles = 0
    for one in read_departures(routes):
        if one.vehicle_class in BESIDE_CARS:
            continue
        passages.update(one.edges)
        turns.update(pairwise(one.edges))
        if measured(scenario, one.depart_s):
            vehicles += 1
    return Demand(planned, counted(scenario, routes), turns, passages, vehicles, unroutable)


def _unroutable(said: Iterable[str]) -> dict[str, str]:
    """Who duarouter says has no route, with the first reason it gives."""
    found: dict[str, str] = {}
    for line in said:
        named = NAMED.search(line)
        if named and LOST.search(line):
            found.setdefault(named.group(1), line.split(":", 1)[-1].strip())
    return found


def _planned(file: Path, scenario: Scenario) -> Iterator[Planned]:
    for top in top_elements(file):
        for element in top.iter("flow") if top.tag == "calibrator" else (top,) if top.tag in PLANNED else ():
            first_s, last_s = _times(element, scenario)
            if not math.isnan(first_s + last_s):
                walks = any(child.tag in WALKS for child in element)
                yield Planned(element.get("id", ""), element.tag in PERSONS, walks, first_s, last_s)


def _times(element: Element, scenario: Scenario) -> tuple[float, float]:
    """First and last departure; NaN where something else than the clock decides."""
    if "depart" in element.attrib:
        at_s = sumo_time_s(element.attrib["depart"])
        return at_s, at_s
    return sumo_time_s(element.get("begin", f"{scenario.start_s}")), sumo_time_s(
        element.get("end", f"{scenario.end_s}")
    )
