"""Plans in SUMO's own XML: the <tlLogic> of a .net.xml, .add.xml or .tll.xml, with the timetable (WAUT) if it has one.

Phases are shown for their `duration`, also those of actuated programmes.
"""

import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree.ElementTree import Element

from zhasyl.errors import ScenarioError, unknown_name
from zhasyl.network import Network
from zhasyl.scenarios.clock import DAY_S
from zhasyl.scenarios.planned.programme import GivenPlan, Shown
from zhasyl.scenarios.safe_xml import XmlKind, outside_elements

KIND = XmlKind(
    "SUMO", frozenset({"net", "additional", "tlLogics", "add"}), 5, 300, "save the <tlLogic> elements alone",
    "save it again", "give a .net.xml, or <tlLogic> elements in <additional> or <tlLogics>",
)  # fmt: skip
MOST_PHASES = 128


def sumo_plans(path: Path, network: Network) -> list[GivenPlan]:
    """The plans of a file: by its timetable, or the last programme of each signal. Raises ScenarioError.

    The row of a plan is the number of its <tlLogic>, that of a phase its number in it, from 1.
    """
    KIND.check_size(path)
    programmes: dict[tuple[str, str], GivenPlan] = {}
    timetables: dict[str, list[tuple[float, str]]] = {}
    places: list[tuple[str, str]] = []
    number = 0
    for element in outside_elements(path, KIND):
        if element.tag == "tlLogic" and element.find("phase") is not None:
            number += 1
            plan = _plan(path, number, element, network)
            programmes[plan.signal, element.get("programID", "0")] = plan
        elif element.tag == "WAUT":
            timetables[element.get("id", "")] = list(_switches(path, element))
        elif element.tag == "wautJunction":
            places.append((element.get("junctionID", ""), element.get("wautID", "")))
    if not programmes:
        raise ScenarioError(f"{path}: no <tlLogic> with phases; give a file that has signal programmes")
    plans = {signal: [plan] for (signal, _), plan in programmes.items()}
    for signal, timetable in places:
        if signal in plans:
            plans[signal] = list(_timed(path, signal, timetable, timetables, programmes))
    return [plan for own in plans.values() for plan in own]


def _plan(path: Path, number: int, element: Element, network: Network) -> GivenPlan:
    signal = element.get("id", "")
    plan = GivenPlan(path, number, signal, 0.0, 0.0, (), "programme")
    if signal not in network.programmes:
        known = sorted(network.programmes)
        raise ScenarioError(f"{path} programme {number}: {unknown_name('signal', signal[:60], known)[:500]}")
    kind = element.get("type", "static")
    if kind not in ("static", "actuated", "delay_based"):
        raise plan.fault(f"its type is '{kind[:40]}', which has no phases to show; give a static programme")
    rows = element.findall("phase")
    if len(rows) > MOST_PHASES:
        raise plan.fault(f"{len(rows)} phases, at most {MOST_PHASES}; give fewer")
    phases = []
    for position, row in enumerate(rows, start=1):
        if row.get("next"):
            raise plan.fault(f"phase {position} names the next one, which makes it no cycle; take 'next' out")
        name = row.get("name", "") or f"phase {position}"
        phases.append(Shown(_seconds(plan, row, "duration", position), row.get("state", ""), name, number))
    offset_s = _seconds(plan, element, "offset", 0)
    cycle_s = sum(phase.duration_s for phase in phases)
    return replace(plan, offset_s=offset_s % cycle_s if cycle_s else 0.0, phases=tuple(phases))


def _seconds(plan: GivenPlan, element: Element, key: str, position: int) -> float:
    text = element.get(key, "0" if key == "offset" else "")
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    least = -DAY_S if key == "offset" else 0.001
    if not least <= value <= DAY_S:
        where = f"phase {position}: " if position else ""
        raise plan.fault(f"{where}{key} '{text[:40]}' is not a time in seconds above 0; correct it")
    return value


def _switches(path: Path, element: Element) -> Iterator[tuple[float, str]]:
    """The programme of a timetable from each time of day; the start programme from midnight."""
    yield 0.0, element.get("startProg", "")
    for switch in element.findall("wautSwitch"):
        try:
            time_s = float(switch.get("time", "")) + float(element.get("refTime", "0"))
        except ValueError:
            time_s = math.nan
        if not 0 <= time_s < DAY_S:
            raise ScenarioError(
                f"{path}: <WAUT> '{element.get('id', '')[:40]}' switches at '{switch.get('time', '')[:40]}'; "
                f"give seconds from 0 to below {DAY_S:g}"
            )
        yield time_s, switch.get("to", "")


def _timed(
    path: Path,
    signal: str,
    timetable: str,
    timetables: dict[str, list[tuple[float, str]]],
    programmes: dict[tuple[str, str], GivenPlan],
) -> Iterator[GivenPlan]:
    if timetable not in timetables:
        raise ScenarioError(f"{path}: {unknown_name(f'<WAUT> for signal {signal[:60]!r}', timetable[:40], timetables)}")
    for begin_s, name in dict(timetables[timetable]).items():
        if (signal, name) not in programmes:
            known = [other for owner, other in programmes if owner == signal]
            raise ScenarioError(f"{path}: {unknown_name(f'programme of signal {signal[:60]!r}', name[:40], known)}")
        yield replace(programmes[signal, name], begin_s=begin_s)
