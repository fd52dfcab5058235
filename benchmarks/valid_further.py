"""More of what random valid inputs hold: public transport, containers, charging, rerouters, districts, departures."""

from xml.etree.ElementTree import Element, fromstring

from benchmarks.valid_contents import PERIOD_S, Content, Roads, seconds_text

DEPARTURES = (
    {"departPos": "random"}, {"departPos": "free"}, {"departPos": "random_free"}, {"departPos": "base"},
    {"departPos": "last"}, {"departPos": "-40"}, {"departPos": "12.5"}, {"departLane": "random"},
    {"departLane": "free"}, {"departLane": "allowed"}, {"departLane": "best"}, {"departLane": "first"},
    {"departSpeed": "random"}, {"departSpeed": "desired"}, {"departSpeed": "speedLimit"}, {"departSpeed": "last"},
    {"departSpeed": "avg"}, {"departSpeed": "3.5"}, {"arrivalPos": "random"}, {"arrivalPos": "-15"},
    {"arrivalPos": "30"}, {"arrivalSpeed": "4"}, {"arrivalLane": "current"}, {"departPosLat": "random"},
    {"departPosLat": "left"}, {"insertionChecks": "collision"}, {"speedFactor": "1.3"}, {"personNumber": "2"},
    {"containerNumber": "1"}, {"reroute": "true"}, {"departEdge": "1"}, {"arrivalEdge": "1"},
)  # fmt: skip
MODELS = ("KraussOrig1", "PWagner2009", "Wiedemann", "W99", "EIDM", "ACC", "CACC", "KraussPS", "BKerner", "SmartSK",
          "Krauss")  # fmt: skip
JUNCTION = ("jmDriveAfterRedTime", "jmDriveAfterYellowTime", "jmIgnoreFoeProb", "jmTimegapMinor", "jmSigmaMinor")


def _xml(text: str) -> Element:
    return fromstring(text)  # noqa: S314  our own


def _clock(time_s: float) -> str:
    hours, rest = divmod(time_s, 3600)
    return f"{int(hours)}:{int(rest // 60):02}:{rest % 60:05.2f}"


def add_departures(content: Content, roads: Roads, types: list[str], begin_s: float) -> None:
    """Where, when and how fast vehicles start and end, times as clocks, routes and types of the route file."""
    draw = content.draw
    if content.chance(0.4, "types of the route file"):
        inner = "".join(
            f'<vType id="{content.name("own")}" carFollowModel="{draw.choice(MODELS)}" probability="0.5" '
            f'scale="{draw.choice(("1", "0.7", "1.4"))}" {draw.choice(JUNCTION)}="0.5"/>'
            for _ in range(2)
        )
        content.declared.append(_xml(f'<vTypeDistribution id="fleet">{inner}</vTypeDistribution>'))
        types = [*types, "fleet"]
    named: list[tuple[str, list[str]]] = []
    if content.chance(0.4, "routes of the route file"):
        for _ in range(2):
            name, way = content.name("route"), roads.way(draw)
            content.declared.append(_xml(f'<route id="{name}" edges="{" ".join(way)}"/>'))
            named.append((name, way))
    for _ in range(draw.randint(0, 12)):
        depart_s = round(begin_s + draw.uniform(0, PERIOD_S - 30), 1)
        shown = _clock(depart_s) if content.chance(0.3, "clock departure") else seconds_text(depart_s)
        one = Element("vehicle", {"id": content.name("odd"), "depart": shown, "type": draw.choice(types)})
        for attributes in draw.sample(DEPARTURES, draw.randint(1, 2)):
            one.attrib.update(attributes)
            content.features.extend(attributes)
        if named and content.chance(0.5):
            one.set("route", draw.choice(named)[0])
        else:
            one.append(_xml(f'<route edges="{" ".join(roads.way(draw))}"/>'))
        content.departing.append((depart_s, one))
    if content.chance(0.2, "departs before the begin"):
        one = _xml(f'<vehicle id="{content.name("early")}" depart="{begin_s - 20:.1f}"/>')
        one.append(_xml(f'<route edges="{" ".join(roads.way(draw))}"/>'))
        if begin_s > 20:
            content.departing.append((begin_s - 20, one))
    if content.chance(0.2, "flow before the begin") and begin_s > 60:
        flow = _xml(f'<flow id="{content.name("flow")}" begin="{begin_s - 60:.1f}" end="{begin_s + 100:.1f}" '
                          f'period="13"><route edges="{" ".join(roads.way(draw))}"/></flow>')  # fmt: skip
        content.departing.append((begin_s - 60, flow))
    if content.chance(0.2, "cycled route"):
        way = roads.way(draw)
        one = _xml(f'<flow id="{content.name("flow")}" begin="{seconds_text(begin_s)}" number="4" period="22.2">'
                         f'<route edges="{" ".join(way)}" color="1,0,0"/></flow>')  # fmt: skip
        content.departing.append((begin_s, one))
    if content.chance(0.2, "interval"):
        ways = [roads.way(draw) for _ in range(2)]
        flows = "".join(
            f'<flow id="{content.name("flow")}" from="{way[0]}" to="{way[-1]}" number="6"/>' for way in ways
        )
        end = seconds_text(begin_s + PERIOD_S / 2)
        content.departing.append(
            (begin_s, _xml(f'<interval begin="{seconds_text(begin_s)}" end="{end}">{flows}</interval>'))
        )
    if content.chance(0.15, "via"):
        way = roads.way(draw)
        content.departing.append((begin_s + 3, _xml(
            f'<trip id="{content.name("via")}" depart="{seconds_text(begin_s + 3)}" from="{way[0]}" to="{way[-1]}" '
            f'via="{" ".join(way[1:-1])}"/>')))  # fmt: skip


