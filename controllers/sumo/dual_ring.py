"""A signal's stages as two rings with a barrier: what either ring may show, independent of the other.

The two sides of the barrier share the stages. On a side of four stages each ring has two phases, and every pair of
them is one of the stages: north and south, each with its left turn before or after its through movement, are four
stages and such a side. On a side of one or two stages the first ring plays them in order and the second one holds.
So whatever the rings do, nothing is green together that no stage shows.

Source: Traffic Signal Timing Manual, 2nd ed. (NCHRP 812, 2015), ch. 4.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from zhasyl.errors import SignalError
from zhasyl.signals import GREEN, Signal, Stage

RING_PHASES = 4  # of one ring, two on either side
STRONGEST_FIRST = "Ggs"  # what is shown where the rings differ, as SUMO puts them together


@dataclass(frozen=True)
class RingPhase:
    """What one ring adds to the signal's state, and how long. `state` has no green in a phase that only holds."""

    state: str
    min_green_s: float
    max_green_s: float


@dataclass(frozen=True)
class Side:
    """One side of the barrier: the phases of either ring, in order."""

    first: tuple[RingPhase, ...]
    second: tuple[RingPhase, ...]


def two_sides(signal: Signal) -> tuple[Side, Side]:
    """The stages as two sides of a barrier. Raises SignalError where they are no two rings."""
    stages, count = signal.stages, len(signal.stages)
    if count <= RING_PHASES:
        half = (count + 1) // 2
        return _in_order(stages[:half]), _in_order(stages[half:])
    for chosen in combinations(range(count), 4):
        rest = [stage for index, stage in enumerate(stages) if index not in chosen]
        first, second = _crossed([stages[index] for index in chosen]), _side(rest)
        if first and second:
            return first, second
    raise SignalError(f"its {count} stages are no two rings with a barrier, and one ring has {RING_PHASES} phases")


def _side(stages: Sequence[Stage]) -> Side | None:
    if len(stages) <= RING_PHASES // 2:
        return _in_order(stages)
    return _crossed(stages) if len(stages) == 4 else None


def _in_order(stages: Sequence[Stage]) -> Side:
    played = tuple(RingPhase(stage.state, stage.min_green_s, stage.max_green_s) for stage in stages)
    return Side(played, (RingPhase("r" * len(stages[0].state), 1.0, 1.0),))


def _crossed(stages: Sequence[Stage]) -> Side | None:
    """Two phases for either ring whose four pairs are the four stages, if there are any."""
    begin = stages[0]
    for end in stages[1:]:
        one, other = (stage for stage in stages[1:] if stage is not end)
        first = (_shared(begin, one), _shared(other, end))
        second = (_shared(begin, other), _shared(one, end))
        pairs = [together(a.state, b.state) for a in first for b in second]
        if pairs == [stage.state for stage in (begin, one, other, end)]:
            return Side(first, second)
    return None


def _shared(one: Stage, other: Stage) -> RingPhase:
    """What two stages have in common, for as long as either needs."""
    state = "".join(
        a if a == b
        else "g" if a in GREEN and b in GREEN
        else "r"
        for a, b in zip(one.state, other.state, strict=True)
    )  # fmt: skip
    return RingPhase(state, max(one.min_green_s, other.min_green_s), max(one.max_green_s, other.max_green_s))


def together(one: str, other: str) -> str:
    """The state that two rings show: for each link the stronger indication."""
    return "".join(
        next((shown for shown in STRONGEST_FIRST if shown in pair), pair[0]) for pair in zip(one, other, strict=True)
    )
