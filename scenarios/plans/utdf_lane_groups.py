"""Which phases give green to which link: UTDF's lane groups matched with a signal's movements by heading and turn.

protected      Phase1-4: the movement has its green to itself
permitted      PermPhase1-4: it gives way
uncontrolled   -1: it does not stop for the signal; it is always green, giving way where it must

A turn without phases of its own has those of the lane it shares, a u-turn those of the turn across the road (left in
right-hand traffic), both giving way. Of two left (right) turns L2 (R2) is the sharper one.
"""

from collections.abc import Iterator

from zhasyl.scenarios.plans.link_names import SignalWords
from zhasyl.scenarios.plans.rings import RingPhase, never_green
from zhasyl.scenarios.plans.utdf import Node
from zhasyl.scenarios.plans.utdf_movements import GROUP, LEFT_TO_RIGHT, MovementLinks

PEDESTRIANS, HOLD = "PED", "HOLD"
UNCONTROLLED = -1
NONE = frozenset({"", "0"})
SHARED_LEFT, SHARED_RIGHT = (1, 3), (2, 3)
BY_THE_SIGNAL = (0, 4)
"""Codes of Right Channeled: no island, and one with a signal; 1 yield, 2 free and 3 stop the signal does not run."""


class LaneGroups:
    """The phases of each link of one node. Raises ScenarioError for unknown movements and phases."""

    def __init__(self, node: Node, words: SignalWords, phases: dict[int, RingPhase]) -> None:
        self._node, self._words, self._phases = node, words, phases
        self.protected: dict[int, set[int]] = {}
        self.permitted: dict[int, set[int]] = {}
        self.uncontrolled: set[int] = set()
        self.on_red: dict[int, frozenset[int]] = {}
        """Right turns on red after a stop → links that they meet and do not give way to: not while those may go."""
        self.stopping: dict[int, set[int]] = {}
        """Links that go after a stop in these phases."""
        self.remarks: list[str] = []
        self.pedestrian = self._phases_of(PEDESTRIANS, "Phase")
        self._movements = MovementLinks(node, words, self._not_by_the_signal())
        for column in self._movements.columns:
            self._read(column)
        self.remarks += [*self._unknown(), *self._negative()]
        self._share()
        for column in self._movements.columns:
            self._read_on_red(column)

    def of(self, link: int) -> set[int]:
        """All phases in which a link is green."""
        return self.protected.get(link, set()) | self.permitted.get(link, set())

    def stop(self, link: int, number: int) -> None:
        """Let a link go in a phase only after a stop."""
        self.protected[link].discard(number)
        self.permitted[link].discard(number)
        self.stopping.setdefault(link, set()).add(number)

    def stop_always(self, link: int) -> None:
        """Let a link that the signal does not run go after a stop."""
        self.uncontrolled.discard(link)
        self.on_red[link] = self.before_whom(link)

    def before_whom(self, link: int) -> frozenset[int]:
        """Whom a link meets and does not give way to in this network."""
        return frozenset(j for i, j in self._words.conflicts.foes - self._words.conflicts.yields if i == link)

    def _code(self, record: str, column: str) -> int:
        return int(self._node.number("lanes", record, column, 0.0))

    def _not_by_the_signal(self) -> frozenset[str]:
        """Right turns round an island, which run without the signal."""
        said = self._node.lanes.get("right channeled", {})
        right = (c for c in said if GROUP.match(c) and c[2] == "R")
        return frozenset(c for c in right if self._code("Right Channeled", c) not in BY_THE_SIGNAL)

    def _unknown(self) -> Iterator[str]:
        """Columns with phases that are no movement."""
        records = [cells for record, cells in self._node.lanes.items() if record.startswith(("phase", "permphase"))]
        said = dict.fromkeys(c for cells in records for c, (_, text) in cells.items() if text not in NONE)
        for column in sorted(said.keys() - {*self._movements.columns, PEDESTRIANS, HOLD}):
            yield f"row {self._row(column)}: node {self._node.id[:40]}: {column[:20]} is no movement; passed over"

    def _read(self, column: str) -> None:
        protected, permitted = self._phases_of(column, "Phase"), self._phases_of(column, "PermPhase")
        if not protected | permitted:
            return
        find = self._movements.known if column in self._not_by_the_signal() else self._movements.links
        links = find(column)
        if not links and column not in self._not_by_the_signal():
            self.remarks.append(
                f"row {self._row(column)}: node {self._node.id[:40]}: {column} leads nowhere in this network; its "
                "phases are passed over"
            )
        for link in links:
            if UNCONTROLLED in protected | permitted:
                self.uncontrolled.add(link)
            self.protected.setdefault(link, set()).update(protected - {UNCONTROLLED})
            self.permitted.setdefault(link, set()).update(permitted - protected - {UNCONTROLLED})

    def _phases_of(self, column: str, record: str) -> set[int]:
        numbers = set()
        for place in range(1, 5):
            row, text = self._node.lanes.get(f"{record.lower()}{place}", {}).get(column, (0, ""))
            if text in NONE or self._is_unused(f"{record}{place} {column}", row, text):
                continue
            if text != str(UNCONTROLLED) and (not text.isdecimal() or int(text) not in self._phases):
                known = ", ".join(map(str, sorted(self._phases)))
                raise self._node.fault(row, f"{record}{place} {column} '{text[:20]}' is none of its phases ({known})")
            numbers.add(int(text))
        return numbers

    def _is_unused(self, cell: str, row: int, phase: str) -> bool:
        """Does a lane group name a phase that is never green? That is said, and it has the others it names."""
        none = never_green(self._node).get(f"D{phase}")
        if none:
            where, green = none
            self.remarks.append(
                f"row {row}: node {self._node.id[:40]}: {cell} names phase {phase}, and its MaxGreen (row {where} "
                f"column D{phase}) is '{green[:20]}': the phase is taken as unused"
            )
        return none is not None

    def _negative(self) -> Iterator[str]:
        """Phases that no lane group names, with a green below 0."""
        said = " ".join(self.remarks)
        for column, (row, text) in never_green(self._node).items():
            if text.startswith("-") and f"row {row} column {column})" not in said:
                what = f"MaxGreen {column} '{text[:20]}' is below 0: the phase is taken as unused"
                yield f"row {row}: node {self._node.id[:40]}: {what}"

    def _share(self) -> None:
        for column in self._movements.columns:
            code = self._code("Shared", column)
            if code in SHARED_LEFT:
                self._take_over(column, self._beside(column, -1))
            if code in SHARED_RIGHT:
                self._take_over(column, self._beside(column, 1))
        for column in self._not_by_the_signal():
            self._take_over(f"{column[:2]}T", column)
        movements, across = self._words.movements, "right" if self._words.network.left_hand else "left"
        for approach in dict.fromkeys(self._movements.edge_of(link) for link in sorted(self._words.links)):
            giver, taker = movements.get(f"{approach}:{across}", ()), movements.get(f"{approach}:u-turn", ())
            self._give(giver, taker)
        self._share_lanes()

    def _share_lanes(self) -> None:
        """A movement of which nothing is said runs with those on whose lane it is."""
        lanes: dict[tuple[str, int], list[int]] = {}
        for link, connections in self._words.links.items():
            for c in connections if link not in self._words.walks else ():
                lanes.setdefault((c.from_edge, c.from_lane), []).append(link)
        for links in lanes.values():
            self._give(tuple(links), tuple(link for link in links if link not in self.uncontrolled))

    def _beside(self, column: str, step: int) -> str:
        """The next movement to the left (-1) or right of an approach; L and R of a file that has no such column."""
        heading, place = column[:2], LEFT_TO_RIGHT.index(column[2:])
        order = LEFT_TO_RIGHT[place + 1 :] if step > 0 else LEFT_TO_RIGHT[:place][::-1]
        present = [f"{heading}{turn}" for turn in order if f"{heading}{turn}" in self._movements.columns]
        return next(iter(present), f"{heading}{'R' if step > 0 else 'L'}")

    def _take_over(self, giver: str, taker: str) -> None:
        """Let a movement without phases of its own run with another one, giving way."""
        if giver not in self._movements.columns or giver == taker:
            return
        self._give(self._movements.known(giver), self._movements.known(taker))

    def _give(self, giver: tuple[int, ...], taker: tuple[int, ...]) -> None:
        own = next((link for link in giver if link in self.protected), None)
        for link in taker:
            if own is not None and link not in self.protected:
                self.protected[link] = set()
                self.permitted[link] = self.of(own)

    def _read_on_red(self, column: str) -> None:
        island = column in self._not_by_the_signal()
        if column[2] != "R" or not (island or self._code("Allow RTOR", column)) or self._words.network.left_hand:
            return
        for link in self._movements.known(column):
            if link in self.uncontrolled or not self._words.is_turn(link):
                continue
            self.on_red[link] = self.before_whom(link)
            self._say(column, link, island)

    def _say(self, column: str, link: int, island: bool) -> None:
        name = f"row {self._row(column)}: node {self._node.id[:40]}: {column}"
        link_name = self._words.name(link)
        if island:
            self.remarks.append(
                f"{name} is channelised and not run by the signal; here {link_name} turns on red after a stop"
            )
        if self.on_red[link]:
            others = ", ".join(self._words.name(j) for j in sorted(self.on_red[link]))
            self.remarks.append(f"{name} turns on red, but not while {others[:200]} may go, which here would not wait")

    def _row(self, column: str) -> int:
        return next((cells[column][0] for cells in self._node.lanes.values() if column in cells), 1)
