"""Comparison statistics, objectives, plan search and parameter tuning, from run records.

from zhasyl.optimise import optimise
result = optimise("abay-corridor", budget=300, out="results")
result.better, result.plans, result.proof

from zhasyl.optimise import tune
result = tune("abay-corridor", "max-pressure", budget=100, out="tuned")
result.better, result.controller, result.change
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zhasyl.optimise.finding import optimise
    from zhasyl.optimise.result import Result
    from zhasyl.optimise.tuning.result import TuningResult
    from zhasyl.optimise.tuning.tune import tune

__all__ = ["Result", "TuningResult", "optimise", "tune"]
_HOME = {
    "Result": "zhasyl.optimise.result",
    "TuningResult": "zhasyl.optimise.tuning.result",
    "optimise": "zhasyl.optimise.finding",
    "tune": "zhasyl.optimise.tuning.tune",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'zhasyl.optimise' has no attribute '{name}'")
    return getattr(import_module(_HOME[name]), name)
