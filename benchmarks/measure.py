"""What the benchmarks share: timing a command, its memory, and a table of figures beside their targets."""

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from zhasyl.lane_groups import lane_groups
from zhasyl.runs.store import RunRecord, load_records
from zhasyl.scenarios import load_scenario
from zhasyl.sumo.home import sumo_binary, sumo_environment
from zhasyl.sumo.inputs.command import sumo_options

ZHASYL = [sys.executable, "-m", "zhasyl"]
LAUNCH = [sys.executable, "-I", "-S", str(Path(__file__).with_name("launch.py"))]


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
        result, output, errors = (Path(scratch) / name for name in ("cost.json", "output", "errors"))
        with output.open("wb") as out, errors.open("wb") as err:  # files: a pipe would want a reader beside the run
            done = subprocess.run(
                [*LAUNCH, str(result), *map(str, command)],
                env={**os.environ, **(environment or {})},
                stdout=out,
                stderr=err,
                check=False,
            )
        if done.returncode:
            last = errors.read_text(errors="replace").strip().splitlines()[-1:]
            raise BenchmarkError(f"exit status {done.returncode}: {' '.join(map(str, command))}: {' '.join(last)}")
        spent = json.loads(result.read_text(encoding="utf-8"))
        return Cost(**spent, printed=output.read_text(encoding="utf-8", errors="replace"))


def bare_command(name: str, folder: Path, plain: bool = False) -> list[str]:
    """Bare `sumo` on a scenario's inputs, with our run's outputs or, `plain`, with its trips alone."""
    scenario = load_scenario(name)
    network = scenario.network()
    options = sumo_options(scenario, 1, folder, lane_groups(network).edges, sorted(network.programmes))
    if plain:
        options = _plain(options)
    return [str(sumo_binary("sumo")), *options]


def _plain(options: list[str]) -> list[str]:
    """Without recording vehicles, routes, stops, emissions, lanes and signals."""
    pairs = list(zip(options[::2], options[1::2], strict=True))
    dropped = (
        "--fcd-",
        "--device.fcd",
        "--device.emissions",
        "--person-device",
        "--personinfo",
        "--vehroute-",
        "--stop-output",
    )
    kept = [(key, value) for key, value in pairs if not key.startswith(dropped)]
    kept = [(k, ",".join(v.split(",")[:-1]) if k == "--additional-files" else v) for k, v in kept]
    return [part for key, value in kept if value for part in (key, value)]


def bare(name: str, folder: Path, plain: bool = False) -> Cost:
    """What bare `sumo` costs."""
    return cost(bare_command(name, folder, plain), sumo_environment())


def ours(name: str, controller: str, out: Path) -> tuple[Cost, RunRecord]:
    """What the command a user types costs, and the record it stored in the fresh folder `out`."""
    spent = cost([*ZHASYL, "run", name, "--controller", controller, "--out", out, "--json"])
    (record,) = load_records(out)
    return spent, record


def vehicle_seconds(trips: pd.DataFrame, end_s: float) -> float:
    """Seconds all vehicles of a run's trips table were under way."""
    departed = trips[trips["departed"]]
    until_s = departed["arrival_s"].where(departed["arrived"], end_s)
    return float((until_s - departed["depart_s"]).sum())


def divided(upper: Iterable[float], lower: Iterable[float]) -> list[float]:
    """The rounds' own ratios."""
    return [u / max(d, 1e-9) for u, d in zip(upper, lower, strict=True)]


def median_of(values: Sequence[float], unit: str = "") -> str:
    """'1.12 (1.08 to 1.20)': median and range of the rounds; a value that was taken once says so."""
    if len(values) == 1:
        return f"{values[0]:.2f}{unit} (once)"
    return f"{statistics.median(values):.2f}{unit} ({min(values):.2f} to {max(values):.2f})"


def info(what: str, values: Sequence[float], unit: str = "") -> "Figure":
    """A figure without a target."""
    return Figure(what, median_of(values, unit))


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
    return Figure(what, median_of(values, unit), f"at most {limit:g}{unit}", statistics.median(values) <= limit)


def at_least(what: str, values: Sequence[float], limit: float, unit: str = "") -> Figure:
    """A figure whose median must reach a limit."""
    return Figure(what, median_of(values, unit), f"at least {limit:g}{unit}", statistics.median(values) >= limit)
