"""A main road of two carriageways, as maps draw it: each crossing is two signals a few metres apart.

Between them there is room for two or three vehicles a lane. Left turns wait there, with their tails in the junction
behind; where those of both directions do, nobody can leave.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from zhasyl.sumo.programs import run_program

ARM_M = 300.0  # from the outer signals to the network's ends


@dataclass(frozen=True)
class Carriageways:
    """`crossings` in a row, `block_m` apart; the carriageways are `apart_m` from each other and have two lanes."""

    crossings: int
    block_m: float
    apart_m: float
    cross_lanes: int

    def write(self, net_file: Path) -> None:
        """Make the network. Its nodes and edges stand beside it."""
        nodes_file, edges_file = net_file.with_name("roads.nod.xml"), net_file.with_name("roads.edg.xml")
        nodes_file.write_text(f"<nodes>{''.join(self._nodes())}</nodes>\n", encoding="utf-8")
        edges_file.write_text(f"<edges>{''.join(self._edges())}</edges>\n", encoding="utf-8")
        run_program("netconvert", {
            "node-files": nodes_file, "edge-files": edges_file, "no-turnarounds": "true", "output-file": net_file,
            "no-warnings": "true",
        })  # fmt: skip

    def _nodes(self) -> Iterator[str]:
        half_m, last_m = self.apart_m / 2, (self.crossings - 1) * self.block_m
        for side, y_m, out_m in (("north", half_m, ARM_M), ("south", -half_m, -ARM_M)):
            for place in range(self.crossings):
                x_m = place * self.block_m
                yield f'<node id="{side}{place}" x="{x_m}" y="{y_m}" type="traffic_light"/>'
                yield f'<node id="{side}End{place}" x="{x_m}" y="{y_m + out_m}"/>'
            yield f'<node id="{side}West" x="{-ARM_M}" y="{y_m}"/>'
            yield f'<node id="{side}East" x="{last_m + ARM_M}" y="{y_m}"/>'

    def _edges(self) -> Iterator[str]:
        for side, way in (("south", 1), ("north", -1)):
            row = [f"{side}West", *(f"{side}{place}" for place in range(self.crossings)), f"{side}East"][::way]
            yield from (_edge(start, end, 2) for start, end in pairwise(row))
        for place in range(self.crossings):
            north, south = f"north{place}", f"south{place}"
            for start, end, lanes in (
                (f"northEnd{place}", north, self.cross_lanes),
                (north, south, 2),
                (south, f"southEnd{place}", self.cross_lanes),
            ):
                yield _edge(start, end, lanes) + _edge(end, start, lanes)


def _edge(start: str, end: str, lanes: int) -> str:
    return f'<edge id="{start}-{end}" from="{start}" to="{end}" numLanes="{lanes}" speed="13.89"/>'
