"""Counts placed on a network and checked: impossible values are refused, missing and unbalanced ones are said.

GEH  sqrt(2 (m - c)² / (m + c)) of two hourly volumes; below 5 they are taken to agree.
     Source: Design Manual for Roads and Bridges, vol. 12, section 2, part 1 (1996).
"""

import math
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from zhasyl.errors import ScenarioError
from zhasyl.files.clock import clock
from zhasyl.network import Network
from zhasyl.scenarios.arms import Arm
from zhasyl.scenarios.counts.count import Count, Crossing
from zhasyl.scenarios.counts.naming import JunctionNames, named_junction
from zhasyl.scenarios.turns import JunctionTurns, Turn

MOST_PER_LANE_VPH = 2400.0  # 1.5 s headways without a break: more cannot pass a stop line
GEH_LIMIT = 5.0
HOUR_S = 3600.0


@dataclass(frozen=True)
class CountedTurn:
    """A count with the edges it was made on."""

    count: Count
    junction: str
    turn: Turn


@dataclass(frozen=True)
class CrossedArm:
    """A count of people across an arm of a junction."""

    crossing: Crossing
    junction: str
    arm: Arm


@dataclass(frozen=True)
class Spans:
    """The times in which something was counted, apart and in order: (begin, end) in seconds."""

    pieces: tuple[tuple[float, float], ...]

    @classmethod
    def of(cls, counts: Iterable[Count | Crossing]) -> "Spans":
        """Of counts whose intervals may overlap and adjoin."""
        pieces: list[tuple[float, float]] = []
        for begin_s, end_s in sorted({(count.begin_s, count.end_s) for count in counts}):
            if pieces and begin_s <= pieces[-1][1]:
                pieces[-1] = (pieces[-1][0], max(pieces[-1][1], end_s))
            else:
                pieces.append((begin_s, end_s))
        return cls(tuple(pieces))

    @property
    def hours(self) -> float:
        return sum(end_s - begin_s for begin_s, end_s in self.pieces) / HOUR_S

    def __contains__(self, time_s: float) -> bool:
        return any(begin_s <= time_s < end_s for begin_s, end_s in self.pieces)


@dataclass(frozen=True)
class Placed:
    """All counts with their edges; `remarks` are findings that do not stop a calibration."""

    counts: tuple[CountedTurn, ...]
    remarks: tuple[str, ...]
    crossed: tuple[CrossedArm, ...] = ()

    @property
    def _rows(self) -> Iterator[Count | Crossing]:
        yield from (placed.count for placed in self.counts)
        yield from (crossed.crossing for crossed in self.crossed)

    @property
    def begin_s(self) -> float:
        return min(row.begin_s for row in self._rows)

    @property
    def end_s(self) -> float:
        return max(row.end_s for row in self._rows)

    @property
    def spans(self) -> dict[Turn, Spans]:
        """When each turn was counted."""
        by_turn: dict[Turn, list[Count]] = defaultdict(list)
        for placed in self.counts:
            by_turn[placed.turn].append(placed.count)
        return {turn: Spans.of(counts) for turn, counts in by_turn.items()}

    @property
    def step_s(self) -> float:
        return self.counts[0].count.end_s - self.counts[0].count.begin_s


def geh(modelled_vph: float, counted_vph: float) -> float:
    """The GEH statistic of two hourly volumes; 0 where both are 0."""
    total = modelled_vph + counted_vph
    return math.sqrt(2 * (modelled_vph - counted_vph) ** 2 / total) if total else 0.0


def place_counts(path: Path, counts: Iterable[Count], network: Network, crossings: Iterable[Crossing] = ()) -> Placed:
    """Find each count's edges. Raises ScenarioError with its place for an unknown name or an impossible value."""
    known, walks = list(counts), list(crossings)
    names = _names(path, [*known, *walks], network)
    placed: list[CountedTurn] = []
    seen: dict[tuple[Turn, str, float], int] = {}
    for count in known:
        own = names[_place(count)]
        try:
            turn = own.turn(count)
        except ScenarioError as error:
            if not count.vehicles:
                continue  # tables have columns for movements that a junction does not have
            raise ScenarioError(f"{path} {count.at}: {error}") from None
        key = (turn, count.vehicle_class, count.begin_s)
        if key in seen:
            first = placed[seen[key]].count
            if first.place.label == count.place.label or first.place.date != count.place.date:
                raise ScenarioError(f"{path} {count.at}: the same turn and time as {first.at}; keep one")
            count = replace(first, vehicles=first.vehicles + count.vehicles)
            placed[seen[key]] = CountedTurn(count, own.junction.id, turn)
        else:
            seen[key] = len(placed)
            placed.append(CountedTurn(count, own.junction.id, turn))
        _check_possible(path, count, own.junction.lanes[turn])
    if not placed:
        raise ScenarioError(
            f"{path}: no count of vehicles at these signals; there is no demand to make of people alone"
        )
    junctions = {own.junction.id: own.junction for own in names.values()}
    told = dict.fromkeys(remark for own in names.values() for remark in own.remarks)
    remarks = (*told, *_gaps(placed), *_missing(placed, junctions.values()), *_unbalanced(placed, network))
    return Placed(tuple(placed), remarks, tuple(_crossed(path, walks, names)))


def _place(row: Count | Crossing) -> tuple[str, str, tuple[str, ...]]:
    """What names the junction of a row."""
    return row.junction, "" if row.junction else row.sheet, () if row.junction else row.place.hints


