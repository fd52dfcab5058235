"""People who cross as counted: each walks along a pavement, over one arm's crossing and on.

Half of them go each way. A walk begins WALK_M before the junction and ends as far behind it, on roads from which the
shortest way on foot leads over the counted arm's crossing and no other. Cyclists of crossings ride them as walkers
do, at CYCLIST_MPS: SUMO's bicycles keep to lanes.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from zhasyl.files.clock import seconds
from zhasyl.network import Network
from zhasyl.scenarios.arms import Arm, junction_arms
from zhasyl.scenarios.counts.count import ON_BICYCLE
from zhasyl.scenarios.counts.placed import CrossedArm, Spans
from zhasyl.scenarios.demand.crossings import Ways
from zhasyl.scenarios.demand.volumes import Walk
from zhasyl.scenarios.turns import junction_turns
from zhasyl.sumo.xml_files import Element, SubElement, top_elements, write_xml

WALK_M = 30.0
CYCLIST_MPS = 4.0  # 14 km/h, over a crossing
PEOPLE_FILE = "demand-people.rou.xml"
TYPES = {"pedestrian": "", ON_BICYCLE: f"{CYCLIST_MPS:g}"}
SIDES = ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")

Key = tuple[str, int, str]
"""Junction, number of the arm, and who crosses it."""


End = tuple[str, float]
"""A road and a place on it; SUMO counts from the end what is negative."""


@dataclass(frozen=True)
class Crossed:
    """The counts of one arm and kind, and where people walk from and to when they cross it, or back."""

    key: Key
    name: tuple[str, str, str]
    counts: tuple[CrossedArm, ...]
    ends: tuple[End, End]
    spans: Spans

    def id(self, number: int) -> str:
        return f"{self.key[2]}.{self.key[0]}.{self.key[1]}.{number}"


def walkable(crossed: Iterable[CrossedArm], network: Network) -> tuple[tuple[Crossed, ...], tuple[str, ...]]:
    """The counted crossings that the network has, and a remark for each that it has not."""
    by_key: dict[Key, list[CrossedArm]] = defaultdict(list)
    for one in crossed:
        by_key[one.junction, one.arm.number, one.crossing.kind].append(one)
    ways = Ways(network)
    found: list[Crossed] = []
    remarks: list[str] = []
    for key, counts in by_key.items():
        ends = _ends(network, ways, key[0], counts[0].arm)
        side = SIDES[round(counts[0].arm.azimuth_deg / 45.0) % 8]
        how = "by bicycle" if key[2] == ON_BICYCLE else "on foot"
        people = sum(one.crossing.people for one in counts)
        if ends:
            name = key[0], f"crossing:{side}", how
            found.append(Crossed(key, name, tuple(counts), ends, Spans.of(one.crossing for one in counts)))
        elif people:
            remarks.append(f"'{key[0]}': no crossing on the {side}ern arm; {people} people {how} are left out")
    return tuple(found), tuple(remarks)


def _ends(network: Network, ways: Ways, junction: str, arm: Arm) -> tuple[End, End] | None:
    """Two places between which people cross this arm and no other, if possible on roads of other arms."""
    own = {*arm.approaches, *arm.exits}
    crossings = {e.id for e in network.edges.values() if e.function == "crossing" and own & set(e.crosses)}
    turns = junction_turns(network, junction)
    roads = [road for other in junction_arms(network, turns) for road in (*other.approaches, *other.exits)]
    pairs = [(a, b) for a in roads for b in roads if a < b]
    for a, b in sorted(pairs, key=lambda pair: (len(own & set(pair)), pair)):
        at_a, at_b = (_near(network, turns.movements, road) for road in (a, b))
        if crossings and set(ways.crossings(Walk((a, b), at_a, at_b))) == crossings:
            return (a, at_a), (b, at_b)
    return None


def _near(network: Network, approaches: Iterable[str], road: str) -> float:
    """A place on a road near the junction."""
    length_m = min(WALK_M, network.edges[road].length_m / 2)
    return -length_m if road in set(approaches) else length_m


def write_people(crossed: Iterable[Crossed], folder: Path, warm_up_s: float, begin_s: float) -> Path:
    """A route file of all who cross, spread evenly over each interval; the first one's also over the warm-up."""
    root = Element("routes")
    known = list(crossed)
    for kind in sorted({one.key[2] for one in known}):
        speed = {"maxSpeed": TYPES[kind]} if TYPES[kind] else {}
        SubElement(root, "vType", {"id": f"{kind}-crossing", "vClass": "pedestrian"} | speed)
    for depart_s, name, one, back in sorted(_departures(known, warm_up_s, begin_s), key=lambda d: (d[0], d[1])):
        (first, depart_m), (last, arrival_m) = one.ends[::-1] if back else one.ends
        person = SubElement(root, "person", id=name, type=f"{one.key[2]}-crossing", depart=seconds(depart_s))
        person.set("departPos", f"{depart_m:g}")
        SubElement(person, "walk", edges=f"{first} {last}", arrivalPos=f"{arrival_m:g}")
    path = folder / PEOPLE_FILE
    write_xml(root, path)
    return path


def _departures(
    crossed: Iterable[Crossed], warm_up_s: float, begin_s: float
) -> Iterator[tuple[float, str, Crossed, bool]]:
    for one in crossed:
        number = 0
        for count in one.counts:
            first_s, length_s = count.crossing.begin_s, count.crossing.end_s - count.crossing.begin_s
            spans = [(first_s, length_s, count.crossing.people)]
            if warm_up_s and first_s == begin_s:
                spans.insert(0, (first_s - warm_up_s, warm_up_s, round(count.crossing.people * warm_up_s / length_s)))
            for start_s, span_s, people in spans:
                for place in range(people):
                    yield start_s + span_s * (place + 0.5) / people, one.id(number), one, bool(number % 2)
                    number += 1


def assigned(crossed: Iterable[Crossed], path: Path) -> Counter[Key]:
    """Who sets out while they were counted."""
    return _counted(crossed, ((p.get("id", ""), float(p.get("depart", "0"))) for p in top_elements(path)))


def simulated(crossed: Iterable[Crossed], passed: Path) -> Counter[Key]:
    """Who left the crossing behind while they were counted, of SUMO's record of a run."""
    return _counted(crossed, _crossings(passed))


def _crossings(passed: Path) -> Iterator[tuple[str, float]]:
    for person in top_elements(passed):
        walk = person.find("walk") if person.tag == "person" else None
        if walk is not None:
            roads = list(walk.get("edges", "").split())
            times = walk.get("exitTimes", "").split()
            left = [float(time) for edge, time in zip(roads, times, strict=False) if edge[0] != ":"]
            if left and left[0] >= 0:
                yield person.get("id", ""), left[0]


def _counted(crossed: Iterable[Crossed], at_s: Iterable[tuple[str, float]]) -> Counter[Key]:
    by_prefix = {one.id(0).rpartition(".")[0]: one for one in crossed}
    found: Counter[Key] = Counter()
    for name, time_s in at_s:
        one = by_prefix.get(name.rpartition(".")[0])
        if one and time_s in one.spans:
            found[one.key] += 1
    return found
