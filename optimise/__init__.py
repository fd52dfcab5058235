"""Comparison statistics, objectives, plan search and parameter tuning, from run records.

from zhasyl.optimise import optimise
result = optimise("abay-corridor", budget=300, out="results")
result.better, result.plans, result.proof
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zhasyl.optimise.finding import optimise
    from zhasyl.optimise.result import Result

__all__ = ["Result", "optimise"]
_HOME = {"Result": "zhasyl.optimise.result", "optimise": "zhasyl.optimise.finding"}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'zhasyl.optimise' has no attribute '{name}'")
    return getattr(import_module(_HOME[name]), name)
