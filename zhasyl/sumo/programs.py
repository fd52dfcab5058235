"""SUMO's own programs and Python tools, run to their end or told of in one line."""

import os
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version as library_version
from pathlib import Path

from zhasyl.errors import ScenarioError
from zhasyl.process.limits import limits_said
from zhasyl.sumo.home import check_version, chosen_home, sumo_binary, sumo_environment, sumo_home
from zhasyl.sumo.messages import first_error

LIMIT_S = 3600  # an hour of a large city on a busy machine takes over 900 s
NETCONVERT_LIMIT_S = 300
NAMING = "netconvert"  # which is asked for the version
NETCONVERT_OPTIONS = {
    "no-turnarounds": "true",
    "offset.disable-normalization": "true",
    "junctions.corner-detail": "5",
    "output.street-names": "true",
}


@dataclass(frozen=True)
class Done:
    """How a program ended: well or not, what it printed, and its messages by line."""

    well: bool
    printed: str
    said: Sequence[str]

    @property
    def why(self) -> str:
        """Its first error, else its last word, else what may have ended it."""
        return (first_error(self.said) or (self.said or [f"no message{limits_said()}"])[-1])[:300]


def try_program(program: str, options: Mapping[str, object] | Iterable[str], limit_s: float = LIMIT_S) -> Done:
    """Run one of SUMO's programs to its end. Raises ScenarioError if it cannot be started or takes too long."""
    given = [f"--{key}={value}" for key, value in options.items()] if isinstance(options, Mapping) else options
    return _run(program, [str(sumo_binary(program)), *given], limit_s)


def run_program(program: str, options: Mapping[str, object]) -> str:
    """Run one of SUMO's programs; answers what it printed. Raises ScenarioError with its last words."""
    return _printed(program, try_program(program, options))


def run_tool(tool: str, *arguments: object) -> str:
    """Run one of SUMO's Python tools; answers what it printed. Raises ScenarioError with its last words."""
    script = sumo_home() / "tools" / tool
    if not script.is_file():
        raise ScenarioError(f"SUMO's tool {tool} is not at {script}; reinstall eclipse-sumo")
    return _printed(tool, _run(tool, [sys.executable, str(script), *map(str, arguments)], LIMIT_S))


def _printed(name: str, done: Done) -> str:
    if not done.well:
        raise ScenarioError(f"SUMO's {name}: {done.why}; check the network and the counts")
    return done.printed


def _run(name: str, command: list[str], limit_s: float) -> Done:
    bin_folder = str(sumo_home() / "bin")
    environment = {**sumo_environment(), "PATH": os.pathsep.join((bin_folder, os.environ.get("PATH", "")))}
    try:
        done = subprocess.run(  # noqa: S603  a program of the SUMO installation with our own arguments
            command, env=environment, capture_output=True, text=True, errors="replace", timeout=limit_s, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ScenarioError(f"SUMO's {name} did not finish: {str(error)[:200]}; take a smaller network") from None
    crashed = [f"it crashed with signal {-done.returncode}"] if done.returncode < 0 else []
    return Done(done.returncode == 0, done.stdout, [*done.stderr.strip().splitlines(), *crashed])


def compile_net(folder: Path, net_file: Path, plan_file: Path | None = None) -> None:
    """Run netconvert on the plain files of a folder. Raises ScenarioError with netconvert's first error."""
    files = {f"{kind}-files": folder / f"plain.{kind[:3]}.xml" for kind in ("node", "edge", "connection")}
    plans = {"tllogic-files": plan_file} if plan_file else {}
    options = {**files, **plans, **NETCONVERT_OPTIONS, "output-file": net_file}
    done = try_program("netconvert", options, NETCONVERT_LIMIT_S)
    if not done.well or first_error(done.said):
        raise ScenarioError(f"netconvert: {done.why}; fix the tables named in it")
    strip_header(net_file)


def strip_header(net_file: Path) -> None:
    """The leading comments of SUMO's programs hold the time and paths of their runs."""
    text = net_file.read_text("utf-8")
    net_file.write_text(re.sub(r"\A(<\?xml[^>]*>\s*)(<!--.*?-->\s*)+", r"\1", text, flags=re.DOTALL), "utf-8")


@cache
def sumo_version() -> str:
    """The version that SUMO's programs give themselves, for example '1.28.0'. Raises ScenarioError for one too old."""
    found = re.search(rf"{NAMING} (?:Version |v)?(\d\S*)", run_program(NAMING, {"version": "true"}))
    version = found.group(1).replace("_", ".") if found else "unknown"
    check_version(version)
    return version


@cache
def simulating_version() -> str:
    """The version of the SUMO that runs are simulated with: libsumo's, or that of the installation asked for."""
    return sumo_version() if chosen_home() else library_version("libsumo")
