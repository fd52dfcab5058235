"""More of what random valid inputs hold: public transport, containers, charging, rerouters, programmes, detectors."""

from benchmarks.valid_contents import PERIOD_S, Content, Roads, seconds_text
from benchmarks.valid_departures import xml


def add_line(content: Content, roads: Roads, types: list[str], begin_s: float) -> None:
    """A bus line with a timetable and people who take it, by name or by intermodal routing."""
    draw = content.draw
    if not content.chance(0.25, "line"):
        return
    way = roads.way(draw)
    places = [way[0], way[-1]]
    for number, edge in enumerate(places):
        length_m = roads.length_m[edge]
        content.additional.append(
            xml(
                f'<busStop id="line{number}" lane="{roads.lane_of[edge]}" startPos="{length_m * 0.4:.1f}" '
                f'endPos="{length_m * 0.8:.1f}" lines="L1" personCapacity="3"/>'
            )
        )
    stops = "".join(
        f'<stop busStop="line{n}" duration="10" {draw.choice(("", until))}/>'
        for n, until in enumerate((f'until="{seconds_text(20)}"', f'until="{seconds_text(70)}"'))
    )
    content.declared.append(xml(f'<route id="line_route" edges="{" ".join(way)}">{stops}</route>'))
    content.additional.append(xml('<vType id="linebus" vClass="bus" personCapacity="5" boardingDuration="2"/>'))
    if content.chance(0.5, "line flow"):
        content.departing.append(
            (
                begin_s,
                xml(
                    f'<flow id="bus" type="linebus" line="L1" route="line_route" begin="{seconds_text(begin_s)}" '
                    f'end="{seconds_text(begin_s + PERIOD_S)}" period="75"/>'
                ),
            )
        )
    else:
        for after_s in (0, 80):
            content.departing.append(
                (
                    begin_s + after_s,
                    xml(
                        f'<vehicle id="bus{after_s}" type="linebus" line="L1" route="line_route" '
                        f'depart="{seconds_text(begin_s + after_s)}"/>'
                    ),
                )
            )
    for after_s in range(0, 100, 20):
        kind = draw.choice(
            (
                '<ride busStop="line1" lines="L1"/>',
                f'<ride to="{places[1]}" lines="ANY"/>',
                f'<personTrip to="{places[1]}" modes="public"/>',
                '<personTrip busStop="line1" modes="public"/>',
                f'<stop lane="{roads.lane_of[places[0]]}" duration="15" actType="wait"/>'
                '<ride busStop="line1" lines="L1"/>',
            )
        )
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
        content.departing.append(
            (
                begin_s + after_s,
                xml(
                    f'<person id="{content.name("rider")}" depart="{seconds_text(begin_s + after_s)}" departPos="10">'
                    f"{body}</person>"
                ),
            )
        )


def add_containers(content: Content, roads: Roads, types: list[str], begin_s: float) -> None:
    """A container that is fetched, a vehicle that waits for it, one that stops until somebody gets in."""
    draw = content.draw
    way = roads.way(draw)
    length_m = roads.length_m[way[0]]
    lane = roads.lane_of[way[0]]
    if content.chance(0.15, "container"):
        stop = f'<containerStop id="yard" lane="{lane}" startPos="{length_m * 0.3:.1f}" endPos="{length_m * 0.8:.1f}"/>'
        content.additional.append(xml(stop))
        content.departing.append(
            (
                begin_s,
                xml(
                    f'<vehicle id="lorry" depart="{seconds_text(begin_s)}"><route edges="{" ".join(way)}"/>'
                    '<stop containerStop="yard" duration="20" containerTriggered="true" parking="true"/></vehicle>'
                ),
            )
        )
        content.departing.append(
            (
                begin_s,
                xml(
                    f'<container id="box" depart="{seconds_text(begin_s)}">'
                    f'<tranship from="{way[0]}" containerStop="yard"/>'
                    f'<transport to="{way[-1]}" lines="lorry"/></container>'
                ),
            )
        )
    if content.chance(0.15, "stop until boarded"):
        name = content.name("pickup")
        content.departing.append(
            (
                begin_s,
                xml(
                    f'<vehicle id="{name}" depart="{seconds_text(begin_s)}"><route edges="{" ".join(way)}"/>'
                    f'<stop lane="{lane}" endPos="{length_m * 0.6:.1f}" triggered="true" parking="true" '
                    f'extension="60" expected="{name}p"/></vehicle>'
                ),
            )
        )
        content.departing.append(
            (
                begin_s + 30,
                xml(
                    f'<person id="{name}p" depart="{seconds_text(begin_s + 30)}"><walk edges="{way[0]}" departPos="5" '
                    f'arrivalPos="{length_m * 0.55:.1f}"/><ride to="{way[-1]}" lines="{name}"/></person>'
                ),
            )
        )


