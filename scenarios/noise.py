"""Demand noise: the volume of each origin varies from quarter-hour to quarter-hour, with its mean kept.

Each origin edge and 15-minute interval has a factor of its own from a Gamma distribution of mean 1 and the given
coefficient of variation; vehicles that arrive at random at a rate that varies so have negative binomial counts, the
usual model of traffic counts with more variance than a Poisson process (Washington, Karlaftis, Mannering: Statistical
and econometric methods for transportation data analysis, 2011, ch. 11). The draw depends on the run's seed, origin and
interval alone, so that all controllers meet the same vehicles. Persons and vehicles with a line are left as they are.
"""

import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from hashlib import sha256
from math import isnan
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np

from zhasyl.errors import ScenarioError
from zhasyl.scenarios.clock import sumo_time_s
from zhasyl.scenarios.model import Scenario
from zhasyl.sumo.xml_files import read_root

INTERVAL_S = 900.0


class Noise:
    """The factors of a scenario's origins."""

    def __init__(self, variation: float, seed: int, origins: dict[str, str], end_s: float) -> None:
        self._variation, self._seed, self._origins, self._end_s = variation, seed, origins, end_s

    def factor(self, origin: str, interval: int) -> float:
        """The factor of an origin in the interval that begins at `interval` times 15 minutes."""
        shape = self._variation**-2
        return float(self._random(f"{origin} {interval}").gamma(shape, 1 / shape))

    def apply(self, root: ET.Element) -> bool:
        """Vary the vehicles, trips and flows of a file of routes."""
        before = list(root)
        root[:] = [made for element in before for made in self._made(element)]
        return len(root) != len(before) or any(one is not other for one, other in zip(root, before, strict=True))

    def _random(self, text: str) -> np.random.Generator:
        digest = sha256(f"{self._seed} {text}".encode()).digest()
        return np.random.default_rng(int.from_bytes(digest[:8], "big"))

    def _made(self, element: ET.Element) -> Iterator[ET.Element]:
        if element.tag not in ("vehicle", "trip", "flow") or element.get("line"):
            yield element
        elif element.tag == "flow":
            yield from self._flow(element)
        else:
            depart_s = sumo_time_s(element.get("depart", ""))
            mean = 1.0 if isnan(depart_s) else self.factor(self._origin(element), int(depart_s // INTERVAL_S))
            for copy in range(self._whole(mean, element.get("id", ""))):
                made = deepcopy(element)
                if copy:
                    made.set("id", f"{element.get('id')}.noise{copy}")
                yield made

    def _flow(self, flow: ET.Element) -> Iterator[ET.Element]:
        begin_s, end_s = sumo_time_s(flow.get("begin", "0")), sumo_time_s(flow.get("end", str(self._end_s)))
        if not end_s > begin_s:
            yield flow
            return
        for interval in range(int(begin_s // INTERVAL_S), int(np.ceil(end_s / INTERVAL_S))):
            start_s, stop_s = max(begin_s, interval * INTERVAL_S), min(end_s, (interval + 1) * INTERVAL_S)
            made = self._part(flow, interval, (stop_s - start_s) / (end_s - begin_s))
            if made is not None:
                made.set("begin", f"{start_s:g}")
                made.set("end", f"{stop_s:g}")
                yield made

    def _part(self, flow: ET.Element, interval: int, share: float) -> ET.Element | None:
        factor, name = self.factor(self._origin(flow), interval), f"{flow.get('id')}.{interval}"
        made = deepcopy(flow)
        made.set("id", name)
        if flow.get("number"):
            number = self._whole(float(flow.get("number", "0")) * share * factor, name)
            made.set("number", str(number))
            return made if number else None
        for key in ("vehsPerHour", "perHour"):
            if flow.get(key):
                made.set(key, f"{float(flow.get(key, '0')) * factor:.6g}")
        if flow.get("probability"):
            made.set("probability", f"{min(1.0, float(flow.get('probability', '0')) * factor):.6g}")
        if flow.get("period"):
            made.set("period", _varied_period(flow.get("period", ""), max(factor, 1e-6)))
        return made

    def _whole(self, mean: float, name: str) -> int:
        return int(mean + self._random(name).random())

    def _origin(self, element: ET.Element) -> str:
        route = element.find("route")
        if route is not None:
            return route.get("edges", "").split(" ")[0]
        known = element.get("from") or element.get("fromTaz") or element.get("fromJunction")
        return known or self._origins.get(element.get("route", ""), element.get("route", ""))


def _varied_period(text: str, factor: float) -> str:
    """A flow's period, in seconds or as exp(vehicles per second). Raises ValueError."""
    rate = re.fullmatch(r"exp\((.*)\)", text)
    return f"exp({float(rate[1]) * factor:.8g})" if rate else f"{float(text) / factor:.6g}"


def with_noise(scenario: Scenario, seed: int, folder: Path) -> Scenario:
    """The scenario as a run with this seed meets it: its volumes varied, in files in the folder.

    Raises ScenarioError for a flow whose numbers cannot be read.
    """
    if not scenario.demand_noise:
        return scenario
    routes = []
    for number, (file, root) in enumerate(varied_routes(scenario, seed)):
        if root is not None:
            file = folder / f"noise{number}.rou.xml"
            file.write_bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))
        routes.append(file)
    return replace(scenario, route_files=tuple(routes))


def varied_routes(scenario: Scenario, seed: int) -> Iterator[tuple[Path, ET.Element | None]]:
    """Each file of routes, with its varied root, None where there is nothing to vary. Raises as `with_noise`."""
    files = (*scenario.route_files, *scenario.additional_files)
    origins = {
        route.get("id", ""): route.get("edges", "").split(" ")[0]
        for file in files
        for route in read_root(file).iter("route")
        if route.get("id")
    }
    noise = Noise(scenario.demand_noise, seed, origins, scenario.end_s)
    for file in scenario.route_files:
        root = read_root(file)
        try:
            yield file, root if noise.apply(root) else None
        except (ValueError, OverflowError) as error:
            said = f"demand_noise cannot read a flow: {error}; mend it"
            raise ScenarioError(f"scenario '{scenario.id}': {said}") from None
