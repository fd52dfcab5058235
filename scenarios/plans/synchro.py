"""Plans from Synchro: the phases of each node's controller become what the links of a signal show.

A movement that goes from one of its phases straight to another stays green between them. Times are rounded to whole
seconds, each from the clock: `whole_seconds`.
"""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path

from zhasyl.errors import ScenarioError
from zhasyl.files.sheets import Lines, read_sheet
from zhasyl.network import Network
from zhasyl.scenarios.plans.link_names import SignalWords
from zhasyl.scenarios.plans.programme import GivenPlan, Shown
from zhasyl.scenarios.plans.refusals import check_letters
from zhasyl.scenarios.plans.rings import (
    TOLD_S,
    RingPhase,
    Seconds,
    green_seconds,
    half_up,
    reference_s,
    ring_phases,
    without,
    yellow_seconds,
)
from zhasyl.scenarios.plans.utdf import Node, left_out, utdf_nodes
from zhasyl.scenarios.plans.utdf_azimuths import azimuths
from zhasyl.scenarios.plans.utdf_lane_groups import LaneGroups
from zhasyl.scenarios.plans.utdf_places import by_place, displaced, node_places, signal_places
from zhasyl.scenarios.plans.utdf_right_turns import stop_conflicting
from zhasyl.scenarios.plans.utdf_walks import Greens, Walks, walks_as_said
from zhasyl.scenarios.plans.whole_seconds import in_whole_seconds, shifted
from zhasyl.scenarios.turns import find_junction
from zhasyl.signals import STOP_AND_GO, SignalTiming

MOST_NAMED = 10
UNCOORDINATED = {"1": "actuated", "2": "semi-actuated"}
"""Values of Control Type."""


def utdf_plans(
    path: Path, lines: Lines, nodes: Path | None, network: Network, timing: SignalTiming
) -> tuple[list[GivenPlan], tuple[str, ...]]:
    """The plans of a file, all day, and what was left out or changed. Raises ScenarioError where none can be made."""
    found = placed_nodes(path, lines)
    signals, placed = matched_signals(path, lines, found, nodes, network)
    plans, remarks, faults = list[GivenPlan](), list(placed), list[ScenarioError]()
    for node, signal in signals.items():
        try:
            made = NodePlan(found[node], SignalWords(network, signal), timing)
            said, plan = list(made.remarks()), made.plan()
            plans, remarks = [*plans, plan], [*remarks, *said]
        except ScenarioError as fault:
            faults.append(fault)
            remarks.append(left_out(path, signal, fault))
    if not plans:
        raise faults[0]
    if left := sorted(found.keys() - signals.keys()):
        remarks.append(f"{len(left)} nodes of {path.name} are no signal here: {', '.join(left[:MOST_NAMED])}")
    return plans, tuple(remarks)


def placed_nodes(path: Path, lines: Lines) -> dict[str, Node]:
    """The intersections with a timing plan, and where their approaches come from. Raises ScenarioError."""
    found = utdf_nodes(path, lines)
    by_node = azimuths(lines)
    for name, node in found.items():
        node.azimuths = by_node.get(name, {})
    return found


def matched_signals(
    path: Path, lines: Lines, found: dict[str, Node], nodes: Path | None, network: Network
) -> tuple[dict[str, str], tuple[str, ...]]:
    """INTID → signal, by the table given, where they are the same, or by coordinates; and a remark on these."""
    if nodes is not None:
        return dict(_mapped(nodes, found, network)), ()
    same = {node: node for node in found if node in network.programmes}
    places = {node: place for node, place in node_places(path, lines).items() if node in found} if not same else {}
    if not same and not places:
        known = ", ".join(sorted(network.programmes))[:300]
        raise ScenarioError(
            f"{path}: no INTID is a signal of the network ({known}); give --nodes a CSV with the columns node,signal"
        )
    if same:
        return same, displaced(path, lines, same, network)
    placed = by_place(path, places, signal_places(network))
    return placed.signals, (str(placed),)


def _mapped(path: Path, found: dict[str, Node], network: Network) -> Iterator[tuple[str, str]]:
    (first, cells), *rows = read_sheet(path)
    header = [cell.lower() for cell in cells if cell]
    if header != ["node", "signal"]:
        raise ScenarioError(f"{path} row {first}: columns {','.join(header)[:80]}; give node,signal")
    if not rows:
        raise ScenarioError(f"{path}: a header and no row; add a row for each node that is a signal")
    seen: set[str] = set()
    for row, cells in rows:
        node, signal = (*cells, "", "")[:2]
        if node not in found:
            raise ScenarioError(f"{path} row {row}: node '{node[:40]}' has no plan in the file; take the row out")
        try:
            place = find_junction(network, signal).id
        except ScenarioError as error:
            raise ScenarioError(f"{path} row {row}: {error}") from None
        if node in seen or place in seen or place not in network.programmes:
            raise ScenarioError(f"{path} row {row}: node or signal stands there twice or is no signal; give each once")
        seen |= {node, place}
        yield node, place


