"""What the benchmarks share: timing a command, its memory, and a table of figures beside their targets."""

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from zhasyl.lanegroups import lane_groups
from zhasyl.network import read_network
from zhasyl.scenarios import load_scenario
from zhasyl.simulation import sumo_options
from zhasyl.sumo_home import sumo_binary, sumo_environment

ZHASYL = [sys.executable, "-m", "zhasyl"]
LAUNCH = [sys.executable, "-I", "-S", str(Path(__file__).with_name("launch.py"))]
BARE_LOG = ("--duration-log.statistics", "true")  # SUMO prints the time its steps took, without loading


class BenchmarkError(Exception):
    """A command that was to be measured failed."""


@dataclass(frozen=True)
class Cost:
    """What a process took: wall and CPU time, greatest memory (see benchmarks/launch.py), and what it printed."""

    wall_s: float
    cpu_s: float
    peak_mb: float
    family_peak_mb: float
    printed: str


def cost(command: Sequence[str | Path], environment: dict[str, str] | None = None) -> Cost:
    """Run a command and measure it from a small process of its own. Raises BenchmarkError if it fails."""
    with TemporaryDirectory() as scratch:
        result, errors = Path(scratch) / "cost.json", Path(scratch) / "errors"
        with errors.open("w") as sink:
            done = subprocess.run(
                [*LAUNCH, str(result), *map(str, command)],
                env={**os.environ, **(environment or {})},
                stdout=subprocess.PIPE,
                stderr=sink,
                check=False,
                text=True,
            )
        if done.returncode:
            last = errors.read_text(errors="replace").strip().splitlines()[-1:]
            raise BenchmarkError(f"exit status {done.returncode}: {' '.join(map(str, command))}: {' '.join(last)}")
        return Cost(**json.loads(result.read_text(encoding="utf-8")), printed=done.stdout)


def bare_command(name: str, folder: Path, plain: bool = False) -> list[str]:
    """Bare `sumo` on a scenario's inputs, with our run's outputs or, `plain`, with its trips alone."""
    scenario = load_scenario(name)
    network = read_network(scenario.net_file, scenario.additional_files)
    options = sumo_options(scenario, 1, folder, lane_groups(network).edges, sorted(network.programmes))
    if plain:
        options = _plain(options)
    return [str(sumo_binary("sumo")), *options]


def _plain(options: list[str]) -> list[str]:
    """Without recording vehicles every second, emissions and signals."""
    pairs = list(zip(options[::2], options[1::2], strict=True))
    dropped = ("--fcd-", "--device.fcd", "--device.emissions", "--person-device", "--personinfo")
    kept = [(key, value) for key, value in pairs if not key.startswith(dropped)]
    kept = [(k, ",".join(v.split(",")[:-1]) if k == "--additional-files" else v) for k, v in kept]
    return [part for key, value in kept if value for part in (key, value)]


def bare(name: str, folder: Path, plain: bool = False) -> Cost:
    """What bare `sumo` costs."""
    return cost([*bare_command(name, folder, plain), *BARE_LOG], sumo_environment())


def ours(name: str, controller: str, out: Path) -> Cost:
    """What the command a user types costs."""
    return cost([*ZHASYL, "run", name, "--controller", controller, "--out", out, "--json"])


def median_of(ratios: Sequence[float]) -> str:
    """'1.12 (1.08 to 1.20)': median and range of the rounds."""
    return f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"


@dataclass(frozen=True)
class Figure:
    """A measured figure beside its target: 'at most 1.15', 'at least 3', or '' where there is none."""

    what: str
    measured: str
    target: str = ""
    met: bool | None = None

    def row(self) -> str:
        """As a row of a Markdown table."""
        verdict = "" if self.met is None else "met" if self.met else "**missed**"
        return f"| {self.what} | {self.measured} | {self.target} | {verdict} |"


def at_most(what: str, values: Sequence[float], limit: float, unit: str = "") -> Figure:
    """A figure whose median must not exceed a limit."""
    return Figure(what, median_of(values) + unit, f"at most {limit:g}{unit}", statistics.median(values) <= limit)


def at_least(what: str, values: Sequence[float], limit: float, unit: str = "") -> Figure:
    """A figure whose median must reach a limit."""
    return Figure(what, median_of(values) + unit, f"at least {limit:g}{unit}", statistics.median(values) >= limit)
