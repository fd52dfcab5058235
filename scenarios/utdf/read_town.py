"""The network of a UTDF file, read and checked: a fault is one line with row and column."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from zhasyl.errors import ScenarioError
from zhasyl.scenarios.utdf.guesses import Guesses
from zhasyl.scenarios.utdf.read_groups import GroupReader
from zhasyl.scenarios.utdf.sections import Cell, Sections, value
from zhasyl.scenarios.utdf.town import END, ROUNDABOUT, SIGNAL, Link, Place, Town
from zhasyl.scenarios.utdf.units import Units

HEADINGS = ("NB", "SB", "EB", "WB", "NE", "NW", "SE", "SW")
ID = re.compile(r"[A-Za-z0-9_-]{1,20}")
MOST_LANES = 12
FARTHEST_M = 300_000.0  # of a node from the middle of the others
NEAREST_M = 1.0
SMALLEST_RING_M = 3.0
LEAST_SPEED = 1.0  # km/h or mph
FARTHEST_CURVE_M = 10_000.0
LARGEST_COORDINATE = 1e8
NO_NODE = "a node that is not in [Nodes]; add it there or take the record out"


def read_town(file: Sections) -> Town:
    """The network of a file. Raises ScenarioError with row and column of the first fault."""
    guesses = Guesses()
    units = Units.of(file.network, guesses)
    places = _places(file, units)
    links = {(link.up, link.node): link for link in _Links(file, places, units, guesses).all()}
    links = {key: link for key, link in _opened(file, links, guesses).items() if link.open}
    for place in list(places.values()):
        if not any(place.id in key for key in links):
            cell = file.nodes[place.id]["INTID"]
            if place.kind == SIGNAL:
                raise cell.fault("a signal that no link with Lanes leads to; add them or take it out")
            guesses.add("node", place.id, place.name, "left out", "no link leads to it or away")
            del places[place.id]
        elif place.kind == ROUNDABOUT:
            arms = {other for key in links for other in key if place.id in key} - {place.id}
            places[place.id] = _roundabout(file, place, [places[arm] for arm in arms], guesses)
    if not links:
        raise ScenarioError(f"{file.path}: no link has a lane; export [Links] and [Lanes] with their records")
    for name in file.ignored:
        guesses.add("section", "", f"[{name.title()}]", "not read", "no part of the network, its volumes or its plans")
    return Town(places, links, units, guesses)


def _places(file: Sections, units: Units) -> dict[str, Place]:
    found: dict[str, Place] = {}
    for node, row in file.nodes.items():
        if not ID.fullmatch(node):
            raise row["INTID"].fault(f"INTID '{node[:40]}' is not up to 20 letters and digits; rename the node")
        missing = [column for column in ("TYPE", "X", "Y") if column not in row]
        if missing:
            raise row["INTID"].fault(f"no {missing[0]}; fill it in")
        x_m, y_m = (units.metres(row[c].number(-LARGEST_COORDINATE, LARGEST_COORDINATE, c)) for c in "XY")
        z_m = units.metres(row["Z"].number(-1e5, 1e5, "Z")) if "Z" in row else 0.0
        inside_m, outside_m = (
            units.metres(row[c].number(0, 1000, c.title())) if c in row else 0.0
            for c in ("INSIDE RADIUS", "OUTSIDE RADIUS")
        )
        lanes = row["ROUNDABOUT LANES"].whole(0, 4, "Roundabout Lanes") if "ROUNDABOUT LANES" in row else 0
        speed = row["CIRCLE SPEED"].number(0, 200, "Circle Speed") if "CIRCLE SPEED" in row else 0.0
        name = row["DESCRIPTION"].text if "DESCRIPTION" in row else ""
        kind = row["TYPE"].whole(0, 4, "TYPE")
        found[node] = Place(
            node, kind, x_m, y_m, z_m, name, inside_m, outside_m, max(lanes, 1), units.mps(speed)
        )  # fmt: skip
    if not found:
        raise ScenarioError(f"{file.path}: [Nodes] has no row; export the combined UTDF file with all sections")
    _check_near(file, found)
    x0, y0 = (min(place.xy[axis] for place in found.values()) for axis in (0, 1))
    return {key: replace(place, x_m=place.x_m - x0, y_m=place.y_m - y0) for key, place in found.items()}


def _check_near(file: Sections, places: dict[str, Place]) -> None:
    for axis, column in ((0, "X"), (1, "Y")):
        values = sorted(place.xy[axis] for place in places.values())
        middle = values[len(values) // 2]
        for place in places.values():
            if abs(place.xy[axis] - middle) > FARTHEST_M:
                cell = file.nodes[place.id][column]
                away_km = abs(place.xy[axis] - middle) / 1000
                raise cell.fault(
                    f"{column} '{cell.text[:40]}' is {away_km:.0f} km from the other nodes, at most "
                    f"{FARTHEST_M / 1000:.0f}; correct it"
                )


def _roundabout(file: Sections, place: Place, arms: list[Place], guesses: Guesses) -> Place:
    """A roundabout of one arm is an end of the network. Raises ScenarioError for a ring that cannot be."""
    if len(arms) == 1:
        guesses.add("roundabout", place.id, place.name, "an end of the network", "it has one arm")
        return replace(place, kind=END)
    radius_m = place.ring_m
    nearest = min(arms, key=lambda arm: math.dist(arm.xy, place.xy))
    most_m = math.dist(nearest.xy, place.xy) - nearest.ring_m
    if radius_m and not SMALLEST_RING_M <= radius_m < most_m:
        cell = next(file.nodes[place.id][c] for c in ("OUTSIDE RADIUS", "INSIDE RADIUS") if c in file.nodes[place.id])
        raise cell.fault(
            f"a ring of {radius_m:.1f} m, the mean of the radii: it takes {SMALLEST_RING_M:g} m and has "
            f"{most_m:.0f} m to node {nearest.id}; correct the radii"
        )
    return place


@dataclass(frozen=True)
class _Links:
    """Reads [Links] with the lane groups at their ends."""

    file: Sections
    places: dict[str, Place]
    units: Units
    guesses: Guesses

    def all(self) -> Iterator[Link]:
        groups = GroupReader(self.file, self.places, self.units)
        for node, records in self.file.links.items():
            if node not in self.places:
                raise records.first.fault(NO_NODE)
            seen: dict[str, str] = {}
            for heading in records.columns:
                cells = records.cells(heading)
                if heading not in HEADINGS:
                    raise next(iter(cells.values())).fault(f"no heading; known are {', '.join(HEADINGS)}")
                if "up id" in cells:
                    _check_up(cells["up id"], node, self.places, seen)
                    seen[cells["up id"].text] = heading
                    yield self._link(node, heading, cells, groups)
            groups.check_headings(node, seen.values())
        for node, records in self.file.lanes.items():
            if node not in self.places:
                raise records.first.fault(NO_NODE)
            if node not in self.file.links:
                groups.check_headings(node, ())

    def _link(self, node: str, heading: str, cells: dict[str, Cell], groups: GroupReader) -> Link:
        units, up = self.units, cells["up id"].text
        name = cells["name"].text if "name" in cells else ""
        speed = value(cells, "speed", 0, 200)
        if 0 < speed < LEAST_SPEED:
            raise cells["speed"].fault(f"Speed '{cells['speed'].text[:40]}' is below {LEAST_SPEED:g}; correct it")
        if not speed:
            speed = units.default_speed
            self.guesses.add("speed", f"{up}-{node}", name, f"{speed:g} {units.speed_name}", "no Speed in [Links]")
        return Link(
            up=up,
            node=node,
            heading=heading,
            row=cells["up id"].row,
            name=name,
            lanes=cells["lanes"].whole(0, MOST_LANES, "Lanes") if "lanes" in cells else 0,
            speed_mps=units.mps(speed),
            grade=value(cells, "grade", -30, 30),
            median_m=units.metres(value(cells, "median", 0, 500)),
            offset_m=units.metres(value(cells, "offset", -500, 500)),
            curve=self._curve(node, cells),
            sign=groups.sign(node, heading),
            groups=tuple(groups.of(node, up, heading)),
        )

    def _curve(self, node: str, cells: dict[str, Cell]) -> tuple[float, float] | None:
        """The control point in the town's metres."""
        if "curve pt x" not in cells or "curve pt y" not in cells:
            return None
        row, place = self.file.nodes[node], self.places[node]
        limit = LARGEST_COORDINATE
        points = [value(cells, f"curve pt {axis}", -limit, limit) for axis in "xy"]
        node_at = [row[axis].number(-limit, limit, axis) for axis in "XY"]
        dx_m, dy_m = (self.units.metres(a - b) for a, b in zip(points, node_at, strict=True))
        if max(abs(dx_m), abs(dy_m)) > FARTHEST_CURVE_M:
            raise cells["curve pt x"].fault("the curve's point lies over 10 km from its node; correct it")
        return place.x_m + dx_m, place.y_m + dy_m


