"""Found plans as files: the CSV that `fixed:plans=` plays, and an additional file of SUMO."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from zhasyl.controllers.parts.plan_file import plans_csv
from zhasyl.errors import ScenarioError
from zhasyl.runs.store import write_text
from zhasyl.scenarios import Scenario
from zhasyl.scenarios.plans.programme import GivenPlan, Shown
from zhasyl.scenarios.plans.timetable import programme_elements
from zhasyl.signals import Signal, SignalPlan
from zhasyl.sumo.plan_programme import phases
from zhasyl.sumo.xml_files import Element, xml_text

PLAN_FILE, SUMO_FILE = "plan.csv", "plan.add.xml"

Timed = Mapping[str, Sequence[tuple[float, SignalPlan]]]
"""Plans of each signal, with the time of day from which each is played."""


def write_plans(scenario: Scenario, signals: Mapping[str, Signal], timed: Timed, out: Path) -> str:
    """Write both files, or remove old ones where there are no plans.

    Answers why SUMO's file is not written, '' if it is: SUMO cannot change between plans without a common stage.
    """
    texts, refusal = {PLAN_FILE: plans_csv(signals, timed) if timed else "", SUMO_FILE: ""}, ""
    try:
        texts[SUMO_FILE] = sumo_text(signals, timed, scenario.start_s, scenario.end_s) if timed else ""
    except ScenarioError as error:
        refusal = f"{SUMO_FILE} is not written: {error}"
    for name, text in texts.items():
        if text:
            write_text(out / name, text)
        else:
            (out / name).unlink(missing_ok=True)
    return refusal


def sumo_text(signals: Mapping[str, Signal], timed: Timed, start_s: float, end_s: float) -> str:
    """A <tlLogic> a plan, and a <WAUT> for a signal with several, for a run between two times.

    Raises ScenarioError for plans without a common stage.
    """
    root = Element("additional")
    for name in sorted(timed):
        plans = [_given(signals[name], plan, from_s) for from_s, plan in timed[name]]
        root.extend(programme_elements(plans, start_s, end_s))
    return xml_text(root)


def _given(signal: Signal, plan: SignalPlan, from_s: float) -> GivenPlan:
    return GivenPlan(Path(PLAN_FILE), 0, signal.id, from_s, plan.offset_s, tuple(_shown(signal, plan)), "plan")


def _shown(signal: Signal, plan: SignalPlan) -> Iterator[Shown]:
    for seconds, state, called in phases(signal, plan):
        yield Shown(seconds, state, called, 0)
