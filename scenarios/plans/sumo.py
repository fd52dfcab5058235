"""Plans in SUMO's own XML: the <tlLogic> of a .net.xml, .add.xml or .tll.xml, with the timetable (WAUT) if it has one.

Phases are shown for their `duration`, also those of actuated programmes, in the order of play (`next`). A <tlLogic>
without phases moves the offset of the plan before it, or of the one that runs. SUMO's timetable runs on the simulation
clock: its times may lie past midnight of the first day, and with a period they are taken modulo it and repeated. Here a
timetable repeats each day, so what SUMO would show in the hours of the run becomes what is shown at those times of day.

Source: sumo.dlr.de/docs/Simulation/Traffic_Lights.html, 'Defining Program Switch Times and Procedure'; SUMO 1.28 tried.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from zhasyl.errors import ScenarioError, unknown_name
from zhasyl.files.clock import DAY_S, clock, sumo_time_s
from zhasyl.network import Network, Phase
from zhasyl.scenarios.plans.programme import GivenPlan, Shown
from zhasyl.sumo.outside_xml import XmlKind, outside_elements
from zhasyl.sumo.tl_logic import FROM_BEGIN, TIMED_KINDS, UNNAMED, is_whole, offset_s, read_logic
from zhasyl.sumo.xml_files import Element

KIND = XmlKind(
    "SUMO", frozenset({"net", "additional", "tlLogics", "add"}), 5, 300, "save the <tlLogic> elements alone",
    "save it again", "give a .net.xml, or <tlLogic> elements in <additional> or <tlLogics>",
)  # fmt: skip
MOST_PHASES = 128
MOST_SWITCHES = 1000
LAST_MOMENT_S = 366 * DAY_S


def sumo_plans(path: Path, network: Network, start_s: float, end_s: float) -> list[GivenPlan]:
    """The plans of a file: by its timetable during a run, or the last programme of each signal. Raises ScenarioError.

    The row of a plan is the number of its <tlLogic>, that of a phase its number in it, from 1.
    """
    KIND.check_size(path)
    programmes: dict[tuple[str, str], GivenPlan] = {}
    timetables: dict[str, dict[float, str]] = {}
    places: list[tuple[str, str]] = []
    number = 0
    for element in outside_elements(path, KIND):
        if element.tag == "tlLogic":
            number += 1
            key = element.get("id", ""), element.get("programID", UNNAMED)
            given = programmes.get(key)
            if is_whole(element):
                programmes[key] = _plan(path, number, element, network, start_s)
            else:
                programmes[key] = _moved(given or _running(path, number, element, network), element, start_s)
        elif element.tag == "WAUT":
            timetable = _timetable(path, element, end_s)
            timetables[timetable.id] = _by_time_of_day(path, timetable, start_s, end_s)
        elif element.tag == "wautJunction":
            places.append((element.get("junctionID", ""), element.get("wautID", "")))
    if not programmes:
        raise ScenarioError(f"{path}: no <tlLogic> with phases; give a file that has signal programmes")
    plans = {signal: [plan] for (signal, _), plan in programmes.items()}
    for signal, name in places:
        if name not in timetables:
            raise ScenarioError(f"{path}: {unknown_name(f'<WAUT> for signal {signal[:60]!r}', name[:40], timetables)}")
        if signal in plans:
            plans[signal] = list(_timed(path, signal, timetables[name], programmes))
    return [plan for own in plans.values() for plan in own]


def _named(path: Path, number: int, element: Element, network: Network) -> GivenPlan:
    """A plan without phases yet. Raises ScenarioError for a signal that the network has not."""
    signal = element.get("id", "")
    if signal not in network.programmes:
        known = sorted(network.programmes)
        raise ScenarioError(f"{path} programme {number}: {unknown_name('signal', signal[:60], known)[:500]}")
    return GivenPlan(path, number, signal, 0.0, 0.0, (), "programme")


def _plan(path: Path, number: int, element: Element, network: Network, start_s: float) -> GivenPlan:
    plan = _named(path, number, element, network)
    kind = element.get("type", "static")
    if kind not in TIMED_KINDS:
        raise plan.fault(f"its type is '{kind[:40]}', which has no phases to show; give a static programme")
    rows = element.findall("phase")
    if len(rows) > MOST_PHASES:
        raise plan.fault(f"{len(rows)} phases, at most {MOST_PHASES}; give fewer")
    for position, row in enumerate(rows, start=1):
        _check_time(plan, row.get("duration", ""), f"phase {position}: duration", 0.001)
    _check_offset(plan, element)
    try:
        logic = read_logic(element, start_s)
    except (LookupError, ValueError) as error:
        raise plan.fault(f"{error}; correct it") from error
    order, begin_s = logic.in_order()
    return replace(plan, offset_s=begin_s, phases=tuple(_shown(logic.phases[i], i, number) for i in order))


def _shown(phase: Phase, index: int, number: int) -> Shown:
    return Shown(phase.duration_s, phase.state, phase.name, number, "" if phase.name else f"phase {index + 1}")


def _running(path: Path, number: int, element: Element, network: Network) -> GivenPlan:
    """The plan that the scenario shows, of a programme that is given another offset only."""
    plan = _named(path, number, element, network)
    running, name = network.programmes[plan.signal], element.get("programID", UNNAMED)
    if name != running.id or not running.phases:
        raise plan.fault(
            f"programme '{name[:40]}' is given without phases, and '{running.id[:40]}' runs; give its phases"
        )
    shown = (_shown(phase, i, number) for i, phase in enumerate(running.phases))
    return replace(plan, offset_s=running.offset_s, phases=tuple(shown))


def _moved(plan: GivenPlan, element: Element, start_s: float) -> GivenPlan:
    """The plan with the offset of a <tlLogic> that gives nothing else."""
    _check_offset(plan, element)
    return replace(plan, offset_s=offset_s(element, start_s) % plan.cycle_s)


def _check_offset(plan: GivenPlan, element: Element) -> None:
    if element.get("offset", "0") != FROM_BEGIN:
        _check_time(plan, element.get("offset", "0"), "offset", -DAY_S)


def _check_time(plan: GivenPlan, text: str, name: str, least_s: float) -> None:
    if not least_s <= sumo_time_s(text) <= DAY_S:
        raise plan.fault(f"{name} '{text[:40]}' is not a time in seconds above 0; correct it")


@dataclass(frozen=True)
class _Timetable:
    """A <WAUT>: its switches on the simulation clock in order of time, the first programme before them."""

    id: str
    start: str
    switches: tuple[tuple[float, str], ...]

    def at(self, time_s: float) -> str:
        """The programme of a moment."""
        past = [name for when_s, name in self.switches if when_s <= time_s]
        return past[-1] if past else self.start


def _timetable(path: Path, element: Element, end_s: float) -> _Timetable:
    """Its switches up to the end of the run or of the day; as in SUMO modulo its period, and repeated."""
    name = element.get("id", "")
    place = f"{path}: <WAUT> '{name[:40]}'"
    shift_s, period_s = (_moment_s(place, key, element.get(key, "0")) for key in ("refTime", "period"))
    given = [(_moment_s(place, "time", switch.get("time", "")) + shift_s, switch.get("to", ""))
             for switch in element.findall("wautSwitch")]  # fmt: skip
    last_s = max(end_s, DAY_S)
    if (period_s and len(given) * (last_s / period_s) > MOST_SWITCHES) or len(given) > MOST_SWITCHES:
        raise ScenarioError(f"{place} switches over {MOST_SWITCHES} times; give a longer period or fewer switches")
    repeats = range(int(last_s / period_s) + 1 if period_s else 1)
    switches = [((when_s % period_s if period_s else when_s) + number * period_s, to)
                for number in repeats for when_s, to in given]  # fmt: skip
    return _Timetable(name, element.get("startProg", ""), tuple(sorted(switches, key=lambda switch: switch[0])))


def _moment_s(place: str, key: str, text: str) -> float:
    value = sumo_time_s(text)
    if not 0 <= value <= LAST_MOMENT_S:
        raise ScenarioError(f"{place}: {key} '{text[:40]}' is no time from 0; give seconds or h:mm:ss")
    return value


def _by_time_of_day(path: Path, timetable: _Timetable, start_s: float, end_s: float) -> dict[float, str]:
    """The programme from each time of day: in the run's hours as SUMO has it, in others as on the day of the switch.

    Raises ScenarioError where two days of the run differ.
    """
    moments = sorted({0.0, start_s} | {when_s for when_s, _ in timetable.switches})
    found: dict[float, str] = {}
    for mark_s in sorted({moment % DAY_S for moment in moments}):
        in_run = [mark_s + day * DAY_S for day in range(int(end_s / DAY_S) + 1)]
        in_run = [moment for moment in in_run if start_s <= moment < end_s]
        latest = max(moment for moment in moments if moment % DAY_S == mark_s)
        names = sorted({timetable.at(moment) for moment in in_run or [latest]})
        if len(names) > 1:
            raise ScenarioError(
                f"{path}: <WAUT> '{timetable.id[:40]}': at {clock(mark_s)} '{names[0][:40]}' on one day of the run and "
                f"'{names[1][:40]}' on another; a plan here is the same each day"
            )
        found[mark_s] = names[0]
    return {mark_s: name for (mark_s, name), before in zip(found.items(), [None, *found.values()], strict=False)
            if name != before}  # fmt: skip


def _timed(
    path: Path, signal: str, timetable: dict[float, str], programmes: dict[tuple[str, str], GivenPlan]
) -> Iterator[GivenPlan]:
    for begin_s, name in timetable.items():
        if (signal, name) not in programmes:
            known = [other for owner, other in programmes if owner == signal]
            raise ScenarioError(f"{path}: {unknown_name(f'programme of signal {signal[:60]!r}', name[:40], known)}")
        yield replace(programmes[signal, name], begin_s=begin_s)
