"""Parameters as the command line takes them, `key=value,key=value`, read into a pydantic model."""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from zhasyl.errors import ZhasylError, unknown_name

M = TypeVar("M", bound=BaseModel)


def read_parameters(owner: str, text: str, model: type[M], error: type[ZhasylError]) -> M:
    """Read `key=value,key=value`; `owner` names in errors what the parameters belong to. Raises `error`."""
    given: dict[str, str] = {}
    for part in filter(None, text.split(",")):
        key, separator, value = (piece.strip() for piece in part.partition("="))
        if not separator or not value:
            raise error(f"{owner}: '{part}' is not of the form parameter=value")
        if key in given:
            raise error(f"{owner}: parameter '{key}' is given twice; give it once")
        given[key] = value
    return check_parameters(owner, given, model, error)


def check_parameters(owner: str, given: Mapping[str, Any], model: type[M], error: type[ZhasylError]) -> M:
    """Validate parameters given by name. Raises `error` with the value and the limit."""
    for key in given:
        if key not in model.model_fields:
            raise error(f"{owner}: " + unknown_name("parameter", key, model.model_fields))
    try:
        return model.model_validate(given)
    except ValidationError as refused:
        first = refused.errors()[0]
        where = ".".join(str(part) for part in first["loc"][:1])
        value = str(first["input"])[:80]
        raise error(f"{owner}: {where}={value} is not valid: {first['msg'].lower()}") from None


def parameters_text(parameters: BaseModel) -> str:
    """The parameters that differ from their defaults, as the command line takes them; '' when none does."""
    own = parameters.model_dump(exclude_defaults=True)
    given = sorted(own.keys() & type(parameters).model_fields)  # the dump may say more, such as what a file holds
    return ",".join(f"{key}={_text(own[key])}" for key in given)


def _text(value: object) -> str:
    if not isinstance(value, float):
        return str(value)
    return f"{value:g}" if float(f"{value:g}") == value else repr(value)  # unlike values never read alike
