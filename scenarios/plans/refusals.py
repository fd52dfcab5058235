"""Would a plan be safe to show? Checked round the cycle against the conflicts of the network and the scenario's rules.

Two greens that cross or merge are together only if one gives way ('g'): a turn may, to traffic that its own straight
movement does not cross and to a crossing; a u-turn to other turns too. A turn that may go after a stop ('s') gives way
to all it conflicts with: SUMO lets it wait for those only to whom the network has it yield.
"""

from collections.abc import Iterator, Mapping, Sequence

from zhasyl.errors import ScenarioError
from zhasyl.indications import EPSILON_S, GO, greens, indications, wait_s
from zhasyl.indications import Shown as Indication
from zhasyl.scenarios.plans.link_names import SignalWords
from zhasyl.scenarios.plans.programme import GivenPlan, Shown
from zhasyl.signals import GREEN, STOP_AND_GO, SignalTiming

LEAST_YELLOW_S = 2.0  # where the scenario has no rule
SHORTEST_CYCLE_S, LONGEST_CYCLE_S = 10.0, 600.0
Greens = Mapping[int, Sequence[Indication]]
"""Link → its greens in the cycle that end."""
KNOWN_LETTERS = frozenset("GgyYrus")  # an "o" or "O" is off: traffic would go unchecked


def check_plan(plan: GivenPlan, words: SignalWords, timing: SignalTiming) -> None:
    """Raise ScenarioError for the first thing that must not be shown."""
    _check_states(plan, words)
    for phase in plan.phases:
        _check_pairs(plan, words, phase)
    _check_never_green(plan, words)
    programme = plan.programme
    shown = {link: greens(programme, link) for link in words.links}
    for link in words.links.keys() - words.walks:
        yellows = [run for run in indications(programme, link) if run.colour == "y"]
        _check_road(plan, words, shown, yellows, link, timing)
    for link in sorted(words.walks):
        _check_walk(plan, words, shown, link, timing)


def _check_states(plan: GivenPlan, words: SignalWords) -> None:
    for phase in plan.phases:
        if len(phase.state) != words.size:
            raise plan.fault(
                f"state '{phase.state[:60]}' has {len(phase.state)} letters, the signal {words.size} links; "
                "give one letter a link",
                phase,
            )
        if unknown := sorted(set(phase.state) - KNOWN_LETTERS):
            raise plan.fault(f"letter '{unknown[0]}' in state '{phase.state[:60]}'; use G, g, y, r", phase)
        for link in words.links:
            if phase.state[link] == STOP_AND_GO and not words.is_turn(link):
                raise plan.fault(
                    f"{words.name(link)} shows 's' and is no turn; only a turn may turn on red after a stop", phase
                )
    if not SHORTEST_CYCLE_S <= plan.cycle_s <= LONGEST_CYCLE_S:
        raise plan.fault(
            f"its cycle is {plan.cycle_s:g} s, allowed {SHORTEST_CYCLE_S:g} to {LONGEST_CYCLE_S:g}; correct the greens"
        )
    if not 0 <= plan.offset_s < plan.cycle_s:
        raise plan.fault(
            f"offset {plan.offset_s:g} s is not from 0 to below the cycle of {plan.cycle_s:g} s; correct it"
        )


def _check_pairs(plan: GivenPlan, words: SignalWords, phase: Shown) -> None:
    for i, j in words.conflicts.unsafe(phase.state):
        both = f"{words.name(i)} and {words.name(j)}"
        if phase.state[i] == phase.state[j] == "G":
            raise plan.fault(f"{both} conflict and cannot both have priority; part them or let one give way", phase)
        raise plan.fault(f"{both} conflict and neither gives way; part them", phase)
    for i, j in sorted(words.conflicts.foes):
        if i < j and phase.state[i] in GREEN and phase.state[j] in GREEN and not may_share(words, i, j):
            both = f"{words.name(i)} and {words.name(j)}"
            raise plan.fault(f"{both} conflict and cannot be green together; part them", phase)


def check_letters(words: SignalWords, said: Mapping[int, str], letters: Mapping[int, str]) -> None:
    """Refuse a straight movement that would have to wait for a turn although nobody said so. Raises ScenarioError."""
    for link, turn in words.straight_that_yields(words.state(letters)):
        if not said[link] and may_share(words, link, turn):
            raise ScenarioError(
                f"{words.name(link)} would give way to {words.name(turn)}: so the network has it; "
                f"part them, or write #{link}=g if it shall"
            )


def may_share(words: SignalWords, one: int, other: int) -> bool:
    """May two conflicting links be green together, one giving way? Lanes of one approach may merge."""
    if words.approaches(one) & words.approaches(other):
        return True
    return _gives_way(words, one, other) or _gives_way(words, other, one)


