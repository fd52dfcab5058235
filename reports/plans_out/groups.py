"""Signal groups of a sheet: links that show the same in every plan, with a number, and who they are for in words."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from zhasyl.indications import EPSILON_S, greens, wait_s
from zhasyl.lane_groups import COMPASS
from zhasyl.scenarios.plans.link_names import SignalWords
from zhasyl.scenarios.plans.out.leaving import LeavingPlan
from zhasyl.scenarios.turns import HEADINGS
from zhasyl.signals import GREEN
from zhasyl.text.language import N_, _

TURNS = {"left": N_("left"), "straight": N_("through"), "right": N_("right"), "u-turn": N_("u-turn")}
SIDES = {
    "north": N_("north side"), "north-east": N_("north-east side"), "east": N_("east side"),
    "south-east": N_("south-east side"), "south": N_("south side"), "south-west": N_("south-west side"),
    "west": N_("west side"), "north-west": N_("north-west side"),
}  # fmt: skip
TOGETHER = "="


@dataclass(frozen=True)
class Group:
    """`name` is 1, 2, ... or P1, P2, ... for pedestrians; `words` who it is for."""

    name: str
    words: str
    links: tuple[int, ...]
    pedestrian: bool


def signal_groups(words: SignalWords, plans: Sequence[LeavingPlan]) -> list[Group]:
    """The groups in the order in which they turn green in the first plan, pedestrians last."""
    alike: dict[tuple[bool, str], list[int]] = {}
    for link in words.links:
        shown = "".join(phase.state[link] for plan in plans for phase in plan.phases)
        alike.setdefault((link in words.walks, shown), []).append(link)
    order = sorted(alike, key=lambda key: (key[0], _first_green(key[1]), alike[key]))
    count = [0, 0]
    found = []
    for key in order:
        walks = key[0]
        count[walks] += 1
        said = ", ".join(in_words(words, alike[key]))
        found.append(Group(f"{'P' if walks else ''}{count[walks]}", said, tuple(alike[key]), walks))
    return found


def _first_green(shown: str) -> int:
    return next((place for place, letter in enumerate(shown) if letter in GREEN), len(shown))


def in_words(words: SignalWords, links: Sequence[int]) -> list[str]:
    """'northbound: left, through', a text an approach; 'crossing, north side' for pedestrians."""
    left = set(links)
    named: dict[str, list[str]] = {}
    for word, own in words.movements.items():
        if left & set(own):
            left -= set(own)
            approach, movement = word.rpartition(":")[::2]
            named.setdefault(approach, []).append(movement)
    return [text for approach, movements in named.items() for text in _said(approach, movements)]


def _said(approach: str, movements: list[str]) -> list[str]:
    if approach == "crossing":
        return [_("crossing, {side}", side=_(SIDES[side])) if side in SIDES else side for side in movements]
    if not approach:
        return movements
    heading = _(COMPASS[HEADINGS.index(approach)]) if approach in HEADINGS else approach
    order = [turn for turn in TURNS if turn in movements] + [other for other in movements if other not in TURNS]
    return [f"{heading}: {' + '.join(_(TURNS[turn]) if turn in TURNS else turn for turn in order)}"]


def intergreens(
    words: SignalWords, plans: Sequence[LeavingPlan], groups: Sequence[Group], walking_speed_mps: float
) -> list[list[float | str | None]]:
    """[ending, beginning]: the least time from the end of a green to the begin of a conflicting one, in seconds.

    Of vehicles the yellow and all-red that end their green, the shortest of all plans; of pedestrians what the longest
    crossing takes. None where groups do not conflict, TOGETHER where they have green together and one gives way.
    """
    needed_s = {group.name: _needed_s(words, plans, group, walking_speed_mps) for group in groups}
    return [
        [
            (TOGETHER if _together(plans, ending, beginning) else needed_s[ending.name])
            if any((i, j) in words.conflicts.foes for i in ending.links for j in beginning.links)
            else None
            for beginning in groups
        ]
        for ending in groups
    ]


def _together(plans: Sequence[LeavingPlan], one: Group, other: Group) -> bool:
    states = (phase.state for plan in plans for phase in plan.phases)
    return any(state[one.links[0]] in GREEN and state[other.links[0]] in GREEN for state in states)


def _needed_s(words: SignalWords, plans: Sequence[LeavingPlan], group: Group, walking_speed_mps: float) -> float | None:
    """None for a group that is always green."""
    if group.pedestrian:
        return math.ceil(max(words.crossing_m[link] for link in group.links) / walking_speed_mps)
    times_s: list[float] = []
    for plan in plans:
        ends_s = {round(run.end_s % plan.cycle_s, 3) for run in greens(plan.given.programme, group.links[0])}
        at_s = 0.0
        for stage in plan.stages:
            if round((at_s + stage.green_s) % plan.cycle_s, 3) in ends_s and stage.yellow_s:
                times_s.append(stage.yellow_s + stage.all_red_s)
            at_s += stage.green_s + stage.yellow_s + stage.all_red_s
    return min(times_s) if times_s else _shown_s(words, plans, group)


def _shown_s(words: SignalWords, plans: Sequence[LeavingPlan], group: Group) -> float | None:
    """The shortest time that a plan has until a conflicting green, where its stages have no yellow of their own."""
    rivals = {j for i, j in words.conflicts.foes if i in group.links}
    waits_s = [
        wait_s(run.end_s, other.start_s, plan.cycle_s)
        for plan in plans
        for run in greens(plan.given.programme, group.links[0])
        for rival in rivals
        for other in greens(plan.given.programme, rival)
    ]
    return min((wait for wait in waits_s if wait > EPSILON_S), default=None)
