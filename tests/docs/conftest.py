"""Crossroads in place of the built-in scenarios, for the code of the pages."""

from pathlib import Path

import pytest

from tests.docs.small_places import make_small_places


@pytest.fixture(scope="session")
def made_places(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_small_places(tmp_path_factory.mktemp("places"))


@pytest.fixture
def places(made_places: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The built-in scenarios are crossroads for a test, which works in a folder of its own."""
    monkeypatch.setattr("zhasyl.scenarios.load.BUILT_IN_FOLDER", made_places)
    monkeypatch.chdir(tmp_path)
    return made_places
