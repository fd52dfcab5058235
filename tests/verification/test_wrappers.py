"""Wrappers against their own bounds, on the sequencer alone: no bus, ambulance or pedestrian breaks them.

Whoever asks comes when and where chance wants; what is shown is cut into greens by stage and held against the bounds.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import groupby, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes import crossroads, seen
from zhasyl.controllers import parse_controller
from zhasyl.controllers.base import Announced, Observation
from zhasyl.sequencer import Sequencer
from zhasyl.signals import GREEN, Signal

UNTIL_S = 600
APPROACH_MPS = 10.0
Ask = Callable[[Observation], Observation]


def announced(movement: int, kind: str, due_s: float, time_s: float) -> Iterator[Announced]:
    """A vehicle that comes on at an even speed and is at its stop line at `due_s`."""
    distance_m = (due_s - time_s) * APPROACH_MPS
    if 0 <= distance_m <= 500:
        yield Announced(f"{kind}-{movement}-{due_s}", kind, movement, distance_m, APPROACH_MPS)  # type: ignore[arg-type]


def states(text: str, own: Signal, ask: Ask, see: Callable[[int, str], None] = lambda *_: None) -> list[str]:
    """What a controller shows in each second of ten minutes while `ask` adds to its observations."""
    spec = parse_controller(text)
    signal = spec.cls.signal_for(own, spec.parameters)
    interval_s, _ = spec.cls.pace(spec.parameters)
    player = Sequencer(
        signal,
        lambda: spec.cls(signal, spec.parameters),
        lambda time_s, stage, green_s: ask(seen(signal, time_s=time_s, stage=stage, green_s=green_s)),
        0.0,
        interval_s,
    )
    shown, state = [], ""
    for time_s in range(UNTIL_S):
        if player.next_s <= time_s:
            state = player.step(float(time_s))
        see(time_s, state)
        shown.append(state)
    assert player.fault is None
    return shown


def greens(shown: list[str], link: int) -> list[tuple[int, int]]:
    """(from, to) in s of each whole green of a link."""
    runs = [(green, [second for second, _ in run]) for green, run in groupby(
        enumerate(shown), key=lambda one: one[1][link] in GREEN)]  # fmt: skip
    return [(run[0], run[-1] + 1) for green, run in runs[1:-1] if green]


def with_vehicles(*vehicles: tuple[int, str, float]) -> Ask:
    def ask(observation: Observation) -> Observation:
        heard = [a for m, kind, due_s in vehicles for a in announced(m, kind, due_s, observation.time_s)]
        return replace(observation, announced=tuple(sorted(heard, key=lambda one: one.distance_m)))

    return ask


BUSES = st.lists(st.tuples(st.integers(0, 3), st.just("transit"), st.integers(0, UNTIL_S).map(float)), max_size=25)


@settings(max_examples=60, deadline=None)
@given(BUSES, st.integers(0, 15), st.integers(0, 15), st.sampled_from([0, 60]))
def test_priority_changes_a_green_by_no_more_than_it_may(
    buses: list[tuple[int, str, float]], extension_s: int, shorten_s: int, lockout_s: int
) -> None:
    text = f"transit-priority:of=fixed,extension_s={extension_s},shorten_s={shorten_s},lockout_s={lockout_s}"
    shown = states(text, crossroads(), with_vehicles(*buses))
    for link, split_s in ((0, 20), (2, 30)):
        for begin_s, end_s in greens(shown, link):
            assert split_s - shorten_s <= end_s - begin_s <= split_s + max(extension_s, shorten_s) + 1


@settings(max_examples=30, deadline=None)
@given(BUSES)
def test_priority_without_bounds_to_use_changes_nothing(buses: list[tuple[int, str, float]]) -> None:
    still = "transit-priority:of=fixed,extension_s=0,shorten_s=0"
    assert states(still, crossroads(), with_vehicles(*buses)) == states(still, crossroads(), with_vehicles())


def test_a_bus_that_comes_shortly_after_the_green_still_gets_it() -> None:
    end_s = greens(states("transit-priority:of=fixed", crossroads(), with_vehicles()), 0)[1][1]
    shown = states("transit-priority:of=fixed", crossroads(), with_vehicles((0, "transit", end_s + 5.0)))
    assert shown[end_s + 5][0] in GREEN


def test_a_bus_that_comes_shortly_before_the_green_gets_it_earlier() -> None:
    begin_s = greens(states("transit-priority:of=fixed", crossroads(), with_vehicles()), 0)[1][0]
    shown = states("transit-priority:of=fixed", crossroads(), with_vehicles((0, "transit", begin_s - 5.0)))
    assert shown[begin_s - 5][0] in GREEN


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.just("emergency"), st.integers(0, UNTIL_S).map(float)), max_size=8))
def test_one_emergency_vehicle_at_a_time_meets_a_green(vehicles: list[tuple[int, str, float]]) -> None:
    """The warning of 40 s is longer than any minimum green with its intergreen; those who wait for another may wait."""
    shown = states("emergency-preemption:of=fixed", crossroads(walk=True), with_vehicles(*vehicles))
    for movement, _, due_s in vehicles:
        alone = all(abs(due_s - other_s) > 60 for m, _, other_s in vehicles if (m, other_s) != (movement, due_s))
        if alone and 40 <= due_s < UNTIL_S:
            assert shown[int(due_s)][movement] in GREEN


@pytest.mark.parametrize(
    "text", ["emergency-preemption", "emergency-preemption:of=transit-priority,of.of=max-pressure"]
)
def test_an_approach_is_not_starved_by_emergency_vehicles(text: str) -> None:
    def always(observation: Observation) -> Observation:
        queue = seen(crossroads(), [(2, 5.0, 0.0)])
        coming = Announced("e", "emergency", 0, 10.0, 5.0)
        return replace(queue, time_s=observation.time_s, stage=observation.stage, green_s=observation.green_s,
                       announced=(coming,))  # fmt: skip

    served = greens(states(text, crossroads(), always), 2)
    assert len(served) >= 3
    assert all(later[0] - earlier[1] <= 120 + 5 + 4 for earlier, later in pairwise(served))


class Pedestrians:
    """People who call a link's walk from when they come until it is shown; `vehicles` are always there."""

    def __init__(self, arrivals: list[tuple[int, int]], vehicles: list[tuple[int, float, float]]) -> None:
        self._to_come = sorted(arrivals)
        self._vehicles = vehicles
        self.waiting: dict[int, list[int]] = {}
        self.waited_s: list[int] = []
        self.uncalled: list[tuple[int, int]] = []
        self._before = ""

    def ask(self, observation: Observation) -> Observation:
        self._arrive(observation.time_s)
        calls = {link: observation.time_s - min(came) for link, came in self.waiting.items() if came}
        road = seen(crossroads(), self._vehicles)
        return replace(observation, calls=calls, movement=road.movement, lane=road.lane,
                       distance_m=road.distance_m, speed_mps=road.speed_mps)  # fmt: skip

    def see(self, time_s: int, state: str) -> None:
        self._arrive(time_s)
        begun = [link for link, shown in enumerate(state) if shown == "G" and self._before[link : link + 1] == "r"]
        self.uncalled += [(time_s, link) for link in begun if self._before and link in WALKS and not self._anybody()]
        self._before = state
        for link in WALKS:
            if state[link] == "G":
                self.waited_s += [time_s - came_s for came_s in self.waiting.pop(link, [])]

    def _anybody(self) -> bool:
        return any(self.waiting.values())

    def _arrive(self, time_s: float) -> None:
        while self._to_come and self._to_come[0][0] <= time_s:
            came_s, link = self._to_come.pop(0)
            self.waiting.setdefault(link, []).append(came_s)