def add_line(content: Content, roads: Roads, types: list[str], begin_s: float) -> None:
    """A bus line with a timetable and people who take it, by name or by intermodal routing."""
    draw = content.draw
    if not content.chance(0.25, "line"):
        return
    way = roads.way(draw)
    places = [way[0], way[-1]]
    for number, edge in enumerate(places):
        length_m = roads.length_m[edge]
        content.additional.append(_xml(
            f'<busStop id="line{number}" lane="{roads.lane_of[edge]}" startPos="{length_m * 0.4:.1f}" '
            f'endPos="{length_m * 0.8:.1f}" lines="L1" personCapacity="3"/>'))  # fmt: skip
    stops = "".join(
        f'<stop busStop="line{n}" duration="10" {draw.choice(("", until))}/>'
        for n, until in enumerate((f'until="{seconds_text(20)}"', f'until="{seconds_text(70)}"'))
    )
    content.declared.append(_xml(f'<route id="line_route" edges="{" ".join(way)}">{stops}</route>'))
    content.additional.append(_xml('<vType id="linebus" vClass="bus" personCapacity="5" boardingDuration="2"/>'))
    if content.chance(0.5, "line flow"):
        content.departing.append((begin_s, _xml(
            f'<flow id="bus" type="linebus" line="L1" route="line_route" begin="{seconds_text(begin_s)}" '
            f'end="{seconds_text(begin_s + PERIOD_S)}" period="75"/>')))  # fmt: skip
    else:
        for after_s in (0, 80):
            content.departing.append((begin_s + after_s, _xml(
                f'<vehicle id="bus{after_s}" type="linebus" line="L1" route="line_route" '
                f'depart="{seconds_text(begin_s + after_s)}"/>')))  # fmt: skip
    for after_s in range(0, 100, 20):
        kind = draw.choice(
            (
                '<ride busStop="line1" lines="L1"/>', f'<ride to="{places[1]}" lines="ANY"/>',
                f'<personTrip to="{places[1]}" modes="public"/>', '<personTrip busStop="line1" modes="public"/>',
                f'<stop lane="{roads.lane_of[places[0]]}" duration="15" actType="wait"/>'
                '<ride busStop="line1" lines="L1"/>',
            )
        )  # fmt: skip
        if "stop lane" in kind or content.chance(0.5):
            start = f'<walk from="{places[0]}" busStop="line0"/>'
            body = start + (kind.split("/>", 1)[1] if "stop lane" in kind else kind)
        else:
            body = kind.replace("<ride ", f'<ride from="{places[0]}" ').replace(
                "<personTrip ", f'<personTrip from="{places[0]}" '
            )
            if "ride" in body:
                continue
        content.features.append("rider")
        content.departing.append((begin_s + after_s, _xml(
            f'<person id="{content.name("rider")}" depart="{seconds_text(begin_s + after_s)}" departPos="10">'
            f"{body}</person>")))  # fmt: skip


