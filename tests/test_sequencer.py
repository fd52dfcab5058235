"""The sequencer: whatever a controller proposes, what is shown is safe."""

from collections.abc import Sequence
from itertools import cycle, groupby, pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes import crossroads, seen
from zhasyl.controllers.base import AdaptiveParameters, Controller, Observation
from zhasyl.sequencer import Observe, Sequencer
from zhasyl.signals import GREEN, Conflicts, Movement, Signal, SignalGroup, SignalPlan, Stage


class Scripted(Controller):
    """Answers a given list over and over."""

    summary = "scripted"

    def __init__(self, signal: Signal, answers: Sequence[Any]) -> None:
        super().__init__(signal, AdaptiveParameters())
        self._answers = cycle(answers)

    def next_stage(self, observation: Observation) -> int:
        answer = next(self._answers)
        if isinstance(answer, Exception):
            raise answer
        return answer  # type: ignore[no-any-return]


def nobody(signal: Signal) -> Observe:
    return lambda time_s, stage, green_s: seen(signal, time_s=time_s, stage=stage, green_s=green_s)


def play(sequencer: Sequencer, seconds: int) -> list[str]:
    """The state shown in each second."""
    shown, state = [], ""
    for second in range(seconds):
        if sequencer.next_s <= second:
            state = sequencer.step(float(second))
            assert sequencer.next_s > second
        shown.append(state)
    return shown


def sequencer(signal: Signal, answers: Sequence[Any], **options: Any) -> Sequencer:
    return Sequencer(signal, lambda: Scripted(signal, answers), nobody(signal), 0.0, **options)


def runs(shown: list[str]) -> list[tuple[str, int]]:
    return [(state, len(list(same))) for state, same in groupby(shown)]


def test_switching_plays_minimum_green_yellow_and_all_red() -> None:
    shown = runs(play(sequencer(crossroads(), [1, 0]), 20))
    assert shown[:6] == [("GGrr", 5), ("yyrr", 3), ("rrrr", 1), ("rrGG", 5), ("rryy", 3), ("rrrr", 1)]


def test_the_running_stage_is_extended() -> None:
    assert runs(play(sequencer(crossroads(), [0]), 100)) == [("GGrr", 100)]


def test_the_walk_ends_by_itself_and_its_clearance_runs_inside_the_stage() -> None:
    shown = runs(play(sequencer(crossroads(walk=True), [1, 0]), 40))
    assert shown[:5] == [("GGrrG", 5), ("GGrrr", 7), ("yyrrr", 3), ("rrrrr", 1), ("rrGGr", 5)]


def test_a_vehicle_that_stands_in_the_junction_prolongs_the_intergreen() -> None:
    asked: list[frozenset[int]] = []

    def occupied(links: frozenset[int]) -> bool:
        asked.append(links)
        return len(asked) < 4

    shown = runs(play(sequencer(crossroads(), [1, 0], occupied=occupied, clearing_s=8.0), 20))
    assert shown[:4] == [("GGrr", 5), ("yyrr", 3), ("rrrr", 1 + 3), ("rrGG", 5)]
    assert set(asked) == {frozenset({0, 1})}


def test_the_intergreen_is_not_prolonged_for_ever() -> None:
    player = sequencer(crossroads(), [1, 0], occupied=lambda _: True, clearing_s=8.0)
    assert runs(play(player, 30))[2] == ("rrrr", 1 + 8)


def test_without_clearing_the_intergreen_is_not_prolonged() -> None:
    shown = runs(play(sequencer(crossroads(), [1, 0], occupied=lambda _: True), 20))
    assert shown[2] == ("rrrr", 1)


def test_the_controller_is_asked_at_its_interval_only_while_green() -> None:
    signal, asked = crossroads(), []

    def observe(time_s: float, stage: int, green_s: float) -> Observation:
        asked.append(time_s)
        return seen(signal, time_s=time_s, stage=stage, green_s=green_s)

    play(Sequencer(signal, lambda: Scripted(signal, [0, 0, 1]), observe, 0.0, interval_s=4.0), 30)
    assert asked[:4] == [5.0, 9.0, 13.0, 22.0]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (7, "answered stage 7, it has stages 0 to 1"),
        (-1, "answered stage -1"),
        (None, "TypeError"),
        ("A", "TypeError"),
        (0.5, "TypeError"),
        (ValueError("lost"), "ValueError: lost"),
    ],
)
def test_nonsense_hands_the_signal_to_its_fixed_plan_and_is_named(answer: object, reason: str) -> None:
    player = sequencer(crossroads(), [answer])
    shown = runs(play(player, 120))
    assert player.fault is not None
    assert player.fault.time_s == 5.0
    assert reason in player.fault.reason
    assert shown[:4] == [("GGrr", 20), ("yyrr", 3), ("rrrr", 1), ("rrGG", 30)]


def test_a_controller_that_cannot_be_built_is_replaced_from_the_start() -> None:
    signal = crossroads()

    def broken() -> Controller:
        raise RuntimeError("no model file")

    player = Sequencer(signal, broken, nobody(signal), 0.0)
    assert player.fault is not None
    assert "no model file" in player.fault.reason
    assert runs(play(player, 60))[0] == ("GGrr", 20)


