"""docs/reference/python.md: every public class and function, from its docstrings and signatures."""

from collections.abc import Iterator
from importlib import import_module
from inspect import isclass, isfunction
from pathlib import Path
from typing import Any

import griffe
from pydantic import BaseModel

import zhasyl
import zhasyl.gate
import zhasyl.optimise
import zhasyl.rl
from tests.reference.markdown import docstring
from tests.reference.parameters import parameter_table

ROOT = Path(__file__).resolve().parents[2]
HEAD = """# Python

Made from the docstrings by `make reference`. Only what stands here is public; what begins with `zhasyl.` is imported
from there, all else from `zhasyl` itself. Units stand in the names: `green_s`, `speed_mps`, `volume_vph`.
"""
PARTS: dict[str, tuple[str, ...]] = {
    "Runs and comparisons": (
        "run", "compare", "report", "zhasyl.reports.before_after.before_after", "RunRecord", "Results", "Comparison",
        "RunSpec", "run_many", "compare_all", "load_scenario", "Scenario", "parse_controller", "ControllerSpec",
    ),
    "A controller of your own": (
        "Controller", "Observation", "zhasyl.observation.PriorityRequest", "zhasyl.observation.Need",
        "zhasyl.observation.Kind", "Signal", "Stage", "Movement", "zhasyl.signals.SignalGroup",
        "zhasyl.signals.SignalPlan", "zhasyl.signals.Conflicts", "Area", "zhasyl.area.roads.Link",
        "zhasyl.area.SignalDemand",
        "zhasyl.network.Network", "Parameters", "AdaptiveParameters", "zhasyl.controllers.base.GreenParameters",
    ),
    "Learning": tuple(f"zhasyl.rl.{name}" for name in zhasyl.rl.__all__),
    "Search": tuple(f"zhasyl.optimise.{name}" for name in zhasyl.optimise.__all__),
    "The gate": tuple(f"zhasyl.gate.{name}" for name in zhasyl.gate.__all__),
    "Measures": ("zhasyl.measures.Measure", "zhasyl.measures.MEASURES", "zhasyl.reports.time_space.time_space_figure"),
    "Errors": tuple(name for name in zhasyl.__all__ if name.endswith("Error")),
}  # fmt: skip
SKIPPED = ("model_config",)
SHOWN = ("__getitem__",)


def python_page() -> str:
    source = griffe.GriffeLoader(search_paths=[ROOT]).load("zhasyl")
    placed = {name for names in PARTS.values() for name in names}
    rest = tuple(name for name in zhasyl.__all__ if name not in placed)
    parts = PARTS | ({"Others": rest} if rest else {})
    pages = [HEAD]
    for part, names in parts.items():
        pages += [f"## {part}\n", *(_entry(name, source) for name in names)]
    return "\n".join(pages)


def _entry(name: str, source: Any) -> str:
    found = _defined(name, source)
    lines = [f"### {name}\n"]
    if found.is_function:
        lines += [_code(f"def {_signature(found, found.name)}")]
    elif found.is_attribute:
        lines += [_code(f"{found.name} = {found.value}" if len(str(found.value)) < 200 else found.name)]
    else:
        bases = f"({', '.join(map(str, found.bases))})" if found.bases else ""
        lines += [_code(f"class {found.name}{bases}")]
    lines += [f"{docstring(found.docstring.value)}\n"] if found.docstring else []
    if found.is_class:
        model = _loaded(name)
        fields = parameter_table(model) if isinstance(model, type) and issubclass(model, BaseModel) else ""
        lines += [fields] if fields else list(_members(found))
    return "\n".join(lines)


def _defined(name: str, source: Any) -> Any:
    """Where a public name is written: packages hand names on from other modules."""
    module, _, own = name.rpartition(".")
    loaded = _loaded(name)
    home = loaded.__module__ if isclass(loaded) or isfunction(loaded) else module or "zhasyl"
    return source[f"{home}.{own}".removeprefix("zhasyl.")]


def _loaded(name: str) -> Any:
    module, _, own = name.rpartition(".")
    return getattr(import_module(module or "zhasyl"), own)


def _members(cls: Any) -> Iterator[str]:
    """Public fields and methods in the order of the source."""
    shown = [one for one in cls.members.values() if _public(one)]
    fields = [one for one in shown if one.is_attribute and not one.has_labels("property")]
    if fields:
        width = max(len(_field(one)) for one in fields)
        yield _code("\n".join(f"{_field(one):{width}}{_remark(one, cls)}".rstrip() for one in fields))
    for one in shown:
        if one in fields:
            continue
        text = _signature(one, one.name) if one.is_function else f"{one.name}: {one.annotation}"
        kind = "classmethod " * one.has_labels("classmethod")
        yield f"**`{kind}{text}`**\n"
        yield f"{docstring(one.docstring.value)}\n" if one.docstring else ""


def _public(one: Any) -> bool:
    return (not one.name.startswith("_") or one.name in SHOWN) and one.name not in SKIPPED


def _field(one: Any) -> str:
    if one.annotation is None and "__init__" in one.parent.members:  # taken over as it was given
        given = {part.name: part.annotation for part in one.parent["__init__"].parameters}
        return f"{one.name}: {given.get(str(one.value), 'Any')}"
    text = f"{one.name}: {one.annotation}"
    simple = one.value is not None and "(" not in str(one.value)
    return f"{text} = {one.value}" if simple else text


def _remark(one: Any, cls: Any) -> str:
    """What stands behind a field in the source, or below it."""
    if one.docstring:
        return f"  # {' '.join(one.docstring.value.split())}"
    line = cls.parent.filepath.read_text(encoding="utf-8").splitlines()[one.lineno - 1]
    _, separator, remark = line.partition("  # ")
    return f"  # {remark}" if separator and not remark.startswith("noqa") else ""


def _signature(function: Any, name: str) -> str:
    """As the source has it, without self and cls; one parameter a line where it is long."""
    given = [one for one in function.parameters if one.name not in ("self", "cls")]
    parts: list[str] = []
    for one in given:
        if one.kind is griffe.ParameterKind.keyword_only and "*" not in parts:
            parts.append("*")
        star = {griffe.ParameterKind.var_positional: "*", griffe.ParameterKind.var_keyword: "**"}.get(one.kind, "")
        annotation = f": {one.annotation}" if one.annotation is not None else ""
        default = f" = {_value(one.default, function)}" if one.default is not None and not star else ""
        parts.append(f"{star}{one.name}{annotation}{default}")
    returned = f" -> {function.returns}" if function.returns is not None else ""
    line = f"{name}({', '.join(parts)}){returned}"
    return line if len(line) <= 110 else f"{name}(\n" + "".join(f"    {part},\n" for part in parts) + f"){returned}"


def _value(default: Any, function: Any) -> str:
    """A default as it is written; of a constant of the module its value."""
    known = vars(import_module(function.module.path)).get(str(default))
    return repr(known) if isinstance(known, str | int | float) else str(default)


def _code(text: str) -> str:
    return f"```python\n{text}\n```\n"
