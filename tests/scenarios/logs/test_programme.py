"""The programme that was played is found in the events of its phases."""

import random
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.scenarios.logs.made import Event, Programme, log_of, phase_events
from zhasyl.scenarios.logs.cycles import stretches
from zhasyl.scenarios.logs.greens import all_greens, phase_greens
from zhasyl.scenarios.logs.programme import LATEST, PLAYED, Part, Played, played

HOUR_S = 3600.0
SPLITS = st.integers(9, 40)


def found(events: list[tuple[float, int, int]], begin_s: float, end_s: float, lost: float = 0.0) -> list[Played]:
    log = log_of(events, begin_s, end_s, lost)
    greens = all_greens(log)
    return [played(log, stretch, greens) for stretch in stretches(log, greens)]


def apart_s(one: float, other: float, cycle_s: float) -> float:
    return abs((one - other + cycle_s / 2) % cycle_s - cycle_s / 2)


def parts_of(one: Played, share: float = PLAYED) -> dict[int, Part]:
    return {part.phase: part for part in one.at(share)}


@st.composite
def nema(draw: st.DrawFn) -> Programme:
    """Eight phases or fewer: two rings, two barriers, lefts first or last or not at all."""
    barriers = []
    for first in (1, 3):
        length = draw(st.integers(20, 60))
        rings = []
        for left in (first, first + 4):
            split = draw(st.integers(9, length - 9)) if draw(st.booleans()) else 0
            ring = [(left, float(split)), (left + 1, float(length - split))] if split else [(left + 1, float(length))]
            rings.append(ring[::-1] if draw(st.booleans()) else ring)
        barriers.append(rings)
    cycle_s = sum(split for rings in barriers for _, split in rings[0])
    zero_s = draw(st.integers(0, int(cycle_s) - 1))
    return Programme(cycle_s, float(zero_s), barriers, draw(st.integers(30, 45)) / 10, draw(st.integers(0, 20)) / 10)


@settings(max_examples=60)
@given(nema(), st.sampled_from([0.0, 0.03, 0.08]))
def test_a_nema_programme_is_recovered_although_events_are_lost(programme: Programme, lost: float) -> None:
    begin_s = 7 * HOUR_S
    (one,) = found(list(programme.events(begin_s, begin_s + HOUR_S)), begin_s, begin_s + HOUR_S, lost)
    assert one.stretch.cycle_s == programme.cycle_s
    parts = parts_of(one)
    zero_s = one.stretch.zero_s
    for phase, at_s, split_s in programme.places():
        assert parts[phase].split_s == pytest.approx(split_s, abs=1.0)
        assert apart_s(zero_s + parts[phase].begin_s, programme.zero_s + at_s, programme.cycle_s) <= 1.0
        assert parts[phase].yellow_s == pytest.approx(programme.yellow_s, abs=0.15)
    coordinated = parts[one.stretch.coordinated]
    assert coordinated.phase in (2, 6)
    assert apart_s(coordinated.begin_s, 0.0, programme.cycle_s) <= 1.0, "the offset is the begin of its green"


TEE = Programme(75.0, 45.0, [[[(2, 49.0)], [(6, 30.0), (5, 19.0)]], [[(8, 26.0)]]])


def actuated(seed: int, begin_s: float, cycles: int) -> list[tuple[float, int, int]]:
    """Phases 5 and 8 end early or are left out; 6 and 2 take what they leave. Phase 6 always ends at its time."""
    draw = random.Random(seed)  # noqa: S311  no secret
    events: list[Event] = []
    free_s = begin_s - 75 + 45.0
    for number in range(cycles):
        zero_s = begin_s + number * 75.0 + 45.0
        yield_s = zero_s + 30.0
        five_s = draw.choice([0.0, 12.0, 14.0, 16.0, 19.0, 19.0])
        eight_s = draw.choice([0.0, 12.0, 15.0, 18.0, 26.0])
        six_begin_s, two_begin_s = free_s, free_s
        events += phase_events(6, six_begin_s, yield_s - six_begin_s, 4.0, 1.5)
        if five_s:
            events += phase_events(5, yield_s, five_s, 4.0, 1.5)
        side_s = yield_s + (five_s or 6.0)
        events += phase_events(2, two_begin_s, side_s - two_begin_s, 4.0, 1.5)
        if eight_s:
            events += phase_events(8, side_s, eight_s, 4.0, 1.5)
        free_s = side_s + eight_s + (0.0 if eight_s else 1.0)
    return events


