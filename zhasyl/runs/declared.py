"""What a TOML file says of runs: scenarios × variants × controllers × sensors × seeds.

    title = "Evening peak"
    scenarios = ["abay-seifullin", "networks/mine.sumocfg"]    # a path counts from the file's folder
    variants = ["", "demand_scale=1.1"]                        # default: the scenario as it is
    sensors = ["perfect", "camera:range_m=80,miss=0.1"]        # default: ["perfect"]
    seeds = "1-10"                                             # default: 1-5
    emissions = "none"                                         # or a share of the vehicles such as "10%"; default: all
    limit_s = 3600                                             # wall time a run may take; default: one hour

    [[controllers]]
    name = "fixed"

    [[controllers]]
    name = "max-pressure"
    parameters = { interval_s = 5, min_green_s = [5, 7, 10] }  # each combination of what stands in lists

`controllers = ["fixed", "max-pressure:interval_s=5"]` is a shorter way to say the same. Everything is checked
before anything runs; an error names the line.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import product
from math import prod
from pathlib import Path
from typing import Annotated, Any, Protocol, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from zhasyl.controllers import ControllerSpec, load_controller, parse_controller
from zhasyl.errors import ControllerError, unknown_name
from zhasyl.files.toml_file import Places, read_toml
from zhasyl.files.toml_lines import Position
from zhasyl.parameters import check_parameters, is_parameter
from zhasyl.process.workers import DEFAULT_LIMIT_S
from zhasyl.runs.spec import RunSpec
from zhasyl.scenarios import Scenario, load_scenario
from zhasyl.scenarios.variant import Variant, parse_variant
from zhasyl.scenarios.variants.vary import vary
from zhasyl.sensors import PERFECT, parse_sensor
from zhasyl.text.values import ALL_EMISSIONS, parse_emissions, parse_seeds

LONGEST_LIMIT_S = 1_000_000
MOST_RUNS = 1_000_000

Value = bool | int | float | str
Names = Annotated[list[str], Field(min_length=1)]


class Section(BaseModel):
    """The description of a field says in errors what must stand there."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, strict=True)


class _Controller(Section):
    name: Annotated[str, Field(description="the name of a controller")]
    parameters: Annotated[
        dict[str, Value | Annotated[list[Value], Field(min_length=1)]],
        Field(description="a table whose values are numbers, texts, or lists of one or more of these"),
    ] = {}


class Declared(Section):
    """The keys that every such file has."""

    title: Annotated[str, Field(description="a text")] = ""
    scenarios: Annotated[Names, Field(description="a list of one or more names or paths")]
    variants: Annotated[Names, Field(description='a list of one or more texts such as "demand_scale=1.1"')] = [""]
    sensors: Annotated[Names, Field(description='a list of one or more names, such as "loops"')] = [PERFECT]
    seeds: Annotated[str | int, Field(description='a text such as "1-10", or one integer')] = "1-5"
    emissions: Annotated[str | float, Field(description='"all", "none" or a share such as "10%"')] = "all"
    limit_s: Annotated[
        float, Field(gt=0, le=LONGEST_LIMIT_S, description=f"seconds, over 0 and up to {LONGEST_LIMIT_S}")
    ] = DEFAULT_LIMIT_S
    controllers: Annotated[
        list[str | _Controller],
        Field(min_length=1, description="a list of one or more names, or [[controllers]] tables"),
    ]


D = TypeVar("D", bound=Declared)


class Check(Protocol):
    def __call__(
        self, scenario: Scenario, controllers: Iterable[ControllerSpec], sensors: Sequence[str] = ()
    ) -> None: ...


def _no_check(scenario: Scenario, controllers: Iterable[ControllerSpec], sensors: Sequence[str] = ()) -> None:
    pass


@dataclass(frozen=True)
class Matrix:
    """The runs that a file declares. `names` has each scenario, its variants included, as the file calls it."""

    title: str
    scenarios: tuple[Scenario, ...]
    names: tuple[str, ...]
    controllers: tuple[ControllerSpec, ...]
    sensors: tuple[str, ...]
    seeds: tuple[int, ...]
    limit_s: float
    emissions: float = ALL_EMISSIONS

    @classmethod
    def of(cls, file: Declared, path: Path, where: Places, check: Check = _no_check) -> Self:
        """What a file declares, each name, parameter and seed checked. Raises StudyError that names file and line.

        `check` is asked of each scenario, its controllers and sensors, and raises for what cannot be run.
        """
        controllers = tuple({spec.label: spec for spec in _controllers(file, where)}.values())
        with where.at("seeds"):
            seeds = tuple(parse_seeds(str(file.seeds)))
        with where.at("emissions"):
            emissions = parse_emissions(file.emissions)
        sensors = tuple(dict.fromkeys(_sensors(file, where)))
        varied = _scenarios(file, path, where, partial(check, controllers=controllers, sensors=sensors))
        found = {(scenario.id, scenario.content): (scenario, name) for scenario, name in varied}
        scenarios, names = zip(*found.values(), strict=True)
        runs = len(scenarios) * len(controllers) * len(sensors) * len(seeds)
        if runs > MOST_RUNS:
            raise where.error((), f"{runs} runs, {MOST_RUNS} at most; declare fewer")
        title = file.title or path.stem
        return cls(title, scenarios, names, controllers, sensors, seeds, file.limit_s, emissions)

    def specs(self, out: Path) -> list[RunSpec]:
        """All runs, to be stored in `out`: by scenario, sensor, controller, seed."""
        return [
            RunSpec(scenario, controller, seed, out, sensor=sensor, emissions=self.emissions)
            for scenario in self.scenarios
            for sensor in self.sensors
            for controller in self.controllers
            for seed in self.seeds
        ]


