"""A signal's links in a planner's words, and back: the approaches and movements of turning counts, crossings by arm.

NB:left             a movement: heading of the approach (NB comes from the south) or its edge, then left, straight,
                    right, u-turn or the edge it leads to; several as NB:left+straight
crossing:north      the crossing on the northern arm, both halves where it has an island, or the crossing's edge, :J_c0
#3                  SUMO's link index
NB:left=g, #3=G     shown as said; without it a link is 'g' where it gives way to another green of the stage, else 'G'
"""

import math
from collections import defaultdict
from collections.abc import Collection, Iterator
from functools import cached_property

from zhasyl.errors import ScenarioError, unknown_name
from zhasyl.links import SignalLinks
from zhasyl.network import Connection, Network
from zhasyl.scenarios.turns import WORDS, junction_turns
from zhasyl.text.local_words import MOVEMENTS as MOVEMENT_WORDS

ARMS = ("east", "north-east", "north", "north-west", "west", "south-west", "south", "south-east")
LETTERS = ("g", "G")
ALONG = math.cos(math.radians(45.0))
OPPOSITE = -0.5  # cosine: 120 degrees and more between two headings


class SignalWords(SignalLinks):
    """The links of one signal by name."""

    def __init__(self, network: Network, signal: str) -> None:
        super().__init__(network, signal)
        self._turns = junction_turns(network, signal)

    @cached_property
    def movements(self) -> dict[str, tuple[int, ...]]:
        """Every name of a movement or crossing → its links; the plainest names come first."""
        found: dict[str, set[int]] = defaultdict(set)
        for link in self.links.keys() - self.walks:
            for connection in self.links[link]:
                for word in self._words(connection):
                    found[word].add(link)
        for word, link in self._crossings():
            found[word].add(link)
        return {word: tuple(sorted(members)) for word, members in found.items()}

    def _words(self, connection: Connection) -> Iterator[str]:
        approach, exit_ = connection.from_edge, connection.to_edge
        heading = self._turns.headings.get(approach, "")
        for movement, exits in self._turns.movements.get(approach, {}).items():
            if exit_ in exits:
                yield from (f"{name}:{movement}" for name in (heading, approach) if name)
        yield from (f"{name}:{exit_}" for name in (heading, approach) if name)

    def _crossings(self) -> Iterator[tuple[str, int]]:
        angles = {link: self._arm_deg(link) for link in sorted(self.walks)}
        eighths = {link: ARMS[round(deg / 45.0) % 8] for link, deg in angles.items() if deg is not None}
        quarters = {link: ARMS[round(deg / 90.0) % 4 * 2] for link, deg in angles.items() if deg is not None}
        for link in angles:
            if link in quarters:
                arms = {eighths[other] for other, quarter in quarters.items() if quarter == quarters[link]}
                yield f"crossing:{quarters[link] if len(arms) == 1 else eighths[link]}", link
            yield self.links[link][0].to_edge, link

    def _arm_deg(self, link: int) -> float | None:
        """Where the roads that a crossing leads over lie, seen from the junction; None if the network does not say."""
        edges = self.network.edges
        crossed = [edges[road] for c in self.links[link] for road in edges[c.to_edge].crosses if road in edges]
        away = [road.shape[-2:][::-1] if road.id in self._turns.movements else road.shape[:2] for road in crossed]
        if not away:
            return None
        turns = [math.atan2(y1 - y0, x1 - x0) for (x0, y0), (x1, y1) in away]
        x, y = sum(map(math.cos, turns)), sum(map(math.sin, turns))
        return math.degrees(math.atan2(y, x))

    @cached_property
    def _names(self) -> dict[int, str]:
        names: dict[int, str] = {}
        for word, members in self.movements.items():
            for link in members:
                names.setdefault(link, word)
        return names

    def name(self, link: int) -> str:
        """A link in words, with what SUMO calls it: 'NB:left (a to b, link 3)'."""
        connection = self.links[link][0]
        edges = connection.to_edge if link in self.walks else f"{connection.from_edge} to {connection.to_edge}"
        return f"'{self._names[link]}' ({edges}, link {link})"

    def goes_back(self, link: int) -> bool:
        """Is it a u-turn?"""
        return link not in self.walks and all(c.direction == "t" for c in self.links[link])

    def turns_across(self, link: int) -> bool:
        """Does it turn across the oncoming traffic, left in right-hand traffic? A u-turn does not."""
        across = ("r", "R") if self.network.left_hand else ("l", "L")
        return link not in self.walks and any(c.direction in across for c in self.links[link])

    def by_sharpness(self, links: Collection[int]) -> list[tuple[int, ...]]:
        """Links of turns to one side, those to one road together, the sharpest turn last."""
        roads: dict[str, list[int]] = defaultdict(list)
        for link in sorted(links):
            roads[self.links[link][0].to_edge].append(link)
        return [tuple(members) for members in sorted(roads.values(), key=lambda members: self._turned_deg(members[0]))]

    def _turned_deg(self, link: int) -> float:
        (x0, y0), (x1, y1) = self.network.edges[self.links[link][0].to_edge].shape[:2]
        turned = math.degrees(math.atan2(y1 - y0, x1 - x0)) - self._heading_deg(link)
        return abs((turned + 180.0) % 360.0 - 180.0)

    def opposite(self, one: int, other: int) -> bool:
        """Do their approaches come towards each other?"""
        first, second = (math.radians(self._heading_deg(link)) for link in (one, other))
        return math.cos(first - second) < OPPOSITE

    def along(self, crossing: int, link: int) -> bool:
        """Does a crossing run along the approach of a link rather than across it?"""
        shape = self.network.edges[self.links[crossing][0].to_edge].shape
        (x0, y0), (x1, y1) = shape[0], shape[-1]
        walked = math.atan2(y1 - y0, x1 - x0)
        return abs(math.cos(walked - math.radians(self._heading_deg(link)))) > ALONG

    def _heading_deg(self, link: int) -> float:
        (x0, y0), (x1, y1) = self.network.edges[self.links[link][0].from_edge].shape[-2:]
        return math.degrees(math.atan2(y1 - y0, x1 - x0))

    def find(self, text: str) -> tuple[tuple[int, ...], str]:
        """The links of a word, and the letter they must show ('' by the rule). Raises ScenarioError."""
        word, equals, letter = text.rpartition("=")
        if not equals or letter not in LETTERS:
            word, letter = text, ""
        if word in self.movements:
            return self.movements[word], letter
        if word.startswith("#"):
            return self._by_index(word), letter
        approach, _, rest = word.rpartition(":")
        approach = WORDS.get(approach.lower(), approach)
        links = [link for part in rest.split("+") for link in self._one(word, approach, part)]
        return tuple(sorted(set(links))), letter

    def _one(self, word: str, approach: str, movement: str) -> tuple[int, ...]:
        spelt = MOVEMENT_WORDS.get(movement.lower(), movement)
        for name in (f"{approach}:{spelt}", f"{approach.upper()}:{spelt}", f"{approach.lower()}:{movement.lower()}"):
            if name in self.movements:
                return self.movements[name]
        wanted = f"{approach}:{movement}" if approach else word
        raise ScenarioError(unknown_name(f"movement at signal '{self.id[:60]}'", wanted[:60], self._plain)[:600])

    def _by_index(self, word: str) -> tuple[int, ...]:
        if word[1:].isdecimal() and len(word) < 6 and int(word[1:]) in self.links:
            return (int(word[1:]),)
        raise ScenarioError(
            f"no link '{word[:20]}' at signal '{self.id[:60]}'; its links are #{min(self.links)} to #{max(self.links)}"
        )

    @property
    def _plain(self) -> set[str]:
        return set(self._names.values())
