"""What leads where: the connections of a town's lanes over its nodes and from piece to piece of its links."""

from collections.abc import Iterator
from itertools import pairwise

from zhasyl.scenarios.utdf.layout import Layout, Piece
from zhasyl.scenarios.utdf.town import BEND, END, ROUNDABOUT, SIGNAL, Group, Link
from zhasyl.sumo.xml_files import Element

BESIDE_THE_SIGNAL = (1, 2, 3)
"""Values of Right Channeled: yield, free, stop."""


def steps(layout: Layout, link: Link) -> Iterator[Element]:
    """From piece to piece: each lane goes on, a new one opens beside the nearest lane."""
    for before, after in pairwise(layout.pieces[link.id]):
        for place in after.lanes:
            source = min(before.lanes, key=lambda other: (abs(other - place), other))
            made = _connection(layout, link, before, source, link, after, place)
            made.set("keepClear", "false")
            yield made


def _connection(
    layout: Layout, link: Link, piece: Piece, place: int, to: Link, to_piece: Piece, to_place: int
) -> Element:
    return Element("connection", {
        "from": piece.edge, "to": to_piece.edge, "fromLane": str(layout.lane(link, piece, place)),
        "toLane": str(layout.lane(to, to_piece, to_place)),
    })  # fmt: skip


def turns(layout: Layout, link: Link) -> Iterator[Element]:
    """The connections of a link's lanes over its node; netconvert makes those of which the file says nothing."""
    kind = layout.town.places[link.node].kind
    if kind in (END, ROUNDABOUT):
        return
    piece, lanes = layout.pieces[link.id][-1], layout.lanes[link.id]
    for group in link.groups:
        own = [place for place, lane in enumerate(lanes) if group.column in lane.serves]
        if not own or (link.node, group.dest) not in layout.town.links:
            continue
        exit_ = layout.town.links[link.node, group.dest]
        to_piece = layout.pieces[exit_.id][0]
        if len(own) > len(to_piece.lanes):
            reason = f"{group.column}: {len(own)} lanes lead to a road of {len(to_piece.lanes)}"
            layout.town.guesses.add("lanes", link.id, link.name, "lanes merge", reason)
        for place, to_place in zip(own, _aligned(group, len(own), to_piece.lanes), strict=True):
            made = _connection(layout, link, piece, place, exit_, to_piece, to_place)
            if kind == SIGNAL and group.channel in BESIDE_THE_SIGNAL:
                made.set("uncontrolled", "true")
            yield made
    if kind == BEND or not link.groups:
        yield from _straight_on(layout, link, piece)


def _aligned(group: Group, count: int, exits: list[int]) -> list[int]:
    """Where lanes lead, from left to right: left turns to the left, right turns to the right, others by Alignment."""
    right = group.turn[0] == "R" or (group.turn == "T" and group.to_the_right)
    first = len(exits) - count if right else 0
    return [exits[min(max(first + i, 0), len(exits) - 1)] for i in range(count)]


def _straight_on(layout: Layout, link: Link, piece: Piece) -> Iterator[Element]:
    """At a bend all lanes go on; a road that is wider opens its right lanes."""
    onward = [one for one in layout.town.leaving(link.node) if one.node != link.up]
    if layout.town.places[link.node].kind != BEND or len(onward) != 1:
        return
    to_piece = layout.pieces[onward[0].id][0]
    before, after = piece.lanes, to_piece.lanes
    for i in range(max(len(before), len(after))):
        source, target = before[min(i, len(before) - 1)], after[min(i, len(after) - 1)]
        yield _connection(layout, link, piece, source, onward[0], to_piece, target)
