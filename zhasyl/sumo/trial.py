"""A start of SUMO that ends after its first second: what it refuses and what it warns of, without a run."""

import subprocess
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from zhasyl.errors import ScenarioError
from zhasyl.scenarios.model import Scenario
from zhasyl.sumo.home import sumo_binary, sumo_environment
from zhasyl.sumo.inputs import sumo_options
from zhasyl.sumo.messages import Message, first_error, warnings_of

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
        try:
            done = subprocess.run(  # noqa: S603  SUMO's own program with our own arguments
                [sumo_binary("sumo"), *sumo_options(short, 1, Path(scratch), (), ())],
                env=sumo_environment(),
                capture_output=True,
                text=True,
                errors="replace",
                timeout=LIMIT_S,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise ScenarioError(f"scenario {scenario.id!r}: SUMO did not start: {str(error)[:200]}") from None
    said = done.stderr.splitlines()
    refusal = first_error(said) or "it stopped without a message" if done.returncode else ""
    return Trial(refusal, tuple(warnings_of(said)))
