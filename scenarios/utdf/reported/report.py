"""Synchro's report, saved as text (File, Create Report, Save as Text).

Cells are parted by tabs, one block a node and report. Its head and foot are the user's own; a block begins with
'4: Main & Elm' and a row of columns, 'Lane Group EBL EBT ...' or 'Movement EBL EBT ...', and is known by the labels of
its rows. The title above it tells those of junctions without signal, where nothing is taken: their delays have like
names.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from zhasyl.errors import ScenarioError
from zhasyl.files.sheets import Lines, read_sheet
from zhasyl.scenarios.beside.model import APPROACH, SIGNAL
from zhasyl.scenarios.plans.utdf_movements import GROUP
from zhasyl.scenarios.utdf.reported.block import Block
from zhasyl.scenarios.utdf.reported.labels import PERCENTILE, edition_of, label_of
from zhasyl.scenarios.utdf.sections import Cell

SAVED_AS = "give Synchro's report as it saves it: File, Create Report, Save as Text"
NODE = re.compile(r"(\d{1,9}):(?:\s.*)?")
HEADERS = ("lane group", "movement")
OTHER_HEADERS = (
    "approach",
    "lane",
    "minor lane/major mvmt",
    "major/minor",
    "direction, lane #",
    "intersection summary",
    "timer - assigned phs",
    "timer",
)
WITHOUT_SIGNAL = re.compile(r"\b(?:AWSC|TWSC|roundabout|unsignali[sz]ed)\b", re.IGNORECASE)
INLINE = re.compile(r"(intersection (?:signal delay|los)[^:]*): *(\S+)", re.IGNORECASE)


def read_report(path: Path) -> list[Block]:
    """The blocks with results of a signal's lane groups, and those without signal. Raises ScenarioError if no first."""
    found = list(_blocks(path, read_sheet(path, SAVED_AS)))
    told = [block for block in found if block.places or list(block.queued(()))]
    if not told:
        raise ScenarioError(
            f"{path}: no delay of a lane group in it; save Synchro's report 'HCM 6th' (or 2000, 2010, 7th) or 'Lanes, "
            "Volumes, Timings' of the signals as text"
        )
    return [block for block in found if block in told or block.unsignalized]


def _blocks(path: Path, lines: Lines) -> Iterator[Block]:
    block: Block | None = None
    columns: dict[int, str] = {}
    above = ""
    for row, cells in lines:
        title = cells[0].strip()
        if node := NODE.fullmatch(title):
            if block:
                yield block
            block, columns = Block(node[1], Cell(path, row, "1", node[1], title)), {}
            block.unsignalized = bool(WITHOUT_SIGNAL.search(above))
        elif title.lower() in HEADERS:
            columns = {at: cell for at, cell in enumerate(cells[1:], start=1) if GROUP.match(cell)}
        elif title.lower() in OTHER_HEADERS:
            columns = {}
        if block and not block.unsignalized:
            _take(block, path, row, cells, columns)
        above = title
    if block:
        yield block


def _take(block: Block, path: Path, row: int, cells: list[str], columns: dict[int, str]) -> None:
    for text in cells:
        if said := INLINE.search(text):
            _signal(block, said[1], Cell(path, row, said[1], block.node, said[2]))
    label = label_of(cells[0])
    if label is None:
        return
    if label.level == SIGNAL:
        for at, text in enumerate(cells):
            if (known := label_of(text)) and known.level == SIGNAL:
                value = next((cell for cell in cells[at + 1 :] if cell), "")
                _signal(block, text, Cell(path, row, text, block.node, value))
        return
    if label.method and not block.method and label.level != APPROACH:
        block.method = label.method
    for at, column in columns.items():
        if at < len(cells) and cells[at]:
            block.take(label, column, Cell(path, row, column, block.node, cells[at]), 1.0)


def _signal(block: Block, text: str, cell: Cell) -> None:
    label = label_of(text)
    if label:
        block.take(label, "", cell, 1.0)
        block.method = edition_of(text) or block.method or PERCENTILE
