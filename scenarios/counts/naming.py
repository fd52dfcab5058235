"""Which junction, approach and exit of a network the words of a count sheet mean.

junction  by its id or number where a column names it; else a sheet's name or title that is an id or names two streets
          of a junction; else the only signal there is
approach  by its edge or heading as in plans; else the arm that a name means (`zhasyl.scenarios.arms`): azimuths of one
          sheet are given to the nearest arms, each once
exit      left, straight, right, u-turn, an edge, or 'to ARM'
"""

import re
from collections.abc import Callable, Iterable, Mapping

from zhasyl.errors import ScenarioError, unknown_name
from zhasyl.network import Connection, Edge, Network
from zhasyl.scenarios.arms import Arm, ArmName, approach_name, exit_name, junction_arms, matching
from zhasyl.scenarios.counts.count import Count, Crossing
from zhasyl.scenarios.directions import HEADINGS, nearest
from zhasyl.scenarios.streets import same_street
from zhasyl.scenarios.turns import JunctionTurns, Turn, find_junction, junction_turns
from zhasyl.text.local_words import APPROACHES, plain_words

NUMBERED = re.compile(r"(?:int|intersection|junction|signal|node|перекресток|узел|объект|қиылыс)\.? ?[#№]? ?(\w+)")
FORMS = "north, from the north, с севера, солтүстіктен, a street's name"
MOST_NODES = 6  # of a road whose lanes change in between


def named_junction(network: Network, row: Count | Crossing) -> JunctionTurns:
    """The junction of a count. Raises ScenarioError with what is known."""
    if row.junction:
        try:
            return find_junction(network, row.junction)
        except ScenarioError:
            if found := _on_streets(network, row.junction):
                return found
            raise
    signals = sorted(network.programmes)
    if len(signals) == 1:
        return junction_turns(network, signals[0])
    numbered = NUMBERED.fullmatch(plain_words(row.sheet))
    for name in (row.sheet, numbered[1] if numbered else ""):
        if name and (name in network.programmes or name.isdecimal()):
            return find_junction(network, name)
    for hint in row.place.hints:
        if hint in network.programmes and not hint.isdecimal():
            return junction_turns(network, hint)
        if found := _on_streets(network, hint):
            return found
    said = ", ".join(f"'{hint}'" for hint in row.place.hints)[:120]
    raise ScenarioError(
        f"no junction is named ({said or 'no title'}); name the sheet as a signal or add a column 'junction': "
        f"{', '.join(signals)[:300]}"
    )


def _on_streets(network: Network, text: str) -> JunctionTurns | None:
    """The only signal where two streets meet that a text names: 'Abay & Seifullin', 'Абая - Сейфуллина'."""
    parts = [part for part in _parts(text) if part]
    if len(parts) < 2:
        return None
    found = [
        signal for signal in sorted(network.programmes)
        if all(any(same_street(part, street) for street in _streets(network, signal)) for part in parts)
    ]  # fmt: skip
    return junction_turns(network, found[0]) if len(found) == 1 else None


def _parts(text: str) -> list[str]:
    for mark in ("&", "/", " x ", " and ", " at ", "@", " и ", " мен ", " - ", " – ", "-", "_", ","):
        if mark in text:
            return [part.strip() for part in text.split(mark)]
    return []


def _streets(network: Network, signal: str) -> set[str]:
    junction = junction_turns(network, signal)
    edges = {edge for turn in junction.turns for edge in turn}
    return {network.edges[edge].name for edge in edges} - {""}


