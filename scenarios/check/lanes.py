"""Checks of roads and lanes: can each be reached, left, and does somebody use it?"""

import math
from collections.abc import Callable, Iterator

from zhasyl.network import Connection
from zhasyl.scenarios.check.finding import Finding, some
from zhasyl.scenarios.check.lanes_read import Lane
from zhasyl.scenarios.check.subject import Subject

HIGHEST_KMH, LOWEST_KMH = 130.0, 10.0
SHARPEST_TURN = 120.0  # degrees; beyond it a road turns back
SHORT_M = 25.0  # with a bus and a car that wait on it a road is full
CAR_M, GAP_M = 5.0, 2.5  # of SUMO's default type


def unreachable_lanes(subject: Subject) -> Iterator[Finding]:
    """Lanes nobody can get onto or off, not even by changing lanes."""
    network = subject.network
    for edge, lanes in sorted(subject.road_lanes.items()):
        into, out_of = network.incoming.get(edge, ()), network.outgoing.get(edge, ())
        if into:
            for lane in _shut(lanes, {c.to_lane for c in into}):
                what = "no connection leads onto it, and no lane beside it has the same users"
                yield Finding("warning", "lane-unreachable", f"lane '{lane.id}'", what, "add a connection onto it")
        if out_of:
            for lane in _shut(lanes, {c.from_lane for c in out_of}):
                what = "no connection leaves it, and no lane beside it has the same users"
                yield Finding("warning", "lane-without-exit", f"lane '{lane.id}'", what, "add a connection from it")


def _shut(lanes: list[Lane], connected: set[int]) -> list[Lane]:
    """The lanes from which no connected one can be reached by lane changes of one of their users."""
    return [lane for lane in lanes if not any(_changes(lanes, lane, user, connected) for user in lane.classes)]


def _changes(lanes: list[Lane], lane: Lane, user: str, connected: set[int]) -> bool:
    open_lanes = {other.index for other in lanes if user in other.classes}
    reached, fresh = {lane.index}, [lane.index]
    while fresh:
        beside = {index for at in fresh for index in (at - 1, at + 1)} & open_lanes - reached
        reached |= beside
        fresh = sorted(beside)
    return bool(reached & connected)


def cut_off_roads(subject: Subject) -> Iterator[Finding]:
    """Roads that begin or end where others do that would continue them, but join none of them."""
    network, roads = subject.network, subject.road_lanes
    ending: dict[str, list[str]] = {}
    beginning: dict[str, list[str]] = {}
    for edge in roads:
        ending.setdefault(network.edges[edge].to_junction, []).append(edge)
        beginning.setdefault(network.edges[edge].from_junction, []).append(edge)
    passed = {network.edges[e].from_junction for e in network.incoming if e in roads}
    for edge in sorted(roads):
        here, there = network.edges[edge].from_junction, network.edges[edge].to_junction
        before = [e for e in ending.get(here, ()) if _continues(subject, e, edge)]
        if before and edge not in network.incoming:
            what = f"no connection leads onto it, though {some(sorted(before))} would"
            yield _cut_off("road-unreachable", edge, what, here in passed)
        after = [e for e in beginning.get(there, ()) if _continues(subject, edge, e)]
        if after and edge not in network.outgoing:
            what = f"no connection leaves it, though {some(sorted(after))} would continue it"
            yield _cut_off("road-without-exit", edge, what, there in passed)


def _cut_off(check: str, edge: str, what: str, passed: bool) -> Finding:
    """A warning where others pass the junction; where nobody does, the map may have been cut on purpose."""
    mend = "add connections, or remove what is cut off"
    return Finding("warning" if passed else "note", check, f"road '{edge}'", what, mend)


def _continues(subject: Subject, edge: str, after: str) -> bool:
    """Could somebody drive on from one road to the other without turning back?"""
    users = [frozenset[str]().union(*(lane.classes for lane in subject.road_lanes[e])) for e in (edge, after)]
    (x0, y0), (x1, y1) = subject.network.edges[edge].shape[-2:]
    (u0, v0), (u1, v1) = subject.network.edges[after].shape[:2]
    turn = math.degrees(math.atan2(v1 - v0, u1 - u0) - math.atan2(y1 - y0, x1 - x0))
    return bool(users[0] & users[1]) and abs((turn + 180) % 360 - 180) < SHARPEST_TURN


