"""Variants: small declared changes that make another scenario of one."""

from pathlib import Path

import pytest

from tests.conftest import TinyNetwork
from zhasyl.controllers import parse_controller
from zhasyl.experiment import RunSpec, run
from zhasyl.scenarios import Scenario, load_scenario
from zhasyl.scenarios.variants import Variant, vary


@pytest.fixture
def scenario(tiny_network: TinyNetwork) -> Scenario:
    return load_scenario(str(tiny_network("t-junction-left-turn")))


def test_a_variant_that_changes_nothing_is_the_scenario(scenario: Scenario) -> None:
    assert vary(scenario, Variant()) is scenario


def test_a_variant_is_another_run(scenario: Scenario, tmp_path: Path) -> None:
    more = vary(scenario, Variant(demand_scale=1.5))
    fixed = parse_controller("fixed")
    specs = [RunSpec(which, fixed, 1, tmp_path) for which in (scenario, more)]
    assert specs[0].folder != specs[1].folder
    assert "demand_scale=1.5" in specs[1].folder.parent.name
    assert specs[1].command.endswith("--variant demand_scale=1.5")


@pytest.mark.parametrize("scale", [0.5, 2.0])
def test_the_demand_is_scaled(scenario: Scenario, tmp_path: Path, scale: float) -> None:
    planned = run(scenario, "fixed", out=tmp_path)["loaded_veh"]
    record = run(vary(scenario, Variant(demand_scale=scale)), "fixed", out=tmp_path)
    assert record["variant"] == f"demand_scale={scale:g}"
    assert record["loaded_veh"] == pytest.approx(scale * planned, rel=0.2)


def test_a_scale_of_the_configuration_is_multiplied(tiny_network: TinyNetwork) -> None:
    config = tiny_network("t-junction-left-turn")
    scaled = config.with_name("scaled.sumocfg")
    text = config.read_text(encoding="utf-8").replace("<time>", '<processing><scale value="0.5"/></processing><time>')
    scaled.write_text(text, encoding="utf-8")
    options = dict(vary(load_scenario(str(scaled)), Variant(demand_scale=3.0)).sumo_options)
    assert float(options["scale"]) == pytest.approx(1.5)
