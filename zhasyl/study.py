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

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from math import prod
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from zhasyl.controllers import ControllerSpec, load_controller, parse_controller
from zhasyl.errors import ControllerError, StudyError, unknown_name
from zhasyl.experiment import RunSpec, check
from zhasyl.parameters import check_parameters
from zhasyl.scenarios import Scenario, load_scenario
from zhasyl.scenarios.variants import parse_variant, vary
from zhasyl.sensors import PERFECT
from zhasyl.toml_places import Places, Position
from zhasyl.values import parse_seeds, parse_share
from zhasyl.workers import DEFAULT_LIMIT_S

LARGEST_BYTES = 200_000
MOST_RUNS = 1_000_000

Texts = Annotated[list[str], Field(min_length=1)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, strict=True)


class _Controller(_Section):
    name: str
    parameters: dict[str, Any] = {}


class _File(_Section):
    title: str = ""
    scenarios: Texts
    variants: Texts = [""]
    sensors: Texts = [PERFECT]
    seeds: Any = "1-5"
    baseline: str = ""
    min_effect: Any = 0.0
    limit_s: Annotated[float, Field(gt=0)] = DEFAULT_LIMIT_S
    controllers: Annotated[list[Any], Field(min_length=1)]


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
    where = Places(path, text)
    try:
        file = where.valid(_File, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise StudyError(f"{path}: {error}; mend the file") from None
    except RecursionError:
        raise StudyError(f"{path}: its lists are nested too deep; mend the file") from None
    controllers = tuple({spec.label: spec for spec in _controllers(file, where)}.values())
    baseline = _baseline(file, controllers, where)
    with where.at("seeds"):
        seeds = tuple(parse_seeds(_joined(file.seeds)))
    with where.at("min_effect"):
        min_effect = parse_share("min_effect", str(file.min_effect))
    for index, sensor in enumerate(file.sensors):
        if sensor != PERFECT:
            raise where.error(("sensors", index), unknown_name("sensor", sensor, [PERFECT]))
    sensors = tuple(dict.fromkeys(file.sensors))
    runs = len(file.scenarios) * len(file.variants) * len(controllers) * len(sensors) * len(seeds)
    if runs > MOST_RUNS:
        raise StudyError(f"{path}: {runs} runs, {MOST_RUNS} at most; split the study")
    loaded = _scenarios(file, path.parent, controllers, where)
    scenarios = tuple({(scenario.id, scenario.content): scenario for scenario in loaded}.values())
    return Study(file.title or path.stem, scenarios, controllers, sensors, seeds, baseline, min_effect, file.limit_s)


def _joined(seeds: object) -> str:
    """Seeds as text: '1-5', 3 or [1, 4, 9]."""
    return ",".join(map(str, seeds)) if isinstance(seeds, list) else str(seeds)


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


def _controllers(file: _File, where: Places) -> Iterator[ControllerSpec]:
    for index, entry in enumerate(file.controllers):
        if isinstance(entry, str):
            with where.at("controllers", index):
                yield parse_controller(entry)
        elif isinstance(entry, dict):
            yield from _grid(where.valid(_Controller, entry, ("controllers", index)), where, ("controllers", index))
        else:
            raise where.error(("controllers", index), f"a controller is a name or a table with a name, not {entry!r}")


def _grid(entry: _Controller, where: Places, place: Position) -> Iterator[ControllerSpec]:
    """The controller with each combination of the values listed."""
    with where.at(*place, "name"):
        model = (cls := load_controller(entry.name)).parameters_type
    owner = f"controller '{entry.name}'"
    listed = {key: value if isinstance(value, list) else [value] for key, value in entry.parameters.items()}
    for key, values in listed.items():
        with where.at(*place, "parameters", key):
            if not values:
                raise ControllerError(f"{owner}: '{key}' has no values; give one or leave it out")
            for value in values:
                check_parameters(owner, {key: value}, model, ControllerError)
    if prod(map(len, listed.values())) > MOST_RUNS:
        raise where.error(place, f"{owner} has over {MOST_RUNS} combinations of parameters; split the study")
    for combination in product(*listed.values()):
        given = dict(zip(listed, combination, strict=True))
        yield ControllerSpec(entry.name, cls, check_parameters(owner, given, model, ControllerError))


def _baseline(file: _File, controllers: tuple[ControllerSpec, ...], where: Places) -> str:
    labels = [spec.label for spec in controllers]
    with where.at("baseline"):
        label = parse_controller(file.baseline).label if file.baseline else labels[0]
    if label not in labels:
        raise where.error(("baseline",), unknown_name("baseline among the controllers", label, labels))
    return label


def _scenarios(file: _File, folder: Path, controllers: tuple[ControllerSpec, ...], where: Places) -> Iterator[Scenario]:
    variants = []
    for index, text in enumerate(dict.fromkeys(file.variants)):
        with where.at("variants", index):
            variants.append(parse_variant(text))
    for index, text in enumerate(file.scenarios):
        with where.at("scenarios", index):
            is_path = "/" in text or Path(text).suffix in (".toml", ".sumocfg", ".cfg")
            scenario = load_scenario(str(folder / text) if is_path else text)
            check(scenario, controllers)
        yield from (vary(scenario, variant) for variant in variants)
