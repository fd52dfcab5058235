"""Student's t against scipy's, which it stands in for."""

import math

import pytest
from scipy.special import stdtr, stdtrit  # type: ignore[import-untyped, unused-ignore]

from zhasyl.optimise.statistics.student import both_tails, quantile

FREEDOM = (1, 2, 3, 4, 9, 29, 100, 1999, 2000, 10_000)


@pytest.mark.parametrize("freedom", FREEDOM)
def test_quantiles_are_scipys(freedom: int) -> None:
    for share in (0.75, 0.95, 0.975, 0.995, 0.99999):
        assert quantile(freedom, share) == pytest.approx(float(stdtrit(freedom, share)), rel=1e-11)


@pytest.mark.parametrize("freedom", FREEDOM)
def test_both_tails_are_scipys_far_out_too(freedom: int) -> None:
    for t in (1e-6, 0.1, 0.7, 1.0, 2.0, 5.0, 20.0):
        assert both_tails(freedom, t) == pytest.approx(2 * float(stdtr(freedom, -t)), rel=1e-9)


def test_the_ends() -> None:
    assert both_tails(3, 0.0) == 1
    assert both_tails(3, math.inf) == 0
    assert quantile(3, 0.5) == 0
    assert math.isnan(quantile(0, 0.975))
    assert quantile(10**9, 0.975) == pytest.approx(1.959964, rel=1e-6)
