"""What a UTDF file says of a network, checked and in SI units: places, links that lead to them, lane groups.

place  a node: signal, end of the network, bend, junction without signal, roundabout
link   the road from one node to the next in one direction, by the heading of its traffic
group  the lanes of one movement at the end of a link (NBL, NBT, ...)
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from zhasyl.errors import ScenarioError
from zhasyl.scenarios.plans.utdf_movements import GROUP, LEFT_TO_RIGHT
from zhasyl.scenarios.utdf.guesses import Guesses
from zhasyl.scenarios.utdf.sections import Cell, NodeRecords, Sections
from zhasyl.scenarios.utdf.units import Units

SIGNAL, END, BEND, SIGN, ROUNDABOUT = range(5)
HEADINGS = ("NB", "SB", "EB", "WB", "NE", "NW", "SE", "SW")
ID = re.compile(r"[A-Za-z0-9_-]{1,20}")
MOST_LANES = 12
MOST_VPH = 20_000.0
FARTHEST_M = 300_000.0  # of a node from the middle of the others
NEAREST_M = 1.0
LARGEST_COORDINATE = 1e8
LEAST_LANE_M, WIDEST_LANE_M = 2.0, 10.0
FREE, STOP, YIELD = range(3)
"""Values of SignControl."""
FROM_NETWORK = {"phf": "phf", "heavyvehicles": "hv", "growth": "growth"}
"""Records of [Lanes] whose default stands in [Network], there as a factor."""


@dataclass(frozen=True)
class Place:
    """A node in metres; the least x and y of a town are 0."""

    id: str
    kind: int
    x_m: float
    y_m: float
    z_m: float
    name: str
    inside_m: float = 0.0
    outside_m: float = 0.0
    circle_lanes: int = 1
    circle_mps: float = 0.0

    @property
    def xy(self) -> tuple[float, float]:
        return self.x_m, self.y_m


@dataclass(frozen=True)
class Group:
    """A lane group. `volume_vph` has the growth in it; `storage_m` is None where the lanes go back to the last node."""

    column: str
    row: int
    up: str
    dest: str
    lanes: int
    shared: int
    width_m: float
    storage_m: float | None
    taper_m: float
    bay_lanes: int
    volume_vph: float
    phf: float
    heavy: float
    walkers_ph: float
    channel: int
    on_red: bool
    to_the_right: bool

    @property
    def turn(self) -> str:
        return self.column[2:]


@dataclass(frozen=True)
class Link:
    """A road from `up` to `node`. `curve` is its control point near `node`; `sign` is None where there is none."""

    up: str
    node: str
    heading: str
    row: int
    name: str
    lanes: int
    speed_mps: float
    grade: float
    median_m: float
    offset_m: float
    curve: tuple[float, float] | None
    sign: int | None
    groups: tuple[Group, ...] = ()

    @property
    def id(self) -> str:
        return f"{self.up}-{self.node}"

    @property
    def open(self) -> bool:
        """Does anybody drive here, or is it the other way of a one-way street?"""
        return self.lanes > 0 or any(group.lanes for group in self.groups)


@dataclass(frozen=True)
class Town:
    """All of it. `links` by (up, node)."""

    places: dict[str, Place]
    links: dict[tuple[str, str], Link]
    units: Units
    guesses: Guesses = field(default_factory=Guesses)

    def arriving(self, node: str) -> list[Link]:
        return [link for link in self.links.values() if link.node == node]

    def leaving(self, node: str) -> list[Link]:
        return [link for link in self.links.values() if link.up == node]


def read_town(file: Sections) -> Town:
    """The network of a file. Raises ScenarioError with row and column of the first fault."""
    guesses = Guesses()
    units = Units.of(file.network, guesses)
    places = _places(file, units)
    links = {(link.up, link.node): link for link in _links(file, places, units, guesses)}
    links = {key: link for key, link in _opened(file, links, guesses).items() if link.open}
    for place in list(places.values()):
        if not any(place.id in key for key in links):
            cell = file.nodes[place.id]["INTID"]
            if place.kind == SIGNAL:
                raise cell.fault("a signal that no link leads to; add its links or take it out")
            guesses.add("node", place.id, place.name, "left out", "no link leads to it or away")
            del places[place.id]
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


def _links(file: Sections, places: dict[str, Place], units: Units, guesses: Guesses) -> Iterator[Link]:
    for node, records in file.links.items():
        if node not in places:
            raise _first(records).fault("a node that is not in [Nodes]; add it there or take the record out")
        seen: dict[str, str] = {}
        for heading in records.columns:
            cells = records.cells(heading)
            if heading not in HEADINGS:
                raise next(iter(cells.values())).fault(f"no heading; known are {', '.join(HEADINGS)}")
            if "up id" not in cells:
                continue
            up = cells["up id"].text
            _check_up(cells["up id"], node, up, places, seen)
            seen[up] = heading
            yield _link(file, node, up, heading, cells, places, units, guesses)
    for node, records in file.lanes.items():
        if node not in places:
            raise _first(records).fault("a node that is not in [Nodes]; add it there or take the record out")


def _first(records: NodeRecords) -> Cell:
    return next(cell for cells in records.records.values() for cell in cells.values())


def _check_up(cell: Cell, node: str, up: str, places: dict[str, Place], seen: dict[str, str]) -> None:
    if up not in places:
        raise cell.fault(f"Up ID '{up[:40]}' is no node of [Nodes]; correct it or add the node")
    if up == node:
        raise cell.fault("Up ID is the node itself; correct it")
    if up in seen:
        raise cell.fault(f"Up ID '{up}' stands at {seen[up]}, too; one heading a link, keep one")
    (x0, y0), (x1, y1) = places[up].xy, places[node].xy
    if abs(x0 - x1) < NEAREST_M and abs(y0 - y1) < NEAREST_M:
        raise cell.fault(f"node {up} lies at the same place; correct the coordinates of one")


def _link(
    file: Sections, node: str, up: str, heading: str, cells: dict[str, Cell], places: dict[str, Place], units: Units,
    guesses: Guesses,
) -> Link:  # fmt: skip
    def value(record: str, least: float, most: float, default: float = 0.0) -> float:
        return cells[record].number(least, most, record.title()) if record in cells else default

    speed = value("speed", 0, 200)
    name = cells["name"].text if "name" in cells else ""
    if not speed:
        speed = units.default_speed
        guesses.add("speed", f"{up}-{node}", name, f"{speed:g} {units.speed_name}", "no Speed in [Links]")
    groups = tuple(_groups(file, node, up, heading, places, units, guesses))
    x, y = value("curve pt x", -1e8, 1e8), value("curve pt y", -1e8, 1e8)
    curved = "curve pt x" in cells and "curve pt y" in cells
    return Link(
        up,
        node,
        heading,
        cells["up id"].row,
        name,
        cells["lanes"].whole(0, MOST_LANES, "Lanes") if "lanes" in cells else 0,
        units.mps(speed),
        value("grade", -30, 30),
        units.metres(value("median", 0, 500)),
        units.metres(value("offset", -500, 500)),
        _curve(file, cells, places[node], units.metres(x), units.metres(y)) if curved else None,
        _sign(file, node, heading),
        groups,
    )


def _curve(file: Sections, cells: dict[str, Cell], place: Place, x_m: float, y_m: float) -> tuple[float, float]:
    """The control point in the town's metres."""
    row = file.nodes[place.id]
    units = Units.of(file.network, Guesses())
    x0, y0 = (units.metres(row[c].number(-1e8, 1e8, c)) for c in "XY")
    dx, dy = x_m - x0, y_m - y0
    if max(abs(dx), abs(dy)) > 10_000:
        raise cells["curve pt x"].fault("the curve's point lies over 10 km from its node; correct it")
    return place.x_m + dx, place.y_m + dy


