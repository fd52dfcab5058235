"""The results of one node by one method: figures by level and column, each checked."""

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass, field

from zhasyl.scenarios.beside.model import LANE_GROUP, SIGNAL
from zhasyl.scenarios.utdf.reported.labels import DEGREE, DELAY, HCM, LOS, PERCENTILE, QUEUE, Label
from zhasyl.scenarios.utdf.sections import Cell

NONE = frozenset({"", "-", "--", "err", "error", "na", "n/a"})
MARKED = re.compile(r"(?P<mark>[~#m$*c<> ]*)(?P<number>[^a-z$*]*?)[a-z$* ]*", re.IGNORECASE)
QUEUE_MARKS = "~#m"
MOST = {DELAY: 100_000.0, DEGREE: 1000.0, QUEUE: 1e6}
WHAT = {DELAY: "delay", DEGREE: "v/c", QUEUE: "queue"}
Place = tuple[str, str]
"""Level, and the column of Synchro's ('' of a signal)."""


@dataclass
class Block:
    """`numbers` and `letters` by place and figure; `marks` before the queues of lane groups."""

    node: str
    first: Cell
    method: str = ""
    numbers: dict[tuple[Place, str], tuple[int, float]] = field(default_factory=dict)
    letters: dict[Place, str] = field(default_factory=dict)
    marks: dict[Place, str] = field(default_factory=dict)
    unsignalized: bool = False

    def take(self, label: Label, column: str, cell: Cell, metres: float) -> None:
        """One cell; `metres` has the file's unit of length where the label has none. Raises ScenarioError."""
        place = (label.level, "" if label.level == SIGNAL else column)
        if label.figure == LOS:
            if re.fullmatch(r"\*?[a-f]\*?", cell.text.lower()):
                self.letters[place] = cell.text.strip("*").upper()
            return
        if cell.text.lower() in NONE:
            return
        found = MARKED.fullmatch(cell.text)
        number = (found["number"].strip() if found else "") or cell.text
        own = Cell(cell.path, cell.row, cell.column, cell.node, number)
        value = own.number(0, MOST[label.figure], WHAT[label.figure])
        if label.figure == QUEUE:
            value *= label.metres or metres
        rank, _ = self.numbers.get((place, label.figure), (-1, 0.0))
        if label.rank > rank:
            self.numbers[place, label.figure] = (label.rank, value)
            if label.figure == QUEUE and found:
                self.marks[place] = "".join(sign for sign in found["mark"] if sign in QUEUE_MARKS)

    def of(self, place: Place, figure: str) -> float | None:
        """A figure of a place."""
        return self.numbers[place, figure][1] if (place, figure) in self.numbers else None

    @property
    def places(self) -> list[Place]:
        """Those with a delay or a level; HCM reports write 0.0 where a movement has no lane group of its own."""
        known = dict.fromkeys([*(place for place, figure in self.numbers if figure == DELAY), *self.letters])
        return [place for place in known if self.letters.get(place) or self.of(place, DELAY)]

    def queued(self, without: Container[Place]) -> Iterator[Place]:
        """Lane groups of which only a queue is known, as of the report 'Queues'."""
        for place, figure in self.numbers:
            if figure == QUEUE and place[0] == LANE_GROUP and place not in without:
                yield place


def rank_of(method: str) -> int:
    """Of several methods the last one's delays are taken: HCM's before Synchro's own."""
    return 0 if method == PERCENTILE else 2 if method.startswith(HCM) and method != "HCM 2000" else 1
