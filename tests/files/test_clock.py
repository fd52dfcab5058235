"""Times as SUMO's files have them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhasyl.files.clock import seconds, sumo_time_s


@pytest.mark.parametrize(
    ("time_s", "text"),
    [(0, "0"), (3600.0, "3600"), (1_234_567, "1234567"), (1_234_567.5, "1234567.5"), (100.05, "100.05"), (-20, "-20")],
)
def test_a_time_keeps_its_digits(time_s: float, text: str) -> None:
    assert seconds(time_s) == text


@given(st.integers(-(10**12), 10**12))
def test_no_millisecond_is_lost(time_ms: int) -> None:
    assert round(sumo_time_s(seconds(time_ms / 1000)) * 1000) == time_ms