def add_containers(content: Content, roads: Roads, types: list[str], begin_s: float) -> None:
    """A container that is fetched, a vehicle that waits for it, one that stops until somebody gets in."""
    draw = content.draw
    way = roads.way(draw)
    length_m = roads.length_m[way[0]]
    lane = roads.lane_of[way[0]]
    if content.chance(0.15, "container"):
        stop = (f'<containerStop id="yard" lane="{lane}" startPos="{length_m * 0.3:.1f}" '
                f'endPos="{length_m * 0.8:.1f}"/>')  # fmt: skip
        content.additional.append(_xml(stop))
        content.departing.append((begin_s, _xml(
            f'<vehicle id="lorry" depart="{seconds_text(begin_s)}"><route edges="{" ".join(way)}"/>'
            '<stop containerStop="yard" duration="20" containerTriggered="true" parking="true"/></vehicle>')))  # fmt: skip
        content.departing.append((begin_s, _xml(
            f'<container id="box" depart="{seconds_text(begin_s)}"><tranship from="{way[0]}" containerStop="yard"/>'
            f'<transport to="{way[-1]}" lines="lorry"/></container>')))  # fmt: skip
    if content.chance(0.15, "stop until boarded"):
        name = content.name("pickup")
        content.departing.append((begin_s, _xml(
            f'<vehicle id="{name}" depart="{seconds_text(begin_s)}"><route edges="{" ".join(way)}"/>'
            f'<stop lane="{lane}" endPos="{length_m * 0.6:.1f}" triggered="true" parking="true" '
            f'extension="60" expected="{name}p"/></vehicle>')))  # fmt: skip
        content.departing.append((begin_s + 30, _xml(
            f'<person id="{name}p" depart="{seconds_text(begin_s + 30)}"><walk edges="{way[0]}" departPos="5" '
            f'arrivalPos="{length_m * 0.55:.1f}"/><ride to="{way[-1]}" lines="{name}"/></person>')))  # fmt: skip


def add_charging(content: Content, roads: Roads, types: list[str], begin_s: float) -> None:
    """An electric car at a charging station, one that looks for one."""
    if not content.chance(0.15, "charging"):
        return
    edge = content.draw.choice(roads.entries)
    way = [edge]
    while way[-1] not in roads.exits:
        way.append(roads.onward[way[-1]][0])
    length_m = roads.length_m[edge]
    content.additional.append(_xml(
        f'<chargingStation id="plug" lane="{roads.lane_of[edge]}" startPos="{length_m * 0.3:.1f}" '
        f'endPos="{length_m * 0.8:.1f}" power="20000" efficiency="0.9"/>'))  # fmt: skip
    content.additional.append(_xml(
        '<vType id="electric" emissionClass="Energy"><param key="has.battery.device" value="true"/>'
        '<param key="device.battery.capacity" value="500"/><param key="device.battery.chargeLevel" value="60"/>'
        f'{content.draw.choice(("", """<param key="has.stationfinder.device" value="true"/>"""))}</vType>'))  # fmt: skip
    for after_s in (1, 30):
        content.departing.append((begin_s + after_s, _xml(
            f'<vehicle id="{content.name("electric")}" type="electric" depart="{seconds_text(begin_s + after_s)}">'
            f'<route edges="{" ".join(way)}"/><stop chargingStation="plug" duration="25"/></vehicle>')))  # fmt: skip


