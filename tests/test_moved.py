"""What plug-ins import by names of before is what has them now."""

from importlib import import_module

import pytest

from zhasyl.arrays import FloatArray
from zhasyl.controllers import base
from zhasyl.moved import MOVED
from zhasyl.observation import PriorityRequest


@pytest.mark.parametrize("old", MOVED)
def test_a_moved_module_is_found_under_its_old_name_with_a_warning(old: str) -> None:
    with pytest.warns(DeprecationWarning, match=rf"{old} is {MOVED[old]} now"):
        found = import_module(old)
    new = import_module(MOVED[old])
    names = [name for name in vars(new) if not name.startswith("__")]
    assert names
    assert all(getattr(found, name) is getattr(new, name) for name in names)


def test_a_name_that_never_was_is_an_error() -> None:
    with pytest.raises(ModuleNotFoundError):
        import_module("zhasyl.never")


@pytest.mark.parametrize(("name", "value"), [("FloatArray", FloatArray), ("Announced", PriorityRequest)])
def test_names_that_left_the_base_of_controllers_are_found_there(name: str, value: object) -> None:
    with pytest.warns(DeprecationWarning, match=name):
        assert getattr(base, name) is value
    with pytest.raises(AttributeError, match="never"):
        base.never  # noqa: B018