def _names(
    path: Path, rows: list[Count | Crossing], network: Network
) -> dict[tuple[str, str, tuple[str, ...]], JunctionNames]:
    """The names of each junction; those of several sheets of one junction are one."""
    junctions: dict[tuple[str, str, tuple[str, ...]], JunctionTurns] = {}
    texts: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        key = _place(row)
        try:
            if key not in junctions:
                junctions[key] = named_junction(network, row)
        except ScenarioError as error:
            raise ScenarioError(f"{path} {row.at}: {error}") from None
        texts[junctions[key].id].append(row.approach if isinstance(row, Count) else row.arm)
    found = {junction.id: JunctionNames(network, junction, texts[junction.id]) for junction in junctions.values()}
    return {key: found[junction.id] for key, junction in junctions.items()}


def _crossed(
    path: Path, crossings: Iterable[Crossing], names: Mapping[tuple[str, str, tuple[str, ...]], JunctionNames]
) -> Iterator[CrossedArm]:
    seen: dict[tuple[str, int, str, float], CrossedArm] = {}
    for crossing in crossings:
        own = names[_place(crossing)]
        try:
            arm = own.arm(crossing.arm)
        except ScenarioError as error:
            if not crossing.people:
                continue
            raise ScenarioError(f"{path} {crossing.at}: {error}") from None
        key = (own.junction.id, arm.number, crossing.kind, crossing.begin_s)
        if key in seen:
            first = seen[key].crossing
            if first.place.label == crossing.place.label:
                raise ScenarioError(f"{path} {crossing.at}: the same crossing and time as {first.at}; keep one")
            crossing = replace(first, people=first.people + crossing.people)
        seen[key] = CrossedArm(crossing, own.junction.id, arm)
    yield from seen.values()


def _check_possible(path: Path, count: Count, lanes: int) -> None:
    rate_vph = count.vehicles * HOUR_S / (count.end_s - count.begin_s)
    if rate_vph > MOST_PER_LANE_VPH * lanes:
        raise ScenarioError(
            f"{path} {count.at}: {count.vehicles} vehicles in {count.end_s - count.begin_s:g} s are "
            f"{rate_vph:.0f} an hour, {lanes} lanes carry {MOST_PER_LANE_VPH * lanes:.0f} at most; "
            "correct the count or the lanes"
        )


def _gaps(placed: list[CountedTurn]) -> Iterator[str]:
    """Times between counts in which nothing was counted anywhere."""
    for (_, before_s), (after_s, _) in pairwise(Spans.of(place.count for place in placed).pieces):
        yield (
            f"nothing is counted from {clock(before_s)} to {clock(after_s)}: the streets empty themselves in between; "
            "give each peak a file of its own if that is not meant"
        )


def _missing(placed: list[CountedTurn], junctions: Iterable[JunctionTurns]) -> Iterator[str]:
    """Turns of counted junctions that nobody counted; they are left to the fit."""
    counted = {place.turn for place in placed}
    for junction in junctions:
        for approach, ways in junction.movements.items():
            lost = [m for m, exits in ways.items() if m != "u-turn" and not {(approach, e) for e in exits} & counted]
            if lost:
                name = junction.headings[approach] or approach
                yield f"'{junction.id}', {name}: no count of {', '.join(lost)}; any volume is taken to be right"


def _unbalanced(placed: list[CountedTurn], network: Network) -> Iterator[str]:
    """Neighbours whose counts of the road between them differ, where nothing joins or leaves it."""
    arrive, leave = ([(p.turn[side], p.count) for p in placed] for side in (0, 1))
    received, sent = _by_edge(arrive), _by_edge(leave)
    for exit_, senders in sorted(sent.items()):
        approach = _next_counted(network, exit_, received)
        if not approach:
            continue
        both = {c.begin_s for c in senders} & {c.begin_s for c in received[approach]}
        hours = Spans.of(c for c in senders if c.begin_s in both).hours
        sent_vph, received_vph = (
            sum(c.vehicles for c in counts if c.begin_s in both) / hours if hours else 0.0
            for counts in (senders, received[approach])
        )
        if geh(received_vph, sent_vph) > GEH_LIMIT:
            yield (
                f"rows {_short(senders)} send {sent_vph:.0f} veh/h along {exit_}, rows {_short(received[approach])} "
                f"receive {received_vph:.0f}; the difference would begin or end in between: check both"
            )


def _by_edge(counts: Iterable[tuple[str, Count]]) -> dict[str, list[Count]]:
    found: dict[str, list[Count]] = defaultdict(list)
    for edge, count in counts:
        found[edge].append(count)
    return dict(found)


def _short(counts: list[Count]) -> str:
    rows = sorted({count.row for count in counts})
    return f"{rows[0]}-{rows[-1]}" if len(rows) > 1 else str(rows[0])


def _next_counted(network: Network, edge: str, counted: Container[str]) -> str:
    """The counted approach at the end of a road without side roads, '' if there is none."""
    seen = {edge}
    while edge not in counted:
        onward = {c.to_edge for c in network.outgoing.get(edge, ()) if c.direction != "t"}
        if len(onward) != 1 or onward <= seen:
            return ""
        edge = onward.pop()
        if len({c.from_edge for c in network.incoming.get(edge, ())}) != 1:
            return ""
        seen.add(edge)
    return edge
