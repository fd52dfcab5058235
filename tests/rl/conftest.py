"""Small networks for environments, and short periods of them."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.synthetic import grid
from tests.conftest import TinyNetwork
from zhasyl.scenarios import Scenario, load_scenario

Short = Callable[[str], Scenario]


@pytest.fixture(scope="session")
def short(tiny_network: TinyNetwork) -> Short:
    """Tiny network → its scenario, two minutes of it."""
    return lambda name: replace(load_scenario(str(tiny_network(name))), end_s=120.0)


@pytest.fixture(scope="session")
def four_signals(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    """A grid of two by two signals, two minutes of it."""
    return load_scenario(grid(Path(tmp_path_factory.mktemp("grid")), 2, 120))
