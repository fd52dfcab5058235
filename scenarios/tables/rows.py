"""The tables of a scenario folder: one class a table, one field a column.

link       a one-way piece of road between two junctions; its lanes count from 1 at the kerb
movement   where a lane leads at its end: left, straight, right or u-turn
mix        a named composition of vehicle types, for example 'general' or 'bus'
line       buses of one route: the links they follow, the stops they make, the seconds between them
stage      movements and crossings green together; the order of the rows is the order of the plan
"""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from zhasyl.files.csv_table import Row

MOST_LANES = 8
Movement = Literal["left", "straight", "right", "u-turn"]
MOVEMENTS: tuple[Movement, ...] = ("left", "straight", "right", "u-turn")
Control = Literal["", "give-way"]
Status = Literal["synthetic", "inferred", "given", "published", "measured"]
Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")]
Share = Annotated[float, Field(ge=0, le=1)]
Lane = Annotated[int, Field(ge=1, le=MOST_LANES)]


def _words(text: object) -> object:
    return tuple(text.split()) if isinstance(text, str) else text


def _points(text: object) -> object:
    return tuple(tuple(point.split()) for point in text.split(";")) if isinstance(text, str) and text else text or ()


def _greens(text: object) -> object:
    """'a:left+right b:straight' -> (('a', 'left'), ('a', 'right'), ('b', 'straight'))."""
    if not isinstance(text, str):
        return text
    pairs = (word.partition(":") for word in text.split())
    return tuple((link, movement) for link, _, movements in pairs for movement in movements.split("+"))


def _lanes(text: object) -> object:
    """'3' -> (3,), '2-4' -> (2, 3, 4)."""
    if not isinstance(text, str):
        return text
    first, dash, last = text.partition("-")
    if not dash:
        return (text,)
    if not (first.isdecimal() and last.isdecimal() and int(first) < int(last) <= MOST_LANES):
        raise ValueError(f"a lane or rising lanes FIRST-LAST up to {MOST_LANES}")
    return tuple(range(int(first), int(last) + 1))


def _blank_is_none(text: object) -> object:
    return None if text == "" else text


Words = Annotated[tuple[Identifier, ...], BeforeValidator(_words)]
Point = tuple[Annotated[float, Field(ge=-90, le=90)], Annotated[float, Field(ge=-180, le=180)]]
Points = Annotated[tuple[Point, ...], BeforeValidator(_points)]


class Junction(Row):
    """`type`: signal (controlled), priority (minor links give way), link (nothing crosses), end (enter or leave).

    Links rise evenly from one `height_m` to the other.
    """

    id: Identifier
    lat: Annotated[float, Field(ge=-90, le=90)]
    lon: Annotated[float, Field(ge=-180, le=180)]
    type: Literal["signal", "priority", "link", "end"]
    name: str
    status: Status
    source: str
    height_m: Annotated[float, Field(ge=-500, le=9000)] = 0.0


class Link(Row):
    """`geometry` runs from stop line to stop line, along the middle (centre) or the left edge of its lanes.

    `lanes` counts lanes for vehicles; `bus_lane` is the lane kept for buses, or blank; sidewalk_m 0 is none. Crossings
    need a sidewalk on the links they cross. A link of no lanes is a footway that leads from a crossing to an end.
    `minor` links give way where no signal stands.
    """

    id: Identifier
    from_junction: Identifier = Field(alias="from")
    to_junction: Identifier = Field(alias="to")
    name: str
    lanes: Annotated[int, Field(ge=0, le=MOST_LANES)]
    bus_lane: Annotated[Lane | None, BeforeValidator(_blank_is_none)]
    lane_width_m: Annotated[float, Field(ge=2, le=6)]
    sidewalk_m: Annotated[float, Field(ge=0, le=20)]
    speed_limit_kmh: Annotated[float, Field(ge=5, le=130)]
    axis: Literal["centre", "left"]
    geometry: Annotated[Points, Field(min_length=2)]
    status: Status
    source: str
    minor: Literal["", "yes"] = ""

    def sumo_lane(self, lane: int) -> int:
        """SUMO's index of a lane: SUMO counts from 0 and the sidewalk is a lane."""
        return lane if self.sidewalk_m else lane - 1


class Turn(Row):
    """One lane that leads to another; `classes` may keep it for buses."""

    from_link: Identifier
    lane: Lane
    to_link: Identifier
    to_lane: Lane
    movement: Movement
    classes: Literal["all", "bus"]
    control: Control = ""
    path: Points = ()


