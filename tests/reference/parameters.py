"""docs/reference/controllers.md: every built-in controller with its source, parameters and their limits."""

from importlib import import_module
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from tests.reference.markdown import cell, docstring, table
from zhasyl.controllers import BUILT_IN, load_controller
from zhasyl.text.wanted import wanted

HEAD = """# Controllers

Made from the source by `make reference`. A parameter is given behind the name,
`max-pressure:range_m=100,interval_s=5`; without it the default holds. Where that is the scenario's, it is what
`scenario.toml` or the network's programme says. Parameters of a wrapped controller have the prefix `of.`
([wrappers.md](../wrappers.md)). What the parameters of sensors are says [sensors.md](../sensors.md).
"""


def controllers_page() -> str:
    pages = [HEAD]
    for name in sorted(BUILT_IN):
        cls = load_controller(name)
        module = import_module(cls.__module__)
        pages += [f"## {name}\n", f"{cell(cls.summary)}\n", f"{docstring(module.__doc__ or '')}\n"]
        pages += [parameter_table(cls.parameters_type)]
    return "\n".join(pages)


def parameter_table(model: type[BaseModel]) -> str:
    """The fields of a model: what each takes, and what it means; '' if there are none."""
    rows = [
        (f"`{name}`", _default(field), _takes(name, field), cell(field.description or ""))
        for name, field in sorted(model.model_fields.items())
    ]
    return table(("parameter", "default", "takes", "meaning"), rows) if rows else ""


def _default(field: FieldInfo) -> str:
    value: Any = field.default
    if value is None:
        return "the scenario's" if (field.description or "").startswith(("shortest", "longest")) else "none"
    shown = f"{value:g}" if isinstance(value, float) else str(value).lower() if isinstance(value, bool) else str(value)
    return f"`{shown}`" if shown else "empty"


def _takes(name: str, field: FieldInfo) -> str:
    said = wanted(name, field).removeprefix("give ").partition(", for example")[0]
    return cell(said if said != field.description else "a text")
