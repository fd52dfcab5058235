"""UTDF's lane groups on a network: NBL, NBT, NBR2, ... of one node → the links of a signal.

approach   the road that comes from the Up Node, where the network's junctions are called by INTIDs; else the road of
           the nearest azimuth, by the coordinates of [Nodes] if they are there, else by the eighth of the column's name
movement   the road that leads to the Dest Node; else, where an approach has as many columns as ways out, both from
           left to right; else by what SUMO calls the turn. Of two left (right) turns L2 (R2) is the sharper one
"""

import re
from collections.abc import Iterator
from functools import cached_property

from zhasyl.errors import ScenarioError
from zhasyl.scenarios.directions import FARTHEST_DEG, HEADINGS, arriving_deg, leaving_deg, nearest, turned_deg
from zhasyl.scenarios.plans.link_names import SignalWords
from zhasyl.scenarios.plans.utdf import Node
from zhasyl.text.local_words import MOVEMENTS as MOVEMENT_WORDS

GROUP = re.compile(r"^(NB|SB|EB|WB|NE|NW|SE|SW)(U|L2?|T|R2?)$")
LEFT_TO_RIGHT = ("U", "L2", "L", "T", "R", "R2")
MOST_PIECES = 20  # of a road between two nodes


class MovementLinks:
    """The links of each lane group of one node."""

    def __init__(self, node: Node, words: SignalWords, free: frozenset[str] = frozenset()) -> None:
        """`free`: columns of which the signal may have no link, as it does not run them."""
        self._node, self._words, self._free = node, words, free
        self.columns = [c for c in dict.fromkeys(c for cells in node.lanes.values() for c in cells) if GROUP.match(c)]

    def links(self, column: str) -> tuple[int, ...]:
        """The links of a lane group, none if the approach has no such movement. Raises ScenarioError without one."""
        heading = column[:2]
        approach = self.approach(heading)
        ways = self._ways[approach]
        if exit_ := self._by_dest(column, approach):
            return ways[exit_]
        roads = [exit_ for exit_ in ways if not self._words.goes_back(ways[exit_][0])]
        own = [c for c in self._of(heading) if c[2] != "U"]
        for columns in (own, [c for c in own if c not in self._free], [c for c in own if not self._is_empty(c)]):
            if column in columns and len(columns) == len(roads):
                return ways[sorted(roads, key=lambda exit_: self._turn_deg(approach, exit_))[columns.index(column)]]
        return self._by_word(column, approach)

    def known(self, column: str) -> tuple[int, ...]:
        """The same; none without the approach, too."""
        try:
            return self.links(column)
        except ScenarioError:
            return ()

    def approach(self, heading: str) -> str:
        """The road of a heading. Raises ScenarioError."""
        if heading in self._approaches:
            return self._approaches[heading]
        known = ", ".join(f"{edge} at {deg:.0f}°" for edge, deg in sorted(self._azimuths.items()))
        raise self._node.fault(
            self._row(heading),
            f"{heading} heads for {self._wanted[heading]:.0f}°, and signal '{self._words.id[:40]}' has no road within "
            f"60° left for it ({known[:200]}); give --nodes the signal that this node is, or leave the node out there",
        )

    def edge_of(self, link: int) -> str:
        """The approach of a link."""
        return min(self._words.approaches(link), default="")

    @cached_property
    def _ways(self) -> dict[str, dict[str, tuple[int, ...]]]:
        """Approach → exit → links."""
        found: dict[str, dict[str, list[int]]] = {}
        for link in sorted(self._words.links.keys() - self._words.walks):
            for c in self._words.links[link]:
                members = found.setdefault(c.from_edge, {}).setdefault(c.to_edge, [])
                if link not in members:
                    members.append(link)
        return {edge: {to: tuple(links) for to, links in ways.items()} for edge, ways in found.items()}

    @cached_property
    def _azimuths(self) -> dict[str, float]:
        return {edge: arriving_deg(self._words.network.edges[edge].shape) for edge in sorted(self._ways)}

    @cached_property
    def _wanted(self) -> dict[str, float]:
        """Heading → azimuth, of the headings with lane groups."""
        headings = dict.fromkeys(column[:2] for column in self.columns)
        return {heading: self._node.azimuths.get(heading, HEADINGS[heading]) for heading in headings}

    @cached_property
    def _approaches(self) -> dict[str, str]:
        by_node = {h: edge for h in self._wanted for edge in self._ways if self._ups.get(h) in self._from(edge)}
        if len(set(by_node.values())) == len(by_node) and len(by_node) in (len(self._wanted), len(self._ways)):
            return by_node
        return nearest(self._wanted, self._azimuths, FARTHEST_DEG)

    @cached_property
    def _ups(self) -> dict[str, str]:
        named = self._node.lanes.get("up node", {})
        return {column[:2]: named[column][1] for column in self.columns if column in named}

    def _by_dest(self, column: str, approach: str) -> str | None:
        dest = self._node.lanes.get("dest node", {}).get(column, (0, ""))[1]
        found = [exit_ for exit_ in self._ways[approach] if dest in self._to(exit_)] if dest else []
        return found[0] if len(found) == 1 else None

    def _from(self, edge: str) -> set[str]:
        """The junctions where a road may be said to begin: over pieces that nothing joins or leaves."""
        return set(self._traced(edge, back=True))

    def _to(self, edge: str) -> set[str]:
        return set(self._traced(edge, back=False))

    def _traced(self, edge: str, back: bool) -> Iterator[str]:
        network = self._words.network
        for _ in range(MOST_PIECES):
            road = network.edges[edge]
            yield road.from_junction if back else road.to_junction
            steps = (network.incoming if back else network.outgoing).get(edge, ())
            others = {c.from_edge if back else c.to_edge for c in steps if c.direction != "t"}
            if len(others) != 1 or any(c.signal for c in steps):
                return
            (edge,) = others

    def _of(self, heading: str) -> list[str]:
        """The columns of an approach from left to right."""
        own = [column for column in self.columns if column[:2] == heading]
        return sorted(own, key=lambda column: LEFT_TO_RIGHT.index(column[2:]))

    def _is_empty(self, column: str) -> bool:
        """Has it neither a lane nor a volume?"""
        said = [self._node.lanes.get(record, {}).get(column, (0, ""))[1] for record in ("lanes", "volume")]
        return said[0] == "0" and said[1] in ("", "0")

    def _turn_deg(self, approach: str, exit_: str) -> float:
        edges = self._words.network.edges
        return turned_deg(arriving_deg(edges[approach].shape), leaving_deg(edges[exit_].shape))

    def _by_word(self, column: str, approach: str) -> tuple[int, ...]:
        heading, turn, second = column[:2], column[2], column[3:]
        try:
            links, _ = self._words.find(f"{approach}:{MOVEMENT_WORDS[turn.lower()]}")
        except ScenarioError:
            return ()
        if not second and f"{heading}{turn}2" not in self.columns:
            return links
        *gentler, sharpest = self._words.by_sharpness(links)
        if not gentler:
            name = MOVEMENT_WORDS[turn.lower()]
            raise self._node.fault(
                self._row(column), f"{heading}{turn}2, but there is one {name} turn to one road; take one out"
            )
        return sharpest if second else tuple(sorted(link for links in gentler for link in links))

    def _row(self, column: str) -> int:
        return next((row for cells in self._node.lanes.values() for name, (row, _) in cells.items()
                     if name.startswith(column)), 1)  # fmt: skip
