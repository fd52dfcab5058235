"""zhasyl runs SUMO scenarios under pluggable signal controllers and compares them honestly.

    import zhasyl
    record = zhasyl.run("abay-seifullin", "max-pressure", seed=1)
    record["delay_s"], record.table("queues")

The names below are loaded when first used, so that importing zhasyl costs nothing.
"""

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

from zhasyl.moved import keep_old_names

if TYPE_CHECKING:
    from zhasyl.controllers.base import AdaptiveParameters, Controller
    from zhasyl.errors import (
        ControllerError,
        OutputError,
        ScenarioError,
        SignalError,
        SimulationError,
        ZhasylError,
    )
    from zhasyl.observation import Observation
    from zhasyl.parameters import Parameters
    from zhasyl.runs.batch import run_many
    from zhasyl.runs.simulate import run
    from zhasyl.runs.store import RunRecord
    from zhasyl.scenarios import Scenario, load_scenario

# Arrow, in SUMO and in pandas, would keep what the outputs of a run took (110 MB on 256 signals). Read when it loads.
os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")

keep_old_names()

_HOME = {
    "AdaptiveParameters": "zhasyl.controllers.base",
    "Controller": "zhasyl.controllers.base",
    "ControllerError": "zhasyl.errors",
    "Observation": "zhasyl.observation",
    "OutputError": "zhasyl.errors",
    "Parameters": "zhasyl.parameters",
    "RunRecord": "zhasyl.runs.store",
    "Scenario": "zhasyl.scenarios",
    "ScenarioError": "zhasyl.errors",
    "SignalError": "zhasyl.errors",
    "SimulationError": "zhasyl.errors",
    "ZhasylError": "zhasyl.errors",
    "load_scenario": "zhasyl.scenarios",
    "run": "zhasyl.runs.simulate",
    "run_many": "zhasyl.runs.batch",
}

__all__ = [
    "AdaptiveParameters",
    "Controller",
    "ControllerError",
    "Observation",
    "OutputError",
    "Parameters",
    "RunRecord",
    "Scenario",
    "ScenarioError",
    "SignalError",
    "SimulationError",
    "ZhasylError",
    "load_scenario",
    "run",
    "run_many",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'zhasyl' has no attribute '{name}'")
    return getattr(import_module(_HOME[name]), name)
