"""Signals as a traffic engineer sees them: groups, stages, movements, the transition between two stages.

signal group   links that always show the same indication (NEMA and UK "phase")
stage          groups that are green together (UK "stage", SUMO's green <phase>)
movement       approach → exit, with the links that serve it
intergreen     end of the losing green → start of the gaining green: yellow + all-red
permissive     green that yields to conflicting traffic (SUMO's 'g'), as against protected ('G')
walk           the green of a pedestrian group; it ends by itself and its clearance runs inside the stage
plan           stage sequence + cycle + splits + offset
"""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from zhasyl.errors import SignalError

A = TypeVar("A", bound=np.generic)

GREEN = frozenset("Gg")
STOP_AND_GO = "s"  # SUMO's turn on red: everybody stops, then goes, giving way as under 'g'
GIVING_WAY = frozenset("g") | {STOP_AND_GO}
GOING = GREEN | GIVING_WAY


@dataclass(frozen=True)
class SignalTiming:
    """Timing rules for controlled signals. None: taken from the programme shipped with the network."""

    yellow_s: float | None = None
    all_red_s: float | None = None
    min_green_s: float | None = None
    walk_s: float = 5.0
    walking_speed_mps: float = 1.2


@dataclass(frozen=True)
class SignalGroup:
    """Link indices that always show the same indication. `clearance_s`: what a pedestrian needs to cross."""

    id: str
    links: tuple[int, ...]
    pedestrian: bool = False
    clearance_s: float = 0.0


def read_only(array: npt.NDArray[A]) -> npt.NDArray[A]:
    """The array, which nobody can change from now on: several read it."""
    array.setflags(write=False)
    return array


@dataclass(frozen=True)
class Stage:
    """Groups green together. `state`: one character per link, 'G', 'g', or what the link shows when closed.

    `min_green_s` covers the walk and the part of its clearance that the yellow does not; `vehicle_min_green_s` is
    what vehicles alone ask for, None where that is the same.
    """

    id: str
    state: str
    min_green_s: float
    max_green_s: float
    vehicle_min_green_s: float | None = None

    def green(self, link: int) -> bool:
        """Is this link green in the stage?"""
        return self.state[link] in GREEN


@dataclass(frozen=True)
class Movement:
    """Traffic from one approach edge to one exit edge, the links that serve it, lanes before and after."""

    from_edge: str
    to_edge: str
    links: tuple[int, ...]
    lanes: int
    exit_lanes: int = 1
    from_lanes: tuple[int, ...] = ()
    """Indices of the lanes on the approach edge; 0, 1, ... where the maker did not say."""
    speed_mps: float = 50 / 3.6
    """Speed limit of the approach."""
    exit_m: float = 500.0
    """Length of the exit edge."""
    from_signal_m: float = math.inf
    """Length of the approach edge where it begins at another signal's junction."""

    def __post_init__(self) -> None:
        if not self.from_lanes:
            object.__setattr__(self, "from_lanes", tuple(range(self.lanes)))


@dataclass(frozen=True)
class SignalPlan:
    """A fixed plan: stage indices in order of play, the green of each (seconds), the cycle and its offset.

    The first stage's green begins at the offset, and a whole number of cycles after it.
    """

    stages: tuple[int, ...]
    greens_s: tuple[float, ...]
    cycle_s: float
    offset_s: float = 0.0


