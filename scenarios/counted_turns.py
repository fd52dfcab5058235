"""Counts placed on a network and checked: impossible values are refused, missing and unbalanced ones are said.

GEH  sqrt(2 (m - c)² / (m + c)) of two hourly volumes; below 5 they are taken to agree.
     Source: Design Manual for Roads and Bridges, vol. 12, section 2, part 1 (1996).
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from zhasyl.errors import ScenarioError
from zhasyl.network import Network
from zhasyl.scenarios.junction_turns import JunctionTurns, Turn, find_junction
from zhasyl.scenarios.turn_counts import Count

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
class Placed:
    """All counts with their edges; `remarks` are findings that do not stop a calibration."""

    counts: tuple[CountedTurn, ...]
    remarks: tuple[str, ...]

    @property
    def begin_s(self) -> float:
        return min(placed.count.begin_s for placed in self.counts)

    @property
    def end_s(self) -> float:
        return max(placed.count.end_s for placed in self.counts)

    @property
    def step_s(self) -> float:
        return self.counts[0].count.end_s - self.counts[0].count.begin_s


def geh(modelled_vph: float, counted_vph: float) -> float:
    """The GEH statistic of two hourly volumes; 0 where both are 0."""
    total = modelled_vph + counted_vph
    return math.sqrt(2 * (modelled_vph - counted_vph) ** 2 / total) if total else 0.0


def place_counts(path: Path, counts: Iterable[Count], network: Network) -> Placed:
    """Find each count's edges. Raises ScenarioError with the row for an unknown place or an impossible value."""
    junctions: dict[str, JunctionTurns] = {}
    placed: list[CountedTurn] = []
    seen: dict[tuple[Turn, str, float], int] = {}
    for count in counts:
        try:
            if count.junction not in junctions:
                junctions[count.junction] = find_junction(network, count.junction)
            junction = junctions[count.junction]
            turn = junction.find(count.approach, count.movement)
        except ScenarioError as error:
            raise ScenarioError(f"{path} row {count.row}: {error}") from None
        key = (turn, count.vehicle_class, count.begin_s)
        if key in seen:
            raise ScenarioError(f"{path} row {count.row}: the same turn and time as row {seen[key]}; keep one")
        seen[key] = count.row
        _check_possible(path, count, junction.lanes[turn])
        placed.append(CountedTurn(count, junction.id, turn))
    named = {junction.id: junction for junction in junctions.values()}
    remarks = (*_missing(placed, named.values()), *_unbalanced(placed, network))
    return Placed(tuple(placed), remarks)


def _check_possible(path: Path, count: Count, lanes: int) -> None:
    rate_vph = count.vehicles * HOUR_S / (count.end_s - count.begin_s)
    if rate_vph > MOST_PER_LANE_VPH * lanes:
        raise ScenarioError(
            f"{path} row {count.row}: {count.vehicles} vehicles in {count.end_s - count.begin_s:g} s are "
            f"{rate_vph:.0f} an hour, {lanes} lanes carry {MOST_PER_LANE_VPH * lanes:.0f} at most; "
            "correct the count or the lanes"
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
    out_vph, in_vph, rows = _flows_vph(placed)
    for exit_, sent_vph in sorted(out_vph.items()):
        approach = _next_counted(network, exit_, in_vph)
        if approach and geh(in_vph[approach], sent_vph) > GEH_LIMIT:
            yield (
                f"rows {_short(rows[exit_])} send {sent_vph:.0f} veh/h along {exit_}, rows {_short(rows[approach])} "
                f"receive {in_vph[approach]:.0f}; both cannot be met"
            )


def _flows_vph(placed: list[CountedTurn]) -> tuple[Counter[str], Counter[str], Mapping[str, list[int]]]:
    out_vph: Counter[str] = Counter()
    in_vph: Counter[str] = Counter()
    rows: dict[str, list[int]] = defaultdict(list)
    hours = (max(p.count.end_s for p in placed) - min(p.count.begin_s for p in placed)) / HOUR_S if placed else 1.0
    for place in placed:
        for edge, flows in zip(place.turn, (in_vph, out_vph), strict=True):
            flows[edge] += place.count.vehicles / hours  # type: ignore[assignment]  # Counter of floats
            rows[edge].append(place.count.row)
    return out_vph, in_vph, rows


def _short(rows: list[int]) -> str:
    return f"{min(rows)}-{max(rows)}" if len(rows) > 1 else str(rows[0])


def _next_counted(network: Network, edge: str, counted: Mapping[str, float]) -> str:
    """The counted approach at the end of a road without side roads, '' if there is none."""
    seen = {edge}
    while edge not in counted:
        onward = {c.to_edge for c in network.outgoing.get(edge, ())}
        if len(onward) != 1 or onward <= seen:
            return ""
        edge = onward.pop()
        if len({c.from_edge for c in network.incoming.get(edge, ())}) != 1:
            return ""
        seen.add(edge)
    return edge
