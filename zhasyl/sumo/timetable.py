"""SUMO's timetables of programmes: <WAUT> with its switches, and <wautJunction>, a signal that obeys it.

As SUMO 1.28 has it (MSTLLogicControl.cpp, tried):
- a signal starts with the switch that stands in the file before the next one to come, or with the last one if none is
  to come; with `startProg` if the next one to come is the first in the file. A switch at the very start is also made
- after a switch the next one in the file is made; a time that is past by then, or now, ends the timetable
- with a period, times are taken modulo it; after the last switch the first one comes again. A run that begins when all
  times of the first period are past never switches
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from xml.etree.ElementTree import Element

from zhasyl.sumo.times import given_time_s
from zhasyl.sumo.tl_logic import OFF, TlLogic

GOOD_POINT, STRETCH = "GSP", "Stretch"


@dataclass(frozen=True)
class Place:
    """A signal that obeys a timetable; `in_step`: SUMO's synchron."""

    signal: str
    procedure: str
    in_step: bool


class Timetable:
    """A <WAUT>. Raises LookupError or ValueError for one that SUMO refuses."""

    def __init__(self, element: Element) -> None:
        self.id = element.attrib["id"]
        self.start = element.attrib["startProg"]
        shift_s, self.period_s = (given_time_s(element.get(key, "0"), key) for key in ("refTime", "period"))
        self.times_s: list[float] = []
        self.names: list[str] = []
        self.places: list[Place] = []
        for switch in element.findall("wautSwitch"):
            time_s = given_time_s(switch.attrib["time"], "time") + shift_s
            self.times_s.append(time_s % self.period_s if self.period_s > 0 else time_s)
            self.names.append(switch.attrib["to"])

    def first(self, start_s: float) -> int | None:
        """The switch that a run makes first, if any; one at its very start is made, too."""
        return _earliest((time_s, number) for number, time_s in enumerate(self.times_s) if time_s >= start_s)

    def begins_with(self, start_s: float) -> str:
        """The programme that its signals have at the start of a run."""
        first = _earliest((time_s, number) for number, time_s in enumerate(self.times_s) if time_s > start_s)
        if first == 0 or not self.names:
            return self.start
        return self.names[-1 if first is None else first - 1]

    def after(self, number: int, now_s: float) -> tuple[int, float] | None:
        """The switch after one that is made now, and its time."""
        number += 1
        if number == len(self.names):
            if self.period_s <= 0:
                return None
            number = 0
            self.times_s = [time_s + self.period_s for time_s in self.times_s]
        return (number, self.times_s[number]) if self.times_s[number] > now_s else None


def _earliest(switches: Iterable[tuple[float, int]]) -> int | None:
    return min(switches, default=(0.0, None))[1]


def read_place(element: Element) -> Place:
    """A <wautJunction>. Raises LookupError."""
    in_step = element.get("synchron", "").lower() in ("true", "1", "yes", "on", "x", "t")
    return Place(element.attrib["junctionID"], element.get("procedure", ""), in_step)


def good_point_s(logic: TlLogic, from_s: float) -> float | None:
    """When a running programme is at its good switching point (GSP), as SUMO counts; None if never."""
    if logic.kind == OFF:
        return None
    if not logic.has_clock or logic.kind != "static":
        return from_s  # where vehicles have a say nobody knows
    logic = replace(logic)
    logic.run_to(from_s)
    place_s = logic.gsp_s % logic.cycle_s
    for _ in range(2 * len(logic.phases) + 1):
        due_s = logic.switched_s + place_s - logic.starts_s[logic.index]
        if max(from_s, logic.switched_s) <= due_s < logic.end_s:
            return due_s
        logic.step()
    return None


def enter(logic: TlLogic, place: Place, now_s: float) -> None:
    """The clock of a programme that a signal changes to at its good switching point."""
    if place.procedure not in (GOOD_POINT, STRETCH) or logic.kind != "static" or not logic.has_clock:
        return
    logic.run_to(now_s)
    goal_s = logic.gsp_s % logic.cycle_s
    row = logic.row_at(goal_s)
    left_s = logic.starts_s[row + 1] - goal_s
    if not place.in_step:
        logic.show(row, now_s, left_s)
    elif place.procedure == GOOD_POINT:
        here_s = logic.starts_s[logic.index] + now_s - logic.switched_s
        logic.show(row, now_s, left_s + (goal_s - here_s) % logic.cycle_s)
