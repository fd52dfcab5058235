"""The price of change: by the second, mean over signals, round the clock for offsets."""

import pytest

from tests.fakes import crossroads
from zhasyl.errors import ZhasylError
from zhasyl.optimise.plans.change import ChangePrice, read_price
from zhasyl.optimise.plans.choices import SignalChoice, batch_of
from zhasyl.signals import SignalPlan

SIGNAL = crossroads()
PRESENT = SignalPlan((0, 1), (20.0, 30.0), 58.0, 2.0)
CHOICE = SignalChoice(SIGNAL, PRESENT, ((0, 1),), (5.0, 5.0))


def price(prices: ChangePrice, *plans: SignalPlan) -> list[float]:
    found: list[float] = prices.of(batch_of([{"J": one} for one in plans], [CHOICE]), [CHOICE]).tolist()
    return found


def test_each_second_has_its_price() -> None:
    moved = SignalPlan((0, 1), (24.0, 32.0), 64.0, 63.0)
    assert price(ChangePrice(greens=1.0), PRESENT, moved) == [0.0, 6.0]
    assert price(ChangePrice(cycle=0.5), PRESENT, moved) == [0.0, 3.0]
    assert price(ChangePrice(offset=2.0), PRESENT, moved) == [0.0, 6.0]  # 63 to 66 = 2 s in the next cycle
    assert price(ChangePrice(), moved) == [0.0]


def test_a_stage_that_goes_moves_by_its_green_and_several_signals_share() -> None:
    present = SignalPlan((0, 1, 0, 1), (20.0, 20.0, 10.0, 10.0), 76.0)
    long = SignalChoice(SIGNAL, present, ((0, 1, 2, 3), (0, 1)), (5.0,) * 4)
    batch = batch_of([{"J": SignalPlan((0, 1), (20.0, 20.0), 48.0)}], [long])
    assert ChangePrice(greens=1.0).of(batch, [long]).tolist() == [20.0]
    both = batch_of([{"J": SignalPlan((0, 1), (20.0, 20.0), 48.0)}], [long, long])
    assert ChangePrice(greens=1.0).of(both, [long, long]).tolist() == [20.0]


def test_the_text_of_a_price() -> None:
    assert read_price("") == ChangePrice()
    assert read_price(" greens=0.1, cycle=0.2,offset=0 ") == ChangePrice(0.1, 0.2, 0.0)


def test_a_price_is_given_once() -> None:
    with pytest.raises(ZhasylError, match="change price 'greens=2': greens is given twice; give it once"):
        read_price("greens=1,greens=2")


@pytest.mark.parametrize("part", ["green=1", "greens", "greens=", "cycle=-1", "offset=nan", "cycle=inf", "greens=a"])
def test_a_price_that_is_none(part: str) -> None:
    with pytest.raises(ZhasylError) as told:
        read_price(f"greens=0.1,{part}")
    assert str(told.value) == (
        f"change price '{part}': give units of the objective a second for greens, cycle, offset, "
        "for example greens=0.1,cycle=0.1"
    )