def _sign(file: Sections, node: str, heading: str) -> int | None:
    if node not in file.lanes:
        return None
    said = file.lanes[node].records.get("signcontrol", {})
    return next((cell.whole(0, 2, "SignControl") for column, cell in said.items() if column[:2] == heading), None)


def _groups(
    file: Sections, node: str, up: str, heading: str, places: dict[str, Place], units: Units, guesses: Guesses
) -> Iterator[Group]:
    if node not in file.lanes:
        return
    records = file.lanes[node]
    own = [column for column in records.columns if GROUP.match(column) and column[:2] == heading]
    for column in sorted(own, key=lambda column: LEFT_TO_RIGHT.index(column[2:])):
        cells = records.cells(column)
        if "dest node" not in cells:
            continue
        if "up node" in cells and cells["up node"].text != up:
            raise cells["up node"].fault(
                f"Up Node '{cells['up node'].text[:40]}', but {heading} comes from {up} in [Links]; correct one"
            )
        if cells["dest node"].text not in places:
            raise cells["dest node"].fault(
                f"Dest Node '{cells['dest node'].text[:40]}' is no node of [Nodes]; correct it or add the node"
            )
        yield _group(column, cells, up, file.network, units, guesses, node)


def _group(
    column: str, cells: dict[str, Cell], up: str, network: dict[str, Cell], units: Units, guesses: Guesses, node: str
) -> Group:
    def value(record: str, least: float, most: float, default: float = 0.0) -> float:
        return cells[record].number(least, most, record.title()) if record in cells else default

    def whole(record: str, most: int) -> int:
        return cells[record].whole(0, most, record.title()) if record in cells else 0

    def percent(record: str, default: float, most: float) -> float:
        """A percentage as a factor."""
        if record in cells:
            return cells[record].number(0, most, record.title()) / 100
        name = FROM_NETWORK[record]
        return network[name].number(0, most / 100, name) if name in network else default

    lanes = whole("lanes", MOST_LANES)
    width_m = units.metres(value("width", 0, 100, 0.0)) or units.default_width_m
    if lanes and not LEAST_LANE_M <= width_m <= WIDEST_LANE_M:
        raise cells["width"].fault(
            f"Width is {width_m:.1f} m, lanes are {LEAST_LANE_M:g} to {WIDEST_LANE_M:g}; correct it or Metric"
        )
    phf = value("phf", 0.0, 1.0) or (network["phf"].number(0.25, 1, "PHF") if "phf" in network else 1.0)
    if phf < 0.25:
        raise cells["phf"].fault(f"PHF {phf:g} is below 0.25, all of an hour in a quarter; correct it")
    return Group(
        column=column,
        row=cells["dest node"].row,
        up=up,
        dest=cells["dest node"].text,
        lanes=lanes,
        shared=whole("shared", 3),
        width_m=width_m,
        storage_m=units.metres(value("storage", 0, 1e4)) or None,
        taper_m=units.metres(value("taper", 0, 5e3)),
        bay_lanes=whole("stlanes", MOST_LANES),
        volume_vph=value("volume", 0, MOST_VPH) * percent("growth", 1.0, 1000),
        phf=phf,
        heavy=percent("heavyvehicles", 0.0, 100),
        walkers_ph=value("peds", 0, MOST_VPH),
        channel=whole("right channeled", 4) if column[2] == "R" else 0,
        on_red=column[2] == "R" and bool(whole("allow rtor", 1)),
        to_the_right=whole("alignment", 3) in (1, 3),
    )


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
