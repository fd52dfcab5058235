"""Segments of a cycle as phases in rings and barriers: two rings where the movements fit them, else one.

barrier   between two segments in which different approaches have green, and no movement goes on
two rings between two barriers one ring has what goes ahead of one approach and turns across of the opposite one, the
          other ring the rest; each must have one phase after the other, from barrier to barrier
numbers   as NEMA has them where there is room: odd for turns across, even for what goes ahead, from 5 the second ring
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from zhasyl.scenarios.plans.link_names import SignalWords
from zhasyl.scenarios.plans.out.utdf_segments import Segment

MOST_PHASES = 16
MOST_POSITIONS = 9
RING_NUMBERS = 4
Run = tuple[int, int]
"""The first and the last segment of a time in which something is green."""


@dataclass(frozen=True)
class OutPhase:
    """A phase over the segments from `first` to `last`, and the links that it is for."""

    barrier: int
    ring: int
    position: int
    first: int
    last: int
    links: frozenset[int]
    ahead: bool
    number: int = 0

    @property
    def segments(self) -> frozenset[int]:
        return frozenset(range(self.first, self.last + 1))

    @property
    def brp(self) -> str:
        return f"{self.barrier}{self.ring}{self.position}"


def ring_layouts(words: SignalWords, parts: Sequence[Segment]) -> Iterator[list[OutPhase]]:
    """Ways to put the segments in rings, the best one first."""
    blocks = list(_blocks(words, parts))
    layout: list[OutPhase] = []
    for number, block in enumerate(blocks, start=1):
        layout += _two_rings(words, parts, block, number) or _one_ring(words, parts, block, number)
    if len(blocks) <= MOST_POSITIONS and all(phase.position <= MOST_POSITIONS for phase in layout):
        yield _numbered(layout)
    single = [
        _phase(words, (1 + place // MOST_POSITIONS, 1, 1 + place % MOST_POSITIONS), (place, place), part.letters)
        for place, part in enumerate(parts)
    ]
    yield _numbered(single)


def _phase(words: SignalWords, brp: tuple[int, int, int], run: Run, links: Collection[int]) -> OutPhase:
    return OutPhase(*brp, *run, frozenset(links), any(not words.turns_across(link) for link in links))


def from_barrier(words: SignalWords, parts: Sequence[Segment], cycle_s: float) -> list[Segment]:
    """The segments from one on before which a barrier can stand; as they are where none can."""
    first = next((k for k in range(len(parts)) if _changes(words, parts, k)), None)
    if first is None:
        first = next((k for k in range(len(parts)) if _parted(parts, k)), 0)
    return [*parts[first:], *(replace(part, start_s=part.start_s + cycle_s) for part in parts[:first])]


def _blocks(words: SignalWords, parts: Sequence[Segment]) -> Iterator[Run]:
    """The segments between two barriers, all of them if the cycle does not begin at one."""
    cuts = [0, *(k for k in range(1, len(parts)) if _changes(words, parts, k))]
    if not _parted(parts, 0):
        cuts = [0]
    for cut, following in zip(cuts, [*cuts[1:], len(parts)], strict=True):
        yield cut, following - 1


def _parted(parts: Sequence[Segment], k: int) -> bool:
    """Is no movement green both in a segment and in the one before?"""
    return not parts[k - 1].letters.keys() & parts[k].letters.keys()


def _changes(words: SignalWords, parts: Sequence[Segment], k: int) -> bool:
    """Do other approaches have green from a segment on?"""
    before, here = (_approaches(words, parts[place].letters) for place in (k - 1, k))
    return before != here and _parted(parts, k)


def _approaches(words: SignalWords, letters: Mapping[int, str]) -> set[str]:
    return set().union(*(words.approaches(link) for link, letter in letters.items() if letter == "G"))


def _one_ring(words: SignalWords, parts: Sequence[Segment], block: Run, barrier: int) -> list[OutPhase]:
    return [
        _phase(words, (barrier, 1, place), (k, k), parts[k].letters)
        for place, k in enumerate(range(block[0], block[1] + 1), start=1)
    ]


def _two_rings(words: SignalWords, parts: Sequence[Segment], block: Run, barrier: int) -> list[OutPhase]:
    """The phases of both rings, none where the movements do not fit."""
    runs = {link: run for link in words.links if (run := _run(parts, block, link))}
    pair = sorted({approach for link in runs for approach in words.approaches(link)})
    if len(pair) != 2:
        return []
    rings: list[dict[Run, list[int]]] = [{}, {}]
    for link, run in runs.items():
        own = pair.index(min(words.approaches(link)))
        rings[own ^ words.turns_across(link)].setdefault(run, []).append(link)
    found = []
    for ring, phases in enumerate(rings, start=1):
        at = block[0]
        for position, (run, links) in enumerate(sorted(phases.items()), start=1):
            if run[0] != at:
                return []
            at = run[1] + 1
            found.append(_phase(words, (barrier, ring, position), run, links))
        if at != block[1] + 1:
            return []
    return found


def _run(parts: Sequence[Segment], block: Run, link: int) -> Run | None:
    """When a link has a green to itself; None where it only ever gives way, or has several."""
    own = [k for k in range(block[0], block[1] + 1) if parts[k].letters.get(link) == "G"]
    if not own or own != list(range(own[0], own[-1] + 1)):
        return None
    return own[0], own[-1]


def _numbered(layout: list[OutPhase]) -> list[OutPhase]:
    """Phases with their numbers."""
    by_nema = [replace(phase, number=number) for phase in layout if (number := _nema(layout, phase))]
    if len(by_nema) == len(layout) and len({phase.number for phase in by_nema}) == len(layout):
        return by_nema
    return [replace(phase, number=number) for number, phase in enumerate(layout, start=1)]


def _nema(layout: list[OutPhase], phase: OutPhase) -> int:
    """Its number if NEMA's eight suffice, else 0."""
    beside = [one for one in layout if (one.barrier, one.ring) == (phase.barrier, phase.ring)]
    if phase.barrier > 2 or len(beside) > 2:
        return 0
    other = next((one for one in beside if one is not phase), None)
    even = phase.ahead if other is None or other.ahead != phase.ahead else phase.position == 2
    return RING_NUMBERS * (phase.ring - 1) + 2 * phase.barrier - (not even)


def serving(
    words: SignalWords, phases: Sequence[OutPhase], parts: Sequence[Segment], link: int
) -> tuple[list[int], list[int]] | None:
    """The phases in which a link has priority, and those in which it gives way; None if they do not say it."""
    priority = {k for k, part in enumerate(parts) if part.letters.get(link) == "G"}
    green = {k for k, part in enumerate(parts) if link in part.letters}
    mine = words.approaches(link)
    ordered = sorted(
        phases,
        key=lambda phase: (
            link not in phase.links,
            not any(words.approaches(other) & mine for other in phase.links if not words.turns_across(other)),
            -len(phase.segments),
            phase.number,
        ),
    )
    protected, permitted = _covering(ordered, priority, priority), _covering(ordered, green - priority, green)
    return None if protected is None or permitted is None else (protected, permitted)


def _covering(phases: Sequence[OutPhase], wanted: set[int], allowed: set[int]) -> list[int] | None:
    """The first phases that are within what is allowed and have all that is wanted."""
    left, chosen = set(wanted), []
    for phase in phases:
        if phase.segments <= allowed and phase.segments & left:
            chosen.append(phase.number)
            left -= phase.segments
    return None if left else sorted(chosen)
