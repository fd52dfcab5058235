"""Synchro's Universal Traffic Data Format (combined CSV, UTDF 2006 to 8): the tables that hold signal plans.

    [Lanes]      lane groups by heading and turn (NBL, NBT, NBL2, ...) and PED: Phase1-4 protected, PermPhase1-4
                 permitted, -1 uncontrolled; Shared
    [Timeplans]  Cycle Length, Offset, Reference Phase, Referenced To; Node 1-7: further nodes of the same controller
    [Phases]     by phase D1-D16: BRP (barrier, ring, position), MinGreen, MaxGreen, Yellow, AllRed, Walk, DontWalk in s
    [Crossings]  our own, beside Synchro's: when a crossing walks, in seconds of the node's cycle, '0-12 40-52'
    [Nodes]      X, Y, and [Links] Up ID by heading: where each approach really comes from, if they are there

[Phases] may be called [Phasing], [Timeplans] [Timeplan]; a later section overrides an earlier one. An asterisk marks a
value that a user has overridden. Records that are not named here are not read, nor are units: nothing of them depends
on feet or metres.

Source: the record descriptions of Synchro's user guide as utdf2gmns gives them (github.com/asu-trans-ai-lab/utdf2gmns,
pkg_settings.py), and the exports of the Arizona Department of Transportation published there.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from zhasyl.errors import ScenarioError
from zhasyl.files.sheets import Lines

SECTIONS = {
    "lanes": "lanes", "timeplans": "timeplans", "timeplan": "timeplans", "phases": "phases", "phasing": "phases",
    "crossings": "crossings",
}  # fmt: skip
"""What a section is called, by Synchro's versions and by other programs that write UTDF, and here."""
UTDF_SECTIONS = frozenset({"network", "nodes", "links", *SECTIONS})
NEEDED = ("lanes", "timeplans", "phases")
MARKS = frozenset({"RECORDNAME", "INTID"})  # in the header of a table of UTDF, also of one alone
ROWS_BEFORE = 20
MOST_NODES_OF_A_CONTROLLER = 8
THOUSANDS = re.compile(r"[1-9][0-9]{0,2}(,[0-9]{3})+")
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
    crossings: dict[str, dict[str, Cell]] = field(default_factory=dict)
    azimuths: dict[str, float] = field(default_factory=dict)
    """Heading → degrees clockwise from north of who arrives, by coordinates."""

    def fault(self, row: int, text: str) -> ScenarioError:
        return ScenarioError(f"{self.path} row {row}: node {self.id[:40]}: {text}")

    def number(self, table: str, record: str, column: str, default: float | None = None) -> float:
        """A cell as a number from 0 to 9999. Raises ScenarioError; a blank one is the default."""
        row, text = getattr(self, table).get(record.lower(), {}).get(column, (0, ""))
        if not text and default is not None:
            return default
        try:
            value = float(text.replace(",", "."))
        except ValueError:
            value = math.nan
        if not 0 <= value <= 9999 or THOUSANDS.fullmatch(text):
            where = row or self.row(table)
            raise self.fault(
                where,
                f"{record} {column} '{text[:40]}' is no number from 0 to 9999{unclear(text)}; correct it in "
                f"[{table.title()}]",
            )
        return value

    def row(self, table: str) -> int:
        """A row of the file where this table says something of the node."""
        return next((row for cells in getattr(self, table).values() for row, _ in cells.values()), 1)


def unclear(text: str) -> str:
    """A word on a number whose comma may part thousands or be a decimal one; '' on any other text."""
    return " (thousands or decimals? write it without the comma)" if THOUSANDS.fullmatch(text) else ""


def is_utdf(lines: Lines) -> bool:
    """Has a sheet one of UTDF's sections, or the header of one of its tables, near its top?"""
    top = [cells for _, cells in lines[:ROWS_BEFORE]]
    return any(section_name(cells) in UTDF_SECTIONS or MARKS & {cell.upper() for cell in cells} for cells in top)


def section_name(cells: list[str]) -> str | None:
    """The section that a row begins, in lower case."""
    found = re.fullmatch(r"\[ *([A-Za-z ]+?) *\]", cells[0])
    return found[1].lower() if found else None


def utdf_nodes(path: Path, lines: Lines) -> dict[str, Node]:
    """The intersections that have a timing plan, by INTID. Raises ScenarioError."""
    nodes: dict[str, Node] = {}
    seen: set[str] = set()
    written: set[tuple[str, str]] = set()
    section, header = "", list[str]()
    for row, cells in lines:
        if (name := section_name(cells)) is not None:
            section, header = SECTIONS.get(name, ""), []
            seen.add(section)
            written.clear()
        elif section and "INTID" in (upper := [cell.upper() for cell in cells]):
            header = upper
        elif section and header:
            _record(nodes, path, section, row, dict(zip(header, cells, strict=False)), written)
    for name in NEEDED:
        if name not in seen:
            raise ScenarioError(f"{path}: no section [{name.title()}]; export the combined UTDF file with all sections")
    for controller in list(nodes.values()):
        _share_controller(controller, nodes)
    timed = {key: node for key, node in nodes.items() if node.timeplans and node.phases}
    if not timed:
        raise ScenarioError(f"{path}: no intersection with records in [Timeplans] and [Phases]; export them")
    return timed


def _record(
    nodes: dict[str, Node], path: Path, section: str, row: int, named: dict[str, str], written: set[tuple[str, str]]
) -> None:
    """File a record under its node; `written` holds those of this section."""
    node, record = named.pop("INTID", ""), named.pop("RECORDNAME", "").lower()
    if not node or not record:
        raise ScenarioError(f"{path} row {row}: a record without a name or an INTID; fill both or take the row out")
    if (node, record) in written:
        raise ScenarioError(f"{path} row {row}: '{record[:40]}' of node {node[:40]} stands there twice; keep one")
    written.add((node, record))
    table = getattr(nodes.setdefault(node, Node(node, path)), section)
    table[record] = {column: (row, text.removeprefix("*")) for column, text in named.items() if column and text}


def _share_controller(controller: Node, nodes: dict[str, Node]) -> None:
    """Give the controller's timing to the further nodes that it runs and that have none of their own."""
    for name in further_nodes(controller):
        node = nodes.get(name)
        if node and not node.timeplans and not node.phases:
            node.timeplans, node.phases = controller.timeplans, controller.phases


def further_nodes(controller: Node) -> Iterator[str]:
    """The other nodes that the controller of a node runs, too."""
    for place in range(1, MOST_NODES_OF_A_CONTROLLER):
        _, text = controller.timeplans.get(f"node {place}", {}).get("DATA", (0, ""))
        if text not in ("", "0", controller.id):
            yield text


def left_out(path: Path, signal: str, fault: ScenarioError) -> str:
    """The remark on a signal whose node has a plan that cannot be made or shown."""
    return f"{str(fault).removeprefix(f'{path} ')}; until then signal '{signal[:60]}' keeps its plan"
