"""A start of SUMO that ends after its first second: what it refuses and what it warns of, without a run."""

from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from zhasyl.scenarios.model import Scenario
from zhasyl.sumo.inputs.command import sumo_options
from zhasyl.sumo.messages import Message, warnings_of
from zhasyl.sumo.programs import try_program

LIMIT_S = 1800
STARTED_S = 1.0
NO_END = "ends before its begin time"  # of a flow, in SUMO's words


@dataclass(frozen=True)
class Trial:
    """What SUMO said. `refusal` is its error, '' if it starts."""

    refusal: str
    warnings: tuple[Message, ...]


def try_start(scenario: Scenario) -> Trial:
    """Let SUMO load a scenario with its whole demand. Raises ScenarioError if it does not finish.

    A flow without an end lasts as long as the simulation, so that one which begins later asks for the whole of it.
    """
    trial = _until(scenario, scenario.start_s + STARTED_S)
    return _until(scenario, scenario.end_s) if NO_END in trial.refusal else trial


def _until(scenario: Scenario, end_s: float) -> Trial:
    with TemporaryDirectory(prefix="zhasyl-") as scratch:
        whole = {**dict(scenario.sumo_options), "route-steps": "0"}
        short = replace(scenario, end_s=end_s, sumo_options=tuple(whole.items()))
        done = try_program("sumo", sumo_options(short, 1, Path(scratch), (), ()), LIMIT_S)
    return Trial("" if done.well else done.why, tuple(warnings_of(done.said)))
