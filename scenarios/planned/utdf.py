"""Synchro's Universal Traffic Data Format (combined CSV, UTDF 2006 to 8): the tables that hold signal plans.

    [Lanes]      lane groups by heading and turn (NBL, NBT, ...): Phase1-4 protected, PermPhase1-4 permitted, Shared
    [Timeplans]  Cycle Length, Offset, Reference Phase, Referenced To
    [Phases]     by phase D1-D8: BRP (barrier, ring, position), MaxGreen, Yellow, AllRed, Walk, DontWalk; in seconds

Also called [Phasing]. Records that are not named here are not read.
"""

import math
import re
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from zhasyl.errors import ScenarioError
from zhasyl.scenarios.planned.check import LONGEST_CYCLE_S, SHORTEST_CYCLE_S
from zhasyl.scenarios.sheets import Lines

SECTIONS = {"lanes": "lanes", "timeplans": "timeplans", "phases": "phases", "phasing": "phases"}
HEADERS = 2  # section name, then a title, then the header with INTID
Cell = tuple[int, str]
"""(row of the file, text)."""


@dataclass
class Node:
    """The records of one intersection: record name in lower case → column → cell."""

    id: str
    path: Path
    lanes: dict[str, dict[str, Cell]] = field(default_factory=dict)
    timeplans: dict[str, dict[str, Cell]] = field(default_factory=dict)
    phases: dict[str, dict[str, Cell]] = field(default_factory=dict)

    def fault(self, row: int, text: str) -> ScenarioError:
        return ScenarioError(f"{self.path} row {row}: node {self.id[:40]}: {text}")

    def number(self, table: str, record: str, column: str, default: float | None = None) -> float:
        """A cell as a number from 0. Raises ScenarioError; a blank one is the default."""
        row, text = getattr(self, table).get(record.lower(), {}).get(column, (0, ""))
        if not text and default is not None:
            return default
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not 0 <= value < 10_000:
            where = row or self.row(table)
            raise self.fault(
                where, f"{record} {column} '{text[:40]}' is no number from 0; correct it in [{table.title()}]"
            )
        return value

    def row(self, table: str) -> int:
        """A row of the file where this table says something of the node."""
        return next((row for cells in getattr(self, table).values() for row, _ in cells.values()), 1)


def is_utdf(lines: Lines) -> bool:
    """Does a sheet begin with a section in brackets?"""
    return bool(re.fullmatch(r"\[[A-Za-z ]+\]", lines[0][1][0]))


def utdf_nodes(path: Path, lines: Lines) -> dict[str, Node]:
    """The intersections that have a timing plan, by INTID. Raises ScenarioError."""
    nodes: dict[str, Node] = {}
    seen: set[str] = set()
    section, header = "", list[str]()
    for row, cells in lines:
        if found := re.fullmatch(r"\[([A-Za-z ]+)\]", cells[0]):
            section, header = SECTIONS.get(found[1].lower(), ""), []
            seen.add(section)
        elif section and "INTID" in (upper := [cell.upper() for cell in cells]):
            header = upper
        elif section and header:
            _record(nodes, path, section, row, header, cells)
    for name in ("lanes", "timeplans", "phases"):
        if name not in seen:
            raise ScenarioError(f"{path}: no section [{name.title()}]; export the combined UTDF file with all sections")
    timed = {key: node for key, node in nodes.items() if node.timeplans and node.phases}
    if not timed:
        raise ScenarioError(f"{path}: no intersection with records in [Timeplans] and [Phases]; export them")
    return timed


def _record(nodes: dict[str, Node], path: Path, section: str, row: int, header: list[str], cells: list[str]) -> None:
    named = dict(zip(header, cells, strict=False))
    node, record = named.pop("INTID", ""), named.pop("RECORDNAME", "").lower()
    if not node or not record:
        raise ScenarioError(f"{path} row {row}: a record without a name or an INTID; fill both or take the row out")
    table = getattr(nodes.setdefault(node, Node(node, path)), section)
    if record in table:
        raise ScenarioError(f"{path} row {row}: '{record[:40]}' of node {node[:40]} stands there twice; keep one")
    table[record] = {column: (row, text) for column, text in named.items() if column and text}


@dataclass(frozen=True)
class RingPhase:
    """A NEMA phase in its place: green from start_s, yellow from green_end_s, all-red to end_s, in the local cycle."""

    number: int
    barrier: int
    ring: int
    row: int
    start_s: float
    green_end_s: float
    yellow_end_s: float
    end_s: float
    walk: bool
    dont_walk_s: float


