"""The sections of a UTDF file as text: records by node, each cell with its row and column for faults."""

from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path

from zhasyl.errors import ScenarioError
from zhasyl.files.sheets import Lines
from zhasyl.scenarios.plans.utdf import SECTIONS, section_name, unclear

NEEDED = ("nodes", "links", "lanes")
BY_NODE = ("links", "lanes", "timeplans", "phases")
COORDINATES = ("X", "Y", "Z")  # the last letter of their names: a decimal comma before three digits is likely
MARK = "*"  # of a value that a user has overridden

Records = dict[str, dict[str, "Cell"]]
"""Record name in lower case → column → cell."""


@dataclass(frozen=True)
class Cell:
    """The text of a cell that is not blank, and where it stands."""

    path: Path
    row: int
    column: str
    node: str
    text: str

    def fault(self, text: str) -> ScenarioError:
        node = f"node {self.node[:40]}: " if self.node else ""
        return ScenarioError(f"{self.path} row {self.row}, column {self.column[:20]}: {node}{text}")

    def number(self, least: float, most: float, what: str) -> float:
        """Its value. Raises ScenarioError for text and for what lies outside the limits."""
        try:
            value = float(self.text.replace(",", "."))
        except ValueError:
            value = float("nan")
        doubt = "" if what.endswith(COORDINATES) else unclear(self.text)
        if doubt or not (isfinite(value) and least <= value <= most):
            raise self.fault(f"{what} '{self.text[:40]}' is no number from {least:g} to {most:g}{doubt}; correct it")
        return value

    def whole(self, least: int, most: int, what: str) -> int:
        """The same for a whole number."""
        value = self.number(least, most, what)
        if value != int(value):
            raise self.fault(f"{what} '{self.text[:40]}' is no whole number; correct it")
        return int(value)


@dataclass(frozen=True)
class NodeRecords:
    """What a section says of one node; `first` is the INTID of its first record."""

    first: Cell
    records: Records

    def cells(self, column: str) -> dict[str, Cell]:
        """Record → cell of one column."""
        return {record: cells[column] for record, cells in self.records.items() if column in cells}

    @property
    def columns(self) -> list[str]:
        """Columns with anything in them, in the order of the file."""
        return list(dict.fromkeys(column for cells in self.records.values() for column in cells))


@dataclass
class Sections:
    """A file by section."""

    path: Path
    network: dict[str, Cell] = field(default_factory=dict)
    nodes: dict[str, dict[str, Cell]] = field(default_factory=dict)
    links: dict[str, NodeRecords] = field(default_factory=dict)
    lanes: dict[str, NodeRecords] = field(default_factory=dict)
    timeplans: dict[str, NodeRecords] = field(default_factory=dict)
    phases: dict[str, NodeRecords] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)
    """Sections of other names."""


def read_sections(path: Path, lines: Lines) -> Sections:
    """The sections of a combined file. Raises ScenarioError for one that is missing and for records given twice."""
    found = Sections(path)
    section, header = "", list[str]()
    seen: set[str] = set()
    written: set[tuple[str, str]] = set()
    for row, cells in lines:
        if (name := section_name(cells)) is not None:
            section, header = SECTIONS.get(name, name), []
            seen.add(section)
            written.clear()
            if section not in (*NEEDED, *BY_NODE, "network"):
                found.ignored.append(name)
        elif not header:
            upper = [cell.upper() for cell in cells]
            header = upper if {"INTID", "RECORDNAME"} & set(upper) else []
        else:
            _take(found, section, row, dict(zip(header, cells, strict=False)), written)
    for needed in NEEDED:
        if needed not in seen:
            raise ScenarioError(
                f"{path}: no section [{needed.title()}]; export the combined UTDF file with all sections"
            )
    return found


def _take(found: Sections, section: str, row: int, named: dict[str, str], written: set[tuple[str, str]]) -> None:
    node = named.pop("INTID", "")
    record = named.pop("RECORDNAME", "").lower()
    cells = {
        column: Cell(found.path, row, column, node, text.removeprefix(MARK))
        for column, text in named.items()
        if column and text.removeprefix(MARK)
    }
    if section == "network":
        if "DATA" in cells:
            found.network[record] = cells["DATA"]
        return
    if section not in (*NEEDED, *BY_NODE):
        return
    if not node or (section != "nodes" and not record):
        what = "an INTID" if not node else "a RECORDNAME"
        raise ScenarioError(f"{found.path} row {row}: a record of [{section.title()}] without {what}; fill it in")
    if (node, record) in written:
        what = f"'{record[:40]}' of node {node[:40]}" if record else f"node {node[:40]}"
        raise ScenarioError(f"{found.path} row {row}: {what} stands there twice; keep one")
    written.add((node, record))
    if section == "nodes":
        found.nodes[node] = {"INTID": Cell(found.path, row, "INTID", node, node), **cells}
    else:
        tables: dict[str, NodeRecords] = getattr(found, section)
        tables.setdefault(node, NodeRecords(Cell(found.path, row, "INTID", node, node), {})).records[record] = cells


def value(cells: dict[str, Cell], record: str, least: float, most: float) -> float:
    """A record of a column as a number; 0 where it is blank. Raises ScenarioError."""
    return cells[record].number(least, most, record.title()) if record in cells else 0.0


def whole(cells: dict[str, Cell], record: str, most: int) -> int:
    """The same as a whole number from 0."""
    return cells[record].whole(0, most, record.title()) if record in cells else 0
