"""The sequencer: whatever a controller proposes, what is shown is safe."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import cycle, groupby
from typing import Any

import pytest

from tests.fakes import crossroads, seen
from zhasyl.controllers.base import AdaptiveParameters, Controller
from zhasyl.observation import Observation
from zhasyl.sequencer import Observe, Sequencer, Watch
from zhasyl.signals import Conflicts, Movement, Signal, SignalGroup, SignalPlan, Stage


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
    return Sequencer(signal, lambda: Scripted(signal, answers), Watch(nobody(signal), 0.0, **options))


def runs(shown: list[str]) -> list[tuple[str, int]]:
    return [(state, len(list(same))) for state, same in groupby(shown)]


def test_switching_plays_minimum_green_yellow_and_all_red() -> None:
    shown = runs(play(sequencer(crossroads(), [1, 0]), 20))
    assert shown[:6] == [("GGrr", 5), ("yyrr", 3), ("rrrr", 1), ("rrGG", 5), ("rryy", 3), ("rrrr", 1)]


@pytest.mark.parametrize("step_s", [0.3, 0.7, 1.5, 2.0, 4.0])
def test_steps_of_sumo_that_come_late_cut_neither_yellow_nor_all_red(step_s: float) -> None:
    player, state, shown = sequencer(crossroads(), [1, 0]), "", []
    for step in range(int(120 / step_s)):
        if player.next_s <= step * step_s + 1e-6:
            state = player.step(step * step_s)
        shown.append(state)
    lasting_s = [(state, steps * step_s) for state, steps in runs(shown)[:-1]]
    assert [state for state, _ in lasting_s[:4]] == ["GGrr", "yyrr", "rrrr", "rrGG"]
    for state, seconds in lasting_s:
        asked_s = 3 if "y" in state else 1 if state == "rrrr" else 5
        assert asked_s - 1e-6 <= seconds < asked_s + step_s


def test_the_running_stage_is_extended() -> None:
    assert runs(play(sequencer(crossroads(), [0]), 100)) == [("GGrr", 100)]


def test_the_walk_ends_by_itself_and_its_clearance_runs_inside_the_stage() -> None:
    shown = runs(play(sequencer(crossroads(walk=True), [1, 0]), 40))
    assert shown[:5] == [("GGrrG", 5), ("GGrrr", 7), ("yyrrr", 3), ("rrrrr", 1), ("rrGGr", 5)]


class Announcing(Scripted):
    """Holds the first stage for 30 s as it is asked each second, and knows of `known_s` of it."""

    def __init__(self, signal: Signal, known_s: float) -> None:
        super().__init__(signal, [0] * 18 + [1])
        self.known_s = known_s

    def known_green_s(self, stage: int, time_s: float) -> float:
        return self.known_s if stage == 0 else 0.0


def announced(known_s: float, walk: bool = True) -> tuple[list[tuple[str, int]], Sequencer]:
    """What is shown; the walk's clearance is 10 s, 3 of them in the yellow, and its least 5 s."""
    signal = crossroads(walk=walk)
    player = Sequencer(signal, lambda: Announcing(signal, known_s), Watch(nobody(signal), 0.0))
    return runs(play(player, 60)), player


@pytest.mark.parametrize(("known_s", "walk_s"), [(0.0, 5), (12.0, 5), (13.0, 6), (20.9, 13), (30.0, 23)])
def test_a_walk_lasts_as_long_as_what_is_known_of_its_green_lets_its_clearance_end(known_s: float, walk_s: int) -> None:
    shown, player = announced(known_s)
    assert shown[:4] == [("GGrrG", walk_s), ("GGrrr", 30 - walk_s), ("yyrrr", 3), ("rrrrr", 1)]
    assert player.fault is None


@pytest.mark.parametrize(("known_s", "ends_s"), [(0.0, (5, 5)), (13.0, (6, 11)), (30.0, (23, 28))])
def test_each_crossing_ends_its_walk_by_its_own_clearance(known_s: float, ends_s: tuple[int, int]) -> None:
    signal = two_crossings()
    player = Sequencer(signal, lambda: Announcing(signal, known_s), Watch(nobody(signal), 0.0))
    shown = play(player, 31)
    assert tuple(sum(state[link] == "G" for state in shown) for link in (4, 5)) == ends_s


class Keeping(Announcing):
    """Lets the walks go on while the green is to last no longer than `most_s`."""

    def __init__(self, signal: Signal, most_s: float) -> None:
        super().__init__(signal, 0.0)
        self.most_s, self.asked_s = most_s, list[float]()

    def keeps_walk(self, observation: Observation, green_s: float) -> bool:
        self.asked_s.append(observation.green_s)
        return green_s <= self.most_s