def test_a_waiting_movement_is_served_within_the_maximum_red() -> None:
    signal = crossroads()

    def observe(time_s: float, stage: int, green_s: float) -> Observation:
        return seen(signal, [(2, 5.0, 0.0)], time_s=time_s, stage=stage, green_s=green_s)

    shown = play(Sequencer(signal, lambda: Scripted(signal, [0]), observe, 0.0, max_red_s=60.0), 100)
    assert shown.index("rrGG") <= 60 + 4 + 1


def test_an_empty_approach_may_stay_red() -> None:
    assert set(play(sequencer(crossroads(), [0], max_red_s=30.0), 300)) == {"GGrr"}


def test_with_a_recall_an_approach_that_seems_empty_is_served_as_well() -> None:
    shown = play(sequencer(crossroads(), [0], max_red_s=30.0, recall=True), 300)
    reds = [len(list(same)) for green, same in groupby(state == "rrGG" for state in shown) if not green]
    assert max(reds) <= 30 + 4 + 5 + 4


@st.composite
def signals(draw: st.DrawFn) -> Signal:
    """Any signal: random conflicts, stages that respect them, timings, pedestrian links."""
    size = draw(st.integers(2, 7))
    pairs = [(i, j) for i in range(size) for j in range(i + 1, size)]
    foes = draw(st.lists(st.sampled_from(pairs), unique=True))
    yields = [draw(st.sampled_from([(i, j), (j, i)])) for i, j in foes]
    conflicts = Conflicts(frozenset(foes) | frozenset((j, i) for i, j in foes), frozenset(yields))
    walks = draw(st.sets(st.integers(0, size - 1), max_size=size - 1))
    any_state = st.text("Ggrs", min_size=size, max_size=size)
    safe = any_state.filter(lambda state: not conflicts.unsafe(state) and set(state) & GREEN)
    states = draw(st.lists(safe, min_size=2, max_size=4, unique=True))
    least_s = draw(st.integers(5, 15))
    groups = [SignalGroup(str(i), (i,), i in walks, 6.0 if i in walks else 0.0) for i in range(size)]
    roads = [i for i in range(size) if i not in walks]
    return Signal(
        id="J",
        groups=tuple(groups),
        stages=tuple(Stage(str(n), state, float(least_s), 60.0) for n, state in enumerate(states)),
        movements=tuple(Movement(f"i{i}", f"o{i}", (i,), 1) for i in roads),
        conflicts=conflicts,
        yellow_s=float(draw(st.integers(1, 5))),
        all_red_s=float(draw(st.integers(0, 3))),
        walk_s=5.0,
        plan=SignalPlan(tuple(range(len(states))), (20.0,) * len(states), 100.0),
    )


def colour(state: str, link: int) -> str:
    return "G" if state[link] in GREEN else "y" if state[link] == "y" else "r"


@settings(max_examples=150, deadline=None)
@given(signals(), st.lists(st.integers(-2, 6) | st.just(None), min_size=1, max_size=12))
def test_any_proposals_on_any_signal_stay_safe(signal: Signal, answers: list[Any]) -> None:
    shown = play(sequencer(signal, answers), 240)
    for state in set(shown):
        assert not signal.conflicts.unsafe(state)
    roads = [i for i in range(len(shown[0])) if i not in signal.pedestrian_links]
    for link in roads:
        colours = [(c, len(list(same))) for c, same in groupby(colour(state, link) for state in shown)]
        for (before, _), (after, _) in pairwise(colours):
            assert (before, after) in {("G", "y"), ("y", "r"), ("r", "G"), ("y", "G")}
        for name, seconds in colours[1:-1]:
            assert name != "y" or seconds >= signal.yellow_s
            assert name != "G" or seconds >= signal.stages[0].min_green_s


@settings(max_examples=50, deadline=None)
@given(signals(), st.integers(20, 90), st.booleans())
def test_no_waiting_movement_that_a_stage_serves_is_starved(signal: Signal, max_red_s: int, blind: bool) -> None:
    everybody = [] if blind else [(movement, 5.0, 0.0) for movement in range(len(signal.movements))]

    def observe(time_s: float, stage: int, green_s: float) -> Observation:
        return seen(signal, everybody, time_s=time_s, stage=stage, green_s=green_s)

    limits: dict[str, Any] = {"max_red_s": float(max_red_s), "recall": blind}
    shown = play(Sequencer(signal, lambda: Scripted(signal, [0]), observe, 0.0, **limits), 600)
    worst_round_s = sum(stage.min_green_s + signal.yellow_s + signal.all_red_s for stage in signal.stages)
    for index, movement in enumerate(signal.movements):
        if signal.serves[:, index].any():
            greens = [state[movement.links[0]] in GREEN for state in shown]
            reds = [len(list(same)) for green, same in groupby(greens) if not green]
            assert max(reds, default=0) <= max_red_s + worst_round_s + 1
