"""scenario.toml of a scenario folder: period, rules for signals, origin of the map, sources."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import Field, ValidationError

from zhasyl.errors import ScenarioError
from zhasyl.files.clock import DAY_S, seconds
from zhasyl.files.toml_file import read_toml
from zhasyl.scenarios.limits import Limits
from zhasyl.scenarios.model import LONGEST_PERIOD_S
from zhasyl.scenarios.tables.section import Section

SETTINGS_FILE = "scenario.toml"
Positive = Annotated[float, Field(gt=0)]
Yellow = Annotated[float, Field(ge=2, le=10)]
AllRed = Annotated[float, Field(ge=0, le=10)]
Green = Annotated[float, Field(ge=0, le=60)]
Walk = Annotated[float, Field(ge=1, le=60)]
WalkingSpeed = Annotated[float, Field(ge=0.3, le=3)]
S = TypeVar("S", bound="Section")
D = TypeVar("D", bound="Described")


class Period(Section):
    """What is simulated, in seconds since midnight; `name` is what `--variant period=NAME` calls it."""

    begin_s: Annotated[float, Field(ge=0)]
    end_s: Positive
    warm_up_s: Annotated[float, Field(ge=0)]
    name: Annotated[str, Field(pattern=r"^[a-z]*$")] = ""

    @property
    def start_s(self) -> float:
        return self.begin_s - self.warm_up_s


class Signals(Section):
    """The least yellow, all-red and green a plan may show, and the walk; clearance is length over speed."""

    yellow_s: Yellow
    all_red_s: AllRed
    min_green_s: Green
    walk_s: Walk
    walking_speed_mps: WalkingSpeed


class Map(Section):
    origin_lat: Annotated[float, Field(ge=-85, le=85)]
    origin_lon: Annotated[float, Field(ge=-180, le=180)]


class Saturation(Section):
    """Vehicles per hour of green and lane by movement; what a stage loses of its green and intergreen."""

    straight_vph: Positive
    left_vph: Positive
    right_vph: Positive
    lost_time_per_stage_s: Annotated[float, Field(ge=0, le=30)]

    def of(self, movement: str) -> float:
        known = {"straight": self.straight_vph, "right": self.right_vph}
        return known.get(movement, self.left_vph)  # who turns back is as slow as who turns left


class Provenance(Section):
    sources: tuple[str, ...]
    attribution: tuple[str, ...]


class Described(Section):
    """What every scenario.toml says."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    version: Annotated[int, Field(ge=1)]
    title: str
    period: Period
    provenance: Provenance
    variants: Annotated[dict[str, str], Field(default_factory=dict)]  # "key=value,..." by name
    limits: Limits = Limits()  # of plans that are searched for

    @property
    def all_periods(self) -> tuple[Period, ...]:
        return (self.period,)


class Settings(Described):
    """scenario.toml of a folder of tables."""

    periods: tuple[Period, ...] = ()  # further ones
    signals: Signals
    map: Map
    saturation: Saturation

    @property
    def all_periods(self) -> tuple[Period, ...]:
        return (self.period, *self.periods)


def read_settings(folder: Path, kind: type[D]) -> D:
    """Read scenario.toml. Raises ScenarioError that names the key, its value and its limit."""
    settings = read_section(folder / SETTINGS_FILE, kind)
    for period in settings.all_periods:
        _check_period(f"{folder.name}/{SETTINGS_FILE}", period)
    _check_names(f"{folder.name}/{SETTINGS_FILE}", [period.name for period in settings.all_periods])
    return settings


def _check_names(file: str, names: Sequence[str]) -> None:
    for name in names if len(names) > 1 else ():
        if not name or names.count(name) > 1:
            raise ScenarioError(
                f"{file}: {names.count(name)} periods have the name '{name}'; give each a name of its own"
            )


def read_section(file: Path, kind: type[S]) -> S:
    """A TOML file of a scenario folder. Raises ScenarioError that names the key, or the line of what is no TOML."""
    name = f"{file.parent.name}/{file.name}"
    if not os.path.lexists(file):
        raise ScenarioError(f"{name} is missing; 'zhasyl scenario new' writes one")
    try:
        said, _ = read_toml(file, "a scenario's settings", ScenarioError)
    except ScenarioError as error:
        raise ScenarioError(str(error).replace(str(file), name)) from None
    try:
        return kind.model_validate(said)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise ScenarioError(f"{name}: {key}: {first['msg']}; fix this key") from None


def _check_period(name: str, period: Period) -> None:
    """Raise ScenarioError for a period that ends before it begins, or is longer than anybody waits for."""
    begin, end, warm_up = seconds(period.begin_s), seconds(period.end_s), seconds(period.warm_up_s)
    said = f"{name}: period {begin} to {end} s with {warm_up} s warm-up"
    if period.end_s <= period.begin_s or period.warm_up_s > period.begin_s:
        raise ScenarioError(f"{said}; end it after it begins and start the warm-up at 0 s or later")
    if period.end_s - period.start_s > LONGEST_PERIOD_S:
        raise ScenarioError(f"{said} is longer than {LONGEST_PERIOD_S / DAY_S:g} days; end it earlier")
