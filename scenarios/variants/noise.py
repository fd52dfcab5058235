"""Demand noise and scale: how many of each stream depart, drawn by the run's seed, with the mean kept.

Noise: each origin edge and 15-minute interval has a factor of its own from a Gamma distribution of mean 1 and the given
coefficient of variation; vehicles that arrive at random at a rate that varies so have negative binomial counts, the
usual model of traffic counts with more variance than a Poisson process (Washington, Karlaftis, Mannering: Statistical
and econometric methods for transportation data analysis, 2011, ch. 11).

Scale: each stream, from one origin to one destination, is thinned or thickened by the same factor, rounded up or down
at random; which of its vehicles stay out or come twice is drawn too. (SUMO's own `scale` counts explicit vehicles
through in the order of the file, so that whole streams stay or vanish, with every seed.)

The draw depends on the run's seed and the stream alone, so that all controllers meet the same vehicles. Persons,
vehicles with a line, and those that wait for a person or carry one by name are left as they are.
"""

import re
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator
from copy import deepcopy
from dataclasses import replace
from hashlib import sha256
from math import isnan
from pathlib import Path

import numpy as np

from zhasyl.errors import ScenarioError
from zhasyl.files.clock import seconds, sumo_time_s
from zhasyl.scenarios.model import Scenario
from zhasyl.sumo.xml_files import Element, read_root, xml_bytes

INTERVAL_S = 900.0
DEPARTING = frozenset({"vehicle", "trip", "flow", "person", "personFlow", "container", "containerFlow"})
RATE = re.compile(r"exp\((.*)\)")