def signal_plan(node: Node, words: SignalWords, timing: SignalTiming) -> GivenPlan:
    """The plan of one signal that a node has the records of. Raises ScenarioError."""
    return NodePlan(node, words, timing).plan()


class NodePlan:
    """Makes the plan of one signal."""

    def __init__(self, node: Node, words: SignalWords, timing: SignalTiming) -> None:
        self._node, self._words, self._timing = node, words, timing
        self._exact, cycle_s = ring_phases(node)
        self._cycle = half_up(cycle_s)
        exact_s = max(phase.end_s for phase in self._exact.values())
        self._phases = in_whole_seconds(shifted(self._exact.values(), self._shift_s()), exact_s, self._cycle)
        self._groups = LaneGroups(node, words, self._phases)
        self._stopped = stop_conflicting(self._groups, words, self._phases, self._cycle)

    def plan(self) -> GivenPlan:
        """What the signal shows; the cycle begins with the first barrier of the file. Raises ScenarioError."""
        node = self._node
        start = self._start
        return GivenPlan(node.path, node.row("phases"), self._words.id, 0.0, float(start), tuple(self._shown(start)))

    @property
    def _start(self) -> int:
        """The second of the clock's cycle in which the first barrier's phases begin."""
        first = min(self._exact.values(), key=lambda phase: (phase.start_s, phase.number))
        return int(self._phases[first.number].start_s)

    @property
    def phases(self) -> dict[int, RingPhase]:
        """By number, in whole seconds from the zero of the clock."""
        return self._phases

    @property
    def groups(self) -> LaneGroups:
        """Which phases give green to which link."""
        return self._groups

    def remarks(self) -> Iterator[str]:
        """What is not as the file says."""
        name = f"node {self._node.id[:40]}"
        for phase in self._exact.values():
            if phase.lengthened_s > TOLD_S:
                yield (
                    f"row {phase.row}: {name}: phase {phase.number} is green for "
                    f"{phase.lengthened_s:g} s beyond its MaxGreen, to the barrier that its ring would meet too early"
                )
            least_s = self._node.number("phases", "MinGreen", f"D{phase.number}", 0.0)
            if phase.green_end_s - phase.start_s < least_s:
                yield (
                    f"row {phase.row}: {name}: phase {phase.number}: MaxGreen {phase.green_end_s - phase.start_s:g} s "
                    f"is below MinGreen {least_s:g} s; shown as MaxGreen has it"
                )
        yield from self._groups.remarks
        for link, number, other in self._stopped:
            when = f"in phase {number}" if number else "though the signal does not run it"
            yield (
                f"row {self._node.row('lanes')}: {name}: {self._words.name(link)} stops before it goes {when}: it "
                f"would cross the way of {self._words.name(other)}"
            )
        row, kind = self._node.timeplans.get("control type", {}).get("DATA", (0, ""))
        if kind in UNCOORDINATED:
            yield (
                f"row {row}: {name} is {UNCOORDINATED[kind]} and not coordinated: its own cycle of {self._cycle} s, "
                "and an offset that means nothing"
            )

    def _shift_s(self) -> float:
        """From the begin of the first barrier's phases to where the clock has them."""
        node = self._node
        offset_s = node.number("timeplans", "Offset", "DATA", 0.0)
        if offset_s >= self._cycle:
            row = node.timeplans["offset"]["DATA"][0]
            raise node.fault(row, f"Offset {offset_s:g} s is not below the cycle of {self._cycle} s; correct it")
        return offset_s - reference_s(node, self._exact)

    def _shown(self, start: int) -> Iterator[Shown]:
        """The phases of the cycle from a second on: a new one wherever a link changes."""
        states = self._states()
        states = states[start:] + states[:start]
        row = self._node.row("phases")
        starts = [0, *(second for second in range(1, self._cycle) if states[second] != states[second - 1]), self._cycle]
        for begin, end in pairwise(starts):
            yield Shown(float(end - begin), states[begin], f"phases {self._running(start + begin)}", row)

    def _running(self, second: int) -> str:
        times = {p.number: (second - p.start_s) % self._cycle < p.end_s - p.start_s for p in self._phases.values()}
        return "+".join(str(number) for number, runs in sorted(times.items()) if runs)

    def _states(self) -> list[str]:
        """What the links show in each second of the cycle."""
        greens = self._greens()
        self._check_protected(greens)
        yellows = {link: yellow_seconds(self._serving(link), self._cycle) - greens.all[link] for link in greens.all}
        walks = self._walks(greens)
        states = []
        for second in range(self._cycle):
            said = {link: "" for link, seconds in (greens.all | walks).items() if second in seconds}
            permitted = self._groups.permitted.keys() - self._groups.uncontrolled
            said |= {link: "g" for link in said.keys() & permitted if second not in greens.protected[link]}
            letters = self._letters(said)
            letters |= {link: "y" for link, seconds in yellows.items() if second in seconds}
            letters |= dict.fromkeys(list(self._after_stop(second, letters)), STOP_AND_GO)
            states.append(self._words.state(letters))
        return states

    def _after_stop(self, second: int, shown: Mapping[int, str]) -> Iterator[int]:
        """Links that may go after a stop: neither green nor yellow, and all who may go get their way."""
        groups = self._groups
        for link in groups.on_red.keys() | groups.stopping.keys():
            phases = [self._phases[number] for number in groups.stopping.get(link, ())]
            may = link in groups.on_red or second in green_seconds(phases, self._cycle)
            if may and link not in shown and not groups.before_whom(link) & shown.keys():
                yield link

    def _letters(self, said: dict[int, str]) -> dict[int, str]:
        letters = self._words.conflicts.lettered(said)
        try:
            check_letters(self._words, said, letters)
        except ScenarioError as error:
            raise self._node.fault(self._node.row("lanes"), str(error)) from None
        return letters

    def _serving(self, link: int) -> list[RingPhase]:
        return [self._phases[number] for number in self._groups.of(link)]

    def _greens(self) -> Greens:
        groups, cycle = self._groups, self._cycle
        found = {link: green_seconds(self._serving(link), cycle) for link in groups.protected}
        found |= dict.fromkeys(groups.uncontrolled, frozenset(range(cycle)))
        full = {
            link: green_seconds([self._phases[number] for number in numbers], cycle)
            for link, numbers in groups.protected.items()
        }
        roads = sorted(self._words.links.keys() - self._words.walks)
        if unserved := [
            link for link in roads if not (found.get(link) or link in groups.stopping or link in groups.on_red)
        ]:
            what = f"{self._words.name(unserved[0])} is never green{without(self._node)}"
            raise self._node.fault(self._node.row("lanes"), f"{what}; give its lane group a Phase or a PermPhase")
        return Greens(found, full)

    def closed_walks(self) -> list[int]:
        """Crossings that the phases give no walk, or one that is too short somewhere in the cycle."""
        found = self._walk_seconds(self._greens())
        return [link for link, seconds in found.items() if self._shortest_s(seconds) < self._timing.walk_s]

    def _shortest_s(self, seconds: Seconds) -> int:
        """The shortest unbroken run of seconds; 0 for none."""
        starts = [second for second in seconds if (second - 1) % self._cycle not in seconds]
        if not starts:
            return len(seconds)
        return min(next(n for n in range(1, self._cycle + 1) if (s + n) % self._cycle not in seconds) for s in starts)

    def _walk_seconds(self, greens: Greens) -> dict[int, Seconds]:
        speed_mps = self._timing.walking_speed_mps
        walks = Walks(self._words, self._groups, self._phases, greens, self._cycle, speed_mps)
        return {link: walks.seconds(link) for link in sorted(self._words.walks)}

    def _walks(self, greens: Greens) -> dict[int, Seconds]:
        words, speed_mps = self._words, self._timing.walking_speed_mps
        if self._node.crossings:
            said = walks_as_said(self._node, words, self._cycle)
            return {link: frozenset((s + self._start) % self._cycle for s in own) for link, own in said.items()}
        found = self._walk_seconds(greens)
        if closed := [link for link, seconds in found.items() if not seconds]:
            raise self._node.fault(
                self._node.row("phases"),
                f"{words.name(closed[0])} is never green; give a phase whose traffic comes along it a Walk, and "
                f"green for {words.crossing_m[closed[0]] / speed_mps:.1f} s to clear",
            )
        return found

    def _check_protected(self, greens: Greens) -> None:
        """A turn across gives way to no traffic in a Phase but opposite ones that the junction has no room for."""
        words = self._words
        for link, other in sorted(words.conflicts.yields):
            together = greens.protected.get(link, frozenset()) & greens.all.get(other, frozenset())
            across = words.turns_across(link) and not words.turns_across(other)
            if together and across and not words.approaches(link) & words.approaches(other):
                raise self._node.fault(
                    self._node.row("lanes"),
                    f"{words.name(link)} is protected (Phase) together with {words.name(other)}, to which it has "
                    "to give way; make it a PermPhase or part them",
                )
