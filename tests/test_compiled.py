"""Functions compiled by numba without a place to keep them."""

import pytest
from numba.core import caching

from zhasyl.compiled import kept_on_disk


def test_a_function_is_compiled_though_no_folder_keeps_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caching.CacheImpl, "_locator_classes", [])
    assert kept_on_disk(_doubled)(2.0) == 4.0


def _doubled(value: float) -> float:
    return 2.0 * value
