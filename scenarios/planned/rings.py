"""From ring-barrier phases to what each link shows: protected and permitted movements, crossings, SUMO's phases.

A movement that goes from one of its phases straight to another stays green between them. Times are rounded to whole
seconds. A crossing walks with a phase that has a Walk and whose traffic goes along it, while nothing that goes straight
or turns left protected crosses it, and ends in time for its length.
"""

import math
import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

from zhasyl.errors import ScenarioError
from zhasyl.network import Network
from zhasyl.scenarios.junction_turns import find_junction
from zhasyl.scenarios.planned.programme import GivenPlan, Shown, lettered
from zhasyl.scenarios.planned.utdf import Node, RingPhase, reference_s, ring_phases, utdf_nodes
from zhasyl.scenarios.planned.words import SignalWords
from zhasyl.scenarios.sheets import Lines, read_sheet
from zhasyl.scenarios.turn_counts import MOVEMENT_WORDS
from zhasyl.signals import SignalTiming

GROUP = re.compile(r"^(NB|SB|EB|WB|NE|NW|SE|SW)([LTRU])$")
SHARED_WITH = {"L": (1, 3), "R": (2, 3)}
Seconds = frozenset[int]
"""Whole seconds of the cycle, counted from 0."""


def utdf_plans(
    path: Path, lines: Lines, nodes: Path | None, network: Network, timing: SignalTiming
) -> tuple[list[GivenPlan], tuple[str, ...]]:
    """The plans of a file, all day, and what was left out. Raises ScenarioError."""
    found = utdf_nodes(path, lines)
    signals = _signals(path, found, nodes, network)
    plans = [_NodePlan(found[node], SignalWords(network, signal), timing).plan() for node, signal in signals.items()]
    left = sorted(found.keys() - signals.keys())
    some = ", ".join(left[:10])
    remarks = (f"{len(left)} nodes of {path.name} are no signal here: {some}",) if left else ()
    return plans, remarks


def _signals(path: Path, found: dict[str, Node], nodes: Path | None, network: Network) -> dict[str, str]:
    """INTID → signal, by the table given or where they are the same."""
    if nodes is not None:
        return dict(_mapped(nodes, found, network))
    same = {node: node for node in found if node in network.programmes}
    if not same:
        known = ", ".join(sorted(network.programmes))[:300]
        raise ScenarioError(
            f"{path}: no INTID is a signal of the network ({known}); give --nodes a CSV with the columns node,signal"
        )
    return same


def _mapped(path: Path, found: dict[str, Node], network: Network) -> Iterator[tuple[str, str]]:
    (first, header), *rows = read_sheet(path)
    if header != ["node", "signal"]:
        raise ScenarioError(f"{path} row {first}: columns {','.join(header)[:80]}; give node,signal")
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


def _word(heading: str, turn: str) -> str:
    """The movement of a lane group: 'NBL' and 'NEL' are NB:left and NEB:left."""
    return f"{heading if heading.endswith('B') else heading + 'B'}:{MOVEMENT_WORDS[turn.lower()]}"


