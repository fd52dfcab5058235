"""Small declared changes of a scenario, `demand_scale=1.1`, that any scenario takes."""

from dataclasses import replace
from hashlib import sha256
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from zhasyl.errors import ScenarioError
from zhasyl.parameters import parameters_text, read_parameters
from zhasyl.scenarios.model import Scenario


class Variant(BaseModel):
    """What is changed; the defaults change nothing."""

    model_config = ConfigDict(frozen=True, allow_inf_nan=False)

    period: Annotated[str, Field(pattern=r"^[a-z]*$", description="a period of the scenario by name")] = ""
    demand_scale: Annotated[float, Field(gt=0, le=10, description="vehicles as a multiple of the scenario's")] = 1.0


def parse_variant(text: str) -> Variant:
    """Read `key=value,key=value`; '' changes nothing. Raises ScenarioError."""
    return read_parameters(f"variant '{text}'", text, Variant, ScenarioError)


def vary(scenario: Scenario, variant: Variant) -> Scenario:
    """The scenario with the change; its `variant` says which, and its content differs."""
    name = parameters_text(variant)
    if not name:
        return scenario
    if variant.period:
        scenario = _of_period(scenario, variant.period)
    options = dict(scenario.sumo_options)
    options["scale"] = f"{_scale(scenario, options.get('scale', '1')) * variant.demand_scale:.6g}"
    return replace(
        scenario,
        variant=name,
        sumo_options=tuple(sorted(options.items())),
        content=sha256(f"{scenario.content} {name}".encode()).hexdigest(),
    )


def _of_period(scenario: Scenario, period: str) -> Scenario:
    from zhasyl.scenarios.compile import compile_scenario

    if scenario.folder is None:
        raise ScenarioError(f"scenario {scenario.id}: it has one period; leave out period={period}")
    return replace(compile_scenario(scenario.folder, period=period), source=scenario.source)


def _scale(scenario: Scenario, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ScenarioError(f"scenario '{scenario.id}': its scale '{text}' is no number; correct it") from None
