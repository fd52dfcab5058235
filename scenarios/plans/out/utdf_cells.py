"""What Synchro's tables say of one signal's plan: the cells of its node, by section, record and column."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from zhasyl.errors import ScenarioError
from zhasyl.scenarios.plans.link_names import SignalWords
from zhasyl.scenarios.plans.out.leaving import HERE, LeavingPlan, alike
from zhasyl.scenarios.plans.out.utdf_lanes import Links, lane_counts, phase_cells
from zhasyl.scenarios.plans.out.utdf_rings import MOST_PHASES, OutPhase, from_barrier, ring_layouts, serving
from zhasyl.scenarios.plans.out.utdf_segments import Segment, segments
from zhasyl.scenarios.plans.programme import GivenPlan, Shown
from zhasyl.scenarios.plans.refusals import LONGEST_CYCLE_S, SHORTEST_CYCLE_S
from zhasyl.scenarios.plans.synchro import signal_plan
from zhasyl.scenarios.plans.utdf import Node
from zhasyl.signals import GREEN, STOP_AND_GO, SignalTiming

LEAST_GREEN_S = 5.0
DATA = "DATA"
OTHER_FORMATS = "--format csv and --format tllogic hold it as it is"
PLACE, ADVICE = re.compile(r"^.*? row \d+: node [^:]*: "), re.compile(r"; [^;]*$")
"""Of a fault in a file that is read: where it stands, and what to do about it there."""
COLOURS = {"G": "green", "g": "green", "y": "yellow", "Y": "yellow", "r": "red", "u": "red and yellow"}
Key = tuple[str, str, str]
"""Section, record, column."""
Cells = dict[Key, str]


@dataclass(frozen=True)
class Wanted:
    """A plan to be said, and what is known of its signal."""

    words: SignalWords
    plan: LeavingPlan
    timing: SignalTiming

    @property
    def cycle(self) -> int:
        return round(self.plan.cycle_s)

    @property
    def whole(self) -> bool:
        """Are all its times whole seconds, as `scenario plan` reads Synchro's?"""
        times_s = (self.plan.offset_s, *(phase.duration_s for phase in self.plan.phases))
        return all(abs(time_s - round(time_s)) < 1e-6 for time_s in times_s)


def check_cycle(wanted: Wanted) -> None:
    """Raise ScenarioError for a cycle that no UTDF file is read with."""
    if not SHORTEST_CYCLE_S <= wanted.plan.cycle_s <= LONGEST_CYCLE_S:
        raise ScenarioError(
            f"its cycle is {wanted.plan.cycle_s:,.0f} s, and a UTDF file may have {SHORTEST_CYCLE_S:g} to "
            f"{LONGEST_CYCLE_S:g} s"
        )


def difference(wanted: Wanted, read: GivenPlan) -> str:
    """What a plan shows otherwise than it shall, '' if nothing: second by second round the cycle.

    Turns on red after a stop and yellow for pedestrians are not in Synchro's phases; a green may give way or not where
    it meets no other.
    """
    if round(read.cycle_s) != wanted.cycle:
        return f"the cycle would be {read.cycle_s:g} s"
    words = wanted.words
    shall = _seconds(words, wanted.plan.offset_s, wanted.plan.phases, wanted.cycle)
    does = _seconds(words, read.offset_s, read.phases, wanted.cycle)
    if alike(_from_green(shall), _from_green(does)):
        return ""
    for second, (one, other) in enumerate(zip(shall, does, strict=True)):
        for link in (i for i in words.links if one[i].lower() != other[i].lower()):
            return (
                f"{words.name(link)} shows {COLOURS[one[link]]} in second {second} of the clock's cycle, and Synchro's "
                f"phases {COLOURS[other[link]]}"
            )
    return "Synchro's phases give way otherwise"


def _seconds(words: SignalWords, offset_s: float, phases: Sequence[Shown], cycle: int) -> list[str]:
    """What is shown in each second of the clock's cycle."""
    ends_s = list(accumulate(phase.duration_s for phase in phases))
    states = []
    for second in range(cycle):
        at_s = (second + 0.5 - offset_s) % cycle
        shown = next((phase for phase, end_s in zip(phases, ends_s, strict=True) if at_s < end_s), phases[-1])
        states.append("".join(_colour(words, link, letter) for link, letter in enumerate(shown.state)))
    known = {state: _giving_way(words, state) for state in set(states)}
    return [known[state] for state in states]


