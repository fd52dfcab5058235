"""Plans as an additional file of SUMO: a static <tlLogic> a plan, which starts in step with its offset.

A signal with plans by time of day has a <WAUT> that repeats each day and changes between them where both begin their
first green (SUMO's GSP), so that no yellow is cut: its plans are written from a stage on that they share.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from zhasyl.signals import Signal, SignalPlan

PROGRAMME_ID = "zhasyl-plan"
DAY_S = 86400  # SUMO repeats the timetable


def plan_programmes(signals: Mapping[str, Signal], plans: Mapping[str, Sequence[tuple[float, SignalPlan]]]) -> str:
    """The file's text, of plans with the time of day from which each is played.

    A walk ends in its stage, so that who started last is across when the yellow ends.
    """
    root = Element("additional")
    for name in sorted(plans):
        if len(plans[name]) == 1:
            _add_programme(root, signals[name], plans[name][0][1], PROGRAMME_ID)
        else:
            _add_timetable(root, signals[name], plans[name])
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _add_programme(root: Element, signal: Signal, plan: SignalPlan, programme: str) -> None:
    offset = f"{plan.offset_s:g}"
    logic = SubElement(root, "tlLogic", id=signal.id, type="static", programID=programme, offset=offset)
    for seconds, state, called in phases(signal, plan):
        named = {"name": called} if called else {}
        SubElement(logic, "phase", {"duration": f"{seconds:g}", "state": state, **named})


def _add_timetable(root: Element, signal: Signal, timed: Sequence[tuple[float, SignalPlan]]) -> None:
    names = [f"{PROGRAMME_ID}-{number}" for number in range(1, len(timed) + 1)]
    shared = set.intersection(*(set(plan.stages) for _, plan in timed))
    for name, (_, plan) in zip(names, timed, strict=True):
        first = next((stage for stage in timed[0][1].stages if stage in shared), plan.stages[0])
        _add_programme(root, signal, _from_stage(signal, plan, first), name)
    own = f"{PROGRAMME_ID}-{signal.id}"
    timetable = SubElement(root, "WAUT", id=own, refTime="0", period=str(DAY_S), startProg=names[-1])
    for name, (from_s, _) in zip(names, timed, strict=True):
        SubElement(timetable, "wautSwitch", time=f"{from_s:g}", to=name)
    SubElement(root, "wautJunction", wautID=own, junctionID=signal.id, procedure="GSP", synchron="true")


def _from_stage(signal: Signal, plan: SignalPlan, stage: int) -> SignalPlan:
    """The same plan, told from another of its stages on."""
    place = plan.stages.index(stage)
    following = (*plan.stages[1:], plan.stages[0])
    lengths_s = [
        green_s + signal.intergreen_s(old, new)
        for old, new, green_s in zip(plan.stages, following, plan.greens_s, strict=True)
    ]
    begins_s = [0.0, *accumulate(lengths_s)][place]
    return SignalPlan(
        (*plan.stages[place:], *plan.stages[:place]),
        (*plan.greens_s[place:], *plan.greens_s[:place]),
        plan.cycle_s,
        (plan.offset_s + begins_s) % plan.cycle_s,
    )


def phases(signal: Signal, plan: SignalPlan) -> Iterator[tuple[float, str, str]]:
    """Seconds, state and name of what a plan shows in a cycle, from its first green on."""
    following = (*plan.stages[1:], plan.stages[0])
    for stage, after, green_s in zip(plan.stages, following, plan.greens_s, strict=True):
        shown, walk_s = signal.stages[stage], signal.walk_s if signal.has_walk(stage) else 0.0
        if 0 < walk_s < green_s:
            yield walk_s, shown.state, shown.id
            yield green_s - walk_s, signal.after_walk(stage), ""
        else:
            yield green_s, shown.state, shown.id
        for seconds, state in signal.intergreen(stage, after):
            yield seconds, state, ""
