"""Degrees of saturation of a new scenario's lane groups under its plan, as `zhasyl.timing.capacity` has them.

The volumes are those of the tables, not what a seed draws of them. Who waits for gaps in a lane that he shares holds up
those behind: of one and two lanes SUMO lets through as many as if he were WAITING_CARS cars more that drive straight on
(measured at 21 s of green: 4.9 in all against 250 oncoming vehicles an hour, 5.6 against 500).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import exp, inf

import numpy as np

from zhasyl.arrays import FloatArray
from zhasyl.derive import derive_signals
from zhasyl.network import Network
from zhasyl.observation import SignalDemand
from zhasyl.scenarios.new.webster import movement_volumes
from zhasyl.scenarios.tables.model import Tables
from zhasyl.scenarios.tables.rows import Movement
from zhasyl.signals import Signal, SignalTiming
from zhasyl.timing.capacity import LaneGroup, lane_groups
from zhasyl.timing.flows import car_lanes, through_cars_vph
from zhasyl.timing.webster import SATURATION_FLOW_VPH

WAITING_CARS, HALF_WAITING_VPH = 4.5, 120.0  # the second: oncoming vehicles an hour at which 63 % of them are reached

TurnVolumes = Mapping[tuple[str, str], float]


@dataclass(frozen=True)
class Loaded:
    """Lanes of an approach that share movements. `degree` is None where no signal shows them: on a slip lane."""

    signal: str
    approach: str
    street: str
    turns: tuple[Movement, ...]
    movements: tuple[str, ...]
    lanes: int
    volume_vph: float
    degree: float | None

    @property
    def degree_said(self) -> str:
        """As in a table."""
        return "gives way" if self.degree is None else "no green" if self.degree == inf else f"{self.degree:.2f}"


@dataclass(frozen=True)
class Demanded:
    """What a signal's plan has to carry: cars that go straight on and lanes [movement], walkers by link."""

    signal: Signal
    cars_vph: FloatArray
    lanes: list[frozenset[str]]
    walkers_per_h: dict[int, float]


def turn_volumes(tables: Tables) -> TurnVolumes:
    """(link, link after it) → vehicles an hour."""
    found: dict[tuple[str, str], float] = {}
    for (before, after, _), per_hour in movement_volumes(tables).items():
        found[before, after] = found.get((before, after), 0.0) + per_hour
    return found


def demanded(
    network: Network, timing: SignalTiming, tables: Tables, volumes: TurnVolumes, walkers: Mapping[str, float]
) -> list[Demanded]:
    """The demand of each signal under its programme; `walkers` are persons an hour by crossing."""
    signals = derive_signals(network, timing).signals
    return [_of_signal(network, tables, signals[name], volumes, walkers) for name in sorted(signals)]


def _of_signal(
    network: Network, tables: Tables, signal: Signal, volumes: TurnVolumes, walkers: Mapping[str, float]
) -> Demanded:
    volume_vph = np.array([volumes.get((m.from_edge, m.to_edge), 0.0) for m in signal.movements])
    demand = SignalDemand(volume_vph, np.zeros(len(volume_vph)), {})
    served = signal.serves[list(signal.plan.stages)].any(axis=0)
    crossings = {(row.junction, frozenset(row.links)): walkers.get(row.id, 0.0) for row in tables.crossings.rows}
    links = network.signal_links[signal.id]
    walking = {
        link: sum(crossings.get((signal.id, frozenset(network.edges[c.to_edge].crosses)), 0.0) for c in links[link])
        for link in sorted(signal.pedestrian_links)
    }
    cars_vph = np.where(served, through_cars_vph(network, signal, demand), 0.0)
    return Demanded(signal, cars_vph, [car_lanes(network, movement) for movement in signal.movements], walking)


def saturations(found: list[Demanded], tables: Tables, volumes: TurnVolumes) -> list[Loaded]:
    """Of all lane groups with traffic, and of slip lanes, in the order of their links."""
    order = {link.id: number for number, link in enumerate(tables.links.rows)}
    groups = [
        _loaded(tables, volumes, one.signal.id, group.approach, group.exits, len(group.lanes), _degree(one, group))
        for one in found
        for group in lane_groups(one.signal, one.cars_vph, one.lanes, SATURATION_FLOW_VPH, one.walkers_per_h)
    ]
    groups += _slip_lanes(tables, volumes)
    return sorted(groups, key=lambda one: order[one.approach])


def _degree(demand: Demanded, group: LaneGroup) -> float:
    """That of the group, or of its lanes with those in it who wait for gaps and hold up others."""
    signal, order = demand.signal, list(demand.signal.plan.stages)
    own = [
        m for m, one in enumerate(signal.movements) if one.from_edge == group.approach and one.to_edge in group.exits
    ]
    waiting = {m: WAITING_CARS * (1 - exp(-_oncoming_vph(demand, m) / HALF_WAITING_VPH)) for m in own}
    if len(own) < 2 or not any(waiting.values()):
        return group.degree
    green_s = sum(
        green_s for stage, green_s in zip(order, signal.plan.greens_s, strict=True) if signal.serves[stage, own].any()
    )
    cars_vph = sum(float(demand.cars_vph[m]) * (1 + waiting[m]) for m in own)
    return max(group.degree, cars_vph * signal.plan.cycle_s / (SATURATION_FLOW_VPH * len(group.lanes) * green_s))


def _oncoming_vph(demand: Demanded, movement: int) -> float:
    """Protected traffic that a movement waits for, where it is green; none if it is ever protected itself."""
    signal, order = demand.signal, list(demand.signal.plan.stages)
    if signal.protects[order, movement].any():
        return 0.0
    found = [0.0]
    for stage in order:
        shown = [link for link in signal.movements[movement].links if signal.stages[stage].green(link)]
        against = [
            other for other, one in enumerate(signal.movements)
            if signal.protects[stage, other]
            and any((a, b) in signal.conflicts.yields for a in shown for b in one.links)
        ]  # fmt: skip
        found.append(float(demand.cars_vph[against].sum()))
    return max(found)


def _slip_lanes(tables: Tables, volumes: TurnVolumes) -> Iterator[Loaded]:
    for link in tables.links.rows:
        free = {(turn.to_link, turn.lane) for turn in tables.turns_from[link.id] if turn.control}
        exits = tuple(sorted({exit_ for exit_, _ in free}))
        if free:
            lanes = len({lane for _, lane in free})
            yield _loaded(tables, volumes, link.to_junction, link.id, exits, lanes, None)


def _loaded(
    tables: Tables, volumes: TurnVolumes, signal: str, approach: str, exits: tuple[str, ...], lanes: int,
    degree: float | None,
) -> Loaded:  # fmt: skip
    ways: dict[Movement, dict[str, None]] = {}
    for turn in tables.turns_from[approach]:
        ways.setdefault(turn.movement, {})[turn.to_link] = None
    movements = [
        movement if len(links) == 1 else f"{movement} to {link.removesuffix('_arm_out')}"
        for movement, links in ways.items() for link in links if link in exits
    ]  # fmt: skip
    per_hour = sum(volumes.get((approach, exit_), 0.0) for exit_ in exits)
    turns = tuple(movement for movement, links in ways.items() if set(links) & set(exits))
    return Loaded(signal, approach, tables.link_by_id[approach].name, turns, tuple(movements), lanes, per_hour, degree)


def highest(found: list[Loaded]) -> float:
    """The highest degree; 0 without traffic."""
    return max((one.degree for one in found if one.degree is not None), default=0.0)