def _giving_way(words: SignalWords, state: str) -> str:
    """The state in which a green gives way only where it meets another one."""
    met = {i for i, j in words.conflicts.foes if state[j] in GREEN}
    return "".join("G" if shown == "g" and link not in met else shown for link, shown in enumerate(state))


def _colour(words: SignalWords, link: int, letter: str) -> str:
    if link not in words.links or letter == STOP_AND_GO or (link in words.walks and letter not in GREEN):
        return "r"
    return letter


def _from_green(states: list[str]) -> list[Shown]:
    """The seconds from one on in which a green begins."""
    pairs = zip(states, [states[-1], *states], strict=False)
    first = next((i for i, pair in enumerate(pairs) if _gains(*pair)), 0)
    return [Shown(1.0, state, "", 0) for state in (*states[first:], *states[:first])]


def _gains(now: str, before: str) -> bool:
    return any(a in GREEN and b not in GREEN for a, b in zip(now, before, strict=True))


def new_cells(wanted: Wanted, groups: Links) -> Cells:
    """A node of our own making. Raises ScenarioError for a plan that phases cannot say."""
    check_cycle(wanted)
    found = segments(wanted.words, wanted.plan.phases)
    if not found:
        raise ScenarioError("nothing in it ever turns green")
    parts = from_barrier(wanted.words, found, wanted.plan.cycle_s)
    why: ScenarioError | None = None
    for layout in ring_layouts(wanted.words, parts):
        try:
            cells = _cells(wanted, groups, parts, layout)
            check_cells(wanted, cells)
        except ScenarioError as error:
            why = error
        else:
            return cells
    raise why or ScenarioError("no layout of rings")


def _cells(wanted: Wanted, groups: Links, parts: Sequence[Segment], layout: Sequence[OutPhase]) -> Cells:
    if len(layout) > MOST_PHASES:
        raise ScenarioError(f"{len(layout)} phases, and UTDF has {MOST_PHASES}")
    words = wanted.words
    served = {link: serving(words, layout, parts, link) for link in words.links.keys() - words.walks}
    said = {link: numbers for link, numbers in served.items() if numbers is not None}
    if len(said) < len(served):
        raise ScenarioError("its greens do not fit the phases of rings")
    lanes = phase_cells(words, groups, said, len(layout)) | lane_counts(words, groups)
    cells: Cells = {("lanes", record, column): text for (record, column), text in lanes.items()}
    start_s = parts[0].start_s
    cells |= {("timeplans", record, DATA): text for record, text in _time_plan(wanted, layout, start_s).items()}
    for phase in layout:
        cells |= _phase(wanted, parts, phase)
    return cells | walk_cells(wanted, start_s)


def _time_plan(wanted: Wanted, layout: Sequence[OutPhase], start_s: float) -> dict[str, str]:
    """The offset means the begin of the phases that stand first."""
    first = [phase.number for phase in layout if (phase.barrier, phase.position) == (layout[0].barrier, 1)]
    reference = first[0] if len(first) == 1 else 100 * first[0] + first[1]
    offset_s = (wanted.plan.offset_s + start_s) % wanted.plan.cycle_s
    return {
        "Control Type": "0",
        "Cycle Length": number(wanted.plan.cycle_s),
        "Lock Timings": "0",
        "Referenced To": "0",
        "Reference Phase": str(reference),
        "Offset": number(offset_s),
        "Master": "0",
        "Yield": "0",
    }


