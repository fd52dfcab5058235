"""What random valid inputs hold: vehicle types, demand, stops, people, detectors, signs, calibrators, programmes."""

import random
from dataclasses import dataclass, field
from typing import Protocol
from xml.etree.ElementTree import Element, SubElement

PERIOD_S = 300
TYPES: tuple[dict[str, str], ...] = (
    {}, {"maxSpeed": "8"}, {"speedFactor": "0.8"}, {"speedFactor": "normc(1.1,0.2,0.5,1.8)"}, {"accel": "1.2"},
    {"sigma": "0.2", "tau": "1.4"}, {"vClass": "truck", "length": "12"}, {"carFollowModel": "IDM"},
    {"vClass": "bus", "length": "14", "maxSpeed": "12"}, {"vClass": "bicycle", "speedFactor": "0.9"},
    {"vClass": "motorcycle"}, {"minGap": "1.5", "lcStrategic": "2"}, {"emissionClass": "Energy/unknown"},
    {"actionStepLength": "2"}, {"impatience": "0.5"},
)  # fmt: skip
DEVICES = ("has.battery.device", "has.ssm.device", "has.rerouting.device")
RATES = (
    {"vehsPerHour": "240"}, {"period": "14.7"}, {"number": "17"}, {"probability": "0.06"}, {"period": "exp(0.06)"}
)  # fmt: skip


@dataclass
class Roads:
    """What of a network the demand needs: signals with their phases, lanes for cars, entries, exits, ways."""

    signals: dict[str, list[tuple[float, str]]]
    lane_of: dict[str, str]
    length_m: dict[str, float]
    entries: list[str]
    exits: list[str]
    onward: dict[str, list[str]]
    walkable: list[str] = field(default_factory=list)

    def way(self, draw: random.Random) -> list[str]:
        """A way from an entry to an exit."""
        edges = [draw.choice(self.entries)]
        while edges[-1] not in self.exits:
            edges.append(draw.choice(self.onward[edges[-1]]))
        return edges


class Content(Protocol):
    """The input in the making. Departing elements are put in order later."""

    draw: random.Random
    teleports: bool
    additional: list[Element]
    departing: list[tuple[float, Element]]
    declared: list[Element]
    features: list[str]
    waiting: set[str]

    def chance(self, probability: float, feature: str = "") -> bool:
        """Draw whether the input has a feature."""

    def name(self, kind: str) -> str:
        """A new name."""

    def beside(self, root: str, elements: list[Element], kind: str) -> str:
        """Write a file of its own; answers the path that others name it by."""


def seconds_text(seconds: float) -> str:
    """A time as SUMO reads it."""
    return f"{seconds:.2f}".rstrip("0").rstrip(".")


def _made(tag: str, given: dict[str, str] | None = None, *children: Element, **attributes: object) -> Element:
    """An element; an underscore at the end of an attribute's name is left out, floats are times."""
    texts = {
        key.rstrip("_"): seconds_text(value) if isinstance(value, float) else str(value)
        for key, value in attributes.items()
    }
    element = Element(tag, {**texts, **(given or {})})
    element.extend(children)
    return element


def _route(edges: list[str], **attributes: object) -> Element:
    return _made("route", None, edges=" ".join(edges), **attributes)


def add_types(content: Content) -> list[str]:
    """Declare vehicle types; answers their ids and that of a distribution."""
    names = []
    for attributes in content.draw.sample(TYPES, content.draw.randint(1, 4)):
        kind = _made("vType", attributes, id=content.name("type"))
        if content.chance(0.2, "own time to teleport") and content.teleports:
            kind.set("timeToTeleport", "15")
        for device in DEVICES:
            if content.chance(0.1, device):
                SubElement(kind, "param", key=device, value="true")
                if "ssm" in device and content.chance(0.5, "ssm file"):
                    SubElement(kind, "param", key="device.ssm.file", value="own_ssm.xml")
        content.additional.append(kind)
        names.append(kind.get("id", ""))
    if len(names) > 1 and content.chance(0.4, "type distribution"):
        both = {"vTypes": " ".join(names[:2]), "probabilities": "0.7 0.3"}
        content.additional.append(_made("vTypeDistribution", both, id="mixed"))
        names.append("mixed")
    return [*names, "DEFAULT_VEHTYPE"]


