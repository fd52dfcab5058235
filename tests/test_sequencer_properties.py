"""Whatever the signal, the proposals, the traffic and the clock: the states shown are safe and nobody starves.

Judged from the states alone by `zhasyl.safety`, which knows nothing of stages and the sequencer.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, groupby
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.any_signal import WALKING_SPEED_MPS, network_of, signals
from tests.fakes import seen
from tests.test_sequencer import Scripted
from zhasyl.controllers.base import AdaptiveParameters, Controller, adapted
from zhasyl.links import read_conflicts
from zhasyl.observation import Observation
from zhasyl.safety import Limits, violations
from zhasyl.sequencer import HOLD_STEP_S, Sequencer, Watch
from zhasyl.signals import GREEN, Signal

LENGTH_S = 200.0


class _BadNumber:
    def __index__(self) -> int:
        raise OSError("no number")


class _BadError(Exception):
    def __str__(self) -> str:
        raise OSError("no text")


NONSENSE = (
    None, "A", 0.5, math.nan, -1, 99, 10**5000, [0],
    _BadNumber(), _BadError(), ValueError("lost"), MemoryError(),
)  # fmt: skip
STAGES = st.integers(0, 4)


class Walking(Scripted):
    """Says how long a green is known to last, right or wrong, and lets walks go on, or not."""

    def __init__(self, signal: Signal, answers: Sequence[Any], known_s: float, keeps: Sequence[bool]) -> None:
        super().__init__(signal, answers)
        self._known_s, self._keeps = known_s, cycle(keeps)

    def known_green_s(self, stage: int, time_s: float) -> float:
        return self._known_s

    def keeps_walk(self, observation: Observation, green_s: float) -> bool:
        return next(self._keeps)


@dataclass(frozen=True)
class World:
    """What a sequencer meets.

    answers    what its controller proposes, over and over, or the error with which its construction fails
    waits_s    from when on a vehicle waits for each movement; infinity: never
    known_s    of a green, as its controller says when it begins
    keeps      whether it lets the walks go on, asked time after time
    standing   whether a vehicle stands inside the junction, asked time after time
    step_s     of the simulation; the sequencer is called at each one, or only when it is due
    """

    signal: Signal
    answers: Sequence[Any] | Exception
    waits_s: tuple[float, ...]
    standing: tuple[bool, ...]
    start_s: float
    step_s: float
    every_step: bool
    interval_s: float
    max_red_s: float
    clearing_s: float
    blind: bool
    known_s: float
    keeps: tuple[bool, ...]

    def table(self) -> pd.DataFrame:
        """The states shown, as a run's record has them."""
        rows = [(start_s, state) for start_s, state in self._shown()]
        runs = [next(same) for _, same in groupby(rows, key=lambda row: row[1])]
        starts_s = pd.Series([start_s for start_s, _ in runs], dtype=float)
        ends_s = starts_s.shift(-1, fill_value=self.start_s + LENGTH_S)
        states = [state for _, state in runs]
        return pd.DataFrame({"signal": "J", "start_s": starts_s, "duration_s": ends_s - starts_s, "state": states})

    def _shown(self) -> Iterator[tuple[float, str]]:
        player = self._sequencer()
        for number in range(round(LENGTH_S / self.step_s)):
            time_s = round(self.start_s + number * self.step_s, 3)
            if self.every_step or player.next_s <= time_s + 1e-6:
                state = player.step(time_s)
                assert player.next_s > time_s
                yield time_s, state

    def _sequencer(self) -> Sequencer:
        standing = cycle(self.standing)
        watch = Watch(
            self._observe,
            self.start_s,
            self.interval_s,
            self.max_red_s,
            lambda _: next(standing),
            self.clearing_s,
            self.blind,
        )
        return Sequencer(self.signal, self._build, watch)

    def _build(self) -> Controller:
        if isinstance(self.answers, Exception):
            raise self.answers
        return Walking(self.signal, self.answers, self.known_s, self.keeps)

    def _observe(self, time_s: float, stage: int, green_s: float) -> Observation:
        waiting = [] if self.blind else [(m, 5.0, 0.0) for m, since_s in enumerate(self.waits_s) if since_s <= time_s]
        moving = [(m, 40.0, 9.0) for m in range(len(self.waits_s))]
        return seen(self.signal, [*waiting, *moving], time_s=time_s, stage=stage, green_s=green_s)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    signal = draw(signals())
    if draw(st.booleans()):
        signal = adapted(signal, AdaptiveParameters(min_green_s=draw(st.sampled_from([1, 1, 2, 12]))))
    valid = draw(st.lists(STAGES.map(lambda stage: stage % len(signal.stages)), min_size=1, max_size=8))
    wrong: list[Sequence[Any] | Exception] = [[*valid, nonsense] for nonsense in NONSENSE]
    usual: list[Sequence[Any] | Exception] = [valid, valid[:1], [*map(np.intp, valid)]]
    answers = draw(st.sampled_from([*(usual * 10), *wrong, RuntimeError("no model")]))
    size = len(signal.movements)
    waits = st.sampled_from([0.0, 0.0, 30.0, 77.7, math.inf])
    return World(
        signal=signal,
        answers=answers,
        waits_s=tuple(draw(st.lists(waits, min_size=size, max_size=size))),
        standing=tuple(draw(st.lists(st.booleans(), min_size=1, max_size=5))),
        start_s=draw(st.sampled_from([0.0, 25200.0])),
        step_s=draw(st.sampled_from([1.0, 1.0, 0.1, 2.0])),
        every_step=draw(st.booleans()),
        interval_s=draw(st.sampled_from([1.0, 5.0, 0.3, 60.0])),
        max_red_s=draw(st.sampled_from([5.0, 20.0, 33.3, 60.0])),
        clearing_s=draw(st.sampled_from([0.0, 8.0, 2.5])),
        blind=draw(st.booleans()),
        known_s=draw(st.sampled_from([0.0, 0.0, 17.5, 60.0])),
        keeps=tuple(draw(st.lists(st.booleans(), min_size=1, max_size=5))),
    )


