"""How vehicles of random valid inputs depart, arrive and stop; types and routes of the route file; districts."""

from xml.etree.ElementTree import Element, fromstring

from benchmarks.valid_contents import PERIOD_S, Content, Roads, seconds_text

DEPARTURES = (
    {"departPos": "random"},
    {"departPos": "free"},
    {"departPos": "random_free"},
    {"departPos": "base"},
    {"departPos": "last"},
    {"departPos": "-40"},
    {"departPos": "12.5"},
    {"departLane": "random"},
    {"departLane": "free"},
    {"departLane": "allowed"},
    {"departLane": "best"},
    {"departLane": "first"},
    {"departSpeed": "random"},
    {"departSpeed": "desired"},
    {"departSpeed": "speedLimit"},
    {"departSpeed": "last"},
    {"departSpeed": "avg"},
    {"departSpeed": "3.5"},
    {"arrivalPos": "random"},
    {"arrivalPos": "-15"},
    {"arrivalPos": "30"},
    {"arrivalSpeed": "4"},
    {"arrivalLane": "current"},
    {"departPosLat": "random"},
    {"departPosLat": "left"},
    {"insertionChecks": "collision"},
    {"speedFactor": "1.3"},
    {"personNumber": "2"},
    {"containerNumber": "1"},
    {"reroute": "true"},
    {"departEdge": "1"},
    {"arrivalEdge": "1"},
)
MODELS = (
    "KraussOrig1",
    "PWagner2009",
    "Wiedemann",
    "W99",
    "EIDM",
    "ACC",
    "CACC",
    "KraussPS",
    "BKerner",
    "SmartSK",
    "Krauss",
)
JUNCTION = ("jmDriveAfterRedTime", "jmDriveAfterYellowTime", "jmIgnoreFoeProb", "jmTimegapMinor", "jmSigmaMinor")


def xml(text: str) -> Element:
    """An element from its text."""
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
        content.declared.append(xml(f'<vTypeDistribution id="fleet">{inner}</vTypeDistribution>'))
        types = [*types, "fleet"]
    named: list[tuple[str, list[str]]] = []
    if content.chance(0.4, "routes of the route file"):
        for _ in range(2):
            name, way = content.name("route"), roads.way(draw)
            content.declared.append(xml(f'<route id="{name}" edges="{" ".join(way)}"/>'))
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
            one.append(xml(f'<route edges="{" ".join(roads.way(draw))}"/>'))
        content.departing.append((depart_s, one))
    if content.chance(0.2, "departs before the begin"):
        one = xml(f'<vehicle id="{content.name("early")}" depart="{begin_s - 20:.1f}"/>')
        one.append(xml(f'<route edges="{" ".join(roads.way(draw))}"/>'))
        if begin_s > 20:
            content.departing.append((begin_s - 20, one))
    if content.chance(0.2, "flow before the begin") and begin_s > 60:
        flow = xml(
            f'<flow id="{content.name("flow")}" begin="{begin_s - 60:.1f}" end="{begin_s + 100:.1f}" '
            f'period="13"><route edges="{" ".join(roads.way(draw))}"/></flow>'
        )
        content.departing.append((begin_s - 60, flow))
    if content.chance(0.2, "cycled route"):
        way = roads.way(draw)
        one = xml(
            f'<flow id="{content.name("flow")}" begin="{seconds_text(begin_s)}" number="4" period="22.2">'
            f'<route edges="{" ".join(way)}" color="1,0,0"/></flow>'
        )
        content.departing.append((begin_s, one))
    if content.chance(0.2, "interval"):
        ways = [roads.way(draw) for _ in range(2)]
        flows = "".join(
            f'<flow id="{content.name("flow")}" from="{way[0]}" to="{way[-1]}" number="6"/>' for way in ways
        )
        end = seconds_text(begin_s + PERIOD_S / 2)
        content.departing.append(
            (begin_s, xml(f'<interval begin="{seconds_text(begin_s)}" end="{end}">{flows}</interval>'))
        )
    if content.chance(0.15, "via"):
        way = roads.way(draw)
        content.departing.append(
            (
                begin_s + 3,
                xml(
                    f'<trip id="{content.name("via")}" depart="{seconds_text(begin_s + 3)}" from="{way[0]}" '
                    f'to="{way[-1]}" via="{" ".join(way[1:-1]) or way[0]}"/>'
                ),
            )
        )


def add_districts(content: Content, roads: Roads, types: list[str], begin_s: float) -> None:
    """Districts, in an additional file, and flows and trips between them."""
    if not content.chance(0.2, "districts"):
        return
    draw = content.draw
    content.additional.append(xml(f'<taz id="west" edges="{" ".join(roads.entries[:2])}"/>'))
    sinks = "".join(f'<tazSink id="{edge}" weight="{n + 1}"/>' for n, edge in enumerate(roads.exits[:3]))
    source = f'<tazSource id="{roads.entries[0]}" weight="1"/>'
    content.additional.append(xml(f'<taz id="east">{source}{sinks}</taz>'))
    if set(roads.entries[:2]) & set(roads.exits[:3]):
        return
    content.departing.append(
        (
            begin_s,
            xml(
                f'<flow id="{content.name("flow")}" fromTaz="west" toTaz="east" begin="{seconds_text(begin_s)}" '
                f'end="{seconds_text(begin_s + PERIOD_S)}" number="{draw.randint(3, 15)}"/>'
            ),
        )
    )
    content.departing.append(
        (
            begin_s + 7,
            xml(
                f'<trip id="{content.name("tazzer")}" fromTaz="west" toTaz="east" '
                f'depart="{seconds_text(begin_s + 7)}"/>'
            ),
        )
    )


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
        content.departing.append(
            (
                begin_s + after_s,
                xml(
                    f'<vehicle id="{content.name("dweller")}" depart="{seconds_text(begin_s + after_s)}" departPos="0">'
                    f'<route edges="{" ".join(way)}"/><stop {kind}/></vehicle>'
                ),
            )
        )


DEPARTURE_PARTS = (add_departures, add_districts, add_stop_kinds)
