"""A made-up city of any size: a grid of two-way streets with a signal wherever two of them cross.

A folder with `city.toml` beside its `scenario.toml` has no tables of its own. They are written by `write_city` from
the city's numbers and its seed, in the form of every other scenario, and compiled like them. Every few streets one is
an arterial with three lanes each way, the others have two; the leftmost lane turns left only. Blocks are drawn at
random between their least and most length. No claim is made that any city is like this.
"""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field

from zhasyl.files.csv_cells import CsvWriter
from zhasyl.scenarios.tables.section import Section
from zhasyl.scenarios.tables.settings import SETTINGS_FILE, read_section

CITY_FILE = "city.toml"
METRES_PER_DEGREE = 111_195.0  # on the equator, where the city lies
STOP_LINE_M = 16.0  # from the centre of a junction
FRINGE_M = 300.0  # of street beyond the last junctions
LANE_M = 3.5
YELLOW_S, ALL_RED_S = 3, 2
STEPS = {"e": (1, 0), "n": (0, 1), "w": (-1, 0), "s": (0, -1)}
DIRECTIONS = tuple(STEPS)  # counter-clockwise: the next one is to the left
STAGES = (("ew", ("e", "w")), ("ns", ("n", "s")))
Place = tuple[int, int]


class City(Section):
    """The numbers of a city: streets each way, metres, vehicles an hour that enter by a lane, and a seed."""

    seed: int
    columns: Annotated[int, Field(ge=1, le=100)]
    rows: Annotated[int, Field(ge=1, le=100)]
    least_block_m: Annotated[float, Field(ge=100, le=2000)]
    most_block_m: Annotated[float, Field(ge=100, le=2000)]
    arterial_every: Annotated[int, Field(ge=1, le=100)]
    volume_per_lane_vph: Annotated[float, Field(ge=0, le=1800)]
    turning_share: Annotated[float, Field(ge=0, le=0.5)]
    green_s: Annotated[float, Field(ge=7, le=90)]
    left_green_s: Annotated[float, Field(ge=0, le=90)]  # 0: left turns give way in the stage of their street
    progression_kmh: Annotated[float, Field(ge=20, le=80)]

    @property
    def cycle_s(self) -> float:
        stages_s = [green_s + YELLOW_S + ALL_RED_S for green_s in (self.green_s, self.left_green_s) if green_s]
        return len(STAGES) * sum(stages_s)


def read_city(folder: Path) -> City:
    """Read city.toml. Raises ScenarioError that names the key."""
    return read_section(folder / CITY_FILE, City)


@dataclass(frozen=True)
class Street:
    """A one-way piece of street in a direction, from a place to the next."""

    start: Place
    direction: str
    lanes: int

    @property
    def end(self) -> Place:
        return _next(self.start, self.direction)

    @property
    def id(self) -> str:
        return f"{self.direction}_{_name(self.start)}"


def _next(place: Place, direction: str) -> Place:
    return place[0] + STEPS[direction][0], place[1] + STEPS[direction][1]


def _name(place: Place) -> str:
    return f"j{place[0]}_{place[1]}"


class Grid:
    """Places by column and row, 1 to columns and 1 to rows; beyond them the ends of the streets."""

    def __init__(self, city: City) -> None:
        self.city = city
        draw = random.Random(city.seed)  # noqa: S311  a map, not a secret
        self._x_m = self._line(city.columns, draw)
        self._y_m = self._line(city.rows, draw)
        self.crossings = [(x, y) for x in range(1, city.columns + 1) for y in range(1, city.rows + 1)]
        self.streets = list(self._streets())
        self.leaving = {(street.start, street.direction): street for street in self.streets}

    def _line(self, number: int, draw: random.Random) -> list[float]:
        blocks_m = [draw.uniform(self.city.least_block_m, self.city.most_block_m) for _ in range(number - 1)]
        line_m = [0.0, FRINGE_M]
        for block_m in (*blocks_m, FRINGE_M):
            line_m.append(line_m[-1] + block_m)
        return line_m

    def _streets(self) -> Iterator[Street]:
        inside = set(self.crossings)
        for place in self.crossings:
            for direction in DIRECTIONS:
                across = place[1] if direction in "ew" else place[0]
                lanes = 3 if across % self.city.arterial_every == 0 else 2
                yield Street(place, direction, lanes)
                before = _next(place, DIRECTIONS[(DIRECTIONS.index(direction) + 2) % 4])
                if before not in inside:
                    yield Street(before, direction, lanes)

    def is_end(self, place: Place) -> bool:
        return not (1 <= place[0] <= self.city.columns and 1 <= place[1] <= self.city.rows)

    def offset_s(self, place: Place) -> float:
        """The alternate system: half a cycle, or none, by how often half a cycle's drive fits into the way there."""
        half_m = self.city.progression_kmh / 3.6 * self.city.cycle_s / 2
        squares = self._x_m[place[0]] // half_m + self._y_m[place[1]] // half_m
        return squares % 2 * self.city.cycle_s / 2

    def point(self, place: Place, ahead_m: float = 0.0, direction: str = "e") -> str:
        """Latitude and longitude of a place, or so far ahead of it."""
        x_m = self._x_m[place[0]] + ahead_m * STEPS[direction][0]
        y_m = self._y_m[place[1]] + ahead_m * STEPS[direction][1]
        return f"{y_m / METRES_PER_DEGREE:.7f} {x_m / METRES_PER_DEGREE:.7f}"

    def axis(self, street: Street) -> str:
        first_m = 0.0 if self.is_end(street.start) else STOP_LINE_M
        last_m = 0.0 if self.is_end(street.end) else -STOP_LINE_M
        ends = (self.point(street.start, first_m, street.direction), self.point(street.end, last_m, street.direction))
        return "; ".join(ends)


