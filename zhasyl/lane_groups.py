"""Approaches and lane groups of every signal, from the network alone, and where their queues stand.

lane group   lanes of one approach that share a movement, and so a queue
storage      the approach edge and the edges before it that lead nowhere else. A lane before a turn bay belongs to the
             lanes that go straight on from it: who queues beyond the bay stands in their way
"""

from collections import defaultdict
from collections.abc import Mapping, Set
from dataclasses import dataclass
from functools import cached_property
from math import atan2, degrees

from zhasyl.network import Connection, Edge, Network
from zhasyl.text.language import N_

COMPASS = (N_("eastbound"), N_("northeastbound"), N_("northbound"), N_("northwestbound"),
           N_("westbound"), N_("southwestbound"), N_("southbound"), N_("southeastbound"))  # fmt: skip


@dataclass(frozen=True)
class LaneGroup:
    """Lanes of one approach that share a queue."""

    id: str
    signal: str
    approach: str


@dataclass(frozen=True)
class LaneGroups:
    """All lane groups, and for each lane on which their vehicles stand: (group index, lane start to stop line, m)."""

    groups: tuple[LaneGroup, ...]
    lanes: dict[str, tuple[int, float]]

    @cached_property
    def storage_m(self) -> list[float]:
        """By lane group, from the stop line back to the start of the farthest lane on which its vehicles stand."""
        longest_m = [0.0] * len(self.groups)
        for group, start_m in self.lanes.values():
            longest_m[group] = max(longest_m[group], start_m)
        return longest_m

    @cached_property
    def arms(self) -> list[tuple[str, str]]:
        """Signal and approach edge of every approach, in the order of the lane groups."""
        return list(dict.fromkeys((group.signal, group.approach) for group in self.groups))

    @cached_property
    def arm_of(self) -> list[int]:
        """By lane group, the place of its approach in `arms`."""
        places = {arm: place for place, arm in enumerate(self.arms)}
        return [places[group.signal, group.approach] for group in self.groups]

    @cached_property
    def arm_of_edge(self) -> dict[str, int]:
        """By edge on which vehicles stand, storage included, the place of its approach in `arms`."""
        arm_of = self.arm_of
        return {lane.rsplit("_", 1)[0]: arm_of[group] for lane, (group, _) in self.lanes.items()}

    @cached_property
    def edges(self) -> list[str]:
        """Edges whose vehicles have to be recorded."""
        return sorted({lane.rsplit("_", 1)[0] for lane in self.lanes})


def lane_groups(network: Network) -> LaneGroups:
    """Lane groups of every signal of a network."""
    groups: list[LaneGroup] = []
    lanes: dict[str, tuple[int, float]] = {}
    for signal, links in sorted(network.signal_links.items()):
        connections = [c for cs in links.values() for c in cs if not network.is_pedestrian(c)]
        for approach in sorted({c.from_edge for c in connections}):
            own = [c for c in connections if c.from_edge == approach]
            for number, members in enumerate(_sharing_lanes(own), start=1):
                groups.append(LaneGroup(f"{signal}/{approach}/{number}", signal, approach))
                for lane in members:
                    lanes[f"{approach}_{lane}"] = (len(groups) - 1, network.edges[approach].length_m)
            _add_storage(network, approach, lanes)
    return LaneGroups(tuple(groups), lanes)


def _sharing_lanes(connections: list[Connection]) -> list[list[int]]:
    """Lanes joined where they share an exit edge, from the right."""
    exits: dict[int, set[str]] = defaultdict(set)
    for connection in connections:
        exits[connection.from_lane].add(connection.to_edge)
    return sorted(sharing(exits))


def sharing(members: Mapping[int, Set[object]]) -> list[list[int]]:
    """Numbers joined where their sets share a member, each group sorted; in the order in which the last one joined."""
    groups: list[tuple[list[int], Set[object]]] = []
    for number, own in members.items():
        touched = [group for group in groups if group[1] & own]
        groups = [group for group in groups if not group[1] & own]
        joined = sorted([number, *(other for numbers, _ in touched for other in numbers)])
        groups.append((joined, frozenset(own).union(*(theirs for _, theirs in touched))))
    return [numbers for numbers, _ in groups]


def _add_storage(network: Network, approach: str, lanes: dict[str, tuple[int, float]]) -> None:
    """Add the lanes of edges before the approach that lead nowhere else and pass no signal on the way."""
    edge, start_m, passed = approach, network.edges[approach].length_m, {approach}
    straight = {
        lanes[f"{approach}_{c.from_lane}"][0] for c in network.outgoing[approach] if _goes_on(c, approach, lanes)
    }
    while True:
        before = [c for c in network.incoming.get(edge, ()) if not c.signal and c.direction != "t"]
        sources = {c.from_edge for c in before}
        only = [s for s in sources if {c.to_edge for c in network.outgoing[s] if c.direction != "t"} == {edge}]
        if len(sources) != 1 or len(only) != 1 or only[0] in passed:
            return
        passed.add(only[0])
        gap_m = max(network.internal_lengths_m.get(c.via, 0.0) for c in before)
        start_m += gap_m + network.edges[only[0]].length_m
        targets = [(c, lanes[f"{edge}_{c.to_lane}"][0]) for c in before if f"{edge}_{c.to_lane}" in lanes]
        for c, target in sorted(targets, key=lambda one: (one[0].from_lane, one[1] not in straight, one[0].to_lane)):
            lanes.setdefault(f"{c.from_edge}_{c.from_lane}", (target, start_m))
        edge = only[0]


def _goes_on(connection: Connection, approach: str, lanes: Mapping[str, tuple[int, float]]) -> bool:
    return connection.direction == "s" and f"{approach}_{connection.from_lane}" in lanes


def approach_name(edge: Edge) -> str:
    """Street name and the direction of travel, or the edge's id where the street has no name."""
    (x0, y0), (x1, y1) = edge.shape[0], edge.shape[-1]
    heading = COMPASS[round(degrees(atan2(y1 - y0, x1 - x0)) / 45.0) % 8]
    return f"{edge.name}, {heading}" if edge.name else f"{edge.id} ({heading})"
