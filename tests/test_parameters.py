"""Parameters: read from `key=value`, checked with the limit in the error, and written so that they read back."""

import sys
from pathlib import Path
from typing import Annotated, Literal, Self

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field, field_serializer, field_validator, model_validator

from zhasyl.errors import ControllerError, ScenarioError
from zhasyl.parameters import check_parameters, parameters_text, read_parameters, recorded


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


class Odd(BaseModel):
    """Parameters whose own code fails, each in another way."""

    how: str = ""
    self_said: str = ""

    @field_validator("how")
    @classmethod
    def _fails(cls, how: str) -> str:
        if how == "runtime":
            raise RuntimeError("no\nmodel")
        if how == "key":
            raise KeyError("weights")
        if how == "exit":
            sys.exit(0)
        if how == "leaves":
            raise BaseException("gone")
        if how == "purpose":
            raise ScenarioError("give it a licence")
        return how

    @model_validator(mode="after")
    def _together(self) -> Self:
        if self.how == "both":
            raise ValueError("how and self_said do not go together")
        return self

    @field_serializer("self_said")
    def _says(self, said: str) -> str:
        if self.how == "mute":
            raise OSError("not said")
        return said


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("runtime", "its parameters cannot be checked: RuntimeError: no model; fix its code"),
        ("key", "its parameters cannot be checked: KeyError: 'weights'; fix its code"),
        ("exit", "its parameters cannot be checked: SystemExit: 0; fix its code"),
        ("leaves", "its parameters cannot be checked: BaseException: gone; fix its code"),
        ("both", "its parameters are not valid: how and self_said do not go together"),
        ("mute", "its parameters cannot be checked: PydanticSerializationError: Error calling function"),
    ],
)
def test_what_a_model_s_own_code_raises_is_one_line(how: str, said: str) -> None:
    with pytest.raises(ControllerError) as caught:
        read_parameters("controller 'odd'", f"how={how},self_said=x", Odd, ControllerError)
    assert str(caught.value).startswith(f"controller 'odd': {said}")
    assert "\n" not in str(caught.value)


def test_what_a_model_raises_on_purpose_and_ctrl_c_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ScenarioError, match="give it a licence"):
        read_parameters("controller 'odd'", "how=purpose", Odd, ControllerError)
    monkeypatch.setattr(Odd, "model_validate", interrupt)
    with pytest.raises(KeyboardInterrupt):
        read_parameters("controller 'odd'", "", Odd, ControllerError)


def interrupt(_: object) -> None:
    raise KeyboardInterrupt


class Rich(BaseModel):
    """Parameters of kinds that JSON does not know."""

    weights: Path = Path("model.bin")
    movements: frozenset[str] = frozenset({"right", "left", "straight"})


def test_parameters_that_json_does_not_know_are_recorded_as_text_and_in_order() -> None:
    assert recorded(Rich()) == {"weights": "model.bin", "movements": ["left", "right", "straight"]}


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
