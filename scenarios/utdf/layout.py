"""How a town is laid out: the edges that each link becomes, and where they lie.

link      one edge, or a piece more for each begin of a bay: 9-1, 9-1.1, ...; the junction 9-1.1 between two is as long
          as the taper, and the bay behind it as long as its storage
setback   from a node's middle to a stop line: netconvert finds it
"""

from dataclasses import dataclass, field

from zhasyl.scenarios.utdf.approach import StopLane, begins, present, width_left_of_road_m
from zhasyl.scenarios.utdf.roundabouts import Ring
from zhasyl.scenarios.utdf.shapes import Line, centre_line, cut, length_m, to_the_right
from zhasyl.scenarios.utdf.town import Link, Town

SHORTEST_M = 10.0  # of a piece of a link
FIRST_SETBACK_M = 15.0


@dataclass(frozen=True)
class Piece:
    """An edge: a part of a link with its lanes (places at the stop line), from left to right."""

    edge: str
    begin: str
    end: str
    lanes: list[int]
    line: Line


@dataclass
class Layout:
    """How a town is laid out: what each link became."""

    town: Town
    walked: frozenset[str] = frozenset()
    """Links with pavements."""
    crossings: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Node → the nodes at the other end of the arms that people cross."""
    setback_m: dict[str, float] = field(default_factory=dict)
    lanes: dict[str, tuple[StopLane, ...]] = field(default_factory=dict)
    pieces: dict[str, list[Piece]] = field(default_factory=dict)
    rings: dict[str, Ring] = field(default_factory=dict)

    def edges(self, link: Link) -> list[str]:
        return [piece.edge for piece in self.pieces[link.id]]

    def lane(self, link: Link, piece: Piece, place: int) -> int:
        """SUMO's index, from the right, of a lane of the stop line."""
        return len(piece.lanes) - 1 - piece.lanes.index(place) + (link.id in self.walked)


def pieces_of(layout: Layout, link: Link) -> list[Piece]:
    """A link from its begin to the stop line."""
    town, lanes = layout.town, layout.lanes[link.id]
    centre = centre_line(town, link)
    whole_m = length_m(centre)
    setback_m = layout.setback_m.get(link.id, FIRST_SETBACK_M)
    room_m = whole_m - setback_m - min(FIRST_SETBACK_M, whole_m / 4) - SHORTEST_M
    found: list[Piece] = []
    begin, from_m, edge = _end_of(layout, link, link.up), 0.0, link.id
    for number, (storage_m, taper_m) in enumerate(begins(lanes), start=1):
        if storage_m > room_m:
            reason = f"Storage {storage_m:.0f} m, and the link has room for {max(room_m, 0):.0f} m"
            town.guesses.add("bay", link.id, link.name, "goes all the way", reason)
            continue
        full_m = whole_m - setback_m - storage_m
        taper_m = max(0.0, min(taper_m, full_m - from_m - SHORTEST_M))
        node = f"{link.id}.{number}"
        places = _present(lanes, storage_m, room_m)
        found.append(Piece(edge, begin, node, places, _line(layout, link, centre, places, from_m, full_m - taper_m)))
        begin, from_m, edge = node, full_m, f"{link.id}.{number}"
    places = present(lanes, 0.0)
    line = _line(layout, link, centre, places, from_m, whole_m)
    return [*found, Piece(edge, begin, _end_of(layout, link, link.node), places, line)]


def _present(lanes: tuple[StopLane, ...], storage_m: float, room_m: float) -> list[int]:
    """Before a bay's begin; bays that are too long for the link are lanes of the whole of it."""
    there = set(present(lanes, storage_m))
    return [place for place, lane in enumerate(lanes) if place in there or lane.bay_m > room_m]


def _line(layout: Layout, link: Link, centre: Line, places: list[int], from_m: float, to_m: float) -> Line:
    """The left border of a piece's lanes."""
    lanes = layout.lanes[link.id]
    reverse = layout.town.links.get((link.node, link.up))
    bays_m = [width_left_of_road_m(layout.lanes[one.id], present(layout.lanes[one.id], 0.0))
              for one in (link, reverse) if one]  # fmt: skip
    median_m = max(link.median_m, *bays_m) if reverse else 0.0
    shift_m = median_m / 2 + link.offset_m - width_left_of_road_m(lanes, places)
    if reverse is None:
        shift_m -= sum(lanes[place].width_m for place, lane in enumerate(lanes) if not lane.bay_m) / 2
    return cut(to_the_right(centre, shift_m), from_m, to_m)


def _end_of(layout: Layout, link: Link, node: str) -> str:
    """The junction where a link ends: the node's, or that of its arm of a roundabout."""
    other = link.node if node == link.up else link.up
    return layout.rings[node].arm(other) if node in layout.rings else node
