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
    from zhasyl.comparing import compare
    from zhasyl.controllers import ControllerSpec, parse_controller
    from zhasyl.controllers.base import AdaptiveParameters, Controller
    from zhasyl.errors import (
        ControllerError,
        OutputError,
        ScenarioError,
        SensorError,
        SignalError,
        SimulationError,
        StudyError,
        ZhasylError,
    )
    from zhasyl.observation import Area, Observation
    from zhasyl.optimise.statistics.compare import compare_all
    from zhasyl.optimise.statistics.comparison import Comparison
    from zhasyl.parameters import Parameters
    from zhasyl.reports.results import Results, report
    from zhasyl.runs.batch import run_many
    from zhasyl.runs.simulate import run
    from zhasyl.runs.spec import RunSpec
    from zhasyl.runs.store import RunRecord
    from zhasyl.scenarios import Scenario, load_scenario
    from zhasyl.signals import Movement, Signal, Stage

# Arrow, in SUMO and in pandas, would keep what the outputs of a run took (110 MB on 256 signals). Read when it loads.
os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")

keep_old_names()

_HOME = {
    "AdaptiveParameters": "zhasyl.controllers.base",
    "Area": "zhasyl.observation",
    "Comparison": "zhasyl.optimise.statistics.comparison",
    "Controller": "zhasyl.controllers.base",
    "ControllerError": "zhasyl.errors",
    "ControllerSpec": "zhasyl.controllers",
    "Movement": "zhasyl.signals",
    "Observation": "zhasyl.observation",
    "OutputError": "zhasyl.errors",
    "Parameters": "zhasyl.parameters",
    "Results": "zhasyl.reports.results",
    "RunRecord": "zhasyl.runs.store",
    "RunSpec": "zhasyl.runs.spec",
    "Scenario": "zhasyl.scenarios",
    "ScenarioError": "zhasyl.errors",
    "SensorError": "zhasyl.errors",
    "Signal": "zhasyl.signals",
    "SignalError": "zhasyl.errors",
    "SimulationError": "zhasyl.errors",
    "Stage": "zhasyl.signals",
    "StudyError": "zhasyl.errors",
    "ZhasylError": "zhasyl.errors",
    "compare": "zhasyl.comparing",
    "compare_all": "zhasyl.optimise.statistics.compare",
    "load_scenario": "zhasyl.scenarios",
    "parse_controller": "zhasyl.controllers",
    "report": "zhasyl.reports.results",
    "run": "zhasyl.runs.simulate",
    "run_many": "zhasyl.runs.batch",
}

__all__ = [
    "AdaptiveParameters",
    "Area",
    "Comparison",
    "Controller",
    "ControllerError",
    "ControllerSpec",
    "Movement",
    "Observation",
    "OutputError",
    "Parameters",
    "Results",
    "RunRecord",
    "RunSpec",
    "Scenario",
    "ScenarioError",
    "SensorError",
    "Signal",
    "SignalError",
    "SimulationError",
    "Stage",
    "StudyError",
    "ZhasylError",
    "compare",
    "compare_all",
    "load_scenario",
    "parse_controller",
    "report",
    "run",
    "run_many",
]


def __dir__() -> list[str]:
    return __all__


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'zhasyl' has no attribute '{name}'")
    return getattr(import_module(_HOME[name]), name)
