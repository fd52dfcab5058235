"""A junction, or several in a row, as a table: one row an arm, in a planner's words.

approach         heading of the traffic that arrives, NB (it comes from the south), NEB, EB, SEB, SB, SWB, WB or NWB; or
                 a word of one's own for an arm with an angle_deg
turns            lanes at the stop line from left to right: left|straight|straight+right; blank: nobody arrives. A
                 movement (left, straight, right, u-turn), or the arm that is led to (south, or its own word): where two
                 lie to the left
exit_lanes       lanes that leave on the same arm; 0: nobody leaves
lane_width_m, speed_limit_kmh
left_vph, straight_vph, right_vph   vehicles an hour; blank where no lane leads there

The rest may be left out:

u_turn_vph       the same of those who turn back
exits_vph        vehicles an hour by arm, where a movement leads to two: 'north-east 80; Dostyk 30'; a comma, | or +
                 between blanks will do for the semicolon
angle_deg        where the arm lies, seen from the junction, clockwise from north
bays             lanes of one movement that begin before the stop line: 'left 60; right 40', metres of storage
slip             yes: the kerb lane turns right beside the signal and gives way
grade_percent    climb towards the junction, which emissions count
island_m         width of a refuge between both directions: its crossing is walked in two stages
crossing         yes (also blank), no, or alone: in a stage in which nobody drives
walkers_ph       pedestrians an hour over the crossing, both ways
distance_m       length of the arm (300), or from junction to junction
junction, from   which junction the arm belongs to, and which one its traffic comes from; blank: from outside

Columns, approaches, arms, movements, yes and no may be in Russian or Kazakh (`zhasyl.text.local_words`).
"""

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from zhasyl.errors import ScenarioError
from zhasyl.files.csv_table import Row, Table, read_csv, table_of
from zhasyl.files.paths import check_is_file
from zhasyl.files.sheets import is_excel, read_sheet, read_sheets
from zhasyl.scenarios.arms import ArmName, approach_name, exit_name
from zhasyl.scenarios.tables.rows import MOVEMENTS, Movement
from zhasyl.text.local_words import MOVEMENTS as WORDS
from zhasyl.text.local_words import NEW_COLUMNS, YES_OR_NO, heading, said

LARGEST_BYTES = 1_000_000
DECIMAL = re.compile(r"^(-?\d+),(\d+)$")
AZIMUTHS = {"NB": 180.0, "NEB": 225.0, "EB": 270.0, "SEB": 315.0, "SB": 0.0, "SWB": 45.0, "WB": 90.0, "NWB": 135.0}
"""By heading of the traffic that arrives, where its arm lies."""
SIDES = ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")
SIDE_AT: dict[float | None, str] = {45.0 * number: side for number, side in enumerate(SIDES)}
HEADING_AT: dict[float | None, str] = {azimuth_deg: heading for heading, azimuth_deg in AZIMUTHS.items()}
LONGEST_LABEL = 30
LABEL = re.compile(rf"[A-Za-z][A-Za-z0-9_]{{0,{LONGEST_LABEL - 1}}}")
BETWEEN_PAIRS = re.compile(r"[;|\n]|,(?!\d)| \+ ")


def _lanes(text: object) -> object:
    """'left|straight+right' -> (('left',), ('straight', 'right'))."""
    if not isinstance(text, str):
        return text
    return tuple(tuple(_movement(word) for word in lane.split("+")) for lane in text.split("|")) if text else ()


def _pairs(text: object) -> object:
    """'left 60; right 40' -> (('left', '60'), ('right', '40'))."""
    if not isinstance(text, str):
        return text
    parts = [part.strip().removesuffix(" m").rsplit(maxsplit=1) for part in BETWEEN_PAIRS.split(text) if part.strip()]
    if any(len(part) != 2 for part in parts):
        raise ValueError("a word and a number, several with ; between them: 'left 60; right 40'")
    return tuple((_movement(word), number) for word, number in parts)


def _movement(word: str) -> str:
    """A local word for a movement or an arm ('юг', 'на юг'); a word that is one of ours already stays."""
    word = word.strip()
    if word.isascii():
        return word
    movement = said(word, WORDS)
    return SIDE_AT.get(_azimuth_deg(exit_name(word)), word) if movement == word else movement


def _approach(text: object) -> object:
    """A heading for an arm named by where it lies ('с юга', 'from the south'); what may be an arm's own word stays."""
    if not isinstance(text, str) or LABEL.fullmatch(text):
        return text
    return HEADING_AT.get(_azimuth_deg(approach_name(text)), text)


def _azimuth_deg(name: ArmName) -> float | None:
    """Where a name says that an arm lies, if it says nothing else."""
    return None if name.street else name.azimuth_deg


def _label(text: str) -> str:
    if not LABEL.fullmatch(text):
        raise ValueError(
            "an arm is NB, NEB, ... or 'from the south', с юга, оңтүстіктен, or a Latin word of letters, digits and _, "
            f"a letter first, {LONGEST_LABEL} at most; its street goes into the column name"
        )
    return text


def _junction(text: str) -> str:
    if text and not LABEL.fullmatch(text):
        raise ValueError(f"a Latin word of letters, digits and _, a letter first, {LONGEST_LABEL} at most")
    return text