def keeping(most_s: float) -> tuple[list[str], Keeping]:
    """What is shown for 31 s, and who was asked; the clearances are 10 and 5 s, 3 of each in the yellow."""
    signal = two_crossings()
    controller = Keeping(signal, most_s)
    return play(Sequencer(signal, lambda: controller, Watch(nobody(signal), 0.0)), 31), controller


@pytest.mark.parametrize(("most_s", "ends_s"), [(12.0, (5, 5)), (13.0, (6, 11)), (20.0, (13, 18))])
def test_walks_go_on_while_the_controller_is_for_it(most_s: float, ends_s: tuple[int, int]) -> None:
    shown, controller = keeping(most_s)
    assert tuple(sum(state[link] == "G" for state in shown) for link in (4, 5)) == ends_s
    assert controller.asked_s == [float(second) for second in range(5, ends_s[0] + 1)]


def test_a_green_whose_walks_went_on_lasts_until_they_are_cleared() -> None:
    signal = crossroads(walk=True)
    controller = Keeping(signal, 25.0)
    controller._answers = cycle([1])
    shown = runs(play(Sequencer(signal, lambda: controller, Watch(nobody(signal), 0.0)), 40))
    assert shown[:4] == [("GGrrG", 18), ("GGrrr", 7), ("yyrrr", 3), ("rrrrr", 1)]


def test_walks_do_not_go_on_past_the_maximum_red_of_who_waits() -> None:
    signal = crossroads(walk=True)
    for_ever = Keeping(signal, 600.0)
    east = [(2, 5.0, 0.0)]
    watch = Watch(
        lambda time_s, stage, green_s: seen(signal, east, time_s=time_s, green_s=green_s), 0.0, max_red_s=15.0
    )
    shown = runs(play(Sequencer(signal, lambda: for_ever, watch), 20))
    assert shown[:3] == [("GGrrG", 8), ("GGrrr", 7), ("yyrrr", 3)]


def two_crossings() -> Signal:
    """`crossroads(walk=True)` with a second, shorter crossing beside the first, 5 s of clearance."""
    signal = crossroads(walk=True)
    group = SignalGroup("4", (5,), pedestrian=True, clearance_s=5.0)
    stages = tuple(replace(stage, state=stage.state + stage.state[4]) for stage in signal.stages)
    return replace(signal, groups=(*signal.groups, group), stages=stages)


@pytest.mark.parametrize(("known_s", "red_s"), [(32.0, 2), (60.0, 7), (1e12, 7)])
def test_a_green_that_ends_before_it_was_known_to_does_not_cut_a_clearance(known_s: float, red_s: int) -> None:
    shown, _ = announced(known_s)
    assert [state for state, _ in shown if state != "rrrrr"][:3] in (
        ["GGrrG", "GGrrr", "yyrrr"],
        ["GGrrG", "yyrrr", "rrGGr"],
    )
    assert sum(seconds for state, seconds in shown[:2] if state.startswith("GG")) == 30
    assert next(seconds for state, seconds in shown if state == "rrrrr") == red_s


@pytest.mark.parametrize("known_s", [float("nan"), float("inf"), -1.0])
def test_who_knows_nonsense_loses_the_signal(known_s: float) -> None:
    shown, player = announced(known_s)
    assert shown[0] == ("GGrrG", 5)
    assert player.fault is not None
    assert "it must be a finite number from 0 on" in player.fault.reason
    assert announced(known_s, walk=False)[1].fault is None


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


def test_every_intergreen_is_prolonged_as_long() -> None:
    shown = runs(play(sequencer(crossroads(), [1, 0], occupied=lambda _: True, clearing_s=8.0), 100))
    assert [seconds for state, seconds in shown[:-1] if state == "rrrr"] == [9, 9, 9, 9, 9]


def test_a_step_before_it_is_due_changes_nothing() -> None:
    for walk in (False, True):
        player = sequencer(crossroads(walk=walk), [1, 0])
        shown = [player.step(half / 2) for half in range(120)]
        assert shown[::2] == play(sequencer(crossroads(walk=walk), [1, 0]), 60)


def test_without_clearing_the_intergreen_is_not_prolonged() -> None:
    shown = runs(play(sequencer(crossroads(), [1, 0], occupied=lambda _: True), 20))
    assert shown[2] == ("rrrr", 1)


