"""When a search may trust the fast model's order."""

import pytest

from zhasyl.optimise.model.agreement import LEAST_PLANS, agreement


def test_the_same_order_is_good_whatever_the_scale() -> None:
    found = agreement([n**3 for n in range(10)], [5.0 + n for n in range(10)])
    assert found.correlation == pytest.approx(1.0)
    assert found.is_good
    assert "rank correlation 1.00 over the 10 plans tried" in found.reason


def test_another_order_is_not() -> None:
    assert not agreement([3, 1, 4, 1.5, 9, 2.6, 5, 3.5], [2, 7, 1, 8, 2.8, 1.8, 2.5, 9]).is_good


@pytest.mark.parametrize("estimated", [[1.0, 2.0], [1.0] * LEAST_PLANS])
def test_too_few_or_equal_plans_say_nothing(estimated: list[float]) -> None:
    found = agreement(estimated, list(map(float, range(len(estimated)))))
    assert found.correlation is None
    assert not found.is_good


def test_each_plan_has_one_estimate() -> None:
    with pytest.raises(ValueError, match="2 estimates of 3 plans"):
        agreement([1, 2], [1, 2, 3])
