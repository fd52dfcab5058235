"""Movements and lane groups of a run: who was to come, who was served, by how much green, and at what delay and queue.

`zhasyl.timing.movement_measures` says what each column means. A movement of an approach that no link of its signal
controls (a free right turn) has a row without green and capacity.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from zhasyl.files.columns import Coded, Table, coded, texts
from zhasyl.lane_groups import LaneGroups, approach_name
from zhasyl.links import read_conflicts
from zhasyl.measures import GAP_M, Period, level_of_service
from zhasyl.network import Connection, Network
from zhasyl.signals import Signal
from zhasyl.sumo.outputs.measuring import is_full
from zhasyl.sumo.outputs.passages import Passages
from zhasyl.sumo.outputs.planned import Planned
from zhasyl.sumo.outputs.queues import Queues
from zhasyl.sumo.outputs.signal_capacity import NONE, Capacity, capacities
from zhasyl.timing.at_signals import arrivals_s, green_states, greens_of, on_green
from zhasyl.timing.flows import open_to_cars, turn_equivalent
from zhasyl.timing.movement_measures import BEFORE, TURNS
from zhasyl.timing.shown import Shown

Floats = npt.NDArray[np.float64]
NO_GROUP = -1


@dataclass(frozen=True)
class Way:
    """A movement: its lane group's number, its turn, and the link of the signal for each of its lanes."""

    signal: str
    approach: str
    exit: str
    group: int = NO_GROUP
    turn: str = ""
    equivalent: float = 1.0
    links: Mapping[str, int] = field(default_factory=dict)


def ways_of(network: Network, groups: LaneGroups) -> list[Way]:
    """The movements of all approaches, in the order of the lane groups and then of the network."""
    found: dict[tuple[str, str], Way] = {}
    for signal, approach in groups.arms:
        exits: dict[str, list[Connection]] = {}
        for c in network.outgoing.get(approach, ()):
            if c.signal in (signal, ""):
                exits.setdefault(c.to_edge, []).append(c)
        for exit_edge, own in exits.items():
            way = _way(network, groups, signal, approach, own)
            known = found.get((approach, exit_edge))
            if known is None or (way.links and not known.links):
                found[approach, exit_edge] = way
    place = {arm: number for number, arm in enumerate(groups.arms)}
    return sorted(found.values(), key=lambda way: (place[way.signal, way.approach], way.group))


def _way(network: Network, groups: LaneGroups, signal: str, approach: str, own: Sequence[Connection]) -> Way:
    shown = [c for c in own if c.signal]
    used = [c for c in shown if open_to_cars(network, c)] or shown
    words = [TURNS.get(c.direction, "through") for c in own]
    lane = f"{approach}_{(used or own)[0].from_lane}"
    return Way(
        signal,
        approach,
        own[0].to_edge,
        groups.lanes.get(lane, (NO_GROUP, 0.0))[0],
        "through" if "through" in words else words[0],
        turn_equivalent(network, {c.direction for c in own}),
        {f"{approach}_{c.from_lane}": c.link for c in used},
    )


