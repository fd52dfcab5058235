"""Corridors of a network: signals in a row along the heaviest straight-on traffic, found without a table.

leg        the way from a signal's stop line to the next signal's, over junctions without a signal, too
corridor   legs in a row, each of which begins with the movement the one before ends with; and the way back

The heaviest leg that is left begins a corridor, which grows at both ends as long as its traffic is worth it. A signal
belongs to one corridor at most. A movement is straight on by SUMO's direction of its connections (`s`, else `L`, `R`:
slightly left or right); where an approach has none, as at the end of a T-junction, its heaviest movement goes on.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from zhasyl.network import Connection, Network
from zhasyl.observation import Area
from zhasyl.signals import Signal

STRAIGHT = {"s": 0, "L": 1, "R": 1}
TURN = 2
LEAST_SHARE = 1 / 3  # of its heaviest leg's traffic: where less goes on, a corridor ends
MOST_SIGNALS = 16  # longer ones are cut: platoons dissolve, and the offsets take long to find


@dataclass(frozen=True)
class Leg:
    """From the stop line of one signal, by a movement, to the next one's, and there on by another movement.

    travel_s       at the speed limits
    volume_vph     who drives it at most from before the first signal to behind the second one
    joining_vph    who goes on at the second signal and turned in at the first one or after it
    """

    from_signal: str
    from_movement: int
    to_signal: str
    to_movement: int
    length_m: float
    travel_s: float
    volume_vph: float
    joining_vph: float


@dataclass(frozen=True)
class Corridor:
    """Signals in outbound order, the legs between them, and the legs back (None where there is no way back)."""

    signals: tuple[str, ...]
    outbound: tuple[Leg, ...]
    inbound: tuple[Leg | None, ...]

    def movement(self, index: int, inbound: bool = False) -> int | None:
        """The movement in which a direction passes a signal; None where it does not pass."""
        legs = self.inbound if inbound else self.outbound
        before = legs[index - 1] if index > 0 else None
        after = legs[index] if index < len(legs) else None
        if inbound:
            before, after = after, before
        return before.to_movement if before else after.from_movement if after else None


def find_corridors(area: Area, spacing_m: float = 800.0) -> list[Corridor]:
    """All corridors whose signals are at most `spacing_m` apart along the road, heaviest first."""
    search = _Search(area, spacing_m)
    return list(search.corridors())


class _Search:
    def __init__(self, area: Area, spacing_m: float) -> None:
        self.area, self.spacing_m = area, spacing_m
        self.volumes_vph = {name: area.demand(name).volume_vph for name in area.signals}

    def corridors(self) -> Iterator[Corridor]:
        taken: set[str] = set()
        for seed in self.legs:
            chain = self._grown(seed, taken)
            if chain:
                signals = (*(leg.from_signal for leg in chain), chain[-1].to_signal)
                taken.update(signals)
                yield Corridor(signals, tuple(chain), self._way_back(chain))

    def _grown(self, seed: Leg, taken: set[str]) -> list[Leg]:
        """The longest chain around the seed that touches no signal taken already."""
        if taken & {seed.from_signal, seed.to_signal}:
            return []
        chain, used = [seed], taken | {seed.from_signal, seed.to_signal}
        least_vph = LEAST_SHARE * self._both_ways_vph(seed)
        heavy = [leg for leg in self.legs if self._both_ways_vph(leg) >= least_vph]
        while len(chain) + 1 < MOST_SIGNALS:
            after = [leg for leg in heavy if leg.to_signal not in used and _follows(chain[-1], leg)]
            before = [leg for leg in heavy if leg.from_signal not in used and _follows(leg, chain[0])]
            if after:
                chain.append(after[0])
            elif before:
                chain.insert(0, before[0])
            else:
                break
            used |= {chain[0].from_signal, chain[-1].to_signal}
        return chain

    @cached_property
    def legs(self) -> list[Leg]:
        """Every leg that somebody drives, the heaviest road first and on it the heavier direction."""
        found = [leg for signal in self.area.signals.values() for leg in self._legs_from(signal)]
        self._back = {(leg.from_signal, leg.to_signal): leg for leg in sorted(found, key=lambda leg: leg.volume_vph)}
        return sorted(found, key=lambda leg: (-self._both_ways_vph(leg), -leg.volume_vph, leg.from_signal))

    def _both_ways_vph(self, leg: Leg) -> float:
        back = self._back.get((leg.to_signal, leg.from_signal))
        return leg.volume_vph + (back.volume_vph if back else 0.0)

    def _way_back(self, chain: list[Leg]) -> tuple[Leg | None, ...]:
        """The legs back; of two that do not follow each other, the lighter one is left out."""
        legs = [self._back.get((leg.to_signal, leg.from_signal)) for leg in chain]
        for index in range(len(legs) - 1):
            nearer, farther = legs[index], legs[index + 1]
            if nearer and farther and not _follows(farther, nearer):
                legs[index if nearer.volume_vph < farther.volume_vph else index + 1] = None
        return tuple(legs)

    def _legs_from(self, signal: Signal) -> Iterator[Leg]:
        for exit_edge in sorted({movement.to_edge for movement in signal.movements}):
            entering = [i for i, m in enumerate(signal.movements) if m.to_edge == exit_edge]
            here = self._main(signal, entering)
            way = self._way(signal, here) if here is not None else None
            if here is None or way is None:
                continue
            target, approach, length_m, travel_s = way
            leaving = [i for i, m in enumerate(target.movements) if m.from_edge == approach]
            there = self._main(target, leaving)
            if there is not None:
                yield self._leg(signal, here, entering, target, there, (length_m, travel_s))

    def _leg(
        self, signal: Signal, here: int, entering: list[int], target: Signal, there: int, size: tuple[float, float]
    ) -> Leg:
        first, second = self.volumes_vph[signal.id], self.volumes_vph[target.id]
        share = float(first[here] / first[entering].sum())
        volume_vph = float(min(first[here], second[there]))
        return Leg(signal.id, here, target.id, there, *size, volume_vph, float(second[there]) * (1 - share))

    def _main(self, signal: Signal, movements: Iterable[int]) -> int | None:
        """Of the movements that have traffic and a green: the most nearly straight one, then the heaviest."""
        green = set(np.flatnonzero(signal.serves[list(signal.plan.stages)].any(axis=0)).tolist())
        volumes_vph = self.volumes_vph[signal.id]
        driven = [i for i in movements if i in green and volumes_vph[i] > 0]
        return min(driven, key=lambda i: (self._bend(signal, i), -volumes_vph[i], i), default=None)

    def _bend(self, signal: Signal, movement: int) -> int:
        ends = signal.movements[movement]
        connections = _between(self.area.network, ends.from_edge, ends.to_edge)
        return min((STRAIGHT.get(c.direction, TURN) for c in connections), default=TURN)

    def _way(self, signal: Signal, movement: int) -> tuple[Signal, str, float, float] | None:
        """Straight on to the next signal: it, the edge before its stop line, length and time; None if too far."""
        network, ends = self.area.network, signal.movements[movement]
        connection = next(iter(_between(network, ends.from_edge, ends.to_edge)), None)
        length_m = travel_s = 0.0
        while connection is not None and length_m <= self.spacing_m:
            edge = network.edges[connection.to_edge]
            if edge.speed_mps <= 0:
                return None
            inside_m = sum(network.internal_lengths_m.get(lane, 0.0) for lane in network.lanes_inside(connection))
            length_m += inside_m + edge.length_m
            travel_s += (inside_m + edge.length_m) / edge.speed_mps
            reached = {c.signal for c in network.outgoing.get(edge.id, ()) if c.signal}
            if reached:
                target = self.area.signals.get(min(reached))
                near = target is not None and target.id != signal.id and 0 < length_m <= self.spacing_m
                return (target, edge.id, length_m, travel_s) if near and target else None
            connection = _onward(network, edge.id)
        return None


def _follows(leg: Leg, following: Leg) -> bool:
    return (leg.to_signal, leg.to_movement) == (following.from_signal, following.from_movement)


def _between(network: Network, from_edge: str, to_edge: str) -> list[Connection]:
    return [c for c in network.outgoing.get(from_edge, ()) if c.to_edge == to_edge]


def _onward(network: Network, edge: str) -> Connection | None:
    """Straight on at a junction without a signal; where nothing is straight, the only way on."""
    exits = [c for c in network.outgoing.get(edge, ()) if c.direction != "t"]
    straight = min(exits, key=lambda c: (STRAIGHT.get(c.direction, TURN), c.to_edge, c.from_lane), default=None)
    if straight is None or (straight.direction not in STRAIGHT and len({c.to_edge for c in exits}) > 1):
        return None
    return straight
