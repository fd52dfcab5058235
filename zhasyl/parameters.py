"""Parameters as the command line takes them, `key=value,key=value`, read into a pydantic model.

A model with a parameter `of` wraps another thing with parameters of its own; theirs have the prefix `of.`:
`of=max-pressure,of.range_m=100` is the same as the value `max-pressure:range_m=100` of `of`.
"""

import json
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from zhasyl.errors import ZhasylError, out_of_memory, unknown_name
from zhasyl.process.stopping import StoppedError
from zhasyl.text.wanted import wanted

M = TypeVar("M", bound=BaseModel)
WRAPPED = "of."
OWN_WORDS = ("value_error", "assertion_error")  # of a parameter's own check, which says what it wants


def read_parameters(owner: str, text: str, model: type[M], error: type[ZhasylError]) -> M:
    """Read `key=value,key=value`; `owner` names in errors what the parameters belong to. Raises `error`."""
    given: dict[str, str] = {}
    for part in filter(None, text.split(",")):
        key, separator, value = (piece.strip() for piece in part.partition("="))
        if not separator or not value:
            known = f"; {wanted(key, model.model_fields[key])}" if key in model.model_fields else ""
            raise error(f"{owner}: '{part}' is not of the form parameter=value{known}")
        if key in given:
            raise error(f"{owner}: parameter '{key}' is given twice; give it once")
        given[key] = value
    return check_parameters(owner, given, model, error)


def check_parameters(owner: str, given: Mapping[str, Any], model: type[M], error: type[ZhasylError]) -> M:
    """Validate parameters given by name. Raises `error` with the value and the limit, or why a model's code failed."""
    for key in given:
        if not is_parameter(key, model):
            raise error(f"{owner}: " + unknown_name("parameter", key, model.model_fields))
    try:
        found = model.model_validate(_folded(given, model))
        parameters_text(found)
        recorded(found)
        return found
    except ValidationError as refused:
        raise error(f"{owner}: {_refusal(refused, model)}") from None
    except (ZhasylError, KeyboardInterrupt, StoppedError):
        raise
    except BaseException as failure:
        if out_of_memory(failure):
            raise
        raise error(f"{owner}: its parameters cannot be checked: {_said(failure)}; fix its code") from failure


def _refusal(refused: ValidationError, model: type[BaseModel]) -> str:
    first = refused.errors()[0]
    said = first["msg"].removeprefix("Value error, ")
    if not first["loc"]:  # of several parameters together
        return f"its parameters are not valid: {said}"
    where = str(first["loc"][0])
    if where in model.model_fields and first["type"] not in OWN_WORDS:
        said = wanted(where, model.model_fields[where]) or said
    return f"{where}={str(first['input'])[:80]} is not valid: {said}"


def _said(failure: BaseException) -> str:
    return f"{type(failure).__name__}: {' '.join(str(failure).split())}"


def is_parameter(key: str, model: type[BaseModel]) -> bool:
    """Is this a parameter of the model, or one of what it wraps?"""
    return key in model.model_fields or ("of" in model.model_fields and key.startswith(WRAPPED))


def _folded(given: Mapping[str, Any], model: type[BaseModel]) -> dict[str, Any]:
    """The parameters with those of what is wrapped in the value of `of`."""
    inner = [f"{key.removeprefix(WRAPPED)}={value}" for key, value in given.items() if key.startswith(WRAPPED)]
    folded = {key: value for key, value in given.items() if not key.startswith(WRAPPED)}
    if inner:
        name = folded.get("of", model.model_fields["of"].default)
        folded["of"] = f"{name}{',' if ':' in name else ':'}{','.join(inner)}"
    return folded


def parameters_text(parameters: BaseModel) -> str:
    """The parameters that differ from their defaults, as the command line takes them; '' when none does."""
    own = parameters.model_dump(exclude_defaults=True)
    given = sorted(own.keys() & type(parameters).model_fields)  # the dump may say more, such as what a file holds
    return ",".join(_unfolded(_text(own[key])) if key == "of" else f"{key}={_text(own[key])}" for key in given)


def recorded(parameters: BaseModel) -> dict[str, Any]:
    """All parameters as a run's record has them: what JSON does not know as text, sets in order."""
    values: dict[str, Any] = json.loads(json.dumps(parameters.model_dump(), default=_known_to_json))
    return values


def _known_to_json(value: object) -> object:
    return sorted(value, key=str) if isinstance(value, (set, frozenset)) else str(value)


def _unfolded(value: str) -> str:
    name, _, inner = value.partition(":")
    return ",".join([f"of={name}", *(WRAPPED + part for part in filter(None, inner.split(",")))])


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, float):
        return str(value)
    return f"{value:g}" if float(f"{value:g}") == value else repr(value)  # unlike values never read alike


class Parameters(BaseModel):
    """Base of all controller parameters: checked when made, units in the names."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)