def add_demand(content: Content, roads: Roads, types: list[str], begin_s: float) -> None:
    """Flows of every kind, trips and vehicles, routes by name."""
    draw, end_s = content.draw, begin_s + PERIOD_S
    for _ in range(draw.randint(1, 4)):
        start_s, way = begin_s + draw.choice((0.0, 0.0, 33.5, 120.0)), roads.way(draw)
        flow = _made("flow", draw.choice(RATES), id=content.name("flow"), begin=start_s, end=end_s)
        flow.set("type", draw.choice(types))
        _led(content, flow, way)
        content.departing.append((start_s, flow))
    if content.chance(0.3, "route distribution"):
        ways = [_route(roads.way(draw), probability=share) for share in ("0.6", "0.4")]
        content.additional.append(_made("routeDistribution", None, *ways, id="ways"))
        flow = _made("flow", None, id=content.name("flow"), route="ways", begin=begin_s, end=end_s, period="21")
        content.departing.append((begin_s, flow))
    for _ in range(draw.randint(0, 25)):
        depart_s, way = round(begin_s + draw.uniform(0, PERIOD_S - 30), 1), roads.way(draw)
        tag = draw.choice(("trip", "vehicle"))
        one = _made(tag, None, id=content.name(tag), depart=float(depart_s), type=draw.choice(types))
        if tag == "trip":
            one.attrib.update({"from": way[0], "to": way[-1], "departSpeed": "max"})
        else:
            one.append(_route(way))
        content.departing.append((depart_s, one))


def _led(content: Content, flow: Element, way: list[str]) -> None:
    if content.chance(0.5, "flow by route"):
        flow.append(_route(way))
    else:
        flow.attrib.update({"from": way[0], "to": way[-1]})


def add_stops(content: Content, roads: Roads, types: list[str], begin_s: float) -> None:
    """Vehicles that dwell on the road, at bus stops, beside it, in parking areas."""
    lane, length_m = roads.lane_of[roads.entries[0]], roads.length_m[roads.entries[0]]
    middle = {"startPos": "20", "endPos": f"{length_m / 2:.1f}"}
    stops: list[dict[str, str]] = []
    if content.chance(0.3, "bus stop"):
        content.additional.append(_made("busStop", middle, id="halt", lane=lane))
        stops.append({"busStop": "halt", "duration": "25"})
    if content.chance(0.3, "parking area"):
        content.additional.append(_made("parkingArea", middle, id="park", lane=lane, roadsideCapacity=4))
        stops.append({"parkingArea": "park", "duration": "150"})
    there = {"lane": lane, "endPos": f"{length_m * 0.7:.1f}"}
    if content.chance(0.3, "parked beside the road"):
        stops.append({**there, "duration": content.draw.choice(("60", "1000")), "parking": "true"})
    if content.chance(0.3, "stop on the road"):
        stops.append({**there, "until": seconds_text(begin_s + 90)})
    if content.chance(0.2, "waypoint"):
        stops.append({**there, "speed": "5"})
    for number, stop in enumerate(stops):
        way = [roads.entries[0]]
        while way[-1] not in roads.exits:
            way.append(roads.onward[way[-1]][0])
        depart_s = begin_s + 5.0 * number
        name = content.name("stopper")
        one = _made("vehicle", None, _route(way), _made("stop", stop), id=name, depart=depart_s, departPos="0")
        content.departing.append((depart_s, one))


def add_waiting(content: Content, roads: Roads, types: list[str], begin_s: float) -> None:
    """Vehicles that depart when somebody gets in, of whom some never come."""
    for fetched in (True, False):
        if not content.chance(0.2, "triggered" if fetched else "never triggered"):
            continue
        name, way = content.name("waiting"), roads.way(content.draw)
        one = _made("vehicle", None, _route(way), id=name, depart="triggered", departPos="30")
        content.departing.append((begin_s, one))
        content.waiting.add(name)
        if fetched:
            _add_rider(content, way, name, begin_s + 40)


def _add_rider(content: Content, way: list[str], lines: str, depart_s: float) -> None:
    ride = _made("ride", None, from_=way[0], to=way[-1], lines=lines)
    content.departing.append((depart_s, _made("person", None, ride, id=content.name("rider"), depart=float(depart_s))))


def add_people(content: Content, roads: Roads, types: list[str], begin_s: float) -> None:
    """A taxi and its passenger; people who walk."""
    if content.chance(0.15, "taxi"):
        cab = _made("vType", {"vClass": "taxi"}, id="cab")
        SubElement(cab, "param", key="has.taxi.device", value="true")
        content.additional.append(cab)
        way = roads.way(content.draw)
        one = _made("vehicle", None, _route(way), id=content.name("cab"), type="cab", depart=float(begin_s))
        content.departing.append((begin_s, one))
        _add_rider(content, way, "taxi", begin_s + 2)
    if roads.walkable and content.chance(0.8, "walks"):
        way = roads.way(content.draw)
        walk, name = _made("walk", None, from_=way[0], to=way[-1]), content.name("walkers")
        span = {"begin": seconds_text(begin_s), "end": seconds_text(begin_s + PERIOD_S), "period": "20"}
        content.departing.append((begin_s, _made("personFlow", span, walk, id=name)))


