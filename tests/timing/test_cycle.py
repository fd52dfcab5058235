"""Webster's cycle of least delay."""

from math import inf

import pytest

from zhasyl.timing.cycle import least_delay_cycle_s


def test_the_cycle_grows_with_the_flow_ratios_and_beyond_all_bounds_at_capacity() -> None:
    assert least_delay_cycle_s(0.7, 8.0) == pytest.approx((1.5 * 8 + 5) / 0.3)
    assert least_delay_cycle_s(0.0, 8.0) == 17.0
    assert least_delay_cycle_s(1.0, 8.0) == least_delay_cycle_s(1.2, 8.0) == inf