def test_the_controller_is_asked_at_its_interval_only_while_green() -> None:
    signal, asked = crossroads(), []

    def observe(time_s: float, stage: int, green_s: float) -> Observation:
        asked.append(time_s)
        return seen(signal, time_s=time_s, stage=stage, green_s=green_s)

    play(Sequencer(signal, lambda: Scripted(signal, [0, 0, 1]), Watch(observe, 0.0, interval_s=4.0)), 30)
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

    player = Sequencer(signal, broken, Watch(nobody(signal), 0.0))
    assert player.fault is not None
    assert "no model file" in player.fault.reason
    assert runs(play(player, 60))[0] == ("GGrr", 20)


def test_a_waiting_movement_is_served_within_the_maximum_red() -> None:
    signal = crossroads()

    def observe(time_s: float, stage: int, green_s: float) -> Observation:
        return seen(signal, [(2, 5.0, 0.0)], time_s=time_s, stage=stage, green_s=green_s)

    shown = play(Sequencer(signal, lambda: Scripted(signal, [0]), Watch(observe, 0.0, max_red_s=60.0)), 100)
    assert shown.index("rrGG") <= 60 + 4 + 1


def test_an_empty_approach_may_stay_red() -> None:
    assert set(play(sequencer(crossroads(), [0], max_red_s=30.0), 300)) == {"GGrr"}


@pytest.mark.parametrize(("comes_s", "leaves_s", "served_s"), [(50, 300, 79), (50, 70, None), (11, 300, 40)])
def test_the_maximum_red_counts_from_the_first_vehicle_that_stands(
    comes_s: int, leaves_s: int, served_s: int | None
) -> None:
    signal = crossroads()

    def observe(time_s: float, stage: int, green_s: float) -> Observation:
        queue = [(2, 5.0, 0.0 if time_s % 7 else 1.0)] if comes_s <= time_s < leaves_s else []  # it creeps now and then
        return seen(signal, queue, time_s=time_s, stage=stage, green_s=green_s)

    shown = play(Sequencer(signal, lambda: Scripted(signal, [0]), Watch(observe, 0.0, max_red_s=30.0)), 120)
    assert (shown.index("yyrr") if "yyrr" in shown else None) == served_s


def test_with_a_recall_an_approach_that_seems_empty_is_served_as_well() -> None:
    shown = play(sequencer(crossroads(), [0], max_red_s=30.0, recall=True), 300)
    reds = [len(list(same)) for green, same in groupby(state == "rrGG" for state in shown) if not green]
    assert max(reds) <= 30 + 4 + 5 + 4


def test_with_a_recall_a_movement_that_the_sensor_vouches_for_may_stay_red() -> None:
    signal = crossroads()
    shown = play(sequencer(signal, [0], max_red_s=30.0, recall=True, absent=lambda: range(len(signal.movements))), 300)
    assert len(set(shown)) == 1


def single_links(foes: set[tuple[int, int]], states: tuple[str, ...], walk: bool = False, **values: float) -> Signal:
    """Links with a movement each; link 0 is a walk of 5 s with a clearance of 10 s if wanted."""
    links = range(len(states[0]))
    return Signal(
        id="J",
        groups=tuple(SignalGroup(str(n), (n,), walk and n == 0, 10.0 if walk and n == 0 else 0.0) for n in links),
        stages=tuple(Stage(state, state, 12.0 if walk and state[0] == "G" else 1.0, 60.0) for state in states),
        movements=tuple(Movement(f"i{n}", f"o{n}", (n,), 1) for n in links[walk:]),
        conflicts=Conflicts(frozenset(foes | {(b, a) for a, b in foes}), frozenset()),
        yellow_s=3.0,
        all_red_s=values.get("all_red_s", 1.0),
        walk_s=5.0,
        plan=SignalPlan(tuple(range(len(states))), (9.0,) * len(states), 39.0),
    )


def test_a_stage_shorter_than_the_all_red_does_not_cut_it() -> None:
    """The first stage's link conflicts only with what the third one adds to the second."""
    signal = single_links({(0, 2)}, ("Grr", "rGr", "rGG"), all_red_s=5.0)
    shown = runs(play(sequencer(signal, [1, 2]), 20))
    assert shown[:4] == [("Grr", 1), ("yrr", 3), ("rGr", 5), ("rGG", 1)]


def test_a_stage_shorter_than_the_yellow_does_not_cut_a_walk_s_clearance() -> None:
    signal = single_links({(0, 2)}, ("Grr", "rGr", "rGG"), walk=True)
    shown = runs(play(sequencer(signal, [1, 2]), 20))
    assert shown[:4] == [("Grr", 5), ("rrr", 7), ("rGr", 3), ("rGG", 1)]


