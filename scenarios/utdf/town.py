"""What a UTDF file says of a network, in SI units: places, links that lead to them, lane groups.

place  a node: signal, end of the network, bend, junction without signal, roundabout
link   the road from one node to the next in one direction, by the heading of its traffic
group  the lanes of one movement at the end of a link (NBL, NBT, ...)
"""

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property

from zhasyl.scenarios.utdf.guesses import Guesses
from zhasyl.scenarios.utdf.units import Units

SIGNAL, END, BEND, SIGN, ROUNDABOUT = range(5)
FREE, STOP, YIELD = range(3)
"""Values of SignControl."""


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
    def ring_m(self) -> float:
        """The radius of a roundabout's ring, the mean of the two of the file; 0 where it has none."""
        return (self.inside_m + (self.outside_m or self.inside_m)) / 2 if self.kind == ROUNDABOUT else 0.0

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

    @cached_property
    def by_id(self) -> dict[str, Link]:
        return {link.id: link for link in self.links.values()}

    def arriving(self, node: str) -> list[Link]:
        return self._ending.get(node, [])

    def leaving(self, node: str) -> list[Link]:
        return self._beginning.get(node, [])

    @cached_property
    def _ending(self) -> dict[str, list[Link]]:
        found: dict[str, list[Link]] = defaultdict(list)
        for link in self.links.values():
            found[link.node].append(link)
        return dict(found)

    @cached_property
    def _beginning(self) -> dict[str, list[Link]]:
        found: dict[str, list[Link]] = defaultdict(list)
        for link in self.links.values():
            found[link.up].append(link)
        return dict(found)
