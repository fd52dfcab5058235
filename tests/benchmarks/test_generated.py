"""The generated networks: their names, seeds, and that one can be made and driven on."""

from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.generated import NETWORKS, Made, busiest, geometric, scenario_of, square


def test_each_network_has_a_name_and_a_seed_of_its_own() -> None:
    assert len({made.name for made in NETWORKS}) == len({made.seed for made in NETWORKS}) == len(NETWORKS)


@pytest.mark.slow
def test_a_network_is_made_once_and_more_demand_saturates_its_signals_more(tmp_path: Path) -> None:
    made = Made("two", square(2, 120, 1), 900, 1, long_share=0.1)
    light = scenario_of(made, tmp_path)
    heavy = scenario_of(replace(made, name="more", rate_vph=2700), tmp_path)
    assert 0 < busiest(light) < busiest(heavy)
    assert scenario_of(made, tmp_path).content == light.content


def test_the_geometric_mean_of_a_ratio_and_its_inverse_is_one() -> None:
    assert geometric([2.0, 0.5]) == 1.0
