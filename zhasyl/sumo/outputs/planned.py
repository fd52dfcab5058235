"""Planned arrivals: who was to come to a stop line in the period, had nobody been held up on the way.

A vehicle is planned at a stop line when it would reach it at the limits, or its type's greatest speed, from its
planned departure on. Its own speed factor is drawn as it departs, so it is left out: what is planned does not depend on
what the signals showed, unless routes did. Who was denied entry counts like the others; of those SUMO may not have
found the route yet.
"""

from collections.abc import Mapping, Set
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from zhasyl.files.columns import Table
from zhasyl.measures import Period
from zhasyl.network import Network
from zhasyl.scenarios.demand.volumes import BESIDE_CARS, HEAVY
from zhasyl.sumo.outputs.ending import Ending
from zhasyl.sumo.outputs.fleet import Fleet
from zhasyl.sumo.outputs.passages import Routes, free_mps, lengths_m, seconds_at
from zhasyl.timing.flows import HEAVY_EQUIVALENT

Floats = npt.NDArray[np.float64]


class Planned(NamedTuple):
    """Vehicles and the cars that need as much green, by (approach edge, exit edge)."""

    veh: Mapping[tuple[str, str], int]
    cars: Mapping[tuple[str, str], float]


def planned_arrivals(
    routes: Routes, ending: Ending, every: Table, approaches: Set[str], network: Network, fleet: Fleet, period: Period
) -> Planned:
    """What is planned at the stop lines of these approaches in the period; `every` is the table of all trips."""
    found = with_waiting(routes, ending.routes)
    owner = np.repeat(np.arange(len(found.vehicles)), found.lengths)
    begins = np.cumsum(found.lengths) - found.lengths
    way_m = lengths_m(found, network)
    way_m[begins] = np.maximum(way_m[begins] - fleet.ends_m(found.vehicles)[0], 0.0)
    until_s = np.cumsum(seconds_at(way_m, free_mps(found, owner, network, fleet, drawn=False)))
    planned_s, cars = _known(every, found.vehicles)
    before_s = np.append(0.0, until_s)[begins]
    road = np.flatnonzero(np.array([name[0] != ":" for name in found.names], dtype=bool)[found.edges])
    edge, vehicle = found.edges[road], owner[road]
    at_s = planned_s[vehicle] + until_s[road] - before_s[vehicle]
    own = np.array([name in approaches for name in found.names], dtype=bool)[edge]
    follows = np.append(vehicle[1:] == vehicle[:-1], False)[: len(vehicle)]
    due = np.flatnonzero(own & follows & (at_s >= period.begin_s) & (at_s < period.end_s))
    pairs, place = np.unique(edge[due] * len(found.names) + edge[due + 1], return_inverse=True)
    veh, weight = np.bincount(place, minlength=len(pairs)), np.bincount(place, cars[vehicle[due]], len(pairs))
    names = [(found.names[pair // len(found.names)], found.names[pair % len(found.names)]) for pair in pairs.tolist()]
    return Planned(dict(zip(names, veh.tolist(), strict=True)), dict(zip(names, weight.tolist(), strict=True)))


def with_waiting(routes: Routes, waiting: Mapping[str, tuple[str, ...]]) -> Routes:
    """The routes and those of vehicles that wait to be let in, which SUMO's output of routes leaves out."""
    there = set(routes.vehicles)
    added = {name: edges for name, edges in waiting.items() if name not in there and edges}
    if not added:
        return routes
    places = {name: place for place, name in enumerate(routes.names)}
    edges = [places.setdefault(edge, len(places)) for own in added.values() for edge in own]
    return Routes(
        [*routes.vehicles, *added],
        np.append(routes.lengths, [len(own) for own in added.values()]).astype(np.int64),
        np.append(routes.edges, edges).astype(np.int64),
        list(places),
        np.append(routes.left_s, np.full(len(edges), np.inf)),
    )


def unrouted(waiting: Mapping[str, tuple[str, ...]], network: Network) -> int:
    """How many of those who wait have no route that leads from edge to edge: they are in no planned arrival."""
    ways: dict[str, set[str]] = {}
    for edge in {edge for own in waiting.values() for edge in own}:
        ways[edge] = {c.to_edge for c in network.outgoing.get(edge, ())}
    return sum(any(after not in ways[before] for before, after in pairwise(own)) for own in waiting.values())


def _known(every: Table, vehicles: list[str]) -> tuple[Floats, Floats]:
    """When each was to depart (NaN for one that left no trip), and how many cars it counts for."""
    place = {name: row for row, name in enumerate(np.asarray(every["trip_id"]).tolist())}
    rows = np.array([place.get(name, -1) for name in vehicles], dtype=np.int64)
    planned_s = np.append(np.asarray(every["planned_s"], dtype=float), np.nan)[rows]
    classes = [*np.asarray(every["vehicle_class"]).tolist(), ""]
    cars = [HEAVY_EQUIVALENT if one in HEAVY else 0.0 if one in BESIDE_CARS else 1.0 for one in classes]
    return planned_s, np.array(cars)[rows]
