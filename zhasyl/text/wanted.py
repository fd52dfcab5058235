"""What a parameter takes, in words: its kind, its limits, and an example to go on from."""

from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

KINDS = {float: "a number", int: "a whole number", bool: "true or false"}


def wanted(key: str, field: FieldInfo) -> str:
    """'give a number from 20 to 300, for example range_m=150'; '' for a text of which nothing is known."""
    kind, limits = _kind(field.annotation), _limits(field)
    if kind and field.annotation is not bool and get_origin(field.annotation) is not Literal:
        return f"give {kind}{limits}, for example {key}={_example(field)}"
    return f"give {kind or field.description}" if kind or field.description else ""


def _kind(annotation: Any) -> str:
    if get_origin(annotation) is Literal:
        return " or ".join(str(choice) for choice in get_args(annotation) if choice != "")
    known = (annotation, *get_args(annotation))  # float | None, too
    return next((KINDS[one] for one in known if one in KINDS), "")


def _limits(field: FieldInfo) -> str:
    bound = _bounds(field)
    if "ge" in bound and "le" in bound:
        return f" from {bound['ge']:g} to {bound['le']:g}"
    words = {"gt": "greater than", "ge": "at least", "lt": "less than", "le": "at most"}
    return f" {' and '.join(f'{words[name]} {bound[name]:g}' for name in words if name in bound)}" if bound else ""


def _bounds(field: FieldInfo) -> dict[str, float]:
    names = ("gt", "ge", "lt", "le")
    return {name: getattr(limit, name) for limit in field.metadata for name in names if hasattr(limit, name)}


def _example(field: FieldInfo) -> str:
    """The default, or a limit that is allowed."""
    bound = _bounds(field)
    default = field.default if isinstance(field.default, int | float) else bound.get("ge", bound.get("le", 1))
    return f"{default:g}"
