"""Parameters: read from `key=value`, checked with the limit in the error, and written so that they read back."""

from typing import Annotated, Literal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field

from zhasyl.errors import ControllerError
from zhasyl.parameters import check_parameters, parameters_text, read_parameters


class Sieve(BaseModel):
    """Something with parameters of each kind."""

    model_config = ConfigDict(allow_inf_nan=False)

    mesh_m: Annotated[float, Field(gt=0, le=50)] = 5.0
    layers: Annotated[int, Field(ge=1)] = 2
    depth_m: float | None = None
    loud: bool = False
    colour: str = "red"
    shape: Literal["", "round", "square"] = ""
    holes: Annotated[float | None, Field(ge=2, le=9)] = None
    owner: Annotated[str, Field(pattern="^[a-z]*$", description="who has it")] = ""


def read(text: str) -> Sieve:
    return read_parameters("sieve 'own'", text, Sieve, ControllerError)


def refusal(text: str) -> str:
    """The one line with which a text is refused."""
    with pytest.raises(ControllerError) as caught:
        read(text)
    assert str(caught.value).startswith("sieve 'own': ")
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_parameters_are_read_by_name_and_the_rest_keep_their_defaults() -> None:
    assert read("mesh_m=2.5, layers = 3,loud=true") == Sieve(mesh_m=2.5, layers=3, loud=True)
    assert read("") == Sieve()


WRONG = {
    "mesh_m=0": ["mesh_m=0 is not valid", "greater than 0"],
    "mesh_m=51": ["mesh_m=51 is not valid", "a number greater than 0 and at most 50, for example mesh_m=5"],
    "mesh_m=far": ["mesh_m=far is not valid", "give a number greater than 0 and at most 50"],
    "mesh_m=nan": ["mesh_m=nan is not valid", "give a number"],
    "layers=1.5": ["layers=1.5 is not valid", "give a whole number at least 1, for example layers=2"],
    "loud=perhaps": ["loud=perhaps is not valid", "give true or false"],
    "mesh=3": [
        "no parameter 'mesh'",
        "Did you mean 'mesh_m'?",
        "colour, depth_m, holes, layers, loud, mesh_m, owner, shape",
    ],
    "depth_m=deep": ["depth_m=deep is not valid: give a number, for example depth_m=1"],
    "shape=oval": ["shape=oval is not valid: give round or square"],
    "holes=1": ["holes=1 is not valid: give a number from 2 to 9, for example holes=2"],
    "owner=1": ["owner=1 is not valid: give who has it"],
    "mesh_m": ["'mesh_m' is not of the form parameter=value; give a number greater than 0"],
    "mesh_m=": ["'mesh_m=' is not of the form parameter=value"],
    "mesh_m=3,mesh_m=4": ["parameter 'mesh_m' is given twice"],
}


@pytest.mark.parametrize("text", WRONG)
def test_a_wrong_parameter_is_refused_with_value_and_limit(text: str) -> None:
    line = refusal(text)
    assert [said for said in WRONG[text] if said not in line] == []


def test_parameters_given_as_values_are_checked_alike() -> None:
    assert check_parameters("sieve", {"mesh_m": 3}, Sieve, ControllerError) == read("mesh_m=3")
    with pytest.raises(ControllerError, match=r"^sieve: mesh_m=-1 is not valid: give a number greater than 0 and "):
        check_parameters("sieve", {"mesh_m": -1}, Sieve, ControllerError)


def test_defaults_are_not_written_and_the_rest_is_sorted() -> None:
    assert parameters_text(Sieve()) == ""
    assert parameters_text(Sieve(mesh_m=5.0, layers=2)) == ""
    assert parameters_text(Sieve(mesh_m=2.0, layers=3, depth_m=0.25)) == "depth_m=0.25,layers=3,mesh_m=2"


sieves = st.builds(
    Sieve,
    mesh_m=st.floats(0, 50, exclude_min=True),
    layers=st.integers(1),
    depth_m=st.none() | st.floats(allow_nan=False, allow_infinity=False),
    loud=st.booleans(),
    colour=st.sampled_from(["red", "blue"]),
)


@given(sieves)
def test_what_is_written_reads_back_the_same(sieve: Sieve) -> None:
    assert read(parameters_text(sieve)) == sieve


@given(sieves, sieves)
@example(Sieve(mesh_m=2.0), Sieve(mesh_m=2.0000001))
def test_unlike_parameters_are_never_written_alike(one: Sieve, other: Sieve) -> None:
    assert (parameters_text(one) == parameters_text(other)) == (one == other)


@given(st.text("mesh_layr=, 12.9x", max_size=30))
def test_any_text_is_read_or_refused_in_one_line(text: str) -> None:
    try:
        read(text)
    except ControllerError:
        assert refusal(text)