def add_charging(content: Content, roads: Roads, types: list[str], begin_s: float) -> None:
    """An electric car at a charging station, one that looks for one."""
    if not content.chance(0.15, "charging"):
        return
    edge = content.draw.choice(roads.entries)
    way = [edge]
    while way[-1] not in roads.exits:
        way.append(roads.onward[way[-1]][0])
    length_m = roads.length_m[edge]
    content.additional.append(
        xml(
            f'<chargingStation id="plug" lane="{roads.lane_of[edge]}" startPos="{length_m * 0.3:.1f}" '
            f'endPos="{length_m * 0.8:.1f}" power="20000" efficiency="0.9"/>'
        )
    )
    content.additional.append(
        xml(
            '<vType id="electric" emissionClass="Energy"><param key="has.battery.device" value="true"/>'
            '<param key="device.battery.capacity" value="500"/><param key="device.battery.chargeLevel" value="60"/>'
            f'{content.draw.choice(("", """<param key="has.stationfinder.device" value="true"/>"""))}</vType>'
        )
    )
    for after_s in (1, 30):
        content.departing.append(
            (
                begin_s + after_s,
                xml(
                    f'<vehicle id="{content.name("electric")}" type="electric" '
                    f'depart="{seconds_text(begin_s + after_s)}">'
                    f'<route edges="{" ".join(way)}"/><stop chargingStation="plug" duration="25"/></vehicle>'
                ),
            )
        )


def add_rerouters(content: Content, roads: Roads, types: list[str], begin_s: float) -> None:
    """Rerouters: closed edges and lanes, other destinations, other car parks."""
    draw = content.draw
    span = f'begin="{seconds_text(begin_s + 60)}" end="{seconds_text(begin_s + 200)}"'
    entry, way = draw.choice(roads.entries), roads.way(draw)
    inner = {
        "closing lane": f'<closingLaneReroute id="{roads.lane_of[way[-1]]}" disallow="truck"/>',
        "destination": "".join(f'<destProbReroute id="{e}" probability="0.5"/>' for e in roads.exits[:2]),
        "route": '<routeProbReroute id="detour" probability="0.5"/>',
    }
    for kind, body in inner.items():
        if not content.chance(0.08, f"rerouter {kind}"):
            continue
        edge = entry
        if kind == "route":
            edge = way[0]
            content.additional.append(xml(f'<route id="detour" edges="{" ".join(way)}"/>'))
        probability = draw.choice(("1", "0.4"))
        content.additional.append(
            xml(
                f'<rerouter id="{content.name("rerouter")}" edges="{edge}" probability="{probability}" '
                f'file="none.xml"><interval {span}>{body}</interval></rerouter>'
            )
        )
    if content.chance(0.12, "rerouter parking"):
        edge = roads.entries[0]
        way = [edge]
        while way[-1] not in roads.exits:
            way.append(roads.onward[way[-1]][0])
        length_m = roads.length_m[edge]
        for number, (start, end) in enumerate(((0.2, 0.4), (0.5, 0.9))):
            content.additional.append(
                xml(
                    f'<parkingArea id="pa{number}" lane="{roads.lane_of[edge]}" startPos="{length_m * start:.1f}" '
                    f'endPos="{length_m * end:.1f}" roadsideCapacity="{number + 1}" '
                    f'onRoad="{draw.choice(("0", "1"))}"/>'
                )
            )
        areas = '<parkingAreaReroute id="pa0" visible="true"/><parkingAreaReroute id="pa1"/>'
        content.additional.append(
            xml(
                f'<rerouter id="parker" edges="{edge}"><interval begin="{seconds_text(begin_s)}" '
                f'end="{seconds_text(begin_s + PERIOD_S)}">{areas}</interval></rerouter>'
            )
        )
        for after_s in (0, 20, 40, 60):
            content.departing.append(
                (
                    begin_s + after_s,
                    xml(
                        f'<vehicle id="parker{after_s}" depart="{seconds_text(begin_s + after_s)}">'
                        f'<route edges="{" ".join(way)}"/><stop parkingArea="pa0" duration="70"/></vehicle>'
                    ),
                )
            )


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
        keys = {
            "actuated": '<param key="max-gap" value="2.5"/><param key="detector-gap" value="1.5"/>'
            '<param key="file" value="own_loops.xml"/><param key="freq" value="60"/>',
            "delay_based": '<param key="detectorRange" value="80"/><param key="minTimeLoss" value="1"/>'
            '<param key="file" value="own_lanes.xml"/>',
        }[kind]
        content.additional.append(
            xml(f'<tlLogic id="{signal}" type="{kind}" programID="vehicles" offset="0">{keys}{rows}</tlLogic>')
        )
        content.features.append(kind)


def add_detectors_and_pictures(content: Content, roads: Roads, types: list[str], begin_s: float) -> None:
    """Detectors of several lanes, pictures for sumo-gui."""
    if content.chance(0.12, "e3"):
        entries = "".join(f'<detEntry lane="{roads.lane_of[e]}" pos="10"/>' for e in roads.entries[:2])
        exits = "".join(f'<detExit lane="{roads.lane_of[e]}" pos="10"/>' for e in roads.exits[:2])
        content.additional.append(
            xml(f'<entryExitDetector id="e3" period="50" file="own_e3.xml">{entries}{exits}</entryExitDetector>')
        )
    if content.chance(0.1, "pictures"):
        content.additional.append(
            xml('<poly id="p" type="park" color="red" fill="1" layer="0" shape="0,0 5,5 9,0" imgFile="none.png"/>')
        )
        content.additional.append(xml('<poi id="q" x="1" y="1" color="red" imgFile="none.png"/>'))


SERVICE_PARTS = (add_line, add_containers, add_charging, add_rerouters, add_programme_kinds, add_detectors_and_pictures)
