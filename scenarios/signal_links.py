"""What a signal's link indices mean in a compiled network: movements, crossings and who gives way."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree as ET

from zhasyl.errors import ScenarioError
from zhasyl.scenarios.tables import Tables

Subject = tuple[str, str]  # (link, movement), or ("", crossing)


@dataclass
class SignalLinks:
    """Link indices of one signal by subject; foes and yields are pairs of them, yields (who, to whom)."""

    indices: dict[Subject, list[int]] = field(default_factory=dict)
    foes: set[tuple[int, int]] = field(default_factory=set)
    yields: set[tuple[int, int]] = field(default_factory=set)
    crossing_length_m: dict[str, float] = field(default_factory=dict)

    @property
    def size(self) -> int:
        return 1 + max((index for members in self.indices.values() for index in members), default=-1)

    def subjects(self) -> dict[int, Subject]:
        return {index: subject for subject, members in self.indices.items() for index in members}


def read_signal_links(tables: Tables, net_file: Path) -> dict[str, SignalLinks]:
    """Read all signals of a compiled network. Raises ScenarioError if it does not match the tables."""
    root = ET.parse(net_file).getroot()  # noqa: S314  netconvert wrote it for us
    found = {signal: SignalLinks() for signal in tables.signal_ids}
    vias: dict[str, dict[str, int]] = {signal: {} for signal in found}
    _read_turns(tables, root, found, vias)
    _read_crossings(tables, root, found, vias)
    onward = {f"{c.get('from')}_{c.get('fromLane')}": c.get("via", "") for c in root.iter("connection")}
    for junction in root.iter("junction"):
        signal = junction.get("id", "")
        if signal in found:
            positions = _request_positions(junction, vias[signal], onward)
            found[signal].foes.update(_pairs(junction, positions, "foes"))
            found[signal].yields.update(_pairs(junction, positions, "response"))
    return found


def _read_turns(
    tables: Tables, root: ET.Element, found: dict[str, SignalLinks], vias: dict[str, dict[str, int]]
) -> None:
    links = tables.link_by_id
    compiled = {_ends(c): c for c in root.iter("connection") if c.get("tl")}
    for line, turn in tables.turns.lines:
        before, after = links[turn.from_link], links[turn.to_link]
        if before.to_junction not in found:
            continue
        ends = (before.id, str(before.sumo_lane(turn.lane)), after.id, str(after.sumo_lane(turn.to_lane)))
        if ends not in compiled:
            raise tables.turns.fault(line, "netconvert dropped this turn; check the lanes and classes of its links")
        index = int(compiled[ends].get("linkIndex", "-1"))
        found[before.to_junction].indices.setdefault((before.id, turn.movement), []).append(index)
        vias[before.to_junction][compiled[ends].get("via", "")] = index


def _ends(connection: ET.Element) -> tuple[str, str, str, str]:
    get = connection.get
    return (get("from", ""), get("fromLane", ""), get("to", ""), get("toLane", ""))


def _read_crossings(
    tables: Tables, root: ET.Element, found: dict[str, SignalLinks], vias: dict[str, dict[str, int]]
) -> None:
    edges = {_crossed(edge): edge for edge in root.iter("edge") if edge.get("function") == "crossing"}
    indices = {c.get("to", ""): int(c.get("linkIndex", "-1")) for c in root.iter("connection") if c.get("tl")}
    for line, crossing in tables.crossings.lines:
        edge = edges.get((crossing.junction, frozenset(crossing.links)))
        if edge is None:
            raise tables.crossings.fault(line, "netconvert dropped this crossing; give both of its ends a sidewalk")
        lane = edge.find("lane")
        signal, index = found[crossing.junction], indices[edge.get("id", "")]
        signal.indices[("", crossing.id)] = [index]
        signal.crossing_length_m[crossing.id] = float(lane.get("length", "0")) if lane is not None else 0.0
        vias[crossing.junction][f"{edge.get('id')}_0"] = index


def _crossed(edge: ET.Element) -> tuple[str, frozenset[str]]:
    """The junction and the links of a crossing, from ':JUNCTION_cNUMBER' and its crossed edges."""
    junction = edge.get("id", "").removeprefix(":").rpartition("_c")[0]
    return junction, frozenset(edge.get("crossingEdges", "").split())


def _request_positions(junction: ET.Element, vias: dict[str, int], onward: dict[str, str]) -> dict[int, int]:
    """Link index of each row of the right-of-way matrix; a turn that waits inside has two internal lanes."""
    inner = junction.get("intLanes", "").split()
    positions = {}
    for via, index in vias.items():
        last = via if via in inner else onward.get(via, "")
        if last not in inner:
            raise ScenarioError(
                f"junction '{junction.get('id')}': lane '{via}' has no row of right-of-way; report this"
            )
        positions[inner.index(last)] = index
    return positions


def _pairs(junction: ET.Element, positions: dict[int, int], key: str) -> Iterator[tuple[int, int]]:
    for request in junction.iter("request"):
        row = int(request.get("index", "-1"))
        for other, bit in enumerate(reversed(request.get(key, ""))):
            if bit == "1" and row in positions and other in positions:
                yield positions[row], positions[other]