def read_declared(path: Path, kind: str, model: type[D]) -> tuple[D, Places]:
    """A file of the shape of `model`, and the places of its values. Raises StudyError that names file and line."""
    data, where = read_toml(path, kind)
    try:
        return model.model_validate(data), where
    except ValidationError as error:
        raise where.error(*_first(error, data, model)) from None


def _first(error: ValidationError, data: Mapping[str, Any], model: type[Declared]) -> tuple[Position, str]:
    """Where a file does not have the right shape, and what must stand there."""

    def weight(found: Any) -> tuple[bool, bool, int]:
        return found["type"] == "extra_forbidden", found["type"] == "missing", len(_existing(found["loc"], data)[0])

    worst = max(error.errors(), key=weight)
    place, value = _existing(worst["loc"], data)
    section: type[Section] = model
    key = place[:1]
    if place[:1] == ("controllers",) and len(place) > 1:
        section, key = _Controller, place[2:3]
    if worst["type"] == "extra_forbidden":
        return place, unknown_name("key", str(place[-1]), section.model_fields)
    if worst["type"] == "missing":
        name = str(worst["loc"][-1])
        return place, f"'{name}' is missing; add {section.model_fields[name].description}"
    name = str(key[0]) if key else "controllers"
    wanted = (section if key else model).model_fields[name].description
    return place, f"{name} must be {wanted}, not {json.dumps(value, default=str)[:80]}"


def _existing(place: Iterable[str | int], data: Any) -> tuple[Position, Any]:
    """A place without the steps that are no part of the file, such as the type that was tried; and what is there."""
    steps: list[str | int] = []
    for step in place:
        with suppress(LookupError, TypeError):
            data = data[step]
            steps.append(step)
    return tuple(steps), data


def _controllers(file: Declared, where: Places) -> Iterator[ControllerSpec]:
    for index, entry in enumerate(file.controllers):
        if isinstance(entry, str):
            with where.at("controllers", index):
                yield parse_controller(entry)
        else:
            yield from _grid(entry, where, ("controllers", index))


def _sensors(file: Declared, where: Places) -> Iterator[str]:
    for index, text in enumerate(file.sensors):
        with where.at("sensors", index):
            yield parse_sensor(text).label


def _grid(entry: _Controller, where: Places, place: Position) -> Iterator[ControllerSpec]:
    """A controller with every combination of its parameters' values."""
    with where.at(*place, "name"):
        cls = load_controller(entry.name)
    owner, known = f"controller '{entry.name}'", cls.parameters_type.model_fields
    for key in entry.parameters:
        if not is_parameter(key, cls.parameters_type):
            raise where.error((*place, "parameters", key), f"{owner}: {unknown_name('parameter', key, known)}")
    columns = [_column(key, value) for key, value in entry.parameters.items()]
    if (count := prod(len(column) for column in columns)) > MOST_RUNS:
        raise where.error((*place, "parameters"), f"{owner}: {count} combinations, {MOST_RUNS} at most; list fewer")
    for cells in product(*columns):
        given = {steps[0]: text for steps, text in cells}
        try:
            parameters = check_parameters(owner, given, cls.parameters_type, ControllerError)
        except ControllerError as error:
            for steps, text in cells:  # the value that is refused by itself, to name its line
                with where.at(*place, "parameters", *steps):
                    check_parameters(owner, {steps[0]: text}, cls.parameters_type, ControllerError)
            raise where.error((*place, "parameters"), str(error)) from error
        yield ControllerSpec(entry.name, cls, parameters)


def _column(key: str, value: Value | list[Value]) -> list[tuple[tuple[Any, ...], str]]:
    """The values of a parameter as the command line would have them, each with where it stands."""
    if isinstance(value, list):
        return [((key, index), _written(one)) for index, one in enumerate(value)]
    return [((key,), _written(value))]


def _written(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _scenarios(
    file: Declared, path: Path, where: Places, check: Callable[[Scenario], None]
) -> Iterator[tuple[Scenario, str]]:
    variants: list[Variant] = []
    for index, text in enumerate(file.variants):
        with where.at("variants", index):
            variants.append(parse_variant(text))
    for index, text in enumerate(file.scenarios):
        with where.at("scenarios", index):
            is_path = "/" in text or Path(text).suffix in (".toml", ".sumocfg", ".cfg")
            scenario = load_scenario(str(path.parent / text) if is_path else text)
            check(scenario)
            yield from ((vary(scenario, variant), text) for variant in variants)
