"""What bounds a plan that is searched for: `[limits]` of scenario.toml, or a file of its own for any other scenario.

[limits]
min_cycle_s = 50
max_cycle_s = 110
min_green_s = 7                 # of every stage; the scenario's own minimum and what a walk needs always hold
walk_s = 7
keep = ["signal:J1", "cycle"]   # as --keep has it

[[limits.stages]]
signal = "J2"
stage = "B"                     # its name, or A, B, ... by its place
min_green_s = 12
stays = true                    # is in every plan; forbidden = true: in none
"""

import json
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, ValidationError, model_validator

from zhasyl.errors import ScenarioError, unknown_name
from zhasyl.files.toml_file import read_toml
from zhasyl.scenarios.tables.section import Section

Cycle = Annotated[float, Field(ge=20, le=300, strict=True)]
Green = Annotated[float, Field(ge=1, le=120, strict=True)]


class StageLimits(Section):
    """What holds for one stage of one signal."""

    signal: Annotated[str, Field(min_length=1)]
    stage: Annotated[str, Field(min_length=1)]
    min_green_s: Green | None = None
    stays: bool = False
    forbidden: bool = False

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if self.stays and self.forbidden:
            raise ValueError(f"stage '{self.stage}' of signal '{self.signal}' stays and is forbidden at once; drop one")
        if self.forbidden and self.min_green_s is not None:
            raise ValueError(
                f"stage '{self.stage}' of signal '{self.signal}' is forbidden and has min_green_s "
                f"{self.min_green_s:g}; drop one"
            )
        return self


class Limits(Section):
    """What holds for every plan; None: what the network and the present plan say."""

    min_cycle_s: Cycle | None = None
    max_cycle_s: Cycle | None = None
    min_green_s: Green | None = None
    walk_s: Annotated[float, Field(ge=1, le=60, strict=True)] | None = None
    keep: tuple[str, ...] = ()
    stages: tuple[StageLimits, ...] = ()

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.min_cycle_s and self.max_cycle_s and self.min_cycle_s > self.max_cycle_s:
            raise ValueError(
                f"min_cycle_s {self.min_cycle_s:g} is above max_cycle_s {self.max_cycle_s:g}; lower the first"
            )
        return self


def read_limits(file: Path) -> Limits:
    """A file with a table `[limits]`. Raises ScenarioError that names the key, its value and what it may be."""
    said, places = read_toml(file, "limits", ScenarioError)
    if set(said) != {"limits"} or not isinstance(said["limits"], dict):
        raise ScenarioError(f"{file}: it has {', '.join(sorted(said)) or 'nothing'}; give one table, [limits]")
    try:
        return Limits.model_validate(said["limits"])
    except ValidationError as error:
        first = error.errors()[0]
        place = ("limits", *first["loc"])
        told = first["msg"].removeprefix("Value error, ").replace("valid tuple", 'list, ["..."]')
        if first["type"] == "extra_forbidden":
            known = StageLimits if len(place) > 2 else Limits
            raise places.error(place, unknown_name("key", str(place[-1]), known.model_fields)) from None
        given = "" if isinstance(first["input"], dict) else f" {str(first['input'])[:60]}"
        raise places.error(place, f"{'.'.join(map(str, place))}{given}: {told}") from None


def limits_lines(limits: Limits) -> list[str]:
    """The limits as lines of a TOML file; none where they say nothing."""
    said = limits.model_dump(exclude_defaults=True)
    stages = said.pop("stages", ())
    lines = ["\n[limits]", *(f"{key} = {json.dumps(value)}" for key, value in said.items())] if said or stages else []
    for one in stages:
        lines += ["\n[[limits.stages]]", *(f"{key} = {json.dumps(value)}" for key, value in one.items())]
    return lines
