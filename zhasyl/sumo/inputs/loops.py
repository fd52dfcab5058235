"""Loops that log every vehicle to the part of a step, laid only to watch: SUMO's instantInductionLoop."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from zhasyl.sumo.xml_files import Element, SubElement, write_xml


@dataclass(frozen=True)
class Loop:
    """A loop across a lane, `position_m` from the lane's begin."""

    id: str
    lane: str
    position_m: float


def write_loops(loops: Iterable[Loop], path: Path, output: Path) -> None:
    """Write an additional file of loops that all log to `output`."""
    root = Element("additional")
    for loop in loops:
        known = {"id": loop.id, "lane": loop.lane, "pos": f"{loop.position_m:.2f}", "file": str(output)}
        SubElement(root, "instantInductionLoop", friendlyPos="true", attrib=known)
    write_xml(root, path)
