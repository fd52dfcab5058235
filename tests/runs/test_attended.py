"""Controllers with a memory: told each second, counting between decisions, and asked once more when a run is over."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.conftest import TinyNetwork
from tests.controllers.own import OWN
from tests.fakes import FakeSimulation, crossroads, seen
from tests.sensors.road import SIGNAL, road_network, vehicle
from tests.sensors.test_reading import Asked
from tests.test_sequencer import Scripted, nobody, play, runs
from tests.test_sequencer_properties import _BadError
from zhasyl.controllers import ControllerSpec, parse_controller
from zhasyl.controllers.base import AdaptiveParameters, Controller, seeded
from zhasyl.guard import Guard
from zhasyl.network import Network
from zhasyl.observation import REMEMBERED, Observation, Unread
from zhasyl.parameters import Parameters
from zhasyl.runs.attended import Attended
from zhasyl.runs.players import LONGEST, finished, sequencers
from zhasyl.runs.prepared import prepare
from zhasyl.runs.set_up import SetUp
from zhasyl.runs.spec import RunSpec
from zhasyl.scenarios import load_scenario
from zhasyl.sensors import parse_sensor
from zhasyl.sensors.memory import Memory
from zhasyl.sequencer import Observe, Sequencer, Watch
from zhasyl.signals import Signal


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Network:
    return road_network(tmp_path_factory.mktemp("road"))


class Watching(Scripted):
    """Notes what it is told and asked."""

    def __init__(self, signal: Signal, answers: list[Any], fails_at_s: float = float("inf")) -> None:
        super().__init__(signal, answers)
        self.told: list[tuple[float, int, float]] = []
        self.asked_s: list[float] = []
        self.arrived: list[float] = []
        self._fails_at_s = fails_at_s

    def observe(self, observation: Observation) -> None:
        if observation.time_s >= self._fails_at_s:
            raise ValueError("full")
        self.told.append((observation.time_s, observation.stage, observation.green_s))

    def next_stage(self, observation: Observation) -> int:
        self.asked_s.append(observation.time_s)
        self.arrived.append(float(observation.arrived_veh.sum()))
        return super().next_stage(observation)


class Coming(Unread):
    """One vehicle of the first movement comes with every reading."""

    def came(self, time_s: float) -> list[int]:
        return [0]


def attended(
    controller: Callable[[], Controller], observe: Observe | None = None, watches: bool = True, **options: Any
) -> Attended:
    signal = crossroads()
    memory = Memory(observe or nobody(signal), signal, REMEMBERED)
    watch = Watch(memory.observe, 0.0, **options)
    return Attended(signal, controller, watch, Guard(), memory, watches)


def coming(time_s: float, stage: int, green_s: float) -> Observation:
    found = seen(crossroads(), time_s=time_s, stage=stage, green_s=green_s)
    found.__dict__["unread"] = Coming()
    return found


@pytest.mark.parametrize("watches", [True, False])
@pytest.mark.parametrize("interval_s", [1.0, 4.0])
def test_it_plays_as_any_sequencer_does(watches: bool, interval_s: float) -> None:
    signal, answers = crossroads(), [0, 1, 1, 0]
    plain = Sequencer(signal, lambda: Scripted(signal, answers), Watch(nobody(signal), 0.0, interval_s))
    player = attended(lambda: Watching(signal, answers), watches=watches, interval_s=interval_s)
    assert play(player, 200) == play(plain, 200)


def test_it_is_told_each_second_before_it_is_asked_and_between_greens_too() -> None:
    controller = Watching(crossroads(), [1, 0])
    play(attended(lambda: controller), 12)
    assert [time_s for time_s, _, _ in controller.told] == list(range(12))
    assert controller.asked_s == [5]
    assert [stage for _, stage, _ in controller.told] == [0] * 6 + [1] * 6
    assert [green_s for _, _, green_s in controller.told] == [0, 1, 2, 3, 4, 5, 0, 0, 0, 0, 1, 2]


def test_short_steps_of_sumo_tell_it_once_a_second() -> None:
    controller = Watching(crossroads(), [0])
    player = attended(lambda: controller, interval_s=0.5)
    for step in range(80):
        if player.next_s <= step * 0.25:
            player.step(step * 0.25)
    assert [time_s for time_s, _, _ in controller.told] == list(range(20))
    assert controller.asked_s[:4] == [5.0, 5.5, 6.0, 6.5]


def test_arrivals_are_counted_each_second_however_seldom_it_is_asked() -> None:
    controller = Watching(crossroads(), [0])
    play(attended(lambda: controller, coming, watches=False, interval_s=4.0), 18)
    assert (controller.asked_s, controller.arrived) == ([5, 9, 13, 17], [6, 4, 4, 4])
    assert controller.told == []


def test_a_controller_that_fails_while_it_watches_loses_its_signal() -> None:
    player = attended(lambda: Watching(crossroads(), [0], fails_at_s=3.0))
    shown = runs(play(player, 100))
    assert player.fault is not None
    assert (player.fault.time_s, player.fault.reason) == (3.0, "ValueError: full")
    assert shown[:3] == [("GGrr", 20), ("yyrr", 3), ("rrrr", 1)]


# Chance


class Draws(Scripted):
    """Draws while it is made, too."""

    def __init__(self, signal: Signal, parameters: Parameters) -> None:
        super().__init__(signal, [0])
        self.first = float(self.random.random())


def test_a_controller_draws_from_the_seed_of_its_run_and_its_own_signal() -> None:
    def draws(seed: int, name: str) -> tuple[float, ...]:
        with seeded(seed):
            made = Draws(replace(crossroads(), id=name), AdaptiveParameters())
        return made.first, *made.random.random(2).tolist()

    assert draws(1, "J") == draws(1, "J")
    assert len({draws(seed, name) for seed in (1, 2) for name in "JK"}) == 4
    outside = Draws(crossroads(), AdaptiveParameters())
    assert outside.first == draws(0, "J")[0]


# The end


class Says(Scripted):
    def __init__(self, answer: Any) -> None:
        super().__init__(crossroads(), [0])
        self._answer = answer

    def finish(self) -> Mapping[str, Any] | None:
        if isinstance(self._answer, BaseException):
            raise self._answer
        return self._answer  # type: ignore[no-any-return]


def said(answer: Any) -> tuple[dict[str, Any], str]:
    controller = Says(answer)
    signal = crossroads()
    player = Sequencer(signal, lambda: controller, Watch(nobody(signal), 0.0))
    found = finished([player], {"J": controller}, 100.0, Guard())
    return found, player.fault.reason if player.fault else ""


def test_what_a_controller_says_at_the_end_is_kept_as_json() -> None:
    assert said(None) == ({}, "")
    assert said({"weights": np.arange(3.0), "n": np.int64(4)}) == ({"J": {"weights": [0, 1, 2], "n": 4}}, "")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ([1], "TypeError: finish answered [1]; answer a dictionary, or None"),
        ({"a": object()}, "TypeError: finish answered a object"),
        ({"a": "x" * LONGEST}, f"ValueError: finish answered {LONGEST + 9} characters of JSON; answer at most"),
        (KeyError("odd"), "KeyError: 'odd'"),
        (_BadError(), "_BadError: its text raises OSError"),
    ],
)
def test_a_controller_that_fails_at_the_end_has_its_fault(answer: Any, reason: str) -> None:
    found, fault = said(answer)
    assert found == {}
    assert fault.startswith(reason)


def test_one_that_has_lost_its_signal_is_not_asked() -> None:
    controller = Says({"late": 1})
    signal = crossroads()
    player = Sequencer(signal, lambda: Scripted(signal, [9]), Watch(nobody(signal), 0.0))
    play(player, 10)
    assert finished([player], {"J": controller}, 10.0, Guard()) == {}


# What is kept, and who pays


class Keeps(Scripted):
    """Keeps what it is told each second, and looks at it later."""

    def __init__(self, keeps: bool) -> None:
        super().__init__(SIGNAL, [0])
        self.kept: list[Observation] = []
        self._keeps = keeps

    def observe(self, observation: Observation) -> None:
        if self._keeps:
            self.kept.append(observation)


def looked_at(network: Network, keeps: bool, seconds: int) -> tuple[Keeps, Asked]:
    """A controller after some seconds in which vehicles came one by one, and the simulation that it saw them in."""
    simulation = Asked()
    eyes = parse_sensor("perfect").build(simulation, network, SIGNAL, 1, frozenset({"waiting_s"}))
    controller = Keeps(keeps)
    memory = Memory(eyes.observe, SIGNAL, frozenset())
    player = Attended(SIGNAL, lambda: controller, Watch(memory.observe, 0.0), Guard(), memory, True)
    for second in range(seconds):
        simulation.fleet[f"v{second}"] = replace(vehicle("in", 5.0 * second), waiting_s=float(second))
        player.step(float(second))
    return controller, simulation


def test_a_controller_finds_what_it_was_told_as_it_was(network: Network) -> None:
    controller, simulation = looked_at(network, True, 8)
    simulation.fleet.clear()
    assert [one.waiting_s.tolist() for one in controller.kept] == [list(range(n, -1, -1)) for n in range(8)]
    assert [len(one.lane) for one in controller.kept] == list(range(1, 9))


def test_nobody_pays_for_what_it_is_told_and_does_not_look_at(network: Network) -> None:
    _, simulation = looked_at(network, False, 8)
    assert (simulation.exits, simulation.lanes) == (0, 0)


@pytest.mark.parametrize(
    ("controller", "kind"),
    [("max-pressure", Sequencer), ("transit-priority:of=actuated", Sequencer), (OWN["shared-pressure"], Attended)],
)
def test_who_keeps_no_memory_is_played_as_ever(
    tiny_network: TinyNetwork, tmp_path: Path, controller: str | ControllerSpec, kind: type[Sequencer]
) -> None:
    spec = parse_controller(controller) if isinstance(controller, str) else controller
    run = RunSpec(load_scenario(str(tiny_network("t-junction-left-turn"))), spec, 1, tmp_path)
    players = sequencers(run, FakeSimulation(), prepare(run.scenario), SetUp(spec, Guard()), Guard())
    assert [type(player) for player in players] == [kind]
