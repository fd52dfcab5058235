"""The cycle of a plan as Synchro sees one: times in which the same road links are green, each with what ends it.

Walks have no part in it but where nobody drives: then a pedestrian phase begins with the walk.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from zhasyl.scenarios.plans.link_names import SignalWords
from zhasyl.scenarios.plans.programme import Shown
from zhasyl.signals import GREEN

YELLOW = frozenset("yY")
LONGEST_ALL_RED_S = 6.0  # a longer time with nothing new is a phase of its own


@dataclass(frozen=True)
class Segment:
    """A time of the cycle. `letters`: road link → 'G' or 'g', from the begin to the yellow."""

    start_s: float
    letters: dict[int, str]
    green_s: float
    yellow_s: float
    all_red_s: float

    @property
    def green_end_s(self) -> float:
        return self.start_s + self.green_s

    @property
    def end_s(self) -> float:
        return self.start_s + self.green_s + self.yellow_s + self.all_red_s


def segments(words: SignalWords, phases: Sequence[Shown]) -> list[Segment]:
    """The segments of a cycle in order, `start_s` from the begin of the first phase. Empty if nothing changes."""
    walks = words.walks
    phases = [replace(phase, state=_known(words, phase.state)) for phase in phases]
    count = len(phases)
    starts_s = [sum(phase.duration_s for phase in phases[:i]) for i in range(count)]
    begins = [i for i in range(count) if _begins(phases, i, walks)]
    found = []
    for place, begin in enumerate(begins):
        until = begins[(place + 1) % len(begins)]
        rows = [(begin + step) % count for step in range((until - begin) % count or count)]
        found.append(_segment(phases, rows, starts_s[begin], walks))
    return found


def _known(words: SignalWords, state: str) -> str:
    """A state with red for indices that control nothing."""
    return "".join(shown if link in words.links else "r" for link, shown in enumerate(state))


def _begins(phases: Sequence[Shown], i: int, walks: Collection[int]) -> bool:
    before, here = phases[i - 1].state, phases[i].state
    now, then = _road_greens(here, walks), _road_greens(before, walks)
    if now.keys() - then.keys():
        return True
    if not now:
        return any(here[link] in GREEN and before[link] not in GREEN for link in walks)
    if _yellow(here, walks):
        return False
    if _yellow(before, walks):
        return not _is_all_red(phases, i, walks)
    return now != then and not _yellow(_last_other(phases, i, walks), walks)


def _is_all_red(phases: Sequence[Shown], i: int, walks: Collection[int]) -> bool:
    """Is what follows a yellow short, and does something new follow it in turn?"""
    seconds, now = 0.0, _road_greens(phases[i].state, walks).keys()
    for step in range(len(phases)):
        state = phases[(i + step) % len(phases)].state
        following = _road_greens(state, walks).keys()
        if following != now or _yellow(state, walks):
            return bool(following - now) and seconds <= LONGEST_ALL_RED_S
        seconds += phases[(i + step) % len(phases)].duration_s
    return False


def _last_other(phases: Sequence[Shown], i: int, walks: Collection[int]) -> str:
    """The last state before a phase whose road links were not green as in the one just before it."""
    just = _road_greens(phases[i - 1].state, walks)
    for step in range(2, len(phases) + 1):
        state = phases[i - step].state
        if _road_greens(state, walks) != just or _yellow(state, walks):
            return state
    return ""


def _segment(phases: Sequence[Shown], rows: list[int], start_s: float, walks: Collection[int]) -> Segment:
    parts_s = [0.0, 0.0, 0.0]
    part = 0
    for row in rows:
        if _yellow(phases[row].state, walks):
            part = 1
        elif part:
            part = 2
        parts_s[part] += phases[row].duration_s
    return Segment(start_s, _road_greens(phases[rows[0]].state, walks), *parts_s)


def _road_greens(state: str, walks: Collection[int]) -> dict[int, str]:
    return {link: shown for link, shown in enumerate(state) if shown in GREEN and link not in walks}


def _yellow(state: str, walks: Collection[int]) -> bool:
    return any(shown in YELLOW for link, shown in enumerate(state) if link not in walks)
