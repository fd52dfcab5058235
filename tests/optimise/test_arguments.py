"""What functions for Python are given: of the wrong kind it is one line of the project's own, before anything runs."""

import inspect
from collections.abc import Callable
from typing import Any

import pytest

from zhasyl.comparing import compare
from zhasyl.errors import ZhasylError
from zhasyl.optimise import optimise, optimise_day, optimise_front, tune
from zhasyl.optimise.arguments import KINDS, check_arguments

FUNCTIONS: dict[Callable[..., object], dict[str, Any]] = {
    compare: {"scenarios": "nowhere"},
    optimise: {"scenario": "nowhere"},
    optimise_day: {"scenario": "nowhere"},
    optimise_front: {"scenario": "nowhere", "objectives": "delay_s,stops"},
    tune: {"scenarios": "nowhere", "controller": "max-pressure"},
}
OF_NO_KIND = (object(), {"a": 1}, b"x", [None], [1.5])


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_argument_of_a_wrong_kind_is_one_line(function: Callable[..., object]) -> None:
    for name in inspect.signature(function).parameters:
        for wrong in OF_NO_KIND:
            if isinstance(wrong, list) and name in ("seeds", "proof_seeds"):
                continue  # read, and refused there
            with pytest.raises(ZhasylError) as told:
                function(**{**FUNCTIONS[function], name: wrong})
            assert str(told.value).startswith(f"{name}=")
            assert str(told.value).endswith(f"; give for example {name}={KINDS[name].example}")
            assert "\n" not in str(told.value)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_what_a_function_takes_by_itself_is_of_the_right_kind(function: Callable[..., object]) -> None:
    parameters = inspect.signature(function).parameters
    check_arguments({name: one.default for name, one in parameters.items() if one.default is not one.empty})


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"scenario": None}, "scenario=None is no name, path or Scenario; give for example scenario='abay-corridor'"),
        ({"budget": 300.0}, "budget=300.0 is no whole number; give for example budget=300"),
        ({"budget": True}, "budget=True is no whole number; give for example budget=300"),
        ({"keep": {"cycle": 1}}, "keep={'cycle': 1} is no text, or list of texts; give for example keep=['cycle',"),
        ({"jobs": 0}, "jobs=0 is no whole number from 1; give for example jobs=2"),
        ({"limit_s": float("inf")}, "limit_s=inf is no time above 0 s; give for example limit_s=3600"),
        ({"objective": "x" * 90, "out": ["y" * 90]}, f"out=['{'y' * 58}… is no path; give for example out='results'"),
    ],
)  # fmt: skip
def test_the_line_has_the_value_and_an_example(given: dict[str, object], said: str) -> None:
    with pytest.raises(ZhasylError) as told:
        check_arguments(given)
    assert str(told.value).startswith(said)