@settings(max_examples=200, deadline=None)
@given(worlds())
def test_what_is_shown_is_safe(world: World) -> None:
    signal = world.signal
    limits = Limits(
        yellow_s=signal.yellow_s,
        min_green_s=min(stage.min_green_s for stage in signal.stages),
        walk_s=signal.walk_s,
        walking_speed_mps=WALKING_SPEED_MPS,
        all_red_s=signal.all_red_s,
    )
    assert violations(network_of(signal), world.table(), limits) == []


@settings(max_examples=150, deadline=None)
@given(worlds())
def test_no_green_is_shorter_than_the_shortest_of_the_stages_that_show_it(world: World) -> None:
    """Closer than one minimum for all: each link's own."""
    shown, signal = world.table(), world.signal
    for link in sorted({link for movement in signal.movements for link in movement.links}):
        least_s = min((s.min_green_s for s in signal.stages if s.green(link)), default=0.0)
        assert all(end_s - start_s >= least_s - 1e-6 for start_s, end_s in _greens(shown, (link,))[1:-1])


def _greens(shown: pd.DataFrame, links: tuple[int, ...]) -> list[tuple[float, float]]:
    """When any of these links is green."""
    rows = zip(shown["start_s"], shown["start_s"] + shown["duration_s"], shown["state"], strict=True)
    same = groupby(rows, key=lambda row: any(row[2][link] in GREEN for link in links))
    periods = [(green, list(members)) for green, members in same]
    return [(members[0][0], members[-1][1]) for green, members in periods if green]


@settings(max_examples=200, deadline=None)
@given(worlds())
def test_a_waiting_vehicle_that_a_stage_serves_is_served_within_the_maximum_red(world: World) -> None:
    """Or as soon after it as intergreens and least greens of stages that serve others who waited longer let it.

    A walk that was to last as long as its controller knew of the green is cleared first.
    """
    shown, signal = world.table(), world.signal
    clearing_s = world.clearing_s + HOLD_STEP_S if world.clearing_s else 0.0
    walks_s = max((one.clearance_s for one in signal.groups if one.pedestrian), default=0.0) if world.known_s else 0.0
    between_s = signal.yellow_s + signal.all_red_s + clearing_s + walks_s + 3 * world.step_s
    for index, movement in enumerate(signal.movements):
        if not signal.serves[:, index].any():
            continue
        others = [s.min_green_s for s, serves in zip(signal.stages, signal.serves[:, index], strict=True) if not serves]
        most_s = sum(others) + (len(others) + 1) * between_s + 1.0
        for start_s, end_s in _reds(shown, movement.links):
            due_s = max(start_s, -math.inf if world.blind else world.waits_s[index]) + world.max_red_s
            assert end_s <= due_s + most_s


def _reds(shown: pd.DataFrame, links: tuple[int, ...]) -> list[tuple[float, float]]:
    """When none of these links is green; the last one may be cut by the end."""
    start_s, end_s = shown["start_s"].iloc[0], shown["start_s"].iloc[-1] + shown["duration_s"].iloc[-1]
    edges_s = [start_s, *(edge_s for green in _greens(shown, links) for edge_s in green), end_s]
    return list(zip(edges_s[::2], edges_s[1::2], strict=True))


@given(signals())
def test_the_network_of_a_signal_has_its_conflicts(signal: Signal) -> None:
    network = network_of(signal)
    found = read_conflicts(network, network.signal_links["J"])
    assert (found.foes, found.yields) == (signal.conflicts.foes, signal.conflicts.yields)