@dataclass(frozen=True)
class Conflicts:
    """Which links of a signal cross or merge, and which then give way: pairs, the first to the second.

    foes       both (i, j) and (j, i)
    yields     as the network says, maybe both ways: SUMO lets 'g' wait for 'G' by it, and for another 'g'
    gives_way  who shows 'g' where it is ours to say: as `yields`, both ways for movements of one kind only
    """

    foes: frozenset[tuple[int, int]]
    yields: frozenset[tuple[int, int]]
    gives_way: frozenset[tuple[int, int]] = frozenset()

    def __post_init__(self) -> None:
        if not self.gives_way:
            object.__setattr__(self, "gives_way", self.yields)

    def lettered(self, said: Mapping[int, str]) -> dict[int, str]:
        """What green links show: the letter said, else 'g' where one gives way to another of them, else 'G'."""
        giving = {one for one, other in self.gives_way if one in said and other in said}
        return {link: letter or ("g" if link in giving else "G") for link, letter in said.items()}

    def unsafe(self, state: str) -> list[tuple[int, int]]:
        """Pairs of conflicting links that may go at once although neither gives way."""
        return [(i, j) for i, j in sorted(self.foes) if i < j and self._collide(state, i, j)]

    def _collide(self, state: str, i: int, j: int) -> bool:
        if state[i] not in GOING or state[j] not in GOING:
            return False
        if state[i] == state[j] == "G":
            return True
        gives_way = {(a, b) for a, b in ((i, j), (j, i)) if state[a] in GIVING_WAY and (a, b) in self.yields}
        return not gives_way


