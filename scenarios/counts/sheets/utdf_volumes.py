"""The volumes of Synchro's combined UTDF file: [Lanes] with Volume, PHF, Growth and HV by movement.

Volume is raw vehicles an hour; Growth and HV are per cent here (factors in [Network]). An approach is the node that Up
Node names, the exit the one of Dest Node, where the file has them; else the heading in eighths, by nearest azimuth.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from zhasyl.errors import ScenarioError
from zhasyl.scenarios.counts.count import Count, Found
from zhasyl.scenarios.counts.sheets.grid import MOST_LISTED, Given, Grid, cell
from zhasyl.scenarios.counts.sheets.hours import DEFAULT_HOUR_S, Volume, counts_of
from zhasyl.scenarios.counts.sheets.words import WIDE, turn_of

SECTION = re.compile(r"\[ *([A-Za-z ]+?) *\]")
SECOND = re.compile(r"^(?:[NSEW]B|NE|NW|SE|SW)[LR]2$")
NAMED = {"volume": "volume", "phf": "phf", "peakhourfactor": "phf", "hv": "heavy", "heavyvehicles": "heavy"}
SECTIONS = ("network", "nodes", "links", "lanes")
TOP = 30

Cell = tuple[int, int, str]
"""(row, column, text)."""


def is_combined(grid: Grid) -> bool:
    """Has a sheet UTDF's sections?"""
    top = (SECTION.fullmatch(cell(cells, 0)) for _, cells in grid.lines[:TOP])
    return any(found and found[1].lower() in SECTIONS for found in top)


def read_combined(grid: Grid, given: Given) -> Found | None:
    """The volumes of the nodes that the network has; None for another file. Raises ScenarioError."""
    if not is_combined(grid):
        return None
    nodes = _lanes(grid)
    left_out: list[str] = []
    if given.network:
        left_out = [node for node in nodes if node not in given.network.junctions | given.network.programmes]
    if nodes and len(left_out) == len(nodes):
        raise ScenarioError(
            f"{grid.file}: none of its nodes ({', '.join(left_out[:MOST_LISTED])}) is a junction of the scenario; "
            "import the file itself, or give the counts as a table with a column junction"
        )
    nodes = {node: records for node, records in nodes.items() if node not in left_out}
    counts = [count for node, records in nodes.items() for count in _of_node(grid, node, records)]
    if not counts:
        raise ScenarioError(f"{grid.file}: no record 'Volume' in [Lanes]; export the volumes too")
    said = (
        f"{grid.called}: hourly volumes of [Lanes] with Growth, PHF and HV, without a time; the hour is taken to begin "
        f"at {DEFAULT_HOUR_S / 3600:.0f}:00"
    )
    listed = ", ".join(left_out[:MOST_LISTED])
    lost = f"{grid.called}: {len(left_out)} nodes are no junctions of the scenario and left out: {listed}"
    return Found(tuple(counts), (), (said, lost) if left_out else (said,))


def _lanes(grid: Grid) -> dict[str, dict[str, dict[str, Cell]]]:
    """Node → record in small letters → movement → cell."""
    found: dict[str, dict[str, dict[str, Cell]]] = {}
    section, header = "", list[str]()
    for row, cells in grid.lines:
        if name := SECTION.fullmatch(cell(cells, 0)):
            section, header = name[1].lower(), []
        elif section == "lanes" and "INTID" in (upper := [text.upper() for text in cells]):
            header = upper
        elif section == "lanes" and header:
            named = {column: (row, i, cell(cells, i).removeprefix("*")) for i, column in enumerate(header) if column}
            node, record = named.pop("INTID")[2], named.pop("RECORDNAME", (row, 0, ""))[2]
            found.setdefault(node, {})[record.lower().replace(" ", "")] = named
    return found


def _of_node(grid: Grid, node: str, records: dict[str, dict[str, Cell]]) -> Iterator[Count]:
    for column, (row, i, text) in records.get("volume", {}).items():
        second = SECOND.match(column)
        turn = turn_of(column.rstrip("2")) if WIDE.match(column) or second else None
        if not turn or not text or (second and text == "0"):
            continue
        up, down = (records.get(name, {}).get(column, (0, 0, ""))[2] for name in ("upnode", "destnode"))
        texts = {kind: records[name][column] for name, kind in NAMED.items() if column in records.get(name, {})}
        texts["volume"] = row, i, _grown(grid, (row, i, text), records.get("growth", {}).get(column))
        if second and not down:
            raise grid.fault(
                row, i, f"{text[:20]} vehicles make a second left or right turn, to no Dest Node; fill that record"
            )
        volume = Volume(row, i, node, turn[0], f"to node {down}" if second else turn[1], texts)
        for count in counts_of(grid, volume, DEFAULT_HOUR_S, ()):
            yield replace(count, place=replace(count.place, nodes=(up, down)))


def _grown(grid: Grid, volume: Cell, growth: Cell | None) -> str:
    """The volume times its growth in per cent."""
    row, column, text = volume
    vehicles = grid.whole_number(row, column, text, "volume")
    if not growth or not growth[2]:
        return str(vehicles)
    if not re.fullmatch(r"\d{1,3}(\.\d+)?", growth[2]):
        raise grid.fault(growth[0], growth[1], f"growth '{growth[2][:20]}' is no per cent from 0; correct it")
    return str(round(vehicles * float(growth[2]) / 100.0))
