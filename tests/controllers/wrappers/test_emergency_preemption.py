"""Emergency preemption: a green on arrival, held until the vehicle has passed, by a proper intergreen."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.closed_loop import SPEED_MPS, Radio, World, greens
from tests.conftest import TinyRun
from tests.fakes import crossroads
from tests.sensors.road import SIGNAL
from zhasyl.runs.store import RunRecord
from zhasyl.signals import GREEN

WRAPPED = ("actuated", "fixed", "max-pressure", "sotl")
FIXED = "emergency-preemption:of=fixed"


@pytest.mark.parametrize("wrapped", WRAPPED)
@settings(max_examples=25, deadline=None)
@given(st.integers(20, 200), st.integers(0, 3), st.lists(st.integers(0, 3), max_size=5))
def test_a_vehicle_that_comes_from_far_never_stops(wrapped: str, begin_s: int, movement: int, queue: list[int]) -> None:
    """400 m take 32 s; the longest way to a green is a minimum green of 12 s and an intergreen of 4 s."""
    vehicle = Radio(float(begin_s), movement, "emergency", 400.0)
    world = World([vehicle], queue=queue, max_red_s=1000.0)
    states = world.play(f"emergency-preemption:of={wrapped}", crossroads(walk=True))
    arrival_s = begin_s + 400 / SPEED_MPS - 1
    assert vehicle.passed_s is not None
    assert vehicle.passed_s <= arrival_s
    held = states[int(vehicle.passed_s) : int(vehicle.passed_s) + 3]
    assert all(state[movement] in GREEN for state in held), "the green is held while it clears the junction"


@settings(max_examples=25, deadline=None)
@given(st.integers(20, 100), st.integers(0, 3))
def test_the_way_to_its_green_has_minimum_greens_yellows_and_all_reds(begin_s: int, movement: int) -> None:
    vehicle = Radio(float(begin_s), movement, "emergency")
    states = World([vehicle], queue=(0, 2)).play(FIXED, crossroads())
    for link, rival in ((0, 2), (2, 0)):
        for begin, length_s in greens(states[:-4], link)[1:]:
            assert length_s >= 5
            assert [state[link] for state in states[begin + length_s :][:4]] == ["y", "y", "y", "r"]
            assert all(state[rival] == "r" for state in states[begin + length_s :][:4])


def test_afterwards_the_wrapped_one_goes_on() -> None:
    vehicle = Radio(30.0, 0, "emergency")
    states = World([vehicle], queue=(0, 2)).play(FIXED, crossroads())
    lengths = [length_s for begin, length_s in greens(states, 2) if begin > 80]
    assert set(lengths) == {30}, "the fixed plan's split"


def test_a_transit_vehicle_and_one_out_of_range_are_not_served() -> None:
    alone = World(queue=(0, 2)).play("fixed", crossroads())
    assert World([Radio(30.0, 0, "transit")], queue=(0, 2)).play(FIXED, crossroads()) == alone
    far = Radio(30.0, 0, "emergency", 390.0, stuck=True)
    assert World([far], queue=(0, 2)).play(f"{FIXED},range_m=380", crossroads()) == alone


def test_maximum_red_ends_even_an_endless_preemption() -> None:
    stuck = Radio(0.0, 0, "emergency", 100.0, stuck=True)
    states = World([stuck], queue=(0, 2)).play(FIXED, crossroads(), 600)
    begins = [begin for begin, _ in greens(states, 2)]
    assert begins
    assert max(after - before for before, after in zip([0, *begins], begins, strict=False)) <= 120 + 4 + 5 + 4


def test_of_two_the_first_is_served_first() -> None:
    first, second = Radio(40.0, 2, "emergency", 400.0), Radio(48.0, 0, "emergency", 250.0)
    states = World([first, second]).play(FIXED, crossroads())
    assert first.passed_s == 40 + 400 / SPEED_MPS - 1
    assert second.passed_s is not None
    assert second.passed_s > first.passed_s
    assert states[int(second.passed_s)][0] in GREEN


def test_a_movement_that_no_stage_serves_is_left_alone() -> None:
    unserved = replace(SIGNAL, stages=tuple(replace(s, state="GGrr" if s.id == "A" else "rrrG") for s in SIGNAL.stages))
    alone = World(queue=(0,)).play("fixed", unserved)
    assert World([Radio(10.0, 2, "emergency")], queue=(0,)).play(FIXED, unserved) == alone


def delay_s(record: RunRecord) -> float:
    trips = record.table("trips")
    return float(trips[trips["type"] == "ambulance"]["delay_s"].mean())


@pytest.mark.parametrize("wrapped", ["actuated", "fixed"])
def test_in_sumo_a_vehicle_is_near_free_flow(tiny_run: TinyRun, wrapped: str) -> None:
    before = tiny_run("crossroads-with-bus-line", wrapped)
    after = tiny_run("crossroads-with-bus-line", f"emergency-preemption:of={wrapped}")
    assert after["faults"] == []
    assert delay_s(after) < 0.4 * delay_s(before)
    assert delay_s(after) < 10.0, "a turn and queued cars before it cost some seconds"