def write_city(source: Path, folder: Path) -> None:
    """Write the tables of the city in `source` into `folder`. Raises ScenarioError for a wrong city.toml."""
    grid = Grid(read_city(source))
    folder.joinpath(SETTINGS_FILE).write_bytes((source / SETTINGS_FILE).read_bytes())
    for name in ("vehicles", "profile", "assumptions"):
        folder.joinpath(f"{name}.csv").write_bytes((source / f"{name}.csv").read_bytes())
    _write(folder, "junctions", "id,lat,lon,type,name,status,source", _junctions(grid))
    links = "id,from,to,name,lanes,bus_lane,lane_width_m,sidewalk_m,speed_limit_kmh,axis,geometry,status,source"
    _write(folder, "links", links, (_link(grid, street) for street in grid.streets))
    _write(folder, "turns", "from_link,lane,to_link,to_lane,movement,classes", _turns(grid))
    _write(folder, "crossings", "id,junction,links,width_m,status,source", ())
    _write(folder, "volumes", "link,mix,volume_vph,status,reason", _volumes(grid))
    _write(folder, "turning", "link,mix,left,straight,right,status,reason", _turning(grid))
    plan = "signal,stage,greens,crossings,green_s,yellow_s,all_red_s,offset_s"
    _write(folder, "plan", plan, (row for place in grid.crossings for row in _stages(grid, place)))


def _write(folder: Path, name: str, header: str, rows: Iterable[list[object]]) -> None:
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as text:
        writer = CsvWriter(text)
        writer.writerow(header.split(","))
        writer.writerows(rows)


def _junctions(grid: Grid) -> Iterator[list[object]]:
    places = dict.fromkeys(place for street in grid.streets for place in (street.start, street.end))
    for place in places:
        kind = "end" if grid.is_end(place) else "signal"
        yield [_name(place), *grid.point(place).split(), kind, "", "synthetic", "drawn at random"]


def _link(grid: Grid, street: Street) -> list[object]:
    ends = [_name(street.start), _name(street.end)]
    return [street.id, *ends, "", street.lanes, "", LANE_M, 0, 60, "left", grid.axis(street), "synthetic", "made up"]


def _ahead(grid: Grid, street: Street, to_left: int) -> Street:
    """The street after a junction, to_left quarter turns to the left."""
    direction = DIRECTIONS[(DIRECTIONS.index(street.direction) + to_left) % 4]
    return grid.leaving[street.end, direction]


def _turns(grid: Grid) -> Iterator[list[object]]:
    for street in grid.streets:
        if grid.is_end(street.end):
            continue
        left, onward, right = (_ahead(grid, street, quarter) for quarter in (1, 0, -1))
        yield [street.id, 1, right.id, 1, "right", "all"]
        for lane in range(1, street.lanes):
            yield [street.id, lane, onward.id, lane, "straight", "all"]
        yield [street.id, street.lanes, left.id, left.lanes, "left", "all"]


def _volumes(grid: Grid) -> Iterator[list[object]]:
    for street in grid.streets:
        if grid.is_end(street.start):
            volume_vph = street.lanes * grid.city.volume_per_lane_vph
            yield [street.id, "general", volume_vph, "synthetic", "made up"]


def _turning(grid: Grid) -> Iterator[list[object]]:
    share = grid.city.turning_share
    for street in grid.streets:
        if not grid.is_end(street.end):
            yield [street.id, "general", share, round(1 - 2 * share, 6), share, "synthetic", "made up"]


def _stages(grid: Grid, place: Place) -> Iterator[list[object]]:
    city = grid.city
    for axis, directions in STAGES:
        links = [f"{d}_{_name(_next(place, DIRECTIONS[(DIRECTIONS.index(d) + 2) % 4]))}" for d in directions]
        own = ((f"{axis}_left", "left", city.left_green_s),) if city.left_green_s else ()
        shared = "straight+right" if own else "left+straight+right"
        for stage, movements, green_s in ((axis, shared, city.green_s), *own):
            greens = " ".join(f"{link}:{movements}" for link in links)
            yield [_name(place), stage, greens, "", green_s, YELLOW_S, ALL_RED_S, grid.offset_s(place)]
