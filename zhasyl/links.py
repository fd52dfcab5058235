"""The links of one signal in its network: what they lead over, which of them conflict, and who gives way.

netconvert writes what it never saw green together as yielding both ways. Which of two such greens gives way is then
said by the rule of the road: who turns to who goes straight, who turns across the oncoming traffic to who turns to the
near side, who turns back to all others, and all of them to pedestrians. Movements of one kind still yield both ways.
"""

from collections.abc import Mapping
from functools import cached_property

from zhasyl.network import Connection, Network
from zhasyl.signals import Conflicts

WALK, STRAIGHT, NEAR, FAR, BACK = range(5)
"""Kinds of movements; of two that yield to each other the later one gives way. NEAR is right in right-hand traffic."""


class SignalLinks:
    """`links`: index → connections; `walks`: the indices of crossings; `size`: letters of a state that shows all."""

    def __init__(self, network: Network, signal: str) -> None:
        self.id = signal
        self.network = network
        self.links: dict[int, tuple[Connection, ...]] = dict(sorted(network.signal_links.get(signal, {}).items()))
        self.walks = frozenset(i for i, cs in self.links.items() if all(network.is_pedestrian(c) for c in cs))
        self.size = 1 + max(self.links, default=-1)

    @cached_property
    def conflicts(self) -> Conflicts:
        return read_conflicts(self.network, self.links)

    @cached_property
    def crossing_m(self) -> dict[int, float]:
        """The length of each crossing; 0 where only its waiting area has the link."""
        edges = self.network.edges
        return {
            link: max((edges[c.to_edge].length_m for c in self.links[link] if edges[c.to_edge].function == "crossing"),
                      default=0.0)
            for link in sorted(self.walks)
        }  # fmt: skip

    def is_turn(self, link: int) -> bool:
        """Does it turn left or right, or back? A crossing does not."""
        return link not in self.walks and all(c.is_turn for c in self.links[link])

    def approaches(self, link: int) -> set[str]:
        """The roads it comes from; none for a crossing."""
        return set() if link in self.walks else {c.from_edge for c in self.links[link]}

    def state(self, letters: Mapping[int, str]) -> str:
        """A state that shows these letters and else red."""
        return "".join(letters.get(link, "r") for link in range(self.size))

    def straight_that_yields(self, state: str) -> list[tuple[int, int]]:
        """Pairs of a straight movement shown as giving way and a green turn of another approach that it waits for."""
        return [
            (i, j) for i, j in sorted(self.conflicts.yields)
            if max(i, j) < len(state) and state[i] == "g" and state[j] in "Gg" and i not in self.walks
            and not self.is_turn(i) and self.is_turn(j) and not self.approaches(i) & self.approaches(j)
        ]  # fmt: skip


def read_conflicts(network: Network, links: dict[int, tuple[Connection, ...]]) -> Conflicts:
    """Conflicts between a signal's link indices, from the junctions' foe and response sets."""
    requests = {i: [network.requests[c] for c in cs if c in network.requests] for i, cs in links.items()}
    foes, yields = set(), set()
    for i, mine in requests.items():
        for j, theirs in requests.items():
            for junction_id, a in mine:
                junction = network.junctions[junction_id]
                others = [b for other, b in theirs if other == junction_id]
                if i != j and a < len(junction.foes) and any(b in junction.foes[a] for b in others):
                    foes.update({(i, j), (j, i)})
                    if any(b in junction.response[a] for b in others):
                        yields.add((i, j))
    kinds = {link: _kind(network, connections) for link, connections in links.items()}
    gives_way = {(i, j) for i, j in yields if (j, i) not in yields or kinds[i] >= kinds[j]}
    return Conflicts(frozenset(foes), frozenset(yields), frozenset(gives_way))


def _kind(network: Network, connections: tuple[Connection, ...]) -> int:
    """That of a link; of several that share it the one that gives way to the fewest."""
    near = "lL" if network.left_hand else "rR"
    return min(
        WALK if network.is_pedestrian(c)
        else STRAIGHT if not c.is_turn
        else NEAR if c.direction in near
        else BACK if c.direction == "t"
        else FAR
        for c in connections
    )  # fmt: skip
