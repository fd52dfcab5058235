"""Right turns that UTDF gives a green together with traffic whose way they cross in the network.

Where a road has a lane of its own for who turns into it, a right turn can run with the straight traffic of that road,
and with opposite left turns; a file says so, and the network may have no such lane. There the turn goes after a stop.
"""

from zhasyl.scenarios.plans.link_names import SignalWords
from zhasyl.scenarios.plans.refusals import may_share
from zhasyl.scenarios.plans.rings import RingPhase, Seconds, green_seconds
from zhasyl.scenarios.plans.utdf_lane_groups import LaneGroups


def stop_conflicting(
    groups: LaneGroups, words: SignalWords, phases: dict[int, RingPhase], cycle: int
) -> list[tuple[int, int, int]]:
    """Let such links go after a stop in such phases; answers (link, phase, who has the way), phase 0 for always."""
    protected = {link: _seconds(numbers, phases, cycle) for link, numbers in groups.protected.items()}
    greens = {link: _seconds(groups.of(link), phases, cycle) for link in groups.protected}
    found = []
    for link in sorted(groups.protected):
        if not words.is_turn(link) or words.turns_across(link) or words.goes_back(link):
            continue
        foes = [j for j in greens if (link, j) in words.conflicts.foes]
        times = {number: _seconds({number}, phases, cycle) for number in sorted(groups.of(link))}
        if link in groups.uncontrolled:
            times = {0: frozenset(range(cycle))}
        for number, own in times.items():
            rivals = [j for j in foes if _has_the_way(words, link, j, greens[j] & own, protected[j] & own)]
            if rivals:
                groups.stop(link, number) if number else groups.stop_always(link)
                found.append((link, number, rivals[0]))
    return found


def _has_the_way(words: SignalWords, link: int, other: int, together: Seconds, protected: Seconds) -> bool:
    if words.turns_across(other):
        return bool(protected) and (other, link) in words.conflicts.yields
    return bool(together) and not may_share(words, link, other)


def _seconds(numbers: set[int], phases: dict[int, RingPhase], cycle: int) -> Seconds:
    return green_seconds([phases[number] for number in numbers], cycle)
