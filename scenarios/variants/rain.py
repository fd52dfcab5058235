"""Rain: every vehicle type drives slower and keeps a longer headway.

light   speed -6 %, saturation flow about -5 % (tau divided by 0.95)
heavy   speed -10 %, saturation flow about -10 % (tau divided by 0.90)

Source: FHWA Road Weather Management, "How do weather events impact roads?": free-flow speed -2 to -13 % in light and
-6 to -17 % in heavy rain, capacity -4 to -11 % and -10 to -30 %. The figures above lie in those ranges.
"""

import re
from collections.abc import Mapping
from dataclasses import replace

from zhasyl.scenarios.compile.cache import changed, stored
from zhasyl.scenarios.model import Scenario
from zhasyl.sumo.xml_files import Element, SubElement

FACTORS: Mapping[str, tuple[float, float]] = {"light": (0.94, 0.95), "heavy": (0.90, 0.90)}  # speed, flow
DEFAULT_TYPE = "DEFAULT_VEHTYPE"
SPEED_DEVIATION = "0.1"  # SUMO's for passenger cars
TAU_S = 1.0  # SUMO's
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")


def with_rain(scenario: Scenario, rain: str) -> Scenario:
    """The scenario in `light` or `heavy` rain."""
    deviation = dict(scenario.sumo_options).get("default.speeddev", SPEED_DEVIATION)
    seen: set[str] = set()

    def wet(root: Element) -> bool:
        types = [element for element in root.iter("vType") if element.get("vClass") != "pedestrian"]
        for element in types:
            make_wet(element, rain, deviation)
        seen.update(element.get("id", "") for tag in ("vType", "vTypeDistribution") for element in root.iter(tag))
        return bool(types)

    routes = tuple(changed(file, wet, f"rain={rain}") for file in scenario.route_files)
    additional = tuple(changed(file, wet, f"rain={rain}") for file in scenario.additional_files)
    if DEFAULT_TYPE not in seen:
        root = Element("additional")
        make_wet(SubElement(root, "vType", id=DEFAULT_TYPE), rain, deviation)
        additional = (stored(root, rain, "rain.add.xml"), *additional)
    return replace(scenario, route_files=routes, additional_files=additional)


def make_wet(element: Element, rain: str, deviation: str = SPEED_DEVIATION) -> None:
    """Lower a vType's speed factor, whether a number or a distribution, and lengthen its tau."""
    speed, flow = FACTORS[rain]
    factor = element.get("speedFactor")
    if factor is None or "(" not in factor:
        spread = element.attrib.pop("speedDev", "0" if factor else deviation)
        factor = f"normc({factor or 1},{spread},0.2,2)"
    element.set("speedFactor", NUMBER.sub(lambda found: f"{float(found[0]) * speed:.6g}", factor))
    element.set("tau", f"{float(element.get('tau', TAU_S)) / flow:.6g}")
