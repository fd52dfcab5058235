"""Plans as an additional file of SUMO: a static <tlLogic> a signal, which starts in step with its offset."""

from collections.abc import Iterator, Mapping
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from zhasyl.signals import Signal, SignalPlan

PROGRAMME_ID = "zhasyl-plan"


def plan_programmes(signals: Mapping[str, Signal], plans: Mapping[str, SignalPlan]) -> str:
    """The file's text. A walk ends in its stage, so that who started last is across when the yellow ends."""
    root = Element("additional")
    for name in sorted(plans):
        plan = plans[name]
        offset = f"{plan.offset_s:g}"
        logic = SubElement(root, "tlLogic", id=name, type="static", programID=PROGRAMME_ID, offset=offset)
        for seconds, state, called in phases(signals[name], plan):
            named = {"name": called} if called else {}
            SubElement(logic, "phase", {"duration": f"{seconds:g}", "state": state, **named})
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


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
