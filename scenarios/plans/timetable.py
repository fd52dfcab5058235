"""A signal's plans by time of day as SUMO plays them: programmes, and a timetable (WAUT) that switches between them.

SUMO switches at the 'good switching point' (GSP), here the beginning of a stage that all plans of the signal have: the
stage is running, no yellow or all-red is cut, and it is lengthened until the new plan is in step with its offset.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate

from zhasyl.files.clock import DAY_S, clock
from zhasyl.scenarios.plans.programme import GivenPlan
from zhasyl.sumo.xml_files import Element, SubElement


def programme_elements(plans: Sequence[GivenPlan], start_s: float, end_s: float) -> list[Element]:
    """The <tlLogic>s of one signal, and its timetable for a run from `start_s` to `end_s` if it has several plans.

    Raises ScenarioError for plans without a common stage.
    """
    ordered = sorted(plans, key=lambda plan: plan.begin_s)
    if len(ordered) == 1:
        return [programme_element(ordered[0], _id(ordered[0]))]
    ordered = _from_common_stage(ordered)
    logics = [_switching(plan) for plan in ordered]
    signal = ordered[0].signal
    timetable = _timetable(ordered, start_s, end_s)
    place = Element("wautJunction", wautID=timetable_id(signal), junctionID=signal, procedure="GSP", synchron="true")
    return [*logics, timetable, place]


def timetable_id(signal: str) -> str:
    """The name of a signal's timetable in our files."""
    return f"given {signal}"


def _id(plan: GivenPlan) -> str:
    return f"given {clock(plan.begin_s)}"


def programme_element(plan: GivenPlan, programme: str) -> Element:
    """The <tlLogic> of a plan under a programme's name."""
    logic = Element("tlLogic", id=plan.signal, type="static", programID=programme, offset=f"{plan.offset_s:g}")
    for phase in plan.phases:
        named = {"name": phase.name} if phase.name else {}
        SubElement(logic, "phase", duration=f"{phase.duration_s:g}", state=phase.state, attrib=named)
    return logic


def _switching(plan: GivenPlan) -> Element:
    logic = programme_element(plan, _id(plan))
    SubElement(logic, "param", key="GSP", value="0")
    return logic


def _timetable(plans: Sequence[GivenPlan], start_s: float, end_s: float) -> Element:
    """Switches repeated each day. In a run that begins on a later day SUMO would never make those of the first one."""
    timetable = Element("WAUT", id=timetable_id(plans[0].signal), refTime="0", startProg=_id(plans[-1]))
    days = range(int(start_s // DAY_S), int(end_s // DAY_S) + 1)
    if days[0] == 0:
        timetable.set("period", f"{DAY_S:g}")
        days = range(1)
    for day in days:
        for plan in plans:
            SubElement(timetable, "wautSwitch", time=f"{day * DAY_S + plan.begin_s:.15g}", to=_id(plan))
    return timetable


def _from_common_stage(plans: list[GivenPlan]) -> list[GivenPlan]:
    """The plans turned so that all begin with the same state; each keeps its place on the clock."""
    shared = set.intersection(*({phase.state for phase in plan.phases} for plan in plans))
    for phase in plans[0].phases:
        if phase.state in shared and not set(phase.state) & set("yYu") and set(phase.state) & set("gG"):
            return [_turned(plan, phase.state) for plan in plans]
    raise plans[1].fault(
        f"no stage with the same greens as in the plan of {plans[0].unit} {plans[0].row}, where SUMO could switch from "
        "one to the other; let both have one"
    )


def _turned(plan: GivenPlan, state: str) -> GivenPlan:
    first = next(i for i, phase in enumerate(plan.phases) if phase.state == state)
    before_s = list(accumulate((phase.duration_s for phase in plan.phases), initial=0.0))[first]
    phases = (*plan.phases[first:], *plan.phases[:first])
    return replace(plan, phases=phases, offset_s=(plan.offset_s + before_s) % plan.cycle_s)
