"""Plans as an additional file of SUMO: a <tlLogic> a plan, and a <WAUT> for a signal with several."""

from collections.abc import Sequence
from itertools import groupby

from zhasyl.scenarios.plans.out.leaving import LeavingPlan
from zhasyl.scenarios.plans.timetable import programme_elements
from zhasyl.sumo.xml_files import Element, xml_text


def additional_text(plans: Sequence[LeavingPlan], start_s: float, end_s: float) -> str:
    """The file for runs between two times. Raises ScenarioError for plans of a day without a common stage."""
    root = Element("additional")
    for _, own in groupby(plans, key=lambda plan: plan.signal):
        root.extend(programme_elements([plan.given for plan in own], start_s, end_s))
    return xml_text(root)
