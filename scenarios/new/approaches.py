"""A junction as a table: one row an arm, in a planner's words.

approach         heading of the traffic that arrives: NB, EB, SB or WB (NB arrives from the south)
turns            lanes at the stop line from left to right: left|straight|straight+right; blank: nobody arrives
exit_lanes       lanes that leave on the same arm; 0: nobody leaves
lane_width_m, speed_limit_kmh
left_vph, straight_vph, right_vph   vehicles an hour; blank where no lane leads there
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from zhasyl.errors import ScenarioError
from zhasyl.files.csv_table import Row, Table, read_csv
from zhasyl.scenarios.tables.rows import MOVEMENTS, Movement

Heading = Literal["NB", "EB", "SB", "WB"]
CLOCKWISE: tuple[Heading, ...] = ("NB", "EB", "SB", "WB")
QUARTERS_RIGHT = {"straight": 0, "right": 1, "left": 3}  # turns clockwise, in quarters
LARGEST_BYTES = 100_000


def _lanes(text: object) -> object:
    """'left|straight+right' -> (('left',), ('straight', 'right'))."""
    if not isinstance(text, str):
        return text
    return tuple(tuple(lane.strip().split("+")) for lane in text.split("|")) if text else ()


def _blank(text: object) -> object:
    return None if text == "" else text


Volume = Annotated[Annotated[float, Field(ge=0, le=10_000)] | None, BeforeValidator(_blank)]


class Approach(Row):
    """One arm of the junction."""

    approach: Heading
    name: str
    turns: Annotated[tuple[tuple[Movement, ...], ...], BeforeValidator(_lanes), Field(max_length=8)]
    exit_lanes: Annotated[int, Field(ge=0, le=8)]
    lane_width_m: Annotated[float, Field(ge=2, le=6)]
    speed_limit_kmh: Annotated[float, Field(ge=5, le=130)]
    left_vph: Volume
    straight_vph: Volume
    right_vph: Volume

    @property
    def given_vph(self) -> dict[Movement, float | None]:
        """The volume of each movement, None for a blank cell."""
        return {"left": self.left_vph, "straight": self.straight_vph, "right": self.right_vph}

    def volume_vph(self, movement: Movement) -> float:
        return self.given_vph[movement] or 0.0

    def lanes_of(self, movement: str) -> list[int]:
        """Lanes with this movement, counted from 1 at the kerb."""
        return [n for n, lane in enumerate(reversed(self.turns), start=1) if movement in lane]

    @property
    def width_m(self) -> float:
        """Of the whole arm, both ways."""
        return (len(self.turns) + self.exit_lanes) * self.lane_width_m

    @property
    def has_own_left_lane(self) -> bool:
        return all(lane == ("left",) for lane in self.turns if "left" in lane)


def leaving(heading: Heading, movement: str) -> Heading:
    """The heading of the traffic after a turn."""
    return CLOCKWISE[(CLOCKWISE.index(heading) + QUARTERS_RIGHT[movement]) % 4]


def arm_of(heading: Heading) -> Heading:
    """The approach whose arm carries the traffic that leaves with this heading: the opposite one."""
    return CLOCKWISE[(CLOCKWISE.index(heading) + 2) % 4]


def read_approaches(path: Path) -> dict[Heading, Approach]:
    """Read the table. Raises ScenarioError with the row of the first fault."""
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise ScenarioError(f"{path}: over {LARGEST_BYTES} bytes; a junction has four rows at most")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ScenarioError(f"cannot read {str(path)[:200]}: {reason}; check the path") from None
    if path.suffix != ".csv":
        raise ScenarioError(f"{path}: a table of approaches is a .csv file; save it as CSV UTF-8")
    table = read_csv(path.parent, path.stem, Approach)
    arms = {row.approach: row for row in table.rows}
    for line, row in table.lines:
        for problem in (*_repeated(table, row), *_unfit(row, arms)):
            raise table.fault(line, problem)
    if sum(bool(arm.turns) for arm in arms.values()) < 2 or not any(arm.exit_lanes for arm in arms.values()):
        raise ScenarioError(f"{table.name}: a signal needs two approaches with lanes and an exit; add rows")
    return arms


def _repeated(table: Table[Approach], row: Approach) -> Iterator[str]:
    if Counter(other.approach for other in table.rows)[row.approach] > 1:
        yield f"approach {row.approach} stands in two rows; keep one"


def _unfit(row: Approach, arms: dict[Heading, Approach]) -> Iterator[str]:
    """What keeps an approach's lanes and volumes from fitting to the exits."""
    order = [QUARTERS_RIGHT[m] % 3 if m != "left" else -1 for lane in row.turns for m in lane]
    if order != sorted(order):
        said = "|".join("+".join(lane) for lane in row.turns)
        yield f"turns '{said}' cross each other; give lanes from left to right"
    for movement in MOVEMENTS:
        lanes = len(row.lanes_of(movement))
        exits = arms.get(arm_of(leaving(row.approach, movement)))
        room = exits.exit_lanes if exits else 0
        if lanes > room:
            yield f"{lanes} lanes lead {movement} to an exit of {room}; take lanes away or add exit_lanes there"
        if lanes and row.given_vph[movement] is None:
            yield f"{movement}_vph is blank, and {lanes} lanes lead {movement}; give a volume, 0 for none"
        if row.volume_vph(movement) and not lanes:
            yield f"{movement}_vph {row.volume_vph(movement):g}, but no lane leads {movement}; add it to turns"
