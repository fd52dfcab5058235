"""How many vehicles an hour make each turn, and how many persons walk: the demand of a scenario's own route files.

Counted before any run. `zhasyl.scenarios.demand.crossings` says across which crossings they walk.

SUMO's `duarouter` expands flows and distributions and routes trips on the empty network; a route that is there is kept.
Counted is who departs in the measured period, each time he passes: the mean over the period, so that a peak within it
is averaged out. What only a run decides is not in it: a run routes trips by the speeds on the roads when they depart
and may reroute vehicles on the way, and some wait for a passenger (`depart="triggered"`).

Flows that draw their departures (`probability`, `period="exp(...)"`) are drawn once with a seed of their own: a count
of n vehicles varies by the square root of n.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import astuple, dataclass, field, replace
from functools import lru_cache
from hashlib import sha256
from itertools import pairwise
from math import isnan
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from zhasyl.errors import ScenarioError
from zhasyl.files.clock import seconds, sumo_time_s
from zhasyl.files.sealed import read_sealed, write_sealed
from zhasyl.scenarios.compile.cache import default_cache
from zhasyl.scenarios.model import Scenario
from zhasyl.scenarios.variants.noise import with_noise
from zhasyl.sumo.inputs.options import ROUTER, ROUTER_NAMES
from zhasyl.sumo.programs import Done, sumo_version, try_program
from zhasyl.sumo.xml_files import Element, top_elements, written_elements

Turn = tuple[str, str]
"""An edge and the edge after it."""

_Way = TypeVar("_Way", Turn, "Walk")

COUNTS_VERSION = 1  # raised when the same files give other volumes
SEED = "1"  # of the draws of random flows: the volumes do not depend on the run's seed
DUAROUTER_LIMIT_S = 1800
NO_DEMAND = "No route input specified or all routes were invalid"  # what duarouter 1.28 says then
DEFAULT_CLASS = "passenger"  # of a type that names none
HEAVY = frozenset({"bus", "coach", "truck", "trailer"})
BESIDE_CARS = frozenset({"bicycle"})  # takes no car's place at a stop line


@dataclass(frozen=True)
class Departure:
    """A vehicle of the demand: when it departs, its SUMO class, the edges it takes and for how many it stands."""

    depart_s: float
    vehicle_class: str
    edges: tuple[str, ...]
    vehicles: float = 1.0  # under a demand_scale, but for the vehicles of a line


@dataclass(frozen=True)
class Walk:
    """A way on foot: the roads in order, and where it begins and ends on the first and last (None: not said)."""

    edges: tuple[str, ...]
    depart_m: float | None = None
    arrival_m: float | None = None


@dataclass(frozen=True)
class Volumes:
    """An hour's demand; turns and walks that nobody takes are left out.

    turns_vph    vehicles from an edge to the next, without bicycles
    heavy_vph    buses and trucks among them
    walks_per_h  persons on each walk
    """

    turns_vph: Mapping[Turn, float] = field(default_factory=dict)
    heavy_vph: Mapping[Turn, float] = field(default_factory=dict)
    walks_per_h: Mapping[Walk, float] = field(default_factory=dict)


def turn_volumes_vph(scenario: Scenario) -> Mapping[Turn, float]:
    """Vehicles an hour from an edge to the next, mean over begin_s to end_s. Raises ScenarioError as `volumes`."""
    return volumes(scenario).turns_vph


@lru_cache(maxsize=8)
def volumes(scenario: Scenario) -> Volumes:
    """The demand from begin_s to end_s, by who departs in it.

    Counted once, and kept in the compile cache. Raises ScenarioError with duarouter's words for a demand that cannot be
    routed.
    """
    rows = kept_rows(scenario, "volumes", lambda: _rows(_count(scenario)))
    turns, heavy = ({(before, after): n for (before, after), n in rows[name]} for name in ("turns", "heavy"))
    return Volumes(turns, heavy, {Walk(tuple(edges), *places): n for (edges, *places), n in rows["walks"]})


def kept_rows(scenario: Scenario, what: str, count: Callable[[], Any]) -> Any:
    """What was counted of a scenario's demand, as JSON holds it: once, then from the compile cache."""
    if not scenario.content:
        return json.loads(json.dumps(count()))
    period = (scenario.begin_s, scenario.end_s, scenario.demand_scale)
    origin = (COUNTS_VERSION, what, sumo_version(), scenario.content, *period)
    file = default_cache() / "demand" / f"{sha256(repr(origin).encode()).hexdigest()}.json"
    kept = read_sealed(file)
    if kept is None:
        kept = json.dumps(count()).encode()
        with suppress(OSError):  # it is counted again then
            write_sealed(file, kept)
    return json.loads(kept)


def _count(scenario: Scenario) -> Volumes:
    with _routed(scenario) as routes:
        return counted(scenario, routes)


def _rows(found: Volumes) -> dict[str, list[tuple[Any, float]]]:
    walks = [(astuple(walk), count) for walk, count in found.walks_per_h.items()]
    return {"turns": [*found.turns_vph.items()], "heavy": [*found.heavy_vph.items()], "walks": walks}


def counted(scenario: Scenario, routes: Path) -> Volumes:
    """The demand in a file of duarouter, by who departs in the scenario's period."""
    motor = [one for one in _measured(scenario, routes) if one.vehicle_class not in BESIDE_CARS]
    heavy = [one for one in motor if one.vehicle_class in HEAVY]
    walks = ((walk, 1.0) for depart_s, walk in read_walks(routes) if measured(scenario, depart_s))
    hours = (scenario.end_s - scenario.begin_s) / 3600.0
    return Volumes(_per_h(_turns(motor), hours), _per_h(_turns(heavy), hours), _per_h(walks, hours))


