"""The road's network, read once a session."""

import pytest

from tests.sensors.road import road_network
from zhasyl.network import Network


@pytest.fixture(scope="session")
def network(tmp_path_factory: pytest.TempPathFactory) -> Network:
    return road_network(tmp_path_factory.mktemp("road"))