class JunctionNames:
    """The names that one file has for the approaches and exits of a junction."""

    def __init__(self, network: Network, junction: JunctionTurns, texts: Iterable[str]) -> None:
        self.junction = junction
        self.arms = junction_arms(network, junction)
        self.remarks: list[str] = []
        self._network = network
        self._known: dict[str, str] = {}
        self._name_all(list(dict.fromkeys(texts)))

    def _name_all(self, texts: list[str]) -> None:
        left: dict[str, ArmName] = {}
        for text in texts:
            try:
                self._known[text] = self.junction.approach(text)
            except ScenarioError:
                left[text] = approach_name(text)
        taken = set(self._known.values())
        free = {arm.approaches[0]: arm for arm in self.arms if arm.approaches and arm.approaches[0] not in taken}
        azimuths: dict[float, str] = {}
        for text, name in left.items():
            if name.azimuth_deg is not None and not name.street:
                azimuths.setdefault(name.azimuth_deg, text)
        found = nearest(
            {text: deg for deg, text in azimuths.items()}, {edge: arm.azimuth_deg for edge, arm in free.items()}
        )
        for text, name in left.items():
            if name.azimuth_deg is not None and not name.street:
                edge = found.get(azimuths[name.azimuth_deg], "") or self._again(name, taken)
                self._take(text, edge)
            else:
                arms = [arm for arm in matching(name, self.arms) if arm.approaches]
                self._take(text, arms[0].approaches[0] if len(arms) == 1 else "")

    def _again(self, name: ArmName, taken: Iterable[str]) -> str:
        """A second name of an approach that the sheet also calls by its heading."""
        arms = [arm for arm in matching(name, self.arms) if arm.approaches]
        return arms[0].approaches[0] if len(arms) == 1 and arms[0].approaches[0] in set(taken) else ""

    def _take(self, text: str, edge: str) -> None:
        if edge:
            self._known[text] = edge
            arm = next(arm for arm in self.arms if edge in arm.approaches)
            name = self.junction.headings.get(edge) or edge
            self.remarks.append(
                f"'{self.junction.id}': '{text[:40]}' is taken for {name} ({edge}, from {arm.azimuth_deg:.0f}°)"
            )

    def turn(self, count: Count) -> Turn:
        """The edges of a count. Raises ScenarioError with what is known."""
        if (turn := self._between(*count.place.nodes)) is not None:
            return turn
        approach = self._known.get(count.approach) or self._approach(count.approach)
        if not count.movement.startswith("to "):
            return self.junction.find(approach, count.movement, count.approach)
        return approach, self._exit(approach, count)

    def _approach(self, text: str) -> str:
        """The edge of an approach. Raises ScenarioError that says which forms are read, and what a heading means."""
        try:
            return self.junction.approach(text)
        except ScenarioError as error:
            words = " or ".join(f"'{word}'" for word, heading in APPROACHES.items() if heading == text)
            read = f" ({text} is traffic from {(HEADINGS[text] + 180.0) % 360.0:.0f}°, {words})" if words else ""
            raise ScenarioError(f"{error}{read}; read is also {FORMS}") from None

    def _between(self, up: str, down: str) -> Turn | None:
        """The turn from one junction to another, if just one leads so."""
        if not up or not down:
            return None
        found = [(a, b) for a, b in self.junction.turns if up in self._before(a) and down in self._behind(b)]
        return found[0] if len(found) == 1 else None

    def _before(self, edge: str) -> tuple[str, ...]:
        """The junctions that a road comes from, over nodes where only its number of lanes changes."""
        return self._along(edge, lambda e: e.from_junction, self._network.incoming, lambda c: c.from_edge)

    def _behind(self, edge: str) -> tuple[str, ...]:
        """The junctions that a road leads to, likewise."""
        return self._along(edge, lambda e: e.to_junction, self._network.outgoing, lambda c: c.to_edge)

    def _along(
        self,
        edge: str,
        end: Callable[[Edge], str],
        beside: Mapping[str, tuple[Connection, ...]],
        other: Callable[[Connection], str],
    ) -> tuple[str, ...]:
        found: list[str] = []
        while (junction := end(self._network.edges[edge])) not in found and len(found) < MOST_NODES:
            found.append(junction)
            onward = {other(c) for c in beside.get(edge, ()) if c.direction != "t"}
            if len(onward) != 1:
                break
            (edge,) = onward
        return tuple(found)

    def _exit(self, approach: str, count: Count) -> str:
        text = count.movement.removeprefix("to ")
        exits = {exit_ for turn_from, exit_ in self.junction.turns if turn_from == approach}
        if text in exits:
            return text
        if node := text.removeprefix("node ") if text.startswith("node ") else "":
            led = [exit_ for exit_ in sorted(exits) if node in self._behind(exit_)]
            if len(led) == 1:
                return led[0]
        name = exit_name(text)
        arms = matching(name, [arm for arm in self.arms if set(arm.exits) & exits])
        found = sorted({exit_ for arm in arms for exit_ in arm.exits if exit_ in exits})
        if name.says_anything and len(found) == 1:
            return found[0]
        known = [f"{_called(arm)} ({exit_})" for arm in self.arms for exit_ in arm.exits if exit_ in exits]
        raise ScenarioError(
            unknown_name(f"exit of {count.approach} at '{self.junction.id[:60]}'", text[:40], known)[:600]
        )

    def arm(self, text: str) -> Arm:
        """The arm that people cross. Raises ScenarioError with what is known."""
        edge = self._known.get(text)
        arms = [arm for arm in self.arms if edge in arm.approaches] or matching(approach_name(text), self.arms)
        if len(arms) != 1:
            raise ScenarioError(
                unknown_name(f"arm at '{self.junction.id[:60]}'", text[:40], map(_called, self.arms))[:600]
            )
        return arms[0]


def _called(arm: Arm) -> str:
    street = f" {arm.streets[0]}" if arm.streets else ""
    return f"{arm.number} at {arm.azimuth_deg:.0f}°{street}"
