"""Phases under numbers: movements of one signal that always show the same.

With a configuration a phase has its number and its movements there; turns across the road that are a phase by
themselves count as green only while no road traffic conflicts with them, if that is ever so. Without one, links that
show the same throughout the run are a phase, numbered from 1 in the order of their lowest link. What never changes is
none. Crossings that walk together follow on, under the next numbers.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from zhasyl.network import Network
from zhasyl.scenarios.logs.as_synchro import TURNS
from zhasyl.scenarios.logs.config import Config, Movement
from zhasyl.scenarios.plans.link_names import SignalWords
from zhasyl.scenarios.turns import junction_turns
from zhasyl.signals import GREEN

YELLOW = frozenset("yYu")
STRAIGHT = "T"


@dataclass(frozen=True)
class Phase:
    """`rivals`: links during whose green its own is none; `movements` in a planner's words, those that have some."""

    number: int
    links: tuple[int, ...]
    movements: tuple[Movement, ...]
    walks: bool = False
    rivals: frozenset[int] = frozenset()

    def colour(self, state: str) -> str:
        """g, y or r."""
        letters, against = ({state[link] for link in links if link < len(state)} for links in (self.links, self.rivals))
        return "g" if letters & GREEN and not against & GREEN else "y" if letters & YELLOW else "r"


def phases_of(network: Network, signal: str, states: Sequence[str], config: Config | None = None) -> list[Phase]:
    """The phases of a signal that showed these states."""
    words = SignalWords(network, signal)
    names = movements_of(network, signal)
    roads = [link for link in words.links if link not in words.walks]
    found = _configured(config, words, names, states) if config else []
    found = found or [
        Phase(number, links, tuple(dict.fromkeys(names[link] for link in links if link in names)))
        for number, links in enumerate(_alike(roads, states), start=1)
    ]
    last = max((phase.number for phase in found), default=0)
    walks = _alike(sorted(words.walks), states)
    return found + [Phase(number, links, (), True) for number, links in enumerate(walks, start=last + 1)]


def movements_of(network: Network, signal: str) -> dict[int, Movement]:
    """Link → movement, of approaches that have a heading."""
    turns = junction_turns(network, signal)
    by_way = {
        (approach, exit_): (turns.headings[approach], TURNS[movement])
        for approach, ways in turns.movements.items()
        for movement, exits in ways.items()
        for exit_ in exits
        if turns.headings[approach]
    }
    return {
        link: by_way[c.from_edge, c.to_edge]
        for link, connections in network.signal_links.get(signal, {}).items()
        for c in connections
        if (c.from_edge, c.to_edge) in by_way
    }


def _configured(config: Config, words: SignalWords, names: dict[int, Movement], states: Sequence[str]) -> list[Phase]:
    found = []
    for number, movements in sorted(config.phases.items()):
        leading = [m for m in movements if m[1] == STRAIGHT] or list(movements)
        links = tuple(link for link, movement in sorted(names.items()) if movement in leading)
        if not links:
            continue
        phase = Phase(number, links, movements)
        if all(words.turns_across(link) for link in links):
            rivals = {j for i, j in words.conflicts.foes if i in links and j not in words.walks}
            alone = replace(phase, rivals=frozenset(rivals - set(links)))
            phase = alone if any(alone.colour(state) == "g" for state in states) else phase
        found.append(phase)
    return found


def _alike(links: Collection[int], states: Sequence[str]) -> list[tuple[int, ...]]:
    """Links that show the same colours in all states, without those that never change."""
    groups: dict[str, list[int]] = defaultdict(list)
    for link in links:
        single = Phase(0, (link,), ())
        groups["".join(single.colour(state) for state in states)].append(link)
    return sorted(tuple(members) for colours, members in groups.items() if len(set(colours)) > 1)
