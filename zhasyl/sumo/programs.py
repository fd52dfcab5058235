"""SUMO's own programs and Python tools, run to their end or told of in one line."""

import os
import subprocess
import sys
from collections.abc import Mapping

from zhasyl.errors import ScenarioError
from zhasyl.limits import limits_said
from zhasyl.sumo.home import sumo_binary, sumo_environment, sumo_home
from zhasyl.sumo.messages import first_error

LIMIT_S = 3600  # an hour of a large city on a busy machine takes over 900 s


def run_tool(tool: str, *arguments: object) -> str:
    """Run one of SUMO's Python tools; answers what it printed. Raises ScenarioError with its last words."""
    script = sumo_home() / "tools" / tool
    if not script.is_file():
        raise ScenarioError(f"SUMO's tool {tool} is not at {script}; reinstall eclipse-sumo")
    return _run(tool, [sys.executable, str(script), *map(str, arguments)])


def run_program(program: str, options: Mapping[str, object]) -> str:
    """Run one of SUMO's programs; answers what it printed. Raises ScenarioError with its last words."""
    return _run(program, [str(sumo_binary(program)), *(f"--{key}={value}" for key, value in options.items())])


def _run(name: str, command: list[str]) -> str:
    bin_folder = str(sumo_home() / "bin")
    environment = {**sumo_environment(), "PATH": os.pathsep.join((bin_folder, os.environ.get("PATH", "")))}
    try:
        done = subprocess.run(  # noqa: S603  a tool of the SUMO installation with our own arguments
            command, env=environment, capture_output=True, text=True, errors="replace", timeout=LIMIT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ScenarioError(f"SUMO's {name} did not finish: {str(error)[:200]}; take a smaller network") from None
    if done.returncode != 0:
        said = done.stderr.strip().splitlines() or [f"no message{limits_said()}"]
        first = first_error(said) or said[-1]
        raise ScenarioError(f"SUMO's {name}: {first[:300]}; check the network and the counts")
    return done.stdout
