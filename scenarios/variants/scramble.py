"""A scramble: one more stage at the end of each programme, in which all pedestrians walk and every vehicle stops.

It is the stage of the city's pilot of February 2026. Its green is the walk interval, and the red after it lasts until
the longest crossing is cleared at walking speed. Where a programme ends with a green, its yellow comes first.
"""

from dataclasses import replace
from math import ceil

from zhasyl.derive import derive_signals
from zhasyl.errors import ScenarioError
from zhasyl.scenarios.compile.cache import changed
from zhasyl.scenarios.model import Scenario
from zhasyl.signals import GREEN, Signal
from zhasyl.sumo.xml_files import Element, SubElement


def with_scramble(scenario: Scenario) -> Scenario:
    """The scenario with scrambles. Raises ScenarioError if no signal in its network file has a crossing."""
    network = scenario.network()
    derived = derive_signals(network, scenario.timing).signals
    walked = {name: signal for name, signal in derived.items() if signal.pedestrian_links}

    def add(root: Element) -> bool:
        programmes = [logic for logic in root.iter("tlLogic") if logic.get("id") in walked and _has_greens(logic)]
        for logic in programmes:
            _check_order(scenario, logic)
            _append(logic, walked[logic.get("id", "")])
        return bool(programmes)

    net_file, *additional = (changed(path, add, "scramble") for path in (scenario.net_file, *scenario.additional_files))
    made = replace(scenario, net_file=net_file, additional_files=tuple(additional))
    if made == scenario:
        raise ScenarioError(f"scenario '{scenario.id}': no signal of its network has a crossing; leave out scramble")
    return made


def _has_greens(logic: Element) -> bool:
    """An all-off programme has no stage to put another one behind."""
    return any(set(phase.get("state", "")) & GREEN for phase in logic.findall("phase"))


def _check_order(scenario: Scenario, logic: Element) -> None:
    if any(phase.get("next") for phase in logic.findall("phase")):
        raise ScenarioError(
            f"scenario '{scenario.id}': signal '{logic.get('id')}' names the order of its phases ('next'), which has "
            "no end for a scramble; put the phases in their order and leave 'next' out"
        )


def _append(logic: Element, signal: Signal) -> None:
    last = logic.findall("phase")[-1].get("state", "")
    closed = "r" * len(last)
    walk = "".join("G" if link in signal.pedestrian_links else "r" for link in range(len(last)))
    clearance_s = ceil(max(group.clearance_s for group in signal.groups if group.pedestrian))
    if set(last) & set("Gg"):
        losing = "".join(
            "y" if shown in "Gg" and link not in signal.pedestrian_links else "r" for link, shown in enumerate(last)
        )
        _phase(logic, signal.yellow_s, losing)
    _phase(logic, max(1.0, signal.all_red_s), closed)
    _phase(logic, signal.walk_s, walk)
    _phase(logic, clearance_s, closed)


def _phase(logic: Element, duration_s: float, state: str) -> None:
    SubElement(logic, "phase", duration=f"{duration_s:g}", state=state)
