"""Where the detectors of a log stand, on each lane before a signal: the loops that watch, and their numbers.

advance      a loop ADVANCE_M before the stop line, or where the scenario's own induction loop on the lane is, or as far
             as the configuration says; at the begin of a shorter lane
presence     the last PRESENCE_M before the stop line, or the length of the scenario's own lane area detector: two loops
count        a loop at the stop line
yellow_red   the same under another number, as configurations have one function a detector

Numbers count from 1 lane by lane. A lane's detectors call its phase: of several the one with the most links from it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from zhasyl.network import Network
from zhasyl.runs.events.phases import Phase, movements_of
from zhasyl.scenarios.logs.config import ADVANCE, COUNT, PRESENCE, YELLOW_RED, Config, Detector, Movement
from zhasyl.scenarios.model import Scenario
from zhasyl.sumo.inputs.loops import Loop
from zhasyl.sumo.xml_files import top_elements

ADVANCE_M, PRESENCE_M, AT_LINE_M = 100.0, 12.0, 0.1
LEAST_ADVANCE_M = 20.0  # of a loop of the scenario's, to be an advance one
LOOPS = frozenset({"inductionLoop", "e1Detector", "instantInductionLoop"})
AREAS = frozenset({"laneAreaDetector", "e2Detector"})
FUNCTIONS = (ADVANCE, PRESENCE, COUNT, YELLOW_RED)


@dataclass(frozen=True)
class LaneDetectors:
    """A lane before a signal with its loops: two for presence, at its farther and its nearer end."""

    signal: str
    lane: str
    length_m: float
    links: tuple[int, ...]
    advance_m: float
    presence_m: float

    def loops(self) -> Iterator[Loop]:
        """Those to lay."""
        for name, distance_m in (("advance", self.advance_m), ("zone", self.presence_m), ("line", AT_LINE_M)):
            yield Loop(f"{name} {self.lane}", self.lane, max(self.length_m - distance_m, AT_LINE_M))


def lanes_of(
    scenario: Scenario, network: Network, signals: Iterable[str], config: Config | None
) -> list[LaneDetectors]:
    """The lanes of the signals' approaches, in the order of signals and links."""
    own = dict(_own_detectors(scenario, network))
    found = []
    for signal in signals:
        lanes: dict[str, list[int]] = {}
        for link, connections in sorted(network.signal_links.get(signal, {}).items()):
            for c in connections:
                if not network.is_pedestrian(c):
                    lanes.setdefault(f"{c.from_edge}_{c.from_lane}", []).append(link)
        for lane, links in lanes.items():
            length_m = network.edges[lane.rsplit("_", 1)[0]].length_m
            advance_m, presence_m = own.get(lane, (None, None))
            asked_m = _asked_m(network, signal, links, config)
            found.append(LaneDetectors(
                signal, lane, length_m, tuple(links), min(asked_m or advance_m or ADVANCE_M, length_m - AT_LINE_M),
                min(presence_m or PRESENCE_M, length_m - AT_LINE_M),
            ))  # fmt: skip
    return found


def _asked_m(network: Network, signal: str, links: Sequence[int], config: Config | None) -> float:
    """The distance of the advance detector in the configuration; 0 where it says none."""
    if config is None:
        return 0.0
    names = movements_of(network, signal)
    phases = [p for p, own in config.phases.items() if any(names.get(link) in own for link in links)]
    return max((config.distance_m(phase, ADVANCE, 0.0) for phase in phases), default=0.0)


def _own_detectors(scenario: Scenario, network: Network) -> Iterator[tuple[str, tuple[float | None, float | None]]]:
    """Lane → (distance of its loop from the stop line, length of its area), of the scenario's own detectors."""
    found: dict[str, list[float | None]] = {}
    for path in scenario.additional_files:
        for element in top_elements(path):
            lane = element.get("lane", "")
            edge = network.edges.get(lane.rsplit("_", 1)[0])
            if edge is None or element.tag not in LOOPS | AREAS:
                continue
            place = found.setdefault(lane, [None, None])
            position_m = float(element.get("pos", "0"))
            distance_m = -position_m if position_m < 0 else edge.length_m - position_m
            if element.tag in LOOPS and distance_m >= LEAST_ADVANCE_M:
                place[0] = distance_m
            elif element.tag in AREAS:
                place[1] = float(element.get("length", "0")) or distance_m
    yield from ((lane, (advance_m, presence_m)) for lane, (advance_m, presence_m) in found.items())


@dataclass(frozen=True)
class Numbered:
    """A detector under its number, with the lane it is on."""

    detector: Detector
    lane: LaneDetectors


def numbered(network: Network, lanes: Sequence[LaneDetectors], phases: Sequence[Phase]) -> list[Numbered]:
    """The detectors of one signal; a lane that no phase serves has none."""
    found: list[Numbered] = []
    for lane in lanes:
        served = Counter(p.number for p in phases if not p.walks for link in lane.links if link in p.links)
        names = movements_of(network, lane.signal)
        movements: tuple[Movement, ...] = tuple(dict.fromkeys(names[link] for link in lane.links if link in names))
        if not served:
            served = Counter(p.number for p in phases if set(p.movements) & set(movements))
        if not served:
            continue
        phase = min(served, key=lambda number: (-served[number], number))
        for function in FUNCTIONS:
            distance_m = {ADVANCE: lane.advance_m, PRESENCE: lane.presence_m}.get(function, AT_LINE_M)
            one = Detector(len(found) + 1, phase, function, movements, lane.lane, round(distance_m, 1))
            found.append(Numbered(one, lane))
    return found
