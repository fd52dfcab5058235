"""Pedestrian actuation: no walk without a call, a whole walk within the bound with one, whoever is wrapped."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.closed_loop import Walker, World, greens, two_walks
from tests.conftest import TinyRun
from tests.fakes import crossroads
from zhasyl.controllers import parse_controller
from zhasyl.controllers.wrappers.walks_on_call import SignalOnCall, on_call
from zhasyl.signals import GREEN, Signal, Stage

WRAPPED = ("actuated", "fixed", "max-pressure", "transit-priority")
MODES = ("with-vehicles", "scramble")
QUEUES = st.lists(st.integers(0, 3), max_size=6)
CALLS = st.lists(st.tuples(st.integers(0, 300), st.sampled_from([4, 5])), min_size=1, max_size=8)
WALKS = {4: (2, 3), 5: (0, 1)}  # link → the road links it crosses
CLEARANCE_S = 10


def text(mode: str, wrapped: str, more: str = "") -> str:
    return f"pedestrian-actuated:walks={mode},of={wrapped}{more}"


def walks(states: Sequence[str]) -> list[int]:
    """When each walk begins, beside the first green's."""
    return [begin for link in WALKS for begin, _ in greens(states, link) if begin > 0]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("wrapped", WRAPPED)
@settings(max_examples=15, deadline=None)
@given(QUEUES)
def test_without_a_call_there_is_no_walk(mode: str, wrapped: str, queue: list[int]) -> None:
    states = World(queue=queue).play(text(mode, wrapped), two_walks())
    assert walks(states) == []


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("wrapped", WRAPPED)
@settings(max_examples=20, deadline=None)
@given(st.sampled_from([45, 75]), CALLS, QUEUES)
def test_a_call_gets_its_walk_within_the_bound(
    mode: str, wrapped: str, max_wait_s: int, calls: list[tuple[int, int]], queue: list[int]
) -> None:
    walkers = [Walker(float(begin_s), link) for begin_s, link in calls]
    world = World(walkers=walkers, queue=queue, max_red_s=1000.0)
    world.play(text(mode, wrapped, f",max_wait_s={max_wait_s}"), two_walks())
    for walker in walkers:
        assert walker.walked_s is not None
        assert walker.walked_s - walker.begin_s <= max_wait_s


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("wrapped", WRAPPED)
@settings(max_examples=15, deadline=None)
@given(CALLS, QUEUES)
def test_a_walk_is_whole_and_cleared_before_a_rival_starts(
    mode: str, wrapped: str, calls: list[tuple[int, int]], queue: list[int]
) -> None:
    walkers = [Walker(float(begin_s), link) for begin_s, link in calls]
    states = World(walkers=walkers, queue=queue).play(text(mode, wrapped), two_walks())
    for link, rivals in WALKS.items():
        for begin, length_s in greens(states, link):
            assert length_s == 5
            cleared = states[begin + length_s : begin + length_s + CLEARANCE_S - 1]
            assert all(state[rival] not in GREEN for state in cleared for rival in rivals)


@pytest.mark.parametrize("mode", MODES)
@settings(max_examples=25, deadline=None)
@given(CALLS, QUEUES)
def test_there_are_no_more_walks_than_calls(mode: str, calls: list[tuple[int, int]], queue: list[int]) -> None:
    walkers = [Walker(float(begin_s), link) for begin_s, link in calls]
    states = World(walkers=walkers, queue=queue).play(text(mode, "actuated"), two_walks())
    assert len(walks(states)) <= len(calls) * (2 if mode == "scramble" else 1)


def test_a_stage_without_its_walk_may_be_shorter() -> None:
    states = World(queue=(0, 2)).play(text("with-vehicles", "max-pressure"), two_walks())
    spec = parse_controller(text("with-vehicles", "max-pressure"))
    own = spec.cls.signal_for(two_walks(), spec.parameters)
    assert [stage.min_green_s for stage in own.stages] == [5, 5, 12, 12]
    assert states


def test_a_call_is_served_at_once_where_nobody_drives() -> None:
    """By an intergreen of 4 s; the running green's own walk once more after the shortest green without it, 5 s."""
    walkers = [Walker(100.0, 5), Walker(200.0, 5)]
    World(walkers=walkers).play(text("with-vehicles", "actuated"), two_walks())
    assert [walker.walked_s for walker in walkers] == [100 + 1 + 4, 200 + 1 + 5]


def test_the_wrapped_one_sees_the_green_go_on_when_a_walk_joins_it() -> None:
    """The plan's splits are kept although the walk comes in the middle of the green, as nobody drives."""
    walker = Walker(130.0, 4)
    lone = World(queue=(2,)).play("fixed", two_walks())
    states = World(walkers=[walker], queue=(2,)).play(text("with-vehicles", "fixed"), two_walks())
    begins = [begin for begin, _ in greens(states, 2)]
    assert begins[:2] == [begin for begin, _ in greens(lone, 2)][:2]
    assert walker.walked_s is not None


def test_the_first_stages_are_the_original_ones_without_walks() -> None:
    signal = two_walks()
    for scramble in (False, True):
        own = on_call(signal, scramble)
        assert isinstance(own, SignalOnCall)
        assert [s.state for s in own.stages[:2]] == ["GGrrrr", "rrGGrr"]
        assert own.origins[:2] == (0, 1)
        assert own.original == signal
    assert on_call(signal, True).stages[2:] == (Stage("scramble", "rrrrGG", 12.0, 12.0),)
    assert [s.state for s in on_call(signal, False).stages[2:]] == ["GGrrGr", "rrGGrG"]
    assert on_call(crossroads(), True) == crossroads()


def with_own_stage() -> Signal:
    """The crossroads whose shipped plan has a stage for pedestrians alone."""
    signal = two_walks()
    a, b = signal.stages
    stages = (replace(a, state="GGrrrr", min_green_s=5.0), replace(b, state="rrGGrr", min_green_s=5.0))
    plan = replace(signal.plan, stages=(0, 1, 2), greens_s=(20.0, 20.0, 12.0), cycle_s=64.0)
    return replace(signal, stages=(*stages, Stage("C", "rrrrGG", 12.0, 12.0)), plan=plan)


@pytest.mark.parametrize("mode", MODES)
@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 300), st.sampled_from([4, 5])), max_size=5), QUEUES)
def test_a_stage_of_pedestrians_alone_is_skipped_without_a_call(
    mode: str, calls: list[tuple[int, int]], queue: list[int]
) -> None:
    walkers = [Walker(float(begin_s), link) for begin_s, link in calls]
    world = World(walkers=walkers, queue=queue)
    states = world.play(text(mode, "fixed"), with_own_stage())
    assert world.fault == ""
    assert len(set(walks(states))) <= len(calls)
    assert all(w.walked_s is not None and w.walked_s - w.begin_s <= 75 for w in walkers)
    assert len(greens(states, 0)) >= 2
    assert len(greens(states, 2)) >= 2


@pytest.mark.parametrize("mode", MODES)
def test_in_sumo_nobody_calls_before_anybody_walks(tiny_run: TinyRun, mode: str) -> None:
    """The first person reaches the crossing after more than 200 s."""
    record = tiny_run("crossroads-with-bus-line", f"pedestrian-actuated:walks={mode}")
    table = record.table("signals").sort_values("start_s")
    walking = table[[set(state[12:]) & GREEN != set() for state in table["state"]]]
    assert record["faults"] == []
    assert not ((walking["start_s"] > 0) & (walking["start_s"] < 150)).any()
    assert 5 <= len(walking) <= 24 + 1, "of 12 persons, each crosses twice at most"
