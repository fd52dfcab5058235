"""Checks of detectors and stops: those of additional files, and whether zhasyl's own loops find room."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from zhasyl.lane_groups import lane_groups
from zhasyl.scenarios.check.finding import Finding, some
from zhasyl.scenarios.check.subject import Subject
from zhasyl.sumo.xml_files import Element, top_elements

POINTS = frozenset({"inductionLoop", "e1Detector", "instantInductionLoop", "detEntry", "detExit"})
SPANS = frozenset({"laneAreaDetector", "e2Detector", "busStop", "trainStop", "parkingArea", "chargingStation",
                   "containerStop"})  # fmt: skip
STOP_LINE_ZONE_M = 20.0  # length of the zone at the stop line, zhasyl.sensors.loops
EPSILON_M = 0.1


def placed_detectors(subject: Subject) -> Iterator[Finding]:
    """Detectors and stops on lanes that do not exist, or beyond their end: SUMO refuses them."""
    for file in subject.scenario.additional_files:
        for top in top_elements(file):
            for element in top.iter():
                if element.tag in POINTS | SPANS:
                    yield from _placed(subject, file, element, top)


def _placed(subject: Subject, file: Path, element: Element, top: Element) -> Iterator[Finding]:
    name = element.get("id") or top.get("id", "")
    place = f"{file.name}, {element.tag} '{name}'"
    for lane in element.get("lanes", element.get("lane", "")).split():
        if lane not in subject.lanes:
            what = f"lane '{lane}' does not exist"
            yield Finding("error", "detector-lane", place, what, "name a lane of the network")
        elif element.get("friendlyPos", "").lower() not in ("1", "true", "x", "yes", "on"):
            yield from _off_the_lane(element, place, lane, subject.lanes[lane].length_m)


def _off_the_lane(element: Element, place: str, lane: str, length_m: float) -> Iterator[Finding]:
    for key in ("pos", "startPos", "endPos"):
        try:
            at_m = float(element.get(key, "0"))
        except ValueError:
            at_m = float("nan")
        if not -length_m - EPSILON_M <= at_m <= length_m + EPSILON_M:
            what = f"{key} {element.get(key)} is off lane '{lane}', which has {length_m:.1f} m"
            yield Finding("error", "detector-position", place, what, "correct it, or set friendlyPos")


def room_for_loops(subject: Subject) -> Iterator[Finding]:
    """Approaches too short for the loops of `--sensor loops`: its zone at the stop line is cut to the lane."""
    groups = lane_groups(subject.network)
    reach_m: dict[int, float] = defaultdict(float)
    for number, start_m in groups.lanes.values():
        reach_m[number] = max(reach_m[number], start_m)
    short = sorted({groups.groups[n].approach for n, metres in reach_m.items() if metres < STOP_LINE_ZONE_M})
    if short:
        what = f"{len(short)} approaches are shorter than the {STOP_LINE_ZONE_M:g} m zone of loops: {some(short)}"
        mend = "join junctions that lie so near, or compare with another sensor too"
        yield Finding("note", "no-room-for-loops", "network", what, mend)


CHECKS = (placed_detectors, room_for_loops)
