"""Points that stand for controllers with other parameters: all can be played, and what is kept never moves."""

from typing import Annotated, Literal

import numpy as np
import pytest
from pydantic import Field, model_validator

from zhasyl.controllers import BUILT_IN, controller_names, parse_controller
from zhasyl.controllers.max_pressure import MaxPressure
from zhasyl.errors import ControllerError
from zhasyl.optimise.tuning.parameter_space import ParameterSpace
from zhasyl.parameters import Parameters


class PickyParameters(Parameters):
    """What a plug-in may declare."""

    low: Annotated[int, Field(ge=0, le=10)] = 4
    high: Annotated[int, Field(ge=0, le=10)] = 5
    gap_s: Annotated[float | None, Field(ge=1, le=9)] = 3.0
    mode: Literal["", "fast", "slow"] = "fast"
    weights: str = ""

    @model_validator(mode="after")
    def _in_order(self) -> "PickyParameters":
        if self.low > self.high:
            raise RuntimeError("no ZhasylError")
        return self


class Picky(MaxPressure):
    """A controller whose own check refuses half of its ranges."""

    parameters_type = PickyParameters


@pytest.fixture
def picky(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zhasyl.controllers.max_pressure.Picky", Picky, raising=False)
    monkeypatch.setitem(BUILT_IN, "picky", "zhasyl.controllers.max_pressure:Picky")


def anywhere(space: ParameterSpace, count: int = 40) -> "np.ndarray[tuple[int, ...], np.dtype[np.float64]]":
    return np.random.default_rng(3).random((count, len(space.variables)))


@pytest.mark.parametrize("name", sorted(set(controller_names()) - {"fixed", "policy"}))
def test_the_first_start_is_what_is_given_and_every_point_can_be_played(name: str) -> None:
    space = ParameterSpace(parse_controller(name))
    assert space.key(space.starts[0]) == name
    assert len({space.key(start) for start in space.starts}) == len(space.starts)
    for point in anywhere(space, 10):
        found = space.controller(point)
        assert parse_controller(found.label) == found
    rows = space.features(space.starts)
    assert len(rows) == 1
    assert rows[0].shape[0] == len(space.starts)


def test_given_parameters_are_the_start_and_kept_ones_stay() -> None:
    space = ParameterSpace(parse_controller("max-pressure:range_m=77.125,max_green_s=33"), ["range_m", "min_green_s"])
    assert space.key(space.starts[0]) == "max-pressure:max_green_s=33,range_m=77.125"
    parameters = [space.controller(point).parameters.model_dump() for point in anywhere(space)]
    assert {(one["range_m"], one["min_green_s"]) for one in parameters} == {(77.125, None)}
    assert {one["max_green_s"] is None for one in parameters} == {True, False}


def test_a_wrapped_controller_stays_and_is_said() -> None:
    space = ParameterSpace(parse_controller("transit-priority:of=max-pressure,of.range_m=100"))
    assert space.left == ("of",)
    assert all("of=max-pressure,of.range_m=100" in space.key(point) for point in anywhere(space, 5))


@pytest.mark.parametrize(("given", "least_s"), [("max-pressure", 7.0), ("max-pressure:min_green_s=5", 5.0)])
def test_a_minimum_green_of_the_scenario_is_not_cut(given: str, least_s: float) -> None:
    space = ParameterSpace(parse_controller(given), least={"min_green_s": 7.0})
    found = [space.controller(point).parameters.model_dump()["min_green_s"] for point in anywhere(space)]
    assert least_s <= min(one for one in found if one is not None) < 10
    assert None in found
    assert space.key(space.starts[0]) == given


@pytest.mark.usefixtures("picky")
def test_what_a_check_refuses_is_moved_towards_the_given_parameters() -> None:
    space = ParameterSpace(parse_controller("picky"))
    found = [space.controller(point).parameters.model_dump() for point in anywhere(space)]
    assert all(one["low"] <= one["high"] for one in found)
    assert len({(one["low"], one["high"]) for one in found}) > 10
    assert space.left == ("weights",)


@pytest.mark.usefixtures("picky")
def test_what_cannot_be_written_on_the_command_line_is_no_choice() -> None:
    """`gap_s=None` and `mode=` are no parameter=value."""
    space = ParameterSpace(parse_controller("picky"))
    found = [space.controller(point).parameters.model_dump() for point in anywhere(space)]
    assert all(one["gap_s"] is not None for one in found)
    assert {one["mode"] for one in found} == {"fast", "slow"}


@pytest.mark.parametrize(
    ("controller", "keep", "told"),
    [
        ("max-pressure", ["rang_m"], "controller 'max-pressure': no parameter 'rang_m'. Did you mean 'range_m'?"),
        ("fixed", [], "controller 'fixed' has no parameter to search"),
        ("pedestrian-actuated", ["max_wait_s", "walks"], "no parameter to search"),
    ],
)
def test_nothing_to_search(controller: str, keep: list[str], told: str) -> None:
    with pytest.raises(ControllerError, match=told.replace("?", r"\?")):
        ParameterSpace(parse_controller(controller), keep)