def _check_up(cell: Cell, node: str, places: dict[str, Place], seen: dict[str, str]) -> None:
    up = cell.text
    if up not in places:
        raise cell.fault(f"Up ID '{up[:40]}' is no node of [Nodes]; correct it or add the node")
    if up == node:
        raise cell.fault("Up ID is the node itself; correct it")
    if up in seen:
        raise cell.fault(f"Up ID '{up}' stands at {seen[up]}, too; one heading a link, keep one")
    (x0, y0), (x1, y1) = places[up].xy, places[node].xy
    if abs(x0 - x1) < NEAREST_M and abs(y0 - y1) < NEAREST_M:
        raise cell.fault(f"node {up} lies at the same place; correct the coordinates of one")


def _opened(file: Sections, links: dict[tuple[str, str], Link], guesses: Guesses) -> dict[tuple[str, str], Link]:
    """The links; one of no lanes to which lanes lead has as many. Raises ScenarioError for a way out that is none."""
    found = dict(links)
    for link in links.values():
        for group in link.groups:
            if (group.lanes or group.volume_vph) and (link.node, group.dest) not in links:
                cell = file.lanes[link.node].records["dest node"][group.column]
                raise cell.fault(
                    f"no link of [Links] leads from {link.node} to {group.dest}; correct Dest Node or add the link"
                )
            exit_ = found.get((link.node, group.dest))
            if group.lanes and exit_ and not exit_.open:
                found[link.node, group.dest] = replace(exit_, lanes=group.lanes)
                reason = f"[Links] has none, and lanes of {link.id} lead to it"
                guesses.add("lanes", exit_.id, exit_.name, str(group.lanes), reason)
    return found