@dataclass(frozen=True)
class Signal:
    """A controllable signal. Raises SignalError if a stage shows conflicting greens or a group is unknown."""

    id: str
    groups: tuple[SignalGroup, ...]
    stages: tuple[Stage, ...]
    movements: tuple[Movement, ...]
    conflicts: Conflicts
    yellow_s: float
    all_red_s: float
    walk_s: float
    plan: SignalPlan
    notes: tuple[str, ...] = ()
    pedestrian_links: frozenset[int] = field(init=False)

    def __post_init__(self) -> None:
        walks = frozenset(link for group in self.groups if group.pedestrian for link in group.links)
        object.__setattr__(self, "pedestrian_links", walks)
        if len(self.stages) < 2:
            raise SignalError(f"signal '{self.id}': {len(self.stages)} stage, a controller needs at least 2")
        for stage in self.stages:
            for i, j in self.conflicts.unsafe(stage.state):
                raise SignalError(
                    f"signal '{self.id}', stage '{stage.id}': links {i} and {j} conflict "
                    f"(intergreen {self.yellow_s + self.all_red_s:g} s) and cannot be green together"
                )

    @cached_property
    def serves(self) -> npt.NDArray[np.bool_]:
        """[stage, movement]: is any link of the movement green in the stage?"""
        return self._where(lambda stage, link: stage.green(link))

    @cached_property
    def protects(self) -> npt.NDArray[np.bool_]:
        """[stage, movement]: is the movement green in the stage without giving way?"""
        return self._where(lambda stage, link: stage.state[link] == "G")

    def _where(self, holds: Callable[[Stage, int], bool]) -> npt.NDArray[np.bool_]:
        """[stage, movement]: does it hold for any link of the movement?"""
        rows = [[any(holds(stage, link) for link in m.links) for m in self.movements] for stage in self.stages]
        return read_only(np.array(rows, dtype=bool).reshape(len(self.stages), len(self.movements)))

    @cached_property
    def serves_best(self) -> npt.NDArray[np.bool_]:
        """[stage, movement]: is the movement green in the stage, as well as it ever is?

        Where it need not give way if some stage protects it; wherever it is green if none does, as on the stem of a
        T-junction whose turns all cross a walk.
        """
        return read_only(np.where(self.protects.any(axis=0), self.protects, self.serves))

    @cached_property
    def lanes(self) -> tuple[tuple[str, int], ...]:
        """The lanes before the stop lines: (approach edge, lane index), sorted."""
        return tuple(sorted({(m.from_edge, lane) for m in self.movements for lane in m.from_lanes}))

    def after_walk(self, stage: int) -> str:
        """The stage's state once its pedestrian greens have ended."""
        return self.walking(stage, ())

    def walking(self, stage: int, links: Iterable[int]) -> str:
        """The stage's state while only these of its pedestrian links are green still."""
        ended = self.pedestrian_links.difference(links)
        return "".join("r" if link in ended else shown for link, shown in enumerate(self.stages[stage].state))

    def greens(self, stages: Iterable[int]) -> set[tuple[int, bool]]:
        """Each link that is green in one of the stages, and whether it is protected there."""
        shown = [self.stages[stage].state for stage in stages]
        green = {(link, False) for state in shown for link, light in enumerate(state) if light in GREEN}
        return green | {(link, True) for state in shown for link, light in enumerate(state) if light == "G"}

    def has_walk(self, stage: int) -> bool:
        """Does the stage give pedestrians a green?"""
        return any(self.stages[stage].green(link) for link in self.pedestrian_links)

    @cached_property
    def clearance_s(self) -> dict[int, float]:
        """Pedestrian link → what a pedestrian needs to cross there."""
        return {link: group.clearance_s for group in self.groups if group.pedestrian for link in group.links}

    def clears_walk_s(self, link: int) -> float:
        """Green that goes on after a walk, so that its clearance is over with the yellow."""
        return max(0.0, self.clearance_s[link] - self.yellow_s)

    def intergreen(self, old: int, new: int) -> tuple[tuple[float, str], ...]:
        """What is shown between two stages: rows of (seconds, state); empty where nothing has to end.

        Links green in both stages stay green. A losing link shows yellow, then red; the gaining links
        start together, after an all-red if one of them conflicts with a losing one. A link that gives up its
        protection ('G' to 'g') is cleared like a losing one before what it has to yield to starts.
        """
        if (old, new) not in self._intergreens:
            self._intergreens[(old, new)] = self._find_intergreen(old, new)
        return self._intergreens[(old, new)]

    @cached_property
    def _intergreens(self) -> dict[tuple[int, int], tuple[tuple[float, str], ...]]:
        return {}

    def _find_intergreen(self, old: int, new: int) -> tuple[tuple[float, str], ...]:
        before, after = self.after_walk(old), self.stages[new].state
        losing = {i for i, shown in enumerate(before) if shown in GREEN and after[i] not in GREEN}
        clearing = {i for i in self.pedestrian_links if self.stages[old].green(i)}
        gaining = {i for i, shown in enumerate(after) if shown in GREEN and before[i] not in GREEN}
        ceding = {i for i, shown in enumerate(before) if shown == "G" and after[i] == "g"}
        conflict = any((i, j) in self.conflicts.foes for i in losing | clearing | ceding for j in gaining)
        rows = []
        if losing or conflict:
            rows.append((self.yellow_s, _shown(before, after, losing, "y")))
        if conflict and self.all_red_s > 0:
            rows.append((self.all_red_s, _shown(before, after, losing, "r")))
        return tuple(rows)

    def changes(self, old: int, new: int) -> tuple[frozenset[int], frozenset[int]]:
        """The road links that lose their green between two stages, and the links that gain it."""
        before, after = self.after_walk(old), self.stages[new].state
        losing = frozenset(i for i, shown in enumerate(before) if shown in GREEN and after[i] not in GREEN)
        gaining = frozenset(i for i, shown in enumerate(after) if shown in GREEN and before[i] not in GREEN)
        return losing, gaining

    def clearing_links(self, old: int, new: int) -> frozenset[int]:
        """Road links that lose their green between two stages and conflict with a link that gains it."""
        losing, gaining = self.changes(old, new)
        return frozenset(i for i in losing if any((i, j) in self.conflicts.foes for j in gaining))

    def intergreen_s(self, old: int, new: int) -> float:
        """Length of the intergreen between two stages."""
        return sum(seconds for seconds, _ in self.intergreen(old, new))


def _shown(before: str, after: str, losing: set[int], losing_shows: str) -> str:
    """Links green before and after keep their indication, losing ones show the given one, others stay closed.

    A turn may turn on red after a stop ('s') meanwhile if it may before and after.
    """
    return "".join(
        losing_shows if i in losing
        else old if old in GREEN
        else (new if new == old else "r")
        for i, (old, new) in enumerate(zip(before, after, strict=True))
    )  # fmt: skip