def add_detectors(content: Content, roads: Roads, types: list[str], begin_s: float) -> None:
    """What writes files."""
    lane = roads.lane_of[roads.entries[-1]]
    kinds = (
        _made("inductionLoop", None, id="e1", lane=lane, pos=20, period=60, file="own_e1.xml"),
        _made("instantInductionLoop", None, id="i1", lane=lane, pos=30, file="own_i1.xml"),
        _made("laneAreaDetector", None, id="e2", lane=lane, pos=10, endPos=40, period=60, file="own_e2.xml.gz"),
        _made("edgeData", None, id="ed", file="own_edges.xml", period=100),
        _made("laneData", None, id="ld", file="own_lanes.xml", type="emissions"),
        _made("vTypeProbe", None, id="vp", period=100, file="own_types.xml"),
    )
    content.additional += [kind for kind in kinds if content.chance(0.15, kind.tag)]
    for signal in roads.signals:
        if content.chance(0.15, "timedEvent"):
            event = _made("timedEvent", None, type="SaveTLSStates", source=signal, dest="own_states.xml")
            content.additional.append(event)


def add_signs(content: Content, roads: Roads, types: list[str], begin_s: float) -> None:
    """A variable speed sign, its steps in a file or not."""
    steps = [_made("step", None, time=float(begin_s + after), speed=v) for after, v in ((0, 6), (120, 12))]
    sign = _made("variableSpeedSign", None, id="sign", lanes=roads.lane_of[roads.exits[0]])
    if content.chance(0.15, "speed sign with a file"):
        sign.set("file", content.beside("vss", steps, "vss"))
    elif content.chance(0.15, "speed sign"):
        sign.extend(steps)
    else:
        return
    content.additional.append(sign)


def add_calibrator(content: Content, roads: Roads, types: list[str], begin_s: float) -> None:
    """A calibrator, its flows in a file or not."""
    if not content.chance(0.15, "calibrator"):
        return
    way = roads.way(content.draw)
    content.additional.append(_route(way, id="calibrated"))
    place = {"edge": way[0], "pos": "0", "period": "60", "output": "own_cal.xml"}
    calibrator = _made("calibrator", place, id="cal")
    span = {"begin": seconds_text(begin_s), "end": seconds_text(begin_s + PERIOD_S)}
    flow = _made("flow", span, route="calibrated", vehsPerHour=300, speed=10)
    if content.chance(0.5, "calibrator with a file"):
        calibrator.set("file", content.beside("calibrator", [flow], "cal"))
    else:
        calibrator.append(flow)
    content.additional.append(calibrator)


def add_programmes(content: Content, roads: Roads, types: list[str], begin_s: float) -> None:
    """Other programmes, offsets alone, successors, timetables."""
    draw = content.draw
    for signal, phases in roads.signals.items():
        if content.chance(0.2, "offset alone"):
            content.additional.append(_made("tlLogic", None, id=signal, programID="0", offset=draw.randint(1, 40)))
        if content.chance(0.3, "programme"):
            rows = [_made("phase", None, duration=f"{d + draw.choice((0, 5)):g}", state=state) for d, state in phases]
            offset = draw.choice(("0", "13", "begin"))
            other = {"type": "static", "programID": "other", "offset": offset}
            content.additional.append(_made("tlLogic", other, *rows, id=signal))
            if content.chance(0.4, "timetable"):
                switch = _made("wautSwitch", None, time=float(begin_s + 120), to="other")
                table = _made("WAUT", None, switch, refTime=0, id=f"w{signal}", startProg=0)
                content.additional += [table, _made("wautJunction", None, wautID=f"w{signal}", junctionID=signal)]
        elif content.chance(0.15, "successors"):
            rows = [
                _made("phase", None, duration=f"{d:g}", state=state, next=(number + 1) % len(phases))
                for number, (d, state) in enumerate(phases)
            ]
            content.additional.append(_made("tlLogic", None, *rows, id=signal, type="static", programID="next"))


PARTS = (add_demand, add_stops, add_waiting, add_people, add_detectors, add_signs, add_calibrator, add_programmes)
