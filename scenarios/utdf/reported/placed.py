"""Synchro's results on the network that was made of its file: the movements that each lane group, approach, signal has.

A movement without lanes of its own is of the lane group that shares a lane with it, unless a report tells of it apart.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from zhasyl.errors import ScenarioError
from zhasyl.scenarios.beside.model import APPROACH, LANE_GROUP, SIGNAL, SYNCHRO, Beside, Way, number
from zhasyl.scenarios.plans.utdf_movements import LEFT_TO_RIGHT
from zhasyl.scenarios.utdf.layout import Layout
from zhasyl.scenarios.utdf.reported.block import Block, Place, rank_of
from zhasyl.scenarios.utdf.reported.labels import DEGREE, DELAY, QUEUE
from zhasyl.scenarios.utdf.town import SIGNAL as SIGNAL_NODE
from zhasyl.scenarios.utdf.town import Group, Link

KIND = "synchro's results"


@dataclass(frozen=True)
class Placing:
    """Puts blocks on the links of a town; what has no place is noted among the guesses."""

    layout: Layout

    def refuse_foreign(self, report: Sequence[Block]) -> None:
        """Raise ScenarioError if no block of a report is of a signal of the town."""
        if report and not any(self._is_signal(block.node) for block in report):
            first = report[0].first
            raise ScenarioError(
                f"{first.path} row {first.row}: node {first.node} is no signal of the UTDF file, nor is any other of "
                "the report; give the report of the same network"
            )

    def rows(self, blocks: Iterable[Block]) -> list[Beside]:
        """A row a place, the signal's own first."""
        by_node: dict[str, list[Block]] = {}
        for block in blocks:
            by_node.setdefault(block.node, []).append(block)
        town = self.layout.town
        for node, own in by_node.items():
            if node not in town.places:
                town.guesses.add(KIND, node, "", "left out", f"row {own[0].first.row}: no node of the UTDF file")
            elif town.places[node].kind != SIGNAL_NODE:
                town.guesses.add(KIND, node, town.places[node].name, "left out", "it is no signal")
            for block in own if self._is_signal(node) else ():
                if block.unsignalized:
                    reason = f"row {block.first.row}: a report of a junction without signal"
                    town.guesses.add(KIND, node, town.places[node].name, "left out", reason)
        placed = {node: own for node, own in by_node.items() if self._is_signal(node)}
        return [row for node, own in placed.items() for row in self._node(node, own)]

    def _is_signal(self, node: str) -> bool:
        places = self.layout.town.places
        return node in places and places[node].kind == SIGNAL_NODE

    def _node(self, node: str, blocks: Sequence[Block]) -> Iterator[Beside]:
        links = self.layout.town.arriving(node)
        merged: dict[Place, Beside] = {}
        _refuse_two(blocks)
        for block in sorted(blocks, key=lambda block: rank_of(block.method)):
            homes: dict[Place, Place] = {}
            for place in [*block.places, *block.queued(block.places)]:
                homes.setdefault(self._home(links, place, block), place)
            for home, place in homes.items():
                before = merged.get(home, Beside(SYNCHRO, home[0], node, home[1], "", ()))
                merged[home] = _with(before, block, place)
        apart = {column for level, column in merged if level == LANE_GROUP}
        for (level, column), row in sorted(merged.items(), key=lambda one: _order(links, one[0])):
            own = [link for link in links if level == SIGNAL or link.heading == column[:2]]
            ways = tuple(self._ways(own, level, column, apart))
            name = self.layout.town.places[node].name if level == SIGNAL else next((link.name for link in own), "")
            if ways:
                yield replace(row, words=name, ways=ways)
            else:
                self.layout.town.guesses.add(KIND, node, column, "left out", "no lanes of the UTDF file go there")

    def _home(self, links: Sequence[Link], place: Place, block: Block) -> Place:
        """Where a figure belongs: 'EB' of an approach, the column of the lane group of a movement without lanes."""
        level, column = place
        if level == APPROACH:
            return level, column[:2]
        if level == LANE_GROUP and (group := _group(links, column)) and not group.lanes:
            shared = _sharing(links, column)
            if shared and (level, shared) not in block.places:
                return level, shared
        return place

    def _ways(self, links: Sequence[Link], level: str, column: str, apart: set[str]) -> Iterator[Way]:
        for link in links:
            for group in link.groups:
                home = group.column if group.lanes or group.column in apart else _sharing([link], group.column)
                if level != LANE_GROUP or home == column:
                    exit_ = self.layout.town.links.get((link.node, group.dest))
                    if exit_:
                        yield self.layout.edges(link)[-1], self.layout.edges(exit_)[0]


def _refuse_two(blocks: Sequence[Block]) -> None:
    """Raise ScenarioError if a place has two delays by one method, as of a morning and an evening in one report."""
    told: dict[tuple[str, Place], Block] = {}
    for block in blocks:
        for place in block.places:
            before = told.setdefault((block.method, place), block)
            one, other = before.of(place, DELAY), block.of(place, DELAY)
            if None not in (one, other) and one != other:
                raise block.first.fault(
                    f"{block.method} has two delays of {place[1] or 'the signal'}, {one:g} s ({before.first.path} row "
                    f"{before.first.row}) and {other:g} s; give the report of one scenario, as morning or evening"
                )


def _order(links: Sequence[Link], place: Place) -> tuple[int, int, int]:
    """The signal, its approaches, then lane groups from left to right, approach by approach."""
    level, column = place
    headings = [link.heading for link in links]
    heading = headings.index(column[:2]) if column[:2] in headings else len(headings)
    turn = LEFT_TO_RIGHT.index(column[2:]) if column[2:] in LEFT_TO_RIGHT else 0
    return (SIGNAL, APPROACH, LANE_GROUP).index(level), heading, turn


def _group(links: Sequence[Link], column: str) -> Group | None:
    return next((group for link in links for group in link.groups if group.column == column), None)


def _sharing(links: Sequence[Link], column: str) -> str:
    """The lane group whose lanes a movement without lanes takes: those straight on, else the first of its approach."""
    own = [group for link in links if link.heading == column[:2] for group in link.groups if group.lanes]
    straight = [group for group in own if group.turn[0] == "T"]
    return (straight or own)[0].column if own else ""


def _with(row: Beside, block: Block, place: Place) -> Beside:
    """The row with what a block knows; the delay says whose figures they are, and queues may be another report's."""
    known = {key: block.of(place, key) for key in (DELAY, DEGREE, QUEUE)}
    if known[QUEUE] is not None and block.numbers[place, QUEUE][0] == 0 and row.back_p95_m >= 0:
        known[QUEUE] = None  # vehicles, where another report has the length
    told: dict[str, Any] = {key: number(value) for key, value in known.items() if value is not None}
    row = replace(row, **told)
    if known[DELAY] is not None:
        row = replace(row, method=block.method, los=block.letters.get(place, ""))
    return replace(row, mark=block.marks[place]) if known[QUEUE] is not None else row
