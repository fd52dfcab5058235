"""Small declared changes of a scenario, `demand_scale=1.1`, that any scenario takes."""

from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from zhasyl.errors import ScenarioError, unknown_name
from zhasyl.parameters import parameters_text, read_parameters
from zhasyl.scenarios.model import Scenario

VARIANTS_VERSION = 4  # raise it when the same change gives other files


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


def vary(scenario: Scenario, variant: Variant) -> Scenario:
    """The scenario with the change; its `variant` says which, and its content differs.

    Order: name, period, network (bus lanes, scramble, closures), vehicles (rain), demand (noise, scale), priority.
    Noise and scale are drawn by each run's seed, so only their size is kept here.
    Raises ScenarioError for a change that the scenario cannot take.
    """
    variant = _named(scenario, variant)
    name = parameters_text(variant)
    if not name:
        return scenario
    if variant.period:
        scenario = _of_period(scenario, variant.period)
    content = sha256(f"{scenario.content} {name} {VARIANTS_VERSION}".encode()).hexdigest()
    scenario = _vehicles(_network(scenario, variant), variant)
    return replace(
        scenario,
        variant=name,
        content=content,
        bus_priority=variant.bus_priority,
    )


def _network(scenario: Scenario, variant: Variant) -> Scenario:
    from zhasyl.scenarios.lane_changes import closed_for_good, incidents, with_closures, with_open_bus_lanes

    if variant.bus_lane:
        scenario = with_open_bus_lanes(scenario)
    if variant.scramble:
        from zhasyl.scenarios.scramble import with_scramble

        scenario = with_scramble(scenario)
    closures = closed_for_good(scenario, variant.closed_lane) if variant.closed_lane else []
    closures += incidents(scenario, variant.incident) if variant.incident else []
    return with_closures(scenario, closures) if closures else scenario


def _vehicles(scenario: Scenario, variant: Variant) -> Scenario:
    if variant.rain:
        from zhasyl.scenarios.rain import with_rain

        scenario = with_rain(scenario, variant.rain)
    if variant.demand_noise or variant.demand_scale != 1:
        from zhasyl.scenarios.noise import varied_routes

        scale = scenario.demand_scale * variant.demand_scale
        scenario = replace(scenario, demand_noise=variant.demand_noise, demand_scale=scale)
        for _ in varied_routes(scenario, seed=1):
            pass  # a flow that cannot be read is refused now and not in the run
    return scenario


def _named(scenario: Scenario, variant: Variant) -> Variant:
    """The declared variant of that name, with what is given beside the name in place of its own values."""
    if not variant.name:
        return variant
    declared = dict(scenario.variants)
    if variant.name not in declared:
        known = unknown_name("variant", variant.name, declared)
        raise ScenarioError(f"scenario '{scenario.id}': {known if declared else known + 'none in scenario.toml'}")
    named = parse_variant(declared[variant.name])
    given = {key: getattr(variant, key) for key in variant.model_fields_set - {"name"}}
    return named.model_copy(update=given)


def _of_period(scenario: Scenario, period: str) -> Scenario:
    from zhasyl.scenarios.compile import compile_scenario

    if scenario.folder is None:
        raise ScenarioError(f"scenario {scenario.id}: it has one period; leave out period={period}")
    return replace(compile_scenario(scenario.folder, period=period), source=scenario.source, variants=scenario.variants)
