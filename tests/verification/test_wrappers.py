"""Wrappers against their own bounds under the real maximum red, which may come between a request and its answer."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.closed_loop import Radio, Walker, World, greens, two_walks
from tests.fakes import crossroads
from zhasyl.sequencer import MAX_RED_S

UNTIL_S = 600
VISIT_S = 4 + 5 + 4  # to a stage without a walk and back: intergreen, shortest green, intergreen
BUSES = st.lists(st.tuples(st.integers(0, 500), st.integers(0, 3)), max_size=10)
CALLS = st.lists(st.tuples(st.integers(0, UNTIL_S - 150), st.sampled_from([4, 5])), max_size=12)
QUEUES = st.lists(st.integers(0, 3), max_size=6)


@settings(max_examples=30, deadline=None)
@given(BUSES)
def test_priority_without_seconds_to_give_changes_nothing(buses: list[tuple[int, int]]) -> None:
    still = "transit-priority:of=fixed,extension_s=0,shorten_s=0"
    radios = [Radio(float(begin_s), movement) for begin_s, movement in buses]
    assert World(radios).play(still, crossroads(), UNTIL_S) == World().play(still, crossroads(), UNTIL_S)


@pytest.mark.parametrize("walks", ["with-vehicles", "scramble"])
@pytest.mark.parametrize("of", ["longest-queue", "max-pressure", "sotl"])
@settings(max_examples=25, deadline=None)
@given(calls=CALLS, queue=QUEUES, max_wait_s=st.integers(60, 90))
def test_every_walk_is_somebodys_and_in_time_but_for_the_maximum_red(
    of: str, walks: str, calls: list[tuple[int, int]], queue: list[int], max_wait_s: int
) -> None:
    walkers = [Walker(float(begin_s), link) for begin_s, link in calls]
    text = f"pedestrian-actuated:of={of},walks={walks},max_wait_s={max_wait_s}"
    states = World(walkers=walkers, queue=queue).play(text, two_walks(), UNTIL_S)
    begins = {begin for link in (4, 5) for begin, _ in greens(states, link) if begin > 0}
    assert begins <= {walker.walked_s for walker in walkers}
    for walker in walkers:
        assert walker.walked_s is not None
        assert walker.walked_s - walker.begin_s <= max_wait_s + VISIT_S


@pytest.mark.parametrize(
    "text", ["emergency-preemption", "emergency-preemption:of=transit-priority,of.of=max-pressure"]
)
def test_an_approach_is_not_starved_by_emergency_vehicles(text: str) -> None:
    endless = Radio(0.0, 0, "emergency", 100.0, stuck=True)
    begins = [begin for begin, _ in greens(World([endless], queue=(2,)).play(text, crossroads(), UNTIL_S), 2)]
    assert len(begins) >= 3
    assert all(later - earlier <= MAX_RED_S + VISIT_S for earlier, later in pairwise(begins))
