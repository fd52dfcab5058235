"""Offsets of greatest bandwidth: known arterials, time-space geometry, and exhaustive search."""

from itertools import pairwise, product

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhasyl.errors import SignalError
from zhasyl.timing.maxband import LONE_GAIN, Method, best_progression
from zhasyl.timing.progression import Band, Direction, Progression, Stretch, Window

METHODS: tuple[Method, ...] = ("maxband", "multiband")
CYCLE_S = 60
BoolArray = npt.NDArray[np.bool_]
BandArray = npt.NDArray[np.float64]


def direction(greens_s: list[tuple[int, int]], travels_s: list[int], weight: float = 1.0) -> Direction:
    """Greens (start, length) and travel times in seconds of a cycle of 60 s; at 10 m/s."""
    windows = tuple(Window(start / CYCLE_S, length / CYCLE_S) for start, length in greens_s)
    return Direction(windows, tuple(Stretch(10.0 * travel_s, 10.0, 10.0, weight) for travel_s in travels_s))


def even(count: int, travel_s: int, green_s: int = 30) -> Direction:
    return direction([(0, green_s)] * count, [travel_s] * (count - 1))


@st.composite
def arterials(draw: st.DrawFn, least: int = 2, most: int = 4) -> tuple[Direction, Direction]:
    """Both directions of a row of signals, in whole seconds; the inbound one is as heavy or lighter."""
    count = draw(st.integers(least, most))
    greens = st.lists(st.tuples(st.integers(0, 59), st.integers(10, 45)), min_size=count, max_size=count)
    travels_s = draw(st.lists(st.integers(5, 80), min_size=count - 1, max_size=count - 1))
    weight = draw(st.sampled_from([1.0, 0.7, 0.3]))
    return direction(draw(greens), travels_s), direction(draw(greens), travels_s, weight)


def green(way: Direction, progression: Progression, signal: int, time_s: float) -> bool:
    """Is a signal green for a direction at this time (1 ms is forgiven)?"""
    window, cycle_s = way.windows[signal], progression.cycle_s
    since_s = (time_s - progression.offsets_s[signal] - window.start * cycle_s + 1e-3) % cycle_s
    return bool(since_s <= window.length * cycle_s + 2e-3)


def assert_band_meets_greens(way: Direction, band: Band, progression: Progression, order: range) -> None:
    """Whoever drives at the front, in the middle or at the end of a stretch's band passes both its signals on green."""
    for first, second in pairwise(order):
        index = min(first, second)
        stretch, enters_s, leaves_s = way.stretches[index], band.centres_s[first], band.centres_s[second]
        if stretch is None or enters_s is None or leaves_s is None:
            assert band.widths_s[index] == 0
            continue
        slowest_s, fastest_s = stretch.length_m / stretch.slowest_mps, stretch.length_m / stretch.fastest_mps
        assert fastest_s - 1e-3 <= leaves_s - enters_s <= slowest_s + 1e-3
        for share, (signal, time_s) in product((-0.5, 0.0, 0.5), ((first, enters_s), (second, leaves_s))):
            assert green(way, progression, signal, time_s + share * band.widths_s[index])


def assert_geometry(outbound: Direction, inbound: Direction, found: Progression) -> None:
    count = len(outbound.windows)
    assert_band_meets_greens(outbound, found.outbound, found, range(count))
    assert_band_meets_greens(inbound, found.inbound, found, range(count - 1, -1, -1))


def searched_s(outbound: Direction, inbound: Direction) -> float:
    """The best weighted band of three signals' offsets in whole seconds, the lighter direction's at least its share."""
    weight = inbound.weight / outbound.weight
    band_s, other_s = (bands_s(greens_on_road(way, sign)) for way, sign in ((outbound, 1), (inbound, -1)))
    both = (band_s > 0) & (other_s > 0)
    worth_s = (band_s if weight == 1 else np.minimum(band_s, other_s / weight)) + weight * other_s
    return float(np.where(both, worth_s, 0.0).max())


def bands_s(greens: list[BoolArray]) -> BandArray:
    """[offset of the second signal, of the third]: the longest run of seconds in which all three are green."""
    first, second, third = (np.array([np.roll(shown, offset) for offset in range(CYCLE_S)]) for shown in greens)
    left = first[0] & second[:, None] & third[None, :]
    lengths_s = np.zeros(left.shape[:2])
    while left.any():
        lengths_s += left.any(axis=-1)
        left = left & np.roll(left, 1, axis=-1)
    return lengths_s


def greens_on_road(way: Direction, sign: int) -> list[BoolArray]:
    """[cycle] of each signal: is it green for a vehicle by the time that vehicle passes the first signal?"""
    passed_s = np.cumsum([0, *(round(s.length_m / s.fastest_mps) if s else 0 for s in way.stretches)])
    clock_s = np.arange(CYCLE_S)
    return [
        (clock_s - round(w.start * CYCLE_S) + sign * at_s) % CYCLE_S < round(w.length * CYCLE_S)
        for w, at_s in zip(way.windows, passed_s, strict=True)
    ]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("travel_s", "offsets_s"), [(30, (0, 30, 0, 30)), (60, (0, 0, 0, 0))])