def add_rerouters(content: Content, roads: Roads, types: list[str], begin_s: float) -> None:
    """Rerouters: closed edges and lanes, other destinations, other car parks."""
    draw = content.draw
    span = f'begin="{seconds_text(begin_s + 60)}" end="{seconds_text(begin_s + 200)}"'
    entry, way = draw.choice(roads.entries), roads.way(draw)
    inner = {
        "closing": f'<closingReroute id="{way[-1]}"/>',
        "closing lane": f'<closingLaneReroute id="{roads.lane_of[way[-1]]}" disallow="truck bus"/>',
        "destination": "".join(f'<destProbReroute id="{e}" probability="0.5"/>' for e in roads.exits[:2]),
        "route": '<routeProbReroute id="detour" probability="0.5"/>',
    }
    for kind, body in inner.items():
        if not content.chance(0.08, f"rerouter {kind}"):
            continue
        edge = entry
        if kind == "route":
            edge = way[0]
            content.additional.append(_xml(f'<route id="detour" edges="{" ".join(way)}"/>'))
        probability = draw.choice(("1", "0.4"))
        content.additional.append(_xml(
            f'<rerouter id="{content.name("rerouter")}" edges="{edge}" probability="{probability}" '
            f'file="none.xml"><interval {span}>{body}</interval></rerouter>'))  # fmt: skip
    if content.chance(0.12, "rerouter parking"):
        edge = roads.entries[0]
        way = [edge]
        while way[-1] not in roads.exits:
            way.append(roads.onward[way[-1]][0])
        length_m = roads.length_m[edge]
        for number, (start, end) in enumerate(((0.2, 0.4), (0.5, 0.9))):
            content.additional.append(_xml(
                f'<parkingArea id="pa{number}" lane="{roads.lane_of[edge]}" startPos="{length_m * start:.1f}" '
                f'endPos="{length_m * end:.1f}" roadsideCapacity="{number + 1}" onRoad="{draw.choice(("0", "1"))}"/>'
            ))  # fmt: skip
        areas = '<parkingAreaReroute id="pa0" visible="true"/><parkingAreaReroute id="pa1"/>'
        content.additional.append(_xml(
            f'<rerouter id="parker" edges="{edge}"><interval begin="{seconds_text(begin_s)}" '
            f'end="{seconds_text(begin_s + PERIOD_S)}">{areas}</interval></rerouter>'))  # fmt: skip
        for after_s in (0, 20, 40, 60):
            content.departing.append((begin_s + after_s, _xml(
                f'<vehicle id="parker{after_s}" depart="{seconds_text(begin_s + after_s)}">'
                f'<route edges="{" ".join(way)}"/><stop parkingArea="pa0" duration="70"/></vehicle>')))  # fmt: skip


def add_districts(content: Content, roads: Roads, types: list[str], begin_s: float) -> None:
    """Districts, in an additional file, and flows and trips between them."""
    if not content.chance(0.2, "districts"):
        return
    draw = content.draw
    content.additional.append(_xml(f'<taz id="west" edges="{" ".join(roads.entries[:2])}"/>'))
    sinks = "".join(f'<tazSink id="{edge}" weight="{n + 1}"/>' for n, edge in enumerate(roads.exits[:3]))
    source = f'<tazSource id="{roads.entries[0]}" weight="1"/>'
    content.additional.append(_xml(f'<taz id="east">{source}{sinks}</taz>'))
    if set(roads.entries[:2]) & set(roads.exits[:3]):
        return
    content.departing.append((begin_s, _xml(
        f'<flow id="{content.name("flow")}" fromTaz="west" toTaz="east" begin="{seconds_text(begin_s)}" '
        f'end="{seconds_text(begin_s + PERIOD_S)}" number="{draw.randint(3, 15)}"/>')))  # fmt: skip
    content.departing.append((begin_s + 7, _xml(
        f'<trip id="{content.name("tazzer")}" fromTaz="west" toTaz="east" depart="{seconds_text(begin_s + 7)}"/>')))  # fmt: skip