def lanes_without_connection(subject: Subject) -> Iterator[Finding]:
    """Lanes before a signal that lead nowhere: who is in one has to change lanes at the stop line."""
    network, roads = subject.network, subject.road_lanes
    signalled = {c.from_edge for c in network.connections if c.signal}
    for edge in sorted(signalled & roads.keys()):
        leads = {c.from_lane for c in network.outgoing.get(edge, ())}
        for lane in roads[edge]:
            if leads and lane.index not in leads and not lane.merges and lane not in _shut(roads[edge], leads):
                what = "no connection leaves it at the signal: who is in it blocks it until he can change lanes"
                yield Finding("warning", "lane-without-connection", f"lane '{lane.id}'", what, "add a turn for it")


def unused_lanes(subject: Subject) -> Iterator[Finding]:
    """Roads no trip passes, and lanes before a signal no trip's turn uses."""
    demand, network, roads = subject.demand, subject.network, subject.road_lanes
    if not demand.passages:
        return
    empty = sorted(edge for edge in roads if not demand.passages.get(edge))
    if empty:
        what = f"{len(empty)} of {len(roads)} roads carry no trip: {some(empty)}"
        yield Finding("note", "road-unused", "network", what, "add demand, or cut the network to what is studied")
    signalled = {c.from_edge for c in network.connections if c.signal}
    for edge in sorted(signalled & roads.keys() - set(empty)):
        yield from _unused_at_signal(subject, roads[edge], network.outgoing.get(edge, ()))


def _unused_at_signal(subject: Subject, lanes: list[Lane], out_of: tuple[Connection, ...]) -> Iterator[Finding]:
    for lane in lanes:
        exits = {c.to_edge for c in out_of if c.from_lane == lane.index}
        if exits and not any(subject.demand.turns.get((lane.edge, to)) for to in exits):
            what = f"no trip turns to {some(sorted(exits))}, and it leads nowhere else"
            yield Finding("note", "lane-unused", f"lane '{lane.id}'", what, "add these turns to the demand")


def odd_speeds(subject: Subject) -> Iterator[Finding]:
    """Speed limits that no street of a town has."""
    roads = subject.road_lanes
    kmh = {edge: max(lane.speed_mps for lane in lanes) * 3.6 for edge, lanes in sorted(roads.items())}
    wrong: tuple[tuple[str, Callable[[float], bool], str], ...] = (
        ("speed-too-high", lambda v: v > HIGHEST_KMH + 0.5, f"above {HIGHEST_KMH:g} km/h"),
        ("speed-too-low", lambda v: v < LOWEST_KMH - 0.5, f"below {LOWEST_KMH:g} km/h"),
    )
    for check, odd, words in wrong:
        found = [edge for edge, v in kmh.items() if odd(v)]
        if found:
            what = f"{len(found)} roads have a limit {words}: {some(found)}, the first {kmh[found[0]]:.0f} km/h"
            mend = "a missing maxspeed, or km/h read as m/s? correct the limits"
            yield Finding("warning", check, "network", what, mend)


def short_links(subject: Subject) -> Iterator[Finding]:
    """Roads between two signals on which a queue soon stands in the junction behind."""
    network = subject.network
    arriving = {c.from_edge: c.signal for c in network.connections if c.signal and not network.is_pedestrian(c)}
    leaving = {c.to_edge: c.signal for c in network.connections if c.signal and not network.is_pedestrian(c)}
    for edge in sorted(arriving.keys() & leaving.keys()):
        before, after, length_m = leaving[edge], arriving[edge], network.edges[edge].length_m
        if before != after and length_m < SHORT_M:
            room = int((length_m + GAP_M) / (CAR_M + GAP_M))
            what = (
                f"{length_m:.0f} m between signals '{before}' and '{after}', room for {room} cars in a lane: who comes "
                f"next stands in the first junction"
            )
            mend = "join the junctions (netconvert --junctions.join --junctions.join-dist 30); --tls.join is no remedy"
            yield Finding("note", "short-link", f"road '{edge}'", what, mend)


CHECKS = (
    unreachable_lanes, cut_off_roads, lanes_without_connection, unused_lanes, odd_speeds, short_links,
)  # fmt: skip