WALKS = (4,)
PEOPLE = st.lists(st.tuples(st.integers(0, UNTIL_S - 130), st.just(4)), max_size=12)
ROAD = st.lists(st.tuples(st.integers(0, 3), st.floats(0, 100), st.floats(0, 14)), max_size=10)


@pytest.mark.parametrize("walks", ["with-vehicles", "scramble"])
@pytest.mark.parametrize("of", ["fixed", "actuated", "max-pressure", "longest-queue", "sotl"])
@settings(max_examples=25, deadline=None)
@given(people=PEOPLE, road=ROAD, max_wait_s=st.integers(60, 90))
def test_walks_are_called_whole_and_within_the_bound(
    of: str, walks: str, people: list[tuple[int, int]], road: list[tuple[int, float, float]], max_wait_s: int
) -> None:
    signal, them = crossroads(walk=True), Pedestrians(people, road)
    shown = states(f"pedestrian-actuated:of={of},walks={walks},max_wait_s={max_wait_s}", signal, them.ask, them.see)
    assert them.uncalled == []
    assert not them._anybody()
    assert max(them.waited_s, default=0) <= max_wait_s
    clearance_s = max(group.clearance_s for group in signal.groups)
    for begin_s, end_s in greens(shown, 4):
        assert end_s - begin_s == signal.walk_s
        for rival in (2, 3):
            assert not any(shown[s][rival] in GREEN for s in range(begin_s, min(UNTIL_S, int(end_s + clearance_s))))


def test_without_a_call_a_stage_is_as_short_as_vehicles_need() -> None:
    them = Pedestrians([], [(2, 5.0, 0.0), (3, 5.0, 0.0)])
    shown = states("pedestrian-actuated", crossroads(walk=True), them.ask, them.see)
    assert "G" not in {state[4] for state in shown[30:]}
