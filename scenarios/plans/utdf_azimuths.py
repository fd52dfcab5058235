"""Where the traffic of each approach really heads, from the coordinates of a UTDF file's [Nodes] and [Links].

What is no number is passed over: plans need no coordinates, and headings are named, too.
"""

import math
from collections import defaultdict

from zhasyl.files.sheets import Lines
from zhasyl.scenarios.directions import HEADINGS, azimuth_deg
from zhasyl.scenarios.plans.utdf import section_name

Place = tuple[float, float]
ENDS = ("UP ID", "CURVE PT X", "CURVE PT Y")


def azimuths(lines: Lines) -> dict[str, dict[str, float]]:
    """Node → heading → degrees."""
    places: dict[str, Place] = {}
    links: dict[str, dict[str, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
    section, header = "", list[str]()
    for _, cells in lines:
        if (name := section_name(cells)) is not None:
            section, header = name, []
        elif not header:
            upper = [cell.upper() for cell in cells]
            header = upper if "INTID" in upper else []
        elif section == "nodes":
            row = dict(zip(header, cells, strict=False))
            if place := _place(row.get("X", ""), row.get("Y", "")):
                places[row.get("INTID", "")] = place
        elif section == "links":
            row = dict(zip(header, cells, strict=False))
            if (record := row.get("RECORDNAME", "").upper()) in ENDS:
                for heading in HEADINGS.keys() & row.keys():
                    links[row.get("INTID", "")][heading][record] = row[heading]
    return {node: dict(_headings(places[node], places, ways)) for node, ways in links.items() if node in places}


def _headings(node: Place, places: dict[str, Place], ways: dict[str, dict[str, str]]) -> list[tuple[str, float]]:
    found = []
    for heading, ends in ways.items():
        curve = _place(ends.get("CURVE PT X", ""), ends.get("CURVE PT Y", ""))
        begin = curve or places.get(ends.get("UP ID", ""))
        if begin and begin != node:
            found.append((heading, azimuth_deg((begin, node))))
    return found


def _place(x: str, y: str) -> Place | None:
    try:
        place = _number(x), _number(y)
    except ValueError:
        return None
    return place if all(map(math.isfinite, place)) else None


def _number(text: str) -> float:
    """As a cell has it, perhaps with a user's mark and a decimal comma. Raises ValueError."""
    return float(text.removeprefix("*").replace(",", "."))