def add_stop_kinds(content: Content, roads: Roads, types: list[str], begin_s: float) -> None:
    """Stops of rarer kinds, on routes by name too."""
    draw = content.draw
    edge = draw.choice(roads.entries)
    way = [edge]
    while way[-1] not in roads.exits:
        way.append(draw.choice(roads.onward[way[-1]]))
    lane, length_m = roads.lane_of[edge], roads.length_m[edge]
    there = f'lane="{lane}" endPos="{length_m * 0.65:.1f}"'
    kinds = (
        f'{there} duration="20" until="{seconds_text(begin_s + 80)}"',
        f'{there} duration="12" parking="opportunistic"',
        f'{there} duration="30" startPos="10" friendlyPos="true" index="0"',
        f'lane="{lane}" duration="15" endPos="-30"',
        f'edge="{edge}" duration="15"',
        f'{there} duration="20" jump="5"',
        f'{there} duration="20" onDemand="true" permitted="x"',
        f'{there} speed="4" startPos="20"',
        f'{there} duration="0"',
        f'{there} until="{seconds_text(begin_s + 60)}" parking="true" line="7" tripId="a"',
        f'{there} duration="10" started="{seconds_text(begin_s + 9)}" ended="{seconds_text(begin_s + 33)}"',
        f'{there} duration="25" posLat="0.5"',
        f'{there} duration="25" parking="true" actType="shop" split="none"',
        f'lane="{roads.lane_of[way[-1]]}" duration="10000" endPos="{roads.length_m[way[-1]] * 0.5:.1f}" parking="true"',
    )
    for kind in draw.sample(kinds, draw.randint(0, 3)):
        after_s = draw.randint(0, 60)
        content.features.append("stop " + " ".join(part.split("=")[0] for part in kind.split()))
        content.departing.append((begin_s + after_s, _xml(
            f'<vehicle id="{content.name("dweller")}" depart="{seconds_text(begin_s + after_s)}" departPos="0">'
            f'<route edges="{" ".join(way)}"/><stop {kind}/></vehicle>')))  # fmt: skip


def add_programme_kinds(content: Content, roads: Roads, types: list[str], begin_s: float) -> None:
    """Programmes that vehicles have a say in, with loops of the files' own."""
    draw = content.draw
    for signal, phases in roads.signals.items():
        if not content.chance(0.12, "programme of vehicles"):
            continue
        kind = draw.choice(("actuated", "delay_based"))
        rows = "".join(
            f'<phase duration="{d:g}" minDur="{5 if d > 8 else d:g}" maxDur="{40 if d > 8 else d:g}" state="{state}"/>'
            for d, state in phases
        )
        keys = {"actuated": '<param key="max-gap" value="2.5"/><param key="detector-gap" value="1.5"/>'
                            '<param key="file" value="own_loops.xml"/><param key="freq" value="60"/>',
                "delay_based": '<param key="detectorRange" value="80"/><param key="minTimeLoss" value="1"/>'
                               '<param key="file" value="own_lanes.xml"/>'}[kind]  # fmt: skip
        content.additional.append(_xml(
            f'<tlLogic id="{signal}" type="{kind}" programID="vehicles" offset="0">{keys}{rows}</tlLogic>'))  # fmt: skip
        content.features.append(kind)


def add_probes(content: Content, roads: Roads, types: list[str], begin_s: float) -> None:
    """Route probes, detectors of several lanes, pictures for sumo-gui."""
    if content.chance(0.12, "route probe"):
        content.additional.append(_xml(
            f'<routeProbe id="probe" edge="{roads.entries[0]}" period="60" file="own_probe.xml"/>'))  # fmt: skip
    if content.chance(0.12, "e3"):
        entries = "".join(f'<detEntry lane="{roads.lane_of[e]}" pos="10"/>' for e in roads.entries[:2])
        exits = "".join(f'<detExit lane="{roads.lane_of[e]}" pos="10"/>' for e in roads.exits[:2])
        content.additional.append(_xml(
            f'<entryExitDetector id="e3" period="50" file="own_e3.xml">{entries}{exits}</entryExitDetector>'))  # fmt: skip
    if content.chance(0.1, "pictures"):
        content.additional.append(_xml(
            '<poly id="p" type="park" color="red" fill="1" layer="0" shape="0,0 5,5 9,0" imgFile="none.png"/>'))  # fmt: skip
        content.additional.append(_xml('<poi id="q" x="1" y="1" color="red" imgFile="none.png"/>'))


FURTHER = (add_departures, add_line, add_containers, add_charging, add_rerouters, add_districts, add_stop_kinds,
           add_programme_kinds, add_probes)  # fmt: skip
