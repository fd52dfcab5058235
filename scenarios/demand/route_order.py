"""Route files whose departures go back in time: SUMO leaves out who departs before a row above it.

SUMO reads a route file bit by bit while it runs, so that it expects its rows by departure. A vehicle, flow, person or
container that departs before the last one it took is left out with a warning. Vehicles of a line, and what departs
before the run begins, must keep the order but set no mark for others. Rows in additional files may stand in any order,
and those of route files too with route-steps 0 or less: then SUMO reads everything before it starts.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from zhasyl.errors import ScenarioError
from zhasyl.files.clock import seconds, sumo_time_s
from zhasyl.scenarios.model import Scenario
from zhasyl.sumo.xml_files import top_elements

ROWS = frozenset({"vehicle", "trip", "flow", "person", "personFlow", "container", "containerFlow"})
ROUTE_STEPS = "200"  # SUMO's default
MEND = "sort the file by departure with SUMO's tools/route/sort_routes.py, or set route-steps to 0 in the .sumocfg"


@dataclass(frozen=True)
class LeftOut:
    """A file's rows that SUMO leaves out and that would have departed in the run; the first of them in words."""

    file: Path
    rows: int
    first: str

    def __str__(self) -> str:
        more = f" and {self.rows - 1} more" if self.rows > 1 else ""
        return f"SUMO leaves out {self.first}{more}"


def left_out(scenario: Scenario) -> Iterator[LeftOut]:
    """The scenario's route files of which SUMO leaves rows out. Raises ScenarioError for broken XML."""
    steps_s = sumo_time_s(dict(scenario.sumo_options).get("route-steps", ROUTE_STEPS))
    for file in scenario.route_files if math.isnan(steps_s) or steps_s > 0 else ():
        rows = list(_left_out(file, scenario))
        if rows:
            yield LeftOut(file, len(rows), rows[0])


def refuse_left_out(scenario: Scenario) -> None:
    """Raise ScenarioError if SUMO leaves out rows of a route file."""
    for found in left_out(scenario):
        raise ScenarioError(f"{found.file}: {found}; {MEND}")


def _left_out(file: Path, scenario: Scenario) -> Iterator[str]:
    last_s, last = -1.0, ""
    for tag, row in _rows(file):
        depart_s, end_s = _departures_s(tag, row, scenario)
        if math.isnan(depart_s):
            continue
        name = f"{tag} '{row.get('id', '')[:80]}'"
        if depart_s < last_s:
            if depart_s < scenario.end_s and end_s >= scenario.start_s:
                yield f"{name}, which departs at {seconds(depart_s)} s after {last} at {seconds(last_s)} s"
        elif end_s >= scenario.start_s and not row.get("line"):
            last_s, last = depart_s, name


def _rows(file: Path) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Name and attributes of each row; those in an interval have its times unless they have their own."""
    for element in top_elements(file):
        if element.tag == "interval":
            times = {key: element.get(key, "") for key in ("begin", "end")}
            yield from ((row.tag, {**times, **row.attrib}) for row in element if row.tag in ROWS)
        elif element.tag in ROWS:
            yield element.tag, dict(element.attrib)


def _departures_s(tag: str, row: Mapping[str, str], scenario: Scenario) -> tuple[float, float]:
    """First and last departure of a row; the first is NaN where something else than the clock decides."""
    if not tag.lower().endswith("flow"):
        depart_s = sumo_time_s(row.get("depart", ""))
        return depart_s, depart_s
    begin_s = sumo_time_s(row.get("begin", seconds(scenario.start_s)))
    end_s = sumo_time_s(row.get("end", ""))
    return begin_s, math.inf if math.isnan(end_s) else end_s
