"""Passages of the approaches: which vehicle came to which signal when, crossed its stop line, and where it went on to.

They come from SUMO's output of routes, which has the time at which each edge was left, those within junctions too: the
stop line is crossed as the approach edge is left. Arrivals and departures by movement are counts of this table, and
the delay of a passage is its time without that of the same way at the vehicle's own free speed.
"""

from array import array
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from zhasyl.files.columns import Table, coded, texts
from zhasyl.lane_groups import LaneGroups
from zhasyl.measures import Period
from zhasyl.network import Network
from zhasyl.sumo.outputs.fleet import Fleet
from zhasyl.sumo.outputs.stops import Stop
from zhasyl.sumo.written import read_starts

WITHIN_JUNCTION, NO_ARM = -2, -1

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


class Routes(NamedTuple):
    """Routes of vehicles end to end.

    vehicles [v]   names, in the order in which SUMO wrote them
    lengths  [v]   how many edges the route of each has
    edges    [k]   all edges, those within junctions too, as places in `names`
    left_s   [k]   when each was left; infinite for not by the end
    lines          vehicle → its line, of those whose demand names one
    """

    vehicles: list[str]
    lengths: Ints
    edges: Ints
    names: list[str]
    left_s: Floats
    lines: Mapping[str, str] = {}