def movement_tables(
    network: Network,
    signals: Mapping[str, Signal],
    queues: Queues,
    passages: Passages,
    stops: Floats,
    planned: Planned,
    shown: Table,
    period: Period,
) -> dict[str, Table]:
    """The tables `movements` and `lane_groups`; `stops` are those of each passage."""
    groups = queues.groups
    met = [(groups.arms[arm], exit_edge) for arm, exit_edge in passages.ways[0]]
    ways = ways_of(network, groups)
    place = {(way.approach, way.exit): row for row, way in enumerate(ways)}
    for (signal, approach), exit_edge in met:
        if exit_edge and (approach, exit_edge) not in place:  # by a u-turn within the storage, or a jump
            place[approach, exit_edge] = len(ways)
            ways.append(Way(signal, approach, exit_edge, turn=BEFORE))
    row = np.array([place.get((arm[1], exit_edge), -1) for arm, exit_edge in met], dtype=np.int64)[passages.ways[1]]
    rows = _counted(ways, row, passages, stops, period)
    veh = np.array([planned.veh.get((way.approach, way.exit), 0) for way in ways], dtype=np.int64)
    cars = [planned.cars.get((way.approach, way.exit), 0.0) * way.equivalent for way in ways]
    by_signal = shown_by_signal(shown)
    capacity = [NONE] * len(ways)
    members: dict[str, list[int]] = {}
    for number, way in enumerate(ways):
        members.setdefault(way.signal, []).append(number)
    for signal, numbers in members.items():
        if signal not in by_signal:
            continue
        known = signals.get(signal)
        conflicts = known.conflicts if known else read_conflicts(network, network.signal_links[signal])
        own = [(ways[n].group, ways[n].links, int(veh[n]), cars[n]) for n in numbers]
        for number, one in zip(numbers, capacities(by_signal[signal], conflicts, own), strict=True):
            capacity[number] = one
    rows["on_green_share"] = _on_green(ways, row, passages, by_signal, period)
    return _tables(network, ways, veh, rows, capacity, queues, (period.end_s - period.begin_s) / 3600.0)


def shown_by_signal(table: Table) -> dict[str, Shown]:
    """What each signal showed, from the table of signals, which has one signal after the other."""
    signal, state = table["signal"], table["state"]
    if not isinstance(signal, Coded) or not isinstance(state, Coded) or not len(table):
        return {}
    begins = np.flatnonzero(np.diff(signal.codes, prepend=-1))
    duration_s = np.asarray(table["duration_s"], dtype=float)
    found = {}
    for first, last in zip(begins.tolist(), [*begins[1:].tolist(), len(table)], strict=True):
        states, codes = np.unique(state.codes[first:last], return_inverse=True)
        names = [state.names[code] for code in states.tolist()]
        found[signal.names[signal.codes[first]]] = Shown(codes, duration_s[first:last], names)
    return found


def _counted(
    ways: Sequence[Way], row: npt.NDArray[np.int64], passages: Passages, stops: Floats, period: Period
) -> dict[str, Floats]:
    """By movement: passages that touch the period, what they lost, stops, and who crossed the stop line in it."""
    on = row >= 0
    crossed = on & (passages.left_s >= period.begin_s) & (passages.left_s < period.end_s)
    return {
        "vehicles": np.bincount(row[on], minlength=len(ways)).astype(float),
        "lost_s": np.bincount(row[on], passages.lost_s[on], len(ways)),
        "stops": np.bincount(row[on], stops[on], len(ways)),
        "served_veh": np.bincount(row[crossed], minlength=len(ways)).astype(float),
    }


def _on_green(
    ways: Sequence[Way],
    row: npt.NDArray[np.int64],
    passages: Passages,
    by_signal: Mapping[str, Shown],
    period: Period,
) -> Floats:
    """Share of each movement's vehicles that arrive on green, of those who arrive in the period."""
    found = np.full(len(ways), np.nan)
    left_s = np.where(passages.left_s < period.end_s, passages.left_s, np.nan)
    order = np.argsort(row, kind="stable")[np.count_nonzero(row < 0) :]
    ends = np.cumsum(np.bincount(row[order], minlength=len(ways)))[:-1]
    for number, (way, own) in enumerate(zip(ways, np.split(order, ends), strict=True)):
        if len(own) and way.links and way.signal in by_signal:
            shown = by_signal[way.signal]
            green = green_states(shown.states, way.links.values())[shown.state]
            greens = greens_of(period.begin_s + shown.start_s, shown.duration_s, green)
            arrived_s = arrivals_s(passages.entered_s[own], left_s[own], passages.lost_s[own])
            arrived_s = arrived_s[(arrived_s >= period.begin_s) & (arrived_s < period.end_s)]
            found[number] = on_green(arrived_s, greens).mean() if len(arrived_s) else np.nan
    return found


