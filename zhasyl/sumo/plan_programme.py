"""A plan as a static programme of SUMO, which starts in step with the plan's offset."""

from collections.abc import Iterator

from zhasyl.signals import GREEN, Signal, SignalPlan
from zhasyl.sumo.programme import SumoProgramme
from zhasyl.walks import walk_ends_s


def plan_programme(signal: Signal, plan: SignalPlan) -> SumoProgramme:
    """What SUMO plays for a plan whose cycle is its greens and the signal's intergreens."""
    rows = (
        {"duration": seconds, "state": state, **({"name": called} if called else {})}
        for seconds, state, called in phases(signal, plan)
    )
    return SumoProgramme(signal.id, "static", {}, tuple(rows), plan.offset_s)


def longest_red_s(programme: SumoProgramme) -> float:
    """The longest time in which a link that is green in the cycle is not; 0 if all always are."""
    seconds = [float(phase["duration"]) for phase in programme.phases]
    states = [str(phase["state"]) for phase in programme.phases]
    longest_s = 0.0
    for link in range(len(states[0])):
        green = [state[link] in GREEN for state in states]
        if any(green):
            first, red_s = green.index(True), 0.0
            for place in range(first, first + len(states)):
                red_s = 0.0 if green[place % len(states)] else red_s + seconds[place % len(states)]
                longest_s = max(longest_s, red_s)
    return longest_s


def phases(signal: Signal, plan: SignalPlan) -> Iterator[tuple[float, str, str]]:
    """Seconds, state and name of what a plan shows in a cycle, from its first green on.

    A walk ends in its stage, so that who started last is across when the yellow ends.
    """
    following = (*plan.stages[1:], plan.stages[0])
    for stage, after, green_s in zip(plan.stages, following, plan.greens_s, strict=True):
        ends_s, begin_s, called = walk_ends_s(signal, stage, green_s), 0.0, signal.stages[stage].id
        for end_s in sorted({min(end_s, green_s) for end_s in (*ends_s.values(), green_s)}):
            yield end_s - begin_s, signal.walking(stage, [i for i in ends_s if ends_s[i] > begin_s]), called
            begin_s, called = end_s, ""
        for seconds, state in signal.intergreen(stage, after):
            yield seconds, state, ""