def test_an_actuated_programme_has_a_middle_and_a_latest() -> None:
    begin_s = 600 * 75.0
    (one,) = found(actuated(3, begin_s, 90), begin_s, begin_s + 90 * 75.0, 0.02)
    stretch = one.stretch
    assert (stretch.cycle_s, stretch.coordinated, stretch.free) == (75.0, 6, False)
    assert apart_s(stretch.zero_s, 45.0, 75.0) <= 1.0
    latest = parts_of(one, LATEST)
    assert {phase: round(part.split_s) for phase, part in latest.items()} == {2: 49, 5: 19, 6: 30, 8: 26}
    middle = parts_of(one)
    assert middle[8].split_s < latest[8].split_s
    assert middle[6].split_s > latest[6].split_s
    assert middle[6].split_s + middle[5].split_s + middle[8].split_s == pytest.approx(75.0)
    assert [group.rings for group in one.groups] == [[[2], [6, 5]], [[8]]] or [g.rings for g in one.groups] == [
        [[8]], [[2], [6, 5]]
    ]  # fmt: skip


def test_programmes_change_with_the_time_of_day() -> None:
    other = Programme(100.0, 10.0, [[[(2, 60.0)], [(6, 40.0), (5, 20.0)]], [[(8, 40.0)]]])
    begin_s, change_s, end_s = 6 * HOUR_S, 7 * HOUR_S, 8.5 * HOUR_S
    events = [*(e for e in TEE.events(begin_s, change_s) if e[0] < change_s),
              *(e for e in other.events(change_s, end_s) if e[0] >= change_s)]  # fmt: skip
    first, second = found(events, begin_s, end_s)
    assert (first.stretch.cycle_s, second.stretch.cycle_s) == (75.0, 100.0)
    assert first.stretch.end_s == second.stretch.begin_s == change_s
    assert {p: round(part.split_s) for p, part in parts_of(second).items()} == {2: 60, 5: 20, 6: 40, 8: 40}


def test_what_the_controller_says_goes_first() -> None:
    begin_s, end_s = 7 * HOUR_S, 8 * HOUR_S
    said = [(begin_s + 75.0 * n, 316, 75) for n in range(48)] + [(begin_s + 75.0 * n + 45.0, 150, 5) for n in range(48)]
    said += [(begin_s + 1, 133 + phase, split) for phase, split in ((5, 19), (8, 26))]
    said += [(begin_s + 75.0 * n, 304, 17) for n in range(48)]
    (one,) = found([*TEE.events(begin_s, end_s), *said], begin_s, end_s)
    assert (one.stretch.cycle_from, one.stretch.zero_from) == ("event 316", "event 150")
    assert apart_s(one.stretch.zero_s, 45.0, 75.0) < 0.1
    parts = parts_of(one)
    assert (parts[5].set_s, parts[8].set_s, parts[5].said_s) == (19.0, 26.0, 17.0)
    assert np.isnan(parts[2].set_s)


def test_a_cycle_that_is_set_and_not_played_is_not_believed() -> None:
    begin_s, end_s = 7 * HOUR_S, 8 * HOUR_S
    (one,) = found([*TEE.events(begin_s, end_s), (begin_s + 1, 132, 120)], begin_s, end_s)
    assert (one.stretch.cycle_s, one.stretch.cycle_from) == (75.0, "events")
    (one,) = found([*TEE.events(begin_s, end_s), (begin_s + 1, 132, 75)], begin_s, end_s)
    assert (one.stretch.cycle_s, one.stretch.cycle_from) == (75.0, "event 132")


def test_a_pattern_that_changes_within_a_quarter_is_a_boundary() -> None:
    begin_s, change_s, end_s = 7 * HOUR_S, 7 * HOUR_S + 2000.0, 8 * HOUR_S
    other = Programme(90.0, 0.0, [[[(2, 60.0)], [(6, 60.0)]], [[(8, 30.0)]]])
    events = [*(e for e in TEE.events(begin_s, change_s) if e[0] < change_s), (change_s, 131, 4),
              *(e for e in other.events(change_s, end_s) if e[0] > change_s)]  # fmt: skip
    first, second = found(events, begin_s, end_s)
    assert first.stretch.end_s == second.stretch.begin_s == change_s
    assert (first.stretch.cycle_s, second.stretch.cycle_s) == (75.0, 90.0)


