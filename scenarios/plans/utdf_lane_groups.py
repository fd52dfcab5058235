"""Which phases give green to which link: UTDF's lane groups matched with a signal's movements by heading and turn.

protected      Phase1-4: the movement has its green to itself
permitted      PermPhase1-4: it gives way
uncontrolled   -1: it does not stop for the signal; it is always green, giving way where it must

A turn without phases of its own has those of the lane it shares, a u-turn those of the turn across the road (left in
right-hand traffic), both giving way. Of two left (right) turns L2 (R2) is the sharper one.
"""

import re
from collections.abc import Iterator

from zhasyl.errors import ScenarioError
from zhasyl.scenarios.local_words import MOVEMENTS as MOVEMENT_WORDS
from zhasyl.scenarios.plans.link_names import SignalWords
from zhasyl.scenarios.plans.rings import RingPhase
from zhasyl.scenarios.plans.utdf import Cell, Node

GROUP = re.compile(r"^(NB|SB|EB|WB|NE|NW|SE|SW)([LTRU])(2?)$")
PEDESTRIANS = "PED"
UNCONTROLLED = -1
NONE = frozenset({"", "0"})
SHARED_WITH = {1: "L", 2: "R", 3: "LR"}


class LaneGroups:
    """The phases of each link of one node. Raises ScenarioError for unknown movements and phases."""

    def __init__(self, node: Node, words: SignalWords, phases: dict[int, RingPhase]) -> None:
        self._node, self._words, self._phases = node, words, phases
        self.protected: dict[int, set[int]] = {}
        self.permitted: dict[int, set[int]] = {}
        self.uncontrolled: set[int] = set()
        self.pedestrian = self._phases_of(PEDESTRIANS, "Phase")
        for column in self._columns():
            self._read(column)
        self._share()

    def of(self, link: int) -> set[int]:
        """All phases in which a link is green."""
        return self.protected.get(link, set()) | self.permitted.get(link, set())

    def _columns(self) -> list[str]:
        columns = dict.fromkeys(column for cells in self._node.lanes.values() for column in cells)
        return [column for column in columns if GROUP.match(column)]

    def _read(self, column: str) -> None:
        protected, permitted = self._phases_of(column, "Phase"), self._phases_of(column, "PermPhase")
        if not protected | permitted:
            return
        for link in self._links(column):
            if UNCONTROLLED in protected | permitted:
                self.uncontrolled.add(link)
            self.protected.setdefault(link, set()).update(protected - {UNCONTROLLED})
            self.permitted.setdefault(link, set()).update(permitted - protected - {UNCONTROLLED})

    def _links(self, column: str) -> tuple[int, ...]:
        heading, turn, second = self._split(column)
        row = next(self._cells(column))[0]
        try:
            links, _ = self._words.find(_word(heading, turn))
        except ScenarioError as error:
            raise self._node.fault(row, str(error)) from None
        other = f"{heading}{turn}" if second else f"{heading}{turn}2"
        if not second and not self._has_phases(other):
            return links
        *gentler, sharpest = self._words.by_sharpness(links)
        if not gentler:
            name = MOVEMENT_WORDS[turn.lower()]
            raise self._node.fault(row, f"{heading}{turn}2, but there is one {name} turn to one road; take one out")
        return sharpest if second else tuple(sorted(link for links in gentler for link in links))

    def _split(self, column: str) -> tuple[str, str, str]:
        found = GROUP.match(column)
        return (found[1], found[2], found[3]) if found else ("", "", "")

    def _cells(self, column: str) -> Iterator[Cell]:
        return (cells[column] for cells in self._node.lanes.values() if column in cells)

    def _has_phases(self, column: str) -> bool:
        return bool(self._phases_of(column, "Phase") | self._phases_of(column, "PermPhase"))

    def _phases_of(self, column: str, record: str) -> set[int]:
        numbers = set()
        for place in range(1, 5):
            row, text = self._node.lanes.get(f"{record.lower()}{place}", {}).get(column, (0, ""))
            if text in NONE:
                continue
            if text != str(UNCONTROLLED) and (not text.isdecimal() or int(text) not in self._phases):
                known = ", ".join(map(str, sorted(self._phases)))
                raise self._node.fault(row, f"{record}{place} {column} '{text[:20]}' is none of its phases ({known})")
            numbers.add(int(text))
        return numbers

    def _share(self) -> None:
        for column in self._columns():
            heading, turn, second = self._split(column)
            if turn in "TL" and not second:
                code = int(self._node.number("lanes", "Shared", column, 0.0))
                for other in SHARED_WITH.get(code, "").replace(turn, ""):
                    self._take_over(_word(heading, turn), _word(heading, other))
        across = "right" if self._words.network.left_hand else "left"
        for heading in dict.fromkeys(word.partition(":")[0] for word in self._words.movements):
            self._take_over(f"{heading}:{across}", f"{heading}:u-turn")

    def _take_over(self, giver: str, taker: str) -> None:
        movements = self._words.movements
        if giver not in movements or taker not in movements:
            return
        own = movements[giver][0]
        for link in movements[taker]:
            if link not in self.protected and own in self.protected:
                self.protected[link] = set()
                self.permitted[link] = self.of(own)


def _word(heading: str, turn: str) -> str:
    """The movement of a lane group: 'NBL' and 'NEL' are NB:left and NEB:left."""
    return f"{heading if heading.endswith('B') else heading + 'B'}:{MOVEMENT_WORDS[turn.lower()]}"
