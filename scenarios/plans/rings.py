"""Phases in rings and barriers: when each is green, yellow and red in the cycle.

ring      phases that follow one another; the rings run side by side
barrier   all rings cross it together; between two barriers any phase of one ring may run with any of the other
phase     green for MaxGreen, then Yellow and AllRed. Where a ring has less between two barriers than another, its last
          phase lasts to the barrier, as Synchro's own Start and End records have it

Source: NEMA TS 2; the order of phases is UTDF's BRP.
"""

import math
import re
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from zhasyl.scenarios.plans.refusals import LONGEST_CYCLE_S, SHORTEST_CYCLE_S
from zhasyl.scenarios.plans.utdf import Cell, Node

TOLD_S = 0.15  # a phase that lasts so much longer than its MaxGreen is remarked on
CYCLE_TOLERANCE_S = 0.5
NO_TIME = re.compile(r"-[0-9]+([.,][0-9]+)?|0+([.,]0+)?")
Seconds = frozenset[int]
"""Whole seconds of the cycle, counted from 0."""
Ring = list[tuple[int, int]]
"""(position, phase) in a ring between two barriers."""


@dataclass(frozen=True)
class RingPhase:
    """A phase in its place: green from start_s, yellow from green_end_s, all-red to end_s, in the local cycle."""

    number: int
    row: int
    start_s: float
    green_end_s: float
    yellow_end_s: float
    end_s: float
    walk: bool
    dont_walk_s: float
    lengthened_s: float = 0.0

    def until(self, end_s: float) -> "RingPhase":
        """The same with a longer green."""
        more_s = end_s - self.end_s
        return replace(
            self,
            green_end_s=self.green_end_s + more_s,
            yellow_end_s=self.yellow_end_s + more_s,
            end_s=end_s,
            lengthened_s=more_s,
        )

    @property
    def whole_seconds(self) -> tuple[int, int, int, int]:
        """Start, end of green, of yellow and of the phase; yellow and all-red last equally long wherever it stands."""
        end = half_up(self.end_s)
        green_end = end - half_up(self.end_s - self.green_end_s)
        return half_up(self.start_s), green_end, green_end + half_up(self.yellow_end_s - self.green_end_s), end


def half_up(value: float) -> int:
    """To the nearest whole number."""
    return math.floor(value + 0.5 + 1e-6)


def ring_phases(node: Node) -> tuple[dict[int, RingPhase], float]:
    """The phases of a node by number, and its cycle. Raises ScenarioError if they do not add up to it."""
    found: dict[int, RingPhase] = {}
    at_s = 0.0
    for _, rings in sorted(_places(node).items()):
        timed = [list(_timed(node, ring, at_s)) for _, ring in sorted(rings.items())]
        at_s = max(phases[-1].end_s for phases in timed)
        for *before, last in timed:
            found |= {phase.number: phase for phase in (*before, last.until(at_s))}
    cycle_s = node.number("timeplans", "Cycle Length", "DATA", at_s)
    if abs(cycle_s - at_s) >= CYCLE_TOLERANCE_S:
        raise node.fault(
            node.row("timeplans"),
            f"Cycle Length {cycle_s:g} s, but its phases take {at_s:g} s{without(node)}; correct one of them",
        )
    if not SHORTEST_CYCLE_S <= cycle_s <= LONGEST_CYCLE_S:
        allowed = f"{SHORTEST_CYCLE_S:g} to {LONGEST_CYCLE_S:g}"
        raise node.fault(node.row("timeplans"), f"its cycle is {cycle_s:g} s, allowed {allowed}; correct it")
    return found, float(half_up(cycle_s))


def _places(node: Node) -> dict[int, dict[int, Ring]]:
    """Barrier → ring → its phases; those with a MaxGreen are in use."""
    places: dict[int, dict[int, Ring]] = defaultdict(lambda: defaultdict(list))
    none = never_green(node)
    for column, (row, text) in node.phases.get("brp", {}).items():
        if column in none or node.number("phases", "MaxGreen", column, 0.0) <= 0:
            continue
        if not re.fullmatch(r"[1-9]{3}", text) or not re.fullmatch(r"D[1-9][0-9]?", column):
            raise node.fault(row, f"BRP '{text[:20]}' of {column[:10]} is not barrier, ring and position; as in 121")
        barrier, ring, position = map(int, text)
        places[barrier][ring].append((position, int(column[1:])))
    if not places:
        raise node.fault(node.row("phases"), "no phase with BRP and MaxGreen; give each phase both")
    return places


