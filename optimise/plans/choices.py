"""What a signal's plan may choose from: which stages in which order, and the least green of each.

place      position in the signal's present plan; a stage that is shown twice has two
sequence   places in order of play, beginning with the least of them; the present one comes first

A stage is left out only where every link keeps its green and its protection elsewhere, and never one for pedestrians
alone, as in Webster's plans. Whoever forbids a stage gives up the protection that it alone gave.
"""

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, islice, pairwise, permutations

import numpy as np

from zhasyl.arrays import FloatArray, IntArray
from zhasyl.signals import Signal, SignalPlan

MOST_SEQUENCES = 32  # of a signal: the present one, then the fewest stages first
MOST_PLACES = 10  # whose subsets are looked through
Order = tuple[int, ...]


@dataclass(frozen=True)
class SignalChoice:
    """One signal: its present plan in whole seconds, the sequences to choose from, least greens by place.

    `first` is 1 where the present sequence, which is always there, may not be chosen: forbidden, or too long.
    """

    signal: Signal
    present: SignalPlan
    sequences: tuple[Order, ...]
    least_s: tuple[float, ...]
    first: int = 0

    @property
    def places(self) -> int:
        """Stages in the present plan."""
        return len(self.present.stages)

    @cached_property
    def lost_s(self) -> FloatArray:
        """Intergreens of a cycle by sequence."""
        return np.array([sum(self.intergreens_s(sequence)) for sequence in self.sequences])

    @cached_property
    def shortest_s(self) -> FloatArray:
        """The shortest cycle of each sequence."""
        least = [sum(self.least_s[place] for place in sequence) for sequence in self.sequences]
        shortest_s: FloatArray = self.lost_s + np.array(least)
        return shortest_s

    @property
    def least_cycle_s(self) -> float:
        """The shortest cycle of the sequences that may be chosen."""
        return float(self.shortest_s[self.first :].min())

    def stages(self, sequence: Order) -> tuple[int, ...]:
        """The stages that a sequence plays."""
        return tuple(self.present.stages[place] for place in sequence)

    def intergreens_s(self, sequence: Order) -> list[float]:
        """The intergreen after each of its places."""
        stages = self.stages(sequence)
        return [self.signal.intergreen_s(old, new) for old, new in pairwise([*stages, stages[0]])]


def sequences_of(
    signal: Signal, plan: SignalPlan, staying: Set[int] = frozenset(), forbidden: Set[int] = frozenset()
) -> tuple[Order, ...]:
    """All sequences of a signal. Of stages by index `staying` are in every one, `forbidden` in the present one only."""
    return tuple(islice(dict.fromkeys(_sequences(signal, plan, staying, forbidden)), MOST_SEQUENCES))


def _sequences(signal: Signal, plan: SignalPlan, staying: Set[int], forbidden: Set[int]) -> Iterator[Order]:
    everything = tuple(range(len(plan.stages)))
    yield everything
    allowed = tuple(place for place in everything if plan.stages[place] not in forbidden)
    left = signal.greens(plan.stages[place] for place in allowed)
    needed = left | {(link, False) for link, _ in signal.greens(plan.stages)}
    kept = [chosen for chosen in _subsets(allowed) if _may_be(signal, plan, chosen, staying, needed)]
    yield from kept
    for chosen in kept:
        for rest in permutations(chosen[1:]):
            if _no_repeats(plan, (chosen[0], *rest)):
                yield (chosen[0], *rest)


def _subsets(places: Order) -> Iterator[Order]:
    """The fewest places first, which lose the least time; of very long plans only those that leave out one."""
    least = 2 if len(places) <= MOST_PLACES else len(places) - 1
    for count in range(least, len(places) + 1):
        yield from combinations(places, count)


def _may_be(signal: Signal, plan: SignalPlan, chosen: Order, staying: Set[int], needed: Set[tuple[int, bool]]) -> bool:
    stages = [plan.stages[place] for place in chosen]
    left_out = set(plan.stages) - set(stages)
    alone = {stage for stage in plan.stages if signal.has_walk(stage) and not signal.serves[stage].any()}
    return (
        len(set(stages)) > 1
        and not left_out & (staying | alone)
        and signal.greens(stages) >= needed
        and _no_repeats(plan, chosen)
    )


def _no_repeats(plan: SignalPlan, sequence: Order) -> bool:
    stages = [plan.stages[place] for place in sequence]
    return all(old != new for old, new in pairwise([*stages, stages[0]]))


@dataclass(frozen=True)
class PlanBatch:
    """Candidate plans of all signals at once. c candidates, s signals in the problem's order, p greatest of places.

    sequence   [c, s]     index into the signal's sequences
    greens_s   [c, s, p]  green at each step of its sequence; 0 beyond its end
    cycle_s    [c, s]     greens and intergreens
    offset_s   [c, s]     when the first green of the sequence begins, below the cycle
    """

    sequence: IntArray
    greens_s: FloatArray
    cycle_s: FloatArray
    offset_s: FloatArray

    def __len__(self) -> int:
        return len(self.sequence)

    def plans(self, candidate: int, choices: Sequence[SignalChoice]) -> dict[str, SignalPlan]:
        """One candidate as a plan a signal."""
        return {one.signal.id: self._plan(candidate, index, one) for index, one in enumerate(choices)}

    def _plan(self, candidate: int, index: int, choice: SignalChoice) -> SignalPlan:
        sequence = choice.sequences[self.sequence[candidate, index]]
        greens_s = self.greens_s[candidate, index, : len(sequence)]
        return SignalPlan(
            choice.stages(sequence),
            tuple(greens_s.tolist()),
            float(self.cycle_s[candidate, index]),
            float(self.offset_s[candidate, index]),
        )


def batch_of(plans: Sequence[dict[str, SignalPlan]], choices: Sequence[SignalChoice]) -> PlanBatch:
    """Plans of the choices' own sequences as a batch. Raises KeyError for one with another sequence."""
    size = (len(plans), len(choices))
    batch = PlanBatch(
        np.zeros(size, dtype=np.intp),
        np.zeros((*size, max(choice.places for choice in choices))),
        np.zeros(size),
        np.zeros(size),
    )
    for index, choice in enumerate(choices):
        known = {choice.stages(sequence): number for number, sequence in reversed(list(enumerate(choice.sequences)))}
        for candidate, plan in enumerate(plan[choice.signal.id] for plan in plans):
            batch.sequence[candidate, index] = known[plan.stages]
            batch.greens_s[candidate, index, : len(plan.greens_s)] = plan.greens_s
            batch.cycle_s[candidate, index] = plan.cycle_s
            batch.offset_s[candidate, index] = plan.offset_s
    return batch
