"""Signal programmes as SUMO's files state them, and which of them a signal shows at a time.

Of several programmes of a signal SUMO starts with the last one read, or with that of a timetable that is read later.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from heapq import heappop, heappush
from itertools import count
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from zhasyl.sumo.timetable import GOOD_POINT, STRETCH, Place, Timetable, enter, good_point_s, read_place
from zhasyl.sumo.tl_logic import OFF, UNNAMED, Phase, Programme, TlLogic, is_whole, offset_s, read_logic

__all__ = ["Phase", "Programme", "SignalProgrammes", "SumoProgramme", "SumoProgrammes"]


TIMES = frozenset({"duration", "minDur", "maxDur"})
PROGRAMME_ID = "zhasyl-in-this-run"  # one that no network has


@dataclass(frozen=True)
class SumoProgramme:
    """A `<tlLogic>`: SUMO's type, its `<param>`s, and the attributes of its `<phase>`s in order."""

    signal: str
    kind: str
    parameters: Mapping[str, Any]
    phases: tuple[Mapping[str, Any], ...]
    offset_s: float = 0.0

    def element(self, programme_id: str = PROGRAMME_ID) -> Element:
        """In SUMO's XML, beside whatever other programmes its signal has."""
        element = Element(
            "tlLogic", id=self.signal, type=self.kind, programID=programme_id, offset=f"{self.offset_s:g}"
        )
        for key, value in self.parameters.items():
            SubElement(element, "param", key=key, value=str(value))
        for phase in self.phases:
            SubElement(element, "phase", {key: _written(value) for key, value in phase.items()})
        return element

    def in_steps(self, step_s: float) -> "SumoProgramme":
        """The same with the times of its phases in whole steps, rounded up: SUMO cuts what is left of a step off."""
        phases = (
            {key: _in_steps(value, step_s) if key in TIMES else value for key, value in phase.items()}
            for phase in self.phases
        )
        return replace(self, phases=tuple(phases))


def _written(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _in_steps(time_s: float, step_s: float) -> float:
    rounded_s = round(math.ceil(time_s / step_s - 1e-6) * step_s, 3)
    return time_s if rounded_s == time_s else rounded_s


@dataclass(frozen=True)
class SumoProgrammes:
    """The programmes that SUMO plays, and for each signal that the type cannot play the reason."""

    programmes: tuple[SumoProgramme, ...]
    refused: Mapping[str, str]


class SignalProgrammes:
    """The signals of a run that starts at `start_s`: filled element by element as SUMO reads them, then asked once."""

    TAGS = frozenset({"tlLogic", "WAUT", "wautJunction"})

    def __init__(self, start_s: float) -> None:
        self._start_s = start_s
        self._logics: dict[str, dict[str, TlLogic]] = {}
        self._active: dict[str, str] = {}
        self._timetables: dict[str, Timetable] = {}

    def take(self, element: Element) -> None:
        """Take an element of TAGS. Raises LookupError or ValueError for one that SUMO refuses."""
        if element.tag == "tlLogic":
            self._take_logic(element)
        elif element.tag == "WAUT":
            timetable = Timetable(element)
            if timetable.id in self._timetables:
                raise ValueError(f"there are two timetables '{timetable.id[:40]}'; rename one")
            self._timetables[timetable.id] = timetable
            for place in element.findall("wautJunction"):
                self._obey(timetable, place)
        elif element.tag == "wautJunction":
            name = element.attrib["wautID"]
            if name not in self._timetables:
                raise ValueError(f"no <WAUT> '{name[:40]}' stands before it; name one that does")
            self._obey(self._timetables[name], element)

    def _take_logic(self, element: Element) -> None:
        signal, name = element.attrib["id"], element.get("programID", UNNAMED)
        known = self._logics.setdefault(signal, {})
        if name in known and is_whole(element):
            raise ValueError(f"signal '{signal[:60]}' has two programmes '{name[:40]}'; rename one")
        if name in known:
            logic = known[name]
            logic.place(offset_s(element, self._start_s), self._start_s, logic.cycle_s)
            return
        if name != OFF and known and not is_whole(element):
            raise ValueError(f"signal '{signal[:60]}' has no programme '{name[:40]}', only {_listed(known)}")
        known[name] = _off(signal) if name == OFF else read_logic(element, self._start_s)
        self._active[signal] = name

    def _obey(self, timetable: Timetable, element: Element) -> None:
        place = read_place(element)
        if place.signal not in self._logics:
            raise ValueError(
                f"<WAUT> '{timetable.id[:40]}' is for signal '{place.signal[:60]}', which has no programme"
            )
        timetable.places.append(place)
        self._logic(place.signal, timetable.begins_with(self._start_s))
        self._active[place.signal] = timetable.begins_with(self._start_s)

    def _logic(self, signal: str, name: str) -> TlLogic:
        known = self._logics[signal]
        if name == OFF:
            known.setdefault(OFF, _off(signal))
        if name not in known:
            raise ValueError(f"signal '{signal[:60]}' has no programme '{name[:40]}', only {_listed(known)}")
        return known[name]

    def at(self, time_s: float) -> dict[str, Programme]:
        """What each signal plays at a time of the run, or is about to: a switch that waits for its good point is made.

        Raises ValueError for a timetable that names a programme its signal has not.
        """
        self._switch_until(time_s)
        for signal, name in self._active.items():
            self._logics[signal][name].run_to(time_s)
        return {signal: self._logics[signal][name].programme for signal, name in self._active.items()}

    def _switch_until(self, time_s: float) -> None:
        number = count()
        ahead: list[tuple[float, int, Timetable, int]] = []
        arrivals: list[tuple[float, int, Place, str]] = []
        for timetable in self._timetables.values():
            first = timetable.first(self._start_s)
            if first is not None:
                heappush(ahead, (timetable.times_s[first], next(number), timetable, first))
        while ahead and ahead[0][0] <= time_s:
            now_s, _, timetable, switch = heappop(ahead)
            self._arrive(arrivals, now_s)
            for place in timetable.places:
                when_s = self._leave(place, timetable.names[switch], now_s)
                if when_s is not None:
                    heappush(arrivals, (when_s, next(number), place, timetable.names[switch]))
            after = timetable.after(switch, now_s)
            if after is not None:
                heappush(ahead, (after[1], next(number), timetable, after[0]))
        self._arrive(arrivals, math.inf)

    def _leave(self, place: Place, name: str, now_s: float) -> float | None:
        """When a signal changes to a programme that it is told to change to now; None if never."""
        old = self._logics[place.signal][self._active[place.signal]]
        if name == OFF and OFF not in self._logics[place.signal]:
            self._active[place.signal] = OFF
        self._logic(place.signal, name)
        return good_point_s(old, now_s) if place.procedure in (GOOD_POINT, STRETCH) else now_s

    def _arrive(self, arrivals: list[tuple[float, int, Place, str]], until_s: float) -> None:
        while arrivals and arrivals[0][0] <= until_s:
            when_s, _, place, name = heappop(arrivals)
            enter(self._logic(place.signal, name), place, when_s)
            self._active[place.signal] = name


def _off(signal: str) -> TlLogic:
    return TlLogic(signal, OFF, OFF, (), (), 0.0, 0.0)


def _listed(known: Mapping[str, TlLogic]) -> str:
    return ", ".join(f"'{name[:40]}'" for name in sorted(known))[:200]