class TurnRow(Row):
    """A row of turns.csv: one lane, or as many from-lanes as to-lanes ('2-4' to '1-3'), each to its counterpart.

    `control` give-way: no signal shows it, who turns gives way, as on a slip lane. `path` is the way over the junction
    of one lane, from stop line to exit; blank: as SUMO draws it.
    """

    from_link: Identifier
    lane: Annotated[tuple[Lane, ...], BeforeValidator(_lanes)]
    to_link: Identifier
    to_lane: Annotated[tuple[Lane, ...], BeforeValidator(_lanes)]
    movement: Movement
    classes: Literal["all", "bus"]
    control: Control = ""
    path: Points = ()

    def turns(self) -> tuple[Turn, ...]:
        """The turns it stands for."""
        given = self.model_dump(exclude={"lane", "to_lane"})
        pairs = zip(self.lane, self.to_lane, strict=True)
        return tuple(Turn(lane=lane, to_lane=to_lane, **given) for lane, to_lane in pairs)


class Crossing(Row):
    """A pedestrian crossing over all of `links` at once, shown by the junction's signal."""

    id: Identifier
    junction: Identifier
    links: Annotated[Words, Field(min_length=1)]
    width_m: Annotated[float, Field(ge=1, le=20)]
    status: Status
    source: str


class Volume(Row):
    """Vehicles per hour of one mix that enter on a link, before the profile's factor."""

    link: Identifier
    mix: Identifier
    volume_vph: Annotated[float, Field(ge=0, le=10_000)]
    status: Status
    reason: str


class Turning(Row):
    """Shares of a mix by movement at the end of a link; they sum to 1. A movement to several links: exits.csv."""

    link: Identifier
    mix: Identifier
    left: Share
    straight: Share
    right: Share
    status: Status
    reason: str
    u_turn: Share = 0.0

    @property
    def shares(self) -> dict[Movement, float]:
        """By movement."""
        return {"left": self.left, "straight": self.straight, "right": self.right, "u-turn": self.u_turn}


class ExitShare(Row):
    """Share of a mix that goes from a link to another one; those of a link sum to 1, without a row in turning.csv."""

    link: Identifier
    mix: Identifier
    to_link: Identifier
    share: Share
    status: Status
    reason: str


class Interval(Row):
    """A factor on all volumes, lines and pedestrians from begin_s to end_s; a row belongs to the periods it lies in."""

    begin_s: Annotated[float, Field(ge=0)]
    end_s: Annotated[float, Field(gt=0)]
    factor: Annotated[float, Field(ge=0, le=5)]
    status: Status
    reason: str


class Vehicle(Row):
    """A vehicle type and its share of a mix."""

    mix: Identifier
    type: Identifier
    share: Share
    vclass: Literal["passenger", "truck", "bus", "delivery", "motorcycle", "taxi", "trailer", "coach"]
    length_m: Annotated[float, Field(gt=0, le=30)]
    max_speed_kmh: Annotated[float, Field(ge=5, le=250)]
    emission_class: str
    status: Status
    source: str


class PlanStage(Row):
    """A stage of a signal's plan: green (walk and pedestrian clearance included), yellow and all-red.

    A stage that pedestrians have to themselves names crossings and no greens.
    `period` names the period it is for; rows without one are for the periods that have none of their own.
    """

    signal: Identifier
    stage: Identifier
    greens: Annotated[tuple[tuple[Identifier, Movement], ...], BeforeValidator(_greens)]
    crossings: Words
    green_s: Annotated[float, Field(gt=0, le=300)]
    yellow_s: Annotated[float, Field(ge=0, le=10)]
    all_red_s: Annotated[float, Field(ge=0, le=10)]
    offset_s: Annotated[float, Field(ge=0, le=300)]
    period: str = ""


class Stop(Row):
    """A bus stop beside lane 1 of a link, from begin_m after the link's start on."""

    id: Identifier
    link: Identifier
    begin_m: Annotated[float, Field(ge=0)]
    length_m: Annotated[float, Field(ge=5, le=100)]
    name: str
    status: Status
    source: str


class BusLine(Row):
    """Buses of a mix that enter every headway_s (on average, at random) and halt dwell_s at their stops."""

    line: Identifier
    mix: Identifier
    links: Annotated[Words, Field(min_length=1)]
    stops: Words
    headway_s: Annotated[float, Field(ge=20)]
    dwell_s: Annotated[float, Field(ge=0, le=300)]
    status: Status
    reason: str


class Walk(Row):
    """Pedestrians an hour at a junction, from the sidewalk of one link to that of another, over its crossings."""

    junction: Identifier
    from_link: Identifier
    to_link: Identifier
    walkers_ph: Annotated[float, Field(ge=0, le=10_000)]
    status: Status
    reason: str


class Name(Row):
    """A street or junction in English (as in links.csv and junctions.csv), Kazakh and Russian."""

    name: Annotated[str, Field(min_length=1)]
    name_kk: Annotated[str, Field(min_length=1)]
    name_ru: Annotated[str, Field(min_length=1)]
    status: Status
    source: str


class AssumptionRow(Row):
    """Something nobody measured, and why it is as it is."""

    subject: str
    statement: str
    status: Status
    reason: str
