"""Which parameters are searched, between which limits, and on which scale."""

from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from zhasyl.optimise.tuning.ranges import Declared, NumberRange, declared


class Toy(BaseModel):
    """A parameter of each kind."""

    linear_m: Annotated[float, Field(ge=20, le=150)] = 100.0
    decades_s: Annotated[float, Field(ge=1, le=100)] = 10.0
    from_zero_s: Annotated[float, Field(gt=0, le=60)] = 5.0
    zero_given_s: Annotated[float, Field(ge=0, le=60)] = 0.0
    lanes: Annotated[int, Field(gt=0, lt=5)] = 2
    maybe_s: Annotated[float | None, Field(ge=5, le=30)] = None
    inside: Annotated[float, Field(ge=-1, le=1)] | None = 0.5
    loud: bool = False
    shape: Literal["round", "square"] = "round"
    named: str = ""
    half_open: Annotated[float, Field(ge=0)] = 1.0
    endless: Annotated[float, Field(ge=0, le=float("inf"))] = 1.0
    any_number: float = 1.0
    one_value: Annotated[int, Field(ge=2, le=2)] = 2
    several: tuple[float, ...] = ()


def of(name: str) -> Declared | None:
    return declared(Toy.model_fields[name], getattr(Toy(), name))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("linear_m", Declared((), NumberRange(20, 150))),
        ("decades_s", Declared((), NumberRange(1, 100, shift=0.0))),
        ("from_zero_s", Declared((), NumberRange(0, 60, open_low=True, shift=5.0))),
        ("zero_given_s", Declared((), NumberRange(0, 60, shift=6.0))),
        ("lanes", Declared((), NumberRange(0, 5, whole=True, open_low=True, open_high=True, shift=2.0))),
        ("maybe_s", Declared((None,), NumberRange(5, 30))),
        ("inside", Declared((None,), NumberRange(-1, 1))),
        ("loud", Declared((False, True))),
        ("shape", Declared(("round", "square"))),
    ],
)
def test_what_is_searched(name: str, expected: Declared) -> None:
    assert of(name) == expected


@pytest.mark.parametrize("name", ["named", "half_open", "endless", "any_number", "one_value", "several"])
def test_what_has_no_range_is_not_searched(name: str) -> None:
    assert of(name) is None


NAMES = st.sampled_from(["linear_m", "decades_s", "from_zero_s", "zero_given_s", "lanes", "maybe_s", "inside"])


@given(NAMES, st.floats(0, 1))
def test_every_value_is_accepted_and_read_back(name: str, place: float) -> None:
    numbers = _numbers(name)
    value = numbers.value(place)
    assert getattr(Toy(**{name: value}), name) == value
    assert isinstance(value, int) == numbers.whole
    assert numbers.whole or abs(numbers.place(value) - place) <= 0.04
    assert len(f"{value:g}") <= 6


def _numbers(name: str) -> Any:
    found = of(name)
    assert found is not None
    return found.numbers


def test_on_the_logarithmic_scale_the_middle_is_the_geometric_mean() -> None:
    assert _numbers("decades_s").value(0.5) == 10
    assert _numbers("linear_m").value(0.5) == 85


def test_ends_are_reached_unless_they_are_open() -> None:
    assert (_numbers("linear_m").value(0.0), _numbers("linear_m").value(1.0)) == (20, 150)
    assert {_numbers("lanes").value(step / 50) for step in range(51)} == {1, 2, 3, 4}
    assert _numbers("from_zero_s").value(0.0) == 0.5


def test_the_lowest_value_is_no_negative_zero() -> None:
    assert str(NumberRange(0, 60, shift=5.0).value(0.0)) == "0.0"