def _turns(ways: Iterable[Departure]) -> Iterator[tuple[Turn, float]]:
    return ((turn, one.vehicles) for one in ways for turn in pairwise(one.edges))


def _per_h(ways: Iterable[tuple[_Way, float]], hours: float) -> dict[_Way, float]:
    counts: dict[_Way, float] = defaultdict(float)
    for way, count in ways:
        counts[way] += count
    return {way: count / hours for way, count in counts.items()}


def departures(scenario: Scenario) -> list[Departure]:
    """The vehicles that depart in begin_s to end_s, on the empty network. Raises ScenarioError as `volumes`.

    Of a scaled demand one draw, as of random flows.
    """
    with TemporaryDirectory(prefix="zhasyl-") as scratch:
        drawn = with_noise(replace(scenario, demand_noise=0.0), int(SEED), Path(scratch))
        with _routed(drawn) as routes:
            return _measured(replace(drawn, demand_scale=1.0), routes)


def _measured(scenario: Scenario, routes: Path) -> list[Departure]:
    return [one for one in read_departures(routes, scenario.demand_scale) if measured(scenario, one.depart_s)]


@contextmanager
def _routed(scenario: Scenario) -> Iterator[Path]:
    for path in (*scenario.route_files, *scenario.additional_files):
        check_distributions(path)
    with TemporaryDirectory(prefix="zhasyl-") as scratch:
        routes = Path(scratch) / "routes.rou.xml"
        _refuse(scenario, run_duarouter(scenario, routes))
        yield routes


def check_distributions(path: Path) -> None:
    """Raise ScenarioError for a distribution of named routes: duarouter gives them all the same probability."""
    if path.suffix != ".gz" and b"<routeDistribution" not in path.read_bytes():
        return
    for element in top_elements(path):
        if element.tag == "routeDistribution" and (
            element.get("routes") or any(route.get("refId") for route in element.iter("route"))
        ):
            raise ScenarioError(
                f"{path}: routes of the distribution {element.get('id', '')[:80]!r} are named by id, whose shares "
                "duarouter does not keep; write their edges into the distribution"
            )


def run_duarouter(scenario: Scenario, routes: Path, **further: str) -> Done:
    """Let duarouter write every vehicle with its route. From midnight on: with a later `begin` it can hang.

    `further` are options besides or instead of the usual ones, with '_' for '-'. Raises ScenarioError if it hangs.
    """
    options = {
        "net-file": str(scenario.net_file),
        "route-files": ",".join(map(str, scenario.route_files)),
        "additional-files": ",".join(map(str, scenario.additional_files)),
        "end": seconds(scenario.end_s),
        "seed": SEED,
        "output-file": str(routes),
        "alternatives-output": "NUL",
        "unsorted-input": "true",
        "skip-new-routes": "true",
        "ptline-routing": "true",  # else vehicles of a line are left out
        "max-alternatives": str(10**6),  # the default keeps the first 5 routes of a distribution
        "gawron.a": "0",  # the shares of a route distribution stay as they are
        "no-step-log": "true",
        "xml-validation": "never",
        **{ROUTER_NAMES.get(key, key): value for key, value in scenario.sumo_options if key in ROUTER},
        **{key.replace("_", "-"): value for key, value in further.items()},
    }
    return try_program("duarouter", {key: value for key, value in options.items() if value}, DUAROUTER_LIMIT_S)


def _refuse(scenario: Scenario, done: Done) -> None:
    if NO_DEMAND in done.why:
        raise ScenarioError(
            f"scenario {scenario.id!r} has no demand: its route files hold no vehicle, or none whose route is valid; "
            "name files with vehicles, trips or flows"
        )
    if not done.well:
        raise ScenarioError(
            f"scenario {scenario.id!r}: its demand cannot be counted, duarouter says: {done.why}; "
            "fix the route files or choose a controller that needs no volumes"
        )


def read_departures(routes: Path, scale: float = 1.0) -> Iterator[Departure]:
    """The vehicles of a file of duarouter, before they are scaled."""
    classes: dict[str, str] = {}
    for element in written_elements(routes):
        if element.tag == "vType":
            classes[element.get("id", "")] = element.get("vClass", DEFAULT_CLASS)
        elif element.tag == "vehicle":
            vehicle_class = classes.get(element.get("type", ""), DEFAULT_CLASS)
            for route in element.iter("route"):
                stands_for = 1.0 if element.get("line") else scale
                yield Departure(_departure_s(element), vehicle_class, tuple(route.get("edges", "").split()), stands_for)


def read_walks(routes: Path) -> Iterator[tuple[float, Walk]]:
    """The walks of a file of duarouter, each after its person's departure."""
    for element in written_elements(routes):
        if element.tag == "person":
            depart_s, here_m = _departure_s(element), _place_m(element.get("departPos", "0"))
            for part in element:
                there_m = _place_m(part.get("arrivalPos", "")) if part.tag == "walk" else None
                if part.tag == "walk":
                    yield depart_s, Walk(tuple(part.get("edges", "").split()), here_m, there_m)
                here_m = there_m


def measured(scenario: Scenario, departure_s: float) -> bool:
    """Does a trip of this departure count?"""
    return scenario.begin_s <= departure_s < scenario.end_s


def _departure_s(element: Element) -> float:
    """When somebody departs; never (-1) if something else than the clock decides it."""
    depart_s = sumo_time_s(element.get("depart", ""))
    return -1.0 if isnan(depart_s) else depart_s


def _place_m(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None  # 'random', 'max' and the like
