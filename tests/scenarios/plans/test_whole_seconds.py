"""Tenths of a second become whole ones: begins and greens within 0.6 s, the cycle whole, rings together at barriers."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from zhasyl.scenarios.plans.rings import RingPhase, half_up
from zhasyl.scenarios.plans.whole_seconds import NEAR_S, in_whole_seconds, shifted


def phases(rows: list[tuple[float, float, float]], first: int = 1) -> dict[int, RingPhase]:
    """Green, yellow and all-red of phases one after another."""
    found, at_s = {}, 0.0
    for number, (green_s, yellow_s, red_s) in enumerate(rows, start=first):
        ends = (at_s + green_s, at_s + green_s + yellow_s, at_s + green_s + yellow_s + red_s)
        found[number] = RingPhase(number, 1, at_s, *ends, walk=False, dont_walk_s=0.0)
        at_s = ends[-1]
    return found


TENTHS = st.tuples(
    st.integers(50, 500).map(lambda n: n / 10), st.integers(30, 50).map(lambda n: n / 10),
    st.integers(5, 30).map(lambda n: n / 10),
)  # fmt: skip


@given(st.lists(TENTHS, min_size=2, max_size=6), st.integers(0, 1500).map(lambda n: n / 10))
def test_every_begin_and_green_is_near_and_the_ring_closes(
    rows: list[tuple[float, float, float]], shift_s: float
) -> None:
    rest_s = round(-sum(map(sum, rows)) % 1, 1)
    exact = phases([*rows[:-1], (*rows[-1][:2], rows[-1][2] + rest_s)])
    cycle_s = max(p.end_s for p in exact.values())
    cycle = half_up(cycle_s)
    moved = shifted(exact.values(), shift_s)
    whole = in_whole_seconds(moved, cycle_s, cycle)
    for number, phase in whole.items():
        times = (phase.start_s, phase.green_end_s, phase.yellow_end_s, phase.end_s)
        assert all(time_s == int(time_s) for time_s in times)
        assert list(times) == sorted(times)
        off_s = (phase.start_s - moved[number].start_s + cycle / 2) % cycle - cycle / 2
        assert abs(off_s) <= NEAR_S + 1e-6
        green_s = phase.green_end_s - phase.start_s
        assert abs(green_s - (moved[number].green_end_s - moved[number].start_s)) <= NEAR_S + 1e-6
    ordered = [whole[number] for number in sorted(whole)]
    assert all(before.end_s % cycle == after.start_s for before, after in pairwise([*ordered, ordered[0]]))


def test_what_is_left_goes_to_the_intergreen_and_rather_lengthens_it() -> None:
    """45.6 s of green and 6.8 s to clear from 0 to 52.4 s: 45 and 7, not 46 and 6."""
    exact = phases([(45.6, 4.4, 2.4), (10.6, 4.0, 3.0)])
    whole = in_whole_seconds(exact, 70.0, 70)
    assert (whole[1].green_end_s, whole[1].end_s) == (45, 52)


def test_phases_that_begin_at_once_still_do() -> None:
    both = phases([(20.3, 3.5, 1.0), (30.2, 3.5, 1.5)]) | phases([(20.3, 3.5, 1.0), (30.2, 3.5, 1.5)], first=5)
    whole = in_whole_seconds(both, 60.0, 60)
    assert (whole[2].start_s, whole[6].start_s) == (25, 25)
