"""A study: scenarios × variants × controllers × sensors × seeds, declared in a TOML file.

    title = "Evening peak"
    scenarios = ["abay-seifullin", "networks/mine.sumocfg"]    # a path counts from the study's folder
    variants = ["", "demand_scale=1.1"]                        # default: the scenario as it is
    sensors = ["perfect"]                                      # default
    seeds = "1-10"                                             # default: 1-5
    baseline = "fixed"                                         # default: the first controller
    min_effect = "2%"                                          # smaller differences count as the same; default: 0
    limit_s = 3600                                             # wall time a run may take; default: one hour

    [[controllers]]
    name = "fixed"

    [[controllers]]
    name = "max-pressure"
    parameters = { interval_s = 5, min_green_s = [5, 7, 10] }  # each combination of what stands in lists

`controllers = ["fixed", "max-pressure:interval_s=5"]` is a shorter way to say the same. Everything is checked
before anything runs; an error names the line.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from zhasyl.controllers import ControllerSpec, load_controller, parse_controller
from zhasyl.errors import ControllerError, StudyError, ZhasylError, unknown_name
from zhasyl.experiment import RunSpec, check
from zhasyl.parameters import check_parameters
from zhasyl.scenarios import Scenario, load_scenario
from zhasyl.scenarios.variants import parse_variant, vary
from zhasyl.sensors import PERFECT
from zhasyl.values import parse_seeds, parse_share
from zhasyl.workers import DEFAULT_LIMIT_S

LARGEST_BYTES = 1_000_000
MOST_RUNS = 1_000_000

Value = bool | int | float | str
Position = tuple[str | int, ...]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, strict=True)


class _Controller(_Section):
    name: str
    parameters: dict[str, Value | Annotated[list[Value], Field(min_length=1)]] = {}


class _File(_Section):
    title: str = ""
    scenarios: Annotated[list[str], Field(min_length=1)]
    variants: Annotated[list[str], Field(min_length=1)] = [""]
    sensors: Annotated[list[str], Field(min_length=1)] = [PERFECT]
    seeds: str | int = "1-5"
    baseline: str = ""
    min_effect: str | float = 0.0
    limit_s: Annotated[float, Field(gt=0)] = DEFAULT_LIMIT_S
    controllers: Annotated[list[str | _Controller], Field(min_length=1)]


@dataclass(frozen=True)
class Study:
    """A checked study: every scenario loads and every controller can control it."""

    title: str
    scenarios: tuple[Scenario, ...]
    controllers: tuple[ControllerSpec, ...]
    sensors: tuple[str, ...]
    seeds: tuple[int, ...]
    baseline: str
    min_effect: float
    limit_s: float

    def specs(self, out: Path) -> list[RunSpec]:
        """All runs, to be stored in `out`."""
        return [
            RunSpec(scenario, controller, seed, out, sensor=sensor)
            for scenario in self.scenarios
            for sensor in self.sensors
            for controller in self.controllers
            for seed in self.seeds
        ]


def read_study(path: Path) -> Study:
    """Read and check a study file. Raises StudyError that names file and line."""
    text = _text(path)
    where = _Places(path, text)
    try:
        file = _File.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise StudyError(f"{path}: {error}; mend the file") from None
    except ValidationError as error:
        raise where.error(*_first(error)) from None
    controllers = tuple({spec.label: spec for spec in _controllers(file, where)}.values())
    baseline = _baseline(file, controllers, where)
    with where.at("seeds"):
        seeds = tuple(parse_seeds(str(file.seeds)))
    with where.at("min_effect"):
        min_effect = parse_share("min_effect", str(file.min_effect))
    for index, sensor in enumerate(file.sensors):
        if sensor != PERFECT:
            raise where.error(("sensors", index), unknown_name("sensor", sensor, [PERFECT]))
    scenarios = tuple(_scenarios(file, path.parent, controllers, where))
    sensors = tuple(dict.fromkeys(file.sensors))
    runs = len(scenarios) * len(controllers) * len(sensors) * len(seeds)
    if runs > MOST_RUNS:
        raise StudyError(f"{path}: {runs} runs, {MOST_RUNS} at most; split the study")
    return Study(file.title or path.stem, scenarios, controllers, sensors, seeds, baseline, min_effect, file.limit_s)


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_BYTES + 1)
        if len(data) > LARGEST_BYTES:
            raise StudyError(f"{path} has over {LARGEST_BYTES} bytes; a study is a short TOML file")
        return data.decode("utf-8-sig")
    except OSError as error:
        raise StudyError(f"cannot read {path}: {error.strerror or error}; check the path") from error
    except UnicodeDecodeError as error:
        raise StudyError(f"{path} is not UTF-8 text (byte {error.start}); save it as UTF-8") from error


def _first(error: ValidationError) -> tuple[Position, str]:
    """Where a study does not have the right shape, and what is wrong there."""
    found = next((e for e in error.errors() if e["type"] == "extra_forbidden"), error.errors()[0])
    keys = {"name", "parameters"} if found["loc"][0] == "controllers" else set(_File.model_fields)
    place: Position = tuple(part for part in found["loc"] if isinstance(part, int) or not re.search(r"[\[_A-Z]", part))
    if found["type"] == "extra_forbidden":
        place = tuple(part for part in found["loc"] if part != "_Controller")
        return place, unknown_name("key", str(place[-1]), keys)
    if found["type"] == "missing":
        return place[:-1], f"'{found['loc'][-1]}' is missing; add it"
    return place, f"{found['msg'].lower()}, not {str(found['input'])[:80]!r}"


def _controllers(file: _File, where: "_Places") -> Iterator[ControllerSpec]:
    for index, entry in enumerate(file.controllers):
        if isinstance(entry, str):
            with where.at("controllers", index):
                yield parse_controller(entry)
            continue
        with where.at("controllers", index, "name"):
            cls = load_controller(entry.name)
        for key in entry.parameters:
            if key not in cls.parameters_type.model_fields:
                known = cls.parameters_type.model_fields
                text = f"controller '{entry.name}': " + unknown_name("parameter", key, known)
                raise where.error(("controllers", index, "parameters", key), text)
        grid = [value if isinstance(value, list) else [value] for value in entry.parameters.values()]
        for values in product(*grid):
            with where.at("controllers", index, "parameters"):
                given = dict(zip(entry.parameters, values, strict=True))
                owner = f"controller '{entry.name}'"
                parameters = check_parameters(owner, given, cls.parameters_type, ControllerError)
                yield ControllerSpec(entry.name, cls, parameters)


def _baseline(file: _File, controllers: tuple[ControllerSpec, ...], where: "_Places") -> str:
    labels = [spec.label for spec in controllers]
    with where.at("baseline"):
        label = parse_controller(file.baseline).label if file.baseline else labels[0]
    if label not in labels:
        raise where.error(("baseline",), unknown_name("baseline among the controllers", label, labels))
    return label


def _scenarios(
    file: _File, folder: Path, controllers: tuple[ControllerSpec, ...], where: "_Places"
) -> Iterator[Scenario]:
    variants = []
    for index, text in enumerate(dict.fromkeys(file.variants)):
        with where.at("variants", index):
            variants.append(parse_variant(text))
    for index, text in enumerate(file.scenarios):
        with where.at("scenarios", index):
            is_path = "/" in text or Path(text).suffix in (".toml", ".sumocfg", ".cfg")
            scenario = load_scenario(str(folder / text) if is_path else text)
            check(scenario, controllers)
        if text not in file.scenarios[:index]:
            yield from (vary(scenario, variant) for variant in variants)


class _Places:
    """Where in the file something stands. TOML's reader does not say, so the file is read up to each line."""

    def __init__(self, path: Path, text: str) -> None:
        self._path = path
        self._lines = text.splitlines()
        self._place: Position = ()

    def at(self, *place: str | int) -> "_Places":
        """A context in which an error is told with the line of `place`."""
        self._place = place
        return self

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, ZhasylError):
            raise self.error(self._place, str(error)) from error

    def error(self, place: Position, text: str) -> StudyError:
        """What is wrong, with the line."""
        line = self.line(place)
        return StudyError(f"{self._path}{f', line {line}' if line else ''}: {text}")

    def line(self, place: Position) -> int:
        """The line `place` stands in, 0 for the whole file or where it cannot be told."""
        while place:
            last = next((n for n in range(1, len(self._lines) + 1) if self._has(n, place)), 0)
            if last:
                return self._within(last, place)
            place = place[:-1]
        return 0

    def _has(self, lines: int, place: Position) -> bool:
        try:
            value: Any = tomllib.loads("\n".join(self._lines[:lines]))
            for part in place:
                value = value[part]
        except (tomllib.TOMLDecodeError, LookupError, TypeError):
            return False
        return True

    def _within(self, last: int, place: Position) -> int:
        """In a statement of several lines, the one that has the value as it is written."""
        value: Any = tomllib.loads("\n".join(self._lines[:last]))
        for part in place:
            value = value[part]
        first = last
        while first > 1 and not self._reads(first - 1):
            first -= 1
        sought = str(place[-1]) if isinstance(place[-1], str) else str(value)
        return next((n for n in range(first, last + 1) if sought in self._lines[n - 1]), last)

    def _reads(self, lines: int) -> bool:
        try:
            tomllib.loads("\n".join(self._lines[:lines]))
        except tomllib.TOMLDecodeError:
            return False
        return True