class Noise:
    """The factors of a scenario's streams."""

    def __init__(
        self,
        variation: float,
        seed: int,
        origins: dict[str, str],
        end_s: float,
        scale: float = 1.0,
        asked_for: Container[str] = (),
    ) -> None:
        self._variation, self._seed, self._origins, self._end_s = variation, seed, origins, end_s
        self._scale, self._asked_for = scale, asked_for

    def factor(self, origin: str, interval: int) -> float:
        """The factor of an origin in the interval that begins at `interval` times 15 minutes."""
        if not self._variation:
            return self._scale
        shape = self._variation**-2
        return self._scale * float(self._random(f"{origin} {interval}").gamma(shape, 1 / shape))

    def apply(self, root: Element) -> bool:
        """Vary the vehicles, trips and flows of a file of routes, and keep them in the order of their departures."""
        before = list(root)
        if not any(self._varies(element) for element in before):
            return False
        copies = self._copies([element for element in before if self._varies(element) and element.tag != "flow"])
        root[:] = _in_order(made for element in before for made in self._made(element, copies))
        return True

    def _varies(self, element: Element) -> bool:
        if (
            element.tag not in ("vehicle", "trip", "flow")
            or element.get("line")
            or element.get("id") in self._asked_for
        ):
            return False
        return element.tag == "flow" or not isnan(sumo_time_s(element.get("depart", "")))

    def _random(self, text: str) -> "np.random.Generator":  # numpy imports it when it is named
        digest = sha256(f"{self._seed} {text}".encode()).digest()
        return np.random.default_rng(int.from_bytes(digest[:8], "big"))

    def _copies(self, vehicles: Iterable[Element]) -> dict[str, int]:
        """How often each vehicle departs, by id."""
        streams: dict[tuple[str, str, int], list[str]] = defaultdict(list)
        for vehicle in vehicles:
            interval = int(sumo_time_s(vehicle.get("depart", "")) // INTERVAL_S) if self._variation else 0
            streams[self._origin(vehicle), _destination(vehicle), interval].append(vehicle.get("id", ""))
        copies: dict[str, int] = {}
        for (origin, destination, interval), names in streams.items():
            total = self._whole(len(names) * self.factor(origin, interval), f"{origin} {destination} {interval} n")
            every, more = divmod(total, len(names))
            drawn = self._random(f"{origin} {destination} {interval} who").permutation(len(names))
            copies.update({names[i]: every + (place < more) for place, i in enumerate(drawn)})
        return copies

    def _made(self, element: Element, copies: dict[str, int]) -> Iterator[Element]:
        if not self._varies(element):
            yield element
        elif element.tag == "flow":
            yield from self._flow(element)
        else:
            for copy in range(copies[element.get("id", "")]):
                made = deepcopy(element)
                if copy:
                    made.set("id", f"{element.get('id')}.noise{copy}")
                yield made

    def _flow(self, flow: Element) -> Iterator[Element]:
        begin_s = sumo_time_s(flow.get("begin", "0"))
        end_s = _end_s(flow, begin_s, self._end_s)
        if not end_s > begin_s:
            yield flow
            return
        number = _number(flow, end_s - begin_s)
        for interval, start_s, stop_s in self._parts(begin_s, end_s):
            name, factor = f"{flow.get('id')}.{interval}", self.factor(self._origin(flow), interval)
            if number is None:
                yield from _random_flow(flow, name, start_s, stop_s, factor)
            else:
                count = self._whole(number * (stop_s - start_s) / (end_s - begin_s) * factor, name)
                if count:
                    yield _even_flow(flow, name, start_s, stop_s, count, float(self._random(f"{name} begin").random()))

    def _parts(self, begin_s: float, end_s: float) -> Iterator[tuple[int, float, float]]:
        """(number, begin, end) of each interval of noise that a flow meets; without noise all of it is one."""
        if not self._variation:
            yield 0, begin_s, end_s
            return
        for interval in range(int(begin_s // INTERVAL_S), int(np.ceil(end_s / INTERVAL_S))):
            yield interval, max(begin_s, interval * INTERVAL_S), min(end_s, (interval + 1) * INTERVAL_S)

    def _whole(self, mean: float, name: str) -> int:
        return int(mean + self._random(name).random())

    def _origin(self, element: Element) -> str:
        route = element.find("route")
        if route is not None:
            return route.get("edges", "").split(" ")[0]
        known = element.get("from") or element.get("fromTaz") or element.get("fromJunction")
        return known or self._origins.get(element.get("route", ""), element.get("route", ""))


def _destination(element: Element) -> str:
    route = element.find("route")
    if route is not None:
        return route.get("edges", "").split(" ")[-1]
    known = element.get("to") or element.get("toTaz") or element.get("toJunction") or element.get("route")
    return known or ""


def _in_order(elements: Iterable[Element]) -> list[Element]:
    """By departure, what has none with what stands before it: SUMO ignores a vehicle that comes after a later one."""
    last_s, timed = -1.0, []
    for element in elements:
        time_s = sumo_time_s(element.get("depart", element.get("begin", "")))
        last_s = last_s if isnan(time_s) else time_s
        timed.append((last_s if element.tag in DEPARTING else -1.0, element))
    return [element for _, element in sorted(timed, key=lambda pair: pair[0])]


def _period_s(flow: Element) -> float | None:
    """The time from one vehicle of a flow to the next; None if it is drawn or not said. Raises ValueError."""
    for key in ("vehsPerHour", "perHour"):
        if flow.get(key):
            return 3600.0 / max(float(flow.get(key, "")), 1e-9)
    text = flow.get("period", "")
    return float(text) if text and not RATE.fullmatch(text) else None


def _end_s(flow: Element, begin_s: float, end_s: float) -> float:
    period_s, number = _period_s(flow), flow.get("number")
    if flow.get("end"):
        return sumo_time_s(flow.get("end", ""))
    return begin_s + period_s * int(number) if period_s and number else end_s


def _number(flow: Element, duration_s: float) -> float | None:
    """How many vehicles of a flow depart; None if chance says so. Raises ValueError."""
    if flow.get("number"):
        return float(flow.get("number", ""))
    period_s = _period_s(flow)
    return None if period_s is None else float(np.ceil(duration_s / period_s - 1e-9))


def _even_flow(flow: Element, name: str, start_s: float, stop_s: float, count: int, phase: float) -> Element:
    """A part of a flow as so many vehicles at even distances, the first `phase` of such a distance after its start."""
    made = deepcopy(flow)
    for key in ("period", "vehsPerHour", "perHour"):
        made.attrib.pop(key, None)
    late_s = phase * (stop_s - start_s) / count
    made.attrib.update(id=name, number=str(count), begin=seconds(start_s + late_s), end=seconds(stop_s + late_s))
    return made


def _random_flow(flow: Element, name: str, start_s: float, stop_s: float, factor: float) -> Iterator[Element]:
    """A part of a flow whose departures SUMO draws; several where its probability would exceed 1."""
    made = deepcopy(flow)
    made.attrib.update(id=name, begin=seconds(start_s), end=seconds(stop_s))
    rate = RATE.fullmatch(flow.get("period", ""))
    if rate:
        made.set("period", f"exp({max(float(rate[1]) * factor, 1e-9):.8g})")
        yield made
        return
    probability = float(flow.get("probability", "0")) * factor
    for number in range(max(int(np.ceil(probability)), 1)):
        part = deepcopy(made)
        part.set("id", f"{name}.{number}" if number else name)
        part.set("probability", f"{probability / max(np.ceil(probability), 1):.8g}")
        yield part


def with_noise(scenario: Scenario, seed: int, folder: Path) -> Scenario:
    """The scenario as a run with this seed meets it: its volumes varied, in files in the folder.

    Raises ScenarioError for a flow whose numbers cannot be read.
    """
    if not scenario.demand_noise and scenario.demand_scale == 1:
        return scenario
    made = dict(_written(scenario, seed, folder))
    return replace(
        scenario,
        route_files=tuple(made[file] for file in scenario.route_files),
        additional_files=tuple(made[file] for file in scenario.additional_files),
    )


def _written(scenario: Scenario, seed: int, folder: Path) -> Iterator[tuple[Path, Path]]:
    for number, (file, root) in enumerate(varied_routes(scenario, seed)):
        made = file
        if root is not None:
            made = folder / f"noise{number}.rou.xml"
            made.write_bytes(xml_bytes(root))
        yield file, made


def varied_routes(scenario: Scenario, seed: int) -> Iterator[tuple[Path, Element | None]]:
    """Each file of demand, with its varied root, None where there is nothing to vary. Raises as `with_noise`."""
    roots = {file: read_root(file) for file in (*scenario.route_files, *scenario.additional_files)}
    origins = {
        route.get("id", ""): route.get("edges", "").split(" ")[0]
        for root in roots.values()
        for route in root.iter("route")
        if route.get("id")
    }
    rides = (ride for root in roots.values() for tag in ("ride", "transport") for ride in root.iter(tag))
    asked_for = frozenset(name for ride in rides for name in ride.get("lines", "").split())
    noise = Noise(scenario.demand_noise, seed, origins, scenario.end_s, scenario.demand_scale, asked_for)
    for file, root in roots.items():
        try:
            changed = noise.apply(root)
        except (ValueError, OverflowError) as error:
            said = f"demand_noise and demand_scale cannot read a flow: {error}; fix it"
            raise ScenarioError(f"scenario '{scenario.id}': {said}") from None
        yield file, root if changed else None
