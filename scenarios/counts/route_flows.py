"""How many vehicles take which route so that counted turns come out, on networks too large for routeSampler.

routeSampler's linear programme holds a cell for each turn and route and cannot be built for thousands of each. This is
the iteration of Y. Vardi, Network Tomography: Estimating Source-Destination Traffic Intensities from Link Data, Journal
of the American Statistical Association 91 (1996): each route's flow is multiplied by the mean of counted over made on
its turns. It grows more likely in each round, taking counts for Poisson, and needs only the turns each route makes.
"""

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from zhasyl.scenarios.turns import Turn, turns_along
from zhasyl.sumo.xml_files import Element, SubElement, write_xml

ROUNDS = 200  # of 7,680 turns and 23,749 routes: 0.6 s, after which hourly volumes have a GEH of at most 1.5
SEED = 1

Route = tuple[str, ...]
Interval = tuple[str, float, float, Counter[Turn]]
"""Name, begin and end in seconds, and vehicles by turn."""
Flows = NDArray[np.float64]


def incidence(routes: Sequence[Route], turns: Sequence[Turn]) -> Any:
    """A sparse matrix of turns by routes: how often each route makes each turn."""
    rows = {turn: row for row, turn in enumerate(turns)}
    made = [(rows[turn], column) for column, route in enumerate(routes) for turn, _ in turns_along(route, rows)]
    at = np.array(made, dtype=np.int64).reshape(-1, 2).T
    return csr_matrix((np.ones(at.shape[1]), (at[0], at[1])), shape=(len(turns), len(routes)))


def fit_flows(made_by: Any, counts: Flows) -> Flows:
    """The flow of each route; 0 for one that makes no counted turn."""
    each = np.asarray(made_by.sum(axis=0)).ravel()
    useful = each > 0
    flows: Flows = useful * counts.sum() / max(float(each.sum()), 1.0)
    onto_routes = made_by.T.tocsr()
    for _ in range(ROUNDS):
        made = made_by @ flows
        missing = np.divide(counts, made, out=np.zeros_like(counts), where=made > 0)
        flows = np.divide(flows * (onto_routes @ missing), each, out=np.zeros_like(flows), where=useful)
    return flows


def whole(flows: Flows, draw: random.Random) -> NDArray[np.int64]:
    """Whole numbers of vehicles: no run of neighbouring routes gains or loses more than one."""
    bounds = np.floor(np.concatenate(([0.0], np.cumsum(flows))) + draw.random()).astype(np.int64)
    return np.diff(bounds)


def write_fitted(routes: Iterable[Route], intervals: Iterable[Interval], vehicle_class: str, path: Path) -> None:
    """Write a route file of vehicles that make the counts of each interval, departing at random in it."""
    known = sorted(routes)
    draw = random.Random(SEED)  # noqa: S311  no secret
    root = Element("routes")
    turns: list[Turn] = []
    made_by = incidence(known, turns)
    for name, begin_s, end_s, volumes in intervals:
        if turns != sorted(volumes):
            turns = sorted(volumes)
            made_by = incidence(known, turns)
        numbers = whole(fit_flows(made_by, np.array([volumes[turn] for turn in turns], dtype=np.float64)), draw)
        departures = [
            (draw.uniform(begin_s, end_s), route) for route, n in zip(known, numbers, strict=True) for _ in range(n)
        ]
        for number, (depart_s, route) in enumerate(sorted(departures)):
            vehicle = SubElement(root, "vehicle", id=f"{vehicle_class}.{name}.{number}", type=vehicle_class)
            vehicle.attrib.update(depart=f"{depart_s:.2f}", departLane="best", departSpeed="max")
            SubElement(vehicle, "route", edges=" ".join(route))
    write_xml(root, path)