def test_the_maximum_red_does_not_wait_for_the_next_decision() -> None:
    signal, asked = crossroads(), []

    class Seldom(Scripted):
        def next_stage(self, observation: Observation) -> int:
            asked.append(observation.time_s)
            return super().next_stage(observation)

    def observe(time_s: float, stage: int, green_s: float) -> Observation:
        waiting = [(2, 5.0, 0.0)] if time_s >= 23.0 else []
        return seen(signal, waiting, time_s=time_s, stage=stage, green_s=green_s)

    player = Sequencer(signal, lambda: Seldom(signal, [0]), Watch(observe, 0.0, interval_s=60.0, max_red_s=20.0))
    assert runs(play(player, 40))[:2] == [("GGrr", 5 + 20), ("yyrr", 3)]  # waiting, it may be, since the last look
    assert asked[:1] == [5.0]
    assert all(time_s > 30.0 for time_s in asked[1:])


def test_of_movements_past_the_maximum_red_the_longest_red_comes_first() -> None:
    signal = single_links({(0, 1), (0, 2), (1, 2)}, ("Grr", "rGr", "rrG"))

    def observe(time_s: float, stage: int, green_s: float) -> Observation:
        everybody = [(movement, 5.0, 0.0) for movement in range(3)]
        return seen(signal, everybody, time_s=time_s, stage=stage, green_s=green_s)

    shown = runs(play(Sequencer(signal, lambda: Scripted(signal, [0]), Watch(observe, 0.0, max_red_s=5.0)), 60))
    greens = [state for state, _ in shown if "G" in state]
    assert greens[:7] == ["Grr", "rGr", "rrG", "Grr", "rGr", "rrG", "Grr"]


@pytest.mark.parametrize(
    ("states", "waiting", "follows"),
    [
        (("Grr", "rgr", "rGr"), (1,), "rGr"),  # protected before giving way
        (("Grrrr", "rGrGG", "rGGrr"), (1, 2), "rGGrr"),  # who does not wait does not count
        (("Grrrr", "rgGGr", "rGGrr"), (1, 2, 3), "rgGGr"),  # protection is worth one more who waits, not two
        (("Grrrr", "rGGGr", "rGGrr"), (2,), "rGGGr"),
    ],
)
def test_past_the_maximum_red_the_stage_follows_that_helps_most(
    states: tuple[str, ...], waiting: tuple[int, ...], follows: str
) -> None:
    signal = single_links({(0, n) for n in range(1, len(states[0]))}, states)

    def observe(time_s: float, stage: int, green_s: float) -> Observation:
        return seen(signal, [(n, 5.0, 0.0) for n in waiting], time_s=time_s, stage=stage, green_s=green_s)

    shown = play(Sequencer(signal, lambda: Scripted(signal, [0]), Watch(observe, 0.0, max_red_s=5.0)), 20)
    assert next(state for state in shown if state in states[1:]) == follows


def with_a_walk_alone() -> Signal:
    """The crossroads with a third stage, in which link 4 walks, as it does beside the first, and nobody drives."""
    base = crossroads(walk=True)
    alone = Stage("C", "rrrrG", 12.0, 60.0)
    return replace(base, stages=(*base.stages, alone), plan=SignalPlan((0, 1, 2), (20.0, 20.0, 12.0), 64.0))


def reds_s(shown: list[str], wanted: str) -> list[int]:
    return [len(list(same)) for green, same in groupby(state == wanted for state in shown) if not green]


def test_a_stage_for_walkers_alone_is_shown_though_nobody_sees_walkers() -> None:
    shown = play(sequencer(with_a_walk_alone(), [0, 1], max_red_s=60.0), 600)
    assert max(reds_s(shown, "rrrrG")) <= 60 + 12 + 4 + 12


def test_a_crossing_is_shown_though_nobody_sees_walkers() -> None:
    shown = play(sequencer(crossroads(walk=True), [1], max_red_s=60.0), 600)
    assert max(reds_s(shown, "GGrrG")) <= 60 + 4 + 5 + 4


@pytest.mark.parametrize(("waits_s", "walks"), [(0.0, 0), (59.0, 0), (60.0, 1)])
def test_with_push_buttons_a_crossing_is_shown_to_who_waits_as_long(waits_s: float, walks: int) -> None:
    signal = crossroads(walk=True)

    def observe(time_s: float, stage: int, green_s: float) -> Observation:
        calls = {4: waits_s} if waits_s and stage == 1 else {}
        return replace(seen(signal, time_s=time_s, stage=stage, green_s=green_s), calls=calls)

    player = Sequencer(signal, lambda: Scripted(signal, [1]), Watch(observe, 0.0, max_red_s=60.0, buttons=True))
    assert (play(player, 300)[30:].count("GGrrG") > 0) == bool(walks)