def _gives_way(words: SignalWords, giver: int, taker: int) -> bool:
    if not words.is_turn(giver) or (giver, taker) not in words.conflicts.yields:
        return False
    if words.goes_back(giver) and words.is_turn(taker):
        return True
    return taker in words.walks or not _cross(words, giver, taker)


def _cross(words: SignalWords, one: int, other: int) -> bool:
    """Do the straight movements of their approaches cross? Where one has none, are they not opposite each other?"""
    ahead, across = _straight(words, one), _straight(words, other)
    if not ahead or not across:
        return not words.opposite(one, other)
    return any((i, j) in words.conflicts.foes for i in ahead for j in across)


def _straight(words: SignalWords, link: int) -> list[int]:
    mine = words.approaches(link)
    return [i for i in words.links if not words.is_turn(i) and words.approaches(i) & mine]


def _check_never_green(plan: GivenPlan, words: SignalWords) -> None:
    for link in words.links:
        if not any(phase.state[link] in GO for phase in plan.phases):
            mend = (
                "give it a stage that is long enough to cross"
                if link in words.walks
                else "put it into the greens of a stage"
            )
            raise plan.fault(f"{words.name(link)} is never green; {mend}")


def _at(plan: GivenPlan, time_s: float) -> Shown:
    """The phase that is shown just before a moment of the cycle."""
    end_s = 0.0
    for phase in plan.phases:
        end_s += phase.duration_s
        if end_s >= time_s % plan.cycle_s - EPSILON_S and time_s % plan.cycle_s > EPSILON_S:
            return phase
    return plan.phases[-1]


def _check_road(
    plan: GivenPlan, words: SignalWords, shown: Greens, yellows: Sequence[Indication], link: int, timing: SignalTiming
) -> None:
    least_green_s = timing.min_green_s or 0.0
    least_yellow_s = LEAST_YELLOW_S if timing.yellow_s is None else timing.yellow_s
    for green in shown[link]:
        phase = _at(plan, green.end_s)
        if green.seconds < least_green_s - EPSILON_S:
            raise plan.fault(
                f"{words.name(link)} is green for {green.seconds:g} s, least {least_green_s:g}; lengthen it", phase
            )
        yellow_s = next((y.seconds for y in yellows if wait_s(green.end_s, y.start_s, plan.cycle_s) < EPSILON_S), 0.0)
        if yellow_s < least_yellow_s - EPSILON_S:
            raise plan.fault(
                f"{words.name(link)} ends with {yellow_s:g} s of yellow, least {least_yellow_s:g}; lengthen yellow_s",
                phase,
            )
        for rival, gap_s in _rivals(plan, words, shown, link, green.end_s):
            needed_s = least_yellow_s + (timing.all_red_s or 0.0)
            if rival not in words.walks and gap_s < needed_s - EPSILON_S:
                raise plan.fault(
                    f"{words.name(rival)} gets green {gap_s:g} s after {words.name(link)} loses it, least {needed_s:g} "
                    "(yellow and all-red); lengthen all_red_s",
                    phase,
                )


def _rivals(
    plan: GivenPlan, words: SignalWords, shown: Greens, link: int, from_s: float
) -> Iterator[tuple[int, float]]:
    """Conflicting links with the seconds from a moment to the next begin of their green."""
    for i, rival in sorted(words.conflicts.foes):
        if i == link:
            waits_s = [wait_s(from_s, run.start_s, plan.cycle_s) for run in shown.get(rival, ())]
            yield from ((rival, min(waits_s)) for _ in waits_s[:1])


def _check_walk(plan: GivenPlan, words: SignalWords, shown: Greens, link: int, timing: SignalTiming) -> None:
    clearance_s = words.crossing_m[link] / timing.walking_speed_mps
    for green in shown[link]:
        phase = _at(plan, green.end_s)
        if green.seconds < timing.walk_s - EPSILON_S:
            raise plan.fault(
                f"{words.name(link)} has a walk of {green.seconds:g} s, least {timing.walk_s:g} before "
                f"{clearance_s:.1f} s to clear {words.crossing_m[link]:.1f} m; lengthen the stage",
                phase,
            )
        for rival, gap_s in _rivals(plan, words, shown, link, green.end_s):
            if rival not in words.walks and gap_s < clearance_s - EPSILON_S:
                raise plan.fault(
                    f"{words.name(rival)} gets green {gap_s:g} s after {words.name(link)}, which takes "
                    f"{clearance_s:.1f} s to clear; lengthen the stage",
                    phase,
                )
