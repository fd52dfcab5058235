"""Comparison statistics, objectives, plan search and parameter tuning, from run records.

from zhasyl.optimise import optimise
result = optimise("abay-corridor", budget=300, out="results")
result.better, result.plans, result.proof

from zhasyl.optimise import optimise_day
day = optimise_day("abay-corridor", periods="morning,evening", budget=600, out="results")
day.better, day.timetable["J1"]

from zhasyl.optimise import optimise_front
front = optimise_front("abay-corridor", "delay_s,walker_delay_s", budget=300, out="fronts")
[(one.means, one.file) for one in front.plans]

from zhasyl.optimise import tune
result = tune("abay-corridor", "max-pressure", budget=100, out="tuned")
result.better, result.controller, result.change
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zhasyl.optimise.day import Day, optimise_day
    from zhasyl.optimise.finding import optimise
    from zhasyl.optimise.front import Front, FrontPlan, optimise_front
    from zhasyl.optimise.result import Result
    from zhasyl.optimise.tuning.result import TuningResult
    from zhasyl.optimise.tuning.tune import tune

__all__ = ["Day", "Front", "FrontPlan", "Result", "TuningResult", "optimise", "optimise_day", "optimise_front", "tune"]
_HOME = {
    "Day": "zhasyl.optimise.day",
    "Front": "zhasyl.optimise.front",
    "FrontPlan": "zhasyl.optimise.front",
    "Result": "zhasyl.optimise.result",
    "TuningResult": "zhasyl.optimise.tuning.result",
    "optimise": "zhasyl.optimise.finding",
    "optimise_day": "zhasyl.optimise.day",
    "optimise_front": "zhasyl.optimise.front",
    "tune": "zhasyl.optimise.tuning.tune",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'zhasyl.optimise' has no attribute '{name}'")
    return getattr(import_module(_HOME[name]), name)