def never_green(node: Node) -> dict[str, Cell]:
    """The phases (D1, ...) whose MaxGreen is said to be 0 or below, with its cell: no cycle has them."""
    return {column: cell for column, cell in node.phases.get("maxgreen", {}).items() if NO_TIME.fullmatch(cell[1])}


def without(node: Node) -> str:
    """The same in words, after what is wrong without them; '' where there are none."""
    cells = [f"{column} (MaxGreen '{text[:20]}' in row {row})" for column, (row, text) in never_green(node).items()]
    return f" without {', '.join(cells)}" if cells else ""


def _timed(node: Node, ring: Ring, at_s: float) -> Iterator[RingPhase]:
    """The phases of a ring one after the other, the first from `at_s`."""
    for _, number in sorted(ring):
        phase = _phase(node, number, at_s)
        at_s = phase.end_s
        yield phase


def _phase(node: Node, number: int, start_s: float) -> RingPhase:
    column = f"D{number}"
    row = node.phases["brp"][column][0]
    green_s, yellow_s, all_red_s, walk_s, dont_walk_s = (
        node.number("phases", record, column, default)
        for record, default in (("MaxGreen", None), ("Yellow", None), ("AllRed", 0.0), ("Walk", 0.0), ("DontWalk", 0.0))
    )
    green_end_s = start_s + green_s
    yellow_end_s = green_end_s + yellow_s
    end_s = yellow_end_s + all_red_s
    return RingPhase(number, row, start_s, green_end_s, yellow_end_s, end_s, walk_s > 0, dont_walk_s)


def reference_s(node: Node, phases: dict[int, RingPhase]) -> float:
    """The moment of the local cycle that the offset refers to; 0 without a reference phase.

    Referenced To: 0 the last reference phase turns green, 1 the first turns yellow, 2 the first turns red, 3 the first
    turns green, 4 the first begins flashing don't walk.
    """
    row = node.timeplans.get("reference phase", {}).get("DATA", (node.row("timeplans"), ""))[0]
    code = int(node.number("timeplans", "Reference Phase", "DATA", 0.0))
    numbers = [number for number in (code // 100, code % 100) if number]
    chosen = [phases[number] for number in numbers if number in phases]
    if numbers and not chosen:
        known = ", ".join(map(str, sorted(phases)))
        raise node.fault(row, f"Reference Phase {numbers[0]} is none of its phases ({known}); name one of them")
    if not chosen:
        return 0.0
    how = int(node.number("timeplans", "Referenced To", "DATA", 0.0))
    moments = {
        0: max(p.start_s for p in chosen),
        1: min(p.green_end_s for p in chosen),
        2: min(p.yellow_end_s for p in chosen),
        3: min(p.start_s for p in chosen),
        4: min(p.green_end_s - (p.dont_walk_s if p.walk else 0.0) for p in chosen),
    }
    if how not in moments:
        raise node.fault(node.row("timeplans"), f"Referenced To {how}, known are 0 to 4; correct it")
    return moments[how]


def green_seconds(phases: Collection[RingPhase], cycle: int) -> Seconds:
    """When any of the phases is green; also between one and another that begins before the first is over."""
    found: set[int] = set()
    for phase in phases:
        start, green_end, _, end = phase.whole_seconds
        gaps = [(other.whole_seconds[0] - green_end) % cycle for other in phases if other is not phase]
        goes_on = [gap for gap in gaps if gap <= end - green_end]
        found.update(range(start, green_end + min(goes_on, default=0)))
    return frozenset(second % cycle for second in found)


def yellow_seconds(phases: Collection[RingPhase], cycle: int) -> Seconds:
    """When any of the phases is yellow."""
    bounds = [phase.whole_seconds for phase in phases]
    return frozenset(second % cycle for _, begin, end, _ in bounds for second in range(begin, end))
