"""The regression gate: a suite of runs against a committed baseline."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zhasyl.gate.checking import Checked, check_suite

__all__ = ["Checked", "check_suite"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        from zhasyl.gate import checking

        return getattr(checking, name)
    raise AttributeError(f"module 'zhasyl.gate' has no attribute '{name}'")