class Passages:
    """One row a passage that touches the period, by vehicle in the order of `routes`, and along its route.

    vehicle     its name
    arm         the approach, as its place in `LaneGroups.arms`
    exit        the edge that follows the approach on the vehicle's route; '' where its trip ends there
    entered_s   when it came onto the approach or its storage, or departed there
    left_s      when it crossed the stop line, or its trip ended; infinite where it had not by the end
    lost_s      its control delay, scheduled stops left out; so far where it is still there at the end
    """

    def __init__(
        self,
        routes: Routes,
        groups: LaneGroups,
        network: Network,
        fleet: Fleet,
        stops: Mapping[str, Sequence[Stop]],
        last_m: Mapping[str, tuple[str, float]],
        period: Period,
        step_s: float,
    ) -> None:
        """`last_m` says on which edge and where on it a vehicle was last, of those still under way at the end."""
        self._arms = groups.arms
        vehicles, names, left_s = routes.vehicles, routes.names, routes.left_s
        arm_of = groups.arm_of_edge
        arms = [arm_of.get(name, WITHIN_JUNCTION if name[0] == ":" else NO_ARM) for name in names]
        arm = np.array(arms, dtype=np.int64)[routes.edges]
        owner = np.repeat(np.arange(len(vehicles)), routes.lengths)
        begins = np.cumsum(routes.lengths) - routes.lengths
        entered_s = np.concatenate([[np.inf], left_s])[: len(left_s)]
        entered_s[begins] = np.nan_to_num(fleet.depart_s(vehicles), nan=np.inf)
        free_s = np.concatenate([[0.0], np.cumsum(_free_s(routes, owner, begins, entered_s, network, fleet, last_m))])

        road = np.flatnonzero(arm != WITHIN_JUNCTION)
        edge = routes.edges[road]
        first, last = self._found(arm[road], owner[road], edge, names)
        since_s, until_s = entered_s[road[first]], left_s[road[last]]
        met = (arm[road[first]] >= 0) & (since_s < period.end_s) & (until_s > period.begin_s)
        first, last, self.entered_s, self.left_s = first[met], last[met], since_s[met], until_s[met]
        self.arm, own = arm[road[first]], owner[road[first]]
        self.vehicle = [vehicles[v] for v in own.tolist()]
        following = np.append(owner[road], -1)[last + 1] == own
        exits = np.append(edge, 0)[last + 1].tolist()
        self.exit = [names[next_edge] if on else "" for next_edge, on in zip(exits, following.tolist(), strict=True)]
        drove_on = ~np.isin(road[first], begins) * step_s / 2  # SUMO tells of a move at the end of its step
        drove_off = np.isfinite(self.left_s) * step_s / 2
        took_s = np.minimum(self.left_s, period.end_s) - drove_off - (self.entered_s - drove_on)
        took_s -= self._stopped_s(stops, arm_of, period)
        self.lost_s = np.maximum(took_s - (free_s[road[last] + 1] - free_s[road[first]]), 0.0)

    def _found(self, arm: Ints, owner: Ints, edge: Ints, names: Sequence[str]) -> tuple[Ints, Ints]:
        """First and last edge of each passage: of one vehicle and approach with its storage, up to the stop line."""
        stop_lines = {approach for _, approach in self._arms}
        over = np.array([name in stop_lines for name in names], dtype=bool)[edge] & (arm >= 0)
        new = np.ones(len(arm) + 1, dtype=bool)
        new[1:-1] = (arm[1:] != arm[:-1]) | (owner[1:] != owner[:-1]) | over[:-1]
        return np.flatnonzero(new[:-1]), np.flatnonzero(new[1:])

    def _stopped_s(self, stops: Mapping[str, Sequence[Stop]], arm_of: Mapping[str, int], period: Period) -> Floats:
        """[row] the seconds of each passage that its vehicle stood at scheduled stops."""
        stopped_s = np.zeros(len(self.arm))
        for row, vehicle in enumerate(self.vehicle) if stops else ():
            for stop in stops.get(vehicle, ()):
                if arm_of.get(stop.lane.rsplit("_", 1)[0]) == self.arm[row]:
                    until_s = min(stop.until_s, self.left_s[row], period.end_s)
                    stopped_s[row] += max(until_s - max(stop.from_s, self.entered_s[row]), 0.0)
        return stopped_s

    def by_arm(self) -> tuple[Ints, Floats]:
        """[arm] how many vehicles passed it, each as often as it came, and what they lost, in seconds."""
        count = len(self._arms)
        lost_s = np.zeros(count)
        np.add.at(lost_s, self.arm, self.lost_s)
        return np.bincount(self.arm, minlength=count), lost_s

    def movements(self) -> tuple[Ints, Floats]:
        """The number of the movement of each passage that goes on to another edge, and what it lost, in seconds."""
        pairs, number = self.ways
        on = np.array([exit_edge != "" for _, exit_edge in pairs], dtype=bool)[number]
        _, numbers = np.unique(number[on], return_inverse=True)
        return numbers, self.lost_s[on]

    @cached_property
    def ways(self) -> tuple[list[tuple[int, str]], Ints]:
        """Every (approach, exit) of the passages, and which of them each one has."""
        places = {name: place for place, name in enumerate(dict.fromkeys(self.exit))}
        exits = np.array([places[name] for name in self.exit], dtype=np.int64)
        names, size = list(places), max(len(places), 1)
        codes, number = np.unique(self.arm * size + exits, return_inverse=True)
        return [(code // size, names[code % size]) for code in codes.tolist()], number

    def table(self) -> Table:
        """As a record keeps it; NaN for a stop line not crossed by the end."""
        signal, approach = ([self._arms[arm][side] for arm in self.arm.tolist()] for side in (0, 1))
        return Table({
            "trip_id": texts(self.vehicle),
            "signal": coded(signal), "approach": coded(approach), "exit": coded(self.exit),
            "entered_s": self.entered_s, "left_s": np.where(np.isfinite(self.left_s), self.left_s, np.nan),
            "control_delay_s": self.lost_s.round(3),
        })  # fmt: skip


def _free_s(
    routes: Routes,
    owner: Ints,
    begins: Ints,
    entered_s: Floats,
    network: Network,
    fleet: Fleet,
    last_m: Mapping[str, tuple[str, float]],
) -> Floats:
    """[k] how long each edge takes at free speed, of that part of it which the vehicle has driven."""
    driven_m = lengths_m(routes, network)
    begin_m, end_m = fleet.ends_m(routes.vehicles)
    ends = begins + routes.lengths - 1
    driven_m[ends] = np.where(np.isfinite(routes.left_s[ends]), np.minimum(end_m, driven_m[ends]), driven_m[ends])
    for k in np.flatnonzero(np.isfinite(entered_s) & ~np.isfinite(routes.left_s)).tolist():
        edge, position_m = last_m.get(routes.vehicles[owner[k]], ("", 0.0))
        driven_m[k] = position_m if edge == routes.names[routes.edges[k]] else 0.0
    driven_m[~np.isfinite(entered_s)] = 0.0
    driven_m[begins] = np.maximum(driven_m[begins] - begin_m, 0.0)
    return seconds_at(driven_m, free_mps(routes, owner, network, fleet))


def lengths_m(routes: Routes, network: Network) -> Floats:
    """[k] the length of each edge, of one within a junction too; 0 where the network does not know it."""
    edges, inside_m = network.edges, network.internal_lengths_m
    length_m = [edges[name].length_m if name in edges else inside_m.get(f"{name}_0", 0.0) for name in routes.names]
    return np.array(length_m, dtype=float)[routes.edges]


def free_mps(routes: Routes, owner: Ints, network: Network, fleet: Fleet, drawn: bool = True) -> Floats:
    """[k] the vehicle's own free speed on each edge, or without the factor that is drawn for each vehicle."""
    edges = network.edges
    limit_mps = [edges[name].speed_mps if name in edges else np.nan for name in routes.names]
    fastest_mps, desired_mps, factor = fleet.free_mps(routes.vehicles)[owner].T
    limits = _filled(np.array(limit_mps, dtype=float)[routes.edges])
    found: Floats = np.minimum(fastest_mps, np.minimum(limits, desired_mps) * (factor if drawn else 1.0))
    return found


def seconds_at(length_m: Floats, speed_mps: Floats) -> Floats:
    """How long ways take; no time where there is no speed."""
    seconds: Floats = np.divide(length_m, speed_mps, out=np.zeros(len(length_m)), where=speed_mps > 0)
    return seconds


def _filled(limits: Floats) -> Floats:
    """Within a junction the limit of the edge before it."""
    return limits[np.maximum.accumulate(np.where(np.isnan(limits), 0, np.arange(len(limits))))]


def read_routes(raw: Path) -> Routes:
    """SUMO's output of routes, with the times at which each edge was left."""
    vehicles: list[str] = []
    lengths, codes, left_s = array("q"), array("q"), array("d")
    names: dict[str, int] = {}
    lines: dict[str, str] = {}

    def started(tag: str, found: dict[str, str]) -> None:
        if tag == "vehicle":
            vehicles.append(found["id"])
            if "line" in found:
                lines[found["id"]] = found["line"]
        elif tag == "route":
            edges = found["edges"].split()
            lengths.append(len(edges))
            codes.extend(names.setdefault(edge, len(names)) for edge in edges)
            left_s.extend(map(float, found["exitTimes"].split()))

    read_starts(raw, started)
    times_s = np.array(left_s)
    times_s[times_s < 0] = np.inf
    return Routes(vehicles, np.array(lengths), np.array(codes), list(names), times_s, lines)
