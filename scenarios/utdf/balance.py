"""Flows from end to end of a town that meet the volumes of its file as well as these fit together.

A file has the volume of each movement, and what leaves one node is not what the next one has: driveways between them,
other days. Where the two differ by a GEH of 5 or more, vehicles also begin (or end) their way on the link between.
Candidates are the shortest ways between the ends of the network over movements with a volume, or, where these are too
many, ways drawn by the shares of the turns; and the best way through each movement that none of them makes. How many
take which is found by Vardi's iteration (`counts.route_flows`).
"""

import heapq
import math
import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from zhasyl.scenarios.counts.placed import GEH_LIMIT, geh
from zhasyl.scenarios.counts.route_flows import fit_flows, incidence
from zhasyl.scenarios.utdf.shapes import centre_line, length_m
from zhasyl.scenarios.utdf.town import BEND, Link, Town

MOST_PAIRS = 20_000  # of ends between which every shortest way is a candidate
WALKS_AN_ENTRY = 200
MOST_STEPS = 500
SEED = 1

Turn = tuple[str, str]
"""Ids of a link and of the one after it."""
Way = tuple[str, ...]
"""Ids of links from an end of the network to another."""


@dataclass(frozen=True)
class Balanced:
    """`flows_vph` of each way; `planned_vph` of each movement with a volume in the file."""

    flows_vph: dict[Way, float]
    volumes_vph: dict[Turn, float]
    planned_vph: dict[Turn, float]
    mismatch_vph: float
    mismatch_link: str
    driveways_vph: dict[str, float]
    """Link → how much more leaves it than comes onto it, where that is too much to be balanced."""

    def geh(self, turn: Turn) -> float:
        return geh(self.planned_vph[turn], self.volumes_vph[turn])


def balance(town: Town) -> Balanced | None:
    """The flows of a town; None if the file has no volume."""
    volumes = _volumes(town)
    if not volumes:
        return None
    differences = _differences(town)
    driveways = {
        link: after - before for link, (before, after) in differences.items() if geh(after, before) >= GEH_LIMIT
    }
    roads = _Roads(town, volumes, driveways)
    ways = sorted({*roads.between_ends(), *roads.through(volumes)})
    turns = sorted(volumes)
    made_by = incidence(ways, turns)
    flows = fit_flows(made_by, np.array([volumes[turn] for turn in turns]))
    planned = dict(zip(turns, (made_by @ flows).tolist(), strict=True))
    kept = {way: float(flow) for way, flow in zip(ways, flows.tolist(), strict=True) if flow > 1e-3}
    worst = max(differences, key=lambda link: abs(differences[link][1] - differences[link][0]), default="")
    before, after = differences.get(worst, (0.0, 0.0))
    return Balanced(kept, volumes, planned, abs(after - before), worst, driveways)


def _volumes(town: Town) -> dict[Turn, float]:
    found: dict[Turn, float] = defaultdict(float)
    for link in town.links.values():
        for group in link.groups:
            if group.volume_vph and (link.node, group.dest) in town.links:
                found[link.id, f"{link.node}-{group.dest}"] += group.volume_vph
    return dict(found)


def _differences(town: Town) -> dict[str, tuple[float, float]]:
    """Link between two nodes with volumes → what the first one sends into it, and what the second one has."""
    found = {}
    for link in town.links.values():
        first = _before_bends(town, link)
        before = [g.volume_vph for one in town.arriving(first.up) for g in one.groups if g.dest == first.node]
        after = [group.volume_vph for group in link.groups]
        if before and after:
            found[link.id] = (sum(before), sum(after))
    return found


def _before_bends(town: Town, link: Link) -> Link:
    """The link where the traffic of one that begins at a bend comes from."""
    for _ in town.places:
        ways = [one for one in town.arriving(link.up) if one.up != link.node]
        if town.places[link.up].kind != BEND or len(ways) != 1:
            break
        (link,) = ways
    return link


class _Roads:
    """Links and the movements between them."""

    def __init__(self, town: Town, volumes: Mapping[Turn, float], driveways: Mapping[str, float]) -> None:
        self._links = town.by_id
        self._length_m = {link.id: length_m(centre_line(town, link)) for link in town.links.values()}
        self._after: dict[str, dict[str, float]] = defaultdict(dict)
        self._before: dict[str, list[str]] = defaultdict(list)
        for link in town.links.values():
            for onward, weight in self._onward(town, link, volumes):
                self._after[link.id][onward] = weight
                self._before[onward].append(link.id)
        begins = {link for link, more in driveways.items() if more > 0}
        self._ends = driveways.keys() - begins
        self._entries = sorted(
            link for link in self._links if self._after[link] and (not self._before[link] or link in begins)
        )
        self._exits = sorted(
            link for link in self._links if self._before[link] and (not self._after[link] or link in self._ends)
        )

    @staticmethod
    def _onward(town: Town, link: Link, volumes: Mapping[Turn, float]) -> Iterator[tuple[str, float]]:
        if link.groups:
            yield from ((b, volume) for (a, b), volume in volumes.items() if a == link.id)
        else:
            yield from ((one.id, 1.0) for one in town.leaving(link.node) if one.node != link.up)

    def between_ends(self) -> Iterator[Way]:
        if len(self._entries) * len(self._exits) > MOST_PAIRS:
            yield from self._drawn()
            return
        for entry in self._entries:
            came_from = self._tree([entry], lambda link: self._after[link])
            yield from (_path(came_from, exit_) for exit_ in self._exits if exit_ in came_from and exit_ != entry)

    def _drawn(self) -> Iterator[Way]:
        draw = random.Random(SEED)  # noqa: S311  no secret
        for entry in self._entries:
            for _ in range(WALKS_AN_ENTRY):
                way = [entry]
                while len(way) < MOST_STEPS and (ways := self._after[way[-1]]):
                    way.append(draw.choices(list(ways), list(ways.values()))[0])
                    if way[-1] in way[:-1] or (way[-1] in self._ends and draw.random() < 0.5):
                        break
                if (not self._after[way[-1]] or way[-1] in self._ends) and len(set(way)) == len(way):
                    yield tuple(way)

    def through(self, turns: Mapping[Turn, float]) -> Iterator[Way]:
        """The shortest way through each movement."""
        to = self._tree(self._entries, lambda link: self._after[link])
        on = self._tree(self._exits, lambda link: dict.fromkeys(self._before[link], 1.0))
        for before, after in turns:
            if before in to and after in on:
                way = (*_path(to, before), *_path(on, after)[::-1])
                if len(set(way)) == len(way):
                    yield way

    def _tree(self, begins: list[str], ways: Callable[[str], Mapping[str, float]]) -> dict[str, str]:
        """Link → the one before it on the shortest way from any of the begins (Dijkstra)."""
        best = dict.fromkeys(begins, 0.0)
        came_from = dict.fromkeys(begins, "")
        heap = [(0.0, begin) for begin in begins]
        while heap:
            cost, link = heapq.heappop(heap)
            if cost > best[link]:
                continue
            for onward in ways(link):
                further = cost + self._length_m[onward]
                if further < best.get(onward, math.inf):
                    best[onward], came_from[onward] = further, link
                    heapq.heappush(heap, (further, onward))
        return came_from


def _path(came_from: Mapping[str, str], end: str) -> Way:
    way = [end]
    while came_from[way[-1]]:
        way.append(came_from[way[-1]])
    return tuple(reversed(way))
