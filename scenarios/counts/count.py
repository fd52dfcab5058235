"""What a count sheet says, whatever its layout: rows of counts, of crossings, and what is to be said of the sheet."""

from collections.abc import Iterable
from dataclasses import dataclass, field

CLASSES = {
    "car": "passenger", "van": "delivery", "truck": "truck", "bus": "bus", "motorcycle": "motorcycle",
    "bicycle": "bicycle",
}  # fmt: skip
ON_FOOT, ON_BICYCLE = "pedestrian", "bicycle"


def column_letter(column: int) -> str:
    """The name of a column of a spreadsheet, counted from 0: A, ..., Z, AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def position(sheet: str, row: int, column: int = -1) -> str:
    """Where something stands in its file; `sheet` is '' where there is one only, `column` counts from 0."""
    if column < 0:
        return f"sheet '{sheet}' row {row}" if sheet else f"row {row}"
    if sheet:
        return f"sheet '{sheet}' cell {column_letter(column)}{row}"
    return f"row {row} column {column + 1}"


@dataclass(frozen=True)
class Place:
    """Where a count stands, and what its sheet says beside it.

    label  the sheet's own word for the class, where several of them are one class of ours: they are added
    hints  titles and names of sheets that may name the junction
    nodes  the junctions that the traffic comes from and goes to, '' where they are not said
    """

    column: int = -1
    label: str = ""
    date: str = ""
    hints: tuple[str, ...] = ()
    nodes: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class Count:
    """Vehicles of a class that made a movement in an interval; `row` is the row of the sheet.

    junction  '' where the sheet has no such column
    approach  as the sheet names it; '' if the movement names both ends
    movement  left, straight, right, u-turn, an edge, or 'to ARM'
    """

    row: int
    junction: str
    approach: str
    movement: str
    vehicle_class: str
    begin_s: float
    end_s: float
    vehicles: int
    sheet: str = ""
    place: Place = field(default=Place(), compare=False)

    @property
    def at(self) -> str:
        """Where it stands in the file."""
        return position(self.sheet, self.row, self.place.column)


@dataclass(frozen=True)
class Crossing:
    """People who crossed an arm of a junction, both ways together, on foot or by bicycle."""

    row: int
    junction: str
    arm: str
    kind: str
    begin_s: float
    end_s: float
    people: int
    sheet: str = ""
    place: Place = field(default=Place(), compare=False)

    @property
    def at(self) -> str:
        """Where it stands in the file."""
        return position(self.sheet, self.row, self.place.column)


@dataclass(frozen=True)
class Found:
    """All that was read."""

    counts: tuple[Count, ...] = ()
    crossings: tuple[Crossing, ...] = ()
    remarks: tuple[str, ...] = ()

    @classmethod
    def of(cls, parts: Iterable["Found"]) -> "Found":
        """Several in one."""
        all_parts = list(parts)
        return cls(
            tuple(count for part in all_parts for count in part.counts),
            tuple(crossing for part in all_parts for crossing in part.crossings),
            tuple(dict.fromkeys(remark for part in all_parts for remark in part.remarks)),
        )
