"""docs/reference/scenario-format.md: what a scenario's folder holds, from the classes that read it."""

from collections.abc import Iterator
from types import NoneType
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from tests.reference.markdown import cell, docstring, table
from zhasyl.scenarios import limits
from zhasyl.scenarios.beside.files import BesideFiles
from zhasyl.scenarios.sumo_folder import ReadySettings, ReadySignals
from zhasyl.scenarios.tables import rows, settings
from zhasyl.scenarios.tables.model import Tables
from zhasyl.text.wanted import wanted

HEAD = """# Scenario format

Made from the classes that read it by `make reference`. What is a scenario, in whatever form it comes: a network, a demand,
a measured period with its warm-up, timing rules of its signals, and what is assumed.

| form | given as | what it is |
|---|---|---|
| built-in | `abay-corridor` | a folder of tables that comes with zhasyl; `zhasyl scenarios` lists them |
| folder of tables | `my/place` or `my/place/scenario.toml` | `scenario.toml` and the tables below; what SUMO reads is compiled from them |
| folder with SUMO files | the same | its `scenario.toml` names a `.sumocfg`; `scenario import-osm`, `calibrate` and `plan` write such |
| SUMO's own | `town.sumocfg` | any configuration, with [what becomes of its options](../sumo-options.md); one hour if it names no end |
| RESCO | `resco:cologne8` | the benchmark's networks in the package `sumo-rl`, which zhasyl does not contain |

How to make one: [own-junction.md](../own-junction.md); what would make its results worthless:
[scenario-check.md](../scenario-check.md); small declared changes of it: [variants.md](../variants.md).

A scenario's `version` is raised when its network or demand changes; runs of two versions, or of two contents, are never
compared. Every table is CSV in UTF-8 with these columns. `status` is one of synthetic (made up), inferred, given (a file of
the user's own), published or measured; `reason` or `source` says why.
"""  # noqa: E501
TOML: tuple[tuple[str, type[BaseModel], str], ...] = (
    ("top of the file", settings.Described, "What every scenario.toml says."),
    ("`[period]`, `[[periods]]`", settings.Period, ""),
    ("`[signals]`", settings.Signals, ""),
    ("`[map]`", settings.Map, "The point from which metres east and north are counted."),
    ("`[saturation]`", settings.Saturation, ""),
    ("`[provenance]`", settings.Provenance, "Where the data come from, and the line that a report has to show."),
    ("`[limits]`", limits.Limits, "What holds for every plan that is [searched for](../optimise.md#what-may-change)."),
    ("`[[limits.stages]]`", limits.StageLimits, ""),
)
READY = (
    ("top of the file, beside `id`, `version`, `title`", ReadySettings, ""),
    ("`[signals]`", ReadySignals, ""),
    ("`[beside]`", BesideFiles, "Figures that a report sets [beside the runs'](../synchro.md#synchros-own-results)."),
)
FILES = {"stops": "bus_stops", "lines": "bus_lines"}
OPTIONAL = ("bus_stops", "bus_lines", "walks", "names", "exits")
WRITTEN = {
    "links": "names of links between blanks",
    "greens": "`link:left+right` between blanks",
    "crossings": "names of crossings between blanks, or blank",
    "geometry": "`lat lon; lat lon; ...`",
    "stops": "names of stops between blanks, or blank",
    "bus_lane": "a lane, or blank",
    "lane": "a lane, or rising lanes `2-4`",
    "to_lane": "a lane, or rising lanes `2-4`",
    "variants": "table: name = `key=value,...`",
    "sources": "list of texts",
    "attribution": "list of texts",
    "keep": "list of texts",
    "synchro": "name of a `.csv` in the folder",
    "log": "name of a `.csv` in the folder",
    "sumocfg": "name of a `.sumocfg` in the folder",
    "status": "a status, as above",
}
NAMES = {
    "^[A-Za-z][A-Za-z0-9_]*$": "a name: a letter, then letters, digits and _",
    "^[a-z0-9][a-z0-9-]*$": "a name: small letters, digits and -",
    "^[a-z]*$": "a name: small letters",
}
SECTIONS = ("period", "periods", "signals", "map", "saturation", "provenance", "limits", "stages", "beside")


def scenario_format_page() -> str:
    parts = [HEAD, "## scenario.toml of a folder of tables\n"]
    parts += [part for title, model, said in TOML for part in _section(title, model, said)]
    parts += ["## scenario.toml of a folder with SUMO files\n"]
    parts += [part for title, model, said in READY for part in _section(title, model, said)]
    parts += ["## Tables\n", *_tables()]
    return "\n".join(parts)


def _section(title: str, model: type[BaseModel], said: str) -> Iterator[str]:
    yield f"### {title}\n"
    yield f"{said or docstring(model.__doc__ or '')}\n"
    own = {name: field for name, field in model.model_fields.items() if name not in SECTIONS}
    inherited = set(settings.Described.model_fields) if model is ReadySettings else set()
    yield _keys({name: field for name, field in own.items() if name not in inherited})


def _tables() -> Iterator[str]:
    for name in Tables.__annotations__:
        kind = Tables.__annotations__[name]
        if name in ("folder", "settings"):
            continue
        row = rows.TurnRow if name == "turns" else get_args(kind)[0]
        file = FILES.get(name, name)
        yield f"### {file}.csv\n"
        yield f"{docstring(row.__doc__ or '')}{' The file may be missing.' if file in OPTIONAL else ''}\n"
        yield table(("column", "takes"), map(_column, row.model_fields.items()))


def _column(named: tuple[str, FieldInfo]) -> tuple[str, str]:
    name, field = named
    missing = "" if field.is_required() else "; the column may be missing"
    return f"`{field.alias or name}`", _takes(name, field) + missing


def _keys(fields: dict[str, FieldInfo]) -> str:
    lines = [(f"`{name}`", _takes(name, field), _default(field)) for name, field in fields.items()]
    return table(("key", "takes", "without it"), lines)


def _takes(name: str, field: FieldInfo) -> str:
    if name in WRITTEN:
        return WRITTEN[name]
    inner = _without_none(field)
    said = wanted(name, inner).removeprefix("give ").partition(", for example")[0]
    pattern = next((limit.pattern for limit in inner.metadata if getattr(limit, "pattern", None)), "")
    return cell(said or NAMES.get(pattern, "a text"))


def _without_none(field: FieldInfo) -> FieldInfo:
    """The limits of what may also be left out stand on the one type that is not None."""
    kinds = [kind for kind in get_args(field.annotation) if kind is not NoneType]
    return FieldInfo.from_annotation(kinds[0]) if len(kinds) == 1 and NoneType in get_args(field.annotation) else field


def _default(field: FieldInfo) -> str:
    value: Any = field.default
    if field.is_required():
        return "must be given"
    if value is None:
        return "what the network's programme has"
    if value in ("", (), []) or value is PydanticUndefined:
        return "none"
    return f"`{value:g}`" if isinstance(value, float) else f"`{str(value).lower()}`"
