"""The turns of a network's junctions in a planner's words: approach by heading, movement left, straight, right, u-turn.

junction   a signal by its id, by its number in the order of ids (signals.csv), or any junction by its id
inner      a road between two nodes of one signal: a turn leads over it to an exit
"""

import math
from collections import defaultdict
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field

from zhasyl.errors import ScenarioError, unknown_name
from zhasyl.network import Connection, Network

HEADINGS = ("EB", "NEB", "NB", "NWB", "WB", "SWB", "SB", "SEB")
WORDS = {"northbound": "NB", "southbound": "SB", "eastbound": "EB", "westbound": "WB"}
DIRECTIONS = {"l": "left", "L": "left", "s": "straight", "r": "right", "R": "right", "t": "u-turn"}
U_TURN_DEG, STRAIGHT_DEG = 150.0, 40.0
MOST_EDGES_BETWEEN = 4  # inner edges of a wide signal

Turn = tuple[str, str]
"""An approach edge and an exit edge."""


@dataclass(frozen=True)
class JunctionTurns:
    """The turns of one junction: `movements[approach edge][movement]` is the exits, `headings` names approaches."""

    id: str
    movements: dict[str, dict[str, tuple[str, ...]]]
    headings: dict[str, str]
    lanes: dict[Turn, int] = field(default_factory=dict)

    @property
    def turns(self) -> tuple[Turn, ...]:
        return tuple((a, exit_) for a, ways in self.movements.items() for exits in ways.values() for exit_ in exits)

    def find(self, approach: str, movement: str, called: str = "") -> Turn:
        """The turn that a count means, `called` the approach in messages. Raises ScenarioError with what is known."""
        edge = self.approach(approach)
        approach = called or approach
        ways = self.movements[edge]
        if (edge, movement) in self.turns:
            return edge, movement
        if movement not in ways:
            raise ScenarioError(unknown_name(f"movement of approach {approach} at '{self.id[:60]}'", movement, ways))
        if len(ways[movement]) > 1:
            raise ScenarioError(
                f"{approach} {movement} at '{self.id[:60]}' leads to {len(ways[movement])} roads; "
                f"name one as the movement: {', '.join(ways[movement])[:200]}"
            )
        return edge, ways[movement][0]

    def approach(self, text: str) -> str:
        """The approach edge of that id or heading. Raises ScenarioError with what is known."""
        if text in self.movements:
            return text
        heading = WORDS.get(text.lower(), text.upper())
        found = [edge for edge, name in self.headings.items() if name == heading]
        if len(found) != 1:
            known = [f"{name} ({edge})" if name else edge for edge, name in self.headings.items()]
            raise ScenarioError(unknown_name(f"approach at '{self.id[:60]}'", text[:40], known)[:600])
        return found[0]


def turns_along(edges: Sequence[str], turns: Container[Turn]) -> Iterator[tuple[Turn, int]]:
    """Those of the turns that a route makes, with the position of the approach; inner roads may lie between."""
    for position, edge in enumerate(edges):
        for later in edges[position + 1 : position + 2 + MOST_EDGES_BETWEEN]:
            if (edge, later) in turns:
                yield (edge, later), position
                break


def find_junction(network: Network, name: str) -> JunctionTurns:
    """A junction by id or number. Raises ScenarioError."""
    signals = sorted(network.programmes)
    if name in network.programmes:
        return junction_turns(network, name)
    if name in network.junctions:
        return _turns(network, name, {name})
    if name.isdecimal() and 1 <= int(name) <= len(signals):
        return junction_turns(network, signals[int(name) - 1])
    raise ScenarioError(unknown_name("junction", name[:60], signals)[:500] + f", or a number from 1 to {len(signals)}")


def junction_turns(network: Network, signal: str) -> JunctionTurns:
    """The turns of a signal."""
    links = network.signal_links.get(signal, {})
    nodes = {
        network.edges[c.from_edge].to_junction
        for group in links.values()
        for c in group
        if not network.is_pedestrian(c)
    }
    return _turns(network, signal, nodes)


def _turns(network: Network, name: str, nodes: set[str]) -> JunctionTurns:
    inner = {edge.id for edge in network.edges.values() if edge.from_junction in nodes and edge.to_junction in nodes}
    approaches = sorted(
        edge.id
        for edge in network.edges.values()
        if edge.to_junction in nodes and edge.id not in inner and edge.id in network.outgoing
    )
    movements: dict[str, dict[str, tuple[str, ...]]] = {}
    lanes: dict[Turn, int] = {}
    for approach in approaches:
        ways: dict[str, list[str]] = defaultdict(list)
        for exit_, direction, number in _exits(network, approach, inner):
            lanes[approach, exit_] = number
            ways[direction].append(exit_)
        movements[approach] = {movement: tuple(sorted(exits)) for movement, exits in sorted(ways.items())}
    return JunctionTurns(name, movements, _headings(network, approaches), lanes)


def _exits(network: Network, approach: str, inner: set[str]) -> list[tuple[str, str, int]]:
    """(exit edge, movement, lanes of the approach that lead there), over inner roads too."""
    found: dict[str, str] = {}
    lanes: dict[str, set[int]] = defaultdict(set)
    for first in network.outgoing.get(approach, ()):
        stack, seen = [first], {approach}
        while stack:
            step = stack.pop()
            if step.to_edge in inner and step.to_edge not in seen:
                seen.add(step.to_edge)
                stack += network.outgoing.get(step.to_edge, ())
            elif step.to_edge not in inner:
                lanes[step.to_edge].add(first.from_lane)
                found.setdefault(step.to_edge, _movement(network, approach, first, step))
    return [(exit_, movement, len(lanes[exit_])) for exit_, movement in sorted(found.items())]


def _movement(network: Network, approach: str, first: Connection, last: Connection) -> str:
    """SUMO's own word for a turn over one node; over inner roads the angle decides."""
    if first is last:
        return DIRECTIONS.get(first.direction, "straight")
    turned = _angle(network.edges[last.to_edge].shape[:2]) - _angle(network.edges[approach].shape[-2:])
    turned = (turned + 180.0) % 360.0 - 180.0
    if abs(turned) > U_TURN_DEG:
        return "u-turn"
    return "straight" if abs(turned) <= STRAIGHT_DEG else "left" if turned > 0 else "right"


def _headings(network: Network, approaches: list[str]) -> dict[str, str]:
    """NB, EB, SB, WB; where two approaches share one, the eighth of the compass; '' where that is shared too."""
    angles = {edge: _angle(network.edges[edge].shape[-2:]) for edge in approaches}
    quarter = {edge: HEADINGS[round(angle / 90.0) % 4 * 2] for edge, angle in angles.items()}
    eighth = {edge: HEADINGS[round(angle / 45.0) % 8] for edge, angle in angles.items()}
    named = {edge: name if list(quarter.values()).count(name) == 1 else eighth[edge] for edge, name in quarter.items()}
    return {edge: name if list(named.values()).count(name) == 1 else "" for edge, name in named.items()}


def _angle(line: tuple[tuple[float, float], ...]) -> float:
    """Degrees from east, anticlockwise."""
    (x0, y0), (x1, y1) = line[0], line[-1]
    return math.degrees(math.atan2(y1 - y0, x1 - x0))