def _phase(wanted: Wanted, parts: Sequence[Segment], phase: OutPhase) -> Cells:
    first, last = parts[phase.first], parts[phase.last]
    green_s = last.green_end_s - first.start_s
    least_s = min(green_s, wanted.timing.min_green_s or LEAST_GREEN_S)
    rows = {
        "BRP": phase.brp,
        "MinGreen": number(least_s),
        "MaxGreen": number(green_s),
        "Yellow": number(last.yellow_s),
        "AllRed": number(last.all_red_s),
        "Recall": "3",
    }
    walk_s = _walk_s(wanted, first.start_s, green_s)
    if walk_s:
        longest_m = max(wanted.words.crossing_m.values())
        clearance_s = max(1, math.ceil(longest_m / wanted.timing.walking_speed_mps - last.yellow_s))
        rows |= {"Walk": number(walk_s), "DontWalk": number(min(green_s - walk_s, clearance_s))}
    return {("phases", record, f"D{phase.number}"): text for record, text in rows.items()}


def _walk_s(wanted: Wanted, start_s: float, green_s: float) -> float:
    """The longest walk of the crossings that begin with a phase; 0 without one."""
    found = [0.0]
    for link in sorted(wanted.words.walks):
        for begin_s, end_s in walks_s(wanted.plan, link):
            if abs((begin_s - start_s) % wanted.plan.cycle_s) < 1e-6:
                found.append(min(end_s - begin_s, green_s))
    return max(found)


def walks_s(plan: LeavingPlan, link: int) -> list[tuple[float, float]]:
    """When a link is green, counted from the begin of the plan; one that goes on past the cycle ends beyond it."""
    ends_s = list(accumulate((phase.duration_s for phase in plan.phases), initial=0.0))
    times_s = zip(plan.phases, pairwise(ends_s), strict=True)
    runs: list[tuple[float, float]] = []
    for begin_s, end_s in (bounds for phase, bounds in times_s if phase.state[link] in GREEN):
        if runs and runs[-1][1] == begin_s:
            runs[-1] = (runs[-1][0], end_s)
        else:
            runs.append((begin_s, end_s))
    if len(runs) > 1 and runs[0][0] == 0 and runs[-1][1] == ends_s[-1]:
        runs = [*runs[1:-1], (runs[-1][0], ends_s[-1] + runs[0][1])]
    return runs


def walk_cells(wanted: Wanted, start_s: float) -> Cells:
    """When each crossing walks, in whole seconds of the node's cycle, which begins `start_s` into the plan."""
    runs: dict[int, str] = {}
    for link in sorted(wanted.words.walks):
        found = []
        for begin_s, end_s in walks_s(wanted.plan, link):
            begin = round(begin_s - start_s) % wanted.cycle
            found.append(f"{begin}-{begin + round(end_s - begin_s)}")
        runs[link] = " ".join(found)
    return {("crossings", name, "WALK"): runs[link] for name, link in crossing_names(wanted.words, runs).items()}


def crossing_names(words: SignalWords, runs: Mapping[int, str]) -> dict[str, int]:
    """'crossing:north' → one of its links where all have the same walks, else '#12' for each."""
    found: dict[str, int] = {}
    named: set[int] = set()
    for word, links in words.movements.items():
        if word.startswith("crossing:") and len({runs[link] for link in links}) == 1 and not named & set(links):
            found[word] = links[0]
            named |= set(links)
    return found | {f"#{link}": link for link in runs if link not in named}


def number(value: float) -> str:
    """As a cell has it, to a thousandth: '12', '12.5', '1234567.125'."""
    return f"{round(value, 3):.15g}"


def check_cells(wanted: Wanted, cells: Mapping[Key, str]) -> None:
    """Raise ScenarioError unless `scenario plan` reads the plan from the cells of its node."""
    node = Node("1", HERE)
    for (section, record, column), text in cells.items():
        if text:
            getattr(node, section).setdefault(record.lower(), {})[column] = (1, text.removeprefix("*"))
    check_node(wanted, node)


def check_node(wanted: Wanted, node: Node) -> None:
    """As `check_cells`, of a node. A plan of parts of seconds is not compared: it is read in whole ones."""
    try:
        read = signal_plan(node, wanted.words, wanted.timing)
    except ScenarioError as error:
        text = ADVICE.sub("", PLACE.sub("", str(error)))
        raise ScenarioError(f"Synchro's phases cannot say it: {text}") from None
    if wanted.whole and (text := difference(wanted, read)):
        raise ScenarioError(text)
