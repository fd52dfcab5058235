"""The eight RESCO benchmark networks, found in the sumo-rl wheel without importing it.

Source: J. Ault, G. Sharon, Reinforcement Learning Benchmarks for Traffic Signal Control, NeurIPS 2021.
The networks are data of the `benchmarks` extra; they are read where they lie and never copied.
"""

from dataclasses import replace
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from zhasyl.errors import ScenarioError, unknown_name
from zhasyl.scenarios.model import Scenario, SignalTiming
from zhasyl.scenarios.sumocfg import load_sumocfg

HOUR_S = {
    "arterial4x4": (0.0, 3600.0),
    "cologne1": (25200.0, 28800.0),
    "cologne3": (25200.0, 28800.0),
    "cologne8": (25200.0, 28800.0),
    "grid4x4": (0.0, 3600.0),
    "ingolstadt1": (57600.0, 61200.0),
    "ingolstadt21": (57600.0, 61200.0),
    "ingolstadt7": (57600.0, 61200.0),
}
TIMING = SignalTiming(yellow_s=3.0, min_green_s=5.0)  # as that benchmark sets them for adaptive control
ATTRIBUTION = ("RESCO benchmark networks (J. Ault, G. Sharon, 2021), from the sumo-rl package; read in place",)


def load_resco(name: str) -> Scenario:
    """A RESCO scenario by its name. Raises ScenarioError for an unknown name or a missing extra."""
    if name not in HOUR_S:
        raise ScenarioError(unknown_name("RESCO network", name, HOUR_S))
    scenario = load_sumocfg(resco_folder() / name / f"{name}.sumocfg", f"resco:{name}", TIMING)
    begin_s, end_s = HOUR_S[name]
    return replace(scenario, title=f"RESCO {name}", begin_s=begin_s, end_s=end_s, attribution=ATTRIBUTION)


def resco_folder() -> Path:
    """Where the networks lie. Raises ScenarioError if the `benchmarks` extra is not installed."""
    try:
        folder = Path(str(distribution("sumo-rl").locate_file("sumo_rl/nets/RESCO")))
    except PackageNotFoundError:
        folder = Path("-")
    if not folder.is_dir():
        raise ScenarioError("the RESCO networks are not installed; run: pip install 'zhasyl[benchmarks]'")
    return folder