def _yes_or_no(text: object) -> object:
    return said(text, YES_OR_NO) if isinstance(text, str) else text


def _column(text: str) -> str:
    return heading(text, NEW_COLUMNS)


def _blank(text: object) -> object:
    return None if text == "" else text


def _zero(text: object) -> object:
    return 0.0 if text == "" else text


PerHour = Annotated[float, Field(ge=0, le=10_000)]
Volume = Annotated[PerHour | None, BeforeValidator(_blank)]
Junction = Annotated[str, AfterValidator(_junction)]


class Approach(Row):
    """One arm of a junction."""

    approach: Annotated[str, BeforeValidator(_approach), AfterValidator(_label)]
    name: str
    turns: Annotated[tuple[tuple[str, ...], ...], BeforeValidator(_lanes), Field(max_length=8)]
    exit_lanes: Annotated[int, Field(ge=0, le=8)]
    lane_width_m: Annotated[float, Field(ge=2, le=6)]
    speed_limit_kmh: Annotated[float, Field(ge=5, le=130)]
    left_vph: Volume
    straight_vph: Volume
    right_vph: Volume
    u_turn_vph: Volume = None
    exits_vph: Annotated[tuple[tuple[str, PerHour], ...], BeforeValidator(_pairs)] = ()
    angle_deg: Annotated[Annotated[float, Field(ge=0, lt=360)] | None, BeforeValidator(_blank)] = None
    bays: Annotated[tuple[tuple[Movement, Annotated[float, Field(ge=10, le=500)]], ...], BeforeValidator(_pairs)] = ()
    slip: Annotated[Literal["", "no", "yes"], BeforeValidator(_yes_or_no)] = ""
    grade_percent: Annotated[float, Field(ge=-20, le=20), BeforeValidator(_zero)] = 0.0
    island_m: Annotated[Annotated[float, Field(ge=1.5, le=20)] | None, BeforeValidator(_blank)] = None
    crossing: Annotated[Literal["", "yes", "no", "alone"], BeforeValidator(_yes_or_no)] = ""
    walkers_ph: Annotated[PerHour, BeforeValidator(_zero)] = 0.0
    distance_m: Annotated[Annotated[float, Field(gt=0, le=5000)] | None, BeforeValidator(_blank)] = None
    junction: Junction = ""
    comes_from: Junction = Field(default="", alias="from")

    @property
    def azimuth_deg(self) -> float | None:
        """Where the arm lies, clockwise from north; None if the table does not say."""
        return AZIMUTHS.get(self.approach) if self.angle_deg is None else self.angle_deg

    @property
    def arm(self) -> str:
        """What the arm is called where other rows lead to it."""
        return SIDES[round(AZIMUTHS[self.approach] / 45.0)] if self.approach in AZIMUTHS else self.approach

    @property
    def said_vph(self) -> dict[Movement, float | None]:
        """The volume of each movement, None for a blank cell."""
        return dict(zip(MOVEMENTS, (self.left_vph, self.straight_vph, self.right_vph, self.u_turn_vph), strict=True))

    @property
    def lanes_said(self) -> str:
        """The cell `turns`."""
        return "|".join("+".join(lane) for lane in self.turns)

    @property
    def width_m(self) -> float:
        """Of the whole arm, both ways."""
        return (len(self.turns) + self.exit_lanes) * self.lane_width_m + (self.island_m or 0.0)


def read_approaches(path: Path) -> Table[Approach]:
    """Read a .csv or .xlsx file. Raises ScenarioError with the row of the first fault."""
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise ScenarioError(f"{path}: over {LARGEST_BYTES} bytes; a junction has eight rows at most")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ScenarioError(f"cannot read {str(path)[:200]}: {reason}; check the path") from None
    if is_excel(path):
        return _of_workbook(path)
    if path.suffix != ".csv":
        raise ScenarioError(f"{path}: a table of approaches is a .csv or .xlsx file; save it as CSV UTF-8")
    check_is_file(path)
    if b";" in path.read_bytes().partition(b"\n")[0]:
        return _with_semicolons(path)
    return read_csv(path.parent, path.stem, Approach, _column, NEW_COLUMNS)


def _with_semicolons(path: Path) -> Table[Approach]:
    """As spreadsheets save it where a comma marks decimals."""
    lines = [(row, [DECIMAL.sub(r"\1.\2", cell) for cell in cells]) for row, cells in read_sheet(path)]
    for row, cells in lines[1:]:
        if len(cells) > len(lines[0][1]):
            raise ScenarioError(
                f"{path} row {row}: {len(cells)} cells for {len(lines[0][1])} columns; a cell that has ; itself needs "
                "quotes, or commas instead: south 60, north 40"
            )
    return table_of(str(Path(path.parent.name, path.name)), lines, Approach, _column, NEW_COLUMNS)


def _of_workbook(path: Path) -> Table[Approach]:
    """The first sheet that has the column `approach`."""
    check_is_file(path)
    sheets = read_sheets(path)
    for sheet, lines in sheets.items():
        if "approach" in map(_column, lines[0][1]):
            return table_of(f"{path.name} sheet '{sheet}'", lines, Approach, _column, NEW_COLUMNS)
    raise ScenarioError(
        f"{path}: no sheet of {', '.join(sheets)[:200]} begins with a column 'approach'; add the header"
    )