def test_signals_half_or_a_whole_cycle_apart_have_perfect_bands(
    method: Method, travel_s: int, offsets_s: tuple[int, ...]
) -> None:
    found = best_progression(even(4, travel_s), even(4, travel_s), CYCLE_S, CYCLE_S, method)
    assert np.mod(np.array(found.offsets_s) + 1, CYCLE_S) == pytest.approx(np.array(offsets_s) + 1, abs=0.01)
    assert found.outbound.widths_s == pytest.approx([30] * 3, abs=0.01)
    assert found.inbound.widths_s == pytest.approx([30] * 3, abs=0.01)


def test_signals_a_quarter_cycle_apart_share_one_green_between_both_bands() -> None:
    found = best_progression(even(3, 15), even(3, 15), CYCLE_S, CYCLE_S)
    assert found.outbound.widths_s == pytest.approx([15, 15], abs=0.01)
    assert found.inbound.widths_s == pytest.approx([15, 15], abs=0.01)


@given(arterials())
@settings(max_examples=40, deadline=None)
def test_one_way_the_band_is_the_shortest_green(ways: tuple[Direction, Direction]) -> None:
    outbound, inbound = ways[0], ways[1].emptied()
    found = best_progression(outbound, inbound, CYCLE_S, CYCLE_S)
    shortest_s = min(window.length for window in outbound.windows) * CYCLE_S
    assert found.outbound.widths_s == pytest.approx([shortest_s] * len(outbound.stretches), abs=0.01)
    assert found.inbound.widths_s == (0.0,) * len(outbound.stretches)
    assert_geometry(outbound, inbound, found)


@pytest.mark.parametrize("method", METHODS)
@given(ways=arterials())
@settings(max_examples=40, deadline=None)
def test_a_vehicle_in_the_band_meets_only_greens(method: Method, ways: tuple[Direction, Direction]) -> None:
    found = best_progression(*ways, CYCLE_S, CYCLE_S, method)
    assert sum(found.outbound.widths_s) + sum(found.inbound.widths_s) > 0
    assert_geometry(*ways, found)


@given(arterials(least=3, most=3))
@settings(max_examples=40, deadline=None)
def test_no_offsets_in_whole_seconds_have_a_wider_band(ways: tuple[Direction, Direction]) -> None:
    found = best_progression(*ways, CYCLE_S, CYCLE_S)
    weight, best_s = ways[1].weight / ways[0].weight, searched_s(*ways)
    out_s, back_s = found.outbound.widths_s[0], found.inbound.widths_s[0]
    if found.inbound.centres_s[0] is None:  # the heavier direction alone
        assert out_s >= LONE_GAIN * best_s - 0.01
    else:
        assert best_s - 0.01 <= out_s + weight * back_s <= best_s + 1.01 or back_s < 1
        assert back_s >= weight * out_s - 0.01 or weight == 1
        assert LONE_GAIN * (out_s + weight * back_s) >= min(w.length for w in ways[0].windows) * CYCLE_S - 0.01


@given(arterials())
@settings(max_examples=30, deadline=None)
def test_bands_of_each_stretch_are_together_as_wide_as_one_band(ways: tuple[Direction, Direction]) -> None:
    def worth_s(found: Progression) -> float:
        weight = ways[1].weight / ways[0].weight
        return sum(found.outbound.widths_s) + weight * sum(found.inbound.widths_s)

    one, many = (best_progression(*ways, CYCLE_S, CYCLE_S, method) for method in METHODS)
    if min(one.inbound.widths_s) > 0 and many.inbound.centres_s[0] is not None:
        assert worth_s(many) >= worth_s(one) - 0.01


@given(arterials())
@settings(max_examples=10, deadline=None)
def test_the_answer_is_always_the_same(ways: tuple[Direction, Direction]) -> None:
    for method in METHODS:
        assert best_progression(*ways, 50, 70, method) == best_progression(*ways, 50, 70, method)


def test_a_range_of_cycles_finds_the_one_that_fits_the_road() -> None:
    found = best_progression(even(5, 32), even(5, 32), 50, 80)
    assert found.cycle_s == pytest.approx(64, abs=0.01)
    assert found.outbound.widths_s == pytest.approx([32] * 4, abs=0.01)


def test_of_cycles_that_serve_alike_the_shortest_is_taken() -> None:
    assert best_progression(even(4, 20), even(4, 20).emptied(), 50, 80).cycle_s == pytest.approx(50, abs=0.01)


