"""A road network as SUMO's net file states it: edges, lanes, connections, rights of way, signal programmes.

edge        a directed road between two junctions; its lanes are counted from the right
connection  lane → lane across a junction; with a signal and a link index if a signal controls it
foes        connections of one junction that cross or merge; `response`: which of them must be yielded to
programme   a signal's shipped plan, rows of (duration, state); state has one character per link index. Of several,
            that of the time asked for

Only what signal control and measurement need is read. Pedestrian crossings are edges too.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from zhasyl.sumo.programme import Phase as Phase
from zhasyl.sumo.programme import Programme as Programme

PEDESTRIAN_FUNCTIONS = frozenset({"crossing", "walkingarea"})


@dataclass(frozen=True)
class Edge:
    """A directed road, or a pedestrian crossing.

    speed_mps  the limit of its fastest lane
    no_cars    indices of the lanes that are closed to passenger cars: bus lanes, pavements
    crosses    of a crossing: the roads it leads over
    """

    id: str
    from_junction: str
    to_junction: str
    function: str
    name: str
    length_m: float
    speed_mps: float
    lanes: tuple[str, ...]
    shape: tuple[tuple[float, float], ...]
    no_cars: frozenset[int] = frozenset()
    crosses: tuple[str, ...] = ()


@dataclass(frozen=True)
class Connection:
    """Lane `from_lane` of `from_edge` → lane `to_lane` of `to_edge`. `signal` is '' where none controls it.

    `no_cars`: closed to passenger cars by itself, whatever its lanes allow.
    """

    from_edge: str
    from_lane: int
    to_edge: str
    to_lane: int
    direction: str
    signal: str
    link: int
    via: str
    no_cars: bool = False

    @property
    def is_turn(self) -> bool:
        """Does it lead left, right or back?"""
        return self.direction not in ("s", "")


@dataclass(frozen=True)
class Junction:
    """A junction's rights of way: foes[i] and response[i] are the sets of request indices j."""

    id: str
    kind: str
    incoming_lanes: tuple[str, ...]
    internal_lanes: tuple[str, ...]
    foes: tuple[frozenset[int], ...]
    response: tuple[frozenset[int], ...]


@dataclass(frozen=True)
class Network:
    """A net file. `programmes` holds what each signal plays at the time asked for, in file order.

    `left_hand`: traffic keeps to the left.
    """

    path: Path
    edges: dict[str, Edge]
    junctions: dict[str, Junction]
    connections: tuple[Connection, ...]
    programmes: dict[str, Programme]
    internal_lengths_m: dict[str, float]
    internal_next: dict[str, str] = field(default_factory=dict)
    left_hand: bool = False

    @cached_property
    def signal_links(self) -> dict[str, dict[int, tuple[Connection, ...]]]:
        """Signal → link index → the connections that show that index."""
        links: dict[str, dict[int, tuple[Connection, ...]]] = defaultdict(dict)
        for connection in self.connections:
            if connection.signal:
                known = links[connection.signal].get(connection.link, ())
                links[connection.signal][connection.link] = (*known, connection)
        return dict(links)

    def inside(self, connection: Connection) -> tuple[str, ...]:
        """The internal edges a connection passes in its junction, in order; none in a network without them."""
        return tuple(lane.rsplit("_", 1)[0] for lane in self.lanes_inside(connection))

    def lanes_inside(self, connection: Connection) -> tuple[str, ...]:
        """The internal lanes a connection passes in its junction, in order."""
        lane, lanes = connection.via, []
        while lane:
            lanes.append(lane)
            lane = self.internal_next.get(lane, "")
        return tuple(lanes)

    @cached_property
    def incoming(self) -> dict[str, tuple[Connection, ...]]:
        """Edge → connections that lead onto it, road traffic only."""
        return _grouped((c.to_edge, c) for c in self.connections if not self.is_pedestrian(c))

    @cached_property
    def outgoing(self) -> dict[str, tuple[Connection, ...]]:
        """Edge → connections that leave it, road traffic only."""
        return _grouped((c.from_edge, c) for c in self.connections if not self.is_pedestrian(c))

    def is_pedestrian(self, connection: Connection) -> bool:
        """Does this connection start, cross or end on a walking area or crossing?"""
        functions = {self.edges[connection.from_edge].function, self.edges[connection.to_edge].function}
        return bool(functions & PEDESTRIAN_FUNCTIONS)

    @cached_property
    def requests(self) -> dict[Connection, tuple[str, int]]:
        """Connection → (junction, request index) in that junction's foe and response sets."""
        by_lane: dict[str, list[Connection]] = defaultdict(list)
        for connection in self.connections:
            if not self.is_pedestrian(connection):
                by_lane[f"{connection.from_edge}_{connection.from_lane}"].append(connection)
        found: dict[Connection, tuple[str, int]] = {}
        for junction in self.junctions.values():
            ordered = (c for lane in junction.incoming_lanes for c in by_lane.get(lane, ()))
            found.update((c, (junction.id, index)) for index, c in enumerate(ordered))
        found.update(self._crossing_requests())
        return found

    def _crossing_requests(self) -> Iterator[tuple[Connection, tuple[str, int]]]:
        position = {
            lane: (junction.id, index)
            for junction in self.junctions.values()
            for index, lane in enumerate(junction.internal_lanes)
        }
        for c in self.connections:
            if c.signal and self.edges[c.to_edge].function == "crossing":
                lane = f"{c.to_edge}_{c.to_lane}"
                if lane in position:
                    yield c, position[lane]


def _grouped(pairs: Iterable[tuple[str, Connection]]) -> dict[str, tuple[Connection, ...]]:
    groups: dict[str, list[Connection]] = defaultdict(list)
    for key, connection in pairs:
        groups[key].append(connection)
    return {key: tuple(group) for key, group in groups.items()}