class _NodePlan:
    """Makes the plan of one node."""

    def __init__(self, node: Node, words: SignalWords, timing: SignalTiming) -> None:
        self._node, self._words, self._timing = node, words, timing
        self._phases, cycle_s = ring_phases(node)
        self._cycle = int(cycle_s)
        self._protected: dict[int, set[int]] = {}
        self._permitted: dict[int, set[int]] = {}
        self._read_lanes()

    def plan(self) -> GivenPlan:
        node = self._node
        offset_s = node.number("timeplans", "Offset", "DATA", 0.0)
        row = node.row("phases")
        start_s = (round(offset_s) - round(reference_s(node, self._phases))) % self._cycle
        if offset_s >= self._cycle:
            raise node.fault(
                node.row("timeplans"), f"Offset {offset_s:g} s is not below the cycle of {self._cycle} s; correct it"
            )
        return GivenPlan(node.path, row, self._words.id, 0.0, float(start_s), tuple(self._shown()))

    def _read_lanes(self) -> None:
        """Phases of each link, protected and permitted, from the lane groups."""
        for column in dict.fromkeys(column for cells in self._node.lanes.values() for column in cells):
            group = GROUP.match(column)
            protected, permitted = self._phases_of(column, "Phase"), self._phases_of(column, "PermPhase")
            if not group or not protected | permitted:
                continue
            word = _word(group[1], group[2])
            try:
                links, _ = self._words.find(word)
            except ScenarioError as error:
                row = next(cells[column][0] for cells in self._node.lanes.values() if column in cells)
                raise self._node.fault(row, str(error)) from None
            for link in links:
                self._protected.setdefault(link, set()).update(protected)
                self._permitted.setdefault(link, set()).update(permitted - protected)
        self._share()

    def _phases_of(self, column: str, record: str) -> set[int]:
        numbers = set()
        for place in range(1, 5):
            row, text = self._node.lanes.get(f"{record.lower()}{place}", {}).get(column, (0, ""))
            if not text or text in ("0", "-1"):
                continue
            if not text.isdecimal() or int(text) not in self._phases:
                known = ", ".join(map(str, sorted(self._phases)))
                raise self._node.fault(row, f"{record}{place} {column} '{text[:20]}' is none of its phases ({known})")
            numbers.add(int(text))
        return numbers

    def _share(self) -> None:
        """Turns from a shared through lane, and u-turns, without phases of their own have those of their lane."""
        for column in list(self._node.lanes.get("shared", {})):
            group = GROUP.match(column)
            shared = self._node.number("lanes", "Shared", column, 0.0) if group else 0.0
            for turn, codes in SHARED_WITH.items():
                if group and group[2] == "T" and shared in codes:
                    self._take_over(_word(group[1], "T"), _word(group[1], turn))
        for heading in dict.fromkeys(word.partition(":")[0] for word in self._words.movements):
            self._take_over(f"{heading}:left", f"{heading}:u-turn")

    def _take_over(self, giver: str, taker: str) -> None:
        movements = self._words.movements
        if giver not in movements or taker not in movements:
            return
        own = movements[giver][0]
        for link in movements[taker]:
            if link not in self._protected and own in self._protected:
                self._protected[link] = set()
                self._permitted[link] = self._protected[own] | self._permitted[own]

    def _seconds(self, numbers: Iterable[int], yellow: bool = False) -> Seconds:
        """The seconds at which phases are green, or yellow; green also between two that follow one another."""
        chosen = [self._phases[number] for number in numbers]
        found: set[int] = set()
        for phase in chosen:
            onward = any(self._follows(phase, other) for other in chosen)
            start_s = phase.green_end_s if yellow else phase.start_s
            end_s = phase.yellow_end_s if yellow else phase.end_s if onward else phase.green_end_s
            found.update(second % self._cycle for second in range(round(start_s), round(end_s)))
        return frozenset(found)

    def _follows(self, phase: RingPhase, other: RingPhase) -> bool:
        return (
            phase is not other
            and abs((phase.end_s - other.start_s + self._cycle / 2) % self._cycle - self._cycle / 2) < 0.2
        )

    def _shown(self) -> Iterator[Shown]:
        """The phases of the cycle: a new one wherever a link changes."""
        states = self._states()
        starts = [0, *(second for second in range(1, self._cycle) if states[second] != states[second - 1]), self._cycle]
        for start, end in pairwise(starts):
            running = [p.number for p in self._phases.values() if p.start_s <= start + 0.5 < p.end_s]
            name = "phases " + "+".join(map(str, sorted(running)))
            yield Shown(float(end - start), states[start], name, self._node.row("phases"))

    def _states(self) -> list[str]:
        words = self._words
        both = {link: self._protected[link] | self._permitted[link] for link in self._protected}
        greens = {link: self._seconds(numbers) for link, numbers in both.items()}
        yellows = {link: self._seconds(numbers, yellow=True) - greens[link] for link, numbers in both.items()}
        full = {link: self._seconds(self._protected[link]) for link in both}
        self._check_protected(full, greens)
        walks = {link: self._walk(link, greens, full) for link in sorted(words.walks)}
        states = []
        for second in range(self._cycle):
            said = {link: "" for link in both if second in greens[link]}
            said |= {link: "g" for link in said if second not in full[link]}
            said |= {link: "" for link, seconds in walks.items() if second in seconds}
            letters = lettered(words, said)
            letters |= {link: "y" for link in both if second in yellows[link]}
            states.append("".join(letters.get(link, "r") for link in range(words.size)))
        return states

    def _check_protected(self, full: dict[int, Seconds], greens: dict[int, Seconds]) -> None:
        """A left turn of a Phase gives way to no traffic but opposite left turns that the junction has no room for."""
        words = self._words
        for link, other in sorted(words.conflicts.yields):
            together = full.get(link, frozenset()) & greens.get(other, frozenset())
            lefts = self._is_left(link) and not self._is_left(other)
            if together and lefts and not words.approaches(link) & words.approaches(other):
                raise self._node.fault(
                    self._node.row("lanes"),
                    f"{words.name(link)} is protected (Phase) together with {words.name(other)}, to which it has "
                    "to give way; make it a PermPhase or part them",
                )

    def _is_left(self, link: int) -> bool:
        return link not in self._words.walks and any(c.direction in ("l", "L") for c in self._words.links[link])

    def _walk(self, link: int, greens: dict[int, Seconds], full: dict[int, Seconds]) -> Seconds:
        """When a crossing is green."""
        words = self._words
        foes = {j for i, j in words.conflicts.foes if i == link and j in greens}
        hard = [j for j in foes if not words.is_turn(j)]
        barred = frozenset[int]().union(
            *(greens[j] for j in hard), *(full[j] for j in foes if self._is_left(j) and j not in hard)
        )
        free: set[int] = set()
        for phase in self._phases.values():
            if phase.walk and self._goes_along(phase, link, foes):
                free |= self._seconds([phase.number]) - barred
        clearance = math.ceil(words.crossing_m[link] / self._timing.walking_speed_mps)
        rivals = barred.union(*(greens[j] for j in foes if j not in hard))
        return frozenset(second for second in free if self._clear(second, rivals, clearance))

    def _goes_along(self, phase: RingPhase, link: int, foes: set[int]) -> bool:
        """Is the crossing beside the phase's straight traffic: crossed by turns of its approach only?"""
        words = self._words
        straight = [i for i in self._protected if phase.number in self._protected[i] and not words.is_turn(i)]
        mine = set().union(*(words.approaches(i) for i in straight))
        beside = any(words.approaches(j) & mine for j in foes)
        ahead = any(not words.is_turn(j) and words.approaches(j) & mine for j in foes)
        return beside and not ahead

    def _clear(self, second: int, rivals: Seconds, clearance: int) -> bool:
        """Is who starts in this second across before conflicting traffic gets a new green?"""
        for later in range(second + 1, second + 1 + clearance):
            now, before = later % self._cycle, (later - 1) % self._cycle
            if now in rivals and before not in rivals:
                return False
        return True
