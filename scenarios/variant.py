"""Small declared changes of a scenario, `demand_scale=1.1`, as text and as a value."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from zhasyl.errors import ScenarioError
from zhasyl.parameters import read_parameters


class Variant(BaseModel):
    """What is changed; the defaults change nothing."""

    model_config = ConfigDict(frozen=True, allow_inf_nan=False)

    name: Annotated[str, Field(description="a variant that scenario.toml declares under [variants]")] = ""
    period: Annotated[str, Field(pattern=r"^[a-z]*$", description="a period of the scenario by name")] = ""
    demand_scale: Annotated[float, Field(gt=0, le=10, description="vehicles as a multiple of the scenario's")] = 1.0
    demand_noise: Annotated[float, Field(ge=0, le=1, description="coefficient of variation per origin and 15 min")] = 0
    rain: Annotated[Literal["", "light", "heavy"], Field(description="light or heavy")] = ""
    closed_lane: Annotated[str, Field(description="LANE or LANE+LANE, closed in the whole run")] = ""
    incident: Annotated[str, Field(description="LANE@h:mm+minutes, several separated by ;")] = ""
    bus_lane: Annotated[Literal["", "open"], Field(description="open: given to cars")] = ""
    scramble: Annotated[
        bool, Field(description="one more stage, for pedestrians alone, at each signal with crossings")
    ] = False
    bus_priority: Annotated[bool, Field(description="the run's controller within transit-priority")] = False


def parse_variant(text: str) -> Variant:
    """Read `key=value,key=value`; '' changes nothing. Raises ScenarioError."""
    return read_parameters(f"variant '{text}'", text, Variant, ScenarioError)


def declared_variants(file: str, declared: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """What a file declares under [variants], by name. Raises ScenarioError for a text that is no variant."""
    for name, text in declared.items():
        try:
            other = parse_variant(text).name
        except ScenarioError as error:
            raise ScenarioError(f"{file}: variants.{name}: {error}") from None
        if other:
            raise ScenarioError(f"{file}: variants.{name}: it names variant '{other}'; write that one's keys")
    return tuple(sorted(declared.items()))
