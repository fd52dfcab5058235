"""Variants: a declared change of any scenario, part of its identity."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import TinyNetwork, TinyRun
from zhasyl.controllers import parse_controller
from zhasyl.errors import ScenarioError
from zhasyl.runs.simulate import run
from zhasyl.runs.spec import RunSpec
from zhasyl.runs.store import origin_key
from zhasyl.scenarios import Scenario, load_scenario
from zhasyl.scenarios.variant import Variant, parse_variant
from zhasyl.scenarios.variants.vary import vary

NAME = "t-junction-left-turn"


@pytest.fixture
def scenario(tiny_network: TinyNetwork) -> Scenario:
    return load_scenario(str(tiny_network(NAME)))


def varied(scenario: Scenario, text: str) -> Scenario:
    return vary(scenario, parse_variant(text))


@pytest.mark.parametrize("text", ["", "demand_scale=1", "demand_scale=1.0"])
def test_a_variant_that_changes_nothing_is_the_scenario(scenario: Scenario, text: str) -> None:
    assert varied(scenario, text) is scenario


def test_a_variant_is_part_of_the_identity(scenario: Scenario, tmp_path: Path) -> None:
    more = varied(scenario, "demand_scale=1.2")
    assert (more.id, more.variant) == (scenario.id, "demand_scale=1.2")
    assert more.content != scenario.content
    fixed = parse_controller("fixed")
    own, other = RunSpec(scenario, fixed, 1, tmp_path), RunSpec(more, fixed, 1, tmp_path)
    assert origin_key(own.origin) != origin_key(other.origin)
    assert own.folder != other.folder
    assert other.command.endswith("--controller fixed --seed 1 --variant demand_scale=1.2")
    assert varied(scenario, " demand_scale = 1.20") == more


@given(st.floats(0, 10, exclude_min=True), st.floats(0, 10, exclude_min=True))
def test_unlike_variants_have_unlike_content(one: float, other: float) -> None:
    bare = Scenario("a", 1, "A", 0.0, 60.0, 0.0, Path("a.net.xml"), (), content="c")
    found = [vary(bare, Variant(demand_scale=scale)) for scale in (one, other)]
    assert (found[0].content == found[1].content) == (one == other)


def scaled(config: Path, folder: Path, scale: str) -> Scenario:
    """The scenario of a configuration that has a scale of its own."""
    text = config.read_text(encoding="utf-8")
    for file in config.parent.glob("*.xml"):
        text = text.replace(f'"{file.name}"', f'"{file}"')
    own = folder / "own.sumocfg"
    own.write_text(text.replace("<time>", f'<processing><scale value="{scale}"/></processing><time>'), encoding="utf-8")
    return load_scenario(str(own))


def test_a_scale_the_configuration_has_stays_sumos(tiny_network: TinyNetwork, tmp_path: Path) -> None:
    own = scaled(tiny_network(NAME), tmp_path, "0.5")
    more = varied(own, "demand_scale=3")
    assert dict(more.sumo_options)["scale"] == "0.5"
    assert more.demand_scale == 3


def test_half_the_demand_is_about_half_the_vehicles(tiny_run: TinyRun, scenario: Scenario, tmp_path: Path) -> None:
    whole = tiny_run(NAME, "fixed")
    half = run(varied(scenario, "demand_scale=0.5"), "fixed", seed=1, out=tmp_path)
    assert half["variant"] == "demand_scale=0.5"
    assert half["loaded_veh"] == pytest.approx(whole["loaded_veh"] / 2, rel=0.1)
    assert half["key"] != whole["key"]


WRONG = {
    "demand_scale=0": "greater than 0",
    "demand_scale=11": "at most 10",
    "demand_scale=-1": "greater than 0",
    "demand_scale=nan": "give a number greater than 0 and at most 10",
    "demand_scale=2x": "give a number greater than 0 and at most 10, for example demand_scale=1",
    "demand_scale": "not of the form parameter=value",
    "demand=1.1": "Did you mean 'demand_scale'?",
}


@pytest.mark.parametrize("text", WRONG)
def test_a_wrong_variant_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        parse_variant(text)
    line = str(caught.value)
    assert line.startswith(f"variant '{text}': ")
    assert WRONG[text] in line
    assert "\n" not in line