def _tables(
    network: Network,
    ways: Sequence[Way],
    veh: npt.NDArray[np.int64],
    rows: Mapping[str, Floats],
    capacity: Sequence[Capacity],
    queues: Queues,
    hours: float,
) -> dict[str, Table]:
    groups = queues.groups
    degree = np.array([one.degree for one in capacity], dtype=float)
    per_h = np.array([one.vehicles for one in capacity], dtype=float) / hours
    delay_s = _ratio(rows["lost_s"], rows["vehicles"])
    names = {edge: approach_name(network.edges[edge]) for edge in {way.approach for way in ways}}
    ids = [one.id for one in groups.groups]
    movements = Table({
        "signal": coded([way.signal for way in ways]), "approach": coded([way.approach for way in ways]),
        "name": coded([names[way.approach] for way in ways]), "exit": texts([way.exit for way in ways]),
        "lane_group": coded([ids[way.group] if way.group >= 0 else "" for way in ways]),
        "turn": coded([way.turn for way in ways]), "lanes": np.array([len(way.links) for way in ways], dtype=np.int64),
        "volume_veh": veh, "served_veh": rows["served_veh"].astype(np.int64),
        "vehicles": rows["vehicles"].astype(np.int64),
        "protected_green_s": np.array([one.protected_s for one in capacity], dtype=float),
        "permitted_green_s": np.array([one.permitted_s for one in capacity], dtype=float),
        "saturation_veh_h": np.array([one.saturation_veh_h for one in capacity], dtype=float).round(3),
        "capacity_veh_h": per_h.round(3), "degree": degree.round(6),
        "control_delay_s": delay_s.round(3), "los": texts([level_of_service(one) for one in delay_s.tolist()]),
        "on_green_share": rows["on_green_share"].round(6), "stops": _ratio(rows["stops"], rows["vehicles"]).round(3),
    })  # fmt: skip
    own = np.array([way.group for way in ways], dtype=np.int64)
    return {"movements": movements, "lane_groups": _lane_groups(queues, own, veh, rows, degree, hours)}


def _lane_groups(
    queues: Queues,
    own: npt.NDArray[np.int64],
    veh: npt.NDArray[np.int64],
    rows: Mapping[str, Floats],
    degree: Floats,
    hours: float,
) -> Table:
    groups, within = queues.groups.groups, own >= 0
    size, number = len(groups), own[within]
    volume, served, vehicles, lost_s = (
        np.bincount(number, column[within], size).astype(float)
        for column in (veh, rows["served_veh"], rows["vehicles"], rows["lost_s"])
    )
    highest = np.full(size, np.nan)
    np.fmax.at(highest, number, degree[within])
    delay_s, back_m, storage_m = _ratio(lost_s, vehicles), queues.back_m, np.array(queues.groups.storage_m)
    p50_m, p95_m = np.quantile(back_m, [0.5, 0.95], axis=0) if back_m.size else np.zeros((2, size))
    stands, instants = back_m > 0, max(len(back_m), 1)
    return Table({
        "lane_group": texts([one.id for one in groups]), "signal": coded([one.signal for one in groups]),
        "approach": coded([one.approach for one in groups]),
        "volume_veh": volume.astype(np.int64), "served_veh": served.astype(np.int64),
        "vehicles": vehicles.astype(np.int64), "capacity_veh_h": (_ratio(volume, highest) / hours).round(3),
        "degree": highest.round(6), "control_delay_s": delay_s.round(3),
        "los": texts([level_of_service(one) for one in delay_s.tolist()]),
        "back_mean_m": (back_m.sum(axis=0, dtype=float) / instants).round(2), "back_p50_m": p50_m.round(2),
        "back_p95_m": p95_m.round(2), "back_max_m": back_m.max(axis=0, initial=0.0).astype(float).round(2),
        "storage_m": storage_m.round(2),
        "full_share": (np.count_nonzero(is_full(back_m, storage_m), axis=0) / instants).round(6),
        "spillback_share": (np.count_nonzero(stands & (back_m >= storage_m - GAP_M), axis=0) / instants).round(6),
    })  # fmt: skip


def _ratio(one: Floats, other: Floats) -> Floats:
    """One by the other, NaN where there is none of the other."""
    found: Floats = np.divide(one, other, out=np.full(len(one), np.nan), where=other > 0)
    return found