def test_a_range_of_speeds_makes_up_for_uneven_distances() -> None:
    way = Direction((Window(0, 0.5),) * 3, (Stretch(320, 8, 12), Stretch(280, 8, 12)))
    found = best_progression(way, way, CYCLE_S, CYCLE_S)
    assert found.outbound.widths_s == pytest.approx([30, 30], abs=0.01)
    assert_geometry(way, way, found)


def test_a_queue_clears_before_the_band_comes() -> None:
    window = Window(0.25, 0.5)
    way = Direction((window,) * 3, (Stretch(300, 10, 10, clearance_s=8),) * 2)
    found = best_progression(way, way, CYCLE_S, CYCLE_S)
    assert found.outbound.widths_s == pytest.approx([22, 22], abs=0.01)
    for signal, band in ((1, found.outbound), (2, found.outbound), (1, found.inbound), (0, found.inbound)):
        centre_s = band.centres_s[signal]
        assert centre_s is not None
        front_s = centre_s - 11 - found.offsets_s[signal] - 15
        assert front_s % CYCLE_S >= 8 - 0.01


def test_the_heavier_direction_gets_a_band_where_both_cannot_have_one() -> None:
    narrow = [(0, 10)] * 3
    light, heavy = direction(narrow, [15, 15], 1), direction(narrow, [15, 15], 2)
    for outbound, inbound in ((heavy, light), (light, heavy)):
        found = best_progression(outbound, inbound, CYCLE_S, CYCLE_S)
        got, lost = (found.outbound, found.inbound) if outbound is heavy else (found.inbound, found.outbound)
        assert got.widths_s == pytest.approx([10, 10], abs=0.01)
        assert lost.widths_s == (0, 0)
        assert_geometry(outbound, inbound, found)


def test_the_heavier_direction_goes_alone_where_both_together_have_hardly_a_band() -> None:
    """Both ways the road fits only at the very edges of the greens, with bands of 2 s together."""
    greens = [(0, 15), (0, 15)]
    found = best_progression(direction(greens, [16], 3), direction(greens, [16], 1), CYCLE_S, CYCLE_S)
    assert found.outbound.widths_s == pytest.approx([15], abs=0.01)
    assert found.inbound.widths_s == (0.0,)


def test_a_direction_without_traffic_on_one_stretch_keeps_its_bands_on_the_others() -> None:
    outbound = even(4, 30)
    inbound = Direction(outbound.windows, (outbound.stretches[0], None, outbound.stretches[2]))
    found = best_progression(outbound, inbound, CYCLE_S, CYCLE_S, "multiband")
    assert found.inbound.widths_s == pytest.approx([30, 0, 30], abs=0.01)
    assert_geometry(outbound, inbound, found)
    assert best_progression(outbound, inbound, CYCLE_S, CYCLE_S).inbound.widths_s == (0, 0, 0)


def test_the_left_turns_order_shifts_the_offsets() -> None:
    """Leading left turns outbound at every other signal: the plans' zeros shift, the bands stay perfect."""
    outbound = direction([(0, 30), (10, 30), (0, 30)], [30, 30])
    inbound = direction([(0, 30), (10, 30), (0, 30)], [30, 30])
    found = best_progression(outbound, inbound, CYCLE_S, CYCLE_S)
    assert np.array(found.offsets_s) == pytest.approx([0, 20, 0], abs=0.01)
    assert found.outbound.widths_s == pytest.approx([30, 30], abs=0.01)


@pytest.mark.parametrize(
    ("outbound", "cycles_s", "message"),
    [
        (direction([(0, 30)], []), (60, 60), "1 signals: each direction needs"),
        (Direction(even(3, 30).windows, (None, even(2, 30).stretches[0])), (60, 60), "3 signals: each direction needs"),
        (even(3, 30), (60, 50), "the cycle cannot be 60 to 50 s"),
        (even(3, 30), (0, 50), "the cycle cannot be 0 to 50 s"),
        (direction([(0, 30), (0, 0), (0, 30)], [30, 30]), (60, 60), "stretch 1 has traffic, but a signal"),
        (
            Direction(even(2, 30).windows, (Stretch(300, 10, 10, clearance_s=40),)),
            (60, 60),
            "2 signals have no band even one way; their shortest green is 0.50 of the cycle",
        ),
    ],
)
def test_what_cannot_be_coordinated_is_one_clear_line(
    outbound: Direction, cycles_s: tuple[float, float], message: str
) -> None:
    with pytest.raises(SignalError) as caught:
        best_progression(outbound, outbound.emptied(), *cycles_s)
    assert message in str(caught.value)


def test_a_stretch_or_window_out_of_range_is_refused() -> None:
    with pytest.raises(SignalError, match="is no stretch"):
        Stretch(300, 12, 10)
    with pytest.raises(SignalError, match=r"a green of 1\.5 of the cycle"):
        Window(0, 1.5)
