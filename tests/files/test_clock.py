"""Times as SUMO's files have them, and as clocks show them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhasyl.files.clock import clock, clock_s, seconds, sumo_time_s, time_of_day


@pytest.mark.parametrize(
    ("time_s", "text"),
    [(0, "0"), (3600.0, "3600"), (1_234_567, "1234567"), (1_234_567.5, "1234567.5"), (100.05, "100.05"), (-20, "-20")],
)
def test_a_time_keeps_its_digits(time_s: float, text: str) -> None:
    assert seconds(time_s) == text


@given(st.integers(-(10**12), 10**12))
def test_no_millisecond_is_lost(time_ms: int) -> None:
    assert round(sumo_time_s(seconds(time_ms / 1000)) * 1000) == time_ms


@pytest.mark.parametrize(
    ("time_s", "counted", "shown"),
    [
        (0, "00:00", "00:00"),
        (27_000, "07:30", "07:30"),
        (27_015.4, "07:30:15", "07:30:15"),
        (3599.9999999, "01:00", "01:00"),
        (86_399.9, "24:00", "00:00"),
        (86_400, "24:00", "00:00"),
        (91_800, "25:30", "01:30"),
    ],
)
def test_one_rounding_and_only_the_wall_begins_anew_at_midnight(time_s: float, counted: str, shown: str) -> None:
    assert clock(time_s) == counted
    assert time_of_day(time_s) == shown


@given(st.integers(0, 3 * 86_400 - 1))
def test_a_clock_time_is_read_as_it_was_written(time_s: int) -> None:
    assert clock_s(clock(time_s), days=3) == time_s


@pytest.mark.parametrize("text", ["24:00", "25:30", "7.30", "0730", "7:60", "7:30:60", "730", "27000", "-1:00", "٧:٣٠"])
def test_what_is_no_time_of_a_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="write for example 07:30"):
        clock_s(text)