def test_a_free_controller_has_no_cycle_of_its_own() -> None:
    draw = random.Random(5)  # noqa: S311  no secret
    events: list[tuple[float, int, int]] = []
    at_s = 7 * HOUR_S
    while at_s < 8.5 * HOUR_S:
        for phase in (2, 4):
            split_s = draw.uniform(18.0, 45.0) if phase == 2 else draw.uniform(10.0, 25.0)
            events += phase_events(phase, at_s, split_s, 4.0, 1.5)
            at_s += split_s
    (one,) = found(events, 7 * HOUR_S, 8.5 * HOUR_S)
    assert one.stretch.free
    assert 40 <= one.stretch.cycle_s <= 58
    parts = parts_of(one)
    assert parts[2].split_s + parts[4].split_s == pytest.approx(one.stretch.cycle_s)
    assert parts[2].split_s == pytest.approx(31.5, abs=5)


def test_a_free_controller_that_rests_in_green_has_short_lefts() -> None:
    events: list[Event] = []
    at_s = 7 * HOUR_S
    for number in range(8):
        main_s = 420.0 + 30.0 * (number % 3)
        for phase, begin_s, split_s in ((5, at_s, 15.0), (6, at_s + 15.0, main_s), (2, at_s, main_s + 15.0)):
            events += phase_events(phase, begin_s, split_s, 4.0, 1.5)
        at_s += main_s + 15.0
        events += phase_events(8, at_s, 20.0 + number % 4, 4.0, 1.5)
        at_s += 20.0 + number % 4
    (one,) = found(events, 7 * HOUR_S, at_s)
    parts = parts_of(one)
    assert one.stretch.free
    assert (parts[5].split_s, parts[8].split_s) == pytest.approx((15.0, 21.5), abs=0.6)
    assert parts[6].split_s > 400


def test_a_quarter_of_disorder_makes_no_programmes_of_its_own() -> None:
    begin_s, end_s = 7 * HOUR_S, 8.5 * HOUR_S
    other = Programme(90.0, 30.0, [[[(2, 60.0)], [(6, 40.0), (5, 20.0)]], [[(8, 30.0)]]])
    from_s, until_s = 7.75 * HOUR_S, 8 * HOUR_S
    events = [*(e for e in TEE.events(begin_s, end_s) if not from_s <= e[0] < until_s),
              *(e for e in other.events(from_s, until_s) if from_s <= e[0] < until_s)]  # fmt: skip
    (one,) = found(events, begin_s, end_s)
    assert (one.stretch.cycle_s, one.stretch.free) == (75.0, False)
    assert {p: round(part.split_s) for p, part in parts_of(one).items()} == {2: 49, 5: 19, 6: 30, 8: 26}


def test_missing_ends_come_from_what_follows() -> None:
    events = list(TEE.events(0.0, 3000.0))
    without = [e for e in events if not (e[2] == 5 and e[1] in (7, 8) and 1000 < e[0] < 1500)]
    whole, gapped = (phase_greens(log_of(each, 0.0, 3000.0), 5) for each in (events, without))
    assert gapped.green_end_s == pytest.approx(whole.green_end_s, abs=0.01)
    assert (whole.unsaid, gapped.unsaid) == (0, 6)
    nothing = [e for e in events if not (e[2] == 5 and e[1] in (6, 7, 8, 9, 10, 11, 12) and 1000 < e[0] < 1500)]
    assert np.isnan(phase_greens(log_of(nothing, 0.0, 3000.0), 5).green_end_s).sum() in (6, 7)


def test_a_green_without_its_begin_begins_with_the_phase() -> None:
    events = [e for e in TEE.events(0.0, 3000.0) if not (e[1] == 1 and 1000 < e[0] < 1500)]
    begins_s = phase_greens(log_of(events, 0.0, 3000.0), 6).begin_s
    assert {round(later - before) for before, later in pairwise(begins_s)} == {75}