def ring_phases(node: Node) -> tuple[dict[int, RingPhase], float]:
    """The phases of a node by number, and its cycle; barriers one after the other, rings side by side.

    Raises ScenarioError for rings that do not meet at a barrier or do not add up to the cycle.
    """
    places: dict[int, dict[int, list[tuple[int, int]]]] = defaultdict(lambda: defaultdict(list))
    rows = {}
    for column, (row, text) in node.phases.get("brp", {}).items():
        if node.number("phases", "MaxGreen", column, 0.0) <= 0:
            continue
        if not re.fullmatch(r"[1-9]{3}", text) or not re.fullmatch(r"D[1-9]\d?", column):
            raise node.fault(row, f"BRP '{text[:20]}' of {column[:10]} is not barrier, ring and position; as in 121")
        number = int(column[1:])
        places[int(text[0])][int(text[1])].append((int(text[2]), number))
        rows[number] = row
    if not rows:
        raise node.fault(node.row("phases"), "no phase with BRP and MaxGreen; give each phase both")
    found: dict[int, RingPhase] = {}
    at_s = 0.0
    for barrier, rings in sorted(places.items()):
        ends_s = {}
        for ring, members in sorted(rings.items()):
            ends_s[ring] = at_s
            for _, number in sorted(members):
                found[number] = _phase(node, number, barrier, ring, rows[number], ends_s[ring])
                ends_s[ring] = found[number].end_s
        if max(ends_s.values()) - min(ends_s.values()) > 0.15:
            told = ", ".join(f"ring {ring} {end_s - at_s:g} s" for ring, end_s in ends_s.items())
            first = rows[min(number for members in rings.values() for _, number in members)]
            raise node.fault(
                first, f"the rings of barrier {barrier} differ: {told}; correct MaxGreen, Yellow or AllRed"
            )
        at_s = max(ends_s.values())
    cycle_s = node.number("timeplans", "Cycle Length", "DATA", at_s)
    if abs(cycle_s - at_s) > 0.5:
        raise node.fault(
            node.row("timeplans"), f"Cycle Length {cycle_s:g} s, but its phases take {at_s:g} s; correct one of them"
        )
    if not SHORTEST_CYCLE_S <= cycle_s <= LONGEST_CYCLE_S:
        allowed = f"{SHORTEST_CYCLE_S:g} to {LONGEST_CYCLE_S:g}"
        raise node.fault(node.row("timeplans"), f"its cycle is {cycle_s:g} s, allowed {allowed}; correct it")
    return found, float(round(cycle_s))


def _phase(node: Node, number: int, barrier: int, ring: int, row: int, start_s: float) -> RingPhase:
    column = f"D{number}"
    green_s, yellow_s, all_red_s, walk_s, dont_walk_s = (
        node.number("phases", record, column, default)
        for record, default in (("MaxGreen", None), ("Yellow", None), ("AllRed", 0.0), ("Walk", 0.0), ("DontWalk", 0.0))
    )
    least_s = node.number("phases", "MinGreen", column, 0.0)
    if green_s < least_s:
        raise node.fault(row, f"phase {number}: MaxGreen {green_s:g} s is below MinGreen {least_s:g} s; correct one")
    green_end_s = start_s + green_s
    yellow_end_s = green_end_s + yellow_s
    end_s = yellow_end_s + all_red_s
    return RingPhase(number, barrier, ring, row, start_s, green_end_s, yellow_end_s, end_s, walk_s > 0, dont_walk_s)


def reference_s(node: Node, phases: dict[int, RingPhase]) -> float:
    """The moment of the local cycle that the offset refers to.

    Referenced To: 0 the last reference phase turns green, 1 the first turns yellow, 2 the first turns red, 3 the first
    turns green, 4 the first begins flashing don't walk.
    """
    row = node.timeplans.get("reference phase", {}).get("DATA", (node.row("timeplans"), ""))[0]
    code = int(node.number("timeplans", "Reference Phase", "DATA", 0.0))
    numbers = [number for number in (code // 100, code % 100) if number]
    if missing := [number for number in numbers if number not in phases]:
        known = ", ".join(map(str, sorted(phases)))
        raise node.fault(row, f"Reference Phase {missing[0]} is none of its phases ({known}); name one of them")
    chosen = [phases[number] for number in numbers]
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
