"""Transit priority: a bus waits less, and what it costs the others has bounds."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.closed_loop import Radio, World, greens
from tests.conftest import TinyRun
from tests.fakes import crossroads
from zhasyl.runs.store import RunRecord

FIXED = "transit-priority:of=fixed"
SPLITS_S = {0: 20, 2: 30}  # of the plan: links 0 and 1, links 2 and 3
BUSES = st.lists(st.tuples(st.integers(0, 350), st.integers(0, 3)), max_size=6)


def world(buses: list[tuple[int, int]], stuck: bool = False) -> World:
    return World(
        [Radio(float(begin_s), movement, stuck=stuck) for begin_s, movement in buses],
        (),
        (0, 1, 2, 3),
        queue_from_s=180,
    )


@settings(max_examples=60, deadline=None)
@given(BUSES, st.booleans(), st.integers(0, 20), st.integers(0, 20), st.integers(0, 60))
def test_no_green_is_changed_beyond_the_bounds(
    buses: list[tuple[int, int]], stuck: bool, extension_s: int, shorten_s: int, lockout_s: int
) -> None:
    text = f"{FIXED},extension_s={extension_s},shorten_s={shorten_s},lockout_s={lockout_s}"
    states = world(buses, stuck).play(text, crossroads())
    for link, green_s in SPLITS_S.items():
        for _, length_s in greens(states, link):
            assert max(5, green_s - shorten_s) <= length_s <= green_s + max(extension_s, shorten_s) + 1


@settings(max_examples=60, deadline=None)
@given(BUSES)
def test_within_the_lock_out_there_is_no_other_priority(buses: list[tuple[int, int]]) -> None:
    """With a lock-out longer than the run one green is cut or one extended, and a cut one is given its seconds back."""
    states = world(buses).play(f"{FIXED},lockout_s=600", crossroads())
    changes = [length_s - green_s for link, green_s in SPLITS_S.items() for _, length_s in greens(states, link)]
    assert sum(change < 0 for change in changes) <= 1
    assert sum(change > 0 for change in changes) <= 3  # held for it, held for the same bus once more, repaid


def test_a_green_is_extended_until_the_bus_has_passed() -> None:
    bus = Radio(0.0, 0, distance_m=12.5 * 25)
    states = World([bus], queue=(0, 2)).play(FIXED, crossroads())
    assert bus.passed_s == 24
    assert states[24][0] == "G"
    assert states[26][0] == "y"


def test_a_green_is_not_extended_for_a_bus_that_cannot_make_it() -> None:
    bus = Radio(0.0, 0, distance_m=12.5 * 35)
    states = World([bus], queue=(0, 2)).play(f"{FIXED},range_m=500", crossroads())
    assert states[20][0] == "y"


def test_an_unused_green_ends_early_for_a_bus_and_the_cut_stage_gets_it_back_in_need() -> None:
    alone = World([Radio(28.0, 0)], queue=(0, 2), queue_from_s=60).play("fixed", crossroads())
    world = World([Radio(28.0, 0)], queue=(0, 2), queue_from_s=60)
    states = world.play(f"{FIXED},lockout_s=200", crossroads())
    cut, repaid, usual = (length_s for _, length_s in greens(states, 2)[:3])
    assert cut < SPLITS_S[2] < repaid
    assert cut + repaid == pytest.approx(2 * SPLITS_S[2], abs=1)
    assert usual == SPLITS_S[2]
    assert greens(states, 0)[1][0] < greens(alone, 0)[1][0]


def test_an_emergency_vehicle_is_not_its_business() -> None:
    alone = World(queue=(0, 2)).play("fixed", crossroads())
    assert World([Radio(28.0, 0, "emergency")], queue=(0, 2)).play(FIXED, crossroads()) == alone


def mean_delay_s(record: RunRecord, kind: str) -> float:
    trips = record.table("trips")
    return float(trips[trips["type"] == kind]["delay_s"].mean())


@pytest.mark.parametrize(("wrapped", "others"), [("fixed", 1.25), ("actuated", 1.25), ("max-pressure", 1.25)])
def test_in_sumo_buses_gain_and_the_others_lose_within_bounds(tiny_run: TinyRun, wrapped: str, others: float) -> None:
    before = tiny_run("crossroads-with-bus-line", wrapped)
    after = tiny_run("crossroads-with-bus-line", f"transit-priority:of={wrapped}")
    assert after["faults"] == []
    assert mean_delay_s(after, "bus") < 0.9 * mean_delay_s(before, "bus")
    assert mean_delay_s(after, "car") < others * mean_delay_s(before, "car")


@settings(max_examples=30, deadline=None)
@given(BUSES, st.sampled_from(["fixed", "actuated", "sotl"]))
def test_without_extension_and_early_green_it_is_the_wrapped_one(buses: list[tuple[int, int]], wrapped: str) -> None:
    states = world(buses).play(f"transit-priority:of={wrapped},extension_s=0,shorten_s=0", crossroads())
    assert states == world([]).play(wrapped, crossroads())


def test_a_green_that_somebody_uses_is_not_cut() -> None:
    bus = Radio(28.0, 0)
    states = World([bus], queue=(0, 2)).play(f"{FIXED},extension_s=0", crossroads())
    assert states == World(queue=(0, 2)).play("fixed", crossroads())
