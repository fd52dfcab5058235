"""From plan.csv to SUMO programmes: each stage, the end of its walk, its yellow and its all-red.

A link is 'g' where it gives way to another green of its stage, else 'G'. A turn may give way to a crossing
or to an approach from the other side; any other pair of conflicting greens is refused.
"""

import math
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

from zhasyl.errors import ScenarioError
from zhasyl.scenarios.netbuild import write_xml
from zhasyl.scenarios.rows import PlanStage
from zhasyl.scenarios.signal_links import SignalLinks, read_signal_links
from zhasyl.scenarios.tables import Tables

PROGRAMME_ID = "0"


@dataclass(frozen=True)
class Phase:
    """A row of SUMO's programme."""

    duration_s: float
    state: str
    name: str


def write_programmes(tables: Tables, net_file: Path, plan_file: Path) -> None:
    """Write the programmes of all signals for netconvert; link indices come from a network without plan."""
    root = ET.Element("tlLogics")
    for signal, links in read_signal_links(tables, net_file).items():
        phases = programme(tables, signal, links)
        offset_s = next(stage.offset_s for stage in tables.plan.rows if stage.signal == signal)
        logic = ET.SubElement(root, "tlLogic", id=signal, type="static", programID=PROGRAMME_ID, offset=f"{offset_s:g}")
        for phase in phases:
            ET.SubElement(logic, "phase", duration=f"{phase.duration_s:g}", state=phase.state, name=phase.name)
    write_xml(root, plan_file)


def check_programmes(tables: Tables, net_file: Path) -> None:
    """Refuse a network whose programmes are not those of the plan, should netconvert number links anew."""
    root = ET.parse(net_file).getroot()  # noqa: S314  netconvert wrote it for us
    shown = {logic.get("id"): [phase.get("state") for phase in logic] for logic in root.iter("tlLogic")}
    for signal, links in read_signal_links(tables, net_file).items():
        if shown.get(signal) != [phase.state for phase in programme(tables, signal, links)]:
            raise ScenarioError(f"signal '{signal}': netconvert changed its links between two passes; report this")


def programme(tables: Tables, signal: str, links: SignalLinks) -> list[Phase]:
    """The phases of one signal. Raises ScenarioError for conflicting greens or a walk that is too short."""
    stages = [(line, stage) for line, stage in tables.plan.lines if stage.signal == signal]
    states = [_stage_state(tables, line, stage, links) for line, stage in stages]
    phases: list[Phase] = []
    for number, (line, stage) in enumerate(stages):
        after = states[(number + 1) % len(states)]
        phases += _green_phases(tables, line, stage, states[number], links)
        last = phases[-1].state
        phases.append(Phase(stage.yellow_s, closing(last, after, "y"), f"{stage.stage} yellow"))
        phases.append(Phase(stage.all_red_s, closing(last, after, "r"), f"{stage.stage} all-red"))
    return [phase for phase in phases if phase.duration_s > 0]


def _stage_state(tables: Tables, line: int, stage: PlanStage, links: SignalLinks) -> str:
    subjects = [*stage.greens, *(("", crossing) for crossing in stage.crossings)]
    green = {index for subject in subjects for index in links.indices[subject]}
    for one, other in sorted(links.foes):
        if one in green and other in green and one < other and not _may_share(links, one, other):
            names = " and ".join(f"'{_name(links, index)}'" for index in (one, other))
            raise tables.plan.fault(
                line, f"stage '{stage.stage}': {names} conflict and cannot be green together; part them"
            )
    giving_way = {one for one, other in links.yields if one in green and other in green}
    return "".join("g" if i in giving_way else "G" if i in green else "r" for i in range(links.size))


def _name(links: SignalLinks, index: int) -> str:
    link, movement = links.subjects()[index]
    return f"{link}:{movement}" if link else movement


def _may_share(links: SignalLinks, one: int, other: int) -> bool:
    """A turn gives way to a crossing, or to an approach that its own straight movement does not cross."""
    subjects = links.subjects()
    for giver, taker in ((one, other), (other, one)):
        (link, movement), (rival, _) = subjects[giver], subjects[taker]
        turning = link and movement in ("left", "right")
        if turning and (giver, taker) in links.yields and not (rival and _cross(links, link, rival)):
            return True
    return False


def _cross(links: SignalLinks, one: str, other: str) -> bool:
    pairs = (
        (a, b) for a in links.indices.get((one, "straight"), ()) for b in links.indices.get((other, "straight"), ())
    )
    return any(pair in links.foes for pair in pairs)


def _green_phases(tables: Tables, line: int, stage: PlanStage, state: str, links: SignalLinks) -> list[Phase]:
    """The stage, then a phase for each crossing that ends early so that the last walker is across in time."""
    ends_s: dict[int, float] = {}
    for crossing in stage.crossings:
        clearance_s = links.crossing_length_m[crossing] / tables.settings.signals.walking_speed_mps
        # The all-red is a reserve: a crossing is clear when the yellow ends.
        walk_s = stage.green_s - max(0, math.ceil(clearance_s - stage.yellow_s))
        if walk_s < tables.settings.signals.walk_s:
            raise tables.plan.fault(
                line,
                f"green_s {stage.green_s:g} leaves crossing '{crossing}' a walk of {walk_s:g} s, "
                f"least {tables.settings.signals.walk_s:g}; lengthen the stage",
            )
        ends_s.update(dict.fromkeys(links.indices[("", crossing)], walk_s))
    return _cut(stage, state, ends_s)


def _cut(stage: PlanStage, state: str, ends_s: dict[int, float]) -> list[Phase]:
    cuts_s = sorted({end_s for end_s in ends_s.values() if end_s < stage.green_s} | {stage.green_s})
    phases, begin_s = [], 0.0
    for cut_s in cuts_s:
        shown = "".join("r" if ends_s.get(i, stage.green_s) <= begin_s else char for i, char in enumerate(state))
        phases.append(Phase(cut_s - begin_s, shown, stage.stage if begin_s == 0 else f"{stage.stage} walk ends"))
        begin_s = cut_s
    return phases


def closing(state: str, after: str, closed: str) -> str:
    """Between stages: what is green in both stays, what loses green shows `closed`; walks have ended."""
    return "".join(
        (now if now == then else "g") if now in "gG" and then in "gG" else closed if now in "gG" else "r"
        for now, then in zip(state, after, strict=True)
    )
