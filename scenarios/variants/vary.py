"""Small declared changes of a scenario, `demand_scale=1.1`, that any scenario takes."""

from dataclasses import replace
from hashlib import sha256

from zhasyl.errors import ScenarioError, unknown_name
from zhasyl.parameters import parameters_text
from zhasyl.scenarios.model import Scenario
from zhasyl.scenarios.variant import Variant, parse_variant

VARIANTS_VERSION = 4  # raise it when the same change gives other files


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
    from zhasyl.scenarios.variants.lane_closures import closed_for_good, incidents, with_closures, with_open_bus_lanes

    if variant.bus_lane:
        scenario = with_open_bus_lanes(scenario)
    if variant.scramble:
        from zhasyl.scenarios.variants.scramble import with_scramble

        scenario = with_scramble(scenario)
    closures = closed_for_good(scenario, variant.closed_lane) if variant.closed_lane else []
    closures += incidents(scenario, variant.incident) if variant.incident else []
    return with_closures(scenario, closures) if closures else scenario


def _vehicles(scenario: Scenario, variant: Variant) -> Scenario:
    if variant.rain:
        from zhasyl.scenarios.variants.rain import with_rain

        scenario = with_rain(scenario, variant.rain)
    if variant.demand_noise or variant.demand_scale != 1:
        from zhasyl.scenarios.variants.noise import varied_routes

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
    from zhasyl.scenarios.compile.scenario import compile_scenario

    if scenario.folder is None:
        raise ScenarioError(f"scenario {scenario.id}: it has one period; leave out period={period}")
    return replace(compile_scenario(scenario.folder, period=period), source=scenario.source, variants=scenario.variants)
