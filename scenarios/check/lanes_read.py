"""What the checks need of lanes and the signal control's reading leaves out: who may use them, each one's limit."""

from dataclasses import dataclass
from pathlib import Path

from zhasyl.errors import ScenarioError
from zhasyl.sumo.xml_files import Element, top_elements

ROAD_CLASSES = frozenset({"passenger", "bus", "taxi", "truck", "delivery", "motorcycle", "coach", "emergency"})


@dataclass(frozen=True)
class Lane:
    """A lane, inside a junction too. `classes`: which of ROAD_CLASSES may use it; `merges`: an acceleration lane."""

    id: str
    edge: str
    index: int
    function: str
    length_m: float
    speed_mps: float
    classes: frozenset[str]
    merges: bool


def read_lanes(net_file: Path) -> dict[str, Lane]:
    """Every lane of a net file by its id. Raises ScenarioError."""
    found = {}
    for edge in top_elements(net_file):
        for element in edge.findall("lane") if edge.tag == "edge" else ():
            lane = _lane(net_file, edge, element)
            found[lane.id] = lane
    return found


def _lane(net_file: Path, edge: Element, lane: Element) -> Lane:
    try:
        return Lane(
            id=lane.attrib["id"],
            edge=edge.attrib["id"],
            index=int(lane.attrib["index"]),
            function=edge.get("function", "normal"),
            length_m=float(lane.attrib["length"]),
            speed_mps=float(lane.attrib["speed"]),
            classes=road_classes(lane),
            merges=lane.get("acceleration") in ("1", "true"),
        )
    except (LookupError, ValueError) as error:
        raise ScenarioError(f"network {net_file}: lane {lane.get('id', '')!r} is invalid ({error})") from error


def road_classes(lane: Element) -> frozenset[str]:
    """Which of ROAD_CLASSES a <lane> is open to."""
    allowed, closed = lane.get("allow", "").split(), lane.get("disallow", "").split()
    if allowed:
        return ROAD_CLASSES if "all" in allowed else ROAD_CLASSES & set(allowed)
    return frozenset() if "all" in closed else ROAD_CLASSES - set(closed)
